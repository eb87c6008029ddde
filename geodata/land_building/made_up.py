"""Regions that no source lists: how many each parent has, their codes and their names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.land_building.given import ListedTier
from geodata.tables import CITY, COUNTY, GRID, TOWN, VILLAGE

DIGITS = {COUNTY: 2, TOWN: 3, VILLAGE: 3, GRID: 3}  # what a tier adds to its parent's code
_NAMES = {
    COUNTY: ("{}第{}区", "{} {}"),
    TOWN: ("{}第{}片", "{} {}"),
    VILLAGE: ("{}第{}社区", "{}-{}"),
    GRID: ("{}第{}网格", "{} Grid {}"),
}


def child_code(parent: str, parent_tier: int, number: int, siblings: int) -> str:
    """The code of a parent's child `number` (from 1): national codes are 6, 9, 12 and 15 digits long."""
    digits = max(DIGITS[parent_tier + 1], len(str(siblings)))
    # A city's code ends in 00, which its counties replace.
    stem = parent[:4] if parent_tier == CITY else parent
    return f"{stem}{number:0{digits}d}"


def made_up_tier(tier: int, above: ListedTier, share: NDArray[np.int64]) -> ListedTier:
    """The regions of `tier`, `share` i64[n] of them in each of those `above`: numbered codes and names."""
    chinese, english = _NAMES[tier]
    parent = np.repeat(np.arange(len(above)), share)
    code, name, name_en = [], [], []
    for row, siblings in enumerate(share.tolist()):
        for number in range(1, siblings + 1):
            code.append(child_code(above.code[row], tier - 1, number, siblings))
            name.append(chinese.format(above.name[row], number))
            name_en.append(english.format(above.name_en[row], number))
    return ListedTier(tuple(code), tuple(name), tuple(name_en), parent, np.full((len(parent), 2), np.nan))
