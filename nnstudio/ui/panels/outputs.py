"""Shows what the network answers for each pattern or sample, beside what is right, and how each answer has moved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from nnstudio.engine.evaluation import is_right
from nnstudio.engine.split import PARTS
from nnstudio.session.run import Run
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.course import CourseChart
from nnstudio.ui.panels.sample_table import LISTED, WORST, SampleTable
from nnstudio.ui.panels.spoken import outputs_words
from nnstudio.ui.panels.truth_table import TruthTable
from nnstudio.ui.theme import Theme


class OutputsPanel(Panel):
    """A truth table with the network's answers, or a list of many samples, and their course over the epochs."""

    key = "outputs"
    title = "Outputs"
    help = (
        "What the network answers for each pattern or sample beside what is right; the tick on each bar is where the "
        "answer changes, a circle marks what is held out of training. A residual is the target less the output. Below, "
        "how the first answers have moved over the epochs, in the row's colour and line."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.view = OutputsView(theme)
        self.set_content(self.view)
        self._order = Segments(
            "outputs_order",
            (
                (LISTED, "As listed", "In the order of the data"),
                (WORST, "Worst first", "The largest errors first; while training goes on, sorted anew twice a second"),
            ),
        )
        self._order.chosen.connect(self.view.samples.sort)
        #: Holds the buttons, so that they are no window of their own if they are shown before there is one.
        self._controls = QWidget()
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._order)
        self._order.hide()

    def controls(self) -> Sequence[QWidget]:
        return (self._controls,)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self._order.setVisible(not run.dataset.enumerates)
        self.view.set_run(run)
        self.refresh(run)

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        self.view.set_frame(run)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def summary(self) -> str:
        return "" if self.run is None else outputs_words(self.run)

    def walk(self, right: int, down: int) -> str:
        return self.view.chart.walk(right, down).replace("→", "gives")

    def end_walk(self) -> None:
        self.view.chart.end_walk()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None:
            return (), ()
        data, outputs = run.dataset, run.frame.outputs
        several = len(data.output_names) > 1
        names = [f" {name}" for name in data.output_names] if several else [""]
        header = [*data.input_names, *(f"target{n}" for n in names), *(f"output{n}" for n in names)]
        columns = [*data.inputs.T.tolist(), *data.targets.T.tolist(), *outputs.T.tolist()]
        if data.is_classification:
            header.append("right")
            columns.append(is_right(outputs, data.targets, run.spec.threshold).astype(int).tolist())
        else:
            header += [f"residual{n}" for n in names]
            columns += (data.targets - outputs).T.tolist()
        parts = run.spec.parts()
        if parts.any():
            header.append("part")
            columns.append([PARTS[part] for part in parts])
        return header, [list(row) for row in zip(*columns, strict=True)]


class OutputsView(QWidget):
    """The table above, as high as it has to be, and the course below with the rest of the room."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = TruthTable(theme)
        self.samples = SampleTable(theme, parent=self)
        self.chart = CourseChart(theme, parent=self)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.table)
        self.samples.hide()
        self._lists_samples = False

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.table.set_theme(theme)
        self.samples.set_theme(theme)
        self.chart.set_theme(theme)
        self.arrange()

    def set_run(self, run: Run) -> None:
        """Take a new run: a truth table for data that lists all its patterns, a list for any other."""
        self._lists_samples = not run.dataset.enumerates
        self.samples.setVisible(self._lists_samples)
        self._scroll.setVisible(not self._lists_samples)
        if self._lists_samples:
            self.samples.set_run(run)
        else:
            self.table.set_run(run)
        self.chart.set_run(run)
        self.arrange()

    def set_frame(self, run: Run) -> None:
        """Show the run's latest frame."""
        if self._lists_samples:
            self.samples.set_frame(run)
        else:
            self.table.set_outputs(run.frame.outputs)
        self.chart.set_frame(run)

    def arrange(self) -> None:
        """Share the room between table and course."""
        width, height = self.width(), self.height()
        room = height if self.chart.is_empty else int(height * 0.56)
        if self._lists_samples:
            shown = room if self.chart.is_empty else int(height * 0.62)
            shown = shown if height - shown >= self.chart.least_height else height
            self.samples.setGeometry(0, 0, width, shown)
        else:
            shown = self._arrange_table(width, height, room)
            if height - shown < self.chart.least_height:
                shown = self._arrange_table(width, height, height)  # what is left may still be enough for a low one
        self.chart.setGeometry(0, shown, width, height - shown)
        self.table.set_swatches(self.chart.has_room)

    def _fill_with_table(self, width: int, height: int) -> int:
        self.table.arrange(width, height)
        self.table.resize(width, height)
        self._scroll.setGeometry(0, 0, width, height)
        return height

    def _arrange_table(self, width: int, height: int, room: int) -> int:
        """Give the truth table as much as it needs, and scroll it in what there is; return how high it is."""
        wanted = self.table.arrange(width, room)
        if room < wanted <= height * 0.62:
            room = wanted  # rather a little more than a bar to scroll so little
        elif room < wanted <= height + 2 and height - wanted < self.chart.least_height:
            return self._fill_with_table(width, height)  # all answers say more than some, and a chart without height
        if wanted > room:
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            wanted = self.table.arrange(width - bar, room)
        shown = min(wanted, room)
        self.table.resize(self.table.width(), wanted)
        self._scroll.setGeometry(0, 0, width, shown)
        return shown
