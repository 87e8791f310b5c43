"""Keeps runs that were put aside for comparing: what was run, how its loss fell, and how it ended."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Network
from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.data.own import dataset_arrays, dataset_from_arrays
from nnstudio.files.replacing import replace_file
from nnstudio.insight.outcomes import Kind

Array = NDArray[Any]

FORMAT = 1
FILE = "pins.json"
#: Where a run comes from: trained in the window, gone on from changed weights or settings, or one of a sweep.
ORIGINS = ("run", "branch", "sweep")
KINDS: tuple[str, ...] = get_args(Kind)
#: Points of a curve that are kept: more than a chart of many runs can show.
POINTS = 250
# What JSON, NumPy and the settings raise over content that is not what it claims to be.
_DAMAGE = (ValueError, TypeError, LookupError, OverflowError, EOFError, OSError, SettingError)


@dataclass(frozen=True, eq=False)
class PinnedRun:
    """A run as it was when it was pinned.

    Attributes
    ----------
    name : str
    spec : ExperimentSpec
    curve_epochs : ndarray, shape (points,)
        0-based epochs, in order.
    curve : ndarray, shape (points,)
        Their losses; the last is that of the last epoch.
    final_loss : float
        nan where there is none.
    outcome, kind : str
        How the run stood, in words, and the kind of `nnstudio.insight.outcomes.Outcome`.
    epochs : int
        Epochs that were complete.
    origin : str
        One of `ORIGINS`.
    parameters : ndarray, shape (parameters,), optional
        The weights and biases of a branch, which training the experiment from its start would not give.
    """

    name: str
    spec: ExperimentSpec
    curve_epochs: Array = field(repr=False)
    curve: Array = field(repr=False)
    final_loss: float
    outcome: str
    kind: str
    epochs: int
    origin: str = "run"
    parameters: Array | None = field(default=None, repr=False)

    def is_run_of(self, other: PinnedRun) -> bool:
        """Return whether another pin is of the very same run at the same epoch."""
        if (self.spec, self.epochs) != (other.spec, other.epochs):
            return False
        if self.parameters is None or other.parameters is None:
            return self.parameters is other.parameters
        return np.array_equal(self.parameters, other.parameters)


def thinned(epochs: ArrayLike, losses: ArrayLike) -> tuple[Array, Array]:
    """Return at most `POINTS` points of a curve, the first and the last among them; what is not finite is left out.

    Parameters
    ----------
    epochs, losses : array_like, shape (points,)

    Returns
    -------
    epochs : ndarray of int64, shape (at most POINTS,)
    losses : ndarray of float64, shape (at most POINTS,)
    """
    places, values = np.asarray(epochs, np.int64), np.asarray(losses, np.float64)
    kept = np.flatnonzero(np.isfinite(values))
    if len(kept) > POINTS:
        kept = kept[np.linspace(0, len(kept) - 1, POINTS).round().astype(int)]
    return places[kept], values[kept]


class PinsFolder:
    """The folder in which pinned runs are kept. Several programs may use it: each keeps what others have pinned.

    Parameters
    ----------
    path : Path
        It need not exist until something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # What the file held when it was last read or written here, and which of it this program knows.
        self._content = b""
        self._there: tuple[PinnedRun, ...] = ()
        self._known: tuple[PinnedRun, ...] = ()
        # A run never changes: each is put into words once.
        self._entries: WeakKeyDictionary[PinnedRun, str] = WeakKeyDictionary()

    def read(self) -> tuple[tuple[PinnedRun, ...], list[str]]:
        """Return the pinned runs, and in words what could not be read of them.

        Entries that are damaged are left out; the file as it was is then kept beside as ``pins-damaged.json``.
        """
        path = self.path / FILE
        problems: list[str] = []
        if not path.exists():
            return (), []
        try:
            self._content = path.read_bytes()
            self._there, problems = _parsed(self._content, self.path)
        except (*_DAMAGE, RecursionError) as error:
            problems = [f"the pinned runs could not be read: {error}"]
        if problems and self._content:
            try:
                replace_file(self.path / "pins-damaged.json", self._content)
            except OSError as error:
                problems.append(f"the file could not be copied: {error}")
        self._known = self._there
        return self._known, [f"{path}: {problem}" for problem in problems]

    def write(self, pins: Sequence[PinnedRun]) -> None:
        """Write pinned runs; what stood there is replaced only once the new is whole.

        What another program has pinned since this one last read or wrote stays; what it has removed is gone.

        Raises
        ------
        OSError
            If they cannot be written; what was kept before is still there.
        """
        merged = self._merged(pins)
        distinct = {id(pin.spec.own): pin.spec.own for pin in merged}
        own = {_digest(dataset): dataset for dataset in distinct.values() if dataset is not None}
        for digest, dataset in own.items():
            if not _samples_path(self.path, digest).exists():
                content = io.BytesIO()
                arrays: dict[str, Any] = {**dataset_arrays(dataset)}
                np.savez_compressed(content, **arrays)
                replace_file(_samples_path(self.path, digest), content.getvalue())
        text = f'{{"format": {FORMAT}, "pins": [{", ".join(map(self._entry, merged))}]}}'.encode()
        replace_file(self.path / FILE, text)
        self._content, self._there, self._known = text, merged, tuple(pins)
        for path in self.path.glob("samples-*.npz"):
            if path.stem.removeprefix("samples-") not in own:
                path.unlink(missing_ok=True)

    def _merged(self, pins: Sequence[PinnedRun]) -> tuple[PinnedRun, ...]:
        """Return these with what others have pinned, and without what they have removed."""
        try:
            content = (self.path / FILE).read_bytes()
            there = self._there if content == self._content else _parsed(content, self.path)[0]
        except (*_DAMAGE, RecursionError):
            return tuple(pins)
        known, theirs = (set(map(self._entry, some)) for some in (self._known, there))
        gone = known - theirs
        return (
            *(pin for pin in pins if self._entry(pin) not in gone),
            *(pin for pin in there if self._entry(pin) not in known),
        )

    def _entry(self, pin: PinnedRun) -> str:
        if pin not in self._entries:
            self._entries[pin] = json.dumps(_to_dict(pin), allow_nan=False)
        return self._entries[pin]


def _parsed(content: bytes, folder: Path) -> tuple[tuple[PinnedRun, ...], list[str]]:
    """Return the pinned runs that a file holds, and why others are left out; raise what `_DAMAGE` names."""
    whole = json.loads(content)
    if whole["format"] != FORMAT:
        raise ValueError(f"its format is {whole['format']!r}, expected {FORMAT}")
    pins, problems = [], []
    samples = cache(partial(_read_samples, folder))
    for number, entry in enumerate(whole["pins"], 1):
        try:
            pins.append(_from_dict(entry, samples))
        except _DAMAGE as error:
            problems.append(f"pinned run {number} was left out: {error}")
    return tuple(pins), problems


def _to_dict(pin: PinnedRun) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": pin.name,
        "spec": pin.spec.to_dict(),
        "curve_epochs": pin.curve_epochs.tolist(),
        "curve": pin.curve.tolist(),
        "final_loss": pin.final_loss if math.isfinite(pin.final_loss) else None,
        "outcome": pin.outcome,
        "kind": pin.kind,
        "epochs": pin.epochs,
        "origin": pin.origin,
    }
    if pin.spec.own is not None:
        entry["samples"] = _digest(pin.spec.own)
    if pin.parameters is not None:
        entry["parameters"] = base64.b64encode(pin.parameters.astype("<f8").tobytes()).decode("ascii")
    return entry


def _from_dict(entry: Mapping[str, Any], samples: Callable[[str], Dataset]) -> PinnedRun:
    own = samples(str(entry["samples"])) if "samples" in entry else None
    loss, parameters = entry["final_loss"], entry.get("parameters")
    epochs, losses = np.array(entry["curve_epochs"], np.int64), np.array(entry["curve"], np.float64)
    if epochs.ndim != 1 or epochs.shape != losses.shape or (np.diff(epochs) <= 0).any():
        raise ValueError("its curve is damaged: expected a loss for each of some epochs in order")
    if not np.isfinite(losses).all() or int(entry["epochs"]) < 0:
        raise ValueError("its numbers are damaged: expected finite losses and a number of epochs")
    if entry["origin"] not in ORIGINS or entry["kind"] not in KINDS:
        raise ValueError(f"expected one of {', '.join(ORIGINS)}, and one of {', '.join(KINDS)}")
    spec = ExperimentSpec.from_dict(entry["spec"], own)
    return PinnedRun(
        name=str(entry["name"]),
        spec=spec,
        curve_epochs=epochs,
        curve=losses,
        final_loss=math.nan if loss is None else float(loss),
        outcome=str(entry["outcome"]),
        kind=entry["kind"],
        epochs=int(entry["epochs"]),
        origin=entry["origin"],
        parameters=None if parameters is None else _read_parameters(parameters, spec),
    )


def _read_parameters(text: str, spec: ExperimentSpec) -> Array:
    parameters = np.frombuffer(base64.b64decode(text, validate=True), "<f8")
    if parameters.size != Network.from_spec(spec).layout.size or not np.isfinite(parameters).all():
        raise ValueError("its weights do not fit its network")
    return parameters


def _digest(dataset: Dataset) -> str:
    # Of the content, so that many runs on the same samples keep them once.
    content = hashlib.sha256()
    for array in dataset_arrays(dataset).values():
        content.update(repr(array.shape).encode())
        content.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return content.hexdigest()[:24]


def _samples_path(folder: Path, digest: str) -> Path:
    return folder / f"samples-{digest}.npz"


def _read_samples(folder: Path, digest: str) -> Dataset:
    path = _samples_path(folder, os.path.basename(digest))
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dataset_from_arrays({name: arrays[name] for name in arrays.files})
    except _DAMAGE as error:
        raise ValueError(f"its samples could not be read ({error})") from error
