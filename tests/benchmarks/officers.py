"""Officers at their desks, in a process of their own; each has a token, a county and a connection.

    python -m tests.benchmarks.officers URL PLAN SECONDS RESULT

PLAN is a JSON list of officers, each {name, token, region, is_leader}, and the tokens of those who report;
RESULT gets what they did and were told (`Result`). An officer looks at the queue, takes one of what is due
first, and does several things with it, looking again after each as the desk's page does. Now and then one
asks others of the county to a race for the same version, sends a command twice, or one that is not allowed.
For every case that ends another is reported.
"""

from __future__ import annotations

import argparse
import queue
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks.asking import Answered, Asking, case_path
from tests.benchmarks.bookkeeping import OK, Sent
from tests.benchmarks.deeds import LEADERS_ONLY, WRONG, Look, next_deed

THINK_S = (0.5, 2.5)
DEEDS = (2, 8)
"""With one case, before the next is taken."""
QUEUE_ROWS = 100
RACE_SHARE, TWICE_SHARE, AT_ONCE_SHARE, WRONG_SHARE = 0.08, 0.03, 0.02, 0.02
RACERS, RACE_WAIT_S = 4, 2.0
_UNDO_END_SHARE = 0.2
_UNLOOKED = ("closed", "merged")


@dataclass
class Result:
    """What came of it: `sent` as rows of `Sent`; ms of each look-up by kind; ids of reported cases."""

    seconds: float = 0.0
    sent: list[Sent] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)
    lookups: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed_lookups: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0

    def write(self, path: Path) -> None:
        """Leave it in a file."""
        path.write_bytes(orjson.dumps({**vars(self), "sent": [list(sent) for sent in self.sent]}))

    @classmethod
    def read(cls, path: Path) -> Result:
        """What `write` left there."""
        found = orjson.loads(path.read_bytes())
        return cls(**{**found, "sent": [Sent(*row) for row in found["sent"]]})


@dataclass
class Race:
    """Officers who will send the same command for the same version at once."""

    number: int
    case: str
    seen: int
    command: str
    fields: dict[str, Any]
    go: threading.Event = field(default_factory=threading.Event)
    racers: int = 1


class Office:
    """What all officers share: whether it is open, the races they may join, and the result."""

    def __init__(self, seconds: float) -> None:
        self.result = Result(seconds)
        self.ended: queue.Queue[str] = queue.Queue()
        self._lock = threading.Lock()
        self._closes_s = time.monotonic() + seconds
        self._races: dict[str, Race] = {}
        self._race_number = 0

    @property
    def is_open(self) -> bool:
        """Whether work goes on."""
        return time.monotonic() < self._closes_s

    def offer(self, region: str, case: str, seen: int, command: str, fields: dict[str, Any]) -> Race:
        """Ask the region's officers to a race; they have a moment to come."""
        with self._lock:
            self._race_number += 1
            race = Race(self._race_number, case, seen, command, fields)
            self._races[region] = race
        race.go.wait(RACE_WAIT_S)
        with self._lock:
            if self._races.get(region) is race:
                del self._races[region]
        race.go.set()
        return race

    def join(self, region: str) -> Race | None:
        """The race that is waiting for others in this region, once it begins."""
        with self._lock:
            race = self._races.get(region)
            if race is None:
                return None
            race.racers += 1
            if race.racers >= RACERS:
                del self._races[region]
                race.go.set()
        race.go.wait(2 * RACE_WAIT_S)
        return race


class Officer:
    """One officer at work, in a thread of its own."""

    def __init__(self, number: int, plan: dict[str, Any], url: str, office: Office) -> None:
        self._name, self._region = plan["name"], plan["region"]
        self._is_leader = bool(plan["is_leader"])
        self._number, self._office = number, office
        self._asking, self._second = Asking(url, plan["token"]), Asking(url, plan["token"])
        self._ids = 0
        self._look = Look({})
        self._done_s = 0.0

    def run(self) -> None:
        """Work until the office closes."""
        time.sleep(random.uniform(0, THINK_S[1]))
        while self._office.is_open:
            race = self._office.join(self._region)
            if race is not None:
                self._send(race.case, race.seen, race.command, race.fields, race.number)
            self._work_on_one()

    def _work_on_one(self) -> None:
        found = self._get(f"cases?region={self._region}&limit={QUEUE_ROWS}", "queue")
        if not found or not found["cases"]:
            time.sleep(THINK_S[0])
            return
        case_id = random.choice(found["cases"])["id"]
        self._look = Look({})
        for _ in range(random.randint(*DEEDS)):
            if not (self._office.is_open and self._look_at(case_id)):
                return
            time.sleep(random.uniform(*THINK_S))
            if self._look.case["state"] in _UNLOOKED and random.random() > _UNDO_END_SHARE:
                return
            self._do_something()

    def _look_at(self, case_id: str) -> bool:
        """The case, the units for it, and what is like it: what the desk's page asks for."""
        path = case_path(case_id)
        case = self._get(path, "case")
        if not case:
            return False
        units = self._get(f"{path}/suggestions", "suggestions")
        similar = self._get(f"{path}/similar", "similar")
        last = (self._look.last[0], time.monotonic() - self._done_s)
        self._look = Look(case, [u["unit"] for u in units or ()], [s["id"] for s in similar or ()], last)
        return True

    def _get(self, path: str, kind: str) -> Any:
        answer = self._asking.get(path)
        self._office.result.lookups[kind].append(answer.took_ms)
        if answer.status != OK:
            self._office.result.failed_lookups[f"{kind} {answer.status}"] += 1
            return None
        return answer.said

    def _do_something(self) -> None:
        case, drawn = self._look.case, random.random()
        self._look.last = (self._look.last[0], time.monotonic() - self._done_s)
        wrong = WRONG.get(case["state"]) if drawn < WRONG_SHARE else None
        deed = wrong or next_deed(self._look, self._is_leader)
        if deed is None:
            return
        command, fields = deed
        number = 0
        if drawn > 1 - RACE_SHARE and command not in LEADERS_ONLY and command != "undo":
            race = self._office.offer(self._region, case["id"], case["version"], command, fields)
            number = race.number if race.racers > 1 else 0
        self._send(case["id"], case["version"], command, fields, number)

    def _send(self, case_id: str, seen: int, command: str, fields: dict[str, Any], race: int = 0) -> None:
        """Send a command, sometimes again with the same id: after its answer, or at the same time."""
        self._ids += 1
        body = {"command": command, "version": seen, "id": f"o{self._number}-{self._ids}", **fields}
        note = self._noter(case_id, body, race)
        drawn = random.random()
        if not race and drawn < AT_ONCE_SHARE:
            other = threading.Thread(target=lambda: note(self._second.command(case_id, body)))
            other.start()
            note(self._asking.command(case_id, body))
            other.join()
        else:
            note(self._asking.command(case_id, body))
            if drawn > 1 - TWICE_SHARE:
                note(self._asking.command(case_id, body))

    def _noter(self, case_id: str, body: dict[str, Any], race: int) -> Callable[[Answered], None]:
        def note(answer: Answered) -> None:
            said, is_done = answer.said, answer.status == OK
            self._office.result.sent.append(
                Sent(
                    self._name, case_id, body["command"], body["id"], body["version"], answer.took_ms,
                    answer.status, said.get("reason", ""), said["version"] if is_done else 0,
                    said["state"] if is_done else "", race,
                )
            )  # fmt: skip
            if is_done:
                self._done_s = time.monotonic()
                self._look.last = (body["command"], 0.0)
                if said["state"] in _UNLOOKED:
                    self._office.ended.put(case_id)

        return note


def report(url: str, token: str, drawn: list[dict[str, str]], office: Office) -> None:
    """One who takes calls: reports another case for each that ends."""
    asking, result = Asking(url, token), office.result
    for fields in drawn:
        while True:
            if not office.is_open:
                return
            try:
                office.ended.get(timeout=0.2)
                break
            except queue.Empty:
                continue
        answer = asking.post("reports", fields)
        result.lookups["report"].append(answer.took_ms)
        if answer.status == 201:
            result.reported.append(answer.said["id"])
        else:
            result.failed_lookups[f"report {answer.status}"] += 1


def main() -> None:
    """Let all work for so long, and write what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("plan", type=Path)
    parser.add_argument("seconds", type=float)
    parser.add_argument("result", type=Path)
    options = parser.parse_args()
    plan = orjson.loads(options.plan.read_bytes())
    office = Office(options.seconds)
    people = [Officer(n, each, options.url, office) for n, each in enumerate(plan["officers"])]
    threads = [threading.Thread(target=officer.run) for officer in people]
    threads.append(
        threading.Thread(target=report, args=(options.url, plan["reporter"], plan["reports"], office))
    )
    begun_s = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    office.result.seconds, office.result.cpu_s = time.monotonic() - begun_s, time.process_time()
    office.result.write(options.result)


if __name__ == "__main__":
    main()
