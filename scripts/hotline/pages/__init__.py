"""The status site: view models and a moment in, files out.

Knows: what each page answers, and its templates (their texts come through a loader).
Must not know: MkDocs, the disk, git, the clock on the wall. Markdown pages, case pages,
data files and search entries are ``(path, content)`` pairs; who writes them is a door.
"""
