"""Sweeps: cells and seeds, what they refuse, and that they can be written down."""

import json

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.sweep import Sweep, parse_seeds

BASE = ExperimentSpec()


def grid(*axes: str, seeds: range = range(3), base: ExperimentSpec = BASE) -> Sweep:
    return Sweep.grid(base, [Axis.parse(axis, base) for axis in axes], seeds)


def test_without_axes_the_seeds_alone_vary() -> None:
    sweep = grid(seeds=range(5, 25))
    assert (sweep.runs, sweep.cells) == (20, ((),))
    assert sweep.run_spec(3) == BASE.with_settings({"seed": 8})


def test_the_last_axis_changes_fastest_and_seeds_faster_still() -> None:
    sweep = grid("network.hidden=2,3", "training.learning_rate=0.1,1", seeds=range(10, 13))
    assert [sweep.cell_settings(cell)["training.learning_rate"] for cell in range(4)] == ["0.1", "1", "0.1", "1"]
    assert sweep.runs == 12
    assert sweep.run(7) == (2, 11)
    assert sweep.runs_of(2) == range(6, 9)
    assert sweep.run_spec(7) == BASE.with_settings({"network.hidden": "3", "training.learning_rate": 0.1, "seed": 11})


def test_a_cell_that_cannot_be_run_is_refused_and_named() -> None:
    with pytest.raises(SettingError) as caught:
        grid("training.learning_rate=0.1", "data.validation_share=0,0.1")
    assert "with training.learning_rate=0.1, data.validation_share=0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("seeds", "axes"),
    [
        (range(0), []),
        (range(0, 10, 2), []),
        (range(-1, 5), []),
        (range(2**32 - 1, 2**32 + 1), []),
        (range(10_000_001), []),
        (range(100_000), ["training.epochs=lin:1:101:101"]),
        (range(1), ["training.epochs=lin:1:200:200", "training.learning_rate=lin:0.1:1:200"]),
        (range(3), ["network.hidden=2", "network.hidden=3"]),
    ],
)
def test_too_much_or_too_little_is_refused(seeds: range, axes: list[str]) -> None:
    with pytest.raises(SettingError):
        grid(*axes, seeds=seeds)


@pytest.mark.parametrize("base", [BASE, BASE.with_settings({"training.optimizer": "momentum"})])
def test_a_sweep_can_be_written_down(base: ExperimentSpec) -> None:
    sweep = grid("network.hidden=2;4,2", "training.learning_rate=log:0.1:1:3", "training.batch_size=full,2", base=base)
    assert Sweep.from_dict(json.loads(json.dumps(sweep.to_dict()))) == sweep
    drawn = Sweep.random(base, sweep.axes, range(2), 10)
    assert Sweep.from_dict(json.loads(json.dumps(drawn.to_dict()))) == drawn


def test_parameters_are_written_with_the_entry_that_they_belong_to() -> None:
    base = BASE.with_settings({"training.optimizer": "momentum"})
    sweep = grid("training.optimizer:momentum=0.5,0.8", base=base)
    assert Sweep.from_dict(json.loads(json.dumps(sweep.to_dict()))) == sweep


def test_a_sweep_on_own_samples_is_told_them_again() -> None:
    own = Dataset.of_classes("Mine", np.array([[0.0], [1.0], [2.0]]), np.array([0, 1, 0]), ("no", "yes"))
    sweep = grid("network.hidden=2,3", base=BASE.with_own(own))
    again = Sweep.from_dict(json.loads(json.dumps(sweep.to_dict())), own)
    assert again.spec(1).dataset().title == "Mine"
    assert again == sweep


def test_random_cells_differ_and_come_out_the_same_again() -> None:
    axes = [Axis.parse(text, BASE) for text in ("network.hidden=2,3", "training.learning_rate=log:0.01:10:2")]
    sweep = Sweep.random(BASE, axes, range(2), 30, seed=4)
    assert len(set(sweep.cells)) == 30
    assert sweep == Sweep.random(BASE, axes, range(2), 30, seed=4)
    assert sweep != Sweep.random(BASE, axes, range(2), 30, seed=5)
    assert not sweep.is_grid
    assert len(Sweep.random(BASE, axes[:1], range(2), 30).cells) == 2


@pytest.mark.parametrize(("text", "seeds"), [("1000", range(1000)), ("1,000", range(1000)), ("5:25", range(5, 25))])
def test_seeds_are_read_from_text(text: str, seeds: range) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "0", "-3", "5:5", "5:3", "many", "1:2:3", "-1:4", "1.5"])
def test_other_seeds_are_refused(text: str) -> None:
    with pytest.raises(SettingError):
        parse_seeds(text)
