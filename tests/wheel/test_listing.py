"""What a wheel holds: everything that runs, in one package, and nothing else."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from fundflow.config import ROOT

pytestmark = pytest.mark.one_database
# Folders of the checkout that pages, letters, migrations and guides are read from, with their place in it.
READ = {"templates": "templates", "migrations": "migrations", "docs/help": "docs/help", "fundflow": "."}
NOT_READ = ("fundflow/assets/",)  # what the styles are built from


def test_it_holds_every_file_that_is_read_and_what_the_build_made(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == {f"fundflow/{name}" for name in [*_kept(), *_built()]}


def _kept() -> list[str]:
    """The files under version control, by their names within the package."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *READ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    names = [name.removeprefix("fundflow/") for name in listed if not name.startswith(NOT_READ)]
    assert len(names) > 1_000
    return names


def _built() -> list[str]:
    package = ROOT / "fundflow"
    found = [path.relative_to(package).as_posix() for path in (package / "static/built").rglob("*")]
    names = [name for name in found if (package / name).is_file()]
    assert "static/built/fundflow.css" in names
    return names


def test_the_settings_are_not_at_the_top_level(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {
            "fundflow",
            wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
        }
        assert archive.read("fundflow/config.py") == (ROOT / "config.py").read_bytes()
