"""The wall's page: its skeleton, its words, and what it brings for its scripts."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import orjson
import pytest
from dash import Dash
from flask import Flask

from dashboard.domain.commands import OPEN
from dashboard.views import addresses, wall
from dashboard.views.ids import Id, WallId
from dashboard.views.languages import LANGUAGES, install
from dashboard.views.texts import TEXTS
from dashboard.views.wall.layout import layout
from layers import discover, palette
from tests.views.fake_app import ASSETS
from tests.views.fakes import services_of
from tests.views.pages import CHINESE, LATIN_WORD, components, text_of, words

SCRIPTS = sorted((ASSETS / "wall").glob("*.mjs"))
RELEASE = "0123456789abcdef"


@pytest.fixture(scope="module")
def client(services: Any, compiled: Any) -> Any:
    server = Flask("kite")
    install(server, "zh", compiled)
    app = Dash(
        "kite-wall",
        server=server,  # type: ignore[arg-type]
        url_base_pathname=addresses.WALL,
        assets_folder=str(ASSETS),
        assets_ignore=wall.ASSETS_IGNORE,
        assets_path_ignore=wall.FOLDERS_IGNORE,
        serve_locally=True,
    )
    wall.install(app, services, RELEASE)
    return server.test_client()


def test_every_id_is_there_once(services, in_language):
    with in_language("zh"):
        tree = layout(services)
    found = Counter(component.id for component in components(tree) if getattr(component, "id", None))
    expected = set(WallId) - {WallId.DATA} | {Id.MAP}
    assert found == Counter(expected)


def test_the_map_has_every_layer_and_nothing_to_touch(services, in_language):
    with in_language("zh"):
        tree = layout(services)
    kinds = Counter(type(component).__name__ for component in components(tree))
    assert kinds["Pane"] == len(discover())
    touched = {"Button", "A", "Input", "Select", "Switch", "ZoomControl", "SegmentedControl", "Form"}
    assert not touched & set(kinds)
    (city_map,) = [c for c in components(tree) if getattr(c, "id", None) == Id.MAP]
    assert not any(getattr(city_map, name) for name in ("dragging", "scrollWheelZoom", "keyboard", "boxZoom"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_legend_names_each_level_with_its_numeral(services, in_language, lang):
    with in_language(lang):
        shown = text_of(layout(services))
    for level, cut in zip(palette.LEVELS[1:], ("≥90", "≥80", "≥70", "<70"), strict=True):
        assert re.search(rf"{level.numeral}\D+{re.escape(cut)}", shown)


def test_each_language_is_whole(services, in_language):
    with in_language("en"):
        assert [text for text in words(layout(services)) if CHINESE.search(text)] == []
    with in_language("zh"):
        said = words(layout(services))
    assert {word for text in said for word in LATIN_WORD.findall(text)} == set()


def test_what_is_not_real_is_labelled(services, in_language, tmp_path):
    real = services_of(data_dir=tmp_path, simulated=lambda: False)
    real.pack.manifest["synthetic"] = {"population": False}
    with in_language("en"):
        for these, hidden in ((services, False), (real, True)):
            labels = {text_of(c): c for c in components(layout(these)) if type(c).__name__ == "Span"}
            assert bool(labels["Simulated data"].hidden) == hidden
            assert bool(labels["Synthetic population"].hidden) == hidden


def test_the_scripts_find_their_texts():
    """Every name that a script says is there, and every text of the wall is said somewhere."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    said = set(re.findall(r"'((?:wall|age|card|header|level|tier)\.[a-z_.0-9]+)'", source))
    assert said <= set(TEXTS)
    made = set(re.findall(r"`(wall\.[a-z_.]+)\$", source))
    python = "".join(
        path.read_text(encoding="utf-8") for path in (ASSETS.parent / "dashboard/views/wall").glob("*.py")
    )
    unsaid = {name for name in TEXTS if name.startswith("wall.")} - said
    assert [name for name in unsaid if name not in python and not name.startswith(tuple(made))] == []


@pytest.mark.parametrize("path", [*SCRIPTS, ASSETS / "wall" / "guard.js"], ids=lambda path: path.name)
def test_no_script_writes_a_text_of_its_own(path):
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
    assert CHINESE.findall(code) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_brings_what_its_scripts_need(client, lang):
    html = client.get(f"{addresses.WALL}?lang={lang}").get_data(as_text=True)
    found = re.search(rf'<script type="application/json" id="{WallId.DATA}">(.*?)</script>', html, re.DOTALL)
    assert found
    data = orjson.loads(found[1].replace("<\\/", "</"))
    assert data["release"] == RELEASE
    assert data["open_states"] == list(OPEN)
    assert [ring[0] for ring in data["rings"]] == [1, 2, 3]
    assert data["states"]["reported"] == ("待受理" if lang == "zh" else "Reported")
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    needed = set(re.findall(r"'((?:wall|age|card|header)\.[a-z_.0-9]+)'", source))
    assert needed <= set(data["texts"])
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", found[1])


def test_the_guard_stands_in_the_page_itself_before_everything_else(client):
    """Where nothing else can be loaded it must be there."""
    html = client.get(addresses.WALL).get_data(as_text=True)
    guard, first_src = html.index("kite.wall.guard"), html.index("<script src=")
    assert guard < first_src


def test_dash_loads_neither_other_pages_scripts_nor_their_styles(client):
    html = client.get(addresses.WALL).get_data(as_text=True)
    assets = re.findall(r'(?:src|href)="/wall/assets/([^"?]+)', html)
    assert {"main.mjs", "map_hook.js", "wall.css", "kite.css", "map.css"} <= set(assets)
    assert not [name for name in assets if name.startswith(("views/", "desk", "region", "unit/", "kite/"))]
    assert '<script type="module" src="/assets/wall/main.mjs">' in html
