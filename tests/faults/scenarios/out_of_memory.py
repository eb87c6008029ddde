"""The store reaches its memory limit and, as it may throw nothing away, takes nothing more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.faults.report import Finding
from tests.faults.scene import Scene
from tests.faults.spell import Spell, pass_over


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds = 4.0 if quick else 20.0
    done = f"maxmemory under what is in use, noeviction, for {seconds:g} s, then none"
    finding = Finding("out-of-memory", done)
    return pass_over(built, folder, finding, "oom", lambda scene: spell(scene, seconds))


def spell(scene: Scene, seconds: float) -> Spell:
    """No memory left for so long."""

    def begin() -> None:
        used: Any = scene.store.info("memory")
        scene.store.config_set("maxmemory-policy", "noeviction")
        scene.store.config_set("maxmemory", str(used["used_memory"] // 2))

    return Spell("out of memory", seconds, begin, lambda: scene.store.config_set("maxmemory", "0"))
