"""Decides what `nnstudio` does: a command without a window, or else the window."""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from nnstudio import preflight

COMMANDS = ("train", "sweep", "list", "snapshot")


def opens_window(arguments: Sequence[str]) -> bool:
    """Say whether the arguments ask for the window: there are none, or the first is an experiment file.

    A bare word that is no file is left to the command line, which answers a misspelt command best.
    """
    if not arguments:
        return True
    first = arguments[0]
    if first in COMMANDS or first.startswith("-"):
        return False
    return bool(Path(first).suffix) or Path(first).exists()


def file_problem(arguments: Sequence[str]) -> str | None:
    """Say in one line why the experiment file that is named cannot be opened, if that shows already."""
    if len(arguments) > 1:
        return f"expected one experiment file, not {len(arguments)}"
    if arguments and not Path(arguments[0]).is_file():
        return f"there is no file {arguments[0]}" if not Path(arguments[0]).exists() else f"{arguments[0]} is a folder"
    return None


def main(argv: Sequence[str] | None = None) -> int:
    """Run nnstudio.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit status: 0 done, 1 diverged, 2 wrong use or no way to open a window.
    """
    # In the packaged program this file is what a worker process begins with; it then goes no further than here.
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    window = opens_window(arguments)
    problem = file_problem(arguments) if window else None
    if window and not problem:
        problem = preflight.startup_problem(os.environ)
    elif arguments[0] == "snapshot":
        problem = preflight.startup_problem({**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    if problem:
        print(f"nnstudio: {problem}", file=sys.stderr)
        return 2
    # Imported only now: Qt must not load before the checks above, nor at all for `train`, `sweep` and `list`.
    if window:
        from nnstudio.app import main as run
    else:
        from nnstudio.cli import main as run
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
