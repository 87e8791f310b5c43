"""Kept sweeps: nothing that was done is lost, and what is damaged is left out."""

import json
from pathlib import Path

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import tasks_of, train_task
from nnstudio.lab.results import Part, Results
from nnstudio.lab.store import FORMAT, StoreError, SweepStore, list_sweeps, new_folder
from nnstudio.lab.sweep import Sweep

BASE = ExperimentSpec().with_settings({"training.epochs": 100})
SWEEP = Sweep.grid(BASE, [Axis.parse("network.hidden=2,3", BASE)], range(4))


def part(runs: list[int], sweep: Sweep = SWEEP) -> Part:
    (task,) = tasks_of(sweep, np.array(runs), workers=1)
    trained = train_task(task)
    assert trained is not None
    return trained


def assert_equal(results: Results, expected: Results) -> None:
    for name in ("done", "final_loss", "verdict", "epochs_to_learn", "epochs", "stopped", "curves"):
        np.testing.assert_array_equal(getattr(results, name), getattr(expected, name))


def test_a_kept_sweep_knows_what_is_done_and_what_is_not(tmp_path: Path) -> None:
    store = SweepStore.create(tmp_path / "one", SWEEP, {"title": "Neurons"})
    expected = Results(SWEEP)
    for kept in (part([0, 1]), part([5])):
        store.add(kept)
        expected.take(kept)
    again = SweepStore.open(tmp_path / "one")
    assert (again.sweep, again.about) == (SWEEP, {"title": "Neurons"})
    assert_equal(again.load(), expected)
    assert again.load().pending().tolist() == [2, 3, 4, 6, 7]


def test_a_kept_sweep_knows_how_its_cells_go_on(tmp_path: Path) -> None:
    for about, method in (({"method": "hyperband"}, "hyperband"), ({"method": "guess"}, "grid"), ({}, "grid")):
        SweepStore.create(tmp_path / str(about.get("method")), SWEEP, about)
        assert SweepStore.open(tmp_path / str(about.get("method"))).load().method == method


def test_a_later_part_replaces_an_earlier_one(tmp_path: Path) -> None:
    store = SweepStore.create(tmp_path / "one", SWEEP)
    first = part([0])
    for number in range(12):
        store.add(Part(**{**vars(first), "final_loss": np.array([float(number)])}))
    assert SweepStore.open(tmp_path / "one").load().final_loss[0] == 11


def test_own_samples_are_kept_beside_it(tmp_path: Path) -> None:
    own = Dataset.of_classes("Mine", np.array([[0.0], [1.0], [2.0], [4.0]]), np.array([0, 1, 0, 1]), ("no", "yes"))
    sweep = Sweep.grid(BASE.with_own(own), (), range(2))
    store = SweepStore.create(tmp_path / "own", sweep)
    store.add(part([0], sweep))
    again = SweepStore.open(tmp_path / "own")
    assert again.sweep == sweep
    assert again.sweep.spec(0).dataset().title == "Mine"
    assert again.load().count_done == 1


@pytest.mark.parametrize("damage", ["cut", "bits", "empty", "foreign", "folder"])
def test_a_damaged_part_is_left_out_and_trained_again(tmp_path: Path, damage: str) -> None:
    store = SweepStore.create(tmp_path / "one", SWEEP)
    store.add(part([0, 1]))
    store.add(part([5]))
    path = min(store.path.glob("part-*.npz"))
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "bits":
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "foreign":
        other = Sweep.grid(BASE, (), range(9))
        SweepStore.create(tmp_path / "other", other).add(part([8], other))
        path.write_bytes(next((tmp_path / "other").glob("part-*.npz")).read_bytes())
    else:
        path.mkdir()
    results = SweepStore.open(store.path).load()
    assert results.pending().tolist() == [0, 1, 2, 3, 4, 6, 7]
    store.add(part([0, 1]))
    assert store.load().count_done == 3


def test_kept_sweeps_are_listed_and_others_are_left_out_with_the_reason(tmp_path: Path) -> None:
    store = SweepStore.create(tmp_path / "good", SWEEP, {"title": "Neurons"})
    store.add(part([0, 1]))
    content = json.loads((store.path / "sweep.json").read_text())
    for name, text in {
        "newer": json.dumps(content | {"format": FORMAT + 1}),
        "odd": json.dumps(content | {"format": "x"}),
        "cut": json.dumps(content)[:200],
        "list": "[]",
        "undated": json.dumps({key: value for key, value in content.items() if key != "created"}),
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "sweep.json").write_text(text)
    (tmp_path / "something else").mkdir()
    sweeps, problems = list_sweeps(tmp_path)
    assert [(each.path.name, each.runs, each.done, each.about) for each in sweeps] == [
        ("good", 8, 2, {"title": "Neurons"})
    ]
    assert len(problems) == 5
    assert any(
        problem.startswith("newer is from a newer nnstudio (format 2, expected up to 1)") for problem in problems
    )
    for name in ("newer", "odd", "cut", "list"):
        with pytest.raises(StoreError, match=name):
            SweepStore.open(tmp_path / name)
    assert list_sweeps(tmp_path / "nowhere") == ([], [])


def test_a_setting_that_is_not_known_is_named(tmp_path: Path) -> None:
    store = SweepStore.create(tmp_path / "one", SWEEP)
    path = store.path / "sweep.json"
    path.write_text(path.read_text().replace("network.hidden", "network.hiden"))
    with pytest.raises(StoreError, match=r"network\.hiden"):
        SweepStore.open(store.path)


def test_a_sweep_never_takes_the_place_of_another(tmp_path: Path) -> None:
    SweepStore.create(tmp_path / "one", SWEEP)
    with pytest.raises(StoreError, match="holds a sweep already"):
        SweepStore.create(tmp_path / "one", SWEEP)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be kept"):
        SweepStore.create(tmp_path / "file", SWEEP)
    with pytest.raises(StoreError, match="could not be read"):
        SweepStore.open(tmp_path / "nowhere")


def test_folders_for_sweeps_differ_and_a_sweep_can_be_removed(tmp_path: Path) -> None:
    assert new_folder(tmp_path) != new_folder(tmp_path)
    store = SweepStore.create(new_folder(tmp_path), SWEEP)
    store.remove()
    assert list_sweeps(tmp_path) == ([], [])
    with pytest.raises(StoreError):
        store.add(part([0]))
    with pytest.raises(StoreError):
        store.remove()
