"""`fundflow data …`: what has been kept long enough, from the command line."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from fundflow.personal.retention import expired


@click.group(cls=AppGroup)
def data() -> None:
    """People's data."""


@data.command("due")
def due() -> None:
    """List the bids that have been kept as long as their fund says. Removes nothing."""
    found = expired(datetime.now(UTC))
    for one in found:
        click.echo(f"{one.reference}  {one.kept.words}, ended {one.ended_on}, kept until {one.until}")
    click.echo(f"{len(found)} bids have been kept long enough. Nothing was removed.")
