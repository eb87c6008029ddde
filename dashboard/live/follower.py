"""Keeps a web process's state up with the city's changes, and hands every one of them to the screens.

Runs in greenlets: the process has been monkey-patched by gevent, so waiting for Redis blocks nobody else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import gevent
from gevent.event import Event

from dashboard.domain.feed_tally import Tally
from dashboard.live.feed_watch import FeedWatch
from dashboard.live.hub import heartbeat_message
from dashboard.live.screens import Screens
from dashboard.live.sightings import Sightings
from dashboard.live.state import LiveState
from dashboard.streams.client import FAILED, Client, connect
from dashboard.streams.feed_meter import Feed, read_tallies
from dashboard.streams.keys import RAW_KINDS, Keys
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
        self, url: str, keys: Keys, state: LiveState, screens: Screens,
        on_another_history: Callable[[], None], watch: FeedWatch | None = None,
    ) -> None:  # fmt: skip
        """`watch`: told at each heartbeat how the feeds stand."""
        self._url, self._keys = url, keys
        self._on_another_history = on_another_history
        self._state, self._screens = state, screens
        self._watch = watch
        self._tallies: dict[Feed, Tally] = {}
        self._generation = ""
        self._last_ms: dict[str, int | None] = {}
        self._came, self._applied = Sightings(), Sightings()

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
        """Whether our own position is still in the changes: trimmed, or lost with a primary, it is not."""
        last = changes_before(client, self._keys, self._state.position, 1)
        return bool(last) and last[0][0] == self._state.position

    def beat(self) -> None:
        """Tell the screens the server's clock and each feed's age, every two seconds, for ever.

        What the store says of the feeds is read by another greenlet: a store that is silent must not silence
        this. The ages keep growing then, which is what screens must see.
        """
        asked = Event()
        gevent.spawn(self._ask, asked)
        asked.wait(HEARTBEAT_S)  # or the first heartbeat would know of no feed
        while True:
            self._look()
            told = self.heartbeat()
            self._screens.beat(heartbeat_message(told), partial(self._narrowed, told))
            time.sleep(HEARTBEAT_S)

    def _ask(self, asked: Event) -> None:
        """Read how the feeds stand as often, for ever."""
        client: Client | None = None
        while True:
            try:
                client = client or connect(self._url, keys=self._keys)
                self._last_ms = feed_ages(client, self._keys)
                self._tallies = read_tallies(client, self._keys) if self._watch else {}
            except FAILED:
                client = None
            asked.set()
            time.sleep(HEARTBEAT_S)

    def _narrowed(self, told: dict[str, Any], region: int) -> bytes:
        """The heartbeat as screens of one region are told it."""
        parts = self._watch.parts(region) if self._watch and "parts" in told else []
        return heartbeat_message({**told, "parts": parts} if "parts" in told else told)

    def _look(self) -> None:
        """Judge the feeds, once there is a state to judge by."""
        if self._watch and self._state.clock:
            self._watch.look(_now_ms(), self._tallies, self._applied_ms())

    def _applied_ms(self) -> dict[str, int | None]:
        positions = self._state.clock.get("positions", {})
        by_ids = {kind: _ms_of(positions.get(kind, "")) for kind in RAW_KINDS}
        return self._applied.believed(by_ids, _now_ms())

    def heartbeat(self) -> dict[str, Any]:
        """The server's clock, the city's; of each feed its newest and newest applied entry and its health."""
        clock, applied, watch = self._state.clock, self._applied_ms(), self._watch
        feeds = {
            kind: {"last_ms": last_ms, "applied_ms": applied[kind], **(watch.told(kind) if watch else {})}
            for kind, last_ms in self._came.believed(self._last_ms, _now_ms()).items()
        }
        parts = watch.parts() if watch else []
        return {
            "now_ms": _now_ms(),
            "clock_ms": clock.get("clock_ms"),
            "simulated": bool(clock.get("simulated", False)),
            "feeds": feeds,
            **({"parts": parts} if parts else {}),
        }


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _ms_of(position: str) -> int | None:
    milliseconds = position.partition("-")[0]
    return int(milliseconds) if milliseconds.isdigit() and milliseconds != "0" else None
