"""A web process's own copy of all cases, ended ones too, as columns: read once, followed from then on.

The cases that screens are told of are read again from the store, at most once a second. Some changes are told
to no screen (a history that is imported closed, a further report about a case that has ended): the count of
cases in the store tells of the first, a comparison of all of them now and then of both. Work is done in
slices of some milliseconds, so that no event stream waits for it.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Iterable
from typing import Any

import gevent

from dashboard.domain.case_columns import CaseColumns, row_of
from dashboard.domain.whistle_columns import WhistleColumns
from dashboard.domain.working_days import WorkingDays
from dashboard.streams.case_book import decode_case
from dashboard.streams.case_reading import PAGE, case_count, packed_cases, scan_cases
from dashboard.streams.client import FAILED, Client, connect
from dashboard.streams.keys import Keys

SLICE_S = 0.004
"""So long the others wait for this."""
FETCH_S = 1.0
COUNTED_S = 15.0
COMPARED_S = 600.0
_PAUSE_S = 0.5
_LOG = logging.getLogger(__name__)

Packed = Iterable[tuple[str, bytes]]


class CaseHistory:
    """The columns of one city's cases; `follow` keeps them up to date for ever, in a greenlet of its own."""

    def __init__(self, url: str, keys: Keys, grid_count: int, days: WorkingDays) -> None:
        self._url, self._keys, self._grid_count, self._days = url, keys, grid_count, days
        self._begin()
        self._history = 0
        """How often another history began; 0 before the first one that is known of."""
        self._read = 0
        """Which one has been read whole."""
        self._told: dict[str, int] = {}
        self._counted_s = self._compared_s = 0.0
        self._count = 0

    def _begin(self) -> None:
        self.columns = CaseColumns(self._grid_count)
        self.whistles = WhistleColumns()

    @property
    def ready(self) -> bool:
        """Whether all cases of the present history have been read."""
        return self._read == self._history > 0

    def hear(self, upserts: list[dict[str, Any]]) -> None:
        """Cases as screens are told of them have changed."""
        for told in upserts:
            self._told[told["id"]] = int(told.get("version", -1))

    def forget(self) -> None:
        """Another history begins: all is read anew."""
        self._history += 1
        self._told.clear()

    def follow(self) -> None:
        """Read and follow for ever; what goes wrong is logged and tried again."""
        while True:
            try:
                with connect(self._url, wait_s=3600.0, keys=self._keys) as client:
                    while True:
                        self.step(client)
                        gevent.sleep(FETCH_S)
            except FAILED as problem:
                _LOG.warning("The cases can't be read (%s); trying again.", problem)
                gevent.sleep(_PAUSE_S)

    def step(self, client: Client) -> None:
        """Bring the copy up to what is known now."""
        if not self._history:
            return
        if not self.ready:
            self._read_all(client)
        self._fetch(client)
        self._look_for_others(client)

    def _read_all(self, client: Client) -> None:
        """Read all cases of a history, unless yet another one begins meanwhile."""
        history, begun_s = self._history, time.monotonic()
        self._begin()
        if not self._compare(client, history):
            return
        self._fetch(client)
        self._read, self._count = history, 0
        self._counted_s = self._compared_s = time.monotonic()
        _LOG.info("%d cases read in %.1f s.", len(self.columns), time.monotonic() - begun_s)

    def _compare(self, client: Client, history: int) -> bool:
        """Take in all cases that differ from what is held; False when another history began meanwhile."""
        for page in scan_cases(client, self._keys):
            if history != self._history:
                return False
            self._take(page)
        return history == self._history

    def _fetch(self, client: Client) -> None:
        """Read the cases again of which was told, but for those that are held in that form."""
        wanted = [case_id for case_id, version in self._told.items() if self._version(case_id) != version]
        told, self._told = self._told, {}
        try:
            for first in range(0, len(wanted), PAGE):
                self._take(packed_cases(client, self._keys, wanted[first : first + PAGE]))
        except FAILED:
            self._told = told | self._told
            raise

    def _version(self, case_id: str) -> int | None:
        number = self.columns.number_of(case_id)
        return None if number is None else int(self.columns["version"][number])

    def _take(self, packed: Packed) -> None:
        """Hold cases, giving way to others every few milliseconds."""
        begun_s = time.perf_counter()
        for case_id, data in packed:
            mark, number = zlib.crc32(data), self.columns.number_of(case_id)
            if number is None or int(self.columns["mark"][number]) != mark:
                case = decode_case(data)
                self.columns.put(case_id, row_of(case, self._days, mark))
                self.whistles.put(case)
            if time.perf_counter() - begun_s > SLICE_S:
                gevent.sleep(0)
                begun_s = time.perf_counter()

    def _look_for_others(self, client: Client) -> None:
        """Now and then: take in what no screen was told of."""
        now_s = time.monotonic()
        if now_s - self._counted_s < COUNTED_S or not self.ready:
            return
        # What the store had then has been told of by now, where it is told at all.
        lacks_some = self._count > len(self.columns)
        self._counted_s, self._count = now_s, case_count(client, self._keys)
        if self._count < len(self.columns):
            _LOG.info("The store has fewer cases than were read: reading them anew.")
            self.forget()
        elif lacks_some or now_s - self._compared_s > COMPARED_S:
            self._compared_s = now_s
            self._compare(client, self._history)
