"""The line that the eye meets first in the lab: what it says before, during and after a sweep."""

import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import ended, noisy_results, random_results, results_of

from nnstudio.lab.results import Results
from nnstudio.ui.lab.headline import Headline
from nnstudio.ui.theme import load_theme


@pytest.fixture
def headline(qtbot: QtBot) -> Headline:
    made = Headline(load_theme("light"))
    qtbot.addWidget(made)
    return made


def said(headline: Headline, results: Results, *, under_way: bool) -> tuple[str, str]:
    headline.show_results(results, None, under_way=under_way)
    share, rest = (headline.findChild(QLabel, name) for name in ("lab_share", "lab_share_rest"))
    assert share is not None and rest is not None
    return share.text(), rest.text()


def test_a_sweep_that_was_ended_early_is_not_said_to_train(headline: Headline) -> None:
    results = results_of()
    assert said(headline, results, under_way=True) == ("Training…", "No network is done yet.")
    assert said(headline, results, under_way=False) == ("Not trained yet", "It ended before a network was done.")


def test_the_best_cell_is_the_best_of_those_that_are_known(headline: Headline) -> None:
    results = results_of("network.hidden=1,2,3", seeds=2)
    ended(results, [0, 1], [0.1, 0.1], "stuck")
    assert said(headline, results, under_way=True)[1].startswith("The first of 3 cells, hidden neurons 1: ")
    ended(results, [2, 3], [0.001, 0.002])
    assert said(headline, results, under_way=True)[1].startswith("Best of 2 cells so far, hidden neurons 2: ")
    ended(results, [4, 5], [0.1, 0.002])
    assert said(headline, results, under_way=False)[1].startswith("Best of 3 cells, hidden neurons 2: ")


def test_losses_tell_apart_what_noise_keeps_from_being_learned(headline: Headline) -> None:
    results = noisy_results()
    ended(results, range(10), [0.01 * (run + 1) for run in range(10)], "settled", ())
    assert said(headline, results, under_way=False) == (
        "Median loss 0.055",
        "Over 10 runs, half of them from 0.0325 to 0.0775; none reached an R² of 0.99",
    )
    # As soon as one has learned, it can be counted how many do.
    ended(results, [0], [0.001], "learned", ())
    assert said(headline, results, under_way=False)[0] == "1 of 10 learned"


def test_where_none_learned_the_best_cell_has_the_lowest_loss_of_all(headline: Headline) -> None:
    results = noisy_results("training.learning_rate=log:0.01:1:40", seeds=3)
    for cell in range(40):
        loss = 0.5 + abs(cell - 33) / 100
        ended(results, range(3 * cell, 3 * cell + 3), [loss, loss, 9.0], "settled", ())
    share, rest = said(headline, results, under_way=False)
    assert share == "Median loss 0.5"
    rate = results.sweep.cells[33][0]
    assert rest.startswith(f"Best of 40 cells, learning rate {rate:.3g}: over 3 runs")


def test_a_single_axis_names_the_median_loss_of_each_value(headline: Headline) -> None:
    results = noisy_results("training.optimizer=adam,momentum", seeds=2)
    ended(results, [0, 1], [0.1, 0.3], "settled", ())
    ended(results, [2, 3], [0.4, 0.6], "settled", ())
    assert said(headline, results, under_way=False)[1].endswith("Median loss with optimizer adam: 0.2, momentum: 0.5")


def test_no_line_ends_between_a_number_and_its_percent_sign(headline: Headline) -> None:
    results = results_of(seeds=2)
    ended(results, [0, 1], [0.001, 0.002])
    rest = said(headline, results, under_way=False)[1]
    assert "%" in rest and " %" not in rest


def test_results_of_something_else_than_the_form_says_are_named_so(headline: Headline) -> None:
    results = results_of(seeds=2)
    said(headline, results, under_way=False)
    what = headline.findChild(QLabel, "lab_what")
    headline.show_whose(of_another=True)
    assert what.text().startswith("Shown below: XOR, 2-2-1")
    headline.show_whose(of_another=False)
    assert what.text().startswith("XOR, 2-2-1")


def test_hyperband_is_named(headline: Headline) -> None:
    results = random_results("training.learning_rate=log:0.1:10:3", method="hyperband")
    said(headline, results, under_way=True)
    assert "; Hyperband over 8 combinations; " in headline.findChild(QLabel, "lab_what").text()
