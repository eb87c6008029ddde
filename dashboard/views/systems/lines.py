"""What a block is made of: lines of a name, a figure and, where there is a share, a bar; figures in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from dashboard.views.addresses import region_path
from dashboard.views.places import name_of
from dashboard.views.services import Services
from dashboard.views.texts import t

_AGES = ((86_400, "age.days"), (3_600, "age.hours"), (60, "age.minutes"), (1, "age.seconds"))
_WHOLE = 1.0


@dataclass(frozen=True)
class Line:
    """One line: a name, what it says, and a note below.

    `share` (0 … 1) draws a bar, `norm` a mark on it; below the norm it says so, in words as well. `wrong`:
    something is not as it should be. `href` makes the name a link, `more` is its tooltip; `wide`: the name is
    long, and has the line to itself but for a short figure at its end.
    """

    name: str
    value: str
    share: float | None = None
    norm: float | None = None
    wrong: bool = False
    note: str = ""
    href: str = ""
    more: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Told:
    """What the lines of a block are made from: the figures, and how a region and a moment are said."""

    services: Services
    region: int
    figures: Mapping[str, Any]
    zone: ZoneInfo = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.figures[name]

    def place(self, code: str) -> str:
        """The name of the region of a code."""
        return name_of(self.services, self.services.hierarchy.number_of(code))

    def moment(self, at_ms: int | None) -> str:
        """A moment in the city's time; a dash where there is none."""
        if at_ms is None:
            return t("value.none")
        return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self.zone):%m-%d %H:%M}"

    @property
    def tier(self) -> int:
        """The region's tier."""
        return int(self.services.hierarchy.tier[self.region])


def line(made: Line) -> html.Div:
    """The components of a line: few, as they are made anew for each region."""
    below = made.share is not None and made.norm is not None and made.share < made.norm
    name: Any = html.Span(made.name, className="name", title=made.more)
    if made.href:
        name = html.A(made.name, href=made.href, className="name", title=made.more)
    value = [html.Span(made.value, className="value")]
    if below:
        value.append(html.Span(t("systems.below", norm=percent(made.norm)), className="below"))
    parts = [name, html.Span(value, className="figures"), *_bar(made)]
    if made.note:
        parts.append(html.Span(made.note, className="note"))
    marks = {"wrong": made.wrong or below, "wide": made.wide}
    return html.Div(parts, className=" ".join(["system-line", *(mark for mark, on in marks.items() if on)]))


def _bar(made: Line) -> list[html.Span]:
    """The bar of a share with the mark of its norm; the sizes are data, not design."""
    if made.share is None:
        return []
    style = {"--share": f"{100 * min(1.0, made.share):.1f}%"}
    fill = [html.Span(className="share")]
    if made.norm is not None:
        style["--norm"] = f"{100 * made.norm:.1f}%"
        fill.append(html.Span(className="norm"))
    return [html.Span(fill, className="system-bar", style=style)]


def count(number: int | None) -> str:
    """A count with separators; a dash where it isn't known."""
    return t("value.none") if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """A share, rounded down so that what has a gap is never whole; a dash where it isn't known."""
    if share is None:
        return t("value.none")
    return "100%" if share >= _WHOLE else f"{floor(1000 * share + 1e-9) / 10:.1f}%"


def rate(found: Mapping[str, Any] | None) -> str:
    """A rate with its interval; a dash with too few behind it."""
    if found is None or found["share"] is None:
        return t("value.none")
    words = {name: f"{100 * found[name]:.1f}" for name in ("share", "low", "high")}
    return t("settling.rate.value", **words)


def of(part: int | None, whole: int | None) -> str:
    """So many of so many."""
    return t("systems.of", n=count(part), of=count(whole))


def span(seconds: float | None) -> str:
    """A duration in its largest whole unit; a dash where it isn't known."""
    if seconds is None:
        return t("value.none")
    unit, name = next((row for row in _AGES if seconds >= row[0]), _AGES[-1])
    return t(name, n=int(seconds // unit))


def hours(value: float | None) -> str:
    """A duration that is given in hours."""
    return span(None if value is None else value * 3600)


def listed(words: Iterable[str], most: int | None = None) -> str:
    """Words one after the other; a dash for none, and how many are left out of a long list."""
    found = [word for word in words if word]
    shown = found if most is None else found[:most]
    left = len(found) - len(shown)
    return " · ".join([*shown, *([t("systems.more", n=left)] if left else [])]) or t("value.none")


def counted(
    rows: Sequence[Mapping[str, Any]],
    key: str,
    figure: str,
    named: Callable[[str], str],
    most: int | None = None,
) -> str:
    """Rows as "name figure" in one line; 0 where all count nothing. `named` names a key."""
    said = [f"{named(row[key])} {count(row[figure])}" for row in rows if row[figure]]
    return listed(said, most) if said else count(0)


def tier_name(slug: str) -> str:
    """What a centre or place of that tier is called, in a word."""
    return t(f"systems.tier.{slug}")


def state_name(slug: str) -> str:
    """What a state of a case is called."""
    return t(f"case_state.{slug}")


def type_name(code: str) -> str:
    """What a type of cases is called."""
    return t(f"case_type.{code}")


def department_name(slug: str) -> str:
    """What a department is called."""
    return t(f"department.{slug}")


def service_name(slug: str) -> str:
    """What a service of a station is called."""
    return t(f"service.{slug}")


def kind_name(slug: str) -> str:
    """What a kind of cameras is called."""
    return t(f"systems.kind.{slug}")


def to_place(code: str) -> str:
    """The address of a region's page."""
    return region_path(code)
