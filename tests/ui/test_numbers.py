"""One setting says how many digits every number has that is seen."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import show_panel, trained

from nnstudio.ui.numbers import loss_at, loss_text
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.network.targets import Target, short_signed, signed
from nnstudio.ui.panels.scores.scored import in_digits
from nnstudio.ui.theme import load_theme


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (0.128227, "0.128227"),
        (1e-6, "1.000e−6"),
        (250.0, "250.0"),
        (0.0, "0"),
        (1.5e8, "1.500e8"),
        (math.nan, "–"),
        (math.inf, "inf"),
    ],
)
def test_a_loss_has_the_digits_that_tell_runs_apart(loss: float, text: str) -> None:
    assert loss_text(loss) == text


def test_a_loss_on_a_curve_is_shorter_unless_it_is_small() -> None:
    assert [loss_at(loss) for loss in (0.128227, 0.00128227, 250.0)] == ["0.1282", "0.001282", "250.0"]


def test_all_numbers_follow_the_one_setting() -> None:
    shown = {
        digits: (loss_text(0.25, digits), loss_at(0.25, digits), signed(0.25, digits), short_signed(0.25, digits))
        for digits in (2, 3, 6)
    }
    assert shown == {
        2: ("0.25000", "0.250", "+0.250", "+0.2"),
        3: ("0.250000", "0.2500", "+0.2500", "+0.25"),
        6: ("0.250000000", "0.2500000", "+0.2500000", "+0.25000"),
    }


def test_scores_have_so_many_digits_in_all() -> None:
    assert [in_digits(0.123456, digits) for digits in (2, 3, 6)] == ["0.12", "0.123", "0.123456"]


def test_numbers_on_edges_have_no_more_digits_than_leave_room_for_all(qtbot: QtBot) -> None:
    panel = show_panel(NetworkPanel, qtbot, trained(epochs=30), size=(620, 360))
    shown = {}
    for digits in (2, 3, 6):
        panel.set_theme(replace(panel.theme, digits=digits))
        places, used = panel.view._numbered
        shown[digits] = len(places), used
    assert shown[2] == (shown[3][0], 2)
    assert shown[3][1] == 3
    assert shown[6][0] == shown[3][0] > 0
    assert 3 <= shown[6][1] < 6


def test_what_is_said_of_a_weight_follows_the_setting_at_once(qtbot: QtBot) -> None:
    theme, panel = load_theme("light"), show_panel(NetworkPanel, qtbot, trained(epochs=30))
    for digits in (2, 5):
        panel.set_theme(replace(theme, digits=digits))
        value, _ = panel.view.reading._of_parameter(Target("bias", 1, 0))
        assert len(value.partition(".")[2]) == digits + 1
