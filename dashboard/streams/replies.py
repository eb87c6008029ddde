"""Entries as the server replies with them, in full: a field given twice has two values.

The client's own parsing keeps one value per name. What it drops would be looked at by nobody, and stay in the
record: so the values of a repeated name are joined, by a character that no value may have.
"""

from __future__ import annotations

from typing import Any

import redis

JOINED = b"\x00"
Entries = list[tuple[bytes, dict[bytes, bytes] | None]]


def keep_every_value(client: redis.Redis) -> None:
    """Let this client read entries of the raw streams in full."""
    for command, parse in (("XREAD", _read), ("XRANGE", _range)):
        client.set_response_callback(command, parse)


def _read(reply: Any, **options: Any) -> list[list[Any]]:
    return [[stream, _range(entries)] for stream, entries in reply or ()]


def _range(reply: Any, **options: Any) -> Entries:
    return [(entry_id, None if flat is None else _fields(flat)) for entry_id, flat in reply or ()]


def _fields(flat: list[bytes]) -> dict[bytes, bytes]:
    names, values = flat[::2], flat[1::2]
    fields = dict(zip(names, values, strict=True))
    if len(fields) < len(names):
        for name in fields:
            given = (value for other, value in zip(names, values, strict=True) if other == name)
            fields[name] = JOINED.join(given)
    return fields
