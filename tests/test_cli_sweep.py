"""Checks `nnstudio sweep` as a person and as a script meets it, killed and resumed included."""

import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent / "lab"))
from in_process import InProcess

from nnstudio import cli
from nnstudio.cli.sweep_file import SweepFile
from nnstudio.cli.sweep_report import SweepPrinter, cells_text
from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.run_state import STOPPED
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import Task
from nnstudio.lab.results import Part, Results
from nnstudio.lab.running import SweepError
from nnstudio.lab.sweep import Sweep
from tests.terminal import Terminal

Capture = pytest.CaptureFixture[str]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
COLUMNS = ["seed", "final_loss", "learned", "epochs_to_learn", "stopped_because"]
#: A sweep that takes no time.
SMALL = ("--set", "training.learning_rate=2", "--set", "training.epochs=400", "--seeds", "8")
#: One that takes long enough to be stopped on its way.
LONG = ("--axis", "network.hidden=1;2;3;4,2;5,2;6", "--set", "training.epochs=3000", "--seeds", "40", "--workers", "2")


class Here(InProcess):
    """Trains in this process, so that a test needs to start no other."""

    def __init__(self, count: int | None = None) -> None:
        super().__init__()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Train in this process, in an empty folder."""
    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Here)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: Capture, *arguments: str, status: int = 0) -> str:
    assert cli.main(["sweep", *arguments]) == status
    output = capsys.readouterr()
    assert output.err == ""
    return output.out


def reason(capsys: Capture, *arguments: str) -> str:
    assert cli.main(["sweep", *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("nnstudio: ") and output.err.count("\n") == 1
    return output.err


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "nnstudio", "sweep", *arguments]


def program(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*arguments), capture_output=True, text=True, timeout=60, check=False, **options)


# What comes out


def test_every_run_is_that_of_the_trainer(capsys: Capture, here: Path) -> None:
    axes = ("--axis", "network.hidden=1,3", "--axis", "training.learning_rate=lin:0.5:2:2")
    printed(capsys, *SMALL, *axes, "--seeds", "5:9", "-o", "runs.csv")
    found = rows(here / "runs.csv")
    assert list(found[0]) == ["network.hidden", "training.learning_rate", *COLUMNS]
    order = [(h, r, s) for h in ("1", "3") for r in ("0.5", "2") for s in ("5", "6", "7", "8")]
    assert [(row["network.hidden"], row["training.learning_rate"], row["seed"]) for row in found] == order
    for row in found:
        settings = {key: row[key] for key in ("network.hidden", "training.learning_rate", "seed")}
        trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": 400, **settings}))
        trainer.train()
        assert float(row["final_loss"]) == pytest.approx(trainer.loss(), rel=1e-9)
        learned = trainer.learned_epoch
        assert (row["learned"], row["epochs_to_learn"]) == (
            ("false", "") if learned is None else ("true", str(learned))
        )
        assert row["stopped_because"] == "epochs"
    assert {row["learned"] for row in found} == {"true", "false"}


def test_a_table_sums_up_each_cell(capsys: Capture, here: Path) -> None:
    lines = printed(capsys, *SMALL, "--axis", "network.hidden=1;3;4,2", "-o", "runs.csv").splitlines()
    found = rows(here / "runs.csv")
    header = re.split(" {2,}", lines[0])
    assert header == [
        "network.hidden", "learned", "share", "95 % interval", "median epochs", "median loss", "diverged",
    ]  # fmt: skip
    for line, hidden in zip(lines[1:4], ("1", "3", "4,2"), strict=True):
        own = [row for row in found if row["network.hidden"] == hidden]
        learned = [int(row["epochs_to_learn"]) for row in own if row["learned"] == "true"]
        cells = re.split(" {2,}", line)
        assert cells[:2] == [hidden, f"{len(learned)} of 8"]
        assert cells[4] == (f"{np.median(learned):,.0f}" if learned else "\N{EM DASH}")
        assert float(cells[5]) == pytest.approx(np.median([float(row["final_loss"]) for row in own]), abs=5e-7)
        assert cells[6] == "0"
    # Wilson's interval of 0 of 8, by hand: 3.8415 / (8 + 3.8415).
    assert re.split(" {2,}", lines[1])[2:4] == ["0 %", "0 to 32.4 %"]
    assert lines[4:] == ["", lines[-1]]
    assert re.fullmatch(r"24 runs in 0:0\d\.", lines[-1])


def test_without_an_axis_the_seeds_alone_are_trained(capsys: Capture, here: Path) -> None:
    lines = printed(capsys, *SMALL).splitlines()
    assert lines[0].split()[0] == "learned"
    assert re.search(r"^ *\d of 8 ", lines[1])
    assert not list(here.iterdir())


def test_settings_and_axes_go_together(capsys: Capture, here: Path) -> None:
    axis = "training.optimizer=momentum;adam:beta1=0.8,beta2=0.9"
    printed(capsys, "xor_learns", *SMALL, "--set", "seed=3", "--axis", axis, "--seeds", "2", "-o", "a.csv")
    assert [row["training.optimizer"] for row in rows(here / "a.csv")[::2]] == axis.partition("=")[2].split(";")
    axes = ("--axis", "training.optimizer:momentum=0.5,0.9", "--set", "training.optimizer=momentum")
    text = printed(capsys, *SMALL, *axes, "--seeds", "2")
    assert text.startswith("training.optimizer:momentum")


def test_runs_that_diverge_are_counted(capsys: Capture, here: Path) -> None:
    text = printed(capsys, "xor_diverges", "--seeds", "6", "-o", "a.csv")
    diverged = sum(row["stopped_because"] == "diverged" for row in rows(here / "a.csv"))
    assert diverged and re.split(" {2,}", text.splitlines()[1])[-1] == str(diverged)


def test_a_table_of_your_own_is_swept(capsys: Capture, here: Path) -> None:
    Path("points.csv").write_text("x,kind\n" + "".join(f"{i},{'ab'[i > 20]}\n" for i in range(40)))
    text = printed(capsys, "--data", "points.csv", *SMALL, "--axis", "data.seed=1,2", "-o", "a.csv")
    assert text.startswith("points: 40 samples, 1 input, 2 classes")
    assert {row["epochs_to_learn"] for row in rows(here / "a.csv")} == {""}
    assert printed(capsys, "--data", "points.csv", *SMALL, "--axis", "data.seed=1,2", "-o", "a.csv", "--resume")


def filled(cells: int, seeds: int = 1) -> Results:
    """Return made-up results of one run of each cell: every other one learned, later ones have lower losses."""
    base = ExperimentSpec()
    results = Results(
        Sweep.grid(base, [Axis.parse(f"training.learning_rate=lin:1:{cells}:{cells}", base)], range(seeds))
    )
    runs = seeds * np.arange(cells)
    results.take(
        Part(
            runs=runs,
            final_loss=1.0 / (1 + runs),
            epochs_to_learn=np.where(np.arange(cells) % 2, 100, -1),
            epochs=np.full(cells, 10_000),
            stopped=np.full(cells, STOPPED.index("epochs"), np.uint8),
            verdict=np.where(np.arange(cells) % 2, VERDICTS.index("learned"), VERDICTS.index("stuck")).astype(np.uint8),
            curves=np.full((cells, results.points), np.nan, np.float32),
            outputs=np.full((cells, 4, 1), np.nan, np.float32),
        )
    )
    return results


def test_of_many_cells_the_best_are_shown() -> None:
    lines = cells_text(filled(64)).splitlines()
    assert [line.split()[0] for line in lines[1:]] == [str(rate) for rate in range(1, 65)]
    lines = cells_text(filled(100)).splitlines()
    assert len(lines) == 66
    rates = [int(line.split()[0]) for line in lines[1:-1]]
    assert rates == [*range(100, 0, -2), *range(99, 99 - 28, -2)]
    assert lines[-1] == "… 36 more; these are the best"


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    printer = SweepPrinter(filled(40, 2), by_runs=True)
    printer.show(0.5, float("nan"))
    assert terminal.text == f"\r[{'#' * 12}{'-' * 12}] 40 of 80 runs, 50.0 % learned"
    printer.show(1.0, 71)
    line = terminal.text.rpartition("\r")[2]
    assert line.startswith(f"[{'#' * 24}] ") and line.endswith(", 1:11 left")
    monkeypatch.setenv("COLUMNS", "30")
    printer.show(1.0, 71)
    assert len(terminal.text.rpartition("\r")[2].rstrip()) < 30
    printer.clear()
    assert terminal.text.endswith("\r")


# The file is hours of work


def test_a_file_that_is_there_is_not_written_over(capsys: Capture, here: Path) -> None:
    Path("runs.csv").write_text("mine")
    line = reason(capsys, *SMALL, "-o", "runs.csv")
    assert "runs.csv is there already" in line and "--resume" in line and "another name" in line
    assert Path("runs.csv").read_text() == "mine"


@pytest.fixture
def whole(capsys: Capture, here: Path) -> tuple[tuple[str, ...], bytes]:
    """Run a sweep with two axes; return its arguments and the file that it wrote."""
    arguments = (*SMALL, "--axis", "network.hidden=2;4,2", "--axis", "training.learning_rate=0.1,2", "-o")
    printed(capsys, *arguments, "whole.csv")
    return arguments, Path("whole.csv").read_bytes()


@pytest.mark.parametrize("kept", [0, 10, 90, 300, 301, 600, -2, -1, None])
def test_a_sweep_goes_on_wherever_its_file_was_cut_off(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], kept: int | None
) -> None:
    arguments, content = whole
    Path("cut.csv").write_bytes(content[:kept])
    text = printed(capsys, *arguments, "cut.csv", "--resume")
    assert Path("cut.csv").read_bytes() == content
    if kept is None:
        assert "32 runs, 32 of them from cut.csv, in 0:0" in text


def test_a_sweep_goes_on_in_the_blocks_that_it_was_cut_into(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last digits of a run may depend on which networks train beside it."""
    blocks: list[list[int]] = []

    class Noting(Here):
        def submit(self, task: Task) -> Any:
            blocks.append(task.runs.tolist())
            return super().submit(task)

    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Noting)
    arguments, content = whole
    printed(capsys, *arguments, "again.csv")
    cut, blocks = blocks, []
    assert len(cut) == 2  # one for each shape of network
    Path("again.csv").write_bytes(content[:-40])
    printed(capsys, *arguments, "again.csv", "--resume")
    assert blocks == [block for block in cut if 31 in block]


def test_resume_begins_where_nothing_is_there(capsys: Capture, whole: tuple[tuple[str, ...], bytes]) -> None:
    arguments, content = whole
    printed(capsys, *arguments, "new.csv", "--resume")
    assert Path("new.csv").read_bytes() == content


def test_rows_of_any_order_and_spelling_are_understood(capsys: Capture, whole: tuple[tuple[str, ...], bytes]) -> None:
    arguments, content = whole
    header, *lines = content.decode().splitlines()
    # As a spreadsheet writes it: another order, other line ends, another way to write a number.
    lines = [line.replace(",0.1,", ",0.10,").replace("true", "TRUE") for line in reversed(lines[3:])]
    Path("edited.csv").write_bytes("".join(f"{line}\r\n" for line in [header, *lines]).encode("utf-8-sig"))
    printed(capsys, *arguments, "edited.csv", "--resume")
    assert Path("edited.csv").read_bytes() == content


def test_more_seeds_can_be_added(capsys: Capture, whole: tuple[tuple[str, ...], bytes]) -> None:
    arguments, _ = whole
    text = printed(capsys, *arguments, "whole.csv", "--resume", "--seeds", "10")
    assert "40 runs, 32 of them from whole.csv, in" in text
    printed(capsys, *arguments, "ten.csv", "--seeds", "10")
    assert Path("whole.csv").read_bytes() == Path("ten.csv").read_bytes()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("--axis", "data.seed=1,2"), ["has the columns", "data.seed"]),
        (("--seeds", "7"), ["line 9", "seed 7", "0 to 6"]),
        (("--set", "network.activation=tanh"), ["seed ", "ended with loss", "ends with"]),
        (("--set", "training.epochs=401"), ["ended with loss"]),
    ],
)
def test_a_file_of_another_sweep_is_refused(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], changes: tuple[str, ...], words: list[str]
) -> None:
    arguments, content = whole
    line = reason(capsys, *arguments, "whole.csv", "--resume", *changes)
    assert "whole.csv does not belong to this sweep" in line
    assert all(word in line for word in words)
    assert Path("whole.csv").read_bytes() == content


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"9,2,0,0.1,true,5,epochs\n", "network.hidden=9, training.learning_rate=2 is not trained by this sweep"),
        (b"2,x,0,0.1,true,5,epochs\n", "training.learning_rate=x is not trained"),
        (b"2,2,0,0.1,true,5\n", "6 cells, expected 7"),
        (b"2,2,0,0.1,true,5,tired\n", "stopped_because 'tired', expected one of epochs"),
        (b"2,2,0,0.1,perhaps,5,epochs\n", "learned 'perhaps', expected true or false"),
        (b"2,2,0,much,true,5,epochs\n", "is no row of a sweep"),
        (b"2,2,zero,0.1,true,5,epochs\n", "is no row of a sweep"),
        (b"\xff\xfe\n", "it is no table"),
    ],
)
def test_rows_that_are_not_of_this_sweep_are_refused(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], line: bytes, words: str
) -> None:
    arguments, content = whole
    Path("odd.csv").write_bytes(content[: content.index(b"\n") + 1] + line)
    assert words in reason(capsys, *arguments, "odd.csv", "--resume")


def test_a_full_disk_costs_nothing_that_was_there(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, content = whole
    Path("cut.csv").write_bytes(content[:300])

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert "cut.csv cannot be written: No space left on device" in reason(capsys, *arguments, "cut.csv", "--resume")
    kept = Path("cut.csv").read_bytes()
    assert kept.startswith(content[:300].rpartition(b"\n")[0]) and len(kept) >= len(content)
    printed(capsys, *arguments, "cut.csv", "--resume")
    assert Path("cut.csv").read_bytes() == content


def test_two_sweeps_do_not_write_to_one_file(
    capsys: Capture, whole: tuple[tuple[str, ...], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments, content = whole
    Path("shared.csv").write_bytes(content[:300])

    class Other(Here):
        def submit(self, task: Task) -> Any:
            with Path("shared.csv").open("ab") as file:
                file.write(b"2,2,0,0.1,true,5,epochs\n")
            return super().submit(task)

    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Other)
    assert "shared.csv is being written to by another program" in reason(capsys, *arguments, "shared.csv", "--resume")


# Searches


HYPERBAND = (
    *("--axis", "network.hidden=1,2,3,4,5", "--axis", "training.learning_rate=log:0.01:10:2", "--search", "hyperband"),
    *("--cells", "18", "--seeds", "3", "--set", "training.epochs=810"),
)


def test_hyperband_trains_few_cells_to_the_end(capsys: Capture, here: Path) -> None:
    lines = printed(capsys, *HYPERBAND, "-o", "runs.csv").splitlines()
    found = rows(here / "runs.csv")
    assert len(found) == 18 * 3 and list(found[0])[-1] == "epochs"
    assert np.unique([int(row["epochs"]) for row in found], return_counts=True)[1].tolist() == [21, 18, 15]
    assert lines[0].split()[:3] == ["network.hidden", "training.learning_rate", "epochs"]
    epochs = [line.split()[2] for line in lines[1:19]]
    assert epochs == sorted(epochs, key=int, reverse=True) and epochs.count("810") == 5


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.8, 1])
def test_hyperband_goes_on_where_it_was(
    capsys: Capture, here: Path, monkeypatch: pytest.MonkeyPatch, kept: float
) -> None:
    printed(capsys, *HYPERBAND, "-o", "whole.csv")
    monkeypatch.setattr(SweepFile, "finish", lambda *_: None)
    printed(capsys, *HYPERBAND, "-o", "cut.csv")
    monkeypatch.undo()
    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Here)
    content = (here / "cut.csv").read_bytes()
    (here / "cut.csv").write_bytes(content[: int(kept * len(content))])
    arguments = (*HYPERBAND, "--resume", "-o")
    printed(capsys, *arguments, str(here / "cut.csv"))
    assert (here / "cut.csv").read_bytes() == (here / "whole.csv").read_bytes()
    # A search that is complete is known to be.
    assert "54 of them from" in printed(capsys, *arguments, str(here / "cut.csv"))


def test_random_cells_are_drawn_with_the_seed(capsys: Capture, here: Path) -> None:
    axes = ("--axis", "training.learning_rate=log:0.01:10:2", "--search", "random", "--cells", "3", "--seeds", "2")
    for name, seed in (("a.csv", "1"), ("b.csv", "1"), ("c.csv", "2")):
        printed(capsys, *SMALL[:4], *axes, "--set", f"seed={seed}", "-o", name)
    assert (here / "a.csv").read_bytes() == (here / "b.csv").read_bytes() != (here / "c.csv").read_bytes()
    rates = {float(row["training.learning_rate"]) for row in rows(here / "a.csv")}
    assert len(rates) == 3 and all(0.01 <= rate <= 10 for rate in rates)


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--axis", "network.hidden"], ["KEY=VALUES"]),
        (["--axis", "network.hiden=1"], ["network.hiden", "did you mean network.hidden?"]),
        (["--axis", "training.learning_rate=0.1,zero"], ["training.learning_rate", "'zero'", "above 0"]),
        (["--axis", "training.learning_rate=log:0:1:5"], ["above 0"]),
        (["--axis", "training.epochs=10,10"], ["'10'", "each value once"]),
        (["--axis", "seed=1,2"], ["seed", "range of seeds already"]),
        (["--axis", "network.output_activation=sigmoid,softmax"], ["softmax", "one_hot"]),
        (["--axis", "data.seed=1", "--axis", "data.seed=2"], ["data.seed", "one axis for each setting"]),
        (["--axis", "data.seed=lin:1:10000:10000", "--seeds", "10000"], ["at most"]),
        (["--seeds", "0"], ["'0'", "such as 1000", "5 to 24"]),
        (["--seeds", "many"], ["'many'"]),
        (["--seeds", "5:5"], ["'5:5'"]),
        (["--seeds=-1:5"], ["seeds from 0"]),
        (["--set", "seed=x"], ["seed"]),
        (["--resume"], ["-o FILE.csv"]),
        (["--cells", "5"], ["--search random"]),
        (["--cells", "x"], ["--cells"]),
        (["--search", "random"], ["--axis KEY=VALUES"]),
        (["--search", "grid"], ["random", "hyperband"]),
        (["--search", "hyperband", "--axis", "data.seed=1,2,3", "--cells", "9"], ["at least 5 different ones"]),
        (["--search", "hyperband", "--axis", "training.epochs=lin:9:90:9", "--cells", "9"], ["varies the epochs"]),
        (["--workers", "0"], ["--workers 0", "at least 1"]),
        (["--workers", "2", "--scheduler", "tcp://127.0.0.1:1"], ["--scheduler", "--workers"]),
        (["-o", "none/a.csv"], ["there is no folder"]),
        (["-o", "."], ["is a folder"]),
        (["--sedes", "5"], ["'--sedes'", "did you mean --seeds?"]),
        (["none.nns"], ["none.nns"]),
    ],
    ids=" ".join,
)
def test_wrong_use(capsys: Capture, here: Path, arguments: list[str], words: list[str]) -> None:
    line = reason(capsys, *arguments)
    assert all(word in line for word in words)
    assert not list(here.iterdir())


def test_help_explains_axes_seeds_and_statuses(capsys: Capture) -> None:
    text = " ".join(printed(capsys, "--help").split())
    for words in ("1000 means 0 to 999, and 5:25 means 5 to 24", "log:0.01:10:9", "4;4,2;8,8", "130 interrupted"):
        assert words in text


def test_a_scheduler_that_does_not_answer(capsys: Capture, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(address: str) -> None:
        raise SweepError(f"No scheduler answers at {address}.")

    monkeypatch.setattr("nnstudio.cli.sweep.ClusterWorkers", unreachable)
    line = reason(capsys, *SMALL, "--scheduler", "tcp://127.0.0.1:1", "-o", "runs.csv")
    assert "No scheduler answers at tcp://127.0.0.1:1" in line
    assert not list(here.iterdir())


def test_a_sweep_that_breaks_off_keeps_what_is_done(
    capsys: Capture, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(Here):
        submitted = 0

        def submit(self, task: Any) -> Any:
            self.submitted += 1
            if self.submitted == 3:
                raise SweepError("The scheduler has gone.")
            return super().submit(task)

    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Failing)
    axis = ("--axis", "network.hidden=1;4,2;5,2", "-o", "runs.csv")
    assert cli.main(["sweep", *SMALL, *axis]) == 1
    output = capsys.readouterr()
    assert output.err == "nnstudio: The scheduler has gone.\n"
    assert "The sweep was broken off: 16 of 24 runs are done." in output.out
    assert len(rows(here / "runs.csv")) == 16
    monkeypatch.setattr("nnstudio.cli.sweep.LocalWorkers", Here)
    assert "24 runs, 16 of them from runs.csv" in printed(capsys, *SMALL, *axis, "--resume")


# The program itself


def wait_for_rows(path: Path, process: "subprocess.Popen[Any]") -> None:
    """Wait until a sweep has written its first rows."""
    while not path.exists() or path.read_bytes().count(b"\n") < 2:
        assert process.poll() is None
        time.sleep(0.01)


@POSIX
def test_what_is_done_survives_a_kill(tmp_path: Path) -> None:
    killed, whole = (tmp_path / name for name in ("killed.csv", "whole.csv"))
    with subprocess.Popen(command(*LONG, "-o", str(killed)), stdout=subprocess.DEVNULL) as process:
        wait_for_rows(killed, process)
        process.kill()
    kept = killed.read_bytes().count(b"\n") - 1
    assert 0 < kept < 240
    done = program(*LONG, "-o", str(killed), "--resume")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"240 runs, {kept} of them from {killed}, in" in done.stdout
    assert program(*LONG, "-o", str(whole)).returncode == 0
    assert killed.read_bytes() == whole.read_bytes()


@POSIX
def test_interrupt_ends_a_sweep_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    arguments = command(*LONG, "--seeds", "400", "-o", str(path))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    with subprocess.Popen(arguments, **pipes) as process:  # type: ignore[call-overload]
        wait_for_rows(path, process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
        output, errors = process.communicate()
    assert process.returncode == 130
    assert errors == ""
    kept = len(rows(path))
    assert f"The sweep was interrupted: {kept:,} of 2,400 runs are done. They are in {path}" in output
    assert "--resume goes on" in output
    assert output.startswith("network.hidden")


def test_the_program_sweeps_without_qt(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nclass Refuse:\n    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] in ('PySide6', 'pyqtgraph', 'distributed'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = program(*SMALL, "--workers", "1", env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 runs in 0:0" in done.stdout
    lacking = program(*SMALL, "--scheduler", "tcp://127.0.0.1:8786", env=environment)
    assert lacking.returncode == 2
    assert 'pip install "nnstudio[cluster]"' in lacking.stderr
