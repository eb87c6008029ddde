"""A stream ends when its token does, and no other one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gevent
from gevent.event import Event

from dashboard.live.lapses import Lapses
from dashboard.streams.client import FAILED


class Known:
    """Tokens that hold."""

    def __init__(self, *texts: str) -> None:
        self.texts, self.answers = set(texts), True

    def void(self, texts: set[str]) -> set[str]:
        if not self.answers:
            raise FAILED[0]("no answer")
        return texts - self.texts


def waiting(closed: list[str], name: str) -> Iterator[bytes]:
    try:
        yield b"first"
        Event().wait()
    finally:
        closed.append(name)


def test_the_stream_of_a_token_that_was_taken_back_ends_by_itself() -> None:
    known: Any = Known("kite_a", "kite_b")
    lapses, closed = Lapses(known), list[str]()
    streams = {
        text: gevent.spawn(lambda text=text: list(lapses.watched(text, waiting(closed, str(text)))))
        for text in ("kite_a", "kite_b", None)
    }
    gevent.sleep(0)
    lapses.look()
    known.texts.remove("kite_a")
    known.answers = False
    lapses.look()  # while the store does not answer nothing has lapsed
    gevent.sleep(0)
    assert closed == []
    known.answers = True
    lapses.look()
    assert streams["kite_a"].get(timeout=20) == [b"first"]
    assert closed == ["kite_a"]
    for text in ("kite_b", None):
        assert not streams[text].ready()
        streams[text].kill()
