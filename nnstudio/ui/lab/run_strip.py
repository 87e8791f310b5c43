"""Says which run is pointed at or was opened last, and offers to open or pin it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from nnstudio.lab.results import KINDS, Results
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.icons import icon
from nnstudio.ui.lab.words import outcome_words, run_words
from nnstudio.ui.outcome_bar import NOTICE_MILLISECONDS, OUTCOME_LOOKS
from nnstudio.ui.panels.chart import short
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look


class RunStrip(QWidget):
    """One line below the charts.

    Parameters
    ----------
    actions : mapping of str to QAction
    theme : Theme

    Attributes
    ----------
    run : int or None
        The run that it is about.
    """

    def __init__(self, *, actions: Mapping[str, QAction], theme: Theme) -> None:
        super().__init__(objectName="lab_run")
        self.run: int | None = None
        self._theme, self._kind = theme, ""
        self._actions = actions
        self._picture, self._words = QLabel(), ElidedLabel(objectName="lab_run_words")
        self._notice = ElidedLabel(objectName="lab_notice")
        self._notice.hide()
        self._notice_timer = QTimer(self, singleShot=True, interval=NOTICE_MILLISECONDS)
        self._notice_timer.timeout.connect(self.end_notice)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.spacing.m, theme.spacing.xs, theme.spacing.xs, theme.spacing.xs)
        row.setSpacing(theme.spacing.s)
        row.addWidget(self._picture)
        row.addWidget(self._words, 1)
        row.addWidget(self._notice, 1)
        for key in ("lab_open", "lab_pin"):
            button = QToolButton(objectName=f"{key}_button")
            button.setDefaultAction(actions[key])
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            row.addWidget(button)
        self.show_run(None, None)

    def show_run(self, results: Results | None, run: int | None) -> None:
        """Be about a run; about none with None."""
        self.run = None if results is None else run
        known = results is not None and run is not None
        for key in ("lab_open", "lab_pin"):
            self._actions[key].setEnabled(known)
        if results is None or run is None:
            self._kind = ""
            set_look(self._words, role="muted")
            self._say("Point at a run to see which it is; a click opens it in the main window.")
        else:
            self._kind = KINDS[results.kind[run]] if results.done[run] else ""
            set_look(self._words, role="")
            loss = f", loss {short(float(results.final_loss[run]))}" if results.done[run] else ""
            self._say(f"{run_words(results, run)}: {outcome_words(results, run)}{loss}")
        self.set_theme(self._theme)

    def notice(self, text: str) -> None:
        """Say for some seconds what has been done, or why it was not."""
        self._notice.setText(text[:1].upper() + text[1:])
        announce(self, self._notice.text())
        self._notice.show()
        self._words.hide()
        self._notice_timer.start()

    @Slot()
    def end_notice(self) -> None:
        """Be about the run again."""
        self._notice_timer.stop()
        self._notice.hide()
        self._words.show()

    def _say(self, text: str) -> None:
        text = text[:1].upper() + text[1:]
        if text != self._words.text():
            self._words.setText(text)

    def set_theme(self, theme: Theme) -> None:
        """Draw the sign in the colours of a theme."""
        self._theme = theme
        if self._kind:
            picture, color = OUTCOME_LOOKS[self._kind]
            self._picture.setPixmap(icon(picture, theme, color=color).pixmap(theme.scaled(16), theme.scaled(16)))
        self._picture.setVisible(bool(self._kind))
