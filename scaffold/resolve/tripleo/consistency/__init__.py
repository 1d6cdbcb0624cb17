"""What cannot work together in TripleO, a module for each subject."""
