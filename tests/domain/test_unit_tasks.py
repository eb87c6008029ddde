"""What a unit may do with its own case, and who may look at it."""

from __future__ import annotations

import pytest

from dashboard.domain import cases
from dashboard.domain.access import EVERYWHERE, LOCAL_ADMIN, Identity
from dashboard.domain.cases import Case
from dashboard.domain.commands import COMMANDS
from dashboard.domain.unit_tasks import allowed_to_unit, done_by_unit, may_see_unit
from tests.domain.made import CODES, NOW_MS, case, command, small_city

UNIT = "网-1"


def after(*names: str) -> Case:
    """A fire that was given to the unit, after these commands."""
    one = case(type="3100")
    for number, name in enumerate(("accept", "assign", *names)):
        fields = {
            "assign": {"unit": UNIT}, "reassign": {"unit": UNIT}, "resolve": {"outcome": "handled"},
            "send_back": {"note": "再看"}, "extend": {"note": "等材料", "until_ms": NOW_MS + 1},
            "whistle": {"departments": ("司法所",)},
        }.get(name, {})  # fmt: skip
        one = cases.apply(one, command(name, f"c-{number}", **fields))
    return one


@pytest.mark.parametrize(
    ("names", "may"),
    [
        ((), "take_on en_route on_scene return_back extend"),
        (("take_on",), "en_route on_scene return_back resolve extend"),
        (("en_route",), "on_scene return_back resolve extend"),
        (("take_on", "en_route", "on_scene"), "return_back resolve extend"),
        (("on_scene",), "return_back resolve extend"),
        (("take_on", "extend"), "en_route on_scene return_back resolve"),
        (("take_on", "extend", "decline"), "en_route on_scene return_back resolve extend"),
        (("take_on", "whistle"), "en_route on_scene return_back resolve extend report_in"),
        (("on_scene", "resolve"), ""),
        (("on_scene", "resolve", "verify"), ""),
        (("on_scene", "resolve", "send_back"), "en_route on_scene return_back resolve extend"),
        (("on_scene", "reassign"), "take_on en_route on_scene return_back extend"),
    ],
)
def test_what_was_done_is_not_offered_again_until_the_case_is_given_anew(names, may) -> None:
    one = after(*names)
    assert allowed_to_unit(one) == tuple(may.split())
    for slug in may.split():
        assert one.state in COMMANDS[slug].moves


def test_what_was_undone_was_not_done() -> None:
    one = after("on_scene", "reassign", "undo")
    assert done_by_unit(one) == ("on_scene",)


@pytest.mark.parametrize(
    ("who", "sees", "sees_unknown"),
    [
        (LOCAL_ADMIN, True, True),
        (Identity("值班席01", "officer", CODES[1]), True, True),
        (Identity("值班席02", "officer", CODES[2]), False, True),
        (Identity(UNIT, "unit", EVERYWHERE), True, False),
        (Identity(UNIT, "unit", CODES[2]), True, False),
        (Identity("网-2", "unit", EVERYWHERE), False, False),
        (Identity("平台", "producer", EVERYWHERE), False, True),
    ],
)
def test_a_unit_sees_its_own_and_others_see_by_region(who: Identity, sees: bool, sees_unknown: bool) -> None:
    contains = small_city().contains_code
    home = next(code for code in CODES if len(code) == 15 and code.startswith(CODES[1]))
    assert may_see_unit(who, UNIT, home, contains) is sees
    assert may_see_unit(who, "none", None, contains) is sees_unknown


def test_a_time_of_its_own_wins_nobody_any() -> None:
    """An old deed can't be taken back by saying that it was long ago, and a whistle leaves its whole time."""
    hour_ms = 3_600_000
    one = cases.apply(case(), command("accept", at_ms=NOW_MS, learned_at_ms=NOW_MS + 20))
    undo = command("undo", "c-2", at_ms=NOW_MS + 1000, learned_at_ms=NOW_MS + hour_ms)
    with pytest.raises(cases.Refused, match="nothing that"):
        cases.apply(one, undo)
    late = command(
        "whistle", "c-9", departments=("司法所",), within_min=30, at_ms=NOW_MS, learned_at_ms=NOW_MS + hour_ms
    )
    whistle = cases.apply(after("take_on"), late).whistles[0]
    assert (whistle.called_ms, whistle.due_ms) == (NOW_MS, NOW_MS + hour_ms + 30 * 60_000)
