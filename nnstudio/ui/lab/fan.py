"""Shows how the loss of every run has fallen: their density, the median, the quartiles, and any one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRect, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.lab.results import Results
from nnstudio.ui.lab.canvas import LabCanvas, LabChart
from nnstudio.ui.lab.curves import QUARTILES, Curves
from nnstudio.ui.lab.fan_legend import band_color, median_pen, paint_legend, quartile_pen, run_color
from nnstudio.ui.lab.layers import Layer
from nnstudio.ui.lab.plot_axes import LEAST_HEIGHT, axes_in, loss_text, loss_ticks, loss_words
from nnstudio.ui.lab.words import outcome_words, run_words, waiting_words
from nnstudio.ui.panels.chart import (
    Axes,
    Range,
    nice_ceil,
    paint_axes,
    polyline,
    translucent,
)
from nnstudio.ui.panels.pictures.canvas import MARGIN
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: Of highlighted runs so many are drawn as lines; more are a density of their own.
MOST_LINES = 3
#: How far beside the plot the pointer still counts, in pixels.
REACH = 10.0
#: Points of a run that an arrow key goes by, and with Shift.
STEP, FAR = 1, 10


class FanCanvas(LabCanvas):
    """The curves of the runs, one of which can be chosen with the pointer or the arrow keys."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.curves: Curves | None = None
        self.axes: Axes | None = None
        self._layer: Layer | None = None
        self._marked: Layer | None = None
        self._chosen: tuple[int, float] | None = None
        self._cut = False
        super().__init__(theme, parent)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._grow)

    # ---- what is shown ---------------------------------------------------------------------------------------------

    def set_results(self, results: Results | None, runs: Array) -> None:
        super().set_results(results, runs)
        self.curves = Curves(results, runs) if results is not None and len(runs) else None
        self._chosen = None
        self._find_cut()
        self._arrange_anew()

    def follow(self) -> None:
        if self.curves is None or not self.curves.follow():
            return
        self._find_cut()
        if self._layer is None or self._ranges() != (self._layer.axes.x_range, self._layer.axes.y_range):
            self._arrange_anew()
        else:
            self._grow()

    def _find_cut(self) -> None:
        """Find out whether curves end because a search has given them up."""
        self._cut = self.results is not None and bool(self.results.cut[self.runs].any())

    @property
    def is_empty(self) -> bool:
        if self.curves is None or not self.curves.has_any:
            if self.results is not None:
                self.empty_text = waiting_words(self.results, self.runs, "no losses yet", "No run has a loss.")
            return True
        return False

    def arrange(self) -> None:
        """Find room for the axes in the present size."""
        self._arrange_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._chosen = None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._arrange_anew()  # for the pixels of another screen
        return super().event(event)

    def _ranges(self) -> tuple[Range, Range]:
        """Return the ranges of epochs and of losses' logarithms; the latter ends at round losses."""
        assert self.curves is not None
        low, high = self.curves.range
        # Curves are kept in single precision: 0.00999999 is 0.01.
        bottom, top = 1 / nice_ceil((1 - 1e-5) / low), nice_ceil(high * (1 - 1e-5))
        if top < 2.5 * bottom:
            bottom /= 2
        # Up to the end of the last epoch, which is a round number where that of the epochs is.
        return (0.0, float(self.curves.epochs[-1] + 1)), (float(np.log10(bottom)), float(np.log10(top)))

    def _arrange_anew(self) -> None:
        self._layer = self._marked = self.axes = None
        if self.curves is None or not self.curves.has_any:
            return
        x_range, y_range = self._ranges()
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN / 2 + self._line, -MARGIN, -4)
        titles = self.height() >= LEAST_HEIGHT
        texts = [loss_text(level) for level in loss_ticks(y_range, area.height(), 2 * self._line)]
        right = self._metrics.horizontalAdvance(f"{int(x_range[1]):,}") / 2
        self.axes = axes_in(area, x_range, y_range, self._metrics, texts, titles=titles, right=right)
        if self.axes.rect.width() < 20 or self.axes.rect.height() < 20:
            self.axes = None
            return
        self._layer = Layer(self.curves, np.arange(len(self.curves.runs)), self.axes, self.devicePixelRatioF())
        self.mark()

    def mark(self) -> None:
        """Draw the highlighted runs apart, unless they are few enough to be lines."""
        self._marked = None
        members = self._members(self.highlighted)
        if self.curves is not None and self.axes is not None and len(members) > MOST_LINES:
            self._marked = Layer(self.curves, members, self.axes, self.devicePixelRatioF())
        self._grow()

    @Slot()
    def _grow(self) -> None:
        """Count what is new, of very many runs in several turns, between which the window can do something else."""
        if not all([layer.grow() for layer in (self._layer, self._marked) if layer is not None]):
            self._later.start()
        self.update()

    def complete(self) -> None:
        while self._later.isActive():
            self._later.stop()
            self._grow()

    def _members(self, runs: Array) -> Array:
        return np.flatnonzero(np.isin(self.curves.runs, runs)) if self.curves is not None and len(runs) else runs

    # ---- the run that is chosen ------------------------------------------------------------------------------------

    def point(self) -> None:
        self._chosen = None
        if self.axes is not None and self.curves is not None and self.pointer is not None:
            near = self.axes.rect.adjusted(-REACH, -REACH, REACH, REACH)
            if near.contains(self.pointer):
                epoch = min(max(self.axes.values_at(self.pointer)[0], 0.0), float(self.curves.epochs[-1]))
                away = np.abs(self._height(self.curves.at(epoch)) - self.pointer.y())
                self._chosen = int(np.nan_to_num(away, nan=np.inf).argmin()), epoch
        self._tell()

    def walk(self, key: int, far: bool) -> None:
        assert self.curves is not None
        order, epochs = self.curves.ordered(), self.curves.epochs
        if self._chosen is None:
            self._chosen = int(order[(len(order) - 1) // 2]), float(epochs[-1])
            self._tell()
            return
        member, epoch = self._chosen
        rank = int(np.flatnonzero(order == member)[0])
        point = int(np.searchsorted(epochs, min(epoch, self.curves.last_epoch(member))))
        ranks = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        points = {
            Qt.Key.Key_Left: -STEP,
            Qt.Key.Key_Right: STEP,
            Qt.Key.Key_Home: -len(epochs),
            Qt.Key.Key_End: len(epochs),
        }
        times = FAR if far else 1
        rank = min(max(rank + ranks.get(Qt.Key(key), 0) * times, 0), len(order) - 1)
        point = min(max(point + points.get(Qt.Key(key), 0) * times, 0), len(epochs) - 1)
        self._chosen = int(order[rank]), float(epochs[point]) if Qt.Key(key) in points else epoch
        self._tell()

    def let_go(self) -> None:
        self._chosen = None
        self._tell()
        self.update()

    def _tell(self) -> None:
        assert self.curves is not None
        self.tell_hovered(self.runs[:0] if self._chosen is None else self.curves.runs[[self._chosen[0]]])

    def choose(self) -> None:
        if self.curves is not None and self._chosen is not None:
            self.run_chosen.emit(int(self.curves.runs[self._chosen[0]]), self.chosen_epoch)

    @property
    def chosen_epoch(self) -> int:
        """The epoch at which a click opens the chosen run; -1 where it has ended."""
        assert self.curves is not None and self._chosen is not None
        member, epoch = self._chosen
        return -1 if epoch >= self.curves.last_epoch(member) else round(epoch)

    @property
    def anchor(self) -> QPointF | None:
        if self._chosen is None or self.axes is None:
            return None
        return self.pointer or self._dot()

    def _dot(self) -> QPointF:
        """Return where the chosen run is at the chosen epoch."""
        assert self.curves is not None and self.axes is not None and self._chosen is not None
        member, epoch = self._chosen
        epoch = min(epoch, self.curves.last_epoch(member))
        return QPointF(self.axes.x(epoch), float(self._height(self.curves.at(epoch)[[member]])[0]))

    @property
    def tip(self) -> str:
        if self._chosen is None:
            return ""
        epoch = self.chosen_epoch
        return f"Click to open this network at {'its end' if epoch < 0 else f'epoch {epoch:,}'}"

    @property
    def reading(self) -> Sequence[str]:
        if self._chosen is None or self.curves is None or self.results is None:
            return ()
        curves, (member, epoch) = self.curves, self._chosen
        point = int(np.abs(curves.epochs - epoch).argmin())
        low, median, high = (loss_words(10.0 ** float(level)) for level in curves.quartiles[:, point])
        count, run = int(curves.counts[point]), int(curves.runs[member])
        loss = loss_words(10.0 ** float(curves.at(epoch)[member]))
        ended = "" if epoch <= curves.last_epoch(member) else f" at its end, epoch {curves.last_epoch(member):,}"
        lines = [f"{run_words(self.results, run)}: loss {loss}{ended}", outcome_words(self.results, run)]
        if count:
            lines.append(f"epoch {round(epoch):,}: median {median} of {count:,} run{'' if count == 1 else 's'}")
            lines.append(f"half of them from {low} to {high}")
        return lines

    # ---- painting --------------------------------------------------------------------------------------------------

    def _height(self, levels: Array) -> Array:
        """Return where levels lie in the plot; those beyond it on its edge."""
        assert self.axes is not None
        return np.asarray(self.axes.y(np.clip(levels.astype(float), *self.axes.y_range)))

    def paint(self, painter: QPainter, seen: QRect) -> None:
        axes, layer, theme, curves = self.axes, self._layer, self._theme, self.curves
        if axes is None or layer is None or curves is None:
            painter.fillRect(self.rect(), theme.color("plot_background"))
            return
        titles = self.height() >= LEAST_HEIGHT
        look = (theme, axes, titles)
        self._backdrop.paint(
            painter, self, self.rect(), theme.color("plot_background"), look, lambda p, _: self._paint_axes(p, titles)
        )
        lines = self._members(self.highlighted)
        marked = self._marked is not None or len(lines) > 0
        if marked:
            painter.setOpacity(0.3)
        # A picture that is saved may be sharper than the screen.
        layer = layer.at(painter.paintEngine().paintDevice().devicePixelRatio()) if self.exporting else layer
        painter.drawImage(axes.rect.topLeft(), layer.picture(run_color(theme)))
        painter.setOpacity(1.0)
        if self._marked is not None:
            painter.drawImage(axes.rect.topLeft(), self._marked.at(layer.ratio).picture(theme.curve_color(1)))
        self._paint_quartiles(painter)
        if len(lines) <= MOST_LINES:
            for member in lines.tolist():
                self._paint_run(painter, member)
        if self._chosen is not None and not self.exporting:
            self._paint_chosen(painter)
        room = QRectF(MARGIN, MARGIN / 2, axes.rect.right() - MARGIN, self._line)
        paint_legend(painter, theme, self._font, room, layer.most, len(self.runs) / len(curves.runs), cut=self._cut)

    def _paint_axes(self, painter: QPainter, titles: bool) -> None:
        assert self.axes is not None
        ticks = loss_ticks(self.axes.y_range, self.axes.rect.height(), 2 * self._line)
        paint_axes(
            painter,
            self._theme,
            self._font,
            self.axes,
            "epoch" if titles else "",
            "loss" if titles else "",
            y_ticks=ticks,
            y_text=loss_text,
        )

    def _paint_quartiles(self, painter: QPainter) -> None:
        assert self.curves is not None and self.axes is not None
        points = np.flatnonzero(self.curves.counts)
        if len(points) < 2:
            return
        xs = self.axes.x(self.curves.epochs[points].astype(float))
        low, median, high = (self._height(levels[points]) for levels in self.curves.quartiles)
        painter.save()
        painter.setClipRect(self.axes.rect.adjusted(0, -1, 1, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        band = polyline(np.concatenate([xs, xs[::-1]]), np.concatenate([low, high[::-1]]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band_color(self._theme))
        painter.drawPolygon(band)
        for ys in (low, high):
            self._paint_line(painter, polyline(xs, ys), quartile_pen(self._theme))
        self._paint_line(painter, polyline(xs, median), median_pen(self._theme))
        painter.restore()

    def _paint_line(self, painter: QPainter, line: QPolygonF, pen: QPen) -> None:
        """Draw a line that stands out from what is behind it."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(translucent(self._theme.color("plot_background"), 0.7), pen.widthF() + 2))
        painter.drawPolyline(line)
        painter.setPen(pen)
        painter.drawPolyline(line)

    def _paint_run(self, painter: QPainter, member: int) -> None:
        assert self.curves is not None and self.axes is not None
        points = slice(0, int(self.curves.reached[member]))
        xs = self.axes.x(self.curves.epochs[points].astype(float))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = QPen(self._theme.curve_color(1), self._theme.lines.strong)
        self._paint_line(painter, polyline(xs, self._height(self.curves.levels[points, member])), pen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_chosen(self, painter: QPainter) -> None:
        assert self._chosen is not None and self.axes is not None
        rect, dot, theme = self.axes.rect, self._dot(), self._theme
        painter.setPen(QPen(theme.color("muted"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(dot.x(), rect.top(), dot.x(), rect.bottom()))
        self._paint_run(painter, self._chosen[0])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(theme.color("plot_background"), 1.5))
        painter.setBrush(theme.color("text"))
        painter.drawEllipse(dot, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class FanChart(LabChart):
    """The loss of every run over the epochs."""

    key = "lab_fan"
    title = "Loss of every run"
    help = (
        "How the loss of every run has fallen. The darker, the more runs; the line is their median, and half of them "
        "lie in the band. A click opens the nearest run at the epoch under the pointer."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(FanCanvas(theme), theme=theme, parent=parent)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        header = ("epoch", "runs", "lowest", "lower_quartile", "median", "upper_quartile", "highest")
        canvas = self.canvas
        assert isinstance(canvas, FanCanvas) and len(QUARTILES) == 3
        if canvas.is_empty or canvas.curves is None:
            return header, []
        curves, rows = canvas.curves, []
        for point in np.flatnonzero(curves.counts).tolist():
            levels = np.sort(curves.levels[point])[: curves.counts[point]]
            ranked = [levels[0], *curves.quartiles[:, point], levels[-1]]
            rows.append(
                [int(curves.epochs[point]), int(curves.counts[point]), *(10.0 ** np.float64(v) for v in ranked)]
            )
        return header, rows
