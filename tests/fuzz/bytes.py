"""What parses bytes (wire format, records, entries, ids, backups), fuzzed by atheris in its own process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from dashboard.streams import codecs, frame
from dashboard.streams.requests import encode
from tests.fuzz.tally import Tally
from tests.parts import ROOT
from tests.streams.small_city import command, report

_LONGEST_BYTES = 4096
_AT_MS = 1_795_000_000_000
_REACHED = re.compile(r"^#\d+\s+(\w+)\s+cov: (\d+)", re.MULTILINE)


def fuzz_bytes(inputs: int, seed: int) -> Tally:
    """Inputs that libFuzzer makes up by what of the code they reach."""
    tally = Tally("bytes")
    begun_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kite-fuzz-") as folder:
        counted = Path(folder) / "tally.json"
        # A seed of 0 would be one of libFuzzer's own; what it finds it writes where it runs.
        options = [f"-runs={inputs}", f"-seed={seed + 1}", f"-max_len={_LONGEST_BYTES}"]
        options += [f"-artifact_prefix={folder}/", str(_corpus(Path(folder) / "corpus"))]
        run = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.parsing", str(counted), *options],
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        said = json.loads(counted.read_text(encoding="utf-8")) if counted.exists() else {"answers": {}}
        for answer, count in said["answers"].items():
            tally.answer(answer, count)
        if run.returncode != 0 or tally.inputs < inputs:
            tally.fail(f"atheris ended with {run.returncode}: {run.stderr[-3000:]}")
        note_reached(tally, run.stderr)
    tally.seconds = time.monotonic() - begun_s
    return tally


def note_reached(tally: Tally, said: str) -> None:
    """Put down how much of the code libFuzzer says it reached; where that never grew, nothing guided it."""
    reached = [int(count) for _, count in _REACHED.findall(said)]
    news = sum(event == "NEW" for event, _ in _REACHED.findall(said))
    if not news:
        tally.fail("What parses bytes was not guided by what it reaches: is it imported before atheris?")
        return
    grew = f"{reached[0]:,} places of the code by good input, {reached[-1]:,} in the end"
    tally.facts.append(f"reached {grew}; {news:,} inputs found new ones")


def _corpus(folder: Path) -> Path:
    """Good input of every parser to begin from: the first byte is its place in `parsing.PARSERS`."""
    scores = frame.section("regions", "score", [850, 700], [1, 2])
    camera = np.array([(3, 1, _AT_MS)], dtype=codecs.CAMERA_RECORD)
    unit = np.array([(3, 1, 119.0, 36.0, _AT_MS)], dtype=codecs.UNIT_RECORD)
    a_report, a_command = report("c-1", _AT_MS), command("c-1", "accept", _AT_MS)
    seeds = [
        frame.encode([scores, frame.section("clock", "clock", {"clock_ms": _AT_MS})]),
        camera.tobytes() * 2,
        unit.tobytes(),
        codecs.pack_objects([a_report, {**a_report, "level": 1}]),
        codecs.pack_objects([a_command]),
        _flat(a_report),
        _flat(a_command),
        b"1795493298615-0",
        encode("ECHO", "{}") + encode("SET", "{379900}:format", 2),
    ]
    folder.mkdir()
    for number, seed in enumerate(seeds):
        (folder / f"{number}").write_bytes(bytes([number]) + seed)
    return folder


def _flat(entry: dict[str, str]) -> bytes:
    return b"\xff".join(part.encode() for pair in entry.items() for part in pair)
