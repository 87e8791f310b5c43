"""The scores: how good the answers are, for classes and for numbers."""

from nnstudio.ui.panels.scores.panel import ScoresPanel

__all__ = ["ScoresPanel"]
