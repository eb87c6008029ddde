"""The projector against a real server: state, changes, snapshot, letters, and one projector at a time."""

from __future__ import annotations

import threading
import time
from collections import Counter
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
from dashboard.streams.codecs import UNIT_RECORD
from dashboard.streams.dead_letters import count_dead, read_dead
from dashboard.streams.errors import NotOwner
from dashboard.streams.keys import GROUP, RAW_KINDS, Keys
from dashboard.streams.ownership import Ownership
from dashboard.streams.projector import Session, rebuild
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, cases_of, project, state, step_until_caught_up, url_of
from tests.streams.small_city import camera, command, iso, make_city, random_load, report, unit

pytestmark = pytest.mark.valkey


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def load(city: CityModel, seed: int, count: int = 400) -> list[tuple[str, dict[str, str]]]:
    prefix = f"c{seed}"
    return random_load(city, np.random.default_rng(seed), count, now_ms() - count * 1_000, prefix)


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


def test_nothing_is_pending_once_it_is_applied(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    append_all(writer, load(city, 1))
    project(client, city)
    for stream in keys.raw_streams:
        pending: Any = client.xpending(stream, GROUP)
        assert pending["pending"] == 0


def test_loading_the_state_gives_what_was_in_memory(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """Stop and go on after every part: the same bytes as in one go, and the same frames' effect."""
    entries = load(city, 2, 600)
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


def rebuild_with(client: redis.Redis, keys: Keys, city: CityModel) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    with connect(url_of(client), connections=1) as own:
        rebuild(own, keys, city, lambda done, total: told.append((done, total)))
    return told


def test_rebuild_gives_the_same_bytes_and_no_second_letter(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    entries = load(city, 3, 500)
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
    append_all(writer, load(city, 4))
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
    append_all(writer, load(city, 5))
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


def test_two_projectors_one_commits(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """The first is cut off from its city (as if it hung): what it holds it can't commit any more."""
    with connect(url_of(client), connections=1) as one, connect(url_of(client), connections=1) as two:
        first, second = (Session(own, city, 1000, 100_000) for own in (one, two))
        first.begin(lambda: False)
        with pytest.raises(NotOwner, match="Another projector is running"):
            second.begin(lambda: True)
        writer.append("reports", report("a", now_ms(), 1))
        client.delete(keys.owner)  # what its expiry does
        second.begin(lambda: False)
        with pytest.raises(NotOwner):
            step_until_caught_up(first, client, keys)
        step_until_caught_up(second, client, keys)
    assert cases_of(client, keys) == {"a"}
    versions = reader.case_versions(client, keys, ["a", "b"])
    assert versions == {"a": 1}


def test_a_city_lost_between_reading_and_committing_is_not_committed_to(
    client: redis.Redis, keys: Keys, city: CityModel
) -> None:
    """The token is touched after a tick's read, which found it in order: the transaction itself must fail."""
    project(client, city)
    with connect(url_of(client), connections=1) as own:
        ownership = Ownership(own, keys)
        ownership.take(lambda: False)
        for touched in (keys.owner, keys.state("meta")):
            with own.pipeline(transaction=False) as look:
                ownership.watch(look)
                ownership.check(look.execute()[-1])
            before: Any = client.hgetall(touched) if touched != keys.owner else client.get(touched)
            if touched == keys.owner:
                client.set(touched, before)
            else:
                client.hset(touched, mapping=before)
            pipe = ownership.transaction()
            pipe.hset(keys.snapshot, "position", "9-9")
            with pytest.raises(NotOwner, match="committed to this city meanwhile"):
                ownership.execute(pipe)
    assert client.hget(keys.snapshot, "position") != b"9-9"


def test_what_another_consumer_was_given_is_claimed(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """A projector that hangs takes entries out of the group, which nobody else would be given."""
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
    pending: Any = client.xpending(keys.raw("reports"), GROUP)
    assert pending["pending"] == 0


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


def test_letters_say_why_and_persons_are_nowhere(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    at_ms, secret = now_ms(), "13812345678"
    writer.append("reports", {**report("a", at_ms), "summary": f"电话{secret}"})
    writer.append("reports", {**report("b", at_ms), "phone": secret})
    good, bad = report("c", at_ms), {**report("d", at_ms), "place": f"找{secret}"}
    writer.append_packed("reports", [good, bad])
    writer.append("commands", command("c", "accept", at_ms, note=f"机主{secret}"))
    writer.append("units", {**unit(1, "free", at_ms), "phone": secret})
    writer.append("reports", {**report("e", at_ms), "colour": "red"})
    project(client, city)
    assert cases_of(client, keys) == {"c"}
    reasons = Counter(letter.reason for _, letter in read_dead(client, keys))
    assert reasons == {"personal": 5, "unknown_field": 1}
    assert count_dead(client, keys) == 6
    newest = next(read_dead(client, keys, 1))[1]
    assert newest.values is None or newest.values["colour"] == "red"
    for key in client.scan_iter():
        assert secret.encode() not in everything(client, key), key
    assert client.xlen(keys.raw("reports")) == 2  # the unknown field, and the good one of the packed ones
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def test_a_field_given_twice_hides_nobody(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """The client's own parsing would keep the harmless second value, and the record the first."""
    for name, secret in (("place", "找13812345678"), ("summary", "着火")):
        flat = [part for pair in report(name, now_ms()).items() for part in pair]
        client.execute_command("XADD", keys.raw("reports"), "*", *flat, name, secret, name, "无")
    writer.append("reports", report("good", now_ms()))
    project(client, city)
    assert cases_of(client, keys) == {"good"}
    assert Counter(letter.reason for _, letter in read_dead(client, keys)) == {"personal": 1, "bad_value": 1}
    assert client.xlen(keys.raw("reports")) == 2
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first


def everything(client: redis.Redis, key: bytes) -> bytes:
    """All that a key holds, as text."""
    kind: Any = client.type(key)
    value: Any = {
        b"stream": client.xrange, b"hash": client.hgetall, b"string": client.get, b"list": client.lrange,
    }[kind](key)  # fmt: skip
    return repr(value).encode() + b"".join(
        data for _, fields in (value if kind == b"stream" else []) for data in fields.values()
    )


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
