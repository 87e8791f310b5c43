"""Makes every setting a command: to go to its field, or to set it with a value that follows its name."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from nnstudio.engine.registry import ChoiceOf, Option, Parameter, SettingError
from nnstudio.engine.spec import FIELDS
from nnstudio.session.session import Session
from nnstudio.ui.command_search import Searched, query_words
from nnstudio.ui.commands import Command
from nnstudio.ui.preferences import PREFERENCES, Preferences

_MOST = 4
_JOINT = re.compile(r"^(=|:|to\s)\s*", re.IGNORECASE)


class Settable(ABC):
    """A setting that can be gone to and set.

    Attributes
    ----------
    key : str
    parameter : Parameter
    title, place : str
        What it is called, and where it stands.
    """

    def __init__(self, key: str, parameter: Parameter, title: str, place: str) -> None:
        self.key, self.parameter, self.title, self.place = key, parameter, title, place
        self.words = query_words(parameter.label)

    @abstractmethod
    def value(self) -> Any:
        """Return the present value."""

    @abstractmethod
    def refusal(self, value: object) -> str:
        """Return why a value that is right for the setting cannot be had, and an empty text where it can."""

    @abstractmethod
    def set(self, value: object) -> None:
        """Give it a value."""

    @abstractmethod
    def go_to(self) -> None:
        """Give the focus to its field."""


class ExperimentSetting(Settable):
    """A setting of the experiment, or a parameter of what is chosen for one: ``training.optimizer:beta1``."""

    def __init__(self, session: Session, go_to: Callable[[str], object], key: str, parameter: Parameter) -> None:
        about, _, self._part = key.partition(":")
        label = FIELDS[about].label
        super().__init__(
            key, parameter, parameter.label, f"Setting › {label}" if self._part else f"Setting › {_group(key)}"
        )
        self._session, self._go_to, self._about = session, go_to, about

    def value(self) -> Any:
        chosen = self._session.spec.get(self._about)
        return _parameters(FIELDS[self._about], chosen)[self._part] if self._part else chosen

    def refusal(self, value: object) -> str:
        if self._about == "data.name":
            return ""  # other settings change with the data: the session knows which
        try:
            self._session.spec.with_settings({self._about: self._whole(value)})
        except SettingError as error:
            named = FIELDS[error.key.partition(":")[0]].label
            return error.reason if error.key == self.key else f"{named}: {error.reason}"
        return ""

    def set(self, value: object) -> None:
        if not self._session.edit(self._about, self._whole(value)):
            self._go_to(self.key)

    def go_to(self) -> None:
        self._go_to(self.key)

    def _whole(self, value: object) -> object:
        if not self._part:
            return value
        chosen = self._session.spec.get(self._about)
        return {"name": chosen.name, **dict(chosen.parameters), self._part: value}


class PreferenceSetting(Settable):
    """A setting of the program."""

    def __init__(self, preferences: Preferences, go_to: Callable[[str], object], key: str) -> None:
        super().__init__(key, PREFERENCES[key], PREFERENCES[key].label, "Program settings")
        self._preferences, self._go_to = preferences, go_to

    def value(self) -> Any:
        return self._preferences.value(self.key)

    def refusal(self, value: object) -> str:
        return ""

    def set(self, value: object) -> None:
        self._preferences.set(self.key, value)

    def go_to(self) -> None:
        self._go_to(self.key)


def experiment_settings(session: Session, go_to: Callable[[str], object]) -> Iterator[ExperimentSetting]:
    """List the settings of the experiment as it is now."""
    for key, parameter in FIELDS.items():
        yield ExperimentSetting(session, go_to, key, parameter)
        if isinstance(parameter, ChoiceOf):
            for part in parameter.registry[session.spec.get(key).name].parameters:
                yield ExperimentSetting(session, go_to, f"{key}:{part.key}", part)


def go_commands(settings: Iterable[Settable]) -> Iterator[Command]:
    """List the commands that lead to a setting's field."""
    for setting in settings:
        yield Command(
            key=f"setting {setting.key}",
            searched=Searched(setting.title, setting.place, setting.parameter.help),
            run=setting.go_to,
            hint=_short(value_text(setting.parameter, setting.value())),
        )


def choice_commands(settings: Iterable[Settable]) -> Iterator[Command]:
    """List what can be chosen, where a setting is a choice of named things: ``Optimizer: Adam``."""
    for setting in settings:
        parameter = setting.parameter
        if isinstance(parameter, ChoiceOf):
            entries = [parameter.registry[name] for name in parameter.offered]
            choices = [(entry.name, entry.label, entry.summary) for entry in entries]
        elif isinstance(parameter, Option):
            choices = [(name, name.replace("_", " "), meaning) for name, meaning in parameter.options]
        else:
            continue
        for name, label, about in choices:
            value = parameter.parse(name)
            yield Command(
                key=f"choose {setting.key} {name}",
                searched=Searched(f"{setting.title}: {label}", setting.place, about, True),
                run=partial(setting.set, value),
                check=partial(setting.refusal, value),
            )


def set_commands(query: str, settings: Sequence[Settable]) -> list[Command]:
    """Return what a query such as ``learning rate 0.5`` would set: what can be set first, then why others cannot."""
    found: list[tuple[int, int, int, Command]] = []
    for number, setting in enumerate(settings):
        split = _split(query, setting.words)
        if split is None:
            continue
        missing, text = split
        try:
            value = setting.parameter.parse(text)
        except SettingError as error:
            if not missing:
                found.append((1, missing, number, _refused(setting, error.reason)))
            continue
        found.append((0, missing, number, _set_command(setting, value)))
    return [command for *_, command in sorted(found, key=lambda each: each[:3])][:_MOST]


def _set_command(setting: Settable, value: Any) -> Command:
    return Command(
        key=f"set {setting.key}",
        searched=Searched(f"Set {setting.title} to {value_text(setting.parameter, value)}", setting.place),
        run=partial(setting.set, value),
        hint=f"now {_short(value_text(setting.parameter, setting.value()))}",
        check=partial(setting.refusal, value),
    )


def _refused(setting: Settable, reason: str) -> Command:
    words = f"{setting.title}: {reason}"
    return Command(
        key=f"set {setting.key}",
        searched=Searched(words, setting.place),
        run=setting.go_to,
        enabled=False,
        check=lambda: words,
    )


def _split(query: str, words: Sequence[str]) -> tuple[int, str] | None:
    """Part a query into the beginnings of a label's words and a value.

    Returns
    -------
    (int, str) or None
        How many of the label's words are missing, and the text of the value; None where the query is not of the kind.
    """
    parts = re.sub(r"\s*=\s*", " = ", query, count=1).split()
    left, used = list(words), 0
    for part in parts:
        rest = list(left)
        meant = query_words(part)  # two in "warm-up"
        for word in meant:
            match = next((each for each in rest if each.startswith(word)), None)
            if match is None:
                break
            rest.remove(match)
        if not meant or len(rest) != len(left) - len(meant):
            break
        left, used = rest, used + 1
    text = _JOINT.sub("", " ".join(parts[used:]))
    return (len(left), text) if used and text else None


def _parameters(parameter: Parameter, chosen: Any) -> dict[str, Any]:
    assert isinstance(parameter, ChoiceOf)
    return parameter.registry.parameter_values(chosen)


def value_text(parameter: Parameter, value: Any) -> str:
    """Return a value as the form writes it: the name of what is chosen, thousands set apart."""
    if isinstance(parameter, ChoiceOf):
        label, parts = parameter.registry[value.name].label, parameter.format(value).partition(":")[2]
        return f"{label} ({parts})" if parts else label
    if isinstance(value, int):
        return f"{value:,}"
    return parameter.format(value).replace("_", " ") if isinstance(parameter, Option) else parameter.format(value)


def _group(key: str) -> str:
    group = key.rpartition(".")[0] or "experiment"
    return group[:1].upper() + group[1:]


def _short(text: str) -> str:
    return text if len(text) <= 28 else text[:27] + "…"


def all_settings(
    session: Session,
    preferences: Preferences,
    to_field: Callable[[str], object],
    to_preference: Callable[[str], object],
) -> list[Settable]:
    """Return every setting of the experiment and of the program."""
    of_program = (PreferenceSetting(preferences, to_preference, key) for key in PREFERENCES)
    return [*experiment_settings(session, to_field), *of_program]
