"""Finds the field that suits a setting, so that whatever the engine describes can be edited."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit

from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option, Parameter
from nnstudio.ui.forms.combo_field import ComboField, Item
from nnstudio.ui.forms.number_field import NumberField
from nnstudio.ui.theme import set_look


class TextField(QLineEdit):
    """A setting of a kind that has no field of its own: its text, as on the command line."""

    edited = Signal(object)
    restored = Signal()

    def __init__(self, parameter: Parameter) -> None:
        super().__init__()
        self._parameter = parameter
        self._shown = ""
        self.editingFinished.connect(self._commit)

    def show_value(self, value: object) -> None:
        """Show the present value, unless the user is in the middle of typing another."""
        if not (self.hasFocus() and self.text() != self._shown):
            self._shown = self._parameter.format(value)
            self.setText(self._shown)

    def set_invalid(self, invalid: bool) -> None:
        """Mark the text as one that will not do."""
        set_look(self, invalid=invalid)

    @Slot()
    def _commit(self) -> None:
        if self.text() != self._shown:
            self._shown = self.text()
            self.edited.emit(self._shown)


class OptionField(ComboField):
    """One word out of a few."""

    def __init__(self, parameter: Option) -> None:
        super().__init__(Item(name.replace("_", " "), name, meaning) for name, meaning in parameter.options)

    def show_value(self, value: str) -> None:
        """Show the chosen word."""
        self.show_data(value)


class EntryField(ComboField):
    """An entry of a registry; its parameters are shown in rows of their own."""

    def __init__(self, parameter: ChoiceOf) -> None:
        super().__init__(entry_items(parameter))

    def show_value(self, value: Choice) -> None:
        """Show the chosen entry."""
        self.show_data(value.name)


def entry_items(parameter: ChoiceOf) -> list[Item]:
    """Return what a combo box offers for a choice."""
    entries = [parameter.registry[name] for name in parameter.offered]
    return [Item(entry.label, entry.name, entry.summary) for entry in entries]


def make_field(parameter: Parameter) -> Any:
    """Return the field for a setting: a widget with `edited`, `restored`, `show_value` and `set_invalid`."""
    match parameter:
        case Number():
            return NumberField(parameter)
        case Option():
            return OptionField(parameter)
        case ChoiceOf():
            return EntryField(parameter)
        case _:
            return TextField(parameter)
