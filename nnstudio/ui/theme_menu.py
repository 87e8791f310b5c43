"""Offers the themes in a menu, and shows there which of them is chosen."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from nnstudio.ui.actions import THEME_ACTIONS, describe
from nnstudio.ui.preferences import Preferences


class ThemeMenu(QMenu):
    """A menu of all themes; the settings and the palette offer them too, and the check mark follows those.

    Parameters
    ----------
    preferences : Preferences
        Where the choice is kept.
    parent : QWidget
    """

    def __init__(self, preferences: Preferences, parent: QWidget) -> None:
        super().__init__("&Theme", parent)
        self._preferences = preferences
        group = QActionGroup(self)
        for entry in THEME_ACTIONS:
            action = QAction(self, checkable=True, objectName=f"action_theme_{entry.key}")
            describe(action, entry)
            action.setData(entry.key)
            group.addAction(action)
            self.addAction(action)
        self._check()
        group.triggered.connect(self._choose)
        preferences.changed.connect(self._check)

    @Slot(QAction)
    def _choose(self, action: QAction) -> None:
        self._preferences.set("theme", action.data())

    @Slot()
    def _check(self) -> None:
        for action in self.actions():
            action.setChecked(action.data() == self._preferences.value("theme"))
