"""Real parts of a benchmark that are not a whole Kite: child processes, a Valkey, and waiting for them."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import redis

from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.reader import feed_ages


@contextmanager
def child(*command: str, python: str = sys.executable) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m command…` in the background, ended on leaving."""
    process = subprocess.Popen([python, "-m", *command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, patience_s: float = 120.0) -> None:
    """Block until `url` answers."""
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer for {patience_s:g} s")


def wait_until_caught_up(client: redis.Redis, keys: Keys, patience_s: float = 180.0) -> None:
    """Block until all that is in the raw streams has been projected (the simulator's past among it)."""
    end_s = time.monotonic() + patience_s
    while time.monotonic() < end_s:
        newest = {kind: ms for kind, ms in feed_ages(client, keys).items() if ms}
        meta = client.hgetall(keys.state("meta"))
        applied = {kind: int(meta.get(f"position:{kind}".encode(), b"0").split(b"-")[0]) for kind in newest}
        behind_ms = time.time() * 1000 - int(meta.get(b"clock_ms", b"0"))
        is_up = newest.keys() == set(RAW_KINDS) and all(newest[kind] - applied[kind] < 200 for kind in newest)
        if is_up and behind_ms < 60_000:
            return
        time.sleep(0.2)
    raise AssertionError(f"the projector had not caught up after {patience_s:g} s")


def resident_mb(processes: list[psutil.Process]) -> dict[str, float]:
    """Resident memory of each process, MB, by what it does."""
    found: dict[str, float] = {}
    for process in processes:
        line = process.cmdline()
        commands = (word for word in ("serve", "web", "project", "simulate") if word in line)
        name = f"process {next(commands, Path(line[0]).name)}"
        found[f"{name} worker" if name in found else name] = process.memory_info().rss / 1e6
    return found


def name_of(process: psutil.Process) -> str:
    """What a process of Kite does, by the command that started it; of others their program."""
    line = process.cmdline()
    command = next((word for word in ("serve", "web", "project", "simulate") if word in line), "")
    return command or (Path(line[0]).name.partition(" ")[0] if line else process.name())


def cpu_ms(processes: list[psutil.Process]) -> dict[str, float]:
    """CPU time so far by what the processes do, ms: user and system."""
    used: dict[str, float] = defaultdict(float)
    for process in processes:
        spent = process.cpu_times()
        used[name_of(process)] += (spent.user + spent.system) * 1000
    return dict(used)
