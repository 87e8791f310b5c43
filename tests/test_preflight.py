"""Checks that nnstudio says in one line why it cannot open a window, instead of letting Qt abort."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnstudio import preflight


def run_nnstudio(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    return subprocess.run(
        [sys.executable, "-m", "nnstudio", *arguments],
        env=kept | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("environ", "platforms"),
    [
        ({}, ()),
        ({"DISPLAY": ":0"}, ("xcb",)),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, ("wayland", "xcb")),
        ({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}, ("offscreen",)),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600;xcb"}, ("vnc", "xcb")),
    ],
)
def test_platforms_are_tried_in_the_order_of_qt(environ: dict[str, str], platforms: tuple[str, ...]) -> None:
    assert preflight.qt_platforms(environ) == platforms


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are variables on Linux only")
class TestOnLinux:
    @pytest.mark.parametrize("environ", [{}, {"QT_QPA_PLATFORM": "xcb"}])
    def test_no_display(self, environ: dict[str, str]) -> None:
        result = run_nnstudio(**environ)
        assert result.returncode == 2
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert "no display" in result.stderr
        for command in ("train", "list", "snapshot"):
            assert f"nnstudio {command}" in result.stderr

    @pytest.mark.parametrize(
        "environ", [{"DISPLAY": ":4321"}, {"DISPLAY": "nonsense"}, {"WAYLAND_DISPLAY": "wayland-4321"}]
    )
    def test_display_that_does_not_answer(self, environ: dict[str, str], tmp_path: Path) -> None:
        result = run_nnstudio(**environ, XDG_RUNTIME_DIR=str(tmp_path))
        assert result.returncode == 2
        assert len(result.stderr.splitlines()) == 1
        assert "does not answer" in result.stderr

    def test_unknown_platform(self) -> None:
        problem = preflight.startup_problem({"QT_QPA_PLATFORM": "ofscreen"})
        assert problem is not None
        assert "'ofscreen'" in problem
        assert "offscreen" in problem.partition("it has")[2]

    def test_offscreen_needs_no_display(self) -> None:
        assert preflight.startup_problem({"QT_QPA_PLATFORM": "offscreen"}) is None

    @pytest.mark.xvfb
    def test_display_that_answers(self, xvfb: str) -> None:
        assert preflight.startup_problem({"DISPLAY": xvfb}) is None
        # A Wayland that is gone is no problem while X answers: Qt tries both.
        assert preflight.startup_problem({"WAYLAND_DISPLAY": "wayland-4321", "DISPLAY": xvfb}) is None


def test_other_systems_have_nothing_to_check() -> None:
    assert preflight.startup_problem({}, system="darwin") is None


def test_missing_library_is_named_with_its_package(tmp_path: Path) -> None:
    (tmp_path / "libqxcb.so").touch()

    def load(path: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")

    problem = preflight.library_problem("xcb", tmp_path, load=load)
    assert problem == "Qt cannot load libxcb-cursor.so.0; on Debian and Ubuntu: apt install libxcb-cursor0"


def test_unloadable_plugin_is_explained_in_the_words_of_the_loader(tmp_path: Path) -> None:
    (tmp_path / "libqxcb.so").touch()
    problem = preflight.library_problem("xcb", tmp_path)
    assert problem is not None
    assert "file too short" in problem


def test_packages_are_named_once() -> None:
    advice = preflight.install_advice(["libgthread-2.0.so.0", "libglib-2.0.so.0", "libEGL.so.1", "libEGL.so.1"])
    assert advice.endswith("apt install libegl1 libglib2.0-0")


def test_library_of_unknown_package_is_named() -> None:
    assert "libother.so.1" in preflight.install_advice(["libother.so.1"])
