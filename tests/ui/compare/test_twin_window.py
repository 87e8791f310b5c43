"""Two runs side by side in a window: what differs, both at one epoch, and threads that end with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.compare.twin_window import TwinWindow
from nnstudio.ui.panels.weights import WeightsPanel
from nnstudio.ui.theme import apply_theme, load_theme
from nnstudio.ui.transport import SPEEDS

TUTORIAL = ExperimentSpec()
MakeTwin = Callable[..., TwinWindow]


@pytest.fixture
def make_twin(qtbot: QtBot, tmp_path: Path) -> Iterator[MakeTwin]:
    made: list[TwinWindow] = []

    def make(left: dict[str, object], right: dict[str, object]) -> TwinWindow:
        theme = load_theme("light")
        apply_theme(QApplication.instance(), theme)
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        specs = TUTORIAL.with_settings(left), TUTORIAL.with_settings(right)
        twin = TwinWindow(names=("one", "other"), specs=specs, theme=theme, settings=settings)
        twin.speed.setValue(len(SPEEDS) - 1)
        twin.closed.connect(made.remove)
        made.append(twin)
        twin.show()
        with qtbot.waitActive(twin):
            pass
        qtbot.waitUntil(lambda: twin.twins.runs is not None)
        return twin

    yield make
    for twin in tuple(made):
        twin.close()


def text(twin: TwinWindow, name: str) -> str:
    return twin.findChild(QLabel, name).text()


def press(qtbot: QtBot, twin: TwinWindow, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget() or twin, key)


def test_people_who_watch_see_the_numbers_and_the_remote_trains_both(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"network.hidden": 4})
    weights = twin.findChildren(WeightsPanel)
    heights = [panel.height() for panel in weights]
    press(qtbot, twin, Qt.Key.Key_PageDown)  # at the desk it is nobody's
    assert not twin.twins.running
    twin.showFullScreen()
    qtbot.waitUntil(lambda: all(not panel.help_button.isVisible() for panel in weights))
    press(qtbot, twin, Qt.Key.Key_PageDown)
    assert twin.twins.running
    press(qtbot, twin, Qt.Key.Key_PageDown)
    press(qtbot, twin, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: twin.twins.epoch == 0)
    share = [panel.height() / twin.height() for panel in weights]
    twin.showNormal()
    qtbot.waitUntil(lambda: [panel.height() for panel in weights] == heights)
    assert all(panel.help_button.isVisible() for panel in weights)
    assert min(share) > max(heights) / twin.height()


def test_two_and_three_hidden_neurons_to_their_ends(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"network.hidden": 3})
    assert text(twin, "twin_differ") == "They differ in nothing but the hidden layers."
    assert text(twin, "twin_left_network.hidden") == "2"
    assert text(twin, "twin_right_network.hidden") == "3"
    assert text(twin, "twin_left_outcome") == "Not trained yet"
    press(qtbot, twin, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: twin.twins.has_ended, timeout=20_000)
    assert text(twin, "twin_left_outcome") == "Stuck: two patterns at 0.50"
    assert text(twin, "twin_right_outcome") == "Learned XOR at epoch 2,087"
    assert text(twin, "twin_left_loss") == "loss 0.128227"
    assert text(twin, "twin_epoch") == "epoch 10,000 / 10,000"
    assert twin.progress.value() == twin.progress.maximum()


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ({}, "nothing"),
        ({"seed": 7}, "nothing but the seed"),
        ({"seed": 7, "training.learning_rate": 1.0}, "learning rate and seed"),
    ],
)
def test_differences_in_words(qtbot: QtBot, make_twin: MakeTwin, right: dict[str, object], words: str) -> None:
    assert text(make_twin({}, right), "twin_differ") == f"They differ in {words}."


def test_step_and_rewind_act_on_both(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"seed": 7})
    press(qtbot, twin, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: text(twin, "twin_epoch") == "epoch 1 / 10,000")
    for column in twin.columns:
        assert all(panel.run.frame.epoch == 1 for panel in column.panels)
    press(qtbot, twin, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: text(twin, "twin_epoch") == "epoch 0 / 10,000")
    for column in twin.columns:
        assert all(panel.run.frame.epoch == 0 for panel in column.panels)


def test_panels_are_those_that_fit_the_data(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"data.name": "parity:bits=3", "training.epochs": 50})
    assert [panel.key for panel in twin.columns[0].panels] == ["surface", "loss", "weights"]
    assert [panel.key for panel in twin.columns[1].panels] == ["outputs", "loss", "weights"]
    press(qtbot, twin, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: twin.twins.runs[1].frame.stopped == "epochs")
    assert not twin.grab().isNull()


def test_points_cannot_be_painted_here(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"seed": 7})
    assert twin.findChild(QWidget, "surface_paint") is None


def test_speed_is_one_for_both_and_remembered(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"seed": 7})
    assert text(twin, "twin_speed_text") == "as fast as possible"
    qtbot.keyClick(twin, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert text(twin, "twin_speed_text") == "100,000 epochs/s"
    assert SPEEDS[twin.speed.value()] < math.inf


def test_closing_while_training_ends_both_threads(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({"training.epochs": 10**9}, {"training.epochs": 10**9, "seed": 7})
    twin.twins.toggle_training()
    qtbot.waitUntil(lambda: twin.twins.epoch > 100)
    threads = [side.controller._thread for side in twin.twins._sides]
    with qtbot.waitSignal(twin.closed):
        twin.close()
    assert all(thread.isFinished() for thread in threads)


def test_other_theme_while_training(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({"training.epochs": 10**9}, {"training.epochs": 10**9, "seed": 7})
    twin.twins.toggle_training()
    theme = load_theme("dark")
    apply_theme(QApplication.instance(), theme)
    twin.set_theme(theme)
    qtbot.waitUntil(lambda: twin.twins.epoch > 100)
    assert twin.grab().toImage().pixelColor(3, twin.height() // 2).lightness() < 80


def test_both_losses_are_drawn_in_one_range(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({"training.epochs": 300}, {"training.epochs": 300, "training.learning_rate": 10.0})
    press(qtbot, twin, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: twin.twins.has_ended, timeout=20_000)
    left, right = (column.loss.plot.box.viewRange() for column in twin.columns)
    assert left == right
    lowest = min(column.loss.run.losses.last for column in twin.columns)
    assert 10 ** left[1][0] < lowest


def test_losses_of_two_kinds_keep_a_range_each(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"training.loss": "binary_cross_entropy"})
    assert [column.loss.beside for column in twin.columns] == [None, None]


def test_ctrl_w_closes_the_window_and_ctrl_q_is_passed_on(qtbot: QtBot, make_twin: MakeTwin) -> None:
    twin = make_twin({}, {"seed": 7})
    with qtbot.waitSignal(twin.quit_wanted):
        qtbot.keyClick(twin, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(twin.closed):
        qtbot.keyClick(twin, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)


def test_it_is_drawn_as_often_as_is_wanted_and_frames_come(
    make_twin: MakeTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin, now, shown = make_twin({}, {"seed": 7}), 1000.0, 0
    assert all(panel.help_button.isVisible() for column in twin.columns for panel in column.panels)

    def count(*_: object) -> None:
        nonlocal shown
        shown += 1

    monkeypatch.setattr("nnstudio.ui.compare.twin_window.perf_counter", lambda: now)
    monkeypatch.setattr(twin.columns[0], "refresh", count)
    monkeypatch.setattr(twin.twins, "running", True)
    for rate, drawn in ((10, 10), (20, 20), (30, 30), (60, 50)):
        twin.set_frame_rate(rate)
        now, shown = now + 10, 0
        for _ in range(50):  # in a second, as they come while training is as fast as possible
            now += 0.02
            twin.twins.frame_ready.emit(twin.twins.runs)
        assert shown == pytest.approx(drawn, abs=1)
