"""Cameras and units of one batch: read, judged and applied as arrays, entry by entry in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.events import (
    CameraStatus,
    UnitStatus,
    is_heartbeat,
    parse_camera,
    parse_heartbeat,
    parse_unit,
)
from dashboard.domain.refused import VALUES_NOT_KEPT, Refused
from dashboard.streams.city import CityModel
from dashboard.streams.codecs import (
    CHECKPOINT,
    RECORDS,
    decode_texts,
    is_packed,
    lossy_texts,
    unpack_records,
)
from dashboard.streams.dead_letters import DeadLetter
from dashboard.streams.merge import Entry
from dashboard.streams.outcome import Outcome
from dashboard.streams.telemetry import Cameras, Numbers, Units
from dashboard.streams.unforeseen import unforeseen

if TYPE_CHECKING:
    from dashboard.streams.projection import Projection

_NAN = float("nan")
_STAMP_MS = 10  # flat entries within one bucket are judged together, by its end


def apply_telemetry(projection: Projection, entries: Sequence[Entry], outcome: Outcome) -> None:
    """Apply the entries of cameras and units; other kinds are skipped."""
    for kind, table in (("cameras", projection.cameras), ("units", projection.units)):
        batch = _Batch(kind, table, projection, outcome)
        for entry in entries:
            if entry.kind == kind:
                batch.take(entry)
        batch.flush()
    outcome.cameras = np.unique(outcome.cameras)
    outcome.units = np.unique(outcome.units)


def _camera_row(event: CameraStatus, city: CityModel) -> tuple[Any, ...]:
    return event.camera, event.status, event.at_ms


def _unit_row(event: UnitStatus, city: CityModel) -> tuple[Any, ...]:
    number = city.unit_number(event.unit)
    if number is None:
        raise Refused("bad_value", "The field 'unit' must be a unit of this city.", field="unit")
    if event.lon is None or event.lat is None:
        return number, event.state, _NAN, _NAN, event.at_ms
    return number, event.state, event.lon, event.lat, event.at_ms


_Parse = Callable[[Mapping[str, str], int], Any]
_Row = Callable[[Any, CityModel], tuple[Any, ...]]
_PARSE: dict[str, tuple[_Parse, _Row]] = {
    "cameras": (parse_camera, _camera_row),
    "units": (parse_unit, _unit_row),
}


class _Batch:
    """Gathers good records of one kind in their order, and applies them together."""

    def __init__(self, kind: str, table: Cameras | Units, projection: Projection, outcome: Outcome) -> None:
        self._kind, self._table, self._outcome = kind, table, outcome
        self._city, self._simulated = projection.city, projection.simulated
        self._pieces: list[NDArray[Any]] = []
        self._rows: list[tuple[Any, ...]] = []
        self._flat: list[tuple[Entry, dict[str, str]]] = []
        self._parse, self._row = _PARSE[kind]

    def take(self, entry: Entry) -> None:
        """One entry, in its turn."""
        if is_packed(entry.fields):
            self._take_packed(entry)
        else:
            self._take_flat(entry)

    def _take_flat(self, entry: Entry) -> None:
        texts: dict[str, str] | None = None
        try:
            texts = decode_texts(entry.fields)
            if is_heartbeat(texts):
                self._outcome.heard.heartbeat(self._kind, parse_heartbeat(texts, entry.stamp_ms))
                self._outcome.heartbeats[self._kind] += 1
                return
            event = self._parse(texts, entry.stamp_ms)
            self._rows.append(self._row(event, self._city))
            self._flat.append((entry, texts))
            if event.simulated:
                self._simulated.add(self._kind)
        except Refused as refusal:
            self._refuse(entry, None, refusal, lossy_texts(entry.fields) if texts is None else texts)
        except Exception as problem:  # noqa: BLE001 - whatever it is, it must not stop the events behind it
            shown = lossy_texts(entry.fields) if texts is None else texts
            self._refuse(entry, None, unforeseen(problem, shown), shown)

    def _take_packed(self, entry: Entry) -> None:
        self._settle_flat()
        try:
            records, simulated = unpack_records(self._kind, entry.fields)
            if CHECKPOINT in entry.fields:
                self._take_checkpoint(records, entry)
        except Refused as refusal:
            self._refuse(entry, None, refusal, lossy_texts(entry.fields))
            return
        if CHECKPOINT not in entry.fields:
            refusals = self._table.refusals(records, self._city, entry.stamp_ms)
            for place, found in refusals.items():
                self._refuse(entry, place, found, _as_dict(records[place]))
            self._add(np.delete(records, list(refusals)) if refusals else records)
        if simulated:
            self._simulated.add(self._kind)

    def _take_checkpoint(self, records: NDArray[Any], entry: Entry) -> None:
        if not self._table.checkpoint_fits(records, self._city, entry.stamp_ms):
            raise Refused("bad_value", "The field 'checkpoint' names what is not in this city or lies ahead.")
        self.flush()
        self._note(self._table.apply_checkpoint(records))

    def _settle_flat(self) -> None:
        """Turn the flat events gathered so far into a piece."""
        if not self._rows:
            return
        records = np.array(self._rows, dtype=RECORDS[self._kind])
        # Their times were judged one by one already.
        refusals = self._table.refusals(records, self._city, self._flat[-1][0].stamp_ms + _STAMP_MS)
        for place, refusal in refusals.items():
            entry, texts = self._flat[place]
            self._refuse(entry, None, refusal, texts)
        self._add(np.delete(records, list(refusals)) if refusals else records)
        self._rows, self._flat = [], []

    def _add(self, records: NDArray[Any]) -> None:
        self._outcome.accepted[self._kind] += len(records)
        self._pieces.append(records)

    def flush(self) -> None:
        """Apply all that was gathered."""
        self._settle_flat()
        if self._pieces:
            records = np.concatenate(self._pieces)
            self._outcome.heard.repeat(self._kind, count=self._table.repeats(records))
            self._note(self._table.apply(records, self._city))
            self._pieces = []

    def _note(self, numbers: Numbers) -> None:
        name = self._kind
        setattr(self._outcome, name, np.concatenate([getattr(self._outcome, name), numbers]))

    def _refuse(self, entry: Entry, position: int | None, refusal: Refused, values: Any) -> None:
        self._outcome.refuse(DeadLetter.of(self._kind, entry.id, position, refusal, values))
        if refusal.reason_code in VALUES_NOT_KEPT:
            self._outcome.forget.append((self._kind, entry.id))


def _as_dict(record: Any) -> dict[str, Any]:
    return dict(zip(record.dtype.names, record.item(), strict=True))
