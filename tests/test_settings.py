"""Settings: read from the environment, refused in one sentence, all of them documented."""

from pathlib import Path

import pytest

from dashboard.settings import Settings, SettingsError, markdown_table

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def test_environment_then_overrides_then_defaults() -> None:
    settings = Settings.load({"KITE_PORT": "9000", "KITE_DATA_DIR": "/tmp/kite"}, port=None, rate=5.0)
    assert (settings.port, settings.data_dir, settings.rate) == (9000, Path("/tmp/kite"), 5.0)
    assert settings.city == Settings().city


def test_a_round_trip_through_the_environment_changes_nothing() -> None:
    settings = Settings.load({}, city="vancouver", stale_after_s=4.5, redis_url="redis://h:1/0")
    assert Settings.load(settings.to_environment()) == settings


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"KITE_PORT": "many"}, "KITE_PORT='many' can't be read"),
        ({"KITE_PROT": "1"}, "KITE_PROT is not a setting"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        Settings.load(environ)


def test_every_setting_is_in_the_docs() -> None:
    assert markdown_table() in DOCS.read_text(encoding="utf-8")
