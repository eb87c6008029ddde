"""Two lands that the tests share, each built once: Weifang at its real size, and a town of a few grids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.land import Land
from geodata.land_building import build_land
from geodata.land_building.given import ListedTier, Sources
from geodata.land_building.sources import read_pack_sources

WEIFANG = Path(__file__).parents[2] / "geodata" / "packs" / "weifang"
ORIGIN = (420_000.0, 4_060_000.0)  # of the small city, in EPSG:4549


def no_progress(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def small_sources() -> Sources:
    """A square city of 6 km in two counties with a wiggly border, three towns, seven villages, 24 grids."""
    border = [(3000 + 400 * np.sin(step), 500 * step) for step in range(13)]
    west = shapely.Polygon([(0, 0), *border, (0, 6000)])
    east = shapely.Polygon([(6000, 0), (6000, 6000), *reversed(border)])
    outlines = shapely.transform(np.array([west, east], dtype=object), lambda xy: xy + ORIGIN)
    nowhere = (np.nan, np.nan)
    tiers = (
        _tier([("990100", "小城市", "Smallton")], [0], [(3000.0, 3000.0)]),
        _tier(
            [("990101", "西区", "West District"), ("990102", "东区", "East District")],
            [0, 0],
            [nowhere] * 2,
        ),
        _tier(
            [
                ("990101001", "西关街道", "Xiguan Subdistrict"),
                ("990101101", "河镇", "He Town"),
                ("990102001", "东关街道", "Dongguan Subdistrict"),
            ],
            [0, 0, 1],
            [(2000.0, 4000.0), (1500.0, 1000.0), nowhere],
        ),
        _tier(
            [
                ("990101001001", "槐树社区居委会", "Huaishu Community"),
                ("990101001002", "新华社区居委会", "Xinhua Community"),
                ("990101001201", "前营村委会", "Qianying Village"),
                ("990101101201", "河东村委会", "Hedong Village"),
                ("990101101202", "河西村委会", "Hexi Village"),
                ("990102001001", "府前社区居委会", "Fuqian Community"),
                ("990102001201", "后营村委会", "Houying Village"),
            ],
            [0, 0, 0, 1, 1, 2, 2],
            [nowhere] * 7,
        ),
    )
    return Sources("small", "小城市", "Smallton", "Asia/Shanghai", "EPSG:4549", tiers, 1, outlines, grids=24)


def _tier(
    rows: list[tuple[str, str, str]], parent: list[int], point: list[tuple[float, float]]
) -> ListedTier:
    code, name, name_en = zip(*rows, strict=True)
    return ListedTier(code, name, name_en, np.array(parent), np.array(point) + ORIGIN)


@pytest.fixture(scope="session")
def weifang_land() -> Land:
    """Weifang from the sources in the repository (some 7 s, once)."""
    return build_land(read_pack_sources(WEIFANG), no_progress)


@pytest.fixture(scope="session")
def small_land() -> Land:
    """The land of `small_sources`."""
    return build_land(small_sources(), no_progress)
