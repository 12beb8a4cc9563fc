"""The measure as code: the lifecycle table, the calendar, the clocks, the policy.

Knows: what follows from events, a policy and a calendar.
Must not know: files, JSON Schema, findings, and (but for a clock's status) the time.
Numbers are the policy's; only logic stands here.
"""
