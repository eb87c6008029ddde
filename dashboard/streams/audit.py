"""The audit stream: written at its end only, each entry under its number and chained to the one before.

Several processes write it. Each reads the end of the chain under WATCH and adds to it in one MULTI, so that
of two at the same moment one is turned away and reads again: there is one chain, and no number twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import redis

from dashboard.domain.audit import (
    BEFORE_ALL,
    Entry,
    Happening,
    Link,
    Verifier,
    chained,
    happening,
    id_of,
    number_of,
)
from dashboard.streams.client import FAILED, as_fields
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys

_LOG = logging.getLogger(__name__)
COMMAND_LINE = "command line"
"""Where an entry is from that no request made."""
_FIELDS = (b"entry", b"hash")
_TRIES = 50
_PATIENCE_S = 5.0
_REST_S = 2.0
BATCH = 500
WAITING_LIMIT = 10_000
ANCHOR_ENTRIES, ANCHOR_S = 1000, 3600.0


class AuditLog:
    """Writes one city's audit stream; may be used by all greenlets or threads of a process."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._key = client, keys.audit
        self._waiting: deque[Happening] = deque()
        self._writing = threading.Lock()
        self._unsure: tuple[Link, int] | None = None
        """The end that the last batch makes and its length, until its reply is known."""
        self._end = BEFORE_ALL
        self._anchored, self._anchored_s = BEFORE_ALL, 0.0
        self._rests_until_s = 0.0
        self.failures = 0
        """How often writing failed, and how many entries were given up, since the process began."""

    @property
    def waiting(self) -> int:
        """How many entries are not written yet."""
        return len(self._waiting)

    def take(self, happened: Happening) -> None:
        """Keep an entry for the next `flush`. One too many is given up, and logged in full."""
        if len(self._waiting) < WAITING_LIMIT:
            self._waiting.append(happened)
            return
        self.failures += 1
        _LOG.error("Audit entry given up: %s", happened)

    def flush(self, soon: bool = False) -> bool:
        """Write what waits; whether all is written. What fails is logged once, counted, and tried again.

        With `soon` not right after a failure: who waits for an answer shall not wait for every time-out.
        """
        if soon and time.monotonic() < self._rests_until_s:
            return False
        if not self._writing.acquire(timeout=_PATIENCE_S):
            return False
        try:
            while self._waiting:
                self._write()
        except FAILED as problem:
            self._failed(problem)
            return False
        finally:
            self._writing.release()
        self._rests_until_s = 0.0
        return True

    def _failed(self, problem: Exception) -> None:
        self.failures += 1
        if not self._rests_until_s:
            reason = type(problem).__name__
            _LOG.error("The audit stream can't be written (%s); %d entries wait.", reason, self.waiting)
        self._rests_until_s = time.monotonic() + _REST_S

    def _write(self) -> None:
        """Write one batch; the caller has the lock. Raises one of `FAILED`."""
        for _ in range(_TRIES):
            if self._try():
                self._anchor()
                return
        raise StreamsError("The audit stream is written by too many at once.")

    def _try(self) -> bool:
        """Write one batch; False when another process was faster."""
        with self._client.pipeline() as pipe:
            pipe.watch(self._key)  # type: ignore[no-untyped-call]
            self._settle(pipe)
            end = self._read_end(pipe)
            batch = [self._waiting[at] for at in range(min(BATCH, len(self._waiting)))]
            pipe.multi()
            for happened in batch:
                entry, end = chained(happened, end)
                fields = as_fields({"entry": entry.line, "hash": entry.hash})
                pipe.xadd(self._key, fields, id=id_of(end.number))
            # Whatever ends this, a lost reply or the process itself, may end it after it was written.
            self._unsure = (end, len(batch))
            try:
                pipe.execute()
            except redis.WatchError:
                return False
        self._unsure = None
        self._written(end, len(batch))
        return True

    def _settle(self, pipe: Any) -> None:
        """Find out whether a batch was written whose reply got lost, so that nothing is written twice.

        Under WATCH: a batch that is still on its way is turned away by what is written now.
        """
        if self._unsure is None:
            return
        end, count = self._unsure
        found = pipe.xrange(self._key, id_of(end.number), id_of(end.number))
        if found and found[0][1].get(b"hash") == end.hash.encode():
            self._unsure = None
            self._written(end, count)

    def _written(self, end: Link, count: int) -> None:
        self._end = end
        for _ in range(count):
            self._waiting.popleft()

    def _read_end(self, pipe: Any) -> Link:
        try:
            told = pipe.xinfo_stream(self._key)
        except redis.ResponseError as problem:
            if "no such key" not in str(problem).lower():
                raise
            return self._checked(BEFORE_ALL)
        last = told["last-entry"]
        digest = last[1].get(b"hash", b"").decode(errors="replace") if last else BEFORE_ALL.hash
        # Numbers go on after what was deleted at the end, so the gap stays to be seen.
        return self._checked(Link(number_of(told["last-generated-id"].decode()), digest))

    def _checked(self, end: Link) -> Link:
        if end.number < self._end.number or (end.number == self._end.number and end.hash != self._end.hash):
            _LOG.error("The audit stream was cut: it ended at %s, now at %s.", _said(self._end), _said(end))
            self._end = end
        return end

    def _anchor(self) -> None:
        """Put the end of the chain into the log now and then: what cuts the stream can't cut the logs."""
        far = self._end.number - self._anchored.number >= ANCHOR_ENTRIES
        if far or time.monotonic() - self._anchored_s >= ANCHOR_S or not self._anchored_s:
            self._anchored, self._anchored_s = self._end, time.monotonic()
            _LOG.info("Audit head %s", _said(self._end))


def read_audit(
    client: redis.Redis, keys: Keys, first: str = "-", last: str = "+", chunk: int = 1000
) -> Iterator[tuple[str, Entry | None]]:
    """(id, entry) from the oldest on; None for what has not exactly the fields of an entry."""
    begin = first
    while True:
        found: Any = client.xrange(keys.audit, begin, last, count=chunk)
        for stored_id, fields in found:
            yield stored_id.decode(), _entry(fields)
        if len(found) < chunk:
            return
        begin = f"({found[-1][0].decode()}"


def note_by_command_line(
    client: redis.Redis, keys: Keys, action: str, *, subject: str, region: str = "", **facts: str
) -> None:
    """Note what somebody at the machine itself did; raises `StreamsError` where it can't be written."""
    log = AuditLog(client, keys)
    now_ms = time.time_ns() // 1_000_000
    log.take(happening(now_ms, None, action, subject=subject, region=region, where=COMMAND_LINE, facts=facts))
    if not log.flush():
        raise StreamsError("It is done, but could not be noted in the audit stream: see the log.")


def verify_audit(
    client: redis.Redis,
    keys: Keys,
    heads: Iterable[str] = (),
    before: Iterable[tuple[str, Entry | None]] = (),
) -> Verifier:
    """The whole stream followed; its `close` says what does not hold. Raises one of `FAILED`.

    `before`: what was moved out of it, the oldest first (see `audit_archive`).
    """
    verifier = Verifier(heads)
    for stored_id, entry in chain(before, read_audit(client, keys)):
        verifier.take(stored_id, entry)
    return verifier


def read_audit_back(
    client: redis.Redis, keys: Keys, last: str = "+", chunk: int = 500
) -> Iterator[tuple[str, Entry | None]]:
    """The same from the newest on, or from the id `last`."""
    begin = last
    while True:
        found: Any = client.xrevrange(keys.audit, begin, "-", count=chunk)
        for stored_id, fields in found:
            yield stored_id.decode(), _entry(fields)
        if len(found) < chunk:
            return
        begin = f"({found[-1][0].decode()}"


def _entry(fields: dict[bytes, bytes]) -> Entry | None:
    if tuple(fields) != _FIELDS:
        return None
    return Entry(fields[b"entry"], fields[b"hash"].decode(errors="replace"))


def _said(end: Link) -> str:
    return f"{end.number} {end.hash}"
