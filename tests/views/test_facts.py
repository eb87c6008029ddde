"""What is said of a place, against sums over its parts."""

from __future__ import annotations

import pytest

from dashboard.domain.hierarchy import GRID
from dashboard.views.facts import FACTS, facts
from tests.views.fakes import CITY, CODES, GRID_CODE, VILLAGE_CODE, services_of
from tests.views.pages import CHINESE, text_of, words

COUNTED = ("fact.population", "fact.cameras", "fact.networked", "fact.ring.1", "unit_kind.grid_worker",
           "fact.domes", "fact.companies", "fact.helpers")  # fmt: skip


def lines(services, region):
    """The facts without the table above them."""
    return [row for row in facts(services, region) if row.className != "settling"]


def _rows(services, code) -> dict[str, str]:
    """Name → value of each row."""
    rows = lines(services, services.hierarchy.number_of(code))
    return {text_of(row.children[0]): text_of(row.children[1]) for row in rows}


def _value(services, fact, region) -> int:
    return int(fact.value(services, region).replace(",", "") or 0)


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.text in COUNTED], ids=lambda fact: fact.text)
def test_a_regions_count_is_the_sum_of_its_parts(services, fact):
    hierarchy = services.hierarchy
    for region in range(hierarchy.tier_start[GRID]):
        parts = sum(_value(services, fact, int(child)) for child in hierarchy.children(region))
        assert _value(services, fact, region) == parts


def test_the_city_has_all_its_facts(services, in_language):
    with in_language("en"):
        rows = _rows(services, CITY)
    assert rows["Population"] == "2,100"
    assert rows["Grids"] == "6"
    assert (rows["Cameras"], rows["Networked cameras"]) == ("30", "24")
    assert rows["City-ring checkpoints"] == "2"
    assert rows["Old estates covered"] == "4 / 5"
    assert rows["Grid service stations"] == "3"
    assert rows["Governance centres"] == "11 staff"


def test_what_a_place_does_not_have_is_not_said(services, in_language):
    with in_language("en"):
        rows = _rows(services, GRID_CODE)
    assert "Grids" not in rows
    assert "Police-ring checkpoints" not in rows
    assert rows["Grid service stations"] == "22 m²"


def test_a_village_centre_may_have_nobody(services, in_language):
    with in_language("en"):
        assert _rows(services, VILLAGE_CODE)["Governance centres"] == "No full-time staff"


@pytest.mark.parametrize("code", CODES)
def test_made_up_counts_and_borders_are_tagged(services, in_language, code):
    region = services.hierarchy.number_of(code)
    with in_language("en"):
        rows = {text_of(row.children[0]): row for row in lines(services, region)}
    tags = {name: text_of(row.children[2]) for name, row in rows.items() if row.children[2] is not None}
    assert tags["Population"] == tags["Dwellings"] == tags["Cameras"] == "synthetic"
    assert "Grid workers" not in tags
    assert ("Area" in tags) == bool(services.pack.regions.derived[region])


def test_facts_speak_english(in_language, tmp_path):
    services = services_of(data_dir=tmp_path)
    with in_language("en"):
        rows = [row for code in CODES for row in facts(services, services.hierarchy.number_of(code))]
    assert [text for text in words(rows) if CHINESE.search(text)] == []
