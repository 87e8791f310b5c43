"""Lists the columns of a table, to be taken as inputs or as targets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from nnstudio.files.data.guess import is_likely_input
from nnstudio.files.data.importing import ImportChoices, counted
from nnstudio.files.data.table import MAX_DISTINCT, Column, Table
from nnstudio.ui.data_import.preview import Index
from nnstudio.ui.theme import Theme

_INPUT, _TARGET, _NAME, _KIND, _MISSING, _DISTINCT = range(6)
_HEADINGS = (
    ("Input", "Whether the network is given this column"),
    ("Target", "Whether the network is to answer this column"),
    ("Column", "Its name in the file"),
    ("Kind", "Numbers or text. A column of text becomes an input for each of its texts"),
    ("Missing", "How many cells have no value: they are empty, or say NA, N/A, NaN, null, ? or -"),
    ("Values", "How many different values there are"),
)
_Role = Qt.ItemDataRole
_NO_UPDATE = QItemSelectionModel.SelectionFlag.NoUpdate


def with_input(table: Table, choices: ImportChoices, name: str, taken: bool) -> ImportChoices:
    """Return the choices with a column taken as an input, or not; as an input it is no target."""
    inputs = {*choices.inputs, name} if taken else {*choices.inputs} - {name}
    targets = tuple(target for target in choices.targets if not (taken and target == name))
    return replace(choices, inputs=_in_order(table, inputs), targets=targets)


def with_target(table: Table, choices: ImportChoices, name: str, taken: bool) -> ImportChoices:
    """Return the choices with a column taken as a target, or not.

    A class has no other target beside it: the one before becomes an input.
    """
    if not taken:
        return replace(choices, targets=tuple(target for target in choices.targets if target != name))
    several = choices.task == "regression" and table.column(name).kind == "number"
    targets = {*choices.targets, name} if several else {name}
    released = {old for old in {*choices.targets} - targets if is_likely_input(table.column(old), table.rows)}
    inputs = ({*choices.inputs} | released) - targets
    return replace(choices, targets=_in_order(table, targets), inputs=_in_order(table, inputs))


def _in_order(table: Table, names: set[str]) -> tuple[str, ...]:
    return tuple(name for name in table.names if name in names)


class ColumnsModel(QAbstractTableModel):
    """A row for each column of a table, with a box for each part that it can play."""

    edited = Signal(object)  # ImportChoices

    def __init__(self) -> None:
        super().__init__()
        self._table: Table | None = None
        self._choices = ImportChoices((), (), "classification")

    def show_table(self, table: Table, choices: ImportChoices) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table, self._choices = table, choices
        self.endResetModel()

    def show_choices(self, choices: ImportChoices) -> None:
        """Check the boxes as the columns are chosen now."""
        self._choices = choices
        if self.rowCount():
            self.dataChanged.emit(self.index(0, _INPUT), self.index(self.rowCount() - 1, _TARGET))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if self._table is None or parent.isValid() else len(self._table.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADINGS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        box = Qt.ItemFlag.ItemIsUserCheckable if index.column() in (_INPUT, _TARGET) else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | box

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        assert self._table is not None
        column, place = self._table.columns[index.row()], index.column()
        if role == _Role.CheckStateRole and place in (_INPUT, _TARGET):
            chosen = self._choices.inputs if place == _INPUT else self._choices.targets
            return Qt.CheckState.Checked if column.name in chosen else Qt.CheckState.Unchecked
        if role == _Role.AccessibleTextRole and place in (_INPUT, _TARGET):
            return f"{column.name}: {_HEADINGS[place][0]}"
        if role == _Role.DisplayRole:
            return _cell(column, place)
        if role == _Role.ToolTipRole:
            return column.name if place == _NAME else _HEADINGS[place][1]
        if role == _Role.TextAlignmentRole and place in (_MISSING, _DISTINCT):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(self, index: Index, value: Any, role: int = _Role.EditRole) -> bool:
        if self._table is None or role != _Role.CheckStateRole:
            return False
        change = with_input if index.column() == _INPUT else with_target
        name = self._table.columns[index.row()].name
        self.edited.emit(change(self._table, self._choices, name, Qt.CheckState(value) is Qt.CheckState.Checked))
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role in (_Role.DisplayRole, _Role.ToolTipRole):
            return _HEADINGS[section][role == _Role.ToolTipRole]
        return None


class Columns(QTableView):
    """The list of columns; Space checks a box."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(objectName="data_columns", accessibleName="Columns: inputs and targets")
        self.columns = ColumnsModel()
        self.setModel(self.columns)
        self.setToolTip("What each column is to be; Space checks a box")
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.type_scale.body + 11)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_table(self, table: Table, choices: ImportChoices) -> None:
        """Show another table from its beginning."""
        self.columns.show_table(table, choices)
        # Where the keyboard begins; nothing is selected.
        self.selectionModel().setCurrentIndex(self.columns.index(0, _INPUT), _NO_UPDATE)


def _cell(column: Column, place: int) -> str | None:
    if place == _NAME:
        return column.name
    if place == _KIND:
        return column.kind
    if place == _MISSING:
        return f"{column.missing:,}" + (f" + {counted(len(column.words), 'word')}" if column.words else "")
    if place == _DISTINCT:
        return f"over {MAX_DISTINCT:,}" if column.distinct > MAX_DISTINCT else f"{column.distinct:,}"
    return None
