"""Any sequence of any commands: what holds of a case whatever is sent."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain import cases
from dashboard.domain.case_record import Case
from dashboard.domain.commands import ALLOWED, COMMANDS, ENDED, OPEN, STATES
from dashboard.domain.events import parse_command
from dashboard.domain.refused import Refused
from tests.domain.made import CODES, NOW_MS, case, small_city
from tests.domain.sequences import TYPES, Around, careless_command, says_what_is_allowed

AROUND = Around(
    units=("诸城-网格-0117", "诸城-巡防-0002"), grids=(*CODES[10:], "110101001001001"), cases=("a", "b", "c")
)
CITY = small_city()
REASONS = {"duplicate", "version", "not_allowed", "outside"}


def sent(one: Case, entry: dict[str, str], at_ms: int) -> Case | Refused:
    """What becomes of an entry."""
    what = parse_command(entry, at_ms)
    try:
        return cases.apply(one, what, None if what.grid is None else CITY.grid_of(what.grid))
    except Refused as refusal:
        return refusal


def check_refusal(one: Case, command: str, refusal: Refused) -> None:
    """Its sentence says why, and what the case allows instead."""
    assert refusal.reason_code in REASONS
    assert refusal.sentence.endswith(".")
    assert refusal.sentence.count("\n") == 0
    if refusal.reason_code == "outside":
        return
    assert refusal.facts["allowed"] == list(ALLOWED[one.state])
    assert (refusal.facts["state"], refusal.facts["version"]) == (one.state, one.version)
    if refusal.reason_code == "version":
        assert f"at version {one.version} since {one.history[-1].by or 'a report'}" in refusal.sentence
    elif refusal.reason_code == "not_allowed":
        how_far = command == "refer" and (
            "may go up as far" in refusal.sentence or "can't go further up" in refusal.sentence
        )
        assert how_far or says_what_is_allowed(one, refusal.sentence), refusal.sentence


@given(st.sampled_from(TYPES), st.integers(1, 4), st.randoms(use_true_random=False), st.integers(5, 60))
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_a_case_obeys_the_table_and_forgets_nothing(
    case_type: str, level: int, rng: Random, count: int
) -> None:
    first = one = case("a", type=case_type, level=level)
    taken: list[tuple[dict[str, str], int]] = []
    at_ms = NOW_MS
    for number in range(count):
        at_ms += rng.choice((500, 4_000, 3_600_000))
        entry = careless_command(rng, one, at_ms - rng.choice((0, 0, 20_000)), number, AROUND)
        before = orjson.dumps(one.to_dict())
        after = sent(one, entry, at_ms)
        assert orjson.dumps(one.to_dict()) == before
        if isinstance(after, Refused):
            check_refusal(one, entry["command"], after)
            continue
        check_step(one, entry, after)
        taken.append((entry, at_ms))
        one = after
    check_history(one, taken)
    again = first
    for entry, then_ms in taken:
        again = sent(again, entry, then_ms)
        assert isinstance(again, Case)
    assert orjson.dumps(again.to_dict()) == orjson.dumps(one.to_dict())
    assert Case.from_dict(orjson.loads(orjson.dumps(one.to_dict()))) == one


def check_step(before: Case, entry: dict[str, str], after: Case) -> None:
    """One row of the table, one version, one step."""
    name = entry["command"]
    if name == "undo":
        assert after.state == before.steps[-2].state
        assert after.steps == before.steps[:-1]
    else:
        assert after.state == COMMANDS[name].moves[before.state]
    assert after.version == before.version + 1
    assert after.history[:-1] == before.history
    step = after.history[-1]
    assert (step.command, step.id, step.by, step.state) == (name, entry["id"], entry["by"], after.state)
    assert entry.get("version", str(before.version)) == str(before.version)


def check_history(one: Case, taken: list[tuple[dict[str, str], int]]) -> None:
    """Every command that was taken, in its order, with nothing missing, doubled or beside the table."""
    assert [step.id for step in one.history[1:]] == [entry["id"] for entry, _ in taken]
    assert len({entry["id"] for entry, _ in taken}) == len(taken)
    assert one.version == len(one.history)
    assert one.history[-1].state == one.state
    assert {step.state for step in one.history} <= set(STATES)
    for earlier, later in pairwise(one.steps):
        assert COMMANDS[later.command].moves[earlier.state] == later.state
    assert (one.closed_at_ms is not None) == (one.state in ENDED) == (one.state not in OPEN)


def test_a_careless_city_tries_everything() -> None:
    """The sequences are worth something: every command is both taken and refused, every state reached."""
    rng, taken, refused, states = Random(2), set(), set(), set()
    for _ in range(600):
        one, at_ms = case("a", type="0200", level=rng.randint(1, 4)), NOW_MS
        for number in range(40):
            at_ms += rng.choice((500, 4_000))
            entry = careless_command(rng, one, at_ms, number, AROUND)
            after = sent(one, entry, at_ms)
            (refused if isinstance(after, Refused) else taken).add(entry["command"])
            one = one if isinstance(after, Refused) else after
            states.add(one.state)
    assert taken == refused == set(COMMANDS)
    assert states == set(STATES)
