"""What the figures of a brief rest on: formula, age of the data, and what of it is not real."""

from __future__ import annotations

from dashboard.views.brief.asked import Asked
from dashboard.views.brief.found import explanation_of
from dashboard.views.brief.model import Section, Words
from dashboard.views.brief.wording import age, clock
from dashboard.views.texts import t


def basis(asked: Asked) -> Section:
    """Always there, and always the last."""
    said = " ".join([_formula(asked), t("brief.basis.cases"), *_unreal(asked), *_sources(asked)])
    return Section("basis", t("brief.basis"), (Words(age_of(asked), "note"), Words(said, "note")))


def formula_of(asked: Asked) -> str:
    """The version of the index's formula that the brief's score has; "—" while there is none."""
    found = explanation_of(asked)
    version = found["formula"] if found is not None else asked.sources.state.clock.get("formula")
    return str(version or t("value.none"))


def age_of(asked: Asked) -> str:
    """Until when the data of cases reach, and how old that is."""
    at_ms = asked.sources.data_ms()
    if at_ms is None:
        return t("brief.age.unknown")
    return t("brief.age", at=clock(asked.services, at_ms), age=age(max(0, asked.now_ms - at_ms) / 1000))


def labels_of(asked: Asked) -> tuple[str, ...]:
    """What of the figures is simulated or made up from totals, in two words each."""
    labels = [t("header.simulated")] if asked.services.simulated() else []
    if any(asked.services.pack.manifest.get("synthetic", {}).values()):
        labels.append(t("header.synthetic"))
    at_ms = asked.sources.data_ms()
    if at_ms is not None and asked.now_ms - at_ms > 1000 * asked.services.settings.stale_after_s:
        labels.append(t("brief.stale", age=age((asked.now_ms - at_ms) / 1000)))
    return tuple(labels)


def _formula(asked: Asked) -> str:
    blue, yellow, orange = (f"{cut:g}" for cut in asked.services.cuts)
    return t("brief.basis.formula", version=formula_of(asked), blue=blue, yellow=yellow, orange=orange)


def _unreal(asked: Asked) -> list[str]:
    said = [t("brief.basis.simulated")] if asked.services.simulated() else []
    if any(asked.services.pack.manifest.get("synthetic", {}).values()):
        said.append(t("brief.basis.synthetic"))
    return said


def _sources(asked: Asked) -> list[str]:
    """Whose the outlines are, as the pack names them."""
    named = [source["name"] for source in asked.services.pack.manifest.get("sources", ())]
    return [t("brief.basis.sources", by=t("brief.and").join(named))] if named else []
