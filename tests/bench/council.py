"""A demonstration council of a given size, and the gunicorn that serves it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, text

from fundflow import build
from fundflow.extensions import db
from tests.bench.seeding import clone_bids
from tests.conftest import _start_postgres

WORKERS = 2


class Size(NamedTuple):
    """live_only_once: all but the demonstration's own bids have ended."""

    bids: int
    live_only_once: bool = False

    @property
    def words(self) -> str:
        return f"{self.bids:,}, 40 live" if self.live_only_once else f"{self.bids:,}"


class Databases:
    """Where the demonstration is loaded once, and copied for each size."""

    def __init__(self, kind: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fundflow-bench-"))
        self.kind = kind
        self.server = _start_postgres() if kind == "postgresql" else None
        self.last = ""

    def load_demonstration(self) -> None:
        (self.folder / "demo").mkdir()
        if self.server:
            self._administer("CREATE DATABASE demo")
        for command in (["db", "upgrade"], ["demo", "load"]):
            environment = os.environ | self.environment("demo")
            subprocess.run(
                [sys.executable, "-m", "fundflow", *command], env=environment, check=True, stdout=sys.stderr
            )

    def copy(self, name: str) -> None:
        self.drop()
        self.last = name
        shutil.copytree(self.folder / "demo", self.folder / name)
        if self.server:
            self._administer(f"CREATE DATABASE {name} TEMPLATE demo")

    def drop(self) -> None:
        """Of the size measured last: a hundred thousand bids take gigabytes."""
        if self.last:
            shutil.rmtree(self.folder / self.last)
            if self.server:
                self._administer(f"DROP DATABASE {self.last} WITH (FORCE)")

    def environment(self, name: str) -> dict[str, str]:
        found = {"FUNDFLOW_DEMO": "1", "FUNDFLOW_DATA": str(self.folder / name)}
        return found | ({"FUNDFLOW_DATABASE_URL": self._url(name)} if self.server else {})

    def end(self) -> None:
        if self.server:
            self.server.cleanup()
        shutil.rmtree(self.folder)

    def _url(self, name: str) -> str:
        start, _, rest = self.server.get_uri().rpartition("/postgres")
        return f"{start}/{name}{rest}"

    def _administer(self, sql: str) -> None:
        url = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(sql))
        engine.dispose()


@contextmanager
def council(databases: Databases, size: Size) -> Iterator[None]:
    """A council of this size, in whose application the block runs."""
    name = f"bids{size.bids}{'live' if size.live_only_once else ''}"
    databases.copy(name)
    os.environ.update(databases.environment(name))
    app = build()
    with app.app_context():
        start = time.perf_counter()
        with db.engine.begin() as connection:
            made = clone_bids(connection, size.bids, live_only_once=size.live_only_once)
        print(f"{made:,} bids in {time.perf_counter() - start:.0f} s", file=sys.stderr)  # noqa: T201
        yield
        db.session.remove()
        db.engine.dispose()


@contextmanager
def served(*, counts: bool = False) -> Iterator["Server"]:
    """The council that `council` made, served; `counts`: what is asked of the database is counted."""
    server = Server(counts)
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Server:
    def __init__(self, counts: bool) -> None:
        self.counts = counts
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]

    def start(self) -> None:
        command = ["-m", "gunicorn", "-c", "python:fundflow.gunicorn_conf", "--workers", str(WORKERS)]
        command += [
            "--bind",
            f"127.0.0.1:{self.port}",
            "--access-logfile",
            os.devnull,
            "--log-level",
            "warning",
        ]
        environment = os.environ | {"FUNDFLOW_BASE_URL": f"http://127.0.0.1:{self.port}"}
        if self.counts:
            environment["BENCH_COUNTS"] = "1"
        self.process = subprocess.Popen(
            [sys.executable, *command, "tests.bench.served:serve()"], env=environment
        )
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz")
                return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        raise RuntimeError("The web server does not answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def memory(self) -> list[int]:
        """The proportional set size of each worker, in KB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        sizes = []
        for child in children:
            lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
            sizes.append(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")))
        return sizes
