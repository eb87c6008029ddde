"""How long it takes to say which unit to send, and whether it is the right ones: by a plain loop over all.

The loop is written after docs/cases.md and shares nothing with the code under test but the tables of a city
and of the trade (who handles what, how fast a kind is). It measures on the globe, the code on the map's
plane, so what they say of a unit may differ by `SAME_WITHIN`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import redis

from dashboard.domain.dispatch import SPEED_KMH, Suggestion, UnitTable, handlers, suggest
from dashboard.domain.units import KINDS, STATES
from dashboard.streams.from_pack import city_of
from dashboard.streams.keys import Keys
from dashboard.streams.reader import load_known
from geodata import Pack
from geodata.pack import UNITS_PER_M
from tests.benchmarks.asking import Asking, case_path

SAME_WITHIN = 0.01
"""Share by which a way on the plane may differ from that on the globe."""
COUNT = 3
EARTH_M = 6_371_008.8
_DETOUR, _TURN_OUT_MIN, _UNFIT_MIN, _LOAD_MIN, _HOME_MIN = 1.3, 1.0, 8.0, 6.0, -3.0
_STATE_MIN = {"free": 0.0, "en_route": 15.0, "busy": 20.0, "on_scene": 25.0}


@dataclass(frozen=True)
class Unit:
    """A unit as the loop knows it."""

    number: int
    kind: str
    state: str
    lon: float
    lat: float
    grid: int
    load: int


@dataclass(frozen=True)
class Place:
    """What a suggestion is asked for: the case's type, where it is, and its grid."""

    case: str
    type: str
    grid: int
    xy: tuple[float, float]
    lon: float
    lat: float


@dataclass(frozen=True)
class Truth:
    """Of one unit for one place: the way in metres, minutes until it is there, and its figure in minutes."""

    way_m: float
    eta_min: float
    minutes: float


class Units:
    """All units of a city as they are now, for the code under test (`table`) and for the loop (`all`)."""

    def __init__(self, pack: Pack, client: redis.Redis, cases: Iterable[Mapping[str, Any]]) -> None:
        """`cases`: the open ones as the store has them; they say which units have one in hand."""
        city, keys = city_of(pack), Keys(pack.regions.code[0])
        known, fixed = load_known(client, keys, city), pack.units
        numbers = {call_sign: number for number, call_sign in enumerate(fixed.call_sign)}
        load = [0] * len(fixed.kind)
        for case in cases:
            if case.get("unit"):
                load[numbers[case["unit"]]] += 1
        self.table = UnitTable(
            fixed.kind, known.unit_state, known.unit_xy, fixed.home_grid, np.array(load, dtype=np.int64)
        )
        words = {number: word for word, (number, _) in STATES.items()}
        lon, lat = pack.to_lonlat(known.unit_xy)
        self.all = [
            Unit(number, KINDS[kind][0], words[state], *where, grid, load[number])
            for number, (kind, state, where, grid) in enumerate(
                zip(
                    fixed.kind.tolist(),
                    known.unit_state.tolist(),
                    zip(lon.tolist(), lat.tolist(), strict=True),
                    fixed.home_grid.tolist(),
                    strict=True,
                )
            )
        ]


def places_of(pack: Pack, cases: Iterable[Mapping[str, Any]]) -> list[Place]:
    """The places of cases as the store has them."""
    found = []
    for case in cases:
        lonlat = (case["lon"], case["lat"])
        x, y = np.round(np.stack(pack.project(*lonlat))).tolist()
        found.append(Place(case["id"], case["type"], case["grid"], (x, y), *lonlat))
    return found


def truths(units: Iterable[Unit], place: Place) -> dict[int, Truth]:
    """Every unit that may be sent there, one by one."""
    fit = list(handlers(place.type))
    found = {}
    for unit in units:
        if unit.state == "off" or unit.kind not in fit:
            continue
        way_m = _DETOUR * _air_line_m(unit.lon, unit.lat, place.lon, place.lat)
        eta_min = way_m / (SPEED_KMH[unit.kind] * 1000 / 60) + _TURN_OUT_MIN
        minutes = eta_min + _UNFIT_MIN * fit.index(unit.kind) + _STATE_MIN[unit.state]
        minutes += _LOAD_MIN * unit.load + (_HOME_MIN if unit.grid == place.grid else 0.0)
        found[unit.number] = Truth(way_m, eta_min, minutes)
    return found


def _air_line_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great circle, by the haversine formula."""
    a, b = math.radians(lat), math.radians(other_lat)
    across = math.radians(other_lon - lon)
    chord = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(chord))


def check(suggested: Sequence[tuple[int, float, float]], all_of_them: Mapping[int, Truth]) -> None:
    """Hold (unit, way in m, minutes to get there), the best first, against the loop's; `AssertionError`."""
    best = sorted(all_of_them.items(), key=lambda row: (row[1].minutes, row[0]))
    assert len(suggested) == min(COUNT, len(best)), f"{len(suggested)} units are suggested of {len(best)}"
    assert len({unit for unit, *_ in suggested}) == len(suggested), "a unit is suggested twice"
    for (unit, way_m, eta_min), (_, wanted) in zip(suggested, best, strict=False):
        truth = all_of_them.get(unit)
        assert truth is not None, f"unit {unit} may not be sent there"
        assert abs(way_m - truth.way_m) <= SAME_WITHIN * truth.way_m + 1.0, f"{way_m} m is {truth}"
        assert abs(eta_min - truth.eta_min) <= SAME_WITHIN * truth.eta_min + 0.1, f"{eta_min} min is {truth}"
        margin_min = 2 * SAME_WITHIN * max(truth.eta_min, wanted.eta_min)
        assert truth.minutes <= wanted.minutes + margin_min, f"unit {unit}: {truth}, and there is {wanted}"


def time_domain(pack: Pack, units: Units, places: Sequence[Place], checked: int) -> list[float]:
    """ms of each call of the domain's `suggest`; the first `checked` are held against the loop."""
    took = []
    for number, place in enumerate(places):
        m_per_unit = math.cos(math.radians(place.lat)) / UNITS_PER_M
        begun_s = time.perf_counter()
        found = suggest(place.type, place.grid, place.xy, units.table, m_per_unit, COUNT)
        took.append((time.perf_counter() - begun_s) * 1000)
        if number < checked:
            check([(s.unit, s.distance_m, s.eta_min) for s in found], truths(units.all, place))
            _check_reasons(found, units)
    return took


def _check_reasons(found: Sequence[Suggestion], units: Units) -> None:
    for suggestion in found:
        unit = units.all[suggestion.unit]
        assert unit.state in suggestion.reasons, f"{unit} is suggested as {suggestion.reasons}"
        assert ("loaded" in suggestion.reasons) == (unit.load > 0) == (suggestion.load > 0)


def time_calls(
    asking: Asking, numbers: Mapping[str, int], units: Units, places: Sequence[Place], checked: int
) -> list[float]:
    """ms of each call of the API, one after the other; the first `checked` are held against the loop.

    `numbers`: call sign → number.
    """
    took = []
    for number, place in enumerate(places):
        answer = asking.get(f"{case_path(place.case)}/suggestions")
        assert answer.status == 200, answer
        took.append(answer.took_ms)
        if number < checked:
            rows = [(numbers[row["unit"]], row["distance_m"], row["eta_min"]) for row in answer.said]
            check(rows, truths(units.all, place))
    return took
