"""Names the layers above the drawing, and adds and removes neurons and layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from nnstudio.engine.hidden_layers import MAX_LAYERS, MAX_UNITS, HiddenLayer
from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.chart import CENTER, elided
from nnstudio.ui.panels.network.places import Places
from nnstudio.ui.panels.network.targets import Reading
from nnstudio.ui.roving import Roving
from nnstudio.ui.theme import Theme, ui_font

BUTTON, SMALL_BUTTON = 17, 15
#: Pixels from layer to layer from which there is room: for the buttons of a neuron; for buttons of the usual size, with
#: those that add a layer between them; and for these in words.
TIGHT, EASY, ROOMY = 46, 84, 116
FIRST_SIZE = 2


class HeadBar(QWidget):
    """A head for each layer. What the buttons do, the menu behind each title does as well.

    Attributes
    ----------
    hidden_changed : Signal(object)
        The hidden layers that are asked for, a tuple of HiddenLayer.
    """

    hidden_changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network_heads")
        self._hidden: tuple[HiddenLayer, ...] = ()
        self._asked: tuple[HiddenLayer, ...] = ()
        self._reading: Reading | None = None
        self._places: Places | None = None
        self._heads: list[_Head] = []
        self._adders: list[QToolButton] = []
        self._brief = False
        self._roving = Roving(self, self._buttons)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._font, self._bold = ui_font(theme, "caption"), ui_font(theme, "caption")
        self._bold.setBold(True)
        self._metrics = QFontMetricsF(self._font)
        self._button = round(BUTTON * theme.type_scale.caption / 11)
        self._fit_height()
        colors = theme.colors
        self.setStyleSheet(
            f"QToolButton {{ padding: 0; font-size: {theme.type_scale.caption}px; }}"
            f'QToolButton[round="true"] {{ border: 1px solid {colors["border_strong"]}; '
            f"border-radius: {round(self._button * SMALL_BUTTON / BUTTON) // 2}px; background: {colors['surface']}; }}"
            f'QToolButton[round="true"]:hover {{ background: {colors["hover"]}; }}'
            f'QToolButton[round="true"]:disabled {{ border-color: {colors["border"]}; }}'
            f'QToolButton[round="true"]:focus {{ border: 2px solid {colors["focus"]}; }}'
            'QToolButton[head="true"] { font-weight: 600; padding: 0 3px; }'
            'QToolButton[head="true"]:focus { padding: 0 2px; }'
            "QToolButton::menu-indicator { image: none; width: 0; }"
        )
        self._place()

    def set_brief(self, brief: bool) -> None:
        """Leave out the activations, for a low panel, or write them."""
        if brief != self._brief:
            self._brief = brief
            self._fit_height()
            self.update()

    def _fit_height(self) -> None:
        below = 0 if self._brief else round(self._metrics.height())
        self.setFixedHeight(2 * (self._button + 2) + below + 2)

    def set_run(self, run: Run, reading: Reading) -> None:
        """Show another network's layers."""
        self._hidden = self._asked = run.spec.network.hidden
        self._reading = reading
        self._chosen = len(run.spec.data.features), len(reading.features)
        while len(self._heads) > len(self._hidden):
            self._heads.pop().discard()
        while len(self._heads) < len(self._hidden):
            self._heads.append(_Head(self, len(self._heads), self._do))
        while len(self._adders) > len(self._hidden) + 1:
            _discard(self._adders.pop())
        while len(self._adders) < len(self._hidden) + 1:
            index = len(self._adders)
            button = _button(self, f"network_add_layer_{index + 1}", "+")
            button.clicked.connect(partial(self._do, "insert", index))
            self._adders.append(button)
        self._show_limits()
        self._place()
        self._roving.renew()

    def place(self, places: Places | None) -> None:
        """Stand above the layers of a drawing."""
        self._places = places
        self._place()

    # ---- changing ---------------------------------------------------------------------------------------------------

    def _do(self, what: str, index: int, _checked: bool = False) -> None:
        """Add or remove a neuron of a layer, or a layer; more clicks may come before the new network does."""
        layers = list(self._asked)
        if what in ("more", "fewer"):
            if index >= len(layers):
                return
            size = layers[index].size + (1 if what == "more" else -1)
            if not 1 <= size <= MAX_UNITS:
                return
            layers[index] = replace(layers[index], size=size)
        elif what == "insert":
            if len(layers) >= MAX_LAYERS:
                return
            beside = layers[index - 1] if index else layers[0] if layers else HiddenLayer(FIRST_SIZE)
            layers.insert(index, HiddenLayer(beside.size))
        elif index < len(layers):
            del layers[index]
        self._asked = tuple(layers)
        self.hidden_changed.emit(self._asked)

    def _show_limits(self) -> None:
        full = len(self._hidden) >= MAX_LAYERS
        for head, layer in zip(self._heads, self._hidden, strict=True):
            head.show_size(layer.size, full)
        for button in self._adders:
            button.setEnabled(not full)
            button.setToolTip(_NO_LAYERS if full else "Add a hidden layer here")
            button.setAccessibleName(f"Add a layer after {self._layer_words(self._adders.index(button))}")

    def _buttons(self) -> list[QToolButton]:
        """Return all buttons, from the left to the right."""
        rows = zip([(), *(head.widgets for head in self._heads)], self._adders, strict=False)
        return [button for widgets, adder in rows for button in (*widgets, adder)]

    @staticmethod
    def _layer_words(layer: int) -> str:
        return f"hidden layer {layer}" if layer else "the inputs"

    # ---- places -----------------------------------------------------------------------------------------------------

    def _place(self) -> None:
        places, reading = self._places, self._reading
        shown = places is not None and reading is not None and len(places.columns) == len(self._heads) + 2
        for widget in (*self._adders, *(each for head in self._heads for each in head.widgets)):
            widget.setVisible(shown)
        if not shown or places is None or reading is None:
            self.update()
            return
        pitch, advance = places.pitch * BUTTON / self._button, QFontMetricsF(self._bold).horizontalAdvance
        row = self._button + 3
        side = self._button if pitch >= EASY else round(self._button * SMALL_BUTTON / BUTTON)
        # Between the titles, unless there is room for them between the buttons of the neurons.
        beside = 0 if pitch >= EASY else side + 4
        for head, column in zip(self._heads, places.columns[1:-1], strict=True):
            title = self._title(column.layer)
            width = round(advance(title)) + 8
            removes = width + side + 2 + beside <= places.pitch
            left = round(column.x - (width + (side + 1 if removes else 0)) / 2)
            head.title.setText(title)
            head.title.setGeometry(left, 1, width, self._button + 1)
            head.remove.setGeometry(left + width + 1, 2, side, side)
            head.remove.setVisible(removes)
            half = max(self._metrics.horizontalAdvance(f"{self._hidden[column.layer - 1].size}") / 2 + 2, side / 2)
            head.fewer.setGeometry(round(column.x - half) - side, row, side, side)
            head.more.setGeometry(round(column.x + half), row, side, side)
            head.fewer.setVisible(pitch >= TIGHT)
            head.more.setVisible(pitch >= TIGHT)
        words = "+ layer" if pitch >= ROOMY else "+"
        width = round(self._metrics.horizontalAdvance(words)) + 12 if pitch >= ROOMY else side
        for button, start, end in zip(self._adders, places.columns, places.columns[1:], strict=False):
            button.setText(words)
            button.setGeometry(round((start.x + end.x - width) / 2), row if pitch >= EASY else 1, width, side)
            button.setVisible(pitch >= TIGHT)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("plot_background"))
        self._paint(painter, titled=False)

    def paint_titles(self, painter: QPainter) -> None:
        """Paint what pictures show: titles, sizes and activations."""
        self._paint(painter, titled=True)

    def _paint(self, painter: QPainter, *, titled: bool) -> None:
        places, reading = self._places, self._reading
        if places is None or reading is None or len(places.columns) != len(self._hidden) + 2:
            return
        side, line = self._button, self._metrics.height()
        for column in places.columns:
            layer = column.layer
            is_outer = layer in (0, len(places.columns) - 1)
            if titled or is_outer:
                self._write(painter, column.x, 1, self._title(layer), self._bold, "text", outer=is_outer)
            role = "muted" if is_outer else "text"
            self._write(painter, column.x, side + 3, self._count(layer), self._font, role, outer=is_outer)
            if layer and not self._brief:
                name = reading.activation(layer)
                self._write(painter, column.x, 2 * side + 4, name, self._font, "muted", outer=is_outer, height=line)

    def _write(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        font: QFont,
        role: str,
        outer: bool = False,
        height: float = 0,
    ) -> None:
        """Write in the middle of a column, without getting into the next one or out of the window."""
        assert self._places is not None
        if not -10 < x < self.width() + 10:
            return
        metrics, pitch = QFontMetricsF(font), self._places.pitch
        width = metrics.horizontalAdvance(text) + 2
        if not outer:
            text, width = elided(metrics, (text,), pitch - 3), min(width, pitch - 3)
        left = x - width / 2
        # The outer heads have room on their outer side; beside a title there may be a button.
        pitch -= self._button + 4 if pitch < EASY * self._button / BUTTON else 8
        if outer and width > pitch:
            left = x + pitch / 2 - width if x < self.width() / 2 else x - pitch / 2
        if outer:
            left = min(max(left, 2.0), self.width() - width - 2)
        painter.setFont(font)
        painter.setPen(self._theme.color(role))
        painter.drawText(QRectF(left, y, width, height or self._button), CENTER, text)

    def _title(self, layer: int) -> str:
        assert self._reading is not None and self._places is not None
        title = self._reading.layer_title(layer)
        if not 0 < layer <= len(self._hidden):
            column = self._places.columns[layer]
            outside = self.width() - column.x if layer else column.x
            beside = self._places.pitch - self._button if self._hidden else 2 * self._places.pitch
            room = outside + beside / 2 - 6
            return title if QFontMetricsF(self._bold).horizontalAdvance(title) <= room else "out" if layer else "in"
        needed = QFontMetricsF(self._bold).horizontalAdvance(title) + 10 + self._button
        return title if max(needed, EASY * self._button / BUTTON) <= self._places.pitch else f"h{layer}"

    def _count(self, layer: int) -> str:
        assert self._reading is not None
        if layer == 0 and self._chosen[1]:
            return f"{self._chosen[0]} of {self._chosen[1]}"
        return f"{len(self._reading.units[layer]):,}"


_NO_LAYERS = f"A network has at most {MAX_LAYERS} hidden layers"


class _Head:
    """The buttons of one hidden layer."""

    def __init__(self, bar: QWidget, index: int, do: Callable[..., None]) -> None:
        self._number = number = index + 1
        self.title = QToolButton(bar, objectName=f"network_layer_{number}")
        self.title.setProperty("head", True)
        self.title.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.title.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title.setAccessibleName(f"Hidden layer {number}")
        self.fewer = _button(bar, f"network_fewer_{number}", MINUS)
        self.more = _button(bar, f"network_more_{number}", "+")
        self.remove = _button(bar, f"network_remove_layer_{number}", "×")
        self.fewer.clicked.connect(partial(do, "fewer", index))
        self.more.clicked.connect(partial(do, "more", index))
        self.remove.clicked.connect(partial(do, "remove", index))
        menu = QMenu(self.title)
        menu.setToolTipsVisible(True)
        self._actions = {}
        for key, text, what, place in (
            ("more", "Add a neuron", "more", index),
            ("fewer", "Remove its last neuron", "fewer", index),
            ("before", "Add a layer before it", "insert", index),
            ("after", "Add a layer after it", "insert", index + 1),
            ("remove", "Remove this layer", "remove", index),
        ):
            if key == "before":
                menu.addSeparator()
            action = QAction(text, menu)
            action.triggered.connect(partial(do, what, place))
            menu.addAction(action)
            self._actions[key] = action
        self.title.setMenu(menu)

    @property
    def widgets(self) -> tuple[QToolButton, ...]:
        return self.title, self.fewer, self.more, self.remove

    def show_size(self, size: int, full: bool) -> None:
        """Take the number of neurons, and say why something cannot be done."""
        layer = f"hidden layer {self._number}"
        neurons = "1 neuron" if size == 1 else f"{size:,} neurons"
        self.title.setToolTip(f"{layer.capitalize()}: {neurons}. Click to add or remove neurons and layers")
        more = f"Add a neuron to {layer}" if size < MAX_UNITS else f"A layer has at most {MAX_UNITS:,} neurons"
        fewer = f"Remove the last neuron of {layer}" if size > 1 else "A layer has at least 1 neuron: remove the layer"
        for key, button, tip, able in (
            ("more", self.more, more, size < MAX_UNITS),
            ("fewer", self.fewer, fewer, size > 1),
            ("remove", self.remove, f"Remove {layer}", True),
        ):
            button.setToolTip(tip)
            button.setAccessibleName(f"{self._actions[key].text()}: {layer}")
            button.setEnabled(able)
            self._actions[key].setToolTip(tip)
            self._actions[key].setEnabled(able)
        for key, where in (("before", "before"), ("after", "after")):
            self._actions[key].setEnabled(not full)
            self._actions[key].setToolTip(_NO_LAYERS if full else f"Add a hidden layer {where} {layer}")

    def discard(self) -> None:
        """Take the widgets away."""
        for widget in self.widgets:
            _discard(widget)


def _button(parent: QWidget, name: str, text: str) -> QToolButton:
    button = QToolButton(parent, text=text, objectName=name)
    button.setProperty("round", True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _discard(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
