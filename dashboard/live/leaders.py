"""What a leader asks of a region: why its score is what it is, what moved it, its cases counted and compared.

Every answer is plain values and is kept in the cache by the region, the version of what it rests on (see
`Leaders.version`) and the minute in which it was asked for, as windows and deadlines move on by themselves.
Who may look at a region is for those who ask to see to: nothing here asks the gate.

Windows of a `period` end at the city's clock (`to_ms`) and are 1, 7, 30 or 365 days long; the one before is
as long and ends where it begins; that of the year before is 364 days earlier, so that weekdays meet weekdays.
Figures of a window that begins before the record does are None, for nobody knows them. A case that was merged
into another is that other: it is counted nowhere. Cases that Kite opens itself (rectification) count among
what is open and due, not among what is new or ended. Deadlines and whistles are judged by the server's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.domain.case_columns import RegionCases
from dashboard.domain.case_days import LocalDays
from dashboard.domain.case_figures import PERIOD_DAYS, Window, count_cases, record_from_ms
from dashboard.domain.case_flow import count_flow, count_whistles
from dashboard.domain.decay import DAY_MS
from dashboard.domain.hierarchy import VILLAGE, Hierarchy
from dashboard.domain.safety_index.moved import SINCE_DAYS
from dashboard.domain.working_days import WorkingDays
from dashboard.live.case_history import CaseHistory
from dashboard.live.case_list import list_cases
from dashboard.live.children import ChildrenTable
from dashboard.live.explained import explained, moved_since
from dashboard.live.kept import Kept
from dashboard.live.past_index import PastIndex
from dashboard.live.published import Published
from dashboard.live.state import LiveState
from dashboard.live.trends import Trends
from dashboard.settings import Settings
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.keys import Keys
from geodata import Pack

SINCES = tuple(SINCE_DAYS)
PERIODS = tuple(PERIOD_DAYS)
_MINUTE_MS = 60_000

Answer = dict[str, Any]


class Leaders:
    """Answers for one city; codes must be of its regions. None: not known yet, or the store is away."""

    def __init__(
        self,
        settings: Settings,
        keys: Keys,
        hierarchy: Hierarchy,
        pack: Pack,
        published: Published,
        state: LiveState,
        trends: Trends,
        kept: Kept,
    ) -> None:
        zone = pack.manifest["timezone"]
        self._keys, self._hierarchy, self._state, self._kept = keys, hierarchy, state, kept
        self._published, self._trends = published, trends
        self._client = client_of(settings.redis_url, keys)
        self._days = LocalDays(zone)
        self._past = PastIndex(hierarchy, published.population, published.parameters)
        self._children = ChildrenTable(pack, hierarchy, state, trends, self._past)
        self.history = CaseHistory(settings.redis_url, keys, hierarchy.grid_count, WorkingDays(zone))

    # How it is kept up: besides this by what `history` hears and follows

    def forget(self) -> None:
        """The city's history has been projected again: read all anew."""
        self.forget_derived()
        self.history.forget()

    def forget_derived(self) -> None:
        """Forget what this process made of cases and sums."""
        self._past.forget()
        self._published.forget()

    @property
    def ready(self) -> bool:
        """Whether the history of cases has been read; until then what rests on it is None."""
        return self.history.ready

    def version(self, code: str) -> str:
        """Changes whenever a case of the region, or the published sums, did; alike in all web processes."""
        return f"{self._sums_version()}.{self._cases_version(code)}"

    # Why

    def explanation(self, code: str) -> Answer | None:
        """The score in parts: `base_score` + Σ `parts.points` + `limit_points` = `score`.

        `{code, at_ms, score, uncapped, base_score, limit_points, hatched, effective_events,
        least_effective_events, interval: [lo, hi], interval_share, formula, parent, shrinkage,
        points_per_doubling, cuts: [b, y, o], families: [{slug, weight, half_life_days, score, points, theta,
        parent_theta, severity, expected, reference_per_10000_day}], parts: [{family, points, kind: "case" |
        "place" | "rest", case, case_type, level, place, severity}]}`; a family's parts sum to its points.
        Ended cases are named like open ones once the history has been read; before, the open ones alone.
        """
        region = self._hierarchy.number_of(code)
        history = self.history if self.ready else None
        return self._answer(
            "explanation", code, (self.version(code), str(self.ready)),
            lambda: explained(self._published.latest(), self._hierarchy, region, history, self._state),
        )  # fmt: skip

    def moved(self, code: str, since: str) -> Answer | None:
        """What moved the score since a day, a week or a month ago (`SINCES`); None where no record is.

        `{since, from_ms, to_ms, from_score, to_score, families: [{slug, points}], cap_points, rest_points,
        cases: [{case, case_type, level, place, family, points, what: "new" | "ended" | "decayed" |
        "changed"}], places: [{code, points}]}` with `from_score` + Σ families + `cap_points` + `rest_points`
        = `to_score`. `cap_points`: what the cap of open level-01 cases and the ends of the scale change;
        `rest_points`: what has become known of the time before since then. The cases and places are those
        that moved it most, each inside the families' points.
        """
        span_days = SINCE_DAYS[since]
        if not self.ready:
            return None
        region = self._hierarchy.number_of(code)
        return self._answer(
            "moved", code, (self.version(code), since),
            lambda: moved_since(
                since, span_days, self._published.latest(), self._hierarchy, region, self.history.columns,
                self._past, self._trends,
            ),
        )  # fmt: skip

    # How many

    def cases(self, code: str, period: str) -> Answer | None:
        """The cases of a period (of `PERIODS`), counted.

        `{period, from_ms, to_ms, new, new_before, new_year_ago, ended, open, overdue, by_type: [{type, new,
        before, open}], by_full_type: the same, by_stage: [{state, open, overdue}], by_level: [{level, new,
        open}], by_origin: [{origin, new}], deadlines: [{phase, kept, missed, running, running_late}],
        kept_share, median_handle_h}`. Types are first levels ("21") or, in full, four digits. `new`: occurred
        in the window; `ended`: closed in it; `open`, `overdue`, `running` and `running_late`: now. A deadline
        counts in the window in which it was kept or turned red, whether or not its clock still runs.
        `kept_share` is kept ÷ (kept + missed). `median_handle_h`: from learning of a case to its result, of
        those that ended in the window.
        """
        return self._counted(
            "cases", code, period,
            lambda cases, window, now_ms: {
                "period": period, **count_cases(cases, window, now_ms, self._record_from_ms())
            },
        )  # fmt: skip

    def calendar(self, code: str, period: str) -> Answer | None:
        """`{counts, from_ms, to_ms}` of when cases occurred.

        `counts`: 7 × 24, Monday first, hours of the city's time.
        """
        return self._counted(
            "calendar", code, period, lambda cases, window, now_ms: self._days.calendar(cases, window)
        )

    def daily(self, code: str, period: str) -> Answer | None:
        """`{days, new, before, year_ago, ended}`: as many local days as the period has, the last is today.

        `days`: ISO dates; `before`: the same days of the period before; `year_ago`: those 364 days earlier.
        None where the day is before the record.
        """
        return self._counted(
            "daily", code, period,
            lambda cases, window, now_ms: self._days.daily(
                cases, window.to_ms, PERIOD_DAYS[period], self._record_from_ms()
            ),
        )  # fmt: skip

    def children(self, code: str) -> Answer | None:
        """The regions directly inside, over a month: `{at_ms, from_ms, rows: [{code, name, name_en, tier,
        score, level, hatched, day, week, month, open, overdue, new, before, kept_share, per_10000,
        population}]}`.

        `day`, `week`, `month`: by how many points the score is above what it was, or None. `per_10000`: new
        cases per 10,000 people.
        """
        return self._counted(
            "children", code, "month",
            lambda cases, window, now_ms: self._children.of(
                self._hierarchy.number_of(code), cases, window, now_ms, self._record_from_ms(),
                self.history.columns,
            ),
            self._sums_version(),
        )  # fmt: skip

    def compare(self, codes: Sequence[str], hours: int) -> Answer | None:
        """`{times_ms, series: {code: [score | None]}}`, hourly; without grids, of which no trend is kept."""
        regions = {code: self._hierarchy.number_of(code) for code in codes}
        above = {code: region for code, region in regions.items() if self._hierarchy.tier[region] <= VILLAGE}
        try:
            times, columns = self._trends.of(list(above.values()), hours)
        except FAILED:
            return None
        return {"times_ms": times, "series": dict(zip(above, columns, strict=True))}

    def flow(self, code: str, period: str) -> Answer | None:
        """How cases go through the loop, and where they wait.

        `{from_ms, to_ms, ended, stages: [{state, count, median_h, p90_h, passed}], levels: [{tier, open,
        overdue}], waits: [{state, open, overdue, median_h, oldest_h}]}`. `stages`: how long the cases that
        ended in the window were in each state, of the `passed` of them that were in it and have their steps
        on record; `count`: cases in it now. `levels`: at which tier's centre the open cases are. `waits`: how
        long those that are in a state now have been there.
        """
        return self._counted("flow", code, period, count_flow)

    def whistles(self, code: str, period: str) -> Answer | None:
        """Departments that were whistled for: `{from_ms, to_ms, open, overdue, by_department: [{department,
        called, on_time, late, waiting}], by_region: [{code, called, on_time, late, waiting}]}`.

        Called in the window, and on_time + late + waiting = called; `by_region`: the regions directly inside.
        `open` and `overdue` are those that have still to report in, whenever they were called.
        """
        region, hierarchy = self._hierarchy.number_of(code), self._hierarchy
        children = list(hierarchy.children(region))
        return self._counted(
            "whistles", code, period,
            lambda cases, window, now_ms: count_whistles(
                self.history.whistles, hierarchy.slice_of(region), hierarchy.grid_lo[children],
                [hierarchy.codes[child] for child in children], window, now_ms,
            ),
        )  # fmt: skip

    def case_rows(self, code: str, period: str, limit: int) -> list[dict[str, Any]] | None:
        """The cases behind the score, the gravest and of these the newest first.

        `[{id, type, level, state, grid, place, summary, occurred_at_ms, closed_at_ms, overdue}]` of those
        that occurred or ended in the window or are open; `grid` is the grid's code.
        """
        found = self._counted(
            "case_rows", code, period,
            lambda cases, window, now_ms: list_cases(
                cases, window, now_ms, limit, self._hierarchy, self._client, self._keys
            ),
            str(limit),
        )  # fmt: skip
        return None if found is None else list(found["rows"])

    # Behind the answers

    def _counted(
        self,
        what: str,
        code: str,
        period: str,
        count: Callable[[RegionCases, Window, int], Answer],
        *more: str,
    ) -> Answer | None:
        """What `count` gives for the region's cases and the period's window; None until cases are read."""
        days = PERIOD_DAYS[period]
        if not self.ready:
            return None
        to_ms = (int(self._state.clock.get("clock_ms") or 0) // _MINUTE_MS + 1) * _MINUTE_MS
        now_ms = time.time_ns() // 1_000_000 // _MINUTE_MS * _MINUTE_MS
        low, high = self._hierarchy.slice_of(self._hierarchy.number_of(code))
        return self._answer(
            what, code, (self._cases_version(code), period, str(to_ms), str(now_ms), *more),
            lambda: count(
                RegionCases(self.history.columns, low, high), Window(to_ms - days * DAY_MS, to_ms), now_ms
            ),
        )  # fmt: skip

    def _answer(
        self, what: str, code: str, parts: tuple[str, ...], make: Callable[[], Answer | None]
    ) -> Answer | None:
        try:
            found: Answer | None = self._kept.of(":".join(("leaders", what, code, *parts)), make)
        except FAILED:
            return None
        return found

    def _record_from_ms(self) -> int | None:
        return record_from_ms(self.history.columns, int(self._state.clock.get("clock_ms") or 0))

    def _cases_version(self, code: str) -> str:
        return self.history.columns.mark_of(*self._hierarchy.slice_of(self._hierarchy.number_of(code)))

    def _sums_version(self) -> str:
        try:
            return self._published.latest().version
        except FAILED:
            return "none"
