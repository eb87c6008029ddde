"""What the wall's page brings in its head: a guard that needs nothing else, data, and the scripts."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from dashboard.domain.case_types import CASE_TYPES, FAMILIES, LEVELS
from dashboard.domain.commands import OPEN, PHASES, STATES
from dashboard.domain.rings import RINGS
from dashboard.views import languages, page
from dashboard.views.ids import WallId
from dashboard.views.services import Services
from dashboard.views.texts import t, texts_for
from dashboard.views.wall import scenes

_GUARD = Path(__file__).parents[3] / "assets" / "wall" / "guard.js"
_SAID = ("wall.", "age.", "level.", "tier.", "card.score.", "header.and")


def head(services: Services, release: str) -> str:
    """Elements of the page's head, in the language of the request."""
    data = orjson.dumps(wall_data(services, release)).decode().replace("</", "<\\/")
    return "\n".join(
        [
            f"<script>{_guard()}</script>",
            f'<script type="application/json" id="{WallId.DATA}">{data}</script>',
            page.module("wall/main.mjs"),
        ]
    )


def script_hash() -> str:
    """What a Content-Security-Policy lets the guard run by: it is the one script that stands in a page."""
    digest = hashlib.sha256(_guard().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _guard() -> str:
    return _GUARD.read_text(encoding="utf-8")


def wall_data(services: Services, release: str) -> dict[str, Any]:
    """See `PageData` in assets/wall/words.mjs."""
    lang = languages.language()
    own = 0 if lang == "zh" else 1

    def words(table: dict[Any, tuple[str, str]]) -> dict[str, str]:
        return {str(key): _capital(names[own]) for key, names in table.items()}

    return {
        "release": release,
        "root": page.ROOT,
        "language": lang,
        "timezone": services.pack.manifest["timezone"],
        "stale_after_s": services.settings.stale_after_s,
        "cuts": list(services.cuts),
        "bar_from": page.BAR_FROM,
        "texts": {name: text for name, text in texts_for(lang).items() if name.startswith(_SAID)},
        "families": [[row.slug, t(f"family.{row.slug}")] for row in FAMILIES],
        "types": words({row.code: (row.zh, row.en) for row in CASE_TYPES}),
        "states": words(STATES),
        "open_states": list(OPEN),
        "phases": words(PHASES),
        "levels": words(LEVELS),
        "rings": [[number, t(f"ring.{number}")] for number in RINGS],
        **scenes.to_json(),
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
