"""Codes for regions: those of the files where they are national ones or were asked for, else made up."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence, Set

from geodata.errors import PackError
from geodata.land_building.coverage import Numbers
from geodata.land_building.made_up import child_code
from geodata.tables import CITY, COUNTY, TOWN, VILLAGE

LENGTHS = {CITY: 6, COUNTY: 6, TOWN: 9, VILLAGE: 12}


def city_code(name: str, county_codes: Sequence[str]) -> str:
    """The city of national county codes, else one made up from its name: 9, three digits, 00.

    No province's code begins with 9.
    """
    told = [code for code in county_codes if code]
    stems = {code[:4] for code in told}
    if len(stems) == 1 and _is_national(told, COUNTY):
        return stems.pop() + "00"
    return f"9{zlib.crc32(name.encode()) % 1000:03d}00"


def codes_of(
    given: Sequence[str],
    names: Sequence[str],
    parent: Numbers,
    above: Sequence[str],
    used: Set[str],
    tier: int,
    asked: bool,
) -> tuple[str, ...]:
    """Codes of a tier, row by row; `above` are the parents' codes, `used` those of all coarser tiers.

    Given codes are kept when `asked` for (their column was named) or national; where there is none the
    children of a parent are numbered by name. Raises `PackError` when codes asked for are not unique.
    """
    told = [code for code in given if code]
    twice = next((code for code, count in Counter([*told, *used]).items() if count > 1), None)
    if asked and twice is not None:
        raise PackError(f"Code {twice} is given to two areas; name another code column, or none.")
    codes = list(given) if asked or _is_national(told, tier) else [""] * len(given)
    taken = {*codes, *used}
    siblings = Counter(parent.tolist())
    number = dict.fromkeys(siblings, 0)
    for row in sorted(range(len(names)), key=lambda row: (names[row], row)):
        mine = int(parent[row])
        while not codes[row]:
            number[mine] += 1
            code = child_code(above[mine], tier - 1, number[mine], siblings[mine])
            codes[row] = "" if code in taken else code
    return tuple(codes)


def _is_national(codes: Sequence[str], tier: int) -> bool:
    """Whether all are digits of the length of the tier, and each is there once."""
    length = LENGTHS.get(tier, 15)
    return all(len(code) == length and code.isdigit() for code in codes) and len(set(codes)) == len(codes)
