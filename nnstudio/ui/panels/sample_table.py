"""Lists samples of any number with what the network answers for each; only the rows in sight cost anything."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from nnstudio.engine.split import PARTS
from nnstudio.session.run import Run
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import LEFT, RIGHT, elided, paint_mark, paint_message
from nnstudio.ui.panels.sample_texts import SampleTexts
from nnstudio.ui.panels.steady import SteadyLimit
from nnstudio.ui.panels.truth_table import pattern_pen
from nnstudio.ui.theme import Theme, TypeScale, ui_font

Array = NDArray[Any]

LISTED, WORST = "listed", "worst"
MARGIN, GAP = 8.0, 10.0
SWATCH, MARK, BAR = 14.0, 12.0, 44.0
#: Inputs that have columns; the tooltip of a row has more.
MOST_INPUTS = 8
#: Of names, in heights of a line.
WIDEST, WIDEST_TITLE = 9.0, 5.0
LONGEST_BAR, WIDEST_GAP = 140.0, 28.0
ENOUGH_ROWS = 8
#: While training goes on, rows change places no more often.
SORT_SECONDS = 0.5


@dataclass(frozen=True)
class Column:
    """One column: what it holds, its heading, and where it is; of inputs, the number too."""

    kind: str
    title: str
    left: float
    width: float
    number: int = 0


class SampleTable(QAbstractScrollArea):
    """Rows of inputs, target, output, whether it is right or by how much it is off, and the sample's part.

    Attributes
    ----------
    order : ndarray of int, shape (samples,)
        The samples from top to bottom.
    columns : list of Column
        Those that there is room for.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("outputs_samples")
        self.setAccessibleName("Samples")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self._texts: SampleTexts | None = None
        self._sorting = LISTED
        self._sorted = 0.0
        self.order: Array = np.zeros(0, int)
        self.columns: list[Column] = []
        self._backdrop = Backdrop()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._scale = theme.type_scale.body / TypeScale().body
        self._small = ui_font(theme, "caption")
        self._fonts = [ui_font(theme, "body"), self._small]
        self._small_metrics = QFontMetricsF(self._small)
        if self._texts is not None:
            self._texts.digits = theme.digits
        self.arrange()

    def set_run(self, run: Run) -> None:
        """Take the samples of a new run."""
        self._texts = SampleTexts(run, self._theme.digits)
        self._courses = run.frame.course.shape[1]
        self._limit = SteadyLimit()
        self._follow()
        self.verticalScrollBar().setValue(0)
        self.sort(self._sorting)
        self.arrange()

    def set_frame(self, run: Run) -> None:
        """Show the answers of a run's latest frame."""
        assert self._texts is not None
        if run.frame.outputs is self._texts.outputs:
            return
        self._texts.set_outputs(run.frame.outputs)
        self._follow()
        # Rows that change places in every frame cannot be read.
        if self._sorting == WORST and (not run.frame.training or time.monotonic() - self._sorted > SORT_SECONDS):
            self.sort(WORST)
        self.viewport().update()

    def _follow(self) -> None:
        """Let the bars of residuals reach as far as these do."""
        assert self._texts is not None
        if not self._texts.is_classification:
            with np.errstate(over="ignore", invalid="ignore"):
                residuals = np.abs(self._texts.run.dataset.targets - self._texts.outputs)
            self._limit.follow(float(np.nan_to_num(residuals, posinf=0.0).max()))

    def sort(self, which: str) -> None:
        """Put the samples in their own order, or those with the largest errors of this moment first."""
        self._sorting, self._sorted = which, time.monotonic()
        if self._texts is not None:
            count = len(self._texts.outputs)
            self.order = self._texts.worst_first() if which == WORST else np.arange(count)
        self.viewport().update()

    @property
    def summary(self) -> str:
        """The score of each part, in words."""
        return self._texts.summary if self._texts else ""

    def text(self, kind: str, sample: int, number: int = 0) -> str:
        """Return one thing about a sample, as it stands in its row."""
        assert self._texts is not None
        return self._texts.text(kind, sample, number)

    # ---- places ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Choose the columns that fit, in small letters unless all, and enough rows, fit in large ones."""
        self._font, self._metrics = self._small, self._small_metrics
        if self._texts is None:
            return
        room = self.viewport().width() - 2 * MARGIN
        self._head = math.ceil(2 * self._small_metrics.height()) + 12
        for font in self._fonts:
            self._font, self._metrics = font, QFontMetricsF(font)
            chosen, complete = self._chosen(room)
            self._row = math.ceil(self._metrics.height()) + 5
            in_sight = max((self.viewport().height() - self._head) // self._row, 1)
            if complete and in_sight >= ENOUGH_ROWS:
                break
        self.columns = _spread(chosen, room)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(len(self.order) - in_sight, 0))
        bar.setPageStep(in_sight)
        self.viewport().update()

    def _chosen(self, room: float) -> tuple[list[Column], bool]:
        """Return the columns that fit, from left to right, and whether all do; what tells least gives way first."""
        assert self._texts is not None
        texts, data = self._texts, self._texts.run.dataset
        # A single pixel of a picture says nothing.
        names = () if data.image_shape else data.input_names[:MOST_INPUTS]
        advance, small = self._metrics.horizontalAdvance, self._small_metrics.horizontalAdvance

        def column(kind: str, number: int = 0, title: str = "") -> Column:
            title = title or kind
            widths = [min(advance(text), WIDEST * self._metrics.height()) for text in texts.widest(kind, number)]
            return Column(kind, title, 0.0, max(small(title), *widths) + 2, number)

        inputs = [column("input", i, self._title(name)) for i, name in enumerate(names)]
        number = Column(
            "number", "", 0.0, self._scale * SWATCH + 4 + advance(texts.text("number", len(texts.outputs) - 1))
        )
        target, output, bar = column("target"), column("output"), Column("bar", "", 0.0, self._scale * BAR)
        result = Column("mark", "", 0.0, self._scale * MARK) if texts.is_classification else column("residual")
        part = [Column("part", "part", 0.0, max(map(advance, PARTS)) + 2)] if texts.has_parts else []
        wanted = [number, target, output, result, *part, *inputs[:2], bar, *inputs[2:]]
        chosen: list[Column] = []
        for each in wanted:
            if sum(c.width for c in chosen) + each.width + GAP * len(chosen) > room:
                break
            chosen.append(each)
        results = (bar, result) if texts.is_classification else (result, bar)
        shown = [each for each in (number, *inputs, target, output, *results, *part) if each in chosen]
        return shown, len(chosen) == len(wanted)

    def _title(self, name: str) -> str:
        return self._small_metrics.elidedText(
            name, Qt.TextElideMode.ElideRight, WIDEST_TITLE * self._small_metrics.height()
        )

    def rows_in_sight(self) -> Array:
        """Return the samples that can be seen, from top to bottom."""
        first = self.verticalScrollBar().value()
        count = math.ceil((self.viewport().height() - self._head) / self._row)
        return self.order[first : first + max(count, 0)]

    # ---- painting --------------------------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._texts is not None:
            rows, row = self.rows_in_sight(), int(event.pos().y() - self._head) // self._row
            text = self._texts.description(int(rows[row])) if 0 <= row < len(rows) else ""
            QToolTip.showText(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, viewport = QPainter(self.viewport()), self._theme, self.viewport()
        ground = theme.color("plot_background")
        if self._texts is None:
            painter.fillRect(viewport.rect(), ground)
            paint_message(painter, theme, self._small, QRectF(viewport.rect()), "No network yet")
            return
        samples = self.rows_in_sight()
        right = self._texts.right[samples].tobytes() if self._texts.is_classification else b""
        look = (theme, self._texts, tuple(self.columns), self._row, samples.tobytes(), right)
        self._backdrop.paint(painter, viewport, viewport.rect(), ground, look, self._paint_still)
        painter.setFont(self._small)
        painter.setPen(theme.color("text"))
        width = viewport.width() - 2 * MARGIN
        brief = self.summary.removesuffix(" samples")
        briefer = brief.replace(" on the", "").removeprefix("accuracy ")
        summary = elided(self._small_metrics, (self.summary, brief, briefer), width)
        painter.drawText(QRectF(MARGIN, 4, width, self._small_metrics.height()), LEFT, summary)
        for number, sample in enumerate(samples.tolist()):
            self._paint_answer(painter, sample, self._head + number * self._row)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(viewport.rect().adjusted(0, 0, -1, -1))

    def _paint_still(self, painter: QPainter, seen: QRect) -> None:
        """Draw the headings, and of each row what training leaves as it is."""
        theme, line = self._theme, self._small_metrics.height()
        painter.setFont(self._small)
        painter.setPen(theme.color("muted"))
        for column in self.columns:
            place = QRectF(column.left - GAP, self._head - line - 3, column.width + GAP, line)
            if column.kind in self._leftwards:
                painter.drawText(place.adjusted(GAP, 0, GAP, 0), LEFT, column.title)
            else:
                painter.drawText(place, RIGHT, column.title)
        painter.setFont(self._font)
        for number, sample in enumerate(self.rows_in_sight().tolist()):
            self._paint_row(painter, sample, self._head + number * self._row)

    @property
    def _leftwards(self) -> tuple[str, ...]:
        """Kinds of columns whose texts begin on the left."""
        assert self._texts is not None
        return ("part", "target") if self._texts.is_classification else ("part",)

    def _paint_row(self, painter: QPainter, sample: int, top: float) -> None:
        assert self._texts is not None
        theme, middle = self._theme, top + self._row / 2
        painter.setPen(QPen(theme.color("border"), theme.lines.hair))
        painter.drawLine(QLineF(MARGIN, top, self.viewport().width() - MARGIN, top))
        if sample < self._courses:
            pen = pattern_pen(theme, sample)
            pen.setWidthF(theme.lines.strong)
            painter.setPen(pen)
            painter.drawLine(QLineF(MARGIN, round(middle), MARGIN + self._scale * SWATCH, round(middle)))
        for column in self.columns:
            place = QRectF(column.left, top, column.width, self._row)
            if column.kind == "mark":
                paint_mark(
                    painter,
                    theme,
                    QPointF(place.center()),
                    min(self._row - 6, 11.0 * self._scale),
                    bool(self._texts.right[sample]),
                )
            elif column.kind in ("number", "input", "target", "part"):
                painter.setPen(theme.color("muted" if column.kind in ("number", "part") else "text"))
                text = self.text(column.kind, sample, column.number)
                if column.kind in self._leftwards:
                    painter.drawText(
                        place, LEFT, self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, column.width)
                    )
                else:
                    painter.drawText(place.adjusted(-GAP, 0, 0, 0), RIGHT, text)

    def _paint_answer(self, painter: QPainter, sample: int, top: float) -> None:
        """Draw what moves: the output, and the residual of a regression."""
        painter.setFont(self._font)
        painter.setPen(self._theme.color("text"))
        for column in self.columns:
            place = QRectF(column.left - GAP, top, column.width + GAP, self._row)
            if column.kind in ("output", "residual"):
                painter.drawText(place, RIGHT, self._fitted(self.text(column.kind, sample), place.width()))
        for column in self.columns:
            if column.kind == "bar":
                thick = min(self._row - 8, 10.0)
                self._paint_bar(
                    painter, QRectF(column.left, top + (self._row - thick) / 2, column.width, thick), sample
                )

    def _fitted(self, text: str, width: float) -> str:
        """Return a text that fits: of a class with its output, the name gives way."""
        advance = self._metrics.horizontalAdvance
        if advance(text) <= width:
            return text
        name, _, number = text.rpartition(" ")
        room = width - advance(f" {number}")
        return f"{self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)} {number}"

    def _paint_bar(self, painter: QPainter, rect: QRectF, sample: int) -> None:
        """Draw an output from 0, with a tick where the answer changes; or a residual to either side of 0."""
        assert self._texts is not None
        theme, outputs = self._theme, self._texts.outputs[sample]
        if not self._texts.is_classification:
            value, tick = self._texts.residual(sample), 0.0
            low, high = -self._limit.value, self._limit.value
        elif len(outputs) == 1:
            value, tick = float(outputs[0]), self._texts.run.spec.threshold
            low, high = min(2 * tick - 1, 0.0), 1.0
        else:
            value, tick, low, high = float(outputs.max()), math.nan, 0.0, 1.0
        painter.fillRect(rect, theme.color("pressed"))
        scale = rect.width() / (high - low)
        if math.isfinite(value):
            start, end = sorted((-low * scale, (min(max(value, low), high) - low) * scale))
            ink = theme.curve_color(sample) if sample < self._courses else theme.color("muted")
            painter.fillRect(QRectF(rect.left() + start, rect.top(), max(end - start, 1.0), rect.height()), ink)
        if math.isfinite(tick):
            x = round(rect.left() + (tick - low) * scale)
            painter.setPen(QPen(theme.color("text"), 1))
            painter.drawLine(QLineF(x, rect.top() - 2, x, rect.bottom() + 1))


def _spread(columns: list[Column], room: float) -> list[Column]:
    """Place columns next to each other; the bar takes what is left, up to a bound, and then the gaps do."""
    spare = room - sum(column.width for column in columns) - GAP * (len(columns) - 1)
    longer = min(max(spare, 0.0), LONGEST_BAR - BAR)
    if any(column.kind == "bar" for column in columns):
        columns = [replace(c, width=c.width + longer) if c.kind == "bar" else c for c in columns]
        spare -= longer
    gap = GAP + min(max(spare, 0.0) / max(len(columns) - 1, 1), WIDEST_GAP - GAP)
    placed, left = [], MARGIN
    for column in columns:
        placed.append(replace(column, left=left))
        left += column.width + gap
    return placed
