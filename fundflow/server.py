"""`fundflow run`: one command, the web server and the worker as its children.

A child that dies takes the others with it and makes the command end with an error; the children
never outlive their parent (on Linux the kernel sees to that).
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType

import click
from flask import Flask

PR_SET_PDEATHSIG = 1


def serve(app: Flask, host: str, port: int) -> None:
    """Run until interrupted; exits with 1 when a child ends by itself."""
    environ = dict(os.environ, FUNDFLOW_DATA=str(app.config["DATA"]))
    sink = None
    if app.config["DEMO"]:
        environ.setdefault("FUNDFLOW_BASE_URL", f"http://{host}:{port}")
        if "FUNDFLOW_MAIL_SERVER" not in environ:
            from fundflow.demo.mailbox import start_mailbox

            sink, mail_port = start_mailbox(app.config["DATA"] / "mailbox")
            environ.update(FUNDFLOW_MAIL_SERVER="127.0.0.1", FUNDFLOW_MAIL_PORT=str(mail_port))
    log = os.devnull if app.config["DEMO"] else "-"
    children = [_start(_web(host, port, log), environ), _start(_worker(), environ)]
    click.echo(f"\n  fundflow is at http://{host}:{port}/   (Ctrl-C stops it)\n")
    code = _watch(children)
    if sink:
        sink.stop()
    sys.exit(code)


def _web(host: str, port: int, log: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:fundflow.gunicorn_conf",
        "--bind",
        f"{host}:{port}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--access-logfile",
        log,
        "--log-level",
        "warning",
        "fundflow:create_app()",
    ]


def _worker() -> list[str]:
    return [sys.executable, "-m", "fundflow", "worker"]


def _start(command: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=environ, preexec_fn=_die_with_parent)  # noqa: S603 (our own command; one thread so far)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    asked: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not asked and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0 if asked else 1
