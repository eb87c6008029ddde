"""The cache stops nobody, whatever becomes of its store."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from dashboard.live.kept import Kept
from dashboard.settings import Settings
from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys

pytestmark = pytest.mark.valkey


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(tmp_path) as running:
        yield running


def kept_in(server: EmbeddedServer, secret_key: str = "x" * 32) -> Kept:
    kept = Kept(Settings(redis_url=server.url, secret_key=secret_key), Keys("379900"))
    kept.install(Flask("test"))
    return kept


def test_a_store_without_memory_keeps_nothing_and_stops_nobody(server: EmbeddedServer) -> None:
    kept = kept_in(server)
    with connect(server.url) as client:
        client.config_set("maxmemory", "1")
        assert kept.of("figure", lambda: {"n": 1}) == {"n": 1}
        assert kept.of("figure", lambda: {"n": 2}) == {"n": 2}
        client.config_set("maxmemory", "0")
    assert kept.of("figure", lambda: {"n": 3}) == {"n": 3}
    assert kept.of("figure", lambda: {"n": 4}) == {"n": 3}


def test_a_store_that_is_read_only_gives_what_it_has_and_stops_nobody(server: EmbeddedServer) -> None:
    kept = kept_in(server)
    kept.put("old", {"n": 1})
    with connect(server.url) as client:
        client.execute_command("REPLICAOF", "127.0.0.1", "1")
    assert kept.of("old", lambda: {"n": 2}) == {"n": 1}
    assert kept.of("new", lambda: {"n": 2}) == {"n": 2}


def test_a_store_that_is_away_stops_nobody(server: EmbeddedServer) -> None:
    kept = kept_in(server)
    server.stop()
    assert kept.of("figure", lambda: {"n": 1}) == {"n": 1}


exploded: list[str] = []


def explode(word: str) -> None:
    exploded.append(word)


class Bomb:
    """What runs something once it is read from a pickle."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return explode, ("gone off",)


def test_what_others_put_there_is_nothing_and_runs_nothing(server: EmbeddedServer) -> None:
    """Whoever may write to the store, as a producer does, gets no code into a web process."""
    kept = kept_in(server)
    kept.put("figure", {"n": 1})
    with connect(server.url) as client:
        (key,) = client.keys("*")
        whole = client.get(key)
        bomb = pickle.dumps(Bomb())
        bombs = (b"!" + bomb, bomb, b"x" * 32 + bomb, whole[:32] + bomb)
        for forged in (*bombs, b"", b"7", whole[:-1], whole[1:]):
            client.set(key, forged)
            assert kept.get("figure") is None
            assert kept.of("other", lambda: {"n": 2}) == {"n": 2}
        assert exploded == []
        pickle.loads(bomb)
        assert exploded == ["gone off"]  # so that the line above says something
        client.set(key, whole)
        assert kept.get("figure") == {"n": 1}
    assert kept_in(server).get("figure") == {"n": 1}  # another web process of the city
    assert kept_in(server, secret_key="y" * 32).get("figure") is None


def test_values_are_the_same_from_the_cache(server: EmbeddedServer) -> None:
    value = {"pdf": b"\0%PDF", "rows": [{"share": 0.5, "place": "东关", "none": None}], "by": {1: (2, 3)}}
    kept = kept_in(server)
    kept.put("figure", value)
    assert kept.get("figure") == value
