"""A flat button for a panel's title that says what is chosen, and offers the rest in a menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton


class Picker(QToolButton):
    """One of a few options.

    Parameters
    ----------
    name : str
        The object name.
    label, tip : str
        Accessible name and tooltip.

    Attributes
    ----------
    chosen : Signal(str)
        The key of what the person chose.
    """

    chosen = Signal(str)

    def __init__(self, name: str, label: str, tip: str) -> None:
        super().__init__(objectName=name, accessibleName=label, toolTip=tip, autoRaise=True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._tell)
        self._options: list[tuple[str, str]] = []
        self.value = ""

    def offer(self, options: Sequence[tuple[str, str]], value: str) -> None:
        """Offer keys with their texts, of which one is chosen; with a single one there is nothing to show."""
        if list(options) != self._options:
            self._options = list(options)
            for action in self._group.actions():
                self._group.removeAction(action)
                self._menu.removeAction(action)
                action.deleteLater()
            for key, text in options:
                action = QAction(text, self, checkable=True)
                action.setData(key)
                self._group.addAction(action)
                self._menu.addAction(action)
        self.setVisible(len(options) > 1)
        self._take(value)

    def choose(self, key: str) -> None:
        """Choose an option, as a click in the menu does."""
        next(action for action in self._group.actions() if action.data() == key).trigger()

    def _take(self, key: str) -> None:
        self.value = key
        self.setText(dict(self._options)[key])
        for action in self._group.actions():
            action.setChecked(action.data() == key)

    def _tell(self, action: QAction) -> None:
        self._take(action.data())
        self.chosen.emit(self.value)
