"""Shows a run's frames as a drawing of its network, which can be zoomed and moved."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from nnstudio.session.run import Run
from nnstudio.ui.numbers import DIGITS
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.panels.chart import paint_message
from nnstudio.ui.panels.network.edges import Edge, Edges
from nnstudio.ui.panels.network.finding import Finder
from nnstudio.ui.panels.network.nodes import NodePainter
from nnstudio.ui.panels.network.overlays import paint_card, paint_note, paint_tags
from nnstudio.ui.panels.network.places import Places, arrange
from nnstudio.ui.panels.network.responses import Responses
from nnstudio.ui.panels.network.targets import Reading, Target, short_signed
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

LEAST, FURTHEST = 0.01, 16.0
#: How much is left of the other edges while one neuron's are brought forward.
FADED = 0.16
#: So many edges, of a network or of one neuron, have their weights written on them.
MOST_NUMBERS = 24


class NetworkCanvas(QWidget):
    """Paints a network, and what is said of one place in it.

    Attributes
    ----------
    arranged : Signal()
        Places have changed.
    places : Places or None
        Where everything is.
    target : Target or None
        What is pointed at.
    editing : Target or None
        What a value is being typed for.
    zoom : float
    is_fitted : bool
        The whole drawing is in view, and stays so when the size changes.
    cost : float
        Seconds that it took to paint the latest frame.
    """

    arranged = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network_drawing")
        self.setAccessibleName("Drawing of the network")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._run: Run | None = None
        self._unfolded: frozenset[int] = frozenset()
        self._offset = QPointF()
        self.target: Target | None = None
        self.editing: Target | None = None
        self._note = ""
        self._sample = 0
        self._at_rest, self._room = False, 0.0
        self.places: Places | None = None
        self.zoom, self.is_fitted, self.cost = 1.0, True, 0.0
        self._backdrop = Backdrop()
        self._nodes, self._edges = NodePainter(theme), Edges(theme)
        self._numbered: tuple[list[tuple[Edge, QPointF]], int] = ([], theme.digits)
        self._theme = theme

    # ---- what is shown ----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        if self._run is not None:
            self.reading.digits = theme.digits
        self._nodes.set_theme(theme)
        self._edges.set_theme(theme)
        self._arrange()

    def set_run(self, run: Run) -> None:
        """Take another network; what is folded and zoomed stays so if its shape is the same."""
        if self._run is None or self._run.layout.sizes != run.layout.sizes:
            self._unfolded = frozenset()
            self.zoom, self.is_fitted, self._offset = 1.0, True, QPointF()
        self._run, self._note = run, ""
        self._sample = min(self._sample, run.dataset.samples - 1)
        self.reading = Reading(run, self._theme.digits)
        self._responses = Responses(run)
        self._responses.set_sample(self._sample)
        self._nodes.set_run(run, self.reading, self._responses)
        self.target = self.editing = None
        self._arrange()

    def set_frame(self, *, at_rest: bool = False) -> None:
        """Show the run's latest frame, as finely as there is time for when it rests."""
        self._at_rest = at_rest
        if self._run is None or self.places is None:
            return
        self._edges.set_weights(self._run.layout.blocks(self._run.frame.parameters))
        size = QSizeF(self.size())
        self._seen = [self.places.seen(column, size) for column in self.places.columns]
        side = max(column.height for column in self.places.columns[1:]) * self.devicePixelRatioF()
        resolution = self._responses.resolution(side, at_rest)
        self._responses.compute(self.places, self._seen, resolution)
        self.update()

    def set_sample(self, sample: int) -> None:
        """Show the values of another sample."""
        self._sample = sample
        if self._run is not None:
            self._responses.set_sample(sample)
            self.set_frame(at_rest=self._at_rest)

    def say(self, note: str) -> None:
        """Show a note until the pointer moves on."""
        self._note = note
        self.update()

    def _arrange(self) -> None:
        """Find places for everything anew."""
        self.places = None
        size = QSizeF(self.size())
        if self._run is not None and size.width() > 20 and size.height() > 20:
            needs = self._nodes.needs(size, self._unfolded)
            self._room = size.height() - needs.foot
            self.places = arrange(needs, size, self.zoom, self._offset)
            self._edges.set_places(self.places)
            self._finder = Finder(self.places, self.reading, self._edges, self._nodes.label)
            self.set_frame(at_rest=self._at_rest)
            few = self._edges.count <= MOST_NUMBERS
            self._numbered = self._numbers_on(self._edges.drawn(), 2.6) if few else ([], self._theme.digits)
        self.arranged.emit()
        self.update()

    # ---- zoom and pan -----------------------------------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        """Bring the whole drawing into view."""
        self.zoom, self._offset = 1.0, QPointF()
        self._arrange()
        # A layer that has been unfolded may be too high; not all of it shrinks, so that it takes some steps.
        while self.places is not None and self.zoom > LEAST and self.places.bounds.height() > self._room + 1:
            self.zoom *= 0.99 * self._room / self.places.bounds.height()
            self._arrange()
            self._keep_in_view()
        self.is_fitted = True

    def zoom_by(self, factor: float, center: QPointF | None = None) -> None:
        """Make everything larger or smaller around a point; without one, around the middle."""
        center = center or QPointF(self.rect().center())
        # Far enough to see all of a layer that has been unfolded, and no further.
        least = min(1.0, self.zoom * self._room / self.places.bounds.height()) if self.places else 1.0
        zoom = min(max(self.zoom * factor, least), FURTHEST)
        if math.isclose(zoom, self.zoom):
            return
        if math.isclose(zoom, 1.0, abs_tol=0.02) and not self._unfolded:
            self.fit()
            return
        self._offset = center - (center - self._offset) * (zoom / self.zoom)
        self.zoom, self.is_fitted = zoom, False
        self._arrange()
        self._keep_in_view()

    def move_by(self, way: QPointF) -> None:
        """Move the drawing by so many pixels."""
        self._offset += way
        self.is_fitted = False
        self._arrange()
        self._keep_in_view()

    def unfold(self, layer: int) -> None:
        """Show all units of a layer, or fold it again."""
        self._unfolded = self._unfolded ^ {layer}
        self.is_fitted = False
        self._arrange()
        self._keep_in_view()

    def _keep_in_view(self) -> None:
        """Leave no empty room on one side while there is more to see on the other."""
        if self.places is None:
            return
        bounds, back = self.places.bounds, QPointF()
        for side, low, high, room in (
            ("x", bounds.left(), bounds.right(), float(self.width())),
            ("y", bounds.top(), bounds.bottom(), self._room),
        ):
            if high - low <= room:
                shift = (room - high - low) / 2
            else:
                shift = min(0.0, -low) if low > 0 else max(0.0, room - high) if high < room else 0.0
            back = back + (QPointF(shift, 0) if side == "x" else QPointF(0, shift))
        if back.manhattanLength() > 0.5:
            self._offset += back
            self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(560, 330)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.is_fitted:
            self.fit()
        else:
            self._arrange()
            self._keep_in_view()

    # ---- what is pointed at -----------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """What is said of the target, its name first; empty without one."""
        target = self.target
        if target is None or self._run is None:
            return []
        now = low = high = 0.0
        if target.unit >= 0 and target.kind in ("unit", "feature"):
            now = float(self._responses.now(target.layer)[target.unit])
            low, high = self._responses.range_of(target.layer, target.unit)
        lines = self.reading.lines(target, now, low, high, self._responses.over())
        if target.is_parameter:
            lines.append("Click to type a value")
        return lines

    def rect_of(self, target: Target) -> QRectF:
        """Return where something is drawn."""
        return self._finder.rect(target)

    @staticmethod
    def unit_of(target: Target | None) -> tuple[int, int] | None:
        """Return layer and number of the unit that a target stands for, if it does for one."""
        if target is None or target.kind in ("edge", "more") or target.unit < 0:
            return None
        return target.layer, target.unit

    def _forward(self) -> list[Edge]:
        """Return the edges of the neuron that is pointed at: all of them."""
        target, run = self.target, self._run
        unit = self.unit_of(target)
        if unit is None or run is None:
            return []
        layer, number = unit
        sizes = run.layout.sizes
        edges = [(layer, source, number) for source in range(sizes[layer - 1])] if layer else []
        if layer < len(sizes) - 1:
            edges += [(layer + 1, number, end) for end in range(sizes[layer + 1])]
        return edges

    # ---- painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        start = time.perf_counter()
        painter = QPainter(self)
        if self._run is None or self.places is None:
            painter.fillRect(self.rect(), self._theme.color("plot_background"))
            paint_message(painter, self._theme, self._nodes.font, QRectF(self.rect()), "No network yet")
            return
        forward, editing = self._forward(), self.editing
        look = (self._theme, self.places)
        pixmap = self._edges.pixmap(self.rect(), self.devicePixelRatioF(), look, self._paint_ground)
        if forward:
            self._paint_ground(painter)
            painter.setOpacity(FADED)
        painter.drawPixmap(0, 0, pixmap)
        painter.setOpacity(1.0)
        self._edges.paint_forward(painter, forward)
        for target in (self.target, editing):
            if target is not None and target.kind == "edge":
                edge = target.layer, target.source, target.unit
                self._edges.paint_mark(painter, edge)
                self._edges.paint_forward(painter, [edge])
        self._nodes.paint(painter, self.places, self._seen, self._sample)
        self._paint_target(painter, forward, editing)
        self.cost = time.perf_counter() - start

    def paint_plain(self, painter: QPainter) -> None:
        """Paint the drawing alone, as lines and letters: nothing of what is pointed at."""
        if self._run is None or self.places is None:
            paint_message(painter, self._theme, self._nodes.font, QRectF(self.rect()), "No network yet")
            return
        self._nodes.paint_names(painter, self.places)
        self._edges.paint(painter)
        self._nodes.paint(painter, self.places, self._seen, self._sample)
        self._paint_numbers(painter, *self._numbered)
        self._paint_count(painter)

    def _paint_count(self, painter: QPainter) -> None:
        """Say how many of the edges are drawn, if not all of them are."""
        if self._edges.shown < self._edges.count:
            few = f"the strongest {self._edges.shown:,} of {self._edges.count:,} edges"
            bounds = QRectF(self.rect()).adjusted(4, 4, -4, -4)
            paint_note(painter, self._theme, self._nodes.font, few, bounds)

    def _paint_ground(self, painter: QPainter) -> None:
        places, ground = self.places, self._theme.color("plot_background")
        assert places is not None
        look = (self._theme, places)
        self._backdrop.paint(
            painter, self, self.rect(), ground, look, lambda inner, _: self._nodes.paint_names(inner, places)
        )

    def _paint_target(self, painter: QPainter, forward: Sequence[Edge], editing: Target | None) -> None:
        """Paint what is said of what is pointed at, and around it."""
        theme, target, places = self._theme, self.target, self.places
        assert places is not None and self._run is not None
        bounds = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        for marked in (target, editing):
            if marked is not None and marked.kind != "edge":
                painter.setPen(QPen(theme.color("focus"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self._finder.rect(marked).adjusted(-2, -2, 2, 2))
        if target is not None and target.kind == "unit" and target.layer == 1 and places.columns[0].picture:
            weights = self._run.layout.blocks(self._run.frame.parameters)[0][:-1, target.unit]
            self._nodes.paint_weights(painter, places.columns[0], weights)
        numbered = self._numbered
        if forward:
            few = len(forward) <= MOST_NUMBERS
            numbered = self._numbers_on(forward, 1.3) if few else ([], self._theme.digits)
        self._paint_numbers(painter, *numbered)
        if self._note:
            paint_note(painter, theme, self._nodes.font, self._note, bounds, "text")
        else:
            self._paint_count(painter)
        if target is not None and editing is None:
            fonts, beside = (self._nodes.font, self._nodes.bold), self._finder.rect(target)
            paint_card(painter, theme, fonts, self.lines, beside, bounds, self._spared(target, forward))

    def _spared(self, target: Target, forward: Sequence[Edge]) -> Array:
        """Return points that the card had better not hide: of the edges, and of a neuron's weights as a picture."""
        edges = [(target.layer, target.source, target.unit)] if target.kind == "edge" else forward
        points = [self._edges.point(edge, share) for edge in edges for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
        picture = self.places.columns[0].picture if self.places and target.layer == 1 else None
        if picture is not None:
            grid = [(x, y) for x in (0.1, 0.37, 0.63, 0.9) for y in (0.1, 0.37, 0.63, 0.9)]
            points += [picture.topLeft() + QPointF(x * picture.width(), y * picture.height()) for x, y in grid]
        return np.array([(point.x(), point.y()) for point in points]).reshape(-1, 2)

    def _numbers_on(self, edges: Sequence[Edge], room: float) -> tuple[list[tuple[Edge, QPointF]], int]:
        """Return where numbers stand on edges, and with how many digits: no more than leave room for all of them."""
        metrics, wanted = self._nodes.metrics, self._theme.digits
        best: tuple[list[tuple[Edge, QPointF]], int] = ([], wanted)
        for digits in range(min(wanted, DIGITS), wanted + 1):
            size = QSizeF(metrics.horizontalAdvance(short_signed(-1.0, digits)) + 4, metrics.height())
            found = self._edges.number_places(edges, size, room)
            if len(found) >= len(best[0]):
                best = found, digits
        return best

    def _paint_numbers(self, painter: QPainter, numbered: Sequence[tuple[Edge, QPointF]], digits: int) -> None:
        """Write the weights of some edges on them."""
        assert self._run is not None
        blocks = self._run.layout.blocks(self._run.frame.parameters)
        weights = [float(blocks[layer - 1][source, unit]) for (layer, source, unit), _ in numbered]
        tags = [
            (place, short_signed(weight, digits), weight >= 0)
            for (_, place), weight in zip(numbered, weights, strict=True)
        ]
        paint_tags(painter, self._theme, self._nodes.font, tags)
