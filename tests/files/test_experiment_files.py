"""Checks that an experiment file gives back what was saved, and that no broken file does harm."""

import io
import json
import os
import random
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, RunState, Trainer
from nnstudio.engine.timeline import Keyframes, LossHistory
from nnstudio.files import experiment as experiment_module
from nnstudio.files.experiment import FORMAT, Experiment, ExperimentFileError, read_experiment, write_experiment
from nnstudio.files.presets import load_presets

SHUFFLED = ExperimentSpec().with_settings(
    {
        "data.name": "parity:bits=3",
        "data.validation_share": 0.25,
        "network.hidden": "4:tanh,3",
        "training.optimizer": "adam:beta1=0.8",
        "training.batch_size": 2,
        "training.regularizer": "dropout:rate=0.1",
        "training.epochs": 400,
        "stop.patience": 399,
        "seed": 7,
    }
)


def trained(spec: ExperimentSpec, batches: int) -> Experiment:
    trainer = Trainer(spec)
    outputs = Keyframes(trainer.dataset.samples)
    outputs.record(0, trainer.predict(trainer.dataset.inputs)[:, 0])
    losses = trainer.advance(batches)
    histories = {"training": LossHistory(), "validation": LossHistory()}
    histories["training"].extend(losses.training)
    histories["validation"].extend(losses.validation)
    return Experiment(spec, trainer.state(), histories, {"outputs": outputs})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "trained.nns"
    write_experiment(path, trained(SHUFFLED, 100))
    return path


def repacked(path: Path, *, spec: Any = None, **changes: Any) -> Path:
    """Change members of the state (None takes one away) and, if given, the spec of a saved experiment."""
    with zipfile.ZipFile(path) as archive:
        settings = json.loads(archive.read("spec.json"))
        with np.load(io.BytesIO(archive.read("state.npz"))) as state:
            arrays = dict(state)
    arrays = {
        k: v for k, v in (arrays | {k.replace("__", "."): v for k, v in changes.items()}).items() if v is not None
    }
    content = io.BytesIO()
    np.savez(content, **arrays)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("spec.json", json.dumps(settings if spec is None else spec))
        archive.writestr("state.npz", content.getvalue())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ExperimentFileError) as caught:
        read_experiment(path)
    message = str(caught.value)
    assert path.name in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("suffix", [".nns", ".json", ".NNS"])
@pytest.mark.parametrize("spec", [ExperimentSpec(), SHUFFLED, *(preset.spec for preset in load_presets())])
def test_spec_round_trip(tmp_path: Path, spec: ExperimentSpec, suffix: str) -> None:
    path = tmp_path / f"experiment{suffix}"
    write_experiment(path, Experiment(spec))
    read = read_experiment(path)
    assert read.spec == spec
    assert read.state is None and not read.losses and not read.keyframes


@pytest.mark.parametrize("spec", [ExperimentSpec(), SHUFFLED, *(preset.spec for preset in load_presets())])
@pytest.mark.parametrize("batches", [0, 1, 301])
def test_training_goes_on_from_a_file_as_if_it_had_never_stopped(
    tmp_path: Path, spec: ExperimentSpec, batches: int
) -> None:
    write_experiment(tmp_path / "a.nns", trained(spec, batches))
    read = read_experiment(tmp_path / "a.nns")
    assert read.state is not None
    resumed, straight = Trainer(read.spec), Trainer(spec)
    resumed.restore(read.state)
    straight.advance(batches)
    rest, expected = resumed.advance(500), straight.advance(500)
    np.testing.assert_array_equal(rest.training, expected.training)
    np.testing.assert_array_equal(rest.validation, expected.validation)
    np.testing.assert_array_equal(resumed.network.parameters, straight.network.parameters)
    assert resumed.stopped == straight.stopped


def test_losses_and_keyframes_come_back(saved: Path) -> None:
    before, after = trained(SHUFFLED, 100), read_experiment(saved)
    assert after.losses.keys() == {"training", "validation"}
    for name, history in after.losses.items():
        expected = before.losses[name]
        assert history.epochs == expected.epochs > 0
        for part in ("stride", "first", "low", "high", "last"):
            np.testing.assert_array_equal(getattr(history.outline(), part), getattr(expected.outline(), part))
        # What follows is merged into the same buckets.
        more = np.linspace(1, 0, 10_000)
        history.extend(more)
        expected.extend(more)
        np.testing.assert_array_equal(history.outline().first, expected.outline().first)
    np.testing.assert_array_equal(after.keyframes["outputs"].rows, before.keyframes["outputs"].rows)
    assert after.keyframes["outputs"].stride == before.keyframes["outputs"].stride
    assert after.keyframes["outputs"].next_epoch == before.keyframes["outputs"].next_epoch


@pytest.mark.parametrize("capacity", [64, 1000, 20_000])
def test_long_history_comes_back(tmp_path: Path, capacity: int) -> None:
    before = trained(ExperimentSpec(), 5)
    history, keyframes = LossHistory(capacity), Keyframes(4, capacity)
    history.extend(np.random.default_rng(0).random(100_003))
    for epoch in range(3000):
        keyframes.record(epoch, np.full(4, float(epoch)))
    write_experiment(tmp_path / "a.nns", Experiment(before.spec, before.state, {"training": history}, {"k": keyframes}))
    after = read_experiment(tmp_path / "a.nns")
    assert after.losses["training"].epochs == 100_003
    np.testing.assert_array_equal(after.losses["training"].outline().high, history.outline().high)
    np.testing.assert_array_equal(after.keyframes["k"].epochs, keyframes.epochs)
    np.testing.assert_array_equal(after.keyframes["k"].rows, keyframes.rows)


def test_file_is_a_zip_without_pickles(saved: Path) -> None:
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["spec.json", "state.npz"]
        assert json.loads(archive.read("spec.json"))["format"] == FORMAT
        with np.load(io.BytesIO(archive.read("state.npz")), allow_pickle=False) as state:
            assert all(state[name].dtype.kind in "fiuU" for name in state.files)


def test_same_experiment_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_experiment(tmp_path / name, trained(SHUFFLED, 50))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        '{"training": {"epochs": 500}, "seed": 3}',
        '{"training.epochs": 500, "seed": "3"}',
        '\ufeff{"format": 1, "training": {"epochs": "500"}, "seed": 3}',
    ],
)
def test_spec_as_json(tmp_path: Path, text: str) -> None:
    path = tmp_path / "spec.json"
    path.write_text(text, encoding="utf-8")
    assert read_experiment(path).spec == ExperimentSpec().with_settings({"training.epochs": 500, "seed": 3})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected JSON"),
        ("{", "line 1"),
        ('{\n"seed": 1,\n}', "line 3"),
        ("[1, 2]", "in braces"),
        ("5", "in braces"),
        ("[" * 100_000, "JSON"),
        ('{"seed": ' + "9" * 5000 + "}", "JSON"),
        ('{"seed": NaN}', "seed"),
        ('{"seed": null}', "seed"),
        ('{"seeed": 1}', "did you mean seed?"),
        ('{"training": {"epoch": 1}}', "did you mean training.epochs?"),
        ('{"training": 5}', "training"),
        ('{"training": {"epochs": -1}}', "expected a whole number from 1 to"),
        ('{"training": {"optimizer": {"name": "adm"}}}', "did you mean adam?"),
        ('{"network": {"hidden": [[1]]}}', "network.hidden"),
        ('{"network": {"hidden": {"size": "x"}}}', "network.hidden"),
        ('{"data": {"name": []}}', "data.name"),
        ('{"hidden": "seed"}', 'such as ["seed"]'),
        ('{"hidden": ["noise"]}', 'such as ["seed"]'),
        ('{"hidden": ["noise:data.name"]}', 'such as ["seed"]'),
        ('{"format": 2}', "newer nnstudio"),
        ('{"format": "1"}', "format"),
        ('{"format": true}', "format"),
        ('{"format": 0}', "format"),
    ],
)
def test_wrong_json_is_answered_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "spec.json"
    path.write_text(text)
    assert words in refusal(path)


def test_hidden_settings_and_parameters_of_choices_are_kept(tmp_path: Path) -> None:
    hidden = frozenset({"seed", "data.name:noise", "training.regularizer:rate"})
    path = tmp_path / "class.nns"
    write_experiment(path, Experiment(SHUFFLED, hidden=hidden))
    assert read_experiment(path).hidden == hidden


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_bytes(b"\xff\xfe{}")
    assert "settings as JSON text" in refusal(path)


def test_missing_file_folder_and_foreign_files(tmp_path: Path) -> None:
    assert "there is no file" in refusal(tmp_path / "none.nns")
    (tmp_path / "folder.nns").mkdir()
    assert "is not a file" in refusal(tmp_path / "folder.nns")
    picture = tmp_path / "picture.nns"
    picture.write_bytes(b"\x89PNG\r\n")
    assert "expected a file that nnstudio has saved" in refusal(picture)
    archive = tmp_path / "archive.nns"
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr("readme.txt", "hello")
    assert "expected spec.json in it" in refusal(archive)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.nns"
    path.touch()

    def denied(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "could not be read: Permission denied" in refusal(path)


def test_every_truncation_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in range(len(whole)):
        saved.write_bytes(whole[:length])
        refusal(saved)


def test_flipped_bytes_are_refused_or_harmless(saved: Path) -> None:
    whole, expected = saved.read_bytes(), read_experiment(saved)
    assert expected.state is not None
    chance = random.Random(0)
    for position in range(0, len(whole), 2):
        damaged = bytearray(whole)
        damaged[position] ^= 1 << chance.randrange(8)
        saved.write_bytes(damaged)
        try:
            read = read_experiment(saved)
        except ExperimentFileError as error:
            assert saved.name in str(error)
        else:
            # A date or a permission in the zip: nothing that could be trained otherwise.
            assert read.spec == expected.spec
            assert read.state is not None
            for name, array in read.state.arrays.items():
                np.testing.assert_array_equal(array, expected.state.arrays[name])


def test_flipped_bytes_inside_the_state(saved: Path) -> None:
    """The checksum of the outer zip is made anew, so that NumPy and the checks of the state see the damage."""
    with zipfile.ZipFile(saved) as archive:
        spec, state = archive.read("spec.json"), archive.read("state.npz")
    chance = random.Random(1)
    for position in range(0, len(state), 5):
        damaged = bytearray(state)
        damaged[position] ^= 1 << chance.randrange(8)
        with zipfile.ZipFile(saved, "w") as archive:
            archive.writestr("spec.json", spec)
            archive.writestr("state.npz", bytes(damaged))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                read_experiment(saved)
            except ExperimentFileError as error:
                assert saved.name in str(error)


def test_state_of_another_experiment_is_refused(saved: Path) -> None:
    assert "does not fit its settings" in refusal(repacked(saved, spec=ExperimentSpec().to_dict()))


def rest(saved: Path, **changes: Any) -> np.ndarray:
    state = read_experiment(saved).state
    assert state is not None
    parts = {"generators": state.generators, "counters": dict(state.counters), "stopped": state.stopped} | changes
    return np.array(json.dumps(parts))


@pytest.mark.parametrize(
    "changes",
    [
        {"state__parameters": None},
        {"state__parameters": np.zeros(3)},
        {"state__parameters": np.full(38, np.nan)},
        {"state__parameters": np.zeros(38, np.float32)},
        {"state__parameters": np.zeros(38, complex)},
        {"state__order": np.zeros(6, int)},
        {"state__order": np.arange(6) + 1},
        {"state__extra": np.zeros(1)},
        {"state__rest": None},
        {"state__rest": np.array("{}")},
        {"state__rest": np.array("no JSON")},
        {"losses__training__outline": np.zeros((3, 2))},
        {"losses__training__outline": np.zeros(3)},
        {"losses__training__counts": np.array([0, 33])},
        {"losses__training__counts": None},
        {"losses__training__last": np.array("x")},
        {"keyframes__outputs__rows": np.zeros(3)},
        {"keyframes__outputs__stride": np.array(-1)},
    ],
)
def test_inconsistent_state_is_refused(saved: Path, changes: dict[str, Any]) -> None:
    refusal(repacked(saved, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"stopped": "tired"},
        {"counters": {}},
        {"counters": []},
        {"generators": {}},
        {"generators": {"shuffling": {}, "dropout": {}}},
        {"generators": {"shuffling": 5, "dropout": 5}},
    ],
)
def test_inconsistent_counters_are_refused(saved: Path, changes: dict[str, Any]) -> None:
    refusal(repacked(saved, state__rest=rest(saved, **changes)))


@pytest.mark.parametrize(
    ("name", "value"), [("epoch", -1), ("batch", 99), ("terms", "x"), ("terms", None), ("epoch", True)]
)
def test_wrong_counter_is_refused(saved: Path, name: str, value: object) -> None:
    state = read_experiment(saved).state
    assert state is not None
    refusal(repacked(saved, state__rest=rest(saved, counters={**state.counters, name: value})))


class _Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, ("sprung",)


def test_pickles_are_never_opened(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refusal(repacked(saved, state__parameters=np.array([_Trap()], dtype=object)))
    assert not Path("sprung").exists()


def test_bombs_are_refused_before_they_unfold(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("state.parameters.npy", bytes(10_000_000))
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("spec.json", b"{}")
        archive.writestr("state.npz", bomb.getvalue())
    monkeypatch.setattr(experiment_module, "_MAX_STATE_BYTES", 1_000_000)
    assert "too large" in refusal(saved)
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("spec.json", b" " * 2_000_000 + b"{}")
    assert "too large" in refusal(saved)
    saved.write_bytes(bytes(1_000_001))
    assert "too large" in refusal(saved)


def test_state_that_cannot_be_trained_further_is_refused(saved: Path) -> None:
    state = read_experiment(saved).state
    assert state is not None
    updates = np.full_like(state.arrays["optimizer.updates"], -1e6)
    assert "does not fit its settings" in refusal(repacked(saved, state__optimizer__updates=updates))


@pytest.mark.parametrize(
    ("member", "compression"), [("readme.txt", zipfile.ZIP_DEFLATED), ("state.npz", zipfile.ZIP_BZIP2)]
)
def test_zip_that_nnstudio_does_not_write(saved: Path, member: str, compression: int) -> None:
    with zipfile.ZipFile(saved, "w", compression) as archive:
        archive.writestr("spec.json", b"{}")
        archive.writestr(member, b"")
    assert "damaged or not an nnstudio experiment" in refusal(saved)


def test_array_that_claims_to_be_huge(saved: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    state = io.BytesIO()
    with zipfile.ZipFile(state, "w") as archive:
        archive.writestr("state.parameters.npy", header.getvalue() + bytes(8))
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("spec.json", b"{}")
        archive.writestr("state.npz", state.getvalue())
    refusal(saved)


def test_failed_write_leaves_the_old_file_and_nothing_else(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExperimentFileError, match=r"trained\.nns could not be written: No space left"):
        write_experiment(saved, Experiment(ExperimentSpec()))
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_interrupted_replace_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_experiment(saved, Experiment(ExperimentSpec()))
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_writing_where_nothing_can_be(tmp_path: Path) -> None:
    with pytest.raises(ExperimentFileError, match="there is no folder"):
        write_experiment(tmp_path / "none" / "a.nns", Experiment(ExperimentSpec()))
    with pytest.raises(ExperimentFileError, match="is a folder"):
        write_experiment(tmp_path, Experiment(ExperimentSpec()))


@pytest.mark.skipif(sys.platform == "win32", reason="permissions and links are POSIX's")
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    path, link, plain = tmp_path / "a.nns", tmp_path / "link.nns", tmp_path / "plain"
    write_experiment(path, Experiment(ExperimentSpec()))
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    path.chmod(0o640)
    link.symlink_to(path)
    write_experiment(link, Experiment(SHUFFLED))
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert read_experiment(path).spec == SHUFFLED


def test_state_is_that_of_the_trainer(saved: Path) -> None:
    state = read_experiment(saved).state
    assert isinstance(state, RunState)
    expected = trained(SHUFFLED, 100).state
    assert expected is not None
    assert state.counters == expected.counters
    assert state.generators == expected.generators


def test_a_state_that_a_damaged_directory_hides_is_missed(saved: Path) -> None:
    # The first entry of the zip's directory is given a comment as long as the second entry, which vanishes in it.
    content = bytearray(saved.read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 32] = len(content) - entry - 46 - len("spec.json") - 22
    saved.write_bytes(content)
    assert "damaged" in refusal(saved)
