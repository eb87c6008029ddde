"""`backup`, `restore` and `upgrade` as an operator gives them, on whole cities."""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import redis

from dashboard.streams.data_version import VERSION
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.keys import DERIVED, Keys, sort_of
from dashboard.streams.tokens import tokens
from tests.e2e.conftest import CITY, Running, app, run_city
from tests.e2e.test_faults import until
from tests.parts import ROOT

pytestmark = pytest.mark.valkey

EARLIER = ROOT / "tests" / "data" / "store-version-1.tar.xz"
State = dict[str, dict[bytes, bytes]]


def state(store: redis.Redis, keys: Keys) -> State:
    """Every field of every hash of the state, read at one instant."""
    pipe = store.pipeline()
    for key in keys.states:
        pipe.hgetall(key)
    return dict(zip(keys.states, pipe.execute(), strict=True))


def folder_with_pack(built: Path, folder: Path) -> Path:
    shutil.copytree(built / "packs", folder / "packs")
    return folder


def in_folder(folder: Path) -> dict[str, str]:
    return {"KITE_CITY": CITY, "KITE_DATA_DIR": str(folder), "REDIS_URL": ""}


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def sign_in(city: Running, name: str, password: str) -> int:
    """What the sign-in page answers."""
    body = urllib.parse.urlencode({"name": name, "password": password}).encode()
    try:
        with urllib.request.build_opener(_Stay).open(f"{city.kite.url}/sign-in", body, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code


def make_things(city: Running) -> None:
    """What people and programs make: a token, a webhook, an account, a session, a wrong sign-in, a letter."""
    told = {}
    for words in (
        ("token", "add", "西城值班", "--role", "officer", "--days", "30"),
        ("webhook", "add", "http://127.0.0.1:9/hook"),
        ("user", "add", "东城值班", "--role", "officer", "--region", "990101"),
        ("publish",),
    ):
        run = app(*words, **city.environment())
        assert run.returncode == 0, run.stderr
        told[words[0]] = run.stdout.strip()
    assert sign_in(city, "东城值班", "wrong") == 401
    assert sign_in(city, "东城值班", told["user"]) in (302, 303)
    request = urllib.request.Request(f"{city.kite.url}/api/v1/cases")
    request.add_header("Authorization", f"Bearer {told['token']}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 200
    city.store.xadd(city.keys.raw("reports"), {"id": "bad-1", "type": "no-such"})
    until(lambda: city.store.xlen(city.keys.dead) > 0)


def stored(folder: Path) -> EmbeddedServer:
    """The store of a data folder on which no Kite runs; a context manager."""
    return EmbeddedServer(folder / "valkey")


def done(*words: str, folder: Path) -> str:
    """What a command says that does what it is to do."""
    run = app(*words, **in_folder(folder))
    assert run.returncode == 0, run.stderr
    return run.stdout


def refused(*words: str, folder: Path) -> str:
    """The one sentence with which a command refuses."""
    run = app(*words, **in_folder(folder))
    assert (run.returncode, run.stderr.count("\n")) == (2, 1), run.stderr
    return run.stderr


def test_backup_of_a_running_city_and_restore_on_another_machine(built: Path, tmp_path: Path) -> None:
    first, second, third = (folder_with_pack(built, tmp_path / name) for name in ("first", "second", "third"))
    busy, still = tmp_path / "busy.backup", tmp_path / "still.backup"
    with run_city(built, first, sign_in="required") as city:  # with its simulator
        keys = city.keys
        until(lambda: int(city.store.hlen(keys.state("cases"))) > 100)
        make_things(city)
        names = {str(keys.name_of(key.decode())) for key in city.store.scan_iter("*")}
        unknown = {name for name in names if sort_of(name) is None}
        assert not unknown, f"keys without a row in keys.SORTS: {unknown}"
        wanted = {"accounts", "attempts", "audit", "dead", "limits", "session", "tokens", "webhooks"}
        assert wanted <= {name.partition(":")[0] for name in names}
        assert "busy.backup: " in done("backup", str(busy), folder=first)  # no REDIS_URL: it is found
    assert stat.S_IMODE(busy.stat().st_mode) == 0o600
    assert "is there already" in refused("backup", str(busy), folder=first)
    assert "already holds data" in refused("restore", str(busy), folder=first)
    done("backup", str(still), folder=first)  # what stands still can be compared
    assert not list(tmp_path.glob("*.part"))
    with stored(first) as server, redis.Redis(port=server.port, protocol=2) as store:
        before, secrets = state(store, keys), store.hgetall(keys.webhooks)
    assert "is whole" in done("restore", "--check", str(still), folder=second)
    assert not (second / "valkey").exists()
    done("restore", str(still), folder=second)
    with stored(second) as server, redis.Redis(port=server.port, protocol=2) as store:
        assert state(store, keys) == before
        assert store.hgetall(keys.webhooks) == secrets
        assert [token.identity.name for token in tokens(store, keys)] == ["西城值班"]
        assert "东城值班".encode() in store.hkeys(keys.accounts)
        last = store.xrevrange(keys.audit, count=1)[0][1]
        assert b"restored" in b" ".join(last.values())
        assert store.xlen(keys.published) > 0
    done("restore", str(busy), folder=third)
    with run_city(built, third, rate=0) as city:  # and a Kite runs on it, though nothing comes
        assert city.store.hlen(keys.state("cases")) > 100


@pytest.fixture
def earlier(built: Path, tmp_path: Path) -> Path:
    """A data folder as the release before left it, with its pack built again."""
    folder = folder_with_pack(built, tmp_path / "earlier")
    with tarfile.open(EARLIER) as archive:
        archive.extractall(folder, filter="data")
    return folder


def record(store: redis.Redis, keys: Keys) -> dict[str, Any]:
    """All of an earlier release's keys that are not derived."""
    found: dict[str, Any] = {}
    for key in store.scan_iter("*"):
        name = str(keys.name_of(key.decode()))
        row = sort_of(name)
        assert row is not None, f"{name} is in no row of keys.SORTS"
        if row.sort != DERIVED:
            read = {b"stream": store.xrange, b"hash": store.hgetall, b"string": store.get}[store.type(key)]
            found[name] = read(key)
    return found


def test_the_data_of_the_release_before_are_upgraded_by_one_command(earlier: Path) -> None:
    keys = Keys("990100")
    with stored(earlier) as server, redis.Redis(port=server.port, protocol=2) as store:
        before, cases = record(store, keys), store.hgetall(keys.state("cases"))
    assert before["tokens"]
    serve = app("serve", **in_folder(earlier), KITE_SIGN_IN="off", KITE_PORT="0")
    assert serve.returncode == 2
    assert "run: python app.py upgrade" in serve.stderr
    said = done("upgrade", folder=earlier)
    assert "Upgraded from version 1" in said
    assert f"{len(cases):,} cases" in said
    (saved,) = (earlier / "backups").iterdir()
    with stored(earlier) as server, redis.Redis(port=server.port, protocol=2) as store:
        now_there = record(store, keys)
        assert {name: now_there[name] for name in before} == before
        assert int(store.get(keys.format)) == VERSION
        after = state(store, keys)
        now = {case: json.loads(packed) for case, packed in after[keys.state("cases")].items()}
        for case, packed in cases.items():  # nothing that was known is known otherwise
            then = json.loads(packed)
            assert {name: now[case][name] for name in then} == then
        assert [(token.identity.role, token.identity.region_code) for token in tokens(store, keys)] == [
            ("officer", "990101")
        ]
    assert "there is nothing to do" in done("upgrade", folder=earlier)
    shutil.rmtree(earlier / "valkey")  # and the backup from before it goes into this release as well
    done("restore", str(saved), folder=earlier)
    with stored(earlier) as server, redis.Redis(port=server.port, protocol=2) as store:
        assert state(store, keys) == after
