"""What the processes and the page of a Kite under load spend their time on, as markdown for the docs.

    python -m tests.benchmarks.profile [--rate 500] [--seconds 20]

py-spy (as root, or where ptrace is allowed) looks at the projector and a web worker, Chromium's own tracing
and CPU profiler at an open page. All are given in ms of work per second of time, so 1,000 is a whole core.
Profiling costs itself: the shares are to be trusted, not the sums.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from dashboard.streams.codecs import EntryId
from dashboard.streams.keys import RAW_KINDS, Keys
from geodata import load_pack
from tests.benchmarks.pages import wait_until_loaded
from tests.benchmarks.probes import opened
from tests.benchmarks.processes import child, cpu_ms, name_of, wait_until_caught_up
from tests.benchmarks.trace import CATEGORIES, LONG_TASK_MS, Summary, largest, summarise
from tests.benchmarks.updates import newest_change, wait_until_shown
from tests.parts import ROOT, Kite, chromium, running_kite

SAMPLES_PER_S = 200
_SHOWN = 15
_START_S = 2  # of a trace, that the profiler's own start disturbs
_WRITTEN_SHARE = 0.95  # of the rate that was asked for
_KEEPS_UP_MS = 1000  # the page has the newest change within this, or it did not keep up
# Where a thread of gevent or of a pool waits for what comes; py-spy can't always tell that from work.
_WAITING = ("Hub.run (gevent", "acquire_with_timeout (gevent", "_worker (concurrent/futures/thread.py")


@dataclass
class Stacks:
    """Samples of one process by function: where the work itself was, and what it was called from."""

    self_: Counter[str]
    total: Counter[str]
    samples: int


def main() -> None:
    """Profile a Kite that is started for it, and print the markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.profile")
    parser.add_argument("--rate", type=float, default=500, help="entries per second")
    parser.add_argument("--seconds", type=int, default=20, help="how long each part is looked at")
    parser.add_argument("--trace", type=Path, help="keep the browser's trace, for its own viewer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kite-profile-") as folder:
        data = Path(os.environ.get("KITE_DATA_DIR", folder))
        with running_kite(data, rate=20) as kite, chromium() as browser:
            print(profile(kite, browser, data / "packs" / "weifang", options))


def profile(kite: Kite, browser: Browser, pack: Path, options: argparse.Namespace) -> str:
    """The markdown of a running Kite under a load: first its processes, then its page's trace.

    Raises `AssertionError` where the load was not written, or the page did not keep up with it.
    """
    rate, seconds = options.rate, options.seconds
    client, keys = redis.Redis.from_url(kite.redis_url), Keys(load_pack(pack).regions.code[0])
    wait_until_caught_up(client, keys)
    with opened(browser, kite.url) as page:
        wait_until_loaded(page)
        with child("tests.benchmarks.load", str(pack), kite.redis_url, str(rate)):
            time.sleep(_START_S)
            written = Written(client, keys)
            used = cpu_ms(kite.processes())
            time.sleep(seconds)
            undisturbed = written.per_second()
            work = {name: (ms - used.get(name, 0)) / seconds for name, ms in cpu_ms(kite.processes()).items()}
            stacks = {name: spy(pid, seconds) for name, pid in _looked_at(kite).items()}
            trace = traced(browser, page, seconds, options.trace)
            profiled = written.per_second()
            behind_ms = _behind_ms(page, newest_change(client, keys))
    for found in (undisturbed, profiled):
        assert found >= _WRITTEN_SHARE * rate, f"Only {found:,.0f} of {rate:,.0f} entries/s were written."
    assert behind_ms < _KEEPS_UP_MS, f"The page was {behind_ms:,.0f} ms behind the newest change."
    parts = [
        f"## At {rate:,.0f} entries/s\n",
        f"{undisturbed:,.0f} entries/s were written before the profilers, {profiled:,.0f} with them; "
        f"{behind_ms:,.0f} ms after the last look the page had the newest change of then. "
        f"{os.cpu_count()} cores.\n",
        _processes_table(work),
    ]
    parts += [_stacks_table(name, found, seconds) for name, found in stacks.items()]
    return "\n".join([*parts, page_tables(trace)])


class Written:
    """How many entries a second were added to the raw streams since this was made."""

    def __init__(self, client: redis.Redis, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._begun_s, self._before = time.monotonic(), self._count()

    def per_second(self) -> float:
        """The mean rate until now, by the streams' own counts."""
        return (self._count() - self._before) / (time.monotonic() - self._begun_s)

    def _count(self) -> int:
        streams = [self._client.xinfo_stream(self._keys.raw(kind)) for kind in RAW_KINDS]
        return sum(int(stream["entries-added"]) for stream in streams)


def _behind_ms(page: Page, newest: EntryId) -> float:
    """How long it takes until the page has what is newest now, in ms; at most until it counts as behind."""
    begun_s = time.monotonic()
    with suppress(PlaywrightTimeout):
        wait_until_shown(page, newest, _KEEPS_UP_MS / 1000)
    return (time.monotonic() - begun_s) * 1000


def _looked_at(kite: Kite) -> dict[str, int]:
    """The projector, and the web worker (the process below gunicorn's own) that worked most, by pid."""
    web = [p for p in kite.processes() if name_of(p) == "web"]
    worker = max(web, key=lambda process: sum(process.cpu_times()[:2]))
    projector = next(process for process in kite.processes() if name_of(process) == "project")
    return {"Projector": projector.pid, "Web worker": worker.pid}


def spy(pid: int, seconds: int) -> Stacks:
    """py-spy's samples of a process over some seconds; idle threads are left out."""
    program = shutil.which("py-spy") or str(Path(sys.executable).with_name("py-spy"))
    with tempfile.NamedTemporaryFile(suffix=".txt") as output:
        command = [program, "record", "--pid", str(pid), "--duration", str(seconds), "--rate",
                   str(SAMPLES_PER_S), "--format", "raw", "--function", "--output", output.name]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"py-spy failed: {done.stderr}"
        return folded(Path(output.name).read_text(encoding="utf-8").splitlines())


def folded(lines: Iterable[str]) -> Stacks:
    """Stacks as flame graphs take them: `outermost;…;innermost COUNT`."""
    stacks = Stacks(Counter(), Counter(), 0)
    for line in filter(None, lines):
        stack, _, count = line.rpartition(" ")
        if stack.rpartition(";")[2].startswith(_WAITING):
            continue
        frames = [frame.replace(f"{ROOT}/", "") for frame in stack.split(";")]
        stacks.samples += int(count)
        stacks.self_[frames[-1]] += int(count)
        for frame in set(frames):
            stacks.total[frame] += int(count)
    return stacks


def traced(browser: Browser, page: Page, seconds: int, keep: Path | None) -> Summary:
    """The summary of the browser's trace of a page over some seconds."""
    browser.start_tracing(page=page, categories=list(CATEGORIES))
    page.wait_for_timeout((seconds + _START_S) * 1000)
    trace = browser.stop_tracing()
    if keep:
        keep.write_bytes(trace)
    return summarise(json.loads(trace)["traceEvents"], _START_S)


def _processes_table(work: dict[str, float]) -> str:
    rows = [(name, f"{ms:,.0f}") for name, ms in sorted(work.items(), key=lambda row: -row[1])]
    return "### CPU time of the server's processes\n\n" + table(("process", "ms/s"), rows)


def _stacks_table(name: str, stacks: Stacks, seconds: int) -> str:
    ms = 1000 / SAMPLES_PER_S / seconds
    own = [(frame, f"{n * ms:.1f}") for frame, n in stacks.self_.most_common(_SHOWN)]
    total = [(frame, f"{n * ms:.1f}") for frame, n in stacks.total.most_common(2 * _SHOWN)]
    return "\n".join(
        (
            f"### {name}: {stacks.samples * ms:,.0f} ms/s",
            "",
            table(("function, by self time", "ms/s"), own),
            table(("function, by total time", "ms/s"), total),
        )
    )


def page_tables(trace: Summary) -> str:
    """The page's part of the markdown."""
    kinds = [(kind, f"{ms / trace.seconds:.1f}") for kind, ms in largest(trace.kinds, 20)]
    threads = [(n, f"{ms / trace.seconds:.1f}") for n, ms in largest(trace.threads, 12)]
    events = [(f"`{n}`", f"{ms / trace.seconds:.1f}") for n, ms in largest(trace.events, 12)]
    long = sum(task.ms > LONG_TASK_MS for task in trace.tasks)
    busy = sum(trace.kinds.values()) / trace.seconds
    parts = [
        f"### Page: {busy:,.0f} ms/s on the main thread\n",
        f"{trace.animation_frames / trace.seconds:.1f} animation frame callbacks/s, "
        f"{len(trace.tasks) / trace.seconds:.0f} tasks/s, {long} of them over {LONG_TASK_MS:g} ms in "
        f"{trace.seconds:.0f} s.\n",
        table(("kind of work on the main thread", "ms/s"), kinds),
        table(("event of the main thread, by self time", "ms/s"), events),
        table(("thread of the browser, busy", "ms/s"), threads),
    ]
    for title, by_thread in (("self", trace.functions), ("total", trace.functions_total)):
        for thread, found in by_thread.items():
            top = [(n, f"{ms / trace.seconds:.1f}") for n, ms in largest(found, 40) if n not in _NOT_WORK]
            parts.append(table((f"function on {thread}, by {title} time", "ms/s"), top[:25]))
    return "\n".join([*parts, _longest(trace)])


_NOT_WORK = frozenset({"(idle)", "(root)", "(program)"})


def _longest(trace: Summary) -> str:
    rows = []
    for task in sorted(trace.tasks, key=lambda row: -row.ms)[:8]:
        kinds = ", ".join(f"{kind} {ms:.1f}" for kind, ms in largest(task.kinds, 3))
        inside = ", ".join(f"{n} {ms:.1f}" for n, ms in largest(trace.functions_within(task), 4))
        rows.append((f"{task.ms:.1f}", kinds, inside))
    return table(("longest tasks, ms", "kinds, ms", "functions, ms"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A markdown table; figures (the last column of two) to the right."""
    rule = "|".join("---:" if at and len(head) == 2 else "---" for at in range(len(head)))
    lines = [f"| {' | '.join(head)} |", f"|{rule}|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
