"""What the benchmark `ingest` rests on: its plain loop agrees with the projector, and so does its peer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.from_pack import city_of
from dashboard.streams.keys import Keys
from tests.benchmarks.backlog import Backlog, Truth, draw
from tests.benchmarks.peers.redis_loop import PREFIX, PlainLoop
from tests.geodata.made_pack import small_pack
from tests.streams.projecting import project

pytestmark = pytest.mark.valkey

SHARES = {"reports": 0.3, "commands": 0.1, "units": 0.2, "cameras": 0.4}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[redis.Redis]:
    with EmbeddedServer(tmp_path) as server, connect(server.url, wait_s=20.0) as connected:
        yield connected


def written(client: redis.Redis, is_packed: bool) -> tuple[Backlog, Keys]:
    pack = small_pack()
    city = city_of(pack)
    backlog = draw(pack, city, SHARES, 800, 2_000, time.time_ns() // 1_000_000 - 2_000, "made")
    backlog.write(client, Keys(city.code), is_packed)
    return backlog, Keys(city.code)


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_projector_comes_to_what_the_plain_loop_says(client: redis.Redis, is_packed: bool) -> None:
    backlog, keys = written(client, is_packed)
    city, truth = city_of(small_pack()), Truth()
    project(client, city)
    truth.take(backlog)
    assert "nothing left" in truth.check(client, keys, city)
    truth.cameras[next(iter(truth.cameras))] ^= 3
    with pytest.raises(AssertionError, match="cameras' states"):
        truth.check(client, keys, city)


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_peer_applies_every_event(client: redis.Redis, is_packed: bool) -> None:
    backlog, keys = written(client, is_packed)
    loop = PlainLoop(client, small_pack())
    loop.begin("0-0")
    loop.run(backlog.count)
    assert all(client.xpending(stream, "plain")["pending"] == 0 for stream in keys.raw_streams)
    loop.end()
    assert loop.done == {kind: len(events) for kind, events in backlog.events.items()}
    for report in backlog.events["reports"]:
        assert client.hget(f"{PREFIX}case:{report['id']}", "grid") == str(report["grid_number"]).encode()
    accepted = client.hget(f"{PREFIX}case:{backlog.events['commands'][0]['case']}", "state")
    assert accepted == b"accepted"
