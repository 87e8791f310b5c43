"""The sweeps that the lab keeps: listed, gone on with, and written to files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from nnstudio.files.replacing import replace_file
from nnstudio.files.tables import table_text
from nnstudio.lab.table import runs_table
from nnstudio.session.lab import Lab
from nnstudio.ui.lab.earlier import EarlierSweeps
from nnstudio.ui.lab.unfinished import UnfinishedBar
from nnstudio.ui.theme import Theme


class KeptSweeps(QObject):
    """The list of earlier sweeps, the bar of those that were interrupted, and the results as tables.

    Parameters
    ----------
    lab : Lab
    theme : Theme
    window : QWidget
        Over which the list and dialogs open.

    Attributes
    ----------
    bar : UnfinishedBar
    open_wanted, resume_wanted : Signal(object)
        With the `StoredSweep`.
    noticed : Signal(str)
    """

    open_wanted = Signal(object)
    resume_wanted = Signal(object)
    noticed = Signal(str)

    def __init__(self, *, lab: Lab, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._lab, self._theme, self._window = lab, theme, window
        self.list, self.bar = EarlierSweeps(theme, window), UnfinishedBar(theme)
        self.list.open_wanted.connect(self.open_wanted)
        self.list.resume_wanted.connect(self.resume_wanted)
        self.list.delete_wanted.connect(lab.delete)
        self.list.undo_wanted.connect(lab.undo_delete)
        self.bar.resume_wanted.connect(self.resume_wanted)
        lab.stored_changed.connect(self._show)
        lab.state_changed.connect(self._show_bar)
        self._show_bar()

    @Slot()
    def _show(self) -> None:
        self._show_bar()
        if self.list.isVisible():
            self._fill()

    @Slot()
    def _show_bar(self) -> None:
        self.bar.show_sweeps(self._lab.unfinished)

    def _fill(self) -> None:
        self.list.show_sweeps(self._lab.stored(), deleted=self._lab.can_undo_delete)

    def show_list(self, button: QWidget) -> None:
        """List the sweeps below a button."""
        self._fill()
        self.list.open_under(button, self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self.list.set_theme(theme)
        self.bar.set_theme(theme)

    @Slot()
    def choose_file(self) -> None:
        """Ask where to save the results."""
        dialog = QFileDialog(self._window, "Save the results", "", "Comma-separated values (*.csv)")
        dialog.setObjectName("lab_save_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(".csv")
        dialog.selectFile("sweep.csv")
        dialog.fileSelected.connect(self.save_results)
        dialog.open()

    @Slot(str)
    def save_results(self, path: str) -> None:
        """Write a row for each run that is done."""
        if self._lab.results is None:
            return
        try:
            replace_file(Path(path), table_text(*runs_table(self._lab.results)).encode())
        except OSError as error:
            self.noticed.emit(f"{Path(path).name} was not saved: {error.strerror or error}.")
        else:
            self.noticed.emit(f"saved {path}")

    @Slot()
    def copy_results(self) -> None:
        """Put a row for each run that is done on the clipboard, as spreadsheets take them."""
        if self._lab.results is not None:
            QApplication.clipboard().setText(table_text(*runs_table(self._lab.results), delimiter="\t"))
            self.noticed.emit("copied the results")
