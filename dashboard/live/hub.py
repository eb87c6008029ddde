"""One message, encoded once, for every screen: a ring of the newest ones and a place in it per screen.

A screen that can't keep up never makes the server queue for it: when its place has left the ring, or it is
more than `max_behind_bytes` behind, it is told to load the snapshot again and goes on with the newest.
Screens that keep up are written to in one loop (see `line`); one that doesn't is served by its own greenlet
until it has caught up.
"""

from __future__ import annotations

import base64
import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

import gevent
import orjson
from gevent import Greenlet
from gevent.event import Event

from dashboard.live.line import Line, chunk

RESET = b"event: reset\ndata: {}\n\n"
_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
_PIECE_BYTES = 128_000  # at most so much at a time for a screen that has to catch up, or one message
_PATIENCE_S = 2.0  # for a screen that is ahead of this process
_DATA = b"\ndata: "
_REST, _MOST_REST_S = 2.0, 0.25  # how long the writer rests, in times of what it took, and at most


@dataclass(frozen=True)
class Message:
    """Server-Sent Event number `number` of this process; `position` is its changes id, "" for a heartbeat."""

    number: int
    position: str
    data: bytes


def frame_message(position: str, frame: bytes) -> bytes:
    """The event that carries a frame (see docs/protocol.md): base64, as Server-Sent Events are text."""
    return b"id: %b\nevent: frame\ndata: %b\n\n" % (position.encode(), base64.b64encode(frame))


def frame_of(message: bytes) -> bytes:
    """The frame that a `frame_message` carries."""
    return base64.b64decode(message[message.index(_DATA) + len(_DATA) :])


def heartbeat_message(heartbeat: dict[str, object]) -> bytes:
    """The event that tells the server's clock and each feed's age."""
    return b"event: heartbeat\ndata: %b\n\n" % orjson.dumps(heartbeat)


class Hub:
    """The ring of newest messages and the waking of all who follow it."""

    def __init__(
        self,
        base: str = "0-0",
        capacity: int = 4096,
        max_behind_bytes: int = 2_000_000,
        max_bytes: int = 8_000_000,
    ) -> None:
        """`base`: the changes position after which this hub will have seen every entry.

        The ring holds at most `capacity` messages and, but for the newest, `max_bytes` bytes.
        """
        self._ring: deque[Message] = deque()
        self._base = self._newest = base
        self._capacity, self._max_bytes = capacity, max_bytes
        self._max_behind_bytes = max_behind_bytes
        self._bytes = 0
        self._number_after_position: dict[str, int] = {}
        self._news = Event()
        self._next_number = 0
        self._heartbeat = b""
        self._lines: set[Line] = set()
        self._writer: Greenlet | None = None
        self.screens = 0

    def publish(self, position: str, data: bytes) -> None:
        """Append a message (`position` "" for a heartbeat) and wake every waiting screen."""
        self._ring.append(Message(self._next_number, position, data))
        self._next_number += 1
        self._bytes += len(data)
        if position:
            self._newest = position
            self._number_after_position[position] = self._next_number
        else:
            self._heartbeat = data
        while len(self._ring) > self._capacity or (self._bytes > self._max_bytes and len(self._ring) > 1):
            self._drop_oldest()
        self._wake()

    def pass_over(self, position: str) -> None:
        """Take note of a change that has nothing for this hub's screens."""
        self._newest = position
        self._wake()

    def messages_from(self, number: int) -> tuple[str, int, list[Message]]:
        """(base, the next number, messages) from `number` on, or all that are held where that one is not.

        `base` is the position after which these messages are everything; "" where they follow on `number`.
        """
        behind = self._next_number - number
        if 0 <= behind <= len(self._ring):
            return "", self._next_number, [self._ring[index] for index in range(-behind, 0)]
        return self._base, self._next_number, list(self._ring)

    def stop(self) -> None:
        """End what works for this hub; it must have no screens any more."""
        if self._writer is not None:
            self._writer.kill(block=False)

    def _drop_oldest(self) -> None:
        oldest = self._ring.popleft()
        self._bytes -= len(oldest.data)
        if oldest.position:
            self._base = oldest.position
            self._number_after_position.pop(oldest.position, None)

    def restart(self, base: str) -> None:
        """Forget every message: what follows is another history, so all screens get a `RESET`."""
        self._ring.clear()
        self._number_after_position.clear()
        self._bytes = 0
        self._base = self._newest = base
        self._next_number += 1  # no screen's place is the newest any more
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, Event()
        news.set()

    def follow(self, after: str, line: Line | None = None) -> Iterator[bytes]:
        """All messages after the changes position `after`, for ever; joined when several are waiting.

        Begins with `RESET` where the ring no longer holds what follows `after`. With the `line` that takes
        what is yielded, messages go there directly whenever it has caught up; the iterator yields again
        when the line is full.
        """
        self.screens += 1
        try:
            self._wait_for(after)
            number = self._number_after(after)
            if number is None:
                yield RESET
                number = self._next_number
            if self._heartbeat:
                yield self._heartbeat
            while True:
                news = self._news
                if number != self._next_number:
                    data, number = self._since(number)
                    yield data
                elif line is None:
                    news.wait()
                else:
                    number = self._write_to(line, number)
        finally:
            self.screens -= 1

    def _wait_for(self, position: str) -> None:
        """A screen may have been further than this process has read since its start: wait a little.

        Without that it would get messages again that it has had, and show an older state.
        """
        with gevent.Timeout(_PATIENCE_S, False):
            while _order(self._newest) < _order(position):
                self._news.wait()

    def _number_after(self, position: str) -> int | None:
        """The number of the first message after `position`, or None when the ring doesn't reach there."""
        known = self._number_after_position.get(position)
        if known is not None:
            return known
        wanted = _order(position)
        if not _order(self._base) <= wanted <= _order(self._newest):
            return None
        later = (m.number for m in self._ring if m.position and _order(m.position) > wanted)
        return next(later, self._next_number)

    def _since(self, number: int) -> tuple[bytes, int]:
        """What comes from `number` on as one piece of bytes, and the number after it.

        `RESET` for a screen too far behind. Of much only a part: a slow screen holds no more than that.
        """
        behind = self._next_number - number
        if behind > len(self._ring):
            return RESET, self._next_number
        pieces = [self._ring[index].data for index in range(-behind, 0)]
        if sum(map(len, pieces)) > self._max_behind_bytes:
            return RESET, self._next_number
        ends = accumulate(map(len, pieces))
        count = max(1, sum(end <= _PIECE_BYTES for end in ends))
        return b"".join(pieces[:count]), number + count

    def _write_to(self, line: Line, number: int) -> int:
        """Leave a line that has everything before `number` to the writer; its place when it is full."""
        self._writer = self._writer or gevent.spawn(self._write)
        line.number = number
        self._lines.add(line)
        try:
            line.full.wait()
        finally:
            self._lines.discard(line)
        line.finish()
        return line.number

    def _write(self) -> None:
        """Send what is new to all lines, for ever, and take at most a third of the time for it.

        What comes while it rests goes out together: with many screens their rate falls, not their number.
        """
        delivered = self._next_number - 1
        while True:
            news = self._news
            if delivered == self._next_number:
                news.wait()
            delivered = self._next_number
            begun_s = time.perf_counter()
            self._write_once()
            gevent.sleep(min(_REST * (time.perf_counter() - begun_s), _MOST_REST_S))

    def _write_once(self) -> None:
        """Send to each line what it has not had: framed once for all that stand at the same place."""
        framed: dict[int, tuple[bytes, int]] = {}
        for line in tuple(self._lines):
            number = line.number
            if number == self._next_number:
                continue
            if number not in framed:
                data, after = self._since(number)
                framed[number] = chunk(data), after
            data, after = framed[number]
            if line.send(data):
                line.number = after
            if line.number != self._next_number:
                line.full.set()  # its screen catches up by itself
            if line.full.is_set():
                self._lines.discard(line)


def _order(position: str) -> tuple[int, int]:
    """A stream id as its two numbers, which is the order of entries; rubbish comes before everything."""
    milliseconds, _, sequence = position.partition("-")
    return (int(milliseconds), int(sequence)) if _ID.fullmatch(position) else (-1, 0)
