"""The drawn map against the pack: areas of levels, borders between the right regions, names inside."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely

from dashboard.domain.hierarchy import GRID, TOWN, VILLAGE, Hierarchy
from dashboard.streams.from_pack import hierarchy_of
from dashboard.views.charts import DARK, PAPER, Mark, region_map
from dashboard.views.charts.map_shapes import PER_UNIT, Frame
from geodata.outlines import tier_polygons
from tests.geodata.made_pack import odd_pack, small_pack
from tests.views.charts.reading import SVG, box, parsed, texts, words


@pytest.fixture(params=[small_pack, odd_pack], ids=["small", "odd"])
def pack(request):
    return request.param()


@pytest.fixture
def hierarchy(pack) -> Hierarchy:
    return hierarchy_of(pack)


@pytest.fixture
def levels(hierarchy):
    rng = np.random.default_rng(5)
    return rng.integers(0, 5, len(hierarchy)).astype(np.uint8)


@pytest.fixture
def hatched(hierarchy):
    return np.arange(len(hierarchy)) % 3 == 0


def area_of(d: str) -> float:
    """The area of a path of rings, even-odd, in the path's units."""
    rings = [
        np.array([int(n) for n in re.findall(r"-?\d+", ring)], float).reshape(-1, 2)
        for ring in d.split("M") if ring
    ]  # fmt: skip
    area = shapely.Polygon()
    for ring in rings:
        area = shapely.symmetric_difference(area, shapely.make_valid(shapely.Polygon(ring)))
    return float(area.area)


def drawn_areas(root) -> dict[int, float]:
    found: dict[int, float] = {}
    for path in root.iter(f"{SVG}path"):
        level = re.fullmatch(r"level-(\d)", path.get("class", ""))
        if level:
            found[int(level[1])] = found.get(int(level[1]), 0.0) + area_of(path.get("d", ""))
    return found


@pytest.mark.parametrize("theme", [DARK, PAPER], ids=lambda theme: theme.name)
def test_each_level_has_the_area_of_its_grids(pack, hierarchy, levels, hatched, theme):
    root = parsed(region_map(pack, hierarchy, 0, levels, hatched, theme, "地图", size=(2000.0, 2000.0)))
    frame, _ = Frame.fit(pack.regions.bbox[0], 2000.0, 2000.0, 6.0)
    grids = tier_polygons(pack.geometry, pack.regions, GRID)
    areas = shapely.area(grids) * (frame.per_map_unit * PER_UNIT) ** 2
    told = levels[hierarchy.tier_slice(GRID)]
    drawn = drawn_areas(root)
    assert set(drawn) == set(told.tolist())
    for level, area in drawn.items():
        assert area == pytest.approx(areas[told == level].sum(), rel=0.01)


def test_a_part_is_drawn_alone_and_fills_its_room(pack, hierarchy, levels, hatched):
    county = hierarchy.children(0)[0]
    root = parsed(region_map(pack, hierarchy, county, levels, hatched, DARK, "地图"))
    inside = levels[[hierarchy.region_of_grid(g) for g in range(*hierarchy.slice_of(county))]]
    assert set(drawn_areas(root)) == set(inside.tolist())
    width, height = box(root)
    places = [
        int(n) / PER_UNIT
        for path in root.iter(f"{SVG}path")
        if path.get("class")
        for n in re.findall(r"-?\d+", path.get("d", ""))
    ]
    assert min(places) == pytest.approx(6, abs=0.2)
    assert max(places) <= max(width, height)


def test_borders_are_those_between_the_parts(pack, hierarchy, levels, hatched):
    """All border lengths of the drawing against those of polygons that another library has dissolved."""
    root = parsed(region_map(pack, hierarchy, 0, levels, hatched, DARK, "地图", size=(2000.0, 2000.0)))
    frame, _ = Frame.fit(pack.regions.bbox[0], 2000.0, 2000.0, 6.0)
    lines = [
        np.array([int(n) for n in re.findall(r"-?\d+", line)], float).reshape(-1, 2) / PER_UNIT
        for path in root.iter(f"{SVG}path")
        if path.get("fill") == "none"
        for line in path.get("d", "").split("M")
        if line
    ]
    drawn = sum(shapely.length(shapely.linestrings(line)) for line in lines)
    grids = tier_polygons(pack.geometry, pack.regions, GRID)
    outline = shapely.length(shapely.boundary(shapely.coverage_union_all(grids)))
    total = (shapely.length(shapely.boundary(grids)).sum() + outline) / 2
    assert drawn == pytest.approx(total * frame.per_map_unit, rel=0.02)


def test_names_stand_inside_their_parts_with_the_numeral_of_their_level(pack, hierarchy, levels, hatched):
    names = pack.regions.name
    root = parsed(region_map(pack, hierarchy, 0, levels, hatched, DARK, "地图", name_of=lambda r: names[r]))
    children = list(hierarchy.children(0))
    expected = {f"{names[child]} {levels[child] or ''}".strip() for child in children}
    assert expected & set(words(root)) == expected
    frame, _ = Frame.fit(pack.regions.bbox[0], 720.0, 480.0, 6.0)
    polygons = dict(zip(children, tier_polygons(pack.geometry, pack.regions, 1), strict=True))
    for child in children:
        (text,) = [t for t in texts(root) if (t.text or "").startswith(names[child])]
        x, y = float(text.get("x", 0)), float(text.get("y", 0))
        west = (x - frame.left) / frame.per_map_unit + frame.west
        north = frame.north - (y - frame.top) / frame.per_map_unit
        assert shapely.distance(polygons[child], shapely.Point(west, north)) * frame.per_map_unit < 1


def test_a_village_and_a_grid_have_numerals(pack, hierarchy, levels, hatched):
    for tier in (TOWN, VILLAGE, GRID):
        region = hierarchy.tier_start[tier]
        root = parsed(region_map(pack, hierarchy, region, np.full_like(levels, 4), hatched, PAPER, "地图"))
        assert words(root).count("4") >= 1


def test_marks_and_legend_are_drawn(pack, hierarchy, levels, hatched):
    centre = pack.regions.label_xy[0]
    marks = [Mark((float(centre[0]), float(centre[1])), "1", "<危化品>", grave=True)]
    legend = {"1": "蓝 ≥90", "4": "红 <70", "hatched": "样本不足"}
    root = parsed(region_map(pack, hierarchy, 0, levels, hatched, DARK, "地图", legend=legend, marks=marks))
    (circle,) = root.iter(f"{SVG}circle")
    frame, height = Frame.fit(pack.regions.bbox[0], 720.0, 450.0, 6.0)
    at = frame.at(np.array([centre]))[0]
    assert (float(circle.get("cx", 0)), float(circle.get("cy", 0))) == pytest.approx(tuple(at), abs=0.02)
    assert set(legend.values()) <= set(words(root))
    assert box(root)[1] == pytest.approx(height + 30, abs=0.02)


def test_without_levels_it_says_so(pack, hierarchy):
    nothing = np.zeros(0)
    root = parsed(region_map(pack, hierarchy, 0, nothing, nothing, DARK, "地图", nothing="还不知道。"))
    assert words(root) == ["还不知道。"]
