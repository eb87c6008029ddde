"""A small city with a pack of its own, who asks about it, and what its score is."""

from __future__ import annotations

from dashboard.domain.access import Identity
from dashboard.domain.hierarchy import GRID
from dashboard.streams.from_pack import hierarchy_of
from tests.geodata.made_pack import small_pack

PACK = small_pack()


HIERARCHY = hierarchy_of(PACK)


CODES = HIERARCHY.codes


NOW_MS = 1_795_500_000_000


CITY, COUNTY, OTHER_COUNTY, TOWN, VILLAGE, GRID_CODE = (
    CODES[0],
    CODES[1],
    CODES[2],
    CODES[3],
    CODES[6],
    CODES[HIERARCHY.tier_start[GRID]],
)


OF_EACH_TIER = (CITY, COUNTY, TOWN, VILLAGE, GRID_CODE)


DANGEROUS = '=HYPERLINK(1) <b>& "quoted" #strong[x] \\ $x$ @ref'
"""A text that would be a formula, HTML or markup of Typst, if anybody read it as such."""


OFFICER = Identity("west", "officer", COUNTY)


LEADER = Identity("west-leader", "leader", COUNTY)


BASE, SCORE = 85.0, 78.4


FAMILY_POINTS = (-1.26, -0.44, -3.31, -1.59)
"""They sum to SCORE − BASE."""


def grid_in(code: str) -> str:
    low, _ = HIERARCHY.slice_of(HIERARCHY.number_of(code))
    return CODES[HIERARCHY.region_of_grid(low)]
