"""How a brief says what its figures are: levels, places, moments and names in the language of the request."""

from __future__ import annotations

from dashboard.domain.hierarchy import GRID, VILLAGE
from dashboard.views.brief.asked import Asked
from dashboard.views.brief.model import Words
from dashboard.views.places import full_name, name_of
from dashboard.views.services import Services
from dashboard.views.texts import t
from dashboard.views.wording import moment
from layers import palette

_AGES = ((86_400, "age.days"), (3_600, "age.hours"), (60, "age.minutes"), (1, "age.seconds"))
TEXT_LIMIT = 60


def level_words(level: int) -> str:
    """The numeral and the colour of a level; "—" for an unknown one."""
    return f"{palette.LEVELS[level].numeral} {t(f'level.{level}')}" if level else t("value.none")


def age(seconds: float) -> str:
    """How long, in its largest whole unit."""
    unit, name = next((row for row in _AGES if seconds >= row[0]), _AGES[-1])
    return t(name, n=int(seconds // unit))


def date(services: Services, at_ms: float) -> str:
    """A day with its year in the city's time."""
    return moment(services, at_ms, "%Y-%m-%d")


def clock(services: Services, at_ms: float) -> str:
    """A moment with its year in the city's time."""
    return moment(services, at_ms, "%Y-%m-%d %H:%M")


def where(asked: Asked, code: str | None) -> str:
    """Where a case is, as one says it from below the region: a grid goes by its village, unless that is where
    one is; "" for nowhere."""
    hierarchy = asked.services.hierarchy
    try:
        place = hierarchy.number_of(code or "")
    except KeyError:
        return ""
    if hierarchy.tier[place] == GRID and asked.tier < VILLAGE:
        place = int(hierarchy.parent[place])
    return _from_below(asked, place)


def named(asked: Asked, code: str) -> str:
    """A region itself, as one says it from below the brief's own; a code that is none as it is."""
    try:
        return _from_below(asked, asked.services.hierarchy.number_of(code))
    except KeyError:
        return code


def _from_below(asked: Asked, place: int) -> str:
    return full_name(asked.services, place, above=asked.region) or name_of(asked.services, place)


def short(text: str) -> str:
    """A text, cut where it would fill the page."""
    return text if len(text) <= TEXT_LIMIT else text[: TEXT_LIMIT - 1].rstrip() + "…"


def joined(*parts: str) -> str:
    """Parts that are there, with a dot between them."""
    return " · ".join(part for part in parts if part)


def unread() -> Words:
    """What stands in place of figures of cases while their history has not been read."""
    return Words(t("brief.unread"), "note")
