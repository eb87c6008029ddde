"""The screen of one who is bound to a region: of what lies outside it says that it knows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.live.scope import Scope
from dashboard.streams import frame
from dashboard.streams.from_pack import hierarchy_of
from geodata import Pack
from tests.assets.pages import at_rest, open_page
from tests.assets.server import CityServer
from tests.assets.values import first_sections

pytestmark = pytest.mark.browser

OWN, OTHER = 1, 2
"""Region numbers of the first two counties."""


@pytest.fixture
def scoped(city: Pack) -> Iterator[CityServer]:
    """A server that tells the first county's part."""
    whole = frame.encode(first_sections(city))
    narrowed = Scope.of(OWN, hierarchy_of(city), city).narrow(whole)
    running = CityServer(city, frame.decode(narrowed))
    running.scope = city.regions.code[OWN]
    running.start()
    yield running
    running.stop()


def tip(page: Page, region: int) -> list[str]:
    lines: list[str] = page.evaluate("(r) => kite.view.kit.shown.grids.tip(r).lines", region)
    return lines


def test_outside_nothing_is_known_and_above_the_score_alone(
    new_page: Callable[[], Page], scoped: CityServer, city: Pack
) -> None:
    page = open_page(new_page(), scoped)
    at_rest(page)
    assert tip(page, OTHER) == ["不在您的辖区，没有数据"]
    (above,) = tip(page, 0)
    assert "平安指数" in above
    assert len(tip(page, OWN)) >= 4
    notes: Any = page.evaluate(
        "(regions) => regions.map((r) => kite.view.layers.get('cameras')._note(r, 9) !== '')", [OWN, OTHER]
    )
    assert notes == [True, False]


def test_a_ring_is_not_said_to_have_gaps_where_nobody_knows(
    new_page: Callable[[], Page], scoped: CityServer, city: Pack
) -> None:
    page = open_page(new_page(), scoped)
    online = page.evaluate("[...kite.view.layers.get('rings')._online()]")
    inside = [
        city.regions.grid_lo[OWN] <= grid < city.regions.grid_hi[OWN] for grid in city.checkpoints.grid
    ]
    assert [value == 2 for value in online] == [not known for known in inside]
    assert 0 < sum(inside) < len(inside)


def test_the_map_stays_at_ones_own_region(
    new_page: Callable[[], Page], scoped: CityServer, city: Pack
) -> None:
    page = open_page(new_page(), scoped)
    assert page.evaluate("kite.selection.region") == OWN
    child = int(city.regions.tier_start[2])
    for asked, shown in ((OTHER, OWN), (0, OWN), (child, child)):
        page.evaluate("(code) => kite.showRegion(code)", city.regions.code[asked])
        page.wait_for_function("(r) => kite.selection.region === r", arg=shown)


def test_a_screen_whose_token_is_void_loads_its_page_anew(
    new_page: Callable[[], Page], server: CityServer
) -> None:
    """The server leads that to the sign-in."""
    page = open_page(new_page(), server)
    server.stop()
    server.signed_out.set()
    with page.expect_navigation():
        server.start()
