"""A small city that is about to be hurt: its parts, the load on it, the screens that look, and the ledger."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import psutil
import redis

from dashboard.settings import Settings
from dashboard.streams.city import CityModel
from dashboard.streams.client import connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.from_pack import city_of
from dashboard.streams.keys import Keys
from dashboard.streams.rebuild import rebuild
from geodata import Pack, load_pack
from tests.e2e.conftest import CITY, SMALL, Running, run_city
from tests.faults.ledger import Ledger
from tests.faults.load import Asked, Clerk, Producer
from tests.faults.report import BACK_WITHIN_S, TOO_LATE, Finding
from tests.faults.screens import Seen, Wall
from tests.parts import ROOT, Kite, free_port, wait_until_ready
from tests.streams.projecting import is_caught_up, state

SCREENS = 20
RATE = 200.0
_CAUGHT_UP_S = 120.0


@dataclass
class Scene:
    """What a scenario works on; `name` begins the ids of everything that is written."""

    name: str
    url: str
    store_url: str
    pack: Pack
    keys: Keys
    ledger: Ledger
    producer: Producer
    clerk: Clerk
    wall: Wall
    log: Path = Path()
    processes: Callable[[], list[psutil.Process]] = lambda: []
    store: redis.Redis = field(init=False)

    def __post_init__(self) -> None:
        self.store = redis.Redis.from_url(self.store_url)

    def start(self) -> None:
        """Let everybody work."""
        self.wall.start()
        self.producer.start()
        self.clerk.start()
        wait_for(lambda: len(self.ledger.acknowledged["commands"]) > 3, 60, "the load begins")

    def rest(self) -> None:
        """Nobody writes any more."""
        self.clerk.stop()
        self.producer.stop()

    def city(self) -> CityModel:
        """The city as the projector has it."""
        return city_of(self.pack)


def wait_for(holds: Callable[[], Any], patience_s: float, what: str) -> None:
    """Wait until it holds; a server that is away says that it doesn't yet."""
    end_s = time.monotonic() + patience_s
    while True:
        try:
            if holds():
                return
        except (redis.RedisError, OSError):
            pass
        assert time.monotonic() < end_s, f"{what}: not within {patience_s:g} s"
        time.sleep(0.05)


def app_process(command: str, log: Path, environment: dict[str, str], prefix: Sequence[str] = ()) -> Any:
    """`python app.py command` as a process."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [*prefix, sys.executable, "app.py", command],
            cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, then SIGKILL."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def open_sign_in() -> dict[str, str]:
    """The setting by which nobody has to sign in, where there is one."""
    return {"KITE_SIGN_IN": "off"} if "sign_in" in {row.name for row in fields(Settings)} else {}


@contextmanager
def whole(
    built: Path, folder: Path, name: str, load: float = RATE, **settings: object
) -> Iterator[tuple[Scene, Running]]:
    """A whole Kite (`serve`) with load and screens."""
    with run_city(built, folder, **{"rate": 0, **settings}) as running:
        port = int(running.kite.url.rpartition(":")[2])
        made = make(name, running.kite.url, running.kite.redis_url, port, running.pack, load)
        made.processes, made.log = running.kite.processes, running.kite.log
        with at_work(made):
            yield made, running


def make(name: str, url: str, store_url: str, port: int, pack: Pack, rate: float,
         ports: Sequence[int] = ()) -> Scene:  # fmt: skip
    """A scene whose workers have not begun."""
    keys, ledger = Keys(pack.regions.code[0]), Ledger()
    return Scene(
        name, url, store_url, pack, keys, ledger,
        Producer(store_url, keys, pack, ledger, rate, f"{name}p"),
        Clerk(port, pack, ledger, f"{name}c"),
        Wall(ports or (port,), SCREENS),
    )  # fmt: skip


@contextmanager
def at_work(scene: Scene) -> Iterator[Scene]:
    """Everybody works while in the context."""
    try:
        scene.start()
        yield scene
    finally:
        scene.rest()
        scene.wall.stop()
        scene.store.close()


@contextmanager
def apart(built: Path, folder: Path, name: str, seen_by: Callable[[str], str], rate: float = RATE,
          web: Sequence[str] = (), store_env: dict[str, str] | None = None,
          projector: Callable[[str], str] | None = None,
          reach: Callable[[int], AbstractContextManager[Any]] = nullcontext) -> Iterator[Scene]:  # fmt: skip
    """Store, projector and web server as parts of their own: each may have its own way to the store.

    `seen_by`: the store's address (`HOST:PORT`) → the one that the web server is told; `projector`: the same
    for the projector, which else has the store's own; `web`: what the web server is started with; `reach`:
    what makes its port one of this machine's.
    """
    if not (folder / "packs").exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copytree(built / "packs", folder / "packs")
    with ExitStack() as stack:
        server = stack.enter_context(_store(folder / "valkey", store_env or {}))
        address = f"127.0.0.1:{server.port}"
        port = free_port()
        common = {
            **{f"KITE_{key.upper()}": str(value) for key, value in {**SMALL, "rate": 0}.items()},
            **open_sign_in(), "KITE_CITY": CITY, "KITE_DATA_DIR": str(folder), "KITE_PORT": str(port),
        }  # fmt: skip
        for command, way, prefix in (("project", projector or str, ()), ("web", seen_by, web)):
            environment = {**common, "REDIS_URL": f"redis://{way(address)}/0"}
            process = app_process(command, folder / f"{command}.log", environment, prefix)
            stack.callback(end, process)
        stack.enter_context(reach(port))
        yield from _with_workers(folder, name, port, server.url, process, rate)


def _with_workers(
    folder: Path, name: str, port: int, store_url: str, web: Any, rate: float
) -> Iterator[Scene]:
    wait_until_ready(Kite(f"http://127.0.0.1:{port}", store_url, web, folder / "web.log"))
    pack = load_pack(folder / "packs" / CITY)
    scene = make(name, f"http://127.0.0.1:{port}", store_url, port, pack, rate)
    scene.log = folder / "web.log"
    with at_work(scene):
        yield scene


@contextmanager
def _store(folder: Path, environment: dict[str, str]) -> Iterator[EmbeddedServer]:
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        server = EmbeddedServer(folder)
        server.start()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    try:
        yield server
    finally:
        server.stop()


# What was found


def note_screens(finding: Finding, what: str, seen: Seen, limit_s: float = BACK_WITHIN_S) -> None:
    """Put down when the screens were back."""
    back = sorted(one for one in seen.back_s if one is not None)
    told = f"{back[0]:.1f} to {back[-1]:.1f} s" if back else "none"
    away = len(seen.back_s) - len(back)
    finding.facts[f"screens back, {what}"] = told + (f"; {away} of {len(seen.back_s)} never" if away else "")
    if away or back[-1] > limit_s:
        finding.wrong.append(f"{what}: {TOO_LATE}")


def note_answers(
    finding: Finding, asked: Asked, log: Path, when: str = "meanwhile", patience_s: float = 10.0
) -> None:
    """Put down what the web server answered."""
    told = ", ".join(f"{count} × {name}" for name, count in sorted(asked.answers.items()))
    finding.facts[f"answers {when}"] = f"{told or 'none'}; longest wait {asked.longest_s:.1f} s"
    finding.wrong += sorted(set(asked.wrong))[:5]
    if any(": 500" in sentence for sentence in asked.wrong):
        finding.facts["the log's end"] = " | ".join(log.read_text(errors="replace").splitlines()[-25:])
    if len(set(asked.wrong)) > 5:
        finding.wrong.append(f"… and {len(set(asked.wrong)) - 5} more answers like these")
    if asked.longest_s > patience_s:
        finding.wrong.append(f"an answer took {asked.longest_s:.1f} s")


def settle(scene: Scene, finding: Finding, scratch: Path) -> None:
    """Let the projector catch up, and hold the ledger and a second projection against what there is."""
    scene.rest()
    with connect(scene.store_url, wait_s=60) as client:
        wait_for(lambda: is_caught_up(client, scene.keys), _CAUGHT_UP_S, "the projector catches up")
        wrong = scene.ledger.check(client, scene.keys)
        differs = projected_again(client, scene, scratch)
    counted = scene.ledger.counts()
    finding.facts["ledger"] = ", ".join(f"{count:,} {what}" for what, count in counted.items())
    finding.facts["lost"] = str(sum(len(ids) for what, ids in wrong.items() if "twice" not in what))
    finding.facts["twice"] = str(sum(len(ids) for what, ids in wrong.items() if "twice" in what))
    finding.facts["projected again from the record"] = (
        "the same state, byte for byte" if not differs else f"differs: {', '.join(differs)}"
    )
    finding.wrong += [f"{what}: {len(ids)}, as {ids[0]}" for what, ids in wrong.items()]
    finding.wrong += [f"the state is not what its record gives: {part}" for part in differs]
    if scene.producer.refusals:
        said = scene.producer.refusals
        finding.facts["the store said"] = "; ".join(f"{count} × {text}" for text, count in said.items())


def projected_again(client: redis.Redis, scene: Scene, scratch: Path) -> list[str]:
    """The hashes of the state that differ when a copy of the record is projected again elsewhere."""
    keys = scene.keys
    while True:
        names = [name for name in client.scan_iter(f"{{{keys.city}}}:*", count=1000)
                 if name != keys.owner.encode()]  # fmt: skip
        pipe = client.pipeline()
        for name in names:
            pipe.dump(name)
        copied = dict(zip(names, pipe.execute(), strict=True))
        with EmbeddedServer(scratch) as server, connect(server.url, connections=1) as other:
            for name, data in copied.items():
                if data is not None:
                    other.restore(name, 0, data)
            if not is_caught_up(other, keys):  # a part still writes, as the projector's own commands
                other.flushall()
                continue
            before = state(other, keys)
            rebuild(other, keys, scene.city())
            after = state(other, keys)
        return [name for name in keys.states if before[name] != after[name]]


def pids(processes: Sequence[psutil.Process], word: str) -> list[psutil.Process]:
    """The processes whose command line has this in it, the youngest last."""
    found = []
    for process in processes:
        try:
            if word in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return sorted(found, key=lambda process: process.create_time())


def kill(process: psutil.Process) -> None:
    """SIGKILL, and wait until it has gone."""
    try:
        os.kill(process.pid, signal.SIGKILL)
        psutil.wait_procs([process], timeout=5)
    except (ProcessLookupError, psutil.Error):
        pass
