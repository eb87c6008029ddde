"""Why a place is to be rectified: parts of its explanation, and a summary that holds no person."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.cases import Case
from dashboard.domain.causes import MOST_CAUSES, causes_of, summary_of
from dashboard.domain.fields import text_of
from dashboard.domain.privacy import personal_text
from dashboard.domain.publication import Cause, Head, Rectification
from dashboard.domain.safety_index import IndexParameters, SafetyIndex, explain, weigh
from dashboard.domain.schemas import SUMMARY_LIMIT
from tests.domain.made import CODES, NOW_MS, case, many_cases, small_city

CITY = small_city()
PEOPLE = np.array([350, 120, 900, 0, 410, 333, 280])
PARAMETERS = IndexParameters.default(int(PEOPLE.sum()))
VILLAGE, GRID = CODES[6], CODES[10]


def head(number: int = 12) -> Head:
    return Head(number, "p", NOW_MS, "市领导", "", "1", False, 100, (), ())


def item(*causes: Cause, before: int = 2, level: int = 4) -> Rectification:
    return Rectification(VILLAGE, "rect-12", GRID, 12, 663, level, before, causes=causes)


@given(many_cases(), st.integers(0, len(CODES) - 1))
@settings(max_examples=100)
def test_causes_are_the_strongest_parts_that_lower_the_score(cases: list[Case], region: int) -> None:
    index = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    index.add_all(cases)
    evaluation = index.evaluate(NOW_MS)
    found = causes_of(evaluation, CITY, region, cases)
    assert len(found) <= MOST_CAUSES
    assert all(cause.tenths < 0 for cause in found)
    assert [cause.tenths for cause in found] == sorted(cause.tenths for cause in found)
    explanation = explain(evaluation, CITY, region, weigh(cases, PARAMETERS, NOW_MS))
    parts = sorted(round(10 * part.points) for part in explanation.parts if part.points < 0)
    plain = [tenths for tenths in parts if tenths < 0][:MOST_CAUSES]
    capped = explanation.limit_points < -0.05
    assert capped or [cause.tenths for cause in found] == plain


def test_a_closed_case_is_named_too() -> None:
    index = SafetyIndex(CITY, PEOPLE, PARAMETERS)
    closed = case("burglary-1", 0, type="2201", level=2, occurred_at_ms=NOW_MS - 86_400_000,
                  closed_at_ms=NOW_MS - 3_600_000)  # fmt: skip
    index.add(closed)
    found = causes_of(index.evaluate(NOW_MS), CITY, CITY.number_of(GRID), [closed])
    (named,) = [cause for cause in found if cause.case]
    assert (named.case, named.type, named.level, named.place) == ("burglary-1", "2201", 2, GRID)


def test_the_summary_says_what_where_and_by_how_much() -> None:
    causes = (
        Cause("criminal", -31, "c-1", "2201", 3, GRID),
        Cause("safety", -20, place=GRID),
        Cause("stability", -12),
    )
    names = {GRID: "东风社区第1网格", VILLAGE: "东风社区"}
    assert summary_of(head(), item(*causes), names.__getitem__) == (
        "平安指数第 12 期 66.3 分，红色，上期黄色，列入整改。"
        "主要原因有 东风社区第1网格入室盗窃（03 级，刑事案件）−3.1 分；"
        "东风社区第1网格公共安全合计 −2.0 分；其余社会稳定 −1.2 分。"
    )
    assert summary_of(head(), item(before=0, level=3), names.__getitem__) == (
        "平安指数第 12 期 66.3 分，橙色，列入整改。"
    )


@given(
    st.lists(
        st.builds(
            Cause,
            st.sampled_from(["stability", "public_order", "criminal", "safety"]),
            st.integers(-1000, -1),
            st.just("c"),
            st.sampled_from(["2201", "0100", "3600", ""]),
            st.integers(1, 4),
            st.sampled_from([GRID, VILLAGE]),
        ),
        max_size=MOST_CAUSES,
    ),
    st.integers(1, 99_999),
    st.sampled_from(["东关社区", "王家庄", "第一网格", "370702001001001"]),
)
def test_no_summary_points_at_a_person_or_is_too_long(causes: list[Cause], number: int, name: str) -> None:
    said = summary_of(head(number), item(*causes), lambda code: name)
    assert personal_text(said) is None
    assert text_of(SUMMARY_LIMIT)(said) == said
