"""Runs that are pinned: named, kept between starts, undone, and damaged on the disk."""

from __future__ import annotations

import json
import logging
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))
from panel_runs import LiveRun, trained

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.outcomes import Outcome
from nnstudio.session.pins import MOST, Pins, continuation_of

STUCK = Outcome("stuck", "stuck: two patterns at 0.50")


@pytest.fixture
def pins(qtbot: QtBot, tmp_path: Path) -> Pins:
    return Pins(tmp_path)


def pin_seed(pins: Pins, seed: int, **more: Any) -> bool:
    spec = ExperimentSpec().with_settings({"seed": seed})
    return pins.pin_member(spec, np.arange(5), np.array([0.4, 0.3, 0.2, 0.1, np.nan]), 0.1, STUCK, **more)


def names(pins: Pins) -> list[str]:
    return [pin.name for pin in pins.all]


def test_a_run_is_pinned_as_it_is_now(pins: Pins) -> None:
    live = LiveRun(ExperimentSpec())
    run = live.advance(1000)
    assert pins.pin_run(run, STUCK)
    (pin,) = pins.all
    assert (pin.name, pin.origin, pin.epochs) == ("2-2-1, seed 42", "run", 1000)
    assert (pin.kind, pin.outcome) == ("stuck", "stuck: two patterns at 0.50")
    assert pin.final_loss == run.losses.last == pin.curve[-1]
    assert (pin.curve_epochs[0], pin.curve_epochs[-1]) == (0, 999)
    assert np.array_equal(pin.curve, run.losses.outline().first[pin.curve_epochs])
    assert (np.diff(pin.curve_epochs) > 0).all()
    live.advance(500)
    assert pins.pin_run(run, STUCK)
    assert pins.all[0].epochs == 1000


def test_a_long_run_keeps_its_first_and_its_last_loss(pins: Pins) -> None:
    run = trained({"training.epochs": 20_000}, 20_000)
    pins.pin_run(run, STUCK)
    (pin,) = pins.all
    assert (pin.curve_epochs[0], pin.curve_epochs[-1]) == (0, 19_999)
    assert pin.curve[-1] == run.losses.last
    assert len(pin.curve) <= 250


def test_the_same_run_is_not_pinned_twice(qtbot: QtBot, pins: Pins) -> None:
    run = trained(epochs=10)
    assert pins.pin_run(run, STUCK)
    with qtbot.waitSignal(pins.noticed) as said:
        assert not pins.pin_run(run, STUCK)
    assert said.args == ["That very run is pinned already, as “2-2-1, seed 42”."]
    # As one of a sweep it would be the same run again.
    assert not pins.pin_member(run.spec, np.arange(10), np.ones(10), 1.0, STUCK)
    assert len(pins) == 1


def test_an_untrained_run_has_nothing_to_compare(qtbot: QtBot, pins: Pins) -> None:
    with qtbot.waitSignal(pins.noticed) as said:
        assert not pins.pin_run(trained(), STUCK)
    assert "train the run first" in said.args[0]


def test_a_branch_keeps_its_weights(pins: Pins, tmp_path: Path) -> None:
    run = trained(epochs=10)
    assert pins.pin_run(run, STUCK)
    run.branched = True
    assert pins.pin_run(run, STUCK)
    assert [pin.origin for pin in pins.all] == ["run", "branch"]
    pins.save()
    plain, branch = Pins(tmp_path).all
    assert plain.parameters is None
    assert np.array_equal(branch.parameters, run.frame.parameters)


@pytest.mark.parametrize("epochs", [1, 2, 100, 1000, 20_000])
def test_a_branch_goes_on_where_it_was_pinned(pins: Pins, epochs: int) -> None:
    run = trained({"training.epochs": 30_000}, epochs)
    run.branched = True
    pins.pin_run(run, STUCK)
    point = continuation_of(pins.all[0])
    history = point.losses["training"]
    assert (point.epoch, history.epochs, history.last) == (epochs, epochs, run.losses.last)
    assert np.array_equal(point.parameters, run.frame.parameters)
    kept, whole = history.outline(), run.losses.outline()
    assert np.array_equal(kept.first, whole.first[kept.epochs // whole.stride])


def test_one_of_a_sweep_has_the_curve_as_far_as_it_got(pins: Pins) -> None:
    assert pin_seed(pins, 7)
    (pin,) = pins.all
    assert (pin.name, pin.origin, pin.epochs) == ("2-2-1, seed 7", "sweep", 4)
    assert pin.curve.tolist() == [0.4, 0.3, 0.2, 0.1]
    assert pin_seed(pins, 8, name="2-2-1, seed 7", epochs=9)
    assert (pins.all[1].name, pins.all[1].epochs) == ("2-2-1, seed 7 (2)", 9)


def test_a_diverged_one_has_no_final_loss(pins: Pins, tmp_path: Path) -> None:
    pins.pin_member(ExperimentSpec(), np.arange(2), np.full(2, np.nan), math.nan, Outcome("diverged", "diverged"))
    pins.save()
    (pin,) = Pins(tmp_path).all
    assert math.isnan(pin.final_loss)
    assert len(pin.curve) == 0


def test_there_is_a_limit_and_it_is_said(qtbot: QtBot, pins: Pins) -> None:
    for seed in range(MOST):
        assert pin_seed(pins, seed)
    with qtbot.waitSignal(pins.noticed) as said:
        assert not pin_seed(pins, MOST)
    assert f"{MOST} runs are pinned already" in said.args[0]


def test_rename_remove_and_clear_can_be_undone(qtbot: QtBot, pins: Pins) -> None:
    for seed in (1, 2, 3):
        pin_seed(pins, seed)
    before = names(pins)
    assert pins.rename(pins.all[1], "  the   good one ")
    assert names(pins)[1] == "the good one"
    pins.remove([pins.all[0], pins.all[2]])
    assert names(pins) == ["the good one"]
    pins.clear()
    assert len(pins) == 0
    for _ in range(3):
        pins.undo_stack.undo()
    assert names(pins) == before
    pins.undo_stack.redo()
    assert names(pins)[1] == "the good one"


@pytest.mark.parametrize(("name", "reason"), [("  ", "needs a name"), ("2-2-1, seed 2", "is called")])
def test_a_name_that_will_not_do_is_refused_with_the_reason(qtbot: QtBot, pins: Pins, name: str, reason: str) -> None:
    pin_seed(pins, 1)
    pin_seed(pins, 2)
    with qtbot.waitSignal(pins.noticed) as said:
        assert not pins.rename(pins.all[0], name)
    assert reason in said.args[0]
    assert names(pins)[0] == "2-2-1, seed 1"


def test_kept_between_starts(qtbot: QtBot, pins: Pins, tmp_path: Path) -> None:
    pins.pin_run(trained({"network.hidden": "3:tanh", "training.optimizer": "adam:beta1=0.8"}, 50), STUCK)
    pin_seed(pins, 7, name="seven")
    # It is written by itself soon after.
    qtbot.waitUntil(lambda: (tmp_path / "pins.json").exists())
    again = Pins(tmp_path)
    for old, new in zip(pins.all, again.all, strict=True):
        assert new.is_run_of(old)
        assert (new.name, new.final_loss, new.outcome, new.origin) == (
            old.name,
            old.final_loss,
            old.outcome,
            old.origin,
        )
        assert np.array_equal(new.curve, old.curve)
        assert np.array_equal(new.curve_epochs, old.curve_epochs)


def test_own_samples_are_kept_once_and_go_with_the_last_run_on_them(pins: Pins, tmp_path: Path) -> None:
    dataset = Dataset.of_numbers("Mine", np.array([[0.0], [np.nan], [2.0]]), np.array([[1.0], [2.0], [3.0]]))
    for seed in (1, 2):
        spec = ExperimentSpec().with_settings({"network.output_activation": "linear", "seed": seed}).with_own(dataset)
        pins.pin_member(spec, np.arange(2), np.ones(2), 1.0, STUCK)
    pins.save()
    assert len(list(tmp_path.glob("samples-*.npz"))) == 1
    again = Pins(tmp_path)
    assert [pin.spec for pin in again.all] == [pin.spec for pin in pins.all]
    again.clear()
    again.save()
    assert list(tmp_path.glob("samples-*.npz")) == []


def test_two_windows_keep_what_each_has_pinned(qtbot: QtBot, pins: Pins, tmp_path: Path) -> None:
    dataset = Dataset.of_numbers("Mine", np.array([[0.0], [2.0]]), np.array([[1.0], [3.0]]))
    mine = ExperimentSpec().with_settings({"network.output_activation": "linear"}).with_own(dataset)
    pin_seed(pins, 1)
    pins.save()
    other = Pins(tmp_path)
    assert names(other) == ["2-2-1, seed 1"]
    pin_seed(pins, 2)
    pins.save()
    other.pin_member(mine, np.arange(2), np.ones(2), 1.0, STUCK, name="mine")
    other.save()
    pin_seed(pins, 3)
    pins.save()
    # Each goes on with its own; the next start has them all, on the samples that they were trained on.
    assert (len(pins), len(other)) == (3, 2)
    both = Pins(tmp_path)
    assert sorted(names(both)) == ["2-2-1, seed 1", "2-2-1, seed 2", "2-2-1, seed 3", "mine"]
    assert both.all[names(both).index("mine")].spec == mine
    # What one has removed or renamed does not come back with what the other keeps.
    pins.remove([pins.all[0]])
    pins.rename(pins.all[0], "two")
    pins.save()
    pin_seed(other, 4)
    other.save()
    pins.clear()
    pins.save()
    assert sorted(names(Pins(tmp_path))) == ["2-2-1, seed 4", "mine"]


def test_damaged_entries_are_left_out_with_a_note_and_nothing_is_lost(
    pins: Pins, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for seed in range(6):
        pin_seed(pins, seed)
    pins.save()
    file = tmp_path / "pins.json"
    whole = json.loads(file.read_text())
    entries = whole["pins"]
    entries[0]["spec"]["network"]["hidden"] = "plenty"
    del entries[1]["curve"]
    entries[2]["curve_epochs"] = [3, 2, 1, 0]
    entries[3] = "gone"
    entries[4]["samples"] = "../../elsewhere"
    file.write_text(json.dumps(whole))
    with caplog.at_level(logging.WARNING, "nnstudio"):
        again = Pins(tmp_path)
    assert names(again) == ["2-2-1, seed 5"]
    assert len(caplog.records) == 5
    assert "pinned run 1" in caplog.text
    assert json.loads((tmp_path / "pins-damaged.json").read_text()) == whole


@pytest.mark.parametrize(
    "content", [b"", b"not JSON", b"[]", b'{"format": 2, "pins": []}', b'{"format": 1}', b"[" * 9999]
)
def test_a_damaged_file_is_put_aside(pins: Pins, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pins.json").write_bytes(content)
    assert Pins(tmp_path).all == ()


def test_a_folder_that_cannot_be_written_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    pins = Pins(tmp_path / "file" / "folder")
    pin_seed(pins, 1)
    with qtbot.waitSignal(pins.noticed) as said:
        pins.save()
    assert "could not be kept" in said.args[0]
    assert len(pins) == 1
