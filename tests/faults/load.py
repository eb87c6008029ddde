"""Those who write while things break: a producer at the store, and a clerk at the web server."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import redis

from dashboard.domain.hierarchy import GRID
from dashboard.streams.client import LOST, connect
from dashboard.streams.errors import StreamsError
from dashboard.streams.keys import Keys
from dashboard.streams.writer import Writer
from geodata import Pack
from tests.faults.ledger import Ledger

_HZ = 20
_REPORTS, _COMMANDS = 0.05, 0.05  # of all that a producer writes; the rest is cameras
_ANSWER_S = 30.0  # who asks a server waits so long, and then calls it dead
_FRESH_S = 2.0
_STREET = "测试路口"


def now() -> str:
    """As an entry has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Places:
    """Where made-up cases happen: the middles of the grids, one after the other."""

    def __init__(self, pack: Pack) -> None:
        first = int(pack.regions.tier_start[GRID])
        lon, lat = pack.to_lonlat(pack.regions.label_xy[first:])
        self._points = list(zip(lon.tolist(), lat.tolist(), strict=True))
        self.cameras = len(pack.cameras.xy)

    def report(self, number: int, name: str) -> dict[str, str]:
        """The fields of a report."""
        lon, lat = self._points[number % len(self._points)]
        return {
            "id": name, "type": "theft", "level": "04", "origin": "sensor", "place": _STREET,
            "occurred_at": now(), "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "simulated": "1",
        }  # fmt: skip


class Producer(threading.Thread):
    """Appends `rate` entries a second straight to the store; what it is told goes into the ledger."""

    def __init__(self, url: str, keys: Keys, pack: Pack, ledger: Ledger, rate: float, name: str) -> None:
        super().__init__(daemon=True)
        self._url, self._keys, self._places, self._ledger = url, keys, Places(pack), ledger
        self._rate, self._prefix = rate, name
        self._stopping = threading.Event()
        self._number = itertools.count()
        self._accepted = 0
        self._known: list[str] = []
        self.refusals: Counter[str] = Counter()

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        self.join(90)

    def run(self) -> None:
        """Write until told to stop; a store that is away is looked for again."""
        while not self._stopping.is_set():
            try:
                with connect(self._url, wait_s=1.0, keys=self._keys) as client:
                    self._write(Writer(client, self._keys))
            except (redis.RedisError, StreamsError, OSError):
                self._stopping.wait(0.1)

    def _write(self, writer: Writer) -> None:
        due_s = time.monotonic()
        while not self._stopping.is_set():
            for kind, entries in self._batch(max(1, round(self._rate / _HZ))):
                self._send(writer, kind, entries)
            due_s = max(due_s + 1 / _HZ, time.monotonic() - 1.0)  # it catches up with a second, not with more
            self._stopping.wait(max(0.0, due_s - time.monotonic()))

    def _batch(self, count: int) -> list[tuple[str, list[dict[str, str]]]]:
        reports = max(1, round(count * _REPORTS))
        commands = min(max(1, round(count * _COMMANDS)), len(self._known) - self._accepted)
        numbers = itertools.islice(self._number, reports)
        made = [self._places.report(number, f"{self._prefix}-{number}") for number in numbers]
        accepted = self._known[self._accepted : self._accepted + commands]
        self._accepted += commands
        cameras = [
            {"camera": str(next(self._number) % self._places.cameras), "status": "online", "at": now(),
             "simulated": "1"}
            for _ in range(max(0, count - reports - commands))
        ]  # fmt: skip
        commanded = [self._accept(case) for case in accepted]
        return [("reports", made), ("commands", commanded), ("cameras", cameras)]

    def _accept(self, case: str) -> dict[str, str]:
        name = f"{case}-accept"
        self._ledger.cases[name] = case
        return {
            "id": name, "case": case, "command": "accept", "at": now(), "by": "值班席01", "simulated": "1",
        }  # fmt: skip

    def _send(self, writer: Writer, kind: str, entries: list[dict[str, str]]) -> None:
        """Once; an answer that is lost leaves it open whether they were written."""
        if not entries:
            return
        names = [entry.get("id", "") for entry in entries]
        try:
            written = writer.append_many(kind, entries)
        except (*LOST, OSError):
            self._leave_open(kind, names)
            raise
        except StreamsError as problem:  # the first of them may be written: it is said of none
            self._leave_open(kind, names)
            self.refusals[str(problem).rpartition(": ")[2][:60]] += 1
            self._stopping.wait(0.05)
            return
        if kind == "cameras":
            self._ledger.telemetry.update(written)
            return
        self._ledger.acknowledged[kind].update(names)
        if kind == "reports":
            self._known += names

    def _leave_open(self, kind: str, names: list[str]) -> None:
        if kind == "cameras":
            self._ledger.telemetry_unsure += len(names)
        else:
            self._ledger.unsure[kind].update(names)


@dataclass
class Asked:
    """What a clerk was answered: status (and reason) → how often; the longest wait, s; what must not be."""

    answers: Counter[str] = field(default_factory=Counter)
    longest_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


LOOKED_AT = (
    "/api/v1/cases?limit=5", "/live/snapshot", "/live/wall.json", "/api/v1/publications", "/",
    "/api/v1/settling", "/dispatch/", "/wall/", "/api/v1/alerts", "/live/config.json",
)  # fmt: skip
"""What the clerk looks at besides, in turn: each must be answered, with a sentence where it can't be."""


class Clerk(threading.Thread):
    """Reports by the web server, and looks about: an answer is 2xx, or 503 with a sentence, in good time.

    While the server itself is dead (`may_be_down`) it can't answer; that is counted, not wrong.
    """

    def __init__(self, port: int, pack: Pack, ledger: Ledger, name: str, looks: bool = True) -> None:
        super().__init__(daemon=True)
        self._port, self._places, self._ledger, self._prefix = port, Places(pack), ledger, name
        self._looks = looks
        self._stopping = threading.Event()
        self._asking = threading.Lock()
        self.may_be_down = False
        self.asked = Asked()

    def stop(self) -> None:
        """End it."""
        self._stopping.set()
        self.join(90)

    def take(self) -> Asked:
        """What was answered since this was last asked; one that is waited for is waited for here as well."""
        with self._asking:
            asked, self.asked = self.asked, Asked()
            return asked

    def run(self) -> None:
        """A report and a look, twice a second."""
        for number in itertools.count():
            if self._stopping.wait(0.5):
                return
            with self._asking:
                self._report(number)
            if self._looks:
                with self._asking:
                    self._look(LOOKED_AT[number % len(LOOKED_AT)])

    def _report(self, number: int) -> None:
        name = f"{self._prefix}-{number}"
        fields = self._places.report(number, name)
        del fields["simulated"], fields["occurred_at"]  # as from a desk: now, by the server's clock
        status, said = self._ask("POST", "/api/v1/reports", fields)
        reason = str(said.get("reason", "")) if isinstance(said, dict) else ""
        if status == 201 or reason == "unapplied":
            self._ledger.acknowledged["reports"].add(name)
        elif status == 503 and reason == "unwritten":
            self._ledger.denied["reports"].add(name)
        else:
            self._ledger.unsure["reports"].add(name)
        self._note("report", status, reason, said)

    def _look(self, path: str) -> None:
        status, said = self._ask("GET", path)
        self._note(path, status, "", said)

    def _note(self, what: str, status: int, reason: str, said: Any) -> None:
        is_post = what == "report"
        name = f"{'write' if is_post else 'read'} {status or 'no answer'}{' ' + reason if reason else ''}"
        self.asked.answers[name] += 1
        good = status in ((201,) if is_post else (200, 302))
        sentence = isinstance(said, dict) and (said.get("sentence") or said.get("reason"))
        if good or (status == 503 and (sentence or (isinstance(said, str) and said))):
            return
        if status == 0 and self.may_be_down:
            return
        self.asked.wrong.append(f"{what}: {status or 'no answer'} {str(said)[:120]}")

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, Any]:
        begun_s = time.monotonic()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_S)
            head = {"Content-Type": "application/json"} if fields else {}
            connection.request(method, path, json.dumps(fields) if fields else None, head)
            answer = connection.getresponse()
            body, status = answer.read(), answer.status
            connection.close()
        except (OSError, http.client.HTTPException) as problem:
            self._wait(begun_s, counts=not self.may_be_down)
            return 0, f"{type(problem).__name__}: {problem}"
        self._wait(begun_s)
        try:
            return status, json.loads(body)
        except ValueError:
            return status, body[:200].decode(errors="replace")

    def _wait(self, begun_s: float, counts: bool = True) -> None:
        if counts:
            self.asked.longest_s = max(self.asked.longest_s, time.monotonic() - begun_s)
