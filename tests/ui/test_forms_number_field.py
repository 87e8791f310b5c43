"""Numbers are typed as people write them, and step as the setting calls for."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.registry import Number
from nnstudio.engine.spec import FIELDS
from nnstudio.ui.forms.number_field import NumberField
from nnstudio.ui.forms.steps import stepped

RATE = FIELDS["training.learning_rate"]
EPOCHS = FIELDS["training.epochs"]
BATCH = FIELDS["training.batch_size"]
assert isinstance(RATE, Number) and isinstance(EPOCHS, Number) and isinstance(BATCH, Number)
UNIT = Number(key="beta", label="Beta", help="", default=0.9, minimum=0.0, maximum=1.0, below=True)
WIDE = Number(key="bias", label="Bias", help="", default=0.1, minimum=-100.0, maximum=100.0)
OPEN_LOG = Number(key="loss", label="", help="", default=None, absent="off", minimum=0, above=True, log=True)
LOG_FROM_0 = Number(key="rate", label="", help="", default=0.001, minimum=0.0, maximum=10.0, log=True)
WHOLE_LOG = Number(key="epochs", label="", help="", default=1, whole=True, minimum=1, maximum=10**9, log=True)


class Edits(list):
    """What a field has reported."""


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    """A window that has the focus, with one other place for it."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(QLineEdit())
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield window


def put(window: QWidget, parameter: Number) -> tuple[NumberField, Edits]:
    field, edits = NumberField(parameter), Edits()
    window.layout().addWidget(field)
    field.show()
    field.edited.connect(edits.append)
    return field, edits


def type_in(qtbot: QtBot, field: NumberField, text: str, *, end: bool = True) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    if end:
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_whole_numbers_show_thousands(window: QWidget) -> None:
    field, _ = put(window, EPOCHS)
    assert field.text() == "10,000"
    assert field.value() == 10_000


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), ("1e-3", 0.001), ("abc", "abc"), ("-1", "-1"), ("", "")])
def test_return_reports_the_number_or_the_text(qtbot: QtBot, window: QWidget, text: str, value: object) -> None:
    field, edits = put(window, RATE)
    field.setFocus()
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    assert edits == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert edits == [value]
    assert field.text() == text  # what it becomes is for others to say


@pytest.mark.parametrize(("text", "value"), [("20,000", 20_000), ("1e6", 1_000_000), ("2.5", "2.5")])
def test_whole_numbers_are_read_as_people_write_them(qtbot: QtBot, window: QWidget, text: str, value: object) -> None:
    field, edits = put(window, EPOCHS)
    type_in(qtbot, field, text)
    assert edits == [value]


def test_leaving_the_field_reports_once(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, RATE)
    type_in(qtbot, field, "0.5", end=False)
    window.findChild(QLineEdit).setFocus()
    assert edits == [0.5]
    type_in(qtbot, field, "abc")
    window.findChild(QLineEdit).setFocus()
    assert edits == [0.5, "abc"]


def test_the_same_number_in_other_words_is_no_edit(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, EPOCHS)
    with qtbot.waitSignal(field.restored):
        type_in(qtbot, field, "1e4")
    assert edits == []
    assert field.text() == "10,000"


def test_escape_brings_the_present_value_back(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, RATE)
    type_in(qtbot, field, "abc")
    with qtbot.waitSignal(field.restored):
        qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.1"
    assert edits == ["abc"]


def test_a_word_stands_for_no_number(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, BATCH)
    assert field.text() == "full"
    assert field.value() is None
    type_in(qtbot, field, "2")
    field.show_value(2)
    type_in(qtbot, field, "full")
    assert edits == [2, None]


def test_scripts_set_numbers_and_texts(window: QWidget) -> None:
    field, edits = put(window, EPOCHS)
    field.setValue(4)
    field.setValue("5")
    field.setText("6")
    field.editingFinished.emit()
    assert edits == [4, 5, 6]


def test_being_shown_a_value_is_no_edit_and_does_not_disturb_typing(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, RATE)
    field.show_value(0.2)
    assert (field.text(), edits) == ("0.2", [])
    type_in(qtbot, field, "0.7", end=False)
    field.lineEdit().setCursorPosition(1)
    field.show_value(0.3)
    assert field.text() == "0.7"
    assert field.lineEdit().cursorPosition() == 1
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "0.3"


def test_arrow_keys_step(qtbot: QtBot, window: QWidget) -> None:
    field, edits = put(window, RATE)
    field.edited.connect(field.show_value)
    field.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(field, key)
    assert edits == [0.2, 0.5, 1.0, 0.5]


def test_the_wheel_turns_only_the_field_that_has_the_focus(window: QWidget) -> None:
    field, edits = put(window, RATE)
    turn = QWheelEvent(
        QPointF(5, 5), QPointF(field.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    window.findChild(QLineEdit).setFocus()
    QApplication.sendEvent(field, turn)
    assert not turn.isAccepted()
    assert edits == []
    field.setFocus()
    QApplication.sendEvent(field, turn)
    assert edits == [0.2]


@pytest.mark.parametrize(
    ("parameter", "value", "steps", "result"),
    [
        (RATE, 0.1, 1, 0.2),
        (RATE, 0.1, -1, 0.05),
        (RATE, 0.3, 1, 0.5),
        (RATE, 0.3, -1, 0.2),
        (RATE, 0.1, 3, 1.0),
        (RATE, 1000.0, 1, 1000.0),
        (RATE, 700.0, 1, 1000.0),
        (EPOCHS, 1, -1, 1),
        (WHOLE_LOG, 10_000, 1, 20_000),
        (WHOLE_LOG, 10_000, -1, 5_000),
        (WHOLE_LOG, 1, -1, 1),
        (BATCH, None, 1, 1),
        (BATCH, 1, -1, None),
        (BATCH, None, -1, None),
        (OPEN_LOG, None, 1, 0.01),
        (OPEN_LOG, 1e-12, -1, None),
        (LOG_FROM_0, 0.0, -1, 0.0),
        (LOG_FROM_0, 1e-12, -1, 0.0),
        (UNIT, 0.9, 1, 0.95),
        (UNIT, 0.999, -1, 0.95),
        (UNIT, 0.999, 1, 0.999),
        (UNIT, 0.02, -1, 0.0),
        (WIDE, 0.1, 1, 0.2),
        (WIDE, 0.0, -1, -0.1),
        (WIDE, 15.0, 1, 16.0),
        (WIDE, -100.0, -1, -100.0),
    ],
)
def test_steps(parameter: Number, value: float | None, steps: int, result: float | None) -> None:
    assert stepped(parameter, value, steps) == result
    parameter.parse(result)


@pytest.mark.parametrize("key", [key for key, parameter in FIELDS.items() if isinstance(parameter, Number)])
def test_every_number_steps_through_valid_values(key: str) -> None:
    parameter = FIELDS[key]
    assert isinstance(parameter, Number)
    for direction in (1, -1):
        value = parameter.default
        for _ in range(60):
            value = parameter.parse(stepped(parameter, value, direction))


def test_an_e_that_no_number_begins_with_is_left_to_the_window(qtbot: QtBot, window: QWidget) -> None:
    field, _ = put(window, RATE)
    folded = []
    QShortcut(QKeySequence("E"), window).activated.connect(lambda: folded.append("E"))
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(field, Qt.Key.Key_E)
    assert len(folded) == 1
    qtbot.keyClicks(field, "1e-3")
    assert (field.text(), len(folded)) == ("1e-3", 1)
