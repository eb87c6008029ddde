"""The publications as the projection makes them: each `publish` of the record once, at the end of its bucket.

So a publication holds the levels that screens show at that moment, and every command of the same millisecond.
One that stands in the store already (the record is projected again) is taken as it is, and not made anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.domain.causes import causes_of
from dashboard.domain.events import Publish
from dashboard.domain.publication import Cause, Head, Publication
from dashboard.domain.rectification import Moment, decide
from dashboard.domain.refused import Refused
from dashboard.domain.safety_index import Evaluation, SafetyIndex
from dashboard.streams.case_book import CaseBook
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import Fields
from dashboard.streams.published import head_of, publication_of


class PublicationBook:
    """Knows what was published, and makes what is next."""

    def __init__(self, city: CityModel) -> None:
        self._city = city
        self.heads: dict[str, Head] = {}
        """Id → head of what was published up to here."""
        self._last: Publication | None = None
        self._last_number = 0
        self._written: dict[str, Fields] = {}
        self._expected: list[Publish] = []

    def restore(self, entries: Iterable[Fields]) -> None:
        """Take in what the store has: all of it was published up to here."""
        last: Fields | None = None
        for last in entries:
            head = head_of(last)
            self.heads[head.id], self._last_number = head, head.number
        if last is not None:
            self._last = publication_of(last).aligned(self._city.hierarchy.codes)

    def take_up(self, entries: Iterable[Fields]) -> None:
        """Take what the store has as it is, once the record that is projected again comes to it."""
        for fields in entries:
            head = head_of(fields)
            self._written[head.id], self._last_number = fields, head.number

    def expect(self, event: Publish) -> None:
        """Have it published at the end of the bucket. Raises `Refused` for one that was published already."""
        known = self.heads.get(event.id)
        if known is not None:
            sentence = f"{event.id} was published before, as number {known.number}; nothing was done."
            raise Refused("duplicate", sentence, publication=known.number, at_ms=known.at_ms)
        if any(event.id == other.id for other in self._expected):
            raise Refused("duplicate", f"{event.id} was sent twice at once; it is published once.")
        self._expected.append(event)

    def take_expected(self) -> list[Publish]:
        """What is to be published now."""
        expected, self._expected = self._expected, []
        return expected

    def publish(
        self, event: Publish, moment: Moment, evaluation: Evaluation, index: SafetyIndex, cases: CaseBook
    ) -> tuple[Publication, bool]:
        """The publication, and whether it is new to the store."""
        hierarchy = self._city.hierarchy

        def why(region: int) -> tuple[Cause, ...]:
            inside = (cases.weighed(case_id) for case_id in index.ids_in(*hierarchy.slice_of(region)))
            return causes_of(evaluation, hierarchy, region, [case for case in inside if case is not None])

        written = self._written.pop(event.id, None)
        if written is not None:
            found = publication_of(written).aligned(hierarchy.codes)
        else:
            number = self._last_number + 1
            found = decide(event, number, moment, self._last, hierarchy, cases.get, why)
            self._last_number = number
        self._last = found
        self.heads[event.id] = found.head
        return found, written is None
