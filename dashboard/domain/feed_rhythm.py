"""At which hours a feed usually brings something: what tells its nights and Sundays from an outage.

Of each hour of the day the last four weeks are remembered, a bit for each day: whether anything came. That
asks nothing of how the counts are spread, and ten reports of one event weigh as one. How unlikely a silence
is follows from how often its hours were empty before. Hours are numbered by the stream's times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

HOUR_MS = 3_600_000
DAYS = 28
"""Days that are remembered of each hour."""
TRUSTED_HOURS = 14 * 24
"""Of fewer hours nobody can say what is usual: each day of the week must have been there twice."""
UNLIKELY = 12.0
"""A silence is told whose chance is below exp(-12), were its hours independent; docs/feeds.md has what that
gave on a year of a real city, whose hours are not."""
_WEEK = 7 * 24
_WEIGHT = 4
"""All days together weigh as much as so many of the same day of the week, of which there are four at most."""
_EVERY_SEVENTH = [sum(1 << day for day in range(first, DAYS, 7)) for first in range(7)]


@dataclass(slots=True)
class Rhythm:
    """What is known of one feed. `hours`: of each hour of the day the days, the newest in the lowest bit."""

    hours: list[int] = field(default_factory=lambda: [0] * 24)
    learned: int = 0
    """Hours that were learned, as far as they are remembered."""

    def learn(self, last: int, now: int) -> None:
        """In the hour `last` something came, and then nothing before the hour `now`.

        Whole weeks without anything are an outage, and no rhythm.
        """
        empty = (now - last - 1) % _WEEK
        for hour in range(last, last + 1 + empty):
            brought = self.hours[hour % 24] << 1 | (hour == last)
            self.hours[hour % 24] = brought & ((1 << DAYS) - 1)
        self.learned = min(self.learned + 1 + empty, DAYS * 24)

    @property
    def is_known(self) -> bool:
        """Whether enough has been seen to go by."""
        return self.learned >= TRUSTED_HOURS

    def silence(self, last: int, now: int) -> float:
        """How unlikely it is that the whole hours between `last` and `now` are empty: -log of the chance.

        Beyond `UNLIKELY` it is not added up any further.
        """
        unlikely = 0.0
        if self.is_known:
            for hour in range(last + 1, min(now, last + DAYS * 24)):
                unlikely -= log(self._empty(hour, last))
                if unlikely >= UNLIKELY:
                    break
        return unlikely

    def asleep_ms(self, since_ms: int, now_ms: int) -> int:
        """How much of that time lies in hours that are usually empty, or just before or after such an hour.

        `since_ms`: when something came last.
        """
        last, asleep_ms = since_ms // HOUR_MS, 0
        if self.is_known:
            for hour in range(last, min(now_ms // HOUR_MS, last + DAYS * 24) + 1):
                if max(self._empty(near, last) for near in (hour - 1, hour, hour + 1)) > 0.5:
                    asleep_ms += min(now_ms, (hour + 1) * HOUR_MS) - max(since_ms, hour * HOUR_MS)
        return asleep_ms

    def _empty(self, hour: int, last: int) -> float:
        """The share of days on which this hour was empty, the same day of the week weighing most.

        The hour in question counts as an empty one: the share is never 0, and larger while little is known.
        """
        days = min(DAYS, self.learned // 24)
        known = (1 << days) - 1
        brought = self.hours[hour % 24] & known
        # The lowest bit stands for the newest such hour before `last`: one day earlier, or more.
        same = _EVERY_SEVENTH[-((hour - last) // 24 + 1) % 7] & known
        if not brought & same:
            return 1.0  # on this day of the week it never brought anything
        of_all = (days - brought.bit_count() + 1) / (days + 1)
        count = same.bit_count()
        return (count - (brought & same).bit_count() + _WEIGHT * of_all) / (count + _WEIGHT)

    def to_list(self) -> list[int]:
        """As JSON has it."""
        return [self.learned, *self.hours]

    @classmethod
    def from_list(cls, told: Sequence[int]) -> Rhythm:
        """The one that was stored; raises `ValueError` and the like for what is none."""
        learned, *hours = map(int, told)
        if len(hours) != 24 or min(learned, *hours) < 0:
            raise ValueError("not a rhythm")
        return cls(hours, learned)
