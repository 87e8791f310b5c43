"""Everything that the pointer reads from a panel can be read with the keys, and is then spoken."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import show_panel, trained

from nnstudio.ui.panels import PANELS
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.reading import HINT
from nnstudio.ui.panels.scores import ScoresPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.weights import WeightsPanel

Key = Qt.Key
READ_BY_KEYS = (LossPanel, OutputsPanel, ScoresPanel, SurfacePanel, WeightsPanel)


def show(kind: type[Panel], qtbot: QtBot, settings: dict[str, object] | None = None, epochs: int = 2000) -> Panel:
    return show_panel(kind, qtbot, trained(settings, epochs=epochs), size=(520, 400))


def reach(panel: Panel) -> None:
    panel.clearFocus()
    panel.setFocus(Qt.FocusReason.TabFocusReason)


def press(panel: Panel, *keys: Qt.Key, far: bool = False) -> str:
    """Press some keys, and return what is spoken after the last."""
    modifier = Qt.KeyboardModifier.ShiftModifier if far else Qt.KeyboardModifier.NoModifier
    for key in keys:
        QTest.keyClick(panel, key, modifier)
    return panel.accessibleDescription()


def takes(panel: Panel, key: Qt.Key) -> bool:
    """Whether a key is the panel's, and not the window's."""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(panel, event)
    return event.isAccepted()


def test_every_panel_can_be_reached_with_tab(qtbot: QtBot) -> None:
    for kind in PANELS:
        panel = show_panel(kind, qtbot, trained())
        stop = panel.focusProxy() or panel
        assert stop.focusPolicy() & Qt.FocusPolicy.TabFocus, kind.key
        assert stop.accessibleName() and stop.accessibleDescription(), kind.key


@pytest.mark.parametrize("kind", READ_BY_KEYS)
def test_the_arrows_are_a_panels_only_when_a_key_has_brought_the_focus(kind: type[Panel], qtbot: QtBot) -> None:
    panel = show(kind, qtbot)
    panel.clearFocus()
    panel.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not takes(panel, Key.Key_Right)
    reach(panel)
    assert panel.accessibleDescription() == f"{panel.summary()} {HINT}"
    assert takes(panel, Key.Key_Right) and not takes(panel, Key.Key_Space)
    words = press(panel, Key.Key_Left)
    assert words == panel.read and words not in ("", panel.summary())
    assert press(panel, Key.Key_Escape) == panel.summary()
    assert not takes(panel, Key.Key_Right), "the run has them again"


@pytest.mark.parametrize("kind", READ_BY_KEYS)
def test_the_focus_is_framed(kind: type[Panel], qtbot: QtBot) -> None:
    panel = show(kind, qtbot)
    panel.clearFocus()
    plain = panel.grab().toImage().pixelColor(0, 0)
    reach(panel)
    framed = panel.grab().toImage()
    focus = panel.theme.color("focus")
    assert plain != focus
    assert [framed.pixelColor(x, y) for x, y in ((0, 0), (519, 399), (1, 200))] == [focus] * 3


def test_what_has_been_read_stays_when_the_run_comes_to_rest(qtbot: QtBot) -> None:
    panel = show(LossPanel, qtbot)
    reach(panel)
    words = press(panel, Key.Key_Left)
    panel._settle()
    assert panel.accessibleDescription() == words


def test_the_loss_is_read_epoch_by_epoch(qtbot: QtBot) -> None:
    panel = show(LossPanel, qtbot)
    reach(panel)
    assert press(panel, Key.Key_Right).startswith("epoch 1,999, loss 0.2")
    assert press(panel, Key.Key_Left).startswith("epoch 1,959, loss 0.2")
    assert press(panel, Key.Key_Left, far=True).startswith("epoch 1,559, loss 0.2")
    assert press(panel, *[Key.Key_Left] * 9, far=True).startswith("epoch 0, loss 0.2558")
    assert panel.reading.startswith("epoch 0"), "the eye reads the same"


def test_the_surface_is_read_point_by_point(qtbot: QtBot) -> None:
    panel = show(SurfacePanel, qtbot)
    reach(panel)
    assert press(panel, Key.Key_Up).startswith("x1 0.50, x2 0.50, output 0.")
    words = press(panel, *[Key.Key_Right] * 8, *[Key.Key_Up] * 8)
    assert words.startswith("x1 1.00, x2 1.00, output 0.")
    assert words.endswith(", target 0"), "a sample lies there"


def test_the_weights_are_read_one_by_one(qtbot: QtBot) -> None:
    panel = show(WeightsPanel, qtbot, epochs=0)
    reach(panel)
    keys = (Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Down, Key.Key_Right, Key.Key_Right)
    read = [press(panel, key).partition(" = ")[0] for key in keys]
    assert read == ["weight x1 to h1", "weight x1 to h2", "weight x2 to h2", "bias h2", "bias y", "bias y"]


def test_the_outputs_are_read_by_pattern_and_epoch(qtbot: QtBot) -> None:
    panel = show(OutputsPanel, qtbot)
    reach(panel)
    assert press(panel, Key.Key_Down).startswith("epoch 2,000, 0 0 gives 0.")
    words = press(panel, Key.Key_Down)
    assert words.startswith("epoch 2,000, 0 1 gives 0.") and words.endswith(", target 1")
    assert press(panel, *[Key.Key_Left] * 9, far=True).startswith("epoch 0, 0 1 gives 0.414")


def test_the_scores_are_read_cell_by_cell(qtbot: QtBot) -> None:
    panel = show(ScoresPanel, qtbot, {"data.name": "iris"}, epochs=20)
    reach(panel)
    assert press(panel, Key.Key_Down).startswith("precision ")
    read = {press(panel, key) for key in [Key.Key_Down] * 3 + [Key.Key_Left] * 3 + [Key.Key_Down] * 3}
    assert any(" taken for " in words for words in read)


def test_residuals_are_read_too(qtbot: QtBot) -> None:
    panel = show(ScoresPanel, qtbot, {"data.name": "sine"}, epochs=20)
    reach(panel)
    read = [press(panel, Key.Key_Left, far=True) for _ in range(4)]
    assert any(words.endswith(" samples") for words in read)
    assert any(words.startswith("target ") for words in read)
