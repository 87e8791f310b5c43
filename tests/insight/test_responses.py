"""What every neuron gives is what the formulas say."""

import numpy as np
import pytest

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.responses import NeuronResponses


def test_each_layer_gives_what_its_formula_says() -> None:
    spec = ExperimentSpec()
    parameters = np.linspace(-2.0, 2.0, 9)
    hidden, output = parameters[:6].reshape(3, 2), parameters[6:].reshape(3, 1)
    responses = NeuronResponses(spec, spec.dataset().inputs)
    responses.compute(parameters)
    inputs = spec.dataset().inputs
    h = 1 / (1 + np.exp(-(inputs @ hidden[:2] + hidden[2])))
    y = 1 / (1 + np.exp(-(h @ output[:2] + output[2])))
    assert responses.layer(0) == pytest.approx(inputs.T)
    assert responses.layer(1) == pytest.approx(h.T, rel=1e-6)
    assert responses.layer(2) == pytest.approx(y.T, rel=1e-6)


def test_features_are_layer_0_and_outputs_are_in_the_datas_units() -> None:
    spec = ExperimentSpec().with_settings(
        {
            "data.name": "plane",
            "data.features": "x1,product",
            "data.scaling": "standardize",
            "training.reduction": "mean",
            "network.output_activation": "linear",
        }
    )
    trainer = Trainer(spec)
    trainer.train(2)
    points = spec.dataset().inputs[:7]
    responses = NeuronResponses(spec, points)
    responses.compute(trainer.network.parameters)
    assert responses.layer(0) == pytest.approx(spec.encoding().inputs(points).T, abs=1e-6)
    assert responses.layer(2) == pytest.approx(trainer.predict(points).T, abs=1e-5)


def test_a_point_can_be_replaced() -> None:
    spec = ExperimentSpec()
    responses = NeuronResponses(spec, spec.dataset().inputs)
    responses.set_point(-1, [0.25, -3.0])
    responses.compute(np.ones(9))
    assert responses.layer(0)[:, -1].tolist() == [0.25, -3.0]
    assert responses.layer(1)[0, -1] == pytest.approx(1 / (1 + np.exp(-(0.25 - 3.0 + 1))))
