"""The program's own settings: kept, checked, reset, and repaired one by one."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QByteArray, QSettings

from nnstudio.engine.registry import SettingError
from nnstudio.ui.preferences import PREFERENCES, Preferences

#: A right value that differs from the default, for every setting.
OTHERS = {
    "theme": "dark",
    "scale": 1.5,
    "digits": 5,
    "frame_rate": 60,
    "processes": 2,
    "motion": "reduced",
} | {"palette": PREFERENCES["palette"].names[-1]}  # type: ignore[attr-defined]


def test_settings_are_kept_from_start_to_start(settings: QSettings) -> None:
    preferences = Preferences(settings)
    for key, value in OTHERS.items():
        preferences.set(key, value)
    settings.sync()
    again = Preferences(QSettings(settings.fileName(), QSettings.Format.IniFormat))
    assert again.values() == OTHERS
    assert set(OTHERS) == set(PREFERENCES)


def test_every_default_is_right() -> None:
    for parameter in PREFERENCES.values():
        assert parameter.parse(parameter.plain(parameter.default)) == parameter.default


def test_a_wrong_value_is_refused_in_words_and_changes_nothing(settings: QSettings) -> None:
    preferences = Preferences(settings)
    with pytest.raises(SettingError, match="from 2 to 6"):
        preferences.set("digits", 12)
    assert preferences.value("digits") == 3
    assert not settings.contains("digits")


def test_those_who_listen_learn_which_setting_changed_and_only_then(settings: QSettings) -> None:
    preferences, heard = Preferences(settings), list[str]()
    preferences.changed.connect(heard.append)
    preferences.set("digits", "4")
    preferences.set("digits", 4)
    assert heard == ["digits"]
    assert preferences.value("digits") == 4


def test_reset_gives_every_setting_its_default_back(settings: QSettings) -> None:
    preferences = Preferences(settings)
    for key, value in OTHERS.items():
        preferences.set(key, value)
    preferences.reset()
    assert preferences.values() == {key: parameter.default for key, parameter in PREFERENCES.items()}


@pytest.mark.parametrize("rubbish", ["rubbish", "", "nan", "-1e99", QByteArray(b"\x00\xff"), [1, 2], True])
@pytest.mark.parametrize("key", PREFERENCES)
def test_a_damaged_value_falls_back_alone_with_a_note_in_the_log(
    settings: QSettings, caplog: pytest.LogCaptureFixture, key: str, rubbish: object
) -> None:
    for each, value in OTHERS.items():
        settings.setValue(each, value)
    settings.setValue(key, rubbish)
    with caplog.at_level(logging.WARNING, "nnstudio"):
        preferences = Preferences(settings)
    assert preferences.values() == OTHERS | {key: PREFERENCES[key].default}
    (record,) = caplog.records
    assert record.name == "nnstudio"
    assert record.getMessage().startswith(f"settings: {key}: ")
