"""The scores panel: for any part of the samples, for classes and for numbers, in one frame's time."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, answering, show_panel

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.panels.scores import ScoresPanel
from nnstudio.ui.panels.scores.matrix import MatrixChart
from nnstudio.ui.panels.scores.picker import Picker
from nnstudio.ui.panels.scores.residuals import MOST_POINTS, ResidualChart, ScatterChart
from nnstudio.ui.panels.scores.roc import RocChart
from nnstudio.ui.panels.scores.scored import ALL
from nnstudio.ui.panels.steady import SteadyLimit, SteadyRange

Array = NDArray[Any]


def read(panel: ScoresPanel, point: QPointF) -> str:
    none = Qt.MouseButton.NoButton
    place = QPointF(panel.view.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, point, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel.view, event)
    QApplication.processEvents()
    return panel.view.reading


def pickers(panel: ScoresPanel) -> list[Picker]:
    return [picker for control in panel.controls() for picker in control.findChildren(Picker)]


def shown(panel: ScoresPanel) -> list[str]:
    return [chart.key for chart in panel.view.shown]


def pets(labels: list[int], names: tuple[str, ...] = ("cat", "dog")) -> Dataset:
    inputs = np.linspace(-1, 1, 2 * len(labels)).reshape(-1, 2)
    return Dataset.of_classes("Pets", inputs, labels, names)


TWO = pets([0, 0, 0, 1, 1])
ANSWERS = [[0.1], [0.3], [0.8], [0.9], [0.6]]


# ---- classes -------------------------------------------------------------------------------------------------------


def test_the_xor_gate_is_scored_as_the_table_says(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    panel = show_panel(ScoresPanel, qtbot, live.advance(10_000))
    assert panel.view.headline == ("50.0 %", "accuracy", "2 of 4 samples")
    assert shown(panel) == ["matrix", "roc"]
    header, rows = panel.numbers()
    assert header[1:4] == ["target", "predicted no", "predicted yes"]
    assert [row[2:4] for row in rows] == [[1, 1], [1, 1], [2, 2]]
    assert [picker.objectName() for picker in pickers(panel) if not picker.isHidden()] == ["scores_charts"]


def test_two_classes(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, ANSWERS))
    assert panel.view.headline == ("80.0 %", "accuracy", "4 of 5 samples")
    values = {name: value for name, value, _ in panel.view.more}
    # Precision 2/2 and 2/3, recall 2/3 and 2/2.
    assert values == {"precision": "83.3 %", "recall": "83.3 %", "F1": "80.0 %"}
    _, rows = panel.numbers()
    assert rows[0][:4] == [ALL, "cat", 2, 1] and rows[1][:4] == [ALL, "dog", 0, 2]
    assert rows[0][4:] == [1.0, 2 / 3, 0.8, ""]
    assert rows[2][-1] == 0.8


def test_the_pointer_reads_cells_recall_and_precision(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, ANSWERS))
    matrix = panel.view.shown[0]
    assert isinstance(matrix, MatrixChart)
    assert read(panel, matrix._cell(0, 1).center()) == "cat taken for dog: 1 of 3 (33.3 %)"
    beside = QPointF(matrix._cells.right() + 20, matrix._cell(1, 0).center().y())
    assert read(panel, beside) == "recall of dog 100 %   F1 80.0 %"
    below = QPointF(matrix._cell(0, 1).center().x(), matrix._cells.bottom() + 10)
    assert read(panel, below) == "precision of dog 66.7 %   F1 80.0 %"
    assert read(panel, QPointF(2, 2)) == ""
    name, place = panel.view._more_places[0]
    assert read(panel, place.center()).startswith(f"{name}: the mean over the classes")


def test_the_roc_curve_is_read_at_the_threshold_and_elsewhere(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, ANSWERS))
    roc = panel.view.shown[1]
    assert isinstance(roc, RocChart)
    assert roc._auc == pytest.approx(5 / 6), "of six pairs, one is in the wrong order"
    axes = roc._axes
    assert read(panel, QPointF(axes.x(1 / 3), axes.y(1.0))).startswith("threshold 0.5 ")
    assert read(panel, QPointF(axes.x(0.0), axes.y(0.5))) == (
        "threshold 0.900   true positives 50.0 %   false positives 0 %"
    )
    assert abs(axes.rect.width() - axes.rect.height()) < 1


def test_without_samples_of_both_classes_there_is_no_curve(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(pets([1, 1, 1]), [[0.2], [0.9], [0.7]]))
    roc = panel.view.shown[1]
    assert isinstance(roc, RocChart) and roc._roc is None
    panel._charts.choose("roc")
    assert panel.numbers()[1] == []
    assert not panel.picture().isNull()


def test_an_output_for_each_of_two_classes_has_a_curve_too(qtbot: QtBot) -> None:
    outputs = [[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.4, 0.6]]
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, outputs, {"data.targets": "one_hot"}))
    roc = panel.view.shown[1]
    assert isinstance(roc, RocChart)
    assert (roc._auc, roc._threshold_text) == (pytest.approx(5 / 6), "larger output")


def test_signed_targets_change_at_zero(qtbot: QtBot) -> None:
    outputs = [[-0.5], [-0.1], [0.2], [0.9], [0.3]]
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, outputs, {"data.targets": "signed"}))
    assert panel.view.headline[0] == "80.0 %"
    assert panel.view.shown[1]._threshold_text == "threshold 0"


@pytest.mark.parametrize("count", [3, 10, 40])
def test_several_classes_have_a_matrix_alone(qtbot: QtBot, count: int) -> None:
    names = tuple(f"class {number}" for number in range(count))
    data = pets([*range(count), 0, 1], names)
    outputs = np.eye(count)[[*range(count), 1, 1]]
    panel = show_panel(ScoresPanel, qtbot, answering(data, outputs))
    assert shown(panel) == ["matrix"]
    assert panel.view.headline == (f"{(count + 1) / (count + 2):.1%}".replace("%", " %"), "accuracy",
                                   f"{count + 1} of {count + 2} samples")  # fmt: skip
    matrix = panel.view.shown[0]
    assert isinstance(matrix, MatrixChart)
    assert (matrix._number is not None) == (count <= 10), "numbers stand in the cells while they fit"
    assert matrix._cells.right() <= panel.view.width() and matrix._cells.bottom() <= panel.view.height()
    assert read(panel, matrix._cell(0, 1).center()) == "class 0 taken for class 1: 1 of 2 (50.0 %)"
    assert not panel.picture().isNull() and panel.drawing()


# ---- parts ---------------------------------------------------------------------------------------------------------


def test_the_test_samples_come_first_and_the_persons_choice_stays(qtbot: QtBot) -> None:
    data = pets([0, 1] * 20)
    settings = {"data.validation_share": 0.25, "data.test_share": 0.25}
    run = answering(data, data.targets, settings)
    panel = show_panel(ScoresPanel, qtbot, run)
    assert panel.view.headline == ("100 %", "accuracy", "10 of 10 test samples")
    assert [key for key, _ in panel._part._options] == [ALL, "training", "validation", "test"]
    panel._part.choose("validation")
    assert panel.view.headline[2] == "10 of 10 validation samples"
    assert {row[0] for row in panel.numbers()[1]} == {"validation"}
    panel.start_run(answering(data, 1 - data.targets, settings), ())
    assert panel.view.headline == ("0 %", "accuracy", "0 of 10 validation samples")
    panel.start_run(answering(data, data.targets, {"data.test_share": 0.25}), ())
    assert panel.view.headline[2] == "10 of 10 test samples", "there is no validation part any more"
    panel.start_run(answering(data, data.targets), ())
    assert panel.view.headline[2] == "40 of 40 samples"


# ---- numbers -------------------------------------------------------------------------------------------------------

X = np.linspace(0, 3, 31)
LINE = Dataset.of_numbers("Line", X[:, None], 2 * X)


def test_a_regression_is_scored_by_its_residuals(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(LINE, 2 * X + np.where(np.arange(31) % 2, 0.5, -0.5)))
    assert panel.view.headline == ("0.922", "R²", "31 samples")
    assert [(name, value) for name, value, _ in panel.view.more] == [("RMSE", "0.5"), ("MAE", "0.5")]
    assert shown(panel) == ["scatter", "residuals"]
    header, rows = panel.numbers()
    assert header == ("part", "target", "output", "residual")
    assert rows[1] == [ALL, pytest.approx(0.2), pytest.approx(0.7), pytest.approx(-0.5)]
    scatter, residuals = panel.view.shown
    assert isinstance(scatter, ScatterChart) and isinstance(residuals, ResidualChart)
    point = QPointF(scatter._axes.x(0.2) + 2, scatter._axes.y(0.7))
    assert read(panel, point) == "target 0.2   output 0.7   residual −0.5"
    assert residuals._counts.sum() == 31 and residuals._counts.max() == 16
    assert read(panel, residuals._axes.rect.center() + QPointF(1, 0)).endswith(": 0 samples")


def test_the_output_is_chosen_where_there_are_several(qtbot: QtBot) -> None:
    data = Dataset.of_numbers("Both", X[:, None], np.column_stack([X, -X]), output_names=("up", "down"))
    panel = show_panel(ScoresPanel, qtbot, answering(data, np.column_stack([X, np.full(31, -1.5)])))
    assert panel.view.headline[0] == "1.000"
    panel._output.choose("down")
    assert panel.view.headline[0] == "0.000"


def test_of_many_samples_some_are_drawn(qtbot: QtBot) -> None:
    x = np.linspace(0, 1, 12_001)
    panel = show_panel(ScoresPanel, qtbot, answering(Dataset.of_numbers("Many", x[:, None], x), x))
    assert len(panel.view.shown[0]._targets) <= MOST_POINTS
    assert panel.view.headline[2] == "12,001 samples" and len(panel.numbers()[1]) == 12_001


def test_outputs_of_a_run_that_diverges_are_drawn(qtbot: QtBot) -> None:
    outputs = np.where(np.arange(31) % 3, 1e200, np.nan)
    panel = show_panel(ScoresPanel, qtbot, answering(LINE, outputs))
    assert panel.view.headline[0] == "—"
    assert not panel.picture().isNull()
    panel.view.shown[0].reading(panel.view.shown[0].rect.center())


def test_ranges_follow_in_steps_and_come_back() -> None:
    steady = SteadyRange(np.array([0.0, 10.0]))
    assert steady.range == (-0.5, 10.5)
    assert steady.follow(np.array([-0.4, 10.2])) == (-0.5, 10.5)
    low, high = steady.follow(np.array([-0.6, 1e9]))
    assert low == pytest.approx(-3.25) and high == pytest.approx(21.5), "no farther than twice as wide"
    assert steady.follow(np.array([0.0, 5.0])) == pytest.approx((-3.25, 10.5)), "one step back is too little to move"
    assert SteadyRange(np.array([3.0])).range == (1.5, 4.5)
    limit = SteadyLimit()
    assert [limit.follow(value) for value in (0.3, 0.4, 0.6, 0.4, 0.3)] == [0.5, 0.5, 1.0, 1.0, 0.5]


# ---- room and time -------------------------------------------------------------------------------------------------


def test_a_narrow_panel_shows_the_picture_that_is_chosen(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, ANSWERS), size=(280, 220))
    assert shown(panel) == ["matrix"]
    panel._charts.choose("roc")
    assert shown(panel) == ["roc"]
    header, rows = panel.numbers()
    assert header == ["part", "threshold", "false positive rate", "true positive rate"]
    assert rows[0] == [ALL, np.inf, 0, 0] and rows[-1][2:] == [1, 1]
    panel._charts.choose("both")
    panel.resize(280, 600)
    QApplication.processEvents()
    assert shown(panel) == ["matrix", "roc"], "one above the other"
    panel.resize(420, 300)
    QApplication.processEvents()
    first, second = (chart.rect for chart in panel.view.shown)
    assert first.right() < second.left()


def test_another_frame_is_scored_and_the_same_outputs_are_not_scored_again(qtbot: QtBot) -> None:
    run = answering(TWO, ANSWERS)
    panel = show_panel(ScoresPanel, qtbot, run)
    scored = panel.view._scored
    panel.refresh(run)
    assert panel.view._scored is scored
    run.frame = replace(run.frame, outputs=np.ones((5, 1)))
    panel.refresh(run)
    assert panel.view.headline[0] == "40.0 %"


def test_many_samples_are_scored_less_often_but_the_last_frame_is(qtbot: QtBot) -> None:
    run = answering(TWO, ANSWERS)
    panel = show_panel(ScoresPanel, qtbot, run)
    panel._pace.cost = 0.004
    run.frame = replace(run.frame, outputs=np.ones((5, 1)), training=True)
    panel.refresh(run)
    assert panel.view.headline[0] == "80.0 %"
    qtbot.waitUntil(lambda: panel.view.headline[0] == "40.0 %", timeout=2000)
    panel._pace.cost = 10.0
    run.frame = replace(run.frame, outputs=np.zeros((5, 1)), training=False)
    panel.refresh(run)
    assert panel.view.headline[0] == "60.0 %", "a run at rest is scored at once"


def test_each_control_can_be_named_and_reached(qtbot: QtBot) -> None:
    panel = show_panel(ScoresPanel, qtbot, answering(TWO, ANSWERS))
    assert len(pickers(panel)) == 3
    for picker in pickers(panel):
        assert picker.objectName() and picker.accessibleName() and picker.toolTip()
        assert picker.focusPolicy() & Qt.FocusPolicy.TabFocus
