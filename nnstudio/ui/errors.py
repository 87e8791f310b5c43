"""Answers an unexpected error: the log has it, a dialog shows it and can be copied, and the program goes on."""

from __future__ import annotations

import logging
import platform
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nnstudio import __version__
from nnstudio.ui.theme import set_look

LOG_BYTES = 1_000_000


def log_path() -> Path:
    """Return where the log is written: in the folder that the system has for a program's own data."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "nnstudio.log"


def start_log() -> None:
    """Write what the program logs to a file of bounded size; without one, errors still go to their dialog."""
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_path(), maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class ErrorReporter(QObject):
    """Takes every exception that nobody has caught, from whichever thread, and shows it in the window's.

    Parameters
    ----------
    window : QWidget
        Over which the dialog opens.
    """

    reported = Signal(str)
    _caught = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ErrorDialog | None = None
        self._last = ""
        # Qt calls the slot in the window's thread, wherever the exception was raised.
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the interpreter's hook for uncaught exceptions."""
        sys.excepthook = self.take

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an exception, and have it shown; an interrupt from the keyboard ends the program as usual."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        if text == self._last:
            return  # an error that comes with every frame is reported once
        self._last = text
        logging.getLogger("nnstudio").error("uncaught exception\n%s", text)
        print(text, file=sys.stderr, end="")
        self._caught.emit(text)

    @Slot(str)
    def _show(self, text: str) -> None:
        self.reported.emit(text)
        if self._dialog is not None and self._dialog.isVisible():
            self._dialog.add(text)
            return
        self._dialog = ErrorDialog(text, self._window)
        self._dialog.show()


class ErrorDialog(QDialog):
    """What went wrong, as text that can be copied; the program can be used meanwhile."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("error_dialog")
        self.setWindowTitle("Something went wrong")
        self.setModal(False)
        # Space goes on training, whatever has gone wrong.
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        heading = QLabel("Something went wrong that nnstudio did not expect.")
        set_look(heading, role="heading")
        advice = QLabel(
            "You can go on working. If it happens again, save your experiment and start nnstudio anew; "
            f"the text below helps to mend it. It is also in {log_path()}.",
            wordWrap=True,
        )
        advice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        versions = f"nnstudio {__version__}, Python {platform.python_version()}, {platform.platform()}"
        self._text = QPlainTextEdit(f"{versions}\n\n{text}", readOnly=True, objectName="error_text")
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy text", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("error_copy")
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.addWidget(heading)
        column.addWidget(advice)
        column.addWidget(self._text, 1)
        column.addWidget(buttons)
        self.resize(720, 420)

    def add(self, text: str) -> None:
        """Show a further error below the first, unless it is the same again."""
        if text not in self._text.toPlainText():
            self._text.appendPlainText(f"\n{text}")

    @Slot()
    def copy(self) -> None:
        """Put the whole text on the clipboard."""
        QApplication.clipboard().setText(self._text.toPlainText())
