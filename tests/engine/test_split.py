"""Samples must be parted into the shares asked for, each class evenly, and the same way for the same data seed."""

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec, SettingError, Trainer
from nnstudio.engine.split import TEST, TRAINING, VALIDATION, split


def uneven(counts: tuple[int, ...]) -> Dataset:
    labels = np.repeat(np.arange(len(counts)), counts)
    return Dataset.of_classes("uneven", np.zeros((len(labels), 2)), labels, [f"c{i}" for i in range(len(counts))])


@pytest.mark.parametrize(("counts", "validation", "test"), [((90, 10), 0.2, 0.3), ((50, 30, 20), 0.1, 0.5)])
def test_each_class_gives_its_share(counts: tuple[int, ...], validation: float, test: float) -> None:
    data = uneven(counts)
    parts = split(data, validation=validation, test=test, generator=np.random.default_rng(2))
    assert (parts == VALIDATION).sum() == round(validation * 100) and (parts == TEST).sum() == round(test * 100)
    for label, count in enumerate(counts):
        for part, share in ((VALIDATION, validation), (TEST, test), (TRAINING, 1 - validation - test)):
            assert np.sum(parts[data.labels == label] == part) == pytest.approx(share * count, abs=1)


def test_numbers_are_parted_at_random() -> None:
    data = Dataset.of_numbers("line", np.arange(1000.0)[:, None], np.arange(1000.0))
    first, second = (split(data, validation=0, test=0.5, generator=np.random.default_rng(seed)) for seed in (1, 2))
    assert (first == TEST).sum() == 500 and 150 < (first[:500] == TEST).sum() < 350
    assert (first != second).any()


def test_the_data_seed_alone_decides() -> None:
    base = ExperimentSpec().with_settings({"data.name": "circle", "data.test_share": 0.5})
    assert np.array_equal(base.parts(), base.with_settings({"seed": 7}).parts())
    assert base.dataset() == base.with_settings({"seed": 7}).dataset()
    other = base.with_settings({"data.seed": 7})
    assert not np.array_equal(base.parts(), other.parts())
    assert base.dataset() != other.dataset()


def test_the_test_samples_never_train() -> None:
    settings = {"data.name": "circle:samples=40", "data.test_share": 0.25, "data.validation_share": 0.25}
    spec = ExperimentSpec().with_settings(settings | {"training.reduction": "mean"})
    trainer, parts = Trainer(spec), spec.parts()
    assert trainer.test_set is not None and trainer.validation_set is not None
    for part, data in (
        (TRAINING, trainer.training_set), (VALIDATION, trainer.validation_set), (TEST, trainer.test_set)
    ):  # fmt: skip
        np.testing.assert_array_equal(data.inputs, trainer.dataset.inputs[parts == part])
    alone = Trainer(spec.with_settings({"data.test_share": 0, "data.validation_share": 0}), trainer.training_set)
    losses = trainer.train(30)
    np.testing.assert_array_equal(losses.training, alone.train(30).training)
    wrong = trainer.predict(trainer.test_set.inputs) - trainer.test_set.targets
    assert losses.test.shape == (30,) and losses.test[-1] == pytest.approx(np.mean(wrong**2), rel=1e-12)


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("data.test_share", {"data.test_share": 0.05}),
        ("data.validation_share", {"data.validation_share": 0.5, "data.test_share": 0.5}),
        ("data.test_share", {"data.validation_share": 0.75, "data.test_share": 0.1}),
    ],
)
def test_every_part_that_is_asked_for_needs_a_sample(key: str, settings: dict[str, object]) -> None:
    with pytest.raises(SettingError, match="at least one of the 4 samples on each side") as caught:
        ExperimentSpec().with_settings(settings)
    assert caught.value.key == key
