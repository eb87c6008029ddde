"""Which cases leaders have instructed on or supervised, from the raw stream of commands: the record."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
import redis

from dashboard.domain.refused import Refused
from dashboard.streams.codecs import PACKED, Fields, unpack_objects
from dashboard.streams.keys import Keys

BY_LEADERS = ("instruct", "supervise")
"""The commands that are looked for."""
_BYTES = tuple(command.encode() for command in BY_LEADERS)


class Page(NamedTuple):
    """What a stretch of the stream held: the last entry's id, and case → when its last command came."""

    position: str
    cases: dict[str, int]
    is_last: bool


def supervised_cases(client: redis.Redis, keys: Keys, after: str, count: int = 500) -> Page:
    """The cases of such commands among the `count` entries after an id; whether they were carried out is not
    said: the case's own history tells.
    """
    entries: Any = client.xrange(keys.raw("commands"), min=f"({after}", count=count)
    cases: dict[str, int] = {}
    for entry_id, fields in entries:
        at_ms = int(entry_id.partition(b"-")[0])
        cases.update(dict.fromkeys(_cases_of(fields), at_ms))
    position = entries[-1][0].decode() if entries else after
    return Page(position, cases, len(entries) < count)


def _cases_of(fields: Fields) -> list[str]:
    """The cases of an entry's commands; none for one that can't be read, which was refused."""
    packed = fields.get(PACKED)
    if packed is None:
        is_one = fields.get(b"command") in _BYTES
        return [fields.get(b"case", b"").decode(errors="replace")] if is_one else []
    if not any(command in packed for command in _BYTES):
        return []
    try:
        objects = unpack_objects(fields)
    except (Refused, orjson.JSONDecodeError):
        return []
    told = [item for item in objects if isinstance(item, dict)]
    return [str(item.get("case", "")) for item in told if item.get("command") in BY_LEADERS]
