"""Reading the raw streams where one runs ahead of another, or all of them do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from dashboard.streams import intake
from dashboard.streams.client import connect
from dashboard.streams.keys import RAW_KINDS, Keys
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
    """The next `count` entries that are given out."""
    taken: list[Entry] = []
    while len(taken) < count:
        taken += reading.take(patience_ms)
    return taken


def test_a_report_is_not_kept_waiting_by_what_is_not_urgent(
    client: redis.Redis, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ticks of an hour only a report brings anything out, and what came before it comes before it."""
    with beginning(client, keys) as reading:
        client.xadd(keys.raw("reports"), {"n": "1"})
        assert [entry.kind for entry in take_all(reading, 1, 50)] == ["reports"]
        monkeypatch.setattr(intake, "TICK_MS", 3_600_000)
        client.xadd(keys.raw("cameras"), {"n": "2"})
        client.xadd(keys.raw("units"), {"n": "3"}, id=f"{_now_ms(client) + 1_000}-0")
        client.xadd(keys.raw("commands"), {"n": "4"}, id=f"{_now_ms(client) + 30}-0")
        taken = take_all(reading, 2, 3_600_000)
        assert [entry.kind for entry in taken] == ["cameras", "commands"]
        client.xadd(keys.raw("reports"), {"n": "5"}, id=f"{_now_ms(client) + 1_200}-0")
        assert [entry.kind for entry in take_all(reading, 2, 3_600_000)] == ["units", "reports"]


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
            all_held = all(reading.merger.held_count(kind) >= intake.AT_ONCE for kind in RAW_KINDS)
            was_full |= all_held and bool(taken)
            taken += reading.take(50)
    assert was_full
    assert taken == sorted(taken)
    assert {(entry.kind, str(entry.id)) for entry in taken} == given
