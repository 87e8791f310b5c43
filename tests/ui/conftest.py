"""Lends tests a window, settings of its own and a lab without processes; a key for nobody fails its test alone."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))
from in_process import InProcess

from nnstudio.app import create_window
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.lab import Lab
from nnstudio.ui.main_window import MainWindow


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    """Return empty settings in the test's own folder."""
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    """Return the main window with the tutorial's experiment, shown and with its run begun."""
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


@pytest.fixture
def quick_lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a window's lab train in the test's own process, and keep its sweeps in the test's own folder."""
    monkeypatch.setattr(
        "nnstudio.session.lab.Lab",
        lambda parent: Lab(folder=tmp_path / "sweeps", make_workers=lambda where: InProcess(), parent=parent),
    )


@pytest.fixture(autouse=True, scope="session")
def keys_for_somebody() -> Iterator[None]:
    """Let a test fail that presses a key while nothing has the focus: Qt aborts the process."""
    click = QtBot.keyClick

    def key_click(widget: QWidget | None, *key: object) -> None:
        assert widget is not None, "nothing has the focus"
        click(widget, *key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QtBot, "keyClick", staticmethod(key_click))
        yield
