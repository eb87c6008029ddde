"""One message, encoded once, for every screen: a ring of the newest ones and a place in it per screen.

A screen that can't keep up never makes the server queue for it: when its place has left the ring, or it is
more than `max_behind_bytes` behind, it is told to load the snapshot again and goes on with the newest.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from gevent.event import Event

RESET = b"event: reset\ndata: {}\n\n"


@dataclass(frozen=True)
class Message:
    """Server-Sent Event number `number` of this process; `position` is its changes id, "" for a heartbeat."""

    number: int
    position: str
    data: bytes


def frame_message(position: str, frame: bytes) -> bytes:
    """The event that carries a frame (see docs/protocol.md): base64, as Server-Sent Events are text."""
    return b"id: %b\nevent: frame\ndata: %b\n\n" % (position.encode(), base64.b64encode(frame))


def heartbeat_message(heartbeat: dict[str, object]) -> bytes:
    """The event that tells the server's clock and each feed's age."""
    return b"event: heartbeat\ndata: %b\n\n" % orjson.dumps(heartbeat)


class Hub:
    """The ring of newest messages and the waking of all who follow it."""

    def __init__(self, base: str = "0-0", capacity: int = 4096, max_behind_bytes: int = 4_000_000) -> None:
        """`base`: the changes position after which this hub will have seen every entry."""
        self._ring: deque[Message] = deque()
        self._base = base
        self._capacity = capacity
        self._max_behind_bytes = max_behind_bytes
        self._news = Event()
        self._next_number = 0
        self._heartbeat = b""
        self.screens = 0

    def publish(self, position: str, data: bytes) -> None:
        """Append a message (`position` "" for a heartbeat) and wake every waiting screen."""
        if len(self._ring) == self._capacity:
            self._base = self._ring.popleft().position or self._base
        self._ring.append(Message(self._next_number, position, data))
        self._next_number += 1
        if not position:
            self._heartbeat = data
        news, self._news = self._news, Event()
        news.set()

    def restart(self, base: str) -> None:
        """Forget every message: what follows is another history, so all screens get a `RESET`."""
        self._ring.clear()
        self._base = base
        self._next_number += 1  # no screen's place is the newest any more
        news, self._news = self._news, Event()
        news.set()

    def follow(self, after: str) -> Iterator[bytes]:
        """All messages after the changes position `after`, for ever; joined when several are waiting.

        Begins with `RESET` where the ring no longer holds what follows `after`.
        """
        self.screens += 1
        try:
            number = self._number_after(after)
            if number is None:
                yield RESET
                number = self._next_number
            if self._heartbeat:
                yield self._heartbeat
            while True:
                news = self._news
                if number == self._next_number:
                    news.wait()
                else:
                    data, number = self._since(number)
                    yield data
        finally:
            self.screens -= 1

    def _number_after(self, position: str) -> int | None:
        """The number of the first message after `position`, or None when that has left the ring."""
        wanted = _order(position)
        if _order(self._base) > wanted:
            return None
        later = (m.number for m in self._ring if m.position and _order(m.position) > wanted)
        return next(later, self._next_number)

    def _since(self, number: int) -> tuple[bytes, int]:
        """Everything from `number` on as one piece of bytes, or `RESET` for a screen too far behind."""
        behind = self._next_number - number
        if behind > len(self._ring):
            return RESET, self._next_number
        pieces = [self._ring[index].data for index in range(-behind, 0)]
        if sum(map(len, pieces)) > self._max_behind_bytes:
            return RESET, self._next_number
        return b"".join(pieces), self._next_number


def _order(position: str) -> tuple[int, int]:
    """A stream id as its two numbers, which is the order of entries; rubbish comes before everything."""
    milliseconds, _, sequence = position.partition("-")
    valid = milliseconds.isdigit() and sequence.isdigit()
    return (int(milliseconds), int(sequence)) if valid else (-1, 0)
