"""What every answer tells the browser to allow."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

import pytest
from dash import Dash
from flask import Flask, abort
from flask_talisman import Talisman

from dashboard.live import headers
from dashboard.live.headers import policy
from dashboard.settings import Settings

PAGE_OF_DASH = '<script id="_dash-renderer" type="application/javascript">'


def served(tile_url: str = "") -> Flask:
    server = Flask("test")
    dash = Dash("test", server=server, assets_folder=str(Path("none")))  # type: ignore[arg-type]
    dash.layout = []
    server.add_url_rule("/missing", "missing", lambda: abort(404))
    server.add_url_rule("/kept", "kept", lambda: ("", {"Cache-Control": "private, no-cache"}))
    server.add_url_rule("/healthz", "healthz", lambda: "")  # which is everybody's
    headers.install(server, Settings(tile_url=tile_url), dash.csp_hashes())
    return server


def directives(text: str) -> dict[str, list[str]]:
    parts = (part.split() for part in text.split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", ["/", "/missing", "/static/none"])
def test_every_answer_forbids_what_stands_in_a_page_but_the_renderers_line(path: str) -> None:
    """Also an answer that refuses."""
    client = served().test_client()
    said = directives(client.get(path).headers["Content-Security-Policy"])
    html = client.get("/").text
    line = html.partition(PAGE_OF_DASH)[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(line.encode()).digest()).decode()
    assert said["script-src"] == ["'self'", f"'sha256-{digest}'"]
    everything = [source for name, sources in said.items() if name != "style-src" for source in sources]
    assert not any("unsafe" in source or source in ("*", "http:", "https:") for source in everything)
    assert said["frame-ancestors"] == said["object-src"] == said["base-uri"] == ["'none'"]


def test_https_is_asked_for_only_where_it_is_spoken() -> None:
    client = served().test_client()
    assert "Strict-Transport-Security" not in client.get("/").headers
    said = client.get("/", base_url="https://kite.example").headers["Strict-Transport-Security"]
    assert said == "max-age=31536000"


def test_the_other_headers() -> None:
    said = served().test_client().get("/").headers
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert said["Referrer-Policy"] == "strict-origin"
    assert said["Cross-Origin-Opener-Policy"] == said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(said["Permissions-Policy"].split(", "))


def test_they_are_those_that_talisman_makes() -> None:
    """Read off once: a new version of it may make another."""
    plain = Flask("plain")
    Talisman(plain, force_https=False)
    made = plain.test_client().get("/", base_url="https://kite.example").headers
    ours = served().test_client().get("/", base_url="https://kite.example").headers
    assert set(dict(made)) <= set(dict(ours))


def test_what_is_not_everybodys_is_kept_by_no_browser() -> None:
    """Unless the route says otherwise: pages, answers that refuse, and what Dash answers by itself."""
    client = served().test_client()
    for path, said in (
        ("/", "no-store"),
        ("/_dash-layout", "no-store"),
        ("/_dash-dependencies", "no-store"),
        ("/missing", "no-store"),
        ("/nowhere/at/all", "no-store"),
        ("/kept", "private, no-cache"),
        ("/healthz", None),
    ):
        assert client.get(path).headers.get("Cache-Control") == said, path


@pytest.mark.parametrize("base", ["/", "/dispatch/"])
def test_a_file_is_kept_for_ever_in_the_version_that_its_address_names(tmp_path: Path, base: str) -> None:
    """As Dash writes the address: the time of the file's last change; in any other it is asked for again."""
    (tmp_path / "page.css").write_text("a { color: red; }")
    os.utime(tmp_path / "page.css", (1_796_120_893, 1_796_120_893.25))
    server = Flask("test")
    dash = Dash("test", server=server, assets_folder=str(tmp_path), url_base_pathname=base)  # type: ignore[arg-type]
    dash.layout = []
    headers.install(server, Settings(), dash.csp_hashes())
    client = server.test_client()
    address = re.findall(r'href="([^"]*page[.]css[^"]*)"', client.get(base).text)[0]
    kept = "public, max-age=31536000, immutable"
    assert client.get(address).headers["Cache-Control"] == kept
    for other in (address.partition("?")[0], address.replace("1796120893", "1796120894")):
        answer = client.get(other)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get(address.replace("page", "none")).headers.get("Cache-Control") != kept


@pytest.mark.parametrize(
    ("tile_url", "source"),
    [
        ("", None),
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("http://10.0.0.5:8080/{z}/{x}/{y}.png", "http://10.0.0.5:8080"),
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "https://*.tiles.example"),
        ("/own/{z}/{x}/{y}.png", None),
    ],
)
def test_the_operators_own_tiles_are_the_only_images_from_elsewhere(
    tile_url: str, source: str | None
) -> None:
    images = policy(tile_url)["img-src"].split()
    assert [image for image in images if image not in ("'self'", "data:", "blob:")] == (
        [source] if source else []
    )
