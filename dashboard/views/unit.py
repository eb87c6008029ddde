"""The page on a unit's phone: a plain shell, its modules under the name of their release, the service worker.

The shell holds no case: what the unit has to do comes from `/api/v1/units/<call sign>/tasks`, so that the
service worker may keep the shell and open it without a connection. Modules lie in a folder named by a hash of
them all: a shell and its modules are always of one release, and may be kept for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response
from markupsafe import escape

from dashboard.domain.case_types import CASE_TYPES, LEVELS, ORIGINS
from dashboard.domain.commands import COMMANDS, OUTCOMES, PHASES, STATES
from dashboard.domain.unit_tasks import (
    BY_UNIT,
    CONDITIONAL,
    PASSED_BY,
    STATES_SHOWN,
    STATES_TO_DO,
    may_see_unit,
)
from dashboard.views import languages, page, theme
from dashboard.views.addresses import UNIT
from dashboard.views.ids import UnitId
from dashboard.views.services import Services
from dashboard.views.texts import t, texts_for
from layers import palette

RELEASE = "X-Kite-Release"
"""Header: the release of a shell's modules, by which the service worker tells whether it is its own."""
_FOLDER, _WORKER, _MAIN = "unit", "service-worker.js", "unit/main.mjs"
_STYLES = ("unit/unit.css", "unit/deciding.css")
_SHARED = ("desk/elements.mjs",)
_KINDS = {".mjs": "text/javascript", ".js": "text/javascript", ".css": "text/css"}
_SAID = ("unit.", "age.", "header.age")
_FOR_EVER = "public, max-age=31536000, immutable"

_SHELL = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark">
<meta name="theme-color" content="{ground}">
<title>{title}</title>
<link rel="icon" href="{icon}">
<style>{variables}</style>
{styles}
{preloads}
<script type="application/json" id="{data_id}">{data}</script>
<script type="module" src="{base}{main}"></script>
</head>
<body>
<header>
<a class="back" href="#" aria-label="{back}">‹</a>
<div class="who">
<h1>{call_sign}</h1>
<span id="{simulated_id}" class="badge" hidden>{simulated}</span>
<span id="{age_id}" class="age">{no_age}</span>
</div>
<a class="language" href="?lang={other}" lang="{other}">{other_name}</a>
</header>
<div id="{status_id}" role="status" hidden></div>
<main>
<section id="{held_id}" aria-live="polite"></section>
<section id="{list_id}" aria-label="{list_name}"></section>
<section id="{task_id}" aria-label="{task_name}"></section>
</main>
<noscript>{noscript}</noscript>
</body>
</html>"""

_PROBLEM = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{variables}</style>
{styles}
</head>
<body><main><p class="empty">{sentence}</p></main></body>
</html>"""


@dataclass(frozen=True)
class Files:
    """What the browser loads: bodies by their path in `assets/`, their release, and the service worker."""

    bodies: dict[str, bytes]
    release: str
    worker: bytes

    @classmethod
    def read(cls, assets: Path) -> Files:
        """Read them from the folder `assets`."""
        own = [*sorted((assets / _FOLDER).glob("*.mjs")), *(assets / name for name in _STYLES)]
        names = [*(path.relative_to(assets).as_posix() for path in own), *_SHARED]
        bodies = {name: (assets / name).read_bytes() for name in names}
        worker = (assets / _FOLDER / _WORKER).read_bytes()
        digest = hashlib.sha256(worker)
        for name, body in bodies.items():
            digest.update(name.encode() + b"\0" + body + b"\0")
        return cls(bodies, digest.hexdigest()[:16], worker)

    @property
    def base(self) -> str:
        """Where the files are, with the stroke."""
        return f"{UNIT}files/{self.release}/"

    def service_worker(self) -> bytes:
        """The service worker, told its release, its files and where they are."""
        told = {"RELEASE": self.release, "BASE": self.base, "FILES": list(self.bodies), "SCOPE": UNIT}
        lines = [f"const {name} = {orjson.dumps(value).decode()};" for name, value in told.items()]
        return "\n".join([*lines, ""]).encode() + self.worker


def install(server: Flask, services: Services, assets: Path) -> None:
    """Add the page, its files and its service worker to the Flask server."""
    files = Files.read(assets)
    homes = dict(zip(services.pack.units.call_sign, services.pack.units.home_grid, strict=True))

    @server.get(f"{UNIT}<call_sign>")
    def unit_page(call_sign: str) -> Response:
        grid, hierarchy = homes.get(call_sign), services.hierarchy
        home = None if grid is None else hierarchy.codes[hierarchy.region_of_grid(int(grid))]
        if not may_see_unit(services.identity(), call_sign, home, hierarchy.contains_code):
            return _problem(services, files, t("unit.forbidden", unit=call_sign), 403)
        if home is None:
            return _problem(services, files, t("unit.unknown", unit=call_sign), 404)
        return _shell(services, files, call_sign)

    @server.get(f"{UNIT}sw.js")
    def unit_worker() -> Response:
        headers = {"Cache-Control": "no-cache"}
        return Response(files.service_worker(), mimetype=_KINDS[".js"], headers=headers)

    @server.get(f"{UNIT}files/<release>/<path:name>")
    def unit_file(release: str, name: str) -> Response:
        if release != files.release or name not in files.bodies:
            return Response(status=404)
        headers = {"Cache-Control": _FOR_EVER}
        return Response(files.bodies[name], mimetype=_KINDS[Path(name).suffix], headers=headers)


def _shell(services: Services, files: Files, call_sign: str) -> Response:
    other = next(lang for lang in languages.LANGUAGES if lang != languages.language())
    preloads = (f'<link rel="modulepreload" href="{files.base}{name}">' for name in files.bodies)
    data = orjson.dumps(unit_data(services, call_sign)).decode().replace("</", "<\\/")
    html = _SHELL.format(
        lang=languages.HTML_LANG[languages.language()],
        ground=palette.GROUND,
        title=escape(t("unit.page", unit=call_sign)),
        icon=page.ICON,
        variables=theme.css_variables(services.cuts, page.BAR_FROM),
        base=files.base,
        styles=_style_links(files),
        main=_MAIN,
        preloads="\n".join(link for link in preloads if link.endswith('.mjs">')),
        data=data,
        call_sign=escape(call_sign),
        back=t("unit.back"),
        simulated=t("header.simulated"),
        no_age=t("header.age.unknown"),
        other=other,
        other_name=t(f"language.{other}"),
        list_name=t("unit.list"),
        task_name=t("unit.task"),
        noscript=t("unit.noscript"),
        **{f"{row.name.lower()}_id": row.value for row in UnitId},
    )
    headers = {"Cache-Control": "private, no-cache", RELEASE: files.release}
    return Response(html, mimetype="text/html", headers=headers)


def _style_links(files: Files) -> str:
    return "\n".join(f'<link rel="stylesheet" href="{files.base}{name}">' for name in _STYLES)


def _problem(services: Services, files: Files, sentence: str, status: int) -> Response:
    html = _PROBLEM.format(
        lang=languages.HTML_LANG[languages.language()],
        title=t("app.name"),
        variables=theme.css_variables(services.cuts, page.BAR_FROM),
        styles=_style_links(files),
        sentence=escape(sentence),
    )
    return Response(html, status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def unit_data(services: Services, call_sign: str) -> dict[str, Any]:
    """See `PageData` in assets/unit/words.mjs."""
    lang = languages.language()
    own = 0 if lang == "zh" else 1

    def words(table: dict[Any, tuple[str, str]]) -> dict[str, str]:
        return {str(key): _capital(names[own]) for key, names in table.items()}

    texts = texts_for(lang)
    return {
        "unit": call_sign,
        "root": page.ROOT,
        "worker": f"{UNIT}sw.js",
        "language": lang,
        "timezone": services.pack.manifest["timezone"],
        "stale_after_s": services.settings.stale_after_s,
        "simulated": services.simulated(),
        "texts": {name: text for name, text in texts.items() if name.startswith(_SAID)},
        "rules": {
            slug: {
                "moves": COMMANDS[slug].moves,
                "passed_by": list(PASSED_BY.get(slug, ())),
                "conditional": slug in CONDITIONAL,
            }
            for slug in BY_UNIT
        },
        "commands": words({slug: (rule.zh, rule.en) for slug, rule in COMMANDS.items()}),
        "shown": list(STATES_SHOWN),
        "to_do": list(STATES_TO_DO),
        "states": words(STATES),
        "levels": words(LEVELS),
        "phases": words(PHASES),
        "outcomes": words(OUTCOMES),
        "origins": words(ORIGINS),
        "reported": _capital(t("unit.reported")),
        "cards": {card: _capital(t(f"desk.card.{card}")) for card in ("yellow", "red")},
        "types": words({row.code: (row.zh, row.en) for row in CASE_TYPES}),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
