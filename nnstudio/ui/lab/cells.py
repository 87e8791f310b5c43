"""Shows what a sweep has come to: a curve, a heatmap, points or a list of its cells, as its axes ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QComboBox, QWidget

from nnstudio.lab.results import Results
from nnstudio.lab.sweep import Sweep
from nnstudio.session.run import Run
from nnstudio.ui.lab.canvas import LabCanvas, LabChart
from nnstudio.ui.lab.cell_view import CellView, Paper
from nnstudio.ui.lab.figures import FIGURES, LOSS, SHARE, CellTable, Figure
from nnstudio.ui.lab.line_view import LineView
from nnstudio.ui.lab.list_view import ListView
from nnstudio.ui.lab.map_view import MapView
from nnstudio.ui.lab.plot_axes import LEAST_HEIGHT
from nnstudio.ui.lab.scales import has_order
from nnstudio.ui.lab.scatter_view import ScatterView
from nnstudio.ui.lab.words import cell_words, is_judged_by_loss, learned_words, loss_standing, waiting_words
from nnstudio.ui.panels.pictures.canvas import MARGIN
from nnstudio.ui.speech import name_box
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: Cells with highlighted runs are marked as long as they are so few.
MOST_MARKED = 12
#: Of more cells than these only the number is spoken.
_MOST_SPOKEN = 12


def view_of(sweep: Sweep) -> type[CellView]:
    """Return how the cells of a sweep are drawn."""
    if len(sweep.axes) == 1:
        # What has no order has names, which need room, and no line from one to the next.
        return LineView if has_order(sweep.axes[0]) else ListView
    if len(sweep.axes) == 2:
        return MapView if sweep.is_grid else ScatterView
    return ListView


class CellsCanvas(LabCanvas):
    """The cells, one of which is chosen and framed.

    Attributes
    ----------
    table : CellTable or None
    chosen : int or None
        The cell that is chosen.
    cell_chosen : Signal(int)
        A person has chosen a cell.
    """

    cell_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.table: CellTable | None = None
        self.figure: Figure = FIGURES[0]
        self.chosen: int | None = None
        self._under: int | None = None
        self._walked = False
        self._view: CellView | None = None
        self._kind: type[CellView] = ListView
        super().__init__(theme, parent)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._sum_up)

    def set_results(self, results: Results | None, runs: Array) -> None:
        if results is None or self.table is None or results is not self.table.results:
            self.table = None if results is None else CellTable(results)
            self.chosen = None
            if results is not None:
                self._kind = view_of(results.sweep)
        super().set_results(results, runs)
        self._under = None
        self._sum_up()

    def follow(self) -> None:
        self._sum_up()

    @Slot()
    def _sum_up(self) -> None:
        """Sum up what has come in, of very many cells in several turns."""
        if self.table is not None and not self.table.follow():
            self._later.start()
        self.arrange()
        self.update()

    def complete(self) -> None:
        while self._later.isActive():
            self._later.stop()
            self._sum_up()

    def set_figure(self, figure: Figure) -> None:
        """Show another figure."""
        self.figure = figure
        self.arrange()
        self.update()

    @property
    def is_empty(self) -> bool:
        if self.table is not None and self.table.is_empty and self.results is not None:
            self.empty_text = waiting_words(self.results, self.runs, "none has ended yet", "No run has ended.")
        return self.table is None or self.table.is_empty

    def arrange(self) -> None:
        """Draw the cells for the present size."""
        self._view = None
        if self.table is None or self.table.is_empty or self.width() < 60:
            self.setMinimumHeight(0)
            return
        parent = self.parentWidget()
        height = self.height() if self._kind is not ListView or parent is None else parent.height()
        area = QRectF(0, 0, self.width(), height).adjusted(MARGIN, MARGIN, -MARGIN, -4)
        paper = Paper(self._theme, self._font, self._metrics, area, height >= LEAST_HEIGHT)
        self._view = self._kind(paper, self.table, self.figure)
        self.setMinimumHeight(int(self._view.height))

    # ---- the cell that is chosen -----------------------------------------------------------------------------------

    def set_chosen(self, cell: int | None) -> None:
        """Frame a cell."""
        self.chosen = cell
        self.update()

    def point(self) -> None:
        self._walked = False
        found = self._view.find(self.pointer) if self._view is not None and self.pointer is not None else None
        if found != self._under:
            self._under = found
            self._tell()

    def _tell(self) -> None:
        cell = self._under
        self.tell_hovered(self.runs[:0] if cell is None or self.table is None else self._runs_of(cell))

    def _runs_of(self, cell: int) -> Array:
        assert self.table is not None
        return np.asarray(self.table.sweep.runs_of(cell), np.int64)

    def walk(self, key: int, far: bool) -> None:
        if self._view is None:
            return
        self._walked = True
        self._under = self._view.first if self.chosen is None else self._view.step(self.chosen, key)
        place = self._view.place(self._under)
        self.seen.emit(int(place.top()), int(place.height()))
        if self._under != self.chosen:
            self.choose()

    def let_go(self) -> None:
        self._under, self._walked = None, False
        self._tell()
        self.update()

    def choose(self) -> None:
        if self._under is not None:
            self.set_chosen(self._under)
            self.cell_chosen.emit(self._under)

    @property
    def anchor(self) -> QPointF | None:
        if self._under is None or self._view is None:
            return None
        return self._view.place(self._under).center() if self._walked else self.pointer

    @property
    def tip(self) -> str:
        if self._under is None:
            return ""
        return f"Click to show the runs of {'all cells' if self._under == self.chosen else 'this cell'}"

    @property
    def reading(self) -> Sequence[str]:
        return () if self._under is None or self.table is None else self.table.words(self._under)

    # ---- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, seen: QRect) -> None:
        theme, view = self._theme, self._view
        ground = theme.color("plot_background")
        if view is None or self.table is None:
            painter.fillRect(self.rect(), ground)
            return
        # Whatever changes makes another view.
        self._backdrop.paint(painter, self, seen, ground, view, lambda p, part: view.paint(p, QRectF(part)))
        if len(self.highlighted) and self.results is not None:
            cells = np.unique(self.highlighted // self.table.seeds)
            if len(cells) <= min(MOST_MARKED, len(self.table.done) - 1):
                for cell in cells.tolist():
                    view.frame(painter, cell, theme.curve_color(1), 2)
        if self.chosen is not None:
            view.frame(painter, self.chosen, theme.color("text"), 2)
        if self._under is not None and self._under != self.chosen and not self.exporting:
            view.frame(painter, self._under, theme.color("accent"), 1.5)


class CellsChart(LabChart):
    """The cells of a sweep.

    Attributes
    ----------
    cell_chosen : Signal(int)
        A person has chosen a cell.
    figure_choice : QComboBox
        Which figure is shown.
    """

    key = "lab_cells"
    title = "Sweep"
    help = (
        "What each combination of settings has come to: the share of its runs that learned, how many epochs that took, "
        "or their final loss. Lines at a value span its 95 % interval, or its quartiles. A click shows the runs."
    )
    scrolls = True
    cell_chosen = Signal(int)

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        canvas = CellsCanvas(theme)
        super().__init__(canvas, theme=theme, parent=parent)
        self._cells = canvas
        canvas.cell_chosen.connect(self.cell_chosen)
        tip = "What is shown of each combination of settings"
        self.figure_choice = QComboBox(objectName=f"{self.key}_figure", toolTip=tip)
        name_box(self.figure_choice, tip)
        self.figure_choice.addItems([figure.label for figure in FIGURES])
        self.figure_choice.currentIndexChanged.connect(self._choose_figure)
        self.figure_choice.activated.connect(self._keep_figure)
        self._suited = SHARE
        self._kept = False  # a person has chosen a figure

    def show_results(self, results: Results, runs: Array, title: str) -> None:
        super().show_results(results, runs, title)
        self._suit_figure()

    def refresh(self, run: Run | None = None) -> None:
        super().refresh(run)
        self._suit_figure()

    def _suit_figure(self) -> None:
        """Show the figure by which these cells differ, until a person chooses one."""
        if self.results is None or self._kept:
            return
        suited = LOSS if is_judged_by_loss(self.results, self.runs) else SHARE
        if suited is not self._suited:
            self._suited = suited
            self.figure_choice.setCurrentIndex(FIGURES.index(suited))

    @Slot()
    def _keep_figure(self) -> None:
        self._kept = True

    def controls(self) -> Sequence[QWidget]:
        return (self.figure_choice,)

    def summary(self) -> str:
        results = self.results
        if results is None or not results.count_done:
            return ""
        if is_judged_by_loss(results, self.runs):
            return f"{loss_standing(results, self.runs)}."
        cells = range(len(results.sweep.cells))
        sums = [(cell_words(results.sweep, cell), results.summary(cell)) for cell in cells[:_MOST_SPOKEN]]
        words = [f"{name}: {learned_words(of.learned, of.done)}" for name, of in sums if of.done]
        more = len(cells) - _MOST_SPOKEN
        return f"{'. '.join([*words, *([f'{more:,} further cells'] if more > 0 else [])])}."

    def set_chosen(self, cell: int | None) -> None:
        """Frame the cell whose runs are shown elsewhere; none of them, without it."""
        self._cells.set_chosen(cell)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        return self._cells.table.rows() if self._cells.table is not None else ((), ())

    @Slot(int)
    def _choose_figure(self, index: int) -> None:
        self._cells.set_figure(FIGURES[index])
