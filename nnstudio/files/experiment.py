"""Keeps an experiment on disk: what it is and, once trained, how far it has come."""

from __future__ import annotations

import io
import json
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import STOPPED, RunState
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.engine.timeline import Keyframes, LossHistory, LossOutline
from nnstudio.engine.trainer import Trainer
from nnstudio.files.data.own import dataset_arrays, dataset_from_arrays
from nnstudio.files.replacing import replace_file

Array = NDArray[Any]

#: Version of the format that is written; older ones are read.
FORMAT = 1
SUFFIX = ".nns"
_HIDDEN = "hidden"
_SPEC, _STATE, _OWN = "spec.json", "state.npz", "data.npz"
_MAX_SPEC_BYTES = 2**20
# The largest network with the greediest optimizer, and some room.
_MAX_STATE_BYTES = 2**30
#: What zipfile, NumPy and JSON raise over content that is not what it claims to be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)


class ExperimentFileError(Exception):
    """An experiment file that cannot be read or written; the message names the file and what was expected."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """All that an experiment file holds.

    Attributes
    ----------
    spec : ExperimentSpec
    state : RunState, optional
        How far a run has come; `Trainer.restore` takes it.
    losses : mapping of str to LossHistory
        The losses so far: "training" and, where samples are kept for them, "validation" and "test".
    keyframes : mapping of str to Keyframes
        What has been recorded at chosen epochs, such as "outputs".
    hidden : frozenset of str
        Paths of the settings that the form does not show, and parameters of choices such as "data.name:noise", so that
        a class sees only what it is to change.
    branched : bool
        Whether the run went another way than training the experiment from its start goes.
    """

    spec: ExperimentSpec
    state: RunState | None = None
    losses: Mapping[str, LossHistory] = field(default_factory=dict)
    keyframes: Mapping[str, Keyframes] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    branched: bool = False


def write_experiment(path: str | os.PathLike[str], experiment: Experiment) -> None:
    """Write an experiment file; one that exists is replaced only once the new one is whole.

    Parameters
    ----------
    path : path-like
        A ``.json`` file takes the spec alone, any other everything.
    experiment : Experiment

    Raises
    ------
    ExperimentFileError
        If the file cannot be written; it is then as it was.
    """
    path = Path(path)
    content = {"format": FORMAT, **experiment.spec.to_dict(), **_hidden_entry(experiment.hidden)}
    spec = json.dumps(content, indent=2).encode() + b"\n"
    if path.suffix.lower() == ".json" and experiment.spec.data.name.name == "own":
        raise ExperimentFileError(
            f"{path.name} was not written: .json holds settings only, not your samples; expected a {SUFFIX} file"
        )
    try:
        replace_file(path, spec if path.suffix.lower() == ".json" else _packed(spec, experiment))
    except (OSError, ValueError) as error:
        raise ExperimentFileError(f"{path.name} could not be written: {_reason(error)}") from error


def _hidden_entry(hidden: frozenset[str]) -> dict[str, object]:
    return {_HIDDEN: sorted(hidden)} if hidden else {}


def settings_text(experiment: Experiment) -> str:
    """Return what differs from the tutorial's experiment as JSON text that `settings_from_text` reads."""
    spec = experiment.spec
    changed = {key: FIELDS[key].plain(spec.get(key)) for key in ExperimentSpec().changed_keys(spec)}
    return json.dumps(changed | _hidden_entry(experiment.hidden), indent=2)


def settings_from_text(text: str, own: Dataset | None = None) -> Experiment:
    """Return the experiment that a text describes, in any form that an experiment file may have.

    Raises
    ------
    ExperimentFileError
        If it is no JSON, or its settings are not known or wrong.
    """
    return _parsed("The text", text.encode(), own)


def _packed(spec: bytes, experiment: Experiment) -> bytes:
    members = {_SPEC: spec}
    if experiment.spec.own is not None:
        members[_OWN] = _zip(
            {f"{name}.npy": _npy(array) for name, array in dataset_arrays(experiment.spec.own).items()}
        )
    if experiment.state is not None:
        arrays = _state_arrays(experiment, experiment.state)
        members[_STATE] = _zip({f"{name}.npy": _npy(array) for name, array in arrays.items()})
    return _zip(members)


def _state_arrays(experiment: Experiment, state: RunState) -> dict[str, Array]:
    arrays = {f"state.{name}": array for name, array in state.to_arrays().items()}
    for name, history in experiment.losses.items():
        if history.epochs:
            outline = history.outline()
            arrays[f"losses.{name}.outline"] = np.stack([outline.first, outline.low, outline.high])
            arrays[f"losses.{name}.last"] = np.array(outline.last)
            arrays[f"losses.{name}.counts"] = np.array([outline.stride, history.epochs])
    for name, keyframes in experiment.keyframes.items():
        arrays[f"keyframes.{name}.rows"] = keyframes.rows
        arrays[f"keyframes.{name}.stride"] = np.array(keyframes.stride)
    if experiment.branched:
        arrays["branched"] = np.array(True)
    return arrays


def _npy(array: Array) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, np.asanyarray(array), allow_pickle=False)
    return content.getvalue()


def _zip(members: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, member in members.items():
            # Without the time of day, so that the same experiment gives the same file.
            archive.writestr(zipfile.ZipInfo(name), member, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def read_experiment(path: str | os.PathLike[str]) -> Experiment:
    """Read an experiment from a ``.nns`` file, or a spec from a ``.json`` file.

    A spec is written as `ExperimentSpec.to_dict` gives it, or with whole paths as keys (``"training.epochs"``); what is
    missing has its default.

    Raises
    ------
    ExperimentFileError
        If there is no such file, or it is damaged, not an experiment, from a newer program or too large.
    """
    path = Path(path)
    content = _content(path)
    if content.startswith(b"PK"):
        return _unpacked(path.name, content)
    if path.suffix.lower() == SUFFIX:
        raise _damaged(path.name)
    return _parsed(path.name, content)


def _content(path: Path) -> bytes:
    try:
        if not path.exists():
            raise ExperimentFileError(f"there is no file {path}: expected an experiment ({SUFFIX} or .json)")
        if not path.is_file():
            raise ExperimentFileError(f"{path} is not a file: expected an experiment ({SUFFIX} or .json)")
        if path.stat().st_size > _MAX_STATE_BYTES:
            raise ExperimentFileError(f"{path.name} is too large for an experiment: expected at most 1 GiB")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise ExperimentFileError(f"{path.name} could not be read: {_reason(error)}") from error


def _unpacked(name: str, content: bytes) -> Experiment:
    try:
        with _archive(name, content) as archive:
            names = archive.namelist()
            if _SPEC not in names:
                raise ExperimentFileError(f"{name} is not an nnstudio experiment: expected {_SPEC} in it")
            own = dataset_from_arrays(_arrays(name, archive.read(_OWN))) if _OWN in names else None
            with archive.open(_SPEC) as member:
                experiment = _parsed(name, member.read(_MAX_SPEC_BYTES + 1), own)
            # A comment that nobody wrote may hide the entry behind it, and with it all that was trained.
            if not {_SPEC, _STATE, _OWN}.issuperset(names) or any(
                info.comment or info.extra for info in archive.infolist()
            ):
                raise _damaged(name)
            if _STATE not in names:
                return experiment
            arrays = _arrays(name, archive.read(_STATE))
            experiment = _assembled(experiment, arrays)
    except DAMAGE as error:
        raise _damaged(name) from error
    _refuse_foreign_state(name, experiment)
    return experiment


def _archive(name: str, content: bytes) -> zipfile.ZipFile:
    """Open a zip whose members unfold to no more than an experiment may take; reading them checks their checksums."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in archive.infolist()):
        raise zipfile.BadZipFile("a compression that is never written")
    if sum(info.file_size for info in archive.infolist()) > _MAX_STATE_BYTES:
        raise ExperimentFileError(f"{name} is too large for an experiment: it would take more than 1 GiB")
    return archive


def _arrays(name: str, content: bytes) -> dict[str, Array]:
    # Each member is read whole, and so checked against its checksum, before NumPy looks at it.
    with _archive(name, content) as archive:
        return {
            member.removesuffix(".npy"): np.lib.format.read_array(io.BytesIO(archive.read(member)), allow_pickle=False)
            for member in archive.namelist()
        }


def _assembled(bare: Experiment, arrays: Mapping[str, Array]) -> Experiment:
    state = {key.removeprefix("state."): array for key, array in arrays.items() if key.startswith("state.")}
    losses = {
        name: _history(array, arrays[f"losses.{name}.last"], arrays[f"losses.{name}.counts"])
        for name, array in _family(arrays, "losses", "outline")
    }
    keyframes = {
        name: _keyframes(rows, arrays[f"keyframes.{name}.stride"])
        for name, rows in _family(arrays, "keyframes", "rows")
    }
    return Experiment(bare.spec, RunState.from_arrays(state), losses, keyframes, bare.hidden, "branched" in arrays)


def _family(arrays: Mapping[str, Array], family: str, part: str) -> list[tuple[str, Array]]:
    head, tail = f"{family}.", f".{part}"
    return [
        (key[len(head) : -len(tail)], array)
        for key, array in arrays.items()
        if key.startswith(head) and key.endswith(tail)
    ]


def _history(outline: Array, last: Array, counts: Array) -> LossHistory:
    first, low, high = _floats(outline)
    stride, epochs = (_positive(count) for count in counts)
    if len(first) != -(-epochs // stride):
        raise ValueError("the outline of the losses has another length than its epochs")
    outline_read = LossOutline(stride, first, low, high, float(last))
    return LossHistory.from_outline(outline_read, epochs, max(4096, _even(len(first))))


def _keyframes(rows: Array, stride: Array) -> Keyframes:
    rows = _floats(rows)
    # Room for what was kept, should it be more than is usual.
    capacity, max_bytes = max(512, _even(len(rows))), max(2**25, rows.nbytes + 8 * rows.shape[1])
    return Keyframes.from_rows(rows, _positive(stride), capacity, max_bytes)


def _even(count: int) -> int:
    return count + count % 2


def _floats(array: Array) -> Array:
    if array.dtype.kind != "f" or array.ndim != 2:
        raise ValueError("expected a table of numbers")
    return array.astype(float)


def _positive(count: Array) -> int:
    if count.dtype.kind not in "iu" or count < 1:
        raise ValueError("expected a whole number above 0")
    return int(count)


def _parsed(name: str, content: bytes, own: Dataset | None = None) -> Experiment:
    if len(content) > _MAX_SPEC_BYTES:
        raise ExperimentFileError(f"{name} is too large for the settings of an experiment: expected at most 1 MiB")
    try:
        settings = json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ExperimentFileError(
            f"{name} is not an experiment: expected JSON, but line {error.lineno} has an error ({error.msg})"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ExperimentFileError(
            f"{name} is not an experiment: expected {SUFFIX}, or settings as JSON text"
        ) from error
    if not isinstance(settings, dict):
        raise ExperimentFileError(
            f'{name} is not an experiment: expected settings in braces, such as {{"training": {{"epochs": 5000}}}}'
        )
    if isinstance(settings.get("settings"), dict):
        settings = settings["settings"]  # an example experiment, which has a title and a description too
    version = settings.pop("format", FORMAT)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ExperimentFileError(f"{name} has format {version!r}: expected a whole number from 1 to {FORMAT}")
    if version > FORMAT:
        raise ExperimentFileError(
            f"{name} is from a newer nnstudio (format {version}, expected up to {FORMAT}): update to open it"
        )
    hidden = settings.pop(_HIDDEN, [])
    if not isinstance(hidden, list) or not all(
        isinstance(key, str) and key.partition(":")[0] in FIELDS for key in hidden
    ):
        raise ExperimentFileError(f'{name} hides {hidden!r}: expected a list of settings, such as ["seed"]')
    try:
        return Experiment(ExperimentSpec.from_dict(settings, own), hidden=frozenset(hidden))
    except SettingError as error:
        raise ExperimentFileError(f"{name}: {error}") from error


def _refuse_foreign_state(name: str, experiment: Experiment) -> None:
    state = experiment.state
    assert state is not None
    try:
        _check_state(Trainer(experiment.spec), state)
    except DAMAGE as error:
        raise ExperimentFileError(
            f"{name} cannot be opened: its trained state does not fit its settings ({error})"
        ) from error


def _check_state(trainer: Trainer, state: RunState) -> None:
    """Raise an error that `DAMAGE` names if the trainer's run could not go on from a state."""
    fresh = trainer.state()
    if _kinds(state) != _kinds(fresh):
        raise ValueError("it belongs to another network or optimizer")
    if not all(type(count) in (int, float) for count in state.counters.values()):
        raise ValueError("a count is not a number")
    if "order" in state.arrays and (np.sort(state.arrays["order"]) != fresh.arrays["order"]).any():
        raise ValueError("the order of the samples names one twice")
    if not np.isfinite(state.arrays["parameters"]).all():
        raise ValueError("a parameter is not finite")
    if state.stopped not in (None, *STOPPED):
        raise ValueError(f"{state.stopped!r} is no reason to stop")
    trainer.restore(state)
    if trainer.epoch < 0 or not 0 <= trainer.batch < trainer.batches_per_epoch:
        raise ValueError("its epoch or batch is out of range")
    trainer.advance(1)


def _kinds(state: RunState) -> tuple[object, ...]:
    arrays = {key: (array.shape, array.dtype.newbyteorder("=")) for key, array in state.arrays.items()}
    return arrays, set(state.generators), set(state.counters)


def _damaged(name: str) -> ExperimentFileError:
    return ExperimentFileError(
        f"{name} is damaged or not an nnstudio experiment: expected a file that nnstudio has saved"
    )


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
