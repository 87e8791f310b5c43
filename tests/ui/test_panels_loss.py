"""The loss plot: this run decides its ranges, whatever earlier runs were like, and the wheel keeps to the epochs."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import trained

from nnstudio.engine.timeline import LossHistory
from nnstudio.session.run import Run
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.loss_axes import linear_range, log_range, log_ticks
from nnstudio.ui.theme import apply_theme, load_theme

DIVERGED = {"network.output_activation": "linear", "training.learning_rate": 900.0}
VALIDATION = {"data.name": "parity:bits=4", "data.validation_share": 0.25}


def make(qtbot: QtBot, run: Run, earlier: Sequence[Run] = ()) -> LossPanel:
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    panel = LossPanel(theme=theme)
    qtbot.addWidget(panel)
    panel.resize(420, 300)
    panel.show()
    panel.start_run(run, earlier)
    QApplication.processEvents()
    return panel


def turn_wheel(panel: LossPanel, x: float, steps: int) -> None:
    place = panel.plot.box.mapViewToScene(QPointF(x, sum(panel.plot.box.viewRange()[1]) / 2))
    event = QWheelEvent(
        place,
        QPointF(panel.plot.viewport().mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.plot.viewport(), event)
    QApplication.processEvents()


def losses_shown(panel: LossPanel) -> list[float]:
    bottom, top = panel.plot.box.viewRange()[1]
    return [10**bottom, 10**top] if panel.plot.log else [bottom, top]


@pytest.mark.parametrize(
    ("low", "high"), [(0.1281, 0.3), (0.2, 0.5), (1e-9, 1.0), (0.25, 0.25), (3.0, 2e6), (1e-280, 1e280)]
)
def test_curves_keep_clear_of_the_edges_and_both_ends_are_labelled(low: float, high: float) -> None:
    bottom, top = log_range(low, high)
    assert 10**bottom < low / 1.01 and 10**top > high * 1.01
    for count in (3, 8):
        ticks = log_ticks(bottom, top, count)
        assert (ticks[0], ticks[-1]) == pytest.approx((bottom, top))
        assert min(np.diff(ticks)) >= 0.5 * (top - bottom) / count
    assert linear_range(0.5) == pytest.approx((0.0, 0.6))


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_an_earlier_run_does_not_spoil_the_range(qtbot: QtBot, scale: str) -> None:
    run = trained(epochs=500)
    alone, beside = make(qtbot, run), make(qtbot, run, [trained(DIVERGED, 200), trained({"seed": 3}, 300)])
    for panel in (alone, beside):
        panel._scale.choose(scale)
    assert losses_shown(beside) == losses_shown(alone)


@pytest.mark.parametrize(("scale", "most"), [("log", 4e6), ("linear", 20)])
def test_what_came_before_a_run_diverged_can_be_seen(qtbot: QtBot, scale: str, most: float) -> None:
    run = trained(DIVERGED, 200)
    first = run.losses.outline().first[0]
    panel = make(qtbot, run)
    panel._scale.choose(scale)
    low, high = losses_shown(panel)
    assert low < first < high <= most * first
    assert panel.reading.startswith("latest loss 4.582e304")
    assert not panel.picture().isNull()


def test_the_wheel_looks_at_some_epochs_and_the_losses_follow(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({"network.hidden": "4"}, 10_000))
    before = losses_shown(panel)
    turn_wheel(panel, 9_900, 20)
    left, right = panel.plot.epochs
    assert 9_000 < left < right <= 10_000
    low, high = losses_shown(panel)
    assert high < before[1] / 10
    seen = panel.run.losses.outline().first[-50:]
    assert low < seen.min() and high > seen.max()
    turn_wheel(panel, 9_900, -40)
    assert panel.plot.epochs == (0, 10_000), "there is nothing beyond the run"
    assert losses_shown(panel) == before and not panel._fit.isEnabled()


def test_the_legend_names_what_is_there(qtbot: QtBot) -> None:
    def legend(run: Run, *earlier: Run) -> list[str]:
        return [name for _, name in make(qtbot, run, earlier).head._legend]

    other = trained(VALIDATION, 30)
    assert legend(trained()) == legend(trained(epochs=10)) == []
    assert legend(trained(), other) == ["earlier runs"]
    assert legend(trained(epochs=10), other) == ["this run", "earlier runs"]
    assert legend(trained(VALIDATION, 10), other) == ["training", "validation", "earlier runs"]


def test_this_runs_curve_is_thick_where_that_is_cheap(qtbot: QtBot) -> None:
    def width(panel: LossPanel) -> float:
        return panel.curve.opts["pen"].widthF()

    short, run = trained(epochs=50), trained(epochs=2000)
    for each in (short, run):
        each.frame = replace(each.frame, training=True)
    assert width(make(qtbot, short)) == 2
    panel = make(qtbot, run)
    assert width(panel) == 1
    run.frame = replace(run.frame, training=False)
    panel.refresh(run)
    qtbot.waitUntil(lambda: width(panel) == 2)


# ---- held out ------------------------------------------------------------------------------------------------------

PARTS = {"data.name": "parity:bits=5", "data.validation_share": 0.25, "data.test_share": 0.25}


def test_training_validation_and_test_losses_differ_in_colour_and_line(qtbot: QtBot) -> None:
    run = trained(PARTS, 40)
    panel = make(qtbot, run)
    assert [name for _, name in panel.head._legend] == ["training", "validation", "test"]
    pens = [pen for pen, _ in panel.head._legend]
    assert len({pen.style() for pen in pens}) == len({pen.color().name() for pen in pens}) == 3
    assert len(panel.test_curve.getData()[0]) == 40
    last = [history.last for history in (run.losses, run.validation_losses, run.test_losses)]
    assert panel.reading == "latest loss {:.4f}   validation {:.4f}   test {:.4f}".format(*last)
    assert panel.test_curve in panel._curves() and not panel.picture().isNull()


def test_all_losses_are_exported(qtbot: QtBot) -> None:
    run = trained(PARTS, 30)
    header, rows = make(qtbot, run).numbers()
    assert header == ["epoch", "loss", "lowest", "highest", "validation loss", "test loss"]
    assert rows[7][4:] == (run.validation_losses.outline().first[7], run.test_losses.outline().first[7])
    header, _ = make(qtbot, trained({"data.name": "parity:bits=5", "data.test_share": 0.25}, 30)).numbers()
    assert header[4:] == ["test loss"]


def test_losses_of_a_part_that_is_held_out_only_now_begin_there(qtbot: QtBot) -> None:
    run = trained(PARTS, 60)
    late = LossHistory()
    late.extend(run.test_losses.outline().first[40:])
    run.test_losses = late
    panel = make(qtbot, run)
    x, _ = panel.test_curve.getData()
    assert (x[0], x[-1]) == (40, 59)
    assert panel.reading.endswith(f"test {late.last:.4f}")
    _, rows = panel.numbers()
    assert rows[39][-1] == "" and rows[40][-1] == late.outline().first[0]


def test_what_was_held_out_before_ends_where_it_ended(qtbot: QtBot) -> None:
    run = trained({"data.name": "parity:bits=5"}, 60)
    run.validation_losses.extend(np.linspace(0.3, 0.2, 20))
    x, _ = make(qtbot, run).validation_curve.getData()
    assert (x[0], x[-1]) == (0, 19)
