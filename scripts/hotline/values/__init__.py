"""The nouns of the hotline: cases, events, findings, places, the registry.

Knows: how a value looks. Must not know: files, git, the clock on the wall,
what the measure asks, or how anything is printed. Everything here is frozen.
"""
