"""Which grid is where, against shapely; fails when a pixel goes to a grid that lacks its centre."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Page

from geodata import Pack
from tests.assets.pages import move_to

pytestmark = pytest.mark.browser

LOOK = """async (points) => {
  const { gridAt } = await import('/assets/kite/hit.mjs');
  const raster = kite.view.kit.shown.grids.current, { scale, dx, dy, width, height } = raster.view;
  const at = points.map(([x, y]) => [Math.floor(x * width), Math.floor(y * height)]);
  return { scale, dx, dy, at, grids: at.map(([x, y]) => gridAt(raster, x, y)) };
}"""


def polygons(pack: Pack) -> NDArray[np.object_]:
    geometry = pack.geometry
    rings = np.split(geometry.ring_vertex, geometry.ring_start[1:-1])
    return np.array([shapely.Polygon(geometry.vertex_xy[ring]) for ring in rings])


@pytest.mark.parametrize("zoom", [11.0, 12.25, 14.0, 16.5])
def test_the_hit_test_is_shapelys_answer(modules: Page, city: Pack, zoom: float) -> None:
    move_to(modules, zoom, grid=100)
    points = np.random.default_rng(int(zoom)).random((1500, 2))
    seen = modules.evaluate(LOOK, points.tolist())
    pixel = np.array(seen["at"]) + 0.5
    x = (pixel[:, 0] - seen["dx"]) / seen["scale"]
    y = (seen["dy"] - pixel[:, 1]) / seen["scale"]
    outlines = polygons(city)
    expected = np.full(len(points), -1)
    inside = shapely.STRtree(outlines).query(shapely.points(x, y), predicate="within")
    expected[inside[0]] = inside[1]
    assert (expected >= 0).sum() > 100
    assert seen["grids"] == expected.tolist()


def test_spans_and_pixels_are_two_views_of_the_same(modules: Page) -> None:
    move_to(modules, 11.75)
    wrong = modules.evaluate("""() => {
      const { ids, spans, spanStart } = kite.view.kit.shown.grids.current, seen = new Uint16Array(ids.length);
      let twice = 0;
      for (let g = 0; g + 1 < spanStart.length; g++) {
        for (let s = spanStart[g]; s < spanStart[g + 1]; s++) {
          for (let p = spans[2 * s]; p < spans[2 * s + 1]; p++) {
            if (seen[p] !== 0) twice++;
            seen[p] = g + 1;
          }
        }
      }
      return [twice, seen.reduce((n, id, p) => n + Number(id !== ids[p]), 0), seen.some((id) => id > 0)];
    }""")
    assert wrong == [0, 0, True]


def test_a_hole_belongs_to_what_lies_in_it(modules: Page) -> None:
    """A square with a square hole, and the grid that fills the hole; fails when holes are filled over."""
    ids = modules.evaluate("""async () => {
      const { GridRaster } = await import('/assets/kite/raster.mjs');
      const { viewAt } = await import('/assets/kite/geometry.mjs');
      const square = (a, b) => [a, a, b, a, b, b, a, b];
      const geometry = {
        vertex_xy: Int32Array.from([...square(0, 900), ...square(300, 600)]),
        ring_start: Uint32Array.of(0, 4, 8, 12),
        ring_vertex: Uint32Array.of(0, 1, 2, 3, 7, 6, 5, 4, 4, 5, 6, 7),
        grid_ring_start: Uint32Array.of(0, 2, 3),
      };
      const view = { ...viewAt(0, 0, [0, 0], 0, 0, 9, 9), scale: 0.01, dx: 0, dy: 9 };
      return Array.from(new GridRaster(geometry, 2).fill(view).ids);
    }""")
    expected = np.ones((9, 9), int)
    expected[3:6, 3:6] = 2
    assert np.array_equal(np.array(ids).reshape(9, 9), expected)
