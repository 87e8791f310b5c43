"""Measures how fast a population trains beside the tutorial's loop and beside the engine that trains one network.

Run it by hand, on a machine with nothing else to do::

    python tests/benchmarks/bench_population.py [--repeats 5]

All times are per network and epoch, on one thread, the best of the repeats; the contestants take turns within each
repeat. The last lines compare two worker processes with one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.population import Population, block_size

Array = np.ndarray
# Trains for so many epochs, and returns the seconds that took, for each network.
Contestant = Callable[[int], float]

SHAPES = ("2", "4,2", "8", "8,8", "16,16")
BATCHES = (4, 20, 100, 500)


def experiment(hidden: str, samples: int = 4, precision: str = "float64") -> ExperimentSpec:
    settings = {"network.hidden": hidden, "precision": precision, "training.epochs": 10**9}
    if samples != 4:
        # Full batches, and steps so small that no network stops or diverges meanwhile.
        settings |= {"data.name": f"circle:samples={samples}", "training.learning_rate": 0.001}
    return ExperimentSpec().with_settings(settings)


def textbook() -> Contestant:
    """The tutorial's loop as tutorials write it."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    y = np.array([[0], [1], [1], [0]], float)
    generator = np.random.RandomState(42)
    weights = [generator.randn(2, 2), np.zeros((1, 2)), generator.randn(2, 1), np.zeros((1, 1))]

    def sigmoid(z: Array) -> Array:
        return 1 / (1 + np.exp(-z))

    def train(epochs: int) -> float:
        W1, b1, W2, b2 = weights
        losses = []
        start = time.perf_counter()
        for _ in range(epochs):
            a1 = sigmoid(np.dot(X, W1) + b1)
            a2 = sigmoid(np.dot(a1, W2) + b2)
            losses.append(np.mean((y - a2) ** 2))
            delta2 = (y - a2) * a2 * (1 - a2)
            delta1 = np.dot(delta2, W2.T) * a1 * (1 - a1)
            W2 += 0.1 * np.dot(a1.T, delta2)
            b2 += 0.1 * np.sum(delta2, axis=0, keepdims=True)
            W1 += 0.1 * np.dot(X.T, delta1)
            b1 += 0.1 * np.sum(delta1, axis=0, keepdims=True)
        return time.perf_counter() - start

    return train


def single(spec: ExperimentSpec) -> Contestant:
    trainer = Trainer(spec)

    def train(epochs: int) -> float:
        start = time.perf_counter()
        trainer.train(epochs)
        return time.perf_counter() - start

    return train


def together(spec: ExperimentSpec, members: int) -> Contestant:
    population = Population([spec] * members, range(members))

    def train(epochs: int) -> float:
        start = time.perf_counter()
        population.train(epochs)
        return (time.perf_counter() - start) / members

    return train


def race(contestants: dict[str, tuple[Contestant, int]], repeats: int) -> dict[str, float]:
    """Return the best time of each for one network and epoch, in nanoseconds; each trains for its own epochs a turn."""
    best = dict.fromkeys(contestants, np.inf)
    for turn in range(repeats + 1):  # the first warms up
        for name, (train, epochs) in contestants.items():
            taken = train(epochs) / epochs * 1e9
            if turn:
                best[name] = min(best[name], taken)
    return best


def tutorial(repeats: int) -> None:
    entries = {"textbook": (textbook(), 5000), "one network": (single(experiment("2")), 10_000)}
    for precision in ("float64", "float32"):
        entries[f"2,000 networks, {precision}"] = (together(experiment("2", precision=precision), 2000), 500)
    times = race(entries, repeats)
    print("XOR, 2-2-1, full batch; asked: 250 (float64) and 400 (float32) times the textbook")
    for name, taken in times.items():
        print(f"  {name:24} {taken:9,.0f} ns   {times['textbook'] / taken:6.1f} x textbook")


def shapes(repeats: int) -> None:
    print("\nSpeed of a population over the engine for one network of the same precision; asked: 3")
    for precision in ("float64", "float32"):
        print(f"  {precision:14}" + "".join(f"{samples:>10} samples" for samples in BATCHES))
        for hidden in SHAPES:
            cells = []
            for samples in BATCHES:
                spec = experiment(hidden, samples, precision)
                members = min(block_size(spec), 2000)
                epochs = max(20, 4000 // samples)
                # About as long as the single network takes.
                shared = max(3, 8 * epochs // members)
                entries = {"one": (single(spec), epochs), "all": (together(spec, members), shared)}
                times = race(entries, repeats)
                cells.append(f"{times['one'] / times['all']:>17.1f}x")
            print(f"  2-{hidden.replace(',', '-')}-1".ljust(16) + "".join(cells), flush=True)


def train_block(seeds: range) -> None:
    with threadpool_limits(1):
        Population([ExperimentSpec()] * len(seeds), seeds).train()


def processes() -> None:
    blocks = [range(start, start + 1000) for start in range(0, 8000, 1000)]
    taken = {}
    for workers in (1, 2, 1, 2):
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(train_block, [range(2)] * workers))  # starts them
            start = time.perf_counter()
            list(pool.map(train_block, blocks))
            seconds = time.perf_counter() - start
            taken[workers] = min(seconds, taken.get(workers, np.inf))
    print("\n8,000 XOR networks of 10,000 epochs in worker processes; asked: 1.7")
    print(f"  one {taken[1]:.2f} s, two {taken[2]:.2f} s: {taken[1] / taken[2]:.2f} x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with threadpool_limits(1):
        tutorial(repeats)
        shapes(repeats)
    processes()


if __name__ == "__main__":
    main()
