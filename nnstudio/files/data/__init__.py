"""A person's own samples: read from tables, understood, kept in experiment files, and written again."""
