"""The keys of the remote, named beside those of the keyboard, and words that leave them room."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nnstudio.insight.outcomes import Outcome
from nnstudio.ui.outcome_bar import OutcomeBar
from nnstudio.ui.projector.words import with_remote
from nnstudio.ui.theme import load_theme


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Press Space to train", "Press Space or Page Down to train"),
        ("This run has ended. Home rewinds it.", "This run has ended. Home or Page Up rewinds it."),
        ("The spaces at Homeland", "The spaces at Homeland"),
    ],
)
def test_keys_that_the_remote_has_too_are_named_with_its_own(text: str, shown: str) -> None:
    assert with_remote(text) == shown


def test_a_score_is_said_in_fewer_words_while_people_watch(qtbot: QtBot) -> None:
    bar = OutcomeBar(theme=load_theme("light"))
    qtbot.addWidget(bar)
    bar.show_outcome(Outcome("learning", "paused: accuracy 98 % on the training, 97 % on the test samples", "Space."))
    whole = bar.findChild(QLabel, "outcome").text()
    bar.set_presenting(True)
    assert bar.findChild(QLabel, "outcome").text() == "Paused: accuracy 98 % training, 97 % test"
    assert bar.findChild(QLabel, "hint").text() == "Space or Page Down."
    bar.set_presenting(False)
    assert bar.findChild(QLabel, "outcome").text() == whole
