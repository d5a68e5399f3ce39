"""The wheel as `make wheel` builds it, and an environment that holds it alone, without source or Node.

What it depends on is taken from the environment of these tests, so that nothing reaches the network.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fundflow.config import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


class Installed:
    """The wheel in an environment of its own; commands see neither this checkout nor what else is in PATH."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.folder = folder / "venv" / "bin", folder
        self.data = folder / "data"

    def run(self, *words: str, ok: bool = True, **settings: str) -> str:
        """What `fundflow …` or another program of that environment prints; asserts that it succeeds."""
        done = subprocess.run(
            [self.bin / words[0], *words[1:]],
            env=self.environ(**settings),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def environ(self, **settings: str) -> dict[str, str]:
        return {"PATH": str(self.bin), "LANG": "C.UTF-8", "FUNDFLOW_DATA": str(self.data), **settings}

    @contextmanager
    def running(self, *words: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs beside the test and is stopped after it."""
        with ExitStack() as closing:
            log = closing.enter_context((self.folder / "log").open("wb"))
            process = subprocess.Popen(
                [self.bin / words[0], *words[1:]],
                env=self.environ(**settings),
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(timeout=30)


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    made = Installed(tmp_path_factory.mktemp("elsewhere"))
    venv.create(made.bin.parent, symlinks=True)
    here = Path(sysconfig.get_path("purelib"))
    theirs = Path(sysconfig.get_path("purelib", vars={"base": str(made.bin.parent)}))
    uv = [Path(sys.executable).with_name("uv"), "pip", "install", "-q", "--no-index", "--no-deps"]
    subprocess.run(
        [*uv, "--python", made.bin / "python", wheel],
        env={**os.environ, "UV_LINK_MODE": "copy"},
        check=True,
        capture_output=True,
    )
    # The packages alone: their own .pth files, and with them this checkout, are not read.
    (theirs / "dependencies.pth").write_text(f"{here}\n")
    return made
