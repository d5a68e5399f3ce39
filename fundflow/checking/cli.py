"""`fundflow check`: look at everything the data promises."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

NO_SEAL = (
    "No seal has this hash. Compare it with the letter; if it is the same, the records and their seals were "
    "written again since."
)


@click.command()
@click.option("--list", "listed", is_flag=True, help="Say what is looked at, and look at nothing.")
@click.option("--chain", "chains", is_flag=True, help="Recompute every hash chain and seal too.")
@click.option(
    "--seal",
    "known",
    default="",
    metavar="HASH",
    help="Look for a seal that a letter, minutes or a payment run give.",
)
@with_appcontext
def check(listed: bool, chains: bool, known: str) -> None:
    """Look at everything the data promises. Says what is wrong, a line each, and exits with 1 then."""
    from fundflow.chain.sealing import last_seal
    from fundflow.checking import CHECKS, everything_wrong
    from fundflow.checking.chain import seal_of
    from fundflow.workflow.date_words import day_words

    if listed:
        for one in CHECKS.values():
            click.echo(f"{one.name}: {one.promise}")
        return
    if chains and last_seal() is None:
        click.echo("Nothing was ever sealed: run `fundflow seal` once, or wait for the night.")
    count = 0
    if known:
        sealed = seal_of(known)
        click.echo(f"This is the seal of {day_words(sealed.day)}." if sealed else f"seal: {NO_SEAL}")
        count += sealed is None
    for wrong in everything_wrong(chains=chains or bool(known)):
        click.echo(f"{wrong.check}: {wrong.sentence}")
        count += 1
    if count:
        raise click.ClickException(f"{count} thing{'' if count == 1 else 's'} wrong.")
    said = " and every chain" if chains or known else ""
    click.echo(f"Nothing is wrong: {len(CHECKS)} checks{said}.")


@click.command()
@with_appcontext
def seal() -> None:
    """Seal the hash chains for today, as the worker does every night; after an upgrade, begin them."""
    from fundflow.chain.sealing import begin_and_seal

    made = begin_and_seal(datetime.now(UTC))
    click.echo(f"Sealed {made.count} chains: {made.hash}" if made else "There is nothing to seal today.")
