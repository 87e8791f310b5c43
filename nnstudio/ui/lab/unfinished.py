"""Offers to go on with sweeps that were interrupted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from nnstudio.lab.store import StoredSweep
from nnstudio.ui.icons import icon
from nnstudio.ui.lab.earlier import title_of
from nnstudio.ui.theme import Theme, set_look


class UnfinishedBar(QWidget):
    """A line above everything, while there is a sweep that was interrupted and the person has not waved it off.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    resume_wanted : Signal(object)
        With the `StoredSweep`, the latest of them.
    """

    resume_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(objectName="lab_unfinished")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        self._latest: StoredSweep | None = None
        self._waved_off = False
        self._words = QLabel(objectName="lab_unfinished_words")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        set_look(self._words, role="banner", tone="warning")
        resume = QPushButton("Resume", objectName="lab_unfinished_resume", autoDefault=False)
        resume.setToolTip("Train the runs of the latest of them that are still to be done")
        resume.clicked.connect(self._resume)
        self._close = QToolButton(objectName="lab_unfinished_close", autoRaise=True)
        self._close.setToolTip("Leave it; it stays among the earlier sweeps")
        self._close.setAccessibleName("Close")
        self._close.clicked.connect(self._wave_off)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.spacing.s, theme.spacing.xs, theme.spacing.s, theme.spacing.xs)
        row.addWidget(self._words, 1)
        row.addWidget(resume)
        row.addWidget(self._close)
        self.hide()
        self.set_theme(theme)

    def show_sweeps(self, sweeps: Sequence[StoredSweep]) -> None:
        """Say which sweeps are unfinished, the latest first; nothing if none is."""
        self._latest = sweeps[0] if sweeps else None
        self.setVisible(self._latest is not None and not self._waved_off)
        if self._latest is not None:
            count = f"{len(sweeps):,} unfinished sweep{'' if len(sweeps) == 1 else 's'}"
            words = f"{count}: {title_of(self._latest)}; {self._latest.done:,} of {self._latest.runs:,} runs done"
            self._words.setText(words)
            self._words.setToolTip(words)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icon in the colours of a theme."""
        self._close.setIcon(icon("close", theme))

    @Slot()
    def _resume(self) -> None:
        if self._latest is not None:
            self.resume_wanted.emit(self._latest)

    @Slot()
    def _wave_off(self) -> None:
        self._waved_off = True
        self.hide()
