"""Appending to the raw streams: the one way in which everything of the project writes to the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from dashboard.streams.client import as_fields
from dashboard.streams.codecs import (
    OBJECTS_PER_ENTRY,
    PACKED,
    RECORDS,
    RECORDS_PER_ENTRY,
    SIMULATED,
    pack_objects,
)
from dashboard.streams.errors import NotReplicated, StreamsError
from dashboard.streams.keys import Keys

REPLICAS_WITHIN_MS = 3_000  # less than a web process waits for a reply
_BYTES_AT_ONCE = 4_000_000
_ENTRIES_AT_ONCE = 1_000
_DEFAULTS = {"lon": float("nan"), "lat": float("nan")}

Fields = Mapping[Any, Any]


class Writer:
    """Appends entries to the raw streams of one city; an id that is returned is that of an entry on disk.

    Nothing is sent twice behind the caller's back. When a reply is lost the client's own error
    (`client.LOST`) comes through: what was sent may or may not have been written, and whoever sends it
    again relies on ids of cases and commands, which are known by the projector. Whatever the server
    itself refuses (no memory left, read only) is a `StreamsError` with its words.

    With `wait_replicas` an id is returned only once so many replicas have the entry too (WAIT), so that it
    is there after the primary has died. Where they don't have it in time, `NotReplicated` is raised: it is
    written and will be applied unless a fail-over loses it, and is to be sent again as above.
    docs/backup.md says what that can't promise.
    """

    def __init__(self, client: redis.Redis, keys: Keys, wait_replicas: int = 0) -> None:
        self._client = client
        self._keys = keys
        self._wait_replicas = wait_replicas

    def reach(self) -> None:
        """Connect, unless there is a connection; what fails here has sent nothing, and raises `LOST`."""
        pool = self._client.connection_pool
        pool.release(pool.get_connection())

    def append(self, kind: str, fields: Mapping[str, str]) -> str:
        """Append one flat entry to the raw stream of `kind`; its id."""
        return self._append(kind, [fields])[0]

    def append_many(self, kind: str, entries: Sequence[Mapping[str, str]]) -> list[str]:
        """Append flat entries in their order, few round trips for many; their ids.

        When this raises, the first of them may be written and the rest not.
        """
        return self._append(kind, entries)

    def append_packed(
        self, kind: str, items: Sequence[Mapping[str, Any]] | NDArray[Any], simulated: bool = False
    ) -> list[str]:
        """Append many events in few entries; the entries' ids.

        `items`: for reports and commands flat mappings; for cameras and units records of
        `codecs.RECORDS[kind]`, or mappings with its names (`lon` and `lat` may be left out).
        Raises `ValueError` for records that don't have these names.
        """
        packed = _packed_records(kind, items) if kind in RECORDS else _packed_objects(items)
        head = {SIMULATED: b"1"} if simulated else {}
        return self._append(kind, [{PACKED: data, **head} for data in packed])

    def _append(self, kind: str, entries: Sequence[Fields]) -> list[str]:
        stream = self._keys.raw(kind)
        ids: list[str] = []
        for part in _in_parts(entries):
            pipeline = self._client.pipeline(transaction=False)
            for fields in part:
                pipeline.xadd(stream, as_fields(fields))
            if self._wait_replicas:  # on the same connection, whose writes it is about
                pipeline.wait(self._wait_replicas, REPLICAS_WITHIN_MS)
            # Not raised by the pipeline: its message would repeat the entry's values into a log.
            answers: list[Any] = pipeline.execute(raise_on_error=False)
            replicas = answers.pop() if self._wait_replicas else 0
            for answer in answers:
                if isinstance(answer, Exception):
                    raise StreamsError(f"The server does not take entries of {kind}: {answer}.") from answer
            self._insist_on_replicas(kind, replicas)
            ids += [answer.decode() for answer in answers]
        return ids

    def _insist_on_replicas(self, kind: str, replicas: Any) -> None:
        """Raises `NotReplicated`; `replicas`: what WAIT answered, which is an error when it was cut short."""
        known = replicas if isinstance(replicas, int) else 0
        if known < self._wait_replicas:
            raise NotReplicated(
                f"Entries of {kind} are written, but after {REPLICAS_WITHIN_MS / 1000:g} s on {known} of "
                f"{self._wait_replicas} replicas; send them again."
            )


def _in_parts(entries: Sequence[Fields]) -> Iterator[list[Fields]]:
    """The entries in runs that fit into one request each."""
    rest = iter(entries)
    while part := list(islice(rest, _ENTRIES_AT_ONCE)):
        start, size = 0, 0
        for place, fields in enumerate(part):
            size += sum(len(value) for value in fields.values())
            if size > _BYTES_AT_ONCE and place > start:
                yield part[start:place]
                start, size = place, 0
        yield part[start:]


def _packed_objects(items: Sequence[Mapping[str, Any]] | NDArray[Any]) -> list[bytes]:
    return [
        pack_objects(items[start : start + OBJECTS_PER_ENTRY])
        for start in range(0, len(items), OBJECTS_PER_ENTRY)
    ]


def _packed_records(kind: str, items: Sequence[Mapping[str, Any]] | NDArray[Any]) -> list[bytes]:
    records = _records(kind, items)
    return [
        records[start : start + RECORDS_PER_ENTRY].tobytes()
        for start in range(0, len(records), RECORDS_PER_ENTRY)
    ]


def _records(kind: str, items: Sequence[Mapping[str, Any]] | NDArray[Any]) -> NDArray[Any]:
    """The items as records, columns taken by name, never by place."""
    wanted = RECORDS[kind]
    names = wanted.names or ()
    records = np.zeros(len(items), dtype=wanted)
    if isinstance(items, np.ndarray):
        if set(items.dtype.names or ()) != set(names):
            raise ValueError(f"Records of {kind} have the fields {', '.join(names)}, not {items.dtype}.")
        for name in names:
            records[name] = items[name]
        return records
    for item in items:
        missing = [name for name in names if name not in item and name not in _DEFAULTS]
        unknown = [name for name in item if name not in names]
        if missing or unknown:
            raise ValueError(f"Records of {kind} have the fields {', '.join(names)}, not {', '.join(item)}.")
    for place, item in enumerate(items):
        records[place] = tuple(item.get(name, _DEFAULTS.get(name)) for name in names)
    return records
