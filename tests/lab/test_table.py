"""A sweep's results as a table."""

import numpy as np

from nnstudio.engine import ExperimentSpec
from nnstudio.files.tables import table_text
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import tasks_of, train_task
from nnstudio.lab.results import Results
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.table import runs_table

SPEC = ExperimentSpec().with_settings({"training.epochs": 30})


def test_a_row_for_each_run_that_is_done() -> None:
    axes = (Axis.parse("training.learning_rate=0.1,10", SPEC),)
    results = Results(Sweep.grid(SPEC, axes, range(3, 6)))
    assert runs_table(results)[1] == []
    for task in tasks_of(results.sweep, [1, 2, 3], workers=1):
        part = train_task(task)
        assert part is not None
        results.take(part)
    header, rows = runs_table(results)
    assert header == ["training.learning_rate", "seed", "final_loss", "learned", "epochs_to_learn", "stopped_because"]
    assert [row[:2] for row in rows] == [["0.1", 4], ["0.1", 5], ["10", 3]]
    assert [row[2] for row in rows] == results.final_loss[[1, 2, 3]].tolist()
    assert [row[3:] for row in rows[:2]] == [["false", None, "epochs"]] * 2
    # Every digit is there.
    text = table_text(header, rows).splitlines()[1]
    assert float(text.split(",")[2]) == results.final_loss[1]


def test_some_of_the_runs_can_be_asked_for() -> None:
    results = Results(Sweep.grid(SPEC, (), range(4)))
    for task in tasks_of(results.sweep, range(4), workers=1):
        part = train_task(task)
        assert part is not None
        results.take(part)
    assert [row[0] for row in runs_table(results, np.array([3, 1]))[1]] == [3, 1]
