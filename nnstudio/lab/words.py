"""Says in one line what is trained: an experiment without its seed, and a sweep over many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.registry import Choice, Registry
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.insight.differences import shape_text
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import Method, Plan
from nnstudio.lab.sweep import Sweep

#: So many values of an axis are named one by one.
FEW_VALUES = 8


def experiment_words(spec: ExperimentSpec, leave_out: Collection[str] = ()) -> str:
    """Return what is trained: "XOR, 2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs".

    Parameters
    ----------
    spec : ExperimentSpec
    leave_out : collection of str
        Paths of settings that have no one value, such as a sweep's axes.
    """
    training, network = spec.training, spec.network
    parts = {
        "data.name": spec.dataset().title,
        "network.hidden": _network_words(spec, leave_out),
        "training.learning_rate": f"learning rate {training.learning_rate:g}",
        "training.optimizer": _word(OPTIMIZERS, training.optimizer),
        "training.epochs": f"{training.epochs:,} epoch{'' if training.epochs == 1 else 's'}",
    }
    if network.initializer != FIELDS["network.initializer"].default:
        parts["network.initializer"] = f"{_word(INITIALIZERS, network.initializer)} weights"
    if training.loss != FIELDS["training.loss"].default:
        parts["training.loss"] = _word(LOSSES, training.loss)
    if training.batch_size is not None:
        parts["training.batch_size"] = f"batches of {training.batch_size:,}"
    if training.regularizer != FIELDS["training.regularizer"].default:
        parts["training.regularizer"] = _word(REGULARIZERS, training.regularizer)
    # The network's words take care of themselves: without its layers there is still an activation to name.
    return ", ".join(
        words for key, words in parts.items() if words and (key == "network.hidden" or key not in leave_out)
    )


def sweep_words(sweep: Sweep, method: Method = "grid") -> str:
    """Return what a sweep trains: the experiment, what the axes go through, and the seeds.

    Parameters
    ----------
    sweep : Sweep
    method : str
        How its cells go on; whether they were drawn is seen from themselves.
    """
    drawn = 0 if sweep.is_grid and method != "hyperband" else len(sweep.cells)
    return _words(sweep.base, sweep.axes, sweep.seeds, drawn, method)


def plan_words(plan: Plan) -> str:
    """Return what a plan would train, in the words of its sweep."""
    drawn = 0 if plan.method == "grid" else plan.cells
    return _words(plan.base, plan.axes, plan.seeds, drawn if plan.axes else 0, plan.method)


def _words(base: ExperimentSpec, axes: Sequence[Axis], seeds: range, drawn: int, method: Method) -> str:
    keys = [axis.key for axis in axes if ":" not in axis.key]
    parts = [experiment_words(base, keys), *(axis_words(axis, steps=not drawn) for axis in axes)]
    if drawn:
        parts.append(f"{'Hyperband over ' if method == 'hyperband' else ''}{drawn:,} combinations")
    each = " each" if axes else ""
    first, last = seeds.start, seeds.stop - 1
    parts.append(f"seed {first}{each}" if first == last else f"seeds {first:,} to {last:,}{each}")
    return "; ".join(parts)


def axis_words(axis: Axis, *, steps: bool = True) -> str:
    """Return what an axis goes through: "hidden neurons 1, 2, 3" or "learning rate 0.01 to 10 in 9 steps".

    Parameters
    ----------
    axis : Axis
    steps : bool
        Whether the steps of a range matter.
    """
    label = axis.label[:1].lower() + axis.label[1:]
    texts = [axis.text(value).replace("_", " ") for value in axis.values]
    if axis.scale != "list":
        return f"{label} {texts[0]} to {texts[-1]}" + (f" in {len(texts):,} steps" if steps else "")
    if len(texts) > FEW_VALUES:
        return f"{label} with {len(texts):,} values"
    between = "; " if any("," in text for text in texts) else ", "
    return f"{label} {between.join(texts)}"


def _network_words(spec: ExperimentSpec, leave_out: Collection[str]) -> str:
    hidden = spec.network.hidden
    own = any(layer.activation is not None for layer in hidden)
    activation = "" if "network.activation" in leave_out else _word(ACTIVATIONS, spec.network.activation)
    if "network.hidden" in leave_out:
        return activation
    if {"data.name", "data.targets", "data.features"} & set(leave_out):
        # Each data set has inputs and outputs of its own.
        shape = f"{'-'.join(str(layer.size) for layer in hidden) or 'no'} hidden"
    else:
        shape = shape_text(spec)
    return shape if own or not hidden else f"{shape} {activation}".rstrip()


def _word(registry: Registry[Any], choice: Choice) -> str:
    """Return an entry's name inside a sentence: "gradient descent", but "ReLU"."""
    label = registry[choice.name].label
    return label.lower() if label[1:].replace(" ", "").islower() else label
