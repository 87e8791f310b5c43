"""Axes: how they are written, what they refuse, and what they make of an experiment."""

import pickle

import numpy as np
import pytest

from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.registry import Choice, SettingError
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.lab.axes import Axis, AxisError, axis_keys, with_values

BASE = ExperimentSpec()
MOMENTUM = BASE.with_settings({"training.optimizer": "momentum"})


def texts(text: str, base: ExperimentSpec = BASE) -> list[str]:
    axis = Axis.parse(text, base)
    return [axis.text(value) for value in axis.values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("training.learning_rate=0.1,0.5, 1", ["0.1", "0.5", "1"]),
        ("training.learning_rate=lin:0.1:0.5:5", ["0.1", "0.2", "0.3", "0.4", "0.5"]),
        ("training.learning_rate=linear:1:0.5:2", ["1", "0.5"]),
        ("training.learning_rate=log:0.01:10:4", ["0.01", "0.1", "1", "10"]),
        ("training.epochs=log:1:16:5", ["1", "2", "4", "8", "16"]),
        ("training.epochs=lin:1:3:9", ["1", "2", "3"]),
        ("training.batch_size=full,1,2", ["full", "1", "2"]),
        ("network.hidden=1,2,3,4", ["1", "2", "3", "4"]),
        ("network.hidden=4;4,2;8,8", ["4", "4,2", "8,8"]),
        ("network.hidden=4,2;", ["4,2"]),
        ("network.hidden=none,2", ["none", "2"]),
        ("network.activation=Tanh,ReLU", ["tanh", "relu"]),
        ("training.optimizer=adam:beta1=0.8,beta2=0.9;momentum", ["adam:beta1=0.8,beta2=0.9", "momentum"]),
        ("data.features=x1,x2;x1,x2,product", ["x1,x2", "x1,x2,product"]),
        ("training.reduction=mean,sum", ["mean", "sum"]),
    ],
)
def test_values_are_read_as_the_setting_reads_them(text: str, values: list[str]) -> None:
    assert texts(text) == values


def test_four_numbers_of_neurons_are_four_networks_of_one_layer() -> None:
    assert Axis.parse("network.hidden=1,2,3,4", BASE).values == tuple((HiddenLayer(size),) for size in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("training.learning_rate", "expected KEY=VALUES, such as"),
        ("=1,2", "expected KEY=VALUES"),
        (
            "training.optimiser=adam",
            "training.optimiser: expected a setting of the experiment (did you mean training.opt",
        ),
        ("seed=1,2", "seed: expected another setting: every sweep has its range of seeds"),
        ("training.learning_rate=", "training.learning_rate: expected at least one value"),
        ("training.learning_rate=1,,2", "expected a value on each side of a comma"),
        ("training.learning_rate=1,1.0", "'1' will not do: expected each value once"),
        ("training.learning_rate=0,1", "expected a number above 0"),
        ("training.learning_rate=log:0:1:5", "expected ends above 0 for a logarithmic range"),
        ("training.learning_rate=lin:0:1:5", "expected a number above 0"),
        ("training.learning_rate=log:0.1:1:1", "expected a count of at least 2"),
        ("training.learning_rate=log:0.1:1:100000", "expected at most 10,000 values"),
        ("training.learning_rate=lin:1:1:3", "expected two ends that differ"),
        ("training.learning_rate=log:0.1:1", "expected a range such as log:0.01:10:9: two ends and a count"),
        ("training.learning_rate=lin:a:1:3", "expected a range such as lin:0:1:11"),
        ("training.learning_rate=lin:nan:1:3", "expected a number above 0"),
        ("training.epochs=10,000", "expected numbers without commas in them, such as 10000"),
        ("training.optimizer=lin:0:1:3", "expected a list of values: optimizer is not a number"),
        ("training.optimizer=adam,momentun", "did you mean momentum?"),
        ("training.optimizer=adam:beta1=0.8,beta2=0.9", "values that hold commas are separated by semicolons"),
        ("training.optimizer:momentum=0.5", "expected another choice first: gradient_descent has no parameters"),
        ("training.reduction:mean=1", "expected training.reduction alone"),
    ],
)
def test_what_cannot_be_swept_is_answered_with_what_would_be_right(text: str, words: str) -> None:
    with pytest.raises(SettingError) as caught:
        Axis.parse(text, BASE)
    assert words in str(caught.value)


def test_a_parameter_of_what_is_chosen_is_an_axis() -> None:
    axis = Axis.parse("training.optimizer:momentum=lin:0.5:0.9:3", MOMENTUM)
    assert (axis.label, axis.entry, axis.is_number) == ("Optimizer: momentum", "momentum", True)
    spec = with_values(MOMENTUM, [axis], [0.7])
    assert spec.training.optimizer == Choice("momentum", (("momentum", 0.7),))
    with pytest.raises(SettingError, match="a parameter of momentum: momentum"):
        Axis.parse("training.optimizer:mometum=0.5", MOMENTUM)


def test_a_choice_is_made_before_its_parameters_are_set() -> None:
    chosen = Axis.parse("training.optimizer=momentum,nesterov,adam", MOMENTUM)
    parameter = Axis.parse("training.optimizer:momentum=0.5", MOMENTUM)
    spec = with_values(MOMENTUM, [parameter, chosen], [0.5, Choice("nesterov")])
    assert str(spec.training.optimizer) == "nesterov:momentum=0.5"
    with pytest.raises(SettingError, match="momentum"):
        with_values(MOMENTUM, [parameter, chosen], [0.5, Choice("adam")])


def test_whatever_can_be_varied_is_listed() -> None:
    keys = list(axis_keys(MOMENTUM))
    assert set(keys) >= set(FIELDS) - {"seed"}
    assert "seed" not in keys
    assert "training.optimizer:momentum" in keys
    for key in FIELDS.keys() & set(keys):
        assert with_values(MOMENTUM, [Axis.listed(key, [MOMENTUM.get(key)], MOMENTUM)], [MOMENTUM.get(key)]) == MOMENTUM


def test_axes_reach_other_processes() -> None:
    axis = Axis.parse("training.optimizer:momentum=lin:0.5:0.9:3", MOMENTUM)
    again = pickle.loads(pickle.dumps(axis))
    assert again == axis
    assert again.text(0.5) == "0.5"


def test_values_are_drawn_from_a_list_or_from_between_the_ends_of_a_range() -> None:
    generator = np.random.default_rng(1)

    def drawn(text: str) -> set[object]:
        axis = Axis.parse(text, BASE)
        return {axis.draw(generator) for _ in range(200)}

    assert drawn("training.optimizer=adam,momentum") == {Choice("adam"), Choice("momentum")}
    assert drawn("training.epochs=lin:3:6:2") == {3, 4, 5, 6}
    rates = drawn("training.learning_rate=log:0.01:10:3")
    assert len(rates) > 100
    assert min(rates) >= 0.01 and max(rates) <= 10  # type: ignore[type-var, operator]
    # Half of them lie below the ends' geometric mean, which is 0.316.
    assert 70 < sum(rate < 0.316 for rate in rates) < 130  # type: ignore[operator]


def test_an_axis_made_without_text_is_checked_too() -> None:
    assert Axis("training.learning_rate", ("0.1", 1)).values == (0.1, 1.0)
    with pytest.raises(AxisError):
        Axis("training.learning_rate", ())
    with pytest.raises(AxisError):
        Axis("training.learning_rate", (0.1,), "cubic")  # type: ignore[arg-type]
