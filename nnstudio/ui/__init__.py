"""The window: what the program looks like."""
