"""Sweeps over thousands of networks: what is tried, where it is trained, and what came of it."""
