"""SIGKILL at any moment, of the projector and of the server: nothing lost, nothing applied twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from dashboard.streams import projector, reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.projector import rebuild
from dashboard.streams.writer import Writer
from tests.streams.projecting import is_caught_up, project, state, url_of
from tests.streams.projector_process import start, starter
from tests.streams.small_city import random_load, report

pytestmark = pytest.mark.valkey
KILLS = 50
ENTRIES_PER_BURST = 60


def letters(client: redis.Redis, keys: Keys) -> Counter[tuple[str, str, int | None, str]]:
    """How often each refused event has a letter."""
    return Counter(
        (letter.kind, str(letter.entry), letter.position, letter.reason)
        for _, letter in read_dead(client, keys, 100_000)
    )


def by_part(found: dict[str, dict[bytes, bytes]]) -> dict[str, dict[bytes, bytes]]:
    """A state without the city's code in its keys."""
    return {key.partition(":")[2]: fields for key, fields in found.items()}


def wait_for(client: redis.Redis, stream: str, length: int) -> None:
    """Wait until a stream is that long."""
    deadline_s = time.monotonic() + 30
    while client.xlen(stream) < length:
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


class Load(threading.Thread):
    """Appends flat entries of all kinds without a break, and the same with the same ids to a second city."""

    def __init__(self, client: redis.Redis, keys: Keys, twin: Keys, city: CityModel) -> None:
        super().__init__()
        self._client, self._keys, self._twin, self._city = client, keys, twin, city
        self.enough = threading.Event()
        self.count = 0

    def run(self) -> None:
        rng = np.random.default_rng(5)
        writer = Writer(self._client, self._keys)
        while not self.enough.is_set():
            at_ms = time.time_ns() // 1_000_000 - 60_000
            for kind, fields in random_load(self._city, rng, ENTRIES_PER_BURST, at_ms, f"k{self.count}"):
                if rng.random() < 0.02:
                    fields = {**fields, "phone": "13812345678"}
                entry = writer.append(kind, fields)
                self._client.xadd(self._twin.raw(kind), dict(fields), id=entry)
                self.count += 1
                time.sleep(0.001)


def test_fifty_kills_of_the_projector_lose_and_repeat_nothing(
    client: redis.Redis, keys: Keys, city: CityModel, capsys: pytest.CaptureFixture[str]
) -> None:
    twin_city = replace(city, code="379901")
    twin = Keys(twin_city.code)
    load = Load(client, keys, twin, city)
    load.start()
    rng, context = np.random.default_rng(11), starter()
    commits = []
    try:
        for number in range(KILLS):
            before = client.xlen(keys.changes)
            process = start(context, url_of(client))
            if number % 2:  # at work; the others still starting, or at work, as it happens
                wait_for(client, keys.changes, before + int(rng.integers(1, 6)))
            time.sleep(float(rng.uniform(0.0, 0.05 if number % 2 else 0.3)))
            process.kill()
            process.join()
            commits.append(client.xlen(keys.changes) - before)
    finally:
        load.enough.set()
        load.join()
    project(client, city)
    project(client, twin_city)
    assert is_caught_up(client, keys)
    first, second = by_part(state(client, keys)), by_part(state(client, twin))
    for part, fields in second.items():
        assert first[part] == fields, part
    assert letters(client, keys) == letters(client, twin)
    assert max(letters(client, keys).values()) == 1
    one, other = reader.load_snapshot(client, keys), reader.load_snapshot(client, twin)
    assert one is not None
    assert other is not None
    assert one.frame == other.frame
    at_work = sum(count > 0 for count in commits)
    with capsys.disabled():
        print(
            f"\n{KILLS} SIGKILLs, {at_work} of them at work ({sum(commits)} commits), "
            f"{load.count} entries: {len(first['state:cases'])} cases, "
            f"{sum(letters(client, keys).values())} letters, the same bytes as without a kill"
        )
    assert at_work >= KILLS / 2


def test_a_killed_server_keeps_what_it_acknowledged(
    tmp_path: Path, city: CityModel, capsys: pytest.CaptureFixture[str]
) -> None:
    """Four times under load; the projector finds the server again by itself, and loses nothing either."""
    keys, stop, enough = Keys(city.code), threading.Event(), threading.Event()
    acknowledged: list[str] = []
    unsure = 0

    def append() -> None:
        nonlocal unsure
        number = 0
        while not enough.is_set():
            try:
                with connect(server.url, wait_s=20) as client:
                    writer = Writer(client, keys)
                    while not enough.is_set():
                        number += 1
                        at_ms = time.time_ns() // 1_000_000
                        writer.append("reports", report(f"c{number}", at_ms, number % 6))
                        acknowledged.append(f"c{number}")
            except redis.RedisError:
                unsure += 1

    with EmbeddedServer(tmp_path) as server:
        threads = [
            threading.Thread(target=append),
            threading.Thread(target=projector.run, args=(server.url, city, 1000, 100_000, stop.is_set)),
        ]
        for thread in threads:
            thread.start()
        try:
            for _ in range(4):
                reached = len(acknowledged) + 40
                deadline_s = time.monotonic() + 30
                while len(acknowledged) < reached:
                    assert time.monotonic() < deadline_s
                    time.sleep(0.01)
                assert server.process is not None
                server.process.kill()
                server.process.wait()
                server.start()
            enough.set()
            threads[0].join()
            with connect(server.url, wait_s=20) as client:
                deadline_s = time.monotonic() + 60
                while not is_caught_up(client, keys):
                    assert time.monotonic() < deadline_s
                    time.sleep(0.05)
                stored: Any = client.xrange(keys.raw("reports"))
                written = [fields[b"id"].decode() for _, fields in stored]
                cases = {case.decode() for case in client.hkeys(keys.state("cases"))}
        finally:
            enough.set()
            stop.set()
            threads[1].join(20)
        assert len(written) == len(set(written))
        assert set(acknowledged) <= set(written)
        assert cases == set(written)
        with connect(server.url, connections=1) as client:
            first = state(client, keys)
            rebuild(client, keys, city)
            assert state(client, keys) == first
    with capsys.disabled():
        print(
            f"\n4 SIGKILLs of Valkey: {len(acknowledged)} acknowledged, {len(written)} written, "
            f"{len(cases)} cases, {unsure} replies lost"
        )
