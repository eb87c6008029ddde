"""Names of places, where they lie, and which grids are theirs."""

from __future__ import annotations

import numpy as np
import pytest
from dash import dcc

from dashboard.views.addresses import region_in, region_path
from dashboard.views.places import breadcrumb, full_name, name_of, place_data, tab_name, within
from tests.views.fakes import CITY, CODE_OF_TIER, CODES, GRID_CODE, VILLAGE_CODE
from tests.views.pages import text_of


@pytest.fixture
def number(services):
    return services.hierarchy.number_of


def test_a_place_is_said_from_the_large_to_the_small_in_chinese(services, in_language, number):
    with in_language("zh"):
        assert full_name(services, number(VILLAGE_CODE)) == "潍城区 城关街道 东风社区"


def test_and_from_the_small_to_the_large_in_english(services, in_language, number):
    with in_language("en"):
        assert full_name(services, number(VILLAGE_CODE)) == "东风社区, 城关街道, Weicheng"


def test_a_place_is_said_from_below_where_one_is(services, in_language, number):
    with in_language("zh"):
        assert full_name(services, number(VILLAGE_CODE), above=number("370702")) == "城关街道 东风社区"


@pytest.mark.parametrize(("lang", "name"), [("zh", "潍坊市"), ("en", "Weifang")])
def test_a_region_has_its_name_in_both_languages(services, in_language, lang, name):
    with in_language(lang):
        assert name_of(services, 0) == name


@pytest.mark.parametrize(("code", "depth"), list(zip(CODE_OF_TIER, range(5), strict=True)))
def test_the_breadcrumb_links_every_region_above(services, in_language, number, code, depth):
    with in_language("zh"):
        crumbs = breadcrumb(services, number(code), lambda _: True)
    links = [crumb for crumb in crumbs if isinstance(crumb, dcc.Link)]
    assert [link.href for link in links] == [region_path(above) for above in CODE_OF_TIER[:depth]]
    assert text_of(crumbs[-1]) == services.pack.regions.name[number(code)]


def test_the_breadcrumb_links_only_where_one_may_go(services, in_language, number):
    with in_language("zh"):
        crumbs = breadcrumb(services, number(GRID_CODE), lambda code: code != CITY)
    assert text_of(crumbs[0]) == "潍坊市"
    assert [isinstance(crumb, dcc.Link) for crumb in crumbs[0:7:2]] == [False, True, True, True]


@pytest.mark.parametrize("code", CODES)
def test_a_regions_grids_are_those_below_it(services, number, code):
    grids = services.hierarchy.codes[-6:]
    below = [grid.startswith(code) or code == CITY for grid in grids]
    assert within(services, number(code), np.arange(6)).tolist() == below


def test_a_place_knows_its_children(services, in_language, number):
    with in_language("zh"):
        place = place_data(services, number("370702"))
    assert [child["code"] for child in place["children"]] == ["370702001", "370702002"]
    assert (place["tier"], place["title"]) == (1, "潍城区 · 平安地图")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parts_don_t_say_again_where_they_are(services, in_language, number, lang):
    with in_language(lang):
        grids, counties = (place_data(services, number(code))["children"] for code in (VILLAGE_CODE, CITY))
        assert [child["name"] for child in grids] == ["第1网格", "第2网格"]
        assert [child["name"] for child in counties] == [name_of(services, region) for region in (1, 2)]


def test_parts_are_called_by_their_tier(services, in_language, number):
    with in_language("en"):
        names = [tab_name(services, number(code)) for code in CODE_OF_TIER]
    assert names == ["Counties", "Towns", "Villages", "Grids", "Grids"]


@pytest.mark.parametrize("code", CODES)
def test_an_address_is_read_as_it_is_made(code):
    assert region_in(region_path(code)) == code
    assert region_in(region_path(code) + "/") == code


@pytest.mark.parametrize("path", ["/", "/region", "/region/", "/region/1/2", "/wall", "region/370700", ""])
def test_other_addresses_are_no_regions(path):
    assert region_in(path) is None
