"""The projector against a real server: state, changes, snapshot, letters, and one projector at a time."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import orjson
import pytest
import redis

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.safety_index import evaluate_sums
from dashboard.streams import frame, projector, reader
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.keys import GROUP, RAW_KINDS, Keys
from dashboard.streams.ownership import Ownership
from dashboard.streams.projector import Session
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
from tests.streams.small_city import camera, command, iso, now_ms, recent_load, report, unit

pytestmark = pytest.mark.valkey


def test_entries_become_state_changes_and_a_snapshot(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    at_ms = now_ms()
    writer.append("reports", report("a", at_ms, 3, level="01"))
    writer.append("commands", command("a", "accept", at_ms))
    writer.append("cameras", camera(7, "offline", at_ms))
    writer.append("units", unit(2, "free", at_ms, 119.02, 36.03))
    project(client, city)
    case = reader.read_case(client, keys, "a")
    assert case is not None
    assert (case.state, case.grid, case.version) == ("accepted", 3, 2)
    assert reader.read_case(client, keys, "b") is None
    snapshot = reader.load_snapshot(client, keys)
    assert snapshot is not None
    assert snapshot.generation
    tables = frame.by_name(frame.decode(snapshot.frame))
    assert tables["cameras", "status"].array()[7] == 2
    assert tables["units", "x"].array()[2] == 119_020_000
    assert tables["regions", "open_cases"].array()[0] == 1
    assert tables["regions", "level"].array()[0] & 0x0F == 4
    assert [c["id"] for c in tables["cases", "upserts"].json()] == ["a"]
    position, last = reader.read_changes(client, keys, "0-0")[-1]
    assert position == snapshot.position
    clock = frame.by_name(frame.decode(last))["clock", "clock"].json()
    assert set(clock["positions"]) == set(RAW_KINDS)
    assert reader.changes_before(client, keys, position, 2)[-1] == (position, last)
    ages = reader.feed_ages(client, keys)
    assert {kind: f"{ms}" for kind, ms in ages.items()} == {
        kind: text.split("-")[0] for kind, text in clock["positions"].items()
    }


def test_the_groups_stand_where_the_state_does(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    append_all(writer, recent_load(city, 1))
    project(client, city)
    for stream in keys.raw_streams:
        (group,) = client.xinfo_groups(stream)
        last: Any = client.xrevrange(stream, count=1)
        assert (group["name"], group["last-delivered-id"]) == (GROUP.encode(), last[0][0])
        assert group["pending"] == 0


def test_loading_the_state_gives_what_was_in_memory(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Stop and go on after every part: the same bytes as in one go, and the same frames' effect."""
    entries = recent_load(city, 2, 600)
    for start in range(0, 600, 150):
        append_all(writer, entries[start : start + 150])
        project(client, city)
    first = state(client, keys)
    sums = reader.read_sums(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first
    evaluation = evaluate_sums(city.hierarchy, city.population, city.parameters, sums.grids, sums.now_ms)
    snapshot = reader.load_snapshot(client, keys)
    assert snapshot is None  # a rebuild leaves none: the next projector does
    project(client, city)
    snapshot = reader.load_snapshot(client, keys)
    assert snapshot is not None
    told = frame.by_name(frame.decode(snapshot.frame))["regions", "score"].array()
    np.testing.assert_array_equal(np.floor(evaluation.score * 10 + 0.5), told)
    assert evaluation.family_score.shape[1] == len(FAMILIES)


def test_what_another_consumer_was_given_is_applied_as_well(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Who reads through the projector's group takes entries out of it, but not from the projector."""
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 1000, 100_000)
        session.begin(lambda: False)
        writer.append("reports", report("before", now_ms(), 1))
        writer.append("reports", report("stolen", now_ms(), 1))
        stolen: Any = client.xreadgroup(GROUP, "dead", {keys.raw("reports"): ">"})
        assert len(stolen[0][1]) == 2
        writer.append("reports", report("after", now_ms(), 1))
        step_until_caught_up(session, client, keys)
    assert cases_of(client, keys) == {"before", "stolen", "after"}


def test_snapshots_are_written_at_work_and_stand_where_they_say(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Packed beside the ticks: each holds what had been told up to its position, and nothing later."""
    monkeypatch.setattr(projector, "SNAPSHOT_S", 0.0)
    found: dict[str, bytes] = {}
    deadline_s = time.monotonic() + 30
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 100_000, 100_000)
        session.begin(lambda: False)
        number = 0
        while len(found) < 8:
            assert time.monotonic() < deadline_s
            number += 1
            writer.append("reports", report(f"c{number}", now_ms(), number % 6))
            session.step()
            snapshot = reader.load_snapshot(client, keys)
            if snapshot is not None:
                found[snapshot.position] = snapshot.frame
        session.end()
    told: set[str] = set()
    checked = 0
    for position, changes in reader.read_changes(client, keys, "0-0"):
        tables = frame.by_name(frame.decode(changes))
        if ("cases", "upserts") in tables:
            told |= {case["id"] for case in tables["cases", "upserts"].json()}
        if position in found:
            tables, clock = frame.by_name(frame.decode(found[position])), tables["clock", "clock"].json()
            assert {case["id"] for case in tables["cases", "upserts"].json()} == told
            assert tables["regions", "open_cases"].array()[0] == len(told)
            assert tables["clock", "clock"].json() == clock
            checked += 1
    assert checked == len(found)


def test_what_a_dead_consumer_held_is_applied_once(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    project(client, city)
    append_all(writer, [("reports", report(f"c{n}", now_ms(), n % 6)) for n in range(10)])
    held: Any = client.xreadgroup(GROUP, "dead", {keys.raw("reports"): ">"}, count=6)
    assert len(held[0][1]) == 6
    project(client, city)
    assert cases_of(client, keys) == {f"c{n}" for n in range(10)}
    assert all(orjson.loads(packed)["version"] == 1 for packed in client.hvals(keys.state("cases")))
    consumers: Any = client.xinfo_consumers(keys.raw("reports"), GROUP)
    assert b"dead" not in {consumer["name"] for consumer in consumers}


def test_a_simulator_finds_what_it_goes_on_from(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    nothing = reader.load_known(client, keys, city)
    assert nothing.open_cases == ()
    np.testing.assert_array_equal(nothing.camera_status, city.first_statuses())
    np.testing.assert_array_equal(nothing.unit_xy, city.unit_xy)
    at_ms = now_ms()
    for number in range(30):
        more = {"closed_at": iso(at_ms)} if number % 3 else {}
        writer.append("reports", report(f"c{number:02d}", at_ms, number % 6, **more))
    writer.append("cameras", camera(17, "fault", at_ms))
    writer.append("units", unit(39, "on_scene", at_ms, 119.04, 36.01))
    project(client, city)
    known = reader.load_known(client, keys, city)
    assert [case.id for case in known.open_cases] == [f"c{number:02d}" for number in range(0, 30, 3)]
    assert known.camera_status[17] == 3
    assert known.unit_state[39] == 4
    assert known.unit_xy[39].tolist() == [119_040_000, 36_010_000]


def test_it_waits_its_turn_and_stops_when_told(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """`run` as a process runs it, with another projector in the way at first."""
    stop = threading.Event()
    with connect(url_of(client), connections=1) as own:
        other = Ownership(own, keys)
        other.take(lambda: False)
        running = threading.Thread(
            target=projector.run, args=(url_of(client), city, 1000, 100_000, stop.is_set)
        )
        running.start()
        writer.append("reports", report("a", now_ms()))
        other.renew()
        assert cases_of(client, keys) == set()
        other.release()
        poll(lambda: cases_of(client, keys) == {"a"})
    client.delete(keys.raw("units"))  # its group too: says so, and begins again
    writer.append("reports", report("b", now_ms()))
    poll(lambda: cases_of(client, keys) == {"a", "b"})
    stop.set()
    running.join(20)
    assert not running.is_alive()
    assert client.exists(keys.owner) == 0


def poll(condition: Any, seconds: float = 30.0) -> None:
    """Wait for a condition."""
    deadline_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_a_server_that_takes_no_writes_is_said_once_and_tried_again(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, caplog: pytest.LogCaptureFixture
) -> None:
    """Out of memory, and read only: one line, and on it goes once the server can again."""
    project(client, city)
    writer.append("reports", report("a", now_ms()))
    stop = threading.Event()
    running = threading.Thread(
        target=projector.run, args=(url_of(client), city, 1000, 100_000, stop.is_set)
    )
    client.config_set("maxmemory", "1mb")
    try:
        running.start()
        poll(lambda: any("memory" in record.message for record in caplog.records))
        time.sleep(0.5)  # several attempts later
        said = [record.message for record in caplog.records if "Projecting stopped" in record.message]
        assert len(said) == 1
        client.config_set("maxmemory", "0")
        poll(lambda: cases_of(client, keys) == {"a"})
    finally:
        client.config_set("maxmemory", "0")
        stop.set()
        running.join(20)
