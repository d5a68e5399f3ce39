"""The `fundflow` command."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, FlaskGroup, with_appcontext
from sqlalchemy.exc import OperationalError

from fundflow import config
from fundflow.config import ROOT
from fundflow.database import is_collision

IN_USE = (
    "Something else held a table of the database, so nothing was changed. Stop the worker, let a backup or "
    "another upgrade end, and run this again."
)


def commands() -> list[click.Command]:
    """Everything under `fundflow …`."""
    from flask_migrate.cli import db as migrations

    from fundflow.accounts.cli import people
    from fundflow.backups.cli import backup, restore
    from fundflow.checking.cli import check as checking
    from fundflow.checking.cli import seal
    from fundflow.funds.cli import funds
    from fundflow.letters.cli import mail
    from fundflow.personal.cli import data
    from fundflow.schools.cli import schools

    steps = migrations.commands | {"upgrade": _upgrading(migrations.commands["upgrade"])}
    db = Migrations("db", steps, params=migrations.params, callback=migrations.callback)
    db.help = migrations.help
    office = [db, schools, people, funds, workflow, settings, mail, data, demo]
    return [*office, worker, run, backup, restore, checking, seal]


class Migrations(click.Group):
    """Flask-Migrate’s commands, whose help needs no application."""

    def invoke(self, ctx: click.Context) -> Any:
        if not {*ctx.help_option_names}.isdisjoint(ctx.args):
            return click.Group(self.name, self.commands).invoke(ctx)  # without preparing anything
        try:
            return super().invoke(ctx)
        except OperationalError as error:
            if not is_collision(error):
                raise
            raise click.ClickException(IN_USE) from None


def _upgrading(upgrade: click.Command) -> click.Command:
    """The command that upgrades, which says so first where no migration leads on from a database."""

    @with_appcontext
    def callback(**options: Any) -> Any:
        from fundflow.migrating.before import make_way

        Path(current_app.config["DATA"]).mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            if said := make_way(current_app):
                click.echo(said)
        except config.SettingsWrong as wrong:
            raise click.ClickException(str(wrong)) from None
        return upgrade.callback and upgrade.callback(**options)

    return click.Command(upgrade.name, params=upgrade.params, help=upgrade.help, callback=callback)


class Commands(FlaskGroup):
    """The application is made when a command needs it: `--help` needs neither settings nor database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return click.Group.list_commands(self, ctx)


@click.group()
def workflow() -> None:
    """The fund's procedure."""


@workflow.command()
@click.argument("name", default="application")
@click.option("--readme", is_flag=True, help="Write those README.md has markers for.")
def diagram(name: str, readme: bool) -> None:
    """Print a process as a Mermaid state diagram."""
    from fundflow.workflow.diagram import mermaid
    from fundflow.workflow.processes import PROCESSES

    if name not in PROCESSES:
        raise click.ClickException(f"Processes: {', '.join(PROCESSES)}.")
    text = mermaid(PROCESSES[name])
    if not readme:
        click.echo(text, nl=False)
        return
    for process in PROCESSES.values():
        write_between_markers(ROOT / "README.md", marker(process.name), mermaid(process))


def marker(process: str) -> str:
    """What marks the place of a process's diagram in README."""
    return "workflow" if process == "application" else f"workflow {process}"


def write_between_markers(path: Path, name: str, text: str) -> None:
    """Replace the diagram that stands between these markers, if they are there."""
    before, start, rest = path.read_text().partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if start and end:
        path.write_text(f"{before}{start}```mermaid\n{text}```\n{end}{after}")


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Deliver letters, and take the steps the clock takes."""
    from fundflow.worker import main as work

    _refuse_demonstration_of_other_data()
    work(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]


@click.command()
@click.option("--port", default=lambda: int(os.environ.get("PORT", "5000")), type=int)
@click.option("--host", default="127.0.0.1")
@with_appcontext
def run(port: int, host: str) -> None:
    """Start the web server and the worker; in the demonstration, the mailbox too."""
    from fundflow.server import serve

    _refuse_demonstration_of_other_data()
    serve(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]


def _refuse_demonstration_of_other_data() -> None:
    if not current_app.config["DEMO"]:
        return
    from fundflow.demo import refuse_other_data

    try:
        refuse_other_data()
    except config.SettingsWrong as wrong:
        raise click.ClickException(str(wrong)) from None


@click.group(cls=AppGroup)
def demo() -> None:
    """The demonstration council."""


@demo.command()
def load() -> None:
    """Fill an empty database with a demonstration council; does nothing where there is one."""
    if not current_app.config["DEMO"]:
        raise click.ClickException(config.NO_SWITCH)
    from fundflow.demo.load import load as fill

    try:
        click.echo(fill())
    except config.SettingsWrong as wrong:
        raise click.ClickException(str(wrong)) from None


@click.group()
def settings() -> None:
    """The settings from the environment."""


@settings.command()
def check() -> None:
    """Say what is missing, weak or wrong in the settings, a line each. Needs neither."""
    try:
        found = config.settings()
    except config.SettingsWrong as wrong:
        raise click.ClickException(f"\n{wrong}") from None
    kind = "a demonstration" if found["DEMO"] else "production"
    click.echo(f"The settings are complete, for {kind} at {found['BASE_URL']}.")


def group(make: Callable[[], Flask]) -> Commands:
    """The `fundflow` command; `make` makes the application where one is needed."""
    made = Commands(
        create_app=partial(_application, make), add_default_commands=False, add_version_option=False
    )
    for command in commands():
        made.add_command(command)
    return click.version_option(package_name="fundflow", message="fundflow %(version)s")(made)


def _application(make: Callable[[], Flask]) -> Flask:
    try:
        return make()
    except config.SettingsWrong as wrong:
        raise click.ClickException(f"\n{wrong}") from None
