"""Values become bytes: a new work order, one event more, a sheet's row as an order.

Knows: how a clerk writes YAML, which field takes what, how text from outside is cleaned.
Must not know: where the bytes go, what time it is, what a rule would say of them.
Reading is on the same line of the house: a parser comes in as an argument.
"""
