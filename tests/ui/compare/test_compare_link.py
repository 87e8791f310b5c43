"""From the main window and back: a run is pinned there, compared, and opened again as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.session.pins import Pins
from nnstudio.ui.main_window import MainWindow

SHORT = ExperimentSpec().with_settings({"training.epochs": 3000})


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("speed", math.inf)
    window = create_window(SHORT, settings=settings)
    window.show()
    with qtbot.waitActive(window):
        pass
    qtbot.waitUntil(lambda: not window.session.controller.starting)
    yield window
    window.session.forget_path()
    window.close()
    window.deleteLater()


def train_to(qtbot: QtBot, window: MainWindow, epoch: int) -> None:
    window.session.controller.train_to(epoch)
    wait_for_rest(qtbot, window, epoch)


def wait_for_rest(qtbot: QtBot, window: MainWindow, epoch: int) -> None:
    def rests() -> bool:
        session = window.session
        frame = session.run.frame
        return not session.controller.starting and not session.running and frame.epoch == epoch and not frame.training

    qtbot.waitUntil(rests, timeout=20_000)


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifier)


def hint(window: MainWindow) -> str:
    return window.findChild(QLabel, "hint").text()


def open_compare(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitActive(window.compare.window):
        pass


def test_k_pins_the_run_as_it_is_now(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_K)
    assert "nothing to compare yet" in hint(window)
    train_to(qtbot, window, 700)
    press(qtbot, Qt.Key.Key_K)
    (pin,) = window.compare.pins.all
    assert (pin.name, pin.epochs, pin.origin) == ("2-2-1, seed 42", 700, "run")
    assert "inned “2-2-1, seed 42”" in hint(window)


def test_a_pinned_run_opens_in_the_main_window_at_its_epoch(qtbot: QtBot, window: MainWindow) -> None:
    train_to(qtbot, window, 700)
    parameters = window.session.run.frame.parameters
    window.compare.pin()
    window.session.use_spec(SHORT.with_settings({"network.hidden": 4}), "choice of four")
    qtbot.waitUntil(lambda: not window.session.controller.starting)
    open_compare(qtbot, window)
    table = window.compare.window.table
    table.setFocus()
    table.select(window.compare.pins.all)
    press(qtbot, Qt.Key.Key_Return)
    wait_for_rest(qtbot, window, 700)
    assert window.isActiveWindow()
    assert window.session.spec == SHORT
    assert np.array_equal(window.session.run.frame.parameters, parameters)
    assert window.session.undo_stack.undoText() == "opening of 2-2-1, seed 42"
    window.session.undo_stack.undo()
    qtbot.waitUntil(lambda: window.session.run.layout.sizes == (2, 4, 1))


def test_a_run_that_diverged_opens_as_one(qtbot: QtBot, window: MainWindow) -> None:
    hot = {"network.output_activation": "linear", "network.activation": "relu", "training.learning_rate": 40}
    window.session.new(SHORT.with_settings(hot))
    window.session.controller.train_to(3000)
    qtbot.waitUntil(lambda: window.session.run.frame.stopped == "diverged")
    window.compare.pin()
    (pin,) = window.compare.pins.all
    window.session.rewind()
    wait_for_rest(qtbot, window, 0)
    open_compare(qtbot, window)
    window.compare.window.open_wanted.emit(pin)
    qtbot.waitUntil(lambda: window.session.run.frame.stopped == "diverged")
    assert window.session.outcome.text == pin.outcome


def test_a_branch_opens_with_the_weights_it_was_pinned_with(qtbot: QtBot, window: MainWindow) -> None:
    train_to(qtbot, window, 500)
    window.session.edit("training.learning_rate", 2.0)
    train_to(qtbot, window, 900)
    parameters, losses = window.session.run.frame.parameters, window.session.run.losses.outline()
    window.compare.pin()
    (pin,) = window.compare.pins.all
    assert pin.origin == "branch"
    window.session.rewind()
    wait_for_rest(qtbot, window, 0)
    open_compare(qtbot, window)
    window.compare.window.open_wanted.emit(pin)
    wait_for_rest(qtbot, window, 900)
    run = window.session.run
    assert np.array_equal(run.frame.parameters, parameters)
    assert (run.losses.epochs, run.losses.last) == (900, losses.last)
    assert "weights that were pinned" in hint(window)
    window.session.step_epoch()
    qtbot.waitUntil(lambda: window.session.run.frame.epoch == 901)


def test_one_pinned_run_is_twinned_with_the_main_windows(qtbot: QtBot, window: MainWindow) -> None:
    train_to(qtbot, window, 100)
    window.compare.pin()
    window.session.new(SHORT.with_settings({"seed": 7}))
    qtbot.waitUntil(lambda: not window.session.controller.starting)
    open_compare(qtbot, window)
    window.compare.window.twin_wanted.emit(window.compare.pins.all)
    (twin,) = window.compare.twins
    assert twin.findChild(QLabel, "twin_differ").text() == "They differ in nothing but the seed."
    assert "main window" in twin.findChild(QLabel, "twin_right_title").text()
    twin.close()
    assert window.compare.twins == []


def test_closing_the_main_window_closes_all_and_keeps_what_is_pinned(
    qtbot: QtBot, window: MainWindow, private_home: Path
) -> None:
    train_to(qtbot, window, 100)
    window.compare.pin()
    train_to(qtbot, window, 200)
    window.compare.pin()
    open_compare(qtbot, window)
    compare = window.compare.window
    compare.twin_wanted.emit(window.compare.pins.all)
    (twin,) = window.compare.twins
    window.close()
    assert not compare.isVisible()
    assert not twin.isVisible()
    (file,) = private_home.rglob("pins.json")
    assert [pin.epochs for pin in Pins(file.parent).all] == [100, 200]


def test_theme_is_followed(qtbot: QtBot, window: MainWindow) -> None:
    train_to(qtbot, window, 100)
    window.compare.pin()
    open_compare(qtbot, window)
    window.compare.window.twin_wanted.emit(window.compare.pins.all)
    window.findChild(object, "action_theme_dark").trigger()
    for each in (window.compare.window, *window.compare.twins):
        assert each.grab().toImage().pixelColor(4, each.height() // 2).lightness() < 80


def test_ctrl_w_closes_the_pinned_runs_and_ctrl_q_all(qtbot: QtBot, window: MainWindow) -> None:
    open_compare(qtbot, window)
    compare = window.compare.window
    qtbot.keyClick(compare, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not compare.isVisible() and window.isVisible()
    window.compare.open()
    with qtbot.waitActive(compare):
        pass
    qtbot.keyClick(compare, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not window.isVisible()
