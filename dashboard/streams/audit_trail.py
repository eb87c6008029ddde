"""Looking into the audit stream: the newest entries that are about something, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import redis

from dashboard.domain.audit import Entry, id_of, number_of
from dashboard.streams.audit import read_audit, read_audit_back
from dashboard.streams.keys import Keys

LOOK_AT = 50_000
"""Entries that are looked at for one page at most."""
_LAST_MS = 4_102_444_800_000  # the year 2100
SLACK_MS = 3_600_000
"""How much later than it happened an entry may stand in the stream: while a store was away it waits."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty or None may be anything."""

    subject: str = ""
    who: str = ""
    action: str = ""
    from_ms: int | None = None
    until_ms: int | None = None
    """Not itself."""
    holds: Callable[[str], bool] = lambda region: True
    """Whether entries about the region of this code, or of who is bound to it, may be read."""

    def fits(self, told: dict[str, Any]) -> bool:
        """Whether an entry is one of them."""
        at_ms = _at_ms(told)
        return (
            at_ms is not None
            and (not self.subject or told.get("subject") == self.subject)
            and (not self.who or told.get("who") == self.who)
            and (not self.action or told.get("action") == self.action)
            and (self.from_ms is None or at_ms >= self.from_ms)
            and (self.until_ms is None or at_ms < self.until_ms)
            and any(self.holds(str(told.get(name, ""))) for name in ("region", "bound"))
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A page: what was found, newest first, and the id to look on from; None where there is no more."""

    entries: list[dict[str, Any]]
    next_id: str | None


def find(client: redis.Redis, keys: Keys, wanted: Wanted, last: str = "", most: int = 100) -> Found:
    """The newest `most` entries that are wanted, from the id `last` on back.

    Fewer, or none, with a `next_id` after a long look: the rest is further back. Raises one of `FAILED`.
    """
    begin = last or _id_before(client, keys, wanted.until_ms)
    found: list[dict[str, Any]] = []
    looked = 0
    for stored_id, entry in read_audit_back(client, keys, begin):
        if len(found) == most or looked == LOOK_AT:
            return Found(found, stored_id)
        looked += 1
        told = _told(entry)
        if told is None:
            continue
        if _is_past(told, wanted):
            return Found(found, None)
        if wanted.fits(told):
            found.append(told)
    return Found(found, None)


def newest(client: redis.Redis, keys: Keys) -> tuple[str, Entry] | None:
    """(id, entry) at the end of the stream; None where it is empty or no entry. Raises one of `FAILED`."""
    for stored_id, entry in islice(read_audit_back(client, keys, chunk=1), 1):
        return (stored_id, entry) if entry else None
    return None


def _id_before(client: redis.Redis, keys: Keys, until_ms: int | None) -> str:
    """Of the entries that may have happened before `until_ms` the id of about the last, by halving."""
    end = next(read_audit_back(client, keys, chunk=1), None)
    if until_ms is None or end is None:
        return "+"
    low, high = 0, number_of(end[0])
    while low < high:
        middle = (low + high + 1) // 2
        at_ms = _time_at(client, keys, middle)
        low, high = (middle, high) if at_ms is not None and at_ms < until_ms + SLACK_MS else (low, middle - 1)
    return id_of(low)


def _time_at(client: redis.Redis, keys: Keys, number: int) -> int | None:
    """When the first entry that can be read from this number on happened; None where there is none."""
    for _, entry in islice(read_audit(client, keys, id_of(number), chunk=10), 10):
        if (at_ms := time_of(entry)) is not None:
            return at_ms
    return None


def _is_past(told: dict[str, Any], wanted: Wanted) -> bool:
    at_ms = _at_ms(told)
    return wanted.from_ms is not None and at_ms is not None and at_ms < wanted.from_ms - SLACK_MS


def time_of(entry: Entry | None) -> int | None:
    """When what an entry tells of happened, ms since 1970; None where it can't be read."""
    told = _told(entry)
    return None if told is None else _at_ms(told)


def facts_of(told: dict[str, Any]) -> dict[str, Any]:
    """The facts of an entry; none where somebody has put something else in their place."""
    facts = told.get("facts")
    return dict(facts) if isinstance(facts, dict) else {}


def _at_ms(told: dict[str, Any]) -> int | None:
    """When an entry happened; None where that is no time."""
    at_ms = told.get("at_ms")
    return at_ms if isinstance(at_ms, int) and 0 <= at_ms < _LAST_MS else None


def _told(entry: Entry | None) -> dict[str, Any] | None:
    """What an entry says; None where it can't be read, which `verify` tells of."""
    try:
        return None if entry is None else entry.told()
    except ValueError:
        return None
