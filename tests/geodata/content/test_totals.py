from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.content import Totals
from geodata.errors import PackError
from geodata.land import Land
from tests.geodata.content.conftest import furnished
from tests.geodata.made_land import made_land

PUBLISHED = """
people = 4210000
dwellings = 2130000
grid_workers = 21118
cameras = 310000
networked = 250000
cameras_per_village = 6
entrance_capture = 142
augmented_reality = 40
high_dome = 362
checkpoints_city = 83
checkpoints_county = 233
checkpoints_police = 1069
centre_staff = 1263
companies = 125
company_helpers = 11000
estates_served_share = 0.98
"""


def lone_land() -> Land:
    """A city of one county of one town of one village of one grid: a square kilometre."""
    square = np.array([shapely.box(420_000, 4_060_000, 421_000, 4_061_000)], dtype=object)
    zeros, ones = np.zeros(5, dtype=np.uint32), np.ones(5, dtype=np.uint32)
    return Land(
        crs="EPSG:4549", code=("9901", "990101", "990101001", "990101001001", "990101001001001"),
        name=("甲",) * 5, name_en=("A",) * 5, tier=np.arange(5, dtype=np.uint8),
        parent=np.arange(-1, 4, dtype=np.int32), grid_lo=zeros, grid_hi=ones,
        tier_start=np.arange(6, dtype=np.uint32), derived=np.zeros(5, dtype=np.uint8),
        polygons=(square,) * 5, urban=np.zeros(1),
    )  # fmt: skip


def test_published_table_is_the_default() -> None:
    assert Totals.from_table(tomllib.loads(PUBLISHED)) == Totals()


def test_response_units_can_be_named() -> None:
    totals = Totals.from_table({**tomllib.loads(PUBLISHED), "fire": 61})
    assert totals.response_units == (281, 61, 42, 120, 94)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"camera": 5}, "camera"),
        ({"people": -1}, "people"),
        ({"people": 1.5}, "people"),
        ({"people": "many"}, "people"),
        ({"companies": True}, "companies"),
        ({"estates_served_share": 1.2}, "share"),
    ],
)
def test_bad_row_is_refused_by_name(change: dict[str, object], said: str) -> None:
    with pytest.raises(PackError, match=said):
        Totals.from_table({**tomllib.loads(PUBLISHED), **change})


def test_missing_row_is_refused_by_name() -> None:
    table = tomllib.loads(PUBLISHED)
    del table["high_dome"]
    with pytest.raises(PackError, match="high_dome"):
        Totals.from_table(table)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.booleans())
def test_any_land_can_be_furnished_with_totals_of_its_own(seed: int, odd: bool) -> None:
    land = made_land(seed=seed, odd=odd)
    totals = Totals.for_land(land)
    content = furnished(land, totals).content
    assert len(content.cameras.grid) == totals.cameras
    assert len(content.checkpoints.ring) == sum(totals.checkpoints)


def test_lone_grid_has_one_ring_and_everything_else() -> None:
    land = lone_land()
    totals = Totals.for_land(land)
    assert totals.checkpoints == (1, 0, 0)
    content = furnished(land, totals).content
    assert content.population.tolist() == [totals.people]
    assert len(content.centres.region) == 4
    assert content.checkpoints.length_m.tolist() == [4_000.0]


@pytest.mark.parametrize(
    "few",
    [{"cameras": 50}, {"networked": 5}, {"networked": 2_000_000}, {"grid_workers": 63}, {"centre_staff": 20},
     {"checkpoints_city": 1}, {"checkpoints_police": 0}, {"company_helpers": 0}],
)  # fmt: skip
def test_totals_that_cannot_be_met_are_refused_with_advice(few: dict[str, int]) -> None:
    land = made_land()
    with pytest.raises(PackError, match=r"\[totals\]"):
        furnished(land, replace(Totals.for_land(land), **few))


def test_checkpoints_without_a_border_are_refused() -> None:
    land = lone_land()
    with pytest.raises(PackError, match="checkpoints_county"):
        furnished(land, replace(Totals.for_land(land), checkpoints_county=1))
