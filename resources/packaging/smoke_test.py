"""Tries the frozen program for a minute: commands, window, worker processes, and whether every resource is found.

``python resources/packaging/smoke_test.py [PROGRAM]``; without a program it freezes one first. No X server is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from build import check_system
from common import NOT_SHIPPED, ROOT, BuildError, Job
from frozen import freeze

PNG = b"\x89PNG\r\n\x1a\n"


def smoke(program: Path, folder: Path) -> None:
    """Use the program in a folder that it may write to.

    Raises
    ------
    BuildError
        When something is not as it should be.
    """
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT", "TEMP")}
    environment |= {"HOME": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    # Where the kernel lets anybody do so, without a network: even one that is there must not be used.
    alone = ["unshare", "--map-root-user", "--net"] if shutil.which("unshare") else []
    if alone and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []

    def nnstudio(*arguments: str | Path, status: int = 0) -> str:
        begin = time.monotonic()
        done = subprocess.run(
            [*alone, program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        shown = " ".join(map(str, arguments))
        print(f"smoke: {time.monotonic() - begin:5.1f} s  nnstudio {shown}", flush=True)
        if done.returncode != status or "Traceback" in done.stderr:
            raise BuildError(
                f"nnstudio {shown} ended with {done.returncode}:\n{done.stdout[-1000:]}{done.stderr[-3000:]}"
            )
        return done.stdout

    if "Stuck" not in nnstudio("train"):
        raise BuildError("the tutorial's network does not get stuck")
    if "sigmoid" not in nnstudio("list", "activations"):
        raise BuildError("list knows no sigmoid")
    # An example of each data set that is read from a file; their pictures need icons, themes and fonts as well.
    for name in ("iris", "penguins", "digits"):
        nnstudio("train", "--set", f"data.name={name}", "--set", "training.epochs=2")
    for theme in ("light", "dark"):
        picture = folder / f"{theme}.png"
        nnstudio("snapshot", "--set", "training.epochs=200", "--theme", theme, "-o", picture)
        if not picture.read_bytes().startswith(PNG) or picture.stat().st_size < 50_000:
            raise BuildError(f"{picture.name} is not a picture of a full window")
    nnstudio("sweep", "--axis", "network.hidden=2,4", "--seeds", "10", "--workers", "2", "-o", "sweep.csv")
    if len((folder / "sweep.csv").read_text(encoding="utf-8").splitlines()) < 21:
        raise BuildError("the two worker processes have not trained 20 networks")
    nnstudio("train", "--set", "network.hidden=-1", status=2)


def compare_files(program: Path) -> None:
    """See that the program has each file of resources/ that it should have, and that no link leads nowhere."""
    if broken := [path for path in program.parent.rglob("*") if path.is_symlink() and not path.exists()]:
        raise BuildError(f"links in the frozen program lead nowhere: {', '.join(map(str, broken))}")
    there = program.parent / "_internal" / "nnstudio" / "resources"
    for path in sorted((ROOT / "resources").rglob("*")):
        inside = path.relative_to(ROOT / "resources")
        if path.is_file() and inside.parts[0] not in NOT_SHIPPED and not (there / inside).is_file():
            raise BuildError(f"the frozen program lacks resources/{inside.as_posix()}")


def main() -> int:
    """Return the exit status: 0 when all is well."""
    try:
        with tempfile.TemporaryDirectory(prefix="nnstudio-smoke-") as folder:
            if len(sys.argv) > 1:
                program = Path(sys.argv[1]).resolve()
            else:
                check_system({"tar"} if sys.platform == "linux" else {"macos"}, install=False)
                job = Job(work=Path(folder) / "work", output=Path(folder))
                job.work.mkdir()
                program = freeze(job) / "nnstudio"
            compare_files(program)
            home = Path(folder) / "home"
            home.mkdir()
            smoke(program, home)
    except BuildError as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1
    print("smoke: the frozen program works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
