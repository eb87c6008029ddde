"""What the projector counts of each feed, against what was written; and that nothing of it is state."""

from __future__ import annotations

import redis

from dashboard.domain.feed_tally import SLOT_MS, Tally
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import EntryId
from dashboard.streams.feed_meter import FORGOTTEN_MS, MOST_SOURCES, Feed, FeedMeter, _moments, read_tallies
from dashboard.streams.keys import Keys
from dashboard.streams.merge import Entry
from dashboard.streams.writer import Writer
from tests.streams.projecting import project, rebuild_with, state
from tests.streams.small_city import camera, command, iso, now_ms, report, unit


def minute_of(client: redis.Redis, keys: Keys, feed: Feed) -> list[int]:
    """Data, repeats, refused and heartbeats of the last minute."""
    return read_tallies(client, keys)[feed].figures(now_ms()).minute.to_list()


def test_every_feed_is_counted(client: redis.Redis, keys: Keys, city: CityModel, writer: Writer) -> None:
    at_ms = now_ms()
    for number in range(4):
        writer.append("reports", report(f"a{number}", at_ms, number, source="12345"))
    writer.append("reports", report("a0", at_ms, 0, source="12345"))  # nothing new
    for number in range(3):  # another id, the same content
        writer.append("reports", report(f"b{number}", at_ms, 5, source="热线/乙@", summary="井盖缺失"))
    writer.append("reports", {"id": "bad", "colour": "red"})
    past = {"closed_at": iso(at_ms - 1_000), "source": "archive"}
    writer.append("reports", report("past", at_ms - 2_000, **past))  # an import of history is no feed
    writer.append("reports", {"kind": "heartbeat", "source": "12345", "at": iso(at_ms)})
    writer.append("commands", command("a0", "accept", at_ms))
    writer.append("commands", command("a0", "accept", at_ms))  # a duplicate
    writer.append("cameras", camera(7, "offline", at_ms))
    project(client, city)
    writer.append("cameras", camera(7, "offline", at_ms))  # the same time: nothing new
    writer.append("cameras", camera(7, "offline", at_ms + 1))  # still so: that is new
    writer.append("cameras", {"kind": "heartbeat", "source": "vms", "at": iso(at_ms)})
    writer.append_packed(
        "units", [{"unit": 1, "state": 1, "at_ms": at_ms}, {"unit": 99_999, "state": 1, "at_ms": 1}]
    )
    writer.append("units", unit(1, "free", at_ms))
    project(client, city)
    assert minute_of(client, keys, Feed("reports")) == [9, 3, 1, 1]
    assert minute_of(client, keys, Feed("reports", "12345")) == [5, 1, 0, 1]
    assert minute_of(client, keys, Feed("reports", "热线/乙@")) == [3, 2, 0, 0]
    assert minute_of(client, keys, Feed("commands")) == [2, 1, 1, 0]
    assert minute_of(client, keys, Feed("cameras")) == [3, 1, 0, 1]
    assert minute_of(client, keys, Feed("cameras", "vms")) == [0, 0, 0, 1]
    assert minute_of(client, keys, Feed("units"))[0::2] == [3, 1]
    assert Feed("reports", "archive") not in read_tallies(client, keys)
    county = city.hierarchy.codes[1]
    assert minute_of(client, keys, Feed("reports", county=county)) == [8, 0, 0, 0]
    last: list[tuple[bytes, object]] = client.xrevrange(keys.raw("reports"), count=1)  # type: ignore[assignment]
    tally = read_tallies(client, keys)[Feed("reports")]
    assert 0 <= tally.alive_ms - EntryId.parse(last[0][0]).ms < 1_000  # a batch counts as at its end
    assert at_ms <= tally.data_ms <= now_ms()


def test_nothing_of_it_is_state(client: redis.Redis, keys: Keys, city: CityModel, writer: Writer) -> None:
    writer.append("reports", report("a", now_ms(), source="12345"))
    project(client, city)
    before, stored = state(client, keys), client.hgetall(keys.feeds)
    rebuild_with(client, keys, city)
    assert state(client, keys) == before
    assert client.hgetall(keys.feeds) == stored
    client.hset(
        keys.feeds, mapping={"reports": b"{", "cameras": b'{"minute": 3}', "nonsense": b"1", "x@y": b"1"}
    )
    project(client, city)  # what can't be read is learned anew
    assert set(read_tallies(client, keys)) == {Feed("reports", "12345"), Feed("reports", county="379901")}


def test_fields_name_their_feeds() -> None:
    for feed in (
        Feed("reports"),
        Feed("reports", "a/b@c"),
        Feed("units", "\n"),
        Feed("reports", "", "370702"),
    ):
        assert Feed.parse(feed.field()) == feed
    assert Feed.parse("houses/12345") is None


def test_there_are_not_more_sources_than_can_be_shown_and_old_ones_go(city: CityModel) -> None:
    meter = FeedMeter(city, {})
    kept = [meter._tally(Feed("reports", f"s{n}")) for n in range(MOST_SOURCES + 5)]
    assert [tally is None for tally in kept] == [False] * MOST_SOURCES + [True] * 5
    assert meter._tally(Feed("units", "s0")) is not None
    newest_ms = now_ms()
    known = {
        Feed("reports"): Tally(data_ms=1),
        Feed("reports", "gone"): Tally(data_ms=newest_ms - FORGOTTEN_MS - 1),
        Feed("reports", "there"): Tally(alive_ms=newest_ms),
    }
    meter = FeedMeter(city, known)
    assert (meter.take_forgotten(), meter.take_forgotten()) == (["reports/gone"], [])


def test_old_sources_make_room_while_the_projector_runs(city: CityModel) -> None:
    """A projector may run for months."""
    newest_ms = now_ms()
    meter = FeedMeter(city, {Feed("reports"): Tally(data_ms=newest_ms)})
    for number in range(MOST_SOURCES):
        tally = meter._tally(Feed("reports", f"s{number}"))
        assert tally is not None
        tally.data_ms = newest_ms
    assert meter._tally(Feed("reports", "new")) is None
    meter._tallies[Feed("reports")].data_ms = newest_ms + FORGOTTEN_MS + 1
    assert len(meter.take_forgotten()) == MOST_SOURCES
    assert meter._tally(Feed("reports", "new")) is not None
    assert meter.due(at_once=True) == {}


def test_what_is_caught_up_with_counts_when_it_came() -> None:
    stamps = [0, 1, 5, SLOT_MS + 3, 5 * SLOT_MS, 5 * SLOT_MS + 1]
    entries = [Entry(ms, ms, 0, 0, "reports", ms, {}) for ms in stamps]
    assert _moments(entries) == [(5, 0.5), (SLOT_MS + 3, 4 / 6), (5 * SLOT_MS + 1, 1.0)]
    assert _moments(entries[:2]) == [(1, 1.0)]
