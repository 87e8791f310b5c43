"""Shows the window to people who watch from afar: full screen, large, and led by a presenter's remote."""
