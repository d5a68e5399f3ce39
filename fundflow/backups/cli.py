"""`fundflow backup FILE` and `fundflow restore FILE`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from fundflow.backups import operations
from fundflow.backups.operations import Result
from fundflow.migrating.before import known_revisions
from fundflow.workflow.engine import Refused

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@FILE
@with_appcontext
def backup(file: Path) -> None:
    """Write the database and all files into FILE, while the service runs.

    FILE holds personal data, unencrypted: only its owner may read it, and it belongs on another machine.
    """
    try:
        made = operations.back_up(file.absolute())
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{file} holds the database at revision {made.revision} and {_files(made)}.")
    _say_what_is_wrong(made, "The backup was written, but not everything was there to be written.")


@click.command()
@FILE
@with_appcontext
def restore(file: Path) -> None:
    """Put FILE back where there is neither a database nor files, and check it.

    Letters that waited when the backup was made are sent once more.
    """
    try:
        made = operations.restore(file.absolute(), current_app)
    except (Refused, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The database is back at revision {made.revision}, and with it {_files(made)}.")
    _say_what_is_wrong(made, "The backup was put back, but not everything in it is right.")
    if made.revision == known_revisions(current_app)[0]:
        click.echo("Every file is what was stored, and “fundflow check --chain” finds nothing wrong.")
    else:
        click.echo(
            "Every file is what was stored. The backup is of an older version: run fundflow db upgrade, then "
            "fundflow check --chain."
        )


def _files(made: Result) -> str:
    return "1 file" if made.files == 1 else f"{made.files:,} files"


def _say_what_is_wrong(made: Result, then: str) -> None:
    for line in made.wrong:
        click.echo(line, err=True)
    if made.wrong:
        raise click.ClickException(then)
