"""The cases that publications of the index open while a simulator runs, for it to work on."""

from __future__ import annotations

from dashboard.domain.case_record import Case
from dashboard.streams.client import Client
from dashboard.streams.keys import Keys
from dashboard.streams.published import last_number, read_publication
from dashboard.streams.reader import read_cases


class Rectified:
    """Gives each case once, as soon as somebody has it."""

    def __init__(self, client: Client, keys: Keys) -> None:
        """Publications before now are not looked at: their cases are among the open ones that are known."""
        self._client, self._keys = client, keys
        self._number = last_number(client, keys)
        self._waiting: list[str] = []

    def __call__(self) -> list[Case]:
        """Those that were opened and assigned since the last call."""
        last = last_number(self._client, self._keys)
        for number in range(self._number + 1, last + 1):
            found = read_publication(self._client, self._keys, number)
            self._waiting += [] if found is None else [item.case for item in found.head.raised]
        self._number = max(self._number, last)
        found_cases = read_cases(self._client, self._keys, self._waiting)
        ready = [case for case in found_cases if case.state != "reported"]
        given = {case.id for case in ready}
        self._waiting = [case_id for case_id in self._waiting if case_id not in given]
        return ready
