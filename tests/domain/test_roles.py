"""Who may send which command."""

from __future__ import annotations

from itertools import product

import pytest

from dashboard.domain.access import LOCAL_ADMIN, ROLES, Identity, may
from dashboard.domain.commands import ALLOWED, COMMANDS, KITES_OWN, UNDOABLE
from dashboard.domain.roles import Part, part_of

LEADERS = {"grant", "decline", "supervise", "instruct"}
OF_A_UNIT = {"take_on", "en_route", "on_scene", "return_back", "resolve", "extend", "report_in"}


def test_the_roles_of_a_centre() -> None:
    """In words, once more: the officer has the desk, the leader supervises, the unit has its own part."""
    by_role = {
        role: {slug: part for slug, rule in COMMANDS.items() if (part := part_of(role, rule)) != Part.NONE}
        for role in ROLES
    }
    assert set(by_role["officer"]) == set(COMMANDS) - LEADERS - {"escalate"}
    assert set(by_role["leader"]) == LEADERS | {"undo"}
    assert by_role["unit"] == dict.fromkeys(OF_A_UNIT, Part.OWN)
    assert set(by_role["administrator"]) == set(COMMANDS) - {"escalate"}
    assert by_role["wall"] == by_role["producer"] == {}


def test_what_is_kites_own_is_nobodys() -> None:
    assert [slug for slug, rule in COMMANDS.items() if rule.action == KITES_OWN] == ["escalate"]
    assert all("escalate" not in slugs for slugs in ALLOWED.values())


@pytest.mark.parametrize(("role", "slug"), list(product(sorted(ROLES), COMMANDS)))
def test_the_table_gives_nothing_that_the_gate_refuses(role: str, slug: str) -> None:
    rule = COMMANDS[slug]
    if rule.action == KITES_OWN:
        assert part_of(role, rule) == Part.NONE
        return
    passes = may(Identity("somebody", role, "370702"), rule.action, "370702001")
    assert (part_of(role, rule) != Part.NONE) == (passes and (role != "unit" or rule.by_unit))
    assert part_of(LOCAL_ADMIN.role, rule) == Part.ALL


def test_whoever_may_do_what_can_be_undone_may_undo_it() -> None:
    for role, slug in product(ROLES, UNDOABLE):
        if part_of(role, COMMANDS[slug]) != Part.NONE:
            assert part_of(role, COMMANDS["undo"]) == Part.ALL
