"""Run as a process of its own: bytes that atheris makes up, for what parses bytes.

`python -m tests.fuzz.parsing TALLY -runs=N -seed=S`: libFuzzer ends the process when it is done, so the
tally is written on the way. What a parser may say is in `ANSWERS`; whatever else it raises ends the run
with a trace.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["dashboard.streams", "dashboard.domain"]):
    from dashboard.domain.refused import Refused
    from dashboard.streams import codecs, frame, requests
    from dashboard.streams.city import CityModel
    from dashboard.streams.codecs import EntryId
    from dashboard.streams.errors import StreamsError
    from dashboard.streams.merge import Entry
    from dashboard.streams.outcome import Outcome
    from dashboard.streams.parsing import parse_cases
    from dashboard.streams.telemetry import Cameras, Units

from tests.streams.small_city import make_city

ANSWERS = {Refused: "refused", frame.FrameError: "no frame", StreamsError: "no backup", EOFError: "cut off"}
_STAMP_MS = 1_795_500_000_000
_CITY: CityModel = make_city()


def _frame(data: bytes) -> str:
    sections = frame.decode(data)
    assert frame.encode(sections)[:8] == data[:8]
    return "frame"


def _records(kind: str, table: Any) -> Callable[[bytes], str]:
    def read(data: bytes) -> str:
        name = codecs.PACKED if len(data) % 3 else codecs.CHECKPOINT
        records, _ = codecs.unpack_records(kind, {name: data})
        if name == codecs.CHECKPOINT:
            fits = table.checkpoint_fits(records, _CITY, _STAMP_MS)
            return "checkpoint" if fits else "no checkpoint of this city"
        refused = table.refusals(records, _CITY, _STAMP_MS)
        assert all(place < len(records) for place in refused)
        return "records"

    return read


def _entry(kind: str, name: bytes) -> Callable[[bytes], str]:
    """A whole entry of reports or commands, in one field or in as many as the bytes say."""

    def read(data: bytes) -> str:
        parts = [data] if name else data.split(b"\xff", 30)
        fields = {name: data} if name else dict(zip(parts[::2], parts[1::2], strict=False))
        outcome = Outcome()
        entry = Entry(1, _STAMP_MS, 0, 0, kind, _STAMP_MS, fields)
        items = parse_cases([entry], _CITY, outcome)
        for item in items:
            if isinstance(item.event, Refused):
                item.letter(item.event).to_entry()
        return "entry" if items else "nothing in it"

    return read


def _entry_id(data: bytes) -> str:
    try:
        EntryId.parse(data)
    except ValueError:  # the server makes these: nobody catches more
        return "no id"
    return "id"


def _requests(data: bytes) -> str:
    """The requests of which a backup is made."""
    for request in requests.decode(io.BytesIO(data)):
        assert request.raw == requests.encode(*request.words)
    return "requests"


PARSERS: tuple[Callable[[bytes], str], ...] = (
    _frame, _records("cameras", Cameras), _records("units", Units), _entry("reports", codecs.PACKED),
    _entry("commands", codecs.PACKED), _entry("reports", b""), _entry("commands", b""), _entry_id,
    _requests,
)  # fmt: skip


class Counted:
    """The function that libFuzzer calls; writes its tally now and then, and at the last run."""

    def __init__(self, file: Path, runs: int) -> None:
        self._file, self._runs, self._inputs = file, runs, 0
        self._answers: Counter[str] = Counter()

    def __call__(self, data: bytes) -> None:
        """One input; its first byte chooses the parser."""
        read = PARSERS[data[0] % len(PARSERS)] if data else _entry_id
        try:
            said = read(data[1:])
        except tuple(ANSWERS) as problem:
            said = problem.reason_code if isinstance(problem, Refused) else ANSWERS[type(problem)]
        self._inputs += 1
        self._answers[said] += 1
        if self._inputs >= self._runs or self._inputs % 5000 == 0:
            tally = {"inputs": self._inputs, "answers": self._answers}
            self._file.write_text(json.dumps(tally), encoding="utf-8")


def main() -> None:
    """Fuzz until the runs are over."""
    file, *arguments = sys.argv[1:]
    runs = next(int(word.removeprefix("-runs=")) for word in arguments if word.startswith("-runs="))
    atheris.Setup([sys.argv[0], *arguments], Counted(Path(file), runs))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
