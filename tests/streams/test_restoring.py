"""Putting a backup back: what is refused, what is cut off, and replicas that are waited for."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import redis

from dashboard.streams import restore as restoring
from dashboard.streams.backup_file import check
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.errors import NotReplicated, StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.projector import Session
from dashboard.streams.restore import restore
from dashboard.streams.writer import Writer
from tests.streams.backing_up import back_up, kept, lived, put_back
from tests.streams.projecting import state, url_of
from tests.streams.sentinels import Server, until
from tests.streams.small_city import now_ms, report

pytestmark = pytest.mark.valkey


def test_a_store_that_somebody_else_writes_to_is_told(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    writer.append("reports", report("a", now_ms(), 3))
    back_up(client, keys, tmp_path / "b")
    client.flushall()
    manifest = check(tmp_path / "b")
    with (
        connect(url_of(client), connections=1) as own,
        connect(url_of(client)) as others,
        pytest.raises(StreamsError, match="something else writes"),
    ):
        restore(
            tmp_path / "b", manifest, own, others, keys, city,
            lambda done, total: str(client.xadd(keys.raw("reports"), {"id": "b"})),
        )  # fmt: skip
    assert client.exists(keys.restoring)


def test_restoring_refuses_what_is_not_empty_and_a_city_at_work(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    writer.append("reports", report("a", now_ms(), 3))
    back_up(client, keys, tmp_path / "b")
    with pytest.raises(StreamsError, match="already holds data of 379900"):
        put_back(client, keys, city, tmp_path / "b")
    client.flushall()
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 100, 100)
        session.begin(lambda: False)
        with pytest.raises(StreamsError, match="stop Kite"):
            put_back(client, keys, city, tmp_path / "b")
    client.flushall()
    client.set("{990100}:reports", "another city's")
    put_back(client, keys, city, tmp_path / "b")
    assert client.get("{990100}:reports") == b"another city's"


def test_a_restore_that_is_cut_off_is_told_and_begins_again(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    lived(client, keys, city, writer)
    before, then = kept(client, keys), state(client, keys)
    back_up(client, keys, tmp_path / "b")
    client.flushall()

    def cut(done: int, total: int) -> None:
        raise KeyboardInterrupt

    manifest = check(tmp_path / "b")
    with (
        connect(url_of(client), connections=1) as own,
        connect(url_of(client)) as others,
        pytest.raises(KeyboardInterrupt),
    ):
        restore(tmp_path / "b", manifest, own, others, keys, city, cut)
    with connect(url_of(client), connections=1) as own, pytest.raises(StreamsError, match="being restored"):
        Session(own, city, 100, 100).begin(lambda: False)
    client.xadd(keys.raw("reports"), {"left": "by the first"})
    put_back(client, keys, city, tmp_path / "b")
    assert kept(client, keys) == before
    assert state(client, keys) == then


def test_a_restore_ends_once_the_replicas_have_it(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Where they don't in time it is no restore yet: no projector begins, and the same command goes on."""
    monkeypatch.setattr(restoring, "REPLICAS_WITHIN_S", 0.1)
    monkeypatch.setattr(restoring, "_ASK_MS", 200)
    lived(client, keys, city, writer)
    before = kept(client, keys)
    back_up(client, keys, tmp_path / "b")
    with Server(tmp_path / "primary") as primary, Server(tmp_path / "replica", primary) as replica:
        until(lambda: b"master_link_status:up" in replica.ask("INFO", "replication"))
        assert replica.process is not None
        with connect(primary.url) as there, connect(replica.url) as copy:
            os.kill(replica.process.pid, signal.SIGSTOP)
            try:
                with pytest.raises(NotReplicated, match="on 0 of 1 replicas"):
                    put_back(there, keys, city, tmp_path / "b", wait_replicas=1)
            finally:
                os.kill(replica.process.pid, signal.SIGCONT)
            assert there.exists(keys.restoring)
            until(lambda: b"lag=0" in primary.ask("INFO", "replication"))
            monkeypatch.setattr(restoring, "REPLICAS_WITHIN_S", 60.0)
            put_back(there, keys, city, tmp_path / "b", wait_replicas=1)
            assert kept(there, keys) == kept(copy, keys) == before
            assert not there.exists(keys.restoring)
