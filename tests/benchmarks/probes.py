"""What a benchmark puts into a page: looks at pixels, and waits for a colour, by animation frames."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image
from playwright.sync_api import Browser, Page

SCREEN = {"width": 1920, "height": 1080}
RED = (0xD5, 0x5E, 0x00)

# Installed before the page's own scripts: keeps the Leaflet map, and watches one pixel per animation frame.
HOOK = """
(() => {
  let leaflet;
  Object.defineProperty(window, 'L', {
    configurable: true,
    get: () => leaflet,
    set(value) {
      leaflet = value;
      value.Map?.addInitHook?.(function () { window.benchMap = this; });
    },
  });
  const pixel = (x, y) => {
    for (const canvas of document.querySelectorAll('.leaflet-pane canvas')) {
      const box = canvas.getBoundingClientRect();
      const at = [(x - box.left) * canvas.width / box.width, (y - box.top) * canvas.height / box.height];
      const rgba = canvas.getContext('2d').getImageData(at[0], at[1], 1, 1).data;
      if (rgba[3] > 200) return [rgba[0], rgba[1], rgba[2]];
    }
    return null;
  };
  const near = (a, b) => a && b.every((v, i) => Math.abs(v - a[i]) < 12);
  window.bench = {
    pixel,
    place(lat, lon) {
      const map = window.benchMap, box = map.getContainer().getBoundingClientRect();
      const p = map.latLngToContainerPoint([lat, lon]);
      return { x: box.left + p.x, y: box.top + p.y };
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
})();
"""
KITE_WATCH = """
([code, colour, patience]) => new Promise((resolve) => {
  const near = (a) => a && colour.every((v, i) => Math.abs(v - a[i]) < 12);
  const end = setTimeout(() => { stop(); resolve(null); }, patience);
  const stop = window.kite.onPainted(() => {
    if (!near(window.kite.pixelOf(code)?.colour)) return;
    clearTimeout(end); stop(); resolve(performance.timeOrigin + performance.now());
  });
})
"""
# Whether a grid is shown, and blue or yellow, in the arrays; and not red as it is painted.
IS_CALM = """
(grid) => {
  const { store, config } = window.kite, region = config.tier_start[4] + grid;
  const level = store.columns.regions.level[region] & 15;
  const colour = window.kite.pixelOf(store.hierarchy.code(region))?.colour;
  return (level === 1 || level === 2) && colour && colour[0] < 160;
}
"""
# The peer's first painted map: a pixel of its canvas that is no longer empty.
PEER_FIRST = """
() => new Promise((resolve) => {
  const look = () => {
    const map = window.benchMap;
    if (map && [0.4, 0.5, 0.6].some((at) => {
      const box = map.getContainer().getBoundingClientRect();
      return window.bench.pixel(box.left + box.width * at, box.top + box.height * 0.5);
    })) requestAnimationFrame((t) => resolve(t));
    else requestAnimationFrame(look);
  };
  look();
})
"""


@contextmanager
def opened(browser: Browser, url: str) -> Iterator[Page]:
    """A page in a browser profile of its own: nothing cached."""
    context = browser.new_context(viewport=SCREEN, device_scale_factor=1)
    try:
        context.add_init_script(HOOK)
        page = context.new_page()
        page.goto(url, wait_until="commit")
        yield page
    finally:
        context.close()


def seen(page: Page, x: float, y: float) -> tuple[int, ...]:
    """The colour that a screenshot shows there."""
    shot = page.screenshot(clip={"x": x - 1, "y": y - 1, "width": 3, "height": 3})
    pixel = Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))
    assert isinstance(pixel, tuple)
    return pixel


def from_red(colour: tuple[int, ...]) -> int:
    return sum(abs(a - b) for a, b in zip(colour, RED, strict=True))
