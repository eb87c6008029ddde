"""One spell of bad weather: it begins, lasts, and ends; what everybody saw of it is put down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.report import Finding
from tests.faults.scene import Scene, note_answers, note_screens, settle, whole

STALE_AFTER_S = 9.0  # the setting's default: by then a screen must look stale
_HEARTBEAT_LATE_S = 6.0  # a screen that hears nothing for so long opens its stream anew
_SLACK_S = 4.0


@dataclass
class Spell:
    """What happens: `begin()`, so many `seconds` in which `meanwhile()` is done again and again, `end()`.

    `stops_news`: nothing new can reach the screens meanwhile, so they must be told how old all is.
    `patience_s`: so long an answer of the web server may take.
    """

    what: str
    seconds: float
    begin: Callable[[], Any]
    end: Callable[[], Any]
    stops_news: bool = True
    patience_s: float = 10.0
    meanwhile: Callable[[], Any] = lambda: None


def endure(scene: Scene, finding: Finding, spell: Spell) -> None:
    """Let it pass over the scene, and put down what was seen."""
    scene.wall.begin()
    scene.clerk.take()
    began_s = time.monotonic()
    spell.begin()
    while time.monotonic() < began_s + spell.seconds:
        spell.meanwhile()
        time.sleep(0.2)
    lasted_s = time.monotonic() - began_s
    spell.end()
    seen = scene.wall.seen(scene.wall.mark())
    when = f"in {spell.what} and until all were back"
    note_answers(finding, scene.clerk.take(), scene.log, when, spell.patience_s)
    note_screens(finding, f"after {spell.what}", seen)
    finding.facts[f"longest without a heartbeat, {spell.what}"] = f"{seen.silence_s:.1f} s"
    finding.facts[f"oldest data that screens were told of, {spell.what} for {lasted_s:.1f} s"] = (
        f"{seen.told_age_s:.1f} s"
    )
    if seen.silence_s > _HEARTBEAT_LATE_S:
        finding.wrong.append(f"screens heard nothing for {seen.silence_s:.1f} s")
    if spell.stops_news and seen.told_age_s < lasted_s - _SLACK_S:
        finding.wrong.append("screens were not told how old their data was")


def pass_over(
    built: Path, folder: Path, finding: Finding, name: str, spell: Callable[[Scene], Spell]
) -> Finding:
    """Let it pass over a whole Kite, and hold the ledger against what there is; `name` begins the ids."""
    with whole(built, folder, name) as (scene, _):
        endure(scene, finding, spell(scene))
        settle(scene, finding, folder / "scratch")
    return finding
