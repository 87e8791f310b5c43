"""Makes the widgets of an experiment from the engine's descriptions: a new engine option needs no new widget."""
