"""The lab's four charts: they show the same runs, point at the same run, and are drawn one at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from nnstudio.lab.results import Results
from nnstudio.lab.words import sweep_words
from nnstudio.ui.lab.canvas import LabChart
from nnstudio.ui.lab.cells import CellsChart
from nnstudio.ui.lab.fan import FanChart
from nnstudio.ui.lab.histogram import Histogram
from nnstudio.ui.lab.outcome_list import OutcomeList
from nnstudio.ui.lab.tile import Tile
from nnstudio.ui.lab.words import cell_words
from nnstudio.ui.theme import Theme, set_look

Array = NDArray[Any]

#: Between two charts that are drawn: each of the four comes eight times a second, and none makes the others wait.
TURN_MILLISECONDS = 31
#: Between two charts, in pixels: as between the docks of the main window.
GAP = 6
#: A chart of very many runs that takes longer than so many seconds rests for so many times as long.
DEAR_SECONDS, PATIENCE = 0.012, 10
_SPLITTERS = ("columns", "upper", "lower")


class Charts(QWidget):
    """Cells, losses, histogram and outcomes of the runs of one sweep.

    Parameters
    ----------
    settings : QSettings
        Where the sizes are remembered.
    theme : Theme

    Attributes
    ----------
    run_chosen : Signal(int, int)
        A run and an epoch of it, -1 for its end.
    run_hovered : Signal(object)
        The one run that is pointed at, or None.
    cell_chosen : Signal(object)
        A cell, or None for all.
    reported : Signal(str)
    pause : float
        Seconds, at least, from one picture of a chart to the next while a sweep is under way.
    """

    run_chosen = Signal(int, int)
    run_hovered = Signal(object)
    cell_chosen = Signal(object)
    reported = Signal(str)

    def __init__(self, *, settings: QSettings, theme: Theme) -> None:
        super().__init__(objectName="lab_charts")
        self._settings = settings
        self.cells, self.fan = CellsChart(theme=theme), FanChart(theme=theme)
        self.histogram, self.outcomes = Histogram(theme=theme), OutcomeList(theme=theme)
        self.panels: tuple[LabChart, ...] = (self.cells, self.fan, self.histogram, self.outcomes)
        self._tiles: dict[LabChart, Tile] = {panel: Tile(panel, theme) for panel in self.panels}
        self._upper = self._splitter(Qt.Orientation.Horizontal, self.cells, self.fan)
        self._lower = self._splitter(Qt.Orientation.Horizontal, self.histogram, self.outcomes)
        self._columns = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=GAP)
        set_look(self._columns, role="tiles")
        self._columns.addWidget(self._upper)
        self._columns.addWidget(self._lower)
        self._columns.setSizes([540, 460])
        self._upper.setSizes([420, 540])
        self._lower.setSizes([540, 420])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._columns)
        for panel in self.panels:
            panel.reported.connect(self.reported)
            panel.runs_hovered.connect(self._highlight)
            panel.run_chosen.connect(self.run_chosen)
        self.cells.cell_chosen.connect(self._choose_cell)
        self.results: Results | None = None
        self.cell: int | None = None
        self._waiting: list[tuple[LabChart, Callable[[], None]]] = []
        self._failed: set[LabChart] = set()
        self.pause = 0.0
        self._turn = QTimer(self, interval=TURN_MILLISECONDS)
        self._turn.timeout.connect(self._draw_next)
        self._rested: dict[LabChart, float] = dict.fromkeys(self.panels, 0.0)  # when each may be drawn again
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.grow)
        self._tiles[self.cells].hide()
        self._restore()

    def _splitter(self, orientation: Qt.Orientation, *panels: LabChart) -> QSplitter:
        splitter = QSplitter(orientation, childrenCollapsible=False, handleWidth=GAP)
        for panel in panels:
            splitter.addWidget(self._tiles[panel])
        set_look(splitter, role="tiles")
        return splitter

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The charts under their titles."""
        return tuple(self._tiles.values())

    def show_results(self, results: Results, cell: int | None = None) -> None:
        """Show a sweep: all its runs, or those of one cell."""
        self.results = results
        self._failed.clear()
        self._tiles[self.cells].setVisible(bool(results.sweep.axes))
        everything = np.arange(results.sweep.runs)
        words = sweep_words(results.sweep, results.method)
        self._waiting = [(self.cells, partial(self.cells.show_results, results, everything, words))]
        self.show_cell(cell)

    def show_cell(self, cell: int | None) -> None:
        """Show the runs of one cell, or all."""
        results = self.results
        if results is None:
            return
        self.cell = cell
        sweep = results.sweep
        everything = np.arange(sweep.runs)
        runs = everything if cell is None else everything[results.of_cell(cell)]
        title = sweep_words(sweep, results.method) if cell is None or not sweep.axes else cell_words(sweep, cell)
        others = (self.fan, self.histogram, self.outcomes)
        self._waiting = [
            *((panel, draw) for panel, draw in self._waiting if panel is self.cells),
            (self.cells, partial(self.cells.set_chosen, cell)),
            *((panel, partial(panel.show_results, results, runs, title)) for panel in others),
        ]
        self._turn.start()
        self._draw_next()

    @Slot()
    def grow(self) -> None:
        """Draw what has become known, soon."""
        waiting, now = {panel for panel, _ in self._waiting}, perf_counter()
        for panel in self.panels:
            if panel in waiting or not panel.isVisible():
                continue
            if self._rested[panel] <= now:
                self._waiting.append((panel, partial(panel.refresh)))
            elif not self._later.isActive():
                self._later.start(int(1000 * (self._rested[panel] - now)) + 1)
        if self._waiting and not self._turn.isActive():
            self._turn.start()

    @Slot()
    def _draw_next(self) -> None:
        """Draw one chart, and leave the others their turn."""
        while self._waiting:
            panel, draw = self._waiting.pop(0)
            if panel in self._failed:
                continue
            begun = perf_counter()
            try:
                draw()
            except Exception:
                self._failed.add(panel)
                sys.excepthook(*sys.exc_info())
            now = perf_counter()
            dear = PATIENCE * (now - begun) if now - begun > DEAR_SECONDS else 0.0
            self._rested[panel] = now + max(dear, self.pause)
            return
        self._turn.stop()

    @Slot(object)
    def _highlight(self, runs: Array) -> None:
        for panel in self.panels:
            if panel is not self.sender() and panel not in self._failed:
                panel.set_highlight(runs)
        self.run_hovered.emit(int(runs[0]) if len(runs) == 1 else None)

    @Slot(int)
    def _choose_cell(self, cell: int) -> None:
        # A second click on a cell gives all of them back.
        self.cell_chosen.emit(None if cell == self.cell else cell)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        for panel in self.panels:
            panel.set_theme(theme)
        self.grow()

    # ---- sizes ---------------------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Keep the sizes for the next time."""
        for name in _SPLITTERS:
            self._settings.setValue(f"lab/splitter_{name}", getattr(self, f"_{name}").saveState())

    def _restore(self) -> None:
        for name in _SPLITTERS:
            state = self._settings.value(f"lab/splitter_{name}")
            if isinstance(state, QByteArray):
                getattr(self, f"_{name}").restoreState(state)
