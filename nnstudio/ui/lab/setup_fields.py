"""Describes the fields of the lab's form as settings are described, so that they look and answer alike."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace

from nnstudio.engine.registry import Number, Option, Parameter, SettingError
from nnstudio.ui.preferences import PREFERENCES


@dataclass(frozen=True, kw_only=True)
class _Address(Parameter):
    """Where a scheduler listens."""

    @property
    def expected(self) -> str:
        return "an address such as tcp://192.168.0.5:8786"

    def parse(self, given: object, key: str | None = None) -> str:
        text = str(given).strip()
        if text and not re.fullmatch(r"(\w+://)?[^\s/:]+:\d+", text):
            raise SettingError(key or self.key, given, self.expected)
        return text if "://" in text or not text else f"tcp://{text}"


_DASK = "not from this package" if getattr(sys, "frozen", False) else "pip install nnstudio[cluster]"

PARAMETERS: dict[str, Parameter] = {
    "lab.seeds": Number(
        key="lab.seeds",
        label="Seeds",
        default=1000,
        whole=True,
        minimum=1,
        maximum=1_000_000,
        log=True,
        help="From how many seeds each cell is trained.",
    ),
    "lab.first_seed": Number(
        key="lab.first_seed",
        label="from",
        default=0,
        whole=True,
        minimum=0,
        maximum=2**32 - 1,
        help="The first of the seeds; the others follow it.",
    ),
    "lab.method": Option(
        key="lab.method",
        label="Search",
        default="grid",
        options=(
            ("grid", "every combination of the axes' values, each from all seeds"),
            ("random", "so many combinations drawn by chance; of a range any number between its ends"),
            ("hyperband", "so many drawn combinations, most with few epochs: only the better ones go on to all epochs"),
        ),
        help="How the combinations of the axes' values are chosen.",
    ),
    "lab.cells": Number(
        key="lab.cells",
        label="Combinations",
        default=27,
        whole=True,
        minimum=1,
        maximum=5000,
        help="How many combinations are drawn.",
    ),
    "lab.where": Option(
        key="lab.where",
        label="Train on",
        default="this_computer",
        options=(
            ("this_computer", "in processes of this computer"),
            ("dask_scheduler", f"on the machines of a Dask scheduler: {_DASK}"),
        ),
        help="Where the networks are trained.",
    ),
    "lab.processes": replace(PREFERENCES["processes"], key="lab.processes", label="Processes"),
    "lab.scheduler": _Address(
        key="lab.scheduler",
        label="Address",
        default="",
        help="Where the Dask scheduler listens, as it says when it starts.",
    ),
}
