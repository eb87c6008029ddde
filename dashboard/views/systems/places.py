"""Blocks of what stands in a region: party branches, stations, red property, centres, people and homes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.domain.hierarchy import GRID
from dashboard.views.systems.lines import (
    Line,
    Told,
    count,
    counted,
    department_name,
    listed,
    of,
    percent,
    service_name,
    tier_name,
    to_place,
)
from dashboard.views.texts import t

_NAMED, _DESKS = 4, 8


def branches(told: Told) -> Iterator[Line]:
    """Branches and groups, how many grids they cover, households, workers, contacts, departments."""
    kinds = {name: told[name] for name in ("branches", "groups")}
    yield Line(
        t("systems.branches.kinds"),
        listed(t(f"systems.branches.{name}", n=count(number)) for name, number in kinds.items()),
        more=t("systems.branches.rule"),
    )
    yield Line(
        t("systems.branches.covered"), of(told["covered"], told["grids"]), share=told["share"], norm=1.0
    )
    yield Line(t("systems.branches.households"), count(told["households"]))
    idle = told["grids_without_duty"]
    yield Line(
        t("systems.branches.workers"), of(told["on_duty"], told["workers"]),
        share=None if told["on_duty"] is None or not told["workers"] else told["on_duty"] / told["workers"],
        note=t("systems.branches.without_duty", n=count(idle)) if idle else "",
    )  # fmt: skip
    if told["contacts"] is not None:
        yield Line(t("systems.branches.contacts"), _contacts(told["contacts"]))
    yield Line(t("systems.branches.departments"), _departments(told, "grids"))


def _contacts(rows: Sequence[Mapping[str, Any]]) -> str:
    """Call signs with their states, after the role that they have in common."""
    signs: dict[str, list[str]] = {}
    for row in rows:
        state = t(f"systems.unit_state.{row['state']}")
        contact = t("systems.branches.contact", sign=row["call_sign"], state=state)
        signs.setdefault(row["role"], []).append(contact)
    return listed(f"{t(f'unit_kind.{role}')} {listed(found)}" for role, found in signs.items())


def _departments(told: Told, figure: str) -> str:
    """By name in a grid, which has few of them; else those of most places first, with their number."""
    rows = told["departments"]
    if told.tier == GRID:
        return listed(department_name(row["department"]) for row in rows)
    by_places = sorted(rows, key=lambda row: -row[figure])
    return counted(by_places, "department", figure, department_name, _NAMED)


def stations(told: Told) -> Iterator[Line]:
    """Stations, their area against the norm, whom they serve and with what; of a grid, its own."""
    own = told["own"]
    if own is not None:
        yield Line(
            t("systems.stations.own"), t("fact.stations.area", n=f"{own['area_m2']:,.1f}"),
            note=listed(map(service_name, own["services"])), href=to_place(own["grid"]),
            wrong=own["area_m2"] < told["norm_m2"],
        )  # fmt: skip
        return
    yield Line(t("systems.stations.number"), count(told["stations"]))
    yield Line(t("systems.stations.grids"), of(told["grids_served"], told["grids"]))
    if not told["stations"]:
        return
    yield Line(
        t("systems.stations.area", norm=f"{told['norm_m2']:g}"), of(told["meeting"], told["stations"]),
        share=told["share"], norm=1.0,
        note=t("systems.stations.mean", n=f"{told['area_m2'] / told['stations']:.1f}"),
    )  # fmt: skip
    yield Line(t("systems.stations.services"), counted(told["services"], "service", "stations", service_name))
    smallest = told["listed"][0]
    yield Line(
        t("systems.stations.smallest"), t("fact.stations.area", n=f"{smallest['area_m2']:,.1f}"),
        href=to_place(smallest["grid"]), note=told.place(smallest["grid"]),
    )  # fmt: skip


def property_companies(told: Told) -> Iterator[Line]:
    """Companies, helpers, old estates and how many of them are served."""
    yield Line(t("systems.property.companies"), count(told["companies"]))
    yield Line(t("systems.property.helpers"), count(told["helpers"]))
    yield Line(t("systems.property.estates"), of(told["served"], told["estates"]))
    if told["share"] is not None:
        yield Line(
            t("systems.property.coverage"), percent(told["share"]), share=told["share"], norm=told["norm"]
        )


def centres(told: Told) -> Iterator[Line]:
    """Centres and cases in hand by tier, posts, and the departments that have a desk."""
    own = told["own"]
    if own is not None:
        posts = own["staff"]
        staff = t("systems.centres.staff", n=count(posts)) if posts else t("fact.centre.no_staff")
        yield Line(
            t("systems.centres.own"), staff, note=listed(map(department_name, own["departments"]), _DESKS)
        )
    if told.tier < GRID:
        yield Line(t("systems.centres.tiers"), counted(told["tiers"], "tier", "centres", tier_name))
        yield Line(t("systems.centres.posts"), count(told["staff"]))
        yield Line(t("systems.centres.departments"), _departments(told, "centres"))
    held = [*told["tiers"], {"tier": "grid", "open": told["open_in_grids"]}]
    yield Line(t("systems.centres.open"), counted(held, "tier", "open", tier_name))


def population(told: Told) -> Iterator[Line]:
    """People, dwellings, and the disputes on record."""
    yield Line(t("fact.population"), count(told["people"]))
    yield Line(t("fact.dwellings"), count(told["dwellings"]))
    disputes = told["disputes"]
    if disputes is None:
        yield Line(t("systems.population.disputes"), t("value.none"), note=t("systems.unanswered"))
        return
    figures = {name: count(disputes[name]) for name in ("open", "settled")}
    note = t("systems.population.disputes.note", **figures)
    yield Line(t("systems.population.disputes"), count(disputes["found"]), note=note)
