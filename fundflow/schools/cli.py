"""`fundflow schools import FILE`."""

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from fundflow.schools.importing import Summary, import_file

SHOWN = 50  # problems; a wrong file can have thousands


@click.group()
def schools() -> None:
    """Public data on schools."""


@schools.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=int, help="Of a pupil premium file that doesn’t say: 2019 is 2019–20.")
def import_(file: Path, year: int | None) -> None:
    """Import a GIAS establishments CSV or a DfE pupil premium CSV, all of it or nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn())  # fmt: skip
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(words: str, done: int, total: int) -> None:
            if words not in tasks:
                tasks[words] = bars.add_task(words, total=total)
            bars.update(tasks[words], completed=done, total=total)

        summary = import_file(file, now=datetime.now(UTC), progress=show, year=year)
    if summary.is_rejected:
        _say_why(summary)
        raise SystemExit(1)
    _say_what(summary)


def _say_what(summary: Summary) -> None:
    click.echo(f"{summary.source}: imported.")
    for words, count in (
        ("Added", summary.added), ("Updated", summary.updated),
        ("  of them newly closed", summary.closed), ("Unchanged", summary.unchanged),
        ("Left out, outside England", summary.left_out),
    ):  # fmt: skip
        click.echo(f"  {words:<27}{count:>8,}")


def _say_why(summary: Summary) -> None:
    click.echo(f"{summary.source}: rejected. Nothing was changed.", err=True)
    for problem in summary.problems[:SHOWN]:
        click.echo(f"  {problem}", err=True)
    if len(summary.problems) > SHOWN:
        click.echo(f"  … and {len(summary.problems) - SHOWN:,} more.", err=True)
