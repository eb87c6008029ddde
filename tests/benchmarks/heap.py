"""What a page's JavaScript heap holds, by kind, from V8's own snapshot of it.

The heap's size alone says little of growth: V8 compiles a function again when it has run more often, and
gives up what has not run for a while, so compiled code comes and goes for hours, bounded by the scripts there
are. The data that a page keeps has no such bound. Each look leaves some 600 bytes behind itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
from playwright.sync_api import CDPSession

CODE = "code"
"""V8's name for what it makes of scripts: bytecode, machine code, feedback, scopes."""


def bytes_by_kind(session: CDPSession) -> dict[str, float]:
    """Bytes of the live heap: of the page's data, and of V8's compiled code."""
    chunks: list[str] = []

    def take(event: dict[str, Any]) -> None:
        chunks.append(event["chunk"])

    session.on("HeapProfiler.addHeapSnapshotChunk", take)
    try:
        session.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    finally:
        session.remove_listener("HeapProfiler.addHeapSnapshotChunk", take)
    return sizes(orjson.loads("".join(chunks)))


def sizes(snapshot: dict[str, Any]) -> dict[str, float]:
    """The same, from a snapshot's JSON: a row of numbers per node, named by its own `meta`."""
    meta = snapshot["snapshot"]["meta"]
    fields = meta["node_fields"]
    nodes = np.array(snapshot["nodes"], dtype=np.int64).reshape(-1, len(fields))
    kind, size = nodes[:, fields.index("type")], nodes[:, fields.index("self_size")]
    is_code = kind == meta["node_types"][fields.index("type")].index(CODE)
    return {"data": float(size[~is_code].sum()), "code": float(size[is_code].sum())}
