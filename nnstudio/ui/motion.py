"""Draws as often as a person likes, and keeps still what need not move for one whom motion disturbs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QMainWindow

from nnstudio.session.controller import RunController
from nnstudio.ui.compare.link import CompareLink
from nnstudio.ui.lab.link import LabLink
from nnstudio.ui.preferences import Preferences

#: Frames a second, at most, while motion is reduced: steps that are seen one by one, and no flicker.
REDUCED_FRAME_RATE = 2


class Motion(QObject):
    """Follows the preferences "motion" and "frame_rate".

    The systems' own wish for less motion is not told by Qt 6.10, so "system" leaves Qt's effects as the system has
    them, and frames as fast as "frame_rate" says.

    Parameters
    ----------
    preferences : Preferences
    controller : RunController
        Of which live frames are asked.
    lab : LabLink
    compare : CompareLink
        What else draws while it trains.
    window : QMainWindow
        Whose docks glide to their places, or jump.
    """

    def __init__(
        self,
        *,
        preferences: Preferences,
        controller: RunController,
        lab: LabLink,
        compare: CompareLink,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._preferences, self._controller, self._window = preferences, controller, window
        self._lab, self._compare = lab, compare
        self._effects = [effect for effect in Qt.UIEffect if QApplication.isEffectEnabled(effect)]
        self._flash_time = QApplication.cursorFlashTime()
        preferences.changed.connect(self._follow)
        self._obey()

    @property
    def is_reduced(self) -> bool:
        """Whether as little as can be is to move."""
        return bool(self._preferences.value("motion") == "reduced")

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key in ("motion", "frame_rate"):
            self._obey()

    def _obey(self) -> None:
        reduced, rate = self.is_reduced, float(self._preferences.value("frame_rate"))
        rate = min(rate, REDUCED_FRAME_RATE) if reduced else rate
        self._controller.set_frame_rate(rate)
        self._compare.set_frame_rate(rate)
        # The lab's charts take turns, and none is drawn as often as the lowest rate that can be chosen.
        self._lab.set_pause(1 / REDUCED_FRAME_RATE if reduced else 0.0)
        self._window.setAnimated(not reduced)
        for effect in self._effects:
            QApplication.setEffectEnabled(effect, not reduced)
        # A caret that does not blink is one that is always there.
        QApplication.setCursorFlashTime(0 if reduced else self._flash_time)
