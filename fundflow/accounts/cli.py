"""`fundflow people …`: the first administrator comes from here."""

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from fundflow.accounts.first_administrator import add_person
from fundflow.letters.addresses import why_not_address, written
from fundflow.letters.links import url_of
from fundflow.models.person import RoleName
from fundflow.workflow.engine import Refused


@click.group(cls=AppGroup)
def people() -> None:
    """People and their roles."""


@people.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in RoleName]))
@click.option("--name", default="", help="Their full name; the address, if left out.")
def add(email: str, role: str, name: str) -> None:
    """Make an account with a role for every fund (or add the role), and print a one-time link."""
    address = written(email)
    if why := why_not_address(address):
        raise click.BadParameter(why, param_hint="EMAIL")
    try:
        token = add_person(email=address, role=RoleName(role), name=name.strip(), now=datetime.now(UTC))
    except Refused as refused:
        raise click.BadParameter(refused.sentence, param_hint="--name") from None
    click.echo(f"{address} is now {RoleName(role).words.lower()}.")
    click.echo("This link signs them in, once:")
    click.echo(url_of(token))
