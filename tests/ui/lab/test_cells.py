"""The cells of a sweep: the drawing that suits its axes, the figures, and the cell that is chosen."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import HALF, chart, click, ended, given_up, hover, noisy_results, random_results, results_of

from nnstudio.insight.statistics import wilson_interval
from nnstudio.lab.results import Results
from nnstudio.ui.lab.cells import CellsCanvas, CellsChart
from nnstudio.ui.lab.figures import brief_count
from nnstudio.ui.lab.line_view import LineView
from nnstudio.ui.lab.list_view import ListView
from nnstudio.ui.lab.map_view import MapView
from nnstudio.ui.lab.scatter_view import ScatterView

SEEDS = 10


def canvas_of(panel: CellsChart) -> CellsCanvas:
    assert isinstance(panel.canvas, CellsCanvas)
    return panel.canvas


def fill(results: Results, cell: int, learned: int, seeds: int = SEEDS) -> Results:
    """Let all runs of a cell end, so many of them having learned."""
    first = cell * seeds
    if learned:
        epochs = [100 * (i + 1) for i in range(learned)]
        ended(results, range(first, first + learned), [0.001 * (i + 1) for i in range(learned)], epochs=epochs)
    if learned < seeds:
        ended(results, range(first + learned, first + seeds), [0.128] * (seeds - learned), "stuck", HALF)
    return results


def over_one_axis(done: int = 4) -> Results:
    results = results_of("network.hidden=1,2,3,4")
    for cell, learned in enumerate((0, 7, 9, 10)[:done]):
        fill(results, cell, learned)
    return results


def over_two_axes(done: int = 6) -> Results:
    results = results_of("network.hidden=2,3,4", "training.learning_rate=log:0.1:10:3")
    for cell in range(done):
        fill(results, cell, cell)
    return results


def at(canvas: CellsCanvas, cell: int) -> tuple[float, float]:
    assert canvas._view is not None
    x, y = canvas._view.place(cell).center().toTuple()
    return x, y


def test_one_axis_is_a_curve_with_wilson_intervals(qtbot: QtBot) -> None:
    view = canvas_of(chart(CellsChart, qtbot, over_one_axis()))._view
    assert isinstance(view, LineView)
    for cell, learned in enumerate((0, 7, 9, 10)):
        low, high = wilson_interval(learned, SEEDS)
        assert view.ys[cell] == pytest.approx(view.axes.y(learned / SEEDS))
        assert (view._bottoms[cell], view._tops[cell]) == pytest.approx((view.axes.y(low), view.axes.y(high)))
    # A list's values are evenly apart.
    assert np.diff(view.xs) == pytest.approx(np.diff(view.xs)[0])


def test_values_lie_where_the_scale_of_their_axis_puts_them(qtbot: QtBot) -> None:
    for axis in ("log:0.1:10:3", "lin:1:3:3", "0.1,1,3"):
        results = fill(results_of(f"training.learning_rate={axis}"), 0, 5)
        view = canvas_of(chart(CellsChart, qtbot, results))._view
        assert isinstance(view, LineView)
        gaps = np.diff(view.xs)
        assert gaps[0] == pytest.approx(gaps[1])
    # Numbers that chance has drawn lie by size: 0.1 to 10 by order of magnitude.
    results = fill(random_results("training.learning_rate=log:0.1:10:3"), 0, 5)
    view = canvas_of(chart(CellsChart, qtbot, results))._view
    assert isinstance(view, LineView)
    rates = np.array([cell[0] for cell in results.sweep.cells])
    slope = np.polyfit(np.log10(rates), view.xs, 1)
    assert np.polyval(slope, np.log10(rates)) == pytest.approx(view.xs)


def test_two_axes_are_a_heatmap_the_first_axis_across(qtbot: QtBot) -> None:
    view = canvas_of(chart(CellsChart, qtbot, over_two_axes()))._view
    assert isinstance(view, MapView)
    first, up, across = view.place(0), view.place(1), view.place(3)
    assert up.bottom() == first.top() and up.left() == first.left()
    assert across.left() == first.right() and across.top() == first.top()
    assert all(view.find(view.place(cell).center()) == cell for cell in range(9))
    # The best known cell has all of the colour, what has not been trained has none.
    shares = view.shares()
    assert shares[:6] == pytest.approx(np.arange(6) / 10) and np.isnan(shares[6:]).all()


def test_a_large_grid_is_painted_as_dots(qtbot: QtBot) -> None:
    results = results_of("training.learning_rate=log:0.01:1:60", "training.epochs=lin:2:61:60", seeds=1)
    for cell in (0, 3599):
        fill(results, cell, 1, seeds=1)
    panel = chart(CellsChart, qtbot, results, size=(260, 200))
    view = canvas_of(panel)._view
    assert isinstance(view, MapView) and view.place(0).width() < 5
    assert view.find(view.place(1234).center()) == 1234
    assert not panel.picture().isNull()


def test_a_random_search_is_points_or_a_list(qtbot: QtBot) -> None:
    for axes, kind in (
        (("training.learning_rate=log:0.1:10:3",), LineView),
        (("training.learning_rate=log:0.1:10:3", "training.epochs=lin:100:1000:4"), ScatterView),
        (("training.learning_rate=log:0.1:10:3", "network.hidden=2;3;4,4", "network.activation=tanh,relu"), ListView),
    ):
        results = random_results(*axes)
        for cell in range(6):
            fill(results, cell, cell + 2)
        canvas = canvas_of(chart(CellsChart, qtbot, results))
        assert type(canvas._view) is kind
        for cell in range(8):
            found = canvas._view.find(canvas._view.place(cell).center())
            assert found == cell
    assert type(canvas_of(chart(CellsChart, qtbot, fill(results_of(), 0, 7)))._view) is ListView


def test_a_list_has_the_best_first_and_what_is_not_known_last(qtbot: QtBot) -> None:
    results = random_results(
        "training.learning_rate=log:0.1:10:3", "network.hidden=2,3", "network.activation=tanh,relu"
    )
    for cell, learned in enumerate((3, 9, 5, 10)):
        fill(results, cell, learned)
    panel = chart(CellsChart, qtbot, results)
    view = canvas_of(panel)._view
    assert isinstance(view, ListView)
    tops = {cell: view.place(cell).top() for cell in range(8)}
    assert sorted(range(8), key=tops.__getitem__)[:4] == [3, 1, 2, 0]
    # The fewer epochs, and the lower the loss, the better.
    panel.figure_choice.setCurrentText("Median epochs to learn")
    view = canvas_of(panel)._view
    assert sorted(range(4), key=lambda cell: view.place(cell).top()) == [0, 2, 1, 3]


def test_a_click_chooses_a_cell_and_the_arrows_move_on(qtbot: QtBot) -> None:
    panel = chart(CellsChart, qtbot, over_two_axes())
    canvas, chosen = canvas_of(panel), []
    panel.cell_chosen.connect(chosen.append)
    click(canvas, *at(canvas, 4))
    assert chosen == [4] and canvas.chosen == 4
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down):
        qtbot.keyClick(canvas, key)
    assert chosen == [4, 5, 8, 5, 2, 1]
    panel.set_chosen(None)
    assert canvas.chosen is None


def test_arrows_follow_the_values_of_one_axis(qtbot: QtBot) -> None:
    results = results_of("network.hidden=4,1,3")
    fill(results, 0, 5)
    panel = chart(CellsChart, qtbot, results)
    canvas, chosen = canvas_of(panel), []
    panel.cell_chosen.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Home):
        qtbot.keyClick(canvas, key)
    assert chosen == [0, 1, 2, 0]


def test_the_read_out_tells_all_figures(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(CellsChart, qtbot, over_one_axis(3)))
    hover(canvas, *at(canvas, 1))
    assert list(canvas.reading) == [
        "hidden neurons 2",
        "7 of 10 learned: 70.0 % (39.7 to 89.2 %)",
        "median 400 epochs to learn, half from 250 to 550",
        "median final loss 0.0055, half from 0.00325 to 0.0978",
    ]
    hover(canvas, *at(canvas, 0))
    assert canvas.reading[1:] == [
        "0 of 10 learned: 0 % (0 to 27.8 %)",
        "median final loss 0.128, half from 0.128 to 0.128",
    ]
    hover(canvas, *at(canvas, 3))
    assert list(canvas.reading) == ["hidden neurons 4", "not trained yet: 10 runs to come"]


def test_pointing_at_a_cell_points_at_its_runs(qtbot: QtBot) -> None:
    panel = chart(CellsChart, qtbot, over_one_axis())
    canvas, hovered = canvas_of(panel), []
    panel.runs_hovered.connect(lambda runs: hovered.append(runs.tolist()))
    hover(canvas, *at(canvas, 2))
    hover(canvas, 1, 1)
    assert hovered == [list(range(20, 30)), []]


def test_the_figure_that_is_shown_can_be_chosen(qtbot: QtBot) -> None:
    panel = chart(CellsChart, qtbot, over_one_axis())
    assert panel.figure_choice in panel.header_widgets()
    canvas = canvas_of(panel)
    for text, values in (
        ("Success rate", [0, 0.7, 0.9, 1]),
        ("Median epochs to learn", [math.nan, 400, 500, 550]),
        ("Final loss", [0.128, 0.0055, 0.0055, 0.0055]),
    ):
        panel.figure_choice.setCurrentText(text)
        assert canvas._view.value == pytest.approx(values, nan_ok=True)
    # Losses lie by order of magnitude.
    assert canvas._view.axes.y_range[0] < -2


def test_cells_fill_in_as_their_runs_end(qtbot: QtBot) -> None:
    results = results_of("network.hidden=1,2,3,4")
    panel = chart(CellsChart, qtbot, results)
    canvas = canvas_of(panel)
    assert canvas.is_empty and canvas.empty_text == "40 networks to train: none has ended yet."
    fill(results, 1, 7)
    ended(results, range(20, 24), [0.01] * 4)
    panel.refresh()
    known = np.isfinite(canvas._view.value)
    assert known.tolist() == [False, True, True, False]
    hover(canvas, *at(canvas, 2))
    assert canvas.reading[-1] == "6 to come"


def test_very_many_cells_are_summed_up_in_several_turns(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.ui.lab.figures.BLOCK", 1)
    canvas = canvas_of(chart(CellsChart, qtbot, over_one_axis()))
    qtbot.waitUntil(lambda: bool(np.isfinite(canvas._view.value).all()))
    assert canvas._view.value.tolist() == [0, 0.7, 0.9, 1]


def test_numbers_are_a_row_a_cell_with_every_figure(qtbot: QtBot) -> None:
    header, rows = chart(CellsChart, qtbot, over_two_axes(2)).numbers()
    assert header[:5] == ["network.hidden", "training.learning_rate", "runs", "learned", "share"]
    assert len(rows) == 9 and all(len(row) == len(header) for row in rows)
    second = dict(zip(header, rows[1], strict=True))
    assert (second["network.hidden"], second["training.learning_rate"]) == ("2", "1")
    assert (second["runs"], second["learned"], second["share"]) == (10, 1, 0.1)
    assert (second["low"], second["high"]) == wilson_interval(1, 10)
    assert (second["epochs_to_learn_median"], second["final_loss_median"]) == (100, 0.128)
    assert rows[8][2:5] == [0, 0, None]


def test_values_without_an_order_are_bars_with_their_names(qtbot: QtBot) -> None:
    results = results_of("training.optimizer=adam,momentum,gradient_descent")
    fill(results, 1, 7)
    panel = chart(CellsChart, qtbot, results)
    view = canvas_of(panel)._view
    assert isinstance(view, ListView)
    assert [view._name(cell) for cell in range(3)] == ["adam", "momentum", "gradient descent"]
    # Shapes have none either; neurons of one layer have.
    for axis, kind in (("4;4,2;8,8", ListView), ("8;4;2", LineView)):
        results = fill(results_of(f"network.hidden={axis}"), 0, 3)
        panel = chart(CellsChart, qtbot, results)
        assert type(canvas_of(panel)._view) is kind


def test_names_of_columns_stand_on_end_where_they_do_not_fit(qtbot: QtBot) -> None:
    results = results_of("training.optimizer=adam,momentum,gradient_descent,rmsprop", "network.hidden=2,3")
    fill(results, 0, 5)
    panels = [chart(CellsChart, qtbot, results, size=(width, 300)) for width in (900, 320)]
    wide, narrow = (canvas_of(panel)._view for panel in panels)
    assert isinstance(wide, MapView) and isinstance(narrow, MapView)
    assert not wide._on_end and narrow._on_end
    assert narrow._under > narrow.paper.metrics.horizontalAdvance("gradient descent")
    assert narrow.rect.height() < wide.rect.height()


def test_losses_are_shown_first_where_noise_keeps_the_samples_from_being_learned(qtbot: QtBot) -> None:
    results = noisy_results("training.learning_rate=0.1,1", seeds=2)
    panel = chart(CellsChart, qtbot, results)
    assert panel.figure_choice.currentText() == "Final loss"
    ended(results, [0, 1], [0.1, 0.2], "settled", ())
    panel.refresh()
    canvas = canvas_of(panel)
    hover(canvas, *at(canvas, 0))
    assert list(canvas.reading) == [
        "learning rate 0.1",
        "median final loss 0.15, half from 0.125 to 0.175",
        "none reached an R² of 0.99",
    ]
    assert panel.summary() == "median loss 0.15 over 2 runs; none reached an R² of 0.99."
    # Another sweep, on data that can be learned, has its own; what a person chooses stays.
    panel.show_results(over_one_axis(), np.arange(40), "XOR")
    assert panel.figure_choice.currentText() == "Success rate"
    panel.figure_choice.setCurrentIndex(1)
    panel.figure_choice.activated.emit(1)
    panel.show_results(results, np.arange(4), "sine")
    assert panel.figure_choice.currentText() == "Median epochs to learn"


def test_cells_that_a_search_gave_up_are_hollow_and_say_so(qtbot: QtBot) -> None:
    results = random_results("training.learning_rate=log:0.1:10:3", count=3, seeds=2, method="hyperband")
    ended(results, [0, 1], [0.001, 0.002])
    given_up(results, [2, 3], 0.1, 3333)
    panel = chart(CellsChart, qtbot, results)
    canvas = canvas_of(panel)
    assert canvas.table is not None
    assert [canvas.table.is_whole(cell) for cell in range(3)] == [True, False, False]
    hover(canvas, *at(canvas, 1))
    assert canvas.reading[-1] == "trained 3,333 of 10,000 epochs"
    hover(canvas, *at(canvas, 0))
    assert not any("trained" in line for line in canvas.reading)


def test_colours_go_by_order_of_magnitude_where_values_span_more_than_a_decade(qtbot: QtBot) -> None:
    results = results_of("network.hidden=2,3,4", "training.learning_rate=0.1,1", seeds=1)
    for cell, epochs in enumerate((10, 100, 1000)):
        ended(results, [cell], [0.001], epochs=epochs)
    panel = chart(CellsChart, qtbot, results)
    panel.figure_choice.setCurrentText("Median epochs to learn")
    view = canvas_of(panel)._view
    assert view.shares()[:3] == pytest.approx([0, 0.5, 1])
    assert [text for _, text in view._scale_texts()] == ["10", "100", "1,000"]
    for cell, epochs in enumerate((100, 200, 300)):
        ended(results, [cell], [0.001], epochs=epochs)
    panel.refresh()
    assert canvas_of(panel)._view.shares()[:3] == pytest.approx([0, 0.5, 1])


def test_counts_are_short_where_there_is_little_room() -> None:
    assert [brief_count(value) for value in (7, 870, 999.6, 1000, 5480, 9960, 12_345, 123_456, 1_200_000)] == [
        "7", "870", "1k", "1k", "5.5k", "10k", "12k", "120k", "1.2M",
    ]  # fmt: skip


def test_a_figure_that_no_cell_has_is_said_to_be_none(qtbot: QtBot) -> None:
    results = results_of("training.learning_rate=0.1,1", seeds=2)
    ended(results, range(4), [0.1] * 4, "stuck", HALF)
    panel = chart(CellsChart, qtbot, results)
    panel.figure_choice.setCurrentText("Median epochs to learn")
    assert not panel.picture().isNull()
