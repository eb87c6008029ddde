"""Which store a command works on: the one that is named, the running Kite's, else the folder's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.serving import STORE_FILE, VALKEY_FOLDER, reachable_store
from dashboard.settings import Settings
from dashboard.streams import embedded
from dashboard.streams.client import LOST, connect
from dashboard.streams.embedded import EmbeddedServer
from dashboard.streams.errors import StreamsError

pytestmark = pytest.mark.valkey


def test_the_store_that_is_named_is_the_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")
    with reachable_store(settings) as found:
        assert found == settings


def test_without_a_kite_the_folders_own_store_runs_for_the_while(tmp_path: Path) -> None:
    with reachable_store(Settings(data_dir=tmp_path)) as found, connect(found.redis_url) as client:
        client.set("kept", "1")
    with pytest.raises((*LOST, StreamsError)):
        connect(found.redis_url)
    with reachable_store(Settings(data_dir=tmp_path)) as found, connect(found.redis_url) as client:
        assert client.get("kept") == b"1"


def test_a_running_kites_store_is_found_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_LOCK_WAIT_S", 0.1)
    with EmbeddedServer(tmp_path / VALKEY_FOLDER) as running:
        with (
            pytest.raises(StreamsError, match="Another Kite is running"),
            reachable_store(Settings(data_dir=tmp_path)),
        ):
            pass
        (tmp_path / STORE_FILE).write_text(running.url)
        with reachable_store(Settings(data_dir=tmp_path)) as found:
            assert found.redis_url == running.url


@pytest.mark.parametrize("said", ["redis://127.0.0.1:1/0", "nonsense", "", None])
def test_what_a_crash_has_left_behind_is_no_running_store(tmp_path: Path, said: str | None) -> None:
    """None: another server has the port now."""
    with EmbeddedServer(tmp_path / "other" / VALKEY_FOLDER) as others:
        mine = tmp_path / "mine"
        mine.mkdir()
        (mine / STORE_FILE).write_text(others.url if said is None else said)
        with reachable_store(Settings(data_dir=mine)) as found:
            assert found.redis_url not in (others.url, said)
            with connect(found.redis_url) as client:
                assert client.config_get("dir")["dir"] == str(mine / VALKEY_FOLDER)
