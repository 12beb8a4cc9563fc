"""Dossiers: what is kept of an order that is over (art. 12).

Knows: which files make a dossier, where it belongs and how long it is kept. Must not know: git,
the disk, BagIt. An order's dossier depends on the order and its own history alone, so that it
stays the same while the rest of the county goes on.
"""
