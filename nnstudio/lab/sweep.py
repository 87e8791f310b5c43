"""Describes a sweep: an experiment, what is varied about it, and the seeds that each variant is trained from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis, with_values

#: The most runs, and the most cells, that a sweep can have.
MOST_RUNS, MOST_CELLS = 10_000_000, 20_000
_LAST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Sweep:
    """Many runs of an experiment: each cell gives every axis a value, and is trained from every seed.

    Attributes
    ----------
    base : ExperimentSpec
        What is varied; its own seed is not looked at.
    axes : tuple of Axis
        None: the seeds alone.
    seeds : range
        Of step 1.
    cells : tuple of tuple
        One value for each axis. A sweep without axes has the one cell ``()``.

    Raises
    ------
    SettingError
        If one of the cells cannot be run, or there are too many runs, or none.
    """

    base: ExperimentSpec
    axes: tuple[Axis, ...]
    seeds: range
    cells: tuple[tuple[Any, ...], ...]
    _specs: tuple[ExperimentSpec, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = [axis.key for axis in self.axes]
        for key in keys:
            if keys.count(key) > 1:
                raise SettingError(key, "two axes", "one axis for each setting")
        _check_seeds(self.seeds)
        _check_counts(len(self.cells), len(self.seeds))
        object.__setattr__(self, "_specs", tuple(self._checked(cell) for cell in self.cells))

    def _checked(self, cell: tuple[Any, ...]) -> ExperimentSpec:
        try:
            return with_values(self.base, self.axes, cell)
        except SettingError as error:
            if not self.axes:
                raise
            named = ", ".join(f"{axis.key}={axis.text(value)}" for axis, value in zip(self.axes, cell, strict=True))
            raise SettingError(error.key, error.given, f"{error.expected} (with {named})") from error

    @classmethod
    def grid(cls, base: ExperimentSpec, axes: Sequence[Axis], seeds: range) -> Self:
        """Return the sweep over all combinations of the axes' values; the last axis changes fastest.

        Raises
        ------
        SettingError
        """
        _check_counts(math.prod(len(axis.values) for axis in axes), max(len(seeds), 1))
        return cls(base, tuple(axes), seeds, tuple(itertools.product(*(axis.values for axis in axes))))

    @classmethod
    def random(cls, base: ExperimentSpec, axes: Sequence[Axis], seeds: range, count: int, seed: int = 0) -> Self:
        """Return a sweep over combinations drawn by chance.

        Of a list one of the values is drawn, of a range any number between its ends.

        Parameters
        ----------
        base : ExperimentSpec
        axes : sequence of Axis
        seeds : range
        count : int
            How many combinations; fewer come out where there are no more that differ.
        seed : int
            Where chance comes from.

        Raises
        ------
        SettingError
        """
        if count < 1:
            raise SettingError("cells", count, "at least 1")
        _check_counts(count, max(len(seeds), 1))
        generator = np.random.default_rng(seed)
        cells: dict[tuple[Any, ...], None] = {}
        for _ in range(20 * count):
            cells[tuple(axis.draw(generator) for axis in axes)] = None
            if len(cells) == count:
                break
        return cls(base, tuple(axes), seeds, tuple(cells))

    def spec(self, cell: int) -> ExperimentSpec:
        """Return a cell's experiment; its seed is the base's."""
        return self._specs[cell]

    @property
    def runs(self) -> int:
        """How many runs there are: cells times seeds."""
        return len(self.cells) * len(self.seeds)

    def run(self, index: int) -> tuple[int, int]:
        """Return cell and seed of a run; runs are counted cell by cell."""
        cell, offset = divmod(index, len(self.seeds))
        return cell, self.seeds[offset]

    def run_spec(self, index: int) -> ExperimentSpec:
        """Return a run's experiment, seed included, as the main window trains it."""
        cell, seed = self.run(index)
        return replace(self.spec(cell), seed=seed)

    def runs_of(self, cell: int) -> range:
        """Return the runs of a cell."""
        return range(cell * len(self.seeds), (cell + 1) * len(self.seeds))

    def cell_settings(self, cell: int) -> dict[str, str]:
        """Return the text of each axis's value in a cell, by the axis's key."""
        return {axis.key: axis.text(value) for axis, value in zip(self.axes, self.cells[cell], strict=True)}

    @property
    def is_grid(self) -> bool:
        """Whether the cells are all combinations of the axes' values, in order."""
        return self.cells == tuple(itertools.product(*(axis.values for axis in self.axes)))

    def to_dict(self) -> dict[str, Any]:
        """Return numbers and texts, ready for JSON; samples of the person's own are not among them."""
        nested: dict[str, Any] = {
            "base": self.base.to_dict(),
            "axes": [
                {
                    "key": axis.key,
                    "entry": axis.entry,
                    "scale": axis.scale,
                    "values": [axis.parameter.plain(value) for value in axis.values],
                }
                for axis in self.axes
            ],
            "seeds": [self.seeds.start, self.seeds.stop],
        }
        if not self.is_grid:
            nested["cells"] = [
                [axis.parameter.plain(value) for axis, value in zip(self.axes, cell, strict=True)]
                for cell in self.cells
            ]
        return nested

    @classmethod
    def from_dict(cls, nested: Mapping[str, Any], own: Dataset | None = None) -> Self:
        """Return the sweep that `to_dict` wrote.

        Parameters
        ----------
        nested : mapping
        own : Dataset, optional
            The samples of a sweep on a person's own.

        Raises
        ------
        SettingError
            If a setting is not known or wrong.
        ValueError, TypeError, LookupError
            If it is damaged.
        """
        base = ExperimentSpec.from_dict(nested["base"], own)
        axes = tuple(
            Axis(str(axis["key"]), tuple(map(_hashable, axis["values"])), axis["scale"], str(axis["entry"]))
            for axis in nested["axes"]
        )
        start, stop = nested["seeds"]
        seeds = range(start, stop)
        if "cells" not in nested:
            return cls.grid(base, axes, seeds)
        cells = tuple(
            tuple(axis.parameter.parse(value, axis.key) for axis, value in zip(axes, cell, strict=True))
            for cell in nested["cells"]
        )
        return cls(base, axes, seeds, cells)


def parse_seeds(text: str) -> range:
    """Return the seeds that a text stands for: ``1000`` means 0 to 999, ``5:25`` means 5 to 24.

    Raises
    ------
    SettingError
        If it says something else, or nothing.
    """
    start, colon, stop = text.replace(",", "").partition(":")
    try:
        seeds = range(int(start), int(stop)) if colon else range(int(start))
    except ValueError:
        seeds = range(0)
    if not seeds:
        raise SettingError("seeds", text, "how many, such as 1000, or a range such as 5:25, which means 5 to 24")
    _check_seeds(seeds)
    return seeds


def _check_seeds(seeds: range) -> None:
    if not seeds or seeds.step != 1:
        raise SettingError("seeds", f"{seeds.start}:{seeds.stop}", "at least one seed")
    if seeds.start < 0 or seeds.stop - 1 > _LAST_SEED:
        raise SettingError("seeds", f"{seeds.start}:{seeds.stop}", f"seeds from 0 to {_LAST_SEED:,}")


def _check_counts(cells: int, seeds: int) -> None:
    if cells < 1:
        raise SettingError("axes", "no cells", "at least one value for each axis")
    if cells > MOST_CELLS:
        raise SettingError("axes", f"{cells:,} combinations", f"at most {MOST_CELLS:,}")
    if cells * seeds > MOST_RUNS:
        raise SettingError("seeds", f"{cells:,} × {seeds:,} runs", f"at most {MOST_RUNS:,} runs")


def _hashable(value: Any) -> Any:
    if isinstance(value, list | dict):
        raise ValueError("expected a number or a text for each value of an axis")
    return value
