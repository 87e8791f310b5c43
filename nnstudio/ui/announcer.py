"""Has a screen reader say how a run stands when it comes to rest, wherever the focus is."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from nnstudio.session.run import Run
from nnstudio.session.session import Session
from nnstudio.ui.panels.chart import short
from nnstudio.ui.speech import announce

#: Milliseconds without a frame after which it is said how a run stands: whoever holds a key down hears only its end.
CALM = 400


class Announcer(QObject):
    """Says how the run stands when it rests, and nothing while it trains; and when projector mode begins and ends.

    Parameters
    ----------
    session : Session
    actions : mapping of str to QAction
        The program's actions, by key.
    window : QWidget
        Whom it concerns.
    """

    def __init__(self, *, session: Session, actions: Mapping[str, QAction], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._said = ""
        self._calm = QTimer(self, singleShot=True, interval=CALM)
        self._calm.timeout.connect(self._say_standing)
        session.frame_ready.connect(self._await_calm)
        actions["projector"].toggled.connect(self._say_mode)

    @Slot(object)
    def _await_calm(self, run: Run) -> None:
        if run.frame.training:
            self._calm.stop()
        else:
            self._calm.start()

    @Slot()
    def _say_standing(self) -> None:
        run, outcome = self._session.run, self._session.outcome
        if run is None or outcome is None:
            return
        losses = run.losses
        words = f"Epoch {run.frame.epoch:,}, loss {short(losses.last)}. " if losses.epochs else ""
        words += f"{outcome.text[:1].upper()}{outcome.text[1:]}."
        if words != self._said:
            if self._said or losses.epochs:  # at the start of the program nothing has happened yet
                announce(self._window, words)
            self._said = words

    @Slot(bool)
    def _say_mode(self, active: bool) -> None:
        announce(self._window, "Projector mode. Escape leaves it." if active else "Projector mode has ended.")
