"""A backlog in the raw streams of a city: made of drawn events, flat or packed, and what must come of it.

The entries carry ids of their own, spread as at the rate that is to be reached: how many events share one of
the projector's ticks decides what they cost, so a backlog written in one burst would flatter it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
import orjson
import redis
from numpy.typing import NDArray

from dashboard.domain.cameras import REPORTED_STATUSES
from dashboard.domain.units import STATES
from dashboard.streams.case_book import decode_case
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import CAMERA_RECORD, OBJECTS_PER_ENTRY, RECORDS_PER_ENTRY, UNIT_RECORD
from dashboard.streams.dead_letters import read_dead
from dashboard.streams.keys import GROUP, RAW_KINDS, Keys
from dashboard.streams.reader import load_known
from geodata import Pack

GATHER_MS = 10  # a sender of packed entries gathers for so long, then writes one of each kind
WRITTEN_AT_ONCE = 500
_RECORDS = {"cameras": CAMERA_RECORD, "units": UNIT_RECORD}
_STATUS_WORDS = {number: word for word, number in REPORTED_STATUSES.items()}
_STATE_WORDS = {number: word for word, (number, _) in STATES.items()}

Event = dict[str, Any]
Entry = tuple[int, dict[Any, Any]]


@dataclass(frozen=True)
class Backlog:
    """Events by raw stream, each with `at_ms`, its stream's time too; numbers for states, as records hold."""

    events: dict[str, list[Event]]

    @property
    def count(self) -> int:
        """How many events there are."""
        return sum(len(events) for events in self.events.values())

    @property
    def last_ms(self) -> int:
        """The time of the last event."""
        return int(max(events[-1]["at_ms"] for events in self.events.values() if events))

    def entries(self, kind: str, is_packed: bool) -> Iterator[Entry]:
        """(milliseconds of the id, fields) of the entries of one raw stream, in their order."""
        events = self.events[kind]
        if not is_packed:
            yield from ((event["at_ms"], _flat(kind, event)) for event in events)
            return
        at_most = RECORDS_PER_ENTRY if kind in _RECORDS else OBJECTS_PER_ENTRY
        for turn, gathered in groupby(events, key=lambda event: event["at_ms"] // GATHER_MS):
            # The same for all kinds: inside a millisecond, reports are applied before commands.
            written_ms = turn * GATHER_MS + GATHER_MS - 1
            shared = list(gathered)
            for start in range(0, len(shared), at_most):
                part = shared[start : start + at_most]
                yield written_ms, {"packed": _packed(kind, part)}

    def write(self, client: redis.Redis, keys: Keys, is_packed: bool) -> None:
        """Append all entries."""
        for kind in RAW_KINDS:
            entries = list(self.entries(kind, is_packed))
            for start in range(0, len(entries), WRITTEN_AT_ONCE):
                with client.pipeline(transaction=False) as pipe:
                    for at_ms, fields in entries[start : start + WRITTEN_AT_ONCE]:
                        pipe.xadd(keys.raw(kind), fields, id=f"{at_ms}-*")
                    pipe.execute()


def draw(
    pack: Pack, city: CityModel, shares: dict[str, float], count: int, rate: float, first_ms: int, name: str
) -> Backlog:
    """`count` events at `rate` a second from `first_ms` on; `shares` says how often each kind occurs.

    Every command accepts a case that was reported before it in the same backlog; `name` begins all ids.
    """
    rng = np.random.default_rng(first_ms)
    at_ms = first_ms + (np.arange(count) * 1000 / rate).astype(np.int64)
    kind = rng.choice(len(shares), count, p=list(shares.values()))
    at = {each: at_ms[kind == number].tolist() for number, each in enumerate(shares)}
    reports = _reports(pack, rng, at.get("reports", []), name)
    return Backlog(
        {
            "reports": reports,
            "commands": list(_commands(reports, at.get("commands", []))),
            "cameras": _cameras(np.flatnonzero(city.networked), rng, at.get("cameras", [])),
            "units": _units(pack, rng, at.get("units", [])),
        }
    )


def _reports(pack: Pack, rng: np.random.Generator, at: list[int], name: str) -> list[Event]:
    inside = pack.regions.label_xy[int(pack.regions.tier_start[4]) :]
    grids = rng.integers(len(inside), size=len(at))
    lonlat = np.column_stack(pack.to_lonlat(inside[grids])).round(6).tolist()
    return [
        {"id": f"{name}-{n}", "type": "theft", "level": "04", "origin": "hotline", "at_ms": at_ms,
         "lon": lon, "lat": lat, "grid_number": grid}
        for n, (at_ms, (lon, lat), grid) in enumerate(zip(at, lonlat, grids.tolist(), strict=True))
    ]  # fmt: skip


def _commands(reports: list[Event], at: list[int]) -> Iterator[Event]:
    following = iter(reports)
    case = next(following, None)
    for at_ms in at:
        if case is None:
            return
        if case["at_ms"] >= at_ms:
            continue  # nothing has been reported yet that it could accept
        yield {
            "id": f"accept-{case['id']}",
            "case": case["id"],
            "command": "accept",
            "at_ms": at_ms,
            "by": "desk",
        }
        case = next(following, None)


def _cameras(networked: NDArray[Any], rng: np.random.Generator, at: list[int]) -> list[Event]:
    numbers, statuses = rng.choice(networked, len(at)).tolist(), rng.integers(1, 4, len(at)).tolist()
    return [
        {"camera": camera, "status": status, "at_ms": at_ms}
        for camera, status, at_ms in zip(numbers, statuses, at, strict=True)
    ]


def _units(pack: Pack, rng: np.random.Generator, at: list[int]) -> list[Event]:
    numbers = rng.integers(len(pack.units.kind), size=len(at))
    moved = pack.units.xy[numbers] + rng.integers(-2000, 2000, (len(at), 2))
    lonlat = np.column_stack(pack.to_lonlat(moved)).round(6).tolist()
    states = rng.integers(0, 5, len(at)).tolist()
    return [
        {"unit": unit, "state": state, "lon": lon, "lat": lat, "at_ms": at_ms}
        for unit, state, (lon, lat), at_ms in zip(numbers.tolist(), states, lonlat, at, strict=True)
    ]


def _flat(kind: str, event: Event) -> dict[str, str]:
    """The event as docs/protocol.md has it: texts, times with their offset."""
    fields = {name: str(value) for name, value in event.items() if name not in ("at_ms", "grid_number")}
    fields["occurred_at" if kind == "reports" else "at"] = _iso(event["at_ms"])
    if kind == "cameras":
        fields["status"] = _STATUS_WORDS[event["status"]]
    if kind == "units":
        fields["state"] = _STATE_WORDS[event["state"]]
    return fields


def _packed(kind: str, events: list[Event]) -> bytes:
    dtype = _RECORDS.get(kind)
    if dtype is None:
        return orjson.dumps([_flat(kind, event) for event in events])
    rows = [tuple(event[name] for name in dtype.names or ()) for event in events]
    return np.array(rows, dtype=dtype).tobytes()


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


@dataclass
class Truth:
    """What a plain loop over all backlogs so far says: number → state, and the id of each case."""

    cameras: dict[int, int] = field(default_factory=dict)
    units: dict[int, tuple[int, float, float]] = field(default_factory=dict)
    cases: dict[str, tuple[int, str]] = field(default_factory=dict)

    def take(self, backlog: Backlog) -> None:
        """Apply the events one by one."""
        for camera in backlog.events["cameras"]:
            self.cameras[camera["camera"]] = camera["status"]
        for unit in backlog.events["units"]:
            self.units[unit["unit"]] = (unit["state"], unit["lon"], unit["lat"])
        for report in backlog.events["reports"]:
            self.cases[report["id"]] = (report["grid_number"], "reported")
        for command in backlog.events["commands"]:
            grid, _ = self.cases[command["case"]]
            self.cases[command["case"]] = (grid, "accepted")

    def check(self, client: redis.Redis, keys: Keys, city: CityModel) -> str:
        """Hold the committed state against it: a sentence, or `AssertionError` for what is not as it says."""
        dead = [letter.sentence for _, letter in read_dead(client, keys, newest=1)]
        assert not dead, f"there are dead letters: {dead}"
        known = load_known(client, keys, city)
        statuses = city.first_statuses()
        statuses[list(self.cameras)] = list(self.cameras.values())
        assert np.array_equal(known.camera_status, statuses), "the cameras' states are not those of the loop"
        numbers = list(self.units)
        state, lon, lat = np.array(list(self.units.values())).T
        assert np.array_equal(known.unit_state[numbers], state), "the units' states are not those of the loop"
        xy = city.to_map_units(lon, lat)
        assert np.array_equal(known.unit_xy[numbers], xy), "the units are not where the loop has them"
        stored: Any = client.hgetall(keys.state("cases"))
        cases = {case.id: (case.grid, case.state) for case in map(decode_case, stored.values())}
        other = dict(sorted(cases.items() ^ self.cases.items())[:3])
        assert not other, f"{len(self.cases)} cases are not those of the loop, as {other}"
        for stream in keys.raw_streams:
            (group,) = (each for each in client.xinfo_groups(stream) if each["name"] == GROUP.encode())
            newest = client.xinfo_stream(stream)["last-generated-id"]
            assert group["last-delivered-id"] == newest, f"{stream} has entries that were not applied"
        return (
            f"checked against a plain loop: {len(self.cameras):,} cameras, {len(self.units):,} units, "
            f"{len(cases):,} cases; no dead letter, nothing left"
        )
