"""What `deploy/` installs: each file is read by the program it is for, where that is on this machine."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fundflow.config import ROOT, settings
from tests.test_config import GOOD

pytestmark = pytest.mark.one_database
DEPLOY = ROOT / "deploy"
SCRIPTS = ("install.sh", "fundflow")
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
ASSIGNED = re.compile(r"^(#?)(FUNDFLOW_\w+)=(.*)$", re.MULTILINE)
SAMPLE = ASSIGNED.findall((DEPLOY / "fundflow.env").read_text())


def accepted(program: str, *options: str) -> str:
    """What a program says of a file that it finds nothing wrong with."""
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") or shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not on this machine")
    done = subprocess.run([found, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


# -- settings -----------------------------------------------------------------------------------------


def test_the_sample_has_every_setting_once() -> None:
    read = set(re.findall(r'"(FUNDFLOW_\w+)"', (ROOT / "config.py").read_text()))
    assert sorted(name for _, name, _ in SAMPLE) == sorted(read)


def test_what_is_commented_out_is_the_default() -> None:
    given = {**GOOD, "FUNDFLOW_DATA": "/var/lib/fundflow"}
    defaults = {name: shlex.split(value)[0] for off, name, value in SAMPLE if off}
    assert len(defaults) > 15
    assert settings({**given, **defaults}) == settings(given)


def test_the_sample_is_complete_once_the_empty_lines_are_filled_in() -> None:
    values = {name: "".join(shlex.split(value)) for off, name, value in SAMPLE if not off}
    empty = {name for name, value in values.items() if not value}
    assert empty == set(GOOD) - {"FUNDFLOW_BASE_URL"}
    assert settings({**values, **{name: GOOD[name] for name in empty}})["DATA"] == Path("/var/lib/fundflow")


# -- scripts and units ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_read_by_their_shell(name: str) -> None:
    shell = (DEPLOY / name).read_text().splitlines()[0].rsplit("/")[-1].split()[-1]
    accepted(shell, "-n", str(DEPLOY / name))
    assert (DEPLOY / name).stat().st_mode & 0o111


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_finds_nothing(name: str) -> None:
    accepted("shellcheck", "-e", "SC1091", str(DEPLOY / name))  # the settings are not here to be read


def test_the_script_installs_every_unit_and_names_no_file_that_is_not_here() -> None:
    script = (DEPLOY / "install.sh").read_text()
    listed = re.search(r"units=\(([^)]*)\)", script)
    assert listed
    assert sorted(listed[1].split()) == UNITS
    named = set(re.findall(r'"\$here/([\w./-]+)"', script)) | {"../requirements/run.txt"}
    assert {name for name in named if not (DEPLOY / name).exists()} == set()


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for name in UNITS:
        unit = (DEPLOY / name).read_text().replace("/opt/fundflow/bin/", f"{Path(sys.executable).parent}/")
        (tmp_path / name).write_text(unit)
    ours = "|".join(map(re.escape, UNITS))
    said = accepted("systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS))
    assert [line for line in said.splitlines() if re.search(ours, line)] == []


def test_the_units_run_what_the_wheel_brings_and_as_nobody_else() -> None:
    for name in UNITS:
        unit = (DEPLOY / name).read_text()
        if name.endswith(".timer"):
            continue
        assert "\nUser=fundflow\n" in unit
        assert "\nEnvironmentFile=/etc/fundflow/fundflow.env\n" in unit
        assert {"fundflow", "gunicorn"} >= set(re.findall(r"/opt/fundflow/bin/(\w+)", unit))


def test_an_upgrade_takes_a_backup_also_while_the_web_server_is_down() -> None:
    script = (DEPLOY / "install.sh").read_text()
    asked = script.index("if systemctl is-enabled -q fundflow-web")
    assert "is-active" not in script
    assert asked < script.index("fundflow backup") < script.index('pip" install')
    assert script.index("fundflow db upgrade") < script.index("systemctl enable -q")


def test_the_home_is_there_before_its_user() -> None:
    script = (DEPLOY / "install.sh").read_text()
    assert script.index("install -d -m 700 /var/lib/fundflow") < script.index("adduser --system")


def test_what_a_command_writes_is_as_closed_as_what_the_units_write() -> None:
    assert "\numask 077" in (DEPLOY / "fundflow").read_text()
    services = [(DEPLOY / name).read_text() for name in UNITS if name.endswith(".service")]
    assert all("\nUMask=0077\n" in unit for unit in services)


def test_the_units_are_closed_to_what_they_do_not_need() -> None:
    kept = ("SystemCallFilter=@system-service", "RestrictNamespaces=yes", "ProtectProc=invisible")
    for name in UNITS:
        if name.endswith(".service"):
            lines = (DEPLOY / name).read_text().splitlines()
            assert [line for line in kept if line not in lines] == []


def test_readme_links_to_files_that_are_here() -> None:
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / "README.md").read_text())
    assert len(linked) > 20
    assert [path for path in linked if not (ROOT / path).exists()] == []


# -- nginx ----------------------------------------------------------------------------------------------


def test_nginx_takes_its_sample(tmp_path: Path) -> None:
    certificate = tmp_path / "fund.pem"
    accepted(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=fund"),
        *("-keyout", str(tmp_path / "fund.key"), "-out", str(certificate)),
    )
    sample = (DEPLOY / "nginx.conf").read_text()
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in sample
    here = sample.replace("/etc/ssl/", f"{tmp_path}/").replace("/var/log/nginx/", f"{tmp_path}/")
    (tmp_path / "site.conf").write_text(here)
    whole = tmp_path / "nginx.conf"
    apart = "".join(
        f"  {kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\n"
        f"http {{\n{apart}  include {tmp_path}/site.conf;\n}}\n"
    )
    accepted("nginx", "-t", "-p", str(tmp_path), "-c", str(whole))


def test_nginx_counts_what_anybody_may_send() -> None:
    """The pattern of the sample holds for each form that the application itself counts, and for no page."""
    sample = (DEPLOY / "nginx.conf").read_text()
    found = re.search(r'"~(\^POST [^"]+)"\s+\$binary_remote_addr;', sample)
    assert found
    counted = re.compile(found[1])
    forms = ("/sign-in", "/sign-in/link/a", "/privacy/complain")
    assert all(counted.search(f"POST {path}") for path in forms)
    assert not any(counted.search(asked) for asked in ("GET /sign-in", "POST /sign-out", "POST /bids/new"))
    assert "limit_req zone=fundflow_forms" in sample.partition("location / {")[2]


# -- containers -----------------------------------------------------------------------------------------


def test_container_files_say_that_they_were_not_tested_and_copy_what_there_is() -> None:
    containerfile = (DEPLOY / "Containerfile").read_text()
    for text in (containerfile, (DEPLOY / "compose.yaml").read_text()):
        assert text.startswith("# Not tested here")
    copied = re.findall(r"^COPY (\S+)", containerfile, re.MULTILINE)
    assert copied == ["requirements/run.txt", "dist/fundflow-*.whl"]  # what `make wheel` leaves there
    assert "-d dist" in (ROOT / "Makefile").read_text()


def test_the_compose_file_is_one() -> None:
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert services.keys() == {"database", "upgrade", "web", "worker"}
    ours = [service for name, service in services.items() if name != "database"]
    assert all(service["env_file"] == "fundflow.env" for service in ours)
    assert all(service["build"]["dockerfile"] == "deploy/Containerfile" for service in ours)
