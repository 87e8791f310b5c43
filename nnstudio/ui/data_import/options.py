"""Asks what is to be learned from the chosen columns, and with which part of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnstudio.engine.registry import Parameter, SettingError
from nnstudio.engine.spec import FIELDS
from nnstudio.files.data.importing import FILL, MISSING_VALUES, SETTINGS, TASK, ImportChoices
from nnstudio.files.data.table import Table
from nnstudio.ui.data_import.preview import facts
from nnstudio.ui.forms.combo_field import ComboField
from nnstudio.ui.forms.rows import FieldRow
from nnstudio.ui.theme import Theme


@dataclass(frozen=True, kw_only=True)
class _ColumnChoice(Parameter):
    """One of the columns, which only the dialog knows."""

    @property
    def expected(self) -> str:
        return "one of the columns; a regression may have further targets, in the list at the left"


_TARGET = _ColumnChoice(
    key="target", label="Target", help="The column that the network is to answer from the others.", default=""
)


class ColumnField(ComboField):
    """One of a table's columns."""

    def __init__(self) -> None:
        super().__init__(())
        self.setPlaceholderText("none")

    def show_table(self, table: Table) -> None:
        """Offer the columns of a table."""
        blocked = self.blockSignals(True)
        self.clear()
        for column in table.columns:
            self.addItem(column.name, column.name)
            self.setItemData(self.count() - 1, facts(column), Qt.ItemDataRole.ToolTipRole)
        self.blockSignals(blocked)
        self.show_data(None)

    def show_value(self, targets: tuple[str, ...]) -> None:
        """Show the target; where there are several, their number."""
        self.setPlaceholderText(f"{len(targets)} columns" if targets else "none")
        self.show_data(targets[0] if len(targets) == 1 else None)


class ImportOptions(QWidget):
    """Target, task, treatment of gaps, scale and shares."""

    edited = Signal(str, object)  # key and value

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        own = {f"import.{parameter.key}": parameter for parameter in (TASK, MISSING_VALUES, FILL)}
        self._parameters = own | {key: FIELDS[key] for key in SETTINGS}
        target = FieldRow(_TARGET, "import.target", theme, field=ColumnField())
        rows = [target, *(FieldRow(parameter, name, theme) for name, parameter in self._parameters.items())]
        self.rows = {row.name: row for row in rows}
        self._rejected: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.spacing.xs)
        for row in rows:
            row.set_label_width(max(each.label_room() for each in rows))
            row.edited.connect(self._enter)
            row.field.restored.connect(self._settle)
            column.addWidget(row)
        column.addStretch(1)

    def show_table(self, table: Table) -> None:
        """Offer the columns of a table."""
        self.rows["import.target"].field.show_table(table)

    def show_choices(self, choices: ImportChoices, settings: Mapping[str, object]) -> None:
        """Show what is chosen; a field with a wrong value keeps it."""
        values: dict[str, Any] = {
            "import.target": choices.targets,
            "import.task": choices.task,
            "import.missing": choices.missing,
            "import.fill": choices.fill,
            **settings,
        }
        for name, row in self.rows.items():
            if name not in self._rejected:
                row.show_value(values[name])
        self.rows["import.fill"].setVisible(choices.missing == "number")

    def has_wrong_value(self) -> bool:
        """Whether a field that can be seen holds what will not do."""
        return any(not self.rows[name].isHidden() for name in self._rejected)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        for row in self.rows.values():
            row.set_theme(theme)

    @Slot(str, object)
    def _enter(self, name: str, value: object) -> None:
        row = self.rows[name]
        self._rejected.discard(name)
        try:
            parsed = self._parameters[name].parse(value, name) if name in self._parameters else value
        except SettingError as error:
            self._rejected.add(name)
            row.show_rejection(name, error.reason)
            parsed = None
        self.edited.emit(name, parsed)

    @Slot()
    def _settle(self) -> None:
        """Go on with the value that a field had before a wrong one."""
        for name, row in self.rows.items():
            if row.field is self.sender() and name in self._rejected:
                self._rejected.discard(name)
                self.edited.emit(name, None)
