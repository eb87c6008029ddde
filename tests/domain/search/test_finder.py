"""Cases, places and units together: what is found, where one may look, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_types import TYPE_BY_CODE
from dashboard.domain.hierarchy import GRID
from dashboard.domain.search import CASE, KINDS, PLACE, UNIT, Area, Finder, Hit
from dashboard.domain.search.alphabet import readings_of
from dashboard.domain.search.open_cases import OpenCases
from tests.domain.made import CODES, GRIDS, small_city
from tests.domain.search import naive

CITY = small_city()
NAMES = (
    "潍坊市",
    "潍城区", "奎文区",
    "城关街道", "西关街道", "广文街道",
    "城关社区", "长乐村", "李家村", "李家社区",
    "城关社区第1网格", "城关社区第2网格", "长乐村第1网格", "李家村第1网格",
    "李家社区第1网格", "李家社区第2网格", "李家社区第3网格",
)  # fmt: skip
KIND_OF_UNIT = np.array([0] * GRIDS + [1, 2])
HOMES = np.array([*range(GRIDS), 0, 4])
SIGNS = [f"网-{grid}" for grid in range(GRIDS)] + ["巡-01", "消-01"]
EVERYWHERE = Area.of(CITY, 0)


def finder(cases: list[dict[str, Any]]) -> Finder:
    made = Finder(CITY, KIND_OF_UNIT, HOMES)
    made.places.add([(name, "", code) for name, code in zip(NAMES, CODES, strict=True)])
    made.units.add([(sign,) for sign in SIGNS])
    made.cases.take(made.cases.changed(cases))
    return made


def open_case(case_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": case_id, "type": "3100", "level": 4, "grid": 0, "place": "", "summary": "", "due": None,
        **changes,
    }  # fmt: skip


def due(red_ms: int, paused: str = "") -> dict[str, Any]:
    return {"phase": "accept", "yellow_ms": 0, "red_ms": red_ms, "paused": paused}


def told(made: Finder, hits: list[Hit]) -> list[str]:
    names = {CASE: lambda n: made.case(n)["id"], PLACE: lambda n: CODES[n], UNIT: lambda n: SIGNS[n]}
    return [names[hit.kind](hit.number) for hit in hits]


PIECES = ("cheng", "lj", "李", "kw", "wz", "1", "xf", "巡", "guan", "dao", "网格", "370702", "a-1", "烟")

made_cases = st.lists(
    st.builds(
        lambda number, **rest: open_case(f"a-{number}", **rest),
        st.integers(0, 30),
        type=st.sampled_from(["3100", "2100", "0200"]),
        level=st.integers(1, 4),
        grid=st.integers(0, GRIDS - 1),
        place=st.sampled_from(["", "城关街", "李家大院"]),
        summary=st.sampled_from(["", "楼道冒烟", "奎文门前拥堵"]),
        due=st.none() | st.builds(due, st.integers(0, 5), st.sampled_from(["", "court"])),
    ),
    max_size=8,
    unique_by=lambda case: case["id"],
)


@settings(deadline=None)
@given(
    cases=made_cases,
    words=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3, unique=True),
    region=st.integers(0, CITY.region_count - 1),
)
def test_all_is_found_that_lies_inside_and_holds_every_word(
    cases: list[dict[str, Any]], words: list[str], region: int
) -> None:
    """Text by text: own texts, or for all words but one (a case: for all) those of a place around it."""
    made = finder(cases)
    hits = made.find(words, Area.of(CITY, region), 1000)
    plain = dict(_plainly(cases, words, region))
    assert {(hit.kind, hit.number): hit.rank for hit in hits} == {
        (kind, _row(made, number) if kind == CASE else number): rank for (kind, number), rank in plain.items()
    }
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)


def _row(made: Finder, case_id: object) -> int:
    return next(n for n in range(made.cases.texts.rows) if made.case(n)["id"] == case_id)


def _plainly(cases: list[dict[str, Any]], words: list[str], region: int):  # type: ignore[no-untyped-def]
    def best(texts: list[str], word: str) -> int:
        return min(naive.rank(text, word, readings_of) for text in texts)

    def around(own: int, word: str) -> bool:
        return any(best([NAMES[r], CODES[r]], word) != naive.NONE for r in CITY.ancestors(own))

    def after_village(grid: int, word: str) -> bool:
        """Whether the grid says no more of the word than its village does."""
        village = CITY.ancestors(grid)[0]
        return best([NAMES[village], CODES[village]], word) <= best([NAMES[grid], CODES[grid]], word)

    def verdict(texts: list[str], inside: list[int], by_place: int) -> int:
        own = [best(texts, word) for word in words]
        place = [
            any(around(r, word) or best([NAMES[r], CODES[r]], word) != naive.NONE for r in inside)
            for word in words
        ]
        if not all(rank != naive.NONE or there for rank, there in zip(own, place, strict=True)):
            return naive.NONE
        return max((rank for rank in own if rank != naive.NONE), default=by_place)

    for r in range(CITY.region_count):
        rank = verdict([NAMES[r], CODES[r]], CITY.ancestors(r)[:1], naive.NONE)
        if rank != naive.NONE and CITY.contains(region, r):
            says_less = r >= CITY.tier_start[GRID] and all(after_village(r, word) for word in words)
            yield (PLACE, r), 8 if says_less else rank
    kinds = (["grid worker", "网格员"], ["patrol", "巡防"], ["fire", "消防"])
    for unit, home in enumerate(HOMES):
        grid = CITY.region_of_grid(int(home))
        rank = verdict([SIGNS[unit], *kinds[KIND_OF_UNIT[unit]]], [grid], naive.NONE)
        if rank != naive.NONE and CITY.grid_lo[region] <= home < CITY.grid_hi[region]:
            yield (UNIT, unit), rank
    for case in cases:
        row = TYPE_BY_CODE[case["type"]]
        texts = [case["id"], case["place"], case["summary"], row.zh, row.en, row.code]
        rank = verdict(texts, [CITY.region_of_grid(case["grid"])], 8)
        if rank != naive.NONE and CITY.grid_lo[region] <= case["grid"] < CITY.grid_hi[region]:
            yield (CASE, case["id"]), rank


def test_the_best_comes_first() -> None:
    """By how well it fits, then cases by level and by what turns red first, then places from the top down."""
    made = finder(
        [
            open_case("late", summary="奎文路口", level=2, due=due(9)),
            open_case("never", summary="奎文路口", level=2),
            open_case("paused", summary="奎文路口", level=2, due=due(1, "court")),
            open_case("soon", summary="奎文路口", level=2, due=due(5)),
            open_case("grave", summary="奎文路口", level=1),
            open_case("there", grid=GRIDS - 1),
            open_case("inside", summary="在奎文"),
        ]
    )
    found = told(made, made.find(["kw"], EVERYWHERE, 100))
    assert found == ["grave", "soon", "late", "never", "paused", "370703", "inside", "there"]
    assert told(made, made.find(["奎文区"], EVERYWHERE, 100))[0] == "370703"
    assert told(made, made.find(["lj"], EVERYWHERE, 3)) == ["370702002002", "370703001001", "there"]


def test_of_two_places_of_one_name_the_place_around_tells() -> None:
    made = finder([])
    assert told(made, made.find(["李家"], EVERYWHERE, 2)) == ["370702002002", "370703001001"]
    assert told(made, made.find(["kw", "李家"], EVERYWHERE, 1)) == ["370703001001"]
    assert told(made, made.find(["kuiwen", "xf"], EVERYWHERE, 9)) == ["消-01"]


def test_no_kind_crowds_another_out() -> None:
    made = finder([open_case(f"李家{number}") for number in range(50)])
    hits = made.find(["李家"], EVERYWHERE, 9)
    assert [sum(hit.kind == kind for hit in hits) for kind in KINDS] == [6, 3, 0]
    assert len(made.find(["李家"], EVERYWHERE, 2)) == 2


texts_of_cases = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["烟", "水", "李家"]))


@settings(deadline=None)
@given(st.lists(texts_of_cases, max_size=8))
def test_cases_that_come_change_and_go_are_found_as_they_are_now(steps: list[dict[str, str]]) -> None:
    made = finder([])
    open_now: dict[str, dict[str, Any]] = {}
    for summaries in steps:
        kept = {i: case for i, case in open_now.items() if case["summary"] == summaries.get(i)}
        open_now = {i: kept.get(i, open_case(i, summary=text)) for i, text in summaries.items()}
        made.cases.take(made.cases.changed(open_now.values()))
        for word in ("烟", "水", "李家"):
            hits = [hit for hit in made.find([word], EVERYWHERE, 99) if hit.kind == CASE and hit.rank < 8]
            assert sorted(told(made, hits)) == sorted(i for i, text in summaries.items() if text == word)


def test_only_what_is_new_or_changed_is_taken_up() -> None:
    cases = finder([]).cases
    one, two = open_case("one", summary="烟"), open_case("two", summary="水")
    cases.take(cases.changed([one, two]))
    assert cases.changed([one, two]) == []
    graver = {**one, "level": 1}
    assert cases.changed([graver, two]) == [graver]
    cases.take([graver])
    assert cases.texts.rows == 2  # its text is the same
    cases.take(cases.changed([{**graver, "summary": "火"}, two]))
    assert cases.texts.rows == 3


def test_rows_of_cases_that_are_gone_are_dropped_by_and_by() -> None:
    cases = OpenCases(finder([]).alphabet)
    for number in range(5000):
        cases.take(cases.changed([open_case(str(number), summary="烟")]))
    assert cases.texts.rows < 1200
    assert int(cases.rows["open"].sum()) == 1
    assert int((cases.texts.ranks("yan")[cases.rows["open"]] < naive.NONE).sum()) == 1
