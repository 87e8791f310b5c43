"""What the charts of the lab have in common: every size, theme and state, pictures, and the keyboard."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import chart, ended, glimpsed, hover, random_results, results_of, ten_runs

from nnstudio.lab.results import Results
from nnstudio.ui.lab.canvas import LabChart
from nnstudio.ui.lab.cells import CellsChart
from nnstudio.ui.lab.fan import FanChart
from nnstudio.ui.lab.histogram import Histogram
from nnstudio.ui.lab.outcome_list import OutcomeList
from nnstudio.ui.theme import load_theme

CHARTS = (FanChart, Histogram, OutcomeList, CellsChart)


@pytest.fixture(params=CHARTS, ids=lambda kind: kind.key)
def kind(request: pytest.FixtureRequest) -> type[LabChart]:
    return request.param


def under_way() -> Results:
    results = results_of("network.hidden=1,2,3")
    ended(results, range(10), [0.1] * 10, "not learned yet")
    glimpsed(results, range(10, 15), [0.01] * 5, 3)
    return results


def one_of_each() -> Results:
    results = results_of(seeds=4)
    ended(results, [0], [0.0])
    ended(results, [1], [float("inf")], "diverged")
    ended(results, [2], [0.1], "settled")
    ended(results, [3], [1e-300])
    return results


def all_diverged() -> Results:
    results = results_of(seeds=2)
    ended(results, [0, 1], [float("nan")] * 2, "diverged", points=1)
    results.curves[:] = np.nan
    return results


def all_zero() -> Results:
    results = results_of("network.hidden=2,3", "training.learning_rate=1,2", seeds=2)
    ended(results, range(8), [0.0] * 8)
    results.curves[:] = 0
    return results


def single() -> Results:
    results = results_of(seeds=1, settings={"training.epochs": 1})
    ended(results, [0], [0.3], "not learned yet")
    return results


def search() -> Results:
    results = random_results("training.learning_rate=log:0.1:10:3", "network.hidden=2;3;4,4")
    ended(results, range(40), [0.01] * 40)
    return results


STATES = (ten_runs, under_way, one_of_each, all_diverged, all_zero, single, search, results_of)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_state_is_painted_in_every_size_and_theme(kind: type[LabChart], state, qtbot: QtBot) -> None:
    results = state()
    panel = chart(kind, qtbot, results, theme="dark")
    for width, height in ((120, 90), (360, 220), (1200, 600)):
        panel.resize(width, height)
        QApplication.processEvents()
        for name in ("light", "dark"):
            panel.set_theme(load_theme(name).zoomed(1.3 if width > 1000 else 1.0))
            assert not panel.picture().isNull()
        panel.set_highlight(np.arange(2))
        for y in range(5, height, 40):
            hover(panel.canvas, width * 0.6, y)
            QApplication.processEvents()
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Escape):
            qtbot.keyClick(panel.canvas, key)
    header, rows = panel.numbers()
    assert all(len(row) == len(header) for row in rows)


def test_pictures_and_drawings_show_the_chart(kind: type[LabChart], qtbot: QtBot, tmp_path: Path) -> None:
    panel = chart(kind, qtbot, ten_runs())
    empty = chart(kind, qtbot)
    assert panel.picture() != empty.picture()
    for suffix in (".png", ".svg"):
        assert panel.save_picture(tmp_path / f"chart{suffix}")
    assert not QImage(str(tmp_path / "chart.png")).isNull()
    assert (tmp_path / "chart.svg").read_text().count("<text") >= 3
    assert panel.save_numbers(tmp_path / "chart.csv")
    assert len((tmp_path / "chart.csv").read_text().splitlines()) > 1


def test_a_picture_has_no_pointer_in_it(kind: type[LabChart], qtbot: QtBot) -> None:
    panel = chart(kind, qtbot, ten_runs())
    before = panel.picture()
    hover(panel.canvas, 250, 150)
    assert panel.picture() == before


def test_a_chart_that_nobody_sees_follows_once_it_is_seen(kind: type[LabChart], qtbot: QtBot) -> None:
    results = results_of()
    panel = chart(kind, qtbot, results)
    panel.hide()
    ended(results, range(10), [0.01] * 10)
    panel.refresh()
    assert panel.canvas.is_empty
    assert panel.numbers()[1] == [] or kind is CellsChart
    panel.show()
    assert not panel.canvas.is_empty


def test_charts_say_what_they_are_and_are_reached_by_keyboard(kind: type[LabChart], qtbot: QtBot) -> None:
    panel = chart(kind, qtbot, ten_runs())
    assert panel.title and panel.help.endswith(".")
    assert panel.objectName() == f"{kind.key}_view" and panel.canvas.objectName() == f"{kind.key}_canvas"
    assert panel.canvas.accessibleName() == panel.title
    assert panel.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    # Its keys are its own, though the window may have shortcuts of them.
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(panel.canvas, event)
    assert event.isAccepted()


def test_an_empty_chart_says_what_there_is_to_do(kind: type[LabChart], qtbot: QtBot) -> None:
    panel = chart(kind, qtbot)
    assert panel.canvas.empty_text == "Nothing trained yet: Start trains one network from each seed."
    panel.show_results(ten_runs(), np.arange(10), "ten")
    assert not panel.canvas.is_empty
    panel.clear("Start trains 1,000 networks.")
    assert panel.canvas.is_empty and panel.canvas.empty_text == "Start trains 1,000 networks."
    assert panel.numbers()[1] in ([], ())


def test_escape_lets_go_of_what_is_read_and_is_the_windows_then(kind: type[LabChart], qtbot: QtBot) -> None:
    panel = chart(kind, qtbot, under_way())
    taken = []
    for _ in range(2):
        qtbot.keyClick(panel.canvas, Qt.Key.Key_Right)
        for _ in range(2):
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(panel.canvas, event)
            taken.append(event.isAccepted())
    assert taken == [True, False] * 2
