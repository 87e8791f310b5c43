"""Shows how far the reading of a file has come, and how long it will still take."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QVBoxLayout, QWidget

from nnstudio.ui.theme import set_look

# Before so much is done, what is left cannot be told.
_TELLING_SHARE, _TELLING_SECONDS = 0.05, 0.7


class ReadingPage(QWidget):
    """A bar, what is being done, and the time left."""

    def __init__(self) -> None:
        super().__init__()
        centred = Qt.AlignmentFlag.AlignCenter
        self._doing = QLabel(objectName="data_doing", alignment=centred)
        self._doing.setTextFormat(Qt.TextFormat.PlainText)
        self._bar = QProgressBar(objectName="data_progress", textVisible=False, accessibleName="Progress")
        self._bar.setRange(0, 1000)
        self._left = QLabel(objectName="data_time_left", alignment=centred)
        set_look(self._left, role="muted")
        self._began = 0.0
        column = QVBoxLayout(self)
        column.addStretch(1)
        for widget in (self._doing, self._bar, self._left):
            column.addWidget(widget)
        column.addStretch(1)

    def begin(self, doing: str) -> None:
        """Start from nothing."""
        self._began = time.monotonic()
        self._doing.setText(doing)
        self._left.setText("")
        self._bar.setValue(0)

    def show_progress(self, share: float) -> None:
        """Show which share is done."""
        self._bar.setValue(round(self._bar.maximum() * share))
        elapsed = time.monotonic() - self._began
        if share > _TELLING_SHARE and elapsed > _TELLING_SECONDS:
            self._left.setText(f"about {math.ceil(elapsed * (1 - share) / share)} s left")
