"""Lists the sweeps that were made before: to look at, to go on with, to delete."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnstudio.lab.store import StoredSweep
from nnstudio.ui.speech import focus_in_popup
from nnstudio.ui.theme import Theme, set_look

_SIZE = (820, 340)
_DATE_WIDTH, _RUNS_WIDTH = 160, 140


class EarlierSweeps(QFrame):
    """A popup with a row for each sweep, the latest first.

    Parameters
    ----------
    theme : Theme
    parent : QWidget
        Under which it opens.

    Attributes
    ----------
    open_wanted, resume_wanted, delete_wanted : Signal(object)
        With the `StoredSweep`.
    undo_wanted : Signal()
        The last deletion is to be taken back.
    """

    open_wanted = Signal(object)
    resume_wanted = Signal(object)
    delete_wanted = Signal(object)
    undo_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("lab_earlier_popup")
        self.setAccessibleName("Earlier sweeps")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self._theme = theme
        self._sweeps: tuple[StoredSweep, ...] = ()
        self.table = QTableWidget(0, 3, objectName="lab_earlier_table", accessibleName="Earlier sweeps")
        self.table.setHorizontalHeaderLabels(["What was trained", "When", "Runs done"])
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setColumnWidth(1, _DATE_WIDTH)
        self.table.setColumnWidth(2, _RUNS_WIDTH)
        self.table.itemSelectionChanged.connect(self._offer)
        self.table.itemDoubleClicked.connect(self._open)
        self._none = QLabel("No sweeps yet.", objectName="lab_earlier_none")
        set_look(self._none, role="muted")
        self._open_button = _button("Open", "open", "Show its results (Return)", self._open)
        self._resume_button = _button("Resume", "resume", "Train the runs that are still to be done", self._resume)
        self._delete_button = _button("Delete", "delete", "Delete its results (Del)", self._delete)
        self._undo_button = _button("Undo delete", "undo", "Bring back what was deleted last", self.undo_wanted)
        buttons = QHBoxLayout()
        for button in (self._open_button, self._resume_button, self._delete_button, self._undo_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.spacing.s, theme.spacing.s, theme.spacing.s, theme.spacing.s)
        column.setSpacing(theme.spacing.s)
        column.addWidget(self._none)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    def show_sweeps(self, sweeps: Sequence[StoredSweep], *, deleted: bool) -> None:
        """List sweeps; `deleted` says whether a deletion can be taken back."""
        row = max(self.table.currentRow(), 0)
        self._sweeps = tuple(sweeps)
        self.table.setRowCount(len(self._sweeps))
        for index, stored in enumerate(self._sweeps):
            when = f"{stored.created:%d %b %Y, %H:%M}"
            for column, text in enumerate((title_of(stored), when, f"{stored.done:,} of {stored.runs:,}")):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(index, column, item)
        self.table.resizeRowsToContents()
        if self._sweeps:
            self.table.selectRow(min(row, len(self._sweeps) - 1))
        self._none.setVisible(not self._sweeps)
        for widget in (self.table, self._open_button, self._resume_button, self._delete_button):
            widget.setVisible(bool(self._sweeps))
        self._undo_button.setVisible(deleted)
        self._offer()

    def open_under(self, field: QWidget, theme: Theme) -> None:
        """Show the list below a button, inside the screen."""
        self._theme = theme
        room = field.screen().availableGeometry()
        width, height = _SIZE if self._sweeps else (0, 0)
        self.resize(min(width, room.width()), min(height, room.height()))
        place = field.mapToGlobal(QPoint(field.width() - self.width(), field.height() + 2))
        self.move(max(room.left(), place.x()), min(place.y(), room.bottom() - self.height()))
        self.show()
        self.table.resizeRowsToContents()
        focus_in_popup(self.table)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._open()
            case Qt.Key.Key_Delete:
                self._delete()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    @property
    def _chosen(self) -> StoredSweep | None:
        row = self.table.currentRow()
        return self._sweeps[row] if 0 <= row < len(self._sweeps) else None

    @Slot()
    def _offer(self) -> None:
        stored = self._chosen
        for button in (self._open_button, self._delete_button):
            button.setEnabled(stored is not None)
        self._resume_button.setEnabled(stored is not None and stored.done < stored.runs)

    @Slot()
    def _open(self) -> None:
        if stored := self._chosen:
            self.close()
            self.open_wanted.emit(stored)

    @Slot()
    def _resume(self) -> None:
        if stored := self._chosen:
            self.close()
            self.resume_wanted.emit(stored)

    @Slot()
    def _delete(self) -> None:
        if stored := self._chosen:
            self.delete_wanted.emit(stored)


def title_of(stored: StoredSweep) -> str:
    """Return what a sweep trains, as it was noted; else the name of its folder."""
    return str(stored.about.get("title") or stored.path.name)


def _button(words: str, name: str, tip: str, slot: object) -> QPushButton:
    button = QPushButton(words, objectName=f"lab_earlier_{name}", toolTip=tip, autoDefault=False)
    button.clicked.connect(slot)
    return button
