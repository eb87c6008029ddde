"""The province's figures: sums of what each city's frames said, however they came, and their ages."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.case_types import NATURES
from dashboard.domain.safety_index import GridSums, IndexParameters, SafetyIndex
from dashboard.live.follower import Follower
from dashboard.live.hub import Hub
from dashboard.live.province import Member, Province, names_in
from dashboard.live.screens import Screens
from dashboard.live.state import LiveState
from dashboard.streams import frame
from dashboard.streams.keys import Keys
from dashboard.streams.reader import PublishedSums
from tests.domain.made import case as made_case
from tests.streams.small_city import START_MS, make_city

NOW_MS = 1_790_000_000_000
CITY = make_city()


def member(code: str) -> Member:
    """A city that has told nothing yet."""
    state = LiveState()
    follower = Follower("redis://127.0.0.1:1/0", Keys(code), state, Screens(Hub()), lambda: None)
    parameters = IndexParameters.default(int(CITY.population.sum()))
    return Member(code, f"市{code}", f"City {code}", False, CITY.hierarchy, CITY.population, parameters,
                  state, follower)  # fmt: skip


def tell(city: Member, cases: list[dict[str, Any]], cameras: list[int], ages_s: dict[str, float]) -> None:
    """Let a city's changes say this, its feeds applied so long ago."""
    positions = {kind: f"{NOW_MS - int(age * 1000)}-0" for kind, age in ages_s.items()}
    sections = [
        frame.section("regions", "score", [845] * len(CITY.hierarchy)),
        frame.section("regions", "level", [2] * len(CITY.hierarchy)),
        frame.section("cameras", "status", cameras),
        frame.section("cases", "upserts", cases),
        frame.section("clock", "clock", {"clock_ms": NOW_MS, "simulated": False, "positions": positions}),
    ]
    city.state.apply("1-0", frame.encode(sections))
    city.follower._last_ms = dict.fromkeys(("reports", "commands", "cameras", "units"), NOW_MS)


case = st.fixed_dictionaries(
    {"level": st.integers(1, 4), "nature": st.sampled_from(sorted(NATURES)), "type": st.just("2100")}
)
told = st.lists(
    st.tuples(st.lists(case, max_size=30), st.lists(st.integers(0, 4), max_size=40)), min_size=1, max_size=5
)
FRESH = {"reports": 1.0, "cameras": 2.0, "units": 0.5}


@settings(max_examples=60, deadline=None)
@given(told=told)
def test_sums_are_those_of_everything_that_all_cities_said(told: list[tuple[list, list]]) -> None:
    members = [member(f"99{number:02d}00") for number in range(len(told))]
    for city, (cases, cameras) in zip(members, told, strict=True):
        tell(city, [{**c, "id": str(n)} for n, c in enumerate(cases)], cameras, FRESH)
    found = Province("", members).figures(lambda code: True, NOW_MS)
    every_case = [c for cases, _ in told for c in cases]
    every_camera = [status for _, cameras in told for status in cameras]
    together = found.together
    assert together.open_cases == len(every_case)
    assert together.by_nature == Counter(c["nature"] for c in every_case)
    assert together.grave == len([c for c in every_case if c["level"] in (1, 2)])
    assert together.cameras_online == every_camera.count(1)
    assert together.cameras_networked == len(every_camera) - every_camera.count(4)
    assert together.population == len(members) * int(CITY.population.sum())
    assert [city.figures.open_cases for city in found.cities] == [len(cases) for cases, _ in told]
    assert found.missing == 0


def test_the_whole_is_as_old_as_its_oldest_feed() -> None:
    young, old = member("990100"), member("990200")
    tell(young, [], [1], FRESH)
    tell(old, [], [1], {"reports": 90.0, "cameras": 3.0, "units": 3.0})
    found = Province("", [young, old]).figures(lambda code: True, NOW_MS)
    assert [city.figures.age_s for city in found.cities] == [2.0, 90.0]
    assert found.together.age_s == 90.0


def test_a_feed_that_never_brought_anything_has_no_age() -> None:
    city = member("990100")
    tell(city, [], [1], {"reports": 1.0, "cameras": 1.0})
    assert Province("", [city]).figures(lambda code: True, NOW_MS).together.age_s is None


def test_a_city_that_has_told_nothing_is_missing_and_not_nought() -> None:
    known, silent = member("990100"), member("990200")
    tell(known, [{"id": "a", "level": 1, "nature": 2, "type": "2100"}], [1, 1], FRESH)
    found = Province("", [known, silent]).figures(lambda code: True, NOW_MS)
    assert found.missing == 1
    assert found.cities[1].figures.open_cases is None
    assert found.cities[1].figures.score is None
    assert found.together.open_cases == 1
    nobody = Province("", [silent]).figures(lambda code: True, NOW_MS).together
    assert (nobody.open_cases, nobody.cameras_online, nobody.score) == (None, None, None)


def test_only_cities_that_may_be_seen_count() -> None:
    members = [member("990100"), member("990200")]
    for city in members:
        tell(city, [{"id": "a", "level": 4, "nature": 1, "type": "2100"}], [1], FRESH)
    found = Province("", members).figures(lambda code: code == "990200", NOW_MS)
    assert [city.code for city in found.cities] == ["990200"]
    assert found.together.open_cases == 1


def test_one_city_alone_has_the_score_that_its_projector_gave_it() -> None:
    index = SafetyIndex(CITY.hierarchy, CITY.population, CITY.parameters)
    index.add_all(made_case(f"c{n}", n % 60, occurred_at_ms=START_MS - n * 3_600_000)
                  for n in range(40))  # fmt: skip
    grids: GridSums = index.sums(START_MS)
    city = member("990100")
    city.parameters = CITY.parameters
    city.take_sums(PublishedSums(f"generation@{START_MS}-0", START_MS, grids))
    tell(city, [], [1], FRESH)
    together = Province("", [city]).figures(lambda code: True, START_MS + 4_000).together
    assert together.score == pytest.approx(float(index.evaluate(START_MS).score[0]))
    assert together.score_age_s == 4.0
    assert np.isfinite(together.score)


def test_names_are_taken_once_and_blanks_left_out() -> None:
    assert names_in(" weifang, jinan,,weifang ") == ["weifang", "jinan"]
    assert names_in("") == []
