"""Anything can be found by its name and done with the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QDockWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.spec import FIELDS
from nnstudio.files.presets import load_presets
from nnstudio.ui.actions import COMPARE_ACTIONS, LAB_ACTIONS
from nnstudio.ui.command_palette import CommandPalette, recent_keys
from nnstudio.ui.command_search import Searched, ranked
from nnstudio.ui.commands import plain_text
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.preferences import PREFERENCES


def palette(window: MainWindow) -> CommandPalette:
    window.actions_by_key["find_command"].trigger()
    return [each for each in window.findChildren(CommandPalette) if each.isVisible()][-1]


def titles(shown: CommandPalette) -> list[str]:
    return [command.title for command in shown.model._found]


def do(qtbot: QtBot, window: MainWindow, query: str) -> CommandPalette:
    shown = palette(window)
    qtbot.keyClicks(shown.line, query)
    qtbot.keyClick(shown.line, Qt.Key.Key_Return)
    QApplication.processEvents()
    return shown


# ---- finding -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("train", "Train"),
        ("trn sd", "Train 1,000 seeds…"),
        ("learning", "Learning rate"),
        ("RATE learn", "Learning rate"),
        ("save", "Save"),
        ("pict", "Save picture"),
        ("csv", "Export"),
        ("saves", "Save"),
    ],
)
def test_whole_words_come_before_beginnings_and_these_before_parts(query: str, best: str) -> None:
    things = [
        Searched("Export", "File", "Write a table as CSV."),
        Searched("Save picture"),
        Searched("Save"),
        Searched("Train 1,000 seeds…"),
        Searched("Train"),
        Searched("Learning rate", "Setting › Training"),
    ]
    assert things[ranked(query, things)[0]].title == best


def test_every_word_has_to_be_found() -> None:
    things = [Searched("Save picture"), Searched("Save numbers")]
    assert ranked("save nothing", things) == []
    assert ranked("", things) == [0, 1]


def test_a_thing_comes_before_what_can_be_done_with_it() -> None:
    things = [Searched("Loss: Huber", is_detail=True), Searched("Show Loss"), Searched("Loss")]
    assert ranked("loss", things) == [2, 1, 0]


def test_everything_that_can_be_done_is_listed(window: MainWindow) -> None:
    found = set(titles(palette(window)))
    wanted = {plain_text(action.text()) for action in window.actions_by_key.values()}
    wanted |= {preset.title for preset in load_presets()}
    wanted |= {f"Show {panel.title}" for panel in window.panels} | {"Show Experiment"}
    wanted |= {parameter.label for parameter in (*FIELDS.values(), *PREFERENCES.values())}
    wanted |= {f"Lab: {plain_text(entry.text)}" for entry in LAB_ACTIONS}
    wanted |= {f"Compare: {plain_text(entry.text)}" for entry in COMPARE_ACTIONS}
    wanted |= {"Light", "Dark", "High contrast", "Loss: Save picture…", "Decision surface: Copy data"}
    assert wanted <= found


def test_no_two_commands_are_remembered_as_the_same(window: MainWindow) -> None:
    keys = [command.key for command in palette(window).model._found]
    assert len(keys) == len(set(keys))


def test_what_nobody_has_heard_of_is_said_so(qtbot: QtBot, window: MainWindow) -> None:
    shown = palette(window)
    qtbot.keyClicks(shown.line, "zzyzx")
    assert titles(shown) == []
    assert shown.note.text() == "Nothing is called “zzyzx”: try fewer letters."


# ---- the keyboard --------------------------------------------------------------------------------------------------


def test_ctrl_k_opens_it_letters_are_typed_and_escape_closes_it(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    shown = window.findChild(CommandPalette)
    assert shown.isVisible()
    # Space, N and the like are the run's elsewhere.
    qtbot.keyClicks(shown.line, "new weights")
    assert shown.line.text() == "new weights"
    assert window.session.spec.seed == 42
    qtbot.keyClick(shown.line, Qt.Key.Key_Escape)
    assert not shown.isVisible()


def test_the_arrows_choose_and_go_round_at_the_ends(qtbot: QtBot, window: MainWindow) -> None:
    shown = palette(window)
    first = shown.current
    qtbot.keyClick(shown.line, Qt.Key.Key_Up)
    assert shown.list.currentIndex().row() == shown.model.rowCount() - 1
    qtbot.keyClick(shown.line, Qt.Key.Key_Down)
    assert shown.current is first
    qtbot.keyClick(shown.line, Qt.Key.Key_Down)
    assert shown.current is not first


def test_enter_does_what_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    do(qtbot, window, "new weights")
    assert not any(each.isVisible() for each in window.findChildren(CommandPalette))
    assert window.session.spec.seed == 43


def test_what_cannot_be_done_now_is_said_and_the_palette_stays(qtbot: QtBot, window: MainWindow) -> None:
    shown = do(qtbot, window, "undo")
    assert shown.isVisible()
    assert shown.note.text() == "“Undo” has nothing to act on just now."


def test_what_was_done_last_comes_first_the_next_time(qtbot: QtBot, window: MainWindow, settings: QSettings) -> None:
    do(qtbot, window, "new weights")
    do(qtbot, window, "show weights")
    assert titles(palette(window))[:2] == ["Show Weights", "New weights"]
    assert recent_keys(settings) == ["show panel_weights", "action_new_weights"]


@pytest.mark.parametrize("rubbish", ["", "nonsense", 5, [3, None], {"a": 1}])
def test_a_damaged_list_of_recent_commands_does_no_harm(settings: QSettings, rubbish: object) -> None:
    settings.setValue("recent_commands", rubbish)
    assert all(isinstance(key, str) for key in recent_keys(settings))


# ---- panels, examples, settings ------------------------------------------------------------------------------------


def test_a_panel_that_is_hidden_comes_into_sight(qtbot: QtBot, window: MainWindow) -> None:
    dock = window.findChild(QDockWidget, "panel_loss")
    dock.hide()
    do(qtbot, window, "show loss")
    assert dock.isVisible()
    assert "hide panel_loss" in {command.key for command in palette(window).model._found}


def test_an_example_is_opened(qtbot: QtBot, window: MainWindow) -> None:
    do(qtbot, window, "xor that learns")
    assert window.session.spec.training.learning_rate == 1.0


def test_the_way_to_a_setting_leads_through_what_is_folded_and_hidden(qtbot: QtBot, window: MainWindow) -> None:
    window.session.set_hidden(frozenset({"training.schedule"}))
    window.findChild(QDockWidget, "form").hide()
    do(qtbot, window, "schedule")
    field = window.focusWidget()
    assert field.objectName() == "training.schedule"
    assert field.isVisible()


def test_a_value_after_a_settings_name_sets_it(qtbot: QtBot, window: MainWindow) -> None:
    shown = palette(window)
    qtbot.keyClicks(shown.line, "learning rate 0.5")
    assert titles(shown)[0] == "Set Learning rate to 0.5"
    assert shown.current is not None
    assert shown.current.hint == "now 0.1"
    qtbot.keyClick(shown.line, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert window.session.spec.training.learning_rate == 0.5


def test_settings_of_every_kind_can_be_set(qtbot: QtBot, window: MainWindow) -> None:
    for query, key, value in (
        ("rate = 0.25", "training.learning_rate", "0.25"),
        ("epochs 2,000", "training.epochs", "2000"),
        ("hidden layers 4, 3", "network.hidden", "4,3"),
        ("optimizer adam", "training.optimizer", "adam"),
        ("batch size to 2", "training.batch_size", "2"),
        ("warm-up 10", "training.schedule", "constant:warmup=10"),
        ("data circle", "data.name", "circle"),
    ):
        do(qtbot, window, query)
        assert FIELDS[key].format(window.session.spec.get(key)) == value


def test_a_value_that_will_not_do_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    shown = do(qtbot, window, "learning rate abc")
    assert shown.isVisible()
    assert shown.note.text() == "Learning rate: 'abc' will not do: expected a number above 0 up to 1,000"
    assert window.session.spec.training.learning_rate == 0.1


def test_a_value_that_does_not_go_with_the_others_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    shown = do(qtbot, window, "output activation softmax")
    assert shown.isVisible()
    assert "one for a single output" in shown.note.text()
    assert window.session.spec.network.output_activation.name == "sigmoid"


def test_settings_of_the_program_are_set_in_the_same_way(qtbot: QtBot, window: MainWindow) -> None:
    do(qtbot, window, "digits 4")
    assert window.preferences.value("digits") == 4
    do(qtbot, window, "frame rate")
    assert QApplication.focusWidget().objectName() == "settings.frame_rate"


def test_what_can_be_chosen_is_found_by_its_own_name(qtbot: QtBot, window: MainWindow) -> None:
    do(qtbot, window, "adamw")
    assert window.session.spec.training.optimizer.name == "adamw"
