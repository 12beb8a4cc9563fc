"""Bytes become values, or findings that say why not.

Knows: strict YAML with places, the schemas, the shape of each file.
Must not know: where the bytes came from, what time it is, what the measure asks.
A wrong file is a value (a list of findings), never an exception.
"""
