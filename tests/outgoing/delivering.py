"""Delivering inside a test: a city, receivers that answer as they are told, and the process itself."""

from __future__ import annotations

import json
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

import redis
from standardwebhooks.webhooks import Webhook

from dashboard.domain import webhooks as domain
from dashboard.domain.webhooks import Hook, check_events, check_levels, new_secret
from dashboard.outgoing import deliver
from dashboard.streams.city import CityModel
from dashboard.streams.from_pack import hierarchy_of
from dashboard.streams.keys import Keys
from dashboard.streams.webhooks import add_webhook, new_id
from dashboard.streams.writer import Writer
from geodata import Pack
from tests.assets.city import Size, make_city
from tests.streams.projecting import project, url_of
from tests.streams.small_city import command, grid_code, iso, now_ms, report

GIVE_UP_S = 30.0
QUICK_S = (0.05, 0.1, 0.2)
HANG = "hang"


def made_pack() -> Pack:
    """The same small pack in every process."""
    return make_city(Size(regions=(2, 4, 12, 60), cameras=100, units=20))


def until(holds: Callable[[], object]) -> None:
    """Wait until something is so."""
    end_s = time.monotonic() + GIVE_UP_S
    while not holds():
        assert time.monotonic() < end_s, "it never came true"
        time.sleep(0.01)


@dataclass
class Got:
    """One request that a receiver got."""

    headers: dict[str, str]
    body: bytes
    answer: object
    at_s: float = field(default_factory=time.monotonic)

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> tuple[str, str, int]:
        """(event, case, version)"""
        body = self.json
        return body["type"], body["data"]["id"], body["data"]["version"]


class Receiver:
    """A real HTTP server. `answers` in turn, the last for ever: a status, (status, headers), or HANG."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers, self.got = list(answers or [204]), []  # type: ignore[var-annotated]
        self.released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    answer = receiver.answers[0] if len(receiver.answers) == 1 else receiver.answers.pop(0)
                    receiver.got.append(Got({k.lower(): v for k, v in self.headers.items()}, body, answer))
                if answer == HANG:
                    receiver.released.wait(GIVE_UP_S)
                    self.close_connection = True
                    return
                status, extra = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **extra}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/kite"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def taken(self) -> list[Got]:
        """What was answered with success."""
        with self.lock:
            return [got for got in self.got if isinstance(got.answer, int) and got.answer < 300]

    def told(self) -> list[tuple[str, str, int]]:
        """(event, case, version) of what was taken, in the order in which it came."""
        return [got.told for got in self.taken]

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


@dataclass
class City:
    """A city whose entries are written and projected by the test."""

    client: redis.Redis
    keys: Keys
    pack: Pack
    model: CityModel

    def hook(self, url: str, events: str, region: str = "", levels: str = "1,2,3,4") -> Hook:
        """Add a webhook."""
        region = region or self.keys.city
        told, graded = check_events(events), check_levels(levels)
        made = Hook(new_id(), url, new_secret(), told, region, graded, now_ms())
        add_webhook(self.client, self.keys, made)
        return made

    def project(self) -> None:
        """Apply all that was written."""
        project(self.client, self.model)

    def report(self, case: str, grid: int = 0, **fields: str) -> None:
        """Report a case, and apply it."""
        entry = report(case, now_ms(), grid, self.model, **fields)
        Writer(self.client, self.keys).append("reports", entry)
        self.project()

    def command(self, case: str, name: str, **fields: str) -> None:
        """Send a command, and apply it."""
        Writer(self.client, self.keys).append("commands", command(case, name, now_ms(), **fields))
        self.project()

    def close(self, case: str, grid: int = 0, **fields: str) -> None:
        """Close a case by a further report, and apply it."""
        at_ms = now_ms()
        entry = report(case, at_ms, grid, self.model, closed_at=iso(at_ms), **fields)
        Writer(self.client, self.keys).append("reports", entry)
        self.project()

    def grid_code(self, grid: int) -> str:
        return grid_code(self.model, grid)

    @contextmanager
    def delivering(self, longest: int = 1_000) -> Iterator[None]:
        """Deliver, in a thread."""
        stop = threading.Event()
        arguments = (url_of(self.client), self.pack, hierarchy_of(self.pack), "", longest, stop.is_set)
        thread = threading.Thread(target=deliver.run, args=arguments)
        thread.start()
        try:
            needed = (self.keys.outbox("at"), self.keys.outbox("owner"))
            until(lambda: self.client.exists(*needed) == len(needed))
            yield
        finally:
            stop.set()
            thread.join(GIVE_UP_S)
            assert not thread.is_alive()


def verified(hook: Hook, got: Got) -> dict[str, Any]:
    """The body of a message, once the official library has verified it."""
    return dict(Webhook(hook.secret).verify(got.body, got.headers))


def main(url: str) -> None:
    """Deliver as a process does, but without its long delays, until SIGTERM."""
    domain.DELAYS_S = (0.05,) * 1_000  # type: ignore[assignment]
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    pack = made_pack()
    deliver.run(url, pack, hierarchy_of(pack), "", 10_000, lambda: bool(asked))


def starter() -> ForkServerContext:
    """A context whose processes start in no time."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def start(context: ForkServerContext, url: str) -> ForkServerProcess:
    """Start the process."""
    process = context.Process(target=main, args=(url,), daemon=True)
    process.start()
    return process
