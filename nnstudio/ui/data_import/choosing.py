"""Asks for a person's own table, in the one way for the window and for the dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from nnstudio.files.data.reading import SUFFIXES


def ask_for_table(parent: QWidget, name: str, folder: str | Path, chosen: Callable[[str], object]) -> None:
    """Ask for a table, without stopping what runs.

    Parameters
    ----------
    parent : QWidget
        Over which the question stands.
    name : str
        The object name of its dialog.
    folder : str or Path
        Where it begins.
    chosen : callable
        Takes the file's path; a slot.
    """
    patterns = " ".join(f"*{suffix}" for suffix in SUFFIXES)
    dialog = QFileDialog(parent, "Open data", str(folder), f"Tables ({patterns});;All files (*)")
    dialog.setObjectName(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(chosen)
    dialog.open()
