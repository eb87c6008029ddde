"""What all commands share: foreseen failures in one sentence, settings, and the store."""

from __future__ import annotations

from typing import Any

import click

from dashboard import logs
from dashboard.settings import Settings, SettingsError


class UnusableError(click.ClickException):
    """Something that the operator has to mend: one sentence, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the sentence alone, without click's "Error:"."""
        click.echo(self.format_message(), file=file, err=True)


class Command(click.Command):
    """A command whose foreseen failures end it with one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; every error class of the project that speaks to operators ends with exit code 2."""
        from dashboard.feeds.errors import FeedError
        from dashboard.streams.errors import StreamsError
        from geodata import PackError

        try:
            return super().invoke(ctx)
        except (SettingsError, StreamsError, FeedError, PackError) as problem:
            raise UnusableError(str(problem)) from None


class Group(click.Group):
    """A group of such commands, listed in the order in which they are written here."""

    command_class = Command
    group_class = type

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Not by the alphabet: what a newcomer needs first comes first."""
        return list(self.commands)


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process, and logging set up by them."""
    settings = Settings.load(**overrides)
    logs.configure(settings.log_level, settings.log_format)
    return settings


def load_with_store(**overrides: Any) -> Settings:
    """As `load_settings`, for a process that needs a store of its own."""
    settings = load_settings(**overrides)
    if not settings.redis_url:
        raise SettingsError("REDIS_URL is empty; name a store, or run everything with: python app.py serve.")
    return settings
