"""Several cities at once: the same pack under other codes, each with a projector, on Valkey or a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import redis

from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.codecs import EntryId
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import RAW_KINDS, Keys
from geodata import Pack
from geodata.pack import save_pack
from geodata.registry import pack_path
from tests.benchmarks.backlog import Backlog, Truth
from tests.parts import ROOT

PATIENCE_S = 300.0
TICK_S = 0.01
Timed = tuple[float, str, dict[Any, Any]]
"""Milliseconds after the beginning, raw stream, fields of an entry."""


def relabelled(pack: Pack, code: str) -> Pack:
    """The same city under another national code: every region's code gets its first four digits."""
    codes = tuple(code[:4] + old[4:] for old in pack.regions.code)
    manifest = {**pack.manifest, "code": code, "name": f"city-{code}"}
    return replace(pack, manifest=manifest, regions=replace(pack.regions, code=codes))


def codes(count: int) -> list[str]:
    """Codes of that many cities of one province."""
    return [f"99{number:02d}00" for number in range(1, count + 1)]


def build(pack: Pack, data_dir: Path, count: int) -> None:
    """The packs of `count` cities in a data folder, named by their codes."""
    for code in codes(count):
        save_pack(relabelled(pack, code), pack_path(data_dir, code))


def timed(backlog: Backlog) -> list[Timed]:
    """A backlog's events in the order of their times, to be written as they occur."""
    events = [
        (float(at_ms), kind, fields)
        for kind in backlog.events
        for at_ms, fields in backlog.entries(kind, is_packed=False)
    ]
    events.sort(key=lambda event: event[0])
    return [(at_ms - events[0][0], kind, fields) for at_ms, kind, fields in events]


@dataclass
class Projected:
    """One city: a client of its store and its projector's process."""

    keys: Keys
    client: redis.Redis
    process: psutil.Process

    def owner(self) -> bytes | None:
        """The token of the projector that holds the city."""
        token: Any = self.client.get(self.keys.owner)
        return None if token is None else bytes(token)

    def is_ready(self) -> bool:
        """Whether the projector has taken the city over."""
        return bool(self.client.exists(self.keys.snapshot)) and self.owner() is not None

    def has_applied_all(self) -> bool:
        """Whether the last entry of every raw stream has been committed."""
        meta: Any = self.client.hgetall(self.keys.state("meta"))
        for kind in RAW_KINDS:
            last: Any = self.client.xrevrange(self.keys.raw(kind), count=1)
            reached = meta.get(f"position:{kind}".encode(), b"0-0")
            if last and EntryId.parse(reached) < EntryId.parse(last[0][0]):
                return False
        return True

    def write(self, events: Iterable[Timed]) -> None:
        """Append events now, in one request."""
        with self.client.pipeline(transaction=False) as pipe:
            for _, kind, fields in events:
                pipe.xadd(self.keys.raw(kind), fields)
            pipe.execute()

    def data_bytes(self) -> int:
        """What the city's keys hold in its Valkey, but for `changes`, which has a bound of its own."""
        keys = (*self.keys.raw_streams, *self.keys.states, self.keys.snapshot)
        with self.client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.memory_usage(key, samples=0)
            return sum(size or 0 for size in pipe.execute())


@dataclass
class Province:
    """Cities that are projected side by side, and the servers that hold them."""

    name: str
    cities: list[Projected]
    servers: list[psutil.Process]

    def live(self, events: Sequence[Timed]) -> tuple[float, float]:
        """(projectors', servers') CPU seconds of having every city apply events as they occur."""
        begun, begun_s, sent = self._cpu_s(), time.monotonic(), 0
        while sent < len(events):
            due_ms = (time.monotonic() - begun_s) * 1000
            due = bisect_right(events, due_ms, key=lambda event: event[0])
            for city in self.cities:
                city.write(events[sent:due])
            sent = due
            time.sleep(max(0.0, due_ms / 1000 + TICK_S - (time.monotonic() - begun_s)))
        took_s = time.monotonic() - begun_s
        self._wait_until_applied()
        ended = self._cpu_s()
        assert took_s < 1.1 * events[-1][0] / 1000 + 1, f"the entries took {took_s:.1f} s to be written"
        return ended[0] - begun[0], ended[1] - begun[1]

    def work_off(self, backlog: Backlog) -> tuple[float, float]:
        """(projectors', servers') CPU seconds of having every city apply a backlog, from its first XADD.

        The projectors are held still until all of it is written: how many entries one commit takes must not
        depend on how fast the writer is.
        """
        begun = self._cpu_s()
        owners = [city.owner() for city in self.cities]
        for city in self.cities:
            city.process.suspend()
        try:
            for city in self.cities:
                backlog.write(city.client, city.keys, is_packed=False)
            assert owners == [city.owner() for city in self.cities], "held still for too long"
        finally:
            for city in self.cities:
                city.process.resume()
        self._wait_until_applied()
        ended = self._cpu_s()
        return ended[0] - begun[0], ended[1] - begun[1]

    def _wait_until_applied(self) -> None:
        until(lambda: all(city.has_applied_all() for city in self.cities))

    def _cpu_s(self) -> tuple[float, float]:
        return _cpu_s(city.process for city in self.cities), _cpu_s(self.servers)

    def check(self, truth: Truth, model: CityModel) -> str:
        """Hold every city's state against what was written to it; a sentence."""
        return [truth.check(city.client, city.keys, model) for city in self.cities][-1]

    def projector_mb(self) -> float:
        """Resident memory of a projector, on average."""
        return sum(city.process.memory_info().rss for city in self.cities) / len(self.cities) / 1e6

    def server_mb(self) -> float:
        """Resident memory of the servers, per city."""
        return sum(server.memory_info().rss for server in self.servers) / len(self.cities) / 1e6


@contextmanager
def projected(name: str, servers: list[EmbeddedServer], data_dir: Path, count: int) -> Iterator[Province]:
    """`count` cities of `data_dir`, each with a projector, on running servers (several: a cluster)."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for code in codes(count):
            started.append(_project(code, servers[0].url, data_dir))
        cities = [
            Projected(Keys(code), connect(servers[0].url, keys=Keys(code)), psutil.Process(process.pid))
            for code, process in zip(codes(count), started, strict=True)
        ]
        held = [psutil.Process(server.process.pid) for server in servers if server.process]
        until(lambda: all(city.is_ready() for city in cities))
        yield Province(name, cities, held)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def _project(code: str, url: str, data_dir: Path) -> subprocess.Popen[bytes]:
    environment = {
        "KITE_CITY": code,
        "KITE_DATA_DIR": str(data_dir),
        "REDIS_URL": url,
        "KITE_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "app.py", "project"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})


def _cpu_s(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system for each in times)


def until(holds: Callable[[], bool]) -> None:
    """Block until it does."""
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, f"the projectors had not caught up after {PATIENCE_S:g} s"
        time.sleep(0.1)
