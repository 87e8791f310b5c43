"""Describes what a sweep varies: one setting of the experiment and the values that it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from nnstudio.engine.registry import (
    Choice,
    ChoiceOf,
    Number,
    Option,
    Parameter,
    SettingError,
    nearest_hint,
)
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.insight.differences import setting_label

Scale = Literal["list", "linear", "log"]

#: The most values that an axis takes.
MOST_VALUES = 10_000

_RANGES: dict[str, Scale] = {"lin": "linear", "linear": "linear", "log": "log"}
_RANGE = re.compile(r"\s*(lin|linear|log)\s*:(.*)", re.IGNORECASE | re.DOTALL)
# 0.30000000000000004 is nobody's learning rate: a range's values are rounded to so many digits, drawn ones to fewer.
_DIGITS, _DRAWN_DIGITS = 12, 6


class AxisError(SettingError):
    """An axis that cannot be swept; its key is the axis's."""

    @property
    def reason(self) -> str:
        """The message without the key."""
        return super().reason if self.given else f"expected {self.expected}"


@dataclass(frozen=True)
class Axis:
    """One setting of the experiment, and the values that it takes.

    Attributes
    ----------
    key : str
        Path of the setting, such as ``training.learning_rate``, or of a parameter of what is chosen there, such as
        ``training.optimizer:momentum``.
    values : tuple
        In order, no two equal; texts are parsed as the setting parses them.
    scale : str
        How the values were given: "list", "linear" or "log".
    entry : str
        For a parameter, the entry whose parameter it is, such as ``momentum``; else empty.

    Raises
    ------
    SettingError
        If there is no such setting, or a value is wrong, missing or there twice.
    """

    key: str
    values: tuple[Any, ...]
    scale: Scale = "list"
    entry: str = ""
    parameter: Parameter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameter", _parameter(self.key, self.entry))
        values = tuple(self.parameter.parse(value, self.key) for value in self.values)
        object.__setattr__(self, "values", values)
        if self.scale not in get_args(Scale):
            raise AxisError(self.key, self.scale, f"one of {', '.join(get_args(Scale))}")
        if not values:
            raise AxisError(self.key, "", "at least one value")
        if len(values) > MOST_VALUES:
            raise AxisError(self.key, f"{len(values):,} values", f"at most {MOST_VALUES:,} values")
        seen: set[Any] = set()
        for value in values:
            if value in seen:
                raise AxisError(self.key, self.text(value), "each value once")
            seen.add(value)

    def __reduce__(self) -> tuple[Any, ...]:
        # What describes the setting is looked up again: it holds functions that cannot be sent to another process.
        return Axis, (self.key, self.values, self.scale, self.entry)

    @property
    def label(self) -> str:
        """The setting's name in the window; for a parameter with what it belongs to, as "Optimizer: momentum"."""
        # One number for one layer: whoever reads "hidden layers 3" thinks of three of them.
        if self.key == "network.hidden" and all(len(layers) == 1 for layers in self.values):
            return "Hidden neurons"
        return setting_label(self.key)

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers, so that there can be a range of them."""
        return isinstance(self.parameter, Number)

    def text(self, value: Any) -> str:
        """Return a value as it is written on the command line and in tables."""
        return self.parameter.format(value)

    def apply(self, settings: dict[str, Any], value: Any, base: ExperimentSpec) -> None:
        """Put a value among the settings that an experiment is to change, as `with_settings` takes them.

        Raises
        ------
        SettingError
            If what is chosen has no such parameter.
        """
        path, colon, name = self.key.partition(":")
        if not colon:
            settings[path] = value
            return
        field = FIELDS[path]
        assert isinstance(field, ChoiceOf)
        choice = settings.get(path, base.get(path))
        settings[path] = field.parse({"name": choice.name, **dict(choice.parameters), name: value}, path)

    def draw(self, generator: np.random.Generator) -> Any:
        """Return one value by chance: one of a list, or any number between the ends of a range."""
        if self.scale == "list":
            return self.values[int(generator.integers(len(self.values)))]
        low, high = min(self.values), max(self.values)
        if self.scale == "log":
            drawn = math.exp(generator.uniform(math.log(low), math.log(high)))
        elif isinstance(low, int):
            return int(generator.integers(low, high, endpoint=True))
        else:
            drawn = generator.uniform(low, high)
        return min(max(round(drawn) if isinstance(low, int) else float(f"{drawn:.{_DRAWN_DIGITS}g}"), low), high)

    @classmethod
    def listed(cls, key: str, values: Sequence[Any], base: ExperimentSpec) -> Axis:
        """Return an axis of certain values; a parameter is one of what `base` has chosen.

        Raises
        ------
        SettingError
        """
        key = key.strip()
        return cls(key, tuple(values), "list", _entry(key, base))

    @classmethod
    def ranged(cls, key: str, scale: Scale, low: float, high: float, count: int, base: ExperimentSpec) -> Axis:
        """Return an axis of numbers that lie evenly between two ends, both of them included.

        Parameters
        ----------
        key : str
        scale : str
            "linear": equal differences, or "log": equal factors.
        low, high : float
            Whole numbers are rounded to, where the setting takes no others; each value is there once.
        count : int
            How many values there are.
        base : ExperimentSpec

        Raises
        ------
        SettingError
        """
        key = key.strip()
        entry = _entry(key, base)
        parameter = _parameter(key, entry)
        shown = f"{scale}:{low:g}:{high:g}:{count}"
        if not isinstance(parameter, Number):
            raise AxisError(key, shown, f"a list of values: {parameter.label.lower()} is not a number")
        if count < 2:
            raise AxisError(key, shown, "a count of at least 2")
        if count > MOST_VALUES:
            raise AxisError(key, shown, f"at most {MOST_VALUES:,} values")
        if scale == "log" and not (low > 0 and high > 0):
            raise AxisError(key, shown, "ends above 0 for a logarithmic range")
        for end in (low, high):
            parameter.parse(round(end) if parameter.whole and math.isfinite(end) else end, key)
        if low == high:
            raise AxisError(key, shown, "two ends that differ")
        spaced = np.geomspace(low, high, count) if scale == "log" else np.linspace(low, high, count)
        numbers = [float(f"{number:.{_DIGITS}g}") for number in spaced.tolist()]
        numbers[0], numbers[-1] = float(low), float(high)
        values = dict.fromkeys(round(number) for number in numbers) if parameter.whole else dict.fromkeys(numbers)
        return cls(key, tuple(values), scale, entry)

    @classmethod
    def parse(cls, text: str, base: ExperimentSpec) -> Axis:
        """Return the axis that a text describes.

        Parameters
        ----------
        text : str
            ``KEY=1,2,3``, ``KEY=lin:0:1:11`` or ``KEY=log:0.01:10:9``. Values that hold commas are separated by
            semicolons: ``network.hidden=4;4,2;8,8``.
        base : ExperimentSpec
            The experiment that the sweep is about.

        Raises
        ------
        SettingError
            If it cannot be swept; the message says what would be right.
        """
        key, equals, given = (part.strip() for part in text.partition("="))
        if not equals or not key:
            raise AxisError("axis", text.strip(), "KEY=VALUES, such as training.learning_rate=0.1,0.5,1")
        if match := _RANGE.fullmatch(given):
            return cls._of_range(key, given, _RANGES[match[1].lower()], match[2], base)
        parameter = _parameter(key, _entry(key, base))
        pieces = given.split(";" if ";" in given else ",")
        if ";" in given and not pieces[-1].strip():
            pieces.pop()
        simple = isinstance(parameter, Number | Option)
        if not given:
            raise AxisError(key, "", "at least one value")
        for piece in pieces:
            if not piece.strip():
                raise AxisError(key, given, "a value on each side of a comma or semicolon")
            if isinstance(parameter, Number) and re.fullmatch(r"\s*0\d+\s*", piece):
                raise AxisError(key, given, "numbers without commas in them, such as 10000: commas separate values")
        try:
            return cls.listed(key, [piece.strip() for piece in pieces], base)
        except AxisError:
            raise
        except SettingError as error:
            if simple or ";" in given or len(pieces) == 1:
                raise
            hint = f"{error.expected}; values that hold commas are separated by semicolons"
            raise AxisError(error.key, error.given, hint) from error

    @classmethod
    def _of_range(cls, key: str, given: str, scale: Scale, ends: str, base: ExperimentSpec) -> Axis:
        expected = f"a range such as {'log:0.01:10:9' if scale == 'log' else 'lin:0:1:11'}: two ends and a count"
        _parameter(key, _entry(key, base))  # an unknown setting is said first
        try:
            low, high, count = ends.split(":")
            return cls.ranged(key, scale, float(low), float(high), int(count), base)
        except SettingError:
            raise
        except ValueError:
            raise AxisError(key, given, expected) from None


def with_values(base: ExperimentSpec, axes: Sequence[Axis], values: Sequence[Any]) -> ExperimentSpec:
    """Return the experiment with one value for each axis.

    Raises
    ------
    SettingError
        If it cannot be run.
    """
    settings: dict[str, Any] = {}
    # What is chosen comes before its parameters.
    for axis, value in sorted(zip(axes, values, strict=True), key=lambda pair: ":" in pair[0].key):
        axis.apply(settings, value, base)
    return base.with_settings(settings)


def axis_keys(base: ExperimentSpec) -> Iterator[str]:
    """Yield the key of everything that a sweep over an experiment can vary, parameters of what is chosen included."""
    for key, parameter in FIELDS.items():
        if key != "seed":
            yield key
            if isinstance(parameter, ChoiceOf):
                yield from (f"{key}:{inner.key}" for inner in parameter.registry[base.get(key).name].parameters)


def _entry(key: str, base: ExperimentSpec) -> str:
    path, colon, _ = key.partition(":")
    choice = base.get(path) if colon and path in FIELDS else None
    return choice.name if isinstance(choice, Choice) else ""


def _parameter(key: str, entry: str) -> Parameter:
    path, colon, name = key.partition(":")
    if path == "seed":
        raise AxisError(key, "", "another setting: every sweep has its range of seeds already")
    if path not in FIELDS:
        hint = nearest_hint(path, tuple(FIELDS)) or f", one of {', '.join(FIELDS)}"
        raise AxisError(key, "", f"a setting of the experiment{hint}")
    field = FIELDS[path]
    if not colon:
        return field
    if not isinstance(field, ChoiceOf):
        raise AxisError(key, "", f"{path} alone: it has no parameters")
    if entry not in field.registry:
        raise AxisError(key, entry, field.expected)
    known = {parameter.key: parameter for parameter in field.registry[entry].parameters}
    if name not in known:
        names = tuple(known)
        several = f"a parameter of {entry}: {' or '.join(names)}{nearest_hint(name, names)}"
        raise AxisError(key, "", several if names else f"another choice first: {entry} has no parameters")
    return known[name]
