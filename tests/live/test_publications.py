"""What is told of publications: of one region and what lies in it, whose parts sum to it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.domain.hierarchy import GRID, TIERS
from dashboard.domain.publication import Cause, Publication
from dashboard.domain.refused import Refused
from dashboard.live.archive import UnknownPublicationError
from dashboard.live.desk import ForbiddenError
from dashboard.live.publications import Publications
from tests.domain.made import CODES, small_city
from tests.domain.test_rectification import GRID_1, GRID_2, ORANGE, RED, TOWN, VILLAGE_1, Desk, moment

CITY = small_city()
LEADER = Identity("市领导", "leader", EVERYWHERE)


class Shelf:
    """Publications as `dashboard.live.archive.Archive` gives them."""

    def __init__(self, published: list[Publication]) -> None:
        self.published = published

    def last_number(self) -> int:
        return len(self.published)

    def last(self) -> Publication | None:
        return self.of(len(self.published))

    def of(self, number: int) -> Publication | None:
        return self.published[number - 1] if 0 < number <= len(self.published) else None

    def insist(self, number: int) -> Publication:
        found = self.of(number)
        if found is None:
            raise UnknownPublicationError(f"There is no publication {number}.")
        return found


class Sent:
    """A sender whose projector publishes at once."""

    def __init__(self) -> None:
        self.entries: list[dict[str, str]] = []

    def command(self, entry: dict[str, str]) -> dict[str, Any]:
        self.entries.append(entry)
        return {"id": entry["id"], "case": None, "publication": 7, "at_ms": 1}


def telling(desk: Desk, open_cases: dict[str, Any] | None = None) -> Publications:
    found = object.__new__(Publications)
    found._archive = Shelf(desk.published)  # type: ignore[assignment]
    found._hierarchy, found._most = CITY, 9
    found._state = SimpleNamespace(open_cases=open_cases or {})  # type: ignore[assignment]
    found._sender = Sent()  # type: ignore[assignment]
    return found


@pytest.fixture
def desk() -> Desk:
    """Three publications: a grid that stays red, another that recovered, whose case was closed."""
    made = Desk()
    made.publish(moment({GRID_1: RED, GRID_2: ORANGE, TOWN: ORANGE}))
    made.end(GRID_2)
    made.publish(moment({GRID_1: RED, VILLAGE_1: ORANGE}, hatched=[CODES[14]]))
    made.publish(moment({GRID_1: RED, VILLAGE_1: RED}))
    return made


@pytest.mark.parametrize("code", CODES)
def test_parts_sum_to_the_whole(desk: Desk, code: str) -> None:
    """Counts of the children and of what lies in them are the region's; so are cases opened and ended."""
    told = telling(desk)
    region = CITY.number_of(code)
    children = [CITY.codes[child] for child in CITY.children(region)]
    for row, *parts in zip(told.all(9, code), *(told.all(9, child) for child in children), strict=True):
        for tier in range(int(CITY.tier[region]) + 1, GRID + 1):
            slug = TIERS[tier][0]
            inside = [part["counts"].get(slug, {}) for part in parts]
            levels = [part["level"] for part, child in zip(parts, children, strict=True)
                      if CITY.tier[CITY.number_of(child)] == tier]  # fmt: skip
            for level, count in row["counts"][slug].items():
                below = sum(counts.get(level, 0) for counts in inside)
                assert count == below + levels.count(int(level))
        for name in ("raised", "closed"):
            items = {"raised": "raised", "closed": "ended"}[name]
            head = desk.published[row["number"] - 1].head
            own = sum(item.region == code for item in getattr(head, items))
            assert row[name] == own + sum(part[name] for part in parts)


def test_the_list_is_newest_first_and_as_long_as_asked(desk: Desk) -> None:
    told = telling(desk)
    assert [row["number"] for row in told.all()] == [3, 2, 1]
    assert [row["number"] for row in told.all(2)] == [3, 2]
    latest = told.latest(GRID_1)
    assert latest is not None
    assert (latest["number"], latest["level"], latest["score"], latest["reds"]) == (3, RED, 60.0, 3)
    assert telling(Desk()).all() == []
    assert telling(Desk()).latest() is None


@pytest.mark.parametrize("code", CODES)
def test_nothing_of_elsewhere_is_in_a_region(desk: Desk, code: str) -> None:
    told = telling(desk)
    report, compared = told.report(3, code), told.compare(3, 2, code)
    assert all(CITY.contains_code(code, item["region"]) for item in report["rectifications"])
    assert all(CITY.contains_code(code, row["code"]) for row in compared["rows"])
    assert all(CITY.contains_code(code, left) for left in report["left_out"])
    inside = [other for other in CODES if CITY.contains_code(code, other)]
    assert compared["better"] + compared["worse"] + compared["same"] == len(inside)


def test_a_comparison_says_what_changed_and_what_became_of_cases(desk: Desk) -> None:
    compared = telling(desk).compare(2)
    assert (compared["number"], compared["before"], compared["better"], compared["worse"]) == (2, 1, 2, 1)
    rows = {row["code"]: row for row in compared["rows"]}
    assert set(rows) == {GRID_1, GRID_2, TOWN, VILLAGE_1}
    assert (rows[GRID_2]["level_before"], rows[GRID_2]["level"], rows[GRID_2]["closed"]) == (ORANGE, 1, True)
    assert (rows[GRID_1]["rectification"], rows[GRID_1]["closed"]) == (f"rect-1-{GRID_1}", False)
    assert (rows[TOWN]["rectification"], rows[TOWN]["score_before"]) == (None, 75.0)
    assert rows[VILLAGE_1]["rectification"] == f"rect-2-{VILLAGE_1}"
    with pytest.raises(UnknownPublicationError):
        telling(desk).compare(1)


def test_a_regions_standing(desk: Desk) -> None:
    case = f"rect-1-{GRID_1}"
    told = telling(desk, {case: {"state": "handling"}})
    row = told.standing(GRID_1)
    assert row is not None
    assert (row["number"], row["score"], row["level"], row["reds_in_a_row"]) == (3, 60.0, RED, 3)
    assert (row["score_before"], row["level_before"]) == (60.0, RED)
    assert (row["rectification"], row["closed"]) == (case, False)
    ended = telling(desk).standing(GRID_1)  # it is no longer among the open cases
    assert ended is not None
    assert ended["closed"]
    none = told.standing(CODES[16])
    assert none is not None
    assert (none["rectification"], none["closed"], none["level"]) == (None, False, 1)
    assert telling(Desk()).standing(GRID_1) is None


def test_a_case_that_was_just_asked_for_is_not_called_closed(desk: Desk) -> None:
    """Its report is on its way."""
    desk.publish(moment({CODES[15]: RED}))
    row = telling(desk).standing(CODES[15])
    assert row is not None
    assert (row["rectification"], row["closed"]) == (f"rect-4-{CODES[15]}", False)


def test_causes_are_those_of_the_publication_that_opened_the_case(desk: Desk) -> None:
    first = desk.published[0]
    cause = Cause("criminal", -31, "c", "2201", 3, "")
    items = tuple(item._replace(causes=(cause,)) for item in first.head.rectifications)
    desk.published[0] = replace(first, head=replace(first.head, rectifications=items))
    told = telling(desk).report(3, GRID_1)
    assert [cause["points"] for cause in told["rectifications"][0]["causes"]] == [-3.1]


def test_a_whole_publication_has_arrays_in_the_order_of_regions(desk: Desk) -> None:
    whole = telling(desk).of(2)
    assert whole is not None
    standing = desk.published[1].standing
    assert np.array_equal(whole["score_tenths"], standing.score)
    assert np.array_equal(whole["levels"], standing.level)
    assert np.array_equal(whole["are_hatched"], standing.hatched)
    assert (whole["level"], whole["number"]) == (1, 2)
    assert telling(desk).of(9) is None


def test_publishing_sends_an_entry_with_the_bound_of_the_settings(desk: Desk) -> None:
    told = telling(desk)
    answer = told.publish(LEADER, "第四季度")
    assert (answer["publication"], "case" in answer) == (7, False)
    (entry,) = told._sender.entries  # type: ignore[attr-defined]
    sent = {name: entry[name] for name in ("command", "by", "most", "note")}
    assert sent == {"command": "publish", "by": "市领导", "most": "9", "note": "第四季度"}


@pytest.mark.parametrize(
    "who",
    [Identity("席位", "officer", EVERYWHERE), Identity("县领导", "leader", "370702")],
    ids=["role", "region"],
)
def test_who_may_not_publishes_nothing(desk: Desk, who: Identity) -> None:
    told = telling(desk)
    with pytest.raises(ForbiddenError):
        told.publish(who)
    assert told._sender.entries == []  # type: ignore[attr-defined]


def test_a_note_that_points_at_a_person_is_refused_at_the_door(desk: Desk) -> None:
    told = telling(desk)
    with pytest.raises(Refused):
        told.publish(LEADER, "电话 13812345678")
    assert told._sender.entries == []  # type: ignore[attr-defined]
