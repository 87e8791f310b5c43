"""Draws the weights as edges: as wide as they are large, solid where positive and dashed where negative."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from nnstudio.ui.panels.network.places import Column, Places, sides
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

#: So many edges are drawn in all, at most: of each neuron the strongest.
MOST_EDGES = 600
#: A weight this large, or larger, has the widest edge; one of `FULL_COLOR` the strongest colour.
FULL_WIDTH, FULL_COLOR = 5.0, 1.5
THINNEST, WIDEST = 1.0, 10.0
LEVELS = 40
#: A gap narrower than this, or so many times as high as wide, has straight edges: in it, bent ones would all run
#: upright in the middle.
NARROW, HIGH = 44.0, 5.0
#: How near to an edge the pointer has to come, in pixels.
NEAR = 5.0

Edge = tuple[int, int, int]
"""The layer that an edge leads to, the unit that it comes from, and the unit that it leads to."""


@dataclass(eq=False)
class _Gap:
    """What is drawn between two layers: edges in the order of their strength, the strongest last."""

    start: Column
    end: Column
    bent: bool
    sources: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    chosen: tuple[bytes, ...] = ()
    paths: dict[tuple[int, int], QPainterPath] = field(default_factory=dict)

    def path(self, source: int, target: int) -> QPainterPath:
        """Return the way of an edge; the same one every time."""
        path = self.paths.get((source, target))
        if path is None:
            (x0, x1), y0, y1 = sides(self.start, self.end), float(self.start.ys[source]), float(self.end.ys[target])
            if self.bent:
                path, middle = QPainterPath(QPointF(x0, y0)), (x0 + x1) / 2
                path.cubicTo(middle, y0, middle, y1, x1, y1)
            else:
                # The ends lie under the nodes, which are drawn over them.
                path = QPainterPath(QPointF(x0 - 2, y0))
                path.lineTo(x1 + 2, y1)
            self.paths[source, target] = path
        return path

    def heights(self, x: float, sources: Array, targets: Array) -> Array:
        """Return how high some edges are at a place between the layers."""
        y0, y1, along = self.start.ys[sources], self.end.ys[targets], self._along(x)
        return np.asarray(y0 + (y1 - y0) * along)

    def slopes(self, x: float, sources: Array, targets: Array) -> Array:
        """Return how steep some edges are there."""
        return self.heights(x + 0.5, sources, targets) - self.heights(x - 0.5, sources, targets)

    def _along(self, x: float) -> float:
        x0, x1 = sides(self.start, self.end)
        share = min(max((x - x0) / (x1 - x0), 0.0), 1.0)
        if not self.bent:
            return share
        # The share of the way across is 1.5 t (1 - t) + t**3 on the curve that `path` draws.
        t = np.linspace(0.0, 1.0, 65)
        t_here = float(np.interp(share, 1.5 * t * (1 - t) + t**3, t))
        return t_here * t_here * (3 - 2 * t_here)


class Edges:
    """The edges of a network; draws anew only those layers of them that look different.

    Attributes
    ----------
    shown, count : int
        How many edges are drawn, and how many there are.
    """

    def __init__(self, theme: Theme) -> None:
        self._places: Places | None = None
        self._blocks: Sequence[Array] = ()
        self._gaps: list[_Gap] = []
        self._drawn: list[tuple[bytes, ...] | None] = []
        self._look: object = None
        self._pixmap = QPixmap()
        self.shown = self.count = 0
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._look = None
        if self._places is not None:
            self._make_pens(self._places)

    def set_places(self, places: Places) -> None:
        """Take other places for the nodes."""
        self._places, self._look = places, None
        self._make_pens(places)
        self._gaps = []
        for start, end in zip(places.columns, places.columns[1:], strict=False):
            left, right = sides(start, end)
            ys = np.concatenate([start.ys, end.ys])
            bent = right - left >= max(NARROW, float(np.ptp(ys)) / HIGH)
            self._gaps.append(_Gap(start, end, bent=bent))

    def set_weights(self, blocks: Sequence[Array]) -> None:
        """Take other weights: for each layer a block with the biases as its last row."""
        self._blocks = blocks
        reachable = [(gap.start.reachable, gap.end.reachable) for gap in self._gaps]
        shares = _shares([rows * columns for rows, columns in reachable])
        self.count, self.shown = sum((block.shape[0] - 1) * block.shape[1] for block in blocks), 0
        for gap, block, (rows, columns), share in zip(self._gaps, blocks, reachable, shares, strict=True):
            each = min(max(share // max(columns, 1), 1), rows)
            self.shown += each * columns
            self._choose(gap, block[:rows, :columns], each)

    def _choose(self, gap: _Gap, weights: Array, each: int) -> None:
        """Note which edges of a gap are drawn, so many to each neuron, and how strong each looks."""
        levels = self._levels_of(weights)
        strength = np.abs(weights)
        if each < len(weights):
            strongest = np.argpartition(np.nan_to_num(strength), -each, axis=0)[-each:]
            sources, targets = strongest.ravel(), np.tile(np.arange(weights.shape[1]), each)
        else:
            sources, targets = (each_axis.ravel() for each_axis in np.indices(weights.shape))
        levels = levels[sources, targets]
        order = np.argsort(np.abs(levels), kind="stable")
        sources, targets, levels = sources[order], targets[order], levels[order]
        chosen = sources.tobytes(), targets.tobytes(), levels.tobytes()
        if chosen != gap.chosen:
            gap.chosen = chosen
            gap.sources, gap.targets, gap.levels = sources.tolist(), targets.tolist(), levels.tolist()

    @staticmethod
    def _levels_of(weights: Array) -> Array:
        """Return a weight's width and colour as one number from -LEVELS to LEVELS; its sign is the weight's."""
        with np.errstate(invalid="ignore", over="ignore"):
            share = np.nan_to_num(np.minimum(np.abs(weights), FULL_WIDTH) / FULL_WIDTH)
            # The root parts small weights, which differ in colour more than in width.
            return (np.sign(np.nan_to_num(weights)) * np.ceil(np.sqrt(share) * LEVELS)).astype(np.int16)

    def _make_pens(self, places: Places) -> None:
        nodes = min(column.height for column in places.columns[1:])
        hair = self._theme.lines.hair
        scale = min(max(nodes / (36.0 * hair), 0.3), 1.0) * hair
        # Among many, weak edges would be a grey curtain before the strong ones.
        self._palest = 0.25 if sum(len(c.ys) for c in places.columns) < 16 else 0.12
        self._pens = {level: self._pen(level, scale) for level in range(-LEVELS, LEVELS + 1)}

    def _pen(self, level: int, scale: float) -> QPen:
        size = (level / LEVELS) ** 2 * FULL_WIDTH
        width = max((THINNEST + (WIDEST - THINNEST) * size / FULL_WIDTH) * scale, 0.8 * self._theme.lines.hair)
        strong = self._theme.color("positive" if level >= 0 else "negative")
        ground = self._theme.color("plot_background")
        pen = QPen(mixed(ground, strong, self._palest + (1 - self._palest) * min(size / FULL_COLOR, 1.0)), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if level < 0:
            # Lengths are the same for all widths, but for very wide edges: they are given in widths.
            pen.setDashPattern([max(6.0, 1.5 * width) / width, max(3.5, 0.6 * width) / width])
        return pen

    # ---- drawing ----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        """Draw all edges as lines."""
        for gap in self._gaps:
            self._paint_gap(painter, gap)

    def pixmap(self, size: QRect, ratio: float, look: object, ground: Callable[[QPainter], None]) -> QPixmap:
        """Return a picture of all edges on their ground, of which only what has changed is drawn anew.

        Parameters
        ----------
        size : QRect
            Of the picture, in device-independent pixels.
        ratio : float
            Pixels of the device for each of these.
        look : object
            Equal as long as the same ground would be drawn.
        ground : callable
            Draws the ground, as far as the painter's clip lets it.
        """
        looks = (size.width(), size.height(), ratio, look)
        if looks != self._look:
            self._look = looks
            self._pixmap = QPixmap(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
            self._pixmap.setDevicePixelRatio(ratio)
            self._drawn = [None] * len(self._gaps)
            painter = QPainter(self._pixmap)
            ground(painter)
            painter.end()
        changed = [i for i, gap in enumerate(self._gaps) if gap.chosen != self._drawn[i]]
        if changed:
            painter = QPainter(self._pixmap)
            for i in changed:
                left, right = sides(self._gaps[i].start, self._gaps[i].end)
                painter.setClipRect(QRectF(left - 3, 0, right - left + 6, size.height()).toAlignedRect())
                ground(painter)
                self._paint_gap(painter, self._gaps[i])
                self._drawn[i] = self._gaps[i].chosen
            painter.end()
        return self._pixmap

    def _paint_gap(self, painter: QPainter, gap: _Gap) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        last, path = None, gap.path
        for source, target, level in zip(gap.sources, gap.targets, gap.levels, strict=True):
            if level != last:
                painter.setPen(self._pens[level])
                last = level
            painter.drawPath(path(source, target))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint_forward(self, painter: QPainter, edges: Iterable[Edge]) -> None:
        """Draw these edges, whether they are among the strongest or not."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for layer, source, target in edges:
            weight = self._blocks[layer - 1][source, target]
            painter.setPen(self._pens[int(self._levels_of(weight))])
            painter.drawPath(self._gaps[layer - 1].path(source, target))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def paint_mark(self, painter: QPainter, edge: Edge) -> None:
        """Draw what shows that an edge is under the pointer, behind it."""
        layer, source, target = edge
        width = self._pens[int(self._levels_of(self._blocks[layer - 1][source, target]))].widthF()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("focus"), width + 5))
        path = self._gaps[layer - 1].path(source, target)
        painter.drawPath(path)
        painter.setPen(QPen(self._theme.color("plot_background"), width + 2))
        painter.drawPath(path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # ---- finding ----------------------------------------------------------------------------------------------------

    def find(self, point: QPointF) -> Edge | None:
        """Return the edge at a point, the nearest of those that are drawn."""
        for layer, gap in enumerate(self._gaps, 1):
            left, right = sides(gap.start, gap.end)
            if not left <= point.x() <= right or not gap.sources:
                continue
            sources, targets = np.array(gap.sources), np.array(gap.targets)
            off = np.abs(gap.heights(point.x(), sources, targets) - point.y())
            off /= np.hypot(1.0, gap.slopes(point.x(), sources, targets))
            widths = np.array([self._pens[level].widthF() for level in gap.levels])
            off -= widths / 2
            nearest = int(off.argmin())
            return (layer, gap.sources[nearest], gap.targets[nearest]) if off[nearest] <= NEAR else None
        return None

    def point(self, edge: Edge, share: float = 0.5) -> QPointF:
        """Return the point of an edge at a share of its way across."""
        layer, source, target = edge
        gap = self._gaps[layer - 1]
        left, right = sides(gap.start, gap.end)
        x = left + share * (right - left)
        return QPointF(x, float(gap.heights(x, np.array(source), np.array(target))))

    def number_places(self, edges: Sequence[Edge], size: QSizeF, room: float) -> list[tuple[Edge, QPointF]]:
        """Return where numbers of a size can stand on some edges; none for a gap in which they would be crowded.

        Parameters
        ----------
        edges : sequence of Edge
            Ordered by layer.
        size : QSizeF
            Of the widest number.
        room : float
            So many times as wide as that a gap has to be.
        """
        found = []
        for layer, group in groupby(edges, key=lambda edge: edge[0]):
            these, gap = list(group), self._gaps[layer - 1]
            left, right = sides(gap.start, gap.end)
            for share in (0.5, 0.28, 0.72) if right - left > room * size.width() else ():
                places = [self.point(edge, share) for edge in these]
                if np.diff(sorted(place.y() for place in places)).min(initial=np.inf) >= size.height() - 2:
                    found += list(zip(these, places, strict=True))
                    break
        return found

    def drawn(self) -> list[Edge]:
        """Return the edges that are drawn, by layer."""
        return [
            (n, *pair) for n, gap in enumerate(self._gaps, 1) for pair in zip(gap.sources, gap.targets, strict=True)
        ]


def _shares(wanted: Sequence[int]) -> list[int]:
    """Share out the edges that are drawn at most: gaps that want few get all, the others the same."""
    shares, left = [0] * len(wanted), MOST_EDGES
    order = sorted(range(len(wanted)), key=lambda gap: wanted[gap])
    for place, gap in enumerate(order):
        shares[gap] = min(wanted[gap], left // (len(order) - place))
        left -= shares[gap]
    return shares


def mixed(ground: QColor, ink: QColor, share: float) -> QColor:
    """Return a colour between two, share 1 being the second."""
    two = ((ground.redF(), ink.redF()), (ground.greenF(), ink.greenF()), (ground.blueF(), ink.blueF()))
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in two))
