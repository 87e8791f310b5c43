"""Shows how the loss has fallen, over as many epochs as there are, beside the last few runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.timeline import LossOutline
from nnstudio.session.run import Run
from nnstudio.ui.numbers import loss_at
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.chart import LEFT, RIGHT, Range, elided, epoch_range, translucent
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.loss_axes import loss_title
from nnstudio.ui.panels.loss_histories import HeldOut, loss_of
from nnstudio.ui.panels.loss_plot import Curve, LossPlot, curve_of
from nnstudio.ui.panels.spoken import loss_words
from nnstudio.ui.projector.words import with_remote
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]
EARLIER_RUNS = 5
# More than a few points for each pixel cannot be seen but take time. Curves that stand still or are dashed have fewer
# still: they are drawn in every frame all the same.
MANY_POINTS, FEW_POINTS = 2048, 512
NEAR = 8  # pixels
#: Steps in which the keys go from one end of the visible epochs to the other.
STEPS = 50
PROMPT = "Press Space to train"
#: Times the first loss: higher ones are cut off.
DIVERGED = 1e6


class LossPanel(Panel):
    """The loss over the epochs.

    Attributes
    ----------
    beside : Run or None
        A run that is shown in another panel: the plot has room for its losses too, so that both have one range.
    """

    key = "loss"
    title = "Loss"
    help = (
        "How far the outputs are from the targets, over the epochs: lower is better, and a curve that stays flat has "
        "stopped learning. The wheel looks closer at some epochs, dragging goes to others, a double click shows all "
        "again; faint curves are earlier runs."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._scale = Segments(
            "loss_scale",
            (
                ("log", "Log", "Logarithmic: each step down is a tenth; shows progress when the loss is small"),
                ("linear", "Linear", "From zero up"),
            ),
        )
        self._scale.chosen.connect(self._change_scale)
        self._fit = QToolButton(
            text="Fit", toolTip="Show the whole curve again (double click)", objectName="loss_fit", enabled=False
        )
        content = QWidget()
        self.head = _Head(theme)
        self.plot = LossPlot(theme)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.plot, 1)
        self.set_content(content)
        self.curve, self.validation_curve, self.test_curve = Curve(), Curve(), Curve()
        self.earlier_curves = [Curve() for _ in range(EARLIER_RUNS)]
        for item in self._curves():
            self.plot.addItem(item, ignoreBounds=True)
        self.beside: Run | None = None
        self._walked: int | None = None
        self._earlier: list[Run] = []
        self._style()
        self._fit.clicked.connect(self.plot.fit)
        self.plot.fitted.connect(self._follow)
        self.plot.pointed.connect(self._read)
        self._prompt = PROMPT
        self.plot.say(self._prompt)

    def controls(self) -> Sequence[QWidget]:
        return (self._fit, self._scale)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self._earlier = [each for each in earlier if each.losses.epochs][-EARLIER_RUNS:]
        self.plot.set_loss_name(loss_title(LOSSES[run.spec.training.loss.name].label))
        self.plot.fit()
        self._draw_all()

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        outline = run.losses.outline()
        self.plot.say("" if run.losses.epochs else self._prompt)
        self._bound(run, outline)
        self._draw(self.curve, outline, run.losses.epochs, self._most_points() if self.plot.fitting else None)
        self._set_thick(len(outline.first) <= FEW_POINTS)
        self._name_curves(run)
        for held in self._held_out(run):
            self._draw(held.curve, held.history.outline(), held.history.epochs, FEW_POINTS, held.first)
        self._read()

    def settle(self, run: Run) -> None:
        self._set_thick(True)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.plot.set_theme(theme)
        self.head.set_theme(theme)
        self._style()

    def set_presenting(self, presenting: bool) -> None:
        self._prompt = with_remote(PROMPT) if presenting else PROMPT
        if self.plot.message:
            self.plot.say(self._prompt)

    def summary(self) -> str:
        return "" if self.run is None else loss_words(self.run)

    def walk(self, right: int, down: int) -> str:
        run = self.run
        if run is None or not run.losses.epochs:
            return ""
        first, last = self.plot.epochs
        first, last = max(first, 0), min(last, run.losses.epochs - 1)
        step = max(round((last - first) / STEPS), 1)
        epoch = last if self._walked is None else self._walked + right * step
        self._walked = round(min(max(epoch, first), last))
        self.plot.point_at(self._walked, float(self.plot.to_axis(np.array(loss_of(run.losses, self._walked)))))
        return re.sub(" {2,}", ", ", self.reading)

    def end_walk(self) -> None:
        self._walked = None
        self.plot.point_at_nothing()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        header = ["epoch", "loss", "lowest", "highest"]
        if self.run is None:
            return header, ()
        outline = self.run.losses.outline()
        columns = [outline.epochs, outline.first, outline.low, outline.high]
        values: list[list[object]] = [column.tolist() for column in columns]
        for held in self._held_out(self.run):
            header.append(f"{held.name} loss")
            values.append([held.at(epoch) if held.has(epoch) else "" for epoch in outline.epochs.tolist()])
        return header, list(zip(*values, strict=True))

    def paint_picture(self, painter: QPainter) -> None:
        self.head.paint(painter)
        painter.translate(0, self.head.height())
        self.plot.paint(painter, self._curves())

    @property
    def reading(self) -> str:
        """Epoch and loss under the pointer, or the latest ones."""
        return self.head.reading

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _curves(self) -> list[Curve]:
        """Return all curves; the first lies at the bottom."""
        return [*self.earlier_curves, self.test_curve, self.validation_curve, self.curve]

    def _held_out(self, run: Run) -> list[HeldOut]:
        """Return what there is of the losses of samples that do not train."""
        data, total = run.spec.data, run.losses.epochs
        both = (
            ("validation", self.validation_curve, run.validation_losses, data.validation_share),
            ("test", self.test_curve, run.test_losses, data.test_share),
        )
        # A run that took over weights may be the first to hold samples out, or may have ceased to.
        return [
            HeldOut(name, curve, history, total - history.epochs if share else 0)
            for name, curve, history, share in both
            if history.epochs
        ]

    def _style(self) -> None:
        theme = self.theme
        self.curve.setPen(pg.mkPen(theme.curve_color(0), width=theme.lines.curve))
        for number, item, style in (
            (1, self.validation_curve, Qt.PenStyle.DashLine),
            (2, self.test_curve, Qt.PenStyle.DotLine),
        ):
            item.setPen(pg.mkPen(theme.curve_color(number), width=theme.lines.curve, style=style))
        for age, item in enumerate(reversed(self.earlier_curves)):
            item.setPen(pg.mkPen(translucent(theme.color("muted"), 0.4 - 0.06 * age), width=theme.lines.curve))
        self._names: tuple[str, ...] = ()

    def _set_thick(self, thick: bool) -> None:
        """Draw this run's curves thick where that is cheap: at rest, or while they are short."""
        width = self.theme.lines.strong if thick else self.theme.lines.curve
        for item in (self.curve, self.validation_curve, self.test_curve):
            if item.opts["pen"].widthF() != width:
                pen = QPen(item.opts["pen"])
                pen.setWidthF(width)
                item.setPen(pen)

    def _name_curves(self, run: Run) -> None:
        """Say above the plot what the curves are, unless there is but one."""
        entries = [(self.earlier_curves[-1], "earlier runs")] if self._earlier else []
        if held_out := self._held_out(run):
            entries = [(self.curve, "training"), *((held.curve, held.name) for held in held_out), *entries]
        elif run.losses.epochs and entries:
            entries.insert(0, (self.curve, "this run"))
        names = tuple(name for _, name in entries)
        if names != self._names:
            self._names = names
            self.head.set_legend([(item.opts["pen"], name) for item, name in entries])

    def _draw_all(self) -> None:
        run = self.run
        if run is None:
            return
        self._bound(run, run.losses.outline())
        for item in self._curves()[:-1]:
            item.set_data(np.zeros(0), np.zeros(0))
        # The latest run has the last curve, which is the least faint.
        for item, each in zip(reversed(self.earlier_curves), reversed(self._earlier), strict=False):
            self._draw(item, each.losses.outline(), each.losses.epochs, FEW_POINTS)
        self.refresh(run)

    def _most_points(self) -> int:
        """Return how many points of this run's curve can be seen: two for each pixel, of all those that are kept."""
        pixels = self.plot.width() * self.devicePixelRatio()
        return int(min(max(2 * pixels, FEW_POINTS), MANY_POINTS))

    def _draw(self, item: Curve, outline: LossOutline, epochs: int, most: int | None, first: int = 0) -> None:
        x, losses = curve_of(outline, epochs, most)
        x = x + first
        y = self.plot.to_axis(losses)
        # Smooth edges cost nothing on a calm curve, and three times as much on one that fills the plot with noise.
        bottom, top = self.plot.box.viewRange()[1]
        calm = float(np.abs(np.diff(y)).sum()) < 4 * (top - bottom)
        item.set_data(x, y, antialias=calm)

    def _bound(self, run: Run, outline: LossOutline) -> None:
        """Give the plot the range of this run's visible losses; earlier runs are cut at its edges."""
        epochs = None if self.plot.fitting else self.plot.epochs
        outlines = [outline] if self.beside is None else [outline, self.beside.losses.outline()]
        bounds = [_bounds(each, epochs) for each in outlines]
        for held in [held for each in (run, self.beside) if each is not None for held in self._held_out(each)]:
            seen = None if epochs is None else (epochs[0] - held.first, epochs[1] - held.first)
            bounds.append(_bounds(held.history.outline(), seen))
        lowest, highest = min(low for low, _ in bounds), max(high for _, high in bounds)
        lowest = lowest if np.isfinite(lowest) else 0.1
        highest = max(highest if np.isfinite(highest) else 1.0, lowest)
        first = max([lowest, *(each.first[0] for each in outlines if len(each.first))])
        first = first if len(outline.first) else np.inf
        if highest > DIVERGED * first:
            # Of a run that has diverged, what came before must remain to be seen.
            highest = first * (DIVERGED if self.plot.log else 10)
        runs = [run] if self.beside is None else [run, self.beside]
        last = max(epoch_range(each.frame.epoch, each.spec.training.epochs) for each in runs)
        self.plot.set_bounds(last, lowest, highest)

    def _change_scale(self, scale: str) -> None:
        self.plot.set_log(scale == "log")
        self._draw_all()

    def _follow(self, fitting: bool) -> None:
        """All points are drawn while a part is looked at closely."""
        self._fit.setEnabled(not fitting)
        if self.run is not None:
            self.refresh(self.run)
            if not self.run.frame.training:
                self.settle(self.run)

    # ---- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        """Say what the curves are at the pointer's epoch, and put the crosshair on this run's curve."""
        run, place = self.run, self.plot.values_at_pointer()
        if run is None or not run.losses.epochs:
            self.plot.show_cross(None)
            self.head.set_reading("")
            return
        if place is None:
            self.plot.show_cross(None)
            self.head.set_reading(f"latest {self._texts(run, run.losses.epochs - 1)}")
            return
        asked, height = place
        near = self._nearest_earlier(asked, height)
        each = near or run
        epoch = int(np.clip(round(asked), 0, each.losses.epochs - 1))
        loss = loss_of(each.losses, epoch)
        self.plot.show_cross((epoch, float(self.plot.to_axis(np.array(loss)))))
        prefix = f"run {near.number}, seed {near.spec.seed}   " if near else ""
        self.head.set_reading(f"{prefix}epoch {epoch:,}   {self._texts(each, epoch)}")

    def _nearest_earlier(self, asked: float, height: float) -> Run | None:
        """Return the earlier run whose curve is under the pointer; this run's own curve comes first."""
        assert self.run is not None

        def distance(run: Run) -> float:
            if not 0 <= asked <= run.losses.epochs - 1:
                return np.inf
            at = float(self.plot.to_axis(np.array(loss_of(run.losses, int(asked)))))
            return abs(at - height) / self.plot.height_per_pixel()

        if not self._earlier or distance(self.run) <= NEAR:
            return None
        nearest = min(self._earlier, key=distance)
        return nearest if distance(nearest) <= NEAR else None

    def _texts(self, run: Run, epoch: int) -> str:
        digits = self.theme.digits
        held_out = (held for held in self._held_out(run) if held.has(epoch))
        more = "".join(f"   {held.name} {loss_at(held.at(epoch), digits)}" for held in held_out)
        return f"loss {loss_at(loss_of(run.losses, epoch), digits)}{more}"


class _Head(QWidget):
    """The line above the plot: what the lines are, and the read-out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reading = ""
        self._legend: list[tuple[QPen, str]] = []
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._font = ui_font(theme, "caption")
        self._metrics = QFontMetricsF(self._font)
        self.setFixedHeight(int(self._metrics.height()) + 6)

    def set_legend(self, legend: list[tuple[QPen, str]]) -> None:
        self._legend = legend
        self.update()

    def set_reading(self, reading: str) -> None:
        if reading != self.reading:
            self.reading = reading
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("plot_background"))
        self.paint(painter)

    def paint(self, painter: QPainter) -> None:
        """Paint the legend, and the read-out in fewer words where they would meet."""
        painter.setFont(self._font)
        line, left, right = self._metrics.height(), 10.0, self.width() - 8.0
        swatch = self._theme.scaled(18)
        legend = sum(self._metrics.horizontalAdvance(name) + swatch + 22 for _, name in self._legend)
        brief = re.sub("   (?:validation|test) ", " | ", self.reading.removeprefix("latest ")).removeprefix("loss ")
        reading = elided(self._metrics, (self.reading, brief), right - left - legend)
        if reading not in (self.reading, brief):
            reading = elided(self._metrics, (brief,), right - left)
        free = right - self._metrics.horizontalAdvance(reading) - 8
        x = left
        for pen, name in self._legend:
            width = self._metrics.horizontalAdvance(name)
            if x + swatch + 6 + width > free:
                break
            painter.setPen(QPen(QColor(pen.color()), self._theme.lines.strong, pen.style()))
            painter.drawLine(QLineF(x, round(5 + line / 2), x + swatch, round(5 + line / 2)))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(QRectF(x + swatch + 6, 5, width + 2, line), LEFT, name)
            x += width + swatch + 22
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(left, 5, right - left, line), RIGHT, reading)


def _bounds(outline: LossOutline, epochs: Range | None) -> Range:
    """Return the lowest loss above 0 and the highest finite one of some epochs; inf and -inf where there are none."""
    low, high = outline.low, outline.high
    if epochs is not None:
        seen = slice(max(int(epochs[0] // outline.stride), 0), int(epochs[1] // outline.stride) + 1)
        low, high = low[seen], high[seen]
    return float(low[low > 0].min(initial=np.inf)), float(high[np.isfinite(high)].max(initial=-np.inf))
