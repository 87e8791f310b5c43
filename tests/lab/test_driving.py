"""A whole sweep, driven to its end."""

import math
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from in_process import InProcess

from nnstudio.engine import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.driving import Drive
from nnstudio.lab.plan import Method, Plan
from nnstudio.lab.results import Part, Results

SPEC = ExperimentSpec().with_settings({"training.epochs": 60})
AXIS = Axis.parse("training.learning_rate=log:0.01:10:9", SPEC)


def drive(method: Method, cells: int = 9) -> tuple[Drive, Results]:
    results = Results(Plan(SPEC, (AXIS,), range(2), method, cells).sweep())
    return Drive(results, method, InProcess()), results


def test_all_cells_of_a_grid_are_trained_to_their_end() -> None:
    driven, results = drive("grid")
    assert driven.progress == 0 and math.isnan(driven.seconds_left)
    parts = []
    assert driven.run(parts.append)
    taken = Results(results.sweep)
    for part in parts:
        if isinstance(part, Part):
            taken.take(part)
    assert taken.count_done == 18 and (taken.epochs == 60).all()
    assert driven.progress == 1 and driven.seconds_left == 0


def test_a_search_goes_on_by_what_its_own_results_say() -> None:
    driven, results = drive("hyperband", 12)
    shares = []
    assert driven.run(lambda news: shares.append(driven.progress))
    assert shares == sorted(shares) and 0 < shares[0] < 1
    assert math.isclose(driven.progress, 1)
    assert results.count_done == 24 and len(set(results.epochs.tolist())) > 1


def test_what_is_known_is_not_trained_again() -> None:
    for method in ("grid", "hyperband"):
        driven, results = drive(method, 12)

        def keep(news: object, results: Results = results, method: str = method) -> None:
            if isinstance(news, Part) and method == "grid":
                results.take(news)

        assert driven.run(keep)
        news: list[object] = []
        assert Drive(results, method, InProcess()).run(news.append)
        assert news == []


def test_one_that_is_cancelled_before_it_begins_trains_nothing() -> None:
    driven, results = drive("grid")
    driven.cancel()
    assert not driven.run(lambda news: None)
    assert results.count_done == 0
