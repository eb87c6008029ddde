"""What the wall asks for: yesterday's scores, new cases by ten minutes, and who may ask."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.access import LOCAL_ADMIN, Identity
from dashboard.live.answering import BadRequestError
from dashboard.live.desk import ForbiddenError
from dashboard.live.wall_api import (
    BUCKETS,
    HOUR_MS,
    KEPT_S,
    TEN_MINUTES_MS,
    Sources,
    WallFigures,
    by_ten_minutes,
    region_to_show,
    score_day_ago,
)
from dashboard.streams.client import FAILED
from tests.views.fakes import CITY, COUNTY, STRANGER, TOWN, hierarchy_of

NOW_MS = 1_790_000_000_000 // HOUR_MS * HOUR_MS + 25 * 60_000
WALL = Identity("大屏", "wall", "*")


@given(st.lists(st.integers(0, BUCKETS * TEN_MINUTES_MS - 1), max_size=200))
def test_every_case_of_the_day_is_counted_once(offsets_ms: list[int]) -> None:
    from_ms = NOW_MS
    found = by_ten_minutes([from_ms + offset for offset in offsets_ms], from_ms)
    plain = [0] * BUCKETS
    for offset in offsets_ms:
        plain[offset // TEN_MINUTES_MS] += 1
    assert found == plain


def test_what_lies_outside_of_the_day_is_not_counted() -> None:
    edges = [-1, BUCKETS * TEN_MINUTES_MS]
    assert sum(by_ten_minutes([NOW_MS + edge for edge in edges], NOW_MS)) == 0


def test_yesterday_is_the_newest_score_that_is_a_day_old() -> None:
    hours = [NOW_MS // HOUR_MS - hour for hour in range(25, 0, -1)]
    times_ms = [*(hour * HOUR_MS for hour in hours), NOW_MS]
    scores: list[float | None] = [float(hour % 100) for hour in hours] + [50.0]
    expected = [at for at in times_ms if at <= NOW_MS - 24 * HOUR_MS][-1]
    assert score_day_ago(times_ms, scores) == scores[times_ms.index(expected)]
    assert score_day_ago(times_ms[3:], scores[3:]) is None
    assert score_day_ago([], []) is None


def test_who_is_bound_to_a_region_gets_that_region_and_no_other() -> None:
    hierarchy, bound = hierarchy_of(), Identity("县大屏", "wall", COUNTY)
    assert region_to_show(LOCAL_ADMIN, hierarchy, None) == CITY
    assert region_to_show(WALL, hierarchy, TOWN) == TOWN
    assert region_to_show(bound, hierarchy, None) == COUNTY
    assert region_to_show(bound, hierarchy, TOWN) == TOWN
    for code in (CITY, "370703"):
        with pytest.raises(ForbiddenError):
            region_to_show(bound, hierarchy, code)
    with pytest.raises(ForbiddenError):
        region_to_show(STRANGER, hierarchy, CITY)
    with pytest.raises(BadRequestError):
        region_to_show(WALL, hierarchy, "370799")


class Asked:
    """Figures of a city that count how often they are asked."""

    def __init__(self) -> None:
        self.count = 0

    def region_trend(self, code: str, hours: int) -> tuple[list[int], list[float | None]]:
        self.count += 1
        return [NOW_MS - hour * HOUR_MS for hour in range(hours, -1, -1)], [80.0] * (hours + 1)

    def children_trend(self, code: str, hours: int) -> tuple[list[int], dict[str, list[float | None]]]:
        return [NOW_MS - 25 * HOUR_MS, NOW_MS], {COUNTY: [71.5, 70.0]}

    def ring_integrity(self, code: str) -> list[float | None]:
        return [0.9, None, 1.0]


def city_of(figures: Any) -> Any:
    return SimpleNamespace(figures=figures, state=SimpleNamespace(clock={"clock_ms": NOW_MS}))


class Leaders:
    ready = True

    def moved(self, code: str, since: str) -> dict[str, Any]:
        points = (0.3, -2.0, 1.0, -0.1, 0.2)
        return {"since": since, "families": [], "cases": [{"case": str(p), "points": p} for p in points]}

    def cases(self, code: str, period: str) -> dict[str, Any]:
        return {"to_ms": NOW_MS, "new": 3, "new_before": 5, "ended": 2, "kept_share": 0.5, "by_type": []}

    def case_rows(self, code: str, period: str, limit: int) -> list[dict[str, Any]]:
        return [{"occurred_at_ms": NOW_MS - minutes * 60_000} for minutes in (0, 1, 600)]


def test_what_nobody_can_tell_is_none_and_not_zero() -> None:
    found = WallFigures(city_of(Asked()), Sources()).of(CITY)
    assert (found["moved"], found["cases"]) == (None, None)
    assert [ring["share"] for ring in found["rings"]] == [0.9, None, 1.0]
    assert {ring["gaps"] for ring in found["rings"]} == {None}
    assert found["day_ago"] == {CITY: 80.0, COUNTY: 71.5}


def test_cases_are_none_until_the_history_has_been_read() -> None:
    leaders = Leaders()
    leaders.ready = False
    assert WallFigures(city_of(Asked()), Sources(leaders)).of(CITY)["cases"] is None


def test_cases_are_none_where_the_store_goes_away_between_two_questions() -> None:
    """Their counts may be kept, and which they are not."""
    leaders = Leaders()
    leaders.case_rows = lambda *_: None  # type: ignore[method-assign,assignment,return-value]
    assert WallFigures(city_of(Asked()), Sources(leaders)).of(CITY)["cases"] is None


def test_what_leaders_and_systems_say_is_passed_on() -> None:
    rings = [{"ring": 1, "share": 0.5, "gaps": [{"name": "昌邑北段", "length_m": 11_200.0}]}]
    systems = SimpleNamespace(rings=lambda code: {"rings": rings})
    found = WallFigures(city_of(Asked()), Sources(Leaders(), systems)).of(CITY)
    assert found["rings"] == rings
    assert [case["points"] for case in found["moved"]["cases"]] == [-2.0, 1.0, 0.3, 0.2]
    cases = found["cases"]
    assert (cases["new"], cases["new_before"], cases["ended"]) == (3, 5, 2)
    counts = cases["by_ten_minutes"]
    assert (len(counts), sum(counts), counts[-1]) == (BUCKETS, 3, 2)
    assert cases["from_ms"] + BUCKETS * TEN_MINUTES_MS > NOW_MS >= cases["from_ms"]


def test_screens_share_an_answer_for_a_while() -> None:
    asked, now = Asked(), [100.0]
    figures = WallFigures(city_of(asked), Sources(), lambda: now[0])
    first = figures.of(CITY)
    made = asked.count
    assert figures.of(CITY) is first
    assert asked.count == made
    now[0] += KEPT_S
    assert figures.of(CITY) is not first
    assert asked.count == 2 * made


def test_no_more_answers_are_kept_than_there_is_room_for() -> None:
    asked = Asked()
    figures = WallFigures(city_of(asked), Sources())
    for number in range(300):
        figures.of(f"{number}")
    before = asked.count
    figures.of("299")
    assert asked.count == before
    figures.of("0")
    assert asked.count > before


def test_a_store_that_is_silent_takes_its_part_alone() -> None:
    class Silent(Asked):
        def region_trend(self, code: str, hours: int) -> tuple[list[int], list[float | None]]:
            raise FAILED[0]("no answer")

    found = WallFigures(city_of(Silent()), Sources()).of(CITY)
    assert (found["trend"], found["day_ago"]) == (None, None)
    assert found["rings"] is not None
