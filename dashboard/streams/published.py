"""Publications of the index in the store: a stream of their own, part of the record.

| field | holds |
|---|---|
| `id` | the id of the command that published it |
| `head` | zlib of JSON: all of `publication.Head`, and `regions`, their number R |
| `body` | zlib of `u16 score[R]` in tenths, `u8 level[R]` as on the wire, `u8 reds[R]`, codes as lines |

The entry's id is the publication's number, as in `12-0`. The server takes none that is not larger than the
last: so a number is given once, and what has it never changes. Projecting the record again takes what is here
as it is: another formula or pack gives other scores of the past, but what was published was.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import fields as fields_of
from typing import Any

import numpy as np
import orjson
import redis

from dashboard.domain.publication import Cause, Head, Publication, Rectification, Standing
from dashboard.streams.codecs import Fields
from dashboard.streams.keys import Keys
from dashboard.streams.tables import LEVEL_CAPPED, LEVEL_HATCHED, LEVEL_MASK

_LISTS = frozenset({"rectifications", "left"})
_PLAIN = tuple(row.name for row in fields_of(Head) if row.name not in _LISTS)
_AT_ONCE = 50
_NO_ID = 2**64
"""The first number that no entry's id can have."""


def entry_of(publication: Publication) -> dict[str, bytes]:
    """The fields of its entry."""
    head, standing = publication.head, publication.standing
    plain = {name: getattr(head, name) for name in _PLAIN}
    rectifications = [_listed(item) for item in head.rectifications]
    said = {**plain, "left": head.left, "rectifications": rectifications, "regions": len(standing.codes)}
    level = (
        standing.level
        | np.where(standing.hatched, np.uint8(LEVEL_HATCHED), np.uint8(0))
        | np.where(standing.capped, np.uint8(LEVEL_CAPPED), np.uint8(0))
    )
    arrays = (standing.score.astype("<u2"), level.astype(np.uint8), standing.reds.astype(np.uint8))
    codes = "\n".join(standing.codes).encode()
    return {
        "id": head.id.encode(),
        "head": zlib.compress(orjson.dumps(said)),
        "body": zlib.compress(b"".join(array.tobytes() for array in arrays) + codes),
    }


def _listed(item: Rectification) -> list[Any]:
    return [*item[:-1], [list(cause) for cause in item.causes]]


def head_of(fields: Fields) -> Head:
    """The head of an entry's publication."""
    return _head(_said(fields))


def _said(fields: Fields) -> dict[str, Any]:
    return dict(orjson.loads(zlib.decompress(fields[b"head"])))


def _head(said: Mapping[str, Any]) -> Head:
    items = tuple(
        Rectification(*[*item[:-1], tuple(Cause(*cause) for cause in item[-1])])
        for item in said["rectifications"]
    )
    plain = {name: said[name] for name in _PLAIN}
    return Head(**plain, rectifications=items, left=tuple(said["left"]))


def publication_of(fields: Fields) -> Publication:
    """The publication of an entry."""
    said = _said(fields)
    head, count = _head(said), int(said["regions"])
    body = zlib.decompress(fields[b"body"])
    level = np.frombuffer(body, np.uint8, count, 2 * count)
    standing = Standing(
        body[4 * count :].decode().split("\n"),
        np.frombuffer(body, "<u2", count).astype(np.uint16),
        level & np.uint8(LEVEL_MASK),
        (level & LEVEL_HATCHED) != 0,
        (level & LEVEL_CAPPED) != 0,
        np.frombuffer(body, np.uint8, count, 3 * count).copy(),
    )
    return Publication(head, standing)


def read_publication(client: redis.Redis, keys: Keys, number: int) -> Publication | None:
    """The publication of that number, None where there is none."""
    if not 0 < number < _NO_ID:
        return None
    found: Any = client.xrange(keys.published, min=f"{number}-0", max=f"{number}-0")
    return publication_of(found[0][1]) if found else None


def last_number(client: redis.Redis, keys: Keys) -> int:
    """The number of the last publication; 0 where there is none."""
    try:
        known: Any = client.xinfo_stream(keys.published)
    except redis.ResponseError:  # no such stream
        return 0
    return int(known["last-generated-id"].partition(b"-")[0])


def read_published(client: redis.Redis, keys: Keys) -> Iterator[Fields]:
    """The entries of all publications in their order."""
    after = "-"
    while True:
        page: Any = client.xrange(keys.published, min=after, count=_AT_ONCE)
        yield from (fields for _, fields in page)
        if len(page) < _AT_ONCE:
            return
        after = f"({page[-1][0].decode()}"


def entry_id(publication: Publication) -> str:
    """The id of its entry."""
    return f"{publication.head.number}-0"
