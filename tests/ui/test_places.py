"""Windows stay in sight: on the screen that is looked at, on one that is there, and no larger than it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.ui.places import Places, bring_into_sight, fitted, is_seen, place

#: A desk's screen, and beside it one with twice as many pixels in the same room.
SCREENS = {
    "screens": [
        {"name": "desk", "x": 0, "y": 0, "width": 1280, "height": 720, "logicalDpi": 96, "logicalBaseDpi": 96},
        {"name": "sharp", "x": 1280, "y": 0, "width": 2560, "height": 1440, "logicalDpi": 192, "logicalBaseDpi": 96},
    ]
}
SCRIPT = """
import json, os
from PySide6.QtCore import QPoint, QSettings
from nnstudio.app import create_application, create_window
app = create_application()
desk, sharp = app.screens()
window = create_window(settings=QSettings("settings.ini", QSettings.Format.IniFormat))
def settle():
    for _ in range(8):
        app.processEvents()
def told(of):
    return [*of.geometry().getRect(), of.screen().name(), of.devicePixelRatioF()]
window.show()
settle()
facts = {"first": told(window)}
window.resize(1200, 640)
window.move(sharp.geometry().topLeft() + QPoint(20, 20))
window.activateWindow()
settle()
facts["moved"] = told(window)
window.compare.open()
settle()
facts["compare"] = told(window.compare.window)
window.compare.window.close()
window.activateWindow()
settle()
panel = window.findChild(type(window._arrangement.form), "panel_surface")
facts["docked"] = [*panel.mapToGlobal(QPoint()).toTuple(), panel.width(), panel.height()]
panel.setFloating(True)
settle()
facts["floating"] = told(panel)
panel.setFloating(False)
settle()
was = window.saveState()
window.projector.enter()
settle()
facts["projected"] = told(window)
window.projector.leave()
settle()
facts["left"] = told(window)
facts["layout is back"] = window.saveState() == was
print(json.dumps(facts), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Use the program on two screens of different densities, and tell where its windows were."""
    folder = tmp_path_factory.mktemp("screens")
    (folder / "screens.json").write_text(json.dumps(SCREENS))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen:configfile=screens.json",
        "HOME": str(folder),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path]),
    }
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout, ran.stderr
    made: dict[str, Any] = json.loads(ran.stdout)
    return made


def test_a_window_goes_with_its_size_to_a_screen_of_another_density(facts: dict[str, Any]) -> None:
    assert facts["first"][4:] == ["desk", 1.0]
    assert facts["moved"][2:] == [1200, 640, "sharp", 2.0]


def test_other_windows_come_up_on_the_screen_that_is_looked_at(facts: dict[str, Any]) -> None:
    assert facts["compare"][4] == "sharp"


def test_a_panel_that_comes_loose_keeps_its_size_beside_its_place(facts: dict[str, Any]) -> None:
    x, y, width, height = facts["docked"]
    assert facts["floating"] == [x - 24, y + 24, width, height, "sharp", 2.0]


def test_projector_mode_fills_the_screen_that_the_window_is_on(facts: dict[str, Any]) -> None:
    assert facts["projected"] == [1280, 0, 1280, 720, "sharp", 2.0]
    assert facts["left"] == facts["moved"]
    assert facts["layout is back"]


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    yield made


def test_a_first_size_leaves_room_for_a_title_bar_and_needs_no_more_than_the_screen(window: QWidget) -> None:
    room = window.screen().availableGeometry()
    place(window, (5000, 5000), None)
    assert window.width() == room.width()
    assert window.height() < room.height()
    assert window.minimumWidth() <= room.width()
    place(window, (640, 560), "not a geometry")
    assert window.size() == QSize(640, 560).expandedTo(window.minimumSize())


def test_a_place_on_a_screen_that_has_gone_is_not_taken_up_again(qtbot: QtBot, window: QWidget) -> None:
    earlier = QWidget()
    qtbot.addWidget(earlier)
    earlier.setGeometry(5000, 3000, 600, 560)
    place(window, (640, 480), earlier.saveGeometry(), QSize(300, 200))
    window.show()
    assert window.screen().availableGeometry().contains(window.geometry())


@pytest.mark.parametrize(
    ("frame", "seen"),
    [
        (QRect(10, 20, 300, 200), QRect(10, 20, 300, 200)),
        (QRect(-50, -60, 300, 200), QRect(0, 0, 300, 200)),
        (QRect(790, 790, 300, 200), QRect(500, 600, 300, 200)),
        (QRect(100, 100, 3000, 2000), QRect(0, 0, 800, 800)),
    ],
)
def test_what_hangs_over_the_edge_is_moved_as_far_as_it_must(qapp: QApplication, frame: QRect, seen: QRect) -> None:
    screen = QGuiApplication.primaryScreen()
    assert screen.availableGeometry() == QRect(0, 0, 800, 800)  # the offscreen platform's
    assert fitted(frame, screen) == seen


def test_a_window_comes_back_when_its_screen_is_unplugged(qtbot: QtBot, qapp: QApplication, window: QWidget) -> None:
    Places(window)
    window.setGeometry(5000, 3000, 300, 200)
    window.show()
    assert not is_seen(window.geometry())
    qapp.screenRemoved.emit(qapp.primaryScreen())
    qtbot.waitUntil(lambda: window.screen().availableGeometry().contains(window.frameGeometry()))
    assert window.size() == QSize(300, 200)


def test_a_window_that_fills_the_screen_is_left_alone(window: QWidget) -> None:
    window.showFullScreen()
    window.move(QPoint(30, 30))
    bring_into_sight(window)
    assert window.pos() == QPoint(30, 30)
