"""The writing end of the raw streams as feeds use it, and how they wait for a server that is away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from dashboard.streams.client import LOST as LOST_CONNECTION
from dashboard.streams.errors import StreamsError

Answer = TypeVar("Answer")

LOST: tuple[type[Exception], ...] = (*LOST_CONNECTION, StreamsError)
"""What an append raises while the server is away."""
RETRY_S = 1.0

Progress = Callable[[int, int], None]
"""Told (done, total) now and then."""


class Appender(Protocol):
    """What feeds need of `dashboard.streams.writer.Writer`; every call returns ids of entries on disk."""

    def append(self, kind: str, fields: Mapping[str, str]) -> str:
        """One flat entry."""
        ...

    def append_many(self, kind: str, entries: Sequence[Mapping[str, str]]) -> list[str]:
        """Flat entries in one go, in their order."""
        ...

    def append_packed(self, kind: str, items: Any, simulated: bool = False) -> list[str]:
        """Many events in few entries: objects for reports and commands, records for cameras and units."""
        ...


class Stop(Protocol):
    """How a run is asked to end; a `threading.Event` is one."""

    def wait(self, timeout: float | None = None, /) -> bool:
        """Wait for seconds, or until asked to end; whether it was."""
        ...

    def is_set(self) -> bool:
        """Whether it was asked to end."""
        ...


class Stopped(Exception):  # noqa: N818 - asked for, not a failure
    """The run was asked to end while its server was away."""


def say_on_stderr(sentence: str) -> None:
    """Where sentences go unless told otherwise."""
    print(sentence, file=sys.stderr, flush=True)


class Patient:
    """An appender that waits for a lost server and then appends again, in the same order.

    What was sent when the server went away may have been written: it is sent again, as a case or a command
    that comes twice is known by its id, and a camera or unit that says the same twice has said it once.
    """

    def __init__(self, appender: Appender, stop: Stop, say: Callable[[str], None]) -> None:
        self._appender = appender
        self._stop = stop
        self._say = say

    def append(self, kind: str, fields: Mapping[str, str]) -> str:
        """`Appender.append`; raises `Stopped` when asked to end while it waits."""
        return self.until_done(lambda: self._appender.append(kind, fields))

    def append_many(self, kind: str, entries: Sequence[Mapping[str, str]]) -> list[str]:
        """`Appender.append_many`, as above."""
        return self.until_done(lambda: self._appender.append_many(kind, entries))

    def append_packed(self, kind: str, items: Any, simulated: bool = False) -> list[str]:
        """`Appender.append_packed`, as above."""
        return self.until_done(lambda: self._appender.append_packed(kind, items, simulated))

    def until_done(self, send: Callable[[], Answer]) -> Answer:
        """What `send` returns, once it gets through."""
        said = False
        while True:
            try:
                answer = send()
            except LOST as problem:
                if not said:
                    self._say(f"The server takes nothing ({str(problem).rstrip('.')}); waiting for it.")
                    said = True
                if self._stop.wait(RETRY_S):
                    raise Stopped from None
                continue
            if said:
                self._say("The server takes entries again.")
            return answer
