"""The publications of the index, read from the store by number and kept: one never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from dashboard.domain.publication import Publication
from dashboard.live.desk import UnknownCaseError
from dashboard.streams.client import client_of
from dashboard.streams.keys import Keys
from dashboard.streams.published import last_number, read_publication

KEPT = 60
"""So many are kept, those that were asked for last."""


class UnknownPublicationError(UnknownCaseError):
    """There is no publication of that number; the message is one sentence."""


class Archive:
    """The publications of one city. Raises what a store that does not answer raises (`client.FAILED`)."""

    def __init__(self, url: str, keys: Keys, codes: Sequence[str]) -> None:
        """`codes`: the regions in whose order publications are given."""
        self._client, self._keys, self._codes = client_of(url, keys), keys, codes
        self._known: OrderedDict[int, Publication] = OrderedDict()

    def forget(self) -> None:
        """Read everything anew."""
        self._known.clear()

    def last_number(self) -> int:
        """The number of the last publication, 0 before the first."""
        return last_number(self._client, self._keys)

    def last(self) -> Publication | None:
        """The last publication, None before the first."""
        return self.of(self.last_number())

    def of(self, number: int) -> Publication | None:
        """The publication of that number, None where there is none."""
        if number in self._known:
            self._known.move_to_end(number)
            return self._known[number]
        found = read_publication(self._client, self._keys, number) if number > 0 else None
        if found is None:
            return None
        self._known[number] = aligned = found.aligned(self._codes)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return aligned

    def insist(self, number: int) -> Publication:
        """The publication of that number; raises `UnknownPublicationError`."""
        found = self.of(number)
        if found is None:
            raise UnknownPublicationError(f"There is no publication {number}.")
        return found
