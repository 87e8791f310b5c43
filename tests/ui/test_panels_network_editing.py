"""Changing a network in its drawing: values, features, neurons and layers."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import trained
from test_panels_network import PLAYGROUND, block, hover, make, place

from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.hidden_layers import MAX_LAYERS, MAX_UNITS, HiddenLayer
from nnstudio.engine.registry import Choice
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.session import Session
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.network.targets import Target

Key = Qt.Key


def click(panel: NetworkPanel, qtbot: QtBot, target: Target) -> None:
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=place(panel, target).toPoint())


def button(panel: NetworkPanel, name: str) -> QToolButton:
    found = panel.findChild(QToolButton, f"network_{name}")
    assert found is not None, name
    return found


def keep(panel: NetworkPanel) -> QCheckBox:
    return next(widget for widget in panel.controls() if isinstance(widget, QCheckBox))


# ---- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Target("edge", 1, unit=2, source=1), "weight x2 → h1.3"),
        (Target("edge", 3, unit=0, source=1), "weight h2.2 → y"),
        (Target("bias", 1, unit=3), "bias h1.4"),
        (Target("bias", 3, unit=0), "bias y"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_click_opens_a_field_and_enter_gives_its_value_away(qtbot: QtBot, target: Target, name: str) -> None:
    run = trained(PLAYGROUND, epochs=5)
    panel = make(qtbot, run)
    row = -1 if target.kind == "bias" else target.source
    click(panel, qtbot, target)
    field = panel.view.editor.field
    assert field.isVisible() and field.hasFocus() and field.selectedText() == field.text()
    assert float(field.text()) == pytest.approx(block(run, target.layer)[row, target.unit], rel=1e-5)
    assert field.accessibleName() == f"Value of {name}"
    qtbot.keyClicks(field, "-2.5")
    with qtbot.waitSignal(panel.parameter_typed) as typed:
        qtbot.keyClick(field, Key.Key_Return)
    index, value, said = typed.args
    parameters = run.frame.parameters.copy()
    parameters[index] = value
    changed = run.layout.blocks(parameters)[target.layer - 1]
    assert changed[row, target.unit] == -2.5, "the index is the place of that very number"
    assert said == name
    assert not panel.view.editor.isVisible() and panel.view.hasFocus()
    assert not panel.view.has_ring, "Enter was for the field, not for the drawing"


@pytest.mark.parametrize(
    ("text", "words"),
    [("abc", "Expected a number"), ("", "Expected a number"), ("1,5", "point instead of the comma: 1.5"),
     ("inf", "finite"), ("nan", "finite"), ("1e999", "finite")],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused_beside_the_field(qtbot: QtBot, text: str, words: str) -> None:
    panel = make(qtbot, trained())
    typed: list[object] = []
    panel.parameter_typed.connect(lambda *arguments: typed.append(arguments))
    click(panel, qtbot, Target("bias", 1, 0))
    editor = panel.view.editor
    editor.field.setText(text)
    qtbot.keyClick(editor.field, Key.Key_Return)
    message = editor.findChild(QLabel, "network_value_error")
    assert editor.isVisible() and message.isVisible() and words in message.text()
    assert editor.field.text() == text and editor.field.property("invalid") is True, "nothing is lost"
    assert panel.view.rect().contains(editor.geometry())
    editor.field.setText("0.25")
    qtbot.keyClick(editor.field, Key.Key_Return)
    assert len(typed) == 1 and not editor.isVisible()


def test_escape_and_an_unchanged_value_leave_everything_as_it_is(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    typed: list[object] = []
    panel.parameter_typed.connect(lambda *arguments: typed.append(arguments))
    for keys in ("9", ""):
        click(panel, qtbot, Target("edge", 2, unit=0, source=0))
        field = panel.view.editor.field
        qtbot.keyClicks(field, keys)
        qtbot.keyClick(field, Key.Key_Escape if keys else Key.Key_Return)
        assert not panel.view.editor.isVisible()
    assert typed == []


def test_a_click_elsewhere_closes_the_field_unless_something_was_typed(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    click(panel, qtbot, Target("bias", 1, 0))
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=QPointF(panel.view.width() - 3, 3).toPoint())
    assert not panel.view.editor.isVisible()
    click(panel, qtbot, Target("bias", 1, 0))
    panel.start_run(trained(number=2), ())
    assert not panel.view.editor.isVisible(), "the number belongs to a run that is over"


def test_up_and_down_go_through_all_that_decides_a_neuron(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    typed: list[tuple[object, ...]] = []
    panel.parameter_typed.connect(lambda *arguments: typed.append(arguments))
    click(panel, qtbot, Target("bias", 1, 1))
    names = []
    for text in ("1", "2", "3"):
        field = panel.view.editor.field
        names.append(field.accessibleName().removeprefix("Value of "))
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Key.Key_Down)
    assert names == ["bias h2", "weight x1 → h2", "weight x2 → h2"]
    assert [(value, name) for _, value, name in typed] == list(zip((1.0, 2.0, 3.0), names, strict=True))
    assert panel.view.editor.field.accessibleName().endswith("bias h2")


def test_a_click_on_a_neuron_edits_its_bias_where_there_is_no_room_to_write_it(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({"network.hidden": "11"}), size=(420, 260))
    assert panel.view.places is not None and panel.view.places.columns[1].label == 0
    click(panel, qtbot, Target("unit", 1, 5))
    assert panel.view.editor.field.accessibleName() == "Value of bias h6"


def test_enter_on_the_focus_ring_edits_the_bias(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    view = panel.view
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Key.Key_Right)
    qtbot.keyClick(view, Key.Key_Return)
    assert view.editor.field.accessibleName() == "Value of bias h1"
    qtbot.keyClick(view.editor.field, Key.Key_Escape)
    assert view.hasFocus() and view.has_ring


def test_the_arrows_are_the_windows_unless_there_is_a_ring(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())  # held: without it the view is deleted
    view = panel.view

    def taken() -> bool:
        none = Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_Right, none)
        event.ignore()
        view.event(event)
        return event.isAccepted()

    assert not taken()
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert taken()
    qtbot.keyClick(view, Key.Key_Escape)
    assert not taken()


# ---- features -------------------------------------------------------------------------------------------------------


def test_a_click_gives_a_feature_to_the_network_or_takes_it_away(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({**PLAYGROUND, "data.features": "x1,product"}))
    features = tuple(FEATURES)
    asked: list[tuple[object, bool]] = []
    panel.features_toggled.connect(lambda names, keeps: asked.append((names, keeps)))
    hover(panel, place(panel, Target("feature", 0, -1, feature=features.index("x2"))))
    assert panel.view.lines == ["x2", FEATURES["x2"].summary, "Click to give it to the network"]
    click(panel, qtbot, Target("feature", 0, -1, feature=features.index("x2")))
    keep(panel).setChecked(True)
    click(panel, qtbot, Target("feature", 0, 1, feature=features.index("product")))
    assert asked == [(("x1", "x2", "product"), False), (("x1", "x2"), True)]


def test_the_last_feature_stays_and_the_drawing_says_so(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({**PLAYGROUND, "data.features": "radius"}))
    asked: list[object] = []
    panel.features_toggled.connect(lambda names, _: asked.append(names))
    click(panel, qtbot, Target("feature", 0, 0, feature=tuple(FEATURES).index("radius")))
    assert asked == []
    assert "at least one feature" in panel.view._note


def test_other_data_has_no_features_to_choose(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({"data.name": "parity:bits=3"}))
    assert panel.view.places is not None and panel.view.places.features == ()
    click(panel, qtbot, Target("unit", 0, 1))
    assert not panel.view.editor.isVisible()


# ---- neurons and layers ---------------------------------------------------------------------------------------------


def sizes(layers: object) -> list[int]:
    return [layer.size for layer in layers]  # type: ignore[attr-defined]


def test_plus_and_minus_ask_for_more_and_fewer_neurons(qtbot: QtBot) -> None:
    relu = {**PLAYGROUND, "network.hidden": "4:relu,2"}
    panel = make(qtbot, trained(relu))
    asked: list[tuple[object, bool]] = []
    panel.hidden_changed.connect(lambda layers, keeps: asked.append((layers, keeps)))
    button(panel, "more_1").click()
    assert asked == [((HiddenLayer(5, Choice("relu")), HiddenLayer(2)), False)], "a layer keeps its activation"
    keep(panel).setChecked(True)
    button(panel, "more_1").click()  # before the new network is there
    assert (sizes(asked[-1][0]), asked[-1][1]) == ([6, 2], True)
    panel.start_run(trained(relu, number=2), ())
    button(panel, "fewer_2").click()
    assert sizes(asked[-1][0]) == [4, 1]


def test_layers_are_added_where_the_button_stands_and_removed(qtbot: QtBot) -> None:
    run = trained({**PLAYGROUND, "network.hidden": "4,2"})
    panel = make(qtbot, run)
    asked: list[object] = []
    panel.hidden_changed.connect(lambda layers, _: asked.append(layers))
    for name in ("add_layer_1", "add_layer_2", "add_layer_3", "remove_layer_1", "remove_layer_2"):
        button(panel, name).click()
        panel.start_run(run, ())
    assert [sizes(layers) for layers in asked] == [[4, 4, 2], [4, 4, 2], [4, 2, 2], [2], [4]]


def test_a_network_without_hidden_layers_gets_its_first_one(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({"network.hidden": "none"}))
    with qtbot.waitSignal(panel.hidden_changed) as asked:
        button(panel, "add_layer_1").click()
    assert sizes(asked.args[0]) == [2]


@pytest.mark.parametrize("hidden", ["4,2", ",".join(["3"] * 10)])
def test_the_menu_of_a_title_does_the_same_where_there_is_no_room_for_buttons(qtbot: QtBot, hidden: str) -> None:
    panel = make(qtbot, trained({**PLAYGROUND, "network.hidden": hidden}), size=(420, 330))
    title = button(panel, "layer_2")
    assert title.isVisible() and "neuron" in title.toolTip()
    stops = [each for each in panel.heads.findChildren(QToolButton) if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) == 1, "Tab comes to one of them, and the arrows to the others"
    reached = [stops[0]]
    while title not in reached and len(reached) < 50:
        qtbot.keyClick(reached[-1], Qt.Key.Key_Right)
        reached.append(panel.focusWidget())
    assert title in reached
    before = [int(size) for size in hidden.split(",")]
    asked = []
    panel.hidden_changed.connect(lambda layers, _: asked.append(sizes(layers)))
    actions = [action for action in title.menu().actions() if action.text()]
    assert [action.text() for action in actions] == [
        "Add a neuron", "Remove its last neuron", "Add a layer before it", "Add a layer after it", "Remove this layer",
    ]  # fmt: skip
    for action in (actions[0], actions[3]):
        action.trigger()
        panel.start_run(trained({**PLAYGROUND, "network.hidden": hidden}), ())
    assert asked == [[before[0], before[1] + 1, *before[2:]], [*before[:2], before[1], *before[2:]]]


def test_what_cannot_be_done_is_disabled_and_says_why(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({**PLAYGROUND, "network.hidden": f"1,{MAX_UNITS}"}))
    for name, able, words in (
        ("fewer_1", False, "at least 1 neuron"),
        ("more_1", True, "Add a neuron"),
        ("more_2", False, f"at most {MAX_UNITS:,} neurons"),
        ("add_layer_1", True, "Add a hidden layer"),
    ):
        assert (button(panel, name).isEnabled(), words in button(panel, name).toolTip()) == (able, True), name
    full = ",".join(["1"] * MAX_LAYERS)
    panel = make(qtbot, trained({**PLAYGROUND, "network.hidden": full}), size=(1200, 400))
    assert not button(panel, "add_layer_5").isEnabled()
    assert f"at most {MAX_LAYERS} hidden layers" in button(panel, "add_layer_5").toolTip()


def test_every_button_has_a_name_for_those_who_cannot_see_it(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    buttons = [each for each in panel.findChildren(QToolButton) if each.objectName().startswith("network_")]
    assert len(buttons) > 8
    assert all(each.toolTip() and each.accessibleName() for each in buttons)
    assert len({each.objectName() for each in buttons}) == len(buttons)


# ---- with a session -------------------------------------------------------------------------------------------------


def test_a_neuron_that_is_added_with_keep_changes_nothing_of_the_outputs(qtbot: QtBot) -> None:
    session = Session(spec=ExperimentSpec().with_settings({"network.hidden": "3", "training.epochs": 400}))
    try:
        qtbot.waitUntil(lambda: session.run is not None)
        session.toggle_training()
        qtbot.waitUntil(lambda: session.run is not None and session.run.frame.stopped is not None, timeout=10_000)
        run = session.run
        assert run is not None
        panel = make(qtbot, run)
        before = run.frame.outputs
        keep(panel).setChecked(True)
        panel.hidden_changed.connect(
            lambda layers, keeps: session.use_spec(
                session.spec.with_settings({"network.hidden": layers}), "a neuron more", keep_weights=keeps
            )
        )
        with qtbot.waitSignal(session.run_started) as started:
            button(panel, "more_1").click()
        run = started.args[0]
        panel.start_run(run, ())
        panel.refresh(run)
        assert run.layout.sizes == (2, 4, 1)
        assert run.frame.outputs == pytest.approx(before)
        assert block(run, 2)[3, 0] == 0, "what leads out of the new neuron"
        panel.parameter_typed.connect(session.set_parameter)
        click(panel, qtbot, Target("bias", 2, 0))
        qtbot.keyClicks(panel.view.editor.field, "1.5")
        qtbot.keyClick(panel.view.editor.field, Key.Key_Return)
        qtbot.waitUntil(lambda: session.run is not None and block(session.run, 2)[-1, 0] == 1.5)
        session.undo_stack.undo()
        qtbot.waitUntil(lambda: session.run is not None and block(session.run, 2)[-1, 0] != 1.5)
    finally:
        session.close()
