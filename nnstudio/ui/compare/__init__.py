"""The window in which pinned runs are compared: a table, their losses on one chart, and two of them in lock-step."""
