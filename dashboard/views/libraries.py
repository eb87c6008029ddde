"""Which component libraries a page gets: Dash sends each app of a process those of all that were imported."""

from __future__ import annotations

import re

AG_GRID, DATA_TABLE = "dash_ag_grid", "dash_table"
_SCRIPT = r'<script[^>]*\ssrc="[^"]*/_dash-component-suites/(?:dash/)?(?:{})/[^"]*"[^>]*></script>\n?'


def without(scripts: str, libraries: tuple[str, ...]) -> str:
    """The script elements of a page without those of some component libraries (1.3 MB for the grid of rows).

    Only for libraries of which the page has no component: a browser can't render one it has no script for.
    """
    return re.sub(_SCRIPT.format("|".join(map(re.escape, libraries))), "", scripts) if libraries else scripts
