"""A person's own table is learned from the command line."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio import cli
from nnstudio.engine import ExperimentSpec, Trainer

Capture = pytest.CaptureFixture[str]
FAST = ("--set", "training.epochs=3")


@pytest.fixture
def flowers(tmp_path: Path) -> str:
    """A table of two species that differ in one measure, with an id and a gap."""
    chance = np.random.default_rng(5)
    path = tmp_path / "flowers.csv"
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "length", "width", "species"])
        for row in range(60):
            kind = row % 2
            width = "NA" if row == 7 else f"{chance.normal(2 + 3 * kind, 0.3):.2f}"
            table.writerow([row + 1, f"{chance.normal(5, 1):.2f}", width, ("setosa", "virginica")[kind]])
    return str(path)


def printed(capsys: Capture, *arguments: str) -> str:
    assert cli.main(arguments) == 0
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def trained(capsys: Capture, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(printed(capsys, "train", "--json", *arguments))
    return result


def reason(capsys: Capture, *arguments: str) -> str:
    assert cli.main(arguments) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("nnstudio: ") and output.err.count("\n") == 1
    return output.err


def test_a_table_is_learned_and_judged_on_what_was_kept_back(capsys: Capture, flowers: str) -> None:
    text = printed(capsys, "train", "--data", flowers, "--set", "training.epochs=200")
    assert text.startswith(
        "flowers: 59 samples, 2 inputs, 2 classes (setosa 30, virginica 29); trains on 47, tests on 12. "
        "1 row with gaps left out.\n"
    )
    table = [line.split() for line in text.split(", loss ")[-1].splitlines()[1:4]]
    assert table == [
        ["samples", "right", "accuracy"],
        ["training", "47", "47", "100", "%"],
        ["test", "12", "12", "100", "%"],
    ]


def test_another_target_can_be_named(capsys: Capture, flowers: str) -> None:
    text = printed(capsys, "train", "--data", flowers, "--target", "width", *FAST)
    assert "4 inputs" not in text  # the id is left out: two species and the length
    assert text.startswith("flowers: 59 samples, 3 inputs, 1 output (width); trains on 47, tests on 12.")
    assert re.search(r"^ +samples +R² +RMSE +MAE\n *training +47( +\S+){3}\n *test +12( +\S+){3}$", text, re.MULTILINE)
    assert "right" not in text
    text = printed(capsys, "train", "--data", flowers, "--target", "width", "--target", "length", *FAST)
    assert "2 outputs (width, length)" in text
    named = re.findall(r"^(training|test), (width|length) ", text, re.MULTILINE)
    assert named == [(part, name) for part in ("training", "test") for name in ("width", "length")]


def test_the_settings_that_are_given_count_most(capsys: Capture, flowers: str) -> None:
    spec = trained(capsys, "--data", flowers, *FAST)["spec"]
    assert spec["data"]["name"] == "own"
    assert (spec["data"]["scaling"], spec["data"]["test_share"]) == ("standardize", 0.2)
    assert spec["network"]["output_activation"] == "sigmoid"
    given = ("--set", "data.scaling=range", "--set", "data.test_share=0", "--set", "data.validation_share=0.5")
    result = trained(capsys, "--data", flowers, *FAST, *given)
    assert (result["spec"]["data"]["scaling"], result["spec"]["data"]["test_share"]) == ("range", 0)
    assert len(result["validation_loss"]) == 3
    assert "test_loss" not in result


def test_the_task_can_be_named(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "quality.csv"
    path.write_text("acid,quality\n" + "".join(f"{i / 7:.2f},{i % 5}\n" for i in range(50)))
    assert "5 classes" in printed(capsys, "train", "--data", str(path), *FAST)
    assert "1 output (quality)" in printed(capsys, "train", "--data", str(path), "--task", "regression", *FAST)


def test_losses_of_the_test_part_are_written(capsys: Capture, flowers: str) -> None:
    rows = list(csv.reader(printed(capsys, "train", "--csv", "-", "--data", flowers, *FAST).splitlines()))
    assert rows[0] == ["epoch", "loss", "test_loss"]
    assert len(rows) == 4
    assert [float(row[2]) for row in rows[1:]] == trained(capsys, "--data", flowers, *FAST)["test_loss"]


def test_wide_tables_fit_a_terminal(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "wide.npz"
    np.savez(path, X=np.arange(40 * 30).reshape(40, 30) % 7, y=np.arange(40) % 3)
    lines = printed(capsys, "train", "--data", str(path), *FAST).splitlines()
    table = next(number for number, line in enumerate(lines) if line.split() == ["samples", "right", "accuracy"])
    assert all(len(line) < 40 for line in lines[table : table + 3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--target", "size"), r"there is no column 'size': expected one of id, length, width, species"),
        (("--target", "specie"), r"\(did you mean species\?\)"),
        (("--task", "regression"), r"column 'species' holds text: regression expects numbers; choose classification"),
        (("--set", "data.name=xor"), r"--set data\.name says to learn other samples: expected only one of the two"),
    ],
)
def test_what_does_not_go_with_the_table(
    capsys: Capture, flowers: str, arguments: tuple[str, ...], message: str
) -> None:
    answer = reason(capsys, "train", "--data", flowers, *arguments)
    assert answer.startswith(f"nnstudio: --data {flowers}: ")
    assert re.search(message, answer)


def test_bad_tables_and_settings_are_answered_in_one_line(capsys: Capture, flowers: str, tmp_path: Path) -> None:
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("a,b\n1,2\n3\n")
    assert "line 3 has 1 field, expected 2 as in line 1" in reason(capsys, "train", "--data", str(ragged))
    assert "there is no such file" in reason(capsys, "train", "--data", str(tmp_path / "none.csv"))
    assert "data.test_share" in reason(capsys, "train", "--data", flowers, "--set", "data.test_share=0.999")
    assert "expected --data FILE with them" in reason(capsys, "train", "--target", "species")
    snapshot = ("snapshot", "-o", str(tmp_path / "picture.png"), "--data", str(ragged))
    assert "line 3 has 1 field" in reason(capsys, *snapshot)


def test_the_trained_network_is_written_as_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "xor.py"
    assert cli.main(["train", "--set", "training.epochs=50", "--quiet", "--python", str(path)]) == 0
    names: dict[str, Any] = {}
    exec(path.read_text(encoding="utf-8"), names)
    trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": 50}))
    trainer.train()
    np.testing.assert_allclose(names["predict"](np.eye(2)), trainer.predict(np.eye(2)), rtol=1e-12)


def test_a_program_that_cannot_be_written_is_refused_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", "--python", str(tmp_path / "missing" / "xor.py")]) == 2
    assert "there is no folder" in capsys.readouterr().err
