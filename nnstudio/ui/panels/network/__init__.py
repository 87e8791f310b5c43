"""The drawing of the network, live and open to changes."""

from nnstudio.ui.panels.network.panel import NetworkPanel

__all__ = ["NetworkPanel"]
