"""Keeps a web process's state up with the city's changes, and hands every one of them to the screens.

Runs in greenlets: the process has been monkey-patched by gevent, so waiting for Redis blocks nobody else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from dashboard.live.hub import heartbeat_message
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.streams.client import FAILED, Client, connect
from dashboard.streams.keys import Keys
from dashboard.streams.reader import changes_before, feed_ages, load_snapshot, read_changes

HEARTBEAT_S = 2.0
_SEEDED = 2000  # earlier changes kept for screens that come back after a restart of this process
_BLOCK_MS = 2000
_AT_ONCE = 500
_PAUSE_S = 0.5
_LOG = logging.getLogger(__name__)


class Follower:
    """Follows one city; survives the server going away, and a projection made anew."""

    def __init__(
        self, url: str, keys: Keys, state: LiveState, screens: Screens, on_another_history: Callable[[], None]
    ) -> None:
        self._url, self._keys = url, keys
        self._on_another_history = on_another_history
        self._state, self._screens = state, screens
        self._generation = ""
        self._last_ms: dict[str, int | None] = {}

    def follow(self) -> None:
        """Read changes for ever; what goes wrong is logged once and tried again."""
        while True:
            try:
                with connect(self._url, wait_s=3600.0, keys=self._keys) as client:
                    self._follow(client)
            except FAILED as problem:
                _LOG.warning("The changes can't be read (%s); trying again.", problem)
                time.sleep(_PAUSE_S)

    def _follow(self, client: Client) -> None:
        self._catch_up(client)
        while True:
            for position, data in read_changes(
                client, self._keys, self._state.position, block_ms=_BLOCK_MS, count=_AT_ONCE
            ):
                self._state.apply(position, data)
                self._screens.publish(position, data)

    def _catch_up(self, client: Client) -> None:
        """Begin at the snapshot, unless what follows our own position is still there."""
        while (loaded := load_snapshot(client, self._keys)) is None:
            time.sleep(_PAUSE_S)
        if loaded.generation == self._generation and self._can_resume(client):
            return
        first = not self._generation
        self._on_another_history()
        self._state.reset()
        self._state.apply(loaded.position, loaded.frame)
        earlier = changes_before(client, self._keys, loaded.position, _SEEDED)
        self._screens.restart(earlier[0][0] if earlier else loaded.position)
        for position, data in earlier[1:]:
            self._screens.publish(position, data)
        self._generation = loaded.generation
        if not first:
            _LOG.info("The state was loaded anew at %s.", loaded.position)

    def _can_resume(self, client: Client) -> bool:
        return bool(changes_before(client, self._keys, self._state.position, 1))

    def beat(self) -> None:
        """Tell the screens the server's clock and each feed's age, every two seconds, for ever."""
        client: Client | None = None
        while True:
            try:
                client = client or connect(self._url, keys=self._keys)
                self._last_ms = feed_ages(client, self._keys)
            except FAILED:
                client = None  # the ages keep growing, which is what screens must see
            self._screens.beat(heartbeat_message(self.heartbeat()))
            time.sleep(HEARTBEAT_S)

    def heartbeat(self) -> dict[str, Any]:
        """The server's clock, the city's, and the newest and the newest applied entry of each feed."""
        clock = self._state.clock
        applied = clock.get("positions", {})
        feeds = {
            kind: {"last_ms": last_ms, "applied_ms": _ms_of(applied.get(kind, ""))}
            for kind, last_ms in self._last_ms.items()
        }
        return {
            "now_ms": time.time_ns() // 1_000_000,
            "clock_ms": clock.get("clock_ms"),
            "simulated": bool(clock.get("simulated", False)),
            "feeds": feeds,
        }


def _ms_of(position: str) -> int | None:
    milliseconds = position.partition("-")[0]
    return int(milliseconds) if milliseconds.isdigit() and milliseconds != "0" else None
