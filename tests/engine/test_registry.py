"""Settings must take every right value in every spelling, and say of a wrong one what would be right."""

import pytest

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.registry import Choice, Entry, Number, Option, Registry, SettingError, nearest_hint, normalized


def number(**bounds: object) -> Number:
    return Number(key="n", label="N", help="A number.", default=1, **bounds)  # type: ignore[arg-type]


WHOLE = number(whole=True, minimum=1, maximum=10_000)


@pytest.mark.parametrize(
    ("given", "value"),
    [("7", 7), (7, 7), (7.0, 7), (" 7 ", 7), ("1e3", 1000), ("10,000", 10_000), ("10_000", 10_000), ("1,234.0", 1234)],
)
def test_a_whole_number_in_every_spelling(given: object, value: int) -> None:
    parsed = WHOLE.parse(given)
    assert parsed == value
    assert type(parsed) is int


@pytest.mark.parametrize(
    "given",
    ["", "x", "7.5", 7.5, 0, -3, 10_001, "nan", "inf", float("nan"), float("inf"), None, True, [1], {}, "1,5", "0,500",
     "1,2,3", ",", "4,", "12,34"],
)  # fmt: skip
def test_what_is_no_such_whole_number(given: object) -> None:
    with pytest.raises(SettingError) as caught:
        WHOLE.parse(given, "some.key")
    assert caught.value.key == "some.key"
    assert caught.value.given is given
    assert caught.value.expected == "a whole number from 1 to 10,000"


def test_a_decimal_comma_is_not_taken_for_thousands() -> None:
    with pytest.raises(SettingError):
        number().parse("0,5")


@pytest.mark.parametrize(
    ("bounds", "right", "wrong"),
    [
        ({"minimum": 0.0}, [0, 1e9], [-1e-9]),
        ({"minimum": 0.0, "above": True}, [1e-300], [0, -1]),
        ({"maximum": 1.0}, [1, -5], [1.001]),
        ({"minimum": 0.0, "maximum": 1.0, "below": True}, [0, 0.999], [1, 2]),
    ],
)
def test_bounds(bounds: dict[str, object], right: list[float], wrong: list[float]) -> None:
    for value in right:
        assert number(**bounds).parse(value) == value
    for value in wrong:
        with pytest.raises(SettingError):
            number(**bounds).parse(value)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({}, "a number"),
        ({"minimum": 0.0, "above": True, "maximum": 1000.0}, "a number above 0 up to 1,000"),
        ({"minimum": 0.0, "maximum": 1.0, "below": True}, "a number from 0 below 1"),
        ({"minimum": 1, "whole": True, "absent": "full"}, "a whole number from 1, or full"),
    ],
)
def test_the_bounds_in_words(bounds: dict[str, object], words: str) -> None:
    assert number(**bounds).expected == words


@pytest.mark.parametrize("given", ["off", "OFF", " Off ", None])
def test_a_number_can_be_absent(given: object) -> None:
    parameter = number(absent="off")
    assert parameter.parse(given) is None
    assert parameter.format(None) == parameter.plain(None) == "off"


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-12, 123456.789, 5e-324, 1e300, -2.5])
def test_the_text_of_a_number_is_that_number(value: float) -> None:
    assert number().parse(number().format(value)) == value


def test_an_option_in_every_spelling() -> None:
    option = Option(key="o", label="O", help="", default="one_hot", options=(("one_hot", "x"), ("single", "y")))
    assert option.parse("One-Hot") == option.parse("one hot") == "one_hot"
    with pytest.raises(
        SettingError, match=r"o: 'singel' will not do: expected one of one_hot, single \(did you mean single"
    ):
        option.parse("singel")


@pytest.mark.parametrize(
    "given", ["Leaky ReLU:slope=0.2", "leaky_relu: Slope = 0.2", {"name": "leaky-relu", "slope": "0.2"}]
)
def test_a_choice_in_every_spelling(given: object) -> None:
    choice = ACTIVATIONS.choice(given)
    assert choice == Choice("leaky_relu", (("slope", 0.2),))
    assert str(choice) == "leaky_relu:slope=0.2"
    assert ACTIVATIONS.choice(str(choice)) == ACTIVATIONS.choice(choice) == choice


def test_two_spellings_of_one_choice_are_equal() -> None:
    assert OPTIMIZERS.choice("adam:beta2=0.9,beta1=0.5") == OPTIMIZERS.choice(
        {"name": "adam", "beta1": 0.5, "beta2": 0.9}
    )
    assert OPTIMIZERS.choice("adam:beta1=0.9") == Choice("adam")  # that is the default


def test_every_parameter_of_a_choice() -> None:
    values = OPTIMIZERS.parameter_values(OPTIMIZERS.choice("adam:beta1=0.8"))
    assert values == {"beta1": 0.8, "beta2": 0.999, "epsilon": 1e-8}


@pytest.mark.parametrize(
    ("registry", "given", "message"),
    [
        (
            OPTIMIZERS,
            "adm",
            r"optimizer: 'adm' will not do: expected one of gradient_descent, .*\(did you mean adam\?\)",
        ),
        (OPTIMIZERS, "", r"expected one of gradient_descent"),
        (OPTIMIZERS, None, r"'none' will not do"),
        (OPTIMIZERS, {"beta1": 0.5}, r"expected one of gradient_descent"),
        (OPTIMIZERS, "adam:beta_1=0.5", r"optimizer:beta_1=0.5: there is no such setting \(did you mean beta1\?\)"),
        (OPTIMIZERS, "adam:0.5", r"with an equals sign in '0.5'"),
        (OPTIMIZERS, "adam:beta1=1", r"optimizer:beta1: '1' will not do: expected a number from 0 below 1"),
        (ACTIVATIONS, "relu:slope=1", r"activation:slope=1: there is no such setting; expected no parameters here"),
        (REGULARIZERS, "l2:rate=much", r"regularizer:rate: 'much' will not do"),
    ],
)
def test_a_wrong_choice_says_what_would_be_right(registry: Registry[object], given: object, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        registry.choice(given)


def test_the_reason_stands_without_the_key() -> None:
    error = SettingError("seed", -1, "a whole number")
    assert error.reason == "'-1' will not do: expected a whole number"
    assert str(error) == f"seed: {error.reason}"


def test_no_hint_where_nothing_is_near() -> None:
    assert nearest_hint("xyzzy", ("adam", "rprop")) == ""


def test_names_are_normalized() -> None:
    assert normalized("  Leaky ReLU ") == normalized("leaky-relu") == "leaky_relu"


def test_two_entries_cannot_share_a_name() -> None:
    entry = Entry(name="same", label="Same", summary="One of two.", build=dict)
    with pytest.raises(ValueError, match="same name"):
        Registry("thing", [entry, entry])


def test_a_registry_offers_its_entries_in_their_order() -> None:
    assert next(iter(OPTIMIZERS)) == "gradient_descent"
    assert [entry.name for entry in OPTIMIZERS.values()] == list(OPTIMIZERS)
