"""One module per verb: ``configure(parser)`` and ``run(args) -> exit code``.

What a verb needs is imported with it, so that no verb pays for another.
"""
