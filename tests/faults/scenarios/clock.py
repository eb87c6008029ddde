"""The clock of store and web server jumps an hour ahead, and back again; the projector goes by the first."""

from __future__ import annotations

import time
from pathlib import Path

from tests.faults.report import Finding
from tests.faults.scene import Scene, apart, note_answers, note_screens, settle

LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
)
WHY_NOT = "a clock can't be made to jump here without libfaketime (Debian: faketime)"


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds = 4.0 if quick else 15.0
    more = "" if quick else ", then an hour behind and back"
    done = f"the clock of store and web server an hour ahead for {seconds:g} s, then back{more}"
    finding = Finding("clock", done)
    library = next((path for path in LIBRARIES if Path(path).exists()), None)
    if library is None:
        finding.skipped = WHY_NOT
        return finding
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "clock"
    given = false_clock(library, clock)
    web = ("env", *(f"{name}={value}" for name, value in given.items()))
    with apart(built, folder / "kite", "cl", str, web=web, store_env=given) as scene:
        jump(scene, finding, clock, "+3600", "an hour ahead", seconds)
        jump(scene, finding, clock, "+0", "back again", seconds)
        if not quick:
            jump(scene, finding, clock, "-3600", "an hour behind", seconds)
            jump(scene, finding, clock, "+0", "right again", seconds)
        settle(scene, finding, folder / "scratch")
    return finding


def jump(scene: Scene, finding: Finding, clock: Path, offset: str, what: str, seconds: float) -> None:
    """Let the clock jump; screens are back with the first position that is newer than all before."""
    scene.wall.begin()
    scene.clerk.take()
    set_clock(clock, offset)
    time.sleep(1.2)  # a false clock looks at its file once a second
    marked_s = scene.wall.mark(scene.wall.newest)
    time.sleep(seconds)
    seen = scene.wall.seen(marked_s)
    note_screens(finding, what, seen)
    finding.facts[f"longest without a heartbeat, {what}"] = f"{seen.silence_s:.1f} s"
    note_answers(finding, scene.clerk.take(), scene.log, what)


def set_clock(clock: Path, offset: str) -> None:
    """Put the offset, s, in one piece where the false clock looks."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(offset + "\n", encoding="ascii")
    fresh.rename(clock)


def false_clock(library: str, clock: Path) -> dict[str, str]:
    """What makes the clock of a process that which the file says; durations are measured as ever.

    Not of one that sleeps as Python does by itself: the library fails at that by a clock left alone.
    """
    set_clock(clock, "+0")
    return {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_RESET": "1",
    }
