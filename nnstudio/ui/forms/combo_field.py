"""Chooses one of a few named things, each explained where it is offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPalette, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from nnstudio.ui.theme import set_look


class Item(NamedTuple):
    """One thing to choose: its text, what it stands for, and a line about it."""

    text: str
    data: Any
    summary: str


class Heading(NamedTuple):
    """Words above the items that follow; nobody can choose it."""

    text: str


_MOST_VISIBLE = 26  # they fit a projector
_NOTHING = object()  # what a heading stands for, which is not even None


class ComboField(QComboBox):
    """A combo box that tells an edit from being shown a value, and is not changed by scrolling past it.

    Parameters
    ----------
    items : iterable of Item and Heading
        What is offered.
    parent : QWidget, optional
    """

    edited = Signal(object)
    """The data of the item that was chosen."""
    restored = Signal()
    """The present item is shown again, without an edit."""

    def __init__(self, items: Iterable[Item | Heading], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = -1
        for row, item in enumerate(items):
            if isinstance(item, Heading):
                self._add_heading(item.text)
            else:
                self.addItem(item.text, item.data)
                self.setItemData(row, item.summary, Qt.ItemDataRole.ToolTipRole)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(_MOST_VISIBLE)
        self.show_data(None)
        self.currentIndexChanged.connect(self._choose)

    def show_data(self, data: object) -> None:
        """Show the item that stands for `data`; none if there is no such item."""
        self._index = next((row for row in range(self.count()) if self.itemData(row) == data), -1)
        self._show()

    def set_invalid(self, invalid: bool) -> None:
        """Mark the item as one that will not do."""
        set_look(self, invalid=invalid)

    # ---- Qt's events ----------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.currentIndex() != self._index:
            self._show()
            self.restored.emit()
        else:
            event.ignore()

    def showPopup(self) -> None:
        view = self.view()
        muted = QApplication.palette().placeholderText()  # as the theme is now
        for row in range(self.count()):
            if self.itemData(row) is _NOTHING:
                self.setItemData(row, muted, Qt.ItemDataRole.ForegroundRole)
        # As wide as its widest line, whatever the width of the field; the rest is the style's padding.
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + 28))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field as Qt does, but end a text that is too long with an ellipsis."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        if self.currentIndex() < 0:
            option.currentText = self.placeholderText()
            option.palette.setBrush(QPalette.ColorRole.ButtonText, option.palette.placeholderText())
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - 2
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, super().minimumSizeHint().height())

    # ---- inside ---------------------------------------------------------------------------------------------------

    @Slot(int)
    def _choose(self, index: int) -> None:
        if self.itemData(index) is _NOTHING:
            self._show()
        elif index == self._index:
            self.restored.emit()
        elif index >= 0:
            self.edited.emit(self.itemData(index))

    def _add_heading(self, text: str) -> None:
        row = self.count()
        self.addItem(text, _NOTHING)
        font = self.font()
        font.setBold(True)
        self.setItemData(row, font, Qt.ItemDataRole.FontRole)
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(row).setFlags(Qt.ItemFlag.NoItemFlags)

    def _show(self) -> None:
        if self.currentIndex() != self._index:
            blocked = self.blockSignals(True)
            self.setCurrentIndex(self._index)
            self.blockSignals(blocked)
