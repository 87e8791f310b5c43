"""Keeps tests off the screen and away from the person's own settings, and lends an X server to those that need one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

# Before anything imports Qt. A test of a real window sets its own platform in a process of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings

_NUMBERS = count()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Delete what a test has given up: without an event loop Qt would wait, and each change of theme style it all."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty home folder, settings included."""
    # Not `mktemp`, which would look through all those that there are by then for a number that is free.
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_NUMBERS))
    home.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for variable, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
    }.items():
        monkeypatch.setenv(variable, str(home / folder))
    # QSettings reads the variables only once in a process.
    for settings_format in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(settings_format, QSettings.Scope.UserScope, str(home / ".config"))
    return home


@pytest.fixture(scope="session")
def xvfb() -> Iterator[str]:
    """Start an X server without a screen, and give its DISPLAY."""
    program = shutil.which("Xvfb")
    if program is None:
        # CI must not pass for want of a server.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("needs Xvfb (Debian package xvfb)")
    reader, writer = os.pipe()
    with subprocess.Popen(
        [program, "-displayfd", str(writer), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            number = pipe.readline().strip()
        try:
            assert number, "Xvfb ended without naming a display"
            yield f":{number}"
        finally:
            server.terminate()
