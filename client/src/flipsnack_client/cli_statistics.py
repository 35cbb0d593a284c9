"""The commands `stats` and `user-stats`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from flipsnack_client.command import Command, api_options, hash_argument, print_table, running, usage

_SUMS = ("impressions", "views", "downloads", "time_spent")


def _day(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r}: expected a date as in 2026-11-28") from None


@click.command(cls=Command)
@hash_argument
@click.option("--start", callback=_day, metavar="YYYY-MM-DD", help="The first day that counts.")
@click.option("--end", callback=_day, metavar="YYYY-MM-DD", help="The last day that counts.")
@click.option("--pages", is_flag=True, help="Each page too.")
@api_options
@click.pass_obj
def stats(
    environ: Mapping[str, str],
    /,
    collection_hash: str,
    *,
    start: date | None,
    end: date | None,
    pages: bool,
    **options: Any,
) -> None:
    """Print the statistics of collection HASH.

    Times are in seconds. The vendor asks callers to keep statistics and not to ask often.

    \b
    Example:
      flipsnack stats d3m0h45h --start 2026-01-01 --end 2026-01-31 --pages
    """
    with running(environ, **options) as run, run.showing(plain=True):
        found = usage(lambda: run.client.stats(collection_hash, start, end, pages=pages, deadline=run.deadline))
        run.print(found, _SUMS)
        columns = ("page", "views", "clicks", "time_spent")
        if found.pages and not run.as_json:
            click.echo()
            print_table([columns, *(tuple(getattr(page, name) for name in columns) for page in found.pages)])


@click.command("user-stats", cls=Command)
@api_options
@click.pass_obj
def user_stats(environ: Mapping[str, str], /, **options: Any) -> None:
    """Print the account's statistics and uploads left.

    \b
    Example:
      flipsnack user-stats
    """
    with running(environ, **options) as run, run.showing(plain=True):
        run.print(run.client.user_stats(deadline=run.deadline), (*_SUMS, "uploads_left"))
