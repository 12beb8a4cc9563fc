"""Wordings that annex 2 bars from letters, as data: each with what it catches and what it
must leave alone beside it. Tests run every example; ``hotline rule`` shows some.

Every expression is linear: no repetition inside a repetition, none without a bound over
characters that what follows it may match too. A hostile text must not hold up a check.
"""
