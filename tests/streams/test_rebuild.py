"""The state made anew from the record: to the same bytes, whatever was lost or changed meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import redis

from dashboard.streams import reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.codecs import UNIT_RECORD
from dashboard.streams.dead_letters import count_dead
from dashboard.streams.keys import Keys
from dashboard.streams.projector import Session, rebuild
from dashboard.streams.writer import Writer
from tests.streams.projecting import (
    append_all,
    cases_of,
    project,
    rebuild_with,
    state,
    step_until_caught_up,
    url_of,
)
from tests.streams.small_city import camera, make_city, now_ms, recent_load, report

pytestmark = pytest.mark.valkey


def test_rebuild_gives_the_same_bytes_and_no_second_letter(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    entries = recent_load(city, 3, 500)
    append_all(writer, entries[:250])
    project(client, city)
    # Late: an id of the past, given by the producer, in the middle of everything else.
    last: Any = client.xinfo_stream(keys.raw("reports"))["last-generated-id"]
    ms = int(last.decode().partition("-")[0])
    for number in range(5):
        late = report(f"late-{number}", ms, number)
        client.xadd(keys.raw("reports"), dict(late), id=f"{ms}-{500 + number}")
    project(client, city)
    append_all(writer, entries[250:])
    project(client, city)
    first, letters = state(client, keys), count_dead(client, keys)
    assert client.xlen(keys.order) > 0
    told = rebuild_with(client, keys, city)
    assert state(client, keys) == first
    assert count_dead(client, keys) == letters > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == sum(client.xlen(stream) for stream in keys.raw_streams)
    project(client, city)
    assert state(client, keys) == first


def test_a_state_deleted_by_hand_comes_back(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    append_all(writer, recent_load(city, 4))
    project(client, city)
    first, letters = state(client, keys), count_dead(client, keys)
    client.delete(*keys.states)
    project(client, city)
    assert state(client, keys) == first
    assert count_dead(client, keys) == letters


def test_another_pack_makes_the_state_anew(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    writer.append("reports", report("a", now_ms(), 3))
    project(client, city)
    before = reader.load_snapshot(client, keys)
    project(client, make_city(pack="another"))
    after = reader.load_snapshot(client, keys)
    assert before is not None
    assert after is not None
    assert before.generation != after.generation
    assert client.hget(keys.state("meta"), "basis") == make_city(pack="another").basis.encode()
    assert cases_of(client, keys) == {"a"}


def test_a_rebuild_that_is_cut_off_begins_again(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    append_all(writer, recent_load(city, 5))
    project(client, city)
    first, letters = state(client, keys), count_dead(client, keys)

    def cut(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with connect(url_of(client), connections=1) as own, pytest.raises(KeyboardInterrupt):
        rebuild(own, keys, city, cut)
    assert state(client, keys) != first
    project(client, city)
    assert state(client, keys) == first
    assert count_dead(client, keys) == letters


def test_a_stream_is_trimmed_while_entries_keep_coming(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Under a steady load there is always something that is not applied yet."""
    at_ms = now_ms() - 100_000
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 1000, telemetry_max=50)
        session.begin(lambda: False)
        for number in range(300):
            writer.append("cameras", camera(number % 40, "offline", at_ms + number))
        step_until_caught_up(session, client, keys)
        for number in range(20):  # older than what is known, and newer
            writer.append("cameras", camera(number, "online", at_ms + 1000 * (number % 2)))
        session.keep_house()
        assert client.xlen(keys.raw("cameras")) == 50 + 20
        step_until_caught_up(session, client, keys)
        session.end()
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def test_packed_telemetry_trims_and_comes_back(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """After a checkpoint the trimmed record still gives the same bytes."""
    at_ms, rng = now_ms() - 100_000, np.random.default_rng(8)
    for step in range(6):
        for number in range(60):
            status = ("online", "offline", "fault")[int(rng.integers(3))]
            moment = at_ms + step * 60 + int(rng.integers(50))
            writer.append("cameras", camera(int(rng.integers(300)), status, moment))
            if number % 3 == 0:
                records = np.zeros(3, dtype=UNIT_RECORD)
                records["unit"], records["state"] = rng.integers(0, 40, 3), 1
                records["lon"], records["lat"] = 119 + rng.random(3) / 20, 36 + rng.random(3) / 20
                records["lon"][2] = records["lat"][2] = np.nan
                records["at_ms"] = moment
                writer.append_packed("units", records, simulated=True)
        with connect(url_of(client), connections=1) as own:
            session = Session(own, city, 1000, telemetry_max=50)
            session.begin(lambda: False)
            step_until_caught_up(session, client, keys)
            session.keep_house()
            step_until_caught_up(session, client, keys)
            session.end()
    assert client.xlen(keys.raw("cameras")) == client.xlen(keys.raw("units")) == 50
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first
    assert b"units" in first[keys.state("meta")][b"simulated"]
