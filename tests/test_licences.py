"""Everything that runs with fundflow goes with its licence; `make check` fails on anything else."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fundflow.config import ROOT

pytestmark = pytest.mark.one_database
LOCKS = "\n".join(
    (ROOT / "requirements" / name).read_text()
    for name in ("run.txt", "oidc.txt", "metrics.txt", "sentry.txt", "notify.txt")
)
RUNS = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCKS, re.M)


def licences(*packages: str, also: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "piplicenses", "--packages", *packages],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(also or "")},
        capture_output=True,
        text=True,
    )


def test_every_package_that_runs_is_allowed_and_listed() -> None:
    found = licences(*RUNS)
    assert found.returncode == 0, found.stderr
    assert len(found.stdout.splitlines()) > 50
    assert "clamav" not in found.stdout


@pytest.mark.parametrize(
    "metadata",
    [
        "License-Expression: GPL-2.0-only",
        "License-Expression: AGPL-3.0-or-later",
        "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        "License: Proprietary",
        "",
    ],
    ids=["gpl", "agpl", "by its classifier", "of its own", "unknown"],
)
def test_a_package_under_another_licence_or_none_fails(tmp_path: Path, metadata: str) -> None:
    folder = tmp_path / "stranger-1.0.dist-info"
    folder.mkdir()
    text = f"Metadata-Version: 2.4\nName: stranger\nVersion: 1.0\n{metadata}"
    (folder / "METADATA").write_text(f"{text.strip()}\n")
    found = licences("stranger", "flask", also=tmp_path)
    assert found.returncode == 1, found.stdout
    assert "stranger" in found.stderr


def test_what_npm_brings_is_allowed() -> None:
    found = subprocess.run(["node", "fundflow/assets/licences.mjs"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "govuk-frontend" in found.stdout


def test_our_own_licence_is_said_in_one_place_and_in_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "MIT"
    assert (
        (ROOT / "LICENSE")
        .read_text()
        .startswith("MIT License\n\nCopyright (c) 2026 the fundflow contributors")
    )
