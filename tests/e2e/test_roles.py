"""Who may do what, over HTTP: every role sends every command, and is let through or not as the table says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.domain.access import ROLES
from dashboard.domain.commands import COMMANDS, KITES_OWN
from dashboard.domain.roles import Part, part_of
from tests.e2e.conftest import Running, run_city
from tests.e2e.test_api import ask, bearer, reported, send, token

pytestmark = pytest.mark.valkey

ARGUMENTS: dict[str, Any] = {
    "departments": ["司法所"], "level": "03", "into": "other", "card": "yellow", "outcome": "settled",
    "until": "2030-01-12T14:00:00+08:00", "scheduled": "2030-01-12T14:00:00+08:00", "note": "请尽快",
    "reason": "court", "team": "grid", "phase": "handle",
}  # fmt: skip


@pytest.fixture(scope="module")
def quiet(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A Kite without a simulator."""
    with run_city(built, tmp_path_factory.mktemp("roles"), rate=0) as city:
        yield city


@pytest.fixture(scope="module")
def tokens(quiet: Running) -> dict[str, str]:
    """A token of each role; the unit's has the call sign of the first."""
    unit = quiet.pack.units.call_sign[0]
    return {role: token(quiet, unit if role == "unit" else f"{role}01", role=role) for role in sorted(ROLES)}


@pytest.fixture(scope="module")
def cases(quiet: Running) -> tuple[str, str]:
    """A dispute that the unit has, and one that it has not."""
    for name in ("own", "other"):
        reported(quiet, name, type="neighbour_dispute", level="04")
    for command, fields in (("accept", {}), ("assign", {"unit": quiet.pack.units.call_sign[0]})):
        assert send(quiet, "own", command, **fields)[0] == 200
    return "own", "other"


def body(name: str) -> dict[str, Any]:
    """A command with all that it must have and a version that there is not: it changes nothing."""
    first = [choice.split("|")[0] for choice in COMMANDS[name].required]
    needed = ["departments" if field == "unit" else field for field in first]
    return {"command": name, "version": "9999", **{field: ARGUMENTS[field] for field in needed}}


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_role_may_send_exactly_what_the_table_says(
    quiet: Running, tokens: dict[str, str], cases: tuple[str, str], role: str, name: str
) -> None:
    """Let through, it meets the projector, which tells that the version is another: 409."""
    part = part_of(role, COMMANDS[name])
    own, other = (
        ask(quiet, f"cases/{case}/commands", body(name), **bearer(tokens[role])) for case in cases
    )
    assert own[0] == (403 if part == Part.NONE else 409), own
    assert other[0] == (409 if part == Part.ALL else 403), other
    for status, answer in (own, other):
        assert answer["sentence"].endswith(".")
        assert status == 403 or answer["reason"] == "version"


def test_nobody_escalates_and_is_told_what_to_do_instead(quiet: Running, cases: tuple[str, str]) -> None:
    """Not even the local administrator; and nothing is written."""
    before = quiet.store.xlen(quiet.keys.raw("commands"))
    status, answer = send(quiet, cases[0], "escalate", phase="handle")
    assert status == 403
    assert "Kite" in answer["sentence"]
    assert "refer" in answer["sentence"]
    assert quiet.store.xlen(quiet.keys.raw("commands")) == before
    assert COMMANDS["escalate"].action == KITES_OWN
    _, whole = ask(quiet, f"cases/{cases[0]}")
    assert "escalate" not in whole["allowed"]


def test_disputes_are_settled_in_the_open(quiet: Running) -> None:
    """From the report to the region's figures: settled by the grid, by a hearing, undone, and still open."""

    def close(name: str, *steps: tuple[str, dict[str, Any]]) -> None:
        reported(quiet, name, type="neighbour_dispute", level="04")
        for command, fields in (("accept", {}), *steps):
            status, said = send(quiet, name, command, **fields)
            assert status == 200, said

    _, before = ask(quiet, "settling")
    hearing = ("to_hearing", {"team": "joint", "scheduled": "2030-01-12T14:00:00+08:00"})
    alone = [("assign", {"departments": ["司法所"]}), ("take_on", {}), ("resolve", {"outcome": "settled"})]
    for number in range(5):
        close(f"alone-{number}", *alone, ("verify", {}), *([("close", {})] if number else []))
    close("heard", hearing, ("hearing_result", {"outcome": "unsettled"}), ("verify", {}))
    close("undone", *alone, ("verify", {}), ("undo", {}))
    close("waits", hearing)
    _, after = ask(quiet, "settling")
    paths = {row["path"]: row for row in after["paths"]}
    assert after["ended"] == before["ended"] + 6
    assert after["open"] == before["open"] + 2
    assert (paths["grid"]["settled"], paths["joint_hearing"]["unsettled"]) == (5, 1)
    assert (after["success"]["settled"], after["success"]["decided"]) == (5, 6)
    assert after["success"]["low"] < after["success"]["share"] < after["success"]["high"]
    assert paths["joint_hearing"]["success"]["share"] is None
    assert (after["hearings"]["set"], after["hearings"]["oldest"]["case"]) == (1, "waits")
    _, whole = ask(quiet, "cases/heard")
    assert whole["way"] == {"path": "joint_hearing", "result": "unsettled"}
    inside = [ask(quiet, f"settling?region={code}")[1]["ended"] for code in ("990101", "990102")]
    assert sum(inside) == after["ended"]
    county = token(quiet, "县席", region="990101")
    assert ask(quiet, "settling", **bearer(county))[0] == 403
    assert ask(quiet, "settling?region=990101", **bearer(county))[0] == 200
