"""Derives every random generator of an experiment from its one visible seed."""

from __future__ import annotations

from functools import cached_property

import numpy as np


class RandomStreams:
    """Independent random generators, one for each purpose, all from the one visible seed.

    Each is made when it is first asked for: of a thousand networks most need only one.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def _stream(self, number: int) -> np.random.Generator:
        # What SeedSequence(seed).spawn(5) would give at this place.
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self._seed, spawn_key=(number,))))

    @cached_property
    def data(self) -> np.random.Generator:
        """Draws generated samples."""
        return self._stream(0)

    @cached_property
    def weights(self) -> np.random.Generator:
        """Draws the weights that training starts from."""
        return self._stream(1)

    @cached_property
    def shuffling(self) -> np.random.Generator:
        """Draws the order of the samples."""
        return self._stream(2)

    @cached_property
    def dropout(self) -> np.random.Generator:
        """Draws the silenced outputs."""
        return self._stream(3)

    @cached_property
    def split(self) -> np.random.Generator:
        """Draws who trains, validates and tests."""
        return self._stream(4)
