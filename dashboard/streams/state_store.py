"""The state in Redis: written with everything else that a batch did in one transaction, and loaded back.

| hash | field → value |
|---|---|
| `state:meta` | `basis`, `position:<kind>`, `bucket:<lane>`, `clock_ms`, `evaluated_ms`, `simulated` |
| `state:cases` | id → JSON of the case |
| `state:cameras`, `state:units` | chunk number → records of `telemetry.CHUNK` of them; absent: as at first |
| `state:levels` | chunk number → levels of `LEVELS_CHUNK` regions, one byte each; absent: unknown |
| `state:settled` | chunk number → counts of `SETTLED_CHUNK` grids, i32 by path and result; absent: zeros |
| `state:trend` | hour → row (see `trend`) |

All of it follows from the record alone, to the byte. What is published is written here too, in the same
transaction, but is part of the record (see `published`): it is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray
from redis.client import Pipeline

from dashboard.streams.city import CityModel
from dashboard.streams.client import as_fields
from dashboard.streams.codecs import ZERO_ID, EntryId, Fields
from dashboard.streams.dead_letters import DeadLetter, count_again, count_fields, trim_dead
from dashboard.streams.keys import GROUP, LANE_OF, LANES, RAW_KINDS, Keys
from dashboard.streams.merge import Entry, exemptions_in
from dashboard.streams.outcome import Outcome
from dashboard.streams.ownership import Ownership
from dashboard.streams.projection import Projection
from dashboard.streams.published import entry_id, entry_of, read_published
from dashboard.streams.telemetry import CHUNK

LEVELS_CHUNK = 256
SETTLED_CHUNK = 8
"""Few: a dispute that ends is to cost no more bytes than its case."""
DEAD_MAX = 100_000
"""Dead letters kept, about."""


@dataclass
class Progress:
    """How far the record is applied: the last id of each raw stream, and the last bucket of each lane."""

    positions: dict[str, EntryId] = field(default_factory=lambda: dict.fromkeys(RAW_KINDS, ZERO_ID))
    buckets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LANES, 0))

    def after(self, entries: Iterable[Entry]) -> Progress:
        """The progress once these entries, in their order, are applied too."""
        positions, buckets = dict(self.positions), dict(self.buckets)
        for entry in entries:
            positions[entry.kind] = max(positions[entry.kind], entry.id)
            buckets[LANE_OF[entry.kind]] = entry.bucket
        return Progress(positions, buckets)

    def texts(self) -> dict[str, str]:
        """The positions as screens are told them: kind → id, without the streams that never had an entry."""
        return {kind: str(position) for kind, position in self.positions.items() if position != ZERO_ID}


class StateStore:
    """Reads and writes the state of one city. Only its owner may write; see `ownership`."""

    def __init__(
        self, client: redis.Redis, keys: Keys, city: CityModel, ownership: Ownership, changes_max: int
    ) -> None:
        self._client, self._keys, self._city, self._ownership = client, keys, city, ownership
        self._changes_max = changes_max
        self._levels: NDArray[np.uint8] = np.zeros(len(city.hierarchy), dtype=np.uint8)

    def load(self) -> tuple[Projection, Progress] | None:
        """The state as it was committed last; None when there is none, or one that rests on another basis."""
        projection = Projection(self._city)
        meta = self._hash("meta")
        if meta.get(b"basis", b"").decode() != self._city.basis:
            return None
        for number in ("clock_ms", "evaluated_ms"):
            setattr(projection, number, int(meta[number.encode()]))
        projection.simulated = {kind for kind in meta[b"simulated"].decode().split(",") if kind}
        cases: Any = self._client.hvals(self._keys.state("cases"))
        for packed in cases:
            projection.restore_case(packed)
        projection.cameras.restore(from_chunks(self._hash("cameras"), projection.cameras.columns, CHUNK))
        projection.units.restore(from_chunks(self._hash("units"), projection.units.columns, CHUNK))
        projection.levels = from_chunks(self._hash("levels"), projection.levels, LEVELS_CHUNK)
        settled = projection.settled
        settled.counts = from_chunks(self._hash("settled"), settled.counts, SETTLED_CHUNK)
        hours: Any = self._client.hkeys(self._keys.state("trend"))
        projection.hours = {int(hour) for hour in hours}
        projection.publications.restore(read_published(self._client, self._keys))
        projection.restore_evaluation()
        self._levels = projection.levels.copy()
        return projection, _progress(meta)

    def _hash(self, part: str) -> dict[bytes, bytes]:
        fields: Any = self._client.hgetall(self._keys.state(part))
        return dict(fields)

    def progress(self) -> Progress:
        """How far the record had been applied, also when the state itself is of another basis or gone."""
        meta = self._hash("meta")
        if meta:
            return _progress(meta)
        return Progress({kind: self._group_at(self._keys.raw(kind)) for kind in RAW_KINDS})

    def _group_at(self, stream: str) -> EntryId:
        """Where the consumer group stands, which is where the state stood when it was committed last."""
        try:
            groups: Any = self._client.xinfo_groups(stream)
        except redis.ResponseError:  # no such stream
            return ZERO_ID
        at = [group["last-delivered-id"] for group in groups if group["name"] == GROUP.encode()]
        return EntryId.parse(at[0]) if at else ZERO_ID

    def published(self) -> Iterator[Fields]:
        """The entries of all publications in their order."""
        return read_published(self._client, self._keys)

    def drop(self, target: Progress, generation: str) -> None:
        """Delete the state and what screens were told, but nothing of the record; begins a generation.

        How far the record is to be projected again stays in the meta hash, without a basis, so that a
        crash before `finish` begins again and loses nothing.
        """
        pipe = self._ownership.transaction()
        pipe.delete(*self._keys.states, self._keys.snapshot, self._keys.changes)
        pipe.hset(self._keys.state("meta"), mapping=as_fields({"basis": "", **_progress_fields(target)}))
        pipe.hset(self._keys.snapshot, "generation", generation)
        self._ownership.execute(pipe)
        self._levels = np.zeros(len(self._city.hierarchy), dtype=np.uint8)

    def commit(
        self, projection: Projection, progress: Progress, entries: Sequence[Entry], outcome: Outcome,
        frame: bytes,
    ) -> str:  # fmt: skip
        """Write everything that applying `entries` did, or nothing; the id of the entry of `changes`.

        Raises `NotOwner`.
        """
        keys = self._keys
        pipe = self._ownership.transaction()
        self._save(pipe, projection, outcome)
        pipe.hset(keys.state("meta"), mapping=_meta(projection, progress))
        self._move_groups(pipe, progress, entries)
        self._refuse(pipe, outcome, outcome.dead)
        if outcome.feeds:
            pipe.hset(keys.feeds, mapping=as_fields(outcome.feeds))
        pipe.xadd(keys.changes, {"frame": frame}, maxlen=self._changes_max, approximate=True)
        answers = self._ownership.execute(pipe)
        self._levels = projection.levels.copy()
        return str(answers[-1].decode())

    def save_again(self, projection: Projection, outcome: Outcome) -> None:
        """While the record is projected again: write the state, but for its meta hash.

        Letters stand in the dead-letter stream already, but for entries of which only today's rules
        say that nothing may be kept.
        """
        pipe = self._ownership.transaction()
        self._save(pipe, projection, outcome)
        self._refuse(pipe, outcome, [letter for letter in outcome.dead if letter.values is None])
        self._ownership.execute(pipe)
        self._levels = projection.levels.copy()

    def finish(self, projection: Projection, progress: Progress) -> None:
        """The record is projected again: from now on the state holds."""
        pipe = self._ownership.transaction()
        pipe.hset(self._keys.state("meta"), mapping=_meta(projection, progress))
        self._ownership.execute(pipe)

    def begin_counts(self) -> None:
        """Count the letters of a store that an earlier release wrote."""
        counts = count_again(self._client, self._keys)
        if counts:
            pipe = self._ownership.transaction()
            pipe.hset(self._keys.letter_counts, mapping=as_fields(counts))
            self._ownership.execute(pipe)

    def save_feeds(self, tallies: Mapping[str, bytes], forgotten: Sequence[str]) -> None:
        """Write what the last commits left unwritten of the feeds' tallies (see `feed_meter`)."""
        if not tallies and not forgotten:
            return
        pipe = self._ownership.transaction()
        if tallies:
            pipe.hset(self._keys.feeds, mapping=as_fields(tallies))
        if forgotten:
            pipe.hdel(self._keys.feeds, *forgotten)
        self._ownership.execute(pipe)

    def tell(self, frame: bytes) -> str:
        """Tell the screens this frame, without a change of the state; its id in `changes`."""
        pipe = self._ownership.transaction()
        pipe.xadd(self._keys.changes, {"frame": frame})
        return str(self._ownership.execute(pipe)[-1].decode())

    def last_told(self) -> str:
        """The id of the last entry of `changes`; 0-0 when there is none."""
        last: Any = self._client.xrevrange(self._keys.changes, count=1)
        return last[0][0].decode() if last else str(ZERO_ID)

    def _save(self, pipe: Pipeline, projection: Projection, outcome: Outcome) -> None:
        state = self._keys.state
        if outcome.cases:
            packed = projection.cases.packed
            cases: dict[Any, Any] = {case.id: packed(case) for case in outcome.cases.values()}
            pipe.hset(state("cases"), mapping=cases)
        for part, columns, numbers in (
            ("cameras", projection.cameras.columns, outcome.cameras),
            ("units", projection.units.columns, outcome.units),
        ):
            if len(numbers):
                pipe.hset(state(part), mapping=_chunks(columns, numbers, CHUNK))
        changed = np.flatnonzero(self._levels != projection.levels)
        if len(changed):
            pipe.hset(state("levels"), mapping=_chunks(projection.levels, changed, LEVELS_CHUNK))
        if outcome.settled:
            grids = np.fromiter(outcome.settled, dtype=np.int64)
            pipe.hset(state("settled"), mapping=_chunks(projection.settled.counts, grids, SETTLED_CHUNK))
        for publication in outcome.publications:
            entry: Any = entry_of(publication)
            pipe.xadd(self._keys.published, entry, id=entry_id(publication))
        if outcome.trend:
            rows: dict[Any, Any] = {str(hour): row for hour, row in outcome.trend.items()}
            pipe.hset(state("trend"), mapping=rows)
        if outcome.outdated_hours:
            pipe.hdel(state("trend"), *map(str, sorted(outcome.outdated_hours)))

    def _move_groups(self, pipe: Pipeline, progress: Progress, entries: Sequence[Entry]) -> None:
        for kind in sorted({entry.kind for entry in entries}):
            pipe.xgroup_setid(self._keys.raw(kind), GROUP, str(progress.positions[kind]))
        for exemption in exemptions_in(entries):
            pipe.xadd(self._keys.order, as_fields(exemption.to_entry()))

    def _refuse(self, pipe: Pipeline, outcome: Outcome, letters: Iterable[DeadLetter]) -> None:
        """Write the letters, and take out of the record what may not be kept there."""
        letters = list(letters)
        for letter in letters:
            pipe.xadd(self._keys.dead, as_fields(letter.to_entry()))
        for field_name, count in count_fields(letters).items():
            pipe.hincrby(self._keys.letter_counts, field_name, count)
        if letters:
            trim_dead(pipe, self._keys, DEAD_MAX)
        for kind, entry in dict.fromkeys(outcome.forget):
            pipe.xdel(self._keys.raw(kind), str(entry))
        for kind, fields in outcome.rewritten:
            pipe.xadd(self._keys.raw(kind), as_fields(fields))

    def save_snapshot(self, fields: Mapping[str, str | bytes]) -> None:
        """Put what web processes start from in place of the last one; see `snapshots`."""
        pipe = self._ownership.transaction()
        pipe.hset(self._keys.snapshot, mapping=as_fields(fields))
        self._ownership.execute(pipe)


def _meta(projection: Projection, progress: Progress) -> dict[Any, Any]:
    return {
        "basis": projection.city.basis,
        "clock_ms": str(projection.clock_ms),
        "evaluated_ms": str(projection.evaluated_ms),
        "simulated": ",".join(sorted(projection.simulated)),
        **_progress_fields(progress),
    }


def _progress_fields(progress: Progress) -> dict[str, str]:
    positions = {f"position:{kind}": str(position) for kind, position in progress.positions.items()}
    buckets = {f"bucket:{lane}": str(bucket) for lane, bucket in progress.buckets.items()}
    return {**buckets, **positions}


def _progress(meta: Mapping[bytes, bytes]) -> Progress:
    positions = {kind: EntryId.parse(meta[f"position:{kind}".encode()]) for kind in RAW_KINDS}
    earlier = meta.get(b"bucket", b"0")  # of a state that was written when all streams were one lane
    buckets = {lane: int(meta.get(f"bucket:{lane}".encode(), earlier)) for lane in LANES}
    return Progress(positions, buckets)


def _chunks(columns: NDArray[Any], numbers: NDArray[Any], size: int) -> dict[Any, Any]:
    """Chunk number → bytes of the chunks that hold these numbers."""
    chunks = np.unique(numbers // size).tolist()
    return {str(chunk): columns[chunk * size : (chunk + 1) * size].tobytes() for chunk in chunks}


def from_chunks(fields: Mapping[bytes, bytes], first: NDArray[Any], size: int) -> NDArray[Any]:
    """The columns that the fields of a hash hold, in place of what was there at `first`."""
    columns = first.copy()
    for chunk, data in fields.items():
        start = int(chunk) * size
        records = np.frombuffer(data, columns.dtype).reshape(-1, *columns.shape[1:])
        columns[start : start + len(records)] = records
    return columns
