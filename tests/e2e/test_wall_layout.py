"""The wall's layouts and scenes in a real browser: legible from five metres, nothing cut off or covered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.views.wall.scenes import SCENES
from tests.e2e.conftest import Running, run_city
from tests.e2e.walls import LEAST_PX, wall
from tests.views.pages import CHINESE

pytestmark = [pytest.mark.browser, pytest.mark.valkey]

SIZES = ((1366, 768), (1920, 1080), (3840, 2160), (5120, 1440))


LAYOUT = """() => {
  const seen = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
  const isText = ({ nodeType, textContent }) => nodeType === 3 && textContent.trim();
  const written = [...document.querySelectorAll('.wall-page *')].filter((element) => {
    return [...element.childNodes].some(isText) && seen(element);
  });
  const sizeOf = (element) => parseFloat(getComputedStyle(element).fontSize);
  const sizes = written.map((element) => [element.textContent.trim(), sizeOf(element)]);
  const figures = written.filter((element) => element.matches('b, .wall-clock, .change, .wall-level'));
  const cut = figures.filter((element) => element.scrollWidth > element.clientWidth + 1);
  const panels = [...document.querySelectorAll('.wall > *')].filter(seen).map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [element.id, x, y, width, height];
  });
  const { scrollWidth, scrollHeight } = document.documentElement;
  return { sizes, cut: cut.map(({ textContent }) => textContent), panels, page: [scrollWidth, scrollHeight] };
}"""


@pytest.fixture(scope="module")
def city(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite with its simulator."""
    with run_city(built, tmp_path_factory.mktemp("wall")) as running:
        yield running


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_it_is_laid_out_and_legible_at_every_size(
    browser: Browser, city: Running, size: tuple[int, int]
) -> None:
    """Fails for text under 20 px at 1080p, a panel outside of the screen or over another, a cut figure."""
    with wall(browser, city, "scene=city", size) as page:
        found = page.evaluate(LAYOUT)
        least = LEAST_PX * size[1] / 1080
        assert [row for row in found["sizes"] if row[1] < least - 0.6] == []
        boxes = found["panels"]
        assert len(boxes) >= (9 if size[0] / size[1] > 3 else 6)
        for name, x, y, width, height in boxes:
            assert width > 100, name
            assert height > 60, name
            assert min(x, y) >= -8, name
            assert x + width <= size[0] + 8, name
            assert y + height <= size[1] + 8, name
        for i, (a, ax, ay, aw, ah) in enumerate(boxes):
            for b, bx, by, bw, bh in boxes[i + 1 :]:
                assert ax + aw <= bx + 1 or bx + bw <= ax + 1 or ay + ah <= by + 1 or by + bh <= ay + 1, (
                    a,
                    b,
                )
        assert found["page"][0] <= size[0]
        assert found["page"][1] <= size[1]
        assert found["cut"] == []


@pytest.mark.parametrize("scene", [scene.slug for scene in SCENES])
def test_a_screen_can_stay_with_one_scene(browser: Browser, city: Running, scene: str) -> None:
    with wall(browser, city, f"scene={scene}") as page:
        page.wait_for_function("(scene) => document.documentElement.dataset.scene === scene", arg=scene)
        boxes = {row[0] for row in page.evaluate(LAYOUT)["panels"]}
        assert {"wall-map"} <= boxes
        if scene == "yesterday":
            assert "wall-yesterday" in boxes
            assert page.locator("#wall-map").is_hidden()
        if scene == "rings":
            assert {"wall-rings", "wall-gaps"} <= boxes
        if scene == "map":
            assert boxes == {"wall-map"}


def test_four_screens_as_one_keep_clear_of_the_seams(browser: Browser, city: Running) -> None:
    with wall(browser, city, "wall=2x2&scene=city", (3840, 2160)) as page:
        boxes = page.evaluate(LAYOUT)["panels"]
        for name, x, y, width, height in boxes:
            assert x >= 1920 or x + width <= 1920, name
            assert y >= 1080 or y + height <= 1080, name
        assert len(boxes) == 10


def test_an_english_screen_is_english(browser: Browser, city: Running) -> None:
    with wall(browser, city, "lang=en&scene=city") as page:
        said = page.evaluate(
            """['h1', 'h2', '.wall-head', '.wall-foot', '.wall-header', '.wall-loop', '.wall-watch'].flatMap(
              (wanted) => [...document.querySelectorAll(`.wall-page ${wanted}`)],
            ).map((row) => row.textContent)"""
        )
        assert len(said) > 20
        assert [text for text in said if CHINESE.search(text)] == []
