"""Where the hearts of new regions are placed inside their parent: many near its own heart, few far out."""

from __future__ import annotations

import hashlib

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.land_building.given import Points

_SAMPLES_PER_SITE = 48
_FEWEST_SAMPLES = 200
_ROUNDS = 8  # of Lloyd's relaxation: enough for believable shapes, few enough to keep the crowding


def random_of(code: str) -> np.random.Generator:
    """A generator seeded by a region's code, the same in every process."""
    digest = hashlib.sha256(code.encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def place_sites(
    polygon: shapely.Geometry,
    known: Points,
    heart: Points,
    crowding: float,
    random: np.random.Generator,
) -> Points:
    """The n sites f64[n, 2] of a parent's children: those of `known` [n, 2] stay, NaN rows are placed.

    Placed sites are a weighted centroidal tessellation (Lloyd) whose density falls off from `heart` [2],
    `crowding` times (1: even) from there to a parent's radius away; in row order they go from near to far,
    which is how national codes run.
    """
    free = np.isnan(known[:, 0])
    count = int(free.sum())
    sites = known.copy()
    if count == 0:
        return sites
    if len(known) == 1:
        sites[0] = _inside(polygon)
        return sites
    samples = _samples(polygon, max(_FEWEST_SAMPLES, _SAMPLES_PER_SITE * len(known)), random)
    away = np.linalg.norm(samples - np.round(heart), axis=1)
    radius = np.sqrt(shapely.area(polygon) / np.pi)
    weight = (1 + (np.sqrt(crowding) - 1) * (away / radius) ** 2) ** -2.0
    placed = _first_sites(samples, weight, count, known[~free], random)
    for _ in range(_ROUNDS):
        placed = _relaxed(placed, known[~free], samples, weight)
    order = np.argsort(np.linalg.norm(placed - heart, axis=1), kind="stable")
    sites[free] = placed[order]
    return sites


def _inside(polygon: shapely.Geometry) -> Points:
    centre = shapely.centroid(polygon)
    if not shapely.contains(polygon, centre):
        centre = shapely.point_on_surface(polygon)
    return np.asarray(shapely.get_coordinates(centre)[0], dtype=np.float64)


def _samples(polygon: shapely.Geometry, count: int, random: np.random.Generator) -> Points:
    """`count` points spread evenly at random over a polygon."""
    # Whole metres, so that the same place in another file's rounding gets the same points.
    minx, miny = np.floor(shapely.bounds(polygon)[:2])
    maxx, maxy = np.ceil(shapely.bounds(polygon)[2:])
    share = max(shapely.area(polygon) / ((maxx - minx) * (maxy - miny)), 0.02)
    shapely.prepare(polygon)
    found: list[Points] = []
    have = 0
    while have < count:
        tries = random.random((int((count - have) / share * 1.2) + 16, 2))
        tries = tries * (maxx - minx, maxy - miny) + (minx, miny)
        found.append(tries[shapely.contains_xy(polygon, tries[:, 0], tries[:, 1])])
        have += len(found[-1])
    return np.concatenate(found)[:count]


def _first_sites(
    samples: Points,
    weight: NDArray[np.float64],
    count: int,
    fixed: Points,
    random: np.random.Generator,
) -> Points:
    """Samples drawn by weight; near a fixed site they are drawn less, so that free ones fill the voids."""
    if len(fixed):
        gap = cKDTree(fixed).query(samples)[0]
        weight = weight * np.minimum(gap / np.median(gap), 1) ** 2
    chosen = random.choice(len(samples), size=count, replace=False, p=weight / weight.sum())
    return samples[np.sort(chosen)]


def _relaxed(placed: Points, fixed: Points, samples: Points, weight: NDArray[np.float64]) -> Points:
    """One round of Lloyd: each free site moves to the weighted centre of the samples nearest to it."""
    nearest = cKDTree(np.concatenate([placed, fixed])).query(samples)[1]
    size = len(placed) + len(fixed)
    mass = np.bincount(nearest, weight, size)[: len(placed)]
    moved = np.stack(
        [np.bincount(nearest, weight * samples[:, axis], size)[: len(placed)] for axis in (0, 1)], axis=1
    )
    return np.where(mass[:, None] > 0, moved / np.maximum(mass, 1e-300)[:, None], placed)
