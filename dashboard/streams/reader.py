"""What others read: web processes the snapshot, the changes and the feeds' ages; the simulator the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import redis
from numpy.typing import NDArray

from dashboard.domain.cases import Case
from dashboard.domain.settling import SHAPE, Counts
from dashboard.streams.case_book import decode_case
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import RAW_KINDS, Keys
from dashboard.streams.snapshots import PublishedSums, Snapshot, load_snapshot, read_sums
from dashboard.streams.state_store import SETTLED_CHUNK, from_chunks
from dashboard.streams.telemetry import CHUNK, Cameras, Units

__all__ = [
    "CaseVersion",
    "Known",
    "PublishedSums",
    "Snapshot",
    "case_versions",
    "changes_before",
    "feed_ages",
    "has_record",
    "known_ids",
    "load_known",
    "load_snapshot",
    "read_case",
    "read_cases",
    "read_changes",
    "read_settled",
    "read_sums",
]

Changes = list[tuple[str, bytes]]


def read_changes(
    client: redis.Redis, keys: Keys, after: str, block_ms: int | None = None, count: int | None = None
) -> Changes:
    """(position, frame) of the changes after a position, oldest first; empty after `block_ms` without any.

    `block_ms` None doesn't wait; 0 would wait for ever.
    """
    answer: Any = client.xread({keys.changes: after}, count=count, block=block_ms)
    return [_change(entry) for _, entries in answer for entry in entries]


def changes_before(client: redis.Redis, keys: Keys, position: str, count: int) -> Changes:
    """The last `count` changes up to and with a position, oldest first."""
    answer: Any = client.xrevrange(keys.changes, max=position, count=count)
    return [_change(entry) for entry in reversed(answer)]


def _change(entry: tuple[bytes, dict[bytes, bytes]]) -> tuple[str, bytes]:
    return entry[0].decode(), entry[1][b"frame"]


def feed_ages(client: redis.Redis, keys: Keys) -> dict[str, int | None]:
    """When the newest entry of each raw stream came, in milliseconds since 1970 UTC; None: none ever did.

    What has been applied of them stands in every frame's clock, as `positions`.
    """
    pipe = client.pipeline(transaction=False)
    for kind in RAW_KINDS:
        pipe.xrevrange(keys.raw(kind), count=1)
    answers: Any = pipe.execute()
    return {
        kind: EntryId.parse(entries[0][0]).ms if entries else None
        for kind, entries in zip(RAW_KINDS, answers, strict=True)
    }


def read_case(client: redis.Redis, keys: Keys, case_id: str) -> Case | None:
    """A case with its whole history as it was committed last, or None."""
    packed: Any = client.hget(keys.state("cases"), case_id)
    return None if packed is None else decode_case(packed)


def read_cases(client: redis.Redis, keys: Keys, ids: list[str]) -> list[Case]:
    """Those of the cases that there are, each as it was committed last."""
    packed: Any = client.hmget(keys.state("cases"), ids) if ids else []
    return [decode_case(data) for data in packed if data is not None]


class CaseVersion(NamedTuple):
    """The version of a case, and how many of its steps were Kite's own (see `overdue`)."""

    version: int
    escalated: int = 0

    @classmethod
    def of(cls, case: Case) -> CaseVersion:
        """That of a case as it stands."""
        return cls(case.version, sum(step.command == "escalate" for step in case.history))


def case_versions(client: redis.Redis, keys: Keys, ids: list[str]) -> dict[str, CaseVersion]:
    """Id → version of those of the cases that are open."""
    return {case.id: CaseVersion.of(case) for case in read_cases(client, keys, ids) if case.is_open}


def read_settled(client: redis.Redis, keys: Keys, first: int, last: int) -> Counts:
    """How the disputes of grids `first` to `last` (not with it) ended: `Settled.counts` of that slice."""
    chunks = range(first // SETTLED_CHUNK, -(-last // SETTLED_CHUNK))
    found: Any = client.hmget(keys.state("settled"), list(map(str, chunks)))
    held = {str(place).encode(): data for place, data in enumerate(found) if data is not None}
    counts = from_chunks(held, np.zeros((len(chunks) * SETTLED_CHUNK, *SHAPE), dtype="<i4"), SETTLED_CHUNK)
    return counts[first - chunks.start * SETTLED_CHUNK :][: last - first]


def has_record(client: redis.Redis, keys: Keys) -> bool:
    """Whether anything was ever reported."""
    return int(client.xlen(keys.raw("reports"))) > 0


def known_ids(client: redis.Redis, keys: Keys, ids: list[str]) -> set[str]:
    """Those of the ids of which the state has a case."""
    pipe = client.pipeline(transaction=False)
    for case_id in ids:
        pipe.hexists(keys.state("cases"), case_id)
    return {case_id for case_id, is_known in zip(ids, pipe.execute(), strict=True) if is_known}


@dataclass(frozen=True)
class Known:
    """What a simulator goes on from.

    `camera_status` u8[N] of `cameras.STATUSES`, `unit_state` u8[U] of `units.STATES`, `unit_xy` i32[U, 2]
    map units, `open_cases` in the order of their ids.
    """

    camera_status: NDArray[np.uint8]
    unit_state: NDArray[np.uint8]
    unit_xy: NDArray[np.int32]
    open_cases: tuple[Case, ...]


def load_known(client: redis.Redis, keys: Keys, city: CityModel) -> Known:
    """The state as it was committed last; where nothing is known, what a city begins with."""
    cameras = _columns(client, keys, "cameras", Cameras(city).columns)
    units = _columns(client, keys, "units", Units(city).columns)
    found: list[Case] = []
    cursor = 0
    while True:
        answer: Any = client.hscan(keys.state("cases"), cursor, count=5_000)
        cursor, page = answer
        # Most cases have ended long ago: look closely only at those that may be open.
        found += [decode_case(data) for data in page.values() if b'"closed_at_ms":null' in data]
        if cursor == 0:
            break
    cases = {case.id: case for case in found if case.is_open}
    return Known(
        cameras["status"].copy(),
        units["state"].copy(),
        np.stack([units["x"], units["y"]], axis=1),
        tuple(cases[case_id] for case_id in sorted(cases)),
    )


def _columns(client: redis.Redis, keys: Keys, part: str, first: NDArray[Any]) -> NDArray[Any]:
    chunks: Any = client.hgetall(keys.state(part))
    return from_chunks(chunks, first, CHUNK)
