"""Which layer is which tier, and which area lies in which: from sizes, codes and containment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.errors import PackError
from geodata.land import Polygons
from geodata.land_building.boundary_layers import BoundaryLayer
from geodata.land_building.coverage import Numbers
from geodata.tables import CITY, COUNTY, GRID, TIERS, TOWN, VILLAGE

_TIER_OF_LENGTH = {6: COUNTY, 9: TOWN, 12: VILLAGE, 15: GRID}
_LEAST_INSIDE = 0.5  # of an area must lie in its parent


@dataclass(frozen=True)
class Level:
    """A tier's areas, polygons in metres, and for each the row of its parent in the level above."""

    tier: int
    layer: BoundaryLayer
    parent: Numbers


def levels_of(layers: Sequence[BoundaryLayer], account: list[str]) -> list[Level]:
    """The layers as tiers, coarse to fine, each area under its parent; metric polygons are expected.

    A coarse area that holds no finer one stands for itself. Raises `PackError` for layers that don't nest.
    """
    ordered = sorted(layers, key=lambda layer: -float(shapely.area(layer.polygons).mean()))
    levels: list[Level] = []
    for tier, layer in _tiers_of(ordered):
        if not levels:
            levels.append(Level(tier, layer, np.zeros(len(layer), dtype=np.int64)))
            continue
        above = levels[-1].layer
        parent = _parents(layer, above)
        layer, parent = _with_childless(layer, parent, above)
        _tell_uncovered(layer, parent, above, account)
        levels.append(Level(tier, layer, parent))
    return levels


def _tiers_of(ordered: Sequence[BoundaryLayer]) -> list[tuple[int, BoundaryLayer]]:
    """Tier of each layer: by the length of national codes where all have them, else county, town … in turn.

    A first layer of one area is the city.
    """
    city = [(CITY, ordered[0])] if len(ordered[0]) == 1 else []
    rest = ordered[len(city) :]
    tiers = [_TIER_OF_LENGTH.get(_code_length(layer), -1) for layer in rest]
    if -1 in tiers or tiers != sorted(set(tiers)):
        tiers = list(range(COUNTY, COUNTY + len(rest)))
    if tiers and tiers[-1] > GRID:
        raise PackError(
            f"{len(ordered)} layers are more than the tiers {', '.join(TIERS)}; leave out"
            f" {ordered[-1].title} or another."
        )
    return [*city, *zip(tiers, rest, strict=True)]


def _code_length(layer: BoundaryLayer) -> int:
    """The one length of a layer's codes when all are digits, else 0."""
    lengths = {len(code) if code.isdigit() else 0 for code in layer.code}
    return lengths.pop() if len(lengths) == 1 else 0


def _parents(layer: BoundaryLayer, above: BoundaryLayer) -> Numbers:
    """For each area the one of the layer above with which it shares most."""
    child, parent = shapely.STRtree(above.polygons).query(layer.polygons, predicate="intersects")
    common = shapely.area(shapely.intersection(layer.polygons[child], above.polygons[parent]))
    order = np.lexsort((parent, -common, child))
    first = order[np.unique(child[order], return_index=True)[1]]
    found = np.zeros(len(layer), dtype=np.int64)
    share = np.zeros(len(layer))
    found[child[first]] = parent[first]
    share[child[first]] = common[first] / shapely.area(layer.polygons[child[first]])
    lost = np.flatnonzero(share < _LEAST_INSIDE)
    if len(lost):
        raise PackError(
            f"{layer.title}: {layer.name[lost[0]]} lies in no area of {above.title}; remove it, or give files"
            " that fit each other."
        )
    return found


def _with_childless(
    layer: BoundaryLayer, parent: Numbers, above: BoundaryLayer
) -> tuple[BoundaryLayer, Numbers]:
    """The layer with the areas above that hold none of it, as far as nothing else lies there."""
    childless = np.setdiff1d(np.arange(len(above)), parent)
    if not len(childless):
        return layer, parent
    tree = shapely.STRtree(layer.polygons)
    left: list[shapely.Geometry] = []
    for row in childless:
        near = layer.polygons[tree.query(above.polygons[row])]
        left.append(shapely.difference(above.polygons[row], shapely.union_all(near)))
    same = above.rows(childless.tolist())
    merged = BoundaryLayer(
        title=layer.title,
        polygons=np.concatenate([layer.polygons, _as_array(left)]),
        name=layer.name + same.name,
        name_en=layer.name_en + same.name_en,
        code=layer.code + ("",) * len(same),
    )
    return merged, np.concatenate([parent, childless])


def _as_array(shapes: list[shapely.Geometry]) -> Polygons:
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return array


def _tell_uncovered(layer: BoundaryLayer, parent: Numbers, above: BoundaryLayer, account: list[str]) -> None:
    """Say which areas are larger than what lies in them: the rest is not part of the land."""
    covered = np.bincount(parent, shapely.area(layer.polygons), len(above))
    whole = shapely.area(above.polygons)
    for row in np.flatnonzero(covered < 0.99 * whole):
        account.append(
            f"{above.title}: {1 - covered[row] / whole[row]:.0%} of {above.name[row]} lies in no area of"
            f" {layer.title} and was left out."
        )
