"""Blocks of what the cases say: whistles, hearings, the closed loop."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.views.systems.lines import (
    Line,
    Told,
    count,
    counted,
    hours,
    listed,
    of,
    rate,
    span,
    state_name,
    tier_name,
)
from dashboard.views.texts import t

_NAMED = 3


def whistles(told: Told) -> Iterator[Line]:
    """What waits now, and how punctual the last month was, by department and by region."""
    overdue = told["overdue"]
    yield Line(
        t("systems.whistles.waiting"),
        t("systems.whistles.calls", n=count(told["waiting"]), m=count(told["open"])),
        note=listed((f"{row['department']} {row['waiting']:,}" for row in told["by_department"]), _NAMED)
        if told["by_department"]
        else "",
    )
    yield Line(t("systems.whistles.overdue"), count(overdue), wrong=bool(overdue))
    record = told["record"]
    if record is None:
        yield Line(t("systems.whistles.rate"), t("value.none"), note=t("systems.unread"))
        return
    on_time = record["rate"]
    note = t("systems.whistles.called", n=count(record["called"]), late=count(record["late"]))
    yield Line(t("systems.whistles.rate"), rate(on_time), share=on_time["share"], note=note)
    late = sorted((row for row in record["by_department"] if row["late"]), key=lambda row: -row["late"])
    if late:
        said = (_late(row["department"], row["late"], row["called"]) for row in late)
        yield Line(t("systems.whistles.late_departments"), listed(said, _NAMED))
    places = sorted((row for row in record["by_region"] if row["late"]), key=lambda row: -row["late"])
    if places:
        said = (_late(told.place(row["code"]), row["late"], row["called"]) for row in places)
        yield Line(t("systems.whistles.late_places"), listed(said, _NAMED))


def _late(name: str, late: int, called: int) -> str:
    return f"{name} {late:,}/{called:,}"


def hearings(told: Told) -> Iterator[Line]:
    """Disputes found and open, where they were settled, and the hearings to come."""
    age = told["open_age"]
    note = t("systems.hearings.age", median=span(age["median_s"]), oldest=span(age["oldest_s"]))
    opened = Line(t("systems.hearings.open"), count(told["open"]), note=note if told["open"] else "")
    settled, to_come = told["settled"], told["hearings"]
    if told["found"] is None or to_come is None:
        yield opened
        yield Line(t("systems.hearings.found"), t("value.none"), note=t("systems.unanswered"))
        return
    yield Line(t("systems.hearings.found"), count(told["found"]))
    yield opened
    heard = settled["grid_hearing"] + settled["joint_hearing"]
    where = {"grid": settled["grid"], "hearing": heard, "above": settled["above"]}
    yield Line(
        t("systems.hearings.settled"),
        listed(t(f"systems.hearings.settled.{name}", n=count(number)) for name, number in where.items()),
    )
    yield Line(t("systems.hearings.success"), rate(told["success"]), share=told["success"]["share"])
    oldest = to_come["oldest"]
    said = [
        t("systems.hearings.waiting", age=span(oldest["age_s"])) if oldest else "",
        t("systems.hearings.past", n=count(to_come["past"])) if to_come["past"] else "",
    ]
    yield Line(
        t("systems.hearings.to_come"), count(to_come["set"]), wrong=bool(to_come["past"]),
        note=listed(said) if any(said) else "",
    )  # fmt: skip


def loop(told: Told) -> Iterator[Line]:
    """Open cases by state and by centre, what is late, cards, and where cases wait longest."""
    by_state = counted(told["by_state"], "state", "open", state_name)
    yield Line(t("systems.loop.open"), count(told["open"]), note=by_state if told["open"] else "")
    overdue, cards = told["overdue"], told["cards"]
    yield Line(
        t("systems.loop.overdue"), of(overdue, told["open"]), wrong=bool(overdue),
        note=t("systems.loop.paused", n=count(told["paused"])) if told["paused"] else "",
    )  # fmt: skip
    yield Line(
        t("systems.loop.cards"),
        t("systems.loop.cards.value", yellow=count(cards["yellow"]), red=count(cards["red"])),
        wrong=bool(cards["red"]),
    )
    yield Line(t("systems.loop.levels"), counted(told["levels"], "tier", "open", tier_name))
    yield _waits(told)


def _waits(told: Told) -> Line:
    """The states in which cases of now have been longest, by the median."""
    flow, name = told["flow"], t("systems.loop.waits")
    if flow is None:
        return Line(name, t("value.none"), note=t("systems.unread"))
    rows = [row for row in flow["waits"] if row["open"] and row["median_h"] is not None]
    rows.sort(key=lambda row: -row["median_h"])
    said = (
        t("systems.loop.wait", state=state_name(row["state"]), median=hours(row["median_h"])) for row in rows
    )
    return Line(name, listed(said, _NAMED), more=t("systems.loop.waits.help"))
