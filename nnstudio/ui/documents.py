"""Opens and saves experiments for the window, and sees that nothing unsaved is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QSettings, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox, QWidget

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.data.reading import SUFFIXES as TABLES
from nnstudio.files.experiment import (
    SUFFIX,
    Experiment,
    ExperimentFileError,
    settings_from_text,
    settings_text,
    write_experiment,
)
from nnstudio.files.python_export import ExportError, python_text, write_python
from nnstudio.session.session import Session

RECENT_FILES = 8
_FILTER = f"Experiments (*{SUFFIX});;Settings alone (*.json);;All files (*)"


class Documents(QObject):
    """The File menu's work.

    Parameters
    ----------
    session : Session
    settings : QSettings
        Where recent files are remembered.
    window : QWidget
        Over which dialogs open; none of them stops what runs.
    """

    noticed = Signal(str)  # what has been done, in words
    table_chosen = Signal(str)  # path of a table, which is no experiment but can be learned

    def __init__(self, *, session: Session, settings: QSettings, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self.recent_menu = QMenu("Open &recent", window, toolTipsVisible=True)
        self.recent_menu.aboutToShow.connect(self.fill_recent_menu)

    # ---- open ----------------------------------------------------------------------------------------------------

    @Slot()
    def new(self) -> None:
        """Begin with the tutorial's experiment, once changes of a file have been saved or given up."""
        self.unless_unsaved(lambda: self._session.new(ExperimentSpec()))

    @Slot()
    def choose(self) -> None:
        """Ask for a file to open."""
        dialog = self._dialog("Open experiment", "open_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open)
        dialog.open()

    @Slot(str)
    def open(self, path: str | Path) -> None:
        """Open a file, once changes of the one before have been saved or given up; a table goes where tables go."""
        if Path(path).suffix.lower() in TABLES:
            self.table_chosen.emit(str(path))
        else:
            self.unless_unsaved(lambda: self._open(Path(path)))

    def _open(self, path: Path) -> bool:
        try:
            self._session.open(path)
        except ExperimentFileError as error:
            self._refuse("The experiment could not be opened", error)
            self._set_recent(self._recent_but(path))
            return False
        self._set_recent([path.absolute(), *self._recent_but(path)])
        self.noticed.emit(f"opened {path}")
        return True

    @Slot()
    def choose_export(self) -> None:
        """Ask for a file to write the trained network to, as a program."""
        dialog = self._dialog("Export as Python", "export_dialog", "Python programs (*.py)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(".py")
        dialog.selectFile(f"{self._session.spec.data.name.name}.py")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str | Path) -> bool:
        """Write the network as it is now to a file, and return whether that was done."""
        run = self._session.run
        if run is None:
            return False
        try:
            write_python(path, python_text(run.spec, run.frame.parameters, run.frame.epoch))
        except ExportError as error:
            self._refuse("The network could not be exported", error)
            return False
        self.noticed.emit(f"exported {path}: checked to predict what the network does")
        return True

    # ---- as text -------------------------------------------------------------------------------------------------

    @Slot()
    def copy_settings(self) -> None:
        """Put the experiment's settings on the clipboard as text, to be sent to somebody."""
        QApplication.clipboard().setText(settings_text(Experiment(self._session.spec, hidden=self._session.hidden)))
        self.noticed.emit("copied the settings as text: paste them in a message, or in another nnstudio")

    @Slot()
    def paste_settings(self) -> None:
        """Take the settings that somebody has sent as text from the clipboard."""
        try:
            experiment = settings_from_text(QApplication.clipboard().text(), self._session.spec.own)
        except ExperimentFileError as error:
            self._refuse("The clipboard holds no settings", error)
            return
        self._session.use_spec(experiment.spec, "pasting of settings")
        self._session.set_hidden(experiment.hidden)
        self.noticed.emit("pasted the settings")

    @staticmethod
    def dropped_file(data: QMimeData) -> Path | None:
        """Return the one experiment or table that is being dragged, if that is what it is."""
        urls = data.urls()
        path = Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
        return path if path is not None and path.suffix.lower() in (SUFFIX, ".json", *TABLES) else None

    # ---- save ----------------------------------------------------------------------------------------------------

    @Slot()
    def save(self) -> None:
        """Save to the experiment's file, or ask for one."""
        if self._session.path is None:
            self.save_as()
        else:
            self.save_to(self._session.path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file to save to."""
        path = self._session.path
        dialog = self._dialog("Save experiment", "save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(path.name if path else f"{self._session.spec.data.name.name}{SUFFIX}")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str | Path) -> bool:
        """Save to a file, and return whether that was done."""
        path = Path(path)
        try:
            self._session.save(path)
        except (ExperimentFileError, TimeoutError) as error:
            self._refuse("The experiment could not be saved", error)
            return False
        self._set_recent([path.absolute(), *self._recent_but(path)])
        run = self._session.run
        alone = path.suffix.lower() != SUFFIX and run is not None and run.frame.epoch > 0
        self.noticed.emit(
            f"saved {path}" + (f": settings alone; a {SUFFIX} file keeps the training too" if alone else "")
        )
        return True

    # ---- what is not saved ---------------------------------------------------------------------------------------

    @property
    def has_unsaved_file(self) -> bool:
        """Whether a file has changes that are not in it; an experiment without a file is kept without a question."""
        return self._session.path is not None and not self._session.undo_stack.isClean()

    def unless_unsaved(self, go_on: Callable[[], object]) -> None:
        """Go on at once, or, where a file has unsaved changes, when the person has decided about them."""
        path = self._session.path
        if path is None or not self.has_unsaved_file:
            self.keep_unsaved()
            go_on()
            return
        question = f"Save the changes of {path.name}?"
        box = QMessageBox(QMessageBox.Icon.Question, "nnstudio", question, parent=self._window)
        box.setObjectName("unsaved")
        choices = QMessageBox.StandardButton
        box.setStandardButtons(choices.Save | choices.Discard | choices.Cancel)
        box.setDefaultButton(choices.Save)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def decided(answer: int) -> None:
            if answer == choices.Discard or (answer == choices.Save and self.save_to(path)):
                go_on()

        box.finished.connect(decided)
        box.open()

    @staticmethod
    def _unsaved_path() -> Path:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
        return Path(folder) / f"unsaved{SUFFIX}"

    def keep_unsaved(self) -> None:
        """Keep an experiment that has no file yet, so that nothing is lost although nothing is asked."""
        if self._session.path is not None or self._session.undo_stack.isClean():
            return
        try:
            self._unsaved_path().parent.mkdir(parents=True, exist_ok=True)
            write_experiment(self._unsaved_path(), self._session.snapshot())
        except (OSError, ExperimentFileError, TimeoutError) as error:
            self.noticed.emit(f"The unsaved experiment could not be kept: {error}")

    @Slot()
    def reopen_unsaved(self) -> None:
        """Bring back the experiment that was left without having been saved."""
        self.unless_unsaved(self._reopen_unsaved)

    def _reopen_unsaved(self) -> None:
        path = self._unsaved_path()
        if not path.exists():
            self.noticed.emit("There is no unsaved experiment.")
        elif self._open(path):
            self._session.forget_path()
            self._set_recent(self._recent_but(path))

    # ---- recent files --------------------------------------------------------------------------------------------

    def _recent(self) -> list[Path]:
        value = self._settings.value("recent_files", [])
        return [Path(str(item)) for item in (value if isinstance(value, list) else [value]) if item]

    def _recent_but(self, path: Path) -> list[Path]:
        return [other for other in self._recent() if other != path.absolute()]

    def _set_recent(self, paths: list[Path]) -> None:
        self._settings.setValue("recent_files", [str(path) for path in paths[:RECENT_FILES]])

    @Slot()
    def fill_recent_menu(self) -> None:
        """List the files that were opened or saved last."""
        self.recent_menu.clear()
        for path in self._recent():
            action = self.recent_menu.addAction(path.name)
            action.setToolTip(str(path))
            action.setData(str(path))
            action.triggered.connect(self._open_recent)
        if not self.recent_menu.actions():
            self.recent_menu.addAction("No files yet").setEnabled(False)

    @Slot()
    def _open_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.open(str(action.data()))

    # ---- dialogs -------------------------------------------------------------------------------------------------

    def _dialog(self, title: str, name: str, filter: str = _FILTER) -> QFileDialog:
        recent = self._recent()
        near = self._session.path or (recent[0] if recent else None)
        dialog = QFileDialog(self._window, title, str(near.parent if near else Path.home()), filter)
        dialog.setObjectName(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _refuse(self, heading: str, error: Exception) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "nnstudio", heading, QMessageBox.StandardButton.Ok, self._window)
        box.setObjectName("file_error")
        box.setInformativeText(str(error))
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
