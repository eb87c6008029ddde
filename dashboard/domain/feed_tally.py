"""What a feed brought: how much in the last minute, when last, and how much is usual for it.

A feed is a raw stream as a whole, one source of reports within it, or what comes of one county. Times are
the stream's, ms since 1970, so that a projector that catches up counts what came when it came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

import orjson

from dashboard.domain.feed_rhythm import HOUR_MS, Rhythm

SLOT_MS = 10_000
SLOTS = 6
"""What is counted of late: a minute, in six parts."""
MINUTE_MS = SLOT_MS * SLOTS
TENTH_MS = 10 * MINUTE_MS
"""What is usual is learned in parts of ten minutes."""
TRUSTED = 3
"""Of fewer parts nobody can say what is usual."""
MEMORY = 24
"""Parts that are remembered: four hours."""
EXPECTED = 50
"""So many events must have been missed by the usual rate before a feed without data is one that is silent."""


@dataclass(slots=True)
class Counts:
    """Events that came (`data`, refused ones too), how many of them said nothing new, and heartbeats."""

    data: int = 0
    repeats: int = 0
    refused: int = 0
    heartbeats: int = 0

    def add(self, other: Counts) -> None:
        """Add the others to these."""
        self.data += other.data
        self.repeats += other.repeats
        self.refused += other.refused
        self.heartbeats += other.heartbeats

    def between(self, first: float, last: float) -> Counts:
        """The part between two shares of the whole; adjoining parts sum to it."""
        if first == 0.0 and last == 1.0:
            return self
        return Counts(*(round(last * n) - round(first * n) for n in self.to_list()))

    def to_list(self) -> list[int]:
        """As JSON has it."""
        return [self.data, self.repeats, self.refused, self.heartbeats]


@dataclass(frozen=True, slots=True)
class Figures:
    """A feed at one moment. Times in ms, 0: never.

    `minute`: what came in the last minute. `peak`: most events of ten seconds in it. `usual`: events per
    minute, None where too little has been seen. `unlikely`: how unlikely it is that nothing has come since
    `data_ms`, and `asleep_ms`: how much of it is usually silent (see `feed_rhythm`; 0 without a usual).
    """

    data_ms: int
    alive_ms: int
    minute: Counts
    peak: int
    usual: float | None
    unlikely: float = 0.0
    asleep_ms: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of one feed, as the projector keeps them."""

    data_ms: int = 0
    alive_ms: int = 0
    """When the last heartbeat came."""
    slots: deque[tuple[int, Counts]] = field(default_factory=deque)
    """(number of ten seconds, what came in them), oldest first, one minute and the ten seconds that run."""
    parts: deque[int] = field(default_factory=lambda: deque(maxlen=MEMORY))
    """Events of each of the last ten minutes, oldest first."""
    part: int = 0
    """Number of the ten minutes that are being counted."""
    in_part: int = 0
    """Events in them so far."""
    rhythm: Rhythm = field(default_factory=Rhythm)
    """Up to the hour of the last event, which is not learned yet."""

    def add(self, at_ms: int, counts: Counts) -> None:
        """Take what came about then; what came earlier than what is known counts as now."""
        if counts.data:
            if self.data_ms and at_ms // HOUR_MS > self.data_ms // HOUR_MS:
                self.rhythm.learn(self.data_ms // HOUR_MS, at_ms // HOUR_MS)
            self.data_ms = max(self.data_ms, at_ms)
        if counts.heartbeats:
            self.alive_ms = max(self.alive_ms, at_ms)
        self._slot(at_ms // SLOT_MS).add(counts)
        part = at_ms // TENTH_MS
        if self.part and part > self.part:
            self._close(part)
        self.part = max(self.part, part)
        self.in_part += counts.data

    def _slot(self, number: int) -> Counts:
        if not self.slots or self.slots[-1][0] < number:
            self.slots.append((number, Counts()))
            while self.slots[0][0] < number - SLOTS:
                self.slots.popleft()
        return self.slots[-1][1]

    def _close(self, part: int) -> None:
        """Learn from the ten minutes that have passed, and from empty ones after them but for a silence."""
        self.parts.append(self.in_part)
        self.in_part = 0
        empty = part - self.part - 1
        usual = self.usual
        if usual:
            empty = min(empty, int(EXPECTED / usual * MINUTE_MS / TENTH_MS))
        self.parts.extend([0] * min(empty, MEMORY))

    @property
    def usual(self) -> float | None:
        """Events a minute: the median, so that neither a flood nor an hour of silence makes itself usual."""
        return median(self.parts) * MINUTE_MS / TENTH_MS if len(self.parts) >= TRUSTED else None

    def figures(self, now_ms: int) -> Figures:
        """How the feed stands at a moment."""
        of_late, peak = Counts(), 0
        for number, counts in self.slots:
            if number > now_ms // SLOT_MS - SLOTS:
                of_late.add(counts)
                peak = max(peak, counts.data)
        data_ms, usual = self.data_ms, self.usual
        unlikely = self.rhythm.silence(data_ms // HOUR_MS, now_ms // HOUR_MS) if data_ms else 0.0
        asleep_ms = self.rhythm.asleep_ms(data_ms, now_ms) if data_ms and usual else 0
        return Figures(data_ms, self.alive_ms, of_late, peak, usual, unlikely, asleep_ms)

    def to_json(self) -> bytes:
        """As it is stored."""
        return orjson.dumps({
            "data_ms": self.data_ms, "alive_ms": self.alive_ms, "parts": list(self.parts),
            "part": [self.part, self.in_part], "rhythm": self.rhythm.to_list(),
            "slots": [[number, *counts.to_list()] for number, counts in self.slots],
        })  # fmt: skip

    @classmethod
    def from_json(cls, data: bytes) -> Tally:
        """The tally that was stored; raises `ValueError` and the like for what is none."""
        told = orjson.loads(data)
        part, in_part = told["part"]
        slots: Iterable[list[int]] = told["slots"]
        parts: Sequence[int] = told["parts"]
        rhythm = Rhythm.from_list(told["rhythm"]) if "rhythm" in told else Rhythm()  # of an earlier release
        return cls(
            int(told["data_ms"]), int(told["alive_ms"]),
            deque((number, Counts(*counts)) for number, *counts in slots),
            deque(map(int, parts), maxlen=MEMORY), int(part), int(in_part), rhythm,
        )  # fmt: skip
