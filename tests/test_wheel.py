"""Checks that the files of resources/ reach a person who installs the wheel, and one who installs the checkout."""

import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio.resource_files import resource

CHECKOUT = Path(__file__).parents[1]
NEEDED = [("icons", "nnstudio.svg"), ("themes", "light.json"), ("data", "digits.npz"), ("data", "README.md")]
PRINT_RESOURCES = f"""
from nnstudio.resource_files import resource
for parts in {NEEDED!r}:
    print(resource(*parts))
"""


def run(*command: str | Path, cwd: Path) -> str:
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_wheel_holds_resources(tmp_path: Path) -> None:
    # Without isolation nothing is downloaded: the `test` extra brings the build backend.
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, CHECKOUT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("nnstudio-*.whl")
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=tmp_path)
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)

    # The environment has neither NumPy nor Qt, so this also shows that resources are found without them.
    paths = [Path(line) for line in run(python, "-c", PRINT_RESOURCES, cwd=tmp_path).splitlines()]

    assert [path.read_bytes() for path in paths] == [resource(*parts).read_bytes() for parts in NEEDED]
    assert all(path.is_relative_to(environment) for path in paths)
    assert not (paths[0].parents[1] / "setup").exists()


def test_checkout_holds_resources() -> None:
    for parts in NEEDED:
        assert resource(*parts) == CHECKOUT.joinpath("resources", *parts)
        assert resource(*parts).read_bytes()


def test_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/absent\.svg"):
        resource("icons", "absent.svg")
