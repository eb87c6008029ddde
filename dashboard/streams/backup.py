"""Writing a backup of a city while it runs: all that is not made again by itself, as of one instant.

A backup is a gzip file of requests of the Redis protocol, so that it can be read, and in an emergency put
back, by Valkey's own means (`zcat FILE | valkey-cli --pipe`). Its first and its last request are an ECHO
of JSON: what it is, and what must be in it, with the SHA-256 of all bytes before.

What is long is read page by page while the city goes on; then one MULTI reads the rest of every stream, the
small keys whole, and how far the record is applied. So the backup is of the instant of that MULTI, which
holds the server up only as long as the last few entries take. Until then the raw streams are read only as
far as they are applied: of what is not, the projector may yet take out what must not be kept. What a trim
took away meanwhile is taken out of the backup too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
import redis

from dashboard.streams.backup_file import FORMAT, Sink
from dashboard.streams.backup_reading import READS, Cut, items_of
from dashboard.streams.client import as_fields
from dashboard.streams.codecs import ZERO_ID, EntryId
from dashboard.streams.data_version import VERSION, version_of
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import DERIVED, RAW_KINDS, SORTS, Keys
from dashboard.streams.portions import Portion

PAGE = 1_000
"""Entries of a stream, or items of a key, at once; of large entries fewer (see `portions`)."""
TAIL = 2_000
"""Entries of a stream that the last MULTI may read."""
ATTEMPTS = 5
STUCK_S = 60.0
LATE = ("outbox",)
"""Read after that instant: what is gone from there by then has been delivered, and needn't be again."""
_PAUSE_S = 0.1

Tell = Callable[[int, int], None]
"""Told (entries written, entries in all, as far as known) now and then."""


class _MovedError(Exception):
    """The record changed in a way that makes what was read so far useless: it is read again."""


@dataclass
class Summary:
    """What a backup holds: entries by stream, cases of the state at
    that instant (None: it was being made anew), and when that was, ms."""

    entries: dict[str, int] = field(default_factory=dict)
    keys: int = 0
    cases: int | None = None
    at_ms: int = 0


def write_backup(
    client: redis.Redis,
    keys: Keys,
    file: BinaryIO,
    about: Mapping[str, Any],
    tell: Tell = lambda done, total: None,
) -> Summary:
    """Write a backup of the city to an empty file that can be sought in; `about` is kept in its head.

    `client` is the caller's for this alone: it no longer parses replies. Raises `StreamsError` when the city
    is not applied for a minute, or when a projector comes and goes again and again.
    """
    client.response_callbacks.clear()
    for _ in range(ATTEMPTS):
        file.seek(0)
        file.truncate()
        try:
            return _Backup(client, keys, file, tell).write(about)
        except _MovedError:
            continue
    raise StreamsError("The record was changed under the backup again and again; try again in a while.")


@dataclass
class _Stream:
    """How far a stream has been read: the last id, the first, and how many."""

    last: bytes = b"0-0"
    first: bytes = b""
    count: int = 0


class _Backup:
    """One attempt."""

    def __init__(self, client: redis.Redis, keys: Keys, file: BinaryIO, tell: Tell) -> None:
        self._client, self._keys, self._tell = client, keys, tell
        self._sink = Sink(file)
        self._types: dict[str, bytes] = {}
        self._streams: dict[str, _Stream] = {}
        self._is_ahead = False  # read past what is applied, as nobody was there to apply it
        self._total = 0

    def write(self, about: Mapping[str, Any]) -> Summary:
        """Write all of it."""
        head = {
            **about,
            "kite": "backup",
            "format": FORMAT,
            "city": self._keys.city,
            "data_version": version_of(self._client, self._keys) or VERSION,
            "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._sink.put("ECHO", orjson.dumps(head))
        moved_s = time.monotonic()
        while True:
            self._look()
            if self._read_on():
                moved_s = time.monotonic()
            cut = self._cut()
            if cut is not None:
                return self._finish(cut)
            if time.monotonic() - moved_s > STUCK_S:
                raise StreamsError(
                    "The projector does not get on with what came in, so there is no instant to back up; "
                    "see its log, or stop it and back up without it."
                )
            time.sleep(_PAUSE_S)

    def _look(self) -> None:
        """See which keys there are, and of which type."""
        names = [row.name for row in SORTS if row.sort != DERIVED and "*" not in row.name]
        for row in SORTS:
            if row.sort != DERIVED and "*" in row.name:
                names += self._found(self._keys.kept(row.name))
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.type(self._keys.kept(name))
        self._types = dict(zip(names, pipe.execute(), strict=True))
        for name, kind in self._types.items():
            if kind == b"stream" and name not in LATE:
                self._streams.setdefault(name, _Stream())

    def _found(self, pattern: str) -> list[str]:
        names: set[str | None] = set()
        cursor: Any = b"0"
        while True:
            cursor, page = self._client.execute_command(  # type: ignore[no-untyped-call]
                "SCAN", cursor, "MATCH", pattern, "COUNT", PAGE
            )
            names |= {self._keys.name_of(key.decode()) for key in page}
            if cursor == b"0":
                return sorted(name for name in names if name)

    def _limits(self) -> dict[str, str]:
        """How far each raw stream may be read now."""
        pipe = self._client.pipeline()
        pipe.get(self._keys.owner)
        pipe.hmget(self._keys.state("meta"), [f"position:{kind}" for kind in RAW_KINDS])
        for name in self._streams:
            pipe.xlen(self._keys.kept(name))
        owner, positions, *lengths = pipe.execute()
        self._total = sum(map(int, lengths))
        if owner is None:
            self._is_ahead = True
            return {}
        if self._is_ahead:
            raise _MovedError
        return {
            kind: (position or b"0-0").decode() for kind, position in zip(RAW_KINDS, positions, strict=True)
        }

    def _read_on(self) -> int:
        """Read every stream as far as may be; how many entries there were."""
        limits = self._limits()
        return sum(self._read(name, limits.get(name, "+")) for name in self._streams)

    def _read(self, name: str, limit: str) -> int:
        stream, count, portion = self._streams[name], 0, Portion(PAGE)
        if limit != "+" and EntryId.parse(limit) <= EntryId.parse(stream.last):
            return 0
        while True:
            page: Any = self._client.execute_command(  # type: ignore[no-untyped-call]
                "XRANGE", self._keys.kept(name), f"({stream.last.decode()}", limit, "COUNT", portion.count
            )
            self._put(name, page)
            count += len(page)
            self._tell(sum(each.count for each in self._streams.values()), self._total)
            is_full = len(page) >= portion.count
            portion.note((sum(map(len, fields)) for _, fields in page), is_full)
            if not is_full:
                return count

    def _put(self, name: str, page: Any) -> None:
        stream, key = self._streams[name], self._keys.kept(name)
        for entry_id, fields in page:
            self._sink.put("XADD", key, entry_id, *fields)
        if page:
            stream.first = stream.first or page[0][0]
            stream.last = page[-1][0]
            stream.count += len(page)

    def _cut(self) -> Cut | None:
        """Read all that is left in one transaction; None while that is too much of it."""
        pipe = self._client.pipeline()
        pipe.time()
        pipe.get(self._keys.owner)
        pipe.hgetall(self._keys.state("meta"))
        pipe.hlen(self._keys.state("cases"))
        for name in self._types:
            pipe.type(self._keys.kept(name))
        for name, kind in self._types.items():
            key = self._keys.kept(name)
            pipe.pttl(key)
            if kind == b"stream":
                pipe.execute_command("XINFO", "STREAM", key)  # type: ignore[no-untyped-call]
                after = b"(" + self._streams[name].last if name in self._streams else b"+"
                pipe.execute_command("XRANGE", key, after, "+", "COUNT", TAIL)  # type: ignore[no-untyped-call]
            elif kind in READS:
                pipe.execute_command(*READS[kind].request(key))  # type: ignore[no-untyped-call]
        try:
            cut = Cut.of(self._types, pipe.execute())
        except redis.ResponseError:  # a key has come or gone since it was looked at
            return None
        if cut.owner is not None and self._is_ahead:
            raise _MovedError
        is_whole = all(len(page) < TAIL for page in cut.tails.values())
        return cut if cut.types == self._types and is_whole else None

    def _finish(self, cut: Cut) -> Summary:
        for name, page in cut.tails.items():
            if name in self._streams:
                self._put(name, page)
        for name, info in cut.infos.items():
            if name in LATE:
                self._read_late(name, info[b"last-generated-id"])
            self._close(name, info)
        for name, value in cut.values.items():
            self._keep(name, cut.types[name], value)
            if cut.expires[name] > 0:
                self._sink.put("PEXPIREAT", self._keys.kept(name), cut.at_ms + cut.expires[name])
        self._keep_progress(cut.meta)
        summary = Summary(
            {name: int(info[b"length"]) for name, info in cut.infos.items()},
            len(cut.values),
            cut.cases,
            cut.at_ms,
        )
        lasts = {name: info[b"last-generated-id"].decode() for name, info in cut.infos.items()}
        trailer = {
            "streams": {name: [summary.entries[name], lasts[name]] for name in lasts if name not in LATE},
            "cases": summary.cases,
            "at_ms": summary.at_ms,
        }
        self._sink.close(trailer)
        return summary

    def _read_late(self, name: str, last: bytes) -> None:
        self._streams[name] = _Stream()
        self._read(name, last.decode())

    def _close(self, name: str, info: Mapping[bytes, Any]) -> None:
        """What makes a stream of its entries: not what was trimmed meanwhile, the next ids after its last."""
        stream, key, last = self._streams[name], self._keys.kept(name), bytes(info[b"last-generated-id"])
        first = bytes(info[b"first-entry"][0]) if info[b"first-entry"] else b""
        if last == str(ZERO_ID).encode():
            return
        if not stream.count:  # all of it is gone, which no entry can say
            self._sink.put("XADD", key, last, "gone", "1")
            self._sink.put("XDEL", key, last)
        if first and first != stream.first and name not in LATE:
            self._sink.put("XTRIM", key, "MINID", "=", first)
        elif stream.count != info[b"length"] and name not in LATE:
            raise _MovedError
        self._sink.put(
            "XSETID", key, last, "ENTRIESADDED", max(info[b"entries-added"], info[b"length"]),
            "MAXDELETEDID", info[b"max-deleted-entry-id"] or "0-0",
        )  # fmt: skip

    def _keep(self, name: str, kind: bytes, value: Any) -> None:
        key = self._keys.kept(name)
        for start in range(0, len(items := items_of(kind, value)), PAGE):
            words = [word for item in items[start : start + PAGE] for word in item]
            self._sink.put(READS[kind].write, key, *words)

    def _keep_progress(self, meta: Mapping[bytes, bytes]) -> None:
        """As `StateStore.drop` leaves it: how far the record is to be projected again, and that it has to."""
        reached = {key: value for key, value in meta.items() if key.startswith((b"position:", b"bucket"))}
        if reached:
            flat = [word for pair in as_fields(reached).items() for word in pair]
            self._sink.put("HSET", self._keys.state("meta"), "basis", "", *flat)
