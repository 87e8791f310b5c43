"""Checks that a file which macOS's Finder opens reaches the program."""

import subprocess
import sys

SCRIPT = """
from PySide6.QtCore import QCoreApplication, QUrl
from PySide6.QtGui import QFileOpenEvent
from nnstudio.ui.application import MacApplication

app = MacApplication([])
app.file_opened.connect(print)
event = QFileOpenEvent(QUrl.fromLocalFile("/lesson/my xor.nns"))
assert QCoreApplication.sendEvent(app, event)
"""


def test_file_of_an_event_is_opened() -> None:
    # In a process of its own: there is one application in each, and the other tests' is Qt's.
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)

    assert done.stdout == "/lesson/my xor.nns\n"
