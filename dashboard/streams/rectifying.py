"""What publications ask for, sent through the loop: cases for places to be rectified, cards for red ones.

They are entries of the raw streams like anybody's, so the record says what was asked of whom, and projecting
it again gives the same. Ids follow from the publication and the place. A case's report and its first commands
are sent in one transaction: either all of it is on the streams or nothing. Nothing is sent before the streams
have been read to their end; what was sent is then in the book, and is not sent again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime

from dashboard.domain.case_types import KITES_ORIGIN, RECTIFICATION
from dashboard.domain.causes import summary_of
from dashboard.domain.events import parse_command, parse_report
from dashboard.domain.hierarchy import GRID, TIERS, Hierarchy
from dashboard.domain.publication import Head, Rectification
from dashboard.domain.rectification import CASE_LEVEL
from dashboard.domain.refused import Refused
from dashboard.streams.case_book import CaseBook
from dashboard.streams.city import CityModel
from dashboard.streams.overdue import BY

AT_ONCE = 25
"""Cases that are opened in one transaction: so many as keep no report waiting."""
CENTRE = "综治中心"
"""What the centre of a place is called: the department that has a village's case is its town's."""
Sent = tuple[str, dict[str, str]]
"""Raw stream and fields of an entry."""


class Rectifying:
    """What is still to be sent for the publications that were made."""

    def __init__(self, city: CityModel, heads: Iterable[Head]) -> None:
        self._city = city
        self._waiting: deque[tuple[Head, Rectification]] = deque()
        self.note(heads)

    def note(self, heads: Iterable[Head]) -> None:
        """These were published."""
        for head in heads:
            self._waiting.extend(
                (head, item) for item in head.rectifications if item.card or item.raised == head.number
            )

    @property
    def is_waiting(self) -> bool:
        """Whether something may have to be sent."""
        return bool(self._waiting)

    def take(self, now_ms: int, book: CaseBook) -> list[Sent]:
        """The entries to send next, in their order; empty once everything has been sent."""
        sent: list[Sent] = []
        count = 0
        while self._waiting and count < AT_ONCE:
            head, item = self._waiting.popleft()
            entries = list(self._entries(head, item, now_ms, book))
            sent += entries
            count += bool(entries)
        return sent

    def _entries(self, head: Head, item: Rectification, now_ms: int, book: CaseBook) -> Iterator[Sent]:
        if item.raised == head.number and item.case not in book:
            yield from self._opening(head, item, now_ms)
        elif item.card and item.case in book.open:
            card = _card(head, item, now_ms)
            if all(step.id != card["id"] for step in book.open[item.case].history):
                yield "commands", card

    def _opening(self, head: Head, item: Rectification, now_ms: int) -> list[Sent]:
        """The case and all that takes it to those who are to work on it; by codes where a name is no good."""
        entries = list(self._named(head, item, now_ms, self._city.name_of))
        try:
            for stream, fields in entries:
                (parse_report if stream == "reports" else parse_command)(fields, now_ms)
        except Refused:
            entries = list(self._named(head, item._replace(causes=()), now_ms, str))
        return entries

    def _named(
        self, head: Head, item: Rectification, now_ms: int, name_of: Callable[[str], str]
    ) -> Iterator[Sent]:
        hierarchy = self._city.hierarchy
        region, grid = _number(hierarchy, item.region), _number(hierarchy, item.grid)
        if region is None or grid is None:
            return  # it was published about another pack
        path = [region, *hierarchy.ancestors(region)]
        names = {TIERS[int(hierarchy.tier[part])][0]: name_of(hierarchy.codes[part]) for part in path[:-1]}
        yield (
            "reports",
            {
                "id": item.case,
                "type": RECTIFICATION,
                "level": CASE_LEVEL[item.region_level],
                "origin": KITES_ORIGIN,
                "occurred_at": _iso(head.at_ms),
                "grid": item.grid,
                "place": _place(names),
                "summary": summary_of(head, item, name_of),
                "source": BY,
                **_simulated(head),
            },
        )
        centre = {"departments": f"{names['town']}{CENTRE}"}
        worker = self._city.grid_worker(grid - hierarchy.tier_start[GRID])
        is_grid = region == grid
        for to in () if is_grid else ("village", "town"):
            yield "commands", _command(head, item, now_ms, "refer", f"refer-{to}", to=to)
        yield "commands", _command(head, item, now_ms, "accept", "accept")
        who = {"unit": worker} if is_grid and worker is not None else centre
        yield "commands", _command(head, item, now_ms, "assign", "assign", **who)
        if item.card:
            yield "commands", _card(head, item, now_ms)


def _place(names: Mapping[str, str]) -> str:
    """Names by tier, the finest first, as one says where it is; a grid may be called after its village."""
    shown = dict(names)
    if shown.get("grid", "").startswith(shown["village"]):
        del shown["village"]
    return " ".join(reversed(shown.values()))


def _number(hierarchy: Hierarchy, code: str) -> int | None:
    return hierarchy.number_of(code) if hierarchy.contains_code(code, code) else None


def _card(head: Head, item: Rectification, now_ms: int) -> dict[str, str]:
    return _command(head, item, now_ms, "supervise", f"card-{head.number}", card=item.card)


def _command(
    head: Head, item: Rectification, now_ms: int, command: str, part: str, **more: str
) -> dict[str, str]:
    named = {"id": f"{item.case}-{part}", "case": item.case, "command": command}
    return {**named, "at": _iso(now_ms), "by": BY, **_simulated(head), **more}


def _simulated(head: Head) -> dict[str, str]:
    return {"simulated": "1"} if head.simulated else {}


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
