"""A minimal Debian in a folder of its own, with an X server, in which try_packages.py tries the packages."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCREEN = "1280x800"
# What a system writes while packages come and go, whatever they are.
WRITTEN_BY_APT = (
    "var/lib/apt",
    "var/lib/dpkg",
    "var/cache",
    "var/log",
    "etc/ld.so.cache",
    "tmp",
    "proc",
    "sys",
    "dev",
    "run",
    "home",
)


class TryError(Exception):
    """What did not work, in words."""


def say(text: str) -> None:
    print(f"try: {text}", flush=True)


def expect(holds: object, text: str) -> None:
    """Say what works, or end with what does not."""
    if not holds:
        raise TryError(f"does not hold: {text}")
    say(f"  {text}")


class System:
    """A Debian system in a folder of its own."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.display = display

    def command(self, *command: str, network: bool) -> list[str]:
        """Return the command that runs another one in the system: by root with a network, or by a person without."""
        mounts = (
            'mount -t proc proc "$0/proc"; mkdir -p "$0/dev/shm" "$0/tmp/.X11-unix";'
            'mount -t tmpfs -o mode=1777 shm "$0/dev/shm"; mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix";'
        )
        variables = ["LC_ALL=C.UTF-8", f"DISPLAY={self.display}", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
        variables += (
            ["HOME=/root", "DEBIAN_FRONTEND=noninteractive"] if network else ["HOME=/home/person", "WINEDEBUG=-all"]
        )
        who = [] if network else ["--userspec=1000:1000"]
        inner = ["chroot", *who, str(self.folder), "env", "-i", *variables, *command]
        namespaces = ["--mount", "--pid", "--fork", *([] if network else ["--net"])]
        return ["unshare", *namespaces, "sh", "-c", mounts + 'exec "$@"', str(self.folder), *inner]

    def run(self, *command: str, network: bool = False, status: int = 0) -> str:
        """Run a command to its end, and return what it printed."""
        done = subprocess.run(
            self.command(*command, network=network), capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode != status:
            raise TryError(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def wine(self, *command: str) -> str:
        """Run a Windows program to its end, and to that of what it has started; only then is the registry written."""
        return self.run("sh", "-c", 'wine "$@"; status=$?; wineserver --wait; exit $status', "sh", *command)

    def install(self, *packages: str) -> None:
        self.run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages, network=True)

    def ended(self, *command: str, keys: str) -> int:
        """Start a program with a window, press keys in turn under a window manager, and return its exit status."""
        environment = {**os.environ, "DISPLAY": self.display}
        with subprocess.Popen(["openbox"], env=environment, stderr=subprocess.DEVNULL) as manager:
            try:
                with subprocess.Popen(self.command(*command, network=False)) as process:
                    window = self._window()
                    for key in keys.split():
                        time.sleep(1)
                        self.x("xdotool", "windowfocus", window, "key", key)
                    return process.wait(20)
            finally:
                manager.terminate()

    @contextmanager
    def started(self, *command: str) -> Iterator[str]:
        """Start a program with a window, and give the window's number once it is there; end the program afterwards."""
        with subprocess.Popen(
            self.command(*command, network=False), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield self._window()
            finally:
                # The first process of its own process namespace: with it end all that it has started.
                for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                    os.kill(int(child), signal.SIGKILL)
                while self._windows():
                    time.sleep(0.1)

    def _window(self) -> str:
        for _ in range(600):
            if found := self._windows():
                return found[-1]
            time.sleep(0.1)
        raise TryError("no window has come in a minute")

    def _windows(self) -> list[str]:
        return self.x("xdotool", "search", "--onlyvisible", "--name", "nnstudio", check=False).split()

    def x(self, *command: str, check: bool = True) -> str:
        """Run a command of this machine on the display."""
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise TryError(f"{' '.join(command)} failed: {done.stderr}")
        return done.stdout

    def press(self, window: str, *keys: str) -> None:
        """Press keys in a window; without a window manager it has to be given the focus first."""
        self.x("xdotool", "windowfocus", "--sync", window, "key", "--delay", "100", *keys)

    def files(self) -> set[str]:
        """List the system's files, except for what apt itself writes."""
        skipped = [self.folder / name for name in WRITTEN_BY_APT]
        prune = [word for path in skipped for word in ("-path", str(path), "-prune", "-o")]
        return set(
            subprocess.run(
                ["find", self.folder, *prune, "-print"], capture_output=True, text=True, check=True
            ).stdout.split("\n")
        )


def fresh_system(name: str, suite: str, work: Path, display: str) -> System:
    """Return a minimal Debian that nothing was done to; what debootstrap has made is kept and copied."""
    base, folder = work / f"{suite}.base", work / name
    if not (base / "etc" / "debian_version").exists():
        say(f"setting up a minimal {suite}")
        log = work / f"{suite}.log"
        with log.open("w") as output:
            if subprocess.run(
                ["debootstrap", "--variant=minbase", suite, base], stdout=output, stderr=output, check=False
            ).returncode:
                raise TryError(f"debootstrap could not set up {suite}; see {log}")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cp", "-a", base, folder], check=True)
    shutil.copyfile("/etc/resolv.conf", folder / "etc" / "resolv.conf")
    system = System(folder, display)
    system.run("useradd", "--uid", "1000", "--create-home", "person", network=True)
    system.run("apt-get", "update", "-qq", network=True)
    return system


def take_picture(system: System, path: Path) -> None:
    system.x("import", "-window", "root", str(path))
    say(f"  picture: {path}")


@contextmanager
def x_server() -> Iterator[str]:
    """Give an X server without a screen."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp", "-ac"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            display = ":" + pipe.readline().strip()
        try:
            yield display
        finally:
            server.terminate()
