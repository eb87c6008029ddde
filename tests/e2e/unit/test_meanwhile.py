"""A unit's page without a connection, and when somebody else was first."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.test_api import send
from tests.e2e.unit.phones import (
    Phone,
    given,
    names,
    steps,
    wait_for_names,
)

pytestmark = [pytest.mark.browser, pytest.mark.valkey]


def test_what_is_pressed_without_a_connection_is_done_once_and_in_its_order(phone: Phone) -> None:
    """Three commands, the page loaded anew and closed and opened again meanwhile, each with its own time."""
    page = phone.page
    given(phone, "dark")
    phone.open_case("dark")
    phone.offline()
    pressed_ms = {command: phone.press(command) for command in ("take_on", "en_route", "on_scene")}
    phone.waiting(3)
    expect(page.locator(".history .waiting")).to_have_count(3)
    page.reload()
    phone.waiting(3)
    expect(page.locator(".task dl")).to_contain_text("办理中")
    expect(page.locator("#unit-status")).to_contain_text("以下是")
    page.close()
    phone.watch(phone.context.new_page()).goto(phone.url)
    expect(phone.page.locator(".item .mark").first).to_have_text("待发送 3")
    phone.page.wait_for_timeout(max(0, 6_000 - (time.time() * 1000 - pressed_ms["on_scene"])))
    assert names(phone.city, "dark") == []
    phone.context.set_offline(False)
    phone.settled()
    wait_for_names(phone, "dark", "take_on", "en_route", "on_scene")
    for step in steps(phone.city, "dark"):
        at_ms, command, late_ms = step[0], step[1], step[6]
        assert abs(at_ms - pressed_ms[command]) < 1_500, command
        assert late_ms > 5_000
    expect(phone.page.locator("body.stale")).to_have_count(0)
    assert phone.errors == []


def test_an_answer_that_was_lost_does_not_double_what_was_done(phone: Phone) -> None:
    """The server takes the command and the phone never hears of it: the same id is sent again."""
    sent: list[dict[str, Any]] = []

    def lose(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        if len(sent) == 1:
            assert route.fetch().status == 200
            route.abort()
        else:
            route.continue_()

    given(phone, "lost")
    phone.open_case("lost")
    phone.page.route("**/commands", lose)
    phone.press("take_on")
    phone.page.wait_for_function("kite_unit.sync.queue.length === 0")
    phone.page.wait_for_function("kite_unit.sync.kept.tasks[0].version === 4")
    wait_for_names(phone, "lost", "take_on")
    assert [command["id"] for command in sent] == [sent[0]["id"]] * 2
    phone.press("en_route")
    phone.settled()
    wait_for_names(phone, "lost", "take_on", "en_route")


def test_a_case_that_changed_meanwhile_is_shown_and_sent_again_with_one_tap(phone: Phone) -> None:
    given(phone, "changed")
    phone.open_case("changed")
    phone.offline()
    for command in ("take_on", "on_scene"):
        phone.press(command)
    assert send(phone.city, "changed", "supervise", card="yellow", note="请尽快")[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    for said in ("有了变化", "local · 督办", "请尽快", "接单", "到场"):
        expect(card).to_contain_text(said)
    assert names(phone.city, "changed") == ["supervise"]
    expect(phone.page.locator(".task .buttons")).to_have_count(0)
    phone.page.reload()  # it stays until it has been decided
    card.get_by_text("按最新情况发送 2 条").click()
    wait_for_names(phone, "changed", "supervise", "take_on", "on_scene")
    phone.settled()
    expect(card).to_have_count(0)
    expect(phone.page.locator('[data-command="resolve"]')).to_be_visible()


def test_what_the_change_made_needless_is_let_go_with_the_rest_sent(phone: Phone) -> None:
    """The desk has taken it on for the unit: that can't be done again, the arrival can."""
    given(phone, "partly")
    phone.open_case("partly")
    phone.offline()
    for command in ("take_on", "on_scene"):
        phone.press(command)
    assert send(phone.city, "partly", "take_on")[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    expect(card.locator(".stays")).to_contain_text("接单")
    expect(card.locator(".goes")).to_contain_text("到场")
    card.get_by_text("按最新情况发送 1 条").click()
    wait_for_names(phone, "partly", "take_on", "on_scene")
    phone.settled()


def test_what_is_dropped_is_not_done(phone: Phone) -> None:
    given(phone, "dropped")
    phone.open_case("dropped")
    phone.offline()
    phone.press("take_on")
    assert send(phone.city, "dropped", "supervise", card="red")[0] == 200
    phone.context.set_offline(False)
    phone.page.locator(".card").get_by_text("放弃").click()
    expect(phone.page.locator(".card")).to_have_count(0)
    phone.settled()
    assert names(phone.city, "dropped") == ["supervise"]
    expect(phone.page.locator('[data-command="take_on"]')).to_be_visible()


def test_a_case_that_was_given_to_another_says_so_until_it_is_seen(phone: Phone) -> None:
    other = phone.city.pack.units.call_sign[-1]
    given(phone, "gone", place="东关社区")
    phone.open_case("gone")
    phone.offline()
    phone.press("take_on")
    assert send(phone.city, "gone", "reassign", unit=other)[0] == 200
    phone.context.set_offline(False)
    card = phone.page.locator(".card")
    for said in ("东关社区", "已不是本队伍的任务", "改派", "接单"):
        expect(card).to_contain_text(said)
    phone.page.reload()
    card.get_by_text("知道了").click()
    expect(card).to_have_count(0)
    phone.settled()
    assert names(phone.city, "gone") == ["reassign"]
