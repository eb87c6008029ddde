"""How long a store is waited for, and what can be known of what was sent to one that is away."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from dashboard.streams.client import CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S, client_of, connect, hurry
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer

pytestmark = pytest.mark.valkey
KEYS = Keys("379900")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/0"


@pytest.fixture
def in_a_hurry() -> Iterator[None]:
    hurry(0.2, 0.2)
    yield
    hurry(CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S)


@pytest.mark.usefixtures("in_a_hurry")
def test_a_process_in_a_hurry_gives_a_silent_store_up(silent: str) -> None:
    """What it sends there first, the question who holds the city, comes before any entry."""
    with client_of(silent, KEYS) as client, pytest.raises(redis.TimeoutError):
        Writer(client, KEYS).reach()


def test_others_wait_longer() -> None:
    pool = client_of("redis://127.0.0.1:1/0").connection_pool
    assert pool.connection_kwargs["socket_timeout"] == REPLY_TIMEOUT_S


def test_a_store_that_has_gone_is_found_away_before_anything_is_sent(tmp_path: Path) -> None:
    """Also where there was a connection: then nothing is left open."""
    with EmbeddedServer(tmp_path) as server, connect(server.url, keys=KEYS) as client:
        writer = Writer(client, KEYS)
        writer.append("reports", {"id": "r-1"})
        writer.reach()
        assert server.process is not None
        server.process.kill()
        server.process.wait()
        with pytest.raises(redis.ConnectionError):
            writer.reach()
        server.start()
        writer.reach()
        assert client.xlen(KEYS.raw("reports")) == 1
