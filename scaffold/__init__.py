"""vendor-scaffold: complete vendor repositories for containerised TripleO overclouds."""

__version__ = "0.1.0"
