"""The tab of publications and the button that publishes, over publications that were made up."""

from __future__ import annotations

from typing import Any

import pytest

from callbacks.publish_index import published
from dashboard.domain.access import Identity
from dashboard.domain.refused import Refused
from dashboard.live.desk import ForbiddenError, UnansweredError
from dashboard.streams.errors import StreamsError
from dashboard.views.ids import PublishId
from dashboard.views.publications import publications_panel, publish_button
from dashboard.views.services import Services
from tests.views.fakes import CITY, CODES, COUNTY, GRID_CODE, NOW_MS, VILLAGE_CODE, services_of
from tests.views.pages import CHINESE, text_of, words

Row = dict[str, Any]


def row(number: int, **changes: Any) -> Row:
    """A publication about a region as `Publications.all` has it."""
    return {
        "number": number, "id": f"p-{number}", "at_ms": NOW_MS + number * 86_400_000, "by": "kite",
        "note": "", "formula": "1", "simulated": True, "code": CITY, "score": 81.2, "level": 2,
        "hatched": False, "capped": False, "reds": 0, "counts": {"village": {"1": 2, "2": 1, "3": 1, "4": 0},
                                               "grid": {"1": 3, "2": 1, "3": 1, "4": 1}},
        "raised": 2, "closed": 1, "left": 0, **changes,
    }  # fmt: skip


def item(region: str, **changes: Any) -> Row:
    """A case of rectification as `Publications.report` has it."""
    return {
        "region": region, "case": f"rect-2-{region}", "grid": GRID_CODE, "raised": 2, "score": 66.3,
        "region_level": 4, "before": 2, "state": "", "ended": 0, "card": "", "state_now": "assigned",
        "causes": [{"family": "criminal", "points": -3.1, "case": "c", "type": "2201", "level": 3,
                    "place": ""}],
        **changes,
    }  # fmt: skip


class Made:
    """What `dashboard.live.publications.Publications` answers."""

    def __init__(self, **changes: Any) -> None:
        self.listed = [row(2, note="第四季度", by="市领导"), row(1)]
        self.items = [
            item(GRID_CODE, card="yellow"),
            item(VILLAGE_CODE, state_now="closed", state="closed", ended=2, before=0, causes=[]),
        ]
        self.left = 0
        self.notes: list[tuple[str, str]] = []
        self.__dict__.update(changes)

    def all(self, limit: int = 20, code: str | None = None) -> list[Row]:
        return self.listed[:limit]

    def standing(self, code: str) -> Row:
        return {
            "number": 2, "at_ms": NOW_MS, "simulated": True, "score": 66.3, "level": 4, "hatched": False,
            "capped": False, "score_before": 81.0, "level_before": 2, "reds_in_a_row": 3,
            "rectification": None, "closed": False,
        }  # fmt: skip

    def report(self, number: int, code: str | None = None) -> Row:
        return {**self.listed[0], "rectifications": self.items, "left": self.left, "children": []}

    def compare(self, number: int, before: int | None, code: str) -> Row:
        rows = [
            {"code": GRID_CODE, "level": 4, "level_before": 2, "score": 66.3, "score_before": 81.0,
             "rectification": None, "closed": False},
            {"code": VILLAGE_CODE, "level": 3, "level_before": 3, "score": 72.0, "score_before": 73.0,
             "rectification": "rect", "closed": True},
        ]  # fmt: skip
        return {"number": 2, "before": 1, "better": 1, "worse": 2, "same": 13, "rows": rows}

    def publish(self, who: Identity, note: str = "") -> Row:
        self.notes.append((who.name, note))
        return {"id": "p-3", "publication": 3, "at_ms": NOW_MS}


def panel(in_language: Any, lang: str = "en", code: str = CITY, **changes: Any) -> list[Any]:
    services = services_of(publications=Made(**changes))
    with in_language(lang):
        return publications_panel(services, services.hierarchy.number_of(code))


def test_the_tab_says_how_the_region_stood_and_what_changed(in_language):
    said = text_of(panel(in_language))
    assert "No. 2" in said
    assert "66.3" in said
    assert "4 red" in said
    assert "before: 81.0 (2 yellow)" in said
    assert "red 3 times in a row" in said
    assert "Places against no. 1: 1 better, 2 worse, 13 the same" in said
    assert "cases: 2, of them closed: 1" in said
    assert "yellow card now" in said
    assert "Burglary of a dwelling −3.1" in said
    assert "by schedule" in said
    assert "Simulated data" in said


def test_only_places_of_another_level_are_listed_as_changed(in_language):
    compared = panel(in_language)[1]
    assert text_of(compared).count("→") == 2  # of one row: level and score


def test_open_cases_can_be_pressed_for_and_closed_ones_not(in_language):
    parts = str(panel(in_language))
    assert parts.count("data-deed") == 2
    assert f"rect-2-{GRID_CODE}" in parts
    assert f"data-case='rect-2-{VILLAGE_CODE}'" not in parts


def test_what_had_to_wait_is_said(in_language):
    assert "1,234 places wait" in text_of(panel(in_language, left=1234))


@pytest.mark.parametrize("code", [CITY, COUNTY, VILLAGE_CODE, GRID_CODE])
def test_it_speaks_english_but_for_names(in_language, code):
    names = set(services_of().pack.regions.name) | {"第四季度", "市领导"}
    said = [text for text in words(panel(in_language, code=code)) if CHINESE.search(text)]
    assert [text for text in said if not any(name in text for name in names)] == []


def test_before_the_first_publication_there_is_a_sentence(in_language):
    assert "has not been published yet" in text_of(panel(in_language, listed=[]))


def test_a_first_publication_is_compared_with_nothing(in_language):
    assert "against" not in text_of(panel(in_language, listed=[row(1)]))


def test_a_store_that_does_not_answer_is_said(in_language):
    def away(*_: Any) -> None:
        raise StreamsError("away")

    assert "can't be read now" in text_of(panel(in_language, all=away))


def test_a_long_list_is_cut_and_says_so(in_language):
    said = text_of(panel(in_language, items=[item(GRID_CODE)] * 100))
    assert "60 more are not listed" in said


@pytest.mark.parametrize(
    ("role", "region", "hidden"),
    [("leader", "*", False), ("leader", COUNTY, True), ("officer", "*", True),
     ("administrator", CITY, False)],
)  # fmt: skip
def test_the_button_is_hidden_from_who_may_not(in_language, monkeypatch, role, region, hidden):
    services = services_of(identity=Identity("somebody", role, region))
    monkeypatch.setattr("dashboard.views.asking.has_request_context", lambda: True)
    with in_language("zh"):
        button = publish_button(services)
    assert bool(button.hidden) == hidden
    assert PublishId.CONFIRM in str(button)


def press(in_language: Any, made: Any, note: str | None = None) -> str:
    services: Services = services_of(publications=made)
    with in_language("en"):
        return published(services, note)


def test_pressing_it_publishes_with_the_note(in_language):
    made = Made()
    assert press(in_language, made, " 第四季度 ") == "Publication 3 is out; cases of rectification opened: 2."
    assert made.notes == [("local", "第四季度")]


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (ForbiddenError("no"), "may not publish"),
        (Refused("personal", "It was refused."), "must not point at a person"),
        (UnansweredError("unapplied", "Later."), "don't publish again"),
        (StreamsError("away"), "don't publish again"),
    ],
)
def test_what_goes_wrong_is_one_sentence(in_language, problem, says):
    def fails(*_: Any) -> Row:
        raise problem

    assert says in press(in_language, Made(publish=fails))


def test_without_publications_nothing_is_published(in_language):
    assert "can't be read" in press(in_language, None)


def test_the_codes_of_the_fakes_are_regions():
    assert {GRID_CODE, VILLAGE_CODE, COUNTY, CITY} <= set(CODES)


def test_a_grid_that_is_called_after_its_village_is_named_once(in_language):
    assert "潍城区 城关街道 东风社区第1网格" in text_of(panel(in_language, "zh"))
