"""No route breaks with the store: each answers as ever, or 503 with a sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts import ROOT

pytestmark = pytest.mark.valkey
LEAST = 60
"""Routes that there are at the least: fewer, and the walk has gone astray."""


def test_whatever_becomes_of_the_store_no_route_breaks(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(built / "packs", tmp_path / "packs")
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults.walk", str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout.splitlines()[-1])
    for trouble, answers in found.items():
        assert len(answers) >= LEAST
        broken = {path: said for path, (status, said) in answers.items() if status >= 500 and status != 503}
        assert not broken, trouble
        mute = [path for path, (status, said) in answers.items() if status == 503 and len(said) < 20]
        assert not mute, trouble
        status, said = answers["POST /api/v1/reports"]
        assert (status, json.loads(said)["reason"]) == (503, "unwritten"), trouble
    away = sum(status == 503 for status, _ in found["away"].values())
    with capsys.disabled():
        print(f"\n{len(found['away'])} routes: with the store away {away} answer 503, none breaks")
    assert away
