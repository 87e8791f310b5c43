"""The window of pinned runs: what its table says, how it is sorted and changed, and what its chart shows."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QStackedWidget, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.insight.outcomes import Kind, Outcome
from nnstudio.session.pins import MOST, Pins
from nnstudio.ui.compare.table_model import CURVE, LOSS, NAME, OUTCOME
from nnstudio.ui.compare.window import CompareWindow
from nnstudio.ui.theme import apply_theme, load_theme


@pytest.fixture
def pins(qtbot: QtBot) -> Pins:
    return Pins()


@pytest.fixture
def window(qtbot: QtBot, pins: Pins, settings: QSettings) -> Iterator[CompareWindow]:
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    window = CompareWindow(pins=pins, theme=theme, settings=settings)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        pass
    yield window
    window.close()


def pin(pins: Pins, loss: float = 0.1, kind: Kind = "learned", name: str = "", **settings: Any) -> PinnedRun:
    spec = ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})
    epochs = np.arange(0, 1000, 10)
    curve = np.geomspace(0.3, loss if math.isfinite(loss) else 0.3, len(epochs))
    assert pins.pin_member(spec, epochs, curve, loss, Outcome(kind, f"{kind} it"), name=name)
    return pins.all[-1]


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def shown(window: CompareWindow) -> list[str]:
    return [each.name for each in window.table.shown]


def cells(window: CompareWindow, row: int) -> list[str]:
    model = window.table.model()
    return [model.index(row, column).data() for column in range(model.columnCount())]


def titles(window: CompareWindow) -> list[str]:
    model = window.table.model()
    return [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]


def sort_by(window: CompareWindow, key: str, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
    window.table.sortByColumn(window.table.model_of_pins.columns.index(key), order)


# ---- the table -----------------------------------------------------------------------------------------------------


def test_without_pins_it_says_how_to_pin(qtbot: QtBot, window: CompareWindow, pins: Pins) -> None:
    page = window.findChild(QWidget, "compare_empty")
    assert page.isVisible()
    assert any("Press K" in label.text() for label in page.findChildren(QLabel))
    with qtbot.waitSignal(window.pin_wanted):
        qtbot.keyClick(window, Qt.Key.Key_K)
    pin(pins)
    assert not page.isVisible()
    pins.clear()
    assert page.isVisible()


def test_settings_that_differ_have_a_column_and_the_others_a_line(window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    pin(pins, loss=0.2, kind="stuck", network__hidden="3", training__optimizer="momentum")
    pin(pins, training__optimizer="adam:beta1=0.8")
    assert titles(window) == [
        "Name", "Hidden layers", "Optimizer", "Final loss", "Outcome", "Trained", "Loss over epochs",
    ]  # fmt: skip
    assert cells(window, 1) == ["2-3-1, seed 42", "3", "Momentum", "0.200000", "stuck it", "991", ""]
    assert cells(window, 2)[2] == "Adam, beta 1 0.8"
    shared = window.findChild(QLabel, "compare_shared").text()
    assert shared.startswith("All 3 share: data XOR,")
    assert "seed 42" in shared
    assert "optimizer" not in shared


def test_outcomes_have_a_mark_and_names_their_line(window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    model = window.table.model_of_pins
    for key in (NAME, OUTCOME):
        index = model.index(0, model.columns.index(key))
        assert index.data(Qt.ItemDataRole.DecorationRole) is not None


def test_numbers_are_sorted_as_numbers_and_what_is_missing_comes_last(window: CompareWindow, pins: Pins) -> None:
    for hidden, batch, loss in (("10", 16, 0.2), ("2", "full", math.nan), ("9", 4, 1e-5)):
        pin(pins, loss=loss, name=hidden, network__hidden=hidden, training__batch_size=batch)
    for key, up, down in (
        ("network.hidden", ["2", "9", "10"], ["10", "9", "2"]),
        ("training.batch_size", ["9", "10", "2"], ["10", "9", "2"]),
        (LOSS, ["9", "10", "2"], ["10", "9", "2"]),
    ):
        sort_by(window, key)
        assert shown(window) == up, key
        sort_by(window, key, Qt.SortOrder.DescendingOrder)
        assert shown(window) == down, key


def test_every_column_can_be_sorted(window: CompareWindow, pins: Pins) -> None:
    pin(pins, name="B", kind="stuck")
    pin(pins, name="a", network__hidden="3", training__epochs=5000)
    pins.pin_member(ExperimentSpec(), np.arange(3), np.ones(3), 1.0, Outcome("diverged", "diverged"), name="c")
    for key in window.table.model_of_pins.columns:
        sort_by(window, key)
        assert sorted(shown(window)) == ["B", "a", "c"]
    sort_by(window, NAME)
    assert shown(window) == ["a", "B", "c"]
    sort_by(window, OUTCOME)
    assert shown(window) == ["a", "B", "c"]


def test_delete_removes_what_is_selected_and_undo_brings_it_back(
    qtbot: QtBot, window: CompareWindow, pins: Pins
) -> None:
    runs = [pin(pins, name=name, seed=seed) for seed, name in enumerate("abcd")]
    window.table.setFocus()
    window.table.select((runs[1], runs[2]))
    press(qtbot, Qt.Key.Key_Delete)
    assert shown(window) == ["a", "d"]
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert shown(window) == ["a", "b", "c", "d"]
    press(qtbot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert shown(window) == ["a", "d"]
    assert "emoved 2 pinned runs" in window.findChild(QLabel, "compare_status").text()


def test_a_run_keeps_its_line_while_others_come_and_go(window: CompareWindow, pins: Pins) -> None:
    def pen(name: str) -> tuple[object, object]:
        each = next(curve for curve in window.chart.chart.curves if curve.pin.name == name)
        return each.pen.color().name(), each.pen.style()

    runs = [pin(pins, name=name, seed=seed) for seed, name in enumerate("abc")]
    before = pen("c")
    assert len({pen(name) for name in "abc"}) == 3
    pins.remove(runs[:2])
    assert pen("c") == before
    pins.rename(pins.all[0], "sea")
    assert pen("sea") == before
    pin(pins, name="d", seed=9)
    assert pen("d") != before


def test_f2_renames(qtbot: QtBot, window: CompareWindow, pins: Pins) -> None:
    first, _ = pin(pins, name="a"), pin(pins, name="b", seed=1)
    window.table.setFocus()
    window.table.select((first,))
    press(qtbot, Qt.Key.Key_F2)
    editor = window.table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "the good one")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(window) == ["the good one", "b"])
    assert [each.name for each in window.table.selected] == ["the good one"]
    press(qtbot, Qt.Key.Key_F2)
    editor = window.table.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "b")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "“b”" in window.findChild(QLabel, "compare_status").text())
    # A name is shown as it was typed, even if it looks like a tag.
    assert window.findChild(QLabel, "compare_status").textFormat() == Qt.TextFormat.PlainText
    assert shown(window) == ["the good one", "b"]


def test_enter_and_a_double_click_open_the_run(qtbot: QtBot, window: CompareWindow, pins: Pins) -> None:
    pin(pins, name="a")
    second = pin(pins, name="b", seed=1)
    window.table.setFocus()
    window.table.select((second,))
    with qtbot.waitSignal(window.open_wanted) as wanted:
        press(qtbot, Qt.Key.Key_Return)
    assert wanted.args == [second]
    with qtbot.waitSignal(window.open_wanted) as wanted:
        window.table.doubleClicked.emit(window.table.model().index(0, 2))
    assert wanted.args[0].name == "a"


def test_one_or_two_runs_can_be_twinned(qtbot: QtBot, window: CompareWindow, pins: Pins) -> None:
    runs = [pin(pins, name=name, seed=seed) for seed, name in enumerate("abc")]
    window.table.setFocus()
    for chosen in (runs[:1], runs[:2]):
        window.table.select(tuple(chosen))
        with qtbot.waitSignal(window.twin_wanted) as wanted:
            press(qtbot, Qt.Key.Key_T)
        assert list(wanted.args[0]) == chosen
    window.table.select(tuple(runs))
    with qtbot.assertNotEmitted(window.twin_wanted):
        press(qtbot, Qt.Key.Key_T)


def test_context_menu_offers_what_the_keys_do(qtbot: QtBot, window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    window.table.customContextMenuRequested.emit(QPoint(5, 5))
    menu = window.findChild(QWidget, "compare_menu")
    assert {"Open", "Twin", "Rename", "Remove"} <= {action.text().replace("&", "") for action in menu.actions()}
    menu.close()


def test_table_is_saved_and_copied_in_full_precision(window: CompareWindow, pins: Pins, tmp_path: Path) -> None:
    pin(pins, loss=1 / 3, training__learning_rate=0.25)
    second = pin(pins, loss=1e-7, kind="stuck", seed=5)
    assert window.save_table(tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "name", "training.learning_rate", "seed", "final_loss", "outcome", "epochs", "from",
    ]  # fmt: skip
    assert float(rows[0]["final_loss"]) == 1 / 3
    assert (rows[0]["training.learning_rate"], rows[1]["seed"], rows[1]["from"]) == ("0.25", "5", "sweep")
    window.table.select((second,))
    window.copy_table()
    assert len(QApplication.clipboard().text().splitlines()) == 2
    assert not window.save_table(tmp_path / "nowhere" / "runs.csv")
    assert "was not saved" in window.findChild(QLabel, "compare_status").text()


# ---- the chart -----------------------------------------------------------------------------------------------------


def test_chart_shows_what_is_selected_or_all(window: CompareWindow, pins: Pins) -> None:
    runs = [pin(pins, name=name, seed=seed) for seed, name in enumerate("abc")]
    assert [curve.pin.name for curve in window.chart.chart.curves] == ["a", "b", "c"]
    window.table.select((runs[2],))
    assert [curve.pin.name for curve in window.chart.chart.curves] == ["c"]
    window.table.clearSelection()
    assert len(window.chart.chart.curves) == 3


def test_pointer_reads_every_curve_the_highest_first(window: CompareWindow, pins: Pins) -> None:
    pin(pins, loss=1e-3, name="low")
    pin(pins, loss=0.1, name="high", seed=1)
    pins.pin_member(
        ExperimentSpec().with_settings({"seed": 2}),
        np.arange(100),
        np.full(100, 0.2),
        0.2,
        Outcome("stuck", ""),
        "short",
    )
    chart = window.chart.chart
    axes = chart.axes()
    epoch, found = chart.reading_at(QPointF(float(axes.x(500.0)), axes.rect.center().y()))
    assert epoch == pytest.approx(500)
    assert [each.pin.name for each, _ in found] == ["high", "low"]
    assert all(each.epochs[place] == 500 for each, place in found)
    moved = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(float(axes.x(50.0)), 60.0), QPointF(), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    before = chart.grab().toImage()
    QApplication.sendEvent(chart, moved)
    assert chart.grab().toImage() != before


def test_smoothing_keeps_what_was_measured_behind(window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    window.chart.smoothing.setValue(90)
    (curve,) = window.chart.chart.curves
    assert curve.raw is pins.all[0].curve
    assert curve.losses[0] == curve.raw[0]
    assert curve.losses[-1] > curve.raw[-1]  # of a falling curve, the average lies above
    header, rows = window.chart.numbers()
    assert header == ("run", "epoch", "loss", "smoothed")
    assert rows[-1] == ("2-2-1, seed 42", 990, curve.raw[-1], curve.losses[-1])
    window.chart.smoothing.setValue(0)
    assert window.chart.numbers()[0] == ("run", "epoch", "loss")


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_picture_and_drawing(window: CompareWindow, pins: Pins, tmp_path: Path, scale: str) -> None:
    pin(pins, name="with a name")
    pin(pins, loss=math.nan, kind="diverged", name="diverged", seed=3)
    window.findChild(QWidget, f"compare_scale_{scale}").click()
    assert window.chart.save_picture(tmp_path / "losses.png")
    assert window.chart.save_picture(tmp_path / "losses.svg")
    drawing = (tmp_path / "losses.svg").read_text(encoding="utf-8")
    assert "with a name" in drawing
    assert "<image" not in drawing
    assert window.chart.save_numbers(tmp_path / "losses.csv")


def test_losses_of_different_kinds_are_named_so(window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    assert window.chart.chart.loss_name == "loss (mean squared error)"
    pin(pins, training__loss="binary_cross_entropy")
    assert window.chart.chart.loss_name == "loss (of different kinds)"


def test_as_many_runs_as_can_be_pinned_are_drawn(window: CompareWindow, pins: Pins) -> None:
    pins.blockSignals(True)
    for seed in range(MOST - 1):
        pin(pins, seed=seed, loss=0.001 * (seed + 1))
    pins.blockSignals(False)
    pin(pins, seed=MOST)
    assert len(window.chart.chart.curves) == MOST
    assert not window.grab().isNull()


def test_runs_without_a_curve_do_no_harm(window: CompareWindow, pins: Pins) -> None:
    pins.pin_member(ExperimentSpec(), np.arange(2), np.full(2, np.nan), math.nan, Outcome("diverged", "diverged"))
    assert not window.grab().isNull()
    assert "diverged" in window.chart.chart.message
    one = ExperimentSpec().with_settings({"seed": 1})
    pins.pin_member(one, np.arange(1), np.array([0.0]), 0.0, Outcome("learned", ""))
    assert not window.grab().isNull()


# ---- looks and place -----------------------------------------------------------------------------------------------


def test_other_theme(window: CompareWindow, pins: Pins) -> None:
    pin(pins)
    light = window.grab().toImage().pixelColor(600, 400)
    theme = load_theme("dark")
    apply_theme(QApplication.instance(), theme)
    window.set_theme(theme)
    assert window.grab().toImage().pixelColor(600, 400).lightness() < light.lightness()


def test_place_and_size_are_remembered(qtbot: QtBot, window: CompareWindow, pins: Pins, settings: QSettings) -> None:
    window.resize(777, 555)
    window.close()
    again = CompareWindow(pins=pins, theme=load_theme("light"), settings=settings)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (777, 555)


def test_settings_of_another_kind_do_no_harm(qtbot: QtBot, pins: Pins, settings: QSettings) -> None:
    settings.setValue("compare_geometry", "wide")
    settings.setValue("compare_splitter", 7)
    window = CompareWindow(pins=pins, theme=load_theme("light"), settings=settings)
    qtbot.addWidget(window)
    assert window.findChild(QStackedWidget) is not None


def test_columns_fit_what_they_hold(window: CompareWindow, pins: Pins) -> None:
    pin(pins, name="a rather long name for a run that was pinned")
    pin(pins, network__hidden="3")
    table = window.table
    for number, key in enumerate(table.model_of_pins.columns):
        assert 40 < table.columnWidth(number) <= (10_000 if key == CURVE else 280)


def test_columns_grow_with_the_type(window: CompareWindow, pins: Pins) -> None:
    pin(pins, name="2-2-1, seed 42")
    table = window.table
    name = table.model_of_pins.columns.index(NAME)
    usual = table.columnWidth(name)
    window.set_theme(load_theme("light").zoomed(2.0))
    assert table.columnWidth(name) > 1.5 * usual
