from __future__ import annotations

from geodata.tables import DEPARTMENTS, VILLAGE
from tests.geodata.content.conftest import City

DESKS = (len(DEPARTMENTS), 14, 8, 2)
"""Of city, county, town and village."""


def test_departments_have_a_desk_by_rank_and_a_post_each(city: City) -> None:
    centres, tier = city.content.centres, city.land.tier
    for region, staff, bits in zip(
        centres.region.tolist(), centres.staff.tolist(), centres.departments.tolist(), strict=True
    ):
        most = DESKS[tier[region]]
        desks = min(most, staff) if tier[region] < VILLAGE else most
        assert bits == 2**desks - 1


def test_services_are_the_first_three_and_one_more_with_every_twelve_square_metres(city: City) -> None:
    stations = city.content.stations
    for area, bits in zip(stations.area_m2.tolist(), stations.services.tolist(), strict=True):
        more = int((area - 15) // 12)
        assert bits == 2 ** min(8, 3 + more) - 1
