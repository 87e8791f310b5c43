"""Brings a person's own table into the experiment: chosen, dropped, looked at in a dialog, and learned."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QSettings, Qt, Slot
from PySide6.QtWidgets import QWidget

from nnstudio.session.session import Session
from nnstudio.ui.data_import import DataImportDialog, ImportedData, ask_for_table
from nnstudio.ui.theme import Theme


class DataFiles(QObject):
    """Opens tables for the window.

    Parameters
    ----------
    session : Session
    settings : QSettings
        Where the folder of the last table and the dialog's size are remembered.
    theme : Theme
    window : QWidget
        Over which dialogs open; none of them stops what runs.
    """

    def __init__(self, *, session: Session, settings: QSettings, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Give dialogs another look, one that is open included."""
        self._theme = theme
        for dialog in self._window.findChildren(DataImportDialog):
            dialog.set_theme(theme)

    @Slot()
    def choose(self) -> None:
        """Ask for a table to open."""
        folder = str(self._settings.value("data_folder", Path.home()))
        ask_for_table(self._window, "open_data_dialog", folder, self.open)

    @Slot(str)
    def open(self, path: str | Path) -> None:
        """Show a table, and learn it once the person has said what of it."""
        path = Path(path)
        self._settings.setValue("data_folder", str(path.parent))
        dialog = DataImportDialog(path, theme=self._theme, settings=self._settings, parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(self._use)
        dialog.open()

    @Slot(object)
    def _use(self, imported: ImportedData) -> None:
        dataset = imported.dataset
        self._session.use_data(dataset, f"opening of {dataset.title}", settings=imported.settings)
