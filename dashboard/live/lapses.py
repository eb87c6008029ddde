"""Ends event streams whose token or session is none any more: one opened yesterday has asked nobody since."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gevent

from dashboard.live.identity import Credential, Identities
from dashboard.streams.client import FAILED

EVERY_S = 5.0


class Lapses:
    """The open streams by what each was opened with."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._open: dict[gevent.Greenlet, Credential] = {}

    def watched(self, given: Credential | None, messages: Iterator[bytes]) -> Iterator[bytes]:
        """The messages, until the token or the session lapses; without one for ever."""
        if given is None:
            yield from messages
            return
        me = gevent.getcurrent()
        self._open[me] = given
        try:
            yield from messages
        except gevent.GreenletExit:  # from `look`: who opens the stream again is asked who they are
            return
        finally:
            self._open.pop(me, None)

    def watch(self) -> None:
        """Look every few seconds, for ever."""
        while True:
            time.sleep(EVERY_S)
            self.look()

    def look(self) -> None:
        """End what has lapsed; while the store does not answer nothing has."""
        if not self._open:
            return
        try:
            void = self._identities.void(set(self._open.values()))
        except FAILED:
            return
        for greenlet, given in list(self._open.items()):
            if given in void:
                greenlet.kill(block=False)
