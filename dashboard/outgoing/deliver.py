"""The process that delivers: follows a city's changes, makes messages of them, and has them delivered.

Whatever goes wrong with the store ends a session; the next one begins from what was committed last, as the
projector's do (see `streams.projector`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.domain.hierarchy import Hierarchy
from dashboard.domain.webhooks import Hook, Told
from dashboard.domain.working_days import WorkingDays
from dashboard.outgoing.alerts import Alerts, as_of
from dashboard.outgoing.courier import Couriers
from dashboard.outgoing.messages import MessageMaker, WireCase, told_of
from dashboard.streams import frame, outbox
from dashboard.streams.client import FAILED, Client, connect
from dashboard.streams.codecs import EntryId
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.outbox import Message
from dashboard.streams.publish import describe
from dashboard.streams.reader import changes_before, load_snapshot, read_case, read_changes
from dashboard.streams.snapshots import Snapshot
from dashboard.streams.webhooks import webhooks
from geodata import Pack

_BLOCK_MS = 1_000
_AT_ONCE = 500
_TOGETHER_S = 0.1  # changes that come within so long are read together: it saves most of the work
_LOOK_S = 1.0  # how soon a webhook that was added or removed is noticed while no case changes
_SAVE_S = 5.0  # how often the position is written while no case changes: each write is a write to disk
_PAUSE_S = 0.5
_PATIENCE_S = 3.0  # for attempts that are under way when told to stop
_ANEW = "The state is being made anew."
_LOG = logging.getLogger(__name__)

Stop = Callable[[], bool]
Change = tuple[WireCase, int]
"""A case that changed, and when, ms since 1970."""


def run(url: str, pack: Pack, hierarchy: Hierarchy, sender: str, longest: int, stop: Stop) -> None:
    """Deliver the messages of one city until `stop()`; survives the store going away.

    `longest`: messages that may wait for one webhook. A second process waits until the first has gone.
    """
    keys = Keys(pack.regions.code[0])
    alerts = Alerts(pack, hierarchy, sender)
    said = ""
    while not stop():
        try:
            with connect(url, connections=1, keys=keys) as client, connect(url, keys=keys) as others:
                session = Session(client, others, keys, pack, hierarchy, alerts, longest)
                try:
                    session.begin(stop)
                    said = ""
                    while not stop():
                        session.step()
                finally:
                    session.end()
        except FAILED as problem:
            said = _say(f"Delivering stopped ({_first_line(problem)}); trying again.", said)
            if not stop():
                time.sleep(_PAUSE_S)


def _say(sentence: str, said: str) -> str:
    if sentence != said:
        _LOG.warning(sentence)
    return sentence


def _first_line(problem: Exception) -> str:
    """What the server said; the client's own words before it would repeat bodies into a log."""
    said = str(problem).rpartition(" of pipeline caused error: ")[2]
    return (said.splitlines() or [type(problem).__name__])[0].rstrip(".")


class Session:
    """Delivering for one city, from taking it over until something goes wrong.

    `client` has one connection only (see `streams.ownership`); `others` is for the couriers.
    """

    def __init__(
        self, client: Client, others: Client, keys: Keys, pack: Pack, hierarchy: Hierarchy, alerts: Alerts,
        longest: int,
    ) -> None:  # fmt: skip
        self._client, self._keys, self._pack, self._alerts = client, keys, pack, alerts
        self._owner = outbox.ownership(client, keys)
        self._couriers = Couriers(others, keys, longest)
        self._maker = MessageMaker(pack, hierarchy, self._alert_of)
        self._grid_region = hierarchy.region_of_grid
        self._days = WorkingDays(pack.manifest["timezone"])
        self._position = self._generation = ""
        self._hooks: list[Hook] = []
        self._looked_s = self._saved_s = 0.0
        self._told: dict[str, Told] = {}

    def begin(self, stop: Stop) -> None:
        """Take the city's outbox over, deliver what waits in it, and see how far the changes were read."""
        self._owner.take(lambda: not stop(), lambda: _LOG.info("Another process delivers; waiting."))
        self._look()
        self._couriers.add(outbox.waiting(self._client, self._keys))
        snapshot = self._snapshot(stop)
        if snapshot is None:
            return
        reached = outbox.reached(self._client, self._keys)
        if reached is None:
            self._adopt(snapshot)
            return
        self._position, self._generation, self._told = reached
        if not self._is_whole():
            self._compare(snapshot)

    def _snapshot(self, stop: Stop) -> Snapshot | None:
        """The latest snapshot, waited for; None when told to stop."""
        while not stop():
            found = load_snapshot(self._client, self._keys)
            if found is not None:
                return found
            self._owner.renew()
            time.sleep(_PAUSE_S)
        return None

    def end(self) -> None:
        """Stop the couriers, and let the next process in if the store is there."""
        self._couriers.stop(_PATIENCE_S)
        try:
            self._owner.release()
        except FAILED:
            _LOG.debug("The outbox could not be released; it frees itself.")

    def step(self) -> None:
        """Make messages of what has changed, or wait a moment for it."""
        if not self._position:
            return
        found = read_changes(self._client, self._keys, self._position, block_ms=_BLOCK_MS, count=_AT_ONCE)
        changes = [(case, _ms_of(at)) for at, data in found for case in _cases(data)]
        if changes or time.monotonic() - self._looked_s > _LOOK_S:
            self._look()
        if not found:
            self._owner.renew()
        elif not self._is_whole():
            self._compare(load_snapshot(self._client, self._keys))
        elif changes or time.monotonic() - self._saved_s > _SAVE_S:
            self._tell(changes, found[-1][0])
        else:
            self._position = found[-1][0]
        if found:
            time.sleep(_TOGETHER_S)

    def _look(self) -> None:
        """Learn which webhooks there are."""
        self._hooks = webhooks(self._client, self._keys)
        self._couriers.hold(self._hooks)
        self._looked_s = time.monotonic()

    def _is_whole(self) -> bool:
        """Whether nothing was trimmed or made anew between our position and what can be read after it."""
        generation: Any = self._client.hget(self._keys.snapshot, "generation")
        same = (generation or b"").decode() == self._generation
        return same and bool(changes_before(self._client, self._keys, self._position, 1))

    def _tell(self, changes: Sequence[Change], position: str) -> int:
        """Write the messages of these changes, with the position after them, and have them delivered."""
        told: dict[str, Told | None] = {}
        messages: list[Message] = []
        for case, at_ms in changes:
            before = told.get(case["id"], self._told.get(case["id"]))
            messages += self._maker.of(case, before, self._hooks, at_ms)
            told[case["id"]] = None if case["closed"] else told_of(case)
        written = outbox.commit(self._owner, self._keys, position, self._generation, messages, told)
        self._position, self._saved_s = position, time.monotonic()
        _remember(self._told, told)
        self._couriers.add(written)
        return len(written)

    def _adopt(self, snapshot: Snapshot) -> None:
        """Begin here: what is open now was there before anybody could ask to be told."""
        self._generation = snapshot.generation
        told = {case["id"]: told_of(case) for case in _cases(snapshot.frame)}
        outbox.commit(self._owner, self._keys, snapshot.position, self._generation, [], told)
        self._position, self._told = snapshot.position, dict(told)
        _LOG.info("Delivering begins at %s, with %d open cases.", snapshot.position, len(told))

    def _compare(self, snapshot: Snapshot | None) -> None:
        """The changes since our position are gone: tell how the open cases differ from what was told.

        Raises `StreamsError` while there is no snapshot.
        """
        if snapshot is None:
            raise StreamsError(_ANEW)
        at_ms = _ms_of(snapshot.position)
        now = {case["id"]: case for case in _cases(snapshot.frame)}
        changes: list[Change] = [(case, at_ms) for case in now.values()]
        changes += [(ended, at_ms) for ended in map(self._ended, self._told.keys() - now.keys()) if ended]
        self._generation = snapshot.generation
        count = self._tell(changes, snapshot.position)
        _LOG.warning(
            "The changes since the last message are no longer kept: %d open cases were compared instead, "
            "which made %d messages; steps in between are not told one by one.", len(now), count,
        )  # fmt: skip

    def _ended(self, case_id: str) -> WireCase | None:
        """A case that has ended as the wire has it; None for one that has not, or is not known any more."""
        case = read_case(self._client, self._keys, case_id)
        if case is None or case.is_open:
            return None
        if case.lon is None or case.lat is None:
            x, y = self._pack.regions.label_xy[self._grid_region(case.grid)].tolist()
        else:
            x, y = self._pack.from_lonlat(np.array(case.lon), np.array(case.lat)).tolist()
        return describe(case, x, y, self._days)

    def _alert_of(self, wire: WireCase) -> str | None:
        """The alert of a case as it stood when the wire told of it.

        Raises `StreamsError` while the state is being made anew.
        """
        case = read_case(self._client, self._keys, wire["id"])
        if case is None or len(case.history) < wire["version"]:
            raise StreamsError(_ANEW)
        xml = self._alerts.xml(as_of(case, wire))
        return None if xml is None else xml.decode()


def _cases(data: bytes) -> list[WireCase]:
    """The cases that a frame tells of."""
    section = frame.by_name(frame.decode(data)).get(("cases", "upserts"))
    return [] if section is None else section.json()


def _ms_of(position: str) -> int:
    return EntryId.parse(position.encode()).ms


def _remember(known: dict[str, Told], told: Mapping[str, Told | None]) -> None:
    for case_id, last in told.items():
        if last is None:
            known.pop(case_id, None)
        else:
            known[case_id] = last
