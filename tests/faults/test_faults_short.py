"""The short form of `python -m tests.faults`: one Kite on a small disk, every fault that takes seconds."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.report import Finding, print_finding
from tests.faults.scenarios import disk_full, kills, out_of_memory, read_only
from tests.faults.scenarios.slow import one_way
from tests.faults.scene import apart, note_answers, settle, whole
from tests.faults.spell import Spell, endure

pytestmark = pytest.mark.valkey
_SPELL_S = 2.0


def test_a_kite_survives_what_can_be_done_to_it_in_seconds(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every part killed, the store read-only, out of memory, its disk full."""
    finding = Finding("short", "each part killed once, the store read-only, out of memory, its disk full")
    with ExitStack() as stack:
        disk = stack.enter_context(disk_full.small_disk(tmp_path / "disk"))
        scene, _ = stack.enter_context(whole(built, (disk or tmp_path) / "kite", "s", load=500.0, rate=100))
        kills.note_kills(finding, {part: [kills.kill_one(scene, finding, part)] for part in kills.PARTS})
        note_answers(finding, scene.clerk.take(), scene.log, "while parts died")
        endure(scene, finding, read_only.spell(scene, _SPELL_S))
        endure(scene, finding, out_of_memory.spell(scene, _SPELL_S))
        if disk is not None:
            endure(scene, finding, disk_full.spell(scene, disk, _SPELL_S))
        with kills.simulator_stopped(scene):
            settle(scene, finding, tmp_path / "scratch")
    told(finding, capsys)
    assert not finding.wrong
    if disk is None:
        pytest.skip(disk_full.WHY_NOT)


def test_a_web_server_that_is_cut_off_from_its_store_says_so_and_comes_back(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing passes for a while, and nobody is told: heartbeats go on, and what is asked is answered."""
    finding = Finding("cut", "nothing passed between web server and store for 6 s")
    with one_way() as way, apart(built, tmp_path / "kite", "c", way) as scene:

        def be(silent: bool) -> None:
            way.weather.silent = silent

        endure(scene, finding, Spell("the cut", 6.0, lambda: be(True), lambda: be(False)))
        settle(scene, finding, tmp_path / "scratch")
    told(finding, capsys)
    assert not finding.wrong


def told(finding: Finding, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print_finding(finding)
