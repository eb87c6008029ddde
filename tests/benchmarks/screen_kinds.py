"""Cheap screens on raw sockets: an event stream that behaves as assets/kite/live.mjs does, and Dash's socket.

A screen keeps the positions that it received, in order; `missed` says how many more it should have had. Of a
message it looks only at the position: the benchmark measures the server, what browsers do is timed elsewhere.
"""

from __future__ import annotations

import base64
import json
import os
import random
import re
import socket
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

SILENCE_S = 6.0  # SILENCE_MS, BACKOFF_MS and the spread around them: as in live.mjs
BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 4.0)
RECONNECT_S = 3.0  # how long Chromium's EventSource waits, unless the stream's `retry` says otherwise

_POSITION = re.compile(rb"id: ([0-9]+-[0-9]+)\n")
_RETRY = re.compile(rb"retry: ([0-9]+)\n")
_HEADER_POSITION = re.compile(rb"(?i)x-kite-position: ([0-9]+-[0-9]+)")
_DASH_POSITION = re.compile(rb'"id": ?"([0-9]+-[0-9]+)"')


@dataclass(frozen=True)
class Covered:
    """A snapshot was loaded: everything up to this position is seen."""

    position: str


def missed(expected: Sequence[str], received: Sequence[str | Covered]) -> int:
    """How many of the expected positions a screen did not get, in order; one out of order counts as missed.

    A snapshot stands for all positions up to its own, and a repeat of what was seen does no harm.
    """
    places = {position: place for place, position in enumerate(expected)}
    ordered = [order(position) for position in expected]
    next_place, lost = 0, 0
    for item in received:
        if isinstance(item, Covered):
            next_place = max(next_place, bisect_right(ordered, order(item.position)))
        elif (place := places.get(item, -1)) >= next_place:
            lost += place - next_place
            next_place = place + 1
    return lost + len(expected) - next_place


def order(position: str) -> tuple[int, int]:
    """A stream id as its two numbers."""
    milliseconds, _, sequence = position.partition("-")
    return int(milliseconds), int(sequence)


@dataclass(eq=False)
class Screen:
    """One open connection; `receive` takes what came and returns the positions in it.

    `wanted_at_s` is set when the screen wants to `open` again, by the clock that all of `now_s` come from.
    """

    number: int
    port: int
    received: list[str | Covered] = field(default_factory=list)
    resets: int = 0
    heard_at_s: float = 0.0
    is_live: bool = False
    wanted_at_s: float | None = None
    connection: socket.socket | None = None
    _rest: bytes = b""

    def open(self, now_s: float) -> socket.socket:
        """Begin to connect, without waiting; what there was is closed."""
        self.close()
        self._rest, self.heard_at_s, self.wanted_at_s = b"", now_s, None
        self.connection = connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", self.port))
        return connection

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.connection is not None:
            self.connection.close()
        self.connection, self.is_live = None, False

    def greet(self) -> None:
        """Send the request, now that there is a connection."""
        raise NotImplementedError

    def receive(self, data: bytes, now_s: float) -> list[bytes]:
        """The positions of the messages that are whole by now; an empty piece of data is the end."""
        raise NotImplementedError

    def lost(self, now_s: float) -> None:
        """The connection was refused or cut: say when to open it again."""
        self.close()

    def tend(self, now_s: float) -> None:
        """Called every second."""


@dataclass(eq=False)
class EventStream(Screen):
    """What a page of Kite does: the stream from its position, a snapshot when that is no longer held."""

    position: str = ""
    failures: int = 0
    reconnect_s: float = RECONNECT_S
    _wants_snapshot: bool = True
    _has_begun: bool = False
    _is_browsers_attempt: bool = False

    def greet(self) -> None:
        """Ask for the snapshot or, from its position on, for the events."""
        self._has_begun = False
        path = "snapshot" if self._wants_snapshot else f"events?from={self.position}"
        ends = "Connection: close\r\n" if self._wants_snapshot else f"Last-Event-ID: {self.position}\r\n"
        assert self.connection is not None
        self.connection.send(
            f"GET /live/{path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Accept: text/event-stream\r\nAccept-Encoding: gzip\r\n{ends}\r\n".encode()
        )

    def receive(self, data: bytes, now_s: float) -> list[bytes]:
        """See `Screen.receive`."""
        if self._wants_snapshot:
            self._take_snapshot(data, now_s)
            return []
        if not data:
            self.lost(now_s)
            return []
        data = self._rest + data
        if not self._has_begun and not self._begin(data, now_s):
            return []
        end = data.rfind(b"\n\n") + 2
        if end == 1:
            self._rest = data
            return []
        self._rest = data[end:]
        return self._take_events(data[:end], now_s)

    def _begin(self, data: bytes, now_s: float) -> bool:
        """Whether the answer's head is there and good; one that is not is what closes an EventSource."""
        self._rest = data
        if b"\r\n\r\n" not in data:
            return False
        if not data.startswith(b"HTTP/1.1 200"):
            self._reopen(now_s)
            return False
        self._has_begun, self._rest = True, b""
        return True

    def _take_events(self, data: bytes, now_s: float) -> list[bytes]:
        self.heard_at_s, self.failures, self.is_live = now_s, 0, True
        if retry := _RETRY.search(data):
            self.reconnect_s = int(retry[1]) / 1000
        before_reset, reset, _ = data.partition(b"event: reset\n")
        found = _POSITION.findall(before_reset)
        if found:
            names = [name.decode() for name in found]
            self.received += names
            self.position = names[-1]
        if reset:
            self.resets += 1
            self._wants_snapshot = True
            self.close()
            self._is_browsers_attempt, self.wanted_at_s = False, now_s
        return found

    def _take_snapshot(self, data: bytes, now_s: float) -> None:
        self._rest += data
        if data:
            return
        head, _, _ = self._rest.partition(b"\r\n\r\n")
        position = _HEADER_POSITION.search(head)
        if not head.startswith(b"HTTP/1.1 200") or position is None:
            self._reopen(now_s)
            return
        self.close()
        self.position = position[1].decode()
        self.received.append(Covered(self.position))
        self._wants_snapshot, self.failures, self.wanted_at_s = False, 0, now_s

    def open(self, now_s: float) -> socket.socket:
        """See `Screen.open`; the browser's own attempts don't count as having heard anything."""
        heard_at_s = self.heard_at_s
        connection = super().open(now_s)
        if self._is_browsers_attempt:
            self.heard_at_s = heard_at_s
        return connection

    def lost(self, now_s: float) -> None:
        """The browser opens an event stream again by itself; a request for the snapshot is ours to repeat."""
        if self._wants_snapshot:
            self._reopen(now_s)
            return
        self.close()
        self._is_browsers_attempt, self.wanted_at_s = True, now_s + self.reconnect_s

    def _reopen(self, now_s: float) -> None:
        self.close()
        wait_s = BACKOFF_S[min(self.failures, len(BACKOFF_S) - 1)] * random.uniform(0.75, 1.25)
        self.failures += 1
        self._is_browsers_attempt, self.wanted_at_s, self.heard_at_s = False, now_s + wait_s, now_s + wait_s

    def tend(self, now_s: float) -> None:
        """Open anew what has said nothing for long."""
        if not self._wants_snapshot and now_s - self.heard_at_s > SILENCE_S:
            self._reopen(now_s)


@dataclass(eq=False)
class DashSocket(Screen):
    """A page of Dash: the WebSocket, and the request that starts its persistent callback.

    It offers no compression, which spares the peer work that real browsers ask of it.
    """

    callback: str = ""
    _has_begun: bool = False

    def greet(self) -> None:
        """Ask for the WebSocket."""
        self._has_begun = False
        key = base64.b64encode(os.urandom(16)).decode()
        origin = f"127.0.0.1:{self.port}"
        assert self.connection is not None
        self.connection.send(
            f"GET /_dash-ws-callback HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def receive(self, data: bytes, now_s: float) -> list[bytes]:
        """See `Screen.receive`."""
        if not data:
            self.lost(now_s)
            return []
        data = self._rest + data
        if not self._has_begun:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return []
            self._begin(head)
        messages, self._rest = self._take_frames(data)
        positions = _DASH_POSITION.findall(messages)
        self.received += [position.decode() for position in positions]
        self.heard_at_s = now_s
        return positions

    def _begin(self, head: bytes) -> None:
        assert head.startswith(b"HTTP/1.1 101"), head
        self._has_begun = self.is_live = True
        payload = {"output": self.callback, "outputs": [], "inputs": [], "state": [], "changedPropIds": []}
        request = {"type": "callback_request", "rendererId": "1", "requestId": "1", "payload": payload}
        self._send(1, json.dumps(request).encode())

    def _take_frames(self, data: bytes) -> tuple[bytes, bytes]:
        """(all texts joined, what is not yet whole); pings are answered."""
        texts: list[bytes] = []
        at = 0
        while (extent := _extent(data, at)) is not None:
            begin, end = extent
            kind = data[at] & 15
            if kind == 1:
                texts.append(data[begin:end])
            elif kind == 9:
                self._send(10, data[begin:end])
            at = end
        return b"\n".join(texts), data[at:]

    def _send(self, kind: int, payload: bytes) -> None:
        """A frame as clients send them: masked, here with zeros, which change nothing."""
        size = len(payload)
        length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        assert self.connection is not None
        self.connection.send(bytes((0x80 | kind,)) + length + bytes(4) + payload)


def _extent(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the WebSocket frame at `at` begins and ends; None when not all of it is there."""
    if len(data) < at + 2:
        return None
    size, begin = data[at + 1], at + 2
    if size >= 126:
        width = 2 if size == 126 else 8
        size, begin = int.from_bytes(data[begin : begin + width], "big"), begin + width
    return (begin, begin + size) if len(data) >= begin + size else None
