"""The store turns read-only, as a primary does that has become a replica of one that is not there."""

from __future__ import annotations

from pathlib import Path

from tests.faults.report import Finding
from tests.faults.scene import Scene
from tests.faults.spell import Spell, pass_over
from tests.parts import free_port


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds = 4.0 if quick else 20.0
    done = f"the store was a replica of nobody for {seconds:g} s, then a primary again"
    finding = Finding("read-only", done)
    return pass_over(built, folder, finding, "ro", lambda scene: spell(scene, seconds))


def spell(scene: Scene, seconds: float) -> Spell:
    """Read-only for so long."""
    order = scene.store.execute_command
    return Spell(
        "read-only",
        seconds,
        lambda: order("REPLICAOF", "127.0.0.1", free_port()),
        lambda: order("REPLICAOF", "NO", "ONE"),
    )
