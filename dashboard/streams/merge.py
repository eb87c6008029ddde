"""The one order of the entries of some streams, the same however they were read.

Entries are grouped in buckets of 1 ms of their id's time; a bucket is complete once the server's clock
has passed it, because ids never go back. Inside a bucket the order is (milliseconds, stream, sequence).

An id can still lie outside its time: given by a producer, or made while the server's clock was set back
or ahead. Such an entry is put into the first bucket that is still open, and an `Exemption` says so, which
the projector writes beside the record: so projecting the record again gives the same order again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from dashboard.streams.codecs import EntryId, Fields
from dashboard.streams.keys import RAW_KINDS

BUCKET_MS = 1  # what an entry waits at most to be complete; part of `CityModel.basis`
AHEAD_MS = 5_000  # an id further ahead of the server's clock than this is not waited for
BATCH_BYTES = 1_000_000  # some 5,000 reports, 60,000 camera records
_ORDER = {kind: number for number, kind in enumerate(RAW_KINDS)}


class Entry(NamedTuple):
    """One entry in its place. Tuples compare in the order in which entries are applied.

    `stamp_ms` is the stream's time, by which "in the future" is judged: the id's, or for an exempted
    entry its bucket's.
    """

    bucket: int
    ms: int
    order: int
    seq: int
    kind: str
    stamp_ms: int
    fields: Fields

    @property
    def id(self) -> EntryId:
        """The entry's id in its stream."""
        return EntryId(self.ms, self.seq)


class Exemption(NamedTuple):
    """Entries `first` to `last` of a stream that are applied in `bucket`, not in that of their ids."""

    kind: str
    first: EntryId
    last: EntryId
    bucket: int

    def to_entry(self) -> dict[str, str]:
        """The fields of its entry in the order stream."""
        first, last = str(self.first), str(self.last)
        return {"stream": self.kind, "first": first, "last": last, "at_ms": str(self.bucket * BUCKET_MS)}

    @classmethod
    def from_entry(cls, entry: Mapping[bytes, bytes]) -> Exemption:
        """The exemption that `to_entry` wrote, or wrote when it gave the number of a bucket of 10 ms."""
        at_ms = int(entry[b"at_ms"]) if b"at_ms" in entry else int(entry[b"bucket"]) * 10
        return cls(
            entry[b"stream"].decode(),
            EntryId.parse(entry[b"first"]),
            EntryId.parse(entry[b"last"]),
            at_ms // BUCKET_MS,
        )


class Merger:
    """Holds what was read until its bucket is complete, and gives it out in the one order."""

    def __init__(
        self,
        last_bucket: int = 0,
        exemptions: Iterable[Exemption] = (),
        kinds: Sequence[str] = RAW_KINDS,
    ) -> None:
        """`last_bucket`: the last bucket of which something was applied; `exemptions`: those on record.

        `kinds`: the streams that are merged; exemptions of others are none of its business.
        """
        self.last_bucket = last_bucket
        self._held: dict[str, list[Entry]] = {kind: [] for kind in kinds}
        self._more: dict[str, bool] = dict.fromkeys(kinds, False)
        self._known: dict[str, list[Exemption]] = {kind: [] for kind in kinds}
        for exemption in exemptions:
            if exemption.kind in self._known:
                self._known[exemption.kind].append(exemption)
        for known in self._known.values():
            known.sort(key=lambda exemption: exemption.last)
        self._lasts = {kind: [known.last for known in rows] for kind, rows in self._known.items()}

    def feed(
        self, kind: str, entries: Sequence[tuple[bytes, Fields]], now_ms: int | None, more: bool
    ) -> None:
        """Take entries as the client gives them: (id, fields), in the stream's order.

        `now_ms`: the server's clock before the read, None when the record is projected again. `more`: the
        stream holds further entries, so what it will bring for the last bucket is not all here yet.
        """
        held = self._held[kind]
        order = _ORDER[kind]
        in_order = not held or not entries or EntryId.parse(entries[0][0]) > held[-1].id
        for raw_id, fields in entries:
            ms_text, _, seq_text = raw_id.partition(b"-")
            ms, seq = int(ms_text), int(seq_text)
            bucket = self._place(kind, ms, seq, now_ms)
            held.append(Entry(bucket, ms, order, seq, kind, _stamp(bucket, ms), fields))
        if not in_order:
            held = sorted({entry.id: entry for entry in held}.values(), key=lambda entry: entry.id)
        self._held[kind] = _never_before_the_last(held)
        self._more[kind] = more

    def _place(self, kind: str, ms: int, seq: int, now_ms: int | None) -> int:
        natural = ms // BUCKET_MS
        if now_ms is None:
            return self._on_record(kind, EntryId(ms, seq), natural)
        late = natural <= self.last_bucket
        if late or ms > now_ms + AHEAD_MS:
            return max(now_ms // BUCKET_MS - 1, self.last_bucket + 1)
        return natural

    def _on_record(self, kind: str, entry: EntryId, natural: int) -> int:
        known = self._known[kind]
        place = bisect_left(self._lasts[kind], entry)
        return known[place].bucket if place < len(known) and known[place].first <= entry else natural

    def take(self, now_ms: int | None) -> list[Entry]:
        """The entries of all complete buckets, in order; `now_ms` as for `feed`."""
        ready = self._complete(now_ms)
        taken: list[Entry] = []
        for kind, held in self._held.items():
            count = _count_up_to(held, ready)
            taken += held[:count]
            self._held[kind] = held[count:]
        taken.sort()
        if taken:
            self.last_bucket = taken[-1].bucket
        return taken

    def _complete(self, now_ms: int | None) -> int | None:
        """The last complete bucket; None when all are."""
        limits = []
        if now_ms is not None:
            now = now_ms // BUCKET_MS
            # A clock that was set back must not stop the city until it has caught up.
            limits.append(self.last_bucket + 1 if now < self.last_bucket else now - 1)
        for kind, more in self._more.items():
            if more and self._held[kind]:
                limits.append(self._held[kind][-1].bucket - 1)
            elif more:
                limits.append(-1)
        return min(limits) if limits else None

    def next_bucket(self) -> int | None:
        """The first bucket that something held waits for; None when nothing is held."""
        return min((held[0].bucket for held in self._held.values() if held), default=None)

    @property
    def has_more(self) -> bool:
        """Whether some stream holds further entries that were not fed yet."""
        return any(self._more.values())

    def more(self, kind: str) -> bool:
        """Whether this stream holds further entries that were not fed yet."""
        return self._more[kind]

    def held_count(self, kind: str) -> int:
        """How many entries of a stream wait for their bucket to be complete."""
        return len(self._held[kind])


def _stamp(bucket: int, ms: int) -> int:
    return ms if bucket == ms // BUCKET_MS else bucket * BUCKET_MS


def _never_before_the_last(entries: list[Entry]) -> list[Entry]:
    """A stream's own order is never changed: no entry is in an earlier bucket than the one before it."""
    bucket = 0
    for place, entry in enumerate(entries):
        if entry.bucket < bucket:
            entries[place] = entry._replace(bucket=bucket, stamp_ms=_stamp(bucket, entry.ms))
        bucket = entries[place].bucket
    return entries


def _count_up_to(held: list[Entry], bucket: int | None) -> int:
    return len(held) if bucket is None else bisect_right(held, bucket, key=lambda entry: entry.bucket)


def size_of(entry: Entry) -> int:
    """Bytes of an entry's values."""
    return sum(map(len, entry.fields.values()))


def in_batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries, in order, in parts of whole buckets that are small enough to be committed at once."""
    batch: list[Entry] = []
    size = 0
    for _, bucket in groupby(entries, key=lambda entry: entry.bucket):
        added = list(bucket)
        batch += added
        size += sum(map(size_of, added))
        if size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def exemptions_in(entries: Iterable[Entry]) -> list[Exemption]:
    """The exemptions that must go on record with these applied entries (one stream's are contiguous)."""
    runs: dict[tuple[str, int], Exemption] = {}
    for entry in entries:
        if entry.bucket != entry.ms // BUCKET_MS:
            alone = Exemption(entry.kind, entry.id, entry.id, entry.bucket)
            run = runs.get((entry.kind, entry.bucket), alone)
            first, last = min(run.first, entry.id), max(run.last, entry.id)
            runs[entry.kind, entry.bucket] = run._replace(first=first, last=last)
    return sorted(runs.values())
