"""Reading the raw streams where one runs ahead of another, or all of them do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from dashboard.streams import intake
from dashboard.streams.client import connect
from dashboard.streams.keys import LANES, RAW_KINDS, Keys
from dashboard.streams.merge import Entry
from dashboard.streams.ownership import Ownership
from dashboard.streams.state_store import Progress
from tests.streams.projecting import url_of

pytestmark = pytest.mark.valkey
SOON_MS, LATER_MS = 500, 2_500  # within `merge.AHEAD_MS`: held until the clock is there


@contextmanager
def beginning(client: redis.Redis, keys: Keys) -> Iterator[intake.Intake]:
    """An intake that has begun with an empty record."""
    with connect(url_of(client), connections=1) as own:
        ownership = Ownership(own, keys)
        ownership.take(lambda: False)
        reading = intake.Intake(own, keys, ownership, Progress())
        reading.begin()
        yield reading


def take_all(reading: intake.Intake, count: int, patience_ms: int) -> list[Entry]:
    """The next `count` entries that are given out, of whichever lane."""
    taken: list[Entry] = []
    while len(taken) < count:
        for lane in reading.take(patience_ms):
            taken += lane
    return taken


def test_a_report_is_not_kept_waiting_by_telemetry_nor_takes_it_along(
    client: redis.Redis, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ticks of an hour reports and commands come out all the same, and telemetry stays where it is."""
    with beginning(client, keys) as reading:
        client.xadd(keys.raw("reports"), {"n": "1"})
        assert [entry.kind for entry in take_all(reading, 1, 50)] == ["reports"]
        monkeypatch.setattr(intake, "TICK_MS", 3_600_000)
        client.xadd(keys.raw("cameras"), {"n": "2"})
        client.xadd(keys.raw("commands"), {"n": "4"}, id=f"{_now_ms(client) + 30}-0")
        client.xadd(keys.raw("reports"), {"n": "5"}, id=f"{_now_ms(client) + 60}-0")
        taken = take_all(reading, 2, 3_600_000)
        assert [entry.kind for entry in taken] == ["commands", "reports"]
        monkeypatch.setattr(intake, "TICK_MS", 0)
        assert [entry.kind for entry in take_all(reading, 1, 50)] == ["cameras"]


def test_telemetry_is_read_only_where_it_is_asked_for(client: redis.Redis, keys: Keys) -> None:
    with beginning(client, keys) as reading:
        client.xadd(keys.raw("units"), {"n": "1"})
        client.xadd(keys.raw("reports"), {"n": "2"})
        begun_s = time.monotonic()
        taken: list[Entry] = []
        while time.monotonic() < begun_s + 0.3:
            cases, telemetry = reading.take(20, with_telemetry=False)
            taken += cases
            assert telemetry == []
        assert [entry.kind for entry in taken] == ["reports"]
        assert [entry.kind for entry in take_all(reading, 1, 50)] == ["units"]


def test_an_idle_intake_wakes_for_telemetry_at_once(client: redis.Redis, keys: Keys) -> None:
    """Nothing has come for long, so the server is asked to wake it: no hour of patience, and no busy loop."""
    with beginning(client, keys) as reading:
        while reading.take(1) == ([], []) and reading._empty_ticks < 10:
            pass
        threading.Timer(0.2, lambda: client.xadd(keys.raw("cameras"), {"n": "1"})).start()
        looks = 0
        while True:
            looks += 1
            if reading.take(3_600_000).telemetry:
                break
        assert looks < 4


def _now_ms(client: redis.Redis) -> int:
    seconds, microseconds = client.time()
    return int(seconds * 1000 + microseconds // 1000)


def test_many_entries_held_of_every_stream_are_given_out_once(client: redis.Redis, keys: Keys) -> None:
    """Of all four streams as much is held as is read at once: then there is nothing that must wait."""
    begun_ms = _now_ms(client)
    given: set[tuple[str, str]] = set()
    with beginning(client, keys) as reading:
        pipe = client.pipeline(transaction=False)
        for kind in RAW_KINDS:
            for number in range(intake.AT_ONCE + 1):
                # The first comes out alone: an intake that gave something out leaves alone what runs ahead.
                entry = f"{begun_ms + (LATER_MS if number else SOON_MS)}-{number}"
                pipe.xadd(keys.raw(kind), {"n": str(number)}, id=entry)
                given.add((kind, entry))
        pipe.execute()
        taken: list[Entry] = []
        was_full = False
        while len(taken) < len(given):
            held = [lane.merger.held_count(kind) for lane in reading.lanes.values() for kind in lane.kinds]
            was_full |= min(held) >= intake.AT_ONCE and bool(taken)
            for lane in reading.take(50):
                taken += lane
    assert was_full
    for kinds in LANES.values():
        lane = [entry for entry in taken if entry.kind in kinds]
        assert lane == sorted(lane)
    assert {(entry.kind, str(entry.id)) for entry in taken} == given
