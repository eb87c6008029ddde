"""The cache stops nobody, whatever becomes of its store."""

from __future__ import annotations

from collections.abc import Iterator
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


def kept_in(server: EmbeddedServer) -> Kept:
    kept = Kept(Settings(redis_url=server.url), Keys("379900"))
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
