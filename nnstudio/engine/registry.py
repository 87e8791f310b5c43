"""Describes every choice that a user has, once and as data, for forms, command line, files and tests."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# 10,000 is ten thousand, but 0,5 is no number: read as 5 it would surprise whoever writes decimals with a comma.
_THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\s*")
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")


class SettingError(ValueError):
    """A setting that cannot be used.

    Parameters
    ----------
    key : str
        Which setting, as a path of the experiment such as ``training.learning_rate``.
    given : object
        What was given.
    expected : str
        What would be right, in words that follow "expected".
    """

    def __init__(self, key: str, given: object, expected: str) -> None:
        super().__init__(key, given, expected)
        self.key = key
        self.given = given
        self.expected = expected

    @property
    def reason(self) -> str:
        """The message without the key, for a place that already shows the field."""
        return f"{str(self.given)!r} will not do: expected {self.expected}"

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}"


class UnknownSettingError(SettingError):
    """A setting that does not exist.

    Parameters
    ----------
    key : str
        What was asked for.
    given : object
        The value that it was to have.
    known : sequence of str
        What there is.
    """

    def __init__(self, key: str, given: object, known: Sequence[str]) -> None:
        hint = nearest_hint(key.rpartition(":")[2], known)
        super().__init__(key, given, (f"one of {', '.join(known)}" if known else "no parameters here") + hint)
        self._hint = hint

    @property
    def reason(self) -> str:
        """The message without the key: the nearest name where there is one, or else all of them."""
        return f"there is no such setting{self._hint or f'; expected {self.expected}'}"

    def __str__(self) -> str:
        return f"{self.key}={self.given}: {self.reason}"


def nearest_hint(given: str, known: Sequence[str]) -> str:
    """Return a hint that names the known name closest to a mistyped one, or an empty string."""
    close = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""


def normalized(name: object) -> str:
    """Return a name as the registries write it: ``"Leaky ReLU"`` becomes ``"leaky_relu"``."""
    return str(name).strip().lower().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One setting: what it is called, what it does, and which values are right.

    Attributes
    ----------
    key : str
        Name in files and on the command line; for a field of the experiment, its path.
    label : str
        Name in the window.
    help : str
        What the setting does to training, in a sentence or two.
    default : object
        The value when nothing is said.
    live : bool
        Whether a change acts on a run that is under way.
    """

    key: str
    label: str
    help: str
    default: Any
    live: bool = False

    @property
    def expected(self) -> str:
        """The values that are right, in words."""
        raise NotImplementedError

    def parse(self, given: object, key: str | None = None) -> Any:
        """Return `given` as a valid value.

        Parameters
        ----------
        given : object
            A value, or the text of one.
        key : str, optional
            The path to name in an error; the parameter's own key without it.

        Raises
        ------
        SettingError
            If no valid value can be made of it.
        """
        raise NotImplementedError

    def format(self, value: Any) -> str:
        """Return the text that `parse` turns back into `value`."""
        return str(value)

    def plain(self, value: Any) -> Any:
        """Return `value` as it is written in JSON: a number, or its text."""
        return self.format(value)


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A whole or real number within bounds.

    Attributes
    ----------
    whole : bool
        Only whole numbers are right.
    minimum, maximum : float
        The bounds; they belong to the range unless `above` or `below` is set.
    above, below : bool
        The minimum (maximum) itself is not allowed.
    log : bool
        A change is felt as a factor: the field steps by powers of ten.
    absent : str, optional
        The word for "no number", where that is a valid value (``None``), such as "full" or "off".
    """

    whole: bool = False
    minimum: float = -math.inf
    maximum: float = math.inf
    above: bool = False
    below: bool = False
    log: bool = False
    absent: str | None = None

    @property
    def expected(self) -> str:
        words = ["a whole number" if self.whole else "a number"]
        if self.minimum != -math.inf:
            words.append(f"{'above' if self.above else 'from'} {self._bound(self.minimum)}")
        if self.maximum != math.inf:
            words.append(f"{'below' if self.below else 'up to' if self.above else 'to'} {self._bound(self.maximum)}")
        text = " ".join(words)
        return f"{text}, or {self.absent}" if self.absent else text

    @staticmethod
    def _bound(value: float) -> str:
        return f"{value:,.0f}" if value == int(value) and abs(value) >= 1 else f"{value:g}"

    def parse(self, given: object, key: str | None = None) -> int | float | None:
        if self.absent and (given is None or normalized(given) == self.absent):
            return None
        error = SettingError(key or self.key, given, self.expected)
        if isinstance(given, bool):
            raise error
        if isinstance(given, str) and _THOUSANDS.fullmatch(given):
            given = given.replace(",", "")
        try:
            value = float(given)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            if not self.whole and isinstance(given, str) and _DECIMAL_COMMA.fullmatch(given):
                expected = f"a point instead of the comma: {given.strip().replace(',', '.')}"
                raise SettingError(error.key, given, expected) from None
            raise error from None
        if not math.isfinite(value) or (self.whole and value != int(value)):
            raise error
        if value < self.minimum or value > self.maximum:
            raise error
        if (self.above and value == self.minimum) or (self.below and value == self.maximum):
            raise error
        return int(value) if self.whole else value

    def format(self, value: float | None) -> str:
        if value is None:
            return str(self.absent)
        return str(value) if self.whole else f"{value:.15g}" if float(f"{value:.15g}") == value else repr(value)

    def plain(self, value: float | None) -> Any:
        return self.absent if value is None else value


@dataclass(frozen=True, kw_only=True)
class Option(Parameter):
    """One word out of a few.

    Attributes
    ----------
    options : tuple of (str, str)
        Name and what it means, for each word.
    """

    options: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.options)

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.names)}"

    def parse(self, given: object, key: str | None = None) -> str:
        name = normalized(given)
        if name not in self.names:
            raise SettingError(key or self.key, given, self.expected + nearest_hint(name, self.names))
        return name


@dataclass(frozen=True)
class Choice:
    """An entry chosen from a registry, with the parameters that differ from their defaults.

    Its text is the entry's name and, after a colon, those parameters: ``adam:beta1=0.8,beta2=0.99``.
    """

    name: str
    parameters: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        values = ",".join(
            f"{key}={value!r}" if isinstance(value, float) else f"{key}={value}" for key, value in self.parameters
        )
        return f"{self.name}:{values}" if values else self.name


@dataclass(frozen=True, kw_only=True)
class Entry(Generic[T]):
    """One thing that can be chosen.

    Attributes
    ----------
    name : str
        Name in files and on the command line.
    label : str
        Name in the window.
    summary : str
        One line: what it is and when it serves.
    build : callable
        Makes the thing from its parameters, given by keyword.
    parameters : tuple of Parameter
        What can be set about it.
    source : str
        The paper or textbook that it comes from.
    """

    name: str
    label: str
    summary: str
    build: Callable[..., T]
    parameters: tuple[Parameter, ...] = ()
    source: str = ""


class Registry(Mapping[str, Entry[T]]):
    """The entries of one family, in the order in which they are offered.

    Parameters
    ----------
    family : str
        What one entry is called, such as "activation".
    entries : sequence of Entry
        The entries; their names must differ.
    """

    def __init__(self, family: str, entries: Sequence[Entry[T]]) -> None:
        self.family = family
        self._entries = {entry.name: entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ValueError(f"two entries of the {family} registry have the same name")

    def __getitem__(self, name: str) -> Entry[T]:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def choice(self, given: object, key: str | None = None) -> Choice:
        """Return the choice that a text, a mapping or a choice stands for.

        Parameters
        ----------
        given : Choice, str or mapping
            ``"adam:beta1=0.8"``, or ``{"name": "adam", "beta1": 0.8}``.
        key : str, optional
            The path to name in an error.

        Raises
        ------
        SettingError
            If the entry or one of its parameters is not known, or a value is wrong.
        """
        key = key or self.family
        if isinstance(given, Choice):
            name, values = given.name, dict(given.parameters)
        elif isinstance(given, Mapping):
            values = {str(k): v for k, v in given.items()}
            name = normalized(values.pop("name", ""))
        else:
            head, _, tail = str(given).partition(":")
            name, values = normalized(head), {}
            for part in filter(None, (piece.strip() for piece in tail.split(","))):
                parameter_key, equals, value = part.partition("=")
                if not equals:
                    raise SettingError(key, given, f"{name}:parameter=value, with an equals sign in {part!r}")
                values[normalized(parameter_key)] = value
        if name not in self._entries:
            raise SettingError(
                key, name, f"one of {', '.join(self._entries)}{nearest_hint(name, tuple(self._entries))}"
            )
        known = {parameter.key: parameter for parameter in self._entries[name].parameters}
        for parameter_key, value in values.items():
            if parameter_key not in known:
                raise UnknownSettingError(f"{key}:{parameter_key}", value, tuple(known))
        parsed = ((k, p.parse(values[k], f"{key}:{k}")) for k, p in known.items() if k in values)
        return Choice(name, tuple((k, value) for k, value in parsed if value != known[k].default))

    def parameter_values(self, choice: Choice) -> dict[str, Any]:
        """Return every parameter of a choice by its key, defaults included."""
        return {p.key: p.default for p in self[choice.name].parameters} | dict(choice.parameters)

    def build(self, choice: Choice, **context: Any) -> T:
        """Make the chosen thing; `context` holds what every entry of the family is given besides its parameters."""
        return self[choice.name].build(**context, **self.parameter_values(choice))


@dataclass(frozen=True, kw_only=True)
class ChoiceOf(Parameter):
    """A choice from a registry, with its own parameters.

    Attributes
    ----------
    registry : Registry
        Where the choice is made.
    unsuited : mapping of str to str
        Entries that cannot be chosen here, with the reason.
    """

    registry: Registry[Any] = field(repr=False)
    unsuited: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def offered(self) -> tuple[str, ...]:
        """The names that can be chosen here."""
        return tuple(name for name in self.registry if name not in self.unsuited)

    @property
    def expected(self) -> str:
        return f"one of {', '.join(self.offered)}"

    def parse(self, given: object, key: str | None = None) -> Choice:
        choice = self.registry.choice(given, key or self.key)
        if choice.name in self.unsuited:
            raise SettingError(key or self.key, given, f"{self.expected}; {self.unsuited[choice.name]}")
        return choice
