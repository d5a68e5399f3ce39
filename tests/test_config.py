"""Production does not start while a setting is missing, weak or wrong, and says everything at once."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from fundflow import build, cli, config
from fundflow.config import ROOT, SettingsWrong, settings

GOOD = {
    "FUNDFLOW_SECRET_KEY": "0123456789abcdef" * 2,
    "FUNDFLOW_BASE_URL": "https://fund.example",
    "FUNDFLOW_COUNCIL": "Borough of Somewhere",
    "FUNDFLOW_MAIL_SERVER": "mail",
    "FUNDFLOW_MAIL_SENDER": "School fund <a@b.example>",
    "FUNDFLOW_CONTACT_EMAIL": "help@b.example",
}
# What is wrong, and a part of its line.
WRONG = (
    ("FUNDFLOW_SECRET_KEY", "x", "too easy to guess"),
    ("FUNDFLOW_SECRET_KEY", "ab" * 40, "too easy to guess"),
    ("FUNDFLOW_SECRET_KEY", "0123456789abcdefghijklmnopqrstu", "too easy to guess"),  # 31 characters
    ("FUNDFLOW_BASE_URL", "fund.example", "an address like https://"),
    ("FUNDFLOW_BASE_URL", "http://fund.example", "need https://"),
    ("FUNDFLOW_COUNCIL", "  ", "data controller"),
    ("FUNDFLOW_MAIL_SENDER", "school fund", "an email address is needed"),
    ("FUNDFLOW_CONTACT_EMAIL", "01632 960 123", "an email address is needed"),
    ("FUNDFLOW_MAIL_PORT", "smtp", "a whole number from 1 to 65535"),
    ("FUNDFLOW_MAIL_PORT", "0", "a whole number from 1 to 65535"),
    ("FUNDFLOW_MAIL_TIMEOUT", "-5", "a whole number"),
    ("FUNDFLOW_SESSION_IDLE_MINUTES", "0", "a whole number"),
    ("FUNDFLOW_SESSION_HOURS", "never", "a whole number"),
    ("FUNDFLOW_CLOCK_JUMP_DAYS", "0", "a whole number from 1 to 365"),
    ("FUNDFLOW_DIGEST_HOUR", "24", "a whole number from 0 to 23"),
    ("FUNDFLOW_OIDC_ISSUER", "http://sign-in.example", "begins with https://"),
    ("FUNDFLOW_PROXIES", "9" * 30, "a whole number from 0 to 10"),
    ("FUNDFLOW_MAIL_TLS", "ja", "1 or 0 is needed"),
    ("FUNDFLOW_TLS", "2", "1 or 0 is needed"),
    ("FUNDFLOW_DEMO", "maybe", "1 or 0 is needed"),
    ("FUNDFLOW_LOGS", "xml", "text or json is needed"),
    ("FUNDFLOW_CLAMD", "localhost", "host:port"),
    ("FUNDFLOW_DATABASE_URL", "mysql://u:p@h/d", "begins with postgresql:// or sqlite:///"),
    ("FUNDFLOW_DATABASE_URL", "postgresql://u:p@h:port/d", "looks like postgresql://"),
    ("FUNDFLOW_DATABASE_URL", "postgresql://u:p@h", "name is missing"),
    *(
        ("FUNDFLOW_DATABASE_URL", f"postgresql://fund:s3cret{mark}word@host/fund", "Write @ as %40")
        for mark in "@/?#"
    ),
)


def lines(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsWrong) as wrong:
        settings(environ)
    return wrong.value.lines


def test_good_settings_are_taken_with_no_demonstration_and_secure_cookies() -> None:
    found = settings(GOOD)
    assert found["DEMO"] is False
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["COUNCIL"] == "Borough of Somewhere"


def test_all_that_is_missing_is_said_at_once_a_line_each() -> None:
    assert [line.split()[0] for line in lines({})] == list(GOOD)
    for name in GOOD:
        (line,) = lines({key: value for key, value in GOOD.items() if key != name})
        assert line.startswith(f"{name} is missing: ")


@pytest.mark.parametrize(("name", "value", "says"), WRONG)
def test_what_is_weak_or_wrong_is_said_in_one_line(name: str, value: str, says: str) -> None:
    (line,) = lines({**GOOD, name: value})
    assert line.startswith(name)
    assert says in line


def test_everything_wrong_is_said_at_once_and_never_a_password() -> None:
    bad = {name: value for name, value, _ in WRONG}
    found = lines({**GOOD, **bad})
    assert {line.split()[0] for line in found} == set(bad)
    assert not any("s3cret" in line for line in found)


SINGLE_SIGN_ON = {
    "FUNDFLOW_OIDC_ISSUER": "https://login.microsoftonline.com/0d1c/v2.0",
    "FUNDFLOW_OIDC_TENANT": "0d1c",
    "FUNDFLOW_OIDC_CLIENT_ID": "client",
    "FUNDFLOW_OIDC_CLIENT_SECRET": "s3cret",
}


def test_single_sign_on_is_off_until_an_issuer_is_given_and_then_needs_the_rest() -> None:
    assert settings(GOOD)["OIDC_ISSUER"] is None
    assert settings({**GOOD, **SINGLE_SIGN_ON})["OIDC_TENANT"] == "0d1c"
    for name in list(SINGLE_SIGN_ON)[1:]:
        (line,) = lines({**GOOD, **SINGLE_SIGN_ON, name: ""})
        assert line.startswith(f"{name} is missing")
    elsewhere = {**SINGLE_SIGN_ON, "FUNDFLOW_OIDC_ISSUER": "https://sign-in.example"}
    assert settings({**GOOD, **elsewhere, "FUNDFLOW_OIDC_TENANT": ""})["OIDC_TENANT"] == ""


@pytest.mark.parametrize("mark", "@/?#:%")
def test_a_password_with_reserved_characters_is_read_as_it_was_meant(mark: str) -> None:
    url = f"postgresql://fund:s3cret%{ord(mark):02X}word@host/fund"
    found = settings({**GOOD, "FUNDFLOW_DATABASE_URL": url})["SQLALCHEMY_DATABASE_URI"]
    assert make_url(found).password == f"s3cret{mark}word"
    assert make_url(found).host == "host"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_database_is_a_file_unless_another_is_named(scheme: str) -> None:
    assert settings(GOOD)["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{ROOT / 'var/fundflow.sqlite3'}"
    found = settings({"FUNDFLOW_DEMO": "1", "FUNDFLOW_DATABASE_URL": f"{scheme}://u@h/d"})
    assert found["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u@h/d"


def test_a_demonstration_needs_no_settings_and_keeps_a_secret_of_its_own(tmp_path: Path) -> None:
    found = settings({"FUNDFLOW_DEMO": "1", "FUNDFLOW_DATA": str(tmp_path)})
    assert found["SECRET_KEY"] == (tmp_path / "demo-secret").read_text() != ""
    assert found["TLS"] is False


def test_an_installed_package_has_no_place_for_data_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", Path("/usr/lib/python3/site-packages/fundflow"))
    (line,) = lines(GOOD)
    assert line.startswith("FUNDFLOW_DATA is missing: ")
    found = settings({**GOOD, "FUNDFLOW_DATA": "/var/lib/fundflow"})
    assert found["SQLALCHEMY_DATABASE_URI"] == "sqlite:////var/lib/fundflow/fundflow.sqlite3"


def test_a_folder_for_data_is_meant_from_where_the_command_starts() -> None:
    assert settings({**GOOD, "FUNDFLOW_DATA": "data"})["DATA"] == Path.cwd() / "data"


def test_the_version_is_the_one_of_the_changes() -> None:
    newest = re.search(r"^## ([\d.]+)", (ROOT / "docs/CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest
    assert run("--version") == (0, f"fundflow {newest[1]}\n")
    assert f"## To {newest[1]}\n" in (ROOT / "docs/UPGRADING.md").read_text()


# -- the command --------------------------------------------------------------------------------------


def run(*words: str, **environ: str) -> tuple[int, str]:
    """The command as it is installed, with these settings and no others."""
    result = CliRunner().invoke(cli.group(build), words, env={**dict.fromkeys(NAMES, None), **environ})
    return result.exit_code, result.output


NAMES = {*GOOD, *(name for name, _, _ in WRONG), "FUNDFLOW_DATA", "FUNDFLOW_SERVICE"}


def helped() -> list[tuple[str, ...]]:
    """The words of every command and group."""
    groups = {command.name: command for command in cli.commands()}
    inner = [(name, word) for name, group in groups.items() for word in getattr(group, "commands", ())]
    return [(), *((name,) for name in groups), *inner]  # type: ignore[list-item]


@pytest.mark.parametrize("words", helped(), ids=" ".join)
def test_help_needs_no_settings(words: tuple[str, ...]) -> None:
    code, said = run(*words, "--help")
    assert code == 0
    assert said.startswith("Usage:")
    assert "FUNDFLOW_SECRET_KEY" not in said
    assert "Traceback" not in said


def test_settings_can_be_checked_without_any_and_with_all() -> None:
    code, said = run("settings", "check")
    assert code == 1
    assert [line for line in GOOD if line not in said] == []
    assert run("settings", "check", **GOOD) == (
        0,
        "The settings are complete, for production at https://fund.example.\n",
    )


def test_a_command_that_needs_settings_says_which_and_stops() -> None:
    for words in (
        ("db", "current"),
        ("worker",),
        ("run",),
        ("people", "add", "a@b.example", "--role=auditor"),
    ):
        code, said = run(*words, FUNDFLOW_MAIL_PORT="x")
        assert code == 1, words
        assert all(f"{name} is missing" in said for name in GOOD), said
        assert "FUNDFLOW_MAIL_PORT is “x”" in said
        assert "Traceback" not in said


def test_gunicorn_says_what_is_wrong_once_and_starts_no_worker() -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("FUNDFLOW_")}
    command = [sys.executable, "-m", "gunicorn", "-c", "python:fundflow.gunicorn_conf", "-b", "127.0.0.1:0"]
    started = subprocess.run(
        [*command, "fundflow:create_app()"], env=environ, capture_output=True, text=True, timeout=60
    )
    assert started.returncode == 1
    assert all(started.stderr.count(f"{name} is missing") == 1 for name in GOOD)
    assert "Traceback" not in started.stderr
