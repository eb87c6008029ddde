"""Which places a publication asks to be rectified, against the rules told place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.case_record import Case
from dashboard.domain.events import Publish
from dashboard.domain.hierarchy import GRID, VILLAGE
from dashboard.domain.publication import Publication, Rectification, changes
from dashboard.domain.rectification import Moment, case_id, decide
from tests.domain.made import CODES, NOW_MS, case, small_city

CITY = small_city()
COUNT = len(CODES)
VILLAGE_1, GRID_1, GRID_2 = CODES[6], CODES[10], CODES[11]
TOWN = CODES[3]
BLUE, YELLOW, ORANGE, RED = 1, 2, 3, 4


def moment(
    levels: dict[str, int], hatched: Sequence[str] = (), scores: dict[str, int] | None = None
) -> Moment:
    """Everything is blue but for the levels given; a region's score is its level's unless it is given."""
    level = np.array([levels.get(code, BLUE) for code in CODES], dtype=np.uint8)
    shown = [{BLUE: 950, YELLOW: 850, ORANGE: 750, RED: 600}[int(each)] for each in level]
    shown = [(scores or {}).get(code, score) for code, score in zip(CODES, shown, strict=True)]
    flags = np.array([code in hatched for code in CODES])
    return Moment(NOW_MS, "1", False, np.array(shown, dtype=np.uint16), level, flags, np.zeros(COUNT, bool))


@dataclass
class Desk:
    """Publications one after the other, and the cases that they open."""

    cases: dict[str, Case] = field(default_factory=dict)
    published: list[Publication] = field(default_factory=list)

    def publish(self, at: Moment, most: int | None = None) -> Publication:
        before = self.published[-1] if self.published else None
        number = len(self.published) + 1
        event = Publish(f"p-{number}", NOW_MS, "市领导", most=most)
        made = decide(event, number, at, before, CITY, self.cases.get, lambda region: ())
        self.published.append(made)
        for item in made.head.raised:
            assert item.case not in self.cases
            self.cases[item.case] = case(item.case, type="4100", origin="publication")
        for item in made.head.rectifications:
            if item.card:
                self.cases[item.case] = replace(self.cases[item.case], card=item.card)
        return made

    def end(self, *regions: str, state: str = "closed") -> None:
        for code in regions:
            open_now = [item.case for item in self.published[-1].head.rectifications if item.region == code]
            for name in open_now:
                self.cases[name] = replace(self.cases[name], state=state)


def raised(made: Publication) -> set[str]:
    return {item.region for item in made.head.raised}


def test_a_village_and_a_grid_that_turned_get_a_case_each() -> None:
    desk = Desk()
    assert raised(desk.publish(moment({}))) == set()
    made = desk.publish(moment({VILLAGE_1: ORANGE, GRID_1: RED, TOWN: RED, CODES[0]: RED}))
    assert raised(made) == {VILLAGE_1, GRID_1}
    by_region = {item.region: item for item in made.head.raised}
    assert by_region[GRID_1].case == case_id(2, GRID_1) == f"rect-2-{GRID_1}"
    assert (by_region[GRID_1].region_level, by_region[VILLAGE_1].region_level) == (RED, ORANGE)
    assert (by_region[GRID_1].before, by_region[GRID_1].state) == (BLUE, "")
    assert (made.head.number, made.head.id, made.head.left) == (2, "p-2", ())


def test_a_villages_case_lies_in_its_worst_grid() -> None:
    made = Desk().publish(moment({VILLAGE_1: RED}, scores={GRID_1: 700, GRID_2: 610}))
    assert [item.grid for item in made.head.raised] == [GRID_2]


def test_what_is_bad_in_the_first_publication_gets_one_unless_it_is_hatched() -> None:
    made = Desk().publish(moment({GRID_1: RED, GRID_2: ORANGE}, hatched=[GRID_1]))
    assert raised(made) == {GRID_2}


def test_once_there_is_enough_behind_it_a_bad_place_gets_its_case() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: ORANGE}, hatched=[GRID_1]))
    assert raised(desk.publish(moment({GRID_1: ORANGE}))) == {GRID_1}


def test_while_it_stays_bad_it_gets_no_second_one() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: ORANGE}))
    assert raised(desk.publish(moment({GRID_1: ORANGE}))) == set()
    desk.end(GRID_1)
    for _ in range(3):
        assert raised(desk.publish(moment({GRID_1: ORANGE}))) == set()


@pytest.mark.parametrize("first", [ORANGE, RED])
def test_it_gets_another_when_it_turns_bad_again(first: int) -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: first}))
    desk.end(GRID_1)
    desk.publish(moment({}))
    assert raised(desk.publish(moment({GRID_1: ORANGE}))) == {GRID_1}


def test_an_open_case_is_the_only_one_also_if_the_place_recovers_meanwhile() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: ORANGE}))
    desk.publish(moment({}))
    assert raised(desk.publish(moment({GRID_1: RED}))) == set()
    desk.end(GRID_1)  # between two publications, as it turned
    assert raised(desk.publish(moment({}))) == set()
    assert raised(desk.publish(moment({GRID_1: RED}))) == {GRID_1}


def test_orange_to_red_after_the_case_ended_is_a_new_matter() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: ORANGE}))
    desk.end(GRID_1)
    assert raised(desk.publish(moment({GRID_1: RED}))) == {GRID_1}


def test_closing_is_said_by_the_next_publication() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: ORANGE, GRID_2: ORANGE}))
    desk.end(GRID_1)
    made = desk.publish(moment({}))
    states = {item.region: (item.state, item.ended) for item in made.head.rectifications}
    assert states == {GRID_1: ("closed", 2), GRID_2: ("reported", 0)}
    assert [item.region for item in made.head.ended] == [GRID_1]
    desk.end(GRID_2, state="merged")
    made = desk.publish(moment({}))
    assert [(item.region, item.state, item.ended) for item in made.head.rectifications] == [
        (GRID_2, "merged", 3)
    ]
    assert desk.publish(moment({})).head.rectifications == ()


def test_of_a_flood_the_worst_get_theirs_and_the_rest_have_their_turn_next() -> None:
    desk = Desk()
    bad = dict.fromkeys(CODES[6:], ORANGE)
    scores = {code: 700 + 5 * (place * 7 % 11) for place, code in enumerate(CODES[6:])}
    order = sorted(bad, key=lambda code: (scores[code], CODES.index(code)))
    made = desk.publish(moment(bad, scores=scores), most=3)
    assert [item.region for item in made.head.raised] == order[:3]
    assert list(made.head.left) == order[3:]
    made = desk.publish(moment(bad, scores=scores), most=3)
    assert [item.region for item in made.head.raised] == order[3:6]
    assert desk.publish(moment(bad, scores=scores), most=0).head.raised == ()


def test_three_reds_in_a_row_show_a_yellow_card_and_six_a_red_one() -> None:
    desk = Desk()
    cards = []
    for _ in range(7):
        made = desk.publish(moment({GRID_1: RED}))
        cards.append([item.card for item in made.head.rectifications])
    assert cards == [[""], [""], ["yellow"], [""], [""], ["red"], [""]]
    assert int(desk.published[-1].standing.reds[CODES.index(GRID_1)]) == 7


def test_a_card_that_was_taken_back_is_shown_again() -> None:
    desk = Desk()
    for _ in range(3):
        made = desk.publish(moment({GRID_1: RED}))
    name = made.head.rectifications[0].case
    desk.cases[name] = replace(desk.cases[name], card="normal")
    assert [item.card for item in desk.publish(moment({GRID_1: RED})).head.rectifications] == ["yellow"]


def test_red_three_times_with_the_case_closed_is_a_new_case_with_its_card() -> None:
    desk = Desk()
    desk.publish(moment({GRID_1: RED}))
    desk.end(GRID_1)
    desk.publish(moment({GRID_1: RED}))
    made = desk.publish(moment({GRID_1: RED}))
    assert [(item.region, item.card) for item in made.head.raised] == [(GRID_1, "yellow")]


@pytest.mark.parametrize("between", [{}, {GRID_1: ORANGE}])
def test_a_row_is_broken_by_anything_that_is_not_red(between: dict[str, int]) -> None:
    desk = Desk()
    for levels in ({GRID_1: RED}, {GRID_1: RED}, between, {GRID_1: RED}, {GRID_1: RED}):
        made = desk.publish(moment(levels))
    assert [item.card for item in made.head.rectifications if item.card] == []


def test_a_red_one_with_too_little_behind_it_does_not_count() -> None:
    desk = Desk()
    for hatched in ([], [], [GRID_1], []):
        made = desk.publish(moment({GRID_1: RED}, hatched=hatched))
    assert int(made.standing.reds[CODES.index(GRID_1)]) == 1


def test_those_that_are_supervised_go_first() -> None:
    desk = Desk()
    for _ in range(2):
        desk.publish(moment({GRID_1: RED}))
        desk.end(GRID_1)
    bad = {GRID_1: RED, GRID_2: RED}
    made = desk.publish(moment(bad, scores={GRID_1: 690, GRID_2: 100}), most=1)
    assert [item.region for item in made.head.raised] == [GRID_1]


@dataclass
class Place:
    """One place's story, told publication by publication."""

    level: int = 0
    reds: int = 0
    case: str = ""
    is_open: bool = False
    waits: bool = False

    def wants(self, level: int, hatched: bool) -> bool:
        if level < ORANGE or hatched:
            return False
        if self.is_open:
            return False
        if not self.case or self.waits:
            return True
        return self.level < level or self.reds >= 3


STORIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from([1, 2, 3, 3, 4, 4]), min_size=COUNT, max_size=COUNT),
        st.lists(st.booleans(), min_size=COUNT, max_size=COUNT),
        st.lists(st.integers(300, 999), min_size=COUNT, max_size=COUNT),
        st.integers(0, 6),
        st.sets(st.integers(0, COUNT - 1)),
    ),
    min_size=1,
    max_size=9,
)


@given(STORIES)
def test_the_same_as_told_place_by_place(stories: list[Any]) -> None:
    """Levels, hatching, scores, a bound, and the regions whose cases end before the next publication."""
    desk, places = Desk(), {code: Place() for code in CODES}
    rectified = [code for code, tier in zip(CODES, CITY.tier, strict=True) if tier in (VILLAGE, GRID)]
    for number, (levels, hatched, scores, most, ending) in enumerate(stories, 1):
        flags = [code for code, flag in zip(CODES, hatched, strict=True) if flag]
        level_of, score_of = (dict(zip(CODES, values, strict=True)) for values in (levels, scores))
        made = desk.publish(moment(level_of, flags, score_of), most)
        for code, place in places.items():
            place.reds = place.reds + 1 if level_of[code] == RED and code not in flags else 0
        wanted = [code for code in rectified if places[code].wants(level_of[code], code in flags)]
        wanted.sort(key=lambda code: (places[code].reds < 3, score_of[code], CODES.index(code)))
        assert [item.region for item in made.head.raised] == wanted[:most]
        assert list(made.head.left) == wanted[most:]
        assert made.standing.reds.tolist() == [places[code].reds for code in CODES]
        for code, place in places.items():
            place.waits = code in wanted[most:]
            if code in wanted[:most]:
                place.case, place.is_open = f"rect-{number}-{code}", True
            elif level_of[code] < ORANGE and not place.is_open:
                place.case = ""
            place.level = level_of[code]
        listed: dict[str, list[Rectification]] = {}
        for item in made.head.rectifications:
            listed.setdefault(item.region, []).append(item)
        for code, place in places.items():
            open_now = [i for i in listed.get(code, []) if i.state not in ("closed", "merged")]
            assert [item.case for item in open_now] == ([place.case] if place.is_open else [])
        gone = [CODES[place] for place in ending if places[CODES[place]].is_open]
        for code in gone:
            places[code].is_open = False
            desk.cases[places[code].case] = replace(desk.cases[places[code].case], state="closed")


def test_a_pack_that_was_built_anew_is_compared_by_code() -> None:
    made = Desk().publish(moment({GRID_1: RED, TOWN: ORANGE}))
    others = [*CODES[:10], "370799001001001", *reversed(CODES[10:])]
    aligned = made.aligned(others).standing
    for place, code in enumerate(others):
        known = CODES.index(code) if code in CODES else None
        assert int(aligned.level[place]) == (0 if known is None else int(made.standing.level[known]))
        assert int(aligned.score[place]) == (65535 if known is None else int(made.standing.score[known]))


def test_changes_are_those_of_another_level_worst_first() -> None:
    desk = Desk()
    before = desk.publish(moment({GRID_1: RED, GRID_2: YELLOW})).standing
    now = desk.publish(moment({GRID_2: ORANGE, VILLAGE_1: RED})).standing
    found = changes(now, before, np.arange(COUNT))
    assert [(CODES[c.region], c.level_before, c.level) for c in found] == [
        (VILLAGE_1, BLUE, RED), (GRID_2, YELLOW, ORANGE), (GRID_1, RED, BLUE),
    ]  # fmt: skip
    assert [c.is_worse for c in found] == [True, True, False]
    assert [c.is_better for c in found] == [False, False, True]
