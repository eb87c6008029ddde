"""Entry → painted frame of the second peer (Panel with datashader), by the pixels of its own canvases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.benchmarks.markers import Markers
from tests.benchmarks.probes import RED, SCREEN, from_red, seen

PATIENCE_MS = 30_000

# Installed before the page's own scripts: canvases that are cheap to read, or looking at them would slow the
# peer down (it draws without a GPU either way).
READABLE = """
const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, options) {
  return getContext.call(this, kind, kind === '2d' ? { ...options, willReadFrequently: true } : options);
};
"""
# Bokeh draws into canvases inside shadow roots; its plots know where a value is; ours are in metres of
# web mercator.
PROBE = """
() => {
  const R = 6378137, rad = Math.PI / 180;
  const find = (root) => [...root.querySelectorAll('*')].flatMap((node) => [
    ...(node.tagName === 'CANVAS' ? [node] : []), ...(node.shadowRoot ? find(node.shadowRoot) : []),
  ]);
  const plot = () => {
    for (const model of window.Bokeh?.documents?.[0]?._all_models?.values() ?? []) {
      if (model.type === 'Figure') return window.Bokeh.index.find_one(model);
    }
    return null;
  };
  const pixel = (x, y) => {
    for (const canvas of find(document)) {
      const box = canvas.getBoundingClientRect();
      if (!box.width || x < box.left || y < box.top || x >= box.right || y >= box.bottom) continue;
      const at = [(x - box.left) * canvas.width / box.width, (y - box.top) * canvas.height / box.height];
      const rgba = canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data;
      if (rgba[3] > 200) return [rgba[0], rgba[1], rgba[2]];
    }
    return null;
  };
  const near = (a, b) => a && b.every((v, i) => Math.abs(v - a[i]) < 12);
  window.second = {
    pixel,
    /** Where a point is on the screen; null before the plot is there. */
    place(lat, lon) {
      const view = plot(), box = view?.canvas_view?.el.getBoundingClientRect();
      if (!box) return null;
      const [x, y] = [R * lon * rad, R * Math.log(Math.tan(Math.PI / 4 + lat * rad / 2))];
      return { x: box.left + view.frame.x_scale.compute(x), y: box.top + view.frame.y_scale.compute(y) };
    },
    /** When the pixel got this colour: ms since 1970 of the animation frame after the paint. */
    watch(x, y, colour, patience) {
      return new Promise((resolve) => {
        const end = performance.now() + patience;
        const look = (now) => {
          const done = () => resolve(performance.timeOrigin + performance.now());
          if (near(pixel(x, y), colour)) requestAnimationFrame(done);
          else if (now > end) resolve(null);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    },
  };
}
"""


def time_second_peer(browser: Browser, url: str, markers: Markers, count: int) -> list[float | None]:
    """Latency of `count` markers, ms; None for one that was not painted within the patience.

    Each that was painted is seen in a screenshot too; `AssertionError` if one is not.
    """
    with drawn(browser, url, markers) as page:
        return [_time_one(page, markers) for _ in range(count)]


@contextmanager
def drawn(browser: Browser, url: str, markers: Markers) -> Iterator[Page]:
    """The peer's page in a browser profile of its own, once its map is there."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=1)
    try:
        context.add_init_script(READABLE)
        page = context.new_page()
        page.goto(url, wait_until="load")
        _wait_until_drawn(page, markers)
        yield page
    finally:
        context.close()


def _wait_until_drawn(page: Page, markers: Markers) -> None:
    page.evaluate(PROBE)
    lon, lat = markers.lonlat(0)
    page.wait_for_function(
        """([lat, lon]) => {
          const at = window.second.place(lat, lon);
          return at && window.second.pixel(at.x, at.y);
        }""",
        arg=[lat, lon],
        timeout=120_000,
    )


def _time_one(page: Page, markers: Markers) -> float | None:
    grid, at, before = markers.next_seen(page, "window.second.place")
    watch = page.evaluate_handle(
        "([x, y, c, t]) => ({ p: window.second.watch(x, y, c, t) })",
        [at["x"], at["y"], list(RED), PATIENCE_MS],
    )
    begun_ms = markers.write(grid)
    painted_ms = watch.evaluate("(held) => held.p")
    if painted_ms is None:
        return None
    after = seen(page, at["x"], at["y"])
    assert from_red(after) < 0.6 * from_red(before), f"the peer's grid {grid} is not seen to be red: {after}"
    return float(painted_ms - begun_ms)
