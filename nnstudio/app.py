"""Wires engine, session and window together; the one place that knows all of them."""

from __future__ import annotations

import logging
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import threadpoolctl
from PySide6.QtCore import QEventLoop, QLocale, QMessageLogContext, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from nnstudio import __version__
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.presets import load_presets
from nnstudio.session.run import Run
from nnstudio.session.session import Session
from nnstudio.ui.application import MacApplication
from nnstudio.ui.errors import ErrorReporter, start_log
from nnstudio.ui.icons import application_icon
from nnstudio.ui.main_window import MainWindow

# A thread that wants the interpreter's lock asks for it after this long; the default of 5 ms is a third of a frame.
SWITCH_SECONDS = 0.0005
# What tells Qt how many pixels of a screen are one of the program's.
SCREEN_SETTINGS = ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI")


def create_application() -> QApplication:
    """Return the application, making it if there is none."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # Numbers are written the same way in fields, files and on the command line.
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    qInstallMessageHandler(_log_qt_message)
    app = (MacApplication if sys.platform == "darwin" else QApplication)(sys.argv[:1])
    app.setApplicationName("nnstudio")
    app.setOrganizationName("nnstudio")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("nnstudio")
    app.setWindowIcon(application_icon())
    return app


def create_window(spec: ExperimentSpec | None = None, *, settings: QSettings | None = None) -> MainWindow:
    """Return the main window, wired but neither shown nor with an event loop running.

    Parameters
    ----------
    spec : ExperimentSpec, optional
        What it begins with; the tutorial's experiment without it.
    settings : QSettings, optional
        Where the window remembers sizes and the like; the person's own without it.
    """
    create_application()
    sys.setswitchinterval(SWITCH_SECONDS)
    # Threads of the linear algebra library cost more than they bring at these sizes.
    threadpoolctl.threadpool_limits(1)
    session = Session(spec=spec or ExperimentSpec())
    window = MainWindow(session=session, presets=load_presets(), settings=settings or QSettings())
    session.setParent(window)
    return window


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, with the experiment file that `argv` names if it does, and return the exit status."""
    app = create_application()
    start_log()
    window = create_window()
    reporter = ErrorReporter(window)
    reporter.reported.connect(window.recover)
    reporter.install()
    logging.getLogger("nnstudio").info("nnstudio %s started", __version__)
    window.show()
    if argv:
        window.documents.open(argv[0])
    if isinstance(app, MacApplication):
        app.file_opened.connect(window.documents.open)
    status = app.exec()
    # Not left to the interpreter's end, which takes what is in the window apart in any order, and crashes.
    delete(window)
    return status


def snapshot(spec: ExperimentSpec, path: Path, *, size: tuple[int, int], theme: str) -> int:
    """Train an experiment in the window on the offscreen platform, and save the window's picture.

    Returns
    -------
    int
        0 if the run ended well, 1 if it diverged, 2 if the picture could not be written, 3 if something broke.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for setting in SCREEN_SETTINGS:
        os.environ.pop(setting, None)  # a picture is as large as was asked for, whatever the desk's screen is
    create_application()
    broken: list[BaseException] = []

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        broken.append(error)
        sys.__excepthook__(kind, error, trace)

    sys.excepthook = note
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("theme", theme)
        settings.setValue("speed", math.inf)
        window = create_window(spec, settings=settings)
        window.show()
        window.resize(*size)
        window.session.toggle_training()
        _let_pass(until=lambda: bool(broken) or _has_ended(window.session.run))
        _let_pass(seconds=0.4)  # at rest, curves are drawn thicker
        saved = window.grab().save(str(path))
        window.close()
    if not saved:
        expected = "expected a folder that can be written to and a name in .png"
        print(f"nnstudio: {path} could not be written: {expected}", file=sys.stderr)
        return 2
    if broken:
        return 3
    return 1 if window.session.run and window.session.run.frame.stopped == "diverged" else 0


def _has_ended(run: Run | None) -> bool:
    return run is not None and run.frame.stopped is not None and not run.frame.training


def _let_pass(*, seconds: float = math.inf, until: Callable[[], bool] = lambda: False) -> None:
    """Run the event loop for a time, or until something is true."""
    loop, end = QEventLoop(), time.monotonic() + seconds
    timer = QTimer(interval=20)
    timer.timeout.connect(lambda: loop.quit() if until() or time.monotonic() > end else None)
    timer.start()
    loop.exec()


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Send what Qt has to say to the log, where everything else is."""
    if message.startswith("This plugin does not support"):
        return  # the offscreen platform says so of every window that is raised or sized; there is nothing to it
    levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
    logging.getLogger("qt").log(levels.get(kind, logging.WARNING), message)
