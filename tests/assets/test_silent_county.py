"""A county from which nothing comes is hatched on the map, and no other is: silence is not safety."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from geodata import Pack
from tests.assets.pages import applied, at_rest, only
from tests.assets.server import CityServer
from tests.assets.values import changed_levels

pytestmark = pytest.mark.browser
# Of each grid, the colours that are painted where no border runs.
COLOURS = """() => {
  const { grids, current: { spans, spanStart, texture }, field: { pixels } } = kite.view.kit.shown.grids;
  return Array.from({ length: grids }, (_, g) => {
    const found = new Set();
    for (let s = spanStart[g]; s < spanStart[g + 1]; s++) {
      for (let p = spans[2 * s]; p < spans[2 * s + 1]; p++) if (texture[p] % 16 === 0) found.add(pixels[p]);
    }
    return found.size;
  });
}"""


def test_a_silent_county_is_hatched_until_it_is_heard_again(
    page: Page, server: CityServer, city: Pack
) -> None:
    only(page, "grids")
    applied(page, server.publish(changed_levels(city, range(city.grid_count), [2] * city.grid_count)))
    assert set(page.evaluate(COLOURS)) <= {0, 1}
    county = city.regions.code[2]
    page.evaluate("(code) => { kite.ages.silentCounties = () => [code]; }", county)
    page.wait_for_function("(code) => kite.view.layers.get('grids').silent === code", arg=county)
    at_rest(page)
    colours = page.evaluate(COLOURS)
    codes = city.regions.code[city.regions.tier_start[4] :]
    inside = [n for code, n in zip(codes, colours, strict=True) if code.startswith(county)]
    outside = [n for code, n in zip(codes, colours, strict=True) if not code.startswith(county)]
    assert len(inside) > 5 < len(outside)
    assert sum(n == 2 for n in inside) > 0.8 * len(inside)
    assert set(outside) <= {0, 1}
    # A change of its levels does not take the hatching away.
    applied(page, server.publish(changed_levels(city, range(city.grid_count), [3] * city.grid_count)))
    assert page.evaluate(COLOURS) == colours
    page.evaluate("() => { kite.ages.silentCounties = () => []; }")
    page.wait_for_function("kite.view.layers.get('grids').silent === ''")
    at_rest(page)
    assert set(page.evaluate(COLOURS)) <= {0, 1}
