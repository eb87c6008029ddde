"""The closed loop: whatever commands come, a case obeys the table and forgets nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases
from dashboard.domain.case_record import Case
from dashboard.domain.commands import (
    ALLOWED,
    COMMANDS,
    ENDED,
    KITES_OWN,
    OPEN,
    REFER_STEPS,
    STATES,
    UNDO_MS,
    UNDOABLE,
    UNRESOLVED,
)  # fmt: skip
from dashboard.domain.events import Command
from dashboard.domain.hierarchy import CITY, COUNTY, GRID, TOWN, VILLAGE
from dashboard.domain.refused import Refused
from tests.domain.made import CODES, DAY_MS, NOW_MS, case, command, report

ARGUMENTS: dict[str, Any] = {
    "unit": "诸城-网格-0117",
    "departments": ("住建局", "消防大队"),
    "level": 2,
    "into": "b",
    "card": "red",
    "until": NOW_MS + DAY_MS,
    "outcome": "settled",
    "note": "现场已处置",
    "reason": "court",
    "team": "grid",
    "scheduled": NOW_MS + DAY_MS,
    "phase": "handle",
}
ASK_FOR_MORE = ("undo", "hearing_result", "report_in", "grant", "decline", "go_on")
"""Commands that ask for more than a state: a hearing, a whistle, a wish for more time, a pause."""
_MS = {"until": "until_ms", "scheduled": "scheduled_ms"}
LIFE = ("accept", "triage", "assign", "take_on", "on_scene", "resolve", "verify", "close")


def filled(name: str, number: int = 0, **changes: Any) -> Command:
    """A command with every argument that it must have."""
    needed = [choice.split("|")[0] for choice in COMMANDS[name].required]
    arguments = {_MS.get(field, field): ARGUMENTS[field] for field in needed}
    return command(name, f"c-{number}", **(arguments | changes))


def lead(one: Case, *names: str) -> Case:
    """The case after the commands."""
    for name in names:
        one = cases.apply(one, filled(name, one.version))
    return one


def answer(one: Case, what: Command) -> Case | Refused:
    """What a case answers to a command, whichever it is."""
    try:
        return cases.apply(one, what)
    except Refused as refusal:
        return refusal


def refused(one: Case, what: Command, grid: int | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        cases.apply(one, what, grid)
    return caught.value


IN_STATE = {
    "reported": (), "accepted": ("accept",), "assigned": LIFE[:3], "handling": LIFE[:4], "resolved": LIFE[:6],
    "verified": LIFE[:7], "closed": LIFE, "merged": ("merge",),
}  # fmt: skip


def dispute_in(state: str) -> Case:
    """A dispute in a state; one that can be heard has been heard."""
    return lead(case(type="0200"), *IN_STATE[state])


steps = st.tuples(
    st.sampled_from(list(COMMANDS)),
    st.sampled_from(["this", "none", "before"]),
    st.integers(0, 200),
)


@given(st.sampled_from(["0200", "2100", "3100"]), st.integers(1, 4), st.lists(steps, max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_command_leads_out_of_the_table(
    case_type: str, level: int, wanted: list[tuple[str, str, int]]
) -> None:
    one = case(type=case_type, level=level)
    applied: list[Command] = []
    for name, seen, number in wanted:
        version = {"this": one.version, "none": None, "before": one.version - 1 or None}[seen]
        what = filled(name, number, version=version, departments=ARGUMENTS["departments"])
        before = one.to_dict()
        after = answer(one, what)
        if isinstance(after, Refused):
            assert after.reason_code in ("version", "not_allowed", "duplicate")
            assert after.sentence.endswith(".")
            assert one.to_dict() == before
            continue
        before_it = one.history[-2].state if len(one.history) > 1 else None
        assert after.state == (before_it if name == "undo" else COMMANDS[name].moves[one.state])
        assert after.version == one.version + 1
        assert after.history[:-1] == one.history
        assert seen != "before" or version is None
        applied.append(what)
        one = after
    assert [step.id for step in one.history[1:]] == [what.id for what in applied]
    assert [step.command for step in one.history[1:]] == [what.command for what in applied]
    assert len({what.id for what in applied}) == len(applied)
    assert one.version == 1 + len(applied)
    assert one.history[-1].state == one.state
    for before_step, step in pairwise(one.steps):
        assert COMMANDS[step.command].moves[before_step.state] == step.state
    assert (one.closed_at_ms is not None) == (one.state in ENDED)
    assert Case.from_dict(one.to_dict()) == one


@pytest.mark.parametrize("state", list(STATES))
@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_state_allows_exactly_what_the_table_says(state: str, name: str) -> None:
    one = dispute_in(state)
    assert one.state == state
    is_possible = state in COMMANDS[name].moves
    assert (name in ALLOWED[state]) == (is_possible and COMMANDS[name].action != KITES_OWN)
    if name == "undo" or (name in ASK_FOR_MORE and is_possible):
        return  # see below
    if is_possible:
        assert cases.apply(one, filled(name, 99)).state == COMMANDS[name].moves[state]
        return
    refusal = refused(one, filled(name, 99))
    assert refusal.reason_code == "not_allowed"
    assert all(COMMANDS[slug].en in refusal.sentence for slug in ALLOWED[state])
    assert refusal.facts["allowed"] == list(ALLOWED[state])


def test_the_table_is_the_designs() -> None:
    assert [zh for zh, _ in STATES.values()][:5] == ["待受理", "已受理", "已交办", "办理中", "待验证"]
    assert {COMMANDS[slug].zh for slug in ALLOWED["reported"]} >= {"受理", "上报", "合并"}
    assert {COMMANDS[slug].zh for slug in ALLOWED["accepted"]} >= {"研判", "导入听证", "交办"}
    assert {COMMANDS[slug].zh for slug in ALLOWED["assigned"]} >= {"接单", "出发", "到场", "改派", "回退"}
    assert {COMMANDS[slug].zh for slug in ALLOWED["handling"]} >= {"办结", "申请延期", "吹哨", "报到"}
    assert {COMMANDS[slug].zh for slug in ALLOWED["resolved"]} >= {"验证", "验证回退", "听证结果"}
    for state in OPEN:
        assert {"supervise", "instruct"} <= set(ALLOWED[state])
    for state in ENDED:
        assert ALLOWED[state] == ()
    assert set(OPEN) >= UNRESOLVED


def test_a_whole_life() -> None:
    one = lead(case(), *LIFE)
    assert (one.state, one.version, one.closed_at_ms, one.outcome) == ("closed", 9, NOW_MS, "settled")
    assert [step.command for step in one.history] == ["report", *LIFE]
    assert not one.is_open


def test_the_second_officer_is_told_who_was_first() -> None:
    one = cases.apply(case(), command("accept", "c-1", version=1, by="值班席01"))
    refusal = refused(one, command("refer", "c-2", version=1, by="值班席02"))
    assert refusal.reason_code == "version"
    for said in ("值班席01", "accept", "accepted", "version 2", "you saw version 1"):
        assert said in refusal.sentence
    assert refusal.facts["version"] == 2


def test_the_same_command_again_is_a_duplicate_even_when_it_names_an_old_version() -> None:
    one = cases.apply(case(), command("accept", "c-1", version=1))
    assert refused(one, command("accept", "c-1", version=1)).reason_code == "duplicate"


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize(
    ("to", "tier"),
    [("village", VILLAGE), ("town", TOWN), ("county", COUNTY), ("city", CITY), (None, VILLAGE)],
)
def test_a_referral_climbs_no_further_than_the_level_allows(level: int, to: str | None, tier: int) -> None:
    one = case(level=level)
    if GRID - tier <= REFER_STEPS[level]:
        assert cases.apply(one, command("refer", to=to)).centre == tier
    else:
        assert refused(one, command("refer", to=to)).reason_code == "not_allowed"


def test_a_referral_does_not_go_down_or_past_the_city() -> None:
    one = cases.apply(case(level=1), command("refer", to="city"))
    assert "further up" in refused(one, command("refer", "c-2")).sentence
    assert refused(one, command("refer", "c-3", to="town")).reason_code == "not_allowed"


def test_departments_that_were_called_report_in() -> None:
    """Each has its own time, and one that is called again keeps the time it was given."""
    one = cases.apply(lead(case(), *LIFE[:4]), filled("whistle", 50))
    assert one.called == ("住建局", "消防大队")
    assert [whistle.due_ms for whistle in one.whistles] == [NOW_MS + 30 * 60_000] * 2  # triaged to level 02
    assert "was not called" in refused(one, command("report_in", "c-51", departments=("交通局",))).sentence
    assert "called already" in refused(one, filled("whistle", 52)).sentence
    more = command("whistle", "c-53", departments=("住建局", "交通局"), within_min=15)
    one = cases.apply(one, more)
    assert one.whistles[-1] == ("交通局", NOW_MS, NOW_MS + 15 * 60_000, None)
    at_ms = NOW_MS + 16 * 60_000
    one = cases.apply(one, command("report_in", "c-54", departments=("住建局", "交通局"), at_ms=at_ms))
    assert (one.called, one.departments) == (("消防大队",), ("住建局", "交通局"))
    assert [whistle.is_late(NOW_MS + 2 * DAY_MS) for whistle in one.whistles] == [False, True, True]


def test_only_a_dispute_is_heard_and_only_what_was_heard_has_a_result() -> None:
    theft = lead(case(), "accept")
    assert "dispute" in refused(theft, filled("to_hearing", 9)).sentence
    dispute = lead(case(type="0200"), "accept", "to_hearing")
    assert dispute.state == "handling"
    assert dispute.hearing == ("grid", NOW_MS + DAY_MS, "")
    moved = cases.apply(dispute, command("to_hearing", "c-8", team="joint", scheduled_ms=NOW_MS + 2 * DAY_MS))
    assert moved.hearings == (("joint", NOW_MS + 2 * DAY_MS, ""),)
    heard = cases.apply(moved, command("hearing_result", "c-9", outcome="unsettled"))
    assert (heard.state, heard.outcome, heard.hearing) == ("resolved", "unsettled", None)
    assert heard.hearings[0].result == "unsettled"
    assert "no hearing" in refused(heard, filled("hearing_result", 10)).sentence
    again = lead(heard, "send_back", "to_hearing")
    assert [hearing.result for hearing in again.hearings] == ["unsettled", ""]
    unheard = lead(case(type="0200"), *LIFE[:4])
    assert "no hearing" in refused(unheard, filled("hearing_result", 9)).sentence


def test_clocks_stop_and_go_once_each() -> None:
    one = lead(case(), "accept")
    assert "run already" in refused(one, filled("go_on", 8)).sentence
    paused = cases.apply(one, filled("pause", 8, note="等法院"))
    assert (paused.paused, paused.history[-1].note) == ("court", "court: 等法院")
    assert "stand already" in refused(paused, filled("pause", 9)).sentence
    assert lead(paused, "go_on").paused == ""
    for name in ("return_back", "resolve"):
        assert lead(cases.apply(lead(case(), *LIFE[:4]), filled("pause", 60)), name).paused == ""


@given(st.sampled_from(sorted(UNDOABLE)), st.sampled_from(["0200", "3100"]))
@settings(deadline=None)
def test_what_was_just_done_is_undone_whole(name: str, case_type: str) -> None:
    """All is as before but the history, which keeps both; another's, a late, a second undo are refused."""
    state = next(state for state in STATES if state in COMMANDS[name].moves)
    before = dispute_in(state) if case_type == "0200" else lead(case(type=case_type), *IN_STATE[state])
    done = cases.apply(before, filled(name, 90, at_ms=NOW_MS))
    undone = cases.apply(done, command("undo", "c-91", at_ms=NOW_MS + UNDO_MS))
    assert undone.version == before.version + 2
    assert [step.command for step in undone.history[-2:]] == [name, "undo"]
    assert undone.steps == before.steps
    same = {"version": 0, "history": (), "undo": ()}
    assert replace(undone, **same) == replace(before, **same)
    assert Case.from_dict(orjson.loads(orjson.dumps(done.to_dict()))) == done
    for late in (
        answer(done, command("undo", "c-92", by="值班席02")),
        answer(done, command("undo", "c-93", at_ms=NOW_MS + UNDO_MS + 1)),
        answer(undone, command("undo", "c-94")),
    ):
        assert isinstance(late, Refused)
        assert late.reason_code == "not_allowed"


def test_what_is_overdue_goes_up_and_the_city_gets_the_red_card() -> None:
    one, cards = case(level=4), []
    for number in range(6):
        one = cases.apply(one, command("escalate", f"red-{number}", phase="accept", by="kite"))
        cards.append((one.centre, one.card))
    tiers = [VILLAGE, TOWN, COUNTY, CITY]
    assert cards == [*((tier, "yellow") for tier in tiers), (CITY, "red"), (CITY, "red")]


def test_triage_changes_type_level_and_grid_and_moves_the_point_with_it() -> None:
    one = lead(case(grid=0, lon=119.1, lat=36.7), "accept")
    moved = cases.apply(one, command("triage", "c-9", type="3100", level=2, grid=CODES[12]), grid=2)
    assert (moved.type, moved.level, moved.nature, moved.grid) == ("3100", 2, 4, 2)
    assert (moved.lon, moved.lat) == (None, None)
    stays = cases.apply(one, command("triage", "c-9", grid=CODES[10]), grid=0)
    assert (stays.grid, stays.lon) == (0, 119.1)
    assert refused(one, command("triage", "c-9", grid="110101001001001"), None).reason_code == "outside"


def test_a_case_is_not_merged_into_itself() -> None:
    assert refused(case("a"), command("merge", into="a")).reason_code == "not_allowed"
    merged = cases.apply(case("a"), command("merge", into="b"))
    assert (merged.state, merged.into, merged.is_open) == ("merged", "b", False)


def test_a_return_clears_who_had_it() -> None:
    returned = cases.apply(lead(case(), *LIFE[:3]), filled("return_back", 50))
    assert (returned.state, returned.unit, returned.departments) == ("accepted", "", ())


def test_simulated_sticks() -> None:
    one = cases.apply(case(), command("accept", simulated=True))
    assert one.simulated
    assert cases.apply(one, command("triage", "c-2", level=1)).simulated


def test_what_a_report_leaves_out_is_the_types() -> None:
    one = case(type="3201")
    assert (one.level, one.scale, one.nature, one.state, one.version) == (2, 1, 4, "reported", 1)
    history = case(closed_at_ms=NOW_MS)
    assert (history.state, history.is_open, history.closed_at_ms) == ("closed", False, NOW_MS)


def test_a_further_report_updates_and_an_older_one_does_not() -> None:
    one = case(summary="电动车在楼道充电", place="东关社区")
    later = cases.merge_report(one, report(occurred_at_ms=NOW_MS, summary="已移走", level=3), 4)
    assert (later.summary, later.place, later.level, later.grid, later.version) == (
        "已移走",
        "东关社区",
        3,
        4,
        2,
    )
    older = cases.merge_report(later, report(occurred_at_ms=NOW_MS - 9 * DAY_MS, summary="旧"), 1)
    assert older is later


def test_the_same_report_again_is_the_very_same_case() -> None:
    one = case()
    assert cases.merge_report(one, report(), 0) is one


def test_a_report_neither_reopens_nor_overrides_what_was_triaged() -> None:
    one = cases.apply(lead(case(), "accept"), command("triage", "c-9", level=1, type="3100"))
    after = cases.merge_report(one, report(occurred_at_ms=NOW_MS, level=4, summary="x"), 3)
    assert (after.level, after.type, after.grid, after.state, after.summary) == (
        1,
        "3100",
        0,
        "accepted",
        "x",
    )
    closed = cases.merge_report(one, report(closed_at_ms=NOW_MS), 0)
    assert closed.state == "closed"
    assert cases.merge_report(closed, report(occurred_at_ms=NOW_MS, summary="y"), 0).state == "closed"


@given(st.permutations(range(5)))
def test_reports_of_one_case_give_the_same_content_in_any_order(order: list[int]) -> None:
    reports = [
        report(occurred_at_ms=NOW_MS + n, summary=f"第{n}次", place=f"{n}号楼", level=1 + n % 4)
        for n in range(5)
    ]
    one = cases.new_case(reports[order[0]], 0)
    for number in order[1:]:
        one = cases.merge_report(one, reports[number], number)
    assert (one.summary, one.place, one.level, one.occurred_at_ms) == ("第4次", "4号楼", 1, NOW_MS + 4)
