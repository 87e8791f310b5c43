"""Every data set must be complete, fixed by its seed, and of the size that was asked for."""

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec
from nnstudio.engine.choices.datasets import DATASETS

THERE = [name for name in DATASETS if name != "own"]
GENERATED = [name for name in THERE if "samples" in {parameter.key for parameter in DATASETS[name].parameters}]


def made(text: str, seed: int = 42) -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text, "data.seed": seed}).dataset()


CLASSES = [name for name in GENERATED if made(name).is_classification]


@pytest.mark.parametrize("name", THERE)
def test_is_complete_and_cannot_be_changed(name: str) -> None:
    data = made(name)
    assert data.inputs.dtype == data.targets.dtype == np.float64
    assert data.inputs.shape == (data.samples, len(data.input_names))
    assert data.targets.shape == (data.samples, len(data.output_names))
    assert np.isfinite(data.inputs).all() and np.isfinite(data.targets).all()
    assert data.title
    for names in (data.input_names, data.output_names, data.class_names):
        assert len(set(names)) == len(names) and all(names)
    for values in (data.inputs, data.targets):
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0] = 5


def test_all_that_is_promised_is_there() -> None:
    classes = "circle xor_quadrants gauss spiral moons rings checkerboard blobs spiral_arms"
    numbers = "plane multi_gauss sine_surface sine step polynomial"
    assert classes.split() + numbers.split() == GENERATED
    assert set(THERE) >= {"iris", "penguins", "digits"}
    first, *_, last = DATASETS
    assert (first, last) == ("xor", "own")


@pytest.mark.parametrize("name", GENERATED)
@pytest.mark.parametrize("samples", [10, 101, 50_000])
def test_has_as_many_samples_as_asked_for(name: str, samples: int) -> None:
    data = made(f"{name}:samples={samples},noise=20")
    assert data.samples == samples
    assert len(data.input_names) == (1 if name in ("sine", "step", "polynomial") else 2)


@pytest.mark.parametrize(
    ("name", "samples"),
    [
        ("circle", 500),
        ("xor_quadrants", 500),
        ("gauss", 500),
        ("spiral", 500),
        ("plane", 1_200),
        ("multi_gauss", 1_200),
    ],
)
def test_has_the_playground_s_count_if_nothing_is_said(name: str, samples: int) -> None:
    assert made(name).samples == samples


@pytest.mark.parametrize("name", GENERATED)
def test_a_seed_gives_the_same_samples_and_another_gives_others(name: str) -> None:
    generators = [np.random.default_rng(seed) for seed in (7, 7, 8)]
    first, again, other = (DATASETS.build(DATASETS.choice(f"{name}:noise=10"), rng=rng) for rng in generators)
    assert first == again
    assert not np.array_equal(first.inputs, other.inputs)
    assert made(name, seed=1) != made(name, seed=2)


@pytest.mark.parametrize("name", GENERATED)
def test_noise_turned_up_moves_the_samples_that_were_there(name: str) -> None:
    clean, noisy = made(name), made(f"{name}:noise=0.01")
    np.testing.assert_allclose(noisy.inputs, clean.inputs, atol=0.01)
    if not clean.is_classification and name != "step":
        np.testing.assert_allclose(noisy.targets, clean.targets, atol=0.01)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("samples", [100, 101])
def test_classes_are_of_one_size(name: str, samples: int) -> None:
    data = made(f"{name}:samples={samples}")
    counts = np.bincount(data.labels, minlength=len(data.class_names))
    by_chance = name in ("xor_quadrants", "checkerboard")  # where a point falls decides its class
    assert np.ptp(counts) <= (40 if by_chance else 1)


@pytest.mark.parametrize("name", [*CLASSES, "iris", "penguins", "digits"])
def test_classes_are_mixed_without_a_shuffle_in_training(name: str) -> None:
    labels = made(name).labels
    changes = np.count_nonzero(np.diff(labels)) / (len(labels) - 1)
    shares = np.bincount(labels) / len(labels)
    assert changes == pytest.approx(1 - (shares**2).sum(), abs=0.12)  # as often as chance has it


@pytest.mark.parametrize("name", GENERATED)
def test_lies_on_the_plane_that_the_playground_shows(name: str) -> None:
    inputs = made(name).inputs
    assert 4 < np.abs(inputs).max() <= 6


@pytest.mark.parametrize(("name", "fewest"), [("rings", 2), ("blobs", 3), ("spiral_arms", 3)])
@pytest.mark.parametrize("classes", [2, 3, 4, 5, 6])
def test_classes_can_be_chosen(name: str, fewest: int, classes: int) -> None:
    if classes < fewest:
        with pytest.raises(ValueError, match=f"a whole number from {fewest} to 6"):
            made(f"{name}:classes={classes}")
        return
    data = made(f"{name}:classes={classes}")
    assert len(data.class_names) == classes
    assert set(data.labels) == set(range(classes))
    assert data.targets.shape[1] == (1 if classes == 2 else classes)


@pytest.mark.parametrize("given", ["samples=9", "samples=50001", "noise=-1", "noise=51"])
def test_what_is_out_of_range_is_refused_in_words(given: str) -> None:
    with pytest.raises(ValueError, match=r"data\.name:(samples|noise): .* expected a (whole )?number from"):
        made(f"spiral:{given}")
