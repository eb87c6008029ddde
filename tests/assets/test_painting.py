"""What is on the screen is what the arrays say, and repainting parts gives the picture of painting all."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from dashboard.streams import frame
from dashboard.streams.tables import LEVEL_HATCHED
from geodata import Pack
from layers import palette
from tests.assets.pages import applied, move_to, only
from tests.assets.server import CityServer
from tests.assets.values import changed_levels, clock_section, make_case

pytestmark = pytest.mark.browser

# The scene's own pixel at a grid's pixel, and how much of that pixel a border covers (sixteenths).
PIXELS = """(codes) => {
  const { scene, shown } = kite.view.kit, { texture, view } = shown.grids.current;
  const box = scene.element.getBoundingClientRect();
  return codes.map((code) => {
    const pixel = kite.pixelOf(code);
    if (!pixel) return null;
    const x = Math.floor(pixel.x - box.left), y = Math.floor(pixel.y - box.top);
    const seen = scene.colourAt(x, y);
    return { seen, told: pixel.colour, texture: texture[y * view.width + x] };
  });
}"""
# A number for the picture as it is, and for the one that is laid out anew from freshly painted layers.
PICTURE = """() => {
  const sums = new Uint32Array(64);
  for (const tile of kite.view.kit.scene.tiles) {
    const { data } = tile.getImageData(0, 0, tile.canvas.width, tile.canvas.height);
    new Uint32Array(data.buffer).forEach((pixel, i) => {
      sums[i & 63] = (Math.imul(sums[i & 63], 31) + pixel) >>> 0;
    });
  }
  return Array.from(sums);
}"""


def rgb(colour: str) -> list[int]:
    return [*bytes.fromhex(colour[1:]), 255]


def test_a_level_is_painted_in_its_colour(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when a change misses its grid, goes to another one, or is painted in another class's colour."""
    only(page, "grids")
    rng = np.random.default_rng(5)
    codes = city.regions.code[city.regions.tier_start[4] :]
    for _ in range(4):
        levels = rng.integers(0, 5, city.grid_count)
        applied(page, server.publish(changed_levels(city, range(city.grid_count), levels.tolist())))
        pixels = page.evaluate(PIXELS, list(codes))
        inner = [(p, level) for p, level in zip(pixels, levels, strict=True) if p and p["texture"] in (0, 16)]
        assert len(inner) > 0.8 * len(codes)
        for pixel, level in inner:
            assert pixel["seen"] == pixel["told"] == rgb(palette.LEVELS[level].painted)


def test_a_flagged_grid_is_hatched(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when a score with too little behind it looks like any other."""
    only(page, "grids")
    move_to(page, 14, grid=40)
    colours = {}
    for flag in (0, LEVEL_HATCHED):
        applied(page, server.publish(changed_levels(city, [40], [3 | flag])))
        colours[flag] = page.evaluate("""() => {
          const { current: { spans, spanStart, texture }, field: { pixels } } = kite.view.kit.shown.grids;
          const found = new Set();
          for (let s = spanStart[40]; s < spanStart[41]; s++) {
            for (let p = spans[2 * s]; p < spans[2 * s + 1]; p++) {
              if (texture[p] % 16 === 0) found.add(pixels[p]);
            }
          }
          return found.size;
        }""")
    assert colours == {0: 1, LEVEL_HATCHED: 2}


@pytest.mark.parametrize("zoom", [11.25, 13.0, 15.75])
def test_repainting_parts_gives_the_picture_of_painting_all(
    page: Page, server: CityServer, city: Pack, zoom: float
) -> None:
    """Fails when a changed tile isn't laid out again, or something is left behind where it was."""
    page.evaluate("kite.setVisible('heat', false)")  # it fades while the test runs
    move_to(page, zoom, grid=100)
    rng = np.random.default_rng(int(zoom))
    cameras, units = len(city.cameras.grid), len(city.units.xy)
    near = int(
        page.evaluate(
            "kite.store.hierarchy.gridLo[kite.store.hierarchy.parent[kite.config.tier_start[4] + 100]]"
        )
    )
    for number in range(4):
        some = np.unique(rng.integers(0, cameras, 40))
        moved = np.unique(rng.integers(0, units, 20))
        grids = np.unique(rng.integers(0, city.grid_count, 15)).tolist()
        position = server.publish(
            changed_levels(city, grids, rng.integers(0, 5, len(grids)).tolist()),
            frame.section("cameras", "status", rng.integers(0, 5, len(some)), some),
            frame.section(
                "units", "x", city.units.xy[moved, 0] + rng.integers(-9000, 9000, len(moved)), moved
            ),
            frame.section("units", "state", rng.integers(0, 5, len(moved)), moved),
            frame.section(
                "cases",
                "upserts",
                [
                    make_case(city, number, grids[0], 1 + number % 4, 0),
                    # In view: two come, then one moves and becomes graver while the other ends.
                    make_case(city, 1000, near + number % 2, 4 - number // 3, 0),
                    {**make_case(city, 1001, near, 3, 0), "closed": number == 2},
                ],
            ),
            clock_section(1_764_000_000_000 + number),
        )
        applied(page, position)
    parts = page.evaluate(PICTURE)
    before = page.evaluate("kite.stats.frames")
    page.evaluate("""() => {
      for (const layer of kite.view.layers.values()) layer.dotView = null;
      kite.store.changes.addAll();
      kite.store.onChange();
    }""")
    page.wait_for_function("(before) => kite.stats.frames > before", arg=before)
    applied(page, position)
    page.evaluate("const { scene } = kite.view.kit; scene.damageAll(); while (scene.compose() !== 0);")
    assert page.evaluate(PICTURE) == parts


def test_a_change_is_painted_in_the_next_animation_frame(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when anything waits between a frame's arrival and the repaint: a timer, a second frame."""
    page.evaluate("""() => {
      window.frames_waited = [];
      const { store } = kite, request = store.onChange;
      let count = 0, waiting = false;
      const tick = () => { count++; if (waiting) requestAnimationFrame(tick); };
      store.onChange = () => { count = 0; waiting = true; requestAnimationFrame(tick); request(); };
      const grids = kite.view.layers.get('grids'), paint = grids.paint.bind(grids);
      grids.paint = () => {
        paint();
        waiting = false;
        window.frames_waited.push(count);
      };
    }""")
    for number in range(10):
        applied(
            page, server.publish(changed_levels(city, [number, 50], [1 + number % 4, 1 + (number + 1) % 4]))
        )
    waited = page.evaluate("window.frames_waited")
    assert len(waited) == 10
    assert max(waited) <= 1


def test_what_comes_late_is_painted_at_once(new_page: Callable[[], Page], server: CityServer) -> None:
    """Fails when a layer that had nothing to paint yet waits as long as after a paint."""
    page, held = new_page(), list[Route]()
    page.route("**/cameras-*", lambda route: held.append(route))
    page.goto(server.url)
    page.wait_for_function("window.kite?.marks.firstMap && !kite.scheduler.painters.some((p) => p.dirty)")
    page.evaluate("kite.view.layers.get('cameras').interval = 1e9")
    assert page.evaluate("kite.view.layers.get('cameras').view") is None
    held[0].continue_()
    page.wait_for_function("kite.view.layers.get('cameras').view")


def test_cameras_that_change_all_the_time_keep_none_from_being_painted(page: Page) -> None:
    """One tile a frame, and in each frame something new in the first: the last has its turn all the same."""
    left = page.evaluate("""() => {
      const layer = kite.view.layers.get('cameras'), { marks, todo, kit: { store } } = layer;
      const count = marks._stale.length, things = [];
      for (let tile = 0; tile < count; tile++) {
        if (marks._start[tile + 1] > marks._start[tile]) things.push(marks._things[marks._start[tile]]);
      }
      const { status } = store.columns.cameras;
      const turn = (i) => {
        status[i] = status[i] === 1 ? 2 : 1;
        todo.add(i);
      };
      for (const i of things) turn(i);
      const { now } = performance;
      let ms = now.call(performance);
      performance.now = () => (ms += 3);
      try {
        layer.dots();
        const first = things.length, last = things.at(-1);
        for (let frame = 0; frame < 3 * first && marks.isStale; frame++) {
          turn(things[0]);
          layer.dots();
        }
        const seen = marks._kinds[last] === layer.classOf(last);
        return { tiles: first, stale: marks.isStale, seen, waits: todo.count };
      } finally {
        performance.now = now;
      }
    }""")
    assert left["tiles"] > 3
    assert (left["stale"], left["seen"], left["waits"]) == (False, True, 1)


def test_names_cover_neither_each_other_nor_symbols(modules: Page) -> None:
    """Fails when two names share a pixel, at any zoom."""
    for zoom in (10.5, 11.5, 12.5, 13.5, 14.5, 15.5):
        move_to(modules, zoom, grid=60)
        boxes, obstacles = modules.evaluate("""async () => {
          const { boxOf } = await import('/assets/kite/labels.mjs');
          const layer = kite.view.layers.get('boundaries');
          const context = document.createElement('canvas').getContext('2d');
          const widthOf = (text, px) => {
            context.font = layer._font(px);
            return context.measureText(text).width;
          };
          const boxes = layer.names.map((label) => {
            const [left, up, right, down] = boxOf(label, widthOf);
            return [label.x + left, label.y + up, label.x + right, label.y + down];
          });
          const places = kite.view.kit.obstacles.in(layer.view);
          return [boxes, places.map(({ x, y, half }) => [x - half, y - half, x + half, y + half])];
        }""")
        assert boxes, zoom
        for n, a in enumerate(boxes):
            for b in [*boxes[:n], *obstacles]:
                apart = (
                    a[2] <= b[0] + 0.01 or b[2] <= a[0] + 0.01 or a[3] <= b[1] + 0.01 or b[3] <= a[1] + 0.01
                )
                assert apart, (zoom, a, b)
