"""The same experiments without a window: `nnstudio train`, `nnstudio sweep`, `nnstudio list`, `nnstudio snapshot`."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from nnstudio import __version__
from nnstudio.cli.arguments import UsageError, add_experiment, answered, asked_for, check_writable
from nnstudio.cli.listing import FAMILIES, family_text, settings_text
from nnstudio.cli.reports import LossPrinter, json_text, loss_table, result_text
from nnstudio.cli.sweep import EPILOG, add_sweep_options, run_sweep
from nnstudio.cli.training import Run, run
from nnstudio.engine.registry import SettingError, nearest_hint
from nnstudio.files.experiment import ExperimentFileError
from nnstudio.files.python_export import ExportError, python_text, write_python
from nnstudio.files.tables import table_text, write_table

DONE, DIVERGED, WRONG_USE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

_SMALLEST, _LARGEST = (900, 540), (7680, 4320)


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
    add_experiment(train)
    output = train.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print everything as one JSON object, at full precision")
    output.add_argument(
        "--csv", metavar="FILE", help="write the loss of every epoch to FILE as a table, or to - for stdout"
    )
    output.add_argument("--quiet", action="store_true", help="print nothing; the exit status tells")
    train.add_argument(
        "--python", metavar="FILE", help="write the trained network to FILE, as a program that needs NumPy alone"
    )

    sweeping = command("sweep", run_sweep, "Train an experiment, and variants of it, from many seeds.", EPILOG)
    add_sweep_options(sweeping)

    listing = command("list", _list, "List what there is to choose from, with its parameters.")
    listing.add_argument("family", nargs="?", help=f"one of {', '.join(FAMILIES)}; all without it")

    snapshot = command(
        "snapshot", _snapshot, "Train an experiment in the window, out of sight, and save the window's picture."
    )
    add_experiment(snapshot)
    snapshot.add_argument("-o", "--output", metavar="FILE.png", required=True, help="where to save the picture")
    snapshot.add_argument(
        "--size", metavar="WIDTHxHEIGHT", default="1280x720", help="the window's size (default 1280x720)"
    )
    snapshot.add_argument(
        "--theme", choices=("light", "dark"), default="light", help="the window's colours (default light)"
    )
    return parser, {"train": train, "sweep": sweeping, "list": listing, "snapshot": snapshot}


def _train(options: argparse.Namespace) -> int:
    spec, about_data = asked_for(options)
    if options.csv not in (None, "-"):
        check_writable(options.csv)
    if options.python is not None:
        check_writable(options.python)
    printer = LossPrinter() if not (options.json or options.csv is not None or options.quiet) else None
    if printer and about_data:
        print(about_data)
    result = run(spec, printer, keep_losses=options.json or options.csv is not None)
    if options.json:
        print(json_text(result))
    elif options.csv == "-":
        print(table_text(*loss_table(result)), end="")
    elif options.csv is not None:
        with answered(options.csv):
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
    spec, _ = asked_for(options)
    path = Path(options.output)
    if path.suffix.lower() != ".png":
        raise UsageError(f"-o {path}: expected a file name that ends in .png")
    size = _size(options.size)
    check_writable(path)
    # Imported only now: Qt takes its time, and the other commands work without it.
    from nnstudio.app import snapshot

    with answered(path):
        return snapshot(spec, path, size=size, theme=options.theme)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text.strip().lower())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(low <= side <= high for low, side, high in zip(_SMALLEST, size, _LARGEST, strict=True)):
        raise UsageError(f"--size {text}: expected WIDTHxHEIGHT from 320x240 to 7680x4320, such as 1280x720")
    return size
