"""Keeps the runs of a sweep in a CSV file while they come, and reads them back to go on where it was."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from nnstudio.cli.arguments import UsageError, answered
from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import STOPPED
from nnstudio.files.replacing import replace_file
from nnstudio.files.tables import table_text
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.lab.results import Part, Results, patterns_of
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.table import runs_table

Array = NDArray[Any]

#: How a run has ended: final loss, verdict, epochs to learn, why it stopped, epochs.
_Ending = tuple[float, int, int, int, int]

_LEARNED, _DIVERGED, _OTHER = map(VERDICTS.index, ("learned", "diverged", "not learned yet"))


class SweepFile:
    """A CSV file with a row for each run: what is in it survives whatever happens to the program.

    Parameters
    ----------
    path : str
    sweep : Sweep
    rungs : bool
        Whether runs are trained for different numbers of epochs, so that a column has to tell for how many. Until the
        sweep is complete a run then has a row for each time that it was trained.
    """

    def __init__(self, path: str, sweep: Sweep, *, rungs: bool = False) -> None:
        self.path = Path(path)
        self._sweep = sweep
        self._rungs = rungs
        # Where the next row goes: behind the last one that is complete. None before the file is there.
        self._end: int | None = None
        self._size = 0

    def load(self, results: Results) -> None:
        """Put the runs that the file holds among the results; a last line that is not complete does not count.

        Raises
        ------
        UsageError
            If there is something in it that is not of this sweep.
        """
        with answered(self.path, "read"):
            content = self.path.read_bytes()
        self._end, self._size = content.rfind(b"\n") + 1, len(content)
        try:
            text = content[: self._end].decode("utf-8-sig")
            lines = [line for line in csv.reader(text.splitlines(), strict=True) if line]
        except (UnicodeDecodeError, csv.Error) as error:
            raise self._foreign("it is no table") from error
        if not lines:
            return
        header, _ = self._table(results, np.empty(0, np.int64))
        if lines[0] != header:
            raise self._foreign(f"it has the columns {', '.join(lines[0])}, and this sweep {', '.join(header)}")
        cells = _Cells(self._sweep)
        found: dict[int, _Ending] = {}
        for number, row in enumerate(lines[1:], 2):
            try:
                run = self._run(cells, row, len(header))
                found[run] = _ending(row[len(self._sweep.axes) + 1 :])
            except ValueError as error:
                reason = str(error) if isinstance(error, _LineError) else f"{','.join(row)!r} is no row of a sweep"
                raise self._foreign(f"line {number}: {reason}") from error
        for part in self._parts(results, found):
            results.take(part)

    def _run(self, cells: _Cells, row: Sequence[str], width: int) -> int:
        """Return the index of a row's run."""
        if len(row) != width:
            raise _LineError(f"{len(row)} cells, expected {width}")
        axes, seeds = len(self._sweep.axes), self._sweep.seeds
        cell = cells.find(tuple(row[:axes]))
        seed = int(row[axes])
        if seed not in seeds:
            raise _LineError(f"seed {seed}, and this sweep's seeds are {seeds.start:,} to {seeds.stop - 1:,}")
        return cell * len(seeds) + seed - seeds.start

    def _parts(self, results: Results, found: dict[int, _Ending]) -> Iterator[Part]:
        """Yield the runs of each cell; their curves and outputs are not known."""
        by_cell: dict[int, list[int]] = {}
        for run in sorted(found):
            by_cell.setdefault(run // len(self._sweep.seeds), []).append(run)
        for cell, runs in by_cell.items():
            spec = self._sweep.spec(cell)
            endings = zip(*(found[run] for run in runs), strict=True)
            losses, verdicts, to_learn, stopped, epochs = (np.array(column) for column in endings)
            yield Part(
                runs=np.array(runs),
                final_loss=losses,
                epochs_to_learn=to_learn,
                epochs=epochs if self._rungs else np.full(len(runs), spec.training.epochs),
                stopped=stopped.astype(np.uint8),
                verdict=verdicts.astype(np.uint8),
                curves=np.full((len(runs), results.points), np.nan, np.float32),
                outputs=np.full((len(runs), patterns_of(spec), spec.dataset().targets.shape[1]), np.nan, np.float32),
            )

    def _foreign(self, reason: str) -> UsageError:
        return UsageError(
            f"{self.path} does not belong to this sweep: {reason}. --resume expects the file, the experiment and the "
            "axes of the sweep that is to go on; another -o begins anew"
        )

    def refuse_existing(self) -> None:
        """Refuse to write over a file that is there.

        Raises
        ------
        UsageError
        """
        if self.path.exists():
            raise UsageError(
                f"{self.path} is there already: expected --resume to go on with it, or another name to begin anew"
            )

    def refuse_loss(self, results: Results, run: int, loss: float) -> NoReturn:
        """Refuse the file because a run that was trained again did not end with the loss that it says.

        Raises
        ------
        UsageError
        """
        cell, seed = self._sweep.run(run)
        of = "".join(f", {key}={text}" for key, text in self._sweep.cell_settings(cell).items())
        kept = float(results.final_loss[run])
        raise self._foreign(f"seed {seed}{of} ended with loss {kept:.9g} there, and ends with {loss:.9g} now")

    def append(self, results: Results, runs: Array) -> None:
        """Write the rows of runs behind the others, so that nothing but the disk can lose them.

        Raises
        ------
        UsageError
            If they cannot be written, or something else has been written there.
        """
        text = table_text(*self._table(results, runs))
        with answered(self.path), self.path.open("xb" if self._end is None else "r+b") as file:
            if file.seek(0, os.SEEK_END) != self._size:
                raise UsageError(
                    f"{self.path} is being written to by another program: expected a file for this sweep alone"
                )
            file.seek(0)
            if self._end:
                text = text.partition("\n")[2]
                file.seek(self._end)
            file.write(text.encode())
            file.truncate()
            self._end = self._size = file.tell()

    def finish(self, results: Results) -> None:
        """Write the whole table in order: cell by cell, and there seed by seed, one row a run.

        Raises
        ------
        UsageError
            If it cannot be written; the file is then as it was.
        """
        with answered(self.path):
            replace_file(self.path, table_text(*self._table(results, np.arange(self._sweep.runs))).encode())

    def _table(self, results: Results, runs: Array) -> tuple[list[str], list[list[object]]]:
        header, rows = runs_table(results, runs)
        if self._rungs:
            header = [*header, "epochs"]
            done = runs[results.done[runs]]
            rows = [[*row, epochs] for row, epochs in zip(rows, results.epochs[done].tolist(), strict=True)]
        return header, rows


class _LineError(ValueError):
    """A line of the file that is not of this sweep, with the reason."""


class _Cells:
    """Finds the cell that a row belongs to."""

    def __init__(self, sweep: Sweep) -> None:
        self._axes = sweep.axes
        self._by_values = {values: cell for cell, values in enumerate(sweep.cells)}
        self._by_texts: dict[tuple[str, ...], int] = {}

    def find(self, texts: tuple[str, ...]) -> int:
        if texts not in self._by_texts:
            try:
                # By their values: a spreadsheet may have written 0.10 for 0.1.
                values = (axis.parameter.parse(text, axis.key) for axis, text in zip(self._axes, texts, strict=True))
                self._by_texts[texts] = self._by_values[tuple(values)]
            except (SettingError, LookupError) as error:
                named = ", ".join(f"{axis.key}={text}" for axis, text in zip(self._axes, texts, strict=True))
                raise _LineError(f"{named} is not trained by this sweep") from error
        return self._by_texts[texts]


def _ending(cells: Sequence[str]) -> _Ending:
    """Return what the cells behind the seed say."""
    loss, learned, to_learn, stopped, *epochs = cells
    if learned.lower() not in ("true", "false"):
        raise _LineError(f"learned {learned!r}, expected true or false")
    if stopped not in STOPPED:
        raise _LineError(f"stopped_because {stopped!r}, expected one of {', '.join(STOPPED)}")
    verdict = _LEARNED if learned.lower() == "true" else _DIVERGED if stopped == "diverged" else _OTHER
    return (
        float(loss) if loss else math.nan,
        verdict,
        int(to_learn) if to_learn else -1,
        STOPPED.index(stopped),
        int(epochs[0]) if epochs else 0,
    )
