"""Paints the units of a network: maps or gauges, with names, biases and the outputs' values beside them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPaintEngine, QPainter, QPen

from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS, ON_DRAWING
from nnstudio.ui.panels.chart import CENTER, LEFT, RIGHT, elided, fixed, image_of, nice_ceil, packed, translucent
from nnstudio.ui.panels.network.edges import MOST_EDGES, mixed
from nnstudio.ui.panels.network.places import Column, Needs, Places, arrange
from nnstudio.ui.panels.network.responses import COLORS, Atlas, Responses
from nnstudio.ui.panels.network.targets import Reading, short_signed
from nnstudio.ui.theme import Theme, ui_font

Array = NDArray[Any]

#: Names of inputs and outputs take at most so much of the drawing's width.
WIDEST_NAMES = 0.22
UNUSED = 0.55
#: How much the ground of a text hides of what is behind it.
PLATE = 0.78


class NodePainter:
    """Paints nodes with what a run's neurons give.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self.responses: Responses | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self.widest = MINUS + fixed(0.0, theme.digits + ON_DRAWING)  # of the numbers that have little room
        self.font, self.bold, self._small = (ui_font(theme, size) for size in ("caption", "caption", "small"))
        self.bold.setBold(True)
        self.metrics, self._bold_metrics = QFontMetricsF(self.font), QFontMetricsF(self.bold)
        self._small_metrics = QFontMetricsF(self._small)
        #: From an output to what is written beside it.
        self._gap = theme.scaled(7)
        ground, ink = theme.color("plot_background"), theme.color("text")
        self._shades = np.array([mixed(ground, ink, share / 255).rgb() for share in range(256)], np.uint32)
        self._surface, self._signs = packed(theme.surface_lut(COLORS)), packed(theme.diverging_lut(COLORS))
        self._sign_inks = theme.color("negative"), theme.color("positive"), theme.color("muted")
        # Below and above zero; not the palette's very ends, so that numbers on them can be read.
        self.gauge_colors = tuple(QColor(int(self._surface[round(at * (COLORS - 1))])) for at in (0.2, 0.8))
        if self.responses is not None:
            self.responses.set_lut(self._surface)

    def set_run(self, run: Run, reading: Reading, responses: Responses) -> None:
        """Take another network."""
        self._run, self._reading, self.responses = run, reading, responses
        responses.set_lut(self._surface)

    def needs(self, size: QSizeF, unfolded: frozenset[int]) -> Needs:
        """Return what has to be placed in a drawing of this size, and the room that texts take."""
        assert self.responses is not None
        reading, data, most = self._reading, self._run.dataset, WIDEST_NAMES * size.width()
        advance, outputs = self.metrics.horizontalAdvance, reading.units[-1]
        # The longest text is nearly always the widest; measuring a thousand would take longer than drawing them.
        names = 8.0 if data.image_shape else advance(max(reading.input_names, key=len)) + 12
        self._stacked = size.height() / len(outputs) >= 2 * self.metrics.height() + 4
        name = self._bold_metrics.horizontalAdvance(max(outputs, key=len))
        value = advance(MINUS + fixed(0.0, self._theme.digits))
        target = advance("target −1" if data.is_classification else f"target {self.widest}")
        right = max(name, value, target) if self._stacked else name + 6 + value
        needs = Needs(
            sizes=self._run.layout.sizes,
            features=reading.features,
            picture=data.image_shape,
            left=min(names, most) + 2,
            right=min(right, most) + self._gap + 5,
            small_line=round(self._small_metrics.height()),
            line=round(self.metrics.height()),
            label=advance(f"{reading.units[len(reading.units) // 2][-1]}  b {self.widest}"),
            number=self._small_metrics.horizontalAdvance(self.widest),
            holds_numbers=not self.responses.mapped,
        )
        # Where some edges are not drawn, the note that says so needs a line, whatever is unfolded.
        is_thinned = self._run.layout.size > MOST_EDGES or arrange(needs, size).folds
        if needs.leaves_out_unused(size.height()):
            used = [name for name, unit in zip(reading.input_names, reading.features, strict=True) if unit is not None]
            needs = replace(needs, left=min(advance(max(used, key=len)) + 12, most) + 2)
        return replace(needs, unfolded=unfolded, foot=self.metrics.height() + 4 if is_thinned else 0.0)

    def label(self, column: Column, unit: int) -> QRectF:
        """Return the place of what stands below a node: its bias."""
        node = column.node(unit)
        line = (0.0, self._small_metrics.height(), self.metrics.height())[column.label]
        widest = self.metrics.horizontalAdvance("h1.10  b " * (column.label == 2) + self.widest)
        width = widest if column.label == 2 else max(node.width(), widest)
        return QRectF(node.center().x() - width / 2, node.bottom(), width, line)

    # ---- what stands still ------------------------------------------------------------------------------------------

    def paint_names(self, painter: QPainter, places: Places) -> None:
        """Write the names of the inputs."""
        column = places.columns[0]
        if column.picture:
            return
        theme, names, features = self._theme, self._reading.input_names, self._reading.features
        rects = places.features or [column.node(unit) for unit in range(column.shown)]
        painter.setFont(self.font)
        line = self.metrics.height()
        if min(rect.height() for rect in rects if not rect.isEmpty()) < 0.7 * line and column.pitch < 0.8 * line:
            return
        lowest = -math.inf
        for row, rect in enumerate(rects):
            # Where they are too close, every other one is written.
            if rect.isEmpty() or rect.center().y() - lowest < 0.8 * line:
                continue
            lowest = rect.center().y()
            used = not features or features[row] is not None
            painter.setPen(theme.color("text" if used else "muted"))
            left = places.bounds.left() + 2
            room = QRectF(left, rect.center().y() - line / 2, rect.left() - 6 - left, line)
            painter.drawText(room, RIGHT, elided(self.metrics, (names[row],), room.width()))

    # ---- what lives -------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, places: Places, seen: list[range], sample: int) -> None:
        """Paint every unit that can be seen."""
        assert self.responses is not None
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        for column, units in zip(places.columns, seen, strict=True):
            if column.picture:
                self._paint_picture(painter, column)
            elif column.layer == 0 and places.features:
                self._paint_features(painter, places)
            elif self.responses.mapped:
                self._paint_maps(painter, column, units)
            else:
                self._paint_gauges(painter, column, units)
            if column.chip:
                self._paint_chip(painter, column)
            if column.label:
                self._paint_biases(painter, column, units)
        self._paint_outputs(painter, places, seen[-1], sample)

    def paint_weights(self, painter: QPainter, column: Column, weights: Array) -> None:
        """Show the weights of one neuron where the pixels are that they belong to."""
        assert column.picture is not None and self._run.dataset.image_shape is not None
        limit = nice_ceil(max(float(np.abs(np.nan_to_num(weights)).max()), 1e-6))
        with np.errstate(all="ignore"):
            places = np.nan_to_num(weights * (COLORS / 2 / limit) + COLORS / 2, nan=COLORS / 2)
        numbers = places.clip(0, COLORS - 1).astype(np.uint8).reshape(self._run.dataset.image_shape)
        _paint_pixels(painter, image_of(numbers, self._signs), column.picture)
        self._frame(painter, [column.picture])

    def _frame(self, painter: QPainter, rects: list[QRectF], role: str = "border_strong") -> None:
        painter.setPen(QPen(self._theme.color(role), self._theme.lines.hair))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # The line lies around the node, not on its picture.
        painter.drawRects([rect.adjusted(-0.5, -0.5, 0.5, 0.5) for rect in rects])

    def _paint_features(self, painter: QPainter, places: Places) -> None:
        assert self.responses is not None
        atlas, units = self.responses.features(), self._reading.features
        painter.setOpacity(UNUSED)
        for row, rect in enumerate(places.features):
            if units[row] is None and not rect.isEmpty():
                _paint_map(painter, atlas, row, rect)
        painter.setOpacity(1.0)
        for row, rect in enumerate(places.features):
            if units[row] is not None:
                _paint_map(painter, atlas, row, rect)
        unused = [r for r, unit in zip(places.features, units, strict=True) if unit is None and not r.isEmpty()]
        self._frame(painter, unused, "border")
        self._frame(painter, [r for r, unit in zip(places.features, units, strict=True) if unit is not None])

    def _paint_maps(self, painter: QPainter, column: Column, units: range) -> None:
        assert self.responses is not None
        atlas = self.responses.atlases.get(column.layer)
        if atlas is None or not len(units):
            return
        rects = [column.node(unit) for unit in units]
        for unit, rect in zip(units, rects, strict=True):
            _paint_map(painter, atlas, unit - atlas.first, rect)
        self._frame(painter, rects)

    def _paint_gauges(self, painter: QPainter, column: Column, units: range) -> None:
        assert self.responses is not None
        if not len(units):
            return
        starts, ends = self.responses.levels(column.layer)
        rects, values = [column.node(unit) for unit in units], self.responses.now(column.layer)
        ground, hair = self._theme.color("plot_background"), QPen(self._theme.color("border_strong"), 1)
        for unit, rect in zip(units, rects, strict=True):
            painter.fillRect(rect, ground)
            start, end = (rect.bottom() - rect.height() * float(level[unit]) for level in (starts, ends))
            fill = QRectF(rect.left(), min(start, end), rect.width(), abs(end - start))
            painter.fillRect(fill, self.gauge_colors[end <= start])
            if 0 < starts[unit] < 1:
                painter.setPen(hair)
                # Where zero is; a whole line would run through the number.
                painter.drawLine(QPointF(rect.left(), start), QPointF(rect.left() + 4, start))
                painter.drawLine(QPointF(rect.right() - 4, start), QPointF(rect.right(), start))
        self._frame(painter, rects)
        self._write_numbers(painter, rects, [float(values[unit]) for unit in units])

    def _write_numbers(self, painter: QPainter, rects: list[QRectF], values: list[float]) -> None:
        """Write in each gauge what it shows, if that fits."""
        digits = self._theme.digits + ON_DRAWING
        for font, metrics in ((self.font, self.metrics), (self._small, self._small_metrics)):
            if (
                metrics.horizontalAdvance(self.widest) <= rects[0].width() - 2
                and metrics.height() <= rects[0].height() + 1
            ):
                painter.setFont(font)
                painter.setPen(self._theme.color("text"))
                for rect, value in zip(rects, values, strict=True):
                    painter.drawText(rect, CENTER, fixed(value, digits))
                return

    def _paint_picture(self, painter: QPainter, column: Column) -> None:
        """Show the current sample's pixels."""
        assert self.responses is not None and column.picture is not None and self._run.dataset.image_shape is not None
        _, ends = self.responses.levels(0)
        numbers = (ends * 255).astype(np.uint8).reshape(self._run.dataset.image_shape)
        _paint_pixels(painter, image_of(numbers, self._shades), column.picture)
        self._frame(painter, [column.picture])

    def _paint_chip(self, painter: QPainter, column: Column) -> None:
        assert column.chip is not None
        folded = len(column.ys) - column.shown
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(self._theme.color("border_strong"), self._theme.lines.hair))
        painter.setBrush(self._theme.color("hover"))
        painter.drawRoundedRect(column.chip, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self.font)
        painter.setPen(self._theme.color("text"))
        texts = (f"… {folded} more", f"+{folded}") if folded else ("fold", "▲")
        painter.drawText(column.chip, CENTER, elided(self.metrics, texts, column.chip.width() - 4))

    def _paint_biases(self, painter: QPainter, column: Column, units: range) -> None:
        layer, blocks = column.layer, self._run.layout.blocks(self._run.frame.parameters)
        biases, names = blocks[layer - 1][-1].tolist(), self._reading.units[layer]
        last = layer == len(self._reading.units) - 1
        font, metrics = (self._small, self._small_metrics) if column.label == 1 else (self.font, self.metrics)
        plate = translucent(self._theme.color("plot_background"), PLATE)
        painter.setFont(font)
        for unit in units:
            place, number = self.label(column, unit), short_signed(biases[unit], self._theme.digits)
            before = "" if column.label == 1 else "b " if last else f"{names[unit]}  b "
            width = metrics.horizontalAdvance(before)
            whole = width + metrics.horizontalAdvance(number)
            left = place.center().x() - whole / 2
            # Below a small output it keeps clear of what stands beside that.
            place.setLeft(min(left, column.right + self._gap / 2 - whole) if last and self._stacked else left)
            # Edges may run behind it.
            painter.fillRect(QRectF(place.left() - 1, place.top() + 2, whole + 2, place.height() - 2), plate)
            if before:
                painter.setPen(self._theme.color("muted"))
                painter.drawText(place, LEFT, before)
                place.setLeft(place.left() + width)
            painter.setPen(self._sign_inks["−+".find(number[0]) % 3])
            painter.drawText(place, LEFT, number)

    def _paint_outputs(self, painter: QPainter, places: Places, units: range, sample: int) -> None:
        """Write the outputs' names, and what they give for the current sample."""
        assert self.responses is not None
        column, names, line = places.columns[-1], self._reading.units[-1], self.metrics.height()
        values = self.responses.now(column.layer)
        left = column.right + self._gap
        width = places.bounds.right() - left
        for unit in units:
            y = float(column.ys[unit])
            value = fixed(float(values[unit]), self._theme.digits)
            texts = [(self.bold, "text", names[unit]), (self.font, "text", value)]
            if not self._stacked:
                number = self.metrics.horizontalAdvance(MINUS + fixed(0.0, self._theme.digits))
                name = elided(self._bold_metrics, (names[unit],), width - number - 6)
                self._write(painter, QRectF(left, y - line / 2, width, line), LEFT, *texts[0][:2], name)
                self._write(painter, QRectF(left, y - line / 2, width - 4, line), RIGHT, *texts[1])
                continue
            target = self._target(float(self._run.dataset.targets[sample, unit]))
            if target and column.pitch >= 3 * line and self.metrics.horizontalAdvance(target) <= width:
                texts.append((self.font, "muted", target))
            top = y - len(texts) * line / 2
            for number, (font, role, text) in enumerate(texts):
                metrics = self._bold_metrics if font is self.bold else self.metrics
                place = QRectF(left, top + number * line, width, line)
                self._write(painter, place, LEFT, font, role, elided(metrics, (text,), width))

    def _target(self, value: float) -> str:
        """Return what is said of an output's target: its value, or of several classes only which one it is."""
        data = self._run.dataset
        if data.is_classification and len(data.output_names) > 1:
            return "target" if value == 1 else ""
        digits = self._theme.digits + ON_DRAWING
        return f"target {value:.0f}".replace("-", "−") if data.is_classification else f"target {fixed(value, digits)}"

    def _write(self, painter: QPainter, place: QRectF, where: Any, font: Any, role: str, text: str) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(role))
        painter.drawText(place, where, text)


def _paint_map(painter: QPainter, atlas: Atlas, index: int, rect: QRectF) -> None:
    top = index * atlas.rows
    if painter.paintEngine().type() == QPaintEngine.Type.SVG:
        # Qt's SVG generator draws the whole of an image, whatever part of it is asked for.
        painter.drawImage(rect, atlas.image.copy(0, top, atlas.columns, atlas.rows))
    else:
        # The grid's outer points lie on the edges of the plane: half a pixel of the image hangs over on each side.
        painter.drawImage(rect, atlas.image, QRectF(0.5, top + 0.5, atlas.columns - 1, atlas.rows - 1))


def _paint_pixels(painter: QPainter, image: QImage, rect: QRectF) -> None:
    """Draw the pixels of an image as squares, in SVG too, which would blur so few of them."""
    painter.drawImage(rect, image.scaled(rect.size().toSize() * 2))
