"""The only rooms with effects: disk, git, sheets, MkDocs, forges.

Knows: how to fetch bytes and how to put them away, atomically.
Must not know: what the bytes mean; that is asked of the rooms below.
"""
