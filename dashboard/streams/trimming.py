"""Keeping the raw streams of cameras and units from growing for ever, without losing what they say.

Before anything is trimmed, what is known of every camera or unit is appended as `checkpoint` entries, so
the record still gives the same state when it is projected again. Reports and commands are never trimmed.

Under a steady load there are always entries that are not applied yet. They stay, and may stand before a
checkpoint that does not know them: it only adds what is later than what is known.
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
_BEHIND = 200  # entries that are not applied yet: fewer are a steady load's, more must be applied first


def trim(
    client: redis.Redis, keys: Keys, ownership: Ownership, kind: str, projection: Projection,
    progress: Progress, longest: int,
) -> bool:  # fmt: skip
    """Trim the raw stream of `kind` to its newest `longest` entries if it is well over that; whether it was.

    All that `progress` says is applied must be in the state. Does nothing while many entries wait.
    """
    stream = keys.raw(kind)
    if client.xlen(stream) <= longest * _SLACK:
        return False
    unapplied: Any = client.xrange(stream, min=f"({progress.positions[kind]}", count=_BEHIND)
    if len(unapplied) >= _BEHIND:
        return False
    table = projection.cameras if kind == "cameras" else projection.units
    records = table.checkpoint()
    starts = range(0, len(records), RECORDS_PER_ENTRY)
    parts = [records[start : start + RECORDS_PER_ENTRY].tobytes() for start in starts]
    head = {SIMULATED: b"1"} if kind in projection.simulated else {}
    pipe = ownership.transaction()
    for part in parts:
        pipe.xadd(stream, as_fields({CHECKPOINT: part, **head}))
    # So many that neither what waits nor what comes meanwhile is trimmed, however few are to be kept.
    pipe.xtrim(stream, maxlen=max(longest, 2 * len(parts)) + len(unapplied), approximate=False)
    ownership.execute(pipe)
    return True
