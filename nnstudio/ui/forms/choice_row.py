"""Sets the parameters of what is chosen in rows under the choice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.engine.registry import Choice, ChoiceOf, Registry, SettingError
from nnstudio.ui.forms.rows import ROW_GAP, FieldRow, discard
from nnstudio.ui.theme import Theme

INDENT = 12
"""How far the parameters of a choice stand in from the choice itself."""


class ChoiceRow(FieldRow):
    """A choice from a registry, with the parameters of what is chosen in rows under it."""

    def __init__(self, parameter: ChoiceOf, name: str, theme: Theme, **layout: Any) -> None:
        super().__init__(parameter, name, theme, **layout)
        self.parameters = ChoiceParameters(parameter.registry, name, theme, indent=self._indent + INDENT)
        self.parameters.edited.connect(self._forward_parameter)
        self.body.addWidget(self.parameters)
        self._registry = parameter.registry
        self._asking = False

    def show_value(self, value: Choice) -> None:
        super().show_value(value)
        self.parameters.show_choice(value)
        entry = self._registry[value.name]
        self._describe(f"{entry.label}: {entry.summary}")
        self._asking = False

    def show_rejection(self, name: str, message: str) -> None:
        if not ((self._asking or name != self.name) and self.parameters.show_rejection(name, message)):
            super().show_rejection(name, message)

    def tab_stops(self) -> list[QWidget]:
        return [*super().tab_stops(), *self.parameters.tab_stops()]

    def label_room(self) -> int:
        inner = (part for entry in self._registry.values() for part in entry.parameters)
        indent = self._indent + INDENT
        return max(super().label_room(), *(self._room(part, indent) for part in inner), 0)

    def set_label_width(self, width: int) -> None:
        super().set_label_width(width)
        self.parameters.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.parameters.set_theme(theme)

    @Slot(object)
    def _forward(self, value: object) -> None:
        self._asking = False
        super()._forward(Choice(str(value)))

    @Slot(object)
    def _forward_parameter(self, value: object) -> None:
        self._asking = True
        super()._forward(value)


class ChoiceParameters(QWidget):
    """The parameters of a chosen entry; nothing where it has none.

    Parameters
    ----------
    registry : Registry
        Where the entry comes from.
    name : str
        Key of the choice; the fields are called ``name:parameter``.
    theme : Theme
    indent : int
        How far the labels are set in.
    """

    edited = Signal(object)
    """The choice with the parameter that was entered; a mapping with its text where it is not valid."""
    restored = Signal()

    def __init__(self, registry: Registry[Any], name: str, theme: Theme, *, indent: int) -> None:
        super().__init__()
        self._registry, self._name, self._theme, self._indent = registry, name, theme, indent
        self._choice: Choice | None = None
        self._label_width = 0
        self._last = ""
        self._hidden: Collection[str] = ()
        self.rows: dict[str, FieldRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(ROW_GAP)
        self.hide()

    def show_choice(self, choice: Choice | None) -> None:
        """Show the parameters of a choice; their fields stay while the same entry is chosen."""
        if (choice and choice.name) != (self._choice and self._choice.name):
            self._rebuild(choice)
        self._choice, self._last = choice, ""
        if choice:
            values = self._registry.parameter_values(choice)
            for key, row in self.rows.items():
                row.show_value(values[key])

    def show_hidden(self, keys: Collection[str]) -> None:
        """Show all parameters but these, whichever entry is chosen; keys are ``name:parameter``."""
        self._hidden = keys
        self._show_rows()

    def label_of(self, key: str) -> str:
        """What a parameter is called, also one of an entry that is not chosen; its key where no entry has it."""
        labels = (part.label for entry in self._registry.values() for part in entry.parameters if part.key == key)
        return next(labels, key)

    def show_rejection(self, name: str, message: str) -> bool:
        """Say what is wrong beside the parameter that is named or was entered last; False if it is not here."""
        key = name.rpartition(":")[2] if name.startswith(f"{self._name}:") else self._last
        if key in self.rows:
            self.rows[key].show_rejection(name, message)
        return key in self.rows

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen."""
        return [stop for row in self.rows.values() for stop in row.tab_stops()]

    def fields(self) -> list[Any]:
        """The fields of the parameters."""
        return [row.field for row in self.rows.values()]

    def entered_field(self) -> Any:
        """The field that was entered last, or None."""
        return self.rows[self._last].field if self._last in self.rows else None

    def set_names(self, name: str) -> None:
        """Give the fields the names that go with another key of the choice."""
        self._name = name
        for key, row in self.rows.items():
            row.name = f"{name}:{key}"
            row.field.setObjectName(row.name)

    def set_label_width(self, width: int) -> None:
        """Let all fields begin at the same place."""
        self._label_width = width
        for row in self.rows.values():
            row.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)

    def _rebuild(self, choice: Choice | None) -> None:
        for row in self.rows.values():
            discard(row)
        parameters = self._registry[choice.name].parameters if choice else ()
        self.rows = {
            parameter.key: FieldRow(parameter, f"{self._name}:{parameter.key}", self._theme, indent=self._indent)
            for parameter in parameters
        }
        for row in self.rows.values():
            row.edited.connect(self._enter)
            row.field.restored.connect(self.restored)
            self._layout.addWidget(row)
        self.set_label_width(self._label_width)
        self._show_rows()

    def _show_rows(self) -> None:
        for row in self.rows.values():
            row.setHidden(row.name in self._hidden)
        self.setHidden(all(row.isHidden() for row in self.rows.values()))

    @Slot(str, object)
    def _enter(self, name: str, value: object) -> None:
        assert self._choice is not None
        self._last = name.rpartition(":")[2]
        values: Mapping[str, object] = {"name": self._choice.name, **dict(self._choice.parameters), self._last: value}
        try:
            self.edited.emit(self._registry.choice(values))
        except SettingError:
            self.edited.emit(values)
