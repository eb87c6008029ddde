"""Projecting the record again: the same entries in the same order, so the same state, byte for byte."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import redis

from dashboard.streams import data_version
from dashboard.streams.city import CityModel
from dashboard.streams.keys import LANES, RAW_KINDS, Keys
from dashboard.streams.merge import Entry, Exemption, Merger, in_batches
from dashboard.streams.ownership import Ownership
from dashboard.streams.portions import Portion, sizes_of
from dashboard.streams.projection import Projection
from dashboard.streams.state_store import Progress, StateStore

AT_ONCE = 500
Tell = Callable[[int, int], None]
"""Told (entries done, entries in all) now and then."""


class _Record:
    """The entries of a lane's streams up to given positions, in the order in which they were applied."""

    def __init__(self, client: redis.Redis, keys: Keys, target: Progress, kinds: Sequence[str]) -> None:
        self._client, self._keys, self._last = client, keys, target.positions
        exemptions: Any = client.xrange(keys.order)
        self.merger = Merger(0, [Exemption.from_entry(fields) for _, fields in exemptions], kinds)
        self._next = dict.fromkeys(kinds, "-")
        self._portions = {kind: Portion(AT_ONCE) for kind in kinds}
        self._unread = set(kinds)

    def __iter__(self) -> Iterator[list[Entry]]:
        starved = True
        while self._unread:
            for kind in sorted(self._unread):
                # A stream that runs far ahead of another is left alone, unless nothing moves without it.
                if starved or self.merger.held_count(kind) < AT_ONCE:
                    self._read(kind)
            entries = self.merger.take(None)
            starved = not entries
            if entries:
                yield entries

    def _read(self, kind: str) -> None:
        portion = self._portions[kind]
        page: Any = self._client.xrange(
            self._keys.raw(kind), min=self._next[kind], max=str(self._last[kind]), count=portion.count
        )
        more = len(page) == portion.count
        portion.note(sizes_of(page), more)
        if more:
            self._next[kind] = f"({page[-1][0].decode()}"
        else:
            self._unread.discard(kind)
        self.merger.feed(kind, page, None, more)


def project_again(
    client: redis.Redis, keys: Keys, city: CityModel, store: StateStore, tell: Tell = lambda done, total: None
) -> tuple[Projection, Progress]:
    """Drop the state and make it anew from the record, as far as that had been applied."""
    target = store.progress()
    store.drop(target, uuid.uuid4().hex[:16])
    projection = Projection(city)
    projection.publications.take_up(store.published())
    total = sum(int(client.xlen(keys.raw(kind))) for kind in RAW_KINDS)
    done = 0
    for lane, kinds in LANES.items():
        record = _Record(client, keys, target, kinds)
        for page in record:
            for entries in in_batches(page):
                store.save_again(projection, projection.apply(entries))
                done += len(entries)
                tell(done, total)
        target.buckets[lane] = max(target.buckets[lane], record.merger.last_bucket)
    store.finish(projection, target)
    return projection, target


def rebuild(
    client: redis.Redis, keys: Keys, city: CityModel, tell: Tell = lambda done, total: None
) -> Projection:
    """Drop the state of a city and project its record again; `tell` is told how far that is.

    `client` must have one connection only. Raises `NotOwner` while a projector is running for this city.
    """
    ownership = Ownership(client, keys)
    ownership.take(may_wait=lambda: False)
    try:
        data_version.insist(client, keys)
        store = StateStore(client, keys, city, ownership, changes_max=1)
        return project_again(client, keys, city, store, tell)[0]
    finally:
        ownership.release()
