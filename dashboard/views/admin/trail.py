"""The trail: who did or saw what, by case, account and time, for the region that one administers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, request
from markupsafe import Markup

from dashboard.domain.access import EVERYWHERE
from dashboard.domain.audit import ACTIONS, TEXT_LIMIT, WITHHELD
from dashboard.domain.commands import COMMANDS
from dashboard.live.city import City
from dashboard.live.noting import about
from dashboard.streams.audit_trail import Found, Wanted, facts_of, find, newest
from dashboard.streams.client import FAILED, client_of
from dashboard.views.admin import frame
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t

PATH = frame.PATHS["trail"]
ABOUT, WHO, ACTION, FROM, UNTIL, LAST = "about", "who", "action", "from", "until", "last"
"""What may be asked for in the address; `LAST` is the id to look on from."""
MOST = 100


def register(server: Flask, city: City, services: Services) -> None:
    """Add the page."""
    client, keys = client_of(city.settings.redis_url, city.keys), city.keys
    zone = ZoneInfo(city.pack.manifest["timezone"])

    @server.get(PATH)
    def trail() -> Response:
        who = frame.gate(services)
        asked = asked_for()
        wanted = wanted_by(asked, zone, who.holds)
        try:
            found = find(client, keys, wanted, asked[LAST], MOST)
            end = newest(client, keys) if who.identity.region_code == EVERYWHERE else None
        except FAILED:
            return frame.admin_page("trail", t("admin.trail"), frame.notice(t("trail.silent"), bad=True), 503)
        about(**looked_for(asked, found))
        parts = [_search(asked), _head(end), _table(services, found, zone), _further(found, asked)]
        return frame.admin_page("trail", t("admin.trail"), Markup("").join(parts))


def asked_for() -> dict[str, str]:
    """What the address asks for, each text short, what makes no sense empty."""
    names = (ABOUT, WHO, ACTION, FROM, UNTIL, LAST)
    asked = {name: request.args.get(name, "").strip()[:TEXT_LIMIT] for name in names}
    number = asked[LAST].removesuffix("-0")
    return {
        **asked,
        ACTION: asked[ACTION] if asked[ACTION] in ACTIONS else "",
        FROM: asked[FROM] if _day(asked[FROM]) else "",
        UNTIL: asked[UNTIL] if _day(asked[UNTIL]) else "",
        LAST: asked[LAST] if number.isascii() and number.isdigit() and len(number) < 19 else "",
    }


def looked_for(asked: dict[str, str], found: Found) -> dict[str, str]:
    """What is noted of a look: whose or what trail; of words that led to none only that there were some.

    Whatever is typed there would be kept for ever, and might be a person's name.
    """
    given = {name: asked[name] for name in (ABOUT, WHO) if asked[name]}
    return given if found.entries else dict.fromkeys(given, WITHHELD)


def wanted_by(asked: dict[str, str], zone: ZoneInfo, holds: Callable[[str], bool]) -> Wanted:
    """The same as it is looked for: whole days by the city's clocks."""
    first, last = _day(asked[FROM]), _day(asked[UNTIL])
    return Wanted(
        asked[ABOUT],
        asked[WHO],
        asked[ACTION],
        _begin_ms(first, zone) if first else None,
        _begin_ms(last + timedelta(days=1), zone) if last else None,
        holds,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _begin_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)


def _search(asked: dict[str, str]) -> Markup:
    actions = [("", t("trail.any")), *((action, t(f"trail.action.{action}")) for action in ACTIONS)]
    fields = [
        frame.Field(ABOUT, t("trail.about"), "search", asked[ABOUT], help=t("trail.about.help")),
        frame.Field(WHO, t("trail.who"), "search", asked[WHO]),
        frame.Field(ACTION, t("trail.action"), "select", asked[ACTION], actions),
        frame.Field(FROM, t("trail.from"), "date", asked[FROM]),
        frame.Field(UNTIL, t("trail.until"), "date", asked[UNTIL]),
    ]
    return frame.form(PATH, fields, t("trail.search"), method="get")


def _head(end: Any) -> Markup:
    """The end of the chain, to be written down elsewhere: against it a cut shows."""
    if end is None:
        return Markup("")
    stored_id, entry = end
    said = t("trail.head", n=stored_id.removesuffix("-0"), head=entry.hash)
    return Markup('<p class="note">{}</p>').format(said)


def _table(services: Services, found: Found, zone: ZoneInfo) -> Markup:
    columns = ("number", "at", "who", "done", "about", "region", "where", "outcome")
    headers = [t(f"trail.column.{name}") for name in columns]
    rows = [_row(services, told, zone) for told in found.entries]
    return frame.table(headers, rows, t("trail.caption", n=len(rows)))


def _row(services: Services, told: dict[str, Any], zone: ZoneInfo) -> list[str | Markup]:
    at = datetime.fromtimestamp(told["at_ms"] / 1000, UTC).astimezone(zone)
    return [
        str(told.get("number", "")),
        f"{at:%Y-%m-%d %H:%M:%S}",
        _narrowed(WHO, str(told.get("who", ""))),
        _done(told),
        _narrowed(ABOUT, str(told.get("subject", ""))),
        _region(services, str(told.get("region", ""))),
        _from(str(told.get("where", ""))),
        _outcome(str(told.get("outcome", ""))),
    ]


def _narrowed(name: str, value: str) -> Markup:
    """A value that leads to all that has it."""
    if not value:
        return Markup(t("value.none"))
    return frame.link(f"{PATH}?{urlencode({name: value})}", value)


def _done(told: dict[str, Any]) -> Markup:
    action, facts = str(told.get("action", "")), facts_of(told)
    said = t(f"trail.action.{action}") if action in ACTIONS else action
    command = str(facts.pop("command", ""))
    if command in COMMANDS:
        said = t("trail.command", done=said, command=t(f"command.{command}"))
    more = "  ".join(f"{name}={value}" for name, value in facts.items())
    return Markup("{}{}").format(said, Markup(" <small>{}</small>").format(more) if more else "")


def _region(services: Services, code: str) -> str:
    try:
        return name_of(services, services.hierarchy.number_of(code))
    except KeyError:
        return t("header.everywhere") if code == EVERYWHERE else code


def _from(where: str) -> str:
    return t("trail.command_line") if where == "command line" else where or t("value.none")


def _outcome(outcome: str) -> Markup:
    said = t(f"trail.outcome.{outcome}") if outcome in ("done", "refused", "failed") else outcome
    return Markup('<span class="outcome {}">{}</span>').format(outcome, said)


def _further(found: Found, asked: dict[str, str]) -> Markup:
    if found.next_id is None:
        return Markup("")
    query = urlencode({**{name: value for name, value in asked.items() if value}, LAST: found.next_id})
    return Markup("<p>{}</p>").format(frame.link(f"{PATH}?{query}", t("trail.further")))
