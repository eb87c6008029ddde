"""The tables of the docs say what the files of `--json` say."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks.report import Row, write_rows
from tests.benchmarks.table import table


def test_a_table_has_every_figure_and_its_verdict(tmp_path: Path) -> None:
    rows = [
        Row("slow", "ms", 41.25, 900.0, 40.0, note="ours 39 to 44, n=5"),
        Row("fast", "events/s", 13_373.0, 1_108.0, 10_000.0, higher_is_better=True),
        Row("memory", "MB", 759.0),
    ]
    write_rows("live", rows, tmp_path / "live.json")
    lines = table(json.loads((tmp_path / "live.json").read_text(encoding="utf-8"))).splitlines()
    assert lines[0] == "### `live`"
    assert lines[3:6] == [
        "| slow | ms | 41.2 | 900 | 21.8 | 40 | **no** |",
        "| fast | events/s | 13,373 | 1,108 | 12.1 | 10,000 | yes |",
        "| memory | MB | 759 | – | – | – | – |",
    ]
    assert lines[-1] == "- slow: ours 39 to 44, n=5"
