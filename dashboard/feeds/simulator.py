"""The simulator: believable days in real time, marked as simulated."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.cameras import UNKNOWN
from dashboard.domain.case_record import Case
from dashboard.domain.units import OFF
from dashboard.feeds.appending import Appender, Patient, Stop, Stopped, say_on_stderr
from dashboard.feeds.simulation import detours, lifecycle, texts
from dashboard.feeds.simulation.births import SOURCE, Births, NewCases
from dashboard.feeds.simulation.cameras import CameraFleet
from dashboard.feeds.simulation.cases import Casework, LiveCase, Versions
from dashboard.feeds.simulation.clusters import HotSpots, Places
from dashboard.feeds.simulation.known import Known
from dashboard.feeds.simulation.rhythm import CODES
from dashboard.feeds.simulation.taking_up import take_more, take_up
from dashboard.feeds.simulation.telemetry import camera_records, unit_records
from dashboard.feeds.simulation.units import UnitFleet
from dashboard.feeds.simulation.world import World
from dashboard.feeds.values import iso_times
from dashboard.streams.keys import RAW_KINDS

TICK_S = 0.1
HEARTBEAT_MS = 2_000
GAP_MS = 5_000
"""A step that comes later than this after the one before finds the time in between not simulated."""
CASES_EVERY_MS = 500
RECTIFIED_EVERY_MS = 30_000
CAMERAS_EVERY_MS = 1_000
SHIFTS_EVERY_MS = 10_000
POLLED = 0.2
"""Share of the telemetry that is cameras polled in turn, which say again what they are."""
_OWED_S = 2.0
Rectified = Callable[[], Sequence[Case]]


def wall_ms() -> int:
    """The machine's clock."""
    return int(time.time() * 1000)


class Simulator:
    """One city lived through in real time, from what is `known` of it on.

    `rate`: entries per second on average, of all streams together. Cases follow `cases_per_day` and their
    rhythm, cameras fail as they do; units on their ways, and cameras polled in turn, make up the rest, so a
    rate below what happens anyway is exceeded. The same `seed` and clock give the same entries. `versions`
    tells the version that the state has of some cases: without it the simulator can't see that somebody
    else works a case, and its commands to that one are refused. `rectified` gives the cases that publications
    of the index have opened since it was last asked; without it nobody works on them.
    """

    def __init__(
        self,
        world: World,
        writer: Appender,
        known: Known,
        *,
        rate: float = 50.0,
        cases_per_day: float = 1000.0,
        seed: int = 0,
        versions: Versions | None = None,
        rectified: Rectified | None = None,
        now_ms: Callable[[], int] = wall_ms,
        say: Callable[[str], None] = say_on_stderr,
    ) -> None:
        self._world = world
        self._writer = writer
        self._known = known
        self._rate = rate
        self._cases_per_day = cases_per_day
        self._versions = versions
        self._rectified = rectified
        self._now_ms = now_ms
        self._say = say
        self._last_ms = now_ms()
        self._rng = np.random.default_rng([seed, 3, self._last_ms // 1000])
        self._births = Births(world, Places(HotSpots(world, seed)))
        self._cameras = CameraFleet(world)
        self._units = UnitFleet(world, seed)
        self._casework = Casework(self._units, self._rng)
        self._round = self._rng.permutation(len(self._cameras.networked))
        self._turn = 0
        self._owed = 0.0
        self._cases_ms = self._cameras_ms = self._shifts_ms = self._rectified_ms = self._last_ms
        self._beat_ms = 0

    def run(self, stop: Stop) -> None:
        """Until asked to stop. A lost server is waited for; what was missed meanwhile is skipped."""
        patient = Patient(self._writer, stop, self._say)
        self._writer = patient
        versions = self._versions
        if versions is not None:
            self._versions = lambda ids: patient.until_done(lambda: versions(ids))
        rectified = self._rectified
        if rectified is not None:
            self._rectified = lambda: patient.until_done(rectified)
        try:
            self.begin()
            while not stop.wait(TICK_S):
                self.step(self._now_ms())
        except Stopped:
            return

    def begin(self) -> None:
        """Go on from what is known, and say what was never said."""
        now, known = self._last_ms, self._known
        self._cameras.take_up(np.asarray(known.camera_status))
        unheard = np.flatnonzero(np.asarray(known.camera_status)[self._cameras.networked] == UNKNOWN)
        if len(unheard):
            self._write("cameras", camera_records(self._cameras, unheard, now))
        state = np.asarray(known.unit_state, dtype=np.uint8)
        if len(state) and (state == OFF).all():
            self._units.start(now, self._rng)
        else:
            self._units.take_up(state, np.asarray(known.unit_xy, dtype=np.float64), now)
        for case in take_up(self._world, self._units, known.open_cases, now, self._rng):
            self._casework.add(case)
        if len(state) and (state == OFF).all():
            self._write("units", unit_records(self._world, self._units, np.arange(len(state)), now))
        self._owed = 0.0

    def step(self, now_ms: int) -> None:
        """Everything from the last step up to now."""
        passed_ms = now_ms - self._last_ms
        if not 0 <= passed_ms <= GAP_MS:
            # Paused, or the clock was set: the time in between is left out, for cases under way as well.
            self._casework.postpone(passed_ms)
            self._cases_ms = self._cameras_ms = now_ms
            passed_ms = 0
        self._last_ms = now_ms
        self._owed = min(self._owed + self._rate * passed_ms / 1000, self._rate * _OWED_S)
        self._new_cases(now_ms)
        self._rectify(now_ms)
        self._commands(now_ms)
        self._cameras_change(now_ms)
        self._shifts(now_ms)
        self._telemetry(now_ms)
        self._heartbeats(now_ms)

    def _new_cases(self, now_ms: int) -> None:
        if now_ms - self._cases_ms < CASES_EVERY_MS:
            return
        born = self._births.between(self._rng, self._cases_per_day, self._cases_ms, now_ms)
        self._cases_ms = now_ms
        if not born.ids:
            return
        self._write("reports", born.reports)
        offset_ms = self._world.utc_offset_ms(now_ms)
        times = lifecycle.moments(self._rng, born.rows, born.levels, born.told_ms, offset_ms)
        for k in range(len(born.ids)):
            self._casework.add(self._live(born, k, times[k]))

    def _rectify(self, now_ms: int) -> None:
        """Take up what publications of the index have asked for meanwhile."""
        if self._rectified is None or now_ms - self._rectified_ms < RECTIFIED_EVERY_MS:
            return
        self._rectified_ms = now_ms
        for case in take_more(self._world, self._units, self._rectified(), now_ms, self._rng):
            self._casework.add(case)

    def _live(self, born: NewCases, k: int, times: NDArray[np.int64]) -> LiveCase:
        lon, lat = born.lonlat[k]
        code, level, told_ms = CODES[born.rows[k]], int(born.levels[k]), int(born.told_ms[k])
        return LiveCase(
            id=born.ids[k],
            type=code,
            level=level,
            xy=self._world.pack.from_lonlat(lon, lat).astype(np.float64),
            centre=texts.desk(self._world, int(born.grids[k])),
            version=1,
            steps=detours.detoured(
                self._rng, lifecycle.course(self._rng, times), code, level, self._world.utc_offset_ms(told_ms)
            ),
        )

    def _commands(self, now_ms: int) -> None:
        commands = self._casework.due(now_ms, self._versions)
        if commands:
            self._write("commands", commands)

    def _cameras_change(self, now_ms: int) -> None:
        passed_ms = now_ms - self._cameras_ms
        if passed_ms >= CAMERAS_EVERY_MS:
            self._cameras_ms = now_ms
            changed = self._cameras.advance(self._rng, passed_ms)
            if len(changed):
                self._write("cameras", camera_records(self._cameras, changed, now_ms))

    def _shifts(self, now_ms: int) -> None:
        if abs(now_ms - self._shifts_ms) >= SHIFTS_EVERY_MS:
            self._shifts_ms = now_ms
            self._units.change_shifts(now_ms)

    def _telemetry(self, now_ms: int) -> None:
        """Units and polled cameras, as many as the rate still asks for."""
        count = int(self._owed)
        if count <= 0:
            return
        polled = int(self._rng.binomial(count, POLLED)) if len(self._round) else 0
        units = self._units.pick(count - polled, now_ms, self._rng)
        if len(units):
            self._write("units", unit_records(self._world, self._units, units, now_ms))
        # By night few units are about; cameras are polled the more.
        polled = min(count - len(units), len(self._round))
        if polled > 0:
            turn = self._round.take(range(self._turn, self._turn + polled), mode="wrap")
            self._turn = (self._turn + polled) % len(self._round)
            self._write("cameras", camera_records(self._cameras, turn, now_ms))

    def _heartbeats(self, now_ms: int) -> None:
        """On every stream, also beside data: most entries don't say whose they are."""
        if abs(now_ms - self._beat_ms) < HEARTBEAT_MS:
            return
        self._beat_ms = now_ms
        at = iso_times(np.array([now_ms]))[0]
        for kind in RAW_KINDS:
            self._write(kind, [{"kind": "heartbeat", "source": SOURCE, "at": at}])

    def _write(self, kind: str, events: list[dict[str, str]] | NDArray[np.void]) -> None:
        """Append to a stream: records packed, everything else flat."""
        if isinstance(events, np.ndarray):
            self._writer.append_packed(kind, events, simulated=True)
        else:
            self._writer.append_many(kind, events)
        # Bursts are made up for, but not for minutes on end.
        self._owed = max(self._owed - len(events), -self._rate * _OWED_S)
