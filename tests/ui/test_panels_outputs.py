"""The outputs of data that is not a truth table: a list of samples of any length, and the course of the first."""

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, answering, show_panel, trained

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.sample_table import SampleTable


def kinds(table: SampleTable) -> list[str]:
    return [column.kind for column in table.columns]


def pets(count: int, names: tuple[str, ...] = ("cat", "dog")) -> Dataset:
    inputs = np.linspace(-5, 5, 2 * count).reshape(count, 2)
    return Dataset.of_classes("Pets", inputs, np.arange(count) % len(names), names)


X = np.linspace(0, 3, 40)


def test_two_classes_are_listed_with_output_bar_and_mark(qtbot: QtBot) -> None:
    data = pets(40)
    outputs = np.where(np.arange(40) == 3, 0.25, 0.9 * data.targets[:, 0])
    panel = show_panel(OutputsPanel, qtbot, answering(data, outputs))
    table = panel.view.samples
    assert table.isVisible() and not panel.view.table.isVisible()
    assert kinds(table) == ["number", "input", "input", "target", "output", "bar", "mark"]
    said = [table.text(kind, 3) for kind in ("number", "target", "output")]
    assert said == ["#4", "dog", "0.250"]
    assert not table._texts.right[3] and table._texts.right.sum() == 39
    assert table.summary == "accuracy 97.5 %"


def test_a_truth_table_stays_one(qtbot: QtBot) -> None:
    panel = show_panel(OutputsPanel, qtbot, trained())
    assert panel.view.table.isVisible() and not panel.view.samples.isVisible()
    assert panel._order.isHidden()
    panel.start_run(answering(pets(40), np.zeros(40)), ())
    assert panel.view.samples.isVisible() and not panel.view.table.isVisible() and not panel._order.isHidden()


def test_parts_are_named(qtbot: QtBot) -> None:
    data = pets(40)
    run = answering(data, data.targets, {"data.validation_share": 0.25, "data.test_share": 0.25})
    panel = show_panel(OutputsPanel, qtbot, run)
    table = panel.view.samples
    assert "part" in kinds(table)
    assert sorted({table.text("part", row) for row in range(40)}) == ["test", "training", "validation"]
    assert table.summary == "accuracy 100 % training, 100 % validation, 100 % test"
    header, rows = panel.numbers()
    assert header == ["x1", "x2", "target", "output", "right", "part"]
    assert [row[-1] for row in rows] == [table.text("part", row) for row in range(40)]


def test_of_many_classes_the_answer_and_its_output_are_given(qtbot: QtBot) -> None:
    names = tuple(f"species number {number}" for number in range(10))
    data = pets(40, names)
    outputs = np.roll(data.targets, 1, axis=1) * 0.8 + 0.02
    panel = show_panel(OutputsPanel, qtbot, answering(data, outputs))
    table = panel.view.samples
    assert (table.text("target", 0), table.text("output", 0)) == ("species number 0", "species number 1 0.820")
    output = next(column for column in table.columns if column.kind == "output")
    fitted = table._fitted(table.text("output", 0), output.width)
    assert fitted.endswith("… 0.820"), "the name gives way, not the number"
    assert len(panel.numbers()[0]) == 2 + 10 + 10 + 1


def test_numbers_are_listed_with_their_residuals(qtbot: QtBot) -> None:
    data = Dataset.of_numbers("Line", X[:, None], 2 * X)
    panel = show_panel(OutputsPanel, qtbot, answering(data, 2 * X - 0.25))
    table = panel.view.samples
    assert kinds(table) == ["number", "input", "target", "output", "residual", "bar"]
    assert [table.text(kind, 39) for kind in ("input", "target", "output", "residual")] == [
        "3.00",
        "6.00",
        "5.750",
        "0.250",
    ]
    assert table.summary.startswith("R² 0.9")
    header, rows = panel.numbers()
    assert header == ["x1", "target", "output", "residual"]
    assert rows[39] == [3.0, 6.0, 5.75, 0.25]


def test_what_is_not_known_is_a_dash(qtbot: QtBot) -> None:
    inputs = np.column_stack([np.arange(6.0), [1.5, np.nan, 2.25, 2.0, 1.0, 0.5]])
    data = Dataset.of_classes("Gaps", inputs, [0, 1] * 3, ("a", "b"))
    table = show_panel(OutputsPanel, qtbot, answering(data, data.targets)).view.samples
    assert [table.text("input", 1, number) for number in (0, 1)] == ["1", "—"]


def test_the_worst_come_first_where_that_is_asked_for(qtbot: QtBot) -> None:
    data = pets(40)
    outputs = data.targets.copy()
    outputs[7] = 0.4
    outputs[20] = 0.9
    run = answering(data, outputs)
    panel = show_panel(OutputsPanel, qtbot, run)
    panel._order.choose("worst")
    assert panel.view.samples.rows_in_sight()[:3].tolist() == [20, 7, 0]
    outputs = outputs.copy()
    outputs[11] = -5
    run.frame = replace(run.frame, outputs=outputs, training=True)
    panel.refresh(run)
    assert panel.view.samples.order[0] == 20, "rows do not change places in every frame"
    run.frame = replace(run.frame, outputs=outputs.copy(), training=False)
    panel.refresh(run)
    assert panel.view.samples.order[0] == 11
    panel._order.choose("listed")
    assert panel.view.samples.order.tolist() == list(range(40))


def test_only_rows_in_sight_are_written(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 20_000
    run = answering(pets(count), np.full(count, 0.4))
    panel = show_panel(OutputsPanel, qtbot, run)
    table = panel.view.samples
    asked: list[int] = []
    text = table.text
    monkeypatch.setattr(table, "text", lambda kind, sample, *rest: asked.append(sample) or text(kind, sample, *rest))
    run.frame = replace(run.frame, outputs=np.full((count, 1), 0.6))
    panel.refresh(run)
    table.viewport().repaint()
    assert 3 < len(set(asked)) < 30
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    assert table.rows_in_sight()[-1] == count - 1
    assert table.text("number", count - 1) == "#20,000"
    assert table.columns[-1].left + table.columns[-1].width <= table.viewport().width()


def test_the_list_is_scrolled_with_the_keyboard(qtbot: QtBot) -> None:
    table = show_panel(OutputsPanel, qtbot, answering(pets(300), np.zeros(300))).view.samples
    assert table.focusPolicy() & Qt.FocusPolicy.TabFocus
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert table.rows_in_sight()[0] == 1
    QTest.keyClick(table, Qt.Key.Key_PageDown)
    assert table.rows_in_sight()[0] > 4


def test_a_row_says_all_under_the_pointer(qtbot: QtBot) -> None:
    names = [f"measure {number}" for number in range(30)]
    data = Dataset.of_numbers("Wide", np.ones((20, 30)), np.arange(20.0), input_names=names)
    table = show_panel(OutputsPanel, qtbot, answering(data, np.arange(20.0) + 1)).view.samples
    assert kinds(table).count("input") < 8
    said = table._texts.description(2).split("\n")
    assert said[:2] == ["#3", "measure 0: 1"] and said[24:] == [
        "measure 23: 1",
        "… 6 more inputs",
        "target: 2",
        "output: 3.0",
        "residual: −1.0",
    ]
    place = QPoint(30, table._head + table._row * 2 + 4)
    event = QHelpEvent(QEvent.Type.ToolTip, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), event)
    assert QToolTip.text().startswith("#3\n")
    QToolTip.hideText()


def test_pixels_are_not_listed(qtbot: QtBot) -> None:
    data = Dataset.of_classes("Dots", np.zeros((12, 16)), [0, 1, 2] * 4, ("0", "1", "2"), image_shape=(4, 4))
    assert "input" not in kinds(show_panel(OutputsPanel, qtbot, answering(data, data.targets)).view.samples)


@pytest.mark.parametrize("size", [(160, 120), (300, 200), (420, 300), (900, 500)], ids=str)
def test_columns_keep_apart_and_within_the_panel(qtbot: QtBot, size: tuple[int, int]) -> None:
    data = pets(40)
    run = answering(data, data.targets, {"data.test_share": 0.25})
    table = show_panel(OutputsPanel, qtbot, run, size=size).view.samples
    columns = table.columns
    assert kinds(table)[0] == "number"
    assert all(a.left + a.width < b.left for a, b in pairwise(columns))
    assert columns[-1].left + columns[-1].width <= table.viewport().width()


# ---- course --------------------------------------------------------------------------------------------------------


def test_the_course_names_samples_by_number(qtbot: QtBot) -> None:
    made = LiveRun(ExperimentSpec().with_settings({"data.name": "own"}, pets(30)))
    panel = show_panel(OutputsPanel, qtbot, made.advance(50), size=(500, 400))
    chart = panel.view.chart
    assert chart._texts[:2] == ["#1", "#2"] and len(chart._texts) == 16
    none = Qt.MouseButton.NoButton
    point = QPointF(chart.axes.x(50), chart.axes.y(made.run.frame.outputs[4, 0]))
    event = QMouseEvent(QEvent.Type.MouseMove, point, point, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(chart, event)
    assert chart.reading.startswith("epoch 50   #")


def test_the_course_of_numbers_ranges_over_the_targets(qtbot: QtBot) -> None:
    data = Dataset.of_numbers("Prices", X[:, None], 200_000 + 50_000 * X, output_names=("price",))
    run = answering(data, np.full(40, 250_000.0))
    low, high = show_panel(OutputsPanel, qtbot, run).view.chart._y_range
    assert low < 200_000 and 350_000 < high < 1e6
