"""Stream entry → state, one projector on one core: Kite's projector beside a one-entry redis-py loop.

A backlog of events of all kinds is in the raw streams of Weifang at its full size. The real `app.py project`,
held by a signal until the backlog is complete, is let go; its time ends with the commit that says that every
position is applied. The peer gets the same entries, on the same core; Valkey, with its append-only file
written before every answer, has the other. After each round the whole state is held against a plain loop.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from dashboard.domain.cameras import REPORTED_STATUSES
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.from_pack import city_of
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.reader import load_snapshot
from geodata import Pack, load_pack
from geodata.registry import pack_path
from tests.benchmarks.backlog import Backlog, Truth, draw
from tests.benchmarks.cities import CITY, data_folder
from tests.benchmarks.peers.redis_loop import PREFIX
from tests.benchmarks.report import Row, paired
from tests.parts import ROOT

PATIENCE_S = 120.0
_LOOK_S = 0.02


@dataclass(frozen=True)
class Way:
    """One way of sending events: how many of which kind at what rate, and how fast they are to be applied."""

    name: str
    metric: str
    is_packed: bool
    shares: dict[str, float]
    rate: float
    seconds: float
    peer_events: int
    target: float | None


WAYS = (
    Way(
        "single", "events applied, single entries of all kinds", False,
        {"reports": 0.08, "commands": 0.02, "units": 0.3, "cameras": 0.6}, 10_000, 3.0, 3_000, 10_000,
    ),
    Way(
        "telemetry", "events applied, packed telemetry and 50 reports/s", True,
        {"reports": 0.0005, "commands": 0.0001, "units": 0.333, "cameras": 0.6664}, 100_000, 3.0, 3_000,
        100_000,
    ),
    Way(
        "reports", "events applied, packed reports and commands", True,
        {"reports": 0.8, "commands": 0.2}, 5_000, 2.0, 2_000, None,
    ),
)  # fmt: skip


def run(quick: bool) -> list[Row]:
    """A row for each way of sending events."""
    cores = sorted(os.sched_getaffinity(0))
    with (
        data_folder() as data,
        tempfile.TemporaryDirectory(prefix="kite-bench-") as folder,
        _on_core(cores[0]),
        EmbeddedServer(Path(folder)) as server,
        connect(server.url, wait_s=20.0) as client,
        _projector(data, server.url, cores[-1]) as projector,
    ):
        bench = Bench(client, data, server.url, projector, cores[-1])
        bench.wait_until_begun()
        return [row for way in WAYS for row in bench.rows(way, 2 if quick else 5)]


@contextmanager
def _on_core(core: int) -> Iterator[None]:
    """What is started here runs on this core alone, with all its threads."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _projector(data: Path, url: str, core: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "KITE_DATA_DIR": str(data), "KITE_CITY": CITY, "REDIS_URL": url}
    with _on_core(core):
        process = subprocess.Popen(
            [sys.executable, "app.py", "project"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(60)


class Bench:
    """One city with one projector, through all rounds; `truth` is what must have come of them."""

    def __init__(
        self, client: redis.Redis, data: Path, url: str, projector: subprocess.Popen[bytes], core: int
    ) -> None:
        self._client, self._url, self._projector, self._core = client, url, projector, core
        self._pack_path = pack_path(data, CITY)
        self._pack: Pack = load_pack(self._pack_path)
        self._city: CityModel = city_of(self._pack)
        self._keys = Keys(self._city.code)
        self._truth = Truth()

    def wait_until_begun(self) -> None:
        """Block until the projector has made its first state."""
        self._wait(lambda: load_snapshot(self._client, self._keys) is not None)

    def _wait(self, is_so: Any) -> None:
        end_s = time.monotonic() + PATIENCE_S
        while not is_so():
            assert self._projector.poll() is None, "the projector has ended"
            assert time.monotonic() < end_s, f"the projector was not ready after {PATIENCE_S:g} s"
            time.sleep(_LOOK_S)

    def rows(self, way: Way, rounds: int) -> list[Row]:
        """Ours and the peer's rate, in turns."""
        ours, peer, checked = [], [], ""
        for number in range(rounds):
            name = f"{way.name}-{number}"
            self._projector.send_signal(signal.SIGSTOP)
            backlog = self._backlog(way, name)
            peer.append(self._time_peer(way, backlog))
            time.sleep(max(0.0, (backlog.last_ms + 20) / 1000 - time.time()))
            ours.append(self._time_ours(backlog))
            checked = self._truth.check(self._client, self._keys, self._city)
        return paired(way.metric, "events/s", ours, peer, way.target, True, note=checked)

    def _backlog(self, way: Way, name: str) -> Backlog:
        first_ms = time.time_ns() // 1_000_000 + 2
        count = int(way.rate * way.seconds)
        backlog = draw(self._pack, self._city, way.shares, count, way.rate, first_ms, name)
        backlog.write(self._client, self._keys, way.is_packed)
        self._truth.take(backlog)
        return backlog

    def _time_ours(self, backlog: Backlog) -> float:
        """Events a second from letting the projector go to the commit of the last of them."""
        ends = self._ends()
        begun_ms = time.time_ns() / 1e6
        self._projector.send_signal(signal.SIGCONT)
        self._wait(lambda: self._positions() == ends)
        last: Any = self._client.xrevrange(self._keys.changes, count=1)
        ended_ms = int(last[0][0].split(b"-")[0])
        return backlog.count / (ended_ms - begun_ms) * 1000

    def _ends(self) -> list[bytes]:
        """The id of the last entry of each raw stream."""
        newest: list[Any] = [self._client.xrevrange(stream, count=1) for stream in self._keys.raw_streams]
        return [entries[0][0] if entries else b"0-0" for entries in newest]

    def _positions(self) -> list[bytes]:
        fields = [f"position:{kind}" for kind in RAW_KINDS]
        return list(self._client.hmget(self._keys.state("meta"), fields))  # type: ignore[arg-type]

    def _time_peer(self, way: Way, backlog: Backlog) -> float:
        """Events a second of the peer, on the projector's core, after its state was looked at."""
        after = min(events[0]["at_ms"] for events in backlog.events.values() if events) - 1
        arguments = (str(self._pack_path), self._url, f"{after}-0", str(way.peer_events))
        with _on_core(self._core):
            done = subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.peers.redis_loop", *arguments],
                cwd=ROOT, check=True, stdout=subprocess.PIPE,
            )  # fmt: skip
        said = json.loads(done.stdout)
        self._check_peer(backlog, said["events"])
        return float(sum(said["events"].values()) / said["seconds"])

    def _check_peer(self, backlog: Backlog, done: dict[str, int]) -> None:
        expected = {
            str(event["camera"]): event["status"]
            for event in backlog.events["cameras"][: done.get("cameras", 0)]
        }
        stored: Any = self._client.hgetall(f"{PREFIX}cameras")
        numbers = {word.encode(): number for word, number in REPORTED_STATUSES.items()}
        found = {camera.decode(): numbers.get(word) or int(word) for camera, word in stored.items()}
        assert found == expected, "the peer's cameras are not those of the loop"
        for report in backlog.events["reports"][: done.get("reports", 0)]:
            grid: Any = self._client.hget(f"{PREFIX}case:{report['id']}", "grid")
            assert int(grid) == report["grid_number"], "the peer's cases are not where they were reported"
