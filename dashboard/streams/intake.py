"""Reading the raw streams as the one consumer that counts, in the one order of `merge`.

The consumer group tells operators what is pending and how far behind the projector is. What has been
applied is said by the positions in the state alone: reading begins after them, whatever the group thinks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis

from dashboard.streams.codecs import EntryId, Fields
from dashboard.streams.keys import GROUP, RAW_KINDS, Keys
from dashboard.streams.merge import BUCKET_MS, Entry, Merger
from dashboard.streams.ownership import Ownership
from dashboard.streams.state_store import Progress

AT_ONCE = 500  # entries of a stream per read; a packed one may hold 64 kB
_TICKS_WITHOUT = 5  # so many empty buckets in a row, and the server is asked to wake us when something comes
Read = list[tuple[bytes, Fields]]


class Intake:
    """Gives out the entries of complete buckets, each once, in order."""

    def __init__(self, client: redis.Redis, keys: Keys, ownership: Ownership, progress: Progress) -> None:
        self._client, self._keys, self._ownership = client, keys, ownership
        self._consumer = ownership.token
        self._after = progress.positions
        self._kinds = {keys.raw(kind).encode(): kind for kind in RAW_KINDS}
        self.merger = Merger(progress.bucket)
        self._starved = True
        self._empty_ticks = _TICKS_WITHOUT
        self._clock_ms: Callable[[], float] = lambda: time.time() * 1000

    def begin(self) -> None:
        """Make the groups, and let them give out again what was delivered but not applied."""
        for kind in RAW_KINDS:
            stream = self._keys.raw(kind)
            try:
                self._client.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except redis.ResponseError as problem:
                if not str(problem).startswith("BUSYGROUP"):
                    raise
            consumers: Any = self._client.xinfo_consumers(stream, GROUP)
            for consumer in consumers:
                self._client.xgroup_delconsumer(stream, GROUP, consumer["name"])
            self._client.xgroup_setid(stream, GROUP, str(self._after[kind]))

    def take(self, patience_ms: int) -> list[Entry]:
        """The entries of all buckets that are complete; none after `patience_ms` in which nothing came."""
        now_ms = self._read(self._wait(patience_ms))
        taken = self.merger.take(now_ms)
        self._starved = not taken
        self._empty_ticks = 0 if taken else self._empty_ticks + 1
        return taken

    def _wait(self, patience_ms: int) -> int | None:
        """Sleep until the bucket at hand is complete, or say how long the server may block meanwhile."""
        if self.merger.has_more:
            return None
        bucket = self.merger.next_bucket
        if bucket is None and self._empty_ticks >= _TICKS_WITHOUT:
            return patience_ms
        if bucket is None:  # being woken by its first entry would cost a read more for every bucket
            bucket = int(self._clock_ms() // BUCKET_MS)
        rest_ms = (bucket + 1) * BUCKET_MS - self._clock_ms()
        if rest_ms > BUCKET_MS:
            return min(int(rest_ms), patience_ms)
        if rest_ms > 0:
            time.sleep(rest_ms / 1000)
        return None

    def _read(self, block_ms: int | None) -> int:
        """Feed the merger with what is new; the server's clock from before the read."""
        # A stream that runs far ahead of another is left alone, unless nothing moves without it.
        wanted = [kind for kind in RAW_KINDS if self._starved or self.merger.held_count(kind) < AT_ONCE]
        wanted = wanted or list(RAW_KINDS)  # all run ahead: then none does, and a read needs a stream
        pipe = self._client.pipeline(transaction=False)
        self._ownership.watch(pipe)
        pipe.time()
        new: dict[Any, Any] = {self._keys.raw(kind): ">" for kind in wanted}
        pipe.xreadgroup(GROUP, self._consumer, new, count=AT_ONCE, block=block_ms)
        for kind in RAW_KINDS:
            pipe.xpending(self._keys.raw(kind), GROUP)
        pipe.time()
        answers: Any = pipe.execute()
        _, holder, before, streams, *pending, after = answers
        self._ownership.check(holder)
        self._set_clock(*after)
        read: dict[str, Read] = {self._kinds[stream]: entries for stream, entries in streams}
        now_ms = int(before[0]) * 1000 + int(before[1]) // 1000
        for kind, summary in zip(RAW_KINDS, pending, strict=True):
            entries = read.get(kind, [])
            more = len(entries) >= AT_ONCE if kind in wanted else self.merger.more(kind)
            if any(consumer["name"].decode() != self._consumer for consumer in summary["consumers"]):
                entries = self._claim(kind, entries)
            self.merger.feed(kind, entries, now_ms, more)
        return now_ms

    def _claim(self, kind: str, entries: Read) -> Read:
        """With what another consumer was given: a projector that hangs or died while it waited for entries.

        It was given them before we were given later ones, so they are all here in time.
        """
        claimed: dict[EntryId, tuple[bytes, Fields]] = {EntryId.parse(entry[0]): entry for entry in entries}
        start: bytes | str = "0-0"
        while True:
            answer: Any = self._client.xautoclaim(
                self._keys.raw(kind), GROUP, self._consumer, min_idle_time=0, start_id=start, count=AT_ONCE
            )
            start = answer[0]
            claimed |= {EntryId.parse(entry[0]): entry for entry in answer[1] if entry[1] is not None}
            if start in (b"0-0", "0-0"):
                return [claimed[entry] for entry in sorted(claimed) if entry > self._after[kind]]

    def _set_clock(self, seconds: int, microseconds: int) -> None:
        ahead_ms = seconds * 1000 + microseconds / 1000 - time.monotonic() * 1000
        self._clock_ms = lambda: time.monotonic() * 1000 + ahead_ms
