"""One dead letter: what was sent, why it was refused, the form that corrects it, the form that drops it."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from markupsafe import Markup

from dashboard.domain import correcting
from dashboard.domain.refused import VALUES_NOT_KEPT, Refused
from dashboard.domain.schemas import Field
from dashboard.streams.letters_desk import DROP_REASONS, Letter, Mark
from dashboard.views.admin import frame
from dashboard.views.admin.moments import moment
from dashboard.views.texts import t

_LONG = ("summary", "note")
_SHOWN = 2_000
"""Characters of a value that are shown; one that is a whole packed entry may hold much more."""


def whole_letter(
    letter: Letter,
    zone: ZoneInfo,
    path: str,
    prefix: str,
    given: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> Markup:
    """The page's body. `given`: what was typed in place of what was sent; `refusal`: why that won't do."""
    parts = [
        Markup("<p>{}</p>").format(frame.link(path, t("letters.back"))),
        _refused(refusal),
        _about(letter, zone),
        _again(letter, path),
        _held(letter),
    ]
    if letter.mark:
        parts.append(frame.notice(_done(letter.mark, zone)))
    else:
        if letter.can_be_sent:
            parts.append(_correcting(letter, path, prefix, given))
        parts.append(_dropping(letter, path))
    return Markup("").join(parts)


def _refused(refusal: Refused | None) -> Markup:
    if refusal is None:
        return Markup("")
    if refusal.reason_code == "personal":
        return frame.notice(t("letters.refused.personal"), bad=True)
    said = frame.notice(t("letters.refused", reason=t(f"letters.reason.{refusal.reason_code}")), bad=True)
    return said + Markup('<p class="note" lang="en">{}</p>').format(refusal.sentence)


def _about(letter: Letter, zone: ZoneInfo) -> Markup:
    of = letter.letter
    came = t("letters.came", time=moment(letter.came_ms, zone), stream=of.kind, entry=str(of.entry))
    where = "" if of.position is None else t("letters.position", n=of.position + 1)
    return Markup('<p>{}{}</p><p lang="en">{}</p>').format(came, where, of.sentence)


def _again(letter: Letter, path: str) -> Markup:
    if not letter.again:
        return Markup("")
    before = frame.link(f"{path}/{letter.again}", t("letters.again.link"))
    return Markup('<p class="notice">{} {}</p>').format(t("letters.again"), before)


def _held(letter: Letter) -> Markup:
    """What was sent, or only the names of its fields."""
    of = letter.letter
    if of.values is None or of.reason in VALUES_NOT_KEPT:
        name = "letters.large" if of.reason == "too_large" else "letters.personal"
        return frame.notice(t(name, fields=", ".join(of.fields)), bad=True)
    rows = [[name, value[:_SHOWN]] for name, value in correcting.as_texts(of.values).items()]
    held = frame.table([t("letters.field"), t("letters.value")], rows, t("letters.held"))
    if letter.can_be_sent:
        return held
    return held + frame.notice(t("letters.unread_entry"), bad=True)


def _correcting(letter: Letter, path: str, prefix: str, given: Mapping[str, str] | None) -> Markup:
    sent = correcting.as_texts(letter.letter.values or {})
    values = sent if given is None else given
    rows = correcting.fields_of(correcting.schema_of(letter.letter.kind, values))
    fields = [_field(row, prefix, values.get(row.name, "")) for row in rows]
    unknown = sorted(set(sent) - {row.name for row in rows})
    form = frame.form(f"{path}/{letter.id}/resend", fields, t("letters.send"), title=t("letters.correct"))
    if not unknown:
        return form
    shown = ", ".join(name[:60] for name in unknown)
    return form + Markup('<p class="note">{}</p>').format(t("letters.unknown", fields=shown))


def _field(row: Field, prefix: str, value: str) -> frame.Field:
    kind = "textarea" if row.name in _LONG else "text"
    more = {"autocomplete": "off", "spellcheck": "false"}
    if kind == "text":
        more["size"] = str(min(40, max(10, len(row.example), len(value))))
    return frame.Field(
        prefix + row.name, row.name, kind, value, required=row.required, help=row.example, more=more
    )


def _dropping(letter: Letter, path: str) -> Markup:
    reasons = [(reason, t(f"letters.drop.{reason}")) for reason in DROP_REASONS]
    first = "personal" if letter.letter.reason == "personal" else DROP_REASONS[0]
    field = frame.Field("reason", t("letters.drop.why"), "select", first, reasons)
    return frame.form(
        f"{path}/{letter.id}/drop", [field], t("letters.drop.send"), title=t("letters.drop"), danger=True
    )


def _done(mark: Mark, zone: ZoneInfo) -> str:
    reason = t(f"letters.drop.{mark.reason}") if mark.reason else ""
    at = moment(mark.at_ms, zone)
    return t(f"letters.mark.{mark.done}", time=at, by=mark.by, entry=mark.entry, reason=reason)
