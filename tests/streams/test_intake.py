"""Reading the raw streams where one runs ahead of another, or all of them do."""

from __future__ import annotations

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


def test_many_entries_held_of_every_stream_are_given_out_once(client: redis.Redis, keys: Keys) -> None:
    """Of all four streams as much is held as is read at once: then there is nothing that must wait."""
    seconds, microseconds = client.time()
    begun_ms = seconds * 1000 + microseconds // 1000
    given: set[tuple[str, str]] = set()
    with connect(url_of(client), connections=1) as own:
        ownership = Ownership(own, keys)
        ownership.take(lambda: False)
        reading = intake.Intake(own, keys, ownership, Progress())
        reading.begin()
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
