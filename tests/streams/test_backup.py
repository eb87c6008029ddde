"""A backup of a city that goes on, put back into an empty store: the same record, the same state."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis

from dashboard.domain.access import Identity
from dashboard.streams import backup, data_version, overdue, projector
from dashboard.streams.backup import write_backup
from dashboard.streams.backup_file import check
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.projector import Session
from dashboard.streams.reader import load_snapshot
from dashboard.streams.tokens import add_token, token_of
from dashboard.streams.writer import Writer
from tests.streams.backing_up import GIVE_UP_S, LAPSES_MS, back_up, kept, lived, put_back, until
from tests.streams.projecting import append_all, is_caught_up, project, rebuild_with, state, url_of
from tests.streams.small_city import camera, now_ms, recent_load, report

pytestmark = pytest.mark.valkey


def test_a_restored_city_is_the_same_to_the_byte(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    lived(client, keys, city, writer)
    before, then = kept(client, keys), state(client, keys)
    assert before["order"][0]
    assert before["dead"][0]
    summary = back_up(client, keys, tmp_path / "b")
    assert summary.entries["reports"] == len(before["reports"][0])
    client.flushall()
    restored = put_back(client, keys, city, tmp_path / "b")
    assert kept(client, keys) == before
    assert state(client, keys) == then
    assert abs(int(client.pexpiretime(keys.letters)) - LAPSES_MS) < 1_000
    assert restored.cases == restored.cases_then == summary.cases == client.hlen(keys.state("cases"))
    assert not client.exists(keys.owner)
    assert not client.exists(keys.restoring)
    project(client, city)  # nothing comes, and yet screens must have something to start from
    snapshot = load_snapshot(client, keys)
    assert snapshot is not None
    assert snapshot.position != "0-0"
    assert state(client, keys) == then
    writer.append("reports", report("after", now_ms(), 5))  # and it goes on
    project(client, city)
    assert client.hexists(keys.state("cases"), "after")
    gone_on = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == gone_on


def test_a_token_works_after_a_restore(
    client: redis.Redis, keys: Keys, city: CityModel, tmp_path: Path
) -> None:
    identity = Identity("值班席", "officer", "379901")
    text = add_token(client, keys, identity, now_ms() + 10**9)
    back_up(client, keys, tmp_path / "b")
    client.flushall()
    put_back(client, keys, city, tmp_path / "b")
    token = token_of(client, keys, text)
    assert token is not None
    assert token.identity == identity


class Busy:
    """A city under load: a projector that trims often, and producers, each in a thread, until `end`."""

    def __init__(self, url: str, keys: Keys, city: CityModel) -> None:
        self._stop = threading.Event()
        self._url, self._keys, self._city = url, keys, city
        run = threading.Thread(target=projector.run, args=(url, city, 10_000, 200, self._stop.is_set))
        self._threads = [run, threading.Thread(target=self._produce, daemon=True)]
        self._producing = threading.Event()
        self._producing.set()
        for thread in self._threads:
            thread.start()

    def _produce(self) -> None:
        rng = np.random.default_rng(5)
        with connect(self._url) as client:
            writer, number = Writer(client, self._keys), 0
            while self._producing.is_set():
                more = {"name": "张三"} if number % 50 == 7 else {}
                writer.append("reports", report(f"busy-{number}", now_ms(), number % 60, self._city, **more))
                for _ in range(5):
                    status = ("online", "offline", "fault")[int(rng.integers(3))]
                    writer.append("cameras", camera(int(rng.integers(300)), status, now_ms()))
                number += 1

    def end(self, client: redis.Redis) -> None:
        """Let everything be applied, and end it."""
        self._producing.clear()
        self._threads[1].join(GIVE_UP_S)
        until(lambda: is_caught_up(client, self._keys))
        self._stop.set()
        self._threads[0].join(GIVE_UP_S)
        assert not any(thread.is_alive() for thread in self._threads)


def test_a_backup_under_load_is_of_one_instant(
    client: redis.Redis, keys: Keys, city: CityModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Restored and given what came after it, the city ends where the one that went on did."""
    monkeypatch.setattr(overdue, "AT_ONCE", 0)  # commands of its own would come twice
    monkeypatch.setattr(projector, "_HOUSEKEEPING_S", 0.05)  # so that much is trimmed under it
    monkeypatch.setattr(backup, "PAGE", 7)  # so that it takes long
    busy = Busy(url_of(client), keys, city)
    try:
        until(lambda: int(client.hlen(keys.state("cases"))) > 150)
        begun: Any = client.xinfo_stream(keys.raw("reports"))["last-generated-id"]
        summary = back_up(client, keys, tmp_path / "b")
        until(lambda: int(client.hlen(keys.state("cases"))) > summary.cases + 50)
    finally:
        busy.end(client)
    ended, final = kept(client, keys), state(client, keys)
    client.flushall()
    put_back(client, keys, city, tmp_path / "b")
    lasts = {}
    for kind in ("reports", "commands", "cameras", "units"):
        there = client.xrange(keys.raw(kind))
        wanted = ended.get(kind, ([],))[0]
        lasts[kind] = there[-1][0] if there else b"0-0"
        known = {entry for entry, _ in wanted}
        if kind != "cameras":  # what was not yet applied then may have been refused since, and taken out
            assert [each for each in there if each[0] in known] == wanted[
                : len([e for e in there if e[0] in known])
            ]
    assert lasts["reports"] > begun
    for kind in ("reports", "cameras"):
        for entry, fields in ended[kind][0]:
            if _number(entry) > _number(lasts[kind]):
                client.xadd(keys.raw(kind), fields, id=entry)
    project(client, city)
    assert {part: each for part, each in state(client, keys).items() if "meta" not in part} == {
        part: each for part, each in final.items() if "meta" not in part
    }


def _number(entry: bytes) -> tuple[int, int]:
    ms, _, seq = entry.partition(b"-")
    return int(ms), int(seq)


def test_a_backup_without_a_projector_has_what_waits(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backup, "TAIL", 10)
    append_all(writer, recent_load(city, 9, 200))
    before = kept(client, keys)
    assert back_up(client, keys, tmp_path / "b").cases is None
    client.flushall()
    assert put_back(client, keys, city, tmp_path / "b").cases == 0
    after = kept(client, keys)
    assert {kind: after[kind] for kind in before} == before
    project(client, city)
    assert is_caught_up(client, keys)
    assert client.hlen(keys.state("cases")) > 0


def test_what_is_not_applied_yet_is_read_last(
    client: redis.Redis, keys: Keys, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The projector may yet take it out: here it does, with the 15th of 20, once the first 10 are read."""
    monkeypatch.setattr(backup, "TAIL", 5)
    ids = [writer.append("reports", report(f"a-{number}", now_ms(), number)) for number in range(20)]
    position = f"position:{'reports'}"
    client.set(keys.owner, "projector-1")
    client.hset(keys.state("meta"), mapping={"basis": "x", position: ids[9]})
    told: list[int] = []

    def go_on(done: int, total: int) -> None:
        told.append(done)
        if client.hget(keys.state("meta"), position) == ids[9].encode():
            client.xdel(keys.raw("reports"), ids[14])
            client.hset(keys.state("meta"), position, ids[19])

    with (tmp_path / "b").open("xb") as file, connect(url_of(client)) as own:
        summary = write_backup(own, keys, file, {}, go_on)
    assert told[0] == 10
    assert summary.entries["reports"] == 19
    assert ids[14].encode() not in gzip.decompress((tmp_path / "b").read_bytes()).partition(b"XSETID")[0]


def test_what_is_trimmed_meanwhile_is_not_in_it(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(backup, "PAGE", 10)
    ids = [writer.append("cameras", camera(number, "fault", now_ms())) for number in range(100)]

    def trim(done: int, total: int) -> None:
        if done == 30:
            client.xtrim(keys.raw("cameras"), minid=ids[60], approximate=False)

    with (tmp_path / "b").open("xb") as file, connect(url_of(client)) as own:
        summary = write_backup(own, keys, file, {}, trim)
    before = kept(client, keys)["cameras"]
    assert summary.entries["cameras"] == len(before[0]) == 40
    client.flushall()
    put_back(client, keys, city, tmp_path / "b")
    assert kept(client, keys)["cameras"] == before


def test_a_projector_that_comes_meanwhile_makes_it_begin_again(
    client: redis.Redis, keys: Keys, writer: Writer, tmp_path: Path
) -> None:
    for number in range(30):
        writer.append("reports", report(f"a-{number}", now_ms(), number))
    begun: list[int] = []

    def come(done: int, total: int) -> None:
        begun.append(done)
        client.set(keys.owner, "projector-1")

    with (tmp_path / "b").open("xb") as file, connect(url_of(client)) as own:
        summary = write_backup(own, keys, file, {}, come)
    assert begun == sorted(set(begun))  # once, as if nobody would take any out, which no longer held
    assert begun[-1] == 30
    assert summary.entries["reports"] == 30
    assert gzip.decompress((tmp_path / "b").read_bytes()).count(b"XADD") == 30


def test_a_later_releases_backup_and_data_are_refused(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    writer.append("reports", report("a", now_ms(), 3))
    client.set(keys.format, data_version.VERSION + 1)
    back_up(client, keys, tmp_path / "b")
    with pytest.raises(StreamsError, match="does not know"):
        check(tmp_path / "b")
    with connect(url_of(client), connections=1) as own, pytest.raises(StreamsError, match="does not know"):
        Session(own, city, 100, 100).begin(lambda: False)


def test_valkeys_own_means_put_it_back_in_an_emergency(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path
) -> None:
    """Every request of the file is one that the server takes as it stands."""
    lived(client, keys, city, writer)
    before, then = kept(client, keys), state(client, keys)
    back_up(client, keys, tmp_path / "b")
    client.flushall()
    content = gzip.decompress((tmp_path / "b").read_bytes())
    connection = client.connection_pool.get_connection()
    connection.send_packed_command([content])
    for _ in range(check(tmp_path / "b").requests + 2):
        connection.read_response()
    client.connection_pool.release(connection)
    assert kept(client, keys) == before
    project(client, city)
    assert state(client, keys) == then
