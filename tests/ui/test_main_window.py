"""What a person does in the window: the first minute, the keyboard, files, layout, themes and errors."""

import math
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QPointF, QSettings, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QLabel, QMessageBox, QPlainTextEdit, QSlider, QWidget
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.ui.errors import ErrorReporter, log_path
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.transport import SPEEDS, duration_text

MakeWindow = Callable[..., MainWindow]


@pytest.fixture
def make_window(qtbot: QtBot, tmp_path: Path) -> Iterator[MakeWindow]:
    windows = []

    def make(**settings: object) -> MainWindow:
        store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        for key, value in ({"speed": math.inf} | settings).items():
            store.setValue(key, value)
        window = create_window(ExperimentSpec(), settings=store)
        windows.append(window)
        window.show()
        qtbot.waitActive(window)
        qtbot.waitUntil(lambda: not window.session.controller.starting)
        QApplication.processEvents()
        return window

    yield make
    for window in windows:
        window.session.forget_path()
        window.close()
        window.deleteLater()


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window()


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the focus is, as a keyboard does."""
    target = QApplication.focusWidget() or QApplication.activeWindow()
    assert target is not None
    qtbot.keyClick(target, key, modifier)


def wait_for_text(qtbot: QtBot, window: MainWindow, name: str, text: str) -> None:
    label = window.findChild(QLabel, name)
    assert label is not None
    qtbot.waitUntil(lambda: text in label.text(), timeout=20_000)


def field(window: MainWindow, key: str) -> QWidget:
    found = window.findChild(QWidget, key)
    assert found is not None, key
    return found


def test_the_story_stuck_with_two_learned_with_four(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, Qt.Key.Key_Space)
    wait_for_text(qtbot, window, "outcome", "Stuck: two patterns at 0.50")
    assert window.findChild(QLabel, "loss").text() == "0.128227"
    assert "10,000 / 10,000" in window.findChild(QLabel, "epoch").text()

    size = field(window, "network.hidden[0].size")
    size.setFocus()
    size.selectAll()
    qtbot.keyClicks(size, "4")
    press(qtbot, Qt.Key.Key_Home)
    wait_for_text(qtbot, window, "outcome", "Not trained yet")
    press(qtbot, Qt.Key.Key_Space)
    wait_for_text(qtbot, window, "outcome", "Learned XOR at epoch 3,157")
    wait_for_text(qtbot, window, "subject", "2-4-1")


def test_everything_that_is_scripted_has_its_name(window: MainWindow) -> None:
    for name in ("train", "step", "rewind", "new_weights"):
        assert window.findChild(QObject, f"action_{name}") is not None
    for name in ("loss", "weights", "outputs", "surface"):
        assert window.findChild(QWidget, f"panel_{name}").isVisible()
    for key in ("training.learning_rate", "training.epochs", "network.hidden", "seed"):
        field(window, key)


def test_right_steps_an_epoch_and_n_takes_new_weights(qtbot: QtBot, window: MainWindow) -> None:
    window.setFocus()
    press(qtbot, Qt.Key.Key_Right)
    wait_for_text(qtbot, window, "epoch", "1 / 10,000")
    press(qtbot, Qt.Key.Key_N)
    wait_for_text(qtbot, window, "subject", "seed 43")
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.spec.seed == 42


def test_typing_in_a_field_is_not_stepping(qtbot: QtBot, window: MainWindow) -> None:
    rate = field(window, "training.learning_rate")
    rate.setFocus()
    press(qtbot, Qt.Key.Key_Right)
    QApplication.processEvents()
    assert window.session.run.frame.epoch == 0


def test_space_presses_a_button_that_was_reached_with_tab(qtbot: QtBot, window: MainWindow) -> None:
    field(window, "seed").setFocus()
    press(qtbot, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is field(window, "seed.dice")
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.spec.seed != 42)
    assert not window.session.running


def test_space_trains_wherever_the_focus_fell_by_itself(qtbot: QtBot, window: MainWindow) -> None:
    for name in ("seed.dice", "speed", "training.optimizer"):
        field(window, name).setFocus()
        press(qtbot, Qt.Key.Key_Space)
        assert window.session.running, name
        press(qtbot, Qt.Key.Key_Space)
        assert not window.session.running


def test_after_enter_the_keys_are_the_runs_again(qtbot: QtBot, window: MainWindow) -> None:
    rate = field(window, "training.learning_rate")
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "0.4")
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not rate.hasFocus())
    press(qtbot, Qt.Key.Key_N)
    assert window.session.spec.seed == 43
    assert window.session.spec.training.learning_rate == 0.4


def test_undo_works_from_a_field_whose_text_is_entered(qtbot: QtBot, window: MainWindow) -> None:
    window.session.edit("training.learning_rate", 0.4)
    field(window, "training.learning_rate").setFocus()
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.spec.training.learning_rate == 0.1


def test_one_failing_panel_is_reported_once_and_the_others_go_on(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = window.panels[0]
    reports: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: reports.append(str(error)))

    def fail(run: object) -> None:
        raise RuntimeError("the panel failed")

    monkeypatch.setattr(panel, "refresh", fail)
    window.actions_by_key["train"].trigger()
    wait_for_text(qtbot, window, "outcome", "Stuck")
    assert reports == ["the panel failed"]


def test_every_example_can_be_shown_before_it_is_trained(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: errors.append((preset.name, error)))
    (weights,) = (panel for panel in window.panels if panel.key == "weights")
    shown = ["weights", "gradients", "change"]
    for preset in window._presets:
        window.form.preset_chosen.emit(preset)
        qtbot.waitUntil(lambda preset=preset: window.session.run.spec == preset.spec)
        for panel in window.panels:
            panel.picture()
        shown = [*shown[1:], shown[0]]  # so that an example comes while each of them is shown
        for what in shown:
            field(window, f"weights_what_{what}").click()
            weights.picture()
    assert errors == []


def test_reset_layout_brings_floating_panels_back(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.findChild(QDockWidget, "panel_outputs")
    dock.setFloating(True)
    window.actions_by_key["reset_layout"].trigger()
    assert not dock.isFloating()
    assert dock.isVisible()


def test_a_panel_floats_beside_its_place_and_later_where_it_was_put(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.findChild(QDockWidget, "panel_loss")
    place, size = dock.mapToGlobal(QPoint()), dock.size()
    dock.setFloating(True)
    assert (dock.pos(), dock.size()) == (place + QPoint(-24, 24), size)
    dock.move(40, 50)
    for _ in range(2):
        dock.setFloating(False)
        QApplication.processEvents()
        dock.setFloating(True)
        assert dock.pos() == QPoint(40, 50)


def test_wrong_value_is_answered_beside_the_field(qtbot: QtBot, window: MainWindow) -> None:
    rate = field(window, "training.learning_rate")
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "-3")
    press(qtbot, Qt.Key.Key_Return)
    messages = [label for label in window.form.findChildren(QLabel) if "above 0 up to 1,000" in label.text()]
    assert any(label.isVisible() for label in messages)
    assert window.session.spec.training.learning_rate == 0.1


def test_pending_settings_are_announced_until_the_rewind(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_key["step"].trigger()
    wait_for_text(qtbot, window, "epoch", "1 / 10,000")
    banner = window.findChild(QLabel, "pending")
    window.session.edit("network.hidden", "5")
    assert banner.isVisible()
    assert "ewind" in banner.text()
    window.actions_by_key["rewind"].trigger()
    qtbot.waitUntil(lambda: not banner.isVisible())


def test_speed_dial_goes_from_one_epoch_a_second_to_as_fast_as_possible(window: MainWindow) -> None:
    dial = window.findChild(QSlider, "speed")
    assert SPEEDS[dial.minimum()] == 1.0
    assert SPEEDS[dial.maximum()] == math.inf
    dial.setValue(dial.minimum())
    assert window.findChild(QLabel, "speed_text").text() == "1 epoch/s"
    window.actions_by_key["faster"].trigger()
    assert window.findChild(QLabel, "speed_text").text() == "2 epochs/s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59, "59 s"), (125, "2 min 5 s"), (12_000, "3 h 20 min"), (1e6, "11 days"), (math.inf, "–")],
)
def test_durations_as_a_person_says_them(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_title_shows_file_and_changes(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    assert window.windowTitle() == "Untitled[*] – nnstudio"
    window.session.edit("seed", 7)
    assert window.isWindowModified()
    assert window.documents.save_to(tmp_path / "seven.nns")
    assert window.windowTitle() == "seven.nns[*] – nnstudio"
    assert not window.isWindowModified()
    window.session.undo_stack.undo()
    assert window.isWindowModified()


def test_dropped_file_is_opened_and_remembered(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.session.edit("network.hidden", "3")
    window.documents.save_to(tmp_path / "three.nns")
    window.documents.new()
    assert window.session.spec == ExperimentSpec()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "three.nns"))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
    assert window.session.spec.network.hidden[0].size == 3
    window.documents.fill_recent_menu()
    assert [action.text() for action in window.documents.recent_menu.actions()] == ["three.nns"]


def test_damaged_file_is_answered_in_words_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "bad.nns").write_bytes(b"not a zip")
    before = window.session.spec
    window.documents.open(tmp_path / "bad.nns")
    box = window.findChild(QMessageBox, "file_error")
    assert "bad.nns is damaged or not an nnstudio experiment" in box.informativeText()
    box.close()
    assert window.session.spec is before


def test_unwritable_place_is_answered_in_words(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    assert not window.documents.save_to(tmp_path / "no such folder" / "x.nns")
    box = window.findChild(QMessageBox, "file_error")
    assert "x.nns could not be written" in box.informativeText()
    box.close()


def test_changes_of_a_file_are_asked_about_before_they_are_lost(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.documents.save_to(tmp_path / "a.nns")
    window.session.edit("seed", 9)
    window.documents.new()
    box = window.findChild(QMessageBox, "unsaved")
    assert "a.nns" in box.text()
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert window.session.spec.seed == 9
    QApplication.sendPostedEvents(None, 52)  # the first box is deleted
    window.documents.new()
    window.findChild(QMessageBox, "unsaved").button(QMessageBox.StandardButton.Save).click()
    qtbot.waitUntil(lambda: window.session.spec.seed == 42)
    window.documents.open(tmp_path / "a.nns")
    assert window.session.spec.seed == 9


def test_unsaved_experiment_comes_back(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    window.session.edit("network.hidden", "7")
    window.close()
    again = make_window()
    again.actions_by_key["reopen"].trigger()
    qtbot.waitUntil(lambda: again.session.spec.network.hidden[0].size == 7)
    assert again.session.path is None


def test_layout_theme_and_speed_are_remembered(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window(speed=20.0, theme="dark")
    window.findChild(QWidget, "panel_weights").close()
    window.resize(window.width(), 666)
    window.close()
    again = make_window(speed=20.0)
    assert not again.findChild(QWidget, "panel_weights").isVisible()
    assert again.height() == 666
    assert again.findChild(QLabel, "speed_text").text() == "20 epochs/s"
    assert again.palette().window().color().lightness() < 80
    again.actions_by_key["reset_layout"].trigger()
    assert again.findChild(QWidget, "panel_weights").isVisible()


def test_hidden_panel_is_not_drawn_and_catches_up_when_shown(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock = window.findChild(QWidget, "panel_outputs")
    panel = next(panel for panel in window.panels if panel.key == "outputs")
    dock.close()
    drawn = []
    monkeypatch.setattr(panel, "refresh", lambda run: drawn.append(run.frame.epoch))
    window.actions_by_key["train"].trigger()
    wait_for_text(qtbot, window, "epoch", "10,000 / 10,000")
    assert drawn == []
    dock.show()
    assert drawn[-1:] == [10_000]


def test_theme_can_be_switched_while_training(qtbot: QtBot, window: MainWindow) -> None:
    window.session.edit("training.epochs", 10_000_000)
    window.actions_by_key["train"].trigger()
    for name in ("dark", "light", "system"):
        window.findChild(QObject, f"action_theme_{name}").trigger()
        QApplication.processEvents()
    qtbot.waitUntil(lambda: window.session.run.frame.epoch > 100)


def test_preset_replaces_the_experiment_undoably(qtbot: QtBot, window: MainWindow) -> None:
    preset = next(p for p in window._presets if p.name == "parity")
    window.form.preset_chosen.emit(preset)
    assert window.session.spec == preset.spec
    qtbot.waitUntil(lambda: window.session.run.spec == preset.spec)
    window.actions_by_key["undo"].trigger()
    assert window.session.spec == ExperimentSpec()


def test_window_trains_to_the_same_numbers_as_the_engine(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_key["train"].trigger()
    wait_for_text(qtbot, window, "outcome", "Stuck")
    trainer = Trainer(ExperimentSpec())
    trainer.train()
    assert np.array_equal(window.session.run.frame.parameters, trainer.network.parameters)


def test_shortcut_sheet_and_about_open_without_stopping_anything(qtbot: QtBot, window: MainWindow) -> None:
    for key, name in (("shortcuts", "shortcut_sheet"), ("about", "about")):
        window.actions_by_key[key].trigger()
        dialog = window.findChild(QDialog, name)
        assert dialog.isVisible()
        assert not dialog.isModal()
        dialog.close()


class _Clumsy(QObject):
    @Slot()
    def stumble(self) -> None:
        raise RuntimeError("the slot stumbled")


def _hooked(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> ErrorReporter:
    reporter = ErrorReporter(window)
    reporter.reported.connect(window.recover)
    monkeypatch.setattr(sys, "excepthook", reporter.take)
    return reporter


def test_crash_in_a_slot_is_shown_and_can_be_copied(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_exceptions():
        reporter = _hooked(window, monkeypatch)
        clumsy = _Clumsy()
        with qtbot.waitSignal(reporter.reported):
            QTimer.singleShot(0, clumsy.stumble)
    text = window.findChild(QPlainTextEdit, "error_text")
    assert "RuntimeError: the slot stumbled" in text.toPlainText()
    window.findChild(QWidget, "error_copy").click()
    assert "the slot stumbled" in QApplication.clipboard().text()
    window.findChild(QDialog, "error_dialog").close()


def test_crash_in_the_worker_is_shown_and_training_can_go_on(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.edit("training.epochs", 10_000_000)
    with capture_exceptions():
        reporter = _hooked(window, monkeypatch)
        advance = Trainer.advance

        def fall(trainer: Trainer, batches: int) -> object:
            if threading.current_thread() is not threading.main_thread() and trainer.epoch > 1000:
                monkeypatch.setattr(Trainer, "advance", advance)
                raise RuntimeError("the worker fell")
            return advance(trainer, batches)

        monkeypatch.setattr(Trainer, "advance", fall)
        with qtbot.waitSignal(reporter.reported, timeout=10_000) as report:
            window.actions_by_key["train"].trigger()
        assert report.args is not None
        assert "the worker fell" in report.args[0]
    assert window.findChild(QDialog, "error_dialog").isVisible()
    window.findChild(QDialog, "error_dialog").close()
    qtbot.waitUntil(lambda: not window.session.running)
    reached = window.session.run.frame.epoch
    window.actions_by_key["train"].trigger()
    qtbot.waitUntil(lambda: window.session.run.frame.epoch > reached + 100, timeout=10_000)


def test_log_lies_in_the_persons_own_data(private_home: Path) -> None:
    assert private_home in log_path().parents


def test_settings_of_another_kind_do_no_harm(make_window: MakeWindow) -> None:
    window = make_window(speed="quick", theme="mauve", geometry="x", layout=QByteArray(b"y"), recent_files=17)
    assert window.isVisible()
