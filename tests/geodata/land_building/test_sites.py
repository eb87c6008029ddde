from __future__ import annotations

import numpy as np
import shapely

from geodata.land_building.sites import place_sites, random_of

SQUARE = shapely.box(0, 0, 1000, 1000)
MIDDLE = np.array([500.0, 500.0])


def _free(count: int) -> np.ndarray:
    return np.full((count, 2), np.nan)


def test_known_sites_stay_and_the_others_are_placed_inside() -> None:
    known = _free(10)
    known[3] = 100, 900
    sites = place_sites(SQUARE, known, MIDDLE, 4, random_of("370702"))
    assert sites[3].tolist() == [100, 900]
    assert shapely.contains_xy(SQUARE, sites).all()


def test_placed_sites_go_from_near_to_far() -> None:
    sites = place_sites(SQUARE, _free(30), MIDDLE, 6, random_of("370702"))
    assert (np.diff(np.linalg.norm(sites - MIDDLE, axis=1)) >= 0).all()


def test_crowding_draws_sites_to_the_heart() -> None:
    def mean_distance(crowding: float) -> float:
        sites = place_sites(SQUARE, _free(60), MIDDLE, crowding, random_of("370702"))
        return float(np.linalg.norm(sites - MIDDLE, axis=1).mean())

    assert mean_distance(12) < 0.9 * mean_distance(1)


def test_even_sites_have_cells_of_like_size() -> None:
    sites = place_sites(SQUARE, _free(40), MIDDLE, 1, random_of("370702"))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(sites), extend_to=SQUARE))
    areas = shapely.area(shapely.intersection(cells, SQUARE))
    assert areas.max() / areas.min() < 4


def test_a_code_gives_the_same_sites_again_and_another_code_others() -> None:
    def once(code: str) -> list[list[float]]:
        sites = place_sites(SQUARE, _free(5), MIDDLE, 2, random_of(code))
        return [[float(x), float(y)] for x, y in sites]

    assert once("370702") == once("370702")
    assert once("370702") != once("370703")


def test_an_only_child_sits_inside_even_a_crescent() -> None:
    crescent = shapely.Point(0, 0).buffer(100).difference(shapely.Point(40, 0).buffer(90))
    site = place_sites(crescent, _free(1), MIDDLE, 1, random_of("x"))[0]
    assert shapely.contains_xy(crescent, *site)
