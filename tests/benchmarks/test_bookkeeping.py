"""The books of the desk benchmark find what is planted: loss, doubling, gap, wrong state, two winners."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.domain.commands import COMMANDS
from tests.benchmarks.bookkeeping import MOVES, Account, Sent, balance, replay

OFFICER = "值班席01"
NOTHING = ("unanswered", "lost", "doubled", "slipped_in", "astray", "unexplained", "gaps", "wrong_states",
           "wrong_races")  # fmt: skip
Cases = dict[str, Any]


def case(*steps: list[Any]) -> dict[str, Any]:
    history = [[1, "report", "reported"], *steps]
    return {"version": len(history), "state": history[-1][2], "history": history}


def before() -> Cases:
    return {"a": case(), "b": case([2, "accept", "accepted", OFFICER, "early"])}


def after() -> Cases:
    """Two officers raced for "a"; "b" was assigned, and went up by itself; "c" is new."""
    return {
        "a": case([3, "accept", "accepted", OFFICER, "c-1"], [4, "undo", "reported", OFFICER, "c-2"]),
        "b": case(
            [2, "accept", "accepted", OFFICER, "early"],
            [5, "assign", "assigned", OFFICER, "c-3"],
            [6, "escalate", "assigned", "kite", "red-assign-2"],
        ),
        "c": case([9, "escalate", "reported", "kite", "red-assign-2"]),
    }


def ledger() -> list[Sent]:
    return [
        Sent(OFFICER, "a", "accept", "c-1", 1, 5.0, 200, "", 2, "accepted", race=1),
        Sent("值班席02", "a", "accept", "c-9", 1, 5.0, 409, "version", race=1),
        Sent(OFFICER, "a", "undo", "c-2", 2, 5.0, 200, "", 3, "reported"),
        Sent(OFFICER, "b", "assign", "c-3", 2, 5.0, 200, "", 3, "assigned"),
        Sent(OFFICER, "b", "assign", "c-3", 2, 5.0, 409, "duplicate"),
    ]


def wrong(account: Account) -> dict[str, int]:
    """What the account complains of, and how often."""
    return {name: len(getattr(account, name)) for name in NOTHING if getattr(account, name)}


def test_books_that_agree_say_so() -> None:
    account = balance(ledger(), ["c"], before(), after())
    assert wrong(account) == {}
    assert (account.done, account.refused, account.races) == (3, 1, 1)


def lose(cases: Cases) -> None:
    cases["b"] = case([2, "accept", "accepted", OFFICER, "early"])


def lose_and_count_on(cases: Cases) -> None:
    lose(cases)
    cases["b"]["version"] = 3


def double(cases: Cases) -> None:
    cases["b"]["history"].append([7, "assign", "assigned", OFFICER, "c-3"])
    cases["b"]["version"] += 1


def double_elsewhere(cases: Cases) -> None:
    cases["c"] = case(
        [8, "accept", "accepted", OFFICER, "early-2"], [9, "assign", "assigned", OFFICER, "c-3"]
    )


def let_both_win(cases: Cases) -> None:
    cases["a"] = case(
        [3, "accept", "accepted", OFFICER, "c-1"],
        [4, "undo", "reported", OFFICER, "c-2"],
        [5, "accept", "accepted", "值班席02", "c-9"],
    )


def rewrite_the_past(cases: Cases) -> None:
    cases["b"]["history"][1] = [2, "accept", "accepted", "值班席07", "other"]


def put_in_between(cases: Cases) -> None:
    """Somebody's step nobody knows of, before the one that was told to be the next."""
    cases["b"]["history"].insert(2, [5, "triage", "accepted", "值班席07", "strange"])
    cases["b"]["version"] += 1


def leave_the_table(cases: Cases) -> None:
    cases["b"]["history"][2][2] = cases["b"]["history"][3][2] = cases["b"]["state"] = "handling"


def drop_a_case(cases: Cases) -> None:
    del cases["b"], cases["c"]


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lose, {"lost": 1}),
        (lose_and_count_on, {"lost": 1, "gaps": 1}),
        (double, {"doubled": 1, "wrong_states": 1}),
        (double_elsewhere, {"doubled": 1, "unexplained": 1}),
        (let_both_win, {"slipped_in": 1, "unexplained": 1}),
        (rewrite_the_past, {"gaps": 1, "unexplained": 0}),
        (put_in_between, {"astray": 1, "unexplained": 1}),
        (leave_the_table, {"astray": 1, "wrong_states": 1}),
        (drop_a_case, {"gaps": 1, "lost": 2}),
    ],
)
def test_what_is_planted_is_found(plant: Callable[[Cases], None], found: dict[str, int]) -> None:
    cases = copy.deepcopy(after())
    plant(cases)
    account = balance(ledger(), ["c"], before(), cases)
    assert wrong(account) == {name: count for name, count in found.items() if count}


def test_a_race_with_two_winners_or_none_is_wrong() -> None:
    sent = ledger()
    sent[1] = sent[1]._replace(status=200, version=2, state="accepted")
    account = balance(sent, [], before(), after())
    assert (len(account.wrong_races), len(account.lost)) == (1, 1)
    sent[0] = sent[0]._replace(status=409, reason="version", version=0, state="")
    sent[1] = sent[1]._replace(status=409, reason="version", version=0, state="")
    cases = after()
    cases["a"] = case()
    account = balance([one for one in sent if one.id != "c-2"], [], before(), cases)
    assert (len(account.wrong_races), account.lost) == (1, [])


def test_a_race_is_lost_by_all_where_somebody_else_was_first() -> None:
    sent = [one._replace(status=409, reason="version", version=0, state="") for one in ledger()[:2]]
    cases = {**before(), "a": case([3, "escalate", "reported", "kite", "red-accept-1"])}
    assert wrong(balance(sent, [], before(), cases)) == {}


def test_a_race_that_nobody_could_win_is_nobodys_unless_one_was_told_that_another_was_first() -> None:
    refusals = ("role", "not_allowed")
    sent = [
        one._replace(status=403, reason=reason, version=0, state="")
        for one, reason in zip(ledger()[:2], refusals, strict=True)
    ]
    assert wrong(balance(sent, [], before(), before())) == {}
    sent[1] = sent[1]._replace(status=409, reason="version")
    assert wrong(balance(sent, [], before(), before())) == {"wrong_races": 1}


def test_a_command_without_an_answer_may_be_done_or_not() -> None:
    sent = [*ledger()[:4], Sent(OFFICER, "c", "accept", "c-4", 1, 5000.0, 503, "unapplied")]
    cases = after()
    for steps in ((), ([9, "accept", "accepted", OFFICER, "c-4"],)):
        cases["c"] = case(*steps)
        assert wrong(balance(sent, [], before(), cases)) == {"unanswered": 1}


def test_states_are_replayed_with_what_was_undone() -> None:
    history = [
        [1, "report", "reported"], [2, "accept", "accepted"], [3, "merge", "merged"], [4, "undo", "accepted"],
        [5, "assign", "assigned"], [6, "close", "closed"],
    ]  # fmt: skip
    assert list(replay(history)) == [(6, "not allowed", "closed")]
    assert list(replay([*history[:3], [4, "undo", "reported"]])) == [(4, "accepted", "reported")]


def test_the_books_know_every_command() -> None:
    """The table was copied by hand: a command that comes later must come there too."""
    assert MOVES.keys() == COMMANDS.keys() - {"undo"}
