"""The audit of history: commits in, findings out.

Knows: what no commit may do to what an earlier one recorded (art. 12), and who may do what.
Must not know: git, files, processes. Commits come newest first, contents through a function;
what it holds does not grow with their number.
"""
