"""Replaying an incident file: its cases in the order of their times, as fast as wanted.

The times of the file are kept: nothing is moved to today. The projector's clock is that of the entries, so
scores decay, hours pass and trends grow as they did then. That asks for streams of the replay's own: beside
later data the clock is later already, and old cases only add what is left of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dashboard.feeds.account import Account
from dashboard.feeds.appending import Appender, Patient, Progress, Stop, Stopped, say_on_stderr
from dashboard.feeds.area import Area
from dashboard.feeds.checking import Check, KnownCases
from dashboard.feeds.errors import FeedError
from dashboard.feeds.incidents import IncidentFile, IncidentOptions
from dashboard.feeds.simulation.world import World
from dashboard.feeds.timeline import COMMANDS, ENDINGS, KINDS, PLAUSIBLE, WORKED, Timeline, TimelineMaker
from dashboard.feeds.times import zone
from dashboard.feeds.values import iso_times

NOT_REACHED = "the replay was stopped before its time"
HEARTBEAT_S = 2.0
MOST_AT_ONCE = 500


def replay(
    path: Path,
    options: IncidentOptions,
    area: Area,
    writer: Appender,
    stop: Stop,
    *,
    speed: float = 3600.0,
    ending: str = PLAUSIBLE,
    world: World | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    known: KnownCases | None = None,
    account: Account | None = None,
    now_ms: int | None = None,
    now_s: Callable[[], float] = time.monotonic,
    say: Callable[[str], None] = say_on_stderr,
) -> Account:
    """Write a file's cases in the order of their times, `speed` times as fast as they happened; its account.

    `speed` 0 writes as fast as the server takes them. `ending` is one of `ENDINGS`; `worked` needs the
    `world`. A quiet stretch writes heartbeats with the replay's own time. A replay that falls behind writes
    what is due in its order and leaves nothing out; a lost server is waited for; one that is stopped
    accounts for the rows it did not reach. Replaying a file again makes no second case. `known` and
    `account` are as for `import_file`. Raises `FeedError` before anything is written.
    """
    if ending not in ENDINGS:
        raise FeedError(f"{ending!r} is no ending of cases; say {', '.join(ENDINGS)}.")
    if speed < 0:
        raise FeedError("A replay can't run backwards; give a speed of 0 (as fast as possible) or more.")
    now_ms = int(time.time() * 1000) if now_ms is None else now_ms
    file = IncidentFile(path, options, area.timezone)
    account = Account() if account is None else account
    account.source = path.name
    check = Check(file, area, account, now_ms, known)
    maker = TimelineMaker(ending, "closed_at" in file.columns, zone(file.timezone), now_ms, seed, world)
    for taken in check:
        maker.add(taken)
    timeline = maker.done()
    source = options.source or path.stem[:64]
    patient = Patient(writer, stop, say)
    run = _Run(timeline, patient, stop, account, check, speed, source, options.simulated, progress, now_s)
    run.run()
    account.notes += _remarks(file, int(timeline.made_up[: run.done].sum()), ending)
    return account


def _remarks(file: IncidentFile, made_up: int, ending: str) -> list[str]:
    """The file's remarks, and how many of the written entries were made up."""
    out = file.remarks()
    if made_up:
        what = "commands to work the cases" if ending == WORKED else "closing times"
        out.append(f"{made_up:,} {what} were made up; they are marked as simulated.")
    return out


@dataclass
class _Run:
    """One replay on its way."""

    timeline: Timeline
    writer: Patient
    stop: Stop
    account: Account
    check: Check
    speed: float
    source: str
    simulated: bool
    progress: Progress | None
    now_s: Callable[[], float]
    done: int = 0

    def run(self) -> None:
        """Until everything is written, or it is asked to stop."""
        with suppress(Stopped):
            self._play()
        rest = self.timeline.opening[self.done :]
        for row in self.timeline.row[self.done :][rest].tolist():
            self.account.leave_out(row, NOT_REACHED)

    def _play(self) -> None:
        timeline = self.timeline
        started_s = spoke_s = self.now_s()
        while self.done < len(timeline) and not self.stop.is_set():
            elapsed_s = self.now_s() - started_s
            moment_ms = self._moment_ms(elapsed_s)
            due = int(np.searchsorted(timeline.at_ms[self.done :], moment_ms, side="right"))
            if due:
                self._write(self.done, self.done + min(due, MOST_AT_ONCE))
                spoke_s = self.now_s()
            elif self.now_s() - spoke_s >= HEARTBEAT_S:
                self._beat(int(moment_ms))
                spoke_s = self.now_s()
            else:
                next_s = self._due_s(self.done) - elapsed_s
                # A whole millisecond at least: rounding must not make a loop that never waits.
                self.stop.wait(max(0.001, min(next_s, HEARTBEAT_S - (self.now_s() - spoke_s))))

    def _due_s(self, place: int) -> float:
        """When an entry is due, in seconds from the beginning."""
        return float(self.timeline.at_ms[place] - self.timeline.at_ms[0]) / 1000 / self.speed

    def _moment_ms(self, elapsed_s: float) -> float:
        """The time in the file that is reached."""
        return int(self.timeline.at_ms[0]) + elapsed_s * 1000 * self.speed if self.speed else np.inf

    def _write(self, first: int, last: int) -> None:
        timeline, chosen = self.timeline, np.arange(first, last)
        opened = chosen[timeline.opening[first:last]]
        ids = [timeline.entries[k]["id"] for k in opened.tolist()]
        repeated = self.writer.until_done(lambda: self.check.repeated(ids))
        for number, kind in enumerate(KINDS):
            places = chosen[timeline.kind[first:last] == number]
            if not len(places):
                continue
            entries = [timeline.entries[k] for k in places.tolist()]
            if self.speed:
                self.writer.append_many(kind, entries)
            else:
                self.writer.append_packed(kind, entries, self.simulated)
            if number == COMMANDS:
                self.account.commands += len(entries)
        self.account.accept(timeline.at_ms[opened].tolist(), repeated)
        self.done = last
        if self.progress is not None:
            self.progress(last, len(timeline))

    def _beat(self, at_ms: int) -> None:
        entry = {"kind": "heartbeat", "source": self.source, "at": iso_times(np.array([at_ms]))[0]}
        self.writer.append("reports", entry)
