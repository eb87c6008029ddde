"""How long a case takes, step by step: medians by group and level, and the hours at which desks work.

Figures are assumptions of the simulator, as those of the rhythm are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import resolve_type
from dashboard.feeds.simulation.kinds import EMERGENCY, FIRE, GRID_WORKER, MEDIATION, MEDICAL, PATROL
from dashboard.feeds.simulation.rhythm import DAY_MS, HOUR_MS, TABLE
from dashboard.feeds.simulation.texts import RETURNED_NOTES, SENT_BACK_NOTES

STEPS = (
    "accept",
    "triage",
    "assign",
    "take_on",
    "en_route",
    "on_scene",
    "leave",
    "resolve",
    "verify",
    "close",
)
"""The course of an undisturbed case; `leave` is no command: the unit goes and the paperwork goes on."""
ACCEPT, TRIAGE, ASSIGN, TAKE_ON, EN_ROUTE, ON_SCENE, LEAVE, RESOLVE, VERIFY, CLOSE = range(len(STEPS))

_MINUTE = 60_000.0
_SIGMA = 0.7


@dataclass(frozen=True)
class Group:
    """A row: what a group of types has in common.

    Medians in minutes of accept to on scene, in hours of handling and checking; `sigma` is that of the
    handling's logarithm; `desk` cases rest at night below level 02; `told_after_min`: mean time from the
    incident to the report; `texts`: which outcomes and departments fit.
    """

    accept: float
    triage: float
    assign: float
    take_on: float
    on_scene: float
    handle_h: float
    sigma: float
    check_h: float
    desk: bool
    told_after_min: float
    texts: str


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "dispute": Group(6, 8, 10, 30, 15, 7.0, 0.8, 0.5, True, 20, "dispute"),
        "case": Group(3, 4, 4, 6, 10, 2.4, 0.8, 0.4, False, 35, "case"),
        "crime": Group(2, 3, 3, 4, 9, 8.0, 0.7, 0.5, False, 60, "case"),
        "hazard": Group(5, 6, 8, 20, 12, 3.5, 0.8, 0.4, True, 5, "hazard"),
        "scene": Group(1.2, 1.5, 1.5, 1.5, 9, 0.8, 0.6, 0.4, False, 2, "scene"),
    }
)

# First level or whole code → group and who is sent; the whole code comes first.
_HANDLING: Mapping[str, tuple[str, int]] = MappingProxyType({
    "01": ("dispute", GRID_WORKER), "02": ("dispute", GRID_WORKER), "09": ("dispute", GRID_WORKER),
    "21": ("case", PATROL), "23": ("case", PATROL), "25": ("case", PATROL),
    "22": ("crime", PATROL), "24": ("crime", PATROL),
    "31": ("hazard", GRID_WORKER), "3100": ("scene", FIRE),
    "32": ("hazard", GRID_WORKER), "3200": ("scene", EMERGENCY), "3201": ("scene", EMERGENCY),
    "33": ("hazard", GRID_WORKER), "34": ("hazard", GRID_WORKER), "3402": ("scene", EMERGENCY),
    "35": ("scene", PATROL), "3501": ("scene", MEDICAL), "3502": ("scene", MEDICAL),
    "3503": ("hazard", GRID_WORKER),
    "36": ("scene", PATROL), "39": ("hazard", GRID_WORKER), "41": ("hazard", GRID_WORKER),
})  # fmt: skip

_URGENCY = np.array([np.nan, 0.15, 0.35, 0.6, 1.0])
_WEIGHT = np.array([np.nan, 2.2, 1.8, 1.3, 1.0])
SENT_BACK = 0.035
RETURNED = 0.02
_DESK_OPENS_H, _DESK_CLOSES_H = 7.5, 21.5


def handling(code: str) -> tuple[str, int]:
    """Group and kind of unit for a type; disputes go to mediators unless the table says otherwise."""
    return _HANDLING.get(code) or _HANDLING.get(code[:2]) or ("dispute", MEDIATION)


def group_of(code: str) -> Group:
    """The group of a type."""
    return GROUPS[handling(code)[0]]


def row_of(code: str) -> int:
    """The row of the rhythm's table that a type's course is drawn by: its own, else one of its group."""
    return _ROW_OF_CODE.get(code, _ROW_OF_GROUP[handling(code)[0]])


_ROW_GROUPS = [group_of(resolve_type(row.slug).code) for row in TABLE]
_MEDIANS_MS = np.array([
    [g.accept, g.triage, g.assign, g.take_on, 1.0, g.on_scene, 35.0, g.handle_h * 60, g.check_h * 60, 4.0]
    for g in _ROW_GROUPS
]) * _MINUTE  # fmt: skip
_HANDLE_SIGMA = np.array([g.sigma for g in _ROW_GROUPS])
_DESK = np.array([g.desk for g in _ROW_GROUPS])
_TOLD_AFTER_MS = np.array([g.told_after_min for g in _ROW_GROUPS]) * _MINUTE


_ROW_OF_CODE = {resolve_type(row.slug).code: number for number, row in enumerate(TABLE)}
_ROW_OF_GROUP = {handling(code)[0]: number for code, number in reversed(_ROW_OF_CODE.items())}


def told_after_ms(rng: np.random.Generator, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Time between an incident and its report, for rows of the rhythm's table."""
    return (rng.exponential(1.0, len(rows)) * _TOLD_AFTER_MS[rows]).astype(np.int64)


def moments(
    rng: np.random.Generator, rows: NDArray[np.int64], levels: NDArray[np.int64], told_ms: NDArray[np.int64],
    utc_offset_ms: int,
) -> NDArray[np.int64]:  # fmt: skip
    """When each step of each case happens, i64[n, len(STEPS)] (UTC ms), never decreasing along a case.

    `rows` are rows of the rhythm's table, `told_ms` when the reports came in.
    """
    sigma = np.full((len(rows), len(STEPS)), _SIGMA)
    sigma[:, RESOLVE] = _HANDLE_SIGMA[rows]
    delays = _MEDIANS_MS[rows] * np.exp(sigma * rng.normal(size=sigma.shape))
    delays[:, : ON_SCENE + 1] *= _URGENCY[levels][:, None]
    delays[:, RESOLVE] *= _WEIGHT[levels]
    # Handling counts from the scene, and nobody leaves it after all is resolved.
    delays[:, LEAVE] = np.minimum(delays[:, LEAVE], delays[:, RESOLVE])
    delays[:, RESOLVE] -= delays[:, LEAVE]
    # A scene is held until it is done.
    held = ~_DESK[rows] & (delays[:, RESOLVE] < 2 * HOUR_MS)
    delays[held, LEAVE] += delays[held, RESOLVE]
    delays[held, RESOLVE] = 1.0
    out = np.empty(delays.shape, dtype=np.int64)
    now = told_ms.astype(np.float64)
    rests = _DESK[rows] & (levels > 2)
    for step in range(len(STEPS)):
        now = now + delays[:, step]
        if step in (TAKE_ON, RESOLVE, VERIFY):
            # Reports are taken day and night; mediators and checkers have office hours.
            waits = rests if step != VERIFY else levels > 2
            now = np.where(waits, _when_open(rng, now, utc_offset_ms), now)
        out[:, step] = now
    return out


def _when_open(
    rng: np.random.Generator, at_ms: NDArray[np.float64], utc_offset_ms: int
) -> NDArray[np.float64]:
    local = at_ms + utc_offset_ms
    hour = (local % DAY_MS) / HOUR_MS
    morning = np.floor((local + (24 - _DESK_CLOSES_H) * HOUR_MS) / DAY_MS) * DAY_MS + _DESK_OPENS_H * HOUR_MS
    closed = (hour >= _DESK_CLOSES_H) | (hour < _DESK_OPENS_H)
    later = morning + rng.exponential(1.2 * HOUR_MS, len(at_ms)) - utc_offset_ms
    return np.where(closed, later, at_ms)


@dataclass(frozen=True)
class Step:
    """One thing to do with a case: when, which command (or `leave`), with which note and further fields."""

    at_ms: int
    command: str
    note: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def course(rng: np.random.Generator, times: NDArray[np.int64]) -> list[Step]:
    """The steps of one case from its row of `moments`; now and then one is returned or sent back."""
    steps = [Step(int(at), name) for at, name in zip(times, STEPS, strict=True)]
    luck = rng.random()
    if luck < RETURNED:
        gap = max(int(times[TAKE_ON] - times[ASSIGN]) // 3, 1000)
        note = RETURNED_NOTES[int(rng.integers(len(RETURNED_NOTES)))]
        again = [
            Step(int(times[ASSIGN]) + gap, "return_back", note),
            Step(int(times[ASSIGN]) + 2 * gap, "assign"),
        ]
        return steps[: ASSIGN + 1] + again + steps[TAKE_ON:]
    if luck < RETURNED + SENT_BACK:
        gap = max(int(times[VERIFY] - times[RESOLVE]), 60_000)
        note = SENT_BACK_NOTES[int(rng.integers(len(SENT_BACK_NOTES)))]
        back = [Step(int(times[VERIFY]), "send_back", note), Step(int(times[VERIFY]) + 2 * gap, "resolve")]
        rest = [Step(step.at_ms + 3 * gap, step.command) for step in steps[VERIFY:]]
        return steps[:VERIFY] + back + rest
    return steps
