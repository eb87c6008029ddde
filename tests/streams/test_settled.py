"""The counts of settled disputes against all cases counted anew: always, after kills, after a rebuild."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboard.domain.case_record import Case
from dashboard.domain.settling import OPEN, PATHS, RESULTS, way_of
from dashboard.streams import reader
from dashboard.streams.case_book import decode_case
from dashboard.streams.city import CityModel
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.merge import BUCKET_MS, Entry
from dashboard.streams.projection import Projection
from dashboard.streams.state_store import SETTLED_CHUNK
from dashboard.streams.writer import Writer
from tests.streams.projecting import append_all, project, rebuild_with, state, url_of
from tests.streams.projector_process import start, starter
from tests.streams.small_city import START_MS, Casework, iso, make_city, now_ms, report

CITY = make_city()
At = tuple[str, dict[str, str]]


def counted(cases: Iterable[Case], grid_count: int) -> NDArray[np.int32]:
    """One by one, in the plainest way."""
    counts = np.zeros((grid_count, len(PATHS), len(RESULTS)), dtype=np.int32)
    for case in cases:
        way = way_of(case)
        if way is not None and way.result != OPEN:
            counts[case.grid, list(PATHS).index(way.path), list(RESULTS).index(way.result)] += 1
    return counts


def disputes(rng: np.random.Generator, count: int, at_ms: int, name: str = "c") -> list[At]:
    """Reports of ten cases, most of them disputes, and `count` commands and further reports."""
    casework = Casework(CITY, rng)
    entries: list[At] = []
    for number in range(10):
        fields = report(f"{name}{number}", at_ms, number % 4, CITY, type=("02", "0701", "theft")[number % 3])
        casework.open(fields, at_ms, number % 4)
        entries.append(("reports", fields))
    for number in range(count):
        moment = at_ms + number * 700
        if rng.random() < 0.05:
            fields = entries[int(rng.integers(10))][1] | {"occurred_at": iso(moment)}
            more = {"closed_at": iso(moment)} if rng.random() < 0.3 else {"type": "0200"}
            entries.append(("reports", fields | more))
        else:
            entries.append(("commands", casework.command(moment, number)))
    return entries


def bucket_entries(given: Sequence[At], at_ms: int, per_bucket: int) -> list[list[Entry]]:
    """The entries, so many to a bucket, in the order in which the projector gets them."""
    buckets = []
    for start_at in range(0, len(given), per_bucket):
        ms = at_ms + start_at * 700
        made = [
            Entry(ms // BUCKET_MS, ms, RAW_KINDS.index(kind), number, kind, ms,
                  {name.encode(): value.encode() for name, value in fields.items()})
            for number, (kind, fields) in enumerate(given[start_at : start_at + per_bucket])
        ]  # fmt: skip
        buckets.append(sorted(made))
    return buckets


@given(st.integers(0, 2**32), st.integers(20, 200), st.sampled_from([1, 3, 20]))
@settings(max_examples=40)
def test_the_projection_counts_what_all_its_cases_say(seed: int, count: int, per_bucket: int) -> None:
    """After every batch; and what a batch says has changed is all that has, so that the store misses none."""
    projection = Projection(CITY)
    stored = projection.settled.counts.copy()
    load = disputes(np.random.default_rng(seed), count, START_MS)
    for bucket in bucket_entries(load, START_MS, per_bucket):
        outcome = projection.apply(bucket)
        for grid in outcome.settled:
            stored[grid] = projection.settled.counts[grid]
        np.testing.assert_array_equal(stored, projection.settled.counts)
        np.testing.assert_array_equal(stored, counted(projection.cases, CITY.grid_count))
    sums = CITY.hierarchy.sum_to_regions(stored)
    for region in range(CITY.hierarchy.tier_start[4]):
        children = list(CITY.hierarchy.children(region))
        np.testing.assert_array_equal(sums[region], sums[children].sum(axis=0))


def test_such_loads_come_to_something() -> None:
    """The counts that are compared are not all zero: every path is gone, and results of every kind found."""
    projection = Projection(CITY)
    for seed in range(30):
        at_ms = START_MS + seed * 3_600_000
        load = disputes(np.random.default_rng(seed), 200, at_ms, f"s{seed}-")
        for bucket in bucket_entries(load, at_ms, 5):
            projection.apply(bucket)
    totals = projection.settled.counts.sum(axis=0)
    assert totals.sum() > 100
    assert (totals.sum(axis=1) > 0).all()
    assert (totals.sum(axis=0) > 0).all()


def check_store(client: redis.Redis, keys: Keys, city: CityModel) -> int:
    """The store's counts against its cases; how many disputes count."""
    packed: Any = client.hvals(keys.state("cases"))
    truth = counted(map(decode_case, packed), city.grid_count)
    np.testing.assert_array_equal(reader.read_settled(client, keys, 0, city.grid_count), truth)
    hierarchy = city.hierarchy
    for region in (0, 1, 5, 11, hierarchy.tier_start[4], len(hierarchy) - 1):
        low, high = int(hierarchy.grid_lo[region]), int(hierarchy.grid_hi[region])
        np.testing.assert_array_equal(reader.read_settled(client, keys, low, high), truth[low:high])
    return int(truth.sum())


@pytest.mark.valkey
def test_the_store_counts_what_its_cases_say_after_kills_and_rebuilds(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer
) -> None:
    context, rng = starter(), np.random.default_rng(7)
    for number in range(6):
        begun_ms = now_ms()
        process = start(context, url_of(client))
        for kind, fields in disputes(rng, 120, now_ms() - 90_000, f"k{number}-"):
            writer.append(kind, fields)
            time.sleep(0.0005)
        while client.xlen(keys.changes) == 0 and now_ms() < begun_ms + 30_000:
            time.sleep(0.01)
        process.kill()
        process.join()
    project(client, city)
    assert check_store(client, keys, city) > 10
    before = state(client, keys)
    rebuild_with(client, keys, city)
    assert state(client, keys) == before
    append_all(writer, disputes(rng, 120, now_ms() - 90_000, "after-"))
    project(client, city)  # from what was restored
    assert check_store(client, keys, city) > 10
    assert before[keys.state("settled")] != state(client, keys)[keys.state("settled")]


@pytest.mark.valkey
def test_a_region_reads_its_own_slice(client: redis.Redis, keys: Keys) -> None:
    """Whatever its borders are to those of the chunks, and where nothing was ever counted."""
    grids = 3 * SETTLED_CHUNK + 2
    counts = np.arange(grids * len(PATHS) * len(RESULTS), dtype="<i4").reshape(grids, len(PATHS), -1)
    for chunk in (0, 2, 3):
        rows = counts[chunk * SETTLED_CHUNK : (chunk + 1) * SETTLED_CHUNK]
        client.hset(keys.state("settled"), str(chunk), rows.tobytes())
    counts[SETTLED_CHUNK : 2 * SETTLED_CHUNK] = 0
    for low in range(grids):
        for high in (low + 1, min(low + SETTLED_CHUNK, grids), grids):
            np.testing.assert_array_equal(reader.read_settled(client, keys, low, high), counts[low:high])
