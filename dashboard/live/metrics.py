"""/metrics: what an operator's Prometheus reads, of this web server's processes and of the city's store.

Each process counts its own requests and screens; the files in `metrics_folder` make them one answer. What
the store holds is read when it is asked for (see `store_metrics`), which tells of the processes that have no
page of their own. docs/operations.md lists all names; a test holds it to what is told.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from typing import Any

import gevent
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from dashboard.live import store_metrics
from dashboard.live.city import City
from dashboard.live.metrics_folder import VARIABLE
from dashboard.live.noting import EXTENSION

SAMPLE_S = 2.0
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STALLS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_NO_ROUTE = "(none)"


class _Counted:
    """What this process counts; in memory, or in its files where there is a folder for them."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "kite_http_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "kite_http_request_seconds",
            "Time until a request's answer began.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.stalls = Histogram(
            "kite_web_stall_seconds",
            "How much too late a web process came to what was due: it was busy with something else.",
            buckets=_STALLS,
            registry=registry,
        )
        self.logged = Counter(
            "kite_log_lines", "Warnings and errors that web processes logged.", ("level",), registry=registry
        )
        for level in ("warning", "error"):
            self.logged.labels(level)
        self.audit_failures = Counter(
            "kite_audit_failures", "Audit entries that could not be written in time.", registry=registry
        )
        self.audit_waiting = self._gauge("kite_audit_waiting", "Audit entries not written yet.", "livesum")
        self.screens = self._gauge("kite_screens", "Event streams that are open.", "livesum", ("of",))
        self.ready = self._gauge("kite_ready", "1 once every web process has the city's state.", "livemin")
        self.position = self._gauge(
            "kite_web_position_timestamp_seconds",
            "When the newest change was committed that all web processes have sent on.",
            "livemin",
        )

    def _gauge(self, name: str, text: str, mode: Any, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry, multiprocess_mode=mode)

    def collect(self) -> Iterator[Metric]:
        """What the processes of this server have counted together."""
        if os.environ.get(VARIABLE):
            together = CollectorRegistry()
            MultiProcessCollector(together)  # type: ignore[no-untyped-call]
            yield from together.collect()
        else:
            yield from self.registry.collect()


def install(server: Flask) -> _Counted:
    """Time and count the requests to `server`; before everything else that looks at one."""
    counted = _Counted()
    logging.getLogger().addHandler(_Warnings(counted.logged))

    @server.before_request
    def begin() -> None:
        g.kite_begun_s = time.perf_counter()

    @server.after_request
    def end(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else _NO_ROUTE
        method = request.method if request.method in _METHODS else "other"
        counted.requests.labels(method, route, str(answer.status_code)).inc()
        begun_s = g.get("kite_begun_s")
        if begun_s is not None:
            counted.seconds.labels(route).observe(time.perf_counter() - begun_s)
        return answer

    return counted


class _Warnings(logging.Handler):
    def __init__(self, logged: Counter) -> None:
        super().__init__(logging.WARNING)
        self._logged = logged

    def emit(self, record: logging.LogRecord) -> None:
        self._logged.labels(record.levelname.lower()).inc()


def register(server: Flask, city: City, release: str, counted: _Counted) -> None:
    """Add /metrics; who may read it is said by the route table. `follow` samples what is held."""
    store = store_metrics.StoreCollector(city, release)

    @server.get("/metrics")
    def metrics() -> Response:
        together = CollectorRegistry()
        together.register(counted)
        together.register(store)
        encode, mimetype = choose_encoder(request.headers.get("Accept", ""))
        return Response(encode(together), content_type=mimetype, headers={"Cache-Control": "no-store"})

    gevent.spawn(_follow, server, city, counted)


def _follow(server: Flask, city: City, counted: _Counted) -> None:
    """Sample what this process holds, for ever; how late each sample comes is the process's stall."""
    failures = 0
    while True:
        due_s = time.perf_counter() + SAMPLE_S
        gevent.sleep(SAMPLE_S)
        counted.stalls.observe(max(0.0, time.perf_counter() - due_s))
        counted.ready.set(city.ready)
        counted.position.set(int(city.state.position.partition("-")[0]) / 1000)
        whole, bound = city.screens.counts()
        counted.screens.labels("city").set(whole)
        counted.screens.labels("region").set(bound)
        auditing = server.extensions.get(EXTENSION)
        if auditing is not None:
            counted.audit_failures.inc(auditing.failures - failures)
            failures = auditing.failures
            counted.audit_waiting.set(auditing.log.waiting)


_SAMPLE_NAME = {"counter": "{}_total", "histogram": "{}_bucket", "gauge": "{}"}


def described() -> dict[str, str]:
    """Name, as a sample has it, and meaning of everything that /metrics tells."""
    counted = {
        _SAMPLE_NAME[family.type].format(family.name): family.documentation
        for family in _Counted().registry.collect()
    }
    return {**counted, **dict(store_metrics.described())}


def markdown_table() -> str:
    """The table of docs/operations.md."""
    rows = [f"| `{name}` | {text} |" for name, text in sorted(described().items())]
    return "\n".join(["| name | what |", "|---|---|", *rows]) + "\n"
