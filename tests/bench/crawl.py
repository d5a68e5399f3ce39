"""Writes every page that each person of the demonstration can reach: `python -m tests.bench.crawl FOLDER`.

Run before and after a change that is to change nothing but speed, on the same database (FUNDFLOW_DATA),
then compare: `diff -r BEFORE AFTER`. What differs from answer to answer (nonces, tokens) is left out.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.person import User

MOST = 400  # pages of one person
LINK = re.compile(r'<a [^>]*href="(/[^"#]*)"')
CHANGING = re.compile(r'(nonce|name="csrf_token" value|name="token" value)="[^"]*"')
NO_PAGES = re.compile(r"^/(demo|static)|\.(pdf|xlsx|ics)|/files/")


def crawl(client: FlaskClient, folder: Path) -> int:
    """Follow links from My work; the number of pages written."""
    waiting, seen = ["/work", "/bids", "/money", "/register", "/schools"], set[str]()
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        if path in seen or NO_PAGES.search(path):
            continue
        seen.add(path)
        with client.get(path) as answer:
            text = answer.get_data(as_text=True)
            status = answer.status_code
        name = re.sub(r"[^\w.=-]+", "_", path)[:150]
        (folder / name).write_text(f"{status}\n" + CHANGING.sub(r"\1", text))
        waiting += [urlsplit(link.replace("&amp;", "&")).geturl() for link in LINK.findall(text)]
    return len(seen)


def main() -> None:
    app = create_app()
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        people = db.session.execute(
            select(User.id, User.name).where(User.active.is_(True), User.id < 10_000)
        ).all()
    for number, name in people:
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True)
        client = app.test_client()
        client.post("/demo/sign-in", data={"user": number})
        print(name, crawl(client, folder))  # noqa: T201


if __name__ == "__main__":
    with time_machine.travel(datetime.now(UTC).replace(hour=12, minute=0, second=0), tick=False):
        main()
