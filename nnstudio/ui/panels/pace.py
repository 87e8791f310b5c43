"""Draws a dear picture less often than a cheap one, so that it takes no more than a share of the time."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal, Slot


class Pace(QObject):
    """Says when a live picture is drawn: at once while it is cheap, and after a while where it is dear.

    Parameters
    ----------
    budget : float
        Seconds for one picture; a dearer one is drawn less often.
    patience : float
        From the end of a dear picture to the next one pass so many times the seconds that it took.
    parent : QObject
        Whose picture it is.

    Attributes
    ----------
    due : Signal()
        The picture is to be drawn, by a slot in the same thread: how long it takes is measured.
    cost : float
        Seconds that the last picture took.
    """

    # A signal and no function that is kept: a panel which its own part refers to is freed by the garbage collector
    # alone, and that may run in any thread.
    due = Signal()

    def __init__(self, *, budget: float, patience: float, parent: QObject) -> None:
        super().__init__(parent)
        self._budget, self._patience = budget, patience
        self.cost, self._drawn = 0.0, 0.0
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self.draw)

    def ask(self, more: float = 0.0) -> None:
        """Draw the picture as soon as its cost allows; what is asked for meanwhile is drawn then, all at once.

        Parameters
        ----------
        more : float
            Seconds that each picture costs elsewhere.
        """
        cost = self.cost + more
        wait = self._drawn + self._patience * cost - perf_counter() if cost > self._budget else 0.0
        if wait <= 0:
            self.draw()
        elif not self._later.isActive():
            self._later.start(int(1000 * wait) + 1)

    @Slot()
    def draw(self) -> None:
        """Draw the picture now."""
        self.stop()
        start = perf_counter()
        self.due.emit()
        self._drawn = perf_counter()
        self.cost = self._drawn - start

    def stop(self) -> None:
        """Draw nothing later that was asked for before."""
        self._later.stop()
