"""Numbers over one input or two, drawn at random: what a network learns when it fits a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import sampling
from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.choices.datasets.sampling import PLAYGROUND
from nnstudio.engine.registry import Entry, Number

Array = NDArray[Any]

_REACH = 6.0
_NOISE = sampling.noise("targets stray from the function")

_CENTRES = np.array([(x, y) for y in (2.5, -2.5) for x in (-4, 0, 4)])
_SIGNS = np.array([1, -1, 1, -1, 1, -1])


def _jittered_surface(title: str, height: Callable[[Array], Array]) -> Callable[..., Dataset]:
    """Return the builder of a surface whose noise, as in the playground, moves the place where the target is taken."""

    def build(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
        points = rng.uniform(-_REACH, _REACH, (samples, 2))
        jitter = rng.uniform(-_REACH, _REACH, points.shape) * (noise / 100)
        return Dataset.of_numbers(title, points, height(points + jitter))

    return build


def _plane(points: Array) -> Array:
    return np.asarray(points.sum(axis=1) / 10)


def _multi_gauss(points: Array) -> Array:
    distances = np.hypot(*np.moveaxis(points[:, None] - _CENTRES, 2, 0))
    nearest = distances.argmin(axis=1)
    return np.asarray(_SIGNS[nearest] * np.maximum(0, 1 - distances.min(axis=1) / 2))


def _sine_surface(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    points = rng.uniform(-_REACH, _REACH, (samples, 2))
    heights = np.sin(points).mean(axis=1) + rng.normal(0, noise / 100, samples)
    return Dataset.of_numbers("Sine surface", points, heights)


def _curve(title: str, rng: np.random.Generator, samples: int, noise: float, y: Callable[[Array], Array]) -> Dataset:
    x = rng.uniform(-_REACH, _REACH, samples)
    targets = y(x) + rng.normal(0, noise / 100, samples)
    return Dataset.of_numbers(title, x[:, None], targets, input_names=("x",))


def _sine(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    return _curve("Sine", rng, samples, noise, np.sin)


def _step(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    return _curve("Step", rng, samples, noise, lambda x: np.where(x > 0, 1.0, 0.0))


def _polynomial(*, rng: np.random.Generator, samples: int, noise: float, degree: int) -> Dataset:
    # Chebyshev's polynomials stay between -1 and 1 and have all the turning points that their degree allows.
    chebyshev = np.polynomial.Chebyshev.basis(degree, domain=[-_REACH, _REACH])
    return _curve(f"Polynomial of degree {degree}", rng, samples, noise, chebyshev)


REGRESSION: tuple[Entry[Dataset], ...] = (
    Entry(
        name="plane",
        label="Plane",
        build=_jittered_surface("Plane", _plane),
        summary="A number that rises evenly across the plane: one linear neuron learns it exactly.",
        source=PLAYGROUND,
        parameters=(sampling.samples(1_200), _NOISE),
    ),
    Entry(
        name="multi_gauss",
        label="Multi-Gauss",
        build=_jittered_surface("Multi-Gauss", _multi_gauss),
        summary="Three hills and three hollows on a plain: each has to be built from several neurons.",
        source=PLAYGROUND,
        parameters=(sampling.samples(1_200), _NOISE),
    ),
    Entry(
        name="sine_surface",
        label="Sine surface",
        build=_sine_surface,
        summary="The mean of a sine along each input: one neuron given the sines learns it, without them many.",
        parameters=(sampling.samples(1_200), _NOISE),
    ),
    Entry(
        name="sine",
        label="Sine",
        build=_sine,
        summary="One input and nearly two waves: each bend of the curve takes a hidden neuron or two.",
        parameters=(sampling.samples(200), _NOISE),
    ),
    Entry(
        name="step",
        label="Step",
        build=_step,
        summary="One input and a jump from 0 to 1: a smooth neuron comes near it with a large weight.",
        parameters=(sampling.samples(200), _NOISE),
    ),
    Entry(
        name="polynomial",
        label="Polynomial",
        build=_polynomial,
        summary="One input and a curve between -1 and 1 that turns once more with each degree.",
        source="Chebyshev's polynomials of the first kind",
        parameters=(
            sampling.samples(200),
            _NOISE,
            Number(
                key="degree",
                label="Degree",
                default=3,
                whole=True,
                minimum=1,
                maximum=10,
                help="The highest power of the input. The curve turns one time less than this.",
            ),
        ),
    ),
)
