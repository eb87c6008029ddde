"""A unit's page on a phone of its own, and what was done from it."""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Running
from tests.e2e.test_api import ask, reported, send

PHONE = {"width": 390, "height": 844}


GUARD_MS = 800
"""A little longer than the page takes no press after another, or after other buttons have come."""


LABELS = {"take_on": "接单", "en_route": "出发", "on_scene": "到场", "resolve": "办结", "return_back": "回退"}


@dataclass
class Phone:
    """A unit's page on a phone of its own, and what its console says."""

    city: Running
    context: BrowserContext
    page: Page
    unit: str
    errors: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.city.kite.url}/unit/{urllib.parse.quote(self.unit)}"

    def watch(self, page: Page) -> Page:
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page = page
        return page

    def open_case(self, case_id: str) -> None:
        self.page.locator(f'.item[href="#{case_id}"]').click()
        expect(self.page.locator(".task")).to_be_visible()

    def press(self, command: str, label: str = "") -> float:
        """Press a command's button once it is there; when, in ms."""
        button = self.page.locator(f'.task .buttons [data-command="{command}"]')
        expect(button).to_have_text(label or LABELS[command])
        self.page.wait_for_timeout(GUARD_MS)
        pressed_ms = time.time() * 1000
        button.click()
        return pressed_ms

    def resolve(self, note: str) -> None:
        self.press("resolve")
        self.page.get_by_role("radio", name="已处置").check()
        self.page.locator("dialog textarea").fill(note)
        self.page.locator("dialog button.first").click()

    def offline(self) -> None:
        self.context.set_offline(True)
        expect(self.page.locator("#unit-status")).to_contain_text("没有连接")

    def waiting(self, count: int) -> None:
        """So many commands wait, by the page itself."""
        status = self.page.locator("#unit-status")
        expect(status).to_contain_text(f"{count} 条指令待发送")

    def settled(self) -> None:
        """Nothing waits any more."""
        expect(self.page.locator("#unit-status")).to_be_hidden()
        self.page.wait_for_function("kite_unit.sync.queue.length === 0")


@contextmanager
def phone_of(browser: Browser, city: Running, unit: str, **size: int) -> Iterator[Phone]:
    context = browser.new_context(viewport={**PHONE, **size}, has_touch=True, is_mobile=True)
    phone = Phone(city, context, context.new_page(), unit)
    phone.watch(phone.page).goto(phone.url)
    phone.page.wait_for_function("window.kite_unit?.sync.kept && navigator.serviceWorker.controller")
    yield phone
    context.close()


fresh_units = iter(range(1000))


def given(phone: Phone, case_id: str, **fields: str) -> None:
    """A case that the phone's unit has, and the phone shows."""
    reported(phone.city, case_id, **fields)
    for name, more in (("accept", {}), ("assign", {"unit": phone.unit})):
        assert send(phone.city, case_id, name, **more)[0] == 200
    expect(phone.page.locator(f'.item[href="#{case_id}"]')).to_be_attached(timeout=15_000)


def steps(city: Running, case_id: str) -> list[list[Any]]:
    """The history after the assignment."""
    return list(ask(city, f"cases/{case_id}")[1]["history"][3:])


def names(city: Running, case_id: str) -> list[str]:
    return [step[1] for step in steps(city, case_id)]


def wait_for_names(phone: Phone, case_id: str, *expected: str) -> None:
    for _ in range(200):
        if names(phone.city, case_id) == list(expected):
            return
        phone.page.wait_for_timeout(100)
    assert names(phone.city, case_id) == list(expected)
