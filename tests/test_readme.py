"""What the README says can be typed is typed here."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")


def test_notebook_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    single, population = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(single, {})
    printed = capsys.readouterr().out
    assert "epochs 634" in printed  # why it stopped, and since when all four patterns are right
    exec(population, {})
    assert capsys.readouterr().out == "714\n"


def test_pictures_and_scripts_exist() -> None:
    named = re.findall(r"\]\((resources/[^)]+)\)|sh (resources/\S+)|`(bench_\w+\.py)`", README)
    paths = [picture or script or f"tests/benchmarks/{benchmark}" for picture, script, benchmark in named]
    assert len(paths) >= 7
    for path in paths:
        assert Path(__file__).parents[1].joinpath(path).exists(), path
