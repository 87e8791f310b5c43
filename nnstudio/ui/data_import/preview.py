"""Shows the first rows of a table as they were understood, and what each column is to be."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from nnstudio.files.data.importing import ImportChoices
from nnstudio.files.data.table import Column, Table
from nnstudio.ui.theme import Theme

PREVIEW_ROWS = 100
_WIDEST = 240
_ROWS_FOR_WIDTH = 10
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


def facts(column: Column) -> str:
    """Return what there is to say about a column in a few words: "number, 2 missing"."""
    parts = [column.kind]
    if column.kind != "empty" and column.missing:
        parts.append(f"{column.missing:,} missing")
    if column.words:
        parts.append(f"{len(column.words):,} not a number")
    return ", ".join(parts)


class PreviewModel(QAbstractTableModel):
    """The first rows of a table.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table: Table | None = None
        self._choices = ImportChoices((), (), "classification")

    def show_table(self, table: Table, choices: ImportChoices) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table, self._choices = table, choices
        self.endResetModel()

    def show_choices(self, choices: ImportChoices) -> None:
        """Mark the columns as they are chosen now."""
        if (choices.inputs, choices.targets) != (self._choices.inputs, self._choices.targets):
            self._choices = choices
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
            self._repaint()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self._repaint()

    def _repaint(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def role_of(self, column: Column) -> str:
        """Return what a column is to be: "input", "target" or "left out"."""
        if column.name in self._choices.targets:
            return "target"
        return "input" if column.name in self._choices.inputs else "left out"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if self._table is None or parent.isValid() else min(self._table.rows, PREVIEW_ROWS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if self._table is None or parent.isValid() else len(self._table.columns)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        assert self._table is not None
        column, row = self._table.columns[index.column()], index.row()
        gap = bool(column.gaps[row])
        text = column.text(row)
        match role:
            case _Role.DisplayRole:
                return text or "missing"
            case _Role.ToolTipRole:
                return "Not a number, in a column of numbers" if gap and text else text or "Missing"
            case _Role.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case _Role.FontRole if gap:
                return _font(italic=not text, bold=bool(text))
            case _Role.ForegroundRole:
                if gap and text:
                    return self._theme.color("error")
                return self._theme.color("muted" if gap or self.role_of(column) == "left out" else "text")
            case _Role.BackgroundRole if self.role_of(column) == "target":
                return self._theme.color("accent_soft")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if self._table is None:
            return None
        if orientation is Qt.Orientation.Vertical:
            if role == _Role.DisplayRole:
                return str(self._table.line(section) or section + 1)
            return "Line of the file" if role == _Role.ToolTipRole and self._table.lines is not None else None
        column = self._table.columns[section]
        if role == _Role.DisplayRole:
            return f"{_shortened(column.name)}\n{facts(column)}\n{self.role_of(column)}"
        if role == _Role.ToolTipRole:
            return f"{column.name}: {facts(column)}.\nClick to take it as an input or to leave it out."
        return None


class _Cells(QStyledItemDelegate):
    """Paints a cell's own ground, which the style sheet would leave out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ground = index.data(_Role.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect, ground)
        super().paint(painter, option, index)


class Preview(QTableView):
    """The first rows of a table; a click on a column's head asks to take it in or to leave it out."""

    column_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(objectName="data_preview", accessibleName="First rows of the table")
        self.rows = PreviewModel(theme)
        self.setModel(self.rows)
        self.setItemDelegate(_Cells(self))
        self.setToolTip("The first rows, as they were understood")
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.setHighlightSections(False)
        head.setMaximumSectionSize(_WIDEST)
        head.setResizeContentsPrecision(_ROWS_FOR_WIDTH)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.sectionClicked.connect(self._click)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setHighlightSections(False)
        self.verticalHeader().setDefaultSectionSize(theme.type_scale.body + 11)

    def show_table(self, table: Table, choices: ImportChoices) -> None:
        """Show another table from its beginning."""
        self.rows.show_table(table, choices)
        self.resizeColumnsToContents()
        self.scrollToTop()

    @Slot(int)
    def _click(self, section: int) -> None:
        self.column_clicked.emit(section)


def _shortened(name: str) -> str:
    return name if len(name) <= 30 else f"{name[:29]}…"


def _font(*, italic: bool, bold: bool) -> QFont:
    font = QFont()
    font.setItalic(italic)
    font.setBold(bold)
    return font
