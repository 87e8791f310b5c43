"""Finds room for a heatmap of every layer: how large the cells can be, and where each one lies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Layout
from nnstudio.ui.panels.chart import elided

WIDEST, HIGHEST = 104.0, 46.0
SMALLEST_PARTED = 7.0
BIAS_GAP, LAYER_GAP, LINE_GAP = 5.0, 20.0, 10.0


@dataclass(frozen=True)
class LayerNames:
    """What a layer's rows and columns are called, and titles for it, from long to short."""

    titles: tuple[str, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def parameter(self, row: int, column: int) -> str:
        """Return what one number of the layer is called: "weight x1 → h2" or "bias h2"."""
        column_name = self.columns[column]
        return f"weight {self.rows[row]} → {column_name}" if row < len(self.rows) - 1 else f"bias {column_name}"


def layer_names(layout: Layout, dataset: Dataset) -> list[LayerNames]:
    """Name the layers of a network: h1, h2 in its one hidden layer, h1.1, h1.2, ..., h2.1 where there are several."""
    hidden = len(layout.sizes) - 2
    units: list[tuple[str, ...]] = [dataset.input_names]
    for layer, size in enumerate(layout.sizes[1:-1], 1):
        units.append(tuple(f"h{layer}.{i}" if hidden > 1 else f"h{i}" for i in range(1, size + 1)))
    units.append(dataset.output_names)
    outputs = "outputs" if layout.sizes[-1] > 1 else "output"
    long = ["inputs", *(f"hidden {i}" if hidden > 1 else "hidden" for i in range(1, hidden + 1)), outputs]
    brief = ["in", *(f"h{i}" if hidden > 1 else "h" for i in range(1, hidden + 1)), "out"]
    return [
        LayerNames((f"{long[i]} → {long[i + 1]}", f"{brief[i]} → {brief[i + 1]}"), (*units[i], "bias"), units[i + 1])
        for i in range(hidden + 1)
    ]


@dataclass(frozen=True)
class LayerPlace:
    """Where one layer is drawn: its weights and, apart from them, its biases; labels lie to the left and above."""

    weights: QRectF
    biases: QRectF
    title: QRectF
    title_text: str
    labels_left: float


@dataclass(frozen=True)
class Places:
    """Where everything is drawn, and the size of all cells."""

    layers: tuple[LayerPlace, ...]
    cell_width: float
    cell_height: float
    bounds: QRectF

    def cell(self, layer: int, row: int, column: int) -> QRectF:
        """Return the place of one number; the row behind the weights is the biases."""
        place = self.layers[layer]
        rows = round(place.weights.height() / self.cell_height)
        top = place.biases.top() if row == rows else place.weights.top() + row * self.cell_height
        return QRectF(place.weights.left() + column * self.cell_width, top, self.cell_width, self.cell_height)

    def cells(self, layer: int) -> list[QRectF]:
        """Return the places of a layer's numbers, row by row, the biases last."""
        place = self.layers[layer]
        rows, columns = self._shape(place)
        return [self.cell(layer, row, column) for row in range(rows + 1) for column in range(columns)]

    def lines(self, layer: int) -> list[QLineF]:
        """Return the lines that part a layer's cells, where those are large enough to be parted."""
        if min(self.cell_width, self.cell_height) < SMALLEST_PARTED:
            return []
        place = self.layers[layer]
        rows, columns = self._shape(place)
        left, right = place.weights.left(), place.weights.right()
        lines = []
        for row in range(1, rows):
            y = place.weights.top() + row * self.cell_height
            lines.append(QLineF(left, y, right, y))
        for column in range(1, columns):
            x = left + column * self.cell_width
            lines += [QLineF(x, rect.top(), x, rect.bottom()) for rect in (place.weights, place.biases)]
        return lines

    def _shape(self, place: LayerPlace) -> tuple[int, int]:
        return round(place.weights.height() / self.cell_height), round(place.weights.width() / self.cell_width)

    def find(self, point: QPointF) -> tuple[int, int, int] | None:
        """Return layer, row and column of the number at a point."""
        for layer, place in enumerate(self.layers):
            column = int((point.x() - place.weights.left()) // self.cell_width)
            if place.weights.contains(point):
                return layer, int((point.y() - place.weights.top()) // self.cell_height), column
            if place.biases.contains(point):
                return layer, round(place.weights.height() / self.cell_height), column
        return None


def arrange(names: Sequence[LayerNames], area: QRectF, metrics: QFontMetricsF, bold: QFontMetricsF) -> Places:
    """Place the layers side by side, or fold them into lines where that gives larger cells.

    Parameters
    ----------
    names : sequence of LayerNames
    area : QRectF
        What there is room in; the result lies in its middle.
    metrics, bold : QFontMetricsF
        Of labels and titles.
    """
    labels = [_label_width(layer.rows, metrics) for layer in names]
    titles = [bold.horizontalAdvance(layer.titles[-1]) for layer in names]
    head = bold.height() + metrics.height() + 4  # a title and the names of the columns
    best: tuple[float, float, float, list[list[int]]] | None = None
    for per_line in range(len(names), 0, -1):
        lines = [list(range(i, min(i + per_line, len(names)))) for i in range(0, len(names), per_line)]
        width = min(_cell_width(line, names, labels, titles, area.width()) for line in lines)
        room = area.height() - len(lines) * (head + BIAS_GAP) - (len(lines) - 1) * LINE_GAP
        height = room / sum(max(len(names[i].rows) for i in line) for line in lines)
        width, height = min(max(width, 0.1), WIDEST), min(max(height, 0.1), HIGHEST)
        score = min(width / 2, height)
        if best is None or score > best[0] * 1.05:
            best = (score, width, height, lines)
    assert best is not None
    _, width, height, lines = best
    # Whole pixels keep the cells of one size and their edges sharp.
    width, height = (math.floor(side) if side >= 4 else side for side in (width, height))
    return _placed(names, lines, labels, width, height, head, area, bold)


def _label_width(texts: Sequence[str], metrics: QFontMetricsF) -> float:
    # The longest text is nearly always the widest; measuring a thousand would take longer than drawing them.
    return max(metrics.horizontalAdvance(max(texts, key=len)), metrics.horizontalAdvance("bias")) + 6


def _cell_width(
    line: Sequence[int], names: Sequence[LayerNames], labels: Sequence[float], titles: Sequence[float], room: float
) -> float:
    """Return how wide cells may be in a line; layers narrower than their titles take the title's room."""
    room -= LAYER_GAP * (len(line) - 1)
    by_cells = list(line)
    while by_cells:
        width = (room - sum(labels[i] for i in by_cells)) / sum(len(names[i].columns) for i in by_cells)
        narrow = [i for i in by_cells if labels[i] + len(names[i].columns) * width < titles[i]]
        if not narrow:
            return width
        room -= sum(titles[i] for i in narrow)
        by_cells = [i for i in by_cells if i not in narrow]
    return min((titles[i] - labels[i]) / len(names[i].columns) for i in line)


def _placed(
    names: Sequence[LayerNames],
    lines: Sequence[Sequence[int]],
    labels: Sequence[float],
    width: float,
    height: float,
    head: float,
    area: QRectF,
    bold: QFontMetricsF,
) -> Places:
    cells = [len(layer.columns) * width for layer in names]
    heights = [head + BIAS_GAP + max(len(names[i].rows) for i in line) * height for line in lines]
    y = area.top() + max((area.height() - sum(heights) - LINE_GAP * (len(lines) - 1)) / 2, 0)
    places: dict[int, LayerPlace] = {}
    bounds = QRectF()
    for line, line_height in zip(lines, heights, strict=True):
        blocks = [max(labels[i] + cells[i], bold.horizontalAdvance(names[i].titles[-1])) for i in line]
        spare = area.width() - sum(blocks) - LAYER_GAP * (len(line) - 1)
        # Long titles take what room is left over.
        gap = LAYER_GAP + min(max(spare, 0) / (len(line) + 1), 40.0)
        x = area.left() + max((area.width() - sum(blocks) - gap * (len(line) - 1)) / 2, 0)
        for i, block in zip(line, blocks, strict=True):
            left, top = round(x + labels[i]), round(y + head)
            weights = QRectF(left, top, cells[i], (len(names[i].rows) - 1) * height)
            biases = QRectF(left, weights.bottom() + BIAS_GAP, cells[i], height)
            title = QRectF(x, round(y), block + gap - 8, bold.height())
            text = elided(bold, names[i].titles, title.width())
            places[i] = LayerPlace(weights, biases, title, text, x)
            bounds = bounds.united(title.united(biases))
            x += block + gap
        y += line_height + LINE_GAP
    return Places(tuple(places[i] for i in range(len(names))), width, height, bounds)
