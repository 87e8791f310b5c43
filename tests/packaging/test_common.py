"""Checks what packages rest on: archives without chance in them, and versions that the program says it runs with."""

import importlib.util
import os
import sys
import tarfile
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

CHECKOUT = Path(__file__).parents[2]
PACKAGING = CHECKOUT / "resources" / "packaging"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module of that name, which is no part of the package; Python looks for it where it runs build.py."""
    spec = importlib.util.spec_from_file_location("packaging_common", PACKAGING / "common.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_tar_does_not_depend_on_when_and_in_which_order_files_were_made(common: ModuleType, tmp_path: Path) -> None:
    archives = []
    for turn, names in enumerate((("a", "b/c"), ("b/c", "a"))):
        folder = tmp_path / str(turn) / "nnstudio"
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name, encoding="utf-8")
            os.utime(folder / name, (turn, turn))
        archives.append(tmp_path / f"{turn}.tar.xz")
        common.pack_tar(folder, archives[-1], 1_700_000_000)

    with tarfile.open(archives[0]) as tar:
        assert tar.getnames() == ["nnstudio", "nnstudio/a", "nnstudio/b", "nnstudio/b/c"]
        assert {(member.mtime, member.uid, member.uname) for member in tar} == {(1_700_000_000, 0, "root")}
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_templates_are_filled_in(common: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    template = tmp_path / "template"
    template.write_text("@VERSION@ of @DATE@ for @NAME@ <who@example.org>", encoding="utf-8")
    job = common.Job(work=tmp_path, output=tmp_path)

    assert common.fill_in(template, job, NAME="me") == f"{job.version} of 1970-01-02 for me <who@example.org>"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements_windows.txt"])
def test_packages_hold_versions_that_the_program_runs_with(name: str) -> None:
    lines = (PACKAGING / name).read_text(encoding="utf-8").splitlines()
    exact = dict(line.split("==") for line in lines if line and not line.startswith("#"))

    for requirement in map(Requirement, PROJECT["project"]["dependencies"]):
        assert requirement.specifier.contains(exact[requirement.name]), requirement


def test_packages_leave_out_what_the_wheel_leaves_out(common: ModuleType) -> None:
    excluded = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]

    assert {f"/resources/{name}" for name in common.NOT_SHIPPED} == set(excluded)


def test_debians_own_python_needs_packages_that_another_brings(
    common: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    needed = common.python_packages()
    monkeypatch.setattr(sys, "base_prefix", "/opt/python")

    assert needed == ("python3-venv", f"libpython3.{sys.version_info.minor}")
    assert common.python_packages() == ()
