"""What a heartbeat says of the feeds' health: streams always, sources and counties that are not well."""

from __future__ import annotations

from collections import deque

import pytest

from dashboard.domain.feed_health import FLOOD, OK, REPEAT, SILENT
from dashboard.domain.feed_tally import Counts, Tally
from dashboard.domain.hierarchy import from_parents
from dashboard.live.feed_watch import FeedWatch
from dashboard.live.follower import Follower
from dashboard.live.hub import Hub
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.settings import Settings
from dashboard.streams.feed_meter import Feed
from dashboard.streams.keys import RAW_KINDS, Keys

NOW_MS = 1_795_000_005_000
STALE_MS = 9_000


@pytest.fixture
def watch() -> FeedWatch:
    return FeedWatch.of(Settings(stale_after_s=STALE_MS / 1000), cameras=100, units=10)


def tally(usual: float = 10.0, data_ago_s: float = 1, minute: Counts | None = None) -> Tally:
    made = Tally(parts=deque([round(10 * usual)] * 24))
    at_ms = NOW_MS - round(1000 * data_ago_s)
    made.add(at_ms, minute or Counts(data=1, heartbeats=1))
    made.alive_ms = NOW_MS
    return made


def heard(**ago_s: float) -> dict[str, int | None]:
    return {kind: NOW_MS - round(1000 * ago_s.get(kind, 1)) for kind in RAW_KINDS}


def test_all_is_well(watch: FeedWatch) -> None:
    watch.look(NOW_MS, {Feed(kind): tally() for kind in RAW_KINDS}, heard(commands=10**6))
    assert [watch.told(kind) for kind in RAW_KINDS] == [{"state": OK}] * 4
    assert watch.parts() == []
    assert [row.kind for row in watch.rows] == list(RAW_KINDS)


def test_each_ill_is_told_with_its_numbers(watch: FeedWatch) -> None:
    tallies = {
        Feed("reports"): tally(minute=Counts(data=700)),
        Feed("commands"): tally(minute=Counts(data=80, repeats=60)),
        Feed("cameras"): tally(data_ago_s=900),
        Feed("units"): tally(),
    }
    watch.look(NOW_MS, tallies, heard(units=100))
    assert watch.told("reports") == {"state": FLOOD, "since_ms": NOW_MS, "per_min": 700, "usual": 10.0}
    assert watch.told("commands") == {"state": REPEAT, "since_ms": NOW_MS, "per_min": 80, "repeats": 60}
    silent = {"state": SILENT, "usual": 10.0}
    at_ms = NOW_MS - 900_000
    assert watch.told("cameras") == {**silent, "since_ms": at_ms, "lacks": "data", "data_ms": at_ms}
    at_ms = NOW_MS - 100_000
    assert watch.told("units") == {**silent, "since_ms": at_ms, "lacks": "entries", "data_ms": NOW_MS - 1_000}


def test_of_a_silent_streams_parts_nothing_is_known(watch: FeedWatch) -> None:
    tallies = {
        Feed("reports"): tally(),
        Feed("reports", "12345"): tally(data_ago_s=900),
        Feed("reports", county="370702"): tally(data_ago_s=900),
        Feed("reports", county="370703"): tally(data_ago_s=1, minute=Counts(data=100_000)),
    }
    watch.look(NOW_MS, tallies, heard())
    parts = [(part["feed"], part["source"], part["county"], part["state"]) for part in watch.parts()]
    assert parts == [("reports", "", "370702", SILENT), ("reports", "12345", "", SILENT)]
    watch.look(NOW_MS, tallies, heard(reports=60))
    assert watch.told("reports")["state"] == SILENT
    assert watch.parts() == []


def test_a_heartbeat_tells_it_once_there_is_a_state(watch: FeedWatch) -> None:
    state = LiveState()
    follower = Follower("redis://127.0.0.1:1/0", Keys("990100"), state, Screens(Hub()), lambda: None, watch)
    follower._last_ms = {"reports": NOW_MS}
    follower._look()
    assert watch.rows == []  # a server that has just started does not cry wolf
    state.clock = {"positions": {"reports": f"{NOW_MS}-0"}}
    follower._tallies = {Feed("reports", "12345"): Tally(alive_ms=1)}
    follower._look()
    told = follower.heartbeat()
    assert told["feeds"]["reports"]["applied_ms"] == NOW_MS
    assert {"state", "last_ms", "applied_ms"} <= set(told["feeds"]["reports"])


def test_without_a_watch_a_heartbeat_is_what_it_was() -> None:
    follower = Follower("redis://127.0.0.1:1/0", Keys("990100"), LiveState(), Screens(Hub()), lambda: None)
    follower._last_ms = {"reports": None}
    told = follower.heartbeat()
    assert told["feeds"] == {"reports": {"last_ms": None, "applied_ms": None}}
    assert "parts" not in told


def test_screens_of_a_region_are_told_of_their_own_county_alone() -> None:
    codes = [f"99010{n}{'001' * tier}" for tier in range(4) for n in (1, 2)]
    hierarchy = from_parents(([0, 0], [0, 1], [0, 1], [0, 1]), ["990100", *codes])
    watch = FeedWatch.of(Settings(stale_after_s=STALE_MS / 1000), 1, 1, hierarchy)
    tallies = {Feed("reports", county=code): tally(data_ago_s=900) for code in ("990101", "990102", "1")}
    tallies[Feed("reports")], tallies[Feed("reports", "12345")] = tally(), tally(data_ago_s=900)
    watch.look(NOW_MS, tallies, heard())
    counties = {region: {part["county"] for part in watch.parts(region)} for region in range(9)}
    assert counties[0] == {"1", "990101", "990102", ""}  # of the source as well
    assert counties[1] == counties[3] == counties[7] == {"990101", ""}
    assert counties[2] == counties[4] == counties[8] == {"990102", ""}
    state = LiveState()
    state.clock = {"positions": {}}
    follower = Follower("redis://127.0.0.1:1/0", Keys("990100"), state, Screens(Hub()), lambda: None, watch)
    message = follower._narrowed(follower.heartbeat(), 3)
    assert b"990101" in message
    assert b"990102" not in message
