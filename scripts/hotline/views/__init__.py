"""Views: what a person or a program is shown of cases, as plain data and as text.

Knows: which facts of a case a table, a timeline or a calendar needs.
Must not know: files, MkDocs, terminals. ``due``, ``show``, the pages and the
escalation plan all look at the same views, so that none can tell another story.
"""
