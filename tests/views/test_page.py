"""The HTML that a page arrives in."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest

from dashboard.domain.access import Identity
from dashboard.views.page import page_data
from dashboard.views.texts import texts_for
from tests.views.fake_app import create_fake_app
from tests.views.fakes import CITY, COUNTY, CUTS, VILLAGE_CODE, services_of

SCRIPTS = Path(__file__).parents[2] / "assets" / "views"


@pytest.fixture
def client(services):
    return create_fake_app(services).test_client()


def test_the_root_leads_to_the_city(client):
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/region/{CITY}")


def test_the_way_to_the_city_keeps_what_was_asked(client):
    assert client.get("/?lang=en").headers["Location"] == f"/region/{CITY}?lang=en"


@pytest.mark.parametrize(
    ("region", "leads_to"), [(COUNTY, COUNTY), (VILLAGE_CODE, VILLAGE_CODE), ("110101", CITY)]
)
def test_the_root_leads_who_is_bound_to_a_region_there(tmp_path, region, leads_to):
    services = services_of(identity=Identity("值班席", "officer", region), data_dir=tmp_path)
    answer = create_fake_app(services).test_client().get("/")
    assert answer.headers["Location"] == f"/region/{leads_to}"


@pytest.mark.parametrize("path", [f"/region/{CITY}", "/region/unknown", "/nowhere"])
def test_other_addresses_get_the_page(client, path):
    assert client.get(path).status_code == 200


def test_everything_the_page_loads_is_on_this_server(client):
    html = client.get(f"/region/{CITY}").get_data(as_text=True)
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(loaded) > 10
    assert [url for url in loaded if not url.startswith(("/", "data:"))] == []


def test_scripts_and_styles_are_there(client):
    html = client.get(f"/region/{CITY}").get_data(as_text=True)
    assets = [url for url in re.findall(r'(?:src|href)="([^"]+)"', html) if "/assets/" in url]
    assert any("/assets/views/cards.js" in url for url in assets)
    assert {client.get(url).status_code for url in assets} == {200}


def test_the_maps_own_modules_are_left_to_their_first(client):
    html = client.get(f"/region/{CITY}").get_data(as_text=True)
    assert "/assets/kite/" not in html


def test_the_page_knows_what_its_scripts_need(services, in_language):
    with in_language("en"):
        told = page_data(services)
    assert told["language"] == "en"
    assert told["cuts"] == list(CUTS)
    assert told["timezone"] == "Asia/Shanghai"
    assert told["texts"]["level.4"] == "red"


def test_the_page_is_given_the_texts_that_its_scripts_say(services, in_language):
    with in_language("zh"):
        names, given = texts_for("zh").keys(), page_data(services)["texts"].keys()
    said = {name for script in SCRIPTS.glob("*.js") for name in _said(script.read_text(), names)}
    assert {"age.days", "feed.reports", "level.4", "command.accept"} <= said
    assert said - given == set()


def _said(script: str, names: Collection[str]) -> set[str]:
    """Texts that a script names: whole, or all that begin as a template does."""
    found = re.findall(r"""['"`]([a-z_0-9]+\.[a-z_0-9.]*)(\$\{)?""", script)
    return {
        name
        for begins, open_ended in found
        for name in names
        if (name.startswith(begins) if open_ended else name == begins)
    }
