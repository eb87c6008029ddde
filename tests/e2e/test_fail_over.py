"""A whole Kite whose primary is killed: how long until it serves again, and nothing acknowledged is lost."""

from __future__ import annotations

import json
import shutil
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.streams.client import connect
from dashboard.streams.keys import Keys
from geodata import load_pack
from tests.benchmarks.cluster import running_cluster
from tests.e2e.conftest import CITY, SMALL
from tests.parts import Kite, running_kite
from tests.streams.failing_over import longest_gap, until
from tests.streams.sentinels import running_sentinels

pytestmark = pytest.mark.valkey

PLACE = {"lon": "119.05", "lat": "36.65"}
Store = tuple[str, Callable[[], None]]


@contextmanager
def under_sentinel(folder: Path, keys: Keys) -> Iterator[Store]:
    with running_sentinels(folder, replicas=2) as watched:
        yield watched.url, watched.primary.kill


@contextmanager
def in_a_cluster(folder: Path, keys: Keys) -> Iterator[Store]:
    with running_cluster(folder, replicas=6) as cluster:
        holder = cluster.holder(keys)
        assert holder.process is not None
        yield cluster.other(keys).url, holder.process.kill


class Desk:
    """Reports cases by the API one after the other, and knows when each was answered for."""

    def __init__(self, kite: Kite) -> None:
        self._kite, self._stop = kite, threading.Event()
        self.answered: dict[str, float] = {}
        self.refused: set[int] = set()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        number = 0
        while not self._stop.is_set():
            status = self._report(f"desk-{number}")
            if status == 201:
                self.answered[f"desk-{number}"] = time.monotonic()
                number += 1
            else:
                self.refused.add(status)
                time.sleep(0.1)

    def _report(self, case: str) -> int:
        body = {"id": case, "type": "fire", "level": "02", "origin": "hotline", **PLACE}
        request = urllib.request.Request(f"{self._kite.url}/api/v1/reports", json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as problem:
            problem.read()
            return problem.code

    def since(self, at_s: float) -> list[float]:
        return sorted(when for when in self.answered.values() if when > at_s)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(60)


class Screen:
    """An open event stream, read for good; when each frame came."""

    def __init__(self, kite: Kite) -> None:
        with urllib.request.urlopen(f"{kite.url}/live/snapshot", timeout=30) as answer:
            position = answer.headers["X-Kite-Position"]
        request = urllib.request.Request(f"{kite.url}/live/events", headers={"Last-Event-ID": position})
        self._stream = urllib.request.urlopen(request, timeout=60)
        self.frames: list[float] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._stream:
            if line.startswith(b"event: frame"):
                self.frames.append(time.monotonic())

    def since(self, at_s: float) -> list[float]:
        return [when for when in self.frames if when > at_s]


@pytest.mark.parametrize("store", [under_sentinel, in_a_cluster], ids=["sentinel", "cluster"])
def test_the_primary_is_killed_under_a_running_kite(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Callable[..., Iterator[Store]]
) -> None:
    data = tmp_path / "kite"
    shutil.copytree(built / "packs", data / "packs")
    keys = Keys(load_pack(data / "packs" / CITY).regions.code[0])
    with store(tmp_path / "store", keys) as (url, kill):
        monkeypatch.setenv("REDIS_URL", url)
        with running_kite(data, **{**SMALL, "rate": 0, "history_days": 0, "wait_replicas": 1}) as kite:
            desk, screen = Desk(kite), Screen(kite)
            try:
                until(lambda: len(desk.answered) > 20 and len(screen.frames) > 5)
                kill()
                killed_s = time.monotonic()
                until(lambda: len(desk.since(killed_s)) > 20 and len(screen.since(killed_s)) > 5)
            finally:
                desk.end()
            served = longest_gap(desk.answered.values(), killed_s)
            shown = longest_gap(screen.frames, killed_s)
            print(f"nothing acknowledged for {served:.2f} s, the screen told nothing for {shown:.2f} s")
            assert desk.refused <= {503}  # said so meanwhile
            with connect(url, wait_s=60, keys=keys) as client:
                there = {case.decode() for case in client.hkeys(keys.state("cases"))}
            assert set(desk.answered) <= there
