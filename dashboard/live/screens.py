"""All screens of a city: those of the whole city at one hub, those bound to a region at a hub of its own.

A region's hub is made when its first screen asks, from what the city's hub still holds, so that a screen that
comes back finds its place in either. It takes every frame narrowed once (see `scope`), whatever its number of
screens, and is dropped when it has had none for a while. Without bound screens nothing of this costs a thing.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator

import gevent
from gevent.lock import BoundedSemaphore

from dashboard.domain.hierarchy import CITY
from dashboard.live.hub import Hub, frame_message, frame_of
from dashboard.live.line import Line
from dashboard.live.scope import Opened, Scope, opened, says_nothing
from dashboard.live.state import LiveState
from dashboard.streams import frame

IDLE_S = 60.0
"""How long a region's hub is kept without a screen."""
_AT_ONCE = 64  # earlier messages that are narrowed before others have their turn


class ScopedHub:
    """The hub of one region's screens, and the region's snapshot."""

    def __init__(self, scope: Scope, base: str) -> None:
        self.scope, self.hub = scope, Hub(base)
        self.used_s = time.monotonic()
        self._snapshot: tuple[str, bytes] = ("", b"")

    def take(self, position: str, parts: Opened) -> None:
        """A frame of the city, as its opened sections."""
        sections = self.scope.sections(parts)
        if says_nothing(sections):
            self.hub.pass_over(position)
        else:
            self.hub.publish(position, frame_message(position, frame.encode(sections)))

    def snapshot(self, state: LiveState) -> tuple[str, bytes]:
        """(position, gzipped frame of what the region's screens see), made again only after a change."""
        if self._snapshot[0] != state.position:
            body = gzip.compress(self.scope.narrow(state.frame()), compresslevel=1, mtime=0)
            self._snapshot = state.position, body
        return self._snapshot

    def restart(self, base: str) -> None:
        """What follows `base` is another history."""
        self.hub.restart(base)
        self._snapshot = "", b""

    def is_idle(self, now_s: float) -> bool:
        """Whether it has had no screen for a while."""
        if self.hub.screens:
            self.used_s = now_s
        return now_s - self.used_s > IDLE_S


class Screens:
    """Hands every change to the city's hub as it is and to each region's hub narrowed."""

    def __init__(
        self, hub: Hub, state: LiveState | None = None, scope_of: Callable[[int], Scope] | None = None
    ) -> None:
        """`scope_of(region number)`; without it (and `state`) there are screens of the whole city only."""
        self.hub, self._state, self._scope_of = hub, state, scope_of
        self._scoped: dict[int, ScopedHub] = {}
        self._making = BoundedSemaphore()
        self._heartbeat = b""
        self._narrowed: Callable[[int], bytes] = lambda region: b""

    # What the follower tells

    def publish(self, position: str, data: bytes) -> None:
        """A frame of changes."""
        self.hub.publish(position, frame_message(position, data))
        if self._scoped:
            parts = opened(data)
            for scoped in self._scoped.values():
                scoped.take(position, parts)

    def beat(self, heartbeat: bytes, narrowed: Callable[[int], bytes] | None = None) -> None:
        """A heartbeat, to all; hubs without screens are looked for as often.

        `narrowed(region)`: the heartbeat as that region's screens are told it; else the same.
        """
        self._heartbeat, self._narrowed = heartbeat, narrowed or (lambda region: heartbeat)
        self.hub.publish("", heartbeat)
        now_s = time.monotonic()
        for region, scoped in list(self._scoped.items()):
            if scoped.is_idle(now_s):
                del self._scoped[region]
                scoped.hub.stop()
            else:
                scoped.hub.publish("", self._narrowed(region))

    def restart(self, base: str) -> None:
        """What follows `base` is another history."""
        self.hub.restart(base)
        for scoped in self._scoped.values():
            scoped.restart(base)

    # What is measured

    def counts(self) -> tuple[int, int]:
        """Open event streams: of the whole city, and of all its regions together."""
        return self.hub.screens, sum(scoped.hub.screens for scoped in self._scoped.values())

    # What screens ask

    def follow(self, region: int, after: str, line: Line | None = None) -> Iterator[bytes]:
        """See `Hub.follow`; what lies in the region, the city for all."""
        hub = self.hub if region == CITY else self._of(region).hub
        yield from hub.follow(after, line)

    def snapshot(self, region: int) -> tuple[str, bytes]:
        """(position, gzipped frame) of everything that changes in the region."""
        assert self._state is not None
        return self._state.snapshot() if region == CITY else self._of(region).snapshot(self._state)

    def _of(self, region: int) -> ScopedHub:
        with self._making:
            scoped = self._scoped.get(region) or self._make(region)
        scoped.used_s = time.monotonic()
        return scoped

    def _make(self, region: int) -> ScopedHub:
        """A region's hub that holds what the city's does, narrowed while others have their turns."""
        assert self._scope_of is not None
        scope, number = self._scope_of(region), -1
        while True:
            base, number, messages = self.hub.messages_from(number)
            if base:  # the first look, or what we had has left the city's ring
                scoped = ScopedHub(scope, base)
            if not messages:
                break
            for count, message in enumerate(messages, 1):
                if message.position:
                    scoped.take(message.position, opened(frame_of(message.data)))
                if count % _AT_ONCE == 0:
                    gevent.sleep(0)
        if self._heartbeat:
            scoped.hub.publish("", self._narrowed(region))
        self._scoped[region] = scoped
        return scoped
