"""Whoever is disturbed by motion sees none but two pictures a second, at once and until it is wanted again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec
from nnstudio.ui.compare.twin_window import TwinWindow
from nnstudio.ui.motion import Motion
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import load_theme


class Drawer:
    """Stands for all that draws while something trains, and remembers how often it is to."""

    rate = 0.0
    pause = 0.0

    def set_frame_rate(self, rate: float) -> None:
        self.rate = rate

    def set_pause(self, seconds: float) -> None:
        self.pause = seconds


def follow(preferences: Preferences, window: QMainWindow) -> Drawer:
    drawer = Drawer()
    Motion(preferences=preferences, controller=drawer, lab=drawer, compare=drawer, window=window)
    return drawer


@pytest.fixture
def preferences(qapp: QApplication, tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QMainWindow]:
    flash_time = QApplication.cursorFlashTime()
    effects = Qt.UIEffect.UI_General, Qt.UIEffect.UI_AnimateCombo
    for effect in effects:
        QApplication.setEffectEnabled(effect, True)
    made = QMainWindow()
    qtbot.addWidget(made)
    yield made
    QApplication.setCursorFlashTime(flash_time)
    for effect in effects:
        QApplication.setEffectEnabled(effect, False)


def test_reduced_motion_stops_what_glides_and_blinks(preferences: Preferences, window: QMainWindow) -> None:
    flash_time = QApplication.cursorFlashTime()
    drawer = follow(preferences, window)
    assert (drawer.rate, drawer.pause, window.isAnimated()) == (30, 0, True)
    preferences.set("motion", "reduced")
    assert (drawer.rate, drawer.pause, window.isAnimated()) == (2, 0.5, False)
    assert not QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateCombo)
    assert QApplication.cursorFlashTime() == 0
    preferences.set("frame_rate", 60)
    assert drawer.rate == 2
    preferences.set("motion", "full")
    assert (drawer.rate, drawer.pause, window.isAnimated()) == (60, 0, True)
    assert QApplication.isEffectEnabled(Qt.UIEffect.UI_AnimateCombo)
    assert QApplication.cursorFlashTime() == flash_time


def test_what_was_wanted_before_holds_from_the_start(preferences: Preferences, window: QMainWindow) -> None:
    preferences.set("motion", "reduced")
    drawer = follow(preferences, window)
    assert (drawer.rate, drawer.pause, window.isAnimated()) == (2, 0.5, False)


def test_twins_are_drawn_at_once_when_they_rest(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    spec = ExperimentSpec().with_settings({"training.epochs": 300})
    twin = TwinWindow(names=("a", "b"), specs=(spec, spec), theme=load_theme("dark"), settings=settings)
    twin.set_frame_rate(1e-6)
    twin.show()
    qtbot.waitUntil(lambda: twin.twins.runs is not None)
    twin.twins.set_running(True)
    qtbot.waitUntil(lambda: twin.twins.has_ended)
    label = twin.findChild(QLabel, "twin_epoch")
    qtbot.waitUntil(lambda: label.text() == "epoch 300 / 300")
    twin.close()
