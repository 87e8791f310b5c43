"""Finds what is at a point of the drawing, where something is, and what comes next when the arrows walk about."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt

from nnstudio.ui.panels.network.edges import Edges
from nnstudio.ui.panels.network.places import Column, Places
from nnstudio.ui.panels.network.targets import Reading, Target


class Finder:
    """Knows where everything in one arrangement is.

    Parameters
    ----------
    places : Places
    reading : Reading
    edges : Edges
        With the same places.
    label : callable
        Gives the place of a unit's bias, from its column and number.
    """

    def __init__(self, places: Places, reading: Reading, edges: Edges, label: Callable[[Column, int], QRectF]) -> None:
        self._places, self._reading, self._edges, self._label = places, reading, edges, label

    def at(self, point: QPointF) -> Target | None:
        """Return what is at a point: nodes lie over edges."""
        for column in self._places.columns:
            found = self._in_column(column, point)
            if found is not None:
                return found
        edge = self._edges.find(point)
        return Target("edge", edge[0], edge[2], edge[1]) if edge else None

    def _in_column(self, column: Column, point: QPointF) -> Target | None:
        if column.layer == 0 and self._places.features:
            return self._feature_at(point)
        if column.picture:
            return self._pixel_at(column, point)
        if column.chip and column.chip.contains(point):
            return self._chip(column)
        if not column.shown:
            return None
        unit = int(np.abs(column.ys[: column.shown] - point.y()).argmin())
        if column.node(unit).adjusted(-2, -1, 2, 1).contains(point):
            return Target("unit", column.layer, unit)
        # A bias stands below its node, so that the next node may be nearer to it.
        for above in (unit, unit - 1):
            if column.label and above >= 0 and self._label(column, above).contains(point):
                return Target("bias", column.layer, above)
        return None

    def _feature_at(self, point: QPointF) -> Target | None:
        left = self._places.bounds.left()
        for row, rect in enumerate(self._places.features):
            # Its name is a part of it.
            if not rect.isEmpty() and rect.adjusted(left - rect.left(), -1, 2, 1).contains(point):
                return self._feature(row)
        return None

    def _feature(self, row: int) -> Target:
        unit = self._reading.features[row]
        return Target("feature", 0, -1 if unit is None else unit, feature=row)

    def _pixel_at(self, column: Column, point: QPointF) -> Target | None:
        rect = column.picture
        assert rect is not None
        if not rect.contains(point):
            return None
        rows = len(np.unique(column.ys))
        across = len(column.ys) // rows
        row = min(int((point.y() - rect.top()) / rect.height() * rows), rows - 1)
        return Target("unit", 0, row * across + min(int((point.x() - rect.left()) / rect.width() * across), across - 1))

    def _chip(self, column: Column) -> Target:
        return Target("more", column.layer, column.shown if column.shown < len(column.ys) else -1)

    # ---- where something is -----------------------------------------------------------------------------------------

    def rect(self, target: Target) -> QRectF:
        """Return the place of a target; that of an edge is its middle."""
        column = self._places.columns[target.layer]
        if target.kind == "edge":
            middle = self._edges.point((target.layer, target.source, target.unit))
            return QRectF(middle, QSizeF()).adjusted(-4, -4, 4, 4)
        if target.kind == "feature":
            return self._places.features[target.feature]
        if column.picture:
            return column.picture
        if target.kind == "more" or target.unit >= column.shown:
            return column.chip or QRectF()
        return self._label(column, target.unit) if target.kind == "bias" else column.node(target.unit)

    def column(self, layer: int) -> list[Target]:
        """Return what the arrows stop at in a layer, from the top down."""
        column = self._places.columns[layer]
        if layer == 0 and self._places.features:
            return [self._feature(row) for row, rect in enumerate(self._places.features) if not rect.isEmpty()]
        units = [Target("unit", layer, unit) for unit in range(column.reachable)]
        return [*units, self._chip(column)] if column.chip else units

    def next(self, target: Target, key: int) -> Target:
        """Return where an arrow leads from a target: along its layer, or to the nearest of the next one."""
        column = self.column(target.layer)
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            place = column.index(target) + (1 if key == Qt.Key.Key_Down else -1)
            return column[min(max(place, 0), len(column) - 1)]
        layer = target.layer + (1 if key == Qt.Key.Key_Right else -1)
        if not 0 <= layer < len(self._places.columns):
            return target
        y = self.rect(target).center().y()
        return min(self.column(layer), key=lambda other: abs(self.rect(other).center().y() - y))
