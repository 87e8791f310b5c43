"""Keeps a sweep on disk while it runs, so that one that was closed or killed goes on where it was."""

from __future__ import annotations

import io
import itertools
import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.registry import SettingError
from nnstudio.files.data.own import dataset_arrays, dataset_from_arrays
from nnstudio.files.experiment import DAMAGE
from nnstudio.files.replacing import replace_file
from nnstudio.lab.plan import Method
from nnstudio.lab.results import Part, Results
from nnstudio.lab.sweep import Sweep

Array = NDArray[Any]

#: Version of the format that is written; older ones are read.
FORMAT = 1
_SWEEP, _OWN = "sweep.json", "data.npz"
_PART = re.compile(r"part-(\d+)-(\d+)\.npz")
_COLUMNS = tuple(column.name for column in fields(Part))


class StoreError(Exception):
    """A sweep that cannot be kept or read; the message names it and what was expected."""


@dataclass(frozen=True)
class StoredSweep:
    """What a list of kept sweeps shows of one.

    Attributes
    ----------
    path : Path
        Its folder.
    created : datetime
    runs, done : int
        How many runs there are to be, and are.
    about : mapping
        What was noted when it was made.
    """

    path: Path
    created: datetime
    runs: int
    done: int
    about: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class SweepStore:
    """A sweep in a folder of its own: what it is, and a file for each part that is done.

    Attributes
    ----------
    path : Path
        The folder.
    sweep : Sweep
    about : mapping
        Numbers and texts that were noted when it was made, such as a title.
    """

    path: Path
    sweep: Sweep
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def create(cls, path: Path, sweep: Sweep, about: Mapping[str, Any] | None = None) -> Self:
        """Begin to keep a sweep.

        Parameters
        ----------
        path : Path
            The folder, which is made; `new_folder` has a name for one.
        sweep : Sweep
        about : mapping, optional
            Numbers and texts to note with it.

        Raises
        ------
        StoreError
            If there is a sweep already, or the folder cannot be written to.
        """
        about = dict(about or {})
        content = {
            "format": FORMAT,
            "created": datetime.now().isoformat(timespec="seconds"),
            "runs": sweep.runs,
            "about": about,
            "sweep": sweep.to_dict(),
        }
        try:
            path.mkdir(parents=True, exist_ok=True)
            if (path / _SWEEP).exists():
                raise StoreError(f"{path} holds a sweep already: expected another folder")
            if sweep.base.own is not None:
                replace_file(path / _OWN, _packed(dataset_arrays(sweep.base.own)))
            replace_file(path / _SWEEP, json.dumps(content, indent=1).encode())
        except OSError as error:
            raise _not_written(path, error) from error
        return cls(path, sweep, about)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Return a sweep that is kept in a folder.

        Raises
        ------
        StoreError
            If there is none, or it is damaged, or from a newer program.
        """
        content = _content(path)
        try:
            own = _own(path)
            return cls(path, Sweep.from_dict(content["sweep"], own), content["about"])
        except SettingError as error:
            raise StoreError(f"{path.name}: {error}") from error
        except DAMAGE as error:
            raise _damaged(path) from error

    def add(self, part: Part) -> None:
        """Keep what a task has brought.

        Raises
        ------
        StoreError
            If it cannot be written; what is there stays.
        """
        content = _packed({name: getattr(part, name) for name in _COLUMNS})
        try:
            replace_file(self.path / f"part-{next(self._numbers):06}-{len(part.runs)}.npz", content)
        except OSError as error:
            raise _not_written(self.path, error) from error

    @cached_property
    def _numbers(self) -> Iterator[int]:
        """The numbers of the parts to come; one program at a time adds to a sweep."""
        return itertools.count(1 + max((int(name[1]) for name, _ in _parts(self.path)), default=-1))

    def load(self) -> Results:
        """Return all that is known of the sweep; parts that are damaged are left out, and so are yet to be done.

        Raises
        ------
        StoreError
            If the folder cannot be read.
        """
        method: Method = self.about["method"] if self.about.get("method") in get_args(Method) else "grid"
        results = Results(self.sweep, method)
        try:
            parts = _parts(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} could not be read: {error.strerror or error}") from error
        for _, path in parts:
            try:
                arrays = _unpacked(path)
                results.take(Part(**{name: arrays[name] for name in _COLUMNS}))
            except (OSError, *DAMAGE):
                continue
        return results

    def remove(self) -> None:
        """Delete the sweep and its folder.

        Raises
        ------
        StoreError
            If that cannot be.
        """
        try:
            shutil.rmtree(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} could not be deleted: {error.strerror or error}") from error


def new_folder(parent: Path) -> Path:
    """Return the path of a folder for a sweep that begins now; it is not made."""
    return parent / f"{datetime.now():%Y-%m-%d %H-%M-%S} {secrets.token_hex(2)}"


def list_sweeps(parent: Path) -> tuple[list[StoredSweep], list[str]]:
    """Return the sweeps that are kept in folders of a folder.

    Parameters
    ----------
    parent : Path
        It need not exist.

    Returns
    -------
    sweeps : list of StoredSweep
        The latest first.
    problems : list of str
        Why others are left out.
    """
    sweeps: list[StoredSweep] = []
    problems: list[str] = []
    try:
        folders = sorted(path for path in parent.iterdir() if (path / _SWEEP).is_file()) if parent.is_dir() else []
    except OSError as error:
        return [], [f"{parent} could not be read: {error.strerror or error}"]
    for path in folders:
        try:
            sweeps.append(_listed(path))
        except StoreError as error:
            problems.append(str(error))
        except (OSError, *DAMAGE):
            problems.append(str(_damaged(path)))
    return sorted(sweeps, key=lambda sweep: sweep.created, reverse=True), problems


def _listed(path: Path) -> StoredSweep:
    content = _content(path)
    runs, created = content["runs"], datetime.fromisoformat(content["created"])
    if not isinstance(runs, int) or created.tzinfo is not None:
        raise _damaged(path)
    # A part that was written twice is counted twice here; `SweepStore.load` looks more closely.
    done = min(runs, sum(int(name[2]) for name, _ in _parts(path)))
    return StoredSweep(path, created, runs, done, content["about"])


def _content(path: Path) -> dict[str, Any]:
    try:
        content = json.loads((path / _SWEEP).read_text("utf-8"))
    except OSError as error:
        raise StoreError(f"{path} could not be read: expected a folder with {_SWEEP} in it") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path) from error
    if not isinstance(content, dict) or not isinstance(content.get("about"), dict):
        raise _damaged(path)
    version = content.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _damaged(path)
    if version > FORMAT:
        raise StoreError(
            f"{path.name} is from a newer nnstudio (format {version}, expected up to {FORMAT}): update to open it"
        )
    return content


def _parts(path: Path) -> list[tuple[re.Match[str], Path]]:
    """Return the files of a sweep's parts, the oldest first, with what their names say."""
    found = ((_PART.fullmatch(each.name), each) for each in path.iterdir())
    parts = [(match, each) for match, each in found if match]
    return sorted(parts, key=lambda part: int(part[0][1]))


def _own(path: Path) -> Dataset | None:
    return dataset_from_arrays(_unpacked(path / _OWN)) if (path / _OWN).exists() else None


def _packed(arrays: Mapping[str, Array]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    return content.getvalue()


def _unpacked(path: Path) -> dict[str, Array]:
    # Each member is read whole, and so checked against its checksum, before NumPy looks at it.
    with zipfile.ZipFile(path) as archive:
        return {
            name.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)
            for name in archive.namelist()
        }


def _damaged(path: Path) -> StoreError:
    return StoreError(f"{path.name} is damaged or no sweep: expected a folder that nnstudio has written")


def _not_written(path: Path, error: OSError) -> StoreError:
    return StoreError(f"the sweep could not be kept in {path}: {error.strerror or error}")
