"""Does a table's long work in a thread of its own, so that the window goes on and can call it off."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QThread, Signal, Slot

from nnstudio.files.data.table import ReadingCancelledError, TableError
from nnstudio.session.garbage import GarbageCollection

#: Given what to call with the share that is done, and what to ask whether to stop.
Work = Callable[[Callable[[float], None], Callable[[], bool]], object]

# Often enough for a bar to move smoothly.
_TELL_SECONDS = 0.04
# A real sleep hands the interpreter's lock to the window's thread, and to one that trains.
_BREATH_SECONDS = 50e-6


class Job(QThread):
    """A piece of work; it ends by itself, whatever becomes of who asked for it.

    Parameters
    ----------
    work : callable
        Knows no Qt.
    """

    progressed = Signal(float)  # share that is done
    done = Signal(object)  # what the work returned
    failed = Signal(str)  # what was wrong with the table

    def __init__(self, work: Work) -> None:
        application = QCoreApplication.instance()
        assert application is not None
        # Not the dialog's child: a thread must not be destroyed while it reads from a slow disk.
        super().__init__(application)
        GarbageCollection.ensure()
        self.setObjectName("table")
        self._work = work
        self._cancelled = threading.Event()
        self._told = 0.0
        self.finished.connect(self.deleteLater)
        application.aboutToQuit.connect(self.stop)

    def cancel(self) -> None:
        """Have the work end soon, without a result."""
        self._cancelled.set()

    @Slot()
    def stop(self) -> None:
        """End the work, and wait for that."""
        self.cancel()
        self.wait()

    def run(self) -> None:
        """Do the work, in the thread."""
        try:
            result = self._work(self._tell, self._cancelled.is_set)
        except ReadingCancelledError:
            return
        except TableError as error:
            self.failed.emit(str(error))
        except MemoryError:
            self.failed.emit("there is not enough memory: leave out rows or columns")
        else:
            self.done.emit(result)

    def _tell(self, share: float) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_SECONDS:
            self._told = now
            self.progressed.emit(share)
        time.sleep(_BREATH_SECONDS)
