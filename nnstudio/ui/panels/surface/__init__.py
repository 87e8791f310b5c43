"""The surface: what a network gives over the plane of its inputs, whatever the task."""

from nnstudio.ui.panels.surface.panel import SurfacePanel

__all__ = ["SurfacePanel"]
