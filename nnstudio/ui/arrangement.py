"""Puts the form and the panels in their places: docks that share the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QTabWidget, QWidget

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.ui.docks import Dock
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.theme import Theme

FORM_WIDTH = 312
FORM_HELP = "What is learned, by which network, and how. Undo takes back any change."
#: The panels that share a place.
TABBED = ("outputs", "weights", "scores", "pictures")


class Arrangement(QObject):
    """The window's docks.

    Parameters
    ----------
    window : QMainWindow
        They fill it: there is no central widget.
    form : QWidget
    panels : sequence of Panel
    theme : Theme

    Attributes
    ----------
    docks : tuple of Dock
        The form's first.
    seen : Signal()
        A panel has come into sight, or gone out of it.
    """

    seen = Signal()

    def __init__(self, *, window: QMainWindow, form: QWidget, panels: Sequence[Panel], theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setDockOptions(QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        self._form = Dock(
            name="form", title="Experiment", content=form, help=FORM_HELP, controls=(), theme=theme, window=window
        )
        self._panels = {
            panel.key: Dock(
                name=f"panel_{panel.key}",
                title=panel.title,
                content=panel,
                help=panel.help,
                controls=panel.header_widgets(),
                theme=theme,
                window=window,
            )
            for panel in panels
        }
        self.docks: tuple[Dock, ...] = (self._form, *self._panels.values())
        # A wider window is for the panels; the form keeps its width.
        form.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for panel in panels:
            panel.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self._panels[panel.key].visibilityChanged.connect(self.seen)
        self._data: Dataset | None = None
        self.reset()

    @Slot()
    def reset(self) -> None:
        """Put every dock in its place: the form on the left, network and surface beside it, the rest below them."""
        window = self._window
        for dock in self.docks:
            dock.setFloating(False)  # a dock that has been removed cannot be put back from floating
            window.removeDockWidget(dock)
        network, surface, loss = (self._panels[key] for key in ("network", "surface", "loss"))
        below = [self._panels[key] for key in TABBED]
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._form)
        window.splitDockWidget(self._form, network, across)
        window.splitDockWidget(network, surface, across)
        window.splitDockWidget(network, below[0], down)
        window.splitDockWidget(surface, loss, down)
        for dock in below[1:]:
            window.tabifyDockWidget(below[0], dock)
        for dock in self.docks:
            dock.show()
        self.share_out()

    @Slot()
    def share_out(self) -> None:
        """Give every dock in its place its share of the window, and bring to the front what suits the data."""
        network, surface, loss, below = (self._panels[key] for key in ("network", "surface", "loss", TABBED[0]))
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        rest = max(self._window.width() - FORM_WIDTH, 2)
        widths = [FORM_WIDTH, rest * 11 // 20, rest * 9 // 20]
        self._window.resizeDocks([self._form, network, surface], widths, across)
        self._window.resizeDocks([network, below], [540, 460], down)
        self._window.resizeDocks([surface, loss], [540, 460], down)
        self._raise_what_suits()

    def show_data(self, data: Dataset) -> None:
        """Bring the panel to the front of its tabs that says most about other data."""
        if self._data is None or data.title != self._data.title:
            self._data = data
            self._raise_what_suits()

    def _raise_what_suits(self) -> None:
        data = self._data
        key = "outputs" if data is None or data.enumerates else "pictures" if data.image_shape else "scores"
        self._panels[key].raise_()

    def set_theme(self, theme: Theme) -> None:
        """Draw the docks' icons anew."""
        for dock in self.docks:
            dock.set_theme(theme)
