"""Writes a trained network as a Python program of its own that needs NumPy alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.network import Network
from nnstudio.engine.registry import Choice
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.replacing import replace_file

Array = NDArray[Any]
_SHOWN = 4


class ExportError(Exception):
    """A program that cannot be written; the message says why."""


def python_text(spec: ExperimentSpec, parameters: Array, epoch: int) -> str:
    """Return a program that predicts what a network predicts.

    Parameters
    ----------
    spec : ExperimentSpec
    parameters : ndarray, shape (parameters,)
        Flat, as the network's layout says.
    epoch : int
        Epochs that it has been trained for.

    Raises
    ------
    ExportError
        If the program, when it is tried, predicts anything else.
    """
    text = _text(spec, parameters, epoch)
    _try(text, spec, parameters)
    return text


def write_python(path: str | os.PathLike[str], text: str) -> None:
    """Write a program; a file that exists is replaced only once the new one is whole.

    Raises
    ------
    ExportError
        If the file cannot be written; it is then as it was.
    """
    path = Path(path)
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise ExportError(f"{path.name} could not be written: {error.strerror or error}") from error


def _text(spec: ExperimentSpec, parameters: Array, epoch: int) -> str:
    data = spec.dataset()
    layers = Network.from_spec(spec).layout.split(np.asarray(parameters, np.float64))
    common = spec.network.activation
    activations = [layer.activation or common for layer in spec.network.hidden] + [spec.network.output_activation]
    inputs, outputs = len(data.input_names), ", ".join(data.output_names)
    lines = [
        f'"""{data.title}: a network trained by nnstudio for {epoch:,} epochs. It needs NumPy alone."""'.replace(
            "\\", "\\\\"
        ),
        "",
        "import numpy as np",
        "",
    ]
    for number, layer in enumerate(layers, 1):
        lines += [f"W{number} = np.array({_literal(layer.weights)})", f"b{number} = np.array({_literal(layer.biases)})"]
    lines += [
        "",
        "",
        "def predict(inputs):",
        f"    # inputs: shape (samples, {inputs}), {_listed(data.input_names)}",
        f"    # returns: shape (samples, {len(data.output_names)}), {outputs}{_meaning(spec)}",
        *(f"    {line}" for line in _encoding_lines(spec)),
    ]
    for number, choice in enumerate(activations, 1):
        lines += [f"    z = a @ W{number} + b{number}", f"    a = {_expression(choice)}"]
    rows = _literal(data.inputs[~np.isnan(data.inputs).any(axis=1)][:_SHOWN])
    return "\n".join(
        [
            *lines,
            f"    return a{_decoding(spec)}",
            "",
            "",
            'if __name__ == "__main__":',
            f"    print(predict(np.array({rows})))",
            "",
        ]
    )


def _encoding_lines(spec: ExperimentSpec) -> list[str]:
    """Return the lines that make of the inputs what the network is given."""
    encoding = spec.encoding()
    lines = ["a = np.asarray(inputs, float)"]
    if encoding.means is not None:
        lines.append(f"a = np.where(np.isnan(a), np.array({_literal(encoding.means)}), a)  # where a value is missing")
    if encoding.features:
        columns = ", ".join(feature.expression for feature in encoding.features)
        lines += ["x, y = a.T", f"a = np.column_stack([{columns}])"]
    if encoding.scale is not None:
        lines.append(f"a = (a - np.array({_literal(encoding.scale[0])})) * np.array({_literal(encoding.scale[1])})")
    return lines


def _decoding(spec: ExperimentSpec) -> str:
    """Return what turns the network's answers into the data's units."""
    scale = spec.encoding().target_scale
    return "" if scale is None else f" / np.array({_literal(scale[1])}) + np.array({_literal(scale[0])})"


def _meaning(spec: ExperimentSpec) -> str:
    """Return what the outputs say about classes."""
    names = spec.dataset().class_names
    if len(spec.dataset().output_names) > 1:
        return "; the largest tells the class" if names else ""
    return f"; above {spec.threshold:g} it means {names[1]!r}, else {names[0]!r}" if names else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{names[0]} to {names[-1]}"


def _expression(choice: Choice) -> str:
    values = ACTIVATIONS.parameter_values(choice)
    return ACTIVATIONS.build(choice).expression.format(**values)


def _literal(array: Array) -> str:
    """Return an array as Python writes it: as many digits as it takes to read the same numbers back."""
    return repr(array.tolist())


def _try(text: str, spec: ExperimentSpec, parameters: Array) -> None:
    names: dict[str, Any] = {"__name__": "tried"}
    inputs, encoding = spec.dataset().inputs[:200], spec.encoding()
    network = Network.from_spec(spec.with_settings({"precision": "float64"}))
    network.parameters[...] = parameters
    with np.errstate(all="ignore"):
        exec(compile(text, "exported", "exec"), names)
        predicted = names["predict"](inputs)
        expected = encoding.outputs(network.predict(encoding.inputs(inputs)))
    if not np.allclose(predicted, expected, rtol=1e-9, atol=1e-12, equal_nan=True):
        raise ExportError("The program does not predict what the network does; nothing was written.")
