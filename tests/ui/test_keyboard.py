"""Tab goes through the whole window as it is read, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    QApplication.processEvents()
    made.resize(1280, 720)
    QApplication.processEvents()
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def walk(qtbot: QtBot, window: MainWindow, key: Qt.Key = Qt.Key.Key_Tab) -> list[QWidget]:
    """Press a key until the focus is where it was, and return where it has been."""
    reached = [window.focusWidget()]
    while True:
        qtbot.keyClick(window.focusWidget(), key)
        if window.focusWidget() is reached[0]:
            return reached
        reached.append(window.focusWidget())
        assert len(reached) < 200


def dock_of(widget: QWidget | None) -> str:
    while widget is not None and not isinstance(widget, QDockWidget):
        widget = widget.parentWidget()
    return widget.objectName() if widget else ""


def test_tab_reaches_every_part_in_order_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    reached = walk(qtbot, window)
    parts = list(dict.fromkeys(dock_of(each) or type(each).__name__ for each in reached))
    # It begins in the network, whose drawing has the keys at the start.
    assert parts[:3] == ["panel_network", "panel_surface", "panel_loss"]
    assert parts[4:] == ["QTabBar", "OutcomeText", "QToolButton", "QSlider", "form"]
    assert parts[3] == "panel_outputs"
    places = [QRect(each.mapTo(window, QPoint()), each.size()) for each in reached]
    assert all(each.isVisible() for each in reached)
    assert all(window.rect().contains(place) for place in places)
    assert len(reached) < 50, "nobody wears out"
    assert all(each.accessibleName() or each.toolTip() or isinstance(each, QTabBar) for each in reached)


def test_shift_tab_goes_the_same_way_back(qtbot: QtBot, window: MainWindow) -> None:
    forward, backward = walk(qtbot, window), walk(qtbot, window, Qt.Key.Key_Backtab)
    assert [forward[0], *reversed(forward[1:])] == backward


def test_what_lies_behind_a_tab_is_left_out_until_it_is_in_front(qtbot: QtBot, window: MainWindow) -> None:
    assert "panel_weights" not in {dock_of(each) for each in walk(qtbot, window)}
    window.findChild(QDockWidget, "panel_weights").raise_()
    QApplication.processEvents()
    docks = {dock_of(each) for each in walk(qtbot, window)}
    assert "panel_weights" in docks
    assert "panel_outputs" not in docks


def test_a_field_that_is_out_of_sight_is_scrolled_to(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1000, 540)
    QApplication.processEvents()
    last = window.findChild(QWidget, "training.regularizer")
    assert last.visibleRegion().isEmpty()
    window.findChild(QWidget, "training.batch_size").setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is last
    assert not last.visibleRegion().isEmpty()


# ---- a row of buttons is one stop -----------------------------------------------------------------------------------


def focus_train(qtbot: QtBot, window: MainWindow) -> QToolButton:
    """Walk back from the form to the tool bar, and along it to its first button."""
    button = window.transport.widgetForAction(window.actions_by_key["train"])
    window.findChild(QWidget, "speed").setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
    assert window.focusWidget() is button
    return button


def test_arrows_go_along_the_tool_bar_and_tab_comes_back_to_where_it_was_left(qtbot: QtBot, window: MainWindow) -> None:
    focus_train(qtbot, window)
    epoch = window.session.run.frame.epoch
    reached = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home):
        qtbot.keyClick(window.focusWidget(), key)
        reached.append(window.focusWidget().defaultAction().objectName().removeprefix("action_"))
    assert reached == ["step", "step_batch", "lab", "train", "lab", "train"]
    assert window.session.run.frame.epoch == epoch, "the arrows did not step"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget().objectName() == "speed"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
    assert window.focusWidget().defaultAction() is window.actions_by_key["step"]
    for presenting in (True, False):  # buttons go and come back
        window.transport.set_presenting(presenting)
        QApplication.processEvents()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    assert window.focusWidget().defaultAction() is window.actions_by_key["step_batch"]


def test_a_button_with_the_focus_does_one_thing_and_escape_leaves_it(qtbot: QtBot, window: MainWindow) -> None:
    focus_train(qtbot, window)
    changes: list[bool] = []
    window.session.running_changed.connect(changes.append)
    window.transport.set_speed(1.0)
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(window.focusWidget(), key)
    assert changes == [True, False]
    for _ in range(4):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right)
    assert window.focusWidget().defaultAction() is window.actions_by_key["new_weights"]
    seed = window.session.spec.seed
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(window.focusWidget(), key)
    assert window.session.spec.seed == seed + 2
    assert changes == [True, False], "Space pressed the button, and did not train"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert dock_of(window.focusWidget()) == "panel_network"
    qtbot.mouseClick(window.transport.widgetForAction(window.actions_by_key["step"]), Qt.MouseButton.LeftButton)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert changes == [True, False, True], "a click gives a button no keys"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)


def test_a_button_that_has_done_all_it_can_gives_the_focus_to_the_run(qtbot: QtBot, window: MainWindow) -> None:
    focus_train(qtbot, window)
    window.actions_by_key["train"].setEnabled(False)
    QApplication.processEvents()
    assert dock_of(window.focusWidget()) == "panel_network"
    window.findChild(QWidget, "speed").setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
    assert window.focusWidget().defaultAction() is window.actions_by_key["step"], "the next one that can be used"


def test_a_panel_that_goes_out_of_sight_gives_the_focus_to_one_that_is_in_it(qtbot: QtBot, window: MainWindow) -> None:
    assert dock_of(window.focusWidget()) == "panel_network"
    window.findChild(QDockWidget, "panel_network").hide()
    assert dock_of(window.focusWidget()) == "panel_surface"


def test_arrows_go_along_the_features(qtbot: QtBot, window: MainWindow) -> None:
    window.findChild(QWidget, "data.features[x1]").setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(window.focusWidget(), key)
    assert window.focusWidget().objectName() == "data.features[x1_squared]"
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert "x1_squared" in window.session.spec.data.features
    assert not window.session.running


# ---- from part to part ----------------------------------------------------------------------------------------------


def go(qtbot: QtBot, *, back: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F6, modifier)


def test_f6_goes_from_part_to_part_and_back(qtbot: QtBot, window: MainWindow) -> None:
    reached = []
    for _ in range(7):
        go(qtbot)
        reached.append(dock_of(window.focusWidget()) or type(window.focusWidget()).__name__)
    panels = ["panel_surface", "panel_loss", "panel_outputs"]
    assert reached == [*panels, "OutcomeText", "QToolButton", "form", "panel_network"]
    back = []
    for _ in range(7):
        go(qtbot, back=True)
        back.append(dock_of(window.focusWidget()) or type(window.focusWidget()).__name__)
    assert back == ["form", "QToolButton", "OutcomeText", *panels[::-1], "panel_network"]
    assert not isinstance(window.focusWidget(), QToolButton), "the content of a panel, where Space trains"
    field = window.findChild(QWidget, "training.epochs")
    field.setFocus()
    go(qtbot)
    go(qtbot, back=True)
    assert window.focusWidget() is field, "what had the focus last"


def test_who_has_no_mouse_can_read_the_whole_outcome(qtbot: QtBot, window: MainWindow) -> None:
    window.outcome_bar.notice("a notice that is far too long for the bar " * 5)
    go(qtbot, back=True)
    go(qtbot, back=True)
    go(qtbot, back=True)
    assert window.focusWidget().objectName() == "outcome"
    qtbot.waitUntil(QToolTip.isVisible)
    assert "far too long for the bar" in QToolTip.text()
    go(qtbot)


def test_a_field_that_goes_away_leaves_the_focus_in_the_form(qtbot: QtBot, window: MainWindow) -> None:
    window.session.edit("training.optimizer", "adam")
    window.findChild(QWidget, "training.optimizer:beta1").setFocus()
    window.session.edit("training.optimizer", "gradient_descent")
    QApplication.processEvents()
    assert dock_of(window.focusWidget()) == "form"


@pytest.mark.parametrize("name", ["training.optimizer", "training.epochs", "outcome"])
def test_escape_gives_the_keys_back_to_the_run(qtbot: QtBot, window: MainWindow, name: str) -> None:
    place = window.findChild(QWidget, name)
    place.setFocus()
    qtbot.keyClick(place, Qt.Key.Key_Escape)
    focused = QApplication.focusWidget()
    assert window.panels[0].isAncestorOf(focused)
    qtbot.keyClick(focused, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.session.run is not None and window.session.run.frame.epoch == 1)
