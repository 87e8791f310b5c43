"""With the settings of TensorFlow Playground, training must follow its mathematics."""

import math

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer

PLAYGROUND = {
    "data.name": "circle:samples=60,noise=10",
    "data.targets": "signed",
    "data.test_share": 0.5,
    "network.hidden": "4,2",
    "network.activation": "tanh",
    "network.output_activation": "tanh",
    "network.initializer": "uniform",
    "training.loss": "half_mse",
    "training.reduction": "mean",
    "training.batch_size": 10,
    "training.shuffle": "no",
    "training.learning_rate": 0.03,
}


class Page:
    """The playground's network as its page computes it: one sample and one link at a time, in plain Python.

    After each batch a link goes down its mean gradient, and then down the penalty's slope, taken where the link was
    before; under L1, a link that this second step takes across 0 is 0 from then on. Biases know no penalty.
    """

    def __init__(self, trainer: Trainer, rate: float, slope: str, strength: float) -> None:
        self.weights = [layer.weights.tolist() for layer in trainer.network.layers]
        self.biases = [layer.biases.tolist() for layer in trainer.network.layers]
        self.dead = [[[False] * len(row) for row in layer] for layer in self.weights]
        self.rate, self.slope, self.strength = rate, slope, strength

    def outputs(self, sample: list[float]) -> list[list[float]]:
        layers = [sample]
        for weights, biases in zip(self.weights, self.biases, strict=True):
            before = layers[-1]
            layers.append(
                [
                    math.tanh(sum((x * row[j] for x, row in zip(before, weights, strict=True)), bias))
                    for j, bias in enumerate(biases)
                ]
            )
        return layers

    def learn(self, batch: list[tuple[list[float], float]]) -> None:
        link_slopes = [[[0.0] * len(row) for row in layer] for layer in self.weights]
        bias_slopes = [[0.0] * len(layer) for layer in self.biases]
        for sample, target in batch:
            layers = self.outputs(sample)
            behind = [layers[-1][0] - target]  # of (output - target)^2 / 2
            for number in reversed(range(len(self.weights))):
                deltas = [slope * (1 - a * a) for slope, a in zip(behind, layers[number + 1], strict=True)]
                for i, x in enumerate(layers[number]):
                    for j, delta in enumerate(deltas):
                        link_slopes[number][i][j] += x * delta
                for j, delta in enumerate(deltas):
                    bias_slopes[number][j] += delta
                behind = [
                    sum(weight * delta for weight, delta in zip(row, deltas, strict=True))
                    for row in self.weights[number]
                ]
        for number, layer in enumerate(self.weights):
            for j in range(len(self.biases[number])):
                self.biases[number][j] -= self.rate * bias_slopes[number][j] / len(batch)
            for i, row in enumerate(layer):
                for j in range(len(row)):
                    self.move(number, i, j, link_slopes[number][i][j] / len(batch))

    def move(self, number: int, i: int, j: int, slope: float) -> None:
        if self.dead[number][i][j]:
            return
        weight = self.weights[number][i][j]
        pull = {"none": 0.0, "l1": math.copysign(1.0, weight) if weight else 0.0, "l2": weight}[self.slope]
        stepped = weight - self.rate * slope
        moved = stepped - self.rate * self.strength * pull
        if self.slope == "l1" and stepped * moved < 0:
            self.dead[number][i][j] = True
            moved = 0.0
        self.weights[number][i][j] = moved


@pytest.mark.parametrize(("penalty", "strength"), [("none", 0.0), ("l1", 0.03), ("l2", 0.03)])
def test_a_run_follows_the_playground(penalty: str, strength: float) -> None:
    regularizer = "none" if penalty == "none" else f"{penalty}:rate={strength},applied=after_step"
    trainer = Trainer(ExperimentSpec().with_settings(PLAYGROUND | {"training.regularizer": regularizer}))
    page = Page(trainer, 0.03, penalty, strength)
    samples, targets = trainer.training_set.inputs.tolist(), trainer.training_set.targets[:, 0].tolist()
    assert set(targets) == {-1, 1}
    pairs = list(zip(samples, targets, strict=True))
    for _ in range(200):
        for start in range(0, len(pairs), 10):
            page.learn(pairs[start : start + 10])
        trainer.train(1)
    for layer, weights, biases in zip(trainer.network.layers, page.weights, page.biases, strict=True):
        np.testing.assert_allclose(layer.weights, weights, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(layer.biases, biases, rtol=1e-9, atol=1e-12)
    loss = sum((page.outputs(x)[-1][0] - y) ** 2 / 2 for x, y in pairs) / len(pairs)
    assert trainer.loss() == pytest.approx(loss, rel=1e-9)
    dead = sum(link for layer in page.dead for row in layer for link in row)
    assert (dead > 0) == (penalty == "l1")
    assert sum(int((layer.weights == 0).sum()) for layer in trainer.network.layers) == dead


def test_a_dead_weight_stays_dead_when_a_run_is_resumed() -> None:
    settings = PLAYGROUND | {"training.regularizer": "l1:rate=0.1,applied=after_step"}
    whole = Trainer(ExperimentSpec().with_settings(settings))
    whole.train(200)
    first = Trainer(whole.spec)
    first.train(120)
    second = Trainer(whole.spec)
    second.restore(first.state())
    assert (second.network.parameters == 0).any()
    second.train(80)
    np.testing.assert_array_equal(second.network.parameters, whole.network.parameters)


def test_a_weight_of_0_that_no_penalty_drove_there_is_alive() -> None:
    settings = PLAYGROUND | {"training.regularizer": "l1:rate=0.001,applied=after_step"}
    trainer = Trainer(ExperimentSpec().with_settings(settings))
    trainer.network.layers[1].weights[0, 0] = 0
    trainer.train(1)
    assert trainer.network.layers[1].weights[0, 0] != 0
