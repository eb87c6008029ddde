"""SIGKILL of projector, web server, simulator and store at random moments under 1,000 entries a second."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.faults.report import TOO_LATE, Finding
from tests.faults.scene import Scene, kill, note_answers, pids, settle, wait_for, whole

PARTS = {
    "projector": "app.py project",
    "web": "app.py web",
    "simulator": "app.py simulate",
    "store": "valkey-server",
}
_PRODUCED, _SIMULATED = 700.0, 300.0
_PAUSES_S = (0.5, 14.0)
_SEED = 20261201


def run(built: Path, folder: Path, quick: bool, minutes: float = 10.0) -> Finding:
    """See above."""
    minutes = 0.5 if quick else minutes
    finding = Finding("kills", f"{minutes:g} minutes at {_PRODUCED + _SIMULATED:,.0f} entries/s")
    with whole(built, folder, "k", load=_PRODUCED, rate=_SIMULATED) as (scene, _):
        end_s = time.monotonic() + 60 * minutes
        chance = random.Random(_SEED)
        backs: dict[str, list[float]] = {part: [] for part in PARTS}
        while time.monotonic() < end_s:
            time.sleep(chance.uniform(*_PAUSES_S))
            part = chance.choice([*PARTS])
            backs[part].append(kill_one(scene, finding, part))
        note_kills(finding, backs)
        note_answers(finding, scene.clerk.take(), scene.log)
        with simulator_stopped(scene):
            settle(scene, finding, folder / "scratch")
    count = sum(map(len, backs.values()))
    finding.done += f", {count} SIGKILLs: {', '.join(f'{len(one)} {part}' for part, one in backs.items())}"
    return finding


def kill_one(scene: Scene, finding: Finding, part: str) -> float:
    """Kill a part; seconds until every screen has something that was told later."""
    wait_for(lambda: pids(scene.processes(), PARTS[part]), 60, f"{part} runs")
    scene.clerk.may_be_down = part == "web"
    # The web server is gunicorn and its worker: the one that works.
    kill(pids(scene.processes(), PARTS[part])[-1])
    seen = scene.wall.seen(scene.wall.mark())
    scene.clerk.may_be_down = False
    if seen.worst_s is None:
        finding.wrong.append(f"a screen never came back after {part} was killed")
        return 60.0
    return seen.worst_s


def note_kills(finding: Finding, backs: dict[str, list[float]]) -> None:
    """How long it took, by part."""
    for part, took in backs.items():
        if took:
            middle = statistics.median(took)
            finding.facts[f"all screens back after {part} was killed"] = (
                f"{min(took):.1f} to {max(took):.1f} s, median {middle:.1f}, n={len(took)}"
            )
            late = sum(one > 10.0 for one in took)
            if late:
                finding.wrong.append(f"{part} killed: {TOO_LATE}, {late} of {len(took)} times")


@contextmanager
def simulator_stopped(scene: Scene) -> Iterator[None]:
    """The simulator stops where it is, for a while: its supervisor would start a dead one again."""

    def all_stopped() -> bool:
        found = pids(scene.processes(), PARTS["simulator"])
        for process in found:
            process.suspend()
        return bool(found) and all(one.status() == psutil.STATUS_STOPPED for one in found)

    wait_for(all_stopped, 60, "the simulator stops")
    yield
    for process in pids(scene.processes(), PARTS["simulator"]):
        process.resume()
