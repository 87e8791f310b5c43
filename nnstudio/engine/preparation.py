"""Makes the samples of an experiment ready for training, once for all that ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import DATASETS, Dataset
from nnstudio.engine.encoding import Encoding
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.settings import DataSpec
from nnstudio.engine.split import TRAINING, split

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Preparation:
    """Samples, who of them trains, and how the network sees them.

    Attributes
    ----------
    dataset : Dataset
    parts : ndarray of int8, shape (samples,)
        Not writable.
    encoding : Encoding
    """

    dataset: Dataset
    parts: Array
    encoding: Encoding

    def rows(self, part: int) -> Array:
        """Return the rows of a part's samples, shape (samples of the part,)."""
        return np.flatnonzero(self.parts == part)

    def count(self, part: int) -> int:
        """Return how many samples a part has."""
        return int(np.count_nonzero(self.parts == part))


# A change of any other setting asks for the same samples again, and fifty thousand are not made in no time.
@lru_cache(maxsize=8)
def prepare(data: DataSpec, own: Dataset | None) -> Preparation:
    """Return the prepared samples of an experiment.

    Parameters
    ----------
    data : DataSpec
    own : Dataset or None
        The samples, if they are the person's own.
    """
    streams = RandomStreams(data.seed)
    made = own if own is not None else DATASETS.build(data.name, rng=streams.data)
    dataset = made.coded(data.targets)
    parts = split(dataset, validation=data.validation_share, test=data.test_share, generator=streams.split)
    parts.flags.writeable = False
    # Without a sample that trains the experiment will be refused; until then any will do to take a scale from.
    rows = np.flatnonzero(parts == TRAINING)
    encoding = Encoding(dataset, rows if len(rows) else np.arange(dataset.samples), data.features, data.scaling)
    return Preparation(dataset, parts, encoding)
