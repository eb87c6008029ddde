"""The hierarchy against brute force over parents."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.hierarchy import CITY, GRID, TIERS, Hierarchy, from_parents
from tests.domain.made import CODES, PARENTS, city_of_size, parent_lists, small_city

cities = parent_lists().map(from_parents)


def grids_below(city: Hierarchy, region: int) -> list[int]:
    """Grid numbers inside a region, by climbing from every grid."""
    found = []
    for grid in range(city.grid_count):
        above = city.region_of_grid(grid)
        while above != region and above != -1:
            above = int(city.parent[above])
        if above == region:
            found.append(grid)
    return found


@given(cities)
@settings(max_examples=60, deadline=None)
def test_every_region_is_one_slice_of_grids(city: Hierarchy) -> None:
    for region in range(len(city)):
        assert grids_below(city, region) == list(range(city.grid_lo[region], city.grid_hi[region]))


@given(cities, st.data())
@settings(max_examples=60, deadline=None)
def test_sums_are_those_of_the_grids_below(city: Hierarchy, data: st.DataObject) -> None:
    values = data.draw(
        st.lists(st.integers(-(2**40), 2**40), min_size=city.grid_count, max_size=city.grid_count)
    )
    per_grid = np.array(values, dtype=np.int64)
    summed = city.sum_to_regions(per_grid)
    assert summed.dtype == np.int64
    for region in range(len(city)):
        assert summed[region] == sum(values[grid] for grid in grids_below(city, region))
    columns = np.stack([per_grid, -per_grid], axis=1)
    assert np.array_equal(city.sum_to_regions(columns), np.stack([summed, -summed], axis=1))


@given(cities)
@settings(max_examples=40, deadline=None)
def test_children_and_ancestors_are_those_of_the_parents(city: Hierarchy) -> None:
    for region in range(len(city)):
        assert list(city.children(region)) == np.flatnonzero(city.parent == region).tolist()
        above, climbing = [], int(city.parent[region])
        while climbing >= 0:
            above.append(climbing)
            climbing = int(city.parent[climbing])
        assert city.ancestors(region) == above
        for other in range(len(city)):
            assert city.contains(other, region) == (other == region or other in above)


def test_an_only_child_does_not_contain_its_parent() -> None:
    city = from_parents(([0], [0], [0], [0]))
    assert city.contains(0, 4)
    assert not city.contains(4, 0)


def test_codes_name_regions() -> None:
    city = small_city()
    for number, code in enumerate(CODES):
        assert city.number_of(code) == number
        assert city.grid_of(code) == (number - city.tier_start[GRID] if len(code) == 15 else None)
    assert city.grid_of("370702001001999") is None
    with pytest.raises(KeyError):
        city.number_of("110000")
    assert city.contains_code("370702", "370702002002001")
    assert not city.contains_code("370703", "370702002002001")
    assert not city.contains_code("370703", "somewhere")


def test_the_model_city_has_its_published_size() -> None:
    city = city_of_size(12, 118, 6941, 12044)
    assert [int(np.sum(city.tier == tier)) for tier in range(len(TIERS))] == [1, 12, 118, 6941, 12044]
    assert (city.grid_lo[CITY], city.grid_hi[CITY]) == (0, 12044)


def arrays() -> dict[str, Any]:
    city = small_city()
    return {
        "tier": city.tier.copy(),
        "parent": city.parent.copy(),
        "grid_lo": city.grid_lo.copy(),
        "grid_hi": city.grid_hi.copy(),
        "tier_start": list(city.tier_start),
        "codes": list(CODES),
    }


@pytest.mark.parametrize(
    ("name", "place", "value", "sentence"),
    [
        ("grid_hi", 1, 3, "one after the other"),
        ("grid_lo", 2, 5, "one after the other"),
        ("grid_hi", 6, 1, "one after the other"),
        ("parent", 5, 1, "inside its parent"),
        ("parent", 10, 0, "inside its parent"),
        ("parent", 0, 0, "no parent"),
        ("codes", 3, "370702", "same code"),
        ("tier_start", 1, 2, "tier_start"),
    ],
)
def test_arrays_that_are_no_hierarchy_are_refused(name: str, place: int, value: Any, sentence: str) -> None:
    wrong = arrays()
    wrong[name][place] = value
    with pytest.raises(ValueError, match=sentence):
        Hierarchy(**wrong)


def test_too_few_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="codes for"):
        from_parents(PARENTS, CODES[:-1])
