"""The state machine: entries in their order in, new state and what changed out; no server, no clock.

Time is that of the entries. `clock_ms` is the latest `occurred_at` or `at` that was accepted on the streams
of reports and commands. Cameras and units have times of their own and don't move it, so that their raw
streams can be trimmed without a trace. The index is evaluated at the end of each bucket that held a report
or command, and of each in which the clock passed a minute: so levels, which depend on those before them,
come out the same whatever the batches. What is published is published then, with these levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain import cases
from dashboard.domain.cases import Case
from dashboard.domain.decay import HORIZON_HALF_LIVES
from dashboard.domain.events import Command, Heartbeat, Publish, Report
from dashboard.domain.heat import HALF_LIFE_MS as HEAT_HALF_LIFE_MS
from dashboard.domain.heat import HeatMap
from dashboard.domain.hierarchy import GRID
from dashboard.domain.rectification import Moment
from dashboard.domain.refused import Refused
from dashboard.domain.safety_index import Evaluation, SafetyIndex, tenths
from dashboard.domain.settling import Settled
from dashboard.streams.case_book import CaseBook, decode_case, decode_known
from dashboard.streams.city import CityModel
from dashboard.streams.keys import CASES, LANES
from dashboard.streams.merge import Entry
from dashboard.streams.outcome import Outcome
from dashboard.streams.parsing import OUTSIDE, Item, parse_cases
from dashboard.streams.publication_book import PublicationBook
from dashboard.streams.tables import LEVEL_CAPPED, LEVEL_HATCHED, LEVEL_MASK, SCORE_UNKNOWN
from dashboard.streams.telemetry import Cameras, Units
from dashboard.streams.telemetry_batch import apply_telemetry
from dashboard.streams.trend import HOUR_MS, encode_row, outdated
from dashboard.streams.unforeseen import unforeseen

MINUTE_MS = 60_000
HEAT_MEMORY_MS = (HORIZON_HALF_LIVES + 1) * HEAT_HALF_LIFE_MS
"""A case that occurred longer ago has no heat at the present epoch, nor at any later one."""


class Projection:
    """The state of one city. What `apply` returns must be written, or the whole be loaded anew."""

    def __init__(self, city: CityModel) -> None:
        self.city = city
        self.cases = CaseBook(city.grid_count)
        self.cameras = Cameras(city)
        self.units = Units(city)
        self.index = SafetyIndex(city.hierarchy, city.population, city.parameters)
        self.heat = HeatMap(city.grid_count)
        self.settled = Settled(city.grid_count)
        self.publications = PublicationBook(city)
        self.levels: NDArray[np.uint8] = np.zeros(len(city.hierarchy), dtype=np.uint8)
        self.hours: set[int] = set()
        self.simulated: set[str] = set()
        self.clock_ms = 0
        self.evaluated_ms = 0
        self.evaluation: Evaluation | None = None

    def apply(self, entries: Sequence[Entry], outcome: Outcome | None = None) -> Outcome:
        """Apply entries of whole buckets of a lane, in their order; adds to `outcome` where one is given."""
        outcome = Outcome() if outcome is None else outcome
        apply_telemetry(self, entries, outcome)
        items = parse_cases(entries, self.city, outcome)
        for _, bucket in groupby(items, key=lambda item: item.entry.bucket):
            self._apply_bucket(list(bucket), outcome)
        return outcome

    def _apply_bucket(self, items: list[Item], outcome: Outcome) -> None:
        minute = self.clock_ms // MINUTE_MS
        changed = 0
        for item in items:
            try:
                changed += self._apply_item(item, outcome)
            except Refused as refusal:
                outcome.refuse(item.letter(refusal))
                outcome.heard.repeat(item.entry.kind, count=refusal.reason_code == "duplicate")
                if isinstance(item.event, Command):
                    known = self.cases.get(item.event.case)
                    outcome.answer(item.event, refusal, None if known is None else known.grid)
                elif isinstance(item.event, Publish):
                    outcome.answer_publish(item.event, refusal)
        if changed or self.clock_ms // MINUTE_MS > minute:
            self._evaluate()
            outcome.evaluated = True
        for event in self.publications.take_expected():
            self._publish(event, outcome)

    def _apply_item(self, item: Item, outcome: Outcome) -> int:
        """1 for an accepted report or command, 0 for a heartbeat; raises `Refused`."""
        event = item.event
        if isinstance(event, Refused):
            raise event
        kind = item.entry.kind
        if isinstance(event, Heartbeat):
            self._advance(event.at_ms, outcome)
            outcome.heartbeats[kind] += 1
            outcome.heard.heartbeat(kind, event)
            return 0
        if isinstance(event, Publish):
            self.publications.expect(event)
            self._advance(event.at_ms, outcome)
            return self._accept(kind, event.simulated, outcome)
        if isinstance(event, Report):
            known, at_ms = self.cases.get(event.id), event.occurred_at_ms
            case = self._case_after(known, item)
            outcome.heard.report(kind, event, case.grid, known is None, case is not known)
        else:
            known, at_ms = self.cases.get(event.case), event.at_ms
            case = self._case_after(known, item)
            outcome.answer(event, case, case.grid)
        self._advance(at_ms, outcome)
        if case is not known:
            self._keep(known, case, outcome)
        return self._accept(kind, event.simulated, outcome)

    def _accept(self, kind: str, simulated: bool, outcome: Outcome) -> int:
        outcome.accepted[kind] += 1
        if simulated:
            self.simulated.add(kind)
        return 1

    def _case_after(self, known: Case | None, item: Item) -> Case:
        """The case as a report or command leaves it; changes nothing. Raises `Refused`."""
        try:
            if isinstance(item.event, Report):
                return self._after_report(known, item.event, item.grid)
            assert isinstance(item.event, Command)
            return self._after_command(known, item.event)
        except Refused:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must not stop the events behind it
            raise unforeseen(problem, item.raw) from None

    def _after_report(self, known: Case | None, report: Report, grid: int) -> Case:
        if grid == OUTSIDE:
            place = f"grid {report.grid}" if report.lon is None else f"point {report.lon}, {report.lat}"
            raise Refused("outside", f"The {place} is not in this city.")
        return cases.new_case(report, grid) if known is None else cases.merge_report(known, report, grid)

    def _after_command(self, case: Case | None, command: Command) -> Case:
        if case is None:
            raise Refused("unknown_case", f"There is no case {command.case}.")
        if command.into is not None and command.into not in self.cases:
            raise Refused("unknown_case", f"There is no case {command.into} to merge into.")
        if command.unit is not None and self.city.unit_number(command.unit) is None:
            raise Refused("bad_value", "The field 'unit' must be a unit of this city.", field="unit")
        grid = None if command.grid is None else self.city.hierarchy.grid_of(command.grid)
        return cases.apply(case, command, grid)

    def _publish(self, event: Publish, outcome: Outcome) -> None:
        """The index as it has just been evaluated."""
        evaluation = self.evaluation
        assert evaluation is not None
        moment = Moment(
            self.clock_ms,
            evaluation.version,
            not self.simulated.isdisjoint(LANES[CASES]),  # the other lane may be here or there by now
            tenths(evaluation.score),
            (self.levels & LEVEL_MASK).astype(np.uint8),
            evaluation.hatched,
            evaluation.capped,
        )
        made, is_new = self.publications.publish(event, moment, evaluation, self.index, self.cases)
        outcome.answer_publish(event, made)
        if is_new:
            outcome.publications.append(made)

    def _keep(self, known: Case | None, case: Case, outcome: Outcome) -> None:
        self.cases.put(case)
        self.index.add(case)
        self.heat.add(case)
        outcome.settled.update(self.settled.replace(known, case))
        outcome.cases[case.id] = case

    def _advance(self, at_ms: int, outcome: Outcome) -> None:
        """Move the clock on; passing an hour leaves a row of the state as it was up to then."""
        if at_ms <= self.clock_ms:
            return
        hour = at_ms // HOUR_MS
        if self.clock_ms and hour > self.clock_ms // HOUR_MS:
            self._add_trend_row(hour, outcome)
        self.clock_ms = at_ms

    def _add_trend_row(self, hour: int, outcome: Outcome) -> None:
        above_grids = self.city.hierarchy.tier_start[GRID]
        score = tenths(self.index.evaluate(hour * HOUR_MS).score[:above_grids])
        outcome.trend[hour] = encode_row(score, self.open_cases()[:above_grids])
        old = outdated(self.hours, hour)
        self.hours = (self.hours | {hour}) - old
        outcome.outdated_hours |= old
        for gone in old:
            outcome.trend.pop(gone, None)

    def _evaluate(self) -> None:
        self.evaluated_ms = self.clock_ms
        self.evaluation = self.index.evaluate(self.clock_ms)
        before = (self.levels & LEVEL_MASK).astype(np.uint8)
        level = self.index.levels(self.evaluation.score, before)
        self.levels = (
            level
            | np.where(self.evaluation.hatched, np.uint8(LEVEL_HATCHED), np.uint8(0))
            | np.where(self.evaluation.capped, np.uint8(LEVEL_CAPPED), np.uint8(0))
        )

    def open_cases(self) -> NDArray[np.uint16]:
        """Open cases of every region, u16[R]; 65535 means that many or more."""
        counts = self.city.hierarchy.sum_to_regions(self.cases.open_per_grid)
        return np.minimum(counts, SCORE_UNKNOWN).astype(np.uint16)

    def restore_case(self, packed: bytes) -> None:
        """Take in a case from the store; `evaluated_ms` must have been restored before."""
        known, is_open = decode_known(packed)
        if is_open:
            self.cases.put(decode_case(packed))
        else:
            self.cases.restore_ended(known.id, packed)
        weighed: Any = known  # has all of a case that the index reads
        self.index.add(weighed)
        if known.occurred_at_ms > self.evaluated_ms - HEAT_MEMORY_MS:
            self.heat.add(decode_case(packed))

    def restore_evaluation(self) -> None:
        """Once all is restored: the evaluation that the levels came from."""
        if self.evaluated_ms:
            self.evaluation = self.index.evaluate(self.evaluated_ms)
