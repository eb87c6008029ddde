"""What a web process starts from, in the hash `Keys.snapshot`, and how its fields are packed.

| field | holds |
|---|---|
| `generation` | changes when the state is made anew: what was read before is another history |
| `position` | id of the entry of `changes` up to which everything is included |
| `frame` | zlib of a frame (see `frame`) of all changing tables |
| `sums` | zlib of what the scores were computed from, below |

`sums` are little-endian: `i64 now_ms, i64 epoch_ms, i64 record_from_ms (-1: none), u32 families F,
u32 grids G`, then `i64 decaying[F, G]`, `i64 steady[F, G]`, `i64 critical[G]` of
`dashboard.domain.safety_index.GridSums`, as they were at the evaluation that the frame's scores come from.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import redis

from dashboard.domain.safety_index import GridSums
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys

_COMPRESSION = 1  # half a second's worth of CPU less than the default, for a tenth more bytes
_HEAD = struct.Struct("<qqqII")
NO_RECORD = -1


class Snapshot(NamedTuple):
    """Everything that screens know at a position of `changes`; `frame` is uncompressed."""

    position: str
    frame: bytes
    generation: str


@dataclass(frozen=True)
class PublishedSums:
    """What explains scores: `grids` at `now_ms`; `version` differs whenever they do."""

    version: str
    now_ms: int
    grids: GridSums


def pack_sums(sums: GridSums, now_ms: int) -> bytes:
    """The field `sums`."""
    families, grids = sums.decaying.shape
    record_from_ms = NO_RECORD if sums.record_from_ms is None else sums.record_from_ms
    head = _HEAD.pack(now_ms, sums.epoch_ms, record_from_ms, families, grids)
    arrays = (sums.decaying, sums.steady, sums.critical)
    return zlib.compress(
        head + b"".join(array.astype("<i8", copy=False).tobytes() for array in arrays), _COMPRESSION
    )


def unpack_sums(packed: bytes, version: str) -> PublishedSums:
    """What `pack_sums` packed."""
    data = zlib.decompress(packed)
    now_ms, epoch_ms, record_from_ms, families, grids = _HEAD.unpack_from(data)
    values = np.frombuffer(data, "<i8", offset=_HEAD.size).astype(np.int64)
    decaying, steady, critical = np.split(values, [families * grids, 2 * families * grids])
    shape = (families, grids)
    record = None if record_from_ms == NO_RECORD else record_from_ms
    sums = GridSums(epoch_ms, record, decaying.reshape(shape), steady.reshape(shape), critical)
    return PublishedSums(version, now_ms, sums)


def snapshot_fields(position: str, frame: bytes, sums: bytes) -> dict[str, str | bytes]:
    """The fields of the hash but for its generation."""
    return {"position": position, "frame": zlib.compress(frame, _COMPRESSION), "sums": sums}


def load_snapshot(client: redis.Redis, keys: Keys) -> Snapshot | None:
    """The latest snapshot, None when no projector has run yet."""
    fields: Any = client.hmget(keys.snapshot, "position", "frame", "generation")
    position, packed, generation = fields
    if position is None or packed is None:
        return None
    return Snapshot(position.decode(), zlib.decompress(packed), (generation or b"").decode())


def read_sums(client: redis.Redis, keys: Keys) -> PublishedSums:
    """The sums of the latest snapshot; raises `StreamsError` when no projector has run yet."""
    fields: Any = client.hmget(keys.snapshot, "position", "generation", "sums")
    *named, packed = fields
    if packed is None:
        raise StreamsError("There is no snapshot yet; start the projector.")
    return unpack_sums(packed, _version(*named))


def sums_version(client: redis.Redis, keys: Keys) -> str:
    """The version of the sums of the latest snapshot, without them; raises `StreamsError` as `read_sums`."""
    fields: Any = client.hmget(keys.snapshot, "position", "generation")
    return _version(*fields)


def _version(position: bytes | None, generation: bytes | None) -> str:
    if position is None:
        raise StreamsError("There is no snapshot yet; start the projector.")
    return f"{(generation or b'').decode()}@{position.decode()}"
