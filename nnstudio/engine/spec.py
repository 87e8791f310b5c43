"""Describes an experiment completely and immutably, and refuses one that cannot be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.encoding import Encoding
from nnstudio.engine.preparation import Preparation, prepare
from nnstudio.engine.registry import Number, Option, Parameter, SettingError, UnknownSettingError
from nnstudio.engine.settings import DataSpec, NetworkSpec, StopSpec, TrainingSpec, setting
from nnstudio.engine.split import TEST, TRAINING, VALIDATION


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
            help="The number that chance in the run comes from: weights, order of samples, dropout. The same seed "
            "gives the same run, number for number.",
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

    #: A person's own samples, for `data.name` "own".
    own: Dataset | None = field(default=None, repr=False)

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
        prepared = self._prepared()
        targets = prepared.dataset.targets
        several = "data with one output for each class (data.targets=one_hot)"
        if self.network.output_activation.name == "softmax" and targets.shape[1] < 2:
            raise SettingError(
                "network.output_activation", self.network.output_activation, f"one for a single output, or {several}"
            )
        fits = LOSSES[self.training.loss.name].build().fits
        if reason := fits(targets):
            raise SettingError("training.loss", self.training.loss, reason)
        for key, share, part in (
            ("data.validation_share", self.data.validation_share, VALIDATION),
            ("data.test_share", self.data.test_share, TEST),
        ):
            if share and not (prepared.count(part) and prepared.count(TRAINING)):
                raise SettingError(
                    key, share, f"a share that leaves at least one of the {len(targets):,} samples on each side"
                )
        if self.stop.validation_patience and not self.data.validation_share:
            raise SettingError(
                "stop.validation_patience", self.stop.validation_patience, "off, or a validation share above 0"
            )

    def _prepared(self) -> Preparation:
        return prepare(self.data, self.own if self.data.name.name == "own" else None)

    def dataset(self) -> Dataset:
        """Make the data set: the same one every time."""
        return self._prepared().dataset

    def parts(self) -> NDArray[Any]:
        """Return for each sample the number of the part it belongs to, as `nnstudio.engine.split` names them."""
        return self._prepared().parts

    def encoding(self) -> Encoding:
        """Return how samples become what the network sees."""
        return self._prepared().encoding

    @property
    def threshold(self) -> float:
        """What a single output has to exceed to mean the second class."""
        return 0.0 if self.data.targets == "signed" else LOSSES[self.training.loss.name].build().threshold

    def with_own(self, dataset: Dataset) -> ExperimentSpec:
        """Return the experiment with samples of the person's own.

        Raises
        ------
        SettingError
            If the other settings do not go with them.
        """
        return self.with_settings({"data.name": "own"}, dataset)

    def get(self, key: str) -> Any:
        """Return the value at a path such as ``training.learning_rate``."""
        value: Any = self
        for part in key.split("."):
            value = getattr(value, part)
        return value

    def changed_keys(self, other: ExperimentSpec) -> tuple[str, ...]:
        """Return the paths of the settings in which another experiment differs.

        Other samples of the person's own count as other data.
        """
        samples = "own" in (self.data.name.name, other.data.name.name) and self.own != other.own
        return tuple(key for key in FIELDS if self.get(key) != other.get(key) or (samples and key == "data.name"))

    def with_settings(self, settings: Mapping[str, object], own: Dataset | None = None) -> ExperimentSpec:
        """Return the experiment with some values changed.

        Parameters
        ----------
        settings : mapping of str to object
            A value, or the text of one, for each path.
        own : Dataset, optional
            Other samples of the person's own.

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
        changes |= {group: replace(getattr(self, group), **values) for group, values in groups.items()}
        return replace(self, own=self.own if own is None else own, **changes)

    @classmethod
    def from_dict(cls, nested: Mapping[str, Any], own: Dataset | None = None) -> ExperimentSpec:
        """Return the experiment that `to_dict` wrote; what is missing has its default.

        Parameters
        ----------
        nested : mapping
        own : Dataset, optional
            The samples of an experiment on a person's own.

        Raises
        ------
        SettingError
            If a key is not known or a value is wrong.
        """
        flat: dict[str, object] = {}
        for key, value in nested.items():
            if isinstance(value, Mapping) and key in _GROUPS:
                flat.update({f"{key}.{name}": inner for name, inner in value.items()})
            else:
                flat[str(key)] = value
        return cls().with_settings(flat, own)

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
        elif is_dataclass(item.default):
            yield from _collect(type(item.default))


#: Every setting of an experiment by its path, in the order in which it is shown.
FIELDS: dict[str, Parameter] = {parameter.key: parameter for parameter in _collect(ExperimentSpec)}
_GROUPS = {key.partition(".")[0] for key in FIELDS if "." in key}
