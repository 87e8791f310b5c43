"""A cheap picture is drawn whenever it is asked for, a dear one less often; none is forgotten."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnstudio.ui.panels import pace as pace_module
from nnstudio.ui.panels.pace import Pace


class Clock:
    """A time that only the test moves."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace_module, "perf_counter", clock)
    return clock


class Picture(QObject):
    """Counts how often it is drawn, each time for as long as the test says.

    Parameters
    ----------
    clock : Clock
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock, self.seconds, self.drawn = clock, 0.0, 0
        self.pace = Pace(budget=0.25, patience=8, parent=self)
        self.pace.due.connect(self.draw)

    def draw(self) -> None:
        self.drawn += 1
        self.clock.now += self.seconds


@pytest.fixture
def picture(qtbot: QtBot, clock: Clock) -> Iterator[Picture]:
    picture = Picture(clock)
    yield picture
    picture.pace.stop()


def test_a_cheap_picture_is_drawn_whenever_it_is_asked_for(picture: Picture) -> None:
    picture.seconds = 0.25
    for _ in range(3):
        picture.pace.ask()
    assert picture.drawn == 3
    assert picture.pace.cost == 0.25


def test_after_a_dear_picture_passes_its_cost_times_the_patience(picture: Picture) -> None:
    picture.seconds = 0.5
    picture.pace.ask()
    for passed, drawn in ((0.0, 1), (3.75, 1), (0.25, 2), (3.75, 2)):  # 8 times half a second are 4 seconds
        picture.clock.now += passed
        picture.pace.ask()
        assert picture.drawn == drawn


def test_what_was_asked_for_too_soon_is_drawn_later_and_once(picture: Picture, qtbot: QtBot) -> None:
    picture.seconds = 0.5
    picture.pace.ask()
    picture.clock.now += 3.99
    picture.pace.ask()
    picture.pace.ask()
    assert picture.drawn == 1
    qtbot.waitUntil(lambda: picture.drawn > 1, timeout=2000)
    assert picture.drawn == 2
    assert not picture.pace._later.isActive()


def test_what_a_picture_costs_elsewhere_counts_as_well(picture: Picture) -> None:
    picture.seconds = 0.125
    picture.pace.ask()
    picture.pace.ask(0.125)
    assert picture.drawn == 2, "a quarter of a second is within the budget"
    picture.pace.ask(0.375)
    assert picture.drawn == 2
    picture.clock.now += 4
    picture.pace.ask(0.375)
    assert picture.drawn == 3


def test_a_picture_can_be_drawn_at_once_and_then_nothing_follows(picture: Picture) -> None:
    picture.seconds = 0.5
    picture.pace.ask()
    picture.pace.ask()
    picture.pace.draw()
    assert picture.drawn == 2
    assert not picture.pace._later.isActive()


def test_what_was_asked_for_can_be_called_off(picture: Picture) -> None:
    picture.seconds = 0.5
    picture.pace.ask()
    picture.pace.ask()
    assert picture.pace._later.isActive()
    picture.pace.stop()
    assert not picture.pace._later.isActive()


def test_a_cost_of_which_nothing_follows_is_forgotten(picture: Picture) -> None:
    picture.seconds = 0.5
    picture.pace.draw()
    picture.pace.cost = 0.0
    picture.pace.ask()
    assert picture.drawn == 2
