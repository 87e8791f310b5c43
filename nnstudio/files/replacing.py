"""Writes a file whole or not at all, so that a crash or a full disk never costs what was there before."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from pathlib import Path


def replace_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file by way of a temporary one beside it, which then takes its place.

    An existing file keeps its permissions, and a link stays a link. What is no ordinary file, such as a pipe, is
    written to directly.

    Parameters
    ----------
    path : path-like
        Where to write.
    content : bytes
        All that the file is to hold.

    Raises
    ------
    OSError
        If it cannot be written; the file is then as it was, and nothing else is left behind.
    """
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    target = path.resolve()
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, f"{target} is a folder", str(target))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {target.parent}", str(target))
    temporary = target.with_name(f".nnstudio-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
