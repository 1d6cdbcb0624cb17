"""`python -m scaffold`: the same as the command `vendor-scaffold`."""

from scaffold.cli import main

main()
