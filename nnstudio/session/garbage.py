"""Keeps Python's garbage collector in the window's thread: a Qt object that is collected in another can crash it."""

from __future__ import annotations

import gc

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

INTERVAL_MILLISECONDS = 500


class GarbageCollection(QObject):
    """Collects garbage from a timer in place of the interpreter, which would do it in whichever thread allocates next.

    Parameters
    ----------
    application : QCoreApplication
        Owner; one collection serves all that it runs.
    """

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        gc.disable()
        # What has been made until now lives as long as the program: looking through it again would be felt.
        gc.freeze()
        self._timer = QTimer(self, interval=INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @classmethod
    def ensure(cls) -> None:
        """Start it, unless it runs already.

        Raises
        ------
        RuntimeError
            If there is no Qt application yet.
        """
        application = QCoreApplication.instance()
        if application is None:
            raise RuntimeError("a training thread needs a Qt application")
        if application.findChild(cls) is None:
            cls(application)

    @Slot()
    def collect(self) -> None:
        """Collect each generation that has grown beyond the interpreter's own threshold."""
        for generation, (count, threshold) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)):
            if count > threshold > 0:
                gc.collect(generation)
