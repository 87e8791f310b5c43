"""Edits the hidden layers as rows of size and activation that are added, removed and reordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from nnstudio.engine.hidden_layers import MAX_UNITS, HiddenLayer, HiddenLayers
from nnstudio.engine.registry import Choice, ChoiceOf, Number, SettingError
from nnstudio.ui.forms.choice_row import INDENT, ChoiceParameters
from nnstudio.ui.forms.combo_field import ComboField, Item
from nnstudio.ui.forms.fields import entry_items
from nnstudio.ui.forms.number_field import NumberField
from nnstudio.ui.forms.rows import GUTTER, ROW_GAP, FieldRow, discard
from nnstudio.ui.icons import icon
from nnstudio.ui.speech import name_box, set_tip
from nnstudio.ui.theme import Theme, set_look

_FIRST_SIZE = 2
_NO_LAYER = "no hidden layer: inputs go straight to the outputs"
_AS_NETWORK = ""


class LayersField(QWidget):
    """The hidden layers, from the inputs on.

    Parameters
    ----------
    parameter : HiddenLayers
        What is edited.
    activation : ChoiceOf
        What a layer can have for an activation of its own.
    name : str
        Key of the setting; the fields of the first layer are called ``name[0].size`` and so on.
    theme : Theme
    """

    edited = Signal(object)
    """The layers as a tuple, or their texts where one is not valid."""
    restored = Signal()

    def __init__(self, parameter: HiddenLayers, activation: ChoiceOf, name: str, theme: Theme) -> None:
        super().__init__()
        self._parameter, self._activation, self._name, self._theme = parameter, activation, name, theme
        self._layers: tuple[HiddenLayer, ...] = ()
        self._network_activation = ""
        self._label_width = 0
        self._asked: QWidget | None = None
        self.rows: list[LayerRow] = []
        self._none = QLabel(_NO_LAYER)
        self._none.setContentsMargins(GUTTER, 0, 0, 0)
        self._none.setWordWrap(True)
        set_look(self._none, role="muted")
        self.add_button = QToolButton()
        self.add_button.setObjectName(f"{name}.add")
        self.add_button.setText("Add layer")
        self.add_button.setToolTip("Add a hidden layer before the outputs")
        self.add_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.add_button.clicked.connect(self._add)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(ROW_GAP)
        self._layout.addWidget(self._none)
        self.set_theme(theme)

    def text(self) -> str:
        """The layers as on the command line: ``4,2:tanh``."""
        return self._parameter.format(self._layers)

    def set_text(self, text: str) -> None:
        """Enter layers as on the command line."""
        try:
            self._enter(self._parameter.parse(text))
        except SettingError:
            self.edited.emit(text)

    setText = set_text  # noqa: N815 - what scripts call on every other field

    def show_value(self, layers: tuple[HiddenLayer, ...]) -> None:
        """Show the present layers."""
        self._layers, self._asked = layers, None
        while len(self.rows) > len(layers):
            discard(self.rows.pop())
        while len(self.rows) < len(layers):
            self._append_row()
        for index, (row, layer) in enumerate(zip(self.rows, layers, strict=True)):
            row.set_place(f"{self._name}[{index}]", index, len(layers))
            row.show_layer(layer)
        self._none.setVisible(not layers)

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen."""
        return [stop for row in self.rows for stop in row.tab_stops()]

    def show_network_activation(self, label: str) -> None:
        """Say which activation a layer has that has none of its own."""
        self._network_activation = label
        for row in self.rows:
            row.show_network_activation(label)

    def set_invalid(self, invalid: bool) -> None:
        """Mark what was entered last as something that will not do."""
        for row in self.rows:
            for field in (row.size_field, row.activation_field, *row.parameters.fields()):
                field.set_invalid(invalid and field is self._asked)

    def set_label_width(self, width: int) -> None:
        """Let the parameters' fields begin where all fields do."""
        self._label_width = width
        for row in self.rows:
            row.parameters.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self._theme = theme
        self.add_button.setIcon(icon("add", theme))
        for row in self.rows:
            row.set_theme(theme)

    # ---- what the user does ---------------------------------------------------------------------------------------

    @Slot()
    def _add(self) -> None:
        size = self._layers[-1].size if self._layers else _FIRST_SIZE
        self._enter((*self._layers, HiddenLayer(size)))

    @Slot()
    def _remove(self) -> None:
        index = self._sender_index()
        self._enter(self._layers[:index] + self._layers[index + 1 :])
        if self.rows:
            self.rows[min(index, len(self.rows) - 1)].remove_button.setFocus()
        else:
            self.add_button.setFocus()

    @Slot(int)
    def _move(self, by: int) -> None:
        index = self._sender_index()
        layers = list(self._layers)
        layers.insert(index + by, layers.pop(index))
        self._enter(tuple(layers))
        self.rows[index + by].focus_move(by)  # the same key moves the same layer on

    @Slot(object)
    def _resize(self, size: object) -> None:
        index = self._sender_index()
        self._asked = self.rows[index].size_field
        if isinstance(size, int):
            self._enter(_replaced(self._layers, index, replace(self._layers[index], size=size)))
        else:
            activation = self._layers[index].activation
            text = f"{size}:{activation}" if activation else str(size)
            self.edited.emit([*map(str, self._layers[:index]), text, *map(str, self._layers[index + 1 :])])

    @Slot(object)
    def _choose(self, name: str) -> None:
        index = self._sender_index()
        self._asked = self.rows[index].activation_field
        activation = None if name == _AS_NETWORK else Choice(name)
        self._enter(_replaced(self._layers, index, replace(self._layers[index], activation=activation)))

    @Slot(object)
    def _set_parameter(self, activation: object) -> None:
        index = self._sender_index()
        layer = self._layers[index]
        self._asked = self.rows[index].parameters.entered_field()
        if isinstance(activation, Choice):
            self._enter(_replaced(self._layers, index, replace(layer, activation=activation)))
        else:
            self.edited.emit(_replaced(self._layers, index, {"size": layer.size, "activation": activation}))

    def _enter(self, layers: tuple[HiddenLayer, ...]) -> None:
        if layers == self._layers:
            self.show_value(layers)
            self.restored.emit()
        else:
            self.edited.emit(layers)

    def _sender_index(self) -> int:
        return self.rows.index(self.sender())  # type: ignore[arg-type] # only rows are connected

    def _append_row(self) -> None:
        row = LayerRow(self._activation, self._theme)
        row.resized.connect(self._resize)
        row.activation_chosen.connect(self._choose)
        row.parameter_set.connect(self._set_parameter)
        row.moved.connect(self._move)
        row.removed.connect(self._remove)
        row.restored.connect(self.restored)
        row.show_network_activation(self._network_activation)
        row.parameters.set_label_width(self._label_width)
        self.rows.append(row)
        self._layout.addWidget(row)
        row.show()  # a layout would do so with its next event, too late for the focus


class LayersRow(FieldRow):
    """The label of the hidden layers with the button that adds one, and the layers under them."""

    def __init__(self, parameter: HiddenLayers, name: str, theme: Theme, field: LayersField) -> None:
        super().__init__(parameter, name, theme, field=field, wide=True, extra=field.add_button)

    def label_room(self) -> int:
        return 0

    def set_label_width(self, width: int) -> None:
        self.field.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.field.set_theme(theme)


class LayerRow(QWidget):
    """One hidden layer: its size, its activation, and buttons that move and remove it."""

    resized = Signal(object)
    activation_chosen = Signal(object)
    parameter_set = Signal(object)
    moved = Signal(int)
    removed = Signal()
    restored = Signal()

    def __init__(self, activation: ChoiceOf, theme: Theme) -> None:
        super().__init__()
        help_text = "Neurons in this layer. More of them can draw more complicated boundaries."
        neurons = Number(
            key="size", label="Neurons", help=help_text, default=1, whole=True, minimum=1, maximum=MAX_UNITS
        )
        self.size_field = NumberField(neurons)
        set_tip(self.size_field, f"<p>{help_text}</p><p>{neurons.expected.capitalize()}</p>")
        as_network = Item("default", _AS_NETWORK, "The activation that is chosen for the network, below.")
        self.activation_field = ComboField([as_network, *entry_items(activation)])
        set_tip(self.activation_field, "<p>What the neurons of this layer make of their weighted sums.</p>")
        self.up_button, self.down_button = QToolButton(), QToolButton()
        self.remove_button = QToolButton()
        self.parameters = ChoiceParameters(activation.registry, "", theme, indent=INDENT)

        line = QHBoxLayout()
        line.setContentsMargins(GUTTER, 0, 0, 0)
        line.setSpacing(2)
        line.addWidget(self.size_field)
        line.addSpacing(2)
        line.addWidget(self.activation_field, 1)
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP)
        layout.addLayout(line)
        layout.addWidget(self.parameters)

        self.size_field.edited.connect(self.resized)
        self.activation_field.edited.connect(self.activation_chosen)
        self.parameters.edited.connect(self.parameter_set)
        self.size_field.restored.connect(self.restored)
        self.activation_field.restored.connect(self.restored)
        self.parameters.restored.connect(self.restored)
        self.up_button.clicked.connect(self._move_up)
        self.down_button.clicked.connect(self._move_down)
        self.remove_button.clicked.connect(self.removed)
        self.set_theme(theme)

    def set_place(self, name: str, index: int, count: int) -> None:
        """Name the fields by the place of the layer among all."""
        layer = f"hidden layer {index + 1}"
        for widget, part, words in (
            (self.size_field, "size", f"Neurons of {layer}"),
            (self.activation_field, "activation", f"Activation of {layer}"),
            (self.up_button, "up", f"Move {layer} nearer to the inputs"),
            (self.down_button, "down", f"Move {layer} nearer to the outputs"),
            (self.remove_button, "remove", f"Remove {layer}"),
        ):
            widget.setObjectName(f"{name}.{part}")
            widget.setAccessibleName(words)
            if isinstance(widget, QToolButton):
                widget.setToolTip(words)
        name_box(self.activation_field, f"Activation of {layer}")
        self.parameters.set_names(f"{name}.activation")
        self.up_button.setEnabled(index > 0)
        self.down_button.setEnabled(index < count - 1)
        for button in (self.up_button, self.down_button):
            button.setVisible(count > 1)

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen."""
        buttons = (self.up_button, self.down_button, self.remove_button)
        return [self.size_field, self.activation_field, *buttons, *self.parameters.tab_stops()]

    def show_layer(self, layer: HiddenLayer) -> None:
        """Show the present size and activation."""
        self.size_field.show_value(layer.size)
        self.activation_field.show_data(layer.activation.name if layer.activation else _AS_NETWORK)
        self.parameters.show_choice(layer.activation)

    def show_network_activation(self, label: str) -> None:
        """Say which activation the layer has if it has none of its own."""
        self.activation_field.setItemText(0, f"default ({label})")

    def focus_move(self, by: int) -> None:
        """Give the focus to the button that moves the layer on, or back where it has come to the end."""
        onward, back = (self.up_button, self.down_button) if by < 0 else (self.down_button, self.up_button)
        (onward if onward.isEnabled() else back).setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self.size_field.setFixedWidth(theme.scaled(62))
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setIconSize(QSize(theme.scaled(14), theme.scaled(14)))
            button.setFixedSize(theme.scaled(20), theme.scaled(24))
        self.up_button.setIcon(icon("move_up", theme))
        self.down_button.setIcon(icon("move_down", theme))
        self.remove_button.setIcon(icon("remove", theme))
        self.parameters.set_theme(theme)

    @Slot()
    def _move_up(self) -> None:
        self.moved.emit(-1)

    @Slot()
    def _move_down(self) -> None:
        self.moved.emit(1)


def _replaced(items: Sequence[Any], index: int, item: Any) -> tuple[Any, ...]:
    return (*items[:index], item, *items[index + 1 :])
