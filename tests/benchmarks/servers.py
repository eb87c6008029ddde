"""Servers with many screens: what they follow, what they cost, and the core that they have to themselves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psutil
import redis

from dashboard.streams import frame
from tests.benchmarks.screens import Remote, screens
from tests.parts import Kite

SERVER_CORE, OTHERS_CORE = 0, 1


@dataclass
class Server:
    """What is measured: a port, the stream it follows, its processes, and the screens that are open."""

    stream: str
    processes: Callable[[], list[psutil.Process]]
    remote: Remote
    count: int
    client: redis.Redis
    fields: dict[str, list[float]] = field(default_factory=dict)

    def note(self, **figures: float) -> None:
        """Keep the figures of a round."""
        for name, value in figures.items():
            self.fields.setdefault(name, []).append(value)


def camera_frame(size: int) -> bytes:
    """A frame of about `size` bytes: new states of that many cameras."""
    count = size // 5
    return frame.encode([frame.section("cameras", "status", np.ones(count), np.arange(count))])


def write(client: redis.Redis, stream: str, data: bytes, count: int, hz: float) -> list[str]:
    """Append `count` frames at a rate; their positions."""
    begun_s, positions = time.monotonic(), []
    for number in range(count):
        time.sleep(max(0.0, begun_s + number / hz - time.monotonic()))
        name: Any = client.xadd(stream, {"frame": data}, maxlen=20_000)
        positions.append(name.decode())
    return positions


def cpu_s(processes: list[psutil.Process]) -> float:
    """Seconds that the processes have worked, the kernel's work for them included."""
    return sum(times.user + times.system for times in (process.cpu_times() for process in processes))


def memory_mb(processes: list[psutil.Process]) -> float:
    """Resident memory of the processes together."""
    return sum(process.memory_info().rss for process in processes) / 1e6


def pin(processes: list[psutil.Process], core: int) -> None:
    """Keep processes and all their threads on one core, where there is more than one."""
    if (os.cpu_count() or 1) > 1:
        for process in processes:
            with suppress(psutil.Error, ProcessLookupError):  # it has just ended
                for thread in process.threads():
                    os.sched_setaffinity(thread.id, {core})


def web_processes(kite: Kite) -> list[psutil.Process]:
    """Gunicorn and its worker, gunicorn first."""
    return [process for process in kite.processes() if _command(process) == "web"]


def _command(process: psutil.Process) -> str:
    try:
        return (process.cmdline() or [""])[-1]
    except psutil.Error:  # it has just ended
        return ""


@contextmanager
def kite_screens(kite: Kite, client: redis.Redis, stream: str, count: int) -> Iterator[Server]:
    """Kite with this many screens, all live."""
    port = int(kite.url.rpartition(":")[2])
    with screens("kite", port, count) as remote:
        found = remote.wait(60, live=count)
        assert found["live"] == count, f"of {count} screens only {found['live']} are live"
        yield Server(stream, lambda: web_processes(kite), remote, count, client)
