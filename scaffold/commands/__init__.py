"""One module, one command: a function of plain values that gives an exit code."""
