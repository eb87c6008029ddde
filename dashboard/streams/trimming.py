"""Keeping the raw streams of cameras and units from growing for ever, without losing what they say.

Before anything is trimmed, what is known of every camera or unit is appended as `checkpoint` entries, so
the record still gives the same state when it is projected again. Reports and commands are never trimmed.
"""

from __future__ import annotations

from typing import Any

import redis

from dashboard.streams.client import as_fields
from dashboard.streams.codecs import CHECKPOINT, RECORDS_PER_ENTRY, SIMULATED
from dashboard.streams.keys import Keys
from dashboard.streams.ownership import Ownership
from dashboard.streams.projection import Projection
from dashboard.streams.state_store import Progress

KINDS = ("cameras", "units")
_SLACK = 1.1  # trimmed once the stream is this much over its length


def trim(
    client: redis.Redis, keys: Keys, ownership: Ownership, kind: str, projection: Projection,
    progress: Progress, longest: int,
) -> bool:  # fmt: skip
    """Trim the raw stream of `kind` to its newest `longest` entries if it is well over that; whether it was.

    Does nothing while the stream holds entries that are not applied, or gets one meanwhile.
    """
    stream = keys.raw(kind)
    if client.xlen(stream) <= longest * _SLACK:
        return False
    table = projection.cameras if kind == "cameras" else projection.units
    records = table.checkpoint()
    starts = range(0, len(records), RECORDS_PER_ENTRY)
    parts = [records[start : start + RECORDS_PER_ENTRY].tobytes() for start in starts]
    head = {SIMULATED: b"1"} if kind in projection.simulated else {}
    look = client.pipeline(transaction=False)
    look.xrevrange(stream, count=1)
    ownership.watch(look, stream)
    answers: Any = look.execute()
    ownership.check(answers[-1])
    if not answers[0] or answers[0][0][0].decode() != str(progress.positions[kind]):
        ownership.unwatch()
        return False
    pipe = ownership.transaction()
    for part in parts:
        pipe.xadd(stream, as_fields({CHECKPOINT: part, **head}))
    pipe.xtrim(stream, maxlen=max(longest, 2 * len(parts)), approximate=False)
    return ownership.attempt(pipe) is not None
