"""The one gate."""

from __future__ import annotations

from itertools import product

import pytest

from dashboard.domain.access import (
    EVERYWHERE,
    LOCAL_ADMIN,
    ROLES,
    ROLES_BY_ACTION,
    Identity,
    contains_by_prefix,
    may,
    may_at_all,
)
from tests.domain.made import CODES, small_city

CITY = small_city()


@pytest.mark.parametrize(("action", "code"), list(product(ROLES_BY_ACTION, [*CODES, EVERYWHERE])))
def test_the_local_administrator_may_do_everything_everywhere(action: str, code: str) -> None:
    assert may(LOCAL_ADMIN, action, code)


@pytest.mark.parametrize(("role", "action"), list(product(sorted(ROLES), ROLES_BY_ACTION)))
def test_a_role_may_do_what_the_table_says_and_in_its_region_only(role: str, action: str) -> None:
    county = Identity("somebody", role, "370702")
    for code in CODES:
        expected = role in ROLES_BY_ACTION[action] and code.startswith("370702")
        assert may(county, action, code) == expected
        assert may(county, action, code, CITY.contains_code) == expected
    assert not may(county, action, EVERYWHERE)


def test_the_screens_only_look() -> None:
    wall = Identity("wall", "wall", EVERYWHERE)
    assert [action for action in ROLES_BY_ACTION if may(wall, action, "370700")] == ["view"]


def test_a_producer_sees_nothing() -> None:
    producer = Identity("hotline", "producer", EVERYWHERE)
    assert {action for action in ROLES_BY_ACTION if may(producer, action, "370700")} == {"report", "feed"}


def test_a_misspelt_action_is_not_a_refusal() -> None:
    with pytest.raises(KeyError):
        may(LOCAL_ADMIN, "veiw", "370700")


def test_an_unknown_role_may_do_nothing() -> None:
    assert not any(may(Identity("x", "stranger", EVERYWHERE), action, "370700") for action in ROLES_BY_ACTION)


@pytest.mark.parametrize("outer", CODES)
def test_the_codes_alone_say_what_lies_inside_what(outer: str) -> None:
    for inner in CODES:
        assert contains_by_prefix(outer, inner) == CITY.contains_code(outer, inner)


@pytest.mark.parametrize(
    ("outer", "inner", "inside"),
    [("370000", "370702001", True), ("370000", "110101", False), ("370700", "370800", False),
     ("", "370700", False), ("370702100", "370702100001", True), ("370702100", "370702101", False),
     ("370702", "370700", False)],
)  # fmt: skip
def test_codes_of_other_places(outer: str, inner: str, inside: bool) -> None:
    assert contains_by_prefix(outer, inner) == inside


def test_the_monitor_reads_the_processes_figures_and_nothing_else() -> None:
    monitor = Identity("prometheus", "monitor", EVERYWHERE)
    assert [action for action in ROLES_BY_ACTION if may(monitor, action, "370700")] == ["measure"]


@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize("action", ROLES_BY_ACTION)
def test_a_token_may_do_what_both_its_role_and_its_actions_allow(role: str, action: str) -> None:
    for actions in (frozenset(), frozenset({"view"}), frozenset({"view", "export", "administer"})):
        who = Identity("a token", role, "370702", actions)
        expected = role in ROLES_BY_ACTION[action] and action in actions
        assert may_at_all(who, action) == expected
        assert may(who, action, "370702001") == expected
        assert not may(who, action, "370703")
