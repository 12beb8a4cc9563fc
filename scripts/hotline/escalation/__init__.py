"""Escalation is reconciliation: desired issues, found issues, a plan, and its carrying out.

Knows: which cases deserve an issue, at which level, and what it says.
Must not know: a forge, the network, files. Same input, no write: an issue says
absolute times only, so that the passing of time alone changes nothing.
"""
