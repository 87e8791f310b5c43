"""Lays the headline and the pictures of the scores out, paints them, and reads them under the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.insight.metrics import coefficient, percent
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import CENTER, LEFT, elided, paint_message
from nnstudio.ui.panels.reading import next_stop
from nnstudio.ui.panels.scores.chart import ScoreChart
from nnstudio.ui.panels.scores.scored import ScoredClasses, ScoredNumbers, in_digits
from nnstudio.ui.theme import Theme, ui_font

MARGIN, GAP = 10.0, 16.0
BOTH = "both"
#: Of the height that a picture should have, it has at least this share, or is left out.
LOWEST = 0.9


class ScoresView(QWidget):
    """The score in large letters, a few more beside it, and one or two pictures below.

    Attributes
    ----------
    charts : list of ScoreChart
        All there are for this kind of data.
    shown : list of ScoreChart
        Those that there is room for, and that are asked for.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.charts: list[ScoreChart] = []
        self.shown: list[ScoreChart] = []
        self._wanted = BOTH
        self._scored: ScoredClasses | ScoredNumbers | None = None
        self._pointer: QPointF | None = None
        self._walks = False
        self._backdrop = Backdrop()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font, self._large = ui_font(theme, "caption"), ui_font(theme, "display")
        self._middles = [ui_font(theme, size) for size in ("heading", "body", "caption")]
        for font in self._middles:
            font.setBold(True)
        self._metrics = QFontMetricsF(self._font)
        self._line = self._metrics.height()
        for chart in self.charts:
            chart.set_theme(theme)
        self.arrange()

    def set_charts(self, charts: Sequence[ScoreChart], wanted: str) -> None:
        """Take the pictures of another kind of data, and which of them is wanted."""
        self.charts, self._scored, self._wanted = list(charts), None, wanted
        self._backdrop = Backdrop()
        self.arrange()

    def want(self, which: str) -> None:
        """Show both pictures where there is room, or one by its key."""
        self._wanted = which
        self.arrange()

    def take(self, scored: ScoredClasses | ScoredNumbers) -> None:
        """Show other scores."""
        self._scored = scored
        for chart in self.charts:
            chart.take(scored)
        self.update()

    # ---- words -----------------------------------------------------------------------------------------------------

    @property
    def headline(self) -> tuple[str, str, str]:
        """The score, its name, and whose it is: "96.0 %", "accuracy", "144 of 150 test samples"."""
        match self._scored:
            case ScoredClasses(scores=scores) as scored:
                return percent(scores.accuracy), "accuracy", f"{scores.right:,} of {scored.whose}"
            case ScoredNumbers(scores=numbers) as scored:
                return coefficient(numbers.r2, self._theme.digits), "R²", scored.whose
        return "", "", ""

    @property
    def more(self) -> list[tuple[str, str, str]]:
        """Further scores: name, value, and what it means."""
        match self._scored:
            case ScoredClasses(scores=scores):
                mean = "the mean over the classes of"
                return [
                    (
                        "precision",
                        percent(scores.macro(scores.precision)),
                        f"{mean} how many that are taken for one are of it",
                    ),
                    (
                        "recall",
                        percent(scores.macro(scores.recall)),
                        f"{mean} how many of one are taken for it",
                    ),
                    ("F1", percent(scores.macro(scores.f1)), f"{mean} the harmonic mean of precision and recall"),
                ]
            case ScoredNumbers(scores=numbers):
                rmse, mae = (in_digits(error, self._theme.digits) for error in (numbers.rmse, numbers.mae))
                return [
                    ("RMSE", rmse, "root of the mean squared residual, in the target’s unit"),
                    ("MAE", mae, "mean of the absolute residual, in the target’s unit"),
                ]
        return []

    @property
    def reading(self) -> str:
        """What is to be read under the pointer; empty where there is nothing."""
        if self._pointer is None or self._scored is None:
            return ""
        for name, place in self._more_places:
            if place.contains(self._pointer):
                value, meaning = next((value, meaning) for each, value, meaning in self.more if each == name)
                return f"{name} {value}: {meaning}" if self._walks else f"{name}: {meaning}"
        return next((text for chart in self.shown if (text := chart.reading(self._pointer))), "")

    def walk(self, right: int, down: int) -> str:
        """Read the next score, cell, point or bar in a direction, at first the first one."""
        stops = [place.center() for _, place in self._more_places]
        stops += [stop for chart in self.shown for stop in chart.stops()]
        if not stops or self._scored is None:
            return ""
        if self._walks and self._pointer is not None:
            for _ in range(abs(right) + abs(down)):
                self._pointer = next_stop(stops, self._pointer, right, down)
        else:
            self._pointer, self._walks = stops[0], True
        self.update()
        return self.reading.replace("   ", ", ")

    def end_walk(self) -> None:
        """Read nothing any longer."""
        self._pointer, self._walks = None, False
        self.update()

    # ---- places ----------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.arrange()

    def arrange(self) -> None:
        """Share the room between the headline and as many of the pictures as fit."""
        self._head = QFontMetricsF(self._large).height() + 8
        area = QRectF(self.rect()).adjusted(MARGIN, self._head + 4, -MARGIN, -6)
        area.setSize(area.size().expandedTo(QSize(1, 1)))
        wanted = [chart for chart in self.charts if self._wanted in (BOTH, chart.key)] or self.charts
        self.shown = wanted[:1]
        if len(wanted) == 2:
            sizes = [chart.least() for chart in wanted]
            beside = sum(size.width() for size in sizes) + GAP <= area.width()
            above = sum(size.height() for size in sizes) + GAP <= area.height()
            if beside and max(size.height() for size in sizes) <= area.height():
                self.shown = wanted
                square = min((area.width() - GAP) * 0.48, area.height() + 3 * self._line)
                share = square if wanted[0].wants_square else area.width() - GAP - square
                wanted[0].place(QRectF(area.left(), area.top(), share, area.height()))
                wanted[1].place(area.adjusted(share + GAP, 0, 0, 0))
            elif above:
                self.shown = wanted
                height = (area.height() - GAP) / 2
                wanted[0].place(QRectF(area.left(), area.top(), area.width(), height))
                wanted[1].place(QRectF(area.left(), area.top() + height + GAP, area.width(), height))
        if len(self.shown) == 1 and area.height() < LOWEST * self.shown[0].least().height():
            self.shown = []  # the headline alone says more than a picture that is cut
        if len(self.shown) == 1:
            self.shown[0].place(area)
        self._more_places: list[tuple[str, QRectF]] = []
        self.update()

    # ---- painting --------------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer, self._walks = event.position(), False
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.end_walk()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        ground = theme.color("plot_background")
        if self._scored is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, theme, self._font, QRectF(self.rect()), "No network yet")
            return
        charts = tuple((chart.key, chart.rect.getRect(), chart.look()) for chart in self.shown)
        self._backdrop.paint(painter, self, event.rect(), ground, (theme, charts), self._paint_still)
        self._paint_headline(painter)
        for chart in self.shown:
            chart.paint(painter)
        self._paint_reading(painter)

    def _paint_still(self, painter: QPainter, seen: QRect) -> None:
        for chart in self.shown:
            chart.paint_still(painter)

    def _paint_headline(self, painter: QPainter) -> None:
        """Write the score large, and as many of the others behind it as there is room for."""
        theme, line, right = self._theme, self._line, self.width() - MARGIN
        score, name, whose = self.headline
        painter.setFont(self._large)
        painter.setPen(theme.color("text"))
        x, top = MARGIN, 4.0
        width = QFontMetricsF(self._large).horizontalAdvance(score)
        painter.drawText(QRectF(x, top, width + 4, self._head - 4), LEFT, score)
        x += width + 10
        upper = top + (self._head - 4) / 2 - line
        painter.setFont(self._font)
        painter.drawText(QRectF(x, upper, max(right - x, 0), line), LEFT, name)
        painter.setPen(theme.color("muted"))
        text = elided(self._metrics, (whose,), max(right - x, 0))
        painter.drawText(QRectF(x, upper + line, max(right - x, 0), line), LEFT, text)
        self._paint_more(painter, x + self._metrics.horizontalAdvance(whose) + 8, right, upper)

    def _paint_more(self, painter: QPainter, left: float, right: float, upper: float) -> None:
        """Write further scores, in smaller letters where only these leave room for all."""
        theme, line, more = self._theme, self._line, self.more
        for font in self._middles:
            metrics = QFontMetricsF(font)
            widths = [
                max(metrics.horizontalAdvance(value), self._metrics.horizontalAdvance(name)) + 9
                for name, value, _ in more
            ]
            if left + sum(widths) <= right + 6:
                break
        while widths and left + sum(widths) > right + 6:
            widths.pop()
        self._more_places = []
        x = right + 6 - sum(widths)
        for (name, value, _), width in zip(more, widths, strict=False):
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            painter.drawText(QRectF(x, upper - 2, width, line + 2), CENTER, value)
            painter.setFont(self._font)
            painter.setPen(theme.color("muted"))
            painter.drawText(QRectF(x, upper + line, width, line), CENTER, name)
            self._more_places.append((name, QRectF(x, upper - 2, width, 2 * line + 4)))
            x += width

    def _paint_reading(self, painter: QPainter) -> None:
        """Write what the pointer reads in a box beside it."""
        text = self.reading
        if not text or self._pointer is None:
            return
        if self._walks:
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._pointer, 6, 6)
        width = min(self._metrics.horizontalAdvance(text) + 12, self.width() - 8.0)
        height = self._line + 6
        left = min(max(self._pointer.x() + 12, 4.0), self.width() - width - 4)
        top = self._pointer.y() - height - 8
        box = QRectF(left, top if top > 2 else self._pointer.y() + 18, width, height)
        painter.fillRect(box, self._theme.color("raised"))
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.setFont(self._font)
        painter.setPen(self._theme.color("text"))
        painter.drawText(box.adjusted(6, 0, -4, 0), LEFT, elided(self._metrics, (text,), width - 10))
