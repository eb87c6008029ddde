"""Every callback asks the one gate: a stranger gets no figure and no name of a place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash import Dash
from flask import Flask

import callbacks
from callbacks.gate import may_view, region_to_show
from dashboard import views
from dashboard.domain.access import LOCAL_ADMIN, Identity
from tests.views.fake_leaders import FakeLeaders
from tests.views.fakes import CITY, CODES, COUNTY, NAMES, STRANGER, TOWN, services_of

LEADER = Identity("leader", "leader", COUNTY)
ASKED = (
    "trend", "cases", "facts", "explain", "table", "compare", "daily", "counts", "hours", "systems",
    "published",
)  # fmt: skip
GIVEN = {
    "location.pathname": f"/region/{CITY}",
    "place.data": {"code": CITY, "tier": 0},
    **{f"{name}-asked.data": {"code": CITY, "tick": 1} for name in ASKED},
    "trend-hours.value": "168",
    "compare-hours.value": "168",
    "moved-since.value": "week",
    "cases-period.value": "month",
    "hours-period.value": "month",
    "slow-clock.n_intervals": 1,
}
"""What the callbacks' inputs hold; others hold nothing."""


class Page:
    """The pages for one identity, and what was asked of the services behind them."""

    def __init__(self, identity: Identity, data_dir) -> None:
        self.asked: list[str] = []
        services = services_of(identity=identity, data_dir=data_dir)
        replaced = {name: self._note(name, getattr(services, name)) for name in SERVICES}
        leaders = FakeLeaders(services.hierarchy)
        for name in LEADERS:
            setattr(leaders, name, self._note(name, getattr(leaders, name)))
        replaced["leaders"] = leaders
        server = Flask("kite")
        self.app = Dash("kite", server=server, assets_folder="none")
        services = services_of(identity=identity, data_dir=data_dir, **replaced)
        views.install(self.app, services)
        callbacks.register_all(self.app, services)
        self.client = server.test_client()
        self.listed = self.client.get("/_dash-dependencies").get_json()

    def _note(self, name, function):
        def asked(*args: Any) -> Any:
            self.asked.append(name)
            return function(*args)

        return asked

    def call(self, callback: dict[str, Any], tab: str) -> str:
        """The answer of a callback on the server, as text."""
        given = {**GIVEN, "tabs.value": tab}
        outputs = callback["output"].strip(".").split("...")
        body = {
            "output": callback["output"],
            "outputs": [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in outputs],
            "changedPropIds": [f"{item['id']}.{item['property']}" for item in callback["inputs"]],
            **{
                kind: [
                    item | {"value": given.get(f"{item['id']}.{item['property']}")} for item in callback[kind]
                ]
                for kind in ("inputs", "state")
            },
        }
        if len(outputs) == 1:
            body["outputs"] = body["outputs"][0]
        answer = self.client.post("/_dash-update-component", json=body)
        assert answer.status_code in (200, 204), answer.get_data(as_text=True)
        return json.dumps(answer.get_json(), ensure_ascii=False) if answer.status_code == 200 else ""


SERVICES = (
    "region_trend", "children_trend", "past_trend", "open_cases", "region_profile", "ring_integrity",
    "settling",
)  # fmt: skip
LEADERS = ("explanation", "moved", "cases", "calendar", "daily", "children", "compare")
TABS = ("children", "trend", "cases", "facts")


@pytest.fixture
def page(tmp_path):
    return lambda identity: Page(identity, tmp_path)


def _on_server(page: Page) -> list[dict[str, Any]]:
    return [callback for callback in page.listed if not callback["clientside_function"]]


def test_every_callback_on_the_server_refuses_a_stranger(page):
    strange = page(STRANGER)
    answers = {call["output"]: [strange.call(call, tab) for tab in TABS] for call in _on_server(strange)}
    assert len(answers) >= 5
    assert strange.asked == []
    for output, said in answers.items():
        # The notice names the city as the way back: that much is on the page's address for all to see.
        leaked = [name for name in NAMES[1:] for text in said if name in text]
        assert leaked == [], output
    refusal = next(said[0] for output, said in answers.items() if "notice.children" in output)
    assert "您没有查看这个地区的权限。" in refusal


def test_the_same_callbacks_answer_who_may_look(page):
    """So that the test above tests something: every service is asked, and places are named."""
    known = page(LOCAL_ADMIN)
    said = "".join(known.call(callback, tab) for callback in _on_server(known) for tab in TABS)
    assert set(known.asked) == {*SERVICES, *LEADERS}
    assert "潍城区" in said


@pytest.mark.parametrize("code", CODES)
def test_a_leader_sees_their_own_region_and_what_is_in_it(tmp_path, code):
    services = services_of(identity=LEADER, data_dir=tmp_path)
    own = code.startswith(COUNTY)
    assert may_view(services, code) is own
    assert region_to_show(services, {"code": code}) == (services.hierarchy.number_of(code) if own else None)


@pytest.mark.parametrize("place", [None, {}, {"code": None}, {"code": "999999"}, {"code": CITY + "x"}])
def test_what_is_no_region_is_shown_to_nobody(services, place):
    assert region_to_show(services, place) is None


def test_a_leader_who_strays_is_led_home(tmp_path, in_language):
    from callbacks.drill_into_region import drill_into

    services = services_of(identity=LEADER, data_dir=tmp_path)
    with in_language("zh"):
        shown = drill_into(services, f"/region/{CITY}", "children", None)
    assert shown["no_panels"] is True
    assert shown["notice"][1].children.href == f"/region/{COUNTY}"
    with in_language("zh"):
        assert drill_into(services, f"/region/{TOWN}", "children", None)["no_panels"] is False
