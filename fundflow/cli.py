"""The `fundflow` command."""

import os
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup

from config import ROOT


def commands(app: Flask) -> None:
    """Everything under `fundflow …`."""
    from fundflow.accounts.cli import people
    from fundflow.funds.cli import funds
    from fundflow.schools.cli import schools

    for command in (schools, people, funds, workflow, worker, run, demo):
        app.cli.add_command(command)


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
def worker(once: bool) -> None:
    """Deliver letters, and take the steps the clock takes."""
    from flask import current_app

    from fundflow.worker import main as work

    work(current_app._get_current_object(), once=once)  # type: ignore[attr-defined]


@click.command()
@click.option("--port", default=lambda: int(os.environ.get("PORT", "5000")), type=int)
@click.option("--host", default="127.0.0.1")
def run(port: int, host: str) -> None:
    """Start the web server and the worker; in the demonstration, the mailbox too."""
    from flask import current_app

    from fundflow.server import serve

    serve(current_app._get_current_object(), host, port)  # type: ignore[attr-defined]


@click.group()
def demo() -> None:
    """The demonstration council."""


@demo.command()
def load() -> None:
    """Fill an empty database with a demonstration council; does nothing where there is one."""
    from fundflow.demo.load import load as fill

    click.echo(fill())


def main() -> None:
    """Entry point of the `fundflow` command."""
    from fundflow import create_app

    FlaskGroup(create_app=create_app, add_default_commands=False, add_version_option=False)()
