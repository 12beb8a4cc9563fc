"""The rules, one module per code letter; each rule is one declaration.

Knows: what the contract asks and how to say it in Chinese.
Must not know: files, git, printers. A rule yields places and words; its parameters
say what it depends on, and without ``now`` among them it cannot depend on the time.
"""
