"""The look follows what a person likes, and the zoom of all windows is remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.appearance import ZOOM_STEPS, Appearance, projected
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import THEME_NAMES, contrast_ratio, load_theme


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    made = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made.setValue("theme", "light")
    return made


def test_zoom_goes_in_steps_and_is_remembered(qapp: QApplication, settings: QSettings) -> None:
    appearance = Appearance(Preferences(settings))
    told: list[int] = []
    appearance.changed.connect(lambda theme: told.append(theme.type_scale.body))
    appearance.zoom_in()
    appearance.zoom_in()
    assert told == [15, 17]
    assert Appearance(Preferences(settings)).theme.type_scale.body == 17
    for _ in ZOOM_STEPS:
        appearance.zoom_in()
    assert appearance.theme.scale == 2.5
    for _ in ZOOM_STEPS:
        appearance.zoom_out()
    assert appearance.theme.scale == 0.75
    appearance.zoom_reset()
    assert appearance.theme == load_theme("light")


def test_the_projectors_zoom_is_its_own_and_ends_with_it(qapp: QApplication, settings: QSettings) -> None:
    preferences = Preferences(settings)
    preferences.set("scale", 1.5)
    appearance = Appearance(preferences)
    appearance.set_projector(True, 720)
    assert appearance.theme.type_scale.body == 24
    for _ in ZOOM_STEPS:
        appearance.zoom_in()
    assert appearance.theme.type_scale.body == 31
    appearance.set_projector(False)
    assert appearance.theme.scale == 1.5
    appearance.set_projector(True, 720)
    assert appearance.theme.type_scale.body == 24


def test_the_theme_follows_the_preferences(qapp: QApplication, settings: QSettings) -> None:
    preferences = Preferences(settings)
    appearance = Appearance(preferences)
    preferences.set("theme", "dark")
    assert appearance.theme.dark
    preferences.set("digits", 5)
    assert appearance.theme.digits == 5


@pytest.mark.parametrize("name", THEME_NAMES)
def test_a_projector_has_no_quiet_letters_and_thick_lines(qapp: QApplication, name: str) -> None:
    theme = load_theme(name)
    large = projected(theme)
    for role in ("muted", "axis", "text"):
        assert contrast_ratio(large.color(role), large.color("plot_background")) >= 7
    assert large.lines.curve > 2 * theme.lines.curve
    assert large.lines.strong >= 4


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings, quick_lab: None) -> Iterator[MainWindow]:
    made = create_window(ExperimentSpec().with_settings({"training.epochs": 5}), settings=settings)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def test_the_keys_zoom_the_window_whatever_has_the_focus(qtbot: QtBot, window: MainWindow) -> None:

    def press(target: QWidget, key: Qt.Key) -> None:
        qtbot.keyClick(target, key, Qt.KeyboardModifier.ControlModifier)
        QApplication.processEvents()

    press(window.panels[0].view, Qt.Key.Key_Plus)  # the network's drawing has it
    press(window.form, Qt.Key.Key_Plus)
    assert window.preferences.value("scale") == 1.3
    assert window.font().pixelSize() == 17
    press(window.form, Qt.Key.Key_Minus)
    press(window.form, Qt.Key.Key_0)
    assert window.preferences.value("scale") == 1.0
    window.lab.open()
    qtbot.waitActive(window.lab.lab_window)
    press(window.lab.lab_window, Qt.Key.Key_Plus)  # the lab's window too
    assert window.preferences.value("scale") == 1.15
    assert window.lab.lab_window.font().pixelSize() == 15


class LargeText:
    """A desktop whose owner has asked for text of 14 points, which are 18.67 pixels."""

    class SystemFont:
        GeneralFont = None

    @staticmethod
    def systemFont(_: object) -> QFont:
        font = QFont()
        font.setPixelSize(18)
        return font


def test_larger_text_of_the_desktop_is_larger_here_too(
    qapp: QApplication, settings: QSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = Appearance(Preferences(settings)).theme
    monkeypatch.setattr("nnstudio.ui.appearance.QFontDatabase", LargeText)
    appearance = Appearance(Preferences(settings))
    assert appearance.theme.type_scale.body == round(usual.type_scale.body * 18 / 15)
    appearance.zoom_in()  # on top of it
    assert appearance.theme.scale == pytest.approx(1.15 * 18 / 15)
    appearance.set_projector(True, 720)  # large as it is
    assert appearance.theme.type_scale == projected(usual).type_scale


@pytest.fixture
def wide(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    window = create_window(settings=settings)
    window.resize(1280, 720)
    window.show()
    qtbot.waitActive(window)
    yield window
    window.close()
    window.deleteLater()


def test_large_type_leaves_one_column_of_panels_until_there_is_room_again(qtbot: QtBot, wide: MainWindow) -> None:
    surface, network, form = (wide.findChild(QDockWidget, name) for name in ("panel_surface", "panel_network", "form"))
    assert network not in wide.tabifiedDockWidgets(surface)
    wide.preferences.set("scale", 2.0)
    qtbot.waitUntil(lambda: network in wide.tabifiedDockWidgets(surface))
    qtbot.waitUntil(lambda: form.width() > 500)
    wide.preferences.set("scale", 1.0)
    qtbot.waitUntil(lambda: network not in wide.tabifiedDockWidgets(surface))
    assert not surface.isHidden()
    # Whoever has arranged the panels keeps them so.
    surface.setFloating(True)
    wide.preferences.set("scale", 2.0)
    qtbot.waitUntil(lambda: form.width() > 350)
    QApplication.processEvents()
    assert surface.isFloating()


@pytest.mark.parametrize("floating", ["", "panel_loss"])
def test_panels_have_their_sizes_again_with_the_type_that_they_had(
    qtbot: QtBot, wide: MainWindow, floating: str
) -> None:
    docks = {dock.objectName(): dock for dock in wide.findChildren(QDockWidget)}
    if floating:
        docks[floating].setFloating(True)
        docks[floating].setGeometry(100, 150, 400, 300)
    QApplication.processEvents()
    wide.resizeDocks([docks["panel_network"], docks["panel_surface"]], [600, 300], Qt.Orientation.Horizontal)

    def settle() -> dict[str, QRect]:
        for _ in range(6):
            QApplication.processEvents()
        return {name: dock.geometry() for name, dock in docks.items() if dock.x() >= 0}

    before = settle()
    wide.preferences.set("scale", 1.5)
    assert settle() != before
    wide.preferences.set("scale", 2.0)
    settle()
    wide.preferences.set("scale", 1.0)
    qtbot.waitUntil(lambda: settle() == before)
    # What was put elsewhere in the meantime stays there.
    wide.preferences.set("scale", 1.3)
    settle()
    docks["panel_scores"].setFloating(True)
    docks["panel_scores"].setFloating(False)
    docks["panel_surface"].hide()
    wide.preferences.set("scale", 1.0)
    settle()
    assert docks["panel_surface"].isHidden()


def test_the_speed_dial_stays_longer_than_the_lesser_numbers(qtbot: QtBot, wide: MainWindow) -> None:
    speed, rate, loss = (wide.findChild(QWidget, name) for name in ("speed", "rate", "loss"))
    assert speed.isVisible()
    assert rate.isVisible()
    wide.preferences.set("scale", 1.5)
    qtbot.waitUntil(lambda: not rate.isVisible())
    assert speed.isVisible()
    assert loss.isVisible()
    wide.preferences.set("scale", 1.0)
    qtbot.waitUntil(rate.isVisible)
    wide.close()
