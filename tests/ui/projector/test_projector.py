"""Projector mode as presenter and audience meet it, and the window that is there again afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.arrangement import LAYOUT_VERSION
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.projector.pointer import DIAMETER, ringed_pointer


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, projector_screen: None) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("theme", "light")
    made = create_window(ExperimentSpec(), settings=settings)
    made.resize(1280, 720)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    main = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
    qtbot.keyClick(QApplication.focusWidget() or main, key, modifier)
    QApplication.processEvents()


def enter(qtbot: QtBot, window: MainWindow, size: tuple[int, int] = (1280, 720)) -> None:
    press(qtbot, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: window.isFullScreen() and window.projector.active)
    QApplication.processEvents()
    window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()


def leave(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.projector.active and not window.isFullScreen())
    for _ in range(5):
        QApplication.processEvents()


def seen(window: MainWindow) -> set[str]:
    """The panels in sight, tabs that lie behind others not among them."""

    def on_top(panel: QWidget) -> bool:
        found = window.childAt(panel.mapTo(window, panel.rect().center()))
        return panel.isVisible() and found is not None and (panel is found or panel.isAncestorOf(found))

    return {panel.key for panel in window.panels if on_top(panel)}


def state(window: MainWindow) -> dict[str, object]:
    return {
        "layout": window.saveState(LAYOUT_VERSION).data(),
        "size": window.size(),
        "hidden": {dock.objectName() for dock in window.findChildren(QDockWidget) if dock.isHidden()},
        "theme": window.appearance.theme,
    }


@pytest.mark.parametrize("before", ["as it starts", "Outputs and loss", "a panel floats, another is hidden"])
def test_leaving_brings_back_the_window_exactly(qtbot: QtBot, window: MainWindow, before: str) -> None:
    if before == "Outputs and loss":
        window.actions_by_key["see_outputs"].trigger()
    elif before.startswith("a panel floats"):
        window.findChild(QWidget, "panel_loss").setFloating(True)
        window.findChild(QWidget, "panel_loss").setGeometry(120, 150, 400, 300)
        window.findChild(QWidget, "panel_network").hide()
    QApplication.processEvents()
    was, buttons = state(window), [action.objectName() for action in window.transport.actions()]
    enter(qtbot, window)
    assert state(window)["theme"] != was["theme"]
    press(qtbot, Qt.Key.Key_2)
    press(qtbot, Qt.Key.Key_E)
    press(qtbot, Qt.Key.Key_E)
    leave(qtbot, window)
    assert state(window) == was
    assert [action.objectName() for action in window.transport.actions()] == buttons
    assert window.menuBar().isVisible()
    assert QApplication.overrideCursor() is None
    enter(qtbot, window)  # and once more
    leave(qtbot, window)
    assert state(window) == was


def test_what_is_read_is_large_and_what_nobody_needs_is_gone(qtbot: QtBot, window: MainWindow) -> None:
    window.appearance.set_projector(True, 720)
    sizes = window.appearance.theme.type_scale
    assert min(sizes.caption, sizes.body, sizes.heading, sizes.value) >= 24
    window.appearance.set_projector(True, 1080)
    assert window.appearance.theme.type_scale.body == 36
    window.appearance.set_projector(False)
    enter(qtbot, window)
    assert not window.menuBar().isVisible()
    assert not window.form.isVisible()
    for name in ("loss", "epoch", "outcome", "projector_form"):
        assert window.findChild(QWidget, name).isVisible(), name
    for name in ("speed", "rate", "time_left", "subject", "network_keep", "loss_more"):
        assert not window.findChild(QWidget, name).isVisible(), name
    assert "XOR   2-2-1   seed 42" in window.findChild(QLabel, "presented").text()


def test_the_remote_trains_pauses_rewinds_and_blanks(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_PageDown)
    assert not window.session.running  # the keys are the presenter's alone
    enter(qtbot, window)
    press(qtbot, Qt.Key.Key_PageDown)
    assert window.session.running
    qtbot.waitUntil(lambda: window.session.run.frame.epoch > 10)
    press(qtbot, Qt.Key.Key_PageDown)
    assert not window.session.running
    press(qtbot, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: window.session.run.frame.epoch == 0)
    press(qtbot, Qt.Key.Key_B)
    blank = window.findChild(QWidget, "projector_blank")
    assert blank.isVisible()
    assert blank.geometry() == window.rect()
    press(qtbot, Qt.Key.Key_PageDown)  # any key, which does nothing else
    assert not blank.isVisible()
    assert not window.session.running


def test_a_setting_that_waits_for_a_rewind_is_said_while_the_form_is_folded(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    window.session.step_epoch()
    qtbot.waitUntil(lambda: window.session.run.frame.epoch == 1)
    window.session.edit("network.hidden", "4")
    hint = window.findChild(QLabel, "hint")
    assert hint is not None and "hidden layers 4" in hint.toolTip() + hint.text().lower()
    banner = window.findChild(QLabel, "pending")
    assert banner is not None and banner.text().endswith("takes effect with Rewind (Home or Page Up)")
    press(qtbot, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: window.session.run.frame.epoch == 0)
    assert "hidden layers" not in hint.text().lower()
    leave(qtbot, window)
    window.session.step_epoch()
    qtbot.waitUntil(lambda: window.session.run.frame.epoch == 1)
    window.session.edit("network.hidden", "3")
    assert banner.text().endswith("takes effect with Rewind (Home)")


def test_the_remote_works_while_the_cursor_stands_in_a_field(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    press(qtbot, Qt.Key.Key_E)
    field = window.findChild(QSpinBox, "seed") or window.findChild(QWidget, "seed")
    field.setFocus()
    press(qtbot, Qt.Key.Key_PageDown)
    assert window.session.running
    assert window.session.spec.seed == 42
    press(qtbot, Qt.Key.Key_PageDown)
    press(qtbot, Qt.Key.Key_4)  # a number for the field, not a layout
    assert window.findChild(QWidget, "panel_network").isVisible()


def test_four_neurons_are_four_keys_away_whatever_was_touched_at_the_desk(qtbot: QtBot, window: MainWindow) -> None:
    window.findChild(QWidget, "seed").setFocus()
    enter(qtbot, window)
    for key in (Qt.Key.Key_E, Qt.Key.Key_4, Qt.Key.Key_Return, Qt.Key.Key_E):
        press(qtbot, key)
    assert window.session.spec.with_settings({"network.hidden": "4"}) == window.session.spec
    assert not window.form.isVisible()
    press(qtbot, Qt.Key.Key_E)
    press(qtbot, Qt.Key.Key_Tab)
    walked_to = QApplication.focusWidget()
    assert window.form.isAncestorOf(walked_to)
    press(qtbot, Qt.Key.Key_E)
    press(qtbot, Qt.Key.Key_E)
    assert QApplication.focusWidget() is walked_to  # who comes back is where they were


def test_prompts_name_the_keys_of_the_remote(qtbot: QtBot, window: MainWindow) -> None:
    plot = next(panel for panel in window.panels if panel.key == "loss").plot
    hint = window.findChild(QLabel, "hint")
    at_the_desk = plot.message, hint.text()
    enter(qtbot, window)
    assert plot.message == "Press Space or Page Down to train"
    assert "Space or Page Down" in hint.text()
    leave(qtbot, window)
    assert (plot.message, hint.text()) == at_the_desk


def test_the_form_comes_over_the_panels_and_goes(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    places = {panel.key: panel.mapTo(window, QPoint()) for panel in window.panels if panel.isVisible()}
    qtbot.mouseClick(window.findChild(QWidget, "projector_form"), Qt.MouseButton.LeftButton)
    assert window.form.isVisible()
    assert window.form.isAncestorOf(QApplication.focusWidget())
    for panel in window.panels:
        if panel.key in places:
            assert (panel.mapTo(window, QPoint()) - places[panel.key]).manhattanLength() <= 1
    press(qtbot, Qt.Key.Key_Escape)  # folds first, and leaves then
    assert not window.form.isVisible()
    assert window.projector.active
    QCursor.setPos(window.mapToGlobal(window.rect().topRight()))
    window.projector.strip.wanted.emit()  # the pointer has rested on the strip
    assert window.form.isVisible()
    qtbot.waitUntil(lambda: not window.form.isVisible())  # it is not over the form


def test_alt_alone_shows_the_menus_and_with_another_key_does_not(qtbot: QtBot, window: MainWindow) -> None:
    enter(qtbot, window)
    for keys, shown in (((Qt.Key.Key_Alt, Qt.Key.Key_7), False), ((Qt.Key.Key_Alt,), True)):
        for key in keys:
            QApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.AltModifier))
        release = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Alt, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(window, release)
        assert window.menuBar().isVisible() == shown
    press(qtbot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.menuBar().isVisible())
    assert window.projector.active
    qtbot.waitUntil(lambda: QApplication.focusWidget() is window.panels[0].view)


def test_layout_and_geometry_of_the_desk_are_remembered_not_those_of_the_projector(
    qtbot: QtBot, window: MainWindow
) -> None:
    layout, geometry = window.saveState(LAYOUT_VERSION), window.saveGeometry()
    enter(qtbot, window)
    assert window.projector.layout == layout
    assert window.projector.geometry == geometry


@pytest.mark.parametrize("projector", [False, True], ids=["desk", "projector"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_the_number_keys_choose_what_is_seen(qtbot: QtBot, window: MainWindow, projector: bool, width: int) -> None:
    window.resize(width, width * 9 // 16)
    if projector:
        enter(qtbot, window, (width, width * 9 // 16))
    four = {"network", "surface", "loss", "outputs"}
    for key, shown in (
        (Qt.Key.Key_1, {"outputs", "loss"}),
        (Qt.Key.Key_2, {"network", "weights"}),
        (Qt.Key.Key_3, {*four, "weights"}),
        (Qt.Key.Key_0, four),
    ):
        press(qtbot, key)
        qtbot.waitUntil(lambda shown=shown: seen(window) == shown)
        assert window.form.isVisible() == (not projector and (key != Qt.Key.Key_3 or width > 1600))
        # Everything has room: nothing reaches beyond the window, and no panel is a sliver.
        for panel in window.panels:
            if panel.key in shown:
                corner = panel.mapTo(window, panel.rect().bottomRight())
                assert window.rect().contains(corner), panel.key
                assert panel.width() > 280, panel.key
                assert panel.height() > 120, panel.key


def test_a_panel_that_is_not_in_the_layout_comes_back_on_demand(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_1)
    press(qtbot, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.findChild(QWidget, "panel_surface").isVisible()


def test_the_pointer_has_a_ring_with_its_tip_in_the_middle(qtbot: QtBot, window: MainWindow) -> None:
    for ratio in (1.0, 1.5, 2.0):
        cursor = ringed_pointer(720, ratio)
        pixmap = cursor.pixmap()
        assert pixmap.width() == DIAMETER * ratio
        assert cursor.hotSpot() == QPoint(DIAMETER // 2, DIAMETER // 2)
        image = pixmap.toImage()
        assert 0 < image.pixelColor(image.width() // 4, image.height() // 2).alpha() < 255
        assert image.pixelColor(0, 0).alpha() == 0
    enter(qtbot, window)
    assert QApplication.overrideCursor().pixmap().width() >= DIAMETER
