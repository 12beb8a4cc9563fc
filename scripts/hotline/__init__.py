"""Docs-as-data case management for a county's 12345 government service hotline."""

__version__ = "0.1.0"
