"""Checks which arguments open the window and which go to the command line."""

from pathlib import Path

import pytest

from nnstudio.__main__ import main, opens_window


@pytest.mark.parametrize("arguments", [[], ["xor.nns"], ["spec.json"], ["folder.d/xor.nns", "extra"]])
def test_window(arguments: list[str]) -> None:
    assert opens_window(arguments)


@pytest.mark.parametrize(
    "arguments", [["train"], ["sweep"], ["list", "losses"], ["snapshot"], ["--version"], ["-h"], ["trian"]]
)
def test_command_line(arguments: list[str]) -> None:
    assert not opens_window(arguments)


def test_file_without_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("experiment").touch()
    Path("train").touch()
    assert opens_window(["experiment"])
    assert not opens_window(["train"])


def test_a_worker_of_the_packaged_program_goes_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    class WorkerEndedError(Exception):
        pass

    def work() -> None:
        raise WorkerEndedError

    monkeypatch.setattr("multiprocessing.freeze_support", work)
    with pytest.raises(WorkerEndedError):
        main(["--multiprocessing-fork"])
