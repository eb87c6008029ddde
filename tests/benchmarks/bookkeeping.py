"""Whether a store has what its officers were told: their ledger held against the cases' histories.

Nothing here is the code under test: histories are the store's JSON as it is, and which command leads from
which state to which is written down here again, from docs/cases.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

OK = 200
UNANSWERED = (0, 500, 503)
"""Statuses (0: none) after which nobody knows whether the command was done."""
FIRST = "version"
"""Why who is not the first is refused."""
OWN = "kite"
"""Who sends what is overdue up: no officer."""

_OPEN = ("reported", "accepted", "assigned", "handling", "resolved", "verified")


def _stay(*states: str) -> dict[str, str]:
    return {state: state for state in states}


MOVES: dict[str, dict[str, str]] = {
    "accept": {"reported": "accepted"},
    "refer": _stay("reported"),
    "merge": {"reported": "merged", "accepted": "merged"},
    "triage": _stay("accepted"),
    "to_hearing": {"accepted": "handling", "handling": "handling"},
    "assign": {"accepted": "assigned"},
    "take_on": {"assigned": "handling"},
    "en_route": {"assigned": "handling", "handling": "handling"},
    "on_scene": {"assigned": "handling", "handling": "handling"},
    "reassign": {"assigned": "assigned", "handling": "assigned"},
    "return_back": {"assigned": "accepted", "handling": "accepted"},
    "resolve": {"handling": "resolved"},
    "extend": _stay("assigned", "handling"),
    "grant": _stay("assigned", "handling"),
    "decline": _stay("assigned", "handling"),
    "pause": _stay("accepted", "assigned", "handling"),
    "go_on": _stay("accepted", "assigned", "handling"),
    "whistle": _stay("assigned", "handling"),
    "report_in": _stay("assigned", "handling"),
    "supervise": _stay(*_OPEN),
    "instruct": _stay(*_OPEN),
    "escalate": _stay("reported", "accepted", "assigned", "handling"),
    "hearing_result": {"handling": "resolved", "resolved": "resolved"},
    "verify": {"resolved": "verified"},
    "close": {"verified": "closed"},
    "send_back": {"resolved": "handling", "verified": "handling"},
}
"""Command → state before → state after; `undo` goes back by one step, and a report opens a case."""

RawCase = Mapping[str, Any]
"""A case as the store has it: `version`, `state`, and `history`, whose steps begin with time, command and
state, and may go on with by, id, note and delay."""


class Sent(NamedTuple):
    """A command that an officer sent, and what the officer was told.

    `seen`: the version it named. `status`: HTTP's, 0 without an answer. `version`, `state`: those of a done
    one, else 0 and "". `race`: the number of the race it was sent in, 0 for none.
    """

    officer: str
    case: str
    command: str
    id: str
    seen: int
    took_ms: float
    status: int
    reason: str = ""
    version: int = 0
    state: str = ""
    race: int = 0


class Step(NamedTuple):
    """A step of a history, with its place: `version` is the one that it made."""

    case: str
    version: int
    command: str
    state: str
    by: str
    id: str


@dataclass
class Account:
    """What was found. Each list names what is wrong, and is empty in a store that kept all it was told."""

    done: int = 0
    refused: int = 0
    races: int = 0
    unanswered: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    slipped_in: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    wrong_states: list[str] = field(default_factory=list)
    wrong_races: list[str] = field(default_factory=list)


def balance(
    ledger: Iterable[Sent],
    reported: Iterable[str],
    before: Mapping[str, RawCase],
    after: Mapping[str, RawCase],
) -> Account:
    """Hold the ledger against the cases before and after the officers' work.

    `reported`: ids of cases that were reported meanwhile and said to be there.
    """
    account, sent = Account(), _by_id(ledger)
    steps = _by_command_id(after)
    for command_id, tries in sent.items():
        _check_command(account, command_id, tries, steps.get(command_id, []))
    for case_id, case in after.items():
        _check_case(account, case_id, case, before.get(case_id), sent)
    known = after.keys()
    account.gaps += [f"{case_id}: is gone" for case_id in before if case_id not in known]
    account.lost += [f"{case_id}: reported and not there" for case_id in reported if case_id not in known]
    _check_races(account, sent, after)
    return account


def replay(history: Iterable[list[Any]]) -> Iterator[tuple[int, str, str]]:
    """(version, state as it should be, state as written) of the steps that don't follow from those before."""
    states: list[str] = []
    for version, step in enumerate(history, 1):
        command, written = step[1], step[2]
        expected = _next_state(states, command, written)
        if expected != written:
            yield version, expected, written
        if command == "undo":
            states = states[:-1]
        else:
            states.append(written)


def _next_state(states: list[str], command: str, written: str) -> str:
    if command == "report":
        return written if not states or written == "closed" else states[-1]
    if command == "undo":
        return states[-2] if len(states) > 1 else "nothing to undo"
    return MOVES.get(command, {}).get(states[-1] if states else "", "not allowed")


def steps_of(case_id: str, case: RawCase) -> list[Step]:
    """The steps of a case in their order."""
    return [
        Step(case_id, version, row[1], row[2], *(str(row[at]) if len(row) > at else "" for at in (3, 4)))
        for version, row in enumerate(case["history"], 1)
    ]


def _by_id(ledger: Iterable[Sent]) -> dict[str, list[Sent]]:
    found: dict[str, list[Sent]] = defaultdict(list)
    for sent in ledger:
        found[sent.id].append(sent)
    return dict(found)


def _by_command_id(cases: Mapping[str, RawCase]) -> dict[str, list[Step]]:
    """The steps that officers made, by the id of their command; Kite's own ids are only a case's."""
    found: dict[str, list[Step]] = defaultdict(list)
    for case_id, case in cases.items():
        for step in steps_of(case_id, case):
            if step.id and step.by != OWN:
                found[step.id].append(step)
    return found


def _check_command(account: Account, command_id: str, tries: list[Sent], steps: list[Step]) -> None:
    """One id, which may have been sent more than once: done exactly once, or not at all."""
    done = [sent for sent in tries if sent.status == OK]
    if len(steps) > 1:
        account.doubled.append(f"{command_id}: {[step[:2] for step in steps]}")
    if done:
        account.done += 1
        if not steps:
            account.lost.append(f"{command_id}: {done[0].command} of {done[0].case}")
        for sent in done:
            if steps and not any(_is_of(step, sent) for step in steps):
                account.astray.append(f"{command_id}: told {sent}, written {steps[0]}")
    elif any(sent.status in UNANSWERED for sent in tries):
        account.unanswered.append(f"{command_id}: {tries[0].reason or tries[0].status}")
    else:
        account.refused += 1
        if steps:
            account.slipped_in.append(f"{command_id}: {tries[0].reason}, and yet {steps[0]}")


def _is_of(step: Step, sent: Sent) -> bool:
    """Whether a step is what the officer was told, and the very next one after what was seen."""
    told = (sent.case, sent.version, sent.command, sent.state, sent.officer, sent.id)
    return step == told and step.version == sent.seen + 1


def _check_case(
    account: Account, case_id: str, case: RawCase, before: RawCase | None, sent: Mapping[str, list[Sent]]
) -> None:
    """One case: what it was is still there, every step since is somebody's, and states follow."""
    history, earlier = case["history"], [] if before is None else before["history"]
    if case["version"] != len(history):
        account.gaps.append(f"{case_id}: version {case['version']} after {len(history)} steps")
    if history[: len(earlier)] != earlier:
        account.gaps.append(f"{case_id}: its earlier steps are not those that there were")
    for step in steps_of(case_id, case)[len(earlier) :]:
        tries = sent.get(step.id, [])
        is_known = any(one.status == OK or one.status in UNANSWERED for one in tries)
        if not (is_known or step.command == "report" or (step.command, step.by) == ("escalate", OWN)):
            account.unexplained.append(f"{step}")
    account.wrong_states += [
        f"{case_id}: version {version} is {written}, not {expected}"
        for version, expected, written in replay(history)
    ]
    if history[-1][2] != case["state"]:
        account.wrong_states.append(f"{case_id}: is {case['state']} after a step to {history[-1][2]}")


def _check_races(account: Account, sent: Mapping[str, list[Sent]], after: Mapping[str, RawCase]) -> None:
    """Of those who sent for one version at once one won, or somebody had been there before all of them.

    Where nobody was first nobody may have been told so: then none of them could do it, as leaders can't work
    cases, and a case can't be merged into one that has ended meanwhile.
    """
    races: dict[int, list[Sent]] = defaultdict(list)
    for tries in sent.values():
        for one in tries:
            if one.race:
                races[one.race].append(one)
    for number, racers in races.items():
        if any(one.status in UNANSWERED for one in racers):
            continue  # it stands among the unanswered
        account.races += 1
        winners = {one.id for one in racers if one.status == OK}
        case = after.get(racers[0].case)
        steps = [] if case is None else steps_of(racers[0].case, case)[racers[0].seen :][:1]
        by_others = [step for step in steps if step.id not in {one.id for one in racers}]
        reasons = sorted(one.reason or str(one.status) for one in racers if one.status != OK)
        nobody_could = not winners and not by_others and FIRST not in reasons
        if len(winners) + len(by_others) != 1 and not nobody_could:
            account.wrong_races.append(
                f"race {number} of {racers[0].case}: won by {sorted(winners)}, others {by_others}, "
                f"refused for {reasons}"
            )
