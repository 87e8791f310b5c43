"""Finds room for a network: where each unit stands, which ones are folded away, and how large they can be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF

Array = NDArray[Any]

#: Pixels, at the usual size of type: from one unit to the next before a layer folds, and in a layer that was unfolded.
FOLDED_PITCH, UNFOLDED_PITCH = 20.0, 11.0
#: Outputs fold last, since each says something of the sample: so many stay, as long as one is so far from the next.
MOST_OUTPUTS, OUTPUT_PITCH = 16, 14.0
#: Units of a layer that are seen at once, at most: in a high window they are rather larger than more.
MOST_ROWS = 24
#: A node that is smaller than this has no text below it.
SMALLEST_LABELLED, SMALLEST_NAMED = 18.0, 30.0
#: A layer with room may have larger nodes than the fullest one: up to this share of the largest there are.
ROOMY = 0.7
SMALLEST_FEATURE, LARGEST_FEATURE = 14.0, 24.0
#: With type so large, features that are not in use are left out where one has less room than so many lines of text.
LARGE_TYPE, LEAST_LINES = 1.4, 1.5
MARGIN = 6.0


@dataclass(frozen=True)
class Needs:
    """What is to be placed.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer, from what the network is given to its outputs.
    features : tuple of (int or None)
        Every feature that could be given to the network, with its unit or None; empty where there is no choice.
    picture : (int, int) or None
        Rows and columns, where the inputs are the pixels of a picture.
    unfolded : frozenset of int
        Layers that show all their units, however many they are.
    left, right : float
        Room for the names of inputs and outputs, in pixels.
    small_line, line : float
        Height of a line of small text and of one of usual text, in pixels.
    label, number : float
        Width of a name with its bias, and of a bias or of a number in a node, in pixels.
    holds_numbers : bool
        Nodes are gauges, with a number in them.
    foot : float
        Room below everything for a note, in pixels.
    """

    sizes: tuple[int, ...]
    features: tuple[int | None, ...] = ()
    picture: tuple[int, int] | None = None
    unfolded: frozenset[int] = frozenset()
    left: float = 40.0
    right: float = 40.0
    small_line: float = 11.0
    line: float = 13.0
    label: float = 60.0
    number: float = 30.0
    holds_numbers: bool = False
    foot: float = 0.0

    @property
    def scale(self) -> float:
        """How large type is, with 1 for the usual size."""
        return self.line / 13.0

    def leaves_out_unused(self, height: float) -> bool:
        """Return whether there is only room for the features that are in use, and their names, in a height."""
        return self.scale >= LARGE_TYPE and height < LEAST_LINES * self.line * len(self.features)


@dataclass(frozen=True, eq=False)
class Column:
    """Where one layer stands.

    Attributes
    ----------
    layer : int
    x, width, height : float
        The middle of its nodes across, and their size.
    ys : ndarray, shape (units,)
        The middle of each unit; those that are folded away have the chip's, pixels of a picture their row's.
    shown : int
        So many units have a node, from the first on.
    chip : QRectF or None
        Stands for the units that are folded away, or folds them again.
    picture : QRectF or None
        Where the pixels are, in place of nodes.
    pitch : float
        From one unit to the next.
    label : int
        What there is room for below a node: 0 nothing, 1 its bias in small type, 2 its name too.
    """

    layer: int
    x: float
    width: float
    height: float
    ys: Array
    shown: int
    chip: QRectF | None = None
    picture: QRectF | None = None
    pitch: float = 0.0
    label: int = 0

    @property
    def left(self) -> float:
        """Where edges arrive."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Where edges set out."""
        return self.picture.right() if self.picture else self.x + self.width / 2

    @property
    def reachable(self) -> int:
        """So many units have a place of their own, from the first on."""
        return len(self.ys) if self.picture else self.shown

    def node(self, unit: int) -> QRectF:
        """Return the place of a unit, on whole pixels so that its picture is sharp."""
        width, height = round(self.width), round(self.height)
        return QRectF(round(self.x - width / 2), round(float(self.ys[unit]) - height / 2), width, height)


@dataclass(frozen=True, eq=False)
class Places:
    """Where everything is.

    Attributes
    ----------
    columns : tuple of Column
    features : tuple of QRectF
        The places of all features there are, an empty one for each that is left out; none where there is no choice.
    bounds : QRectF
        What the drawing takes, names included.
    """

    columns: tuple[Column, ...]
    features: tuple[QRectF, ...]
    bounds: QRectF

    @property
    def pitch(self) -> float:
        """From one layer to the next."""
        return self.columns[-1].x - self.columns[-2].x

    @property
    def folds(self) -> bool:
        """Whether some units are out of sight in a chip."""
        return any(column.reachable < len(column.ys) for column in self.columns)

    def seen(self, column: Column, size: QSizeF) -> range:
        """Return the units of a column of which something can be seen in a window of that size."""
        half = column.height / 2 + column.pitch / 2
        inside = np.flatnonzero(
            (column.ys[: column.shown] > -half) & (column.ys[: column.shown] < size.height() + half)
        )
        hidden = column.right < 0 or column.left > size.width()
        return range(0) if hidden or not len(inside) else range(int(inside[0]), int(inside[-1]) + 1)


def arrange(needs: Needs, size: QSizeF, zoom: float = 1.0, offset: QPointF | None = None) -> Places:
    """Place the layers side by side and the units of each one below the other.

    Zooming gives the same layers more room: nodes grow, and what was folded or left out for want of room appears.

    Parameters
    ----------
    needs : Needs
    size : QSizeF
        Of the window that it is seen through, which it fills at zoom 1.
    zoom : float
    offset : QPointF, optional
        How far the drawing has been moved.
    """
    return _Arrangement(needs, size, zoom, offset or QPointF()).places()


class _Arrangement:
    def __init__(self, needs: Needs, size: QSizeF, zoom: float, offset: QPointF) -> None:
        self._needs, self._zoom, self._offset = needs, zoom, offset
        across = max(zoom, 1.0)
        height = size.height() - needs.foot
        # Below 1, only what has been unfolded gets smaller: all else is in view already.
        self._width, self._height = size.width() * across, height * across
        self._usable = max(self._height - 2 * MARGIN, 1.0)
        # Units appear only where the zoom doubles: they would jump about under the pointer otherwise.
        doubled = 2.0 ** math.floor(math.log2(across))
        # Large type is for large rooms and few units: rather nodes without words below than units that are folded.
        pitch = max(FOLDED_PITCH * min(needs.scale, LARGE_TYPE), height / MOST_ROWS)
        room = (height - 2 * MARGIN) * doubled
        self._capacity = max(int(room / pitch), 3)
        self._output_capacity = min(int(room / (OUTPUT_PITCH * needs.scale)), MOST_OUTPUTS)
        self._largest = float(np.clip(height / 4.4, 12, 96 * needs.scale)) * across
        self._first, self._step = self._spread(across)
        self._chip_height = needs.line + 3
        self._rows = [self._rows_of(layer) for layer in range(len(needs.sizes))]
        self._pitches = [self._pitch_of(layer) for layer in range(len(needs.sizes))]
        self._node = self._node_height()

    def places(self) -> Places:
        columns: list[Column] = []
        features: tuple[QRectF, ...] = ()
        for layer in range(len(self._needs.sizes)):
            x = self._first + layer * self._step + self._offset.x()
            if layer == 0 and self._needs.picture:
                columns.append(self._picture(x))
            elif layer == 0 and self._needs.features:
                column, features = self._features(x)
                columns.append(column)
            else:
                columns.append(self._column(layer, x))
        return Places(tuple(columns), features, self._bounds(columns, features))

    def _spread(self, across: float) -> tuple[float, float]:
        """Return where the first layer stands, and how far the next one is from it."""
        needs, gaps = self._needs, max(len(self._needs.sizes) - 1, 1)
        node = min(self._largest, 0.6 * (self._width - needs.left - needs.right) / gaps)
        if needs.holds_numbers:
            node = max(node, needs.number + 8)
        small = bool(needs.features) and not needs.leaves_out_unused(self._height)
        own = self._picture_side() if needs.picture else min(node, 36.0 * across) if small else node
        first = needs.left + own / 2
        last = self._width - needs.right - node / 2
        return first, max((last - first) / gaps, 4.0)

    def _rows_of(self, layer: int) -> tuple[int, int]:
        """Return how many rows a layer takes, and how many of them are units."""
        size = self._needs.sizes[layer]
        if layer == 0 and self._needs.features:
            return len(self._needs.features), size
        if self._fits(layer) or layer in self._needs.unfolded:
            return size, size
        return self._capacity, self._capacity - 1

    def _fits(self, layer: int) -> bool:
        """Whether all units of a layer are seen at once without unfolding it."""
        size, is_last = self._needs.sizes[layer], layer == len(self._needs.sizes) - 1
        return size <= self._capacity or (is_last and size <= self._output_capacity)

    def _is_unfolded(self, layer: int) -> bool:
        grouped = layer == 0 and bool(self._needs.features or self._needs.picture)
        return not grouped and layer in self._needs.unfolded and not self._fits(layer)

    def _pitch_of(self, layer: int) -> float:
        rows, _ = self._rows[layer]
        if self._is_unfolded(layer):
            return max((self._usable - self._chip_height - 4) / rows, UNFOLDED_PITCH * self._needs.scale * self._zoom)
        return min(self._usable / rows, 1.5 * self._largest + self._needs.line)

    def _node_height(self) -> float:
        """Return how high nodes can be in every layer."""
        grouped = bool(self._needs.features or self._needs.picture)
        layers = [layer for layer in range(int(grouped), len(self._pitches)) if not self._is_unfolded(layer)]
        tightest = min((self._pitches[layer] for layer in layers), default=FOLDED_PITCH)
        return self._height_within(tightest)

    def _height_within(self, pitch: float) -> float:
        """Return how high nodes can be: with text below them as long as that leaves enough of them."""
        scale = self._needs.scale
        for line, smallest in ((self._needs.line + 5, SMALLEST_NAMED), (self._needs.small_line + 1, SMALLEST_LABELLED)):
            if pitch - line >= smallest * scale:
                return max(min(pitch - line, self._largest, 0.6 * self._step), 2.0)
        return max(min(pitch * 0.85, pitch - 2, self._largest, 0.6 * self._step), 2.0)

    def _node_size(self, layer: int) -> QSizeF:
        """Return how large the nodes of a layer are: larger than everywhere else where there is room."""
        height = self._node
        if not self._is_unfolded(layer):
            height = max(height, min(self._height_within(self._pitches[layer]), ROOMY * self._largest))
        width = max(height, min(self._needs.number + 8, 0.6 * self._step)) if self._needs.holds_numbers else height
        return QSizeF(width, height)

    def _column(self, layer: int, x: float) -> Column:
        (rows, shown), pitch = self._rows[layer], self._pitches[layer]
        needs, size, middle = self._needs, self._needs.sizes[layer], self._offset.y() + self._height / 2
        node = self._node_size(layer)
        chip_width = max(node.width(), min(6 * needs.line, 0.9 * self._step))
        if self._is_unfolded(layer):
            side = max(min(node.height(), 0.85 * pitch), 1.0)
            top = middle - (pitch * rows + self._chip_height + 4) / 2
            chip = QRectF(x - chip_width / 2, top + pitch * rows + 4, chip_width, self._chip_height)
            ys = top + (np.arange(rows) + 0.5) * pitch
            return Column(layer, x, min(node.width(), 2 * side), side, ys, shown, chip, pitch=pitch)
        label = self._label(layer, node.height())
        # A text below its node is a part of it: both together stand in the middle of their row.
        up = (0.0, needs.small_line, needs.line)[label] / 2
        middles = middle - pitch * rows / 2 + (np.arange(rows) + 0.5) * pitch
        ys = np.concatenate([middles[:shown] - up, np.full(size - shown, middles[-1])])
        folded = None
        if shown < rows:
            height = min(pitch - 2, self._chip_height)
            folded = QRectF(x - chip_width / 2, float(middles[-1]) - height / 2, chip_width, height)
        return Column(layer, x, node.width(), node.height(), ys, shown, folded, pitch=pitch, label=label)

    def _label(self, layer: int, node: float) -> int:
        """Return what there is room for below nodes of a height."""
        needs, room = self._needs, self._pitches[layer] - node
        if layer == 0:
            return 0
        if room >= needs.line + 1 and self._step >= needs.label + 14:
            return 2
        fits = room >= needs.small_line and self._step >= needs.number + 6
        return 1 if fits and node >= SMALLEST_LABELLED * 0.8 * needs.scale else 0

    def _features(self, x: float) -> tuple[Column, tuple[QRectF, ...]]:
        """Place all features there are: those in use as nodes, the others small."""
        chosen = self._needs.features
        used = sum(unit is not None for unit in chosen)
        unused = len(chosen) - used
        scale = self._needs.scale * max(self._zoom, 1.0)
        even = self._usable / len(chosen)
        small = min(even, SMALLEST_FEATURE * scale)
        if self._needs.leaves_out_unused(self._height):
            small, unused = 0.0, 0
        large = min((self._usable - unused * small) / used, 0.85 * self._node + 7)
        if unused:
            small = min((self._usable - used * large) / unused, LARGEST_FEATURE * scale)
        side = max(large - min(6, 0.15 * large), 2.0)
        # What room is left parts those in use.
        large = min((self._usable - unused * small) / used, 1.4 * large)
        y = self._offset.y() + (self._height - used * large - unused * small) / 2
        rects, ys = [], np.zeros(used)
        for unit in chosen:
            pitch = small if unit is None else large
            own = max(small - 2, 2.0) if unit is None else side
            if not pitch:
                rects.append(QRectF())
                continue
            # All end where the edges set out.
            left = round(x + side / 2) - round(own)
            rects.append(QRectF(left, round(y + (pitch - own) / 2), round(own), round(own)))
            if unit is not None:
                ys[unit] = y + pitch / 2
            y += pitch
        return Column(0, x, side, side, ys, used, pitch=large), tuple(rects)

    def _picture_side(self) -> float:
        assert self._needs.picture is not None
        return min(0.24 * self._width, 0.62 * self._height, 28.0 * max(self._zoom, 1.0) * max(self._needs.picture))

    def _picture(self, x: float) -> Column:
        assert self._needs.picture is not None
        rows, columns = self._needs.picture
        pixel = max(self._picture_side() / max(rows, columns), 1.0)
        width, height = round(pixel * columns), round(pixel * rows)
        top = round(self._offset.y() + (self._height - height) / 2)
        rect = QRectF(round(x - width / 2), top, width, height)
        ys = top + (np.repeat(np.arange(rows), columns) + 0.5) * height / rows
        return Column(0, x, width, height, ys, 0, picture=rect, pitch=height / rows)

    def _bounds(self, columns: list[Column], features: tuple[QRectF, ...]) -> QRectF:
        rects = [*features, *(c.picture for c in columns if c.picture), *(c.chip for c in columns if c.chip)]
        tops = [float(c.ys.min()) - c.pitch / 2 for c in columns] + [rect.top() for rect in rects]
        bottoms = [float(c.ys.max()) + c.pitch / 2 for c in columns] + [rect.bottom() for rect in rects]
        left = columns[0].left - self._needs.left
        return QRectF(left, min(tops), columns[-1].right + self._needs.right - left, max(bottoms) - min(tops))


def sides(start: Column, end: Column) -> tuple[float, float]:
    """Return from where to where the edges between two layers go."""
    return start.right, max(end.left, start.right + 1.0)
