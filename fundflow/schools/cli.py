"""`fundflow schools import FILE` and `fundflow schools import-links FILE`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from fundflow.models.register import Register
from fundflow.schools.importing import Summary, import_file, import_links
from fundflow.schools.importing.reading import SOURCES
from fundflow.schools.importing.summary import Progress

OF_SCHOOLS = (
    ("Added", "added"),
    ("Updated", "updated"),
    ("  of them newly closed", "closed"),
    ("Unchanged", "unchanged"),
    ("Left out, outside England", "left_out"),
)
OF_LINKS = (
    ("Added", "added"),
    ("Updated", "updated"),
    ("Unchanged", "unchanged"),
    ("Removed", "removed"),
    ("Left out, unknown schools", "left_out"),
)
OF_INSPECTIONS = (
    ("Added", "added"),
    ("Replaced", "updated"),
    ("Unchanged", "unchanged"),
    ("Left out, not inspected or unknown schools", "left_out"),
)
SHOWN = 50  # problems; a wrong file can have thousands


@click.group(cls=AppGroup)
def schools() -> None:
    """Public data on schools."""


@schools.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--year", type=int, help="Of a pupil premium file that doesn’t say: 2019 is 2019–20.")
def import_(file: Path, year: int | None) -> None:
    """Import a CSV of GIAS schools, the DfE’s pupil premium or Ofsted’s inspections, all of it or nothing."""
    with _progress() as show:
        summary = import_file(file, now=datetime.now(UTC), progress=show, year=year)
    _say(summary, OF_INSPECTIONS if summary.source == SOURCES[Register.INSPECTIONS] else OF_SCHOOLS)


@schools.command("import-links")
@click.argument("file", type=click.Path(path_type=Path))
def import_links_(file: Path) -> None:
    """Import GIAS's links CSV (which school came before or after which), all of it or nothing."""
    with _progress() as show:
        summary = import_links(file, now=datetime.now(UTC), progress=show)
    _say(summary, OF_LINKS)


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(words: str, done: int, total: int) -> None:
            if words not in tasks:
                tasks[words] = bars.add_task(words, total=total)
            bars.update(tasks[words], completed=done, total=total)

        yield show


def _say(summary: Summary, counts: tuple[tuple[str, str], ...]) -> None:
    if summary.is_rejected:
        _say_why(summary)
        raise SystemExit(1)
    click.echo(f"{summary.source}: imported.")
    for words, name in counts:
        click.echo(f"  {words:<27}{getattr(summary, name):>8,}")


def _say_why(summary: Summary) -> None:
    click.echo(f"{summary.source}: rejected. Nothing was changed.", err=True)
    for problem in summary.problems[:SHOWN]:
        click.echo(f"  {problem}", err=True)
    if len(summary.problems) > SHOWN:
        click.echo(f"  … and {len(summary.problems) - SHOWN:,} more.", err=True)
