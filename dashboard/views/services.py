"""What the pages ask of the server behind them. `app.py` puts the real ones in; tests put in their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from dashboard.domain.access import Identity
from dashboard.domain.hierarchy import Hierarchy
from dashboard.settings import Settings


class FamilyScore(TypedDict):
    """One family of the safety index: its slug, and its score or None while unknown."""

    slug: str
    score: float | None


class Reason(TypedDict):
    """One part of the explanation: `points` is what it adds to (or takes from) the score.

    `family` is a slug; `case_type` (four digits), `level` (1 … 4) and `place` (a region's code) are None
    where the part is not about a single case.
    """

    family: str
    points: float
    case_type: str | None
    level: int | None
    place: str | None


class Profile(TypedDict):
    """A region's score as the server explains it; also the only source of a grid's families."""

    code: str
    score: float | None
    interval: tuple[float, float] | None
    """The 80 % interval."""
    families: list[FamilyScore]
    reasons: list[Reason]
    """The strongest first."""
    formula: str
    """Version of formula, weights and cuts."""


class Rate(TypedDict):
    """Disputes settled of those decided; the share and its 95 % interval are None with too few."""

    settled: int
    decided: int
    share: float | None
    low: float | None
    high: float | None


class Settling(TypedDict):
    """How a region's disputes are settled, as `GET /api/v1/settling` says it (docs/api.md)."""

    region: str
    open: int
    ended: int
    success: Rate
    paths: list[dict[str, Any]]
    """Per path its slug, how many of each result, and its `success`."""
    hearings: dict[str, Any]
    """`set`, `past` their date, and `oldest`: the `case` that waits longest and its `age_s`, or None."""


Trend = tuple[Sequence[int], Sequence[float | None]]
"""(times in UTC milliseconds, oldest first; scores, None where unknown)"""
ChildTrends = tuple[Sequence[int], Mapping[str, Sequence[float | None]]]
"""The same for every child of a region: (times, code of the child → scores)"""


@dataclass(frozen=True)
class Services:
    """Everything a callback may ask. Functions take a region's code that is known to exist."""

    settings: Settings
    pack: Any
    """A `geodata.Pack`."""
    hierarchy: Hierarchy
    cuts: tuple[float, float, float]
    """Scores from which a region is blue, yellow, orange."""
    identity: Callable[[], Identity]
    """Who is asking, in the current request."""
    simulated: Callable[[], bool]
    """Whether what is on the streams now says that it is simulated."""
    region_trend: Callable[[str, int], Trend]
    """(code, hours) → the hourly scores; empty for a grid."""
    children_trend: Callable[[str, int], ChildTrends]
    """(code, hours) → the hourly scores of the children; empty for a village, whose children are grids."""
    open_cases: Callable[[str, int], list[dict[str, Any]]]
    """(code, limit) → open cases as the wire has them, the most serious and then the newest first."""
    region_profile: Callable[[str], Profile]
    ring_integrity: Callable[[str], Sequence[float | None]]
    """code → the share of length watched of the city, county and police rings; None where none passes."""
    settling: Callable[[str], Settling | None]
    """code → how its disputes are settled; None while that can't be read."""
    past_trend: Callable[[str, int, int], Trend] = lambda code, hours, ago: ([], [])
    """(code, hours, ago) → the scores of the `hours` that ended `ago` hours ago, by hour or by day."""
    leaders: Any = None
    """A `dashboard.live.leaders.Leaders`: what moved a score, its cases counted, its parts compared."""
    publications: Any = None
    """A `dashboard.live.publications.Publications`: the numbered snapshots of the index."""
    systems: Any = None
    """A `dashboard.live.systems.Systems`: figures of each of the city's systems."""
