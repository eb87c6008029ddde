"""What a land is built from: the listed regions of each tier, and the outlines of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.land import Polygons

Points = NDArray[np.float64]


@dataclass(frozen=True)
class ListedTier:
    """The regions of one tier in their final order: by parent, then by code.

    `parent` i64[n] numbers rows of the tier above; `point` f64[n, 2] is where a region's heart is (its seat
    or centre), in metres of the metric CRS, NaN where that is not known.
    """

    code: tuple[str, ...]
    name: tuple[str, ...]
    name_en: tuple[str, ...]
    parent: NDArray[np.int64]
    point: Points

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Credit:
    """One data source: what was taken, from whom, on which terms."""

    what: str
    by: str
    terms: str


@dataclass(frozen=True)
class Sources:
    """Everything that is known of a city, read and in one metric CRS.

    `tiers` lists the regions from the city down as far as they are known. `outlines` are the polygons of
    `outline_tier`, row by row; coarser tiers are unions of them, finer ones are subdivided. `grids` is how
    many grids there shall be. `totals` are published figures for what stands on the land, `as_of` the day
    that they are of (ISO 8601; "" where it isn't said). `account` says in sentences what was repaired while
    reading.
    """

    name: str
    title: str
    title_en: str
    timezone: str
    crs: str
    tiers: tuple[ListedTier, ...]
    outline_tier: int
    outlines: Polygons
    grids: int
    totals: Mapping[str, Any] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()
    account: tuple[str, ...] = ()
    as_of: str = ""

    @property
    def code(self) -> str:
        """The city's code."""
        return self.tiers[0].code[0]
