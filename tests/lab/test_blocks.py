"""Tasks: how a sweep is cut, and that their runs end as they do alone."""

import numpy as np
import pytest

from nnstudio.engine.population import block_size
from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossHistory
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.insight.outcomes import describe
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import tasks_of, train_task
from nnstudio.lab.results import Glimpse, Results
from nnstudio.lab.sweep import Sweep

BASE = ExperimentSpec()
SHORT = BASE.with_settings({"training.epochs": 300, "training.learning_rate": 2.0})


def grid(*axes: str, seeds: int, base: ExperimentSpec = BASE) -> Sweep:
    return Sweep.grid(base, [Axis.parse(axis, base) for axis in axes], range(seeds))


def sizes(sweep: Sweep, workers: int) -> list[int]:
    return [len(task.runs) for task in tasks_of(sweep, range(sweep.runs), workers=workers)]


def trained(sweep: Sweep, workers: int = 1) -> Results:
    results = Results(sweep)
    for task in tasks_of(sweep, results.pending(), workers=workers):
        part = train_task(task)
        assert part is not None
        results.take(part)
    return results


def test_every_worker_gets_its_share_of_a_thousand_seeds() -> None:
    sweep = grid(seeds=1000)
    assert sizes(sweep, 1) == [1000]
    assert sizes(sweep, 2) == [500, 500]
    assert sizes(sweep, 4) == [250] * 4
    # Blocks that are smaller still would be slower for their number of networks.
    assert min(sizes(sweep, 16)) >= 200
    assert sizes(grid(seeds=20), 2) == [20]


def test_no_block_outgrows_the_cache_and_all_are_of_one_kind() -> None:
    sweep = grid("network.hidden=2,3", "training.learning_rate=0.1,0.5", seeds=3000)
    tasks = tasks_of(sweep, range(sweep.runs), workers=2)
    assert np.sort(np.concatenate([task.runs for task in tasks])).tolist() == list(range(sweep.runs))
    for task in tasks:
        assert len({spec.network for spec in task.specs}) == 1
        assert len(task.runs) <= block_size(task.specs[0])
    assert [task.id for task in tasks] == list(range(len(tasks)))


def test_cells_of_one_kind_share_a_block_when_seeds_are_few() -> None:
    (task,) = tasks_of(grid("training.learning_rate=log:0.01:10:9", seeds=10), range(90), workers=2)
    assert (len(task.runs), len(task.specs)) == (90, 9)


def test_a_run_keeps_its_cell_and_its_seed() -> None:
    sweep = grid("training.learning_rate=0.1,0.5,1", "network.hidden=2,3", seeds=7)
    for task in tasks_of(sweep, np.array([3, 8, 20, 41]), workers=2):
        for run, seed, cell in zip(task.runs, task.seeds, task.cells, strict=True):
            assert sweep.run(int(run))[1] == seed
            assert sweep.spec(sweep.run(int(run))[0]) == task.specs[cell]


@pytest.mark.parametrize(
    ("settings", "axes"),
    [
        ({}, ["training.epochs=100,700", "training.learning_rate=1,5"]),
        ({"stop.patience": 30, "training.learning_rate": 1}, []),
        ({"stop.loss_below": 0.13}, ["training.learning_rate=1,300"]),
        ({"network.initializer": "zeros"}, []),
        ({"data.targets": "signed", "network.output_activation": "tanh", "training.learning_rate": 0.05}, []),
        (
            {
                "data.name": "moons:samples=40",
                "network.hidden": "4",
                "training.reduction": "mean",
                "training.epochs": 200,
                "data.test_share": 0.4,
                "training.batch_size": 8,
            },
            ["training.learning_rate=0.01,1", "data.name:noise=0.05,0.4"],
        ),
        (
            {
                "data.name": "plane:samples=40",
                "network.output_activation": "linear",
                "training.reduction": "mean",
                "training.epochs": 200,
            },
            ["training.learning_rate=0.1,1000"],
        ),
    ],
)
def test_runs_end_as_they_do_alone_in_the_same_words(settings: dict[str, object], axes: list[str]) -> None:
    sweep = grid(*axes, seeds=5, base=BASE.with_settings({"training.epochs": 700} | settings))
    results = trained(sweep)
    for run in range(sweep.runs):
        spec = sweep.run_spec(run)
        trainer, history = Trainer(spec), LossHistory()
        history.extend(trainer.train().training)
        outcome = describe(
            spec=spec,
            dataset=trainer.dataset,
            outputs=trainer.outputs(),
            epoch=trainer.epoch,
            losses=history.outline(),
            stopped=trainer.stopped,
            learned_epoch=trainer.learned_epoch,
        )
        assert outcome.text.startswith(VERDICTS[results.verdict[run]])
        assert STOPPED[results.stopped[run]] == trainer.stopped
        assert results.epochs[run] == trainer.epoch
        assert results.epochs_to_learn[run] == (-1 if trainer.learned_epoch is None else trainer.learned_epoch)
        assert results.final_loss[run] == pytest.approx(trainer.loss(), rel=1e-9, nan_ok=True)


def test_curves_and_outputs_are_those_of_the_run() -> None:
    sweep = grid("training.epochs=150,900", seeds=3)
    (task,) = tasks_of(sweep, range(sweep.runs), workers=1)
    part = train_task(task)
    assert part is not None
    for row, run in enumerate(part.runs.tolist()):
        trainer = Trainer(sweep.run_spec(run))
        losses = trainer.train().training
        epochs = Results(sweep).curve_epochs(sweep.run(run)[0])
        assert part.curves[row] == pytest.approx(losses[epochs], rel=1e-6)
        assert part.outputs[row] == pytest.approx(trainer.outputs(), rel=1e-6)


def test_results_are_the_same_however_the_sweep_is_cut() -> None:
    sweep = grid("network.hidden=2,3", "training.learning_rate=0.5,2", seeds=9, base=SHORT)
    whole = trained(sweep)
    again = Results(sweep)
    for runs in ([0], [1, 2], list(range(3, 20)), list(range(20, 36))):
        for task in tasks_of(sweep, np.array(runs), workers=1):
            part = train_task(task)
            assert part is not None
            again.take(part)
    assert (again.final_loss == whole.final_loss).all()
    assert (again.verdict == whole.verdict).all()
    assert (again.curves == whole.curves).all()


def test_a_cap_ends_training_early_and_changes_nothing_before() -> None:
    base = SHORT.with_settings({"training.schedule": "cosine"})
    sweep = grid("training.learning_rate=1,2", seeds=4, base=base)
    (task,) = tasks_of(sweep, range(8), workers=1, epochs=100)
    part = train_task(task)
    assert part is not None
    assert (part.epochs == 100).all()
    assert {STOPPED[number] for number in part.stopped} == {"epochs"}
    whole, reached = trained(sweep), Results(sweep).curve_epochs(0) < 100
    assert (part.curves[:, reached] == whole.curves[:, reached]).all()
    assert np.isnan(part.curves[:, ~reached]).all()


def test_glimpses_lead_up_to_the_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.lab.blocks._GLIMPSE_SECONDS", 0.0)
    sweep = grid("training.epochs=2000,3000", seeds=3, base=SHORT)
    (task,) = tasks_of(sweep, range(6), workers=1)
    heard: list[Glimpse] = []
    part = train_task(task, report=heard.append)
    assert part is not None and len(heard) > 2
    results, final = Results(sweep), Results(sweep)
    final.take(part)
    for glimpse in heard:
        results.take_glimpse(glimpse)
    seen = ~np.isnan(results.curves)
    assert seen[:, 0].all() and not seen[3:, -1].any()
    assert (results.curves[seen] == final.curves[seen]).all()
    assert [glimpse.epoch for glimpse in heard] == sorted(glimpse.epoch for glimpse in heard)


def test_a_task_that_may_not_go_on_brings_nothing() -> None:
    (task,) = tasks_of(grid(seeds=3), range(3), workers=1)
    answers = iter([True, True, False])
    assert train_task(task, may_go_on=lambda: next(answers)) is None
