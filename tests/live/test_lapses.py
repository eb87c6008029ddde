"""A stream ends when its token or its session does, and no other one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gevent
from gevent.event import Event

from dashboard.live.identity import Credential
from dashboard.live.lapses import Lapses
from dashboard.streams.client import FAILED

TOKEN, SESSION, OTHERS = Credential("kite_a"), Credential("a", "东城值班"), Credential("a", "西城值班")


class Known:
    """What holds."""

    def __init__(self, *given: Credential) -> None:
        self.given, self.answers = set(given), True

    def void(self, given: set[Credential]) -> set[Credential]:
        if not self.answers:
            raise FAILED[0]("no answer")
        return given - self.given


def waiting(closed: list[Credential | None], name: Credential | None) -> Iterator[bytes]:
    try:
        yield b"first"
        Event().wait()
    finally:
        closed.append(name)


def test_the_stream_of_what_was_taken_back_ends_by_itself() -> None:
    known: Any = Known(TOKEN, SESSION, OTHERS)
    lapses, closed = Lapses(known), list[Credential | None]()
    streams = {
        given: gevent.spawn(lambda given=given: list(lapses.watched(given, waiting(closed, given))))
        for given in (TOKEN, SESSION, OTHERS, None)
    }
    gevent.sleep(0)
    lapses.look()
    known.given -= {TOKEN, SESSION}
    known.answers = False
    lapses.look()  # while the store does not answer nothing has lapsed
    gevent.sleep(0)
    assert closed == []
    known.answers = True
    lapses.look()
    for given in (TOKEN, SESSION):
        assert streams[given].get(timeout=20) == [b"first"]
    assert set(closed) == {TOKEN, SESSION}
    for given in (OTHERS, None):
        assert not streams[given].ready()
        streams[given].kill()
