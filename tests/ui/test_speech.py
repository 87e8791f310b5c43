"""Whoever hears the program is told what happens elsewhere, once, and in plain words."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.ui import speech
from nnstudio.ui.dialogs import ShortcutSheet
from nnstudio.ui.main_window import MainWindow


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a screen reader would be told to say; the offscreen platform has none."""
    said: list[str] = []

    class Listening:
        Event = QAccessible.Event

        @staticmethod
        def isActive() -> bool:
            return True

        @staticmethod
        def updateAccessibility(event: object) -> None:
            said.append(event.message())  # type: ignore[attr-defined]

    monkeypatch.setattr(speech, "QAccessible", Listening)
    return said


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = create_window(ExperimentSpec().with_settings({"training.epochs": 2000}), settings=settings)
    made.transport.set_speed(float("inf"))
    made.show()
    qtbot.waitUntil(lambda: not made.session.controller.starting)
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def said(heard: list[str], start: str) -> Callable[[], bool]:
    return lambda: any(words.startswith(start) for words in heard)


def test_the_end_of_a_run_is_said_and_nothing_while_it_trains(
    qtbot: QtBot, window: MainWindow, heard: list[str]
) -> None:
    frames: list[bool] = []
    window.session.frame_ready.connect(lambda run: frames.append(run.frame.training))
    window.session.toggle_training()
    qtbot.waitUntil(said(heard, "Epoch 2,000, loss 0.2"))
    assert any(frames), "it has been seen to train"
    assert sum(words.startswith("Epoch") for words in heard) == 1
    assert "one of four patterns" in heard[-1] or "patterns right" in heard[-1]


def test_a_step_is_said(qtbot: QtBot, window: MainWindow, heard: list[str]) -> None:
    window.session.step_epoch()
    qtbot.waitUntil(said(heard, "Epoch 1, loss 0.2558. "))


def test_notices_and_projector_mode_are_said(window: MainWindow, heard: list[str]) -> None:
    window.outcome_bar.notice("saved xor.nns")
    window.projector.toggle()
    window.projector.toggle()
    assert heard == ["Saved xor.nns", "Projector mode. Escape leaves it.", "Projector mode has ended."]


def test_what_is_wrong_is_said_once(qtbot: QtBot, window: MainWindow, heard: list[str]) -> None:
    row = window.form.findChild(QWidget, "training.learning_rate").parent()
    row.show_rejection("training.learning_rate", "Expected a number above 0.")
    assert heard == ["Expected a number above 0."]
    window.activateWindow()
    row.field.setFocus()
    qtbot.waitUntil(row.field.hasFocus)
    row.show_rejection("training.learning_rate", "Expected a number up to 1,000.")
    assert heard[1:] == [], "a screen reader says by itself what the description of its field becomes"
    assert row.field.accessibleDescription() == "Expected a number up to 1,000."


def test_nothing_is_sent_where_nobody_listens(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    button = QPushButton("Train")
    qtbot.addWidget(button)
    monkeypatch.setattr(speech.QAccessible, "updateAccessibility", lambda event: pytest.fail("sent"))
    speech.announce(button, "learned")


@pytest.mark.parametrize(
    ("text", "words"),
    [("as fast as possible", "as fast as possible"), ("<p>Any <b>number</b></p><p>2 &lt; 3</p>", "Any number 2 < 3")],
)
def test_plain_words(text: str, words: str) -> None:
    assert speech.plain(text) == words


def test_a_box_without_a_label_in_sight_is_named(qtbot: QtBot) -> None:
    box, parent = QComboBox(), QWidget()
    speech.name_box(box, "Activation of hidden layer 1")
    QVBoxLayout(parent).addWidget(box)
    qtbot.addWidget(parent)
    qtbot.waitUntil(lambda: bool(parent.findChildren(QLabel)))
    speech.name_box(box, "Activation of hidden layer 2")
    (label,) = parent.findChildren(QLabel)
    assert (label.buddy(), label.text(), label.isHidden()) == (box, "Activation of hidden layer 2", True)


def test_what_a_search_for_shortcuts_finds_is_said(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    sheet.query.setText("one epoch")
    assert "Right: Train for one epoch, and pause." in sheet.query.accessibleDescription()
    sheet.query.setText("qqq")
    assert sheet.query.accessibleDescription() == "No shortcut is called so."


def test_the_speed_is_said_in_words(window: MainWindow) -> None:
    assert window.transport.speed.accessibleName() == "Speed: as fast as possible"
    window.transport.set_speed(1000)
    assert window.transport.speed.accessibleName() == "Speed: 1,000 epochs/s"


def test_the_loss_is_said_with_its_name(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step_epoch()
    label = window.transport.findChild(QLabel, "loss")
    qtbot.waitUntil(lambda: label.accessibleName().startswith("loss 0.25"))
    QApplication.processEvents()
