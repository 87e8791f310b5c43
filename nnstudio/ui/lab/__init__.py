"""What the reliability lab looks like: its window, and charts of what thousands of runs have come to."""
