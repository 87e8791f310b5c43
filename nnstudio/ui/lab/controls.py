"""Starts a sweep, shows how far it has come, and pauses or ends it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnstudio.session.lab import Progress
from nnstudio.session.lab_worker import Estimate
from nnstudio.ui.icons import icon
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look
from nnstudio.ui.transport import duration_text

_STEPS = 1000


class RunControls(QWidget):
    """Start, or else progress with Pause and Cancel; above them, what to expect or what went wrong.

    Parameters
    ----------
    actions : mapping of str to QAction
        The lab's, by key.
    theme : Theme
    """

    def __init__(self, *, actions: Mapping[str, QAction], theme: Theme) -> None:
        super().__init__(objectName="lab_controls", accessibleName="The sweep under way")
        self._theme = theme
        # A click beside a button, or on one that waits for a field, ends typing there.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._running = self._paused = False
        self._problem = QLabel(wordWrap=True, objectName="lab_problem")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_look(self._problem, role="banner", tone="error")
        self._problem.hide()
        self._estimate = QLabel(objectName="lab_estimate", wordWrap=True)
        self.progress = QProgressBar(objectName="lab_progress", textVisible=False, accessibleName="Progress")
        self.progress.setRange(0, _STEPS)
        self._done = QLabel(objectName="lab_done", wordWrap=True)
        self.start = _button(actions["lab_start"], "Start", "lab_start")
        set_look(self.start, role="primary")
        self.pause = _button(actions["lab_pause"], "Pause", "lab_pause")
        self.cancel = _button(actions["lab_cancel"], "Cancel", "lab_cancel")
        row = QHBoxLayout()
        row.setSpacing(theme.spacing.s)
        for button in (self.start, self.pause, self.cancel):
            row.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.spacing.m, theme.spacing.s, theme.spacing.m, theme.spacing.m)
        column.setSpacing(theme.spacing.s)
        for widget in (self._problem, self.progress, self._done, self._estimate):
            column.addWidget(widget)
        column.addLayout(row)
        self.show_state("idle", "")
        self.set_theme(theme)

    def show_state(self, state: str, problem: str) -> None:
        """Offer what can be done: start, or pause and cancel."""
        was_running, has_focus = self._running, any(map(QWidget.hasFocus, (self.start, self.pause, self.cancel)))
        self._running, self._paused = state in ("running", "paused"), state == "paused"
        if self._running and not was_running:
            self.progress.setValue(0)
            self._done.setText("Starting…")
        self.start.setVisible(not self._running)
        self._estimate.setVisible(not self._running)
        for widget in (self.pause, self.cancel, self.progress, self._done):
            widget.setVisible(self._running)
        if has_focus:
            # Its button may be gone: the focus would go to a chart.
            (self.pause if self._running else self.start).setFocus()
        self.pause.setText("Resume" if self._paused else "Pause")
        if problem != self._problem.text():
            announce(self, problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.set_theme(self._theme)

    def end_problem(self) -> None:
        """Forget what went wrong: something else is to be tried."""
        self._problem.hide()

    def show_progress(self, progress: Progress) -> None:
        """Say how far the sweep has come."""
        share = progress.share
        self.progress.setValue(round(_STEPS * share))
        words = f"{progress.done:,} of {progress.total:,} runs"
        if self._paused:
            words = f"Paused at {words}"
        elif math.isfinite(progress.seconds_left):
            words += f", {duration_text(progress.seconds_left)} left"
        if words != self._done.text():
            self._done.setText(words)

    def show_estimate(self, runs: int, estimate: Estimate | None, why_not: str = "") -> None:
        """Say what a start would take.

        Parameters
        ----------
        runs : int
        estimate : Estimate or None
            None while it is being made.
        why_not : str
            Why nothing can be started, if so.
        """
        if why_not:
            self._estimate.setText(why_not)
            return
        count = f"{runs:,} run{'' if runs == 1 else 's'}"
        time = "…"
        if estimate is not None:
            time = f"about {duration_text(estimate.seconds)}"
            if estimate.elsewhere:
                time += " for one core of this computer"
        self._estimate.setText(f"{count}, {time}")

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self._theme = theme
        self.start.setIcon(icon("train", theme, color="accent_text"))
        self.pause.setIcon(icon("train" if self._paused else "pause", theme))
        self.cancel.setIcon(icon("stop", theme))


def _button(action: QAction, words: str, name: str) -> QPushButton:
    # Enter presses it where it has the focus, not only Space.
    button = QPushButton(words, objectName=name, autoDefault=True, toolTip=action.toolTip())
    button.clicked.connect(action.trigger)
    button.setEnabled(action.isEnabled())
    action.enabledChanged.connect(button.setEnabled)
    return button
