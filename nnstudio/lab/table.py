"""Writes a sweep's results as one table: a row a run, the same from the window and from the command line."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.run_state import STOPPED
from nnstudio.lab.results import Results

Array = NDArray[Any]

#: What is said of each run, behind the settings of its cell.
RUN_COLUMNS = ("seed", "final_loss", "learned", "epochs_to_learn", "stopped_because")


def runs_table(results: Results, runs: Array | None = None) -> tuple[list[str], list[list[object]]]:
    """Return a header and a row for each run that is done.

    Parameters
    ----------
    results : Results
    runs : ndarray of int64, optional
        Run indices; all without them.

    Returns
    -------
    header : list of str
        The axes' keys, then `RUN_COLUMNS`.
    rows : list of list
        None stands for what there is not: epochs to learn of a run that has not learned, the loss of one without a
        complete epoch.
    """
    sweep = results.sweep
    header = [*(axis.key for axis in sweep.axes), *RUN_COLUMNS]
    settings: dict[int, list[str]] = {}
    chosen = np.arange(sweep.runs) if runs is None else np.asarray(runs)
    chosen = chosen[results.done[chosen]]
    said = (results.final_loss, results.learned, results.epochs_to_learn, results.stopped)
    columns = (chosen.tolist(), *(column[chosen].tolist() for column in said))
    rows: list[list[object]] = []
    for run, loss, learned, epochs, stopped in zip(*columns, strict=True):
        cell, seed = sweep.run(run)
        if cell not in settings:
            settings[cell] = list(sweep.cell_settings(cell).values())
        rows.append(
            [
                *settings[cell],
                seed,
                None if math.isnan(loss) else loss,
                "true" if learned else "false",
                None if epochs < 0 else epochs,
                STOPPED[stopped],
            ]
        )
    return header, rows
