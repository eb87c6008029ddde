"""Kite as deploy/ runs it: the units' commands, settings and store, behind nginx with TLS."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
import urllib3
from playwright.sync_api import Browser
from prometheus_client.parser import text_string_to_metric_families

from dashboard.live.metrics import described
from dashboard.streams.keys import Keys
from geodata import load_pack
from tests.deploy import prometheus
from tests.deploy.proxy import NAME, Browserless, Proxy, nginx
from tests.deploy.services import running_units
from tests.e2e.conftest import CITY, Running, app
from tests.parts import CHROMIUM_ARGUMENTS, ROOT, chromium_path, free_port

pytestmark = [
    pytest.mark.valkey,
    pytest.mark.skipif(
        not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()), reason="nginx is not installed"
    ),
]
NEW = "a good long sentence 7"


@dataclass
class Behind:
    """The city and the proxy before it."""

    city: Running
    proxy: Proxy

    def token(self, name: str, role: str) -> str:
        made = app("token", "add", name, "--role", role, **self.city.environment())
        assert made.returncode == 0, made.stderr
        return next(word for word in made.stdout.split() if word.startswith("kite_"))


@pytest.fixture(scope="module")
def behind(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    data = tmp_path_factory.mktemp("kite")
    shutil.copytree(built / "packs", data / "packs")
    pack = load_pack(data / "packs" / CITY)
    with (
        running_units(data, KITE_CITY=CITY) as kite,
        nginx(tmp_path_factory.mktemp("nginx"), urlsplit(kite.url).port or 0) as proxy,
        redis.Redis.from_url(kite.redis_url) as store,
    ):
        yield Behind(Running(kite, pack, store, Keys(pack.regions.code[0])), proxy)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_seat_signs_in_and_its_screen_gets_what_happens_at_once(behind: Behind) -> None:
    made = app("user", "add", "East duty", "--role", "officer", **behind.city.environment())
    assert made.returncode == 0, made.stderr
    seat = Browserless(behind.proxy)
    led = seat.ask("GET", "/dispatch/", headers={"Sec-Fetch-Mode": "navigate", "Accept": "text/html"})
    assert (led.status, urlsplit(led.headers["Location"]).path) == (303, "/sign-in")
    wrong = seat.ask("POST", "/sign-in", {"name": "East duty", "password": "no"})
    assert wrong.status == 401
    right = seat.ask("POST", "/sign-in", {"name": "East duty", "password": made.stdout.strip()})
    assert (right.status, urlsplit(right.headers["Location"]).path) == (303, "/password")
    assert seat.set
    for text in seat.set.values():
        assert {"secure", "httponly"} <= {part.strip().lower() for part in text.split(";")}
    assert seat.ask("POST", "/password", {"new": NEW, "again": NEW}).status == 303
    page = seat.ask("GET", "/dispatch/")
    assert page.status == 200
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"].split("style-src")[0]

    # Kept open: what a proxy buffers would not come before some thousand bytes or the end.
    stream, heard = seat.ask("GET", "/live/events"), b""
    assert stream.status == 200
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    while heard.count(b"event: heartbeat") < 2:
        piece = stream.read1()
        assert piece, heard
        heard += piece
    assert len(heard) < 4096
    stream.close()


def test_http_leads_to_https_and_another_name_is_refused(behind: Behind) -> None:
    plain = urllib3.request(
        "GET", f"http://127.0.0.1:{behind.proxy.http}/wall/?a=b", headers={"Host": NAME}, redirect=False
    )
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{NAME}/wall/?a=b")
    other = Browserless(behind.proxy).ask("GET", "/sign-in", headers={"Host": "other.example"})
    assert other.status in (400, 401)


def test_the_address_in_the_trail_is_who_asked_nginx_not_what_they_wrote(behind: Behind) -> None:
    claimed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    form = {"name": "nobody at all", "password": "no"}
    assert Browserless(behind.proxy).ask("POST", "/sign-in", form, claimed).status == 401
    newest = behind.city.store.xrevrange(behind.city.keys.audit, count=20)
    failed = [entry for _, entry in newest if b"sign_in_failed" in b"".join(entry.values())]
    assert b"127.0.0.1" in b"".join(failed[0].values())
    assert b"203.0.113.9" not in b"".join(failed[0].values())


def test_a_page_of_another_site_signs_nobody_in(behind: Behind) -> None:
    form = {"name": "East duty", "password": NEW}
    foreign = {"Sec-Fetch-Site": "cross-site", "Cookie": "a=b"}
    assert Browserless(behind.proxy).ask("POST", "/sign-in", form, foreign).status == 403


def test_the_token_of_a_wall_is_in_no_log(behind: Behind) -> None:
    token = behind.token("hall", "wall")
    assert Browserless(behind.proxy).ask("GET", f"/wall/?token={token}").status in (200, 302, 303)
    assert '"GET /wall/ HTTP' in behind.proxy.log.read_text()
    for log in (*behind.proxy.log.parent.glob("*.log"), behind.city.kite.log):
        assert token not in log.read_text()


def test_the_monitor_alone_reads_the_figures_and_they_are_of_all_processes(behind: Behind) -> None:
    monitor, officer = behind.token("prometheus", "monitor"), behind.token("desk", "officer")
    asked = Browserless(behind.proxy)
    assert asked.ask("GET", "/metrics").status == 401
    assert asked.ask("GET", "/metrics", headers=bearer(officer)).status == 403
    assert asked.ask("GET", "/live/snapshot", headers=bearer(monitor)).status == 403

    def told() -> dict[str, float]:
        answer = asked.ask("GET", "/metrics", headers=bearer(monitor))
        assert answer.status == 200
        families = list(text_string_to_metric_families(answer.read().decode()))
        samples = [sample for family in families for sample in family.samples]
        names = {re.sub("_(sum|count)$", "_bucket", sample.name) for sample in samples}
        assert names <= set(described())
        return {" ".join([sample.name, *sorted(sample.labels.values())]): sample.value for sample in samples}

    health = "kite_http_requests_total /healthz 200 GET"
    before = told()[health]
    for _ in range(12):
        asked.ask("GET", "/healthz").read()
    found = [told() for _ in range(6)]
    assert {one[health] for one in found} == {before + 12}
    assert {one["kite_store_up"] for one in found} == {1}
    assert {one["kite_ready"] for one in found} <= {0, 1}
    assert found[-1]["kite_http_requests_total /sign-in 401 POST"] >= 1
    assert found[-1]["kite_projector_up"] == 1


def test_the_monitor_is_told_of_a_store_that_does_not_answer(behind: Behind) -> None:
    asked, monitor = Browserless(behind.proxy), bearer(behind.token("prometheus", "monitor"))
    for _ in range(16):  # each web process has seen it
        assert asked.ask("GET", "/metrics", headers=monitor).status == 200
    behind.city.store.execute_command("CLIENT", "PAUSE", "9000", "ALL")
    answer = asked.ask("GET", "/metrics", headers=monitor)
    assert answer.status == 200
    assert "\nkite_store_up 0.0\n" in answer.read().decode()
    behind.city.store.ping()


@pytest.mark.skipif(prometheus.PROGRAM is None, reason=prometheus.MISSING)
def test_a_prometheus_gets_what_the_dashboard_and_the_alerts_ask_for(behind: Behind, tmp_path: Path) -> None:
    simulated = [sys.executable, "app.py", "simulate", "--rate", "40", "--cases-per-day", "20"]
    environment = {**os.environ, "KITE_HISTORY_DAYS": "5", **behind.city.environment()}
    token = behind.token("prometheus", "monitor")
    with prometheus.scraping(tmp_path, behind.proxy, token) as watching:
        feeds = subprocess.Popen(simulated, cwd=ROOT, env=environment)
        try:
            watching.wait_for('count(kite_feed_state{state="ok"}) > 3')
            watching.wait_for("count_over_time(kite_ready[1m]) > 5 and kite_ready == 1")
            asked = prometheus.panels()
            found = {(title, expression): len(watching.series(expression)) for title, expression in asked}
            groups = watching.ask("rules", type="alert")["groups"]
            names = {name for rule in prometheus.rules() for name in re.findall(r"\bkite_\w+", rule["expr"])}
            nothing = {name for name in names if not watching.series(name)}
        finally:
            feeds.terminate()
            assert feeds.wait(30) == 0
    answered = sum(map(bool, found.values()))
    print(f"{answered} of {len(found)} expressions of the dashboard give {sum(found.values())} series.")
    assert not [expression for expression, number in found.items() if not number]
    alerts = [rule for group in groups for rule in group["rules"]]
    said = {rule["name"]: (rule["health"], rule["state"]) for rule in alerts}
    print(f"{len(said)} alerts ask for {len(names)} figures; without series: {sorted(nothing) or 'none'}.")
    assert said == {rule["alert"]: ("ok", "inactive") for rule in prometheus.rules()}
    assert nothing <= {"kite_feed_parts"}  # told of what is wrong alone


def test_the_log_is_one_object_a_line(behind: Behind) -> None:
    lines = behind.city.kite.log.read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"timestamp", "level", "logger", "event"} <= set.intersection(*map(set, events))
    assert "dashboard.streams.projector" in {event["logger"] for event in events}


@pytest.mark.browser
@pytest.mark.skipif(chromium_path() is None, reason="no Chromium")
def test_a_browser_signs_in_and_follows_over_one_connection(behind: Behind, browser: Browser) -> None:
    made = app("user", "add", "Hall", "--role", "leader", **behind.city.environment())
    assert made.returncode == 0, made.stderr
    map_name = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    arguments = [*CHROMIUM_ARGUMENTS, map_name]
    with closing(browser.browser_type.launch(executable_path=chromium_path(), args=arguments)) as own:
        page = own.new_context(ignore_https_errors=True).new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: said.append(str(problem)))
        page.goto(f"https://{behind.proxy.host}/")
        page.fill("input[name=name]", "Hall")
        page.fill("input[name=password]", made.stdout.strip())
        page.click("form:has(input[name=password]) button")
        page.fill("input[name=new]", NEW)
        page.fill("input[name=again]", NEW)
        with page.expect_response("**/live/events**") as followed:
            page.click("form:has(input[name=new]) button")
        assert followed.value.status == 200
        assert "/region/" in page.url
        protocol = "performance.getEntriesByType('navigation')[0].nextHopProtocol"
        assert page.evaluate(protocol) == "h2"
        assert not said


def test_while_kite_is_away_nginx_says_so(tmp_path: Path) -> None:
    with nginx(tmp_path, free_port()) as proxy:
        away = Browserless(proxy).ask("GET", "/region/370700?token=kite_secret")
        assert away.status == 503
        assert away.headers["Retry-After"] == "5"
        assert "Kite is starting" in away.read().decode()
        assert not [log for log in tmp_path.glob("*.log") if "kite_secret" in log.read_text()]
