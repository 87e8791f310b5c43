"""Keeps what a person likes about the program itself: looks, digits, pace and processes, described once as data."""

from __future__ import annotations

import logging
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from nnstudio.engine.registry import Number, Option, Parameter

_LOG = logging.getLogger("nnstudio")

#: The program's settings by their key, which is also the key in the settings file; in the order of the dialog.
PREFERENCES: dict[str, Parameter] = {
    parameter.key: parameter
    for parameter in (
        Option(
            key="theme",
            label="Theme",
            default="system",
            options=(
                ("system", "light or dark, as the system is"),
                ("light", "dark letters on light ground"),
                ("dark", "light letters on dark ground"),
                ("high_contrast", "white letters on black, as strong as can be"),
                ("high_contrast_light", "black letters on white, as strong as can be"),
            ),
            help="The colours of the whole program.",
        ),
        Option(
            key="palette",
            label="Palette",
            default="standard",
            options=(
                ("standard", "orange and blue"),
                ("blue_yellow", "yellow and blue"),
                ("purple_green", "purple and green"),
            ),
            help="The colours of weights, outputs and classes; colour-blind eyes can tell each of them apart.",
        ),
        Number(
            key="scale",
            label="Interface scale",
            default=1.0,
            minimum=0.75,
            maximum=2.5,
            help="How large letters and lines are, as a factor; Ctrl and plus or minus change it too.",
        ),
        Number(
            key="digits",
            label="Digits shown",
            default=3,
            whole=True,
            minimum=2,
            maximum=6,
            help="How many digits behind the point outputs and weights have. Numbers on the network’s drawing have one "
            "fewer, losses three more; what is copied and saved has all digits.",
        ),
        Number(
            key="frame_rate",
            label="Frame rate",
            default=30,
            whole=True,
            minimum=10,
            maximum=60,
            help="How often a second the panels are drawn while a network trains; fewer leave more time for training.",
        ),
        Number(
            key="processes",
            label="Worker processes",
            default=None,
            whole=True,
            minimum=1,
            maximum=256,
            absent="all",
            help="How many processes train at once in the lab; all means one for each core of the computer.",
        ),
        Option(
            key="motion",
            label="Motion",
            default="system",
            options=(
                ("system", "as the system asks for it"),
                ("reduced", "nothing glides or blinks, and training is drawn twice a second"),
                ("full", "changes glide"),
            ),
            help="Whether what changes on the screen may glide and blink. Not every system tells programs that it "
            "wants less motion: reduced asks for it in this one.",
        ),
    )
}


class Preferences(QObject):
    """The program's settings as they are now, kept from start to start.

    A stored value that cannot be used counts as its default, alone: one damaged line loses no other.

    Parameters
    ----------
    settings : QSettings
        Where they are kept.
    parent : QObject, optional

    Attributes
    ----------
    changed : Signal(str)
        The setting with this key has another value.
    """

    changed = Signal(str)

    def __init__(self, settings: QSettings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._values = {key: self._stored(parameter) for key, parameter in PREFERENCES.items()}

    def value(self, key: str) -> Any:
        """Return a setting's value; KeyError names one that does not exist."""
        return self._values[key]

    def set(self, key: str, value: object) -> None:
        """Change a setting, and keep it.

        Parameters
        ----------
        key : str
        value : object
            A value, or the text of one.

        Raises
        ------
        SettingError
            If no valid value can be made of it; nothing changes then.
        """
        parameter = PREFERENCES[key]
        parsed = parameter.parse(value)
        if parsed != self._values[key]:
            self._values[key] = parsed
            self._settings.setValue(key, parameter.plain(parsed))
            self.changed.emit(key)

    def reset(self) -> None:
        """Give every setting its default."""
        for key, parameter in PREFERENCES.items():
            self.set(key, parameter.default)

    def values(self) -> dict[str, Any]:
        """Return every setting by its key."""
        return dict(self._values)

    def _stored(self, parameter: Parameter) -> Any:
        if not self._settings.contains(parameter.key):
            return parameter.default
        stored = self._settings.value(parameter.key)
        try:
            return parameter.parse(stored)
        except ValueError as error:
            fallback = parameter.format(parameter.default)
            _LOG.warning("settings: %s; %s is used instead", error, fallback)
            return parameter.default
