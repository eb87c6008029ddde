"""Dead letters: counted by reason, listed, corrected and sent again, or dropped (see docs/feeds.md)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, request
from markupsafe import Markup

from dashboard.domain import correcting
from dashboard.domain.access import Identity
from dashboard.domain.refused import REASONS, Refused
from dashboard.live.city import City
from dashboard.live.noting import note
from dashboard.streams.client import FAILED, client_of
from dashboard.streams.dead_letters import ARRIVED, LOST
from dashboard.streams.keys import RAW_KINDS
from dashboard.streams.letters_desk import (
    DROP_REASONS,
    DROPPED,
    RESENT,
    Asked,
    Letter,
    LetterError,
    LettersDesk,
)
from dashboard.views.admin import frame
from dashboard.views.admin.letter import whole_letter
from dashboard.views.admin.moments import moment
from dashboard.views.services import Services
from dashboard.views.texts import t

PATH = frame.PATHS["letters"]
FIELD = "f."
"""Before the names of an entry's fields in the form."""
WAITING = "waiting"
MOST = 50
_GONE = (RESENT, DROPPED, LOST)
"""What became of letters that don't wait any more."""
Counts = Mapping[tuple[str, str, str], int]
"""As `dead_letters.read_counts` gives them."""


def register(server: Flask, city: City, services: Services) -> None:
    """Add the pages."""
    pages = _Pages(city, services)
    server.get(PATH, endpoint="admin_letters")(_answered(pages.list))
    server.get(f"{PATH}/<letter_id>", endpoint="admin_letter")(_answered(pages.one))
    server.post(f"{PATH}/<letter_id>/resend", endpoint="admin_letter_resend")(_answered(pages.resend))
    server.post(f"{PATH}/<letter_id>/drop", endpoint="admin_letter_drop")(_answered(pages.drop))


def _answered(view: Any) -> Any:
    """The view; a sentence where there is no such letter, or the store doesn't answer."""

    @wraps(view)
    def answered(**given: str) -> Response:
        try:
            answer: Response = view(**given)
        except LetterError:
            return _sentence("letters.none", 404)
        except FAILED:
            return _sentence("letters.unread", 503)
        return answer

    return answered


def _sentence(text: str, status: int) -> Response:
    return frame.admin_page("letters", t("letters.title"), frame.notice(t(text), bad=True), status)


class _Pages:
    """The pages of one city, for administrators of the whole of it: letters hold what was sent as it was."""

    def __init__(self, city: City, services: Services) -> None:
        self._city, self._services = city, services
        self._desk = LettersDesk(client_of(city.settings.redis_url, city.keys), city.keys)
        self._zone = ZoneInfo(city.pack.manifest["timezone"])

    def _gate(self) -> Identity:
        who = frame.gate(self._services)
        if not who.holds(self._city.hierarchy.codes[0]):
            abort(_sentence("letters.whole", 403))
        return who.identity

    def list(self) -> Response:
        """Counts, and the newest letters that are asked for."""
        self._gate()
        asked = Asked(
            _one_of("kind", RAW_KINDS),
            _one_of("reason", REASONS),
            _one_of("done", (WAITING, RESENT, DROPPED)),
        )
        counts = self._desk.counts()
        found = self._desk.page(asked, request.args.get("before", ""), MOST)
        rows = [_row(letter, self._zone) for letter in found.letters]
        headers = [t(f"letters.column.{name}") for name in ("at", "kind", "reason", "said", "state", "open")]
        parts = [
            Markup("<p>{}</p>").format(t("letters.intro")),
            _lost(counts),
            _counts(counts),
            _search(asked),
            frame.table(headers, rows, t("letters.caption", n=len(rows))),
            _further(asked, found.further),
        ]
        return frame.admin_page("letters", t("letters.title"), Markup("").join(parts))

    def one(self, letter_id: str) -> Response:
        """A letter whole, with what can be done about it."""
        self._gate()
        return self._whole(self._desk.letter(letter_id))

    def _whole(
        self,
        letter: Letter,
        status: int = 200,
        given: Mapping[str, str] | None = None,
        refusal: Refused | None = None,
    ) -> Response:
        body = whole_letter(letter, self._zone, PATH, FIELD, given, refusal)
        named = {name: t(f"letters.{name}.{getattr(letter.letter, name)}") for name in ("kind", "reason")}
        return frame.admin_page("letters", t("letters.one", **named), body, status)

    def resend(self, letter_id: str) -> Response:
        """Send what was typed, once."""
        who = self._gate()
        letter = self._desk.letter(letter_id)
        if not letter.can_be_sent:
            return self._whole(letter, 409)
        typed = {name.removeprefix(FIELD): text.strip() for name, text in request.form.items()}
        schema = correcting.schema_of(letter.letter.kind, typed)
        fields = correcting.typed(schema, typed)
        try:
            mark, was_now = self._desk.resend(letter, fields, who.name, _now_ms(), self._check)
        except Refused as refusal:
            # Of what may point at a person nothing is repeated, not even to who typed it.
            given = None if refusal.reason_code == "personal" else typed
            return self._whole(letter, 422, given, refusal)
        if was_now:
            note(
                "letter_resent",
                subject=letter.id,
                facts={"kind": letter.letter.kind, "reason": letter.letter.reason, "entry": mark.entry},
            )
        return _done(letter, "resent" if was_now else "before")

    def _check(self, kind: str, fields: Mapping[str, str], now_ms: int) -> None:
        """Raises `Refused` for what would be refused again, as far as that can be known beforehand."""
        correcting.check(kind, fields, now_ms)
        around = self._city.desk.around
        if kind == "reports" and "lon" in fields:
            if around.grid_at(float(fields["lon"]), float(fields["lat"])) is None:
                raise Refused("outside", "The place is not in this city.")
        elif kind == "reports" and "grid" in fields and self._city.hierarchy.grid_of(fields["grid"]) is None:
            raise Refused("outside", "The grid is not in this city.")
        elif (
            kind in ("units", "commands") and "unit" in fields and around.unit_number(fields["unit"]) is None
        ):
            raise Refused("bad_value", "The field 'unit' must be a unit of this city.", field="unit")

    def drop(self, letter_id: str) -> Response:
        """Mark a letter as not needed, once."""
        who = self._gate()
        letter = self._desk.letter(letter_id)
        reason = request.form.get("reason", "")
        if reason not in DROP_REASONS:
            return self._whole(letter, 422)
        _, was_now = self._desk.drop(letter, reason, who.name, _now_ms())
        if was_now:
            facts = {"kind": letter.letter.kind, "reason": letter.letter.reason, "because": reason}
            note("letter_dropped", subject=letter.id, facts=facts)
        return _done(letter, "dropped" if was_now else "before")


def _done(letter: Letter, said: str) -> Response:
    return frame.see_other(f"{PATH}/{letter.id}", f"admin.said.letters.{said}")


def _one_of(name: str, known: Any) -> str:
    asked = request.args.get(name, "")
    return asked if asked in known else ""


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _lost(counts: Counts) -> Markup:
    """What was cut off before anybody had dealt with it is gone: that is to be known."""
    lost = sum(n for (what, _, _), n in counts.items() if what == LOST)
    return frame.notice(t("letters.lost", n=f"{lost:,}"), bad=True) if lost else Markup("")


def _counts(counts: Counts) -> Markup:
    """A row for each reason, a column for each kind; what waits is what was neither dealt with nor lost."""
    rows: list[list[str | Markup]] = []
    for reason in REASONS:
        arrived, *gone = (
            sum(counts.get((what, kind, reason), 0) for kind in RAW_KINDS) for what in (ARRIVED, *_GONE)
        )
        if not arrived:
            continue
        by_kind = [_count(reason, kind, counts.get((ARRIVED, kind, reason), 0)) for kind in RAW_KINDS]
        rest = [f"{n:,}" for n in (arrived, arrived - sum(gone), *gone)]
        rows.append([_narrowed(t(f"letters.reason.{reason}"), reason=reason), *by_kind, *rest])
    headers = [
        t("letters.column.reason"),
        *(t(f"letters.kind.{kind}") for kind in RAW_KINDS),
        *(t(f"letters.column.{name}") for name in ("total", "waiting", *_GONE)),
    ]
    sums = {what: sum(n for key, n in counts.items() if key[0] == what) for what in (ARRIVED, *_GONE)}
    waiting = sums[ARRIVED] - sum(sums[what] for what in _GONE)
    said = {"waiting": waiting, "resent": sums[RESENT], "dropped": sums[DROPPED]}
    return frame.table(headers, rows, t("letters.counts", **{name: f"{n:,}" for name, n in said.items()}))


def _count(reason: str, kind: str, count: int) -> str | Markup:
    return _narrowed(f"{count:,}", reason=reason, kind=kind) if count else "0"


def _narrowed(text: str, **query: str) -> Markup:
    return frame.link(f"{PATH}?{urlencode(query)}", text)


def _search(asked: Asked) -> Markup:
    def choices(prefix: str, keys: Any) -> list[tuple[str, str]]:
        return [("", t("letters.any")), *((key, t(f"{prefix}.{key}")) for key in keys)]

    fields = [
        frame.Field(
            "kind", t("letters.column.kind"), "select", asked.kind, choices("letters.kind", RAW_KINDS)
        ),
        frame.Field(
            "reason", t("letters.column.reason"), "select", asked.reason, choices("letters.reason", REASONS)
        ),
        frame.Field(
            "done",
            t("letters.state"),
            "select",
            asked.done,
            choices("letters.done", (WAITING, RESENT, DROPPED)),
        ),
    ]
    return frame.form(PATH, fields, t("letters.search"), method="get")


def _row(letter: Letter, zone: ZoneInfo) -> list[str | Markup]:
    of = letter.letter
    return [
        moment(letter.came_ms, zone),
        t(f"letters.kind.{of.kind}"),
        t(f"letters.reason.{of.reason}"),
        Markup('<small lang="en">{}</small>').format(of.sentence),
        t(f"letters.done.{letter.mark.done if letter.mark else WAITING}"),
        frame.link(f"{PATH}/{letter.id}", t("letters.column.open")),
    ]


def _further(asked: Asked, further: str) -> Markup:
    if not further:
        return Markup("")
    query = {"kind": asked.kind, "reason": asked.reason, "done": asked.done, "before": further}
    shown = urlencode({name: value for name, value in query.items() if value})
    return Markup("<p>{}</p>").format(frame.link(f"{PATH}?{shown}", t("letters.further")))
