"""What the program is doing now: the experiment being edited, the run under way, and its thread."""
