"""Images and containers of a rehearsal: built, pushed, pulled, run, and gone afterwards."""
