"""Screens that are watched through a fault: when each was back, how long it heard nothing."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.screen_kinds import EventStream, Screen, order
from tests.benchmarks.screens import Screens

_HEARTBEAT = re.compile(rb"event: heartbeat\ndata: (.*)\n")


@dataclass(eq=False)
class Watched(EventStream):
    """A screen that notes when it got something later than `floor`, and its heartbeats."""

    floor: tuple[int, int] = (0, 0)
    back_at_s: float | None = None
    newest: tuple[int, int] = (0, 0)
    beat_at_s: float = 0.0
    longest_silence_s: float = 0.0
    oldest_ms: float = 0.0
    """The greatest age of reports, as the heartbeats told it, ms."""

    def _take_events(self, data: bytes, now_s: float) -> list[bytes]:
        for text in _HEARTBEAT.findall(data):
            self._beat(json.loads(text), now_s)
        found = super()._take_events(data, now_s)
        if found:
            self.newest = order(found[-1].decode())
        self._look(now_s)
        self.received.clear()  # ten minutes of positions are nobody's
        return found

    def _take_snapshot(self, data: bytes, now_s: float) -> None:
        super()._take_snapshot(data, now_s)
        if not self._wants_snapshot and self.position:
            self.newest = order(self.position)

    def _look(self, now_s: float) -> None:
        if self.back_at_s is None and self.newest > self.floor:
            self.back_at_s = now_s

    def silence_s(self, now_s: float) -> float:
        """The longest time without a heartbeat: between two of them, or since the last one."""
        since_s = now_s - self.beat_at_s if self.beat_at_s else 0.0
        return max(self.longest_silence_s, since_s)

    def _beat(self, heartbeat: dict[str, Any], now_s: float) -> None:
        if self.beat_at_s:
            self.longest_silence_s = max(self.longest_silence_s, now_s - self.beat_at_s)
        self.beat_at_s = now_s
        applied_ms = heartbeat["feeds"].get("reports", {}).get("applied_ms")
        if applied_ms:
            self.oldest_ms = max(self.oldest_ms, heartbeat["now_ms"] - applied_ms)


@dataclass
class Seen:
    """What a fault was like for the screens: seconds until each was back (None: not); else the worst."""

    back_s: list[float | None]
    silence_s: float
    told_age_s: float
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def worst_s(self) -> float | None:
        """When the last screen was back; None when one was not."""
        back = [one for one in self.back_s if one is not None]
        return max(back, default=0.0) if len(back) == len(self.back_s) else None


class Wall:
    """Many screens in a thread; `ports`: the server's, or of the lines to it, one for each screen in turn."""

    def __init__(self, ports: Sequence[int], count: int) -> None:
        self.screens = [Watched(number, ports[number % len(ports)]) for number in range(count)]
        made: list[Screen] = list(self.screens)
        self._works = Screens(made)
        self._stopping = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Open all, and return once they are live."""
        self._thread.start()
        self._until(lambda: all(screen.is_live for screen in self.screens), 60)

    def stop(self) -> None:
        """Close all."""
        self._stopping = True
        self._thread.join(10)
        for screen in self.screens:
            screen.close()

    def _work(self) -> None:
        while not self._stopping:
            self._works.work()

    def begin(self) -> None:
        """A fault begins: forget what was measured."""
        for screen in self.screens:
            screen.longest_silence_s = screen.oldest_ms = 0.0

    def mark(self, floor: tuple[int, int] | None = None) -> float:
        """The fault is over now: what is later than `floor` (else this millisecond) says that one is back."""
        floor = floor or (time.time_ns() // 1_000_000, 0)
        marked_s = time.monotonic()
        for screen in self.screens:
            screen.floor, screen.back_at_s = floor, None
        return marked_s

    @property
    def newest(self) -> tuple[int, int]:
        """The newest position that any screen has."""
        return max(screen.newest for screen in self.screens)

    def seen(self, marked_s: float, patience_s: float = 60.0, which: slice = slice(None)) -> Seen:
        """Wait until all (of `which`) are back, or for as long as `patience_s`."""
        asked = self.screens[which]
        self._until(lambda: all(screen.back_at_s is not None for screen in asked), patience_s)
        back = [None if one.back_at_s is None else one.back_at_s - marked_s for one in asked]
        now_s = time.monotonic()
        return Seen(
            back,
            max(screen.silence_s(now_s) for screen in asked),
            max(screen.oldest_ms for screen in asked) / 1000,
        )

    def _until(self, holds: Any, patience_s: float) -> None:
        end_s = time.monotonic() + patience_s
        while not holds() and time.monotonic() < end_s:
            time.sleep(0.02)
