"""The one order: the same whatever the reads were, and on record where ids lie."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import RAW_KINDS
from dashboard.streams.merge import (
    BUCKET_MS,
    Entry,
    Exemption,
    Merger,
    exemptions_in,
    in_batches,
)

Streams = dict[str, list[tuple[int, int]]]
NOW_MS = 1_000_000


@st.composite
def streams(draw: st.DrawFn) -> Streams:
    """Ids of each raw stream, ascending, crowded so that buckets and milliseconds are shared."""
    ids = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 3)), max_size=25, unique=True)
    return {kind: sorted(draw(ids)) for kind in RAW_KINDS}


def entries(ids: list[tuple[int, int]]) -> list[tuple[bytes, dict[bytes, bytes]]]:
    return [(b"%d-%d" % (NOW_MS + ms, seq), {b"n": b"%d.%d" % (ms, seq)}) for ms, seq in ids]


def order_of(taken: list[Entry]) -> list[tuple[str, EntryId]]:
    return [(entry.kind, entry.id) for entry in taken]


def expected(given_streams: Streams) -> list[tuple[str, EntryId]]:
    """By bucket, then millisecond, then stream, then sequence: written out independently."""
    rows = [
        ((NOW_MS + ms) // BUCKET_MS, NOW_MS + ms, RAW_KINDS.index(kind), seq, kind)
        for kind, ids in given_streams.items()
        for ms, seq in ids
    ]
    return [(kind, EntryId(ms, seq)) for _, ms, _, seq, kind in sorted(rows)]


@settings(max_examples=150)
@given(streams(), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 8)), max_size=20))
def test_any_split_into_reads_gives_the_same_order(
    given_streams: Streams, reads: list[tuple[int, int]]
) -> None:
    """Live: the clock goes on, each read brings what has come by then, at most so many of a stream."""
    merger = Merger()
    reads_left = iter(reads)
    rest = {kind: list(ids) for kind, ids in given_streams.items()}
    taken: list[Entry] = []
    now = 0
    while now < 150 or any(rest.values()) or any(merger.held_count(kind) for kind in RAW_KINDS):
        milliseconds, most = next(reads_left, (30, 5))
        now += milliseconds
        for kind, ids in rest.items():
            there = [entry for entry in ids if entry[0] < now]
            page = there[:most]
            rest[kind] = ids[len(page) :]
            merger.feed(kind, entries(page), NOW_MS + now, len(there) > most)
        taken += merger.take(NOW_MS + now)
    assert order_of(taken) == expected(given_streams)
    assert exemptions_in(taken) == []


@settings(max_examples=100)
@given(streams(), st.integers(1, 6))
def test_the_record_projected_again_gives_the_same_order(given_streams: Streams, most: int) -> None:
    merger = Merger()
    rest = {kind: list(ids) for kind, ids in given_streams.items()}
    taken: list[Entry] = []
    for _ in range(60):
        for kind, ids in rest.items():
            page, rest[kind] = ids[:most], ids[most:]
            merger.feed(kind, entries(page), None, bool(rest[kind]))
        taken += merger.take(None)
    assert order_of(taken) == expected(given_streams)


@settings(max_examples=100)
@given(streams(), st.lists(st.tuples(st.integers(5, 30), st.integers(0, 6)), max_size=20))
def test_late_entries_come_again_where_they_came_first(
    given_streams: Streams, reads: list[tuple[int, int]]
) -> None:
    """Ids may be anything, as a producer may give its own: the order is that of the first time, for ever."""
    merger = Merger()
    rest = {kind: list(ids) for kind, ids in given_streams.items()}
    taken: list[Entry] = []
    now = 60
    reads_left = iter(reads)
    while any(rest.values()) or any(merger.held_count(kind) for kind in RAW_KINDS):
        milliseconds, count = next(reads_left, (10, 5))
        now += milliseconds
        for kind, ids in rest.items():
            page, rest[kind] = ids[:count], ids[count:]
            merger.feed(kind, entries(page), NOW_MS + now, False)
        taken += merger.take(NOW_MS + now)
    assert sorted(order_of(taken)) == sorted(expected(given_streams))
    again = Merger(0, exemptions_in(taken))
    for kind, ids in given_streams.items():
        again.feed(kind, entries(ids), None, False)
    assert again.take(None) == taken


def test_an_entry_waits_until_its_bucket_is_past() -> None:
    merger = Merger()
    merger.feed("reports", [(b"1000-0", {})], 1000, False)
    bucket = 1000 // BUCKET_MS
    assert merger.next_bucket() == bucket
    assert merger.take(1000 + BUCKET_MS - 1) == []
    assert merger.take(1000 + BUCKET_MS) == [Entry(bucket, 1000, 0, 0, "reports", 1000, {})]
    assert merger.next_bucket() is None


def test_a_stream_with_more_to_come_holds_back_the_others() -> None:
    merger = Merger()
    merger.feed("reports", [(b"1000-0", {}), (b"1050-0", {})], 2000, True)
    merger.feed("units", [(b"1100-0", {})], 2000, False)
    assert [entry.ms for entry in merger.take(2000)] == [1000]
    merger.feed("reports", [(b"1060-0", {})], 2000, False)
    assert [entry.ms for entry in merger.take(2000)] == [1050, 1060, 1100]


def test_an_id_far_ahead_is_not_waited_for() -> None:
    merger = Merger()
    merger.feed("reports", [(b"9000000-0", {})], 1000, False)
    (entry,) = merger.take(1020)
    last = 1000 // BUCKET_MS - 1
    assert (entry.bucket, entry.stamp_ms) == (last, last * BUCKET_MS)
    assert exemptions_in([entry]) == [Exemption("reports", entry.id, entry.id, last)]


def test_a_clock_that_was_set_back_does_not_stop_the_city() -> None:
    last = 2_500 // BUCKET_MS
    merger = Merger(last_bucket=last)
    merger.feed("reports", [(b"1000-0", {})], 1000, False)
    (entry,) = merger.take(1010)
    assert entry.bucket == last + 1


def test_an_entry_given_twice_is_applied_once() -> None:
    merger = Merger()
    merger.feed("reports", [(b"1000-0", {}), (b"1001-0", {})], 1001, False)
    merger.feed("reports", [(b"1000-0", {}), (b"1000-1", {})], 1001, False)
    assert [str(entry.id) for entry in merger.take(1020)] == ["1000-0", "1000-1", "1001-0"]


def test_an_exemption_comes_back_from_its_entry() -> None:
    exemption = Exemption("units", EntryId(5, 1), EntryId(7, 0), 12)
    entry = {name.encode(): value.encode() for name, value in exemption.to_entry().items()}
    assert Exemption.from_entry(entry) == exemption


@pytest.mark.parametrize("size", [10, 400_000])
def test_batches_are_whole_buckets_and_not_too_large(size: int) -> None:
    merger = Merger()
    for kind in RAW_KINDS:
        given_entries = [(b"%d-%d" % (ms, 0), {b"packed": b"x" * size}) for ms in range(1000, 1040, 4)]
        merger.feed(kind, given_entries, None, False)
    taken = merger.take(None)
    batches = list(in_batches(taken))
    assert [entry for batch in batches for entry in batch] == taken
    buckets = [{entry.bucket for entry in batch} for batch in batches]
    assert not any(one & other for one in buckets for other in buckets if one is not other)
    assert len(batches) == (1 if size == 10 else len({entry.bucket for entry in taken}))


def test_an_exemption_on_record_says_when_whatever_the_length_of_a_bucket() -> None:
    exemption = Exemption("units", EntryId(7, 0), EntryId(9, 3), NOW_MS // BUCKET_MS)
    entry = {name.encode(): value.encode() for name, value in exemption.to_entry().items()}
    assert entry[b"at_ms"] == str(NOW_MS).encode()
    assert Exemption.from_entry(entry) == exemption
    del entry[b"at_ms"]
    entry[b"bucket"] = str(NOW_MS // 10).encode()  # as it was written at first
    assert Exemption.from_entry(entry) == exemption
