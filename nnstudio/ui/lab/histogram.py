"""Shows where runs have ended: bars over the final losses, parted into those that learned and those that did not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from nnstudio.lab.results import KINDS, Results
from nnstudio.ui.lab.bins import DIVERGED, MOST_BARS, ZERO, Bar, bars_of, present_losses
from nnstudio.ui.lab.canvas import LabCanvas, LabChart
from nnstudio.ui.lab.looks import LOOKS, ORDER, paint_block
from nnstudio.ui.lab.plot_axes import LEAST_HEIGHT, axes_in, loss_text, loss_ticks
from nnstudio.ui.lab.words import percent_words, waiting_words
from nnstudio.ui.panels.chart import CENTER, LEFT, Axes, nice_ceil, nice_ticks, paint_axes, short
from nnstudio.ui.panels.pictures.canvas import MARGIN
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: Bars are at least so wide, in pixels.
NARROWEST = 11.0
#: Highlighted runs up to so many are single marks.
MOST_MARKS = 3
_SAMPLE = 14.0


class HistogramCanvas(LabCanvas):
    """The bars, one of which can be chosen with the pointer or the arrow keys.

    Attributes
    ----------
    bars : list of Bar
        From left to right.
    axes : Axes or None
        Decimal logarithms of losses across, runs up.
    """

    runs_chosen = Signal(object)
    """The runs of a bar that was chosen, an ndarray of int64."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.bars: list[Bar] = []
        self.axes: Axes | None = None
        self._chosen: int | None = None
        self._losses: Array = np.zeros(0)
        self._kinds: Array = np.zeros(0, int)
        self._ticks: Array = np.zeros(0)
        self._limit = 0.0
        self._version = -1
        super().__init__(theme, parent)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def set_results(self, results: Results | None, runs: Array) -> None:
        super().set_results(results, runs)
        self._chosen, self._version, self._limit = None, -1, 0.0
        self.bars = []
        self.follow()

    def follow(self) -> None:
        if self.results is None or self.results.version == self._version:
            return
        self._version = self.results.version
        self._losses, self._kinds = present_losses(self.results, self.runs)
        self.arrange()
        self.update()

    @property
    def is_empty(self) -> bool:
        if self.results is not None and not self.bars:
            self.empty_text = waiting_words(self.results, self.runs, "no losses yet", "No run has a loss.")
        return not self.bars

    def arrange(self) -> None:
        """Sort the runs into as many bars as there is room for, and find a place for each."""
        before, self.axes = self.bars, None
        width, titles = float(self.width()), self.height() >= LEAST_HEIGHT
        most = min(int((width - 90) / NARROWEST), MOST_BARS)
        self.bars = bars_of(self._losses, self._kinds, max(most, 4)) if len(self._losses) else []
        if self._chosen is not None and not same_ranges(before, self.bars):
            self.let_go()
        if not self.bars:
            return
        highest = max(len(bar.members) for bar in self.bars)
        if not self._limit or highest > self._limit or highest < 0.4 * self._limit:
            self._limit = nice_ceil(max(highest, 4) / 4, (2, 3, 4, 5, 6, 8, 10)) * 4
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN / 2 + self._line, -MARGIN, -4)
        texts = [short(float(v)) for v in self._count_ticks(area.height())]
        axes = axes_in(area, (0.0, 1.0), (0.0, self._limit), self._metrics, texts, titles=titles, right=6.0)
        ranges = [bar for bar in self.bars if not bar.name]
        low, high = (ranges[0].low, ranges[-1].high) if ranges else (0.0, 1.0)
        # Bars that are no range of losses stand apart, in slots at the ends.
        slots = [self._slot(ZERO), self._slot(DIVERGED)]
        room = max(axes.rect.width() - sum(slots), 10.0)
        each = (high - low) / room if ranges else 1.0 / max(sum(slots), 1.0)
        x_range = (low - slots[0] * each, (high if ranges else low) + slots[1] * each)
        self.axes = Axes(axes.rect, x_range, axes.y_range)
        self._ticks = self._apart(loss_ticks((low, high), room, 46.0)) if ranges else np.zeros(0)

    def _apart(self, ticks: Array) -> Array:
        """Leave out ticks whose text would touch the one before: within a decade they grow closer."""
        assert self.axes is not None
        kept, end = [], -math.inf
        for tick in ticks.tolist():
            half = self._metrics.horizontalAdvance(loss_text(tick)) / 2
            if float(self.axes.x(tick)) - half >= end:
                kept.append(tick)
                end = float(self.axes.x(tick)) + half + 6
        return np.array(kept)

    def _slot(self, name: str) -> float:
        if not any(bar.name == name for bar in self.bars):
            return 0.0
        return max(self._metrics.horizontalAdvance(name) + 12, 40.0)

    def _count_ticks(self, height: float) -> Array:
        return nice_ticks(0.0, self._limit, max(min(int(height // (self._line * 2)), 4), 1))

    def place(self, number: int) -> QRectF:
        """Return where a bar is, as high as it is; a bar of few runs is high enough to be seen."""
        assert self.axes is not None
        bar, rect = self.bars[number], self.axes.rect
        if bar.name:
            width = self._slot(bar.name)
            left = rect.left() if bar.name == ZERO else rect.right() - width
            left, right = left + width * 0.2, left + width * 0.8
        else:
            left, right = round(self.axes.x(bar.low)) + 1, round(self.axes.x(bar.high))
        count = len(bar.members)
        height = max(round(count * rect.height() / self._limit), 2) if count else 0
        return QRectF(round(left), rect.bottom() - height, max(round(right - left), 2), height)

    # ---- the bar that is chosen ------------------------------------------------------------------------------------

    def point(self) -> None:
        self._chosen = None
        if self.axes is not None and self.pointer is not None and self.axes.rect.contains(self.pointer):
            for number, bar in enumerate(self.bars):
                place = self.place(number)
                if len(bar.members) and place.left() - 1 <= self.pointer.x() <= place.right():
                    self._chosen = number
        self._tell()

    def walk(self, key: int, far: bool) -> None:
        filled = [number for number, bar in enumerate(self.bars) if len(bar.members)]
        highest = max(filled, key=lambda number: len(self.bars[number].members))
        if self._chosen is None:
            self._chosen = highest
        else:
            at = filled.index(self._chosen)
            steps = {
                Qt.Key.Key_Left: -1,
                Qt.Key.Key_Right: 1,
                Qt.Key.Key_Home: -len(filled),
                Qt.Key.Key_End: len(filled),
            }
            at += steps.get(Qt.Key(key), 0) * (5 if far else 1)
            self._chosen = highest if key == Qt.Key.Key_Up else filled[min(max(at, 0), len(filled) - 1)]
        self._tell()

    def let_go(self) -> None:
        self._chosen = None
        self._tell()
        self.update()

    @property
    def chosen_runs(self) -> Array:
        """The runs of the bar that is chosen, the lowest loss first."""
        return self.runs[:0] if self._chosen is None else self.runs[self.bars[self._chosen].members]

    def _tell(self) -> None:
        self.tell_hovered(self.chosen_runs)

    def choose(self) -> None:
        runs = self.chosen_runs
        if len(runs):
            self.runs_chosen.emit(runs)
            self.run_chosen.emit(int(runs[(len(runs) - 1) // 2]), -1)

    @property
    def anchor(self) -> QPointF | None:
        if self._chosen is None:
            return None
        return self.pointer or self.place(self._chosen).center()

    @property
    def tip(self) -> str:
        count = len(self.chosen_runs)
        if count < 2:
            return "Click to open this network" if count else ""
        return f"Click to open one of these {count:,} networks"

    @property
    def reading(self) -> Sequence[str]:
        if self._chosen is None:
            return ()
        bar = self.bars[self._chosen]
        count, of = len(bar.members), len(self.runs)
        parts = [f"{LOOKS[kind].word} {some:,}" for kind, some in zip(ORDER, bar.counts, strict=True) if some]
        return (
            bar.range_words,
            f"{count:,} of {of:,} run{'' if of == 1 else 's'}, {percent_words(count, of)}",
            ", ".join(parts),
        )

    # ---- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, seen: QRect) -> None:
        theme, axes = self._theme, self.axes
        painter.fillRect(self.rect(), theme.color("plot_background"))
        if axes is None:
            return
        titles = self.height() >= LEAST_HEIGHT
        paint_axes(
            painter,
            theme,
            self._font,
            axes,
            self._x_title() if titles else "",
            "runs" if titles else "",
            x_ticks=self._ticks,
            x_text=loss_text,
            y_ticks=self._count_ticks(axes.rect.height()),
        )
        for number, bar in enumerate(self.bars):
            if len(bar.members):
                self._paint_bar(painter, number, bar)
        self._paint_highlighted(painter)
        if self._chosen is not None and not self.exporting:
            painter.setPen(QPen(theme.color("text"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.place(self._chosen).adjusted(-1, -1, 1, 0))
        self._paint_legend(painter)

    def _x_title(self) -> str:
        return "final loss" if (self._kinds < len(KINDS)).all() else "loss so far"

    def _paint_bar(self, painter: QPainter, number: int, bar: Bar) -> None:
        place = self.place(number)
        bottom, left = round(place.bottom()), len(bar.members)
        for kind, count in zip(ORDER, bar.counts, strict=True):
            if count:
                # The last kind takes what rounding has left over.
                room = bottom - round(place.top())
                height = min(max(round(room * count / left), 1), room)
                paint_block(painter, self._theme, QRectF(place.left(), bottom - height, place.width(), height), kind)
                bottom, left = bottom - height, left - count
        if bar.name:
            assert self.axes is not None
            width = self._slot(bar.name)
            center = place.center().x()
            painter.setFont(self._font)
            painter.setPen(self._theme.color("axis"))
            painter.drawText(
                QRectF(center - width / 2, self.axes.rect.bottom() + 4, width, self._line), CENTER, bar.name
            )

    def _paint_highlighted(self, painter: QPainter) -> None:
        """Mark where highlighted runs are: each one, or how much of each bar."""
        if not len(self.highlighted) or self.axes is None or self._chosen is not None:
            return
        marked, rect = np.isin(self.runs, self.highlighted), self.axes.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._theme.color("plot_background"), 1))
        painter.setBrush(self._theme.curve_color(1))
        for number, bar in enumerate(self.bars):
            count, place = int(marked[bar.members].sum()), self.place(number)
            if not count:
                continue
            if len(self.highlighted) <= MOST_MARKS:
                for member in bar.members[marked[bar.members]].tolist():
                    x = place.center().x() if bar.name else self._place_of(member)
                    painter.drawPolygon(_arrow(QPointF(x, place.top() - 2)))
            else:
                height = max(round(count * rect.height() / self._limit), 3)
                inner = place.width() * 0.25
                painter.drawRect(
                    QRectF(place.left() + inner, place.bottom() - height, place.width() - 2 * inner, height)
                )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _place_of(self, member: int) -> float:
        """Return where the loss of a run lies across; of one below all bars, in the first."""
        assert self.axes is not None
        return float(self.axes.x(max(math.log10(self._losses[member]), self.axes.x_range[0])))

    @property
    def legend_counts(self) -> list[int]:
        """How many runs of each kind stand in the bars; those that have not begun stand in none."""
        seen = (self._kinds < len(KINDS)) | ~np.isnan(self._losses)
        counts: list[int] = np.bincount(self._kinds[seen], minlength=len(ORDER)).tolist()
        return counts

    def _paint_legend(self, painter: QPainter) -> None:
        shown = [(kind, count) for kind, count in zip(ORDER, self.legend_counts, strict=True) if count]
        long = [f"{LOOKS[kind].word} {count:,}" for kind, count in shown]
        sample, high, gap = (self._theme.scaled(pixels) for pixels in (_SAMPLE, 10, 5))
        room = self.width() - 2 * MARGIN - len(shown) * (sample + gap + 11)
        texts = (
            long if sum(map(self._metrics.horizontalAdvance, long)) <= room else [LOOKS[kind].word for kind, _ in shown]
        )
        painter.setFont(self._font)
        x, top = MARGIN, MARGIN / 2
        for (kind, _), text in zip(shown, texts, strict=True):
            paint_block(painter, self._theme, QRectF(x, round(top + (self._line - high) / 2), sample, high), kind)
            x += sample + gap
            painter.setPen(self._theme.color("text"))
            painter.drawText(QRectF(x, top, 300, self._line), LEFT, text)
            x += round(self._metrics.horizontalAdvance(text)) + 11


class Histogram(LabChart):
    """The final losses of runs as bars."""

    key = "lab_histogram"
    title = "Final losses"
    help = (
        "How many runs have ended with which loss. Full bars have learned, hatched ones have not. A click on a bar "
        "highlights its runs, and opens the one in their middle."
    )
    runs_chosen = Signal(object)
    """The runs of a bar that was chosen, an ndarray of int64."""

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        canvas = HistogramCanvas(theme)
        super().__init__(canvas, theme=theme, parent=parent)
        canvas.runs_chosen.connect(self.runs_chosen)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        canvas = self.canvas
        assert isinstance(canvas, HistogramCanvas)
        header = ("from", "to", "runs", *(LOOKS[kind].word.replace(" ", "_") for kind in ORDER))
        rows = []
        for bar in canvas.bars:
            ends = (bar.name, bar.name) if bar.name else (10**bar.low, 10**bar.high)
            rows.append([*ends, len(bar.members), *bar.counts])
        return header, rows


def same_ranges(before: Sequence[Bar], after: Sequence[Bar]) -> bool:
    """Return whether bars stand for the same losses."""
    return [(bar.name, bar.low, bar.high) for bar in before] == [(bar.name, bar.low, bar.high) for bar in after]


def _arrow(tip: QPointF) -> QPolygonF:
    """Return a small triangle on its head, with its tip at a point."""
    x, y = tip.x(), tip.y()
    return QPolygonF([QPointF(x, y), QPointF(x - 5, y - 9), QPointF(x + 5, y - 9)])
