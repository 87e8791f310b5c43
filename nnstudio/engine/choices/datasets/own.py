"""A person's own samples, which the experiment carries with it."""

from __future__ import annotations

import numpy as np

from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.registry import Entry, SettingError


def _missing(*, rng: np.random.Generator) -> Dataset:
    raise SettingError("data.name", OWN.name, "a file of yours that has been opened, or points that have been painted")


OWN: Entry[Dataset] = Entry(
    name="own",
    label="Your own",
    build=_missing,
    summary="The samples of a file that you opened, or the points that you painted.",
)
