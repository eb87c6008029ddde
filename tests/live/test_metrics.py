"""/metrics: what each process counts, what is read from the store, and a store that is away."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, abort
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from dashboard.live import metrics, metrics_folder
from dashboard.live.store_metrics import STORE_PATIENCE_S, StoreCollector
from dashboard.streams.keys import Keys
from dashboard.streams.measures import measure
from tests.parts import free_port

KEYS = Keys("990100")


def app() -> tuple[Flask, Any]:
    server = Flask("probe")
    counted = metrics.install(server)

    @server.get("/places/<code>")
    def place(code: str) -> str:
        if code == "secret":
            abort(403)
        if code == "broken":
            raise ValueError("broken")
        return code

    return server, counted


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


def test_requests_are_counted_by_route_and_status_never_by_what_was_asked() -> None:
    server, counted = app()
    asked = server.test_client()
    for path in ("/places/370702", "/places/370783", "/places/secret", "/places/broken", "/nowhere/kite_x"):
        asked.get(path)
    asked.open("/places/1", method="PROPFIND")
    registry = counted.registry
    route = "/places/<code>"
    by_status = {
        status: value(registry, "kite_http_requests_total", method="GET", route=route, status=status)
        for status in ("200", "403", "500")
    }
    assert by_status == {"200": 2, "403": 1, "500": 1}
    assert value(registry, "kite_http_requests_total", method="GET", route="(none)", status="404") == 1
    assert value(registry, "kite_http_requests_total", method="other", route="(none)", status="405") == 1
    assert value(registry, "kite_http_request_seconds_count", route=route) == 4


def test_the_time_is_that_of_the_answer() -> None:
    server, counted = app()
    server.before_request(lambda: time.sleep(0.06))
    server.test_client().get("/places/1")
    taken_s = value(counted.registry, "kite_http_request_seconds_sum", route="/places/<code>")
    assert taken_s is not None
    assert taken_s >= 0.06
    bucket = {"route": "/places/<code>", "le": "0.05"}
    assert counted.registry.get_sample_value("kite_http_request_seconds_bucket", bucket) == 0


def test_warnings_and_errors_are_counted() -> None:
    _, counted = app()
    before = logging.getLogger().handlers[-1]
    try:
        logging.getLogger("dashboard.probe").warning("one")
        logging.getLogger("dashboard.probe").error("two")
        logging.getLogger("dashboard.probe").info("not counted")
        assert value(counted.registry, "kite_log_lines_total", level="warning") == 1
        assert value(counted.registry, "kite_log_lines_total", level="error") == 1
    finally:
        logging.getLogger().removeHandler(before)


def city(url: str) -> Any:
    feeds = {"reports": {"last_ms": 1, "state": "silent"}, "units": {"last_ms": 1}}
    parts = [{"feed": "reports", "county": code, "state": "silent"} for code in ("990101", "990102")]
    return SimpleNamespace(
        settings=SimpleNamespace(redis_url=url),
        keys=KEYS,
        follower=SimpleNamespace(heartbeat=lambda: {"feeds": feeds, "parts": parts}),
    )


def told(url: str) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(StoreCollector(city(url), "abc"))
    return registry


def test_a_store_that_is_away_is_told_soon_and_the_rest_all_the_same() -> None:
    begun_s = time.monotonic()
    registry = told(f"redis://127.0.0.1:{free_port()}/0")
    assert value(registry, "kite_store_up") == 0
    assert value(registry, "kite_build_info", city="990100", release="abc") == 1
    assert value(registry, "kite_feed_state", feed="reports", state="silent") == 1
    assert value(registry, "kite_feed_parts", feed="reports", state="silent") == 2
    assert value(registry, "kite_feed_age_seconds", feed="reports") is None
    assert time.monotonic() - begun_s < 10 * STORE_PATIENCE_S


@pytest.mark.valkey
def test_ages_and_lags_are_in_seconds_and_only_where_something_came(client: Any) -> None:
    now_ms = measure(client, KEYS).now_ms
    client.xadd(KEYS.raw("reports"), {"id": "x"}, id=f"{now_ms - 8000}-0")
    client.xadd(KEYS.raw("reports"), {"id": "x"}, id=f"{now_ms - 5000}-0")
    client.xadd(KEYS.dead, {"reason": "place"})
    client.hset(KEYS.letter_counts, "arrived:reports:place", 7)
    client.hset(KEYS.state("meta"), "position:reports", f"{now_ms - 8000}-0")
    settings = client.connection_pool.connection_kwargs
    registry = told(f"redis://127.0.0.1:{settings['port']}/{settings.get('db', 0)}")
    age_s = value(registry, "kite_feed_age_seconds", feed="reports")
    assert age_s is not None
    assert 5 <= age_s < 65
    assert value(registry, "kite_stream_lag_seconds", feed="reports") == 3.0
    assert value(registry, "kite_feed_age_seconds", feed="units") is None
    assert value(registry, "kite_stream_entries_total", feed="reports") == 2
    assert value(registry, "kite_dead_letters") == 1
    letters = {"what": "arrived", "feed": "reports", "reason": "place"}
    assert value(registry, "kite_letters_total", **letters) == 7
    # From 0 on, or an alert would not see the first of them.
    assert value(registry, "kite_letters_total", **letters | {"feed": "units", "reason": "personal"}) == 0
    assert value(registry, "kite_store_up") == 1
    assert value(registry, "kite_projector_up") == 0


COUNT = """
import sys
from dashboard.live.metrics import _Counted
counted = _Counted()
counted.requests.labels("GET", "/healthz", "200").inc(int(sys.argv[1]))
counted.screens.labels("city").set(int(sys.argv[1]))
counted.ready.set(int(sys.argv[1]) > 5)
if len(sys.argv) > 2:
    from prometheus_client import CollectorRegistry, generate_latest
    registry = CollectorRegistry()
    registry.register(counted)
    print(generate_latest(registry).decode())
else:
    input()
"""


def samples(text: str) -> dict[str, float]:
    families = text_string_to_metric_families(text)
    return {f"{s.name}{sorted(s.labels.values())}": s.value for family in families for s in family.samples}


def test_one_process_answers_for_all_and_one_that_has_ended_holds_no_screens(tmp_path: Path) -> None:
    environment = {**os.environ, metrics_folder.VARIABLE: str(tmp_path)}
    root = Path(__file__).parents[2]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", COUNT, *arguments], env=environment, cwd=root, input="\n",
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    other = subprocess.Popen(
        [sys.executable, "-c", COUNT, "3"], env=environment, cwd=root, stdin=subprocess.PIPE, text=True
    )
    try:
        while not list(tmp_path.glob(f"gauge_livemin_{other.pid}.db")):
            assert other.poll() is None
            time.sleep(0.02)
        other.communicate("\n", timeout=60)
        found = samples(run("7", "tell"))
        assert found["kite_http_requests_total['/healthz', '200', 'GET']"] == 10
        assert found["kite_screens['city']"] == 10
        assert found["kite_ready[]"] == 0
    finally:
        other.kill()
        other.wait()
    forget = f"from dashboard.live.metrics_folder import forget_worker; forget_worker({other.pid})"
    subprocess.run([sys.executable, "-c", forget], env=environment, cwd=root, check=True)
    found = samples(run("0", "tell"))
    assert found["kite_http_requests_total['/healthz', '200', 'GET']"] == 10
    assert found["kite_screens['city']"] == 7  # of the process that was not forgotten


def test_folders_that_were_left_are_removed_and_those_in_use_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_folder, "_IN_MEMORY", tmp_path)
    monkeypatch.setenv(metrics_folder.VARIABLE, "")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, in_use = tmp_path / f"kite-metrics-{ended.pid}-a", tmp_path / f"kite-metrics-{os.getpid()}-b"
    others = tmp_path / "kite-metrics-of-somebody"
    for folder in (left, in_use, others):
        folder.mkdir()
    own = metrics_folder.open_folder()
    assert os.environ[metrics_folder.VARIABLE] == str(own)
    assert own.stat().st_mode & 0o777 == 0o700
    assert not left.exists()
    assert in_use.exists()
    assert others.exists()
    metrics_folder.close_folder(own)
    assert not own.exists()
