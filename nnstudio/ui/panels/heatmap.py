"""Finds room for a heatmap of every layer: how large the cells can be, and where each one lies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import elided

#: Cells grow up to this, and in a large panel with it.
WIDEST, HIGHEST = 104.0, 46.0
#: What few columns and few rows take at least, beside layers of many.
SEEN_WIDTH, SEEN_HEIGHT = 30.0, 54.0
SMALLEST_PARTED = 7.0
#: Names of rows take at most so much of what their layers have.
WIDEST_LABELS = 0.35
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


def unit_names(run: Run) -> list[tuple[str, ...]]:
    """Return what the units of each layer are called, from what the network is given to its outputs."""
    sizes = run.layout.sizes[1:-1]
    units = [run.spec.encoding().names]
    for layer, size in enumerate(sizes, 1):
        units.append(tuple(f"h{layer}.{i}" if len(sizes) > 1 else f"h{i}" for i in range(1, size + 1)))
    return [*units, run.dataset.output_names]


def layer_names(run: Run) -> list[LayerNames]:
    """Name the layers of a network: h1, h2 in its one hidden layer, h1.1, h1.2, ..., h2.1 where there are several."""
    units, layout = unit_names(run), run.layout
    hidden = len(units) - 2
    outputs = "outputs" if layout.sizes[-1] > 1 else "output"
    long = ["inputs", *(f"hidden {i}" if hidden > 1 else "hidden" for i in range(1, hidden + 1)), outputs]
    brief = ["in", *(f"h{i}" if hidden > 1 else "h" for i in range(1, hidden + 1)), "out"]
    return [
        LayerNames(
            (f"{long[i]} → {long[i + 1]}", f"{brief[i]} → {brief[i + 1]}", f"→ {brief[i + 1]}"),
            (*units[i], "bias"),
            units[i + 1],
        )
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
    cell_width: float
    cell_height: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the weights."""
        return round(self.weights.height() / self.cell_height), round(self.weights.width() / self.cell_width)


@dataclass(frozen=True)
class Places:
    """Where everything is drawn.

    Attributes
    ----------
    layers : tuple of LayerPlace
    bounds : QRectF
        Of all of them, but for names above and beside them.
    crowding : int
        0 where there is room for everything, 1 where names of rows are left out, 2 where even cells have none.
    """

    layers: tuple[LayerPlace, ...]
    bounds: QRectF
    crowding: int = 0

    def cell(self, layer: int, row: int, column: int) -> QRectF:
        """Return the place of one number; the row behind the weights is the biases."""
        place = self.layers[layer]
        width, height = place.cell_width, place.cell_height
        top = place.biases.top() if row == place.shape[0] else place.weights.top() + row * height
        return QRectF(place.weights.left() + column * width, top, width, height)

    def hold(self, number: QSizeF) -> bool:
        """Return whether every cell is as large as that."""
        return all(p.cell_width >= number.width() and p.cell_height >= number.height() for p in self.layers)

    def cells(self, layer: int) -> list[QRectF]:
        """Return the places of a layer's numbers, row by row, the biases last."""
        rows, columns = self.layers[layer].shape
        return [self.cell(layer, row, column) for row in range(rows + 1) for column in range(columns)]

    def lines(self, layer: int) -> list[QLineF]:
        """Return the lines that part a layer's cells, along the sides on which those are large enough to be parted."""
        place = self.layers[layer]
        rows, columns = place.shape
        left, right = place.weights.left(), place.weights.right()
        lines = []
        for row in range(1, rows if place.cell_height >= SMALLEST_PARTED else 1):
            y = place.weights.top() + row * place.cell_height
            lines.append(QLineF(left, y, right, y))
        for column in range(1, columns if place.cell_width >= SMALLEST_PARTED else 1):
            x = left + column * place.cell_width
            lines += [QLineF(x, rect.top(), x, rect.bottom()) for rect in (place.weights, place.biases)]
        return lines

    def find(self, point: QPointF) -> tuple[int, int, int] | None:
        """Return layer, row and column of the number at a point."""
        for layer, place in enumerate(self.layers):
            rows, columns = place.shape
            column = min(int((point.x() - place.weights.left()) // place.cell_width), columns - 1)
            if place.weights.contains(point):
                return layer, min(int((point.y() - place.weights.top()) // place.cell_height), rows - 1), column
            if place.biases.contains(point):
                return layer, rows, column
        return None


def arrange(
    names: Sequence[LayerNames], area: QRectF, metrics: QFontMetricsF, bold: QFontMetricsF, number: QSizeF
) -> Places:
    """Place the layers side by side, or fold them into lines of columns where only then their cells are large enough.

    All cells have one size, as long as that leaves room for their numbers. Where it does not, layers of few rows or
    columns get higher or wider cells, so that they can be seen at all.

    Parameters
    ----------
    names : sequence of LayerNames
    area : QRectF
        What there is room in; the result lies in its middle.
    metrics, bold : QFontMetricsF
        Of labels and titles.
    number : QSizeF
        Of a cell that can hold a number: first of all, that decides.
    """
    crowding, grids = 2, []
    for left_out, labelled in enumerate((True, False)):  # the rows' names give way first, and long titles
        every = [_Grid(names, per_line, area, metrics, bold, labelled) for per_line in range(len(names), 0, -1)]
        grids = [grid for grid in every if grid.fits]
        if grids:
            crowding = left_out
            break
    grids = [grid for grid in grids if grid.holds(number)] or grids or every[:1]
    best = grids[0]
    for grid in grids[1:]:
        if grid.score > best.score * 1.05:
            best = grid
    return best.places(crowding)


class _Grid:
    """The layers in lines of so many: how large their cells can be, and where that puts them."""

    def __init__(
        self,
        names: Sequence[LayerNames],
        per_line: int,
        area: QRectF,
        metrics: QFontMetricsF,
        bold: QFontMetricsF,
        labelled: bool,
    ) -> None:
        self._names, self._area, self._bold = names, area, bold
        self._per_line = min(per_line, len(names))
        self._lines = [range(i, min(i + per_line, len(names))) for i in range(0, len(names), per_line)]
        self._stacks = [range(i, len(names), per_line) for i in range(self._per_line)]
        self._head = bold.height() + metrics.height() + 4  # a title and the names of the columns
        # The longest text is nearly always the widest; measuring a thousand would take longer than drawing them.
        most = max(WIDEST_LABELS * area.width() / self._per_line, metrics.horizontalAdvance("h1.10"))
        self._labels = [
            min(max(map(metrics.horizontalAdvance, (*(max(names[i].rows, key=len) for i in stack), "bias"))), most) + 6
            if labelled
            else 0.0
            for stack in self._stacks
        ]
        title = 1 if labelled else -1
        self._titles = [max(bold.horizontalAdvance(names[i].titles[title]) for i in stack) for stack in self._stacks]
        widest = max(WIDEST, area.width() / 5)
        room = area.height() - len(self._lines) * (self._head + BIAS_GAP) - (len(self._lines) - 1) * LINE_GAP
        highest = max(HIGHEST, area.height() / 4.5)
        width = _largest(self._width, area.width() - LAYER_GAP * (self._per_line - 1), widest)
        height = _largest(self._height, room, highest)
        # Whole pixels keep the cells of one size and their edges sharp.
        self.fits = self._width(0.0) <= area.width() - LAYER_GAP * (self._per_line - 1) and self._height(0.0) <= room
        self._cell = tuple(math.floor(side) if side >= 4 else side for side in (width, height))
        self.score = math.sqrt(width * height)

    def holds(self, number: QSizeF) -> bool:
        """Return whether every cell is as large as that."""
        return self._cell[0] >= number.width() and self._cell[1] >= number.height()

    def _cell_of(self, layer: int, width: float, height: float) -> tuple[float, float]:
        names = self._names[layer]
        return max(width, SEEN_WIDTH / len(names.columns)), max(height, SEEN_HEIGHT / len(names.rows))

    def _block(self, stack: int, width: float) -> float:
        cells = max(len(self._names[i].columns) * self._cell_of(i, width, 0)[0] for i in self._stacks[stack])
        return max(self._labels[stack] + cells, self._titles[stack])

    def _width(self, width: float) -> float:
        """Return how wide all is, but for the gaps, with cells so wide; no column is narrower than its titles."""
        return sum(self._block(stack, width) for stack in range(self._per_line))

    def _height(self, height: float) -> float:
        return sum(self._line_height(line, height) for line in self._lines)

    def _line_height(self, line: Sequence[int], height: float) -> float:
        return max(len(self._names[i].rows) * self._cell_of(i, 0, height)[1] for i in line)

    def places(self, crowding: int) -> Places:
        """Return where everything lies: line below line, and column below column."""
        names, area, bold, (width, height) = self._names, self._area, self._bold, self._cell
        blocks = [self._block(stack, width) for stack in range(self._per_line)]
        spare = area.width() - sum(blocks) - LAYER_GAP * (self._per_line - 1)
        # Long titles take what room is left over.
        gap = LAYER_GAP + min(max(spare, 0) / (self._per_line + 1), 40.0)
        start = area.left() + max((area.width() - sum(blocks) - gap * (self._per_line - 1)) / 2, 0)
        heights = [self._head + BIAS_GAP + self._line_height(line, height) for line in self._lines]
        y = area.top() + max((area.height() - sum(heights) - LINE_GAP * (len(heights) - 1)) / 2, 0)
        # All titles are written in the same way, the longest that fits everywhere.
        fits = [
            kind
            for kind in range(len(names[0].titles))
            if all(
                bold.horizontalAdvance(names[i].titles[kind]) <= blocks[stack] + gap - 8
                for stack, layers in enumerate(self._stacks)
                for i in layers
            )
        ]
        places, bounds = [], QRectF()
        for line, line_height in zip(self._lines, heights, strict=True):
            x = start
            for i, block, labels in zip(line, blocks, self._labels, strict=False):
                cell_width, cell_height = self._cell_of(i, width, height)
                rows, columns = len(names[i].rows), len(names[i].columns)
                left, top = round(x + labels), round(y + self._head)
                weights = QRectF(left, top, columns * cell_width, (rows - 1) * cell_height)
                biases = QRectF(left, weights.bottom() + BIAS_GAP, weights.width(), cell_height)
                title = QRectF(x, round(y), block + gap - 8, bold.height())
                text = elided(bold, names[i].titles[fits[0] if fits else -1 :], title.width())
                places.append(LayerPlace(weights, biases, title, text, x, cell_width, cell_height))
                bounds = bounds.united(title.united(biases))
                x += block + gap
            y += line_height + LINE_GAP
        return Places(tuple(places), bounds, crowding)


def _largest(size: Callable[[float], float], room: float, most: float) -> float:
    """Return the largest side of a cell, up to a bound, with which a growing size stays within its room."""
    low, high = 0.1, most
    if size(high) <= room:
        return high
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if size(middle) <= room else (low, middle)
    return low
