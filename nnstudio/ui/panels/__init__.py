"""Lists the panels, in the order in which the window offers them: a new panel is one more entry here."""

from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.weights import WeightsPanel

PANELS: tuple[type[Panel], ...] = (LossPanel, WeightsPanel, OutputsPanel, SurfacePanel)

__all__ = ["PANELS", "Panel"]
