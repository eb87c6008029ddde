"""All cases of the state read in pages, and those that changed: for whoever keeps a copy of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import redis

from dashboard.streams.keys import Keys

PAGE = 100
"""Cases asked for at once, about: what is read of them takes a page some milliseconds."""


def scan_cases(client: redis.Redis, keys: Keys) -> Iterator[list[tuple[str, bytes]]]:
    """Pages of (id, case as `case_book.encode_case` wrote it) until all have been read.

    A case that was there from beginning to end is in one page at least, in a form that it had meanwhile.
    """
    cursor = 0
    while True:
        answer: Any = client.hscan(keys.state("cases"), cursor, count=PAGE)
        cursor, page = answer
        yield [(case_id.decode(), data) for case_id, data in page.items()]
        if cursor == 0:
            return


def packed_cases(client: redis.Redis, keys: Keys, ids: Sequence[str]) -> list[tuple[str, bytes]]:
    """(id, case) of those of the cases that there are, as they were committed last."""
    found: Any = client.hmget(keys.state("cases"), list(ids)) if ids else []
    return [(case_id, data) for case_id, data in zip(ids, found, strict=True) if data is not None]


def case_count(client: redis.Redis, keys: Keys) -> int:
    """How many cases the state has."""
    return int(client.hlen(keys.state("cases")))
