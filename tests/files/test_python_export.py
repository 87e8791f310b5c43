"""A network that is written as a program must predict what it predicts here, wherever the program is run."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec, Trainer
from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.features import FEATURES
from nnstudio.files.python_export import ExportError, python_text, write_python

NUMBERS = Dataset.of_numbers('3 "quoted" prices', np.random.default_rng(1).normal(5, 3, (40, 2)), np.arange(40.0) * 1e4)
GAPS = Dataset.of_numbers("gaps", [[1.0, 2.0], [np.nan, 5.0], [4.0, np.nan], [2.0, 2.0]], [1.0, 2.0, 3.0, 4.0])


def spec(**settings: object) -> ExperimentSpec:
    return ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_s_expression_is_what_it_computes(name: str) -> None:
    z = np.random.default_rng(2).normal(0, 3, (50, 4))
    choice = ACTIVATIONS.choice(name)
    activation, out = ACTIVATIONS.build(choice), np.empty((4, 50))
    activation.forward(z.T.copy(), out)
    code = activation.expression.format(**ACTIVATIONS.parameter_values(choice))
    np.testing.assert_allclose(eval(code, {"np": np, "z": z}), out.T, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_s_expression_is_what_it_computes(name: str) -> None:
    x, y = np.random.default_rng(2).normal(0, 3, (2, 50))
    feature = FEATURES[name].build()
    np.testing.assert_array_equal(eval(feature.expression, {"np": np, "x": x, "y": y}), feature.function(x, y))


@pytest.mark.parametrize(
    "experiment",
    [
        spec(),
        spec(network__hidden="none"),
        spec(network__hidden="4:leaky_relu:slope=0.2,3:elu,2:swish", data__name="parity:bits=4"),
        spec(data__targets="one_hot", network__output_activation="softmax", data__features="x1,product,sin_x2"),
        spec(
            data__scaling="standardize", network__output_activation="linear", training__reduction="mean",
            data__features="x1_squared,x2", data__test_share=0.25,
        ).with_own(NUMBERS),
        spec(precision="float32", network__hidden="3,3"),
        spec(network__output_activation="linear", training__reduction="mean").with_own(GAPS),
    ],
)  # fmt: skip
def test_the_program_predicts_what_the_network_does(experiment: ExperimentSpec, tmp_path: Path) -> None:
    trainer = Trainer(experiment)
    trainer.train(20)
    write_python(tmp_path / "network.py", python_text(experiment, trainer.network.parameters, trainer.epoch))
    inputs = f"np.array({trainer.dataset.inputs.tolist()})"
    script = f"import numpy as np, network; nan = np.nan; print(network.predict({inputs}).tolist())"
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    rtol = 1e-4 if experiment.precision == "float32" else 1e-12
    np.testing.assert_allclose(eval(result.stdout), trainer.outputs(), rtol=rtol)


def test_run_by_itself_it_prints_the_first_predictions(tmp_path: Path) -> None:
    trainer = Trainer(spec())
    write_python(tmp_path / "xor.py", python_text(trainer.spec, trainer.network.parameters, 0))
    result = subprocess.run([sys.executable, "xor.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(result.stdout.splitlines()) == 4


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"network\.py could not be written"):
        write_python(tmp_path / "missing" / "network.py", "")
