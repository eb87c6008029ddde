"""The live link through everything that can happen to a server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from geodata import Pack
from tests.assets.pages import applied, open_page
from tests.assets.server import CityServer
from tests.assets.values import changed_levels, first_sections

pytestmark = pytest.mark.browser


def paths(server: CityServer, path: str) -> list[tuple[str, str, str]]:
    return [row for row in server.requests if row[0] == path]


def level_of(page: Page, city: Pack, grid: int) -> int:
    return page.evaluate("(r) => kite.store.columns.regions.level[r]", int(city.regions.tier_start[4]) + grid)


def test_after_a_restart_it_goes_on_where_it_was(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when what was published meanwhile is lost, or the snapshot is loaded again for it."""
    position = server.publish(changed_levels(city, [3], [2]))
    applied(page, position)
    server.stop()
    page.wait_for_function("!kite.link.connected")
    missed = server.publish(changed_levels(city, [3, 4], [4, 4]))
    server.requests.clear()
    server.start()
    applied(page, missed)
    assert [level_of(page, city, grid) for grid in (3, 4)] == [4, 4]
    asked_for = [back or after for _, after, back in paths(server, "/live/events")]
    assert set(asked_for) == {position}
    assert paths(server, "/live/snapshot") == []
    page.wait_for_function("kite.link.connected")


def test_a_server_that_forgot_is_asked_for_everything(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when a reset leaves the page with old values or without a stream."""
    server.stop()
    page.wait_for_function("!kite.link.connected")
    server.publish(changed_levels(city, [3], [4]))
    server.forget()
    server.start()
    applied(page, server.publish(changed_levels(city, [4], [3])))
    assert [level_of(page, city, grid) for grid in (3, 4)] == [4, 3]
    assert len(paths(server, "/live/snapshot")) >= 2


def test_a_reset_in_the_middle_loads_the_snapshot(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when an open case that is in no snapshot any more stays on the map."""
    page.evaluate("void kite.store.cases.set('ghost', { id: 'ghost', level: 1, grid: 0, x: 0, y: 0 })")
    server.reset()
    page.wait_for_function("!kite.store.cases.has('ghost') && kite.store.cases.size > 0")
    applied(page, server.publish(changed_levels(city, [7], [4])))
    assert level_of(page, city, 7) == 4


def test_a_silent_stream_is_left_for_a_new_one(page: Page, server: CityServer, city: Pack) -> None:
    """Fails when a half-open connection, which raises no error, is waited on for ever."""
    before = len(paths(server, "/live/events"))
    server.silent.set()
    page.wait_for_function("kite.stats.reopened > 0")
    server.silent.clear()
    applied(page, server.publish(changed_levels(city, [9], [4])))
    assert level_of(page, city, 9) == 4
    assert len(paths(server, "/live/events")) > before


def test_a_screen_that_starts_before_its_server_comes_up_by_itself(
    new_page: Callable[[], Page], server: CityServer
) -> None:
    server.refuse.set()
    page = new_page()
    page.goto(server.url)
    page.wait_for_function("window.kite !== undefined")
    assert page.evaluate("kite.marks.firstMap") == 0
    server.refuse.clear()
    page.wait_for_function("kite.marks.firstMap > 0")


def test_a_dead_feed_looks_dead_and_comes_back(page: Page, server: CityServer) -> None:
    """Fails when a layer goes on looking alive without its feed, or another one is marked for it."""
    alphas = "Object.fromEntries([...kite.view.layers.values()].map((layer) => [layer.key, layer.alpha]))"
    assert set(page.evaluate(alphas).values()) == {1}
    server.feeds_s["cameras"] = 60.0
    page.wait_for_function("kite.view.layers.get('cameras').alpha < 1")
    faint = {key for key, alpha in page.evaluate(alphas).items() if alpha < 1}
    assert faint == {"cameras", "rings"}
    server.feeds_s["cameras"] = 0.2
    page.wait_for_function("kite.view.layers.get('cameras').alpha === 1")


def test_without_a_server_every_live_layer_looks_dead_within_ten_seconds(
    page: Page, server: CityServer
) -> None:
    """Fails when ages stand still because nobody says that time passes."""
    server.stop()
    try:
        stopped_ms = page.evaluate("performance.now()")
        page.wait_for_function(
            "['grids', 'cases', 'cameras', 'units'].every((key) => kite.view.layers.get(key).alpha < 1)"
        )
        took_ms = page.evaluate("performance.now()") - stopped_ms
        ages = page.evaluate("kite.ages.summary()")
        assert took_ms < 10_000
        assert ages["link_s"] > 6
        assert page.evaluate("kite.view.layers.get('boundaries').alpha") == 1
    finally:
        server.start()


def test_two_screens_see_the_same(new_page: Callable[[], Page], server: CityServer, city: Pack) -> None:
    """One came before a change, one after; fails when snapshot and stream don't meet in the same state."""
    early = open_page(new_page(), server)
    position = server.publish(*first_sections(city, seed=9, cases=25, now_ms=1_764_000_000_000))
    late = open_page(new_page(), server)
    last = server.publish(changed_levels(city, range(50), [1 + n % 4 for n in range(50)]))
    assert position != last
    everything = """() => [
      ...['regions', 'grids', 'cameras', 'units'].flatMap((table) => Object.values(kite.store.columns[table]))
        .map((column) => [...column]),
      [...kite.store.cases.values()].filter(({ id }) => id < 'C00025').sort((a, b) => (a.id < b.id ? -1 : 1)),
    ]"""
    for screen in (early, late):
        applied(screen, last)
    assert early.evaluate(everything) == late.evaluate(everything)
