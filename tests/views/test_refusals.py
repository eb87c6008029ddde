"""What is refused before any page has it: a page with a sentence in the browser's language, or JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from dashboard.live.identity import ForeignOriginError
from dashboard.live.route_table import RoleError
from dashboard.views import languages, refusals

HTML = {"Accept": "text/html,application/xhtml+xml"}
SAID = {
    "/role": (
        403,
        "您的账号没有打开这一页或这样做的权限。",
        "Your account may not open this page or do this.",
    ),
    "/foreign": (403, "请求来自别的网站", "The request came from another site"),
    "/large": (413, "发送的内容太大", "What was sent is too large"),
}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    server = Flask("test")
    languages.install(server, "zh", tmp_path)
    refusals.install(server)

    @server.get("/role")
    def role() -> None:
        raise RoleError("x has the role wall, which may not do this.")

    @server.get("/foreign")
    def foreign() -> None:
        raise ForeignOriginError("A page of another site.")

    server.add_url_rule("/large", "large", lambda: abort(413))
    return server.test_client()


@pytest.mark.parametrize("path", SAID)
def test_a_browser_gets_a_page_in_its_language_and_a_way_to_sign_in(client: FlaskClient, path: str) -> None:
    status, *said = SAID[path]
    for lang, words in zip(("zh", "en"), said, strict=True):
        answer = client.get(f"{path}?lang={lang}", headers=HTML)
        assert answer.status_code == status
        assert words in answer.text
        assert 'href="/sign-in"' in answer.text
        assert "<script" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", SAID)
def test_a_program_gets_a_sentence_of_json(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == SAID[path][0]
    assert set(answer.json) == {"sentence"}
