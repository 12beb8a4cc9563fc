"""A living sample repository: orders told as stories, and the hands that wrote them down.

Knows: what people call about, how an order runs its course, in which hand and when each
step was recorded. Must not know: disk, git, the clock on the wall. Everything follows from
the arguments: the same seed, number and moment give the same bytes.
"""
