"""Reading the raw streams from where the state stands, in the order of `merge`, in two lanes.

Reports and commands are taken as soon as they are there. What cameras and units say is a lane of its own,
read at regular ticks: a report must not wait while thousands of states are parsed, and neither lane needs
the other.

What has been applied is said by the positions in the state alone, so the streams are read with XREAD: nobody
else's reading can take an entry away, and the server has nothing to write down for it, as it has for
XREADGROUP. A consumer group stands where the state does (see `StateStore.commit`): it tells operators how far
the projector is, and is where a state that was deleted by hand begins again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import redis

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import CASES, GROUP, LANES, RAW_KINDS, TELEMETRY, Keys
from dashboard.streams.merge import BUCKET_MS, Entry, Merger
from dashboard.streams.ownership import Ownership
from dashboard.streams.portions import Portion, sizes_of
from dashboard.streams.state_store import Progress

AT_ONCE = 500  # entries of a stream per read, at most (see `portions`)
TICK_MS = 20  # telemetry is read so often
_TICKS_WITHOUT = 5  # so many empty ones in a row, and the server is asked to wake us when anything comes


class Taken(NamedTuple):
    """The entries of complete buckets, by lane, each in its order."""

    cases: list[Entry]
    telemetry: list[Entry]


class _Lane:
    """Some of the raw streams, and what was read of them."""

    def __init__(self, kinds: Sequence[str], last_bucket: int) -> None:
        self.kinds = kinds
        self.merger = Merger(last_bucket, kinds=kinds)
        self._starved = True

    def wanted(self) -> list[str]:
        """What is to be read: a stream that runs far ahead is left alone, unless nothing moves without it."""
        held = self.merger.held_count
        few = [kind for kind in self.kinds if self._starved or held(kind) < AT_ONCE]
        return few or list(self.kinds)  # all run ahead: then none does

    def take(self, now_ms: int) -> list[Entry]:
        """What is complete."""
        taken = self.merger.take(now_ms)
        self._starved = not taken
        return taken


class Intake:
    """Gives out the entries of complete buckets, each once, in order."""

    def __init__(self, client: redis.Redis, keys: Keys, ownership: Ownership, progress: Progress) -> None:
        self._client, self._keys, self._ownership = client, keys, ownership
        self._after = dict(progress.positions)
        self._kinds = {keys.raw(kind).encode(): kind for kind in RAW_KINDS}
        self.lanes = {lane: _Lane(kinds, progress.buckets[lane]) for lane, kinds in LANES.items()}
        self._cases, self._telemetry = self.lanes[CASES], self.lanes[TELEMETRY]
        self._portion = Portion(AT_ONCE)
        self._empty_ticks = _TICKS_WITHOUT
        self._clock_ms: Callable[[], float] = lambda: time.time() * 1000
        self._telemetry_read_ms = 0.0

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

    def take(self, patience_ms: int, with_telemetry: bool = True) -> Taken:
        """What is complete in each lane; nothing after `patience_ms` in which nothing came.

        Telemetry is read once its tick is due, and only if it is asked for.
        """
        is_idle = self._empty_ticks >= _TICKS_WITHOUT
        self._pause(patience_ms, with_telemetry, is_idle)
        lanes = [self._cases]
        if with_telemetry and (is_idle or self._telemetry_due_ms() <= self._clock_ms()):
            lanes.append(self._telemetry)
        now_ms = self._read(lanes)
        taken = Taken(self._cases.take(now_ms), self._telemetry.take(now_ms) if len(lanes) > 1 else [])
        if any(taken):
            self._empty_ticks = 0
        elif len(lanes) > 1:
            self._empty_ticks += 1
        return taken

    @property
    def now_ms(self) -> int:
        """The server's clock, ms."""
        return int(self._clock_ms())

    @property
    def is_at_end(self) -> bool:
        """Whether all reports and commands that were there at the last read have been given out."""
        merger = self._cases.merger
        return not merger.has_more and not any(merger.held_count(kind) for kind in self._cases.kinds)

    def _telemetry_due_ms(self) -> float:
        return 0.0 if self._telemetry.merger.has_more else self._telemetry_read_ms + TICK_MS

    def _pause(self, patience_ms: int, with_telemetry: bool, is_idle: bool) -> None:
        """Return once there is something to take, or to look after."""
        if self._cases.merger.has_more:
            return
        wait_ms = float(patience_ms)
        if with_telemetry and not is_idle:
            wait_ms = min(wait_ms, self._telemetry_due_ms() - self._clock_ms())
        held = self._cases.merger.next_bucket()
        if held is not None:
            wait_ms = min(wait_ms, (held + 1) * BUCKET_MS - self._clock_ms())
        if wait_ms > BUCKET_MS:
            self._wait_for(RAW_KINDS if is_idle and with_telemetry else self._cases.kinds, int(wait_ms))
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

    def _read(self, lanes: Sequence[_Lane]) -> int:
        """Feed the lanes with what is new; the server's clock from before the read, ms."""
        wanted = [kind for lane in lanes for kind in lane.wanted()]
        pipe = self._client.pipeline(transaction=False)
        self._ownership.watch(pipe)
        pipe.time()
        asked = self._portion.count
        pipe.xread(self._places(wanted), count=asked)
        pipe.time()
        answers: Any = pipe.execute()
        _, holder, before, streams, after = answers
        self._ownership.check(holder)
        self._set_clock(*after)
        now_ms = int(before[0]) * 1000 + int(before[1]) // 1000
        read = {self._kinds[stream]: entries for stream, entries in streams}
        for lane in lanes:
            for kind in lane.kinds:
                found = read.get(kind, [])
                more = len(found) >= asked if kind in wanted else lane.merger.more(kind)
                self._feed(lane.merger, kind, found, now_ms, more)
        sizes = sizes_of(entry for found in read.values() for entry in found)
        self._portion.note(sizes, any(len(found) >= asked for found in read.values()))
        if self._telemetry in lanes:
            self._telemetry_read_ms = self._clock_ms()
        return now_ms

    def _feed(self, merger: Merger, kind: str, entries: list[Any], now_ms: int, more: bool) -> None:
        if entries:
            self._after[kind] = EntryId.parse(entries[-1][0])
        merger.feed(kind, entries, now_ms, more)

    def _set_clock(self, seconds: int, microseconds: int) -> None:
        ahead_ms = seconds * 1000 + microseconds / 1000 - time.monotonic() * 1000
        self._clock_ms = lambda: time.monotonic() * 1000 + ahead_ms
