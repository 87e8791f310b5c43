"""Measures how long a large table of a person's own takes to be read, beside NumPy's own reader.

Run it by hand: ``python tests/benchmarks/bench_table.py [rows] [columns]``.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from nnstudio.files.data.reading import read_table


def main() -> None:
    """Print seconds for a CSV at full precision, and for the same numbers as NPZ."""
    rows, columns = map(int, sys.argv[1:3] if len(sys.argv) == 3 else (100_000, 100))
    values = np.random.default_rng(1).normal(size=(rows, columns))
    with tempfile.TemporaryDirectory() as folder:
        text, arrays = Path(folder) / "table.csv", Path(folder) / "table.npz"
        header = ",".join(f"x{i}" for i in range(columns))
        np.savetxt(text, values, delimiter=",", header=header, comments="", fmt="%.17g")
        np.savez(arrays, X=values)
        print(f"{rows:,} rows, {columns} columns: {text.stat().st_size / 2**20:.0f} MB as CSV")
        for name, read in (
            ("CSV", lambda: read_table(text)),
            ("NPZ", lambda: read_table(arrays)),
            ("CSV by numpy.loadtxt", lambda: np.loadtxt(text, delimiter=",", skiprows=1)),
        ):
            start = time.perf_counter()
            read()
            print(f"  {name:22}{time.perf_counter() - start:6.2f} s")


if __name__ == "__main__":
    main()
