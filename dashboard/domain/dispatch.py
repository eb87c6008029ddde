"""Which unit to send: the best few for a case, with the reasons in words.

A unit is judged by one figure, in minutes: how long it takes to get there, and what speaks against it as
minutes too (not made for this, busy, cases in hand). The three with the fewest are suggested. Every part is
a row of a table, so that a person can say why, and every reason that is given is a part of the figure. It
is units that are ranked for one case, by what they are and where they stand; nothing is kept of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.units import BUSY, EN_ROUTE, FREE, KINDS, OFF, ON_SCENE

HANDLERS: dict[str, tuple[str, ...]] = {
    "01": ("grid_worker", "mediation"),
    "02": ("grid_worker", "mediation"),
    "09": ("grid_worker", "mediation"),
    "21": ("patrol", "grid_worker"),
    "22": ("patrol",),
    "23": ("patrol", "grid_worker"),
    "24": ("patrol",),
    "25": ("patrol", "grid_worker"),
    "31": ("grid_worker", "fire"),
    "3100": ("fire", "emergency", "medical"),
    "32": ("grid_worker", "emergency"),
    "3200": ("emergency", "fire", "medical"),
    "3201": ("emergency", "fire", "medical"),
    "33": ("grid_worker", "emergency"),
    "34": ("grid_worker", "emergency"),
    "3402": ("emergency", "grid_worker"),
    "35": ("patrol", "grid_worker"),
    "3501": ("medical", "patrol"),
    "3502": ("medical", "patrol"),
    "3503": ("grid_worker", "patrol"),
    "36": ("patrol", "grid_worker", "medical"),
    "39": ("grid_worker", "patrol"),
    "41": ("grid_worker", "mediation"),
}
"""Who handles a type, the fittest kind first, by whole code or by first level; the whole code decides."""
_DISPUTE, _INCIDENT = ("mediation", "grid_worker"), ("grid_worker", "patrol")

SPEED_KMH: dict[str, float] = {
    "grid_worker": 15.0,
    "patrol": 30.0,
    "fire": 40.0,
    "emergency": 40.0,
    "mediation": 25.0,
    "medical": 45.0,
}
"""Speed on the road by kind of unit; grid workers go by electric bicycle."""
DETOUR = 1.3
"""Road kilometres per kilometre of air line: a common mean for towns (circuity 1.2 to 1.4)."""
TURN_OUT_MIN = 1.0

UNFIT_MIN = 8.0
"""For each kind that would be fitter."""
STATE_MIN: dict[int, float] = {FREE: 0.0, EN_ROUTE: 15.0, BUSY: 20.0, ON_SCENE: 25.0}
"""By state; a unit that is off duty is never suggested."""
LOAD_MIN = 6.0
"""For each case that it has in hand."""
HOME_MIN = -3.0
"""For a unit of the case's own grid: it knows the place."""
_LONGEST_LOAD = 10


@dataclass(frozen=True, slots=True)
class UnitTable:
    """All units of a city, by number.

    `kind` u8[U], `state` u8[U], `xy` [U, 2] (map units), `home_grid` [U], `load` [U] cases in hand.
    """

    kind: NDArray[np.uint8]
    state: NDArray[np.uint8]
    xy: NDArray[np.int32]
    home_grid: NDArray[Any]
    load: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit for a case. `reasons`: keys of `REASONS`, the weightiest first; `load`: cases in hand."""

    unit: int
    distance_m: float
    eta_min: float
    load: int
    reasons: tuple[str, ...]


REASONS: dict[str, tuple[str, str]] = {
    "fittest": ("专门处置此类", "made for this"),
    "fit": ("可先期处置", "can do the first steps"),
    "free": ("空闲", "free"),
    "en_route": ("途中，可改派", "on its way elsewhere"),
    "busy": ("处置中", "busy"),
    "on_scene": ("在现场", "on another scene"),
    "home": ("本网格", "of this grid"),
    "nearest": ("最近", "nearest"),
    "loaded": ("手上有案", "has cases in hand"),
}
"""Why a unit is suggested, or what speaks against it all the same."""
_STATE_REASON = {FREE: "free", EN_ROUTE: "en_route", BUSY: "busy", ON_SCENE: "on_scene"}

_KIND_NUMBER = {slug: number for number, (slug, _) in enumerate(KINDS)}
_M_PER_MIN = np.array([SPEED_KMH[slug] * 1000 / 60 for slug, _ in KINDS])


def handlers(code: str) -> tuple[str, ...]:
    """The kinds of unit for a type, the fittest first."""
    known = HANDLERS.get(code) or HANDLERS.get(code[:2])
    return known or (_DISPUTE if TYPE_BY_CODE[code].is_dispute else _INCIDENT)


def suggest(
    code: str, grid: int, xy: tuple[float, float], units: UnitTable, m_per_unit: float, count: int = 3
) -> list[Suggestion]:
    """The best `count` units on duty of the kinds that handle type `code`, at `xy` (map units) in `grid`.

    `m_per_unit`: metres on the ground per map unit there. Fewer where fewer are on duty. Equal ones come in
    the order of their numbers.
    """
    fit = np.full(len(KINDS), np.inf)
    for place, slug in enumerate(handlers(code)):
        fit[_KIND_NUMBER[slug]] = place * UNFIT_MIN
    against = np.full(256, np.inf)
    for state, minutes in STATE_MIN.items():
        against[state] = minutes
    able = np.flatnonzero(np.isfinite(fit[units.kind]) & (units.state != OFF))
    kinds, states = units.kind[able], units.state[able]
    distance_m = np.hypot(units.xy[able, 0] - xy[0], units.xy[able, 1] - xy[1]) * m_per_unit * DETOUR
    eta_min = distance_m / _M_PER_MIN[kinds] + TURN_OUT_MIN
    at_home = units.home_grid[able] == grid
    load = np.minimum(units.load[able], _LONGEST_LOAD)
    cost = eta_min + fit[kinds] + against[states] + LOAD_MIN * load + HOME_MIN * at_home
    best = _smallest(cost, count)
    nearest = best[int(np.argmin(distance_m[best]))] if len(best) else -1
    return [
        Suggestion(
            int(able[i]), float(distance_m[i]), float(eta_min[i]), int(units.load[able[i]]),
            _reasons(fit[kinds[i]] == 0, int(states[i]), bool(at_home[i]), i == nearest, bool(load[i])),
        )
        for i in best
    ]  # fmt: skip


def _smallest(cost: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Places of the `count` smallest that are finite, in order; equal ones by place."""
    count = min(count, int(np.isfinite(cost).sum()))
    if count == 0:
        return np.zeros(0, dtype=np.intp)
    limit = np.partition(cost, count - 1)[count - 1]
    among = np.flatnonzero(cost <= limit)
    return among[np.argsort(cost[among], kind="stable")][:count]


def _reasons(fittest: bool, state: int, at_home: bool, nearest: bool, loaded: bool) -> tuple[str, ...]:
    said = ["fittest" if fittest else "fit", _STATE_REASON[state]]
    said += [name for name, is_so in (("home", at_home), ("nearest", nearest), ("loaded", loaded)) if is_so]
    return tuple(said)
