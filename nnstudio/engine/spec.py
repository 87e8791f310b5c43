"""Describes an experiment completely and immutably, and refuses one that cannot be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import DATASETS, Dataset
from nnstudio.engine.random_streams import random_streams
from nnstudio.engine.registry import Number, Option, Parameter, SettingError, UnknownSettingError
from nnstudio.engine.settings import DataSpec, NetworkSpec, StopSpec, TrainingSpec, setting


@dataclass(frozen=True)
class ExperimentSpec:
    """A complete experiment; every one that exists can be run.

    The default is the classic tutorial: 2-2-1 sigmoid on XOR, seed 42, full batch, learning rate 0.1, 10,000 epochs.

    Raises
    ------
    SettingError
        If a value is out of its range or two settings do not go together.
    """

    data: DataSpec = DataSpec()
    network: NetworkSpec = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    stop: StopSpec = StopSpec()
    seed: int = setting(
        Number(
            key="seed",
            label="Seed",
            default=42,
            whole=True,
            minimum=0,
            maximum=2**32 - 1,
            help="The number that all chance comes from: weights, order of samples, dropout. The same seed gives the "
            "same run, number for number.",
        )
    )
    precision: str = setting(
        Option(
            key="precision",
            label="Precision",
            default="float64",
            options=(("float64", "about 16 digits"), ("float32", "about 7 digits, faster on large networks")),
            help="How many digits numbers are held with.",
        )
    )

    def __post_init__(self) -> None:
        # What was given as text becomes the value it stands for, so that equal experiments compare as equal.
        parsed: dict[str, dict[str, Any]] = {}
        for key, parameter in FIELDS.items():
            group, _, name = key.rpartition(".")
            parsed.setdefault(group, {})[name] = parameter.parse(self.get(key), key)
        for name, value in parsed.pop("").items():
            object.__setattr__(self, name, value)
        for group, values in parsed.items():
            object.__setattr__(self, group, type(getattr(self, group))(**values))
        self._refuse_what_cannot_run()

    def _refuse_what_cannot_run(self) -> None:
        data = self.dataset()
        for key, choice in [
            ("network.output_activation", self.network.output_activation),
            ("training.loss", self.training.loss),
        ]:
            if choice.name in ("softmax", "softmax_cross_entropy") and data.targets.shape[1] < 2:
                raise SettingError(
                    key,
                    choice,
                    "one for a single output, or data with one output for each class "
                    f"({self.data.name.name}:targets=one_hot)",
                )
        held_out = self.held_out_samples(data.samples)
        if self.data.validation_share and not 0 < held_out < data.samples:
            raise SettingError(
                "data.validation_share",
                self.data.validation_share,
                f"a share that leaves at least one of the {data.samples} samples on each side",
            )
        if self.stop.validation_patience and not held_out:
            raise SettingError(
                "stop.validation_patience", self.stop.validation_patience, "off, or a validation share above 0"
            )

    def held_out_samples(self, samples: int) -> int:
        """Return how many of so many samples are kept for validation."""
        return round(samples * self.data.validation_share)

    def held_out_rows(self, samples: int) -> NDArray[np.bool_]:
        """Return for each of so many samples whether it is kept for validation, as the seed draws it."""
        rows = np.zeros(samples, bool)
        count = self.held_out_samples(samples)
        if count:
            rows[random_streams(self.seed).split.permutation(samples)[:count]] = True
        return rows

    def dataset(self) -> Dataset:
        """Make the data set: the same one every time."""
        return DATASETS.build(self.data.name, rng=random_streams(self.seed).data)

    def get(self, key: str) -> Any:
        """Return the value at a path such as ``training.learning_rate``."""
        value: Any = self
        for part in key.split("."):
            value = getattr(value, part)
        return value

    def changed_keys(self, other: ExperimentSpec) -> tuple[str, ...]:
        """Return the paths of the settings in which another experiment differs."""
        return tuple(key for key in FIELDS if self.get(key) != other.get(key))

    def with_settings(self, settings: Mapping[str, object]) -> ExperimentSpec:
        """Return the experiment with some values changed.

        Parameters
        ----------
        settings : mapping of str to object
            A value, or the text of one, for each path.

        Raises
        ------
        SettingError
            If a path is not known or a value is wrong.
        """
        groups: dict[str, dict[str, Any]] = {}
        for key, given in settings.items():
            if key not in FIELDS:
                raise UnknownSettingError(key, given, tuple(FIELDS))
            group, _, name = key.rpartition(".")
            groups.setdefault(group, {})[name] = FIELDS[key].parse(given, key)
        changes = groups.pop("", {})
        return replace(
            self, **changes, **{group: replace(getattr(self, group), **values) for group, values in groups.items()}
        )

    @classmethod
    def from_dict(cls, nested: Mapping[str, Any]) -> ExperimentSpec:
        """Return the experiment that `to_dict` wrote; what is missing has its default.

        Raises
        ------
        SettingError
            If a key is not known or a value is wrong.
        """
        flat: dict[str, object] = {}
        for key, value in nested.items():
            if isinstance(value, Mapping) and key in {f.name for f in fields(cls)} and key not in FIELDS:
                flat.update({f"{key}.{name}": inner for name, inner in value.items()})
            else:
                flat[str(key)] = value
        return cls().with_settings(flat)

    def to_dict(self) -> dict[str, Any]:
        """Return numbers and texts, nested as the paths are, ready for JSON."""
        nested: dict[str, Any] = {}
        for key, parameter in FIELDS.items():
            group, _, name = key.rpartition(".")
            (nested.setdefault(group, {}) if group else nested)[name] = parameter.plain(self.get(key))
        return nested


def _collect(spec: type, prefix: str = "") -> Iterator[Parameter]:
    for item in fields(spec):
        if "parameter" in item.metadata:
            yield item.metadata["parameter"]
        else:
            yield from _collect(type(item.default))


#: Every setting of an experiment by its path, in the order in which it is shown.
FIELDS: dict[str, Parameter] = {parameter.key: parameter for parameter in _collect(ExperimentSpec)}
