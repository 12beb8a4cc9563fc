"""Wordings that annex 2 bars from letters, as data: each with what it catches and what it
must leave alone beside it. Tests run every example; ``hotline rule`` shows some.

Every expression is linear on any text: what repeats is bounded, possessive, or cannot match
what follows it. A hostile text must not hold up a check, and a test holds them to it.
"""
