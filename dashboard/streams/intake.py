"""Reading the raw streams from where the state stands, in the one order of `merge`.

Reports and commands are taken as soon as they are there; states of cameras and positions of units wait for
the next of those, or for the next of regular ticks, because each commit costs the same however much it holds
and screens show them once a second.

What has been applied is said by the positions in the state alone, so the streams are read with XREAD: nobody
else's reading can take an entry away, and the server has nothing to write down for it, as it has for
XREADGROUP. A consumer group stands where the state does (see `StateStore.commit`): it tells operators how far
the projector is, and is where a state that was deleted by hand begins again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import redis

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import GROUP, RAW_KINDS, Keys
from dashboard.streams.merge import BUCKET_MS, Entry, Merger
from dashboard.streams.ownership import Ownership
from dashboard.streams.state_store import Progress

AT_ONCE = 500  # entries of a stream per read; a packed one may hold 64 kB
URGENT = ("reports", "commands")
TICK_MS = 20  # what is not urgent is taken so often
_TICKS_WITHOUT = 5  # so many empty ones in a row, and the server is asked to wake us when anything comes


class Intake:
    """Gives out the entries of complete buckets, each once, in order."""

    def __init__(self, client: redis.Redis, keys: Keys, ownership: Ownership, progress: Progress) -> None:
        self._client, self._keys, self._ownership = client, keys, ownership
        self._after = dict(progress.positions)
        self._kinds = {keys.raw(kind).encode(): kind for kind in RAW_KINDS}
        self.merger = Merger(progress.bucket)
        self._starved = True
        self._empty_ticks = _TICKS_WITHOUT
        self._clock_ms: Callable[[], float] = lambda: time.time() * 1000
        self._read_ms = 0.0

    def begin(self) -> None:
        """Make the groups, and put them where the state stands."""
        for kind in RAW_KINDS:
            stream = self._keys.raw(kind)
            try:
                self._client.xgroup_create(stream, GROUP, id="0", mkstream=True)
            except redis.ResponseError as problem:
                if not str(problem).startswith("BUSYGROUP"):
                    raise
            consumers: Any = self._client.xinfo_consumers(stream, GROUP)
            for consumer in consumers:  # somebody read through our group: nothing of it is pending
                self._client.xgroup_delconsumer(stream, GROUP, consumer["name"])
            self._client.xgroup_setid(stream, GROUP, str(self._after[kind]))

    def take(self, patience_ms: int) -> list[Entry]:
        """The entries of all buckets that are complete; none after `patience_ms` in which nothing came."""
        self._pause(patience_ms)
        taken = self.merger.take(self._read())
        self._starved = not taken
        self._empty_ticks = 0 if taken else self._empty_ticks + 1
        return taken

    @property
    def now_ms(self) -> int:
        """The server's clock, ms."""
        return int(self._clock_ms())

    @property
    def is_at_end(self) -> bool:
        """Whether all that was there at the last read has been given out."""
        return not self.merger.has_more and not any(self.merger.held_count(kind) for kind in URGENT)

    def _pause(self, patience_ms: int) -> None:
        """Return once there is something to take, or to look after."""
        if self.merger.has_more:
            return
        is_idle = self._empty_ticks >= _TICKS_WITHOUT
        kinds = RAW_KINDS if is_idle else URGENT
        until_ms = self._read_ms + (patience_ms if is_idle else TICK_MS)
        held = self.merger.next_bucket(kinds)
        if held is not None:
            until_ms = min(until_ms, (held + 1) * BUCKET_MS)
        wait_ms = min(until_ms - self._clock_ms(), patience_ms)
        if wait_ms > BUCKET_MS:
            self._wait_for(kinds, int(wait_ms))
        elif wait_ms > 0:
            time.sleep(wait_ms / 1000)

    def _wait_for(self, kinds: Sequence[str], block_ms: int) -> None:
        """Let the server wait for an entry of these streams; return when its bucket is complete."""
        streams: Any = self._client.xread(self._places(kinds), count=1, block=block_ms)
        if streams:
            newest_ms = max(EntryId.parse(entries[-1][0]).ms for _, entries in streams)
            wait_ms = newest_ms + BUCKET_MS - self._clock_ms()
            time.sleep(min(max(wait_ms, 0), BUCKET_MS) / 1000)

    def _places(self, kinds: Iterable[str]) -> dict[Any, Any]:
        """The streams with the id after which each is to be read."""
        return {self._keys.raw(kind): str(self._after[kind]) for kind in kinds}

    def _read(self) -> int:
        """Feed the merger with what is new; the server's clock from before the read, ms."""
        # A stream that runs far ahead of another is left alone, unless nothing moves without it.
        wanted = [kind for kind in RAW_KINDS if self._starved or self.merger.held_count(kind) < AT_ONCE]
        wanted = wanted or list(RAW_KINDS)  # all run ahead: then none does, and a read needs a stream
        pipe = self._client.pipeline(transaction=False)
        self._ownership.watch(pipe)
        pipe.time()
        pipe.xread(self._places(wanted), count=AT_ONCE)
        pipe.time()
        answers: Any = pipe.execute()
        _, holder, before, streams, after = answers
        self._ownership.check(holder)
        self._set_clock(*after)
        now_ms = int(before[0]) * 1000 + int(before[1]) // 1000
        read = {self._kinds[stream]: entries for stream, entries in streams}
        for kind in RAW_KINDS:
            entries = read.get(kind, [])
            if entries:
                self._after[kind] = EntryId.parse(entries[-1][0])
            more = len(entries) >= AT_ONCE if kind in wanted else self.merger.more(kind)
            self.merger.feed(kind, entries, now_ms, more)
        return now_ms

    def _set_clock(self, seconds: int, microseconds: int) -> None:
        self._read_ms = seconds * 1000 + microseconds / 1000
        ahead_ms = self._read_ms - time.monotonic() * 1000
        self._clock_ms = lambda: time.monotonic() * 1000 + ahead_ms
