"""Paints a heatmap of every layer: coloured cells with their numbers or signs, and names around them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from nnstudio.ui.numbers import MINUS, POINTED_AT
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import (
    CENTER,
    LEFT,
    RIGHT,
    elided,
    image_of,
    nice_ceil,
    packed,
    paint_message,
    paint_scale,
    short,
)
from nnstudio.ui.panels.heatmap import LAYER_GAP, LayerNames, Places, arrange
from nnstudio.ui.theme import Theme, prefers_white, ui_font

Array = NDArray[Any]
MARGIN = 8.0
COLORS = 256
INKS = (QColor("#000000"), QColor("#FFFFFF"))
BELOW_LIMIT = 0.949  # what ends below 10 is no more than 9, rounded
#: Where the largest number is so large, the numbers say something without what is behind the point.
WHOLE = 5.0
MOST_RECTANGLES, FEW_RECTANGLES = 5000, 32
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class WeightsView(QWidget):
    """Draws the heatmaps, and names the number under the pointer.

    Attributes
    ----------
    limit : float
        The value that has the strongest colour.
    power : int
        The numbers in the cells are times 10 to this power; 0 unless they are very small or large, as gradients are.
    styles : list of (QFont, str) or None
        How the numbers of each layer are written; None where they do not fit.
    has_scale : bool
        There is room for the scale of colours beside the heatmaps.
    reading : str
        The line below the heatmaps.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self._names: list[LayerNames] = []
        self._blocks: list[Array] = []
        self._colors: list[Array] = []
        self._hovered: tuple[int, int, int] | None = None
        self._what = "weights"
        self.limit, self.power = 0.0, 0
        self._widest = 0.0
        self.places: Places | None = None
        self.has_scale = True
        self._backdrop = Backdrop()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font, self._bold = ui_font(theme, "caption"), ui_font(theme, "caption")
        self._bold.setBold(True)
        self._metrics, self._bold_metrics = QFontMetricsF(self._font), QFontMetricsF(self._bold)
        fonts = [ui_font(theme, size) for size in ("value", "heading", "body", "caption", "small")]
        self._number_fonts = [(font, QFontMetricsF(font)) for font in fonts]
        lut = theme.diverging_lut(COLORS)
        self._lut, self._light_ink = packed(lut), prefers_white(lut)
        self._arrange()

    def set_names(self, names: list[LayerNames]) -> None:
        """Take the layers of a new network."""
        self._names, self._blocks, self._hovered = names, [], None
        self._arrange()

    def forget_scale(self) -> None:
        """Let the next numbers choose the scale anew."""
        self.limit = 0.0

    def set_values(self, flat: Array, what: str) -> None:
        """Show other numbers, a flat vector as the network's layout says."""
        self._what = what
        finite = flat[np.isfinite(flat)]
        largest = float(np.abs(finite).max()) if finite.size else 0.0
        # The scale moves in steps and is slow to shrink, so that colours do not flicker while a weight grows.
        if not self.limit or largest > self.limit or largest < 0.35 * self.limit:
            # What is left of a gradient by rounding is no gradient.
            self.limit = nice_ceil(largest) if largest > 1e-12 else 1.0
            self.power = 0 if 0.1 <= self.limit < 1e4 else math.floor(math.log10(self.limit) + 1e-9)
            self._widest = 0.0
        # A scale that ends at 10 has room for a digit more while no number comes near its end.
        widest = self.limit if largest > BELOW_LIMIT * self.limit else BELOW_LIMIT * self.limit
        if widest > self._widest:
            self._widest = widest
            self._choose_styles()
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = flat * ((COLORS - 1) / 2 / self.limit) + COLORS / 2
        if finite.size < flat.size:
            scaled = np.nan_to_num(scaled, nan=COLORS / 2)
        colors = scaled.clip(0, COLORS - 1).astype(np.intp)
        self._blocks, self._colors, start = [], [], 0
        for names in self._names:
            shape = (len(names.rows), len(names.columns))
            end = start + shape[0] * shape[1]
            self._blocks.append(flat[start:end].reshape(shape))
            self._colors.append(colors[start:end].reshape(shape))
            start = end
        self.update()

    @property
    def reading(self) -> str:
        """What the line below says: the number under the pointer, or what is shown."""
        what = {"weights": "", "gradients": "gradient of ", "change": "change of "}[self._what]
        if self._hovered is None or not self._blocks:
            return {"weights": "", "gradients": "gradient of the loss", "change": "change since the start"}[self._what]
        layer, row, column = self._hovered
        value = float(self._blocks[layer][row, column])
        digits = self._theme.digits
        plain = value == 0 or not 1e-300 < abs(value) < 0.01
        number = f"{value:.{digits + POINTED_AT}f}" if plain else f"{value:.{digits}e}"
        return f"{what}{self._names[layer].parameter(row, column)} = {number}"

    def walk(self, right: int, down: int) -> str:
        """Point at the number so many columns and rows on, behind a layer's last column in the next layer; read it."""
        if not self._blocks:
            return ""
        if self._hovered is None:
            self._hovered = (0, 0, 0)
        else:
            layer, row, column = self._hovered
            starts = np.cumsum([0, *(len(names.columns) for names in self._names)])
            place = min(max(int(starts[layer]) + column + right, 0), int(starts[-1]) - 1)
            layer = int(np.searchsorted(starts, place, side="right")) - 1
            row = min(max(row + down, 0), len(self._names[layer].rows) - 1)
            self._hovered = (layer, row, place - int(starts[layer]))
        self.update()
        return self.reading

    def point_at_nothing(self) -> None:
        """Take the frame from the number that is pointed at."""
        self._hovered = None
        self.update()

    # ---- events ----------------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hovered = self.places.find(event.position()) if self.places else None
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.point_at_nothing()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ground = QPainter(self), self._theme.color("plot_background")
        if not self._blocks or self.places is None:
            painter.fillRect(self.rect(), ground)
            paint_message(painter, self._theme, self._font, QRectF(self.rect()), "No network yet")
            return
        look = (self._theme, self._names, self.places, self.limit)
        self._backdrop.paint(painter, self, event.rect(), ground, look, self._paint_names_and_scale)
        for layer in range(len(self._names)):
            self._paint_layer(painter, layer)
        self._paint_hovered(painter)
        self._paint_reading(painter)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._line = self._metrics.height()
        self.places = None
        self._scale_width = 14 + 6 + self._metrics.horizontalAdvance("+0.0005")
        area = QRectF(self.rect()).adjusted(MARGIN, MARGIN - 2, -MARGIN, -self._line - 8)
        beside = area.adjusted(0, 0, -self._scale_width - 16, 0)
        if self._names and beside.width() > 8 and beside.height() > 8:
            self.places, self.has_scale = self._find_room(beside, area)
        self._cells: dict[int, list[QRectF]] = {}
        self._lines = [self.places.lines(layer) for layer in range(len(self._names))] if self.places else []
        self._choose_styles()
        self.update()

    def _find_room(self, beside: QRectF, alone: QRectF) -> tuple[Places, bool]:
        """Place the cells beside the scale, which gives way where numbers, or names, have room only without it.

        Returns where they are, and whether the scale is there.
        """
        metrics = self._number_fonts[-1][1]
        sizes = [QSizeF(metrics.horizontalAdvance(text) + 3, _height_of(metrics)) for text in ("+10.0", "+9")]
        found = [arrange(self._names, area, self._metrics, self._bold_metrics, sizes[0]) for area in (beside, alone)]
        holding = (places for size in sizes for places in found if places.hold(size))
        best = next(holding, min(found, key=lambda places: places.crowding))
        return best, best is found[0]

    def _paint_names_and_scale(self, painter: QPainter, seen: QRect) -> None:
        assert self.places is not None
        for layer, place in enumerate(self.places.layers):
            painter.setFont(self._bold)
            painter.setPen(self._theme.color("text"))
            painter.drawText(place.title, LEFT, place.title_text)
            self._paint_names(painter, layer)
        if self.has_scale:
            self._paint_scale(painter)

    def _paint_layer(self, painter: QPainter, layer: int) -> None:
        assert self.places is not None
        place, colors = self.places.layers[layer], self._colors[layer]
        # What shows an SVG would blur an image of so few pixels; and a few rectangles take less time than an image.
        drawing = painter.paintEngine().type() == QPaintEngine.Type.SVG
        if colors.size <= (MOST_RECTANGLES if drawing else FEW_RECTANGLES):
            self._paint_cells(painter, layer)
        else:
            painter.drawImage(place.weights, image_of(colors[:-1], self._lut))
            painter.drawImage(place.biases, image_of(colors[-1:], self._lut))
        self._paint_lines(painter, layer)
        if not self._paint_numbers(painter, layer):
            self._paint_signs(painter, layer)

    def _cells_of(self, layer: int) -> list[QRectF]:
        # Kept, since they are the same in every frame; large layers, which are drawn as images, never ask for them.
        assert self.places is not None
        if layer not in self._cells:
            self._cells[layer] = self.places.cells(layer)
        return self._cells[layer]

    def _paint_cells(self, painter: QPainter, layer: int) -> None:
        """Draw each cell as a rectangle."""
        for cell, color in zip(self._cells_of(layer), self._lut[self._colors[layer]].ravel().tolist(), strict=True):
            painter.fillRect(cell, QColor(color))

    def _paint_lines(self, painter: QPainter, layer: int) -> None:
        """Part the cells, and frame them so that a pale cell has an edge."""
        assert self.places is not None
        place = self.places.layers[layer]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("plot_background"), 1))
        painter.drawLines(self._lines[layer])
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.drawRects([place.weights, place.biases])

    def _paint_names(self, painter: QPainter, layer: int) -> None:
        """Write the names of rows and columns, or of every so many where they are too close."""
        assert self.places is not None
        place, names, line = self.places.layers[layer], self._names[layer], self._line
        width, height = place.cell_width, place.cell_height
        painter.setFont(self._font)
        painter.setPen(self._theme.color("muted"))
        label = place.weights.left() - 5 - place.labels_left

        def write_row(name: str, middle: float) -> None:
            text = elided(self._metrics, (name,), label + 1)
            painter.drawText(QRectF(place.labels_left, middle - line / 2, label, line), RIGHT, text)

        bias = place.biases.center().y()
        if label > 0:
            write_row("bias", bias)
        first = math.ceil(max(0.35 * line / height - 0.5, 0.0))  # clear of the names of the columns
        for row in range(first, len(names.rows) - 1 if label > 0 else 0, math.ceil(line * 0.9 / height)):
            middle = place.weights.top() + (row + 0.5) * height
            if middle < bias - line * 0.9 + 1:
                write_row(names.rows[row], middle)
        widest = self._metrics.horizontalAdvance(names.columns[-1]) + 4
        # Over names of rows there is room, and behind the last column; but not between two blocks without such names.
        start, end = place.labels_left - MARGIN, place.weights.right() + max(widest / 2, 1.0)
        if label <= 0:
            start, end = start + 2, min(end, place.weights.right() + LAYER_GAP - MARGIN)
        for column in range(0, len(names.columns), math.ceil(widest / width)):
            middle = place.weights.left() + (column + 0.5) * width
            if middle + widest / 2 <= end and middle - widest / 2 >= start:
                rect = QRectF(middle - widest, place.weights.top() - line - 2, 2 * widest, line)
                painter.drawText(rect, CENTER, names.columns[column])

    def _paint_numbers(self, painter: QPainter, layer: int) -> bool:
        """Write the numbers if they fit, with as many digits as fit in all cells; return whether they did."""
        found = self.styles[layer]
        if found is None:
            return False
        font, style = found
        painter.setFont(font)
        values = (self._blocks[layer] / 10.0**self.power).ravel().tolist()
        light = self._light_ink[self._colors[layer]].ravel().tolist()
        for cell, value, white in zip(self._cells_of(layer), values, light, strict=True):
            painter.setPen(INKS[white])
            painter.drawText(cell, CENTER, _signed(value, style))
        return True

    def _choose_styles(self) -> None:
        layers = self.places.layers if self.places else ()
        self.styles = [self._number_style(place.cell_width, place.cell_height) for place in layers]

    def _number_style(self, width: float, height: float) -> tuple[QFont, str] | None:
        """Return the most digits with which every number fits a cell, and the largest font that does not crowd it.

        Letters smaller than a caption's are taken only where no others fit, and none behind the point only of numbers
        that say something so.
        """
        *readable, smallest = self._number_fonts
        largest = self._widest / 10.0**self.power
        for fonts in (readable, [smallest]):
            for digits in range(self._theme.digits, -1 if largest >= WHOLE else 0, -1):
                style = f"+.{digits}f"
                text = _signed(-largest, style)
                for font, metrics in fonts:
                    crowded = metrics.height() > max(height / 3, self._number_fonts[2][1].height())
                    fits = _height_of(metrics) <= height and metrics.horizontalAdvance(text) <= width - 3
                    if fits and not crowded:
                        return font, style
        return None

    def _paint_signs(self, painter: QPainter, layer: int) -> None:
        """Mark the sign in cells that are too small for their numbers, so that colour does not carry it alone."""
        assert self.places is not None
        place = self.places.layers[layer]
        half = min(place.cell_width, place.cell_height) / 5
        if half < 1.4:
            return
        values, light = self._blocks[layer], self._light_ink[self._colors[layer]]
        for white, ink in enumerate(("#000000", "#FFFFFF")):
            lines = []
            for row, column in np.argwhere((light == white) & (np.abs(values) > self.limit / 100)).tolist():
                center = self.places.cell(layer, row, column).center()
                x, y = center.x(), center.y()
                lines.append(QLineF(x - half, y, x + half, y))
                if values[row, column] > 0:
                    lines.append(QLineF(x, y - half, x, y + half))
            painter.setPen(QPen(QColor(ink), 1))
            painter.drawLines(lines)

    def _paint_scale(self, painter: QPainter) -> None:
        assert self.places is not None
        first = min(place.weights.top() for place in self.places.layers)
        last = max(place.biases.bottom() for place in self.places.layers)
        left = min(self.places.bounds.right() + 24, self.width() - MARGIN - self._scale_width)
        rect = QRectF(left, first, 12, last - first)
        labels = [(0.0, MINUS + short(self.limit)), (0.5, "0"), (1.0, "+" + short(self.limit))]
        paint_scale(painter, self._theme, self._font, rect, self._lut, labels)

    def _paint_reading(self, painter: QPainter) -> None:
        reading, width = self.reading, self.width() - 2 * MARGIN
        below = QRectF(MARGIN, self.height() - self._line - 4, width, self._line)
        painter.setFont(self._font)
        if reading:
            painter.setPen(self._theme.color("text" if self._hovered else "muted"))
            painter.drawText(below, LEFT, elided(self._metrics, (reading,), width))
        if self.power and any(self.styles):
            note = f"numbers × 10{str(self.power).translate(SUPERSCRIPTS)}"
            if self._metrics.horizontalAdvance(reading + note) + 16 < width:
                painter.setPen(self._theme.color("muted"))
                painter.drawText(below, RIGHT, note)

    def _paint_hovered(self, painter: QPainter) -> None:
        if self._hovered is None:
            return
        assert self.places is not None
        painter.setPen(QPen(self._theme.color("text"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.places.cell(*self._hovered).adjusted(0.5, 0.5, -0.5, -0.5))


def _height_of(metrics: QFontMetricsF) -> float:
    """Return how high a cell is for a number, which has nothing below its line."""
    return metrics.capHeight() + 6


def _signed(value: float, style: str) -> str:
    text = format(value, style)
    # A zero has no sign.
    return text.replace("-", MINUS) if text.strip("+-0.") else text[1:]
