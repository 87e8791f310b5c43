"""The hidden layers of an experiment, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nnstudio.engine.choices.activations import ACTIVATIONS, unsuited
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Parameter, SettingError

MAX_LAYERS = 16
MAX_UNITS = 1024


#: What hidden neurons do, unless their layer has an activation of its own.
HIDDEN_ACTIVATION = ChoiceOf(
    key="network.activation",
    label="Activation",
    default=Choice("sigmoid"),
    registry=ACTIVATIONS,
    unsuited=unsuited("not_hidden"),
    help="What the hidden neurons make of their weighted sums, unless a layer has an activation of its own.",
)


@dataclass(frozen=True)
class HiddenLayer:
    """One hidden layer: its size, and its activation where it is not the common one."""

    size: int
    activation: Choice | None = None

    def __str__(self) -> str:
        return f"{self.size}:{self.activation}" if self.activation else str(self.size)


@dataclass(frozen=True, kw_only=True)
class HiddenLayers(Parameter):
    """The hidden layers, from the inputs on: ``4,2`` or ``4:tanh,2:relu``; ``none`` for a network without."""

    @property
    def expected(self) -> str:
        return f"up to {MAX_LAYERS} layers of 1 to {MAX_UNITS:,} neurons, such as 2 or 4,2 or 4:tanh,2:relu, or none"

    def parse(self, given: object, key: str | None = None) -> tuple[HiddenLayer, ...]:
        key = key or self.key
        error = SettingError(key, given, self.expected)
        items: list[object]
        if isinstance(given, str):
            text = given.strip().strip("[]()")
            # A comma in front of a number begins a layer; any other belongs to the parameters of an activation.
            items = [] if text.lower() in ("", "none", "0") else list(re.split(r",\s*(?=\d+\s*(?:[:,]|$))", text))
        elif isinstance(given, list | tuple):
            items = list(given)
        else:
            items = [given]
        layers = tuple(self._layer(item, key, error) for item in items)
        if len(layers) > MAX_LAYERS:
            raise error
        return layers

    @staticmethod
    def _layer(item: object, key: str, error: SettingError) -> HiddenLayer:
        size: object
        activation: object
        if isinstance(item, HiddenLayer):
            size, activation = item.size, item.activation
        elif isinstance(item, Mapping):
            size, activation = item.get("size"), item.get("activation")
        else:
            size, _, activation = str(item).partition(":")
        try:
            units = Number(key=key, label="", help="", default=1, whole=True, minimum=1, maximum=MAX_UNITS).parse(size)
        except SettingError:
            raise error from None
        return HiddenLayer(int(units or 0), HIDDEN_ACTIVATION.parse(activation, key) if activation else None)

    def format(self, value: tuple[HiddenLayer, ...]) -> str:
        return ",".join(map(str, value)) or "none"
