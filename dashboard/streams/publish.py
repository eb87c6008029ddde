"""What screens are told: the columns of the changing tables, and how they differ from what was told last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import FAMILIES
from dashboard.domain.cases import Case
from dashboard.domain.deadlines import clocks
from dashboard.domain.hierarchy import GRID
from dashboard.domain.safety_index import tenths
from dashboard.domain.settling import hearing_since_ms
from dashboard.domain.working_days import WorkingDays
from dashboard.streams import frame
from dashboard.streams.outcome import Outcome
from dashboard.streams.projection import Projection
from dashboard.streams.tables import SCORE_UNKNOWN

Columns = dict[tuple[str, str], NDArray[Any]]
DENSE_FROM = 0.6  # a sparse section takes 6 bytes per u16 element: from this share on a dense one is smaller
_PLACE_COLUMNS = ("x", "y", "state")


class Publisher:
    """Remembers what a city's screens have been told, and makes the frames that bring them up to date."""

    def __init__(self, projection: Projection) -> None:
        """Takes the projection's present state as told."""
        self._projection = projection
        self._heat_epoch_ms = 0
        self._told = self._place_columns()
        self._status = projection.cameras.columns["status"].copy()
        self._units = projection.units.columns[list(_PLACE_COLUMNS)].copy()
        self._open = set(projection.cases.open)

    def _place_columns(self) -> Columns:
        """Columns of regions and grids as they are now."""
        projection = self._projection
        hierarchy = projection.city.hierarchy
        above_grids = hierarchy.tier_start[GRID]
        evaluation = projection.evaluation
        columns: Columns = {
            ("regions", "level"): projection.levels,
            ("regions", "open_cases"): projection.open_cases(),
        }
        if evaluation is None:
            columns["regions", "score"] = np.full(len(hierarchy), SCORE_UNKNOWN, dtype=np.uint16)
            families = np.full((above_grids, len(FAMILIES)), SCORE_UNKNOWN, dtype=np.uint16)
        else:
            columns["regions", "score"] = tenths(evaluation.score)
            families = tenths(evaluation.family_score[:above_grids])
        for number, family in enumerate(FAMILIES):
            columns["regions", family.slug] = families[:, number]
        self._heat_epoch_ms, heat = projection.heat.at(projection.evaluated_ms)
        columns["grids", "heat"] = heat
        return columns

    def changes(self, outcome: Outcome, positions: Mapping[str, str]) -> bytes:
        """The frame that tells what an applied batch changed; it counts as told from now on."""
        sections: list[frame.Section] = []
        if outcome.evaluated:
            now = self._place_columns()
            for name, column in now.items():
                sections += _difference(name, self._told[name], column)
            self._told = now
        sections += self._changed_cameras(outcome.cameras)
        sections += self._changed_units(outcome.units)
        upserts = self._upserts(outcome.cases.values())
        if upserts:
            sections.append(frame.section("cases", "upserts", upserts))
        if outcome.answers:
            sections.append(frame.section("answers", "commands", outcome.answers))
        sections.append(self._clock(positions))
        return frame.encode(sections)

    def snapshot(self, positions: Mapping[str, str]) -> bytes:
        """The frame of all that has been told."""
        return self.copied(positions)()

    def copied(self, positions: Mapping[str, str]) -> Callable[[], bytes]:
        """`snapshot` as of now, encoded when it is called: in any thread, whatever is told meanwhile."""
        told = self._told  # replaced, never written to
        status, units = self._status.copy(), self._units.copy()
        cases = list(self._projection.cases.open.values())
        clock = self._clock(positions)

        def encoded() -> bytes:
            sections = [frame.section(table, name, column) for (table, name), column in told.items()]
            sections.append(frame.section("cameras", "status", status))
            sections += [frame.section("units", name, units[name]) for name in _PLACE_COLUMNS]
            described = self._described(sorted(cases, key=lambda case: case.id))
            sections.append(frame.section("cases", "upserts", described))
            return frame.encode([*sections, clock])

        return encoded

    def _changed_cameras(self, numbers: NDArray[np.int64]) -> list[frame.Section]:
        now = self._projection.cameras.columns["status"][numbers]
        differ = self._status[numbers] != now
        if not differ.any():
            return []
        self._status[numbers[differ]] = now[differ]
        return [frame.section("cameras", "status", now[differ], numbers[differ])]

    def _changed_units(self, numbers: NDArray[np.int64]) -> list[frame.Section]:
        sections = []
        now = self._projection.units.columns[numbers]
        for name in _PLACE_COLUMNS:
            told = self._units[name]
            differ = told[numbers] != now[name]
            if differ.any():
                told[numbers[differ]] = now[name][differ]
                sections.append(frame.section("units", name, now[name][differ], numbers[differ]))
        return sections

    def _upserts(self, changed: Iterable[Case]) -> list[dict[str, Any]]:
        """Changed cases that are open, or of which the screens don't know yet that they no longer are."""
        tell = [case for case in changed if case.is_open or case.id in self._open]
        self._open.update(case.id for case in tell if case.is_open)
        self._open.difference_update(case.id for case in tell if not case.is_open)
        return self._described(tell)

    def _described(self, cases: list[Case]) -> list[dict[str, Any]]:
        city = self._projection.city
        xy = np.array([city.grid_xy[case.grid] for case in cases]).reshape(-1, 2)
        pointed = [number for number, case in enumerate(cases) if case.lon is not None]
        if pointed:
            lon = np.array([cases[number].lon for number in pointed], dtype=np.float64)
            lat = np.array([cases[number].lat for number in pointed], dtype=np.float64)
            xy[pointed] = np.asarray(city.to_map_units(lon, lat))
        days = city.working_days
        return [_described(case, x, y, days) for case, (x, y) in zip(cases, xy.tolist(), strict=True)]

    def _clock(self, positions: Mapping[str, str]) -> frame.Section:
        projection = self._projection
        clock = {
            "clock_ms": max(projection.clock_ms, projection.cameras.latest_ms, projection.units.latest_ms),
            "heat_epoch_ms": self._heat_epoch_ms,
            "simulated": bool(projection.simulated),
            "positions": dict(positions),
            "formula": projection.city.parameters.version,
        }
        return frame.section("clock", "clock", clock)


def _difference(name: tuple[str, str], before: NDArray[Any], now: NDArray[Any]) -> list[frame.Section]:
    places = np.flatnonzero(before != now)
    if not len(places):
        return []
    if len(places) > DENSE_FROM * len(now):
        return [frame.section(*name, now)]
    return [frame.section(*name, now[places], places)]


def _described(case: Case, x: int, y: int, days: WorkingDays) -> dict[str, Any]:
    due = next(iter(clocks(case, days)), None)
    return {
        "id": case.id,
        "type": case.type,
        "level": case.level,
        "scale": case.scale,
        "nature": case.nature,
        "state": case.state,
        "version": case.version,
        "grid": case.grid,
        "x": x,
        "y": y,
        "occurred_at_ms": case.occurred_at_ms,
        "place": case.place,
        "summary": case.summary,
        "origin": case.origin,
        "simulated": case.simulated,
        "closed": not case.is_open,
        "unit": case.unit,
        "departments": list(case.departments),
        "called": list(case.called),
        "card": case.card,
        "asked_until_ms": case.asked_until_ms,
        "hearing": case.hearing and {
            "team": case.hearing.team,
            "scheduled_ms": case.hearing.scheduled_ms,
            "since_ms": hearing_since_ms(case),
        },
        "centre": case.centre,
        "due": due and {
            "phase": due.phase, "yellow_ms": due.yellow_ms, "red_ms": due.red_ms, "paused": due.paused,
        },
    }  # fmt: skip
