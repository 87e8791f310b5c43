"""Freezes the program with PyInstaller: a folder that runs without a Python, for the Linux packages and macOS."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from common import HERE, NOT_SHIPPED, BuildError, Job, build_python, draw_icons, run, say

DISTRIBUTIONS = (
    "numpy", "PySide6-Essentials", "shiboken6", "pyqtgraph", "colorama", "QtAwesome", "QtPy", "packaging",
    "threadpoolctl",
)  # fmt: skip
LINUX_PROGRAMS = {"objdump": "binutils", "strip": "binutils", "patchelf": "patchelf"}
# What Qt needs of the system. PyInstaller leaves out without a word what the machine that builds does not have.
LINUX_LIBRARIES = (
    "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0", "libegl1", "libgl1", "libxcb-cursor0",
    "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-render-util0", "libxcb-image0", "libxkbcommon-x11-0",
    "libwayland-cursor0", "libwayland-egl1",
)  # fmt: skip


def freeze(job: Job) -> Path:
    """Return the folder of the frozen program: ``nnstudio`` beside ``_internal``."""
    python = build_python(job)
    icons = draw_icons(job, python)
    say("freezing the program")
    work, made = job.folder("freeze"), job.folder("frozen")
    environment = {
        **job.environment,
        "NNSTUDIO_VERSION": job.version,
        "NNSTUDIO_ICON": str(icons / "nnstudio.icns"),
        "NNSTUDIO_NOT_SHIPPED": os.pathsep.join(NOT_SHIPPED),
        "NNSTUDIO_DISTRIBUTIONS": os.pathsep.join(DISTRIBUTIONS),
        "NNSTUDIO_SYSTEM_LIBRARIES": str(system_libraries(job)),
        "PYINSTALLER_CONFIG_DIR": str(work / "config"),
    }
    options = ("--noconfirm", "--log-level", "WARN", "--distpath", made, "--workpath", work)
    run(python, "-m", "PyInstaller", *options, HERE / "nnstudio.spec", env=environment)
    program = made / "nnstudio"
    if sys.platform.startswith("linux"):
        _slim(program / "_internal")
    return program


def system_libraries(job: Job) -> Path:
    """Return the path of a list of the files in ``_internal`` that are copies of the system's own libraries."""
    return job.work / "system_libraries.txt"


def _slim(internal: Path) -> None:
    """Remove from Python's own files symbols and the path of the place where that Python was built.

    The other libraries come from wheels; those were made to be moved, and some break when they are stripped.
    """
    own = [*internal.glob("libpython*.so*"), *internal.glob("python3*/lib-dynload/*.so")]
    if not own:
        raise BuildError(f"there is no shared library of Python in {internal}: build with a Python that has one")
    for path in own:
        if not path.is_symlink():
            subprocess.run(["strip", "--strip-unneeded", path], check=True)
            subprocess.run(["patchelf", "--remove-rpath", path], check=True)
