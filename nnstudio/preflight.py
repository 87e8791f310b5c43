"""Checks that a window can open before Qt is loaded, because Qt answers what is missing by aborting the process."""

import ctypes
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

DEBIAN_PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
NO_DISPLAY = "there is no display to open a window on"
WITHOUT_DISPLAY = "`nnstudio train`, `nnstudio list` and `nnstudio snapshot` work without one"


def startup_problem(environ: Mapping[str, str], system: str = sys.platform) -> str | None:
    """Say in one line why Qt could not open a window here, or return None when nothing speaks against it.

    Parameters
    ----------
    environ : mapping
        The environment that Qt will see.
    system : str
        The operating system, as ``sys.platform`` names it. What is checked here fails on Linux only.
    """
    package = find_spec("PySide6")
    if package is None or not package.submodule_search_locations:
        return "the window needs PySide6: pip install PySide6-Essentials"
    if not system.startswith("linux"):
        return None
    platforms = qt_platforms(environ)
    if not platforms:
        return f"{NO_DISPLAY}; {WITHOUT_DISPLAY}"
    plugins = Path(package.submodule_search_locations[0]) / "Qt" / "plugins" / "platforms"
    problems = []
    for platform in platforms:
        problem = library_problem(platform, plugins) or connection_problem(platform, environ)
        if problem is None:
            return None
        problems.append(problem)
    return "; ".join(dict.fromkeys(problems))


def qt_platforms(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the platform plugins that Qt will try, in its order (``QGuiApplication``, ``init_platform``)."""
    if chosen := environ.get("QT_QPA_PLATFORM"):
        return tuple(name.partition(":")[0] for name in chosen.split(";"))
    variables = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return tuple(platform for platform, variable in variables.items() if environ.get(variable))


def library_problem(platform: str, plugins: Path, load: Callable[[str], object] = ctypes.CDLL) -> str | None:
    """Say what keeps a platform plugin from being loaded: loading it is what Qt itself will do.

    Parameters
    ----------
    platform : str
        The plugin's name, such as ``"xcb"``.
    plugins : Path
        The folder of Qt's platform plugins. Where it is missing (a Qt that did not come from PyPI) nothing is checked.
    load : callable
        Loads the shared object at a path, or raises OSError.
    """
    if not plugins.is_dir():
        return None
    # Qt 6.8 has two files for Wayland, libqwayland-generic.so and libqwayland-egl.so; either will do.
    files = sorted(plugins.glob(f"libq{platform}*.so"))
    if not files:
        known = ", ".join(sorted(file.stem.removeprefix("libq") for file in plugins.glob("libq*.so")))
        return f"QT_QPA_PLATFORM names {platform!r}, which Qt does not have; it has {known}"
    problem = None
    for file in files:
        try:
            load(str(file))
        except OSError as error:
            first, _, reason = str(error).partition(": ")
            if not reason.startswith("cannot open shared object file"):
                return f"Qt cannot load its platform {platform!r}: {error}"
            problem = install_advice([first, *missing_libraries(file)])
        else:
            return None
    return problem


def missing_libraries(file: Path) -> list[str]:
    """List all libraries that a shared object needs and does not find: the loader's error names the first only."""
    try:
        listing = subprocess.run(["ldd", file], capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return []
    return re.findall(r"(\S+) => not found", listing)


def install_advice(libraries: Iterable[str]) -> str:
    """Name the missing libraries, and the Debian packages to install for them where those are known."""
    missing = sorted(set(libraries))
    packages = sorted({DEBIAN_PACKAGES[name] for name in missing if name in DEBIAN_PACKAGES})
    advice = f"on Debian and Ubuntu: apt install {' '.join(packages)}" if packages else "install what provides it"
    return f"Qt cannot load {', '.join(missing)}; {advice}"


def connection_problem(platform: str, environ: Mapping[str, str]) -> str | None:
    """Say that there is no display, or that it does not answer."""
    if platform == "xcb":
        display = environ.get("DISPLAY", "")
        answers = x_server_answers(display)
    elif platform.startswith("wayland"):
        display = environ.get("WAYLAND_DISPLAY", "wayland-0")
        answers = wayland_answers(Path(environ.get("XDG_RUNTIME_DIR", "/"), display))
    else:
        return None
    if not display:
        return f"{NO_DISPLAY}; {WITHOUT_DISPLAY}"
    return None if answers else f"the display {display!r} does not answer; {WITHOUT_DISPLAY}"


def x_server_answers(display: str) -> bool:
    """Connect to an X server and disconnect, through the library that Qt uses, so with the same access rights."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    # A connection that failed is an object with an error, so the pointer is never null.
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode(), None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def wayland_answers(path: Path) -> bool:
    """Connect to a Wayland compositor's socket; its library would write a line of its own when it cannot."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
