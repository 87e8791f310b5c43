"""Draws what a network answers as a bar and a number for each class, the chosen one marked."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from nnstudio.insight.pictures import Answer
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.chart import LEFT, RIGHT, Range, elided, fixed, range_over
from nnstudio.ui.panels.pictures.signed import stepped_limit
from nnstudio.ui.theme import Theme, ui_font

MARK = 10.0
GAP = 6.0
LOWEST, HIGHEST = 11.0, 26.0
TRUE = "true"


class Bars:
    """Bars in a rectangle: what they are called is drawn once, how long they are in every frame.

    Parameters
    ----------
    theme : Theme
    signed : bool
        The values are weights, on a scale that reaches as far to both sides, and coloured by sign.
    truths : bool
        One of the classes is the true one, and marked.

    Attributes
    ----------
    shown : tuple of int
        The values that there is room for, in their order: the largest, and the true one.
    """

    def __init__(self, theme: Theme, *, signed: bool = False, truths: bool = True) -> None:
        self._signed, self._truths = signed, truths
        self._names: tuple[str, ...] = ()
        self._rect = QRectF()
        self._range: Range = (0.0, 1.0)
        self._answer: Answer | None = None
        self._truth: int | None = None
        self.shown: tuple[int, ...] = ()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font, self._bold = ui_font(theme, "caption"), ui_font(theme, "caption")
        self._bold.setBold(True)
        self._metrics, self._bold_metrics = QFontMetricsF(self._font), QFontMetricsF(self._bold)
        self._measure()

    def set_names(self, names: tuple[str, ...]) -> None:
        """Take other classes."""
        if names != self._names:
            self._names, self._range, self._answer = names, (0.0, 1.0), None
            self._measure()

    @property
    def least_height(self) -> float:
        """How high all bars are at least."""
        return len(self._names) * self._least

    def arrange(self, rect: QRectF) -> None:
        """Take another place."""
        self._rect = rect
        self._measure()
        if self._answer is not None:
            self.set_answer(self._answer, self._truth)

    def set_answer(self, answer: Answer, truth: int | None) -> None:
        """Show another answer, and which class is the true one."""
        self._answer, self._truth = answer, truth if len(answer.values) > 1 else None
        if self._signed:
            limit = stepped_limit(self._range[1], np.array(answer.values))
            self._range = -limit, limit
        elif answer.kind != "probability":
            self._range = range_over(self._range, np.array(answer.values))
        count = len(answer.values)
        if self._room >= count:
            self.shown = tuple(range(count))
            return
        largest = sorted(range(count), key=lambda i: -self._weight(answer.values[i]))[: self._room]
        if self._truth is not None and self._truth not in largest:
            largest[-1:] = [self._truth]
        self.shown = tuple(sorted(largest))

    @property
    def look(self) -> tuple[object, ...]:
        """Equal as long as `paint_names` draws the same."""
        return self._names, self._rect.getRect(), self.shown, self._truth, self._chosen, self._range

    def paint_names(self, painter: QPainter) -> None:
        """Draw what changes only with the sample or the class that is chosen."""
        theme, chosen = self._theme, self._chosen
        for row, index in enumerate(self.shown):
            top = self._rect.top() + row * self._height
            middle = top + self._height / 2
            is_chosen = index == chosen
            if is_chosen:
                self._paint_pointer(painter, middle)
            painter.setFont(self._bold if is_chosen else self._font)
            painter.setPen(theme.color("text"))
            metrics = self._bold_metrics if is_chosen else self._metrics
            place = QRectF(self._rect.left() + MARK, top, self._name_width, self._height)
            painter.drawText(place, RIGHT, elided(metrics, (self._names[index],), self._name_width))
            if index == self._truth:
                painter.setFont(self._bold)
                painter.drawText(QRectF(self._rect.right() - self._true_width + GAP, top, 80, self._height), LEFT, TRUE)
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(self._zero, top), QPointF(self._zero, top + self._height))

    def paint(self, painter: QPainter) -> None:
        """Draw the bars and their numbers."""
        if self._answer is None:
            return
        theme, chosen, inset = self._theme, self._chosen, min(3.0, self._height / 6)
        low, high = self._range
        left, width = self._bar_left, self._bar_width
        quiet, strong, text = theme.color("border_strong"), theme.color("accent"), theme.color("text")
        for row, index in enumerate(self.shown):
            top, value = self._rect.top() + row * self._height, self._answer.values[index]
            end = left + (min(max(_finite(value), low), high) - low) / (high - low) * width
            bar = QRectF(min(end, self._zero), top + inset, abs(end - self._zero), self._height - 2 * inset)
            if self._signed:
                painter.fillRect(bar, theme.color("negative" if value < 0 else "positive"))
            else:
                painter.fillRect(bar, strong if index == chosen else quiet)
            painter.setFont(self._bold if index == chosen else self._font)
            painter.setPen(text)
            number = QRectF(left + width, top, self._number_width, self._height)
            painter.drawText(number, RIGHT, fixed(value, self._theme.digits))

    def _weight(self, value: float) -> float:
        return abs(_finite(value)) if self._signed else _finite(value)

    @property
    def _chosen(self) -> int | None:
        """The bar of the class that is chosen; a single output that is no probability has none."""
        return self._answer.chosen if self._answer is not None and len(self._answer.values) > 1 else None

    @property
    def _zero(self) -> float:
        low, high = self._range
        return self._bar_left - low / (high - low) * self._bar_width

    def _paint_pointer(self, painter: QPainter, middle: float) -> None:
        half, left = min(4.0, self._height / 3), self._rect.left()
        points = [QPointF(left, middle - half), QPointF(left + 1.6 * half, middle), QPointF(left, middle + half)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        painter.drawPolygon(QPolygonF(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _measure(self) -> None:
        rect, bold = self._rect, self._bold_metrics
        count = max(len(self._names), 1)
        self._least = max(LOWEST, self._metrics.ascent() + 1)
        self._room = max(min(int(rect.height() // self._least), count), 1)
        self._height = min(max(rect.height() / self._room, 1.0), HIGHEST)
        widest = max((bold.horizontalAdvance(name) for name in self._names), default=0.0)
        self._name_width = min(widest + 1, max(rect.width() * 0.35, 1.0))
        self._number_width = bold.horizontalAdvance(MINUS + fixed(0.0, self._theme.digits)) + 2
        self._true_width = bold.horizontalAdvance(TRUE) + GAP if self._truths else 0.0
        self._bar_left = rect.left() + MARK + self._name_width + GAP
        right = rect.right() - self._true_width - self._number_width
        self._bar_width = max(right - self._bar_left, 1.0)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else 0.0
