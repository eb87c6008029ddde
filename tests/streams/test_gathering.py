"""What cameras and units say on its way into the state, beside reports that must not wait for it."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from dashboard.streams import gathering
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.gathering import Gathering
from dashboard.streams.keys import Keys
from dashboard.streams.merge import Entry
from dashboard.streams.projection import Projection
from dashboard.streams.projector import Session
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, rebuild_with, state, step_until_caught_up, url_of
from tests.streams.small_city import camera, now_ms, report

FLOOD = 5_000


def camera_entry(ms: int, seq: int) -> Entry:
    """A state of camera `seq` that came at a millisecond."""
    fields = {name.encode(): value.encode() for name, value in camera(seq % 8, "offline", ms).items()}
    return Entry(ms, ms, 2, seq, "cameras", ms, fields)


def test_a_slice_never_cuts_a_bucket(city: CityModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket of which a part were committed would be on record as late after the next start."""
    monkeypatch.setattr(gathering, "SLICE_S", 0.0)
    monkeypatch.setattr(gathering, "_SLICE", 3)
    began_ms, counts = now_ms(), (2, 5, 1)
    entries = [camera_entry(began_ms + ms, seq) for ms, count in enumerate(counts) for seq in range(count)]
    gathered = Gathering(Projection(city))
    gathered.put(entries)
    sizes = []
    while gathered.is_waiting:
        before = len(gathered.entries)
        gathered.take_in()
        sizes.append(len(gathered.entries) - before)
    assert sizes == [7, 1]
    assert gathered.entries == entries


def test_what_is_taken_in_slices_is_what_is_applied_at_once(city: CityModel) -> None:
    began_ms = now_ms()
    entries = [camera_entry(began_ms + seq // 3, seq) for seq in range(1000)]
    together, sliced = Projection(city), Gathering(Projection(city))
    outcome = together.apply(entries)
    sliced.put(entries)
    while sliced.is_waiting:
        sliced.take_in()
    taken, did = sliced.commit()
    assert taken == entries
    assert did.cameras.tolist() == outcome.cameras.tolist()
    assert did.accepted == outcome.accepted == {"cameras": 1000}
    assert (sliced._projection.cameras.columns == together.cameras.columns).all()
    assert (sliced.entries, sliced.due_s()) == ([], float("inf"))


@pytest.mark.valkey
def test_a_report_behind_a_flood_of_telemetry_is_applied_before_it(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    """The flood was there first; the report is in the state while most of the flood still waits."""
    with connect(url_of(client), connections=1) as own:
        session = Session(own, city, 10_000, 1_000_000)
        session.begin(lambda: False)
        pipe = client.pipeline(transaction=False)
        for number in range(FLOOD):
            pipe.xadd(keys.raw("cameras"), camera(number % 8, "offline", now_ms()))
        pipe.execute()
        session.step()  # is at the flood
        writer.append("reports", report("urgent", now_ms(), 1))
        steps = 0
        while "urgent" not in cases_of(client, keys):
            session.step()
            steps += 1
        meta: Any = client.hgetall(keys.state("meta"))
        reached = meta.get(b"position:cameras", b"0-0").decode()
        applied = 0 if reached == "0-0" else len(client.xrange(keys.raw("cameras"), max=reached))
        assert steps < 5
        assert applied < FLOOD / 2
        step_until_caught_up(session, client, keys)
        session.end()
    first = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == first
