"""Shows what the network answers for each pattern, beside what is right, and how each answer has moved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from nnstudio.engine.evaluation import is_right
from nnstudio.session.run import Run
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.course import CourseChart
from nnstudio.ui.panels.truth_table import TruthTable
from nnstudio.ui.theme import Theme


class OutputsPanel(Panel):
    """A truth table with the network's answers, and their course over the epochs."""

    key = "outputs"
    title = "Outputs"
    help = (
        "What the network answers for each pattern beside what is right; the tick on each bar is where the answer "
        "changes, a circle marks what is held out of training. Below, how each answer has moved over the epochs, in "
        "the row's colour and line."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.view = OutputsView(theme)
        self.set_content(self.view)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self.view.table.set_run(run, threshold_of(run))
        self.view.chart.set_run(run)
        self.view.arrange()
        self.refresh(run)

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        self.view.table.set_outputs(run.frame.outputs)
        self.view.chart.set_frame(run)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None:
            return (), ()
        data, outputs = run.dataset, run.frame.outputs
        several = len(data.output_names) > 1
        names = [f" {name}" for name in data.output_names] if several else [""]
        header = [*data.input_names, *(f"target{n}" for n in names), *(f"output{n}" for n in names), "right"]
        right = is_right(outputs, data.targets, threshold_of(run)).astype(int)
        columns = (data.inputs.tolist(), data.targets.tolist(), outputs.tolist(), right.tolist())
        rows = [[*x, *y, *a, r] for x, y, a, r in zip(*columns, strict=True)]
        held_out = run.spec.parts() > 0
        if held_out.any():
            header.append("held out")
            rows = [[*row, int(held)] for row, held in zip(rows, held_out.tolist(), strict=True)]
        return header, rows


def threshold_of(run: Run) -> float:
    """Return what a single output is compared with: the loss decides."""
    return run.spec.threshold


class OutputsView(QWidget):
    """The table above, as high as it has to be, and the course below with the rest of the room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = TruthTable(theme)
        self.chart = CourseChart(theme, parent=self)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.table)

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.table.set_theme(theme)
        self.chart.set_theme(theme)
        self.arrange()

    def arrange(self) -> None:
        """Share the room between table and course."""
        width, height = self.width(), self.height()
        room = height if self.chart.is_empty else int(height * 0.56)
        wanted = self.table.arrange(width, room)
        if room < wanted <= height * 0.62:
            room = wanted  # rather a little more than a bar to scroll so little
        if wanted > room:
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            wanted = self.table.arrange(width - bar, room)
        shown = min(wanted, room)
        self.table.resize(self.table.width(), wanted)
        self._scroll.setGeometry(0, 0, width, shown)
        self.chart.setGeometry(0, shown, width, height - shown)
