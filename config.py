"""Every setting of fundflow, in one place, from FUNDFLOW_… environment variables.

Production is the default and fails closed: while a setting is missing, weak or wrong, the application
does not start, and says which, a line each. `FUNDFLOW_DEMO=1` switches the demonstration on (personas,
mailbox); never set it for real data.

`fundflow/config.py` is a link to this file. In a wheel that is a file of its own, beside the templates,
migrations and guides that here lie beside this one.
"""

import os
import re
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent  # holds templates/, migrations/ and docs/help/

SHORTEST_SECRET = 32  # characters; fewer can be guessed, and with it anybody signs in as anybody
FEWEST_DIFFERENT = 8  # of them; “aaaa…” is long and no secret
NO_SWITCH = "A demonstration is loaded only with FUNDFLOW_DEMO=1. Never set it for a council’s own data."
RESERVED = (
    "the user name or password holds a character that means something in an address. "
    "Write @ as %40, / as %2F, ? as %3F, # as %23 and % as %25."
)
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class SettingsWrong(RuntimeError):
    """What is missing, weak or wrong in the settings: `lines` to show."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Environment:
    """Reads settings; what is wrong with one is noted in `wrong`, and reading goes on."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.wrong: list[str] = []
        self.demo = False
        self.demo = self.flag("FUNDFLOW_DEMO")

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def needed(self, name: str, what: str, *, in_demo: str) -> str:
        """A setting without which production does not start."""
        value = self.text(name)
        if not value and not self.demo:
            self.wrong.append(f"{name} is missing: {what}.")
        return value or (in_demo if self.demo else "")

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 65_535) -> int:
        value = self.text(name, str(default))
        if value.isascii() and value.isdecimal() and least <= int(value[:10]) <= most:
            return int(value)
        self.wrong.append(f"{name} is “{value}”: a whole number from {least} to {most} is needed.")
        return default

    def choice(self, name: str, *choices: str) -> str:
        """One of these words; the first where none is set."""
        value = self.text(name, choices[0])
        if value not in choices:
            self.wrong.append(f"{name} is “{value}”: {' or '.join(choices)} is needed.")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.values.get(name)
        if value is None:
            return default
        if value.strip().lower() in TRUE + FALSE:
            return value.strip().lower() in TRUE
        self.wrong.append(f"{name} is “{value}”: 1 or 0 is needed.")
        return default


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The Flask configuration; raises SettingsWrong with everything that is missing, weak or wrong."""
    env = Environment(environ)
    demo = env.demo
    data = _data(env)
    tls = env.flag("FUNDFLOW_TLS", default=not demo)
    hours = env.whole("FUNDFLOW_SESSION_HOURS", 12, least=1, most=72)
    found = {
        "DEMO": demo,
        "DATA": data,
        # The secret signs sessions and forms; a demonstration keeps its own in the data folder.
        "SECRET_KEY": _secret(env, data),
        "SQLALCHEMY_DATABASE_URI": _database_url(env, data),
        "BASE_URL": _base_url(env, tls=tls),
        "COUNCIL": env.needed(
            "FUNDFLOW_COUNCIL",
            "the council’s name, as it stands on pages and letters; it is the data controller",
            in_demo="Borough of Brackenford",
        ),
        "SERVICE": env.text("FUNDFLOW_SERVICE", "School improvement fund"),
        # Letters
        "MAIL_SERVER": _mail_server(env),
        "MAIL_PORT": env.whole("FUNDFLOW_MAIL_PORT", 25, least=1),
        "MAIL_USERNAME": env.text("FUNDFLOW_MAIL_USERNAME") or None,
        "MAIL_PASSWORD": env.values.get("FUNDFLOW_MAIL_PASSWORD") or None,
        "MAIL_USE_TLS": env.flag("FUNDFLOW_MAIL_TLS"),
        "MAIL_DEFAULT_SENDER": _address(env, "FUNDFLOW_MAIL_SENDER", "the address letters come from"),
        "CONTACT_EMAIL": _address(
            env, "FUNDFLOW_CONTACT_EMAIL", "whom to ask where a fund has no contact, and where replies go"
        ),
        "MAIL_TIMEOUT_SECONDS": env.whole("FUNDFLOW_MAIL_TIMEOUT", 20, least=1, most=120),
        "DIGEST_HOUR": env.whole("FUNDFLOW_DIGEST_HOUR", 7, most=23),  # Europe/London
        # Files: in the folder `files` of DATA, or in a bucket of S3-compatible storage
        "FILES_BUCKET": env.text("FUNDFLOW_FILES_BUCKET") or None,
        "FILES_ENDPOINT": env.text("FUNDFLOW_FILES_ENDPOINT") or None,  # empty: Amazon's own
        "FILES_REGION": env.text("FUNDFLOW_FILES_REGION", "eu-west-2"),
        "FILES_KEY": env.text("FUNDFLOW_FILES_KEY") or None,  # empty: what the machine itself is granted
        "FILES_SECRET": env.text("FUNDFLOW_FILES_SECRET") or None,
        "CLAMD": _clamd(env),  # host:port or a socket's path; None: no virus scanner
        "LOGS": env.choice("FUNDFLOW_LOGS", "text", "json"),
        # Web
        "TLS": tls,
        "PROXIES": env.whole("FUNDFLOW_PROXIES", 0, most=10),  # reverse proxies in front of us
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "fundflow",
        # A session ends so long after it was last seen, and so long after it began, whichever is first.
        # The idle limit counts in steps of five minutes: so often it is noted that a session was seen.
        "SESSION_IDLE_MINUTES": env.whole("FUNDFLOW_SESSION_IDLE_MINUTES", 120, least=10, most=1440),
        "SESSION_HOURS": hours,
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * hours,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long evening's typing survives
        "SAME_ACT_PER_HOUR": 2,  # by one person on one record, where each time the same people are written to
        "MESSAGES_PER_HOUR": 6,  # and where each time they are written something else
        # Since the last timed steps; a longer jump of the server's clock waits for an administrator.
        "CLOCK_JUMP_DAYS": env.whole("FUNDFLOW_CLOCK_JUMP_DAYS", 7, least=1, most=365),
        "CLOCK_BACK_MINUTES": 60,  # how far it may go back: servers’ clocks differ
        "SIGN_IN_MINUTES": 15,
        "SIGN_IN_PER_ADDRESS": 5,  # links a quarter of an hour per address and network, or known browser
        "SIGN_IN_PER_NETWORK": 30,  # and per network; and per address from all of them
        "COMPLAINTS_PER_DAY": 100,  # about data, from everybody together: many may come after a breach
    }
    found |= _single_sign_on(env) | _metrics(env) | _notify(env) | _sentry(env)
    if env.wrong:
        raise SettingsWrong(env.wrong)
    return found


def _data(env: Environment) -> Path:
    """FUNDFLOW_DATA, else the checkout's `var`. An installed package names none: an upgrade replaces it."""
    if (ROOT / "pyproject.toml").exists():
        return Path(env.text("FUNDFLOW_DATA", str(ROOT / "var"))).absolute()
    what = "the folder for the database and the attachments, such as /var/lib/fundflow"
    return Path(env.needed("FUNDFLOW_DATA", what, in_demo="var")).absolute()


def _secret(env: Environment, data: Path) -> str:
    value = env.needed("FUNDFLOW_SECRET_KEY", "a long random text, kept secret", in_demo="")
    if value and not env.demo and (len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_DIFFERENT):
        env.wrong.append(
            f"FUNDFLOW_SECRET_KEY is too easy to guess: at least {SHORTEST_SECRET} random characters are "
            "needed. “openssl rand -hex 32” makes some."
        )
    return value or (_demo_secret(data) if env.demo else "")


def _demo_secret(data: Path) -> str:
    path = data / "demo-secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(32))
        path.chmod(0o600)
    return path.read_text()


def _base_url(env: Environment, *, tls: bool) -> str:
    value = env.needed(
        "FUNDFLOW_BASE_URL", "the service’s address, as it stands in letters", in_demo="http://127.0.0.1:5000"
    )
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        env.wrong.append(
            f"FUNDFLOW_BASE_URL is “{value}”: an address like https://fund.example.gov.uk is needed."
        )
    elif value and tls and parts.scheme != "https":
        env.wrong.append("FUNDFLOW_BASE_URL begins with http://: links that sign people in need https://.")
    return value


def _address(env: Environment, name: str, what: str) -> str:
    value = env.needed(name, what, in_demo="fund@brackenford.example")
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        env.wrong.append(f"{name} is “{value}”: an email address is needed.")
    return value


def _single_sign_on(env: Environment) -> dict[str, Any]:
    """OpenID Connect for the council's people; off while no issuer is given. docs/single-sign-on.md"""
    issuer = env.text("FUNDFLOW_OIDC_ISSUER")
    found = {
        "OIDC_ISSUER": issuer or None,
        "OIDC_CLIENT_ID": env.text("FUNDFLOW_OIDC_CLIENT_ID"),
        "OIDC_CLIENT_SECRET": env.text("FUNDFLOW_OIDC_CLIENT_SECRET"),
        "OIDC_TENANT": env.text("FUNDFLOW_OIDC_TENANT"),  # Entra ID: the directory, which tokens name
        "OIDC_NAME": env.text("FUNDFLOW_OIDC_NAME", "your council account"),  # “Sign in with …”
    }
    if not issuer:
        return found
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        env.wrong.append(
            f"FUNDFLOW_OIDC_ISSUER is “{issuer}”: an address that begins with https:// is needed."
        )
        return found
    needed = {"FUNDFLOW_OIDC_CLIENT_ID": "our name there", "FUNDFLOW_OIDC_CLIENT_SECRET": "our secret there"}
    if parts.hostname == "login.microsoftonline.com":
        needed["FUNDFLOW_OIDC_TENANT"] = "the ID of your directory in Entra ID"
    for name, what in needed.items():
        if not env.text(name):
            env.wrong.append(f"{name} is missing: {what}. FUNDFLOW_OIDC_ISSUER needs it.")
    if not find_spec("joserfc"):
        env.wrong.append("FUNDFLOW_OIDC_ISSUER needs more packages: install requirements/oidc.txt too.")
    return found


def _mail_server(env: Environment) -> str:
    if env.text("FUNDFLOW_NOTIFY_KEY"):
        return env.text("FUNDFLOW_MAIL_SERVER")
    return env.needed("FUNDFLOW_MAIL_SERVER", "the name of your SMTP relay", in_demo="127.0.0.1")


def _notify(env: Environment) -> dict[str, Any]:
    """GOV.UK Notify in place of a mail server; off while no key is given. docs/notify.md"""
    key, template = env.text("FUNDFLOW_NOTIFY_KEY"), env.text("FUNDFLOW_NOTIFY_TEMPLATE")
    if key and not re.fullmatch(rf"\S*{UUID}-{UUID}", key):
        env.wrong.append("FUNDFLOW_NOTIFY_KEY is no API key of Notify: it ends with two long numbers.")
    if key and not re.fullmatch(UUID, template):
        env.wrong.append("FUNDFLOW_NOTIFY_TEMPLATE is missing: the ID of the template for letters.")
    if key and not find_spec("notifications_python_client"):
        env.wrong.append("FUNDFLOW_NOTIFY_KEY needs more packages: install requirements/notify.txt too.")
    return {
        "NOTIFY_KEY": key or None,
        "NOTIFY_TEMPLATE": template,
        "NOTIFY_REPLY_TO": env.text("FUNDFLOW_NOTIFY_REPLY_TO") or None,
        "NOTIFY_URL": _https(
            env, "FUNDFLOW_NOTIFY_URL", "https://api.notifications.service.gov.uk", needed=bool(key)
        ),
    }


def _sentry(env: Environment) -> dict[str, Any]:
    """Where errors are reported to; off while no address is given."""
    address = _https(env, "FUNDFLOW_SENTRY_DSN", "", needed=False)
    if address and not find_spec("sentry_sdk"):
        env.wrong.append("FUNDFLOW_SENTRY_DSN needs more packages: install requirements/sentry.txt too.")
    return {"SENTRY_DSN": address or None}


def _https(env: Environment, name: str, default: str, *, needed: bool) -> str:
    """An address of another service, which gets what is secret: over TLS, but on this machine."""
    value = env.text(name, default)
    parts = urlsplit(value)
    if (value or needed) and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        env.wrong.append(f"{name} is no address that begins with https://.")  # it may hold a key
    return value


def _metrics(env: Environment) -> dict[str, Any]:
    """Who may read /metrics: nobody, programs on this machine, or those with the token."""
    kind, token = (
        env.choice("FUNDFLOW_METRICS", "off", "loopback", "token"),
        env.text("FUNDFLOW_METRICS_TOKEN"),
    )
    if kind == "token" and (len(token) < SHORTEST_SECRET or len(set(token)) < FEWEST_DIFFERENT):
        env.wrong.append(
            f"FUNDFLOW_METRICS_TOKEN is missing or too easy to guess: {SHORTEST_SECRET} random characters."
        )
    if kind != "off" and not find_spec("prometheus_client"):
        env.wrong.append("FUNDFLOW_METRICS needs more packages: install requirements/metrics.txt too.")
    return {"METRICS": kind, "METRICS_TOKEN": token}


def _clamd(env: Environment) -> str | None:
    value = env.text("FUNDFLOW_CLAMD")
    if value and not value.startswith(("/", "unix:/")) and not re.fullmatch(r"[^/\s]*:\d{1,5}", value):
        env.wrong.append(f"FUNDFLOW_CLAMD is “{value}”: host:port, or the path of a socket, is needed.")
    return value or None


def _database_url(env: Environment, data: Path) -> str:
    """FUNDFLOW_DATABASE_URL, or an SQLite file in the data folder."""
    url = env.text("FUNDFLOW_DATABASE_URL") or f"sqlite:///{data / 'fundflow.sqlite3'}"
    if why := _why_no_database(url):  # never with the address itself: it holds the password
        env.wrong.append(f"FUNDFLOW_DATABASE_URL can’t be read: {why}")
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _why_no_database(url: str) -> str | None:
    scheme, _, rest = url.partition("://")
    if scheme not in ("sqlite", "postgres", "postgresql", "postgresql+psycopg"):
        return "it begins with postgresql:// or sqlite:///."
    login, at, place = rest.rpartition("@")
    if scheme != "sqlite" and at:
        name, _, password = login.partition(":")
        if re.search(r"[@/?#]", name + password):
            return RESERVED
    try:
        make_url(url)
    except (ArgumentError, ValueError):
        return "it looks like postgresql://user:password@host/name."
    return None if scheme == "sqlite" or "/" in place else "the database’s name is missing at its end."
