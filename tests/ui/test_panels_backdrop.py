"""What stands still in a panel is kept as a picture: never an old one, and none that a drawing is made of."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, trained

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.run import Run
from nnstudio.ui.panels import PANELS, Panel
from nnstudio.ui.panels.backdrop import Backdrop
from nnstudio.ui.theme import apply_theme, load_theme

#: A logic gate has no pictures to show.
SHOWN = [kind for kind in PANELS if kind.key != "pictures"]
LIGHT, DARK = load_theme("light"), load_theme("dark")
CHANGES: dict[str, Callable[[Panel], None]] = {
    "theme": lambda panel: panel.set_theme(DARK),
    "type for a projector": lambda panel: panel.set_theme(LIGHT.zoomed(1.5)),
    "size": lambda panel: panel.resize(600, 350),
    "run": lambda panel: panel.start_run(
        under_way(trained({"data.name": "parity:bits=3", "network.hidden": "5"}, 200)), ()
    ),
}


def under_way(run: Run) -> Run:
    """Return the run in training: at rest, a panel is drawn better after a while."""
    run.frame = replace(run.frame, training=True)
    return run


def make(kind: type[Panel], qtbot: QtBot, run: Run) -> Panel:
    apply_theme(QApplication.instance(), LIGHT)
    panel = kind(theme=LIGHT)
    qtbot.addWidget(panel)
    panel.resize(420, 300)
    panel.show()
    panel.start_run(under_way(run), ())
    return panel


def on_screen(panel: Panel) -> QImage:
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    if focused is not None:  # only one of two panels can show where the focus is
        focused.clearFocus()
    return panel.grab().toImage()


def alike(first: QImage, second: QImage) -> bool:
    """Whether two pictures show the same: Qt does not always smooth the edges of its largest letters alike."""
    values = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8).astype(int)
        for image in (first, second)
    ]
    return first.size() == second.size() and int(np.abs(values[0] - values[1]).max()) <= 16


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.key)
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_panel_that_was_shown_before_looks_as_if_it_were_new(
    qtbot: QtBot, kind: type[Panel], change: Callable[[Panel], None]
) -> None:
    live = LiveRun(ExperimentSpec())
    live.advance(500)
    used, new = make(kind, qtbot, live.run), make(kind, qtbot, live.run)
    before = on_screen(used)
    new.hide()
    for panel in (used, new):
        change(panel)
    new.show()
    assert on_screen(used) == on_screen(new)
    assert on_screen(used) != before
    assert alike(used.picture(), new.picture()), "twice the size, and drawn for it"
    assert used.drawing() == new.drawing()


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.key)
def test_live_frames_look_as_if_each_were_the_first(qtbot: QtBot, kind: type[Panel]) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"network.hidden": "3", "seed": 4}))
    panel = make(kind, qtbot, live.run)
    for epochs in (1, 90, 900, 5000):
        live.advance(epochs)
        panel.refresh(under_way(live.run))
        on_screen(panel)
    new = make(kind, qtbot, live.run)
    # A panel whose picture is dear leaves frames out, and draws the last one a moment later.
    qtbot.waitUntil(lambda: on_screen(panel) == on_screen(new))
    # Scales move in steps and may have moved further than those of a panel that has seen only the end.
    panel.start_run(live.run, ())
    assert on_screen(panel) == on_screen(new)


class Dial(QWidget):
    """A widget with a backdrop, which counts how often it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.backdrop, self.look, self.drawn = Backdrop(), 0, 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.backdrop.paint(QPainter(self), self, event.rect(), QColor("white"), self.look, self._draw)

    def _draw(self, painter: QPainter, seen: QRect) -> None:
        self.drawn += 1
        painter.drawText(QRectF(self.rect()), 0, "dial")


def test_a_backdrop_is_drawn_once_for_each_look_and_size(qtbot: QtBot) -> None:
    dial = Dial()
    qtbot.addWidget(dial)
    dial.resize(100, 50)
    counts = []
    for look, width in ((0, 100), (0, 100), (1, 100), (1, 100), (1, 120)):
        dial.look = look
        dial.resize(width, 50)
        dial.grab()
        counts.append(dial.drawn)
    assert counts == [1, 1, 2, 2, 3]


def test_a_drawing_gets_letters_and_a_sharper_picture_is_drawn_anew(qtbot: QtBot) -> None:
    dial = Dial()
    qtbot.addWidget(dial)
    dial.resize(100, 50)
    dial.grab()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    dial.render(painter, QPoint())
    painter.end()
    svg = bytes(buffer.data().data()).decode()
    assert "dial" in svg and "<image" not in svg
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2)
    dial.render(image)
    assert dial.drawn == 3


def test_a_very_large_widget_is_drawn_straight(qtbot: QtBot) -> None:
    dial = Dial()
    qtbot.addWidget(dial)
    dial.resize(500, 20_000)
    for _ in range(2):
        dial.render(QImage(10, 10, QImage.Format.Format_RGB32))
    assert dial.drawn == 2
