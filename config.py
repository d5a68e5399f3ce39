"""Every setting of fundflow, in one place, from FUNDFLOW_… environment variables.

Production is the default and fails closed: without its secrets the application does not start.
`FUNDFLOW_DEMO=1` switches the demonstration on (personas, mailbox); never set it for real data.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class SettingMissing(RuntimeError):
    """A setting that production cannot do without."""


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The Flask configuration; raises SettingMissing where production lacks a secret."""
    demo = _flag(environ, "FUNDFLOW_DEMO")
    data = Path(environ.get("FUNDFLOW_DATA", ROOT / "var"))
    return {
        "DEMO": demo,
        "DATA": data,
        # The secret signs sessions and forms; a demonstration keeps its own in the data folder.
        "SECRET_KEY": environ.get("FUNDFLOW_SECRET_KEY") or _demo_secret(demo, data),
        "SQLALCHEMY_DATABASE_URI": database_url(environ, data),
        "BASE_URL": _required(environ, "FUNDFLOW_BASE_URL", demo, "http://127.0.0.1:5000"),
        "COUNCIL": environ.get("FUNDFLOW_COUNCIL", "Borough of Brackenford"),
        "SERVICE": environ.get("FUNDFLOW_SERVICE", "School improvement fund"),
        # Letters
        "MAIL_SERVER": _required(environ, "FUNDFLOW_MAIL_SERVER", demo, "127.0.0.1"),
        "MAIL_PORT": int(environ.get("FUNDFLOW_MAIL_PORT", "25")),
        "MAIL_USERNAME": environ.get("FUNDFLOW_MAIL_USERNAME"),
        "MAIL_PASSWORD": environ.get("FUNDFLOW_MAIL_PASSWORD"),
        "MAIL_USE_TLS": _flag(environ, "FUNDFLOW_MAIL_TLS"),
        "MAIL_DEFAULT_SENDER": _required(environ, "FUNDFLOW_MAIL_SENDER", demo, "fund@brackenford.example"),
        "MAIL_TIMEOUT_SECONDS": int(environ.get("FUNDFLOW_MAIL_TIMEOUT", "20")),
        "DIGEST_HOUR": int(environ.get("FUNDFLOW_DIGEST_HOUR", "7")),  # Europe/London
        # Files: in the folder `files` of DATA, or in a bucket of S3-compatible storage
        "FILES_BUCKET": environ.get("FUNDFLOW_FILES_BUCKET"),
        "FILES_ENDPOINT": environ.get("FUNDFLOW_FILES_ENDPOINT"),  # empty: Amazon's own
        "FILES_REGION": environ.get("FUNDFLOW_FILES_REGION", "eu-west-2"),
        "FILES_KEY": environ.get("FUNDFLOW_FILES_KEY"),  # empty: what the machine itself is granted
        "FILES_SECRET": environ.get("FUNDFLOW_FILES_SECRET"),
        "CLAMD": environ.get("FUNDFLOW_CLAMD"),  # host:port or a socket's path; empty: no virus scanner
        # Web
        "TLS": _flag(environ, "FUNDFLOW_TLS", default=not demo),
        "PROXIES": int(environ.get("FUNDFLOW_PROXIES", "0")),  # reverse proxies in front of us
        "SESSION_COOKIE_SECURE": _flag(environ, "FUNDFLOW_TLS", default=not demo),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "fundflow",
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 12,
        "MAX_CONTENT_LENGTH": 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a long evening's typing survives
        "SAME_ACT_PER_HOUR": 2,  # by one person on one record, where each time people are written to
        "CLOCK_JUMP_DAYS": 7,  # since the last timed steps; a longer jump waits for an administrator
        "SIGN_IN_MINUTES": 15,
        "SIGN_IN_PER_ADDRESS": 5,  # links per address and quarter of an hour
        "SIGN_IN_PER_NETWORK": 30,
    }


def database_url(environ: Mapping[str, str], data: Path) -> str:
    """FUNDFLOW_DATABASE_URL, or an SQLite file in the data folder."""
    url = environ.get("FUNDFLOW_DATABASE_URL") or f"sqlite:///{data / 'fundflow.sqlite3'}"
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _flag(environ: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    value = environ.get(name)
    return default if value is None else value.strip().lower() in ("1", "true", "yes", "on")


def _required(environ: Mapping[str, str], name: str, demo: bool, in_demo: str) -> str:
    value = environ.get(name)
    if value:
        return value
    if demo:
        return in_demo
    raise SettingMissing(f"Set {name}. (For a demonstration set FUNDFLOW_DEMO=1.)")


def _demo_secret(demo: bool, data: Path) -> str:
    if not demo:
        raise SettingMissing("Set FUNDFLOW_SECRET_KEY to a long random text.")
    path = data / "demo-secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(32))
        path.chmod(0o600)
    return path.read_text()
