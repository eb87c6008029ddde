"""A store under Sentinel: found, followed when its primary dies, and nothing lost that WAIT acknowledged."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.sentinel import Sentinel

from dashboard.streams import sentinel, writer
from dashboard.streams.city import CityModel
from dashboard.streams.client import LOST, client_of, connect, durability_warning
from dashboard.streams.errors import NotReplicated, StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from tests.faults.proxy import Weather, proxy
from tests.streams.failing_over import fail_over, until
from tests.streams.sentinels import Watched, running_sentinels
from tests.streams.small_city import now_ms, report

pytestmark = pytest.mark.valkey


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Two replicas: with one, nothing could be acknowledged by a replica after a fail-over."""
    with running_sentinels(tmp_path_factory.mktemp("sentinels"), replicas=2) as running:
        yield running


@pytest.mark.parametrize(
    ("url", "sentinels", "options"),
    [
        ("redis+sentinel://a:1,b:2/kite", [("a", 1), ("b", 2)], {}),
        ("redis+sentinel://a,[::1]:7/kite", [("a", 26379), ("::1", 7)], {}),
        (
            "redis+sentinel://me:p%40ss@a/kite?db=3&sentinel_password=x",
            [("a", 26379)],
            {"username": "me", "password": "p@ss", "db": "3"},
        ),
    ],
)
def test_urls(url: str, sentinels: list[tuple[str, int]], options: dict[str, str]) -> None:
    pool = sentinel.pool(url)
    asked = [known.connection_pool.connection_kwargs for known in pool.sentinel_manager.sentinels]  # type: ignore[attr-defined]
    assert [(known["host"], known["port"]) for known in asked] == sentinels
    assert pool.service_name == "kite"  # type: ignore[attr-defined]
    given = pool.connection_kwargs
    assert {name: str(given[name]) for name in options} == options
    assert "sentinel_password" not in given
    assert asked[0].get("password") == ("x" if "sentinel_password" in url else None)


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://a:1",
        "redis+sentinel://a:b/kite",
        "redis+sentinel:///kite",
        "redis+sentinel://:26379/kite",
        "redis+sentinel://a:1,/kite",
    ],
)
def test_a_url_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    with pytest.raises(StreamsError, match="can't be read") as told:
        client_of(url.replace("//", "//me:secret@"))
    assert "secret" not in str(told.value)


def test_without_its_replicas_nothing_counts_as_acknowledged(
    watched: Watched, keys: Keys, city: CityModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "REPLICAS_WITHIN_MS", 300)
    replica = watched.replicas[0]
    assert replica.process is not None
    with connect(watched.url, keys=keys) as client:
        careful = Writer(client, keys, wait_replicas=2)
        assert careful.append_many("reports", [report("a", now_ms(), 1), report("b", now_ms(), 1)])
        os.kill(replica.process.pid, signal.SIGSTOP)
        try:
            with pytest.raises(NotReplicated, match="on 1 of 2 replicas"):
                careful.append("reports", report("c", now_ms(), 1))
            assert Writer(client, keys).append("reports", report("d", now_ms(), 1))
        finally:
            os.kill(replica.process.pid, signal.SIGCONT)
        assert durability_warning(client, 2) is None
        assert "KITE_WAIT_REPLICAS is 3" in str(durability_warning(client, 3))
        until(lambda: bool(careful.append("reports", report("c", now_ms(), 1))))
        client.flushall()


def test_sentinels_that_are_away_count_as_a_lost_store(keys: Keys) -> None:
    client = client_of("redis+sentinel://127.0.0.1:1,127.0.0.1:2/kite", keys)
    with pytest.raises(LOST):
        client.ping()
    with pytest.raises(StreamsError, match="does not answer"):
        connect("redis+sentinel://127.0.0.1:1/kite", keys=keys)


def reported(client: redis.Redis, keys: Keys) -> list[bytes]:
    """The ids of the reports of the record."""
    entries: Any = client.xrange(keys.raw("reports"))
    return [fields[b"id"] for _, fields in entries]


def still_there(monkeypatch: pytest.MonkeyPatch, watched: Watched) -> None:
    """Let clients reach the first primary where it is, not by the line that the sentinels know it by."""
    known = Sentinel.discover_master
    _, line = watched.primary.ask("CONFIG", "GET", "replica-announce-port")

    def address(sentinels: Sentinel, service: str) -> tuple[str, int]:
        host, port = known(sentinels, service)  # type: ignore[no-untyped-call]
        return host, watched.primary.port if port == int(line) else port

    monkeypatch.setattr(Sentinel, "discover_master", address)


def test_a_primary_cut_off_from_the_others_acknowledges_nothing(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes still reaches it, and sentinels and replicas don't: they choose another, which has all."""
    monkeypatch.setattr(writer, "REPLICAS_WITHIN_MS", 300)
    weather = Weather()
    with running_sentinels(tmp_path, replicas=2, line=partial(proxy, weather=weather)) as watched:
        old = watched.primary
        old.ask("CONFIG", "SET", "min-replicas-to-write", 1, "min-replicas-max-lag", 2)
        still_there(monkeypatch, watched)
        with connect(watched.url, keys=keys) as client:
            careful = Writer(client, keys, wait_replicas=1)
            careful.append("reports", report("before", now_ms(), 1))
            weather.silent = True
            with pytest.raises(NotReplicated, match="on 0 of 1 replicas"):
                careful.append("reports", report("lost", now_ms(), 1))
            assert reported(client, keys) == [b"before", b"lost"]  # written and not acknowledged

            def refuses() -> bool:
                with pytest.raises(StreamsError) as told:
                    careful.append("reports", report("refused", now_ms(), 1))
                return "NOREPLICAS" in str(told.value)

            until(refuses)
            # And then it is the same client that goes on, with the one that the others have chosen.
            until(lambda: bool(careful.append("reports", report("after", now_ms(), 1))))
            assert int(client.config_get("port")["port"]) in {each.port for each in watched.replicas}
            weather.silent = False
            until(lambda: old.ask("ROLE")[:1] == [b"slave"] and old.ask("ROLE")[3] == b"connected")
            assert {b"before", b"after"} == set(reported(client, keys))
        with connect(old.url) as client:
            assert {b"before", b"after"} == set(reported(client, keys))


def test_the_primary_is_killed_and_nothing_acknowledged_is_lost(
    watched: Watched, keys: Keys, city: CityModel
) -> None:
    """Last, as the first primary is gone then."""
    outcome = fail_over(watched.url, keys, city, 1, watched.primary.kill)
    print(f"sentinel: primary killed, {outcome.seconds:.2f} s until the next acknowledgement")
    with connect(watched.url, keys=keys) as client:
        port = int(client.config_get("port")["port"])
        assert port in [replica.port for replica in watched.replicas]
