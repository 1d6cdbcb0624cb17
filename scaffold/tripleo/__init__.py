"""The vocabulary of TripleO, each name once: Heat's functions, keys of containers and kolla, sections, paths.

What differs between releases stands in `scaffold.releases`. Everything that reads or writes templates imports
from here; tests/test_vocabulary.py finds a second list.
"""
