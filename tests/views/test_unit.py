"""A unit's page as it comes from the server: shell, modules, service worker, words."""

from __future__ import annotations

import re

import orjson
import pytest

from dashboard.domain.access import EVERYWHERE, Identity
from dashboard.domain.commands import OUTCOMES
from dashboard.domain.unit_tasks import BY_UNIT
from dashboard.views.texts import TEXTS
from tests.views.fake_app import ASSETS, create_fake_app
from tests.views.fakes import STRANGER, services_of
from tests.views.pages import CHINESE

SCRIPTS = sorted((ASSETS / "unit").glob("*.mjs"))
STYLES = sorted((ASSETS / "unit").glob("*.css"))


@pytest.fixture(scope="module")
def client(services):
    return create_fake_app(services).test_client()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shell_brings_what_its_scripts_need(client, lang):
    answer = client.get(f"/unit/网-1?lang={lang}")
    html = answer.get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="unit-data">(.*?)</script>', html, re.DOTALL)
    assert found
    data = orjson.loads(found[1].replace("<\\/", "</"))
    assert (data["unit"], set(data["rules"]), set(data["outcomes"])) == ("网-1", set(BY_UNIT), set(OUTCOMES))
    assert data["commands"]["take_on"] == ("接单" if lang == "zh" else "Take on")
    linked = re.findall(r'(?:href|src)="(/unit/files/[^"]+)"', html)
    assert len(set(linked)) == len(SCRIPTS) + len(STYLES) + 1  # that of the desk
    for address in linked:
        assert client.get(address).headers["Cache-Control"].endswith("immutable")
    if lang == "en":
        assert not CHINESE.search(found[1].replace("网-1", ""))


def test_the_service_worker_knows_the_shell_s_release_and_its_files(client):
    """Its scope is the folder that it lies in; it is asked for anew each time."""
    answer = client.get("/unit/sw.js")
    told = dict(re.findall(r"^const ([A-Z]+) = (.*);$", answer.get_data(as_text=True), re.MULTILINE))
    release = client.get("/unit/网-1").headers["X-Kite-Release"]
    assert (orjson.loads(told["RELEASE"]), orjson.loads(told["SCOPE"])) == (release, "/unit/")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    for name in orjson.loads(told["FILES"]):
        assert client.get(orjson.loads(told["BASE"]) + name).status_code == 200
    assert client.get(f"/unit/files/{release}/main.mjs").status_code == 404
    assert client.get("/unit/files/0000/unit/main.mjs").status_code == 404


def test_a_release_is_named_by_what_is_in_it(services, tmp_path):
    from shutil import copytree

    from dashboard.views.unit import Files

    copied = copytree(ASSETS, tmp_path / "assets")
    assert Files.read(copied).release == Files.read(ASSETS).release
    styles = (f"unit/{path.name}" for path in STYLES)
    for name in ("unit/task.mjs", *styles, "desk/elements.mjs", "unit/service-worker.js"):
        before = Files.read(copied).release
        (copied / name).write_text((copied / name).read_text() + "\n")
        assert Files.read(copied).release != before


@pytest.mark.parametrize(
    ("who", "unit", "status"),
    [
        (Identity("网-1", "unit", EVERYWHERE), "网-1", 200),
        (Identity("网-1", "unit", EVERYWHERE), "网-2", 403),
        (Identity("网-1", "unit", EVERYWHERE), "none", 403),
        (STRANGER, "网-1", 403),
    ],
)
def test_only_who_may_see_the_unit_gets_its_page(tmp_path, who, unit, status):
    client = create_fake_app(services_of(identity=who, data_dir=tmp_path)).test_client()
    answer = client.get(f"/unit/{unit}")
    assert answer.status_code == status
    assert ("unit-data" in answer.get_data(as_text=True)) is (status == 200)


def test_an_unknown_call_sign_is_said_and_not_repeated_as_markup(client):
    answer = client.get("/unit/<b>x")
    assert answer.status_code == 404
    assert "<b>" not in answer.get_data(as_text=True)


def test_the_scripts_find_their_texts():
    """Every name that a script says is there, and every text of the page is said somewhere."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    said = set(re.findall(r"'(unit\.[a-z._]+)'", source))
    said |= {name for name in TEXTS if name.startswith("unit.refused.")}
    of_the_shell = {"unit.page", "unit.reported", "unit.back", "unit.list", "unit.task", "unit.noscript"}
    assert said - set(TEXTS) == set()
    assert {name for name in TEXTS if name.startswith("unit.")} - said - of_the_shell == set()


def test_no_other_page_loads_the_scripts_of_a_unit(client):
    for path in ("/region/370700", "/dispatch/"):
        assert "assets/unit" not in client.get(path).get_data(as_text=True)
