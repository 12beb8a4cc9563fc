"""Dossiers: what is kept of an order that is over (art. 12), and the bags they lie in.

Knows: which files make a dossier, where it belongs, how long it is kept, the form of a bag
(BagIt, RFC 8493). Must not know: git, the disk. An order's dossier depends on the order, its own
history and the registry, so that it stays the same while the rest of the county goes on.
"""
