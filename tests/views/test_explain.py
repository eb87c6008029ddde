"""Any score in full: what is written sums to what is written, at every tier, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from dash import html

from dashboard.views.explain import DRAWING, SHOWN_PARTS, explained
from tests.views.fake_leaders import FakeLeaders
from tests.views.fakes import CITY, CODE_OF_TIER, COUNTY, GRID_CODE
from tests.views.pages import CHINESE, components, text_of

NUMBER = re.compile(r"[+−]?\d+\.\d\d")


def read(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("+", ""))


@pytest.fixture
def explain(services, in_language):
    def ask(code, lang="en", leaders=None, supervises=True, may_view=lambda code: True):
        given = services if leaders is None else replace(services, leaders=leaders)
        with in_language(lang):
            return explained(given, services.hierarchy.number_of(code), supervises, may_view)

    return ask


def tables(shown) -> dict[str, html.Table]:
    return {c.className: c for part in shown["parts"] for c in components(part) if isinstance(c, html.Table)}


def points_of(table, kind="points") -> list[Decimal]:
    cells = [c for c in components(table) if isinstance(c, html.Td | html.Th)]
    return [read(text_of(c)) for c in cells if getattr(c, "className", None) == kind]


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_the_equation_adds_up(explain, code):
    (line,) = [c for c in explain(code)["parts"] if getattr(c, "className", None) == "sum"]
    told, score = text_of(line).split(" = ")
    assert sum(read(number) for number in NUMBER.findall(told)) == read(NUMBER.findall(score)[0])
    shown_as = re.search(r"shown as ([\d.]+)", score)
    assert shown_as
    assert round(read(NUMBER.findall(score)[0]), 1) == Decimal(shown_as[1])


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_the_families_sum_to_the_score(explain, code):
    *parts, total = points_of(tables(explain(code))["families-table"])
    assert parts[0] == Decimal("85.00")
    assert sum(parts) == total


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_the_parts_of_each_family_sum_to_the_familys(explain, code):
    rows = tables(explain(code))["parts-table"].children.children
    whole, parts = {}, {}
    for row in rows:
        (value,) = points_of(row)
        if row.className == "part-head":
            family = text_of(row.children[0])
            whole[family], parts[family] = value, Decimal(0)
        else:
            parts[family] += value
    assert len(whole) == 4
    assert parts == whole


@pytest.mark.parametrize("code", CODE_OF_TIER)
def test_the_waterfall_leads_from_the_reference_to_the_score(explain, code):
    bar = re.compile(r"<rect[^>]*><title>[^<]* ([+−]?[\d.]+)</title>")
    shown = explain(code)
    first, *parts, last = (read(value) for value in bar.findall(shown["svgs"][DRAWING]))
    assert first + sum(parts) == last
    assert shown["title"].endswith(str(last))


def test_words_name_formula_interval_shrinkage_and_limit(explain):
    said = " ".join(text_of(part) for part in explain(CITY)["parts"] if isinstance(part, html.P))
    assert "By formula 1.0-default, 85 points" in said
    assert "twice the risk takes 10 points" in said
    assert "with a probability of 80 %" in said
    assert "borrows the reference rate" in said
    assert "Limits change it by −1.2 points" in said
    county = " ".join(text_of(part) for part in explain(COUNTY)["parts"] if isinstance(part, html.P))
    assert "borrows the rate of Weifang" in county
    assert "Limits change" not in county


def test_too_little_behind_it_is_said(explain, services):
    hatched = services.hierarchy.codes[4]
    assert "That is under 5" in text_of(explain(hatched)["parts"])
    assert "That is under 5" not in text_of(explain(COUNTY)["parts"])


def test_a_case_leads_to_its_grid_and_a_place_to_its_own_explanation(explain):
    found = list(components(explain(CITY)["parts"]))
    assert {c.href for c in found if isinstance(c, html.A)} == {f"/region/{GRID_CODE}"}
    assert {vars(c)["data-explain"] for c in found if "data-explain" in vars(c)} == {COUNTY}


def test_only_who_may_supervise_has_buttons(explain):
    def deeds(**given):
        return [c for c in components(explain(CITY, **given)["parts"]) if "data-deed" in vars(c)]

    assert len(deeds()) == 8
    assert deeds(supervises=False) == []


def test_many_small_parts_are_one_row_and_still_sum(explain, services):
    class Many(FakeLeaders):
        def _parts(self, region):
            few = super()._parts(region)
            crumb = {**few[0], "kind": "case", "points": -0.0137}
            more = [crumb | {"case": f"crumb-{n}"} for n in range(3 * SHOWN_PARTS)]
            left = {**few[0], "kind": "rest", "points": 0.0137 * len(more), "case": None, "place": None}
            return [*few, *more, left]

    rows = tables(explain(CITY, leaders=Many(services.hierarchy)))["parts-table"].children.children
    first = rows[: next(i for i, row in enumerate(rows) if i and row.className == "part-head")]
    assert len(first) == 1 + SHOWN_PARTS + 1
    (head,), parts = points_of(first[0]), [points_of(row)[0] for row in first[1:]]
    assert sum(parts) == head
    assert "smaller parts" in text_of(first[-1])


def test_an_english_explanation_has_no_chinese_but_names(explain, services):
    text = text_of(explain(CITY)["parts"])
    for name in services.pack.regions.name:
        text = text.replace(str(name), "")
    assert CHINESE.findall(text) == []


def test_how_the_region_above_stands_is_told_to_who_may_see_it(explain):
    def row(**given):
        table = tables(explain(COUNTY, **given))["families-table"]
        return [text_of(cell) for cell in table.children[1].children[1].children]

    names = ["Social stability", "20%", "30 d", "84.4", "1.20", "1.00", "12.5", "11.1", "0.660", "−0.64"]
    assert row() == names
    hidden = row(may_view=lambda code: code == COUNTY)
    assert hidden == [*names[:5], "—", "—", "—", *names[8:]]
    said = text_of(explain(COUNTY, may_view=lambda code: code == COUNTY)["parts"])
    assert "borrows the rate of Weifang" in said  # whose name is no secret


def test_that_ended_cases_are_not_named_yet_is_said(explain, services):
    unread = explain(CITY, leaders=FakeLeaders(services.hierarchy, ready=False))
    assert "cases that have ended are not named yet" in text_of(unread["parts"])
    assert "not named yet" not in text_of(explain(CITY)["parts"])


def test_before_anything_is_known_it_says_so(explain, services):
    class Silent(FakeLeaders):
        def explanation(self, code):
            return None

    shown = explain(CITY, leaders=Silent(services.hierarchy))
    assert "still being read" in text_of(shown["parts"])
