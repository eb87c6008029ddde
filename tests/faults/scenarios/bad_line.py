"""Half of the screens have a bad line to the web server: slow, narrow, cut off again and again, silent."""

from __future__ import annotations

import time
from pathlib import Path

from tests.e2e.conftest import run_city
from tests.faults.proxy import Weather, proxy
from tests.faults.report import Finding
from tests.faults.scene import SCREENS, at_work, make, note_answers, note_screens, settle

BAD = Weather(delay_s=0.3, bytes_per_s=20_000, cut_after_s=6.0)
_BAD_ONES, _GOOD_ONES = slice(0, SCREENS, 2), slice(1, SCREENS, 2)


def run(built: Path, folder: Path, quick: bool) -> Finding:
    """See above."""
    seconds = 8.0 if quick else 60.0
    finding = Finding(
        "bad-line",
        f"{SCREENS // 2} of {SCREENS} screens for {seconds:g} s: 20 kB/s, 300 ms each way and a cut every "
        f"6 s or so, then {seconds / 2:g} s in which nothing passes",
    )
    with run_city(built, folder, rate=0) as running:
        port = int(running.kite.url.rpartition(":")[2])
        with proxy(f"127.0.0.1:{port}") as line:
            ports = (line.port, port)
            scene = make("bad", running.kite.url, running.kite.redis_url, port, running.pack, 200.0, ports)
            scene.log = running.kite.log
            with at_work(scene):
                scene.wall.begin()
                line.weather = BAD
                marked_s = scene.wall.mark()
                time.sleep(seconds)
                bad, good = (scene.wall.seen(marked_s, 1, which) for which in (_BAD_ONES, _GOOD_ONES))
                note_screens(finding, "the bad half, while it is bad", bad, 60)
                note_screens(finding, "the good half, beside it", good, 2)
                line.weather = Weather(silent=True)
                marked_s = scene.wall.mark()
                time.sleep(seconds / 2)
                good = scene.wall.seen(marked_s, 1, _GOOD_ONES)
                note_screens(finding, "the good half, beside silent ones", good, 2)
                finding.facts["longest without a heartbeat, good half"] = f"{good.silence_s:.1f} s"
                if good.silence_s > 4:
                    finding.wrong.append(f"good screens heard nothing for {good.silence_s:.1f} s")
                note_answers(finding, scene.clerk.take(), scene.log)
                line.weather = Weather()
                bad = scene.wall.seen(scene.wall.mark(), 60, _BAD_ONES)
                note_screens(finding, "the bad half, once good", bad)
                settle(scene, finding, folder / "scratch")
    return finding
