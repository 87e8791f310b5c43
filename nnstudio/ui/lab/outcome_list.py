"""Says which share of the runs has learned and how far to trust it, and lists the ways in which they have ended."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from nnstudio.insight.statistics import interval_words, wilson_interval
from nnstudio.lab.results import OutcomeGroup, Results
from nnstudio.ui.lab.canvas import LabCanvas, LabChart
from nnstudio.ui.lab.looks import UNDER_WAY, paint_block, paint_sign
from nnstudio.ui.lab.plot_axes import loss_words
from nnstudio.ui.lab.words import (
    goal_words,
    is_judged_by_loss,
    learned_words,
    loss_standing,
    percent_words,
    runs_words,
    share_words,
    waiting_words,
)
from nnstudio.ui.panels.chart import LEFT, RIGHT, elided, translucent
from nnstudio.ui.panels.pictures.canvas import MARGIN
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]

#: Rows that are longer than this are hard to read from one end to the other.
WIDEST = 760.0
ICON = 16.0
_BAR = 12.0
_THIN = 5.0
#: What runs are called that have not ended: most of them have not begun.
WAITING = "waiting"


class OutcomeCanvas(LabCanvas):
    """The share that has learned, and a row for each group of runs that have ended alike.

    Attributes
    ----------
    groups : list of OutcomeGroup
        From top to bottom; only runs that are shown are in them.
    by_loss : bool
        Whether the runs are told apart by their losses, since none has learned what has noise in it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.groups: list[OutcomeGroup] = []
        self.done = self.learned = 0
        self.by_loss = False
        self._chosen: int | None = None
        self._opened: dict[str, int] = {}
        self._version = -1
        super().__init__(theme, parent)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def set_results(self, results: Results | None, runs: Array) -> None:
        super().set_results(results, runs)
        self._chosen, self._version, self._opened = None, -1, {}
        self.groups, self.done, self.learned = [], 0, 0
        self.follow()
        self.arrange()

    def follow(self) -> None:
        results = self.results
        if results is None or results.version == self._version:
            return
        self._version = results.version
        done = int(np.count_nonzero(results.done[self.runs]))
        if done == self.done and done < len(self.runs):
            return  # only losses have come in
        chosen = None if self._chosen is None else self.groups[self._chosen].label
        self.done, self.learned = done, int(np.count_nonzero(results.learned[self.runs]))
        self.groups = groups_among(results, self.runs)
        self.by_loss = is_judged_by_loss(results, self.runs)
        labels = [group.label for group in self.groups]
        self._chosen = labels.index(chosen) if chosen in labels else None
        self.arrange()
        self.update()

    @property
    def is_empty(self) -> bool:
        if self.results is not None and not self.done:
            self.empty_text = waiting_words(self.results, self.runs, "none has ended yet", "No run has ended.")
        return not self.done

    @property
    def summary(self) -> str:
        """How many have learned, in words."""
        waiting = len(self.runs) - self.done
        words = learned_words(self.learned, self.done)
        if self.by_loss and self.results is not None:
            words = loss_standing(self.results, self.runs)
        return words + (f"; {waiting:,} {WAITING}" if waiting else "")

    def arrange(self) -> None:
        """Choose large letters where all rows fit in them, and ask for the height that the rows need."""
        self._display = ui_font(self._theme, "display")
        self._display.setBold(True)
        for size in ("body", "caption"):
            self._row_font = ui_font(self._theme, size)
            self._row_metrics = QFontMetricsF(self._row_font)
            self._row = math.ceil(self._row_metrics.height()) + _THIN + 7
            self._head = QFontMetricsF(self._display).height() + 18
            self._head += 0 if self.by_loss else _BAR + self._line
            needed = self._head + (len(self.groups) + (self.done < len(self.runs))) * self._row + 4
            if needed <= self._room and self.width() >= 480:
                break
        self.setMinimumHeight(0 if self.is_empty else math.ceil(needed))

    @property
    def _room(self) -> int:
        parent = self.parentWidget()
        return self.height() if parent is None else parent.height()

    @property
    def _width(self) -> float:
        return min(self.width() - 2 * MARGIN, WIDEST)

    def row(self, number: int) -> QRectF:
        """Return the place of a row."""
        return QRectF(MARGIN - 4, self._head + number * self._row, self._width + 8, self._row)

    # ---- the group that is chosen ----------------------------------------------------------------------------------

    def point(self) -> None:
        self._chosen = None
        if self.pointer is not None:
            number = int((self.pointer.y() - self._head) // self._row)
            if 0 <= number < len(self.groups) and self.row(number).contains(self.pointer):
                self._chosen = number
        self._tell()

    def walk(self, key: int, far: bool) -> None:
        last = len(self.groups) - 1
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -last - 1, Qt.Key.Key_End: last + 1}
        at = 0 if self._chosen is None else self._chosen + steps.get(Qt.Key(key), 0)
        self._chosen = min(max(at, 0), last)
        place = self.row(self._chosen)
        self.seen.emit(int(place.top()), int(place.height()))
        self._tell()

    def let_go(self) -> None:
        self._chosen = None
        self._tell()
        self.update()

    def _tell(self) -> None:
        self.tell_hovered(self.runs[:0] if self._chosen is None else self.groups[self._chosen].runs)

    def choose(self) -> None:
        """Open the run in the middle of the group, and each further time the next."""
        if self._chosen is None or self.results is None:
            return
        group = self.groups[self._chosen]
        times = self._opened.get(group.label, 0)
        self._opened[group.label] = times + 1
        ordered = group.runs[np.argsort(self.results.final_loss[group.runs], kind="stable")]
        self.run_chosen.emit(int(ordered[((len(ordered) - 1) // 2 + times) % len(ordered)]), -1)

    @property
    def anchor(self) -> QPointF | None:
        return None  # the row says it all

    @property
    def reading(self) -> Sequence[str]:
        if self._chosen is None:
            return ()
        group = self.groups[self._chosen]
        whole = f"{self.done:,}" if self.done == len(self.runs) else f"the {self.done:,} that ended"
        return group.label, f"{len(group.runs):,} of {whole}, {share_words(len(group.runs), self.done)}"

    @property
    def tip(self) -> str:
        if self._chosen is None:
            return ""
        count = len(self.groups[self._chosen].runs)
        opens = "Click to open it" if count == 1 else "Click to open one of them, and again for the next"
        return f"{', '.join(self.reading)}. {opens}"

    # ---- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, seen: QRect) -> None:
        painter.fillRect(self.rect(), self._theme.color("plot_background"))
        self._paint_head(painter)
        for number, group in enumerate(self.groups):
            self._paint_row(painter, number, group.kind, group.label, len(group.runs))
            if len(self.highlighted) and np.isin(group.runs, self.highlighted).any():
                place = self.row(number)
                mark = QRectF(place.left() - 2, place.top() + 3, 3, place.height() - 6)
                painter.fillRect(mark, self._theme.curve_color(1))
        if self.done < len(self.runs):
            self._paint_row(painter, len(self.groups), UNDER_WAY, WAITING, len(self.runs) - self.done)

    def _paint_head(self, painter: QPainter) -> None:
        theme, top = self._theme, 6.0
        display = QFontMetricsF(self._display)
        share, first, second = self._head_words()
        painter.setPen(theme.color("text"))
        painter.setFont(self._display)
        painter.drawText(QRectF(MARGIN, top, self._width, display.height()), LEFT, share)
        x = MARGIN + display.horizontalAdvance(share) + 14
        middle, width = top + display.height() / 2, MARGIN + self._width - x
        painter.setFont(self._heading)
        painter.drawText(
            QRectF(x, middle - self._heading_metrics.height() + 1, width, self._heading_metrics.height()),
            LEFT,
            elided(self._heading_metrics, first, width),
        )
        painter.setFont(self._font)
        painter.setPen(theme.color("muted"))
        painter.drawText(QRectF(x, middle + 2, width, self._line), LEFT, elided(self._metrics, second, width))
        if not self.by_loss:
            self._paint_share(painter, QRectF(MARGIN, round(top + display.height() + 4), round(self._width), _BAR))

    def _head_words(self) -> tuple[str, Sequence[str], Sequence[str]]:
        """Return what stands above the groups, in large type, beside and below; the last two from long to short."""
        if not self.by_loss or self.results is None:
            reach = interval_words(self.learned, self.done)
            first = f"{self.learned:,} of {self.done:,} learned"
            if self.done < len(self.runs):
                first = f"{self.learned:,} learned of {self.done:,} that ended"
            return percent_words(self.learned, self.done), (first,), (f"{reach} with 95 % confidence", reach)
        losses = self.results.final_loss[self.runs]
        losses = losses[np.isfinite(losses)]
        low, median, high = np.quantile(losses, (0.25, 0.5, 0.75)).tolist() if len(losses) else (math.nan,) * 3
        first = f"median final loss of {runs_words(self.done)}"
        spread = f"half of them from {loss_words(low)} to {loss_words(high)}"
        missed = f"none reached {goal_words(self.results, int(self.runs[0]))}"
        return loss_words(median), (first, "median final loss"), (f"{missed}; {spread}", missed)

    def _paint_share(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the share as a bar from 0 to 100 %, and its interval over the end of it."""
        theme, middle = self._theme, rect.center().y()
        painter.fillRect(rect, theme.color("pressed"))
        filled = QRectF(rect)
        filled.setWidth(round(rect.width() * self.learned / self.done))
        painter.fillRect(filled, theme.color("success"))
        ends = self.interval_ends()
        for pen in (QPen(theme.color("plot_background"), 5), QPen(theme.color("text"), 2)):
            painter.setPen(pen)
            painter.drawLine(QLineF(ends[0], middle, ends[1], middle))
            for x in ends:
                painter.drawLine(QLineF(x, rect.top() + 1, x, rect.bottom() - 1))
        painter.setFont(self._font)
        painter.setPen(theme.color("axis"))
        for place, text in ((0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")):
            wide = self._metrics.horizontalAdvance(text)
            x = min(max(rect.left() + place * rect.width() - wide / 2, rect.left()), rect.right() - wide)
            painter.drawText(QRectF(x, rect.bottom() + 1, wide + 2, self._line), LEFT, text)

    def interval_ends(self) -> tuple[float, float]:
        """Return where the interval begins and ends, in pixels."""
        low, high = wilson_interval(self.learned, self.done)
        return MARGIN + low * round(self._width), MARGIN + high * round(self._width)

    def share_of(self, count: int) -> str:
        """Return a row's share: of all runs, those that wait included, so that the rows make up a whole."""
        return percent_words(count, len(self.runs))

    def _paint_row(self, painter: QPainter, number: int, kind: str, label: str, count: int) -> None:
        theme, place = self._theme, self.row(number)
        if number == self._chosen and not self.exporting:
            painter.fillRect(place, theme.color("hover"))
            painter.fillRect(QRectF(place.left(), place.top(), 3, place.height()), theme.color("accent"))
        inner = place.adjusted(4, 2, -4, -_THIN - 5)
        paint_sign(painter, theme, QRectF(inner.left(), inner.center().y() - ICON / 2, ICON, ICON), kind)
        painter.setFont(self._row_font)
        advance = self._row_metrics.horizontalAdvance
        share_width, count_width = advance("100.0 %"), advance(f"{len(self.runs):,}") + 10
        painter.setPen(theme.color("muted"))
        painter.drawText(inner, RIGHT, self.share_of(count))
        painter.setPen(theme.color("text"))
        painter.drawText(inner.adjusted(0, 0, -share_width - 8, 0), RIGHT, f"{count:,}")
        left = inner.left() + ICON + 6
        width = inner.right() - share_width - 8 - count_width - left
        texts = (label, label.removeprefix("stuck: "))
        painter.drawText(
            QRectF(left, inner.top(), width, inner.height()), LEFT, elided(self._row_metrics, texts, width)
        )
        bar = QRectF(round(left), round(place.bottom() - _THIN - 4), round(inner.right() - left), _THIN)
        painter.fillRect(bar, translucent(theme.color("pressed"), 0.6))
        bar.setWidth(max(round(bar.width() * count / len(self.runs)), 2))
        paint_block(painter, theme, bar, kind)


class OutcomeList(LabChart):
    """How the runs have ended."""

    key = "lab_outcomes"
    title = "How they ended"
    help = (
        "The share of the runs that learned, with its 95 % interval, and the ways in which all of them have ended. A "
        "click on a row opens one of its runs, each further click the next."
    )
    scrolls = True

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(OutcomeCanvas(theme), theme=theme, parent=parent)

    def summary(self) -> str:
        canvas = self.canvas
        assert isinstance(canvas, OutcomeCanvas)
        if canvas.is_empty:
            return ""
        groups = [f"{group.label}: {len(group.runs):,}" for group in canvas.groups]
        return f"{'. '.join([canvas.summary, *groups])}."

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        header = ("outcome", "kind", "runs", "share", "low", "high")
        canvas = self.canvas
        assert isinstance(canvas, OutcomeCanvas)
        rows = []
        for group in canvas.groups:
            count = len(group.runs)
            rows.append([group.label, group.kind, count, count / canvas.done, *wilson_interval(count, canvas.done)])
        return header, rows


def groups_among(results: Results, runs: Array) -> list[OutcomeGroup]:
    """Return the ways in which some runs have ended, without those in which none of them has."""
    cells = np.unique(runs // len(results.sweep.seeds))
    groups = results.groups(int(cells[0]) if len(cells) == 1 else None)
    if len(runs) == len(cells) * len(results.sweep.seeds) and len(cells) in (1, len(results.sweep.cells)):
        return list(groups)
    among = [OutcomeGroup(group.label, group.kind, np.intersect1d(group.runs, runs)) for group in groups]
    return [group for group in among if len(group.runs)]
