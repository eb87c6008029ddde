"""The desk's layout, its words and its keys."""

from __future__ import annotations

import re

import orjson
import pytest

from dashboard.domain.case_types import KITES_ORIGIN, RECTIFICATION
from dashboard.domain.commands import ALLOWED, COMMANDS
from dashboard.domain.schemas import SCHEMAS
from dashboard.views import dispatch
from dashboard.views.desk_keys import KEYS
from dashboard.views.texts import TEXTS
from tests.views.fake_app import ASSETS, create_fake_app

TAKEN = {"J", "K", "Z", "0", "1", "2", "3", "?", "/", "+", "="}
SCRIPTS = sorted((ASSETS / "desk").glob("*.mjs"))


@pytest.mark.parametrize("state", list(ALLOWED))
def test_a_letter_means_one_command_in_every_state(state):
    letters = [KEYS[slug] for slug in ALLOWED[state] if slug not in dispatch.LATER]
    assert len(letters) == len(set(letters)), letters
    assert not TAKEN & set(letters)


def test_every_command_of_a_desk_has_a_letter():
    assert set(KEYS) == set(COMMANDS) - set(dispatch.LATER)


def test_the_scripts_find_their_texts():
    """Every name that a script says is there, and every text of the desk is said somewhere."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    said = set(re.findall(r"'(desk\.[a-z._]+)'", source)) | {
        name for name in TEXTS if name.startswith("desk.refused.")
    }
    assert said <= set(TEXTS)
    of_the_layout = {
        "desk.page", "desk.title", "desk.case", "desk.queue", "desk.empty", "desk.area", "desk.keys.short",
    }  # fmt: skip
    made = (
        "desk.field.", "desk.column.", "desk.card.", "desk.centre.", "desk.sound.", "desk.camera.",
        "desk.found.", "desk.tier.",
    )  # fmt: skip
    unsaid = {name for name in TEXTS if name.startswith("desk.")} - said - of_the_layout
    assert [name for name in unsaid if not name.startswith(made)] == []


def test_every_field_that_a_command_may_ask_for_has_a_name():
    asked = {name for rule in COMMANDS.values() for choice in rule.required for name in choice.split("|")}
    asked |= {name for rule in COMMANDS.values() for name in rule.optional}
    assert {f"desk.field.{name}" for name in asked} <= set(TEXTS)
    assert asked <= {row.name for row in SCHEMAS["command"]}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_brings_what_its_scripts_need(services, lang):
    client = create_fake_app(services).test_client()
    html = client.get(f"/dispatch/?lang={lang}").get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="desk-data">(.*?)</script>', html, re.DOTALL)
    assert found
    data = orjson.loads(found[1].replace("<\\/", "</"))
    assert set(data["commands"]) == set(COMMANDS)
    assert data["allowed"]["verified"] == [slug for slug in ALLOWED["verified"] if slug not in dispatch.LATER]
    assert data["commands"]["accept"]["label"] == ("受理" if lang == "zh" else "accept")
    assert client.get("/assets/desk/main.mjs").status_code == 200
    if lang == "en":
        assert not re.search(r"[\u4e00-\u9fff]", found[1])


def test_what_kite_alone_opens_is_named_but_not_offered(services, in_language):
    """Cases of rectification have names at the desk; nobody reports one, or makes one of another case."""
    with in_language("zh"):
        data = dispatch.desk_data(services)
    assert (data["origins"][KITES_ORIGIN], data["types"][RECTIFICATION]) == ("指数发布", "平安整改")
    assert KITES_ORIGIN not in data["choices"]["origin"]
    assert RECTIFICATION not in data["choices"]["type"]
