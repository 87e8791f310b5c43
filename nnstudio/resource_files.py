"""Finds the files of resources/, which lie beside the package in a checkout and inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def resource(*parts: str) -> Path:
    """Return the path of a file or folder of resources/.

    Parameters
    ----------
    *parts : str
        The path below resources/, such as ``"icons", "nnstudio.svg"``.

    Raises
    ------
    FileNotFoundError
        When there is no such file or folder.
    """
    installed = _PACKAGE / "resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    path = root.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"nnstudio has no resource {'/'.join(parts)!r} in {root}")
    return path
