"""Derives every random generator of an experiment from its one visible seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RandomStreams:
    """Independent random generators, one for each purpose, all from the one visible seed."""

    data: np.random.Generator
    weights: np.random.Generator
    shuffling: np.random.Generator
    dropout: np.random.Generator
    split: np.random.Generator


def random_streams(seed: int) -> RandomStreams:
    """Return fresh streams for a seed; the same seed gives the same streams."""
    return RandomStreams(
        *(np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(5))
    )
