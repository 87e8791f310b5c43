"""Measures how fast the engine trains beside a plain NumPy loop, PyTorch and scikit-learn doing the same steps.

Run it by hand, on a machine with nothing else to do::

    python tests/benchmarks/bench_engine.py [--repeats 9]

Everything runs on one thread. The contestants take turns within each repeat, so that a machine that slows down slows
all of them; the medians are compared. Only the training is timed: data and weights are ready before, except where
scikit-learn makes its own within `fit`. PyTorch and scikit-learn are left out, with a line that says so, where they are
not installed.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from nnstudio.engine import Dataset, ExperimentSpec, Trainer
from nnstudio.files.presets import load_presets

try:
    import torch
except ImportError:
    torch = None
try:
    import sklearn
    from sklearn.neural_network import MLPClassifier, MLPRegressor
except ImportError:
    sklearn = None

Array = np.ndarray
# Trains so many epochs from the same start, and returns the seconds that took and the loss at the end.
Contestant = Callable[[int], tuple[float, float]]


@dataclass(frozen=True)
class Race:
    """The same training for all; `targets` says how many times as fast as each contestant the engine is to be."""

    title: str
    epochs: int
    updates_per_epoch: int
    contestants: dict[str, Contestant]
    targets: dict[str, float]


def timed(train: Callable[[], object]) -> float:
    start = time.perf_counter()
    train()
    return time.perf_counter() - start


# --- XOR, 2-2-1, the tutorial's experiment


def xor_engine(epochs: int) -> tuple[float, float]:
    trainer = Trainer(ExperimentSpec().with_settings({"training.epochs": epochs}))
    return timed(trainer.train), trainer.loss()


def xor_textbook(epochs: int) -> tuple[float, float]:
    """The tutorial's loop as tutorials write it."""

    def sigmoid(z: Array) -> Array:
        return 1 / (1 + np.exp(-z))

    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
    y = np.array([[0], [1], [1], [0]], float)
    generator = np.random.RandomState(42)
    W1, b1, W2, b2 = generator.randn(2, 2), np.zeros((1, 2)), generator.randn(2, 1), np.zeros((1, 1))
    learning_rate, losses = 0.1, []

    start = time.perf_counter()
    for _ in range(epochs):
        a1 = sigmoid(np.dot(X, W1) + b1)
        a2 = sigmoid(np.dot(a1, W2) + b2)
        losses.append(np.mean((y - a2) ** 2))
        delta2 = (y - a2) * a2 * (1 - a2)
        delta1 = np.dot(delta2, W2.T) * a1 * (1 - a1)
        W2 += learning_rate * np.dot(a1.T, delta2)
        b2 += learning_rate * np.sum(delta2, axis=0, keepdims=True)
        W1 += learning_rate * np.dot(X.T, delta1)
        b1 += learning_rate * np.sum(delta1, axis=0, keepdims=True)
    seconds = time.perf_counter() - start
    return seconds, float(np.mean((y - sigmoid(np.dot(sigmoid(np.dot(X, W1) + b1), W2) + b2)) ** 2))


def xor_torch(epochs: int) -> tuple[float, float]:
    """Half the sum of squares, as the tutorial descends; the loss is read in every epoch, as the others do."""
    torch.set_default_dtype(torch.float64)
    generator = np.random.RandomState(42)
    hidden, output = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    for layer in (hidden, output):
        with torch.no_grad():
            layer.weight.copy_(torch.tensor(generator.randn(layer.in_features, layer.out_features).T))
            layer.bias.zero_()
    model = torch.nn.Sequential(hidden, torch.nn.Sigmoid(), output, torch.nn.Sigmoid())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = torch.tensor([[0.0], [1], [1], [0]])
    losses = []

    def train() -> None:
        for _ in range(epochs):
            optimizer.zero_grad()
            squares = ((model(X) - y) ** 2).sum()
            losses.append(squares.item() / 4)
            (squares / 2).backward()
            optimizer.step()

    seconds = timed(train)
    with torch.no_grad():
        return seconds, float(((model(X) - y) ** 2).mean())


def xor_regressor(epochs: int) -> Any:
    """Plain full-batch gradient descent under squared error.

    scikit-learn knows no sigmoid output under squared error, and draws its own weights: its output is linear, so that
    its steps are as many as the others' and each a little shorter, and its losses are others.
    """
    return MLPRegressor(
        hidden_layer_sizes=(2,),
        activation="logistic",
        solver="sgd",
        alpha=0.0,
        batch_size=4,
        learning_rate_init=0.1,
        max_iter=epochs,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
        tol=0.0,
        n_iter_no_change=epochs + 1,
        random_state=42,
    )


XOR_INPUTS, XOR_TARGETS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float), np.array([0, 1, 1, 0], float)


def xor_sklearn_fit(epochs: int) -> tuple[float, float]:
    """All epochs in one call: its fastest way. Shuffling, which the full batch has no use for, is off."""
    model = xor_regressor(epochs)
    seconds = timed(lambda: model.fit(XOR_INPUTS, XOR_TARGETS))
    assert model.n_iter_ == epochs
    return seconds, float(np.mean((model.predict(XOR_INPUTS) - XOR_TARGETS) ** 2))


def xor_sklearn_partial_fit(epochs: int) -> tuple[float, float]:
    """An epoch for each call: the only way in which it lets a window look on. Each call checks its arguments anew."""
    model = xor_regressor(epochs)

    def train() -> None:
        for _ in range(epochs):
            model.partial_fit(XOR_INPUTS, XOR_TARGETS)

    return timed(train), float(np.mean((model.predict(XOR_INPUTS) - XOR_TARGETS) ** 2))


# --- a small classifier, 64-64-10, batches of 32

SAMPLES, FEATURES, HIDDEN, CLASSES, BATCH, RATE = 1600, 64, 64, 10, 32, 0.05


def digits_like() -> tuple[Array, Array]:
    """Ten clouds of points in 64 dimensions, the size of the classic small digits."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, CLASSES, SAMPLES)
    return rng.normal(0, 1, (CLASSES, FEATURES))[classes] + rng.normal(0, 2, (SAMPLES, FEATURES)), classes


def classifier_spec(activation: str, precision: str) -> ExperimentSpec:
    return ExperimentSpec().with_settings(
        {
            # Any data that has classes; the trainer is given its own.
            "data.name": "xor",
            "data.targets": "one_hot",
            "network.hidden": HIDDEN,
            "network.activation": activation,
            "network.output_activation": "softmax",
            "network.initializer": "xavier_uniform",
            "training.loss": "softmax_cross_entropy",
            "training.reduction": "mean",
            "training.batch_size": BATCH,
            "training.learning_rate": RATE,
            "precision": precision,
        }
    )


def classifier_engine(activation: str, precision: str) -> Contestant:
    def run(epochs: int) -> tuple[float, float]:
        X, classes = digits_like()
        names = tuple(f"x{i}" for i in range(FEATURES)), tuple(map(str, range(CLASSES)))
        trainer = Trainer(
            classifier_spec(activation, precision), Dataset("clouds", X, np.eye(CLASSES)[classes], *names)
        )
        return timed(lambda: trainer.train(epochs)), trainer.loss()

    return run


def classifier_textbook(activation: str, precision: str) -> Contestant:
    """The tutorial's loop with a softmax: new arrays in every line."""

    def run(epochs: int) -> tuple[float, float]:
        X, classes = digits_like()
        X, y = X.astype(precision), np.eye(CLASSES, dtype=precision)[classes]
        rng = np.random.default_rng(1)
        limit = [np.sqrt(6 / (FEATURES + HIDDEN)), np.sqrt(6 / (HIDDEN + CLASSES))]
        W1, b1 = rng.uniform(-limit[0], limit[0], (FEATURES, HIDDEN)).astype(precision), np.zeros(HIDDEN, precision)
        W2, b2 = rng.uniform(-limit[1], limit[1], (HIDDEN, CLASSES)).astype(precision), np.zeros(CLASSES, precision)
        losses = []

        def forward(batch: Array) -> tuple[Array, Array]:
            z1 = batch @ W1 + b1
            a1 = np.maximum(z1, 0) if activation == "relu" else np.tanh(z1)
            z2 = a1 @ W2 + b2
            exponentials = np.exp(z2 - z2.max(axis=1, keepdims=True))
            return a1, exponentials / exponentials.sum(axis=1, keepdims=True)

        def train() -> None:
            nonlocal W1, b1, W2, b2
            for _ in range(epochs):
                order, total = rng.permutation(SAMPLES), 0.0
                for start in range(0, SAMPLES, BATCH):
                    rows = order[start : start + BATCH]
                    batch, target = X[rows], y[rows]
                    a1, a2 = forward(batch)
                    total -= np.sum(target * np.log(a2))
                    delta2 = (a2 - target) / len(rows)
                    delta1 = (delta2 @ W2.T) * ((a1 > 0) if activation == "relu" else (1 - a1 * a1))
                    W2 -= RATE * (a1.T @ delta2)
                    b2 -= RATE * delta2.sum(axis=0)
                    W1 -= RATE * (batch.T @ delta1)
                    b1 -= RATE * delta1.sum(axis=0)
                losses.append(total / SAMPLES)

        seconds = timed(train)
        return seconds, float(-np.sum(y * np.log(forward(X)[1])) / SAMPLES)

    return run


def classifier_torch(activation: str, precision: str) -> Contestant:
    """Batches are slices of tensors in memory, without the cost of a DataLoader; the loss is read once an epoch."""

    def run(epochs: int) -> tuple[float, float]:
        torch.set_default_dtype(getattr(torch, precision))
        torch.manual_seed(1)
        X, classes = digits_like()
        inputs, labels = torch.tensor(X.astype(precision)), torch.tensor(classes)
        nonlinear = torch.nn.ReLU() if activation == "relu" else torch.nn.Tanh()
        model = torch.nn.Sequential(torch.nn.Linear(FEATURES, HIDDEN), nonlinear, torch.nn.Linear(HIDDEN, CLASSES))
        for layer in (model[0], model[2]):
            torch.nn.init.xavier_uniform_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
        optimizer, loss_of = torch.optim.SGD(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()
        losses = []

        def train() -> None:
            for _ in range(epochs):
                order, total = torch.randperm(SAMPLES), torch.zeros(())
                shuffled_inputs, shuffled_labels = inputs[order], labels[order]
                for start in range(0, SAMPLES, BATCH):
                    optimizer.zero_grad()
                    loss = loss_of(
                        model(shuffled_inputs[start : start + BATCH]), shuffled_labels[start : start + BATCH]
                    )
                    loss.backward()
                    optimizer.step()
                    total += loss.detach()
                losses.append(total.item() * BATCH / SAMPLES)

        seconds = timed(train)
        with torch.no_grad():
            return seconds, float(loss_of(model(inputs), labels))

    return run


def classifier_sklearn(activation: str, precision: str) -> Contestant:
    """MLPClassifier by plain gradient descent: one call of `fit`, which is its fastest way."""

    def run(epochs: int) -> tuple[float, float]:
        X, classes = digits_like()
        X = X.astype(precision)
        model = MLPClassifier(
            hidden_layer_sizes=(HIDDEN,),
            activation=activation,
            solver="sgd",
            alpha=0.0,
            batch_size=BATCH,
            learning_rate_init=RATE,
            max_iter=epochs,
            momentum=0.0,
            nesterovs_momentum=False,
            shuffle=True,
            tol=0.0,
            n_iter_no_change=epochs + 1,
            random_state=1,
        )
        seconds = timed(lambda: model.fit(X, classes))
        assert model.n_iter_ == epochs
        return seconds, float(-np.mean(np.log(model.predict_proba(X)[np.arange(SAMPLES), classes])))

    return run


# --- the network that TensorFlow Playground begins with: circle, 2-4-2-1, tanh, batches of 10

PLAYGROUND_RATE, PLAYGROUND_BATCH = 0.03, 10


def playground_spec() -> ExperimentSpec:
    """The example experiment that is as in TensorFlow Playground."""
    return next(preset.spec for preset in load_presets() if preset.name == "playground")


def playground_engine(epochs: int) -> tuple[float, float]:
    """With the loss over the 250 test samples after each epoch, which the others do not take."""
    trainer = Trainer(playground_spec())
    return timed(lambda: trainer.train(epochs)), trainer.loss()


def playground_torch(epochs: int) -> tuple[float, float]:
    torch.set_default_dtype(torch.float64)
    trainer = Trainer(playground_spec())
    modules: list[Any] = []
    for layer in trainer.network.layers:
        linear = torch.nn.Linear(*layer.weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weights.T))
            linear.bias.copy_(torch.tensor(layer.biases))
        modules += [linear, torch.nn.Tanh()]
    model = torch.nn.Sequential(*modules)
    optimizer = torch.optim.SGD(model.parameters(), lr=PLAYGROUND_RATE)
    X, y = torch.tensor(trainer.training_set.inputs), torch.tensor(trainer.training_set.targets)
    losses = []

    def train() -> None:
        for _ in range(epochs):
            total = torch.zeros(())
            for start in range(0, len(X), PLAYGROUND_BATCH):
                optimizer.zero_grad()
                batch, target = X[start : start + PLAYGROUND_BATCH], y[start : start + PLAYGROUND_BATCH]
                loss = ((model(batch) - target) ** 2).mean() / 2
                loss.backward()
                optimizer.step()
                total += loss.detach()
            losses.append(total.item())

    seconds = timed(train)
    with torch.no_grad():
        return seconds, float(((model(X) - y) ** 2).mean() / 2)


def playground_sklearn(epochs: int) -> tuple[float, float]:
    """MLPRegressor, whose output is linear and whose weights are its own: as many steps, each a little shorter."""
    data = Trainer(playground_spec()).training_set
    model = MLPRegressor(
        hidden_layer_sizes=(4, 2),
        activation="tanh",
        solver="sgd",
        alpha=0.0,
        batch_size=PLAYGROUND_BATCH,
        learning_rate_init=PLAYGROUND_RATE,
        max_iter=epochs,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
        tol=0.0,
        n_iter_no_change=epochs + 1,
        random_state=1,
    )
    seconds = timed(lambda: model.fit(data.inputs, data.targets[:, 0]))
    return seconds, float(np.mean((model.predict(data.inputs) - data.targets[:, 0]) ** 2) / 2)


# --- the measurement


def races(installed: set[str]) -> list[Race]:
    xor: dict[str, Contestant] = {
        "engine": xor_engine,
        "textbook": xor_textbook,
        "PyTorch": xor_torch,
        "scikit-learn, fit": xor_sklearn_fit,
        "scikit-learn, partial_fit": xor_sklearn_partial_fit,
    }
    found = [
        Race("XOR, 2-2-1, full batch", 3000, 1, xor, {"textbook": 2.2, "PyTorch": 10, "scikit-learn, fit": 15}),
        Race(
            "TensorFlow Playground's start: circle, 2-4-2-1, tanh, batches of 10",
            60,
            25,
            {"engine": playground_engine, "PyTorch": playground_torch, "scikit-learn, fit": playground_sklearn},
            {"PyTorch": 1, "scikit-learn, fit": 1},
        ),
    ]
    for activation in ("relu", "tanh"):
        for precision in ("float64", "float32"):
            contestants = {
                "engine": classifier_engine(activation, precision),
                "textbook": classifier_textbook(activation, precision),
                "PyTorch": classifier_torch(activation, precision),
                "scikit-learn, fit": classifier_sklearn(activation, precision),
            }
            title = f"64-64-10, {activation}, softmax cross-entropy, batches of {BATCH}, {precision}"
            found.append(Race(title, 10, SAMPLES // BATCH, contestants, {"PyTorch": 2, "scikit-learn, fit": 2}))
    return [
        replace(
            race,
            contestants={name: run for name, run in race.contestants.items() if name.partition(",")[0] in installed},
        )
        for race in found
    ]


def measure(race: Race, repeats: int) -> None:
    seconds: dict[str, list[float]] = {name: [] for name in race.contestants}
    losses: dict[str, float] = {}
    for run in race.contestants.values():
        run(max(race.epochs // 10, 1))  # warm
    for repeat in range(repeats):
        names = list(race.contestants)
        for name in names[repeat % len(names) :] + names[: repeat % len(names)]:
            taken, losses[name] = race.contestants[name](race.epochs)
            seconds[name].append(taken)
    updates = race.epochs * race.updates_per_epoch
    engine = statistics.median(seconds["engine"])
    print(f"\n{race.title}: {race.epochs} epochs, median of {repeats}")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        line = f"  {name:26}{median / updates * 1e6:8.1f} us an update   loss {losses[name]:.4f}"
        if name != "engine":
            line += f"   engine {median / engine:5.2f} times as fast"
            if name in race.targets:
                line += (
                    f"   (target {race.targets[name]:g}{'' if median / engine >= race.targets[name] else ': MISSED'})"
                )
        print(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    repeats = parser.parse_args().repeats
    installed = {"engine", "textbook"}
    for name, module in {"PyTorch": torch, "scikit-learn": sklearn}.items():
        if module is None:
            print(f"{name} is not installed: left out")
        else:
            installed.add(name)
            print(f"{name} {module.__version__}")
    print(f"NumPy {np.__version__}, one thread")
    if torch is not None:
        torch.set_num_threads(1)
    warnings.filterwarnings("ignore", module="sklearn")  # it warns that so many epochs have not converged, as meant
    with threadpool_limits(1):
        for race in races(installed):
            measure(race, repeats)


if __name__ == "__main__":
    main()
