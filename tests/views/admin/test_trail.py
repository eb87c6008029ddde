"""The trail page: what an address asks for, and how an entry is told."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from dashboard.domain.audit import ACTIONS, WITHHELD
from dashboard.streams.audit_trail import Found
from dashboard.views.admin import trail
from tests.views.fakes import COUNTY
from tests.views.pages import CHINESE

ZONE = ZoneInfo("Asia/Shanghai")
TOLD = {
    "number": 7, "at_ms": 1_764_000_000_000, "who": "<b>seat</b>", "role": "officer", "bound": COUNTY,
    "action": "case_commanded", "subject": "case-1", "region": COUNTY, "where": "10.1.2.3",
    "outcome": "refused", "facts": {"command": "accept", "with": "<i>"}, "before": "",
}  # fmt: skip


def asked(query: str) -> dict[str, str]:
    with Flask("test").test_request_context(f"/admin/trail?{query}"):
        return trail.asked_for()


def test_days_are_the_citys():
    wanted = trail.wanted_by(asked("from=2026-12-01&until=2026-12-01"), ZONE, lambda code: True)
    assert (wanted.until_ms - wanted.from_ms) == 24 * 3_600_000
    assert wanted.from_ms == 1_796_054_400_000  # 2026-11-30T16:00Z


@pytest.mark.parametrize(
    "query", ["from=x", "until=1999-01-01", "action=no", "last=-1-0", "last=1-0-0", "last=²"]
)
def test_what_makes_no_sense_is_dropped(query):
    assert set(asked(query).values()) == {""}


def test_what_is_asked_for_is_kept():
    kept = asked("about=case-1&who=%E4%B8%9C&action=case_seen&last=12-0")
    assert kept == {
        "about": "case-1", "who": "东", "action": "case_seen", "from": "", "until": "", "last": "12-0",
    }  # fmt: skip


def test_of_a_look_only_words_that_there_are_are_noted():
    looked = asked("about=case-1&who=somebody&action=case_seen")
    assert trail.looked_for(looked, Found([TOLD], None)) == {"about": "case-1", "who": "somebody"}
    assert trail.looked_for(looked, Found([], None)) == {"about": WITHHELD, "who": WITHHELD}
    assert trail.looked_for(asked("action=case_seen"), Found([], None)) == {}


def cells(html: str) -> list[str]:
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", html)]


@pytest.mark.parametrize(
    ("lang", "done", "outcome"), [("zh", "办理案件：受理", "被拒"), ("en", "Case command: Accept", "Refused")]
)
def test_an_entry_is_told_in_words_and_as_text(services, in_language, lang, done, outcome):
    with in_language(lang):
        html = trail._table(services, Found([TOLD], None), ZONE)
    assert "<b>" not in html
    assert "<i>" not in html
    told = cells(html)
    assert told[:2] == ["7", "2025-11-25 00:00:00"]
    assert told[3].startswith(done)
    assert told[-1] == outcome
    if lang == "en":
        assert CHINESE.findall(html) == []


def test_every_action_has_a_name(in_language):
    for lang in ("zh", "en"):
        with in_language(lang):
            names = [trail.t(f"trail.action.{action}") for action in ACTIONS]
            assert len(set(names)) == len(names)


def test_an_entry_that_lacks_things_is_shown_all_the_same(services, in_language):
    with in_language("zh"):
        for facts in (None, "ab", [1], {"command": [7]}):
            assert cells(trail._table(services, Found([{"at_ms": 0, "facts": facts}], None), ZONE))
