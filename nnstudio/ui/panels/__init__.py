"""Lists the panels, in the order in which the window offers them: a new panel is one more entry here."""

from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.pictures import PicturesPanel
from nnstudio.ui.panels.scores import ScoresPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.weights import WeightsPanel

PANELS: tuple[type[Panel], ...] = (
    NetworkPanel,
    SurfacePanel,
    LossPanel,
    OutputsPanel,
    WeightsPanel,
    ScoresPanel,
    PicturesPanel,
)

__all__ = ["PANELS", "Panel"]
