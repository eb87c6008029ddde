"""The connection of one event stream, written to directly while its screen keeps up.

A greenlet that is woken, a generator that goes on, a chunk that is framed: per screen and message that costs
as much as sending does. So the hub frames a message once and writes it to all connections in one loop; a
screen's own greenlet only works when its connection takes no more.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any

from gevent.event import Event

_SEND_BUFFER_BYTES = 64 * 1024  # what the kernel keeps for a screen that doesn't read; it takes twice that


def chunk(data: bytes) -> bytes:
    """A piece of a body as HTTP/1.1 frames it when nobody knows the length."""
    return b"%X\r\n%b\r\n" % (len(data), data)


class Line:
    """An open connection that takes chunks; `number` is the hub's next message for it."""

    def __init__(self, connection: socket.socket) -> None:
        """`connection` doesn't block, as all of gevent's."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        self.number = 0
        self.full = Event()
        """Set by `send` when the connection has not taken everything, or is gone."""
        self._connection, self._file = connection, connection.fileno()
        self._rest = b""

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Line | None:
        """The connection of a request to gunicorn; None where it is not ours to write chunks to."""
        connection: socket.socket | None = environ.get("gunicorn.socket")
        if connection is None or isinstance(connection, ssl.SSLSocket):
            return None
        return cls(connection) if environ.get("SERVER_PROTOCOL") == "HTTP/1.1" else None

    def send(self, data: bytes) -> bool:
        """Whether the connection has taken any of a framed chunk; what it hasn't is `finish`'s to send."""
        try:
            sent = os.write(self._file, data)
        except OSError:  # full, or gone, which the screen's own greenlet will find
            sent = 0
        if sent < len(data):
            self._rest = data[sent:] if sent else b""
            self.full.set()
        return sent > 0

    def finish(self) -> None:
        """Wait until the rest of the last chunk has been taken; `OSError` when the connection is gone."""
        rest, self._rest = self._rest, b""
        if rest:
            self._connection.sendall(rest)
        self.full.clear()
