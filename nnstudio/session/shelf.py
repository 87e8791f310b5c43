"""Where the window's sweeps are kept: which there are, which were interrupted, and the last that was deleted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile

from nnstudio.lab.store import StoredSweep, StoreError, list_sweeps, new_folder

#: In the folder of a sweep that is not to be gone on with unasked: it is done, or was ended by the person.
_ENDED = "ended"
#: Held while a sweep is trained, so that another window does not take it for an interrupted one.
_LOCK = "lock"
_DELETED = "deleted"


class Shelf:
    """A folder of sweeps.

    Parameters
    ----------
    folder : Path
        It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._deleted: list[Path] = []

    def new_path(self) -> Path:
        """Return the folder for a sweep that begins now; it is not made."""
        return new_folder(self._folder)

    def sweeps(self) -> tuple[tuple[StoredSweep, ...], Sequence[str]]:
        """Return all sweeps, the latest first, and why others cannot be read."""
        sweeps, problems = list_sweeps(self._folder)
        return tuple(sweeps), problems

    def is_unfinished(self, stored: StoredSweep) -> bool:
        """Whether a sweep was interrupted."""
        if (stored.path / _ENDED).exists():
            return False
        lock = self.lock(stored.path)
        free = lock.tryLock(0)
        if free:
            lock.unlock()
        return free

    def lock(self, path: Path) -> QLockFile:
        """Return the lock of a sweep's folder; it is not held yet."""
        lock = QLockFile(str(path / _LOCK))
        lock.setStaleLockTime(0)  # only the end of the program that holds it ends it
        return lock

    def mark(self, path: Path, *, ended: bool) -> None:
        """Note that a sweep is not, or is again, to be gone on with; where nothing can be written, nothing is noted."""
        try:
            if ended:
                (path / _ENDED).touch()
            else:
                (path / _ENDED).unlink(missing_ok=True)
        except OSError:
            pass

    @property
    def can_undo_delete(self) -> bool:
        """Whether there is a sweep that can be brought back."""
        return bool(self._deleted)

    def delete(self, path: Path) -> None:
        """Take a sweep away; it can be brought back until the program ends.

        Raises
        ------
        StoreError
            If that cannot be.
        """
        lock = self.lock(path)
        if not lock.tryLock(0):
            raise StoreError(f"{path.name} is being trained: cancel it first")
        lock.unlock()
        target = self._folder / _DELETED / path.name
        try:
            target.parent.mkdir(exist_ok=True)
            os.replace(path, target)
        except OSError as error:
            raise StoreError(f"{path.name} could not be deleted: {error.strerror or error}") from error
        self._deleted.append(target)

    def undo_delete(self) -> None:
        """Bring back the sweep that was deleted last.

        Raises
        ------
        StoreError
            If that cannot be.
        """
        target = self._deleted.pop()
        try:
            os.replace(target, self._folder / target.name)
        except OSError as error:
            raise StoreError(f"{target.name} could not be brought back: {error.strerror or error}") from error

    def empty(self) -> None:
        """Delete for good what was deleted."""
        for target in self._deleted:
            shutil.rmtree(target, ignore_errors=True)
        self._deleted.clear()
