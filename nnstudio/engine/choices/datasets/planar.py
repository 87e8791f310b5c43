"""Classes of points on a plane, drawn at random: circle, spiral and their kind."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import sampling
from nnstudio.engine.choices.datasets.dataset import Dataset
from nnstudio.engine.choices.datasets.sampling import PLAYGROUND, shuffled
from nnstudio.engine.registry import Entry, Number

Array = NDArray[Any]

_REACH = 5.0
_NOISE = sampling.noise("points stray to the other side")


def _polar(radius: Array, angle: Array) -> Array:
    """Return points by their distance from the origin and their angle, which is taken clockwise from straight up."""
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


def _dealt(samples: int, classes: int) -> tuple[Array, Array]:
    """Return the class of each sample, in turn, and the number of the sample within its class."""
    number = np.arange(samples)
    return number % classes, number // classes


def _numbered(what: str, count: int) -> list[str]:
    return [f"{what} {i + 1}" for i in range(count)]


def _circle(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    inner = samples // 2
    radius = np.concatenate([rng.uniform(0, 2.5, inner), rng.uniform(3.5, _REACH, samples - inner)])
    points = _polar(radius, rng.uniform(0, 2 * np.pi, samples))
    jitter = rng.uniform(-_REACH, _REACH, points.shape) * (noise / 100)
    labels = np.hypot(*(points + jitter).T) < 2.5
    return shuffled(Dataset.of_classes("Circle", points, labels, ("outside", "inside")), rng)


def _xor_quadrants(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    points = rng.uniform(-_REACH, _REACH, (samples, 2))
    points += np.where(points > 0, 0.3, -0.3)
    jitter = rng.uniform(-_REACH, _REACH, points.shape) * (noise / 100)
    labels = (points + jitter).prod(axis=1) >= 0
    return Dataset.of_classes("XOR quadrants", points, labels, ("signs differ", "signs agree"))


def _gauss(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    labels, _ = _dealt(samples, 2)
    variance = 0.5 + 7 * noise / 100
    points = (4 * labels - 2)[:, None] + rng.normal(0, np.sqrt(variance), (samples, 2))
    return shuffled(Dataset.of_classes("Two Gaussians", points, labels, ("lower left", "upper right")), rng)


def _spiral(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    arm, number = _dealt(samples, 2)
    way = number / (samples / 2)
    points = _polar(_REACH * way, 1.75 * way * 2 * np.pi + arm * np.pi)
    points += rng.uniform(-1, 1, points.shape) * (noise / 100)
    # The playground calls the arm that starts at angle 0 positive, which is the second class here.
    return shuffled(Dataset.of_classes("Spiral", points, 1 - arm, ("arm 1", "arm 2")), rng)


def _moons(*, rng: np.random.Generator, samples: int, noise: float) -> Dataset:
    labels, _ = _dealt(samples, 2)
    angle = rng.uniform(0, np.pi, samples)
    # Half circles of radius 1 about (0, 0) and (1, 1/2), as they are known; here about the origin, and enlarged.
    moons = np.column_stack([np.cos(angle), np.sin(angle)])
    points = np.where(labels[:, None] == 1, (1.0, 0.5) - moons, moons) - (0.5, 0.25)
    points = 3 * (points + rng.normal(0, noise / 100, points.shape))
    return shuffled(Dataset.of_classes("Moons", points, labels, ("upper moon", "lower moon")), rng)


def _rings(*, rng: np.random.Generator, samples: int, noise: float, classes: int) -> Dataset:
    labels, _ = _dealt(samples, classes)
    width = _REACH / classes
    points = _polar(width * (labels + rng.uniform(0.65, 1, samples)), rng.uniform(0, 2 * np.pi, samples))
    points += rng.normal(0, width * noise / 100, points.shape)
    return shuffled(Dataset.of_classes(f"{classes} rings", points, labels, _numbered("ring", classes)), rng)


def _checkerboard(*, rng: np.random.Generator, samples: int, noise: float, tiles: int) -> Dataset:
    points = rng.uniform(-_REACH, _REACH, (samples, 2))
    size = 2 * _REACH / tiles
    jitter = rng.uniform(-size, size, points.shape) * (noise / 100)
    places = np.floor((points + jitter + _REACH) / size).clip(0, tiles - 1)
    labels = places.sum(axis=1) % 2 == 0  # with two tiles a side, the quadrants of XOR
    return Dataset.of_classes(f"{tiles}×{tiles} checkerboard", points, labels, ("odd tiles", "even tiles"))


def _blobs(*, rng: np.random.Generator, samples: int, noise: float, classes: int) -> Dataset:
    labels, _ = _dealt(samples, classes)
    points = _polar(np.full(samples, 4.0), 2 * np.pi * labels / classes)
    points += rng.normal(0, 0.5 + 3 * noise / 100, points.shape)
    return shuffled(Dataset.of_classes(f"{classes} blobs", points, labels, _numbered("blob", classes)), rng)


def _spiral_arms(*, rng: np.random.Generator, samples: int, noise: float, classes: int) -> Dataset:
    arm, number = _dealt(samples, classes)
    way = (number + 1) / np.ceil(samples / classes)  # not from 0: there all the arms would share a point
    # The arms lie as far apart as the two of the spiral, which turns 1.75 times.
    points = _polar(_REACH * way, 2 * np.pi * (3.5 * way + arm) / classes)
    points += rng.uniform(-1, 1, points.shape) * (noise / 100)
    return shuffled(Dataset.of_classes(f"{classes}-arm spiral", points, arm, _numbered("arm", classes)), rng)


PLANAR: tuple[Entry[Dataset], ...] = (
    Entry(
        name="circle",
        label="Circle",
        build=_circle,
        summary="A disc of one class inside a ring of the other: three neurons close a line around it.",
        source=PLAYGROUND,
        parameters=(sampling.samples(500), _NOISE),
    ),
    Entry(
        name="xor_quadrants",
        label="XOR quadrants",
        build=_xor_quadrants,
        summary="XOR spread over a plane: opposite quadrants belong together, no straight line parts them.",
        source=PLAYGROUND,
        parameters=(sampling.samples(500), _NOISE),
    ),
    Entry(
        name="gauss",
        label="Two Gaussians",
        build=_gauss,
        summary="A cloud of points for each class: a straight line parts them, no hidden layer is needed.",
        source=PLAYGROUND,
        parameters=(sampling.samples(500), _NOISE),
    ),
    Entry(
        name="spiral",
        label="Spiral",
        build=_spiral,
        summary="Two arms wound into each other: it takes many neurons, or features that help.",
        source=f"Lang & Witbrock, Learning to Tell Two Spirals Apart (1988); {PLAYGROUND}",
        parameters=(sampling.samples(500), _NOISE),
    ),
    Entry(
        name="moons",
        label="Moons",
        build=_moons,
        summary="Two half moons that reach into each other: a line with two bends parts them.",
        source="Pedregosa et al., Scikit-learn: Machine Learning in Python (2011): make_moons",
        parameters=(sampling.samples(500), _NOISE),
    ),
    Entry(
        name="rings",
        label="Rings",
        build=_rings,
        summary="Rings about one centre, a class each: only the distance from the middle tells them apart.",
        parameters=(sampling.samples(500), _NOISE, sampling.classes(2)),
    ),
    Entry(
        name="checkerboard",
        label="Checkerboard",
        build=_checkerboard,
        summary="The class changes with every tile: the more tiles, the more neurons and samples it takes.",
        parameters=(
            sampling.samples(1_000),
            _NOISE,
            Number(
                key="tiles",
                label="Tiles",
                default=4,
                whole=True,
                minimum=2,
                maximum=10,
                help="Tiles along each side of the board. With 2 it is XOR.",
            ),
        ),
    ),
    Entry(
        name="blobs",
        label="Blobs",
        build=_blobs,
        summary="A cloud of points for each of three to six classes: the first step beyond two classes.",
        parameters=(sampling.samples(500), _NOISE, sampling.classes(3)),
    ),
    Entry(
        name="spiral_arms",
        label="Spiral arms",
        build=_spiral_arms,
        summary="Three to six arms wound into each other: the spiral, with an output for each class.",
        parameters=(sampling.samples(1_000), _NOISE, sampling.classes(3)),
    ),
)
