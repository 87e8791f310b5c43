"""What people see who watch from afar: nothing too small to be read, and no text that runs into another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.presets import load_presets
from nnstudio.ui.main_window import MainWindow
from tests.ui.painted import collisions, painted_texts

SIZE = (1280, 720)
LEAST = 24.0
XOR = ExperimentSpec().with_settings({"training.epochs": 2000, "training.learning_rate": 2})


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, projector_screen: None) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("theme", "dark")
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitActive(made)
    made.projector.enter()
    qtbot.waitUntil(made.isFullScreen)
    QApplication.processEvents()
    made.resize(*SIZE)
    yield made
    made.close()
    made.deleteLater()


def rest(window: MainWindow) -> None:
    for _ in range(4):
        QApplication.processEvents()
    for panel in window.panels:
        if panel.isVisible() and panel.run is not None:
            panel.settle(panel.run)


def preset(name: str) -> ExperimentSpec:
    return next(each.spec for each in load_presets() if each.name == name)


def show(qtbot: QtBot, window: MainWindow, data: str) -> None:
    """Show what is learned from some data: XOR at its end, others as they begin."""
    spec = XOR if data == "xor" else preset(data)
    session = window.session
    session.use_spec(spec, "what is shown")
    qtbot.waitUntil(lambda: session.run is not None and session.run.spec == spec)
    if data == "xor":
        session.set_speed(float("inf"))
        session.toggle_training()
        qtbot.waitUntil(lambda: session.run.frame.stopped is not None and not session.running)
    else:
        session.step_epoch()
        qtbot.waitUntil(lambda: session.run.frame.epoch == 1)


def test_all_that_is_written_is_large_and_stands_apart(qtbot: QtBot, window: MainWindow) -> None:
    small, crowded = [], []
    for data in ("xor", "digits", "iris", "spiral", "sine"):
        show(qtbot, window, data)
        for key in ("reset_layout", "see_outputs", "see_weights", "see_everything"):
            window.actions_by_key[key].trigger()
            rest(window)
            texts = painted_texts(window)
            assert len(texts) > 30, (data, key)
            small += [(data, key, text.text, text.size) for text in texts if text.size < LEAST]
            crowded += [(data, key, *pair) for pair in collisions(texts)]
    assert small == []
    assert crowded == []


def test_everything_shows_five_panels_with_the_numbers_that_tell_most(qtbot: QtBot, window: MainWindow) -> None:
    show(qtbot, window, "xor")
    window.actions_by_key["see_everything"].trigger()
    rest(window)
    written = {text.text for text in painted_texts(window)}
    assert {"Network", "Decision surface", "Outputs", "Weights", "Loss"} <= written
    frame = window.session.run.frame
    assert "Gradients" not in written  # what else the weights can show gives way to them
    assert f"{frame.outputs[0, 0]:.3f}" in written
    assert f"{frame.parameters[0]:+.2f}".replace("-", "−") in written  # a weight, in its cell
