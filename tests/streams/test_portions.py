"""Entries of megabytes are read a few at a time, small ones many."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.streams import portions
from dashboard.streams.backup import write_backup
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import Keys
from dashboard.streams.merge import Merger
from dashboard.streams.portions import Portion
from dashboard.streams.writer import Writer
from tests.streams.projecting import cases_of, project, rebuild_with, url_of
from tests.streams.small_city import now_ms, report

MOST = 500


def read(portion: Portion, size: int, more: bool = True) -> int:
    """How many are read next, after a page of entries of this size."""
    portion.note([size] * portion.count, more)
    return portion.count


def test_small_ones_are_soon_read_as_many_at_once_as_may_be() -> None:
    portion = Portion(MOST)
    assert portion.count == 16
    assert [read(portion, 200) for _ in range(6)] == [32, 64, 128, 256, MOST, MOST]


def test_the_largest_that_kite_packs_itself_are_no_reason_for_fewer() -> None:
    portion = Portion(MOST)
    assert [read(portion, 64_000) for _ in range(6)][-1] == MOST


def test_of_large_ones_as_many_as_fit_and_of_larger_ones_one_by_one() -> None:
    portion = Portion(MOST)
    assert read(portion, 10_000_000) == 3
    assert read(portion, 200_000_000) == 1
    assert [read(portion, 200) for _ in range(3)] == [2, 4, 8]


def test_it_grows_only_where_there_is_more_and_never_past_what_may_be() -> None:
    assert Portion(7).count == 7
    portion = Portion(MOST)
    assert read(portion, 200, more=False) == 16
    portion.note([], False)
    assert portion.count == 16


@pytest.mark.valkey
def test_a_backlog_of_large_entries_comes_in_portions(
    client: redis.Redis, keys: Keys, city: CityModel, writer: Writer, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """As a projector meets it that starts, one that makes the state anew, and a backup."""
    monkeypatch.setattr(portions, "BYTES_AT_ONCE", 100_000)
    large, small = 60, 300
    for number in range(large):
        writer.append("reports", report(f"large-{number}", now_ms(), 1, summary="x" * 50_000))
    for number in range(small):
        writer.append("reports", report(f"small-{number}", now_ms(), 1))
    reads: list[tuple[int, int]] = []
    feed = Merger.feed

    def noted(merger: Merger, kind: str, entries: Sequence[Any], *more: Any) -> None:
        reads.append((len(entries), sum(portions.sizes_of(entries))))
        feed(merger, kind, entries, *more)

    monkeypatch.setattr(Merger, "feed", noted)
    project(client, city)
    assert cases_of(client, keys) == {f"small-{number}" for number in range(small)}
    assert len(list(read_dead(client, keys, 1000))) == large
    check(reads)
    reads.clear()
    rebuild_with(client, keys, city)
    check(reads)
    with (tmp_path / "b").open("xb") as file, connect(url_of(client)) as own:
        assert write_backup(own, keys, file, {}).entries["reports"] == large + small


def check(reads: Sequence[tuple[int, int]]) -> None:
    """After the first few none was much larger than it may be, and small ones came many at once."""
    came = [size for _, size in reads if size]
    assert came[0] <= 16 * 51_000
    assert max(came[1:]) <= 101_000
    assert max(count for count, _ in reads) > 50
