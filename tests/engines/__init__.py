"""The real engines, held against generated repositories: `harness` says what there is and how to use it."""
