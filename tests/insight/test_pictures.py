"""What a network reads in pictures is what it predicts, and its mistakes are found, the worst first."""

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.pictures import Answer, Reader, has_pictures, mistakes, sample_losses

DIGITS = {
    "data.name": "digits",
    "network.hidden": "8",
    "network.output_activation": "softmax",
    "training.loss": "softmax_cross_entropy",
    "training.optimizer": "adam",
    "training.learning_rate": 0.01,
    "training.batch_size": 64,
    "training.reduction": "mean",
}
TWO = Dataset.of_classes("two", np.eye(4), [0, 1, 1, 0], ["no", "yes"], image_shape=(2, 2))


def trained(epochs: int = 3, own: Dataset | None = None, **settings: object) -> Trainer:
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    base = {} if own is not None else DIGITS
    spec = ExperimentSpec() if own is None else ExperimentSpec().with_own(own)
    trainer = Trainer(spec.with_settings({**base, **changes}))
    trainer.train(epochs)
    return trainer


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("scaling", ["none", "standardize"])
def test_a_reader_answers_as_the_trainer_predicts(precision: str, scaling: str) -> None:
    trainer = trained(precision=precision, data__scaling=scaling)
    inputs = trainer.dataset.inputs[:7]
    parameters = trainer.network.parameters.copy()
    parameters.flags.writeable = False
    assert np.array_equal(Reader(trainer.spec).outputs(parameters, inputs), trainer.predict(inputs))


@pytest.mark.parametrize(
    ("loss", "activation"),
    [
        ("softmax_cross_entropy", "softmax"),
        ("softmax_cross_entropy", "linear"),
        ("binary_cross_entropy", "sigmoid"),
        ("mse", "sigmoid"),
        ("half_mse", "tanh"),
        ("hinge", "linear"),
    ],
)
def test_the_samples_losses_are_those_whose_mean_is_reported(loss: str, activation: str) -> None:
    trainer = trained(training__loss=loss, network__output_activation=activation)
    data = trainer.dataset
    losses = sample_losses(trainer.spec, trainer.predict(data.inputs), data.targets)
    assert losses.shape == (data.samples,)
    assert losses.mean() == pytest.approx(trainer.loss(), rel=1e-6)


def test_cross_entropy_of_a_sample_is_minus_the_logarithm_of_its_probability() -> None:
    spec = trained(1).spec
    outputs, targets = np.full((1, 10), 0.02), np.eye(10)[[3]]
    outputs[0, 3] = 0.82
    assert sample_losses(spec, outputs, targets) == pytest.approx([-np.log(0.82)])
    outputs[0, 3], outputs[0, 4] = 0.0, 0.84
    assert np.isfinite(sample_losses(spec, outputs, targets)).all()


def test_mistakes_are_all_wrong_answers_and_the_worst_comes_first() -> None:
    trainer = trained()
    data = trainer.dataset
    outputs = trainer.predict(data.inputs)
    rows, losses = mistakes(trainer.spec, outputs)
    assert sorted(rows) == np.flatnonzero(outputs.argmax(axis=1) != data.labels).tolist() != []
    assert (np.diff(losses) <= 0).all()
    assert losses == pytest.approx(-np.log(outputs[rows, data.labels[rows]]))


def test_mistakes_of_a_run_that_diverged_are_found_too() -> None:
    spec = trained(1).spec
    outputs = np.full((spec.dataset().samples, 10), np.nan)
    rows, losses = mistakes(spec, outputs)
    assert len(rows) == len(losses) == (spec.dataset().labels != 0).sum()


def test_a_class_each_has_its_own_value() -> None:
    spec = trained(1).spec
    answer = Answer.of(spec, np.arange(10) / 45)
    assert answer.names == tuple("0123456789") and answer.values[9] == 0.2
    assert answer.chosen == 9 and answer.kind == answer.meaning == "probability"


def test_outputs_are_called_probabilities_only_where_they_are() -> None:
    linear = trained(1, network__output_activation="linear").spec
    assert Answer.of(linear, np.arange(10.0)).kind == "output"
    signed = trained(1, data__targets="signed", network__output_activation="sigmoid", training__loss="mse").spec
    assert Answer.of(signed, np.arange(10.0)).kind == "output"


def test_a_single_probability_is_that_of_the_second_class() -> None:
    spec = trained(1, TWO).spec
    answer = Answer.of(spec, np.array([0.2]))
    assert answer.names == ("no", "yes") and answer.values == (0.8, 0.2)
    assert answer.chosen == 0 and answer.kind == "probability"


def test_a_single_output_says_what_it_means() -> None:
    spec = trained(1, TWO, network__output_activation="linear", training__loss="hinge").spec
    answer = Answer.of(spec, np.array([-0.2]))
    assert answer.names == ("y",) and answer.values == (-0.2,) and answer.chosen == 0
    assert answer.kind == "output" and answer.meaning == "output, yes above 0"


def test_only_pictures_of_classes_are_pictures_to_read() -> None:
    assert has_pictures(trained(1).dataset) and has_pictures(TWO)
    assert not has_pictures(ExperimentSpec().dataset())
    numbers = Dataset("n", np.eye(4), np.zeros((4, 1)), ("a", "b", "c", "d"), ("y",), image_shape=(2, 2))
    assert not has_pictures(numbers)
