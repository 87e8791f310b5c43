"""Paints patterns as rows: inputs, target, answer as number and bar, right or wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.evaluation import is_right
from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import (
    CENTER,
    LEFT,
    RIGHT,
    Range,
    elided,
    fixed,
    paint_mark,
    paint_message,
    range_over,
    short,
)
from nnstudio.ui.theme import Theme, TypeScale, ui_font

Array = NDArray[Any]

STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
MOST_INPUTS_APART = 6
MARGIN = 8.0
#: The mark of patterns that are held out of training, in their rows and before their count.
HELD_OUT = "\N{WHITE CIRCLE}"


@dataclass(frozen=True)
class _Density:
    """How wide the parts of a row are that hold no text, and from how many inputs on theirs are joined."""

    font: str
    swatch: float
    mark: float
    bar: float
    gap: float
    apart: int

    def scaled(self, factor: float) -> _Density:
        """Return the same for larger type."""
        sizes = {part: getattr(self, part) * factor for part in ("swatch", "mark", "bar", "gap")}
        return replace(self, **sizes)


ROOMY = _Density("body", 20.0, 14.0, 44.0, 10.0, MOST_INPUTS_APART)
TIGHT = _Density("caption", 12.0, 11.0, 12.0, 5.0, 2)


def pattern_pen(theme: Theme, index: int) -> QPen:
    """Return the colour and line of a pattern: 32 differ, and neighbours differ in both."""
    pen = QPen(theme.curve_color(index), theme.lines.curve)
    pen.setStyle(STYLES[(index + index // 8) % len(STYLES)])
    return pen


def pattern_texts(dataset: Dataset, rows: int) -> list[str]:
    """Return the inputs of the first patterns as text, "0 1", and the numbers of samples that are not all there are."""
    if not dataset.enumerates or dataset.inputs.shape[1] > 10:
        return [f"#{row + 1}" for row in range(rows)]
    joint = " " if dataset.inputs.shape[1] <= MOST_INPUTS_APART else ""
    return [joint.join(short(round(v, 2)) for v in values) for values in dataset.inputs[:rows].tolist()]


class TruthTable(QWidget):
    """All patterns that there are, in one column of rows or more; only rows in sight are painted.

    Attributes
    ----------
    answers : list of str
        What stands in the output column, for each pattern.
    right : ndarray of bool
        Whether each is right.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._density = ROOMY
        self._has_swatches = True
        self._columns = 1
        self._per_column = 1
        self._backdrop = Backdrop()
        self._shown: Array = np.zeros(0)
        self.right: Array = np.zeros(0, bool)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._small = ui_font(theme, "caption")
        self._small_metrics = QFontMetricsF(self._small)
        self._measure(ROOMY)
        self.update()

    def set_run(self, run: Run) -> None:
        """Take the patterns of a new run."""
        self._run, self._threshold = run, run.spec.threshold
        self._texts = pattern_texts(run.dataset, run.dataset.samples)
        self._held_out = run.spec.parts() > 0
        self._bar_range: Range = (min(0.0, self._threshold * 2 - 1), 1.0)
        self._several = run.dataset.targets.shape[1] > 1
        self._courses = run.frame.course.shape[1]
        self._shown = np.zeros(0)
        self._measure(ROOMY)

    def set_outputs(self, outputs: Array) -> None:
        """Show other answers, shape (samples, outputs)."""
        assert self._run is not None
        self._outputs = outputs
        right = is_right(outputs, self._run.dataset.targets, self._threshold)
        with np.errstate(over="ignore", invalid="ignore"):
            shown = np.round(outputs, self._theme.digits)
        if np.array_equal(shown, self._shown, equal_nan=True) and np.array_equal(right, self.right):
            return  # as a bar is shorter than a thousand pixels, nothing that can be seen has changed
        self.right, self._shown = right, shown
        self._bar_range = range_over(self._bar_range, outputs)
        self.update()

    @property
    def answers(self) -> list[str]:
        return [self._answer(row) for row in range(len(self.right))]

    @property
    def summary(self) -> str:
        """How many patterns are right, in words; those that are held out are counted apart."""
        return self._summary_of(self.right)

    def _summary_of(self, right: Array) -> str:
        if not self._held_out.any():
            return f"{int(right.sum()):,} of {len(right):,} right"
        trained, held_out = right[~self._held_out], right[self._held_out]
        return (
            f"{int(trained.sum()):,} of {len(trained):,} trained, "
            f"{HELD_OUT} {int(held_out.sum()):,} of {len(held_out):,} held out right"
        )

    def arrange(self, width: int, room: int) -> int:
        """Choose the number of columns for a width and a height; return the height that is needed."""
        if self._run is None:
            self.resize(width, 0)
            return 0
        for density in (ROOMY, TIGHT):
            self._measure(density)
            height = self._divide(width, room)
            if height <= room and self._least_width <= width - 2 * MARGIN:
                break
        self.resize(width, height)
        self.update()
        return height

    def set_swatches(self, shown: bool) -> None:
        """Show each row's line as a chart below has it, or leave that to the bars where there is no chart."""
        if shown != self._has_swatches:
            self._has_swatches = shown
            self.update()

    def _divide(self, width: int, room: int) -> int:
        """Divide the rows into columns; return the height that is needed."""
        samples, line, density = len(self._texts), self._small_metrics.height(), self._density
        smallest, largest = self._metrics.height() + 2, self._metrics.height() + 11
        most = max(int((width - MARGIN) // (self._least_width + MARGIN)), 1)
        # The summary has a line of its own where it would run into the names beside it.
        for self._head, self._summary_apart in ((line + 8, False), (2 * line + 10, True)):
            in_sight = max(int((room - self._head) // smallest), 1)
            self._columns = min(most, math.ceil(samples / in_sight))
            beside = (width - MARGIN) / self._columns - MARGIN - self._least_width + density.bar + density.mark
            if self._summary_width <= beside:
                break
        self._per_column = math.ceil(samples / self._columns)
        self._row = math.floor(min(max((room - self._head - 4) / self._per_column, smallest), largest))
        return math.ceil(self._head + self._per_column * self._row + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground, seen = QPainter(self), self._theme.color("plot_background"), event.rect()
        if self._run is None or not len(self.right):
            painter.fillRect(seen, ground)
            paint_message(painter, self._theme, self._small, QRectF(self.rect()), "No network yet")
            return
        arranged = (self._density, self._has_swatches, self._columns, self._per_column, self._row)
        look = (self._theme, self._run, *arranged, self.right.tobytes())
        self._backdrop.paint(painter, self, seen, ground, look, self._paint_table)
        painter.setFont(self._font)
        for row, top, places in self._rows_in(seen):
            self._paint_answer(painter, places, row, top)

    def _paint_table(self, painter: QPainter, seen: QRect) -> None:
        """Draw what changes only when an answer becomes right or wrong."""
        if seen.top() < self._head:
            for column in range(self._columns):
                self._paint_head(painter, self._places(column), column)
        for row, top, places in self._rows_in(seen):
            self._paint_row(painter, places, row, top)

    def _rows_in(self, seen: QRect) -> Iterator[tuple[int, float, dict[str, tuple[float, float]]]]:
        """Return the rows in a rectangle, where each begins, and the places of its parts."""
        first = max(int((seen.top() - self._head) // self._row), 0)
        last = min(int((seen.bottom() - self._head) // self._row) + 1, self._per_column)
        for column in range(self._columns):
            places, before = self._places(column), column * self._per_column
            for line in range(first, min(last, len(self._texts) - before)):
                yield before + line, self._head + line * self._row, places

    # ---- places ----------------------------------------------------------------------------------------------------

    def _measure(self, density: _Density) -> None:
        """Find the widths of a row's parts from what will stand in them."""
        self._scale = self._theme.type_scale.body / TypeScale().body
        self._density = density = density.scaled(self._scale)
        self._font = ui_font(self._theme, density.font)
        self._metrics = QFontMetricsF(self._font)
        if self._run is None:
            return
        data, text, small = self._run.dataset, self._metrics.horizontalAdvance, self._small_metrics.horizontalAdvance
        self._apart = data.inputs.shape[1] <= density.apart
        if self._apart:
            self._inputs_width = len(data.input_names) * self._input_width
            self._inputs_title = ""
        else:
            self._inputs_title = f"{data.input_names[0]}…{data.input_names[-1]}" if len(self._texts[0]) > 3 else "row"
            self._inputs_width = max(text(max(self._texts, key=len)), small(self._inputs_title)) + 4
        self._held_width = text(HELD_OUT) if self._held_out.any() else 0.0
        self._summary_width = small(self._summary_of(np.ones(data.samples, bool)))
        names = data.output_names if self._several else ("0",)
        self._target_width = max(small("target"), *(text(name) for name in names))
        zero = fixed(0.0, self._theme.digits)
        numbers = (zero, "3e153") if self._several else (MINUS + zero, "−3e153")
        answer = max(text(f"{name} {n}" if self._several else n) for name in names for n in numbers)
        self._output_width = max(small("output"), answer)
        texts = self._inputs_width + self._held_width + self._target_width + self._output_width
        self._least_width = density.swatch + 6 * self._scale + texts + density.bar + density.mark + 4 * density.gap

    @property
    def _input_width(self) -> float:
        return self._small_metrics.horizontalAdvance("x1") + 8

    def _places(self, column: int) -> dict[str, tuple[float, float]]:
        """Return where each part of a column's rows begins and ends."""
        width = (self.width() - MARGIN) / self._columns
        left, right = MARGIN + column * width, (column + 1) * width
        places, x, space = {}, left, self._density.gap
        for name, part, gap in (
            ("swatch", *((self._density.swatch, 6.0 * self._scale) if self._has_swatches else (0.0, 0.0))),
            ("inputs", self._inputs_width, space),
            ("held_out", self._held_width, 0.0),
            ("target", self._target_width, space),
            ("output", self._output_width, space),
        ):
            places[name] = (x, x + part)
            x += part + gap
        mark = right - self._density.mark
        places["bar"] = (x, max(mark - space, x + 4))
        places["mark"] = (mark, right)
        return places

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _answer(self, row: int) -> str:
        assert self._run is not None
        values = self._outputs[row]
        if not self._several:
            return fixed(float(values[0]), self._theme.digits)
        best = int(values.argmax())
        return f"{self._run.dataset.output_names[best]} {fixed(float(values[best]), self._theme.digits)}"

    def _target(self, row: int) -> str:
        assert self._run is not None
        values = self._run.dataset.targets[row]
        return self._run.dataset.output_names[int(values.argmax())] if self._several else short(float(values[0]))

    def _paint_head(self, painter: QPainter, places: dict[str, tuple[float, float]], column: int) -> None:
        assert self._run is not None
        painter.setFont(self._small)
        painter.setPen(self._theme.color("muted"))
        line, gap = self._small_metrics.height(), self._density.gap
        top = self._head - line - 3
        left = places["inputs"][0]
        if self._apart:
            for i, name in enumerate(self._run.dataset.input_names):
                painter.drawText(QRectF(left + i * self._input_width, top, self._input_width, line), LEFT, name)
        else:
            painter.drawText(QRectF(left, top, self._inputs_width + gap, line), LEFT, self._inputs_title)
        for name in ("target", "output"):
            start, end = places[name]
            painter.drawText(QRectF(start - gap, top, end - start + gap, line), RIGHT, name)
        if column == self._columns - 1:
            start = MARGIN if self._summary_apart else places["bar"][0]
            place = QRectF(start, 5.0, places["mark"][1] - start, line)
            painter.drawText(place, RIGHT, elided(self._small_metrics, (self.summary,), place.width()))

    def _paint_row(self, painter: QPainter, places: dict[str, tuple[float, float]], row: int, top: float) -> None:
        assert self._run is not None
        theme, height, run, gap = self._theme, float(self._row), self._run, self._density.gap
        middle = top + height / 2
        painter.setPen(QPen(theme.color("border"), theme.lines.hair))
        painter.drawLine(QLineF(places["swatch"][0], top, places["mark"][1], top))
        if row < self._courses and self._has_swatches:
            pen = pattern_pen(theme, row)
            pen.setWidthF(theme.lines.strong)
            painter.setPen(pen)
            start, end = places["swatch"]
            painter.drawLine(QLineF(start, round(middle), end, round(middle)))
        painter.setFont(self._font)
        painter.setPen(theme.color("text"))
        left = places["inputs"][0]
        if self._apart:
            for i, value in enumerate(run.dataset.inputs[row].tolist()):
                cell = QRectF(left + i * self._input_width, top, self._input_width, height)
                painter.drawText(cell, LEFT, short(value))
        else:
            painter.drawText(QRectF(left, top, self._inputs_width + gap, height), LEFT, self._texts[row])
        if self._held_out[row]:
            start, end = places["held_out"]
            painter.drawText(QRectF(start, top, end - start, height), CENTER, HELD_OUT)
        start, end = places["target"]
        painter.drawText(QRectF(start - gap, top, end - start + gap, height), RIGHT, self._target(row))
        center = QPointF(sum(places["mark"]) / 2, middle)
        paint_mark(painter, theme, center, min(height - 6, 11.0 * self._scale), bool(self.right[row]))

    def _paint_answer(self, painter: QPainter, places: dict[str, tuple[float, float]], row: int, top: float) -> None:
        """Draw an output as number and bar."""
        theme, height, gap = self._theme, float(self._row), self._density.gap
        painter.setPen(theme.color("text"))
        start, end = places["output"]
        painter.drawText(QRectF(start - gap, top, end - start + gap, height), RIGHT, self._answer(row))
        ink = theme.curve_color(row) if row < self._courses else theme.color("muted")
        start, end = places["bar"]
        if self._several:
            paint = self._paint_lanes if len(self._outputs[row]) <= 3 else self._paint_columns
            paint(painter, QRectF(start, top + 3, end - start, height - 6), row, ink)
        else:
            thick = min(height - 8, 12.0 * self._scale)
            self._paint_bar(painter, QRectF(start, round(top + (height - thick) / 2), end - start, thick), row, ink)

    def _paint_bar(self, painter: QPainter, rect: QRectF, row: int, ink: QColor) -> None:
        """Draw an output as a bar from 0, with a tick where the answer changes."""
        low, high = self._bar_range

        def place(value: float) -> float:
            return rect.left() + (value - low) / (high - low) * rect.width()

        painter.fillRect(rect, self._theme.color("pressed"))
        value = float(np.clip(self._outputs[row, 0], low, high))
        if math.isfinite(value):
            start, end = sorted((place(0.0), place(value)))
            painter.fillRect(QRectF(start, rect.top(), max(end - start, 1.0), rect.height()), ink)
        x = round(place(self._threshold))
        painter.setPen(QPen(self._theme.color("text"), 1))
        painter.drawLine(QLineF(x, rect.top() - 3, x, rect.bottom() + 2))

    def _paint_lanes(self, painter: QPainter, rect: QRectF, row: int, ink: QColor) -> None:
        """Draw the outputs of two or three classes as bars above each other; the largest has the row's colour."""
        low, high = self._bar_range
        values = np.nan_to_num(self._outputs[row]).clip(low, high)
        height = rect.height() / len(values)
        for i, value in enumerate(values.tolist()):
            lane = QRectF(rect.left(), rect.top() + i * height + 0.5, rect.width(), height - 1)
            painter.fillRect(lane, self._theme.color("pressed"))
            lane.setWidth(max((value - low) / (high - low) * rect.width(), 1.0))
            painter.fillRect(lane, ink if i == values.argmax() else self._theme.color("border_strong"))

    def _paint_columns(self, painter: QPainter, rect: QRectF, row: int, ink: QColor) -> None:
        """Draw the outputs of all classes as columns; the largest is filled, the right one has a mark below."""
        assert self._run is not None
        low, high = self._bar_range
        values = np.nan_to_num(self._outputs[row]).clip(low, high)
        width = rect.width() / len(values)
        base = rect.bottom() - 3
        painter.setPen(Qt.PenStyle.NoPen)
        for i, value in enumerate(values.tolist()):
            size = max((value - low) / (high - low), 0.0) * (rect.height() - 3)
            column = QRectF(rect.left() + i * width + 1, base - size, max(width - 2, 1.0), size)
            ground = QRectF(column.left(), rect.top(), column.width(), rect.height() - 3)
            painter.fillRect(ground, self._theme.color("hover"))
            painter.fillRect(column, QBrush(ink if i == values.argmax() else self._theme.color("border_strong")))
        target = int(self._run.dataset.targets[row].argmax())
        painter.fillRect(QRectF(rect.left() + target * width + 1, base + 1, width - 2, 2), self._theme.color("text"))
