"""Requests of the Redis protocol as bytes: what a backup is made of, as `valkey-cli --pipe` would take it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from dashboard.streams.errors import StreamsError

LONGEST_WORD = 512 * 1024 * 1024  # what a server takes at most
MOST_WORDS = 4_000_000
_END = b"\r\n"
_NEVER = "The file is not a backup of Kite, or is damaged: {}."


class Request(NamedTuple):
    """One request: its words, and its bytes."""

    words: list[bytes]
    raw: bytes


def encode(*words: str | bytes | int) -> bytes:
    """The bytes of a request."""
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        text = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(text), text))
    return b"".join(parts)


def decode(file: BinaryIO) -> Iterator[Request]:
    """The requests of a file to its end; raises `StreamsError` for anything else, `EOFError` if cut off.

    Each is just as `encode` writes it: what a server might read in another way than this does is none.
    """
    while head := file.readline(64):
        parts = [head]
        words: list[bytes] = []
        for _ in range(_count(head, b"*", MOST_WORDS)):
            size = file.readline(64)
            length = _count(size, b"$", LONGEST_WORD)
            text = file.read(length + 2)
            if len(text) < length + 2:
                raise EOFError
            if text[-2:] != _END:
                raise StreamsError(_NEVER.format("a word has no end"))
            words.append(text[:-2])
            parts += (size, text)
        yield Request(words, b"".join(parts))


def _count(line: bytes, sign: bytes, most: int) -> int:
    if not line.endswith(b"\n"):
        if len(line) < 64:
            raise EOFError
        raise StreamsError(_NEVER.format("a line has no end"))
    digits = line[1:-2]
    is_number = digits.isdigit() and digits == b"%d" % int(digits)
    if line[:1] != sign or line[-2:] != _END or not is_number or int(digits) > most:
        raise StreamsError(_NEVER.format("a request can't be read"))
    return int(digits)
