"""The program's settings in their dialog, and what becomes of them in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.preferences import PREFERENCES, Preferences
from nnstudio.ui.settings_dialog import SettingsDialog
from nnstudio.ui.theme import load_theme


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def dialog(qtbot: QtBot, preferences: Preferences) -> SettingsDialog:
    made = SettingsDialog(preferences=preferences, theme=load_theme("light"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_there_is_a_field_for_every_setting_with_its_name(dialog: SettingsDialog) -> None:
    assert list(dialog.rows) == list(PREFERENCES)
    for key, row in dialog.rows.items():
        assert row.field.accessibleName() == PREFERENCES[key].label
        assert row.field.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_what_is_entered_acts_at_once(dialog: SettingsDialog, preferences: Preferences) -> None:
    dialog.rows["digits"].field.setValue(5)
    assert preferences.value("digits") == 5


def test_a_wrong_value_is_answered_below_its_field_and_changes_nothing(
    dialog: SettingsDialog, preferences: Preferences
) -> None:
    dialog.rows["digits"].field.setValue("12")
    error = dialog.findChild(QLabel, "settings.digits.error")
    assert error.isVisible()
    assert error.text() == "'12' will not do: expected a whole number from 2 to 6"
    assert preferences.value("digits") == 3


def test_all_cores_can_be_said_in_a_word(dialog: SettingsDialog, preferences: Preferences) -> None:
    field = dialog.rows["processes"].field
    assert field.text() == "all"
    field.setValue("2")
    field.setValue("all")
    assert preferences.value("processes") is None


def test_reset_gives_defaults_and_undo_brings_everything_back(
    qtbot: QtBot, preferences: Preferences, dialog: SettingsDialog
) -> None:
    assert not dialog.reset_button.isEnabled()
    assert not dialog.undo_button.isEnabled()
    preferences.set("digits", 5)
    preferences.set("theme", "dark")
    late = SettingsDialog(preferences=preferences, theme=load_theme("light"))
    qtbot.addWidget(late)
    late.reset_button.click()
    assert (preferences.value("digits"), preferences.value("theme")) == (3, "system")
    assert not late.reset_button.isEnabled()
    late.undo_button.click()
    assert (preferences.value("digits"), preferences.value("theme")) == (5, "dark")
    assert late.rows["digits"].field.text() == "5"


def test_a_setting_that_changes_elsewhere_is_followed(dialog: SettingsDialog, preferences: Preferences) -> None:
    preferences.set("scale", 1.5)
    assert dialog.rows["scale"].field.text() == "1.5"


def test_tab_goes_from_setting_to_setting(qtbot: QtBot, dialog: SettingsDialog) -> None:
    qtbot.waitActive(dialog)
    dialog.go_to("theme")
    reached = []
    for _ in range(len(PREFERENCES) + 3):
        focused = QApplication.focusWidget()
        reached.append(focused.objectName() or focused.text())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert reached[: len(PREFERENCES)] == [f"settings.{key}" for key in PREFERENCES]


# ---- in the window -------------------------------------------------------------------------------------------------


def settings_of(window: MainWindow) -> SettingsDialog:
    window.actions_by_key["settings"].trigger()
    found = [each for each in window.findChildren(SettingsDialog) if each.isVisible()]
    assert len(found) == 1
    return found[0]


def test_ctrl_comma_opens_the_settings_and_escape_closes_them(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(SettingsDialog)
    assert not dialog.isModal()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_theme_of_the_dialog_and_of_the_menu_are_one(window: MainWindow) -> None:
    dialog = settings_of(window)
    dialog.rows["theme"].field.edited.emit("dark")
    assert window.appearance.theme.name == "dark"
    assert window.findChild(QAction, "action_theme_dark").isChecked()
    window.findChild(QAction, "action_theme_light").trigger()
    assert window.preferences.value("theme") == "light"
    assert dialog.rows["theme"].field.currentText() == "light"


def test_digits_are_those_of_the_outputs(window: MainWindow) -> None:
    answers = {panel.key: panel for panel in window.panels}["outputs"].view.table
    assert all(len(answer.partition(".")[2]) == 3 for answer in answers.answers)
    settings_of(window).rows["digits"].field.setValue(5)
    assert all(len(answer.partition(".")[2]) == 5 for answer in answers.answers)


def test_numbers_in_the_heatmap_have_no_more_digits_than_are_asked_for(window: MainWindow) -> None:
    view = {panel.key: panel for panel in window.panels}["weights"].view
    view.resize(1200, 500)
    settings_of(window).rows["digits"].field.setValue(2)
    view.resize(1201, 500)
    assert {style for _, style in filter(None, view.styles)} == {"+.2f"}


def test_frames_come_as_often_as_is_asked_for(window: MainWindow) -> None:
    (timer,) = window.session.controller.findChildren(QTimer)
    for rate, milliseconds in ((10, 100), (50, 20)):
        settings_of(window).rows["frame_rate"].field.setValue(rate)
        assert timer.interval() == milliseconds


def test_processes_are_those_of_the_lab(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.session.lab.Lab.warm", lambda *_: None)
    setup = window.lab._make().setup
    settings_of(window).rows["processes"].field.setValue(2)
    assert setup.where().processes == 2
    setup.rows["lab.processes"].field.setValue("all")
    assert window.preferences.value("processes") is None
