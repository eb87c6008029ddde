"""Every module of layers/ is one layer of one shape, and speaks both languages."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

import layers
from dashboard.streams.tables import TABLE_BY_NAME
from layers import Layer, LayerError, LegendItem, discover, in_order, palette, to_json
from layers.base import SYMBOLS

ROOT = Path(layers.__file__).parents[1]
HELPERS = {"base", "palette", "text"}
TOLD_BY_WIDTH = {"boundaries"}
FEEDS = {"reports", "commands", "cameras", "units"}
ALL = discover()
by_key = pytest.mark.parametrize("layer", ALL, ids=lambda layer: layer.key)


@pytest.fixture(scope="module", autouse=True)
def languages() -> Iterator[None]:
    app = Flask("layers")
    Babel(app, default_locale="zh")
    with app.test_request_context():
        yield


def colours_of_the_palette() -> set[str]:
    levels = {c for level in palette.LEVELS for c in (level.colour, level.painted)}
    named = {value for name, value in vars(palette).items() if name.isupper() and isinstance(value, str)}
    return levels | named | {level.colour for level in palette.CASE_LEVELS}


def test_every_module_is_a_layer_named_after_it() -> None:
    """Fails for a module that is neither a layer nor a helper, and for a layer under another's name."""
    names = {info.name for info in iter_modules(layers.__path__)} - HELPERS
    assert (
        {import_module(f"layers.{name}").LAYER.key for name in names} == names == {layer.key for layer in ALL}
    )


def test_the_layers_of_the_design_are_there() -> None:
    assert [layer.key for layer in ALL] == [
        "grids", "heat", "rings", "cameras", "boundaries",
        "stations", "companies", "centres", "units", "cases",
    ]  # fmt: skip


@by_key
def test_a_layer_has_a_painter_and_reads_what_there_is(layer: Layer) -> None:
    assert (ROOT / "assets" / "kite" / "layers" / f"{layer.painter}.mjs").exists()
    assert set(layer.reads) <= TABLE_BY_NAME.keys()
    assert set(layer.feeds) <= FEEDS
    assert bool(layer.feeds) == bool(layer.reads), "what lives on a feed changes, what doesn't is static"
    if table := layer.style.get("table"):
        assert table in TABLE_BY_NAME
        assert len(layer.style["size_px"]) == len(layer.style["from_zoom"]) == len(layer.legend)


@by_key
def test_colour_is_never_the_only_sign(layer: Layer) -> None:
    """Classes of a layer that look alike but for their colour need a numeral; fails when they have none."""
    signs = [(item.symbol, item.numeral) for item in layer.legend]
    alike = {sign for sign in signs if signs.count(sign) > 1}
    assert not alike or layer.key in TOLD_BY_WIDTH, alike


@by_key
def test_legend_colours_are_the_palettes(layer: Layer) -> None:
    for item in layer.legend:
        assert item.symbol in SYMBOLS
        assert {item.colour, item.painted or item.colour} <= colours_of_the_palette()
    assert len({item.key for item in layer.legend}) == len(layer.legend)


@by_key
def test_the_page_gets_plain_json(layer: Layer) -> None:
    seen = json.loads(json.dumps(layer.to_json()))
    assert seen["pane"] == f"kite-{layer.key}" == layer.component().to_plotly_json()["props"]["name"]
    assert all(isinstance(text, str) and text for text in (seen["title"], *seen["words"].values()))
    assert [item["label"] for item in seen["legend"]]


def test_words_of_the_domain_are_in_both_languages() -> None:
    cases = next(layer for layer in ALL if layer.key == "cases")
    with force_locale("en"):
        english = to_json([cases])[0]["words"]
    chinese = to_json([cases])[0]["words"]
    assert english["state.reported"] == "reported"
    assert chinese["state.reported"] == "待受理"
    assert english.keys() == chinese.keys()


def a_layer(key: str, z: int) -> Layer:
    return Layer(key=key, title=key, z=z, painter="points", reads=(), feeds=(), legend=())


def test_two_layers_can_share_neither_key_nor_height() -> None:
    with pytest.raises(LayerError, match="key 'a'"):
        in_order([a_layer("a", 1), a_layer("a", 2)])
    with pytest.raises(LayerError, match="both have z 1"):
        in_order([a_layer("a", 1), a_layer("b", 1)])
    assert [layer.key for layer in in_order([a_layer("b", 2), a_layer("a", 1)])] == ["a", "b"]


def test_a_layer_that_can_not_draw_is_refused() -> None:
    with pytest.raises(LayerError, match="never draws"):
        Layer("a", "a", 1, "points", (), (), (), min_zoom=12, max_zoom=12)
    with pytest.raises(LayerError, match="unknown symbol"):
        Layer("a", "a", 1, "points", (), (), (LegendItem("x", "x", "#000000", "star"),))


def test_a_new_layer_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when anything besides the file has to be edited for a layer to be found."""
    package = tmp_path / "more_layers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "helper.py").write_text("WORDS = {}")
    (package / "shelters.py").write_text(
        "from layers import Layer\n"
        "LAYER = Layer('shelters', '避难场所', 457, 'points', (), (), (), style={'table': 'stations'})\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert [layer.key for layer in discover("more_layers")] == ["shelters"]
    finally:
        for name in [name for name in sys.modules if name.startswith("more_layers")]:
            del sys.modules[name]
