"""The playlist in a browser: order, dwell, pause, pins, and which counties are shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.views.wall.scenes import SCENES

pytestmark = pytest.mark.browser

PLAY = """async ([scenes, regions, asked, steps]) => {
  const { Playlist } = await import('/assets/wall/scenes.mjs');
  const list = new Playlist(scenes, (scene) => regions[scene.slug] ?? [0], asked), seen = [];
  for (const [what, ms] of steps) {
    if (what === 'tick') {
      const { scene, region } = list.tick(ms);
      seen.push([ms / 1000, scene.slug, region]);
    } else list[what](ms);
  }
  return seen;
}"""
TABLE = [asdict(scene) for scene in SCENES]
REGIONS = {"county": [4, 7]}


def played(
    page: Page, steps: list[tuple[str, int]], regions: dict[str, list[int]] = REGIONS, **asked: Any
) -> list[tuple[int, str, int]]:
    return [tuple(row) for row in page.evaluate(PLAY, [TABLE, regions, asked, steps])]


def every_second(seconds: int, first: int = 0) -> list[tuple[str, int]]:
    return [("tick", 1000 * second) for second in range(first, seconds)]


def spans(seen: list[tuple[int, str, int]]) -> list[tuple[str, int, int]]:
    """(scene, region, seconds) one after the other."""
    found: list[tuple[str, int, int]] = []
    for _, slug, region in seen:
        if found and found[-1][:2] == (slug, region):
            found[-1] = (slug, region, found[-1][2] + 1)
        else:
            found.append((slug, region, 1))
    return found


def expected(regions: dict[str, list[int]]) -> list[tuple[str, int, int]]:
    """One round by the table."""
    return [
        (scene.slug, region, scene.dwell_s)
        for scene in SCENES
        if scene.dwell_s
        for region in regions.get(scene.slug, [0])
    ]


@pytest.mark.parametrize("regions", [{"county": [4, 7]}, {"county": [3]}, {"county": []}])
def test_a_round_is_the_tables(modules: Page, regions: dict[str, list[int]]) -> None:
    """Fails when a scene is left out, comes twice, or stays for another time than its own."""
    one = expected(regions)
    length = sum(seconds for *_, seconds in one)
    assert spans(played(modules, every_second(2 * length), regions)) == [*one, *one]


def test_a_pinned_screen_stays_with_its_scene(modules: Page) -> None:
    assert {row[1:] for row in played(modules, every_second(300), scene="rings")} == {("rings", 0)}
    counties = spans(played(modules, every_second(80), scene="county"))
    assert counties == [("county", 4, 20), ("county", 7, 20)] * 2


def test_a_scene_outside_of_the_playlist_can_be_pinned(modules: Page) -> None:
    assert {row[1] for row in played(modules, every_second(300), scene="map")} == {"map"}
    assert "map" not in {row[1] for row in played(modules, every_second(300))}


def test_an_unknown_scene_is_no_wish(modules: Page) -> None:
    assert played(modules, every_second(300), scene="nosuch") == played(modules, every_second(300))


def test_a_paused_screen_stands_still_until_it_goes_on(modules: Page) -> None:
    first = SCENES[0].dwell_s
    paused = played(modules, every_second(500), paused=True)
    assert {row[1] for row in paused} == {SCENES[0].slug}
    steps = [*every_second(10), ("toggle", 10_000), *every_second(200, 10), ("toggle", 200_000)]
    seen = played(modules, [*steps, *every_second(200 + first + 5, 200)])
    assert {row[1] for row in seen if row[0] < 200 + first} == {SCENES[0].slug}
    assert seen[-1][1] == SCENES[1].slug


def test_going_on_by_hand_begins_the_next_scene_anew(modules: Page) -> None:
    seen = spans(played(modules, [*every_second(5), ("next", 5000), *every_second(60, 5)]))
    assert seen[:2] == [("city", 0, 5), ("county", 4, 20)]


def test_after_an_interruption_a_scene_has_its_whole_time(modules: Page) -> None:
    first = SCENES[0].dwell_s
    seen = played(
        modules,
        [*every_second(first - 1), ("resume", 1000 * (first - 1)), *every_second(2 * first - 2, first - 1)],
    )
    assert {row[1] for row in seen} == {SCENES[0].slug}


@pytest.mark.parametrize(
    ("children", "wanted"),
    [
        ([(1, 65.0, 4), (2, 81.0, 2), (3, 60.0, 4)], [3, 1]),
        ([(1, 88.0, 2), (2, 81.0, 2), (3, None, 0)], [2]),
        ([(1, 69.0, 4), (2, 68.0, 4), (3, 67.0, 4), (4, 66.0, 4)], [4, 3, 2]),
        ([(1, None, 0)], []),
    ],
    ids=["red ones", "none is red", "many are red", "nothing is known"],
)
def test_red_counties_are_shown_or_else_the_worst(
    modules: Page, children: list[tuple[int, float | None, int]], wanted: list[int]
) -> None:
    rows = [dict(zip(("region", "score", "level"), child, strict=True)) for child in children]
    county = next(row for row in TABLE if row["slug"] == "county")
    found = modules.evaluate(
        """async ([scene, rows]) => {
          const { regionsOf } = await import('/assets/wall/scenes.mjs');
          return regionsOf(scene, 0, rows);
        }""",
        [county, rows],
    )
    assert found == wanted


def test_the_address_says_what_is_asked(modules: Page) -> None:
    found = modules.evaluate(
        """async () => {
          const { askedOf } = await import('/assets/wall/scenes.mjs');
          return [askedOf('?scene=rings&pause&wall=2x2&screen=left'), askedOf('')];
        }"""
    )
    assert found == [
        {"scene": "rings", "paused": True, "wall": "2x2", "screen": "left"},
        {"scene": None, "paused": False, "wall": None, "screen": None},
    ]
