"""What the projector itself sends about publications: those that the schedule asks for, and what follows.

A moment of the schedule has an id of its own, so it is published once, however often a projector starts. What
was missed is made up for, the latest moment only, and none from before anything was on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from dashboard.domain.publication import Head, Publication
from dashboard.domain.publication_schedule import Schedule, scheduled_id
from dashboard.domain.rectification import MOST_RAISED
from dashboard.streams.city import CityModel
from dashboard.streams.overdue import BY
from dashboard.streams.projection import Projection
from dashboard.streams.rectifying import Rectifying, Sent

LOOK_MS = 1_000
"""The schedule is looked at so often."""


@dataclass(frozen=True)
class Timetable:
    """When the index is published by itself, if ever, and how many cases each publication opens at most."""

    schedule: Schedule | None = None
    most: int = MOST_RAISED


class Publishing:
    """Publications of one city that Kite sends, and what follows from all of them."""

    def __init__(
        self,
        city: CityModel,
        timetable: Timetable,
        heads: Iterable[Head],
        began_ms: Callable[[], int | None],
    ) -> None:
        """`began_ms`: when the record begins, None while nothing is on record."""
        self._timetable, self._zone, self._began_ms = timetable, city.timezone, began_ms
        self._rectifying = Rectifying(city, heads)
        self._looked_ms = 0
        self._settled_id = ""

    def note(self, publications: Iterable[Publication]) -> None:
        """These were published."""
        self._rectifying.note(publication.head for publication in publications)

    def is_waiting(self, now_ms: int) -> bool:
        """Whether `take` may have something to send."""
        has_schedule = self._timetable.schedule is not None
        return self._rectifying.is_waiting or (has_schedule and now_ms >= self._looked_ms + LOOK_MS)

    def take(self, now_ms: int, projection: Projection) -> list[Sent]:
        """The entries to send now; the streams must have been read to their end."""
        return [*self._due(now_ms, projection), *self._rectifying.take(now_ms, projection.cases)]

    def _due(self, now_ms: int, projection: Projection) -> list[Sent]:
        schedule, self._looked_ms = self._timetable.schedule, now_ms
        if schedule is None:
            return []
        moment = schedule.latest(now_ms, self._zone)
        due_id = scheduled_id(moment)
        if due_id == self._settled_id:
            return []
        self._settled_id = due_id
        began_ms = self._began_ms()
        if due_id in projection.publications.heads or began_ms is None or began_ms > _ms(moment):
            return []
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        entry = {"id": due_id, "command": "publish", "at": at, "by": BY, "most": str(self._timetable.most)}
        return [("commands", entry)]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
