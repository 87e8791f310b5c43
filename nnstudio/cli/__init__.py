"""The same experiments without a window: `nnstudio train`, `nnstudio list`, `nnstudio snapshot`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from nnstudio import __version__
from nnstudio.cli.data import add_data_options, experiment_on
from nnstudio.cli.listing import FAMILIES, family_text, settings_text
from nnstudio.cli.reports import LossPrinter, json_text, loss_table, result_text
from nnstudio.cli.training import Run, run
from nnstudio.engine.registry import SettingError, nearest_hint
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.data.table import TableError
from nnstudio.files.experiment import ExperimentFileError, read_experiment
from nnstudio.files.presets import load_presets
from nnstudio.files.python_export import ExportError, python_text, write_python
from nnstudio.files.tables import table_text, write_table

DONE, DIVERGED, WRONG_USE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

_EXPERIMENT_HELP = "a .nns file (its settings; training starts anew), settings as .json, or the name of an example"
_SMALLEST, _LARGEST = (900, 540), (7680, 4320)


class UsageError(Exception):
    """A command line that cannot be obeyed, with the reason."""


class _Parser(argparse.ArgumentParser):
    """Leaves it to `main` to say what is wrong, in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; those of the process by default.

    Returns
    -------
    int
        The exit status: 0 done, 1 diverged, 2 wrong use, 130 interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character shows a question mark in its place.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        status = _obey(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
        return status
    except (UsageError, SettingError, ExperimentFileError) as error:
        return _refuse(str(error))
    except MemoryError:
        return _refuse("there is not enough memory for this experiment: expected smaller layers or less data")
    except BrokenPipeError:
        # Whoever read the output has gone; nothing more must be written to it when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as end:  # argparse, after --help and --version
        sys.stdout.flush()
        return int(end.code or 0)


def _refuse(reason: str) -> int:
    print(f"nnstudio: {' '.join(reason.split())}", file=sys.stderr)
    return WRONG_USE


def _obey(arguments: list[str]) -> int:
    parser, commands = _parsers()
    if not arguments:
        parser.print_help()
        return DONE
    first = arguments[0]
    if first not in commands and first not in ("-h", "--help", "--version"):
        hint = nearest_hint(first, (*commands, "--help", "--version"))
        raise UsageError(f"{first!r} is no command: expected one of {', '.join(commands)}{hint}")
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        known = re.findall(r"--?[a-z]+", commands[first].format_usage())
        hint = nearest_hint(unknown[0].partition("=")[0], known)
        raise UsageError(f"{first} does not know what to do with {unknown[0]!r}{hint}: see nnstudio {first} --help")
    obey: Callable[[argparse.Namespace], int] = options.obey
    return obey(options)


def _parsers() -> tuple[_Parser, dict[str, _Parser]]:
    parser = _Parser(
        prog="nnstudio",
        allow_abbrev=False,
        description="Train small neural networks. Without a command, or with an experiment file alone, a window opens.",
    )
    parser.add_argument("--version", action="version", version=f"nnstudio {__version__}")
    adder = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(
        name: str, obey: Callable[[argparse.Namespace], int], summary: str, epilog: str | None = None
    ) -> _Parser:
        added = adder.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=epilog,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(obey=obey)
        return added

    status = "exit status: 0 done, 1 diverged, 2 wrong use, 130 interrupted\n\n"
    train = command("train", _train, "Train an experiment and show how it went.", status + settings_text())
    _add_experiment(train)
    output = train.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print everything as one JSON object, at full precision")
    output.add_argument(
        "--csv", metavar="FILE", help="write the loss of every epoch to FILE as a table, or to - for stdout"
    )
    output.add_argument("--quiet", action="store_true", help="print nothing; the exit status tells")
    train.add_argument(
        "--python", metavar="FILE", help="write the trained network to FILE, as a program that needs NumPy alone"
    )

    listing = command("list", _list, "List what there is to choose from, with its parameters.")
    listing.add_argument("family", nargs="?", help=f"one of {', '.join(FAMILIES)}; all without it")

    snapshot = command(
        "snapshot", _snapshot, "Train an experiment in the window, out of sight, and save the window's picture."
    )
    _add_experiment(snapshot)
    snapshot.add_argument("-o", "--output", metavar="FILE.png", required=True, help="where to save the picture")
    snapshot.add_argument(
        "--size", metavar="WIDTHxHEIGHT", default="1280x720", help="the window's size (default 1280x720)"
    )
    snapshot.add_argument(
        "--theme", choices=("light", "dark"), default="light", help="the window's colours (default light)"
    )
    return parser, {"train": train, "list": listing, "snapshot": snapshot}


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "experiment", metavar="EXPERIMENT", nargs="?", help=f"{_EXPERIMENT_HELP}; the tutorial without it"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change a setting, such as training.epochs=5000; may be given again",
    )
    add_data_options(parser)


def experiment_spec(experiment: str | None, settings: Sequence[str]) -> ExperimentSpec:
    """Return the experiment that the arguments ask for.

    Parameters
    ----------
    experiment : str, optional
        Path of a file or, where there is no such file, the name of an example.
    settings : sequence of str
        ``KEY=VALUE`` each; the last one counts where a key is given twice.

    Raises
    ------
    UsageError, SettingError, ExperimentFileError
        If it cannot be made.
    """
    return _base(experiment).with_settings(_changes(settings))


def _asked_for(options: argparse.Namespace) -> tuple[ExperimentSpec, str]:
    """Return the experiment that the arguments ask for, and what came of a table of the person's own, in words."""
    if options.data is None:
        if options.targets or options.task:
            raise UsageError("--target and --task say what to learn of a table: expected --data FILE with them")
        return experiment_spec(options.experiment, options.settings), ""
    try:
        return experiment_on(_base(options.experiment), _changes(options.settings), options)
    except TableError as error:
        raise UsageError(f"--data {options.data}: {error}") from error


def _changes(settings: Sequence[str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: expected KEY=VALUE, such as training.epochs=5000")
        changes[key.strip()] = value.strip()
    return changes


def _base(experiment: str | None) -> ExperimentSpec:
    if experiment is None:
        return ExperimentSpec()
    presets = {preset.name: preset.spec for preset in load_presets()}
    if os.path.exists(experiment) or Path(experiment).suffix:
        return read_experiment(experiment).spec
    if experiment not in presets:
        hint = nearest_hint(experiment, tuple(presets)) or f" (one of {', '.join(presets)})"
        raise UsageError(f"there is no file {experiment}: expected a .nns or .json file, or an example{hint}")
    return presets[experiment]


def _train(options: argparse.Namespace) -> int:
    spec, about_data = _asked_for(options)
    if options.csv not in (None, "-"):
        _check_writable(options.csv)
    if options.python is not None:
        _check_writable(options.python)
    printer = LossPrinter() if not (options.json or options.csv is not None or options.quiet) else None
    if printer and about_data:
        print(about_data)
    result = run(spec, printer, keep_losses=options.json or options.csv is not None)
    if options.json:
        print(json_text(result))
    elif options.csv == "-":
        print(table_text(*loss_table(result)), end="")
    elif options.csv is not None:
        with _answered(options.csv):
            write_table(options.csv, *loss_table(result))
    elif not options.quiet:
        print(result_text(result))
    if options.python is not None:
        trainer = result.trainer
        try:
            write_python(options.python, python_text(trainer.spec, trainer.network.parameters, trainer.epoch))
        except ExportError as error:
            raise UsageError(str(error)) from error
    return _status(result)


def _status(result: Run) -> int:
    if result.interrupted:
        return INTERRUPTED
    return DIVERGED if result.trainer.stopped == "diverged" else DONE


def _list(options: argparse.Namespace) -> int:
    family = options.family
    if family is not None and family not in FAMILIES:
        hint = nearest_hint(family, FAMILIES)
        raise UsageError(f"there is no list of {family!r}: expected one of {', '.join(FAMILIES)}{hint}")
    print("\n\n".join(family_text(name) for name in ([family] if family else FAMILIES)))
    return DONE


def _snapshot(options: argparse.Namespace) -> int:
    spec, _ = _asked_for(options)
    path = Path(options.output)
    if path.suffix.lower() != ".png":
        raise UsageError(f"-o {path}: expected a file name that ends in .png")
    size = _size(options.size)
    _check_writable(path)
    # Imported only now: Qt takes its time, and the other commands work without it.
    from nnstudio.app import snapshot

    with _answered(path):
        return snapshot(spec, path, size=size, theme=options.theme)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text.strip().lower())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(low <= side <= high for low, side, high in zip(_SMALLEST, size, _LARGEST, strict=True)):
        raise UsageError(f"--size {text}: expected WIDTHxHEIGHT from 320x240 to 7680x4320, such as 1280x720")
    return size


def _check_writable(path: str | Path) -> None:
    """Refuse before the training what would fail after it."""
    path = Path(path).absolute()
    if path.is_dir():
        raise UsageError(f"{path} cannot be written: it is a folder, expected a file name")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: permission denied")


@contextmanager
def _answered(path: str | Path) -> Iterator[None]:
    """Turn the system's answer to a failed write into a reason in words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
