"""An experiment that exists can be run; one that cannot be run is refused in words."""

import json
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, SettingError, Trainer
from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.hidden_layers import MAX_LAYERS, HiddenLayer, HiddenLayers
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option
from nnstudio.engine.selection import Selection
from nnstudio.engine.settings import NetworkSpec, TrainingSpec
from nnstudio.engine.spec import FIELDS

UNUSUAL = {
    "data.name": "parity:bits=4",
    "data.targets": "one_hot",
    "data.features": "x2,product",
    "data.scaling": "standardize",
    "data.validation_share": "0.25",
    "data.test_share": "0.125",
    "data.seed": "9",
    "network.hidden": "4:tanh,2:leaky_relu:slope=0.2,3",
    "network.activation": "elu:alpha=0.5",
    "network.output_activation": "softmax",
    "network.initializer": "uniform:limit=0.25,bias=0",
    "training.epochs": "1,234",
    "training.learning_rate": "3e-3",
    "training.optimizer": "adam:beta1=0.8,epsilon=1e-10",
    "training.loss": "softmax_cross_entropy",
    "training.reduction": "mean",
    "training.batch_size": "5",
    "training.shuffle": "no",
    "training.regularizer": "l2:rate=0.02",
    "training.schedule": "cosine:final=0.1,warmup=10",
    "stop.loss_below": "1e-4",
    "stop.patience": "50",
    "stop.validation_patience": "20",
    "seed": "7",
    "precision": "float32",
}


def changed(**settings: object) -> ExperimentSpec:
    return ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})


def wrong_values() -> list[Any]:
    cases: list[tuple[str, object]] = []
    for key, parameter in FIELDS.items():
        wrong: list[object] = ["nonsense!", [1, 2, "x"], ""]
        if isinstance(parameter, Number):
            wrong += [True, "nan", "1 2", parameter.maximum * 2, parameter.minimum - 1]
            wrong += [1.5, "2.5"] if parameter.whole else []
            wrong += [parameter.minimum] if parameter.above else []
        elif isinstance(parameter, ChoiceOf):
            wrong += [":", f"{next(iter(parameter.registry))}:nonsense=1", {"name": "nonsense"}]
        elif isinstance(parameter, HiddenLayers):
            wrong.remove("")  # no layers
            wrong += ["4,,2", "-1", "0,3", "2.5", "4:nonsense", "4:leaky_relu:slope=7", 0, [{"units": 4}]]
            wrong += ["1025", ",".join("2" * (MAX_LAYERS + 1))]
        else:
            assert isinstance(parameter, Option | Selection)
        cases += [(key, value) for value in wrong]
    return [pytest.param(key, value, id=f"{key}={value!r}") for key, value in cases]


def test_these_settings_are_all_that_there_are() -> None:
    assert set(UNUSUAL) == set(FIELDS)


@pytest.mark.parametrize(("key", "given"), wrong_values())
def test_every_setting_refuses_what_is_wrong(key: str, given: object) -> None:
    with pytest.raises(SettingError) as caught:
        ExperimentSpec().with_settings({key: given})
    error = caught.value
    assert error.key.partition(":")[0] == key
    assert error.expected and error.expected in str(error) and str(error.given) in str(error)


@pytest.mark.parametrize("key", FIELDS)
def test_every_setting_explains_itself(key: str) -> None:
    parameter = FIELDS[key]
    assert parameter.key == key
    assert parameter.label and parameter.help.endswith(".") and parameter.expected


@pytest.mark.parametrize("key", FIELDS)
def test_every_default_survives_its_text(key: str) -> None:
    parameter = FIELDS[key]
    assert parameter.parse(parameter.format(parameter.default)) == parameter.default
    assert parameter.parse(parameter.plain(parameter.default)) == parameter.default


def test_an_experiment_survives_json() -> None:
    spec = ExperimentSpec().with_settings(UNUSUAL)
    assert ExperimentSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec
    assert all(spec.get(key) != ExperimentSpec().get(key) for key in FIELDS)
    assert ExperimentSpec.from_dict(ExperimentSpec().to_dict()) == ExperimentSpec() == ExperimentSpec.from_dict({})


def test_the_written_form_is_readable() -> None:
    written = ExperimentSpec().with_settings(UNUSUAL).to_dict()
    assert written["seed"] == 7
    assert written["training"]["epochs"] == 1234
    assert written["training"]["optimizer"] == "adam:beta1=0.8,epsilon=1e-10"
    assert written["network"]["hidden"] == "4:tanh,2:leaky_relu:slope=0.2,3"
    assert ExperimentSpec().to_dict()["training"]["batch_size"] == "full"


def test_paths_may_be_flat_too() -> None:
    assert ExperimentSpec.from_dict({"training.epochs": 5, "seed": 1}) == changed(training__epochs=5, seed=1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"training": {"epoch": 5}}, r"training.epoch=5: there is no such setting \(did you mean training.epochs"),
        ({"sede": 5}, r"sede=5: .*did you mean seed"),
        ({"xyzzy": 5}, r"xyzzy=5: there is no such setting; expected one of data.name, "),
        ({"training": 5}, r"training=5: there is no such setting"),
    ],
)
def test_an_unknown_key_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        ExperimentSpec.from_dict(given)


@pytest.mark.parametrize(
    ("text", "layers"),
    [
        ("none", []),
        ("", []),
        ("2", [(2, None)]),
        (" 4 , 2 ", [(4, None), (2, None)]),
        ("[4, 2]", [(4, None), (2, None)]),
        ("4:tanh,2:relu", [(4, "tanh"), (2, "relu")]),
        ("4:tanh,2:leaky_relu:slope=0.2", [(4, "tanh"), (2, "leaky_relu:slope=0.2")]),
        ("4:leaky_relu:slope=0.2,2,8:elu:alpha=2.0", [(4, "leaky_relu:slope=0.2"), (2, None), (8, "elu:alpha=2.0")]),
        (3, [(3, None)]),
        ([4, "2:relu"], [(4, None), (2, "relu")]),
        ([{"size": 4, "activation": "tanh"}, {"size": 2}], [(4, "tanh"), (2, None)]),
    ],
)
def test_hidden_layers_in_every_spelling(text: object, layers: list[tuple[int, str | None]]) -> None:
    expected = tuple(HiddenLayer(size, ACTIVATIONS.choice(name) if name else None) for size, name in layers)
    parameter = FIELDS["network.hidden"]
    assert parameter.parse(text) == expected
    assert parameter.parse(parameter.format(expected)) == expected


def test_an_experiment_made_from_texts_is_the_one_made_from_values() -> None:
    loose: Any = ExperimentSpec(
        network=NetworkSpec(hidden="4:tanh", activation="Leaky ReLU"),  # type: ignore[arg-type]
        training=TrainingSpec(epochs="50", learning_rate=1, batch_size="full"),  # type: ignore[arg-type]
        seed="7",  # type: ignore[arg-type]
    )
    assert loose == changed(
        network__hidden=(HiddenLayer(4, Choice("tanh")),),
        network__activation=Choice("leaky_relu"),
        training__epochs=50,
        training__learning_rate=1.0,
        seed=7,
    )
    assert type(loose.seed) is type(loose.training.epochs) is int
    assert Trainer(loose).train().training.shape == (50,)


def test_a_wrong_value_is_refused_however_it_comes_in() -> None:
    with pytest.raises(SettingError, match=r"training.epochs: '0' will not do"):
        ExperimentSpec(training=TrainingSpec(epochs=0))


def test_an_experiment_cannot_be_changed() -> None:
    spec: Any = ExperimentSpec()
    with pytest.raises(FrozenInstanceError):
        spec.seed = 5
    with pytest.raises(FrozenInstanceError):
        spec.training.epochs = 5
    assert spec.with_settings({"seed": 5}).seed == 5
    assert spec.seed == 42
    assert hash(spec) == hash(ExperimentSpec())


@pytest.mark.parametrize(
    ("key", "settings", "message"),
    [
        (
            "network.output_activation",
            {"network.output_activation": "softmax"},
            r"single output.*\(data.targets=one_hot\)",
        ),
        ("training.loss", {"training.loss": "softmax_cross_entropy"}, r"single output.*data.targets=one_hot"),
        ("network.activation", {"network.activation": "step"}, r"one of sigmoid, .*; its derivative is 0"),
        ("network.output_activation", {"network.output_activation": "step"}, r"one of sigmoid, .*derivative is 0"),
        ("network.hidden", {"network.hidden": "4:step"}, r"one of sigmoid, .*derivative is 0"),
        (
            "network.activation",
            {"network.activation": "softmax"},
            r"one of sigmoid, .*it makes probabilities of the outputs",
        ),
        ("network.hidden", {"network.hidden": "3,4:softmax"}, r"probabilities of the outputs"),
        ("data.validation_share", {"data.validation_share": 0.01}, r"at least one of the 4 samples on each side"),
        ("data.validation_share", {"data.validation_share": 0.9}, r"at least one of the 4 samples on each side"),
        ("stop.validation_patience", {"stop.validation_patience": 5}, r"off, or a validation share above 0"),
    ],
)
def test_settings_that_do_not_go_together(key: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message) as caught:
        ExperimentSpec().with_settings(settings)
    assert caught.value.key == key


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", ACTIVATIONS)
@pytest.mark.parametrize("targets", ["single", "signed", "one_hot"])
def test_whatever_is_not_refused_can_be_run(output: str, loss: str, targets: str) -> None:
    settings = {"data.targets": targets, "network.output_activation": output, "training.loss": loss}
    try:
        spec = ExperimentSpec().with_settings(settings | {"training.epochs": 3})
    except SettingError:
        softmax = targets != "one_hot" and "softmax" in output + loss
        assert output == "step" or softmax or (targets == "signed" and ("entropy" in loss or loss == "hinge"))
        return
    assert np.isfinite(Trainer(spec).train().training).all()


def test_random_streams_are_independent_and_repeatable() -> None:
    def draws(seed: int) -> list[float]:
        streams = RandomStreams(seed)
        return [stream.random() for stream in (streams.data, streams.weights, streams.shuffling, streams.dropout)]

    assert draws(1) == draws(1)
    assert len({*draws(1), *draws(2)}) == 8
