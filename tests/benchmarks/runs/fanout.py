"""One message to 1,300 screens at 4 Hz: CPU and latency beside Dash's WebSockets, slow screens, a restart.

The web process has a core of its own, everything else shares the other: Valkey, the projector, the writer and
the screens, so the latencies hold the time until a screen's turn in the one process that reads for all. CPU
is the server's whole (user and system, the kernel's work of sending among it). A round counts only when no
screen missed a message.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis

from dashboard.streams.keys import Keys
from geodata import load_pack
from tests.benchmarks.peer_environment import peer_python
from tests.benchmarks.processes import child, wait_for
from tests.benchmarks.report import Row, paired, spread
from tests.benchmarks.screens import screens
from tests.benchmarks.servers import (
    OTHERS_CORE,
    SERVER_CORE,
    Server,
    camera_frame,
    cpu_s,
    kite_screens,
    memory_mb,
    pin,
    web_processes,
    write,
)
from tests.parts import Kite, free_port, running_kite, wait_until_ready

SCREENS = 1300
HZ = 4
FRAME_BYTES = 1000
PEER_STREAM = "{bench}:frames"
PEER_SIZES = (SCREENS, 975, 650, 500, 325, 160, 80)
INTERVAL_MS = 1000 / HZ
TRIALS = 3  # in which a number of screens must be kept up with
SLOW, QUICK_ONES = 20, 20
BIG_FRAME_BYTES, BURST = 16_000, 1000
STEADY_S = 31.0  # after which the supervisor starts a child that ended again at once


def one_round(server: Server, seconds: float) -> dict[str, Any]:
    """Write at 4 Hz until every screen has the last message: what the screens report, and the CPU."""
    server.remote.ask("begin")
    before_s = cpu_s(server.processes())
    positions = write(server.client, server.stream, camera_frame(FRAME_BYTES), int(seconds * HZ), HZ)
    server.remote.wait(30, positions[-1], at_newest=server.count)
    spent_s = cpu_s(server.processes()) - before_s
    found: dict[str, Any] = server.remote.ask("end", positions)
    return {**found, "us": spent_s * 1e6 / max(1, found["messages"])}


class DroppedError(Exception):
    """In a round that was to be timed screens of `server` missed messages."""

    def __init__(self, server: Server, sentence: str) -> None:
        super().__init__(sentence)
        self.server = server


def timed_round(server: Server, seconds: float) -> None:
    """A round whose figures are kept; raises `DroppedError`."""
    found = one_round(server, seconds)
    if found["messages"] < server.count or found["incomplete"]:
        raise DroppedError(server, f"{found['incomplete']} missed messages, {found['messages']} arrived")
    server.note(**{name: found[name] for name in ("us", "p50", "p95", "p99")})


def idle_round(server: Server, seconds: float) -> None:
    """Share of the core that the open screens cost while nothing changes, in percent."""
    before_s = cpu_s(server.processes())
    time.sleep(seconds)
    server.note(idle=100 * (cpu_s(server.processes()) - before_s) / seconds)


def by_turns(ours: Server, client: redis.Redis, redis_url: str, rounds: int, seconds: float) -> Server:
    """Timed and idle rounds of both in turns; the peer, with as many screens as it kept up with in all."""
    sizes = PEER_SIZES
    while True:
        with dash_peer(client, redis_url, sizes) as peer:
            try:
                for _ in range(rounds):
                    timed_round(peer, seconds)
                    timed_round(ours, seconds)
                    idle_round(peer, seconds / 2)
                    idle_round(ours, seconds / 2)
                return peer
            except DroppedError as dropped:
                if dropped.server is ours or peer.count == sizes[-1]:
                    raise
                print(f"  Dash with {peer.count} screens: {dropped}", flush=True)
        sizes = sizes[sizes.index(peer.count) + 1 :]
        ours.fields.clear()


@contextmanager
def dash_peer(client: redis.Redis, redis_url: str, sizes: Sequence[int]) -> Iterator[Server]:
    """Dash with as many screens, of `sizes`, as it keeps up with: no message later than the next one, p95."""
    port = free_port()
    module = "tests.benchmarks.peers.dash_websocket"
    with child(module, redis_url, PEER_STREAM, str(port), python=peer_python()) as process:
        family = [psutil.Process(process.pid)]
        wait_for(f"http://127.0.0.1:{port}/_dash-dependencies")
        pin(family, SERVER_CORE)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_dash-dependencies") as answer:
            callback = json.load(answer)[0]["output"]
        for count in sizes:
            with screens("dash", port, count, callback) as remote:
                found = remote.wait(60, live=count)
                time.sleep(1.0)  # its callbacks begin
                server = Server(PEER_STREAM, lambda: family, remote, count, client)
                if found["live"] == count and _keeps_up(server):
                    yield server
                    return
    raise AssertionError(f"the peer keeps up with not even {sizes[-1]} screens")


def _keeps_up(server: Server) -> bool:
    """Whether it does so time after time: at the edge it does for a while, and then drops all screens."""
    for _ in range(TRIALS):
        found = one_round(server, 4)
        said = f"p95 {found['p95']:.0f} ms, {found['us']:.0f} µs"
        print(f"  Dash with {server.count} screens: {said}", flush=True)
        if found["messages"] < server.count or found["incomplete"] or found["p95"] >= INTERVAL_MS:
            return False
    return True


def slow_round(server: Server) -> None:
    """20 screens stop reading and 20 go on while 16 MB are written; then the slow ones read again.

    Notes the server's growth in MB; checks that the readers missed nothing and that all have the newest.
    """
    data = camera_frame(BIG_FRAME_BYTES)
    write(server.client, server.stream, data, BURST, 200)  # what the server keeps for all is full by now
    server.remote.ask("stall", SLOW)
    server.remote.ask("begin")
    before_mb = memory_mb(server.processes())
    positions = write(server.client, server.stream, data, BURST, 200)
    server.remote.wait(60, positions[-1], at_newest=server.count - SLOW)
    found = server.remote.ask("end", positions)
    server.note(growth=memory_mb(server.processes()) - before_mb, slow_incomplete=found["incomplete"])
    server.remote.ask("resume")
    after = write(server.client, server.stream, data, 8, HZ)
    last = server.remote.wait(60, after[-1], at_newest=server.count)
    assert last["resets"] >= SLOW, f"of {SLOW} screens that did not read only {last['resets']} were reset"
    everything = server.remote.ask("end", positions + after)
    server.note(slow_resets=last["resets"], slow_missed=everything["incomplete"])


def storm_round(kite: Kite, server: Server, how: str) -> None:
    """End the web process while changes go on: how long until all are live, and what they miss."""
    wait_for_steadiness(kite)
    server.remote.ask("begin")
    with writing(server) as positions:
        time.sleep(2.0)
        gunicorn = web_processes(kite)[0]
        begun_s = time.monotonic()
        if how == "ended":
            gunicorn.send_signal(signal.SIGTERM)
        else:
            os.killpg(gunicorn.pid, signal.SIGKILL)
        while server.remote.ask("count")["live"] == server.count:
            time.sleep(0.01)
        while server.remote.ask("count")["live"] < server.count and time.monotonic() - begun_s < 60:
            pin(web_processes(kite), SERVER_CORE)
            time.sleep(0.05)
        took_s = time.monotonic() - begun_s
        time.sleep(1.0)
    found = server.remote.wait(20, positions[-1], at_newest=server.count)
    report = server.remote.ask("end", positions)
    print(f"  web server {how}: {took_s:.1f} s, {found}, {report}", flush=True)
    server.note(**{f"storm_{how}": took_s, "storm_missed": report["incomplete"]})


@contextmanager
def writing(server: Server) -> Iterator[list[str]]:
    """Frames at 4 Hz in the background; the positions so far."""
    positions: list[str] = []
    stop = threading.Event()

    def go_on() -> None:
        while not stop.wait(1 / HZ):
            positions.extend(write(server.client, server.stream, camera_frame(FRAME_BYTES), 1, HZ))

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        yield positions
    finally:
        stop.set()
        writer.join()


def wait_for_steadiness(kite: Kite) -> None:
    """Block until the web process has run so long that its supervisor doesn't hold it back."""
    wait_until_ready(kite)
    pin(web_processes(kite), SERVER_CORE)
    time.sleep(max(0.0, web_processes(kite)[0].create_time() + STEADY_S - time.time()))


def run(quick: bool) -> list[Row]:
    """Rounds by turns, then the slow screens, then the restarts."""
    with tempfile.TemporaryDirectory(prefix="kite-fanout-") as folder:
        return measure(Path(folder), quick)


def measure(data_dir: Path, quick: bool) -> list[Row]:
    """As `run`, with the packs and the store in `data_dir`."""
    rounds, seconds, storms = (2, 5.0, 1) if quick else (5, 10.0, 3)
    before = os.sched_getaffinity(0)
    try:
        with running_kite(data_dir, rate=0) as kite, ExitStack() as stack:
            pin(kite.processes(), OTHERS_CORE)
            pin([psutil.Process()], OTHERS_CORE)
            pin(web_processes(kite), SERVER_CORE)
            client = stack.enter_context(redis.Redis.from_url(kite.redis_url))
            stream = Keys(load_pack(data_dir / "packs" / "weifang").regions.code[0]).changes
            with kite_screens(kite, client, stream, SCREENS) as ours:
                peer = by_turns(ours, client, kite.redis_url, rounds, seconds)
                for _ in range(storms):
                    storm_round(kite, ours, "ended")
                    storm_round(kite, ours, "killed")
            with kite_screens(kite, client, stream, SLOW + QUICK_ONES) as few:
                for _ in range(rounds):
                    slow_round(few)
    finally:
        os.sched_setaffinity(0, before)
    return rows(ours, peer, few)


def rows(ours: Server, peer: Server, few: Server) -> list[Row]:
    """The table; that no screen missed a message was checked when a round was timed."""
    mine, theirs, slow = ours.fields, peer.fields, few.fields
    at = f"{SCREENS:,} screens at {HZ} Hz, 1 kB"
    told = f"Dash with {peer.count} screens"
    idle = f"ours with a heartbeat every 2 s; {told}"
    kept_up = ours.count if max(mine["p95"]) < INTERVAL_MS else None
    return [
        *paired("CPU per screen and message", "µs", mine["us"], theirs["us"], 25.0, note=told),
        *paired(f"appended → received, {at}, p50", "ms", mine["p50"], theirs["p50"], note=told),
        *paired(f"appended → received, {at}, p95", "ms", mine["p95"], theirs["p95"], 80.0, note=told),
        *paired(f"appended → received, {at}, p99", "ms", mine["p99"], theirs["p99"], note=told),
        Row("screens that one core keeps up with at 4 Hz", "", kept_up, peer.count, SCREENS, True),
        *paired("one core's time while nothing changes", "%", mine["idle"], theirs["idle"], note=idle),
        *paired(
            f"growth of the server while {SLOW} screens don't read {BURST * BIG_FRAME_BYTES / 1e6:.0f} MB",
            "MB", slow["growth"], note=f"resets {spread(slow['slow_resets'])}",
        ),
        Row("screens that missed messages beside slow ones", "", max(slow["slow_incomplete"]), None, 0.0),
        Row("slow screens that miss an update once they read again", "", max(slow["slow_missed"]), None, 0.0),
        *paired("web server ended: until all screens are live", "s", mine["storm_ended"], (), 10.0),
        *paired("web server killed: until all screens are live", "s", mine["storm_killed"], (), 10.0),
        Row("screens that miss an update after that", "", max(mine["storm_missed"]), None, 0.0),
    ]  # fmt: skip
