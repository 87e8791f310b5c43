"""Checks the command line as a person and as a script meets it."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from nnstudio import cli
from nnstudio.cli.arguments import experiment_spec
from nnstudio.cli.listing import FAMILIES
from nnstudio.cli.reports import LossPrinter, decimal, duration
from nnstudio.cli.training import run
from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.registry import ChoiceOf
from nnstudio.engine.selection import Selection
from nnstudio.engine.spec import FIELDS
from nnstudio.files.experiment import Experiment, read_experiment, write_experiment
from nnstudio.files.presets import load_presets
from tests.terminal import Terminal

GOLDEN = json.loads((Path(__file__).parent / "golden" / "tutorial_runs.json").read_text())
Capture = pytest.CaptureFixture[str]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes are POSIX's")
#: A value other than the default for every setting, as it is typed.
OTHER = {
    "data.name": "parity:bits=4",
    "data.targets": "signed",
    "data.features": "x1,x2,product",
    "data.scaling": "range",
    "data.validation_share": "0.25",
    "data.test_share": "0.125",
    "data.seed": "11",
    "network.hidden": "4:tanh,2:relu",
    "network.activation": "leaky_relu:slope=0.1",
    "network.output_activation": "tanh",
    "network.initializer": "uniform:limit=0.25,bias=0",
    "training.epochs": "5",
    "training.learning_rate": "0.025",
    "training.optimizer": "adam:beta1=0.8",
    "training.loss": "huber:delta=0.5",
    "training.reduction": "mean",
    "training.batch_size": "2",
    "training.shuffle": "no",
    "training.regularizer": "l2:rate=0.01",
    "training.schedule": "cosine:warmup=2",
    "stop.loss_below": "0.001",
    "stop.patience": "50",
    "stop.validation_patience": "20",
    "seed": "7",
    "precision": "float32",
}


def settings(**values: object) -> list[str]:
    return [part for key, value in values.items() for part in ("--set", f"{key.replace('__', '.')}={value}")]


def printed(capsys: Capture, *arguments: str, status: int = 0) -> str:
    assert cli.main(arguments) == status
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def reason(capsys: Capture, *arguments: str) -> str:
    """Return the one line that says what is wrong."""
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("nnstudio: ")
    assert output.err.count("\n") == 1 and output.err.endswith("\n")
    return output.err


def program(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "nnstudio", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


# What the tutorial does


def test_train_says_what_the_tutorial_says(capsys: Capture) -> None:
    lines = printed(capsys, "train").splitlines()
    assert lines[0] == "Epoch 0, loss 0.255830"
    losses = dict(re.findall(r"^Epoch (\d+), loss (\d\.\d{6})$", "\n".join(lines), re.MULTILINE))
    assert list(losses) == [str(epoch) for epoch in range(0, 10_000, 100)]
    for epoch, loss in GOLDEN[0]["loss_at_epoch"].items():
        assert losses[epoch] == f"{loss:.6f}"
    table = [line.split() for line in lines[102:107]]
    assert table[0] == ["x1", "x2", "target", "output"]
    for row, output in zip(table[1:], GOLDEN[0]["predictions"], strict=True):
        assert row[3] == f"{output:.6f}"
        assert row[4] == ("right" if (output > 0.5) == (row[2] == "1") else "wrong")
    assert "Stuck: two patterns at 0.50." in lines


def test_train_says_when_xor_is_learned(capsys: Capture) -> None:
    assert re.search(r"4 of 4 right\n\nLearned XOR at epoch [\d,]+\.\n", printed(capsys, "train", "xor_learns"))


def test_classes_are_named(capsys: Capture) -> None:
    table = printed(capsys, "train", "xor_softmax").splitlines()[-8:]
    assert table[0].split() == ["x1", "x2", "target", "no", "yes"]
    assert [line.split()[2] for line in table[1:5]] == ["no", "yes", "yes", "no"]


def test_long_table_is_cut(capsys: Capture) -> None:
    text = printed(capsys, "train", *settings(data__name="parity:bits=8", training__epochs=1))
    assert "… 192 more" in text
    assert "of 256 right" in text


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: f"seed{golden['seed']}-hidden{golden['hidden']}")
def test_json_agrees_with_the_tutorial(capsys: Capture, golden: dict[str, Any]) -> None:
    changes = settings(
        seed=golden["seed"],
        network__hidden=golden["hidden"],
        training__epochs=golden["epochs"],
        training__learning_rate=golden["learning_rate"],
    )
    result = json.loads(printed(capsys, "train", "--json", *changes))
    near = {"rtol": 1e-9, "atol": 0}
    assert len(result["loss"]) == golden["epochs"]
    for epoch, loss in golden["loss_at_epoch"].items():
        np.testing.assert_allclose(result["loss"][int(epoch)], loss, **near)
    np.testing.assert_allclose(result["final_loss"], golden["final_loss"], **near)
    np.testing.assert_allclose(result["predictions"], golden["predictions"], **near)
    for number, layer in enumerate(result["parameters"], 1):
        np.testing.assert_allclose(layer["weights"], golden[f"W{number}"], **near)
        np.testing.assert_allclose(layer["biases"], golden[f"b{number}"], **near)


def test_json_is_complete_and_exact(capsys: Capture) -> None:
    result = json.loads(printed(capsys, "train", "--json", *settings(training__epochs=50)))
    trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": 50}))
    losses = trainer.train()
    assert result["loss"] == losses.training.tolist()
    assert result["final_loss"] == trainer.loss()
    assert result["predictions"] == trainer.predict(trainer.dataset.inputs)[:, 0].tolist()
    assert result["initial_parameters"][0]["biases"] == [0, 0]
    np.testing.assert_array_equal(result["initial_parameters"][0]["weights"], np.random.RandomState(42).randn(2, 2))
    assert result["parameters"][1]["weights"] == trainer.network.layers[1].weights.tolist()
    assert result["stopped_because"] == "epochs"
    assert result["stopped_at_epoch"] == 50
    assert result["epochs_per_second"] > 0
    assert ExperimentSpec.from_dict(result["spec"]) == trainer.spec
    assert "validation_loss" not in result


def test_json_of_several_outputs_and_validation(capsys: Capture) -> None:
    changes = settings(data__name="parity", data__targets="one_hot", data__validation_share=0.25, training__epochs=3)
    result = json.loads(printed(capsys, "train", "--json", *changes))
    assert np.shape(result["predictions"]) == (8, 2)
    assert len(result["validation_loss"]) == 3


@pytest.mark.parametrize(
    ("changes", "word", "status"),
    [
        ({"training__epochs": 20}, "epochs", 0),
        ({"stop__loss_below": 0.3}, "loss_below", 0),
        ({"network__initializer": "zeros", "stop__patience": 5}, "patience", 0),
        (
            {
                "data__name": "parity:bits=4",
                "data__validation_share": 0.5,
                "training__learning_rate": 2,
                "network__hidden": 8,
                "stop__validation_patience": 3,
            },
            "validation_patience",
            0,
        ),
        ({"network__output_activation": "linear", "training__learning_rate": 100}, "diverged", 1),
    ],
)
def test_why_it_stopped(capsys: Capture, changes: dict[str, object], word: str, status: int) -> None:
    result = json.loads(printed(capsys, "train", "--json", *settings(**changes), status=status))
    assert result["stopped_because"] == word
    assert len(result["loss"]) == result["stopped_at_epoch"]


def test_diverged(capsys: Capture) -> None:
    text = printed(capsys, "train", "xor_diverges", status=1)
    epoch = re.search(r"Diverged at epoch (\d+)", text)
    assert epoch
    result = json.loads(printed(capsys, "train", "xor_diverges", "--json", status=1))
    assert result["stopped_at_epoch"] == int(epoch[1])
    assert np.isfinite(result["loss"]).all()
    assert result["final_loss"] is None  # JSON has no infinity
    assert printed(capsys, "train", "xor_diverges", "--quiet", status=1) == ""


def test_csv_keeps_full_precision(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "losses.csv"
    changes = settings(data__name="parity", data__validation_share=0.25, training__epochs=300)
    assert printed(capsys, "train", "--csv", str(path), *changes) == ""
    result = json.loads(printed(capsys, "train", "--json", *changes))
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["epoch", "loss", "validation_loss"]
    assert [int(row[0]) for row in rows] == list(range(300))
    assert [float(row[1]) for row in rows] == result["loss"]
    assert [float(row[2]) for row in rows] == result["validation_loss"]


def test_quiet(capsys: Capture) -> None:
    assert printed(capsys, "train", "--quiet") == ""


# Settings


def test_every_setting_has_another_value_here() -> None:
    assert OTHER.keys() == FIELDS.keys()


@pytest.mark.parametrize("key", OTHER)
def test_set(capsys: Capture, key: str) -> None:
    base = settings(**{"data__name": "parity", "data__validation_share": 0.5, "training__epochs": 3, key: OTHER[key]})
    spec = ExperimentSpec.from_dict(json.loads(printed(capsys, "train", "--json", *base))["spec"])
    assert spec.get(key) == FIELDS[key].parse(OTHER[key]) != FIELDS[key].default


def test_all_settings_at_once_and_the_last_word_counts(capsys: Capture) -> None:
    every = [part for key, value in OTHER.items() for part in ("--set", f" {key} = {value} ")]
    result = json.loads(printed(capsys, "train", "--json", "--set", "seed=1", *every))
    assert ExperimentSpec.from_dict(result["spec"]) == ExperimentSpec().with_settings(OTHER)


@pytest.mark.parametrize("parameter", FIELDS.values(), ids=lambda parameter: parameter.key)
def test_default_can_be_typed(parameter: Any) -> None:
    assert experiment_spec(None, [f"{parameter.key}={parameter.format(parameter.default)}"]) == ExperimentSpec()


@pytest.mark.parametrize("suffix", [".json", ".nns"])
def test_experiment_file(capsys: Capture, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine{suffix}"
    spec = ExperimentSpec().with_settings({"training.epochs": 7, "seed": 5})
    write_experiment(path, Experiment(spec))
    result = json.loads(printed(capsys, "train", "--json", str(path), "--set", "seed=6"))
    assert ExperimentSpec.from_dict(result["spec"]) == spec.with_settings({"seed": 6})


def test_trained_file_starts_anew(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "trained.nns"
    trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": 30}))
    trainer.train(20)
    write_experiment(path, Experiment(trainer.spec, trainer.state()))
    assert read_experiment(path).state is not None
    assert len(json.loads(printed(capsys, "train", "--json", str(path)))["loss"]) == 30


@pytest.mark.parametrize("preset", load_presets(), ids=lambda preset: preset.name)
def test_examples_by_name(preset: Any) -> None:
    assert experiment_spec(preset.name, []) == preset.spec


def test_file_goes_before_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("parity").write_text('{"seed": 9}')
    assert experiment_spec("parity", []) == ExperimentSpec(seed=9)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--set", "seed=1", "{file}", "--json"],
        ["{file}", "--json", "--set", "seed=1"],
        ["--json", "{file}", "--set=seed=1"],
        ["--json", "--set", "seed=1", "{file}"],
    ],
)
def test_order_of_arguments(capsys: Capture, tmp_path: Path, arguments: Sequence[str]) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"training": {"epochs": 2}}')
    result = json.loads(printed(capsys, "train", *(part.format(file=path) for part in arguments)))
    assert (result["spec"]["seed"], result["stopped_at_epoch"]) == (1, 2)


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trian"], ["'trian'", "train, sweep, list, snapshot", "did you mean train?"]),
        (["--versoin"], ["did you mean --version?"]),
        (["train", "--jsno"], ["'--jsno'", "did you mean --json?"]),
        (["train", "--js"], ["'--js'", "did you mean --json?"]),
        (["list", "--json"], ["'--json'"]),
        (["train", "a.nns", "b.nns"], ["'b.nns'"]),
        (["train", "--json", "--quiet"], ["--quiet", "--json"]),
        (["train", "--json", "--csv", "x"], ["--csv", "--json"]),
        (["train", "--csv"], ["--csv"]),
        (["train", "--set"], ["--set"]),
        (["train", "--set", "seed"], ["seed", "expected KEY=VALUE"]),
        (["train", "--set", "training.epoch=5"], ["training.epoch=5", "did you mean training.epochs?"]),
        (["train", "--set", "zzz=5"], ["zzz", "training.epochs"]),
        (["train", "--set", "training.epochs=many"], ["training.epochs", "'many'", "a whole number from 1"]),
        (["train", "--set", "training.epochs=0"], ["training.epochs", "'0'", "from 1"]),
        (["train", "--set", "training.learning_rate=0"], ["training.learning_rate", "above 0"]),
        (["train", "--set", "training.optimizer=adm"], ["training.optimizer", "'adm'", "did you mean adam?"]),
        (
            ["train", "--set", "training.optimizer=adam:betta1=1"],
            ["training.optimizer", "betta1=1", "did you mean beta1?"],
        ),
        (["train", "--set", "training.optimizer=adam:beta1=2"], ["training.optimizer:beta1", "'2'", "below 1"]),
        (["train", "--set", "network.hidden=2,x"], ["network.hidden", "'2,x'", "such as 2 or 4,2"]),
        (["train", "--set", "network.hidden=4:tan"], ["network.hidden", "did you mean tanh?"]),
        (["train", "--set", "network.output_activation=softmax"], ["targets=one_hot"]),
        (["train", "--set", "seed=\n"], ["seed", "from 0"]),
        (["train", "none.nns"], ["none.nns", "expected an experiment"]),
        (["train", "none.json"], ["none.json"]),
        (["train", "xor_lerns"], ["xor_lerns", "did you mean xor_learns?"]),
        (["train", "qqq"], ["qqq", "xor_tutorial"]),
        (["train", "."], ["not a file"]),
        (["train", "--csv", "none/x.csv"], ["x.csv", "there is no folder"]),
        (["train", "--csv", "."], ["is a folder"]),
        (["list", "optimzers"], ["'optimzers'", "did you mean optimizers?"]),
        (["list", "losses", "more"], ["'more'"]),
        (["snapshot"], ["-o"]),
        (["snapshot", "-o", "x.jpg"], ["x.jpg", ".png"]),
        (["snapshot", "-o", "x.png", "--size", "big"], ["big", "such as 1280x720"]),
        (["snapshot", "-o", "x.png", "--size", "1x1"], ["1x1", "from 320x240"]),
        (["snapshot", "-o", "x.png", "--size", "99999x720"], ["to 7680x4320"]),
        (["snapshot", "-o", "x.png", "--theme", "blue"], ["'blue'", "light", "dark"]),
        (["snapshot", "-o", "none/x.png"], ["there is no folder"]),
        (["snapshot", "-o", "x.png", "--set", "seed=-1"], ["seed", "'-1'"]),
    ],
    ids=" ".join,
)
def test_wrong_use(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    line = reason(capsys, *arguments)
    for word in words:
        assert word in line
    assert not list(tmp_path.iterdir())


def test_damaged_file(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "bad.nns"
    path.write_bytes(b"PK\x03\x04 and no more")
    assert "bad.nns is damaged" in reason(capsys, "train", str(path))


def test_forbidden_table_is_refused_before_training(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(cli, "run", None)
    assert "permission denied" in reason(capsys, "train", "--csv", str(tmp_path / "a.csv"))


def test_full_disk(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    line = reason(capsys, "train", "--csv", str(tmp_path / "a.csv"), *settings(training__epochs=1))
    assert "a.csv cannot be written: No space left on device" in line
    assert not list(tmp_path.iterdir())


def test_too_little_memory(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(cli, "run", greedy)
    assert "not enough memory" in reason(capsys, "train")


# Help and lists


def test_help_names_every_setting_with_its_range(capsys: Capture) -> None:
    text = " ".join(printed(capsys, "train", "--help").split())
    for key, parameter in FIELDS.items():
        assert f"{key} (default {parameter.format(parameter.default)})" in text
        assert parameter.expected[1:] in text  # a sentence begins with a capital
        assert parameter.help in text
        if isinstance(parameter, ChoiceOf):
            for entry in parameter.registry.values():
                for inner in entry.parameters:
                    assert f"{entry.name}:{inner.key}={inner.format(inner.default)} {inner.expected}" in text


@pytest.mark.parametrize("family", FAMILIES)
def test_list(capsys: Capture, family: str) -> None:
    text = printed(capsys, "list", family)
    assert text.startswith(f"{family}\n")
    assert text.strip() in printed(capsys, "list")


def test_lists_name_every_entry_parameter_and_source(capsys: Capture) -> None:
    lines = printed(capsys, "list").splitlines()
    registries = {id(p.registry): p.registry for p in FIELDS.values() if isinstance(p, ChoiceOf | Selection)}
    assert len(registries) == len(FAMILIES) - 1
    for registry in registries.values():
        for entry in registry.values():
            at = next(i for i, x in enumerate(lines) if x.split()[:1] == [entry.name] and entry.summary in x)
            assert entry.source in lines[at]
            for parameter, line in zip(entry.parameters, lines[at + 1 :], strict=False):
                assert f"{parameter.key}={parameter.format(parameter.default)}" in line
                assert parameter.expected in line and parameter.help in line
    for preset in load_presets():
        assert any(preset.name in line and preset.title in line for line in lines)


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_names_the_commands(capsys: Capture, arguments: list[str]) -> None:
    text = printed(capsys, *arguments)
    assert all(command in text for command in ("train", "sweep", "list", "snapshot"))


def test_version(capsys: Capture) -> None:
    assert re.fullmatch(r"nnstudio \d+\.\d+\.\d+\n", printed(capsys, "--version"))


# Snapshot


@pytest.fixture
def snapshots(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Stand in for the window, and note what it is asked for."""
    asked: list[tuple[Any, ...]] = []

    def snapshot(spec: ExperimentSpec, path: Path, *, size: tuple[int, int], theme: str) -> int:
        asked.append((spec, path, size, theme))
        return 0

    app = types.ModuleType("nnstudio.app")
    app.snapshot = snapshot  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "nnstudio.app", app)
    return asked


def test_snapshot(capsys: Capture, tmp_path: Path, snapshots: list[tuple[Any, ...]]) -> None:
    path = tmp_path / "window.png"
    printed(capsys, "snapshot", "-o", str(path))
    printed(
        capsys, "snapshot", "parity", "--set", "seed=3", "--output", str(path), "--size", "1920X1080", "--theme=dark"
    )
    parity = next(preset.spec for preset in load_presets() if preset.name == "parity")
    assert snapshots == [
        (ExperimentSpec(), path, (1280, 720), "light"),
        (parity.with_settings({"seed": 3}), path, (1920, 1080), "dark"),
    ]


# How it behaves while it runs


def test_one_blas_thread_for_a_small_network() -> None:
    threads: list[int] = []

    def watch(*_: object) -> None:
        threads.extend(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

    run(ExperimentSpec().with_settings({"training.epochs": 50}), watch)
    assert set(threads) <= {1}


def test_runs_do_not_depend_on_slices() -> None:
    spec = ExperimentSpec().with_settings(OTHER | {"training.epochs": "700", "stop.patience": "off"})
    result = run(spec, keep_losses=True)
    trainer = Trainer(spec)
    np.testing.assert_array_equal(result.losses.training, trainer.train().training)
    np.testing.assert_array_equal(result.trainer.network.parameters, trainer.network.parameters)


def interrupt_when_trained(epochs: int) -> Callable[..., None]:
    def watch(trainer: Trainer, *_: object) -> None:
        if trainer.epoch >= epochs:
            signal.raise_signal(signal.SIGINT)

    return watch


def test_interrupt_keeps_the_state_so_far() -> None:
    before = signal.getsignal(signal.SIGINT)
    result = run(ExperimentSpec(), interrupt_when_trained(1000), keep_losses=True)
    assert result.interrupted
    assert 1000 <= result.trainer.epoch == len(result.losses.training) < 10_000
    assert signal.getsignal(signal.SIGINT) is before
    straight = Trainer(ExperimentSpec())
    straight.train(result.trainer.epoch)
    np.testing.assert_array_equal(result.trainer.network.parameters, straight.network.parameters)


def test_interrupt_after_the_end_is_none() -> None:
    spec = ExperimentSpec().with_settings({"training.epochs": 10})
    assert not run(spec, interrupt_when_trained(10)).interrupted


@POSIX
def test_interrupted_program_still_says_how_it_went() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "nnstudio", "train", *settings(training__epochs=1_000_000_000)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("Epoch 0")
        process.send_signal(signal.SIGINT)
        output = process.stdout.read()
        errors = process.stderr.read()
    assert process.returncode == 130
    assert errors == ""
    assert re.search(r"Interrupted at epoch [\d,]+\.", output)
    assert "of 4 right" in output


@POSIX
def test_reader_that_leaves() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "nnstudio", "train", *settings(training__epochs=1_000_000_000)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 141
    assert errors == b""


def test_progress_with_time_left_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    trainer = Trainer(ExperimentSpec())
    printer = LossPrinter()
    printer(trainer, trainer.train(1000), 0.5)
    assert terminal.text == ""
    printer(trainer, trainer.train(1000), 2.0)
    assert terminal.text == "\repoch 2,000 of 10,000, 0:08 left"
    printer(trainer, trainer.train(), 2.1)
    assert terminal.text.endswith("\r")


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (7.2, "0:08"), (65, "1:05"), (3725, "1:02:05")])
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.25583, "0.255830"), (0.0, "0.000000"), (1.23e-5, "1.23e-05"), (1e300, "1e+300"), (np.inf, "too large to hold")],
)
def test_decimal(value: float, text: str) -> None:
    assert decimal(value) == text


# The program itself


def test_program_trains_without_qt(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nclass Refuse:\n    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] in ('PySide6', 'pyqtgraph'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = program("train", "--json", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["final_loss"] == pytest.approx(GOLDEN[0]["final_loss"], rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["train", "--quiet"], 0),
        (["train", "xor_diverges", "--quiet"], 1),
        (["train", "--set", "seed=x"], 2),
        (["list"], 0),
    ],
)
def test_program_exit_status(arguments: list[str], status: int) -> None:
    done = program(*arguments)
    assert done.returncode == status
    assert done.stderr.count("\n") == (status == 2)


def test_program_on_a_terminal_that_knows_ascii_only() -> None:
    done = program("list", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
