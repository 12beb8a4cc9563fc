"""Arguments → one call → print → exit code.

Knows: the verbs, their Chinese help, and how to end. The only room that asks the
clock. Must not know: anything that another program could want to call.
"""
