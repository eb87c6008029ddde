"""Publishing the index: the question is opened with one click, and answered with another."""

from __future__ import annotations

from dash import Dash, Input, Output, State

from dashboard.domain.audit import REFUSED
from dashboard.domain.refused import Refused
from dashboard.live import noting
from dashboard.live.desk import ForbiddenError, UnansweredError
from dashboard.streams.client import FAILED
from dashboard.views.ids import PublishId
from dashboard.views.services import Services
from dashboard.views.texts import t


def register(app: Dash, services: Services) -> None:
    """The button can't be pressed again while the answer is awaited."""

    @app.callback(
        Output(PublishId.SAID, "children"),
        Input(PublishId.CONFIRM, "n_clicks"),
        State(PublishId.NOTE, "value"),
        running=[(Output(PublishId.CONFIRM, "disabled"), True, False)],
        prevent_initial_call=True,
    )
    def publish(clicks: int | None, note: str | None) -> str:
        return published(services, note) if clicks else ""


def published(services: Services, note: str | None) -> str:
    """Publishes, and says what became of it in a sentence; the gate is asked by what publishes."""
    if services.publications is None:
        return t("published.unreadable")
    try:
        answer = services.publications.publish(services.identity(), (note or "").strip())
        if "reason" in answer:
            return t("publish.again")
        number = answer["publication"]
        noting.note("index_published", subject=str(number))
        return t("publish.done", n=number, raised=services.publications.report(number)["raised"])
    except ForbiddenError:
        noting.note("index_published", outcome=REFUSED)
        return t("publish.refused")
    except Refused:
        return t("publish.personal")
    except (UnansweredError, *FAILED):
        return t("publish.silent")
