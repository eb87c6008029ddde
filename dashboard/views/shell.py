"""What stands around every page: Mantine, the address bar, the live stores, the header."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.views import theme
from dashboard.views.header import dead_feeds, header
from dashboard.views.ids import Id
from dashboard.views.page import page_data
from dashboard.views.region import region_page
from dashboard.views.services import Services


def layout(services: Services) -> dmc.MantineProvider:
    """The whole page in the language of the request."""
    return dmc.MantineProvider(
        html.Div(
            [
                dcc.Location(id=Id.LOCATION, refresh=False),
                dcc.Store(id=Id.PAGE, data=page_data(services)),
                dcc.Store(id=Id.PLACE),
                header(services),
                dead_feeds(),
                region_page(services),
            ],
            className="kite",
        ),
        theme=theme.MANTINE,
        forceColorScheme="dark",
    )
