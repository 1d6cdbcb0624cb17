"""Rehearse a deployment with the programs that TripleO runs: engines in order, each with a verdict."""
