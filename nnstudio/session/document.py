"""The experiment as a document: what is being edited, what can be undone, and the file that it lives in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoStack

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.experiment import Experiment, read_experiment, write_experiment


class Document(QObject):
    """An experiment that is edited, undone, opened and saved.

    Attributes
    ----------
    spec : ExperimentSpec
        The experiment as it is being edited.
    hidden : frozenset of str
        Paths of the settings that the form does not show.
    path : Path or None
        The file that it was opened from or saved to.
    undo_stack : QUndoStack
        Every edit of the experiment; modified means not clean.
    """

    spec_changed = Signal(object)  # ExperimentSpec
    path_changed = Signal(object)  # Path or None
    hidden_changed = Signal(object)  # frozenset of keys that the form does not show

    def __init__(self, *, spec: ExperimentSpec, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.path: Path | None = None
        self.hidden: frozenset[str] = frozenset()
        self.undo_stack = QUndoStack(self)

    def begin(self, experiment: Experiment) -> None:
        """Run an experiment that has just been opened."""
        raise NotImplementedError

    def snapshot(self) -> Experiment:
        """Return the experiment with the run's state, where there is one that belongs to it."""
        raise NotImplementedError

    @Slot(object)
    def set_hidden(self, keys: frozenset[str]) -> None:
        """Let the form show all settings but these; they are saved with the experiment."""
        if keys != self.hidden:
            self.hidden = keys
            self.hidden_changed.emit(keys)

    def new(self, spec: ExperimentSpec) -> None:
        """Begin an experiment that has no file yet."""
        self._replace(Experiment(spec), None)

    def open(self, path: Path) -> None:
        """Open an experiment, and the run that was saved with it.

        Raises
        ------
        ExperimentFileError
            If the file cannot be read; nothing has changed then.
        """
        self._replace(read_experiment(path), path)

    def _replace(self, experiment: Experiment, path: Path | None) -> None:
        self.undo_stack.clear()
        self.spec = experiment.spec
        self._set_path(path)
        self.set_hidden(experiment.hidden)
        self.spec_changed.emit(self.spec)
        self.begin(experiment)

    def save(self, path: Path) -> None:
        """Save the experiment, and its run if that has begun and is of this very experiment.

        Raises
        ------
        ExperimentFileError
            If the file cannot be written; what stood there is still there.
        """
        write_experiment(path, self.snapshot())
        self.undo_stack.setClean()
        self._set_path(path)

    def forget_path(self) -> None:
        """Treat what is open as not saved yet."""
        self._set_path(None)

    def _set_path(self, path: Path | None) -> None:
        self.path = path
        self.path_changed.emit(path)
