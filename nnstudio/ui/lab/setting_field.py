"""Chooses one of all settings by typing a part of its name."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QSizePolicy, QWidget

from nnstudio.ui.forms.combo_field import Item

_MOST_VISIBLE = 18


class SettingField(QComboBox):
    """A combo box that can be searched; what is typed and is no setting is forgotten on leaving it.

    Parameters
    ----------
    parent : QWidget, optional

    Attributes
    ----------
    edited : Signal(object)
        The data of the item that was chosen.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: object = None
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(_MOST_VISIBLE)
        line = self.lineEdit()
        assert line is not None  # an editable combo box has one
        self._line = line
        self._line.setPlaceholderText("search a setting")
        completer = self.completer()
        assert completer is not None
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(_MOST_VISIBLE)
        self.activated.connect(self._choose)
        self._line.editingFinished.connect(self.settle)

    def offer(self, items: Iterable[Item]) -> None:
        """Offer other items; the one that is chosen stays so if it is among them."""
        shown = self._shown
        blocked = self.blockSignals(True)
        self.clear()
        for row, item in enumerate(items):
            self.addItem(item.text, item.data)
            self.setItemData(row, item.summary, Qt.ItemDataRole.ToolTipRole)
        self.blockSignals(blocked)
        self.show_data(shown)

    @property
    def data(self) -> object:
        """What the chosen item stands for; None if nothing is chosen."""
        return self._shown

    def show_data(self, data: object) -> None:
        """Show the item that stands for `data`; none if there is no such item."""
        row = self.findData(data) if data is not None else -1
        self._shown = data if row >= 0 else None
        self.setCurrentIndex(row)
        self.setEditText(self.itemText(row) if row >= 0 else "")

    @Slot(int)
    def _choose(self, row: int) -> None:
        data = self.itemData(row)
        if data != self._shown:
            self.show_data(data)
            self.edited.emit(data)
        self._line.setCursorPosition(0)

    @Slot()
    def settle(self) -> None:
        """Take what was typed for the setting that it names, or for the only one that it is a part of."""
        typed = self.currentText().strip().lower()
        texts = [self.itemText(row).lower() for row in range(self.count())]
        rows = [row for row, text in enumerate(texts) if text == typed] or [
            row for row, text in enumerate(texts) if typed and typed in text
        ]
        if rows and (len(rows) == 1 or texts[rows[0]] == typed):
            self._choose(rows[0])
        if self.currentText() != self.itemText(self.currentIndex()):
            self.show_data(self._shown)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.currentText() != self.itemText(self.currentIndex()):
            self.show_data(self._shown)
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, super().minimumSizeHint().height())
