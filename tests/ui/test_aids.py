"""Palette, shortcuts, settings and help open over whichever window of the program a person is in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.ui.command_palette import CommandPalette
from nnstudio.ui.dialogs import ShortcutSheet
from nnstudio.ui.help import HelpWindow
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.settings_dialog import SettingsDialog

CTRL = Qt.KeyboardModifier.ControlModifier
PLACES = ["lab", "compare", "twins"]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, quick_lab: None) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = create_window(ExperimentSpec().with_settings({"training.epochs": 10**6}), settings=settings)
    made.show()
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: made.session.run is not None)
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def other(qtbot: QtBot, window: MainWindow, place: str) -> QWidget:
    """Open another window of the program, and return it when it has the keys."""
    if place == "lab":
        window.lab.open()  # a million epochs take long: no sweep is started
        made: QWidget | None = window.lab.lab_window
    else:
        window.session.step_epoch()
        qtbot.waitUntil(lambda: window.session.run.frame.epoch == 1)
        window.compare.pin()
        window.compare.open()
        made = window.compare.window
        if place == "twins":
            window.compare._twin(window.compare.pins.all[:1])
            made = window.compare.twins[-1]
    assert made is not None
    qtbot.waitActive(made)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    return made


def press(qtbot: QtBot, window: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def palette_of(qtbot: QtBot, window: QWidget) -> CommandPalette:
    press(qtbot, window, Qt.Key.Key_K)
    return next(each for each in window.findChildren(CommandPalette) if each.isVisible())


def find(qtbot: QtBot, palette: CommandPalette, query: str) -> dict[str, str]:
    """Return the titles of what a query finds, with the places."""
    palette.line.clear()
    qtbot.keyClicks(palette.line, query)
    return {command.title: command.searched.place for command in reversed(palette.model._found)}


@pytest.mark.parametrize("place", PLACES)
def test_the_aids_open_over_the_window_that_has_the_keys(qtbot: QtBot, window: MainWindow, place: str) -> None:
    here = other(qtbot, window, place)
    for kind, key, modifier in (
        (ShortcutSheet, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (SettingsDialog, Qt.Key.Key_Comma, CTRL),
        (HelpWindow, Qt.Key.Key_F1, CTRL | Qt.KeyboardModifier.ShiftModifier),
    ):
        press(qtbot, here, key, modifier)
        dialog = here.findChild(kind)
        assert isinstance(dialog, QDialog), kind
        assert dialog.isVisible()
        assert window.findChild(kind) is None
        dialog.close()
        here.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is here)
    parts = [part for part in here.surroundings().parts if part.isVisible()]
    reached = []
    for _ in range(2 * len(parts)):
        press(qtbot, here, Qt.Key.Key_F6, Qt.KeyboardModifier.NoModifier)
        focused = here.focusWidget()
        reached += [number for number, part in enumerate(parts) if part is focused or part.isAncestorOf(focused)]
    able = list(dict.fromkeys(reached))
    assert len(able) >= 3
    first = able.index(min(able))
    assert able[first:] + able[:first] == sorted(able), "F6 goes through the parts in their order"


def test_the_palette_of_the_lab_knows_the_lab_and_the_program(qtbot: QtBot, window: MainWindow) -> None:
    here = other(qtbot, window, "lab")
    palette = palette_of(qtbot, here)
    assert find(qtbot, palette, "earlier sweeps") == {"Earlier sweeps": "Lab window"}
    assert "Loss of every run: Save picture…" in find(qtbot, palette, "save picture")
    assert find(qtbot, palette, "dark")["Dark"] == "View › Theme"
    assert find(qtbot, palette, "rewind")["Rewind"] == "Main window › Run"
    palette.close()
    press(qtbot, here, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    sheet = here.findChild(ShortcutSheet)
    assert sheet.groups[0].entries[0].menu == "Lab", "the sheet begins with what can be done here"


def test_the_palette_of_twins_knows_both_sides(qtbot: QtBot, window: MainWindow) -> None:
    here = other(qtbot, window, "twins")
    palette = palette_of(qtbot, here)
    assert {"Left, loss: Save picture…", "Right, weights: Save picture…"} <= set(find(qtbot, palette, "save picture"))
    found = find(qtbot, palette, "train")
    assert found["Train"] in ("Twins window", "Main window › Run")
    first = palette.model._found[0]
    assert (first.title, first.searched.place) == ("Train", "Twins window"), "what is here comes first"
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: here.twins.running)
    assert not window.session.running
    here.twins.set_running(False)
    here.twins.rewind()
    qtbot.waitUntil(lambda: here.twins.epoch == 0)
    bar = here.surroundings().parts[0]
    bar.widgetForAction(here.actions_by_key["step"]).setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, here, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: here.twins.epoch == 1)
    assert not here.twins.running, "Space pressed the button, and trained nothing"


def test_what_shows_in_the_main_window_brings_it_up(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[bool] = []
    here = other(qtbot, window, "compare")
    monkeypatch.setattr(window, "activateWindow", lambda: brought.append(True))
    palette = palette_of(qtbot, here)
    find(qtbot, palette, "digits shown 5")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.preferences.value("digits") == 5)
    assert not brought, "what is the program's leaves the windows as they are"
    here.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is here)
    palette = palette_of(qtbot, here)
    find(qtbot, palette, "learning rate 0.5")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.spec.training.learning_rate == 0.5)
    assert brought


def test_settings_are_not_lost_with_the_window_that_they_were_opened_in(qtbot: QtBot, window: MainWindow) -> None:
    here = other(qtbot, window, "twins")
    press(qtbot, here, Qt.Key.Key_Comma)
    with qtbot.waitSignal(here.destroyed):
        here.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    press(qtbot, window, Qt.Key.Key_Comma)
    assert window.findChild(SettingsDialog).isVisible()
    window.preferences.set("theme", "dark")


def test_what_a_presenter_does_is_offered_while_one_presents(qtbot: QtBot, window: MainWindow) -> None:
    palette = palette_of(qtbot, window)
    assert not [title for title in find(qtbot, palette, "projector") if title.startswith("Projector:")]
    palette.close()
    for action in window.findChildren(type(window.actions_by_key["train"]), "action_present_blank"):
        action.setEnabled(True)  # as in projector mode
    palette = palette_of(qtbot, window)
    assert "Projector: Blank" in find(qtbot, palette, "projector blank")
    palette.close()
