"""Backups as somebody may have made them by hand, or as a disk gave them back."""

from __future__ import annotations

import gzip
import io
import json

from hypothesis import strategies as st

from dashboard.streams.backup_file import Sink
from tests.fuzz.values import JSON, NASTY, damaged

_BACKUP_HEAD = {"kite": "backup", "format": 1, "city": "990100", "data_version": 2}
_BACKUP_END = {"streams": {"reports": [1, "1-0"]}, "cases": 1, "at_ms": 1_795_000_000_000}
_TAGS = ("{990100}:", "{990100}:", "{110100}:", "")
_KEYS = ("reports", "accounts", "state:meta", "state:cases", "owner", "nonsense", "")


@st.composite
def backups_of_any_kind(draw: st.DrawFn) -> bytes:
    """A backup of some requests, with the right checksum or with bytes that were changed before packing."""
    head, end = dict(_BACKUP_HEAD), dict(_BACKUP_END)
    for told in (head, end):
        if draw(st.integers(0, 5)) == 0:
            told[draw(st.sampled_from(sorted(told)))] = draw(JSON)
    out = io.BytesIO()
    sink = Sink(out)
    sink.put("ECHO", json.dumps(head).encode(errors="replace"))
    for _ in range(draw(st.integers(0, 3))):
        key = draw(st.sampled_from(_TAGS)) + draw(st.sampled_from(_KEYS))
        words = draw(st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=4))
        command = draw(st.sampled_from(["XADD", "XADD", "SET", "HSET", "FLUSHALL", "ECHO", "xadd", ""]))
        sink.put(command, key, *(word.encode(errors="replace") for word in words))
    try:
        sink.close(end)
    except TypeError:  # what orjson does not write can't be told either
        sink.close(_BACKUP_END)
    data = out.getvalue()
    if draw(st.integers(0, 2)) == 0:
        data = gzip.compress(draw(damaged(gzip.decompress(data))), 1)
    return draw(damaged(data))
