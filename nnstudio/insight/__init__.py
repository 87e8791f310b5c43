"""Looks at networks and runs, and explains them; never trains."""
