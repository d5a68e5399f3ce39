"""`fundflow check`: look at everything the data promises."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext


@click.command()
@click.option("--list", "listed", is_flag=True, help="Say what is looked at, and look at nothing.")
@click.option("--chain", "chains", is_flag=True, help="Recompute every hash chain and seal too.")
@with_appcontext
def check(listed: bool, chains: bool) -> None:
    """Look at everything the data promises. Says what is wrong, a line each, and exits with 1 then."""
    from fundflow.chain.sealing import last_seal
    from fundflow.checking import CHECKS, everything_wrong

    if listed:
        for one in CHECKS.values():
            click.echo(f"{one.name}: {one.promise}")
        return
    if chains and last_seal() is None:
        click.echo("Nothing was ever sealed: run `fundflow seal` once, or wait for the night.")
    count = 0
    for count, wrong in enumerate(everything_wrong(chains=chains), 1):  # noqa: B007 (counted)
        click.echo(f"{wrong.check}: {wrong.sentence}")
    if count:
        raise click.ClickException(f"{count} thing{'' if count == 1 else 's'} wrong.")
    said = " and every chain" if chains else ""
    click.echo(f"Nothing is wrong: {len(CHECKS)} checks{said}.")


@click.command()
@with_appcontext
def seal() -> None:
    """Seal the hash chains for today, as the worker does every night; after an upgrade, begin them."""
    from fundflow.chain.sealing import begin_and_seal

    made = begin_and_seal(datetime.now(UTC))
    click.echo(f"Sealed {made.count} chains: {made.hash}" if made else "There is nothing to seal today.")
