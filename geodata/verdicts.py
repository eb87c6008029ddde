"""What has to be true of a pack: one function per kind of verdict, each from the pack's own arrays alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.bits import how_many
from geodata.content.branches import kinds_of
from geodata.errors import PackError
from geodata.inspected import Inspected, Verdict
from geodata.outlines import Ints, grid_edges
from geodata.tables import DEPARTMENTS, GRID, NO_PARENT, RINGS, SERVICES, TIERS, VILLAGE

SAME_AREA = 1e-6
"""Greatest relative difference between a region's area and the sum of its children's."""

_DRAWN_AREA = 1e-3  # between the area of a town or larger and that of its outline, rounded to decimetres
_ON_BORDER = 2.0  # map units between a checkpoint and the border that it guards
_WHOLE_RING = 1e-3  # between the lengths of a ring and of the stretches that guard it
_LEAST_STATION_M2 = 15.0
_NATIONAL_DIGITS = (6, 6, 9, 12, 15)

Verdicts = Iterator[Verdict]


def slices(inspected: Inspected) -> Verdicts:
    """Every tier cuts the grids into slices, and regions are numbered depth first."""
    regions = inspected.pack.regions
    columns = (regions.tier_start, regions.grid_lo, regions.grid_hi, regions.parent)
    start, lo, hi, parent = (column.astype(np.int64) for column in columns)
    numbered = (regions.tier == np.repeat(np.arange(GRID + 1), np.diff(start))).all()
    below = np.arange(1, len(regions))
    above = parent[below]
    nested = parent[0] == NO_PARENT and (regions.tier[above] + 1 == regions.tier[below]).all()
    nested = nested and (lo[above] <= lo[below]).all() and (hi[below] <= hi[above]).all()
    wrong = [TIERS[tier] for tier in range(GRID + 1) if not _cut(lo, hi, start, tier)]
    found = {"out_of_order": wrong, "tiers": bool(numbered), "nested": bool(nested)}
    yield Verdict("slices", bool(numbered and nested) and not wrong, found)


def _cut(lo: Ints, hi: Ints, start: Ints, tier: int) -> bool:
    """Whether a tier's slices follow each other from the first grid to the last, none empty."""
    lo, hi = lo[start[tier] : start[tier + 1]], hi[start[tier] : start[tier + 1]]
    grids = start[GRID + 1] - start[GRID]
    return bool(lo[0] == 0 and hi[-1] == grids and (lo[1:] == hi[:-1]).all() and (lo < hi).all())


def codes(inspected: Inspected) -> Verdicts:
    """Codes are unique, and national but for an operator's own; a made grid's is its village's and 3 more."""
    regions = inspected.pack.regions
    start = regions.tier_start
    lengths = [sorted(set(map(len, regions.code[start[tier] : start[tier + 1]]))) for tier in range(GRID + 1)]
    unique = len(set(regions.code)) == len(regions.code)
    prefixed = all(
        regions.code[grid][:-3] == regions.code[regions.parent[grid]] and regions.code[grid][-3:].isdigit()
        for grid in range(int(start[GRID]), len(regions))
        if regions.derived[grid]
    )
    own = bool(inspected.pack.manifest.get("built_from", {}).get("boundaries"))
    national = "".join(regions.code).isdigit() and lengths == [[digits] for digits in _NATIONAL_DIGITS]
    found = {"unique": unique, "grids_by_village": prefixed, "lengths": lengths}
    yield Verdict("codes", unique and prefixed and (own or national), found)


def coverages(inspected: Inspected) -> Verdicts:
    """Every tier is a valid coverage: valid polygons that meet in common edges and don't overlap."""
    for tier, name in enumerate(TIERS):
        try:
            polygons = inspected.polygons(tier)
        except (PackError, IndexError, ValueError) as problem:
            yield Verdict(f"coverage.{name}", False, str(problem))
            continue
        invalid = int((~shapely.is_valid(polygons) | shapely.is_empty(polygons)).sum())
        fits = bool(shapely.coverage_is_valid(polygons))
        yield Verdict(f"coverage.{name}", fits and not invalid, {"invalid_polygons": invalid, "fits": fits})


def areas(inspected: Inspected) -> Verdicts:
    """Children sum to their parent's area, said and drawn; what is drawn has the area that is said."""
    regions, drawn = inspected.pack.regions, inspected.drawn_m2
    above = slice(0, int(regions.tier_start[GRID]))
    for name, per_region in (("areas.children", regions.area_m2), ("areas.children_drawn", drawn)):
        children = np.bincount(regions.parent[1:], per_region[1:], minlength=len(regions))
        worst = _worst(children[above].astype(np.float64), per_region[above])
        yield Verdict(name, worst <= SAME_AREA, worst)
    towns = slice(0, int(regions.tier_start[VILLAGE]))
    worst = _worst(drawn[towns], regions.area_m2[towns])
    yield Verdict("areas.drawn", worst <= _DRAWN_AREA, worst)


def _worst(values: NDArray[np.float64], expected: NDArray[np.float64]) -> float:
    return float(np.abs(values / np.maximum(expected, 1e-9) - 1).max())


def arcs(inspected: Inspected) -> Verdicts:
    """The arcs are the grids' outlines: every edge once with its grid on the left, and once on the right."""
    geometry = inspected.pack.geometry
    edges = grid_edges(geometry)
    vertex, start = geometry.arc_vertex.astype(np.int64), geometry.arc_start.astype(np.int64)
    piece = np.delete(np.arange(len(vertex)), start[1:] - 1)
    arc = np.repeat(np.arange(len(start) - 1), np.diff(start) - 1)
    left = np.stack([vertex[piece], vertex[piece + 1], geometry.arc_left[arc]])
    right = np.stack([vertex[piece + 1], vertex[piece], geometry.arc_right[arc]])
    sides = np.concatenate([left, right[:, right[2] >= 0]], axis=1)
    rings = np.stack([edges.tail, edges.head, edges.owner])
    ok = sides.shape == rings.shape and bool((_sorted(sides) == _sorted(rings)).all())
    yield Verdict("arcs", ok, {"sides_of_arcs": sides.shape[1], "sides_of_rings": rings.shape[1]})


def _sorted(columns: Ints) -> Ints:
    return columns[:, np.lexsort(columns)]


def sums(inspected: Inspected) -> Verdicts:
    """People and dwellings of a region are those of its grids."""
    regions = inspected.pack.regions
    for name, column in (("sums.people", regions.population), ("sums.dwellings", regions.dwellings)):
        total = np.concatenate([[0], np.cumsum(column[regions.tier_start[GRID] :], dtype=np.int64)])
        wrong = int((total[regions.grid_hi] - total[regions.grid_lo] != column).sum())
        yield Verdict(name, wrong == 0, {"wrong_regions": wrong})


def totals(inspected: Inspected) -> Verdicts:
    """The content is exact to the totals in the manifest."""
    wanted, found = inspected.pack.manifest["totals"], inspected.counts
    cameras, kinds = found["cameras"], found["cameras"]["kinds"]
    pairs = {
        "people": found["people"],
        "dwellings": found["dwellings"],
        "grid_workers": found["units"]["grid_worker"],
        "cameras": cameras["total"],
        "networked": cameras["networked"],
        **{kind: kinds[kind] for kind in kinds if kind in wanted},
        **{f"checkpoints_{ring}": found["checkpoints"][ring]["count"] for ring in RINGS[1:]},
        "centre_staff": found["centres"]["staff"],
        "companies": found["companies"]["total"],
        "company_helpers": found["companies"]["helpers"],
    }
    wrong = {key: {"found": n, "wanted": wanted[key]} for key, n in pairs.items() if n != wanted[key]}
    if cameras["fewest_in_a_village"] < wanted["cameras_per_village"]:
        wrong["cameras_per_village"] = {"found": cameras["fewest_in_a_village"]}
    yield Verdict("totals", not wrong, wrong or "exact")


def places(inspected: Inspected) -> Verdicts:
    """What stands in a grid lies in it, sorted by grid; what belongs to a region lies in that."""
    pack, locator = inspected.pack, inspected.locator
    for name, xy, home in (
        ("places.cameras", pack.cameras.xy, pack.cameras.grid),
        ("places.units", pack.units.xy, pack.units.home_grid),
        ("places.companies", pack.companies.xy, pack.companies.grid),
    ):
        outside = int((locator.locate_units(xy) != home).sum())
        is_sorted = bool((np.diff(home.astype(np.int64)) >= 0).all())
        found = {"outside": outside, "of": len(xy), "sorted": is_sorted}
        yield Verdict(name, outside == 0 and is_sorted, found)
    for name, xy, region in (
        ("places.labels", pack.regions.label_xy, np.arange(len(pack.regions))),
        ("places.centres", pack.centres.xy, pack.centres.region.astype(np.int64)),
    ):
        grid = locator.locate_units(xy)
        outside = int(((grid < pack.regions.grid_lo[region]) | (grid >= pack.regions.grid_hi[region])).sum())
        yield Verdict(name, outside == 0, {"outside": outside, "of": len(xy)})


def rings(inspected: Inspected) -> Verdicts:
    """Checkpoints lie on the border that their ring guards, each with a camera, and guard all of it."""
    for number, name in enumerate(RINGS[1:], start=1):
        mine = np.flatnonzero(inspected.pack.checkpoints.ring == number)
        if len(mine):
            yield _ring(inspected, f"rings.{name}", number, mine)


def _ring(inspected: Inspected, name: str, number: int, mine: Ints) -> Verdict:
    points, cameras = inspected.pack.checkpoints, inspected.pack.cameras
    border = inspected.arc_lines[inspected.pack.geometry.arc_tier == number - 1]
    at = shapely.points(points.xy[mine].astype(np.float64))
    near, _ = shapely.STRtree(border).query(at, predicate="dwithin", distance=_ON_BORDER)
    guarded = float(shapely.length(inspected.stretch_lines(mine)).sum() / shapely.length(border).sum())
    camera = points.camera[mine]
    seen = int(((cameras.ring[camera] == number) & (cameras.grid[camera] == points.grid[mine])).sum())
    found = {"on_border": len(np.unique(near)), "of": len(mine), "guarded_share": round(guarded, 6)}
    ok = found["on_border"] == seen == len(np.unique(camera)) == len(mine)
    return Verdict(name, bool(ok and abs(guarded - 1) <= _WHOLE_RING), found)


def stations(inspected: Inspected) -> Verdicts:
    """Stations are large enough, each serves a grid and offers something that is known, and no grid is
    served by one that there isn't.
    """
    serving, area = inspected.pack.stations.station_of_grid, inspected.pack.stations.area_m2
    services = inspected.pack.stations.services
    known = bool(((serving >= -1) & (serving < len(area))).all())
    known = known and len(serving) == inspected.pack.grid_count
    idle = len(set(range(len(area))) - set(serving.tolist()))
    small = int((area < _LEAST_STATION_M2).sum())
    unknown = int(((services == 0) | (services >> len(SERVICES) > 0)).sum())
    found = {"too_small": small, "without_a_grid": idle, "unknown_services": unknown}
    yield Verdict("stations", known and len(services) == len(area) and not any(found.values()), found)


def companies(inspected: Inspected) -> Verdicts:
    """No company serves more estates than there are."""
    over = int((inspected.pack.companies.estates_served > inspected.pack.companies.estates).sum())
    yield Verdict("companies", over == 0, {"serving_too_many": over})


def centres(inspected: Inspected) -> Verdicts:
    """Every region above the grids has its centre, with departments that are known and have a post each."""
    centres, regions = inspected.pack.centres, inspected.pack.regions
    whole = centres.region.tolist() == list(range(int(regions.tier_start[GRID])))
    desks = how_many(centres.departments, len(DEPARTMENTS))
    unknown = int(((centres.departments == 0) | (centres.departments >> len(DEPARTMENTS) > 0)).sum())
    over = int(((centres.staff > 0) & (desks > centres.staff)).sum())
    found = {"unknown_departments": unknown, "more_desks_than_posts": over}
    yield Verdict("centres", whole and not any(found.values()), found)


def branches(inspected: Inspected) -> Verdicts:
    """Every grid has the branch or group that its dwellings give, and departments that are known."""
    branches, regions = inspected.pack.branches, inspected.pack.regions
    dwellings = regions.dwellings[regions.tier_start[GRID] :].astype(np.int64)
    whole = len(branches.kind) == len(branches.departments) == len(dwellings)
    wrong = int((branches.kind != kinds_of(dwellings)).sum()) if whole else None
    unknown = int((branches.departments >> len(DEPARTMENTS) > 0).sum())
    idle = int(((branches.kind > 0) != (branches.departments > 0)).sum()) if whole else None
    found = {"wrong_kinds": wrong, "unknown_departments": unknown, "attached_to_none": idle}
    yield Verdict("branches", whole and not any(found.values()), found)


CHECKS: tuple[Callable[[Inspected], Verdicts], ...] = (
    slices, codes, coverages, areas, arcs, sums, totals, places, rings, stations, companies, centres,
    branches,
)  # fmt: skip


def judge(inspected: Inspected) -> Verdicts:
    """All verdicts; a kind that can't even be looked at in a broken pack is a bad one by its name."""
    for one in CHECKS:
        try:
            yield from one(inspected)
        except (PackError, LookupError, ValueError, shapely.errors.ShapelyError) as problem:
            yield Verdict(one.__name__, False, f"can't be judged: {problem}")
