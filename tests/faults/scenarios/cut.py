"""The network between web server and store is cut: nothing passes, and nobody is told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.faults.proxy import Proxy
from tests.faults.report import Finding
from tests.faults.scenarios.slow import one_way
from tests.faults.scene import apart, settle
from tests.faults.spell import Spell, endure

NET = "10.213.77"  # of a pair of interfaces that leads nowhere else


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """With a network namespace for the web server where the machine allows it, else through a proxy."""
    seconds = 8.0 if quick else 60.0
    if quick or not can_have_namespaces():
        return _by_proxy(built, folder, seconds)
    done = f"the web server in a network namespace whose only link to the store was down for {seconds:g} s"
    finding = Finding("cut", done)
    with (
        namespace(folder) as space,
        apart(
            built, folder, "cut", space.way, web=space.prefix, reach=partial(bridge, space, folder)
        ) as scene,
    ):
        endure(scene, finding, Spell("the cut", seconds, space.down, space.up))
        settle(scene, finding, folder / "scratch")
    return finding


def _by_proxy(built: Path, folder: Path, seconds: float) -> Finding:
    finding = Finding("cut", f"a proxy between web server and store passed nothing for {seconds:g} s")
    with one_way() as way, apart(built, folder, "cut", way) as scene:

        def be(silent: bool) -> None:
            way.weather.silent = silent

        endure(scene, finding, Spell("the cut", seconds, lambda: be(True), lambda: be(False)))
        settle(scene, finding, folder / "scratch")
    return finding


def can_have_namespaces() -> bool:
    """Whether a network namespace with a link out of it can be made."""
    if os.geteuid() != 0:
        return False
    name = f"kite-try-{os.getpid()}"
    if subprocess.run(["ip", "netns", "add", name], capture_output=True).returncode:
        return False
    subprocess.run(["ip", "netns", "del", name], check=True)
    return True


class Space:
    """A network namespace with one link to this one; the file system is the same in both."""

    def __init__(self, folder: Path) -> None:
        number = os.getpid() % 10_000
        self.name, self.outer, self.inner = f"kite{number}", f"kite{number}o", f"kite{number}i"
        self.prefix = ("ip", "netns", "exec", self.name)
        self._line: Proxy | None = None

    def make(self) -> None:
        """Make it, with its link."""
        for command in (
            f"netns add {self.name}",
            f"link add {self.outer} type veth peer name {self.inner}",
            f"link set {self.inner} netns {self.name}",
            f"addr add {NET}.1/24 dev {self.outer}",
            f"link set {self.outer} up",
            f"-n {self.name} addr add {NET}.2/24 dev {self.inner}",
            f"-n {self.name} link set {self.inner} up",
            f"-n {self.name} link set lo up",
        ):
            _ip(command)

    def way(self, address: str) -> str:
        """The store listens on this machine's loopback only: a line from the link to it."""
        self._line = Proxy(address, listen=f"{NET}.1:0")
        self._line.start()
        return self._line.address

    def down(self) -> None:
        """Cut the link, on this side: the other one sees nothing but silence."""
        _ip(f"link set {self.outer} down")

    def up(self) -> None:
        """Mend it."""
        _ip(f"link set {self.outer} up")

    def stop(self) -> None:
        """Take it away."""
        if self._line is not None:
            self._line.stop()
        _ip(f"link del {self.outer}")
        _ip(f"netns del {self.name}")


@contextmanager
def namespace(folder: Path) -> Iterator[Space]:
    """A namespace while in the context."""
    folder.mkdir(parents=True, exist_ok=True)
    space = Space(folder)
    space.make()
    try:
        yield space
    finally:
        space.stop()


@contextmanager
def bridge(space: Space, folder: Path, port: int) -> Iterator[Proxy]:
    """A port of this machine that leads to the same port of the namespace's loopback, by a Unix socket."""
    path = str(folder / "web.socket")
    command = [*space.prefix, sys.executable, "-m", "tests.faults.proxy", path, f"127.0.0.1:{port}"]
    process = subprocess.Popen(command)
    line = Proxy(path, listen=f"127.0.0.1:{port}")
    line.start()
    try:
        yield line
    finally:
        line.stop()
        process.kill()
        process.wait()


def _ip(arguments: str) -> None:
    subprocess.run(["ip", *arguments.split()], check=True, capture_output=True)
