"""Checks the scripts that install and remove the program where there is no package manager."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINUX = Path(__file__).parents[2] / "resources" / "packaging" / "linux"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the scripts are for Linux")


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """What a person has unpacked, with little in it."""
    folder = tmp_path / "unpacked"
    (folder / "_internal").mkdir(parents=True)
    (folder / "nnstudio").write_text("#!/bin/sh\necho trained\n", encoding="utf-8")
    (folder / "nnstudio").chmod(0o755)
    for name in ("install.sh", "uninstall.sh"):
        shutil.copy(LINUX / name, folder)
    for name in ("applications/nnstudio.desktop", "mime/packages/nnstudio.xml"):
        (folder / "share" / name).parent.mkdir(parents=True)
        shutil.copy(LINUX / Path(name).name, folder / "share" / name)
    icon = folder / "share" / "icons" / "hicolor" / "scalable" / "apps" / "nnstudio.svg"
    icon.parent.mkdir(parents=True)
    icon.write_text("<svg/>", encoding="utf-8")
    return folder


def run(script: Path, *arguments: str, home: Path) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        ["sh", script, *arguments], cwd=home, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("there", [[], ["bin", "share/applications", "share/man/man1"]])
def test_what_was_installed_can_be_removed_and_what_was_there_stays(
    unpacked: Path, tmp_path: Path, there: list[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in there:
        (home / "programs" / name).mkdir(parents=True)
    before = tree(home)

    # Twice: a newer version is installed over an older one.
    for _ in range(2):
        told = run(unpacked / "install.sh", "--prefix", "programs", home=home)
    assert f"{home}/programs/bin/nnstudio" in told
    started = subprocess.run([home / "programs/bin/nnstudio"], capture_output=True, text=True, check=True)
    assert started.stdout == "trained\n"
    menu = (home / "programs/share/applications/nnstudio.desktop").read_text(encoding="utf-8")
    assert f'\nExec="{home}/programs/bin/nnstudio" %f\n' in menu

    run(home / "programs/lib/nnstudio/uninstall.sh", home=home)
    assert tree(home) == before


def test_others_can_use_what_was_unpacked_for_one_person_alone(unpacked: Path, tmp_path: Path) -> None:
    for path in (unpacked, *unpacked.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)

    run(unpacked / "install.sh", "--prefix", str(tmp_path / "programs"), home=tmp_path)

    installed = [tmp_path / "programs", *(tmp_path / "programs").rglob("*")]
    assert [path for path in installed if not path.stat().st_mode & 0o004] == []
    assert (tmp_path / "programs/lib/nnstudio/nnstudio").stat().st_mode & 0o777 == 0o755


def test_files_of_others_stay(unpacked: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    run(unpacked / "install.sh", "--prefix", f"{home}/programs", home=home)
    (home / "programs/share/applications/other.desktop").touch()
    (home / "programs/bin/other").touch()

    run(home / "programs/lib/nnstudio/uninstall.sh", home=home)

    left = [name for name in tree(home) if not name.endswith("mimeinfo.cache")]
    assert left == [
        "programs",
        "programs/bin",
        "programs/bin/other",
        "programs/share",
        "programs/share/applications",
        "programs/share/applications/other.desktop",
    ]
