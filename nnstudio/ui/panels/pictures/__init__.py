"""The panel that shows how a network reads pictures: samples, weights, mistakes, and a pad to draw on."""

from nnstudio.ui.panels.pictures.panel import PicturesPanel

__all__ = ["PicturesPanel"]
