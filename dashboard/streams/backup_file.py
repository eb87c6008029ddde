"""A backup as a file: how it is written, and how it is checked before anything is done with it."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from dashboard.streams.data_version import insist_not_newer
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import DERIVED, Keys, sort_of
from dashboard.streams.requests import Request, decode, encode

FORMAT = 1
COMPRESSION = 3
_LATEST_MS = 10_000_000_000_000  # in the year 2286
_READ_AHEAD = 1_000_000  # bytes; what is read in small pieces is slow without
_WRITES = {b"XADD", b"XDEL", b"XTRIM", b"XSETID", b"HSET", b"SET", b"SADD", b"RPUSH", b"ZADD", b"PEXPIREAT"}


class Sink:
    """The file as it is written: compressed, and its bytes hashed."""

    def __init__(self, file: BinaryIO) -> None:
        self._gzip = gzip.GzipFile("", "wb", COMPRESSION, file, mtime=0)
        self._hash = hashlib.sha256()

    def put(self, *words: str | bytes | int) -> None:
        raw = encode(*words)
        self._hash.update(raw)
        self._gzip.write(raw)

    def close(self, trailer: Mapping[str, Any]) -> None:
        """Write the trailer, with the hash of all before it."""
        self.put("ECHO", orjson.dumps({**trailer, "sha256": self._hash.hexdigest()}))
        self._gzip.close()


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself: its head and its trailer, and how many requests stand between them."""

    head: dict[str, Any]
    trailer: dict[str, Any]
    requests: int

    @property
    def city(self) -> str:
        """The code of its city."""
        return str(self.head["city"])

    @property
    def data_version(self) -> int:
        """The version of its data (see `data_version`)."""
        return int(self.head["data_version"])


def requests_of(path: Path) -> Iterator[Request]:
    """The requests of a backup; raises `StreamsError` when it can't be read to its end."""
    try:
        with io.BufferedReader(gzip.GzipFile(path, "rb"), _READ_AHEAD) as file:
            yield from decode(file)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise StreamsError(
            f"{path} is not a whole backup of Kite: it ends too early, or is damaged."
        ) from None
    except OSError as problem:
        raise StreamsError(f"{path} can't be read ({problem.strerror or problem}).") from None


def check(path: Path) -> Manifest:
    """Read a backup through; raises `StreamsError` when it is not one, not whole, or of a later release."""
    hashed, count = hashlib.sha256(), 0
    head: dict[str, Any] = {}
    last: dict[str, Any] = {}
    digest = ""
    for request in requests_of(path):
        count += 1
        if "sha256" in last:
            raise _damaged(path, "something stands behind its end")
        if request.words[:1] == [b"ECHO"]:
            said = _said(path, request)
            digest = hashed.hexdigest()
            head, last = head or said, said
            _insist_known(path, head)
        else:
            _insist_harmless(path, request, Keys(str(head.get("city", ""))))
        hashed.update(request.raw)
    if last.get("sha256") != digest or count < 2:
        raise _damaged(path, "its checksum is not that of its content")
    _insist_told(path, last)
    return Manifest(head, last, count - 2)


def _said(path: Path, request: Request) -> dict[str, Any]:
    try:
        said = orjson.loads(request.words[1])
    except (ValueError, IndexError):
        raise _damaged(path, "its head can't be read") from None
    return said if isinstance(said, dict) else {}


def _insist_known(path: Path, head: dict[str, Any]) -> None:
    if head.get("kite") != "backup":
        raise _damaged(path, "its head is missing")
    if head.get("format") != FORMAT:
        raise StreamsError(
            f"{path} was written by another release of Kite, in a form that this one can't read."
        )
    if not isinstance(head.get("data_version"), int) or not isinstance(head.get("city"), str):
        raise _damaged(path, "its head is not whole")
    insist_not_newer(head["data_version"])


def _insist_told(path: Path, trailer: dict[str, Any]) -> None:
    """That it says what must be in it: a file made by hand may have a right checksum and say anything."""
    streams, at_ms = trailer.get("streams"), trailer.get("at_ms")
    is_told = (
        isinstance(streams, dict)
        and all(isinstance(row, list) and [*map(type, row)] == [int, str] for row in streams.values())
        and isinstance(at_ms, int)
        and 0 <= at_ms < _LATEST_MS
        and isinstance(trailer.get("cases"), int | None)
    )
    if not is_told:
        raise _damaged(path, "it does not say what is in it")


def _insist_harmless(path: Path, request: Request, keys: Keys) -> None:
    """A file that somebody made must not do anything but write what a backup holds."""
    words = request.words
    name = keys.name_of(words[1].decode(errors="replace")) if len(words) > 1 else None
    row = sort_of(name) if name else None
    if not words or words[0] not in _WRITES or row is None or (row.sort == DERIVED and name != "state:meta"):
        raise _damaged(path, "it holds something that no backup does")


def _damaged(path: Path, why: str) -> StreamsError:
    return StreamsError(f"{path} is not a backup of Kite, or is damaged: {why}. Nothing was written.")
