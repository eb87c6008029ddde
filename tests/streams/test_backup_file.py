"""A backup as a file: what is damaged, forged or of another make is refused before anything is written."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import redis

from dashboard.streams.backup_file import check
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.requests import encode
from dashboard.streams.writer import Writer
from tests.streams.backing_up import back_up
from tests.streams.small_city import now_ms, report

pytestmark = pytest.mark.valkey


def damaged(path: Path, how: Callable[[bytearray], Any]) -> Path:
    content = bytearray(path.read_bytes())
    how(content)
    other = path.with_name("damaged")
    other.write_bytes(content)
    return other


FORMAT = encode("SET", "{379900}:format", "2")
HEAD = encode("ECHO", orjson.dumps({"kite": "backup", "format": 1, "city": "379900", "data_version": 2}))


def packed(*requests: bytes) -> Callable[[bytearray], Any]:
    """A file that is whole, but of these requests."""

    def make(content: bytearray) -> None:
        content[:] = gzip.compress(b"".join(requests))

    return make


def whole(*requests: bytes, **told: object) -> Callable[[bytearray], Any]:
    """As `packed`, with the right checksum; `told`: what its trailer says otherwise."""
    digest = hashlib.sha256(b"".join((HEAD, *requests))).hexdigest()
    trailer = {"streams": {}, "cases": 0, "at_ms": 0, "sha256": digest, **told}
    return packed(HEAD, *requests, encode("ECHO", orjson.dumps(trailer)))


@pytest.mark.parametrize(
    "how",
    [
        lambda content: content.__delitem__(slice(-1, None)),
        lambda content: content.__delitem__(slice(len(content) // 2, None)),
        lambda content: content.clear(),
        lambda content: content.__setitem__(len(content) // 2, content[len(content) // 2] ^ 4),
        packed(b"hello"),
        packed(encode("FLUSHALL")),
        whole(encode("FLUSHALL")),
        whole(encode("DEL", "{379900}:reports")),
        whole(encode("EVAL", "{379900}:reports", "0")),
        whole(encode("SET", "{379900}:state:cases", "x")),
        whole(encode("SET", "{379900}:owner", "x")),
        whole(encode("HSET", "{990100}:tokens", "a", "b")),
        whole(encode("SET", "elsewhere", "b")),
        packed(HEAD, encode("SET", "{379900}:state:meta:x")),
        packed(HEAD, encode("HSET", "{990100}:tokens", "a", "b")),
        packed(HEAD, encode("XADD", "{379900}:reports", "1-0", "a", "b")),
        packed(HEAD, encode("ECHO", '{"sha256": "00", "streams": {}, "cases": 0}')),
        packed(encode("ECHO", "{}"), encode("ECHO", "{}")),
        packed(b"*1\r\n$9999999999\r\n"),
        packed(b"*-1\r\n"),
        whole(b"*0\r\n"),
        whole(streams=None),
        whole(streams={"reports": ["1", 0]}),
        whole(at_ms=10**18),
        whole(cases="1"),
        whole(FORMAT.replace(b"*3\r\n", b"*3x\n")),
        whole(FORMAT.replace(b"*3\r\n", b"*03\r\n")),
        whole(FORMAT.replace(b"SET\r\n", b"SETxx")),
    ],
)
def test_a_damaged_or_foreign_file_is_refused_before_anything_is_written(
    client: redis.Redis, keys: Keys, writer: Writer, tmp_path: Path, how: Callable[[bytearray], Any]
) -> None:
    writer.append("reports", report("a", now_ms(), 3))
    back_up(client, keys, tmp_path / "b")
    with pytest.raises(StreamsError):
        check(damaged(tmp_path / "b", how))


def test_a_file_of_nothing_is_whole(tmp_path: Path) -> None:
    """What the refusals above are measured against."""
    (tmp_path / "b").write_bytes(b"")
    file = damaged(tmp_path / "b", whole(FORMAT))
    assert check(file).city == "379900"


def test_any_changed_byte_of_the_content_is_found(
    client: redis.Redis, keys: Keys, writer: Writer, tmp_path: Path
) -> None:
    """Packed again, so that gzip's own checksum is right: it is the file's own that has to find it."""
    writer.append("reports", report("a", now_ms(), 3))
    back_up(client, keys, tmp_path / "b")
    content = gzip.decompress((tmp_path / "b").read_bytes())
    trailer = content.rindex(b"*2\r\n$4\r\nECHO")
    for at in range(0, trailer, 3):
        changed = bytearray(content)
        changed[at] ^= 1
        (tmp_path / "c").write_bytes(gzip.compress(changed, 1))
        with pytest.raises(StreamsError):
            check(tmp_path / "c")
