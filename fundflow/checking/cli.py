"""`fundflow check`: look at everything the data promises."""

import click
from flask.cli import with_appcontext


@click.command()
@click.option("--list", "listed", is_flag=True, help="Say what is looked at, and look at nothing.")
@with_appcontext
def check(listed: bool) -> None:
    """Look at everything the data promises. Says what is wrong, a line each, and exits with 1 then."""
    from fundflow.checking import CHECKS, everything_wrong

    if listed:
        for one in CHECKS.values():
            click.echo(f"{one.name}: {one.promise}")
        return
    count = 0
    for count, wrong in enumerate(everything_wrong(), 1):  # noqa: B007 (counted)
        click.echo(f"{wrong.check}: {wrong.sentence}")
    if count:
        raise click.ClickException(f"{count} thing{'' if count == 1 else 's'} wrong.")
    click.echo(f"Nothing is wrong: {len(CHECKS)} checks.")
