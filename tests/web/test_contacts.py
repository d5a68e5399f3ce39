"""Who to ask stands on every page, public and signed in, and when something went wrong."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.config import ROOT
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.web import contacts
from tests.factories import Make

SignIn = Callable[[User | None], FlaskClient]
TEMPLATES = ROOT / "templates"
# Printed pages have a foot of their own; the rest are parts of pages.
PRINTED = "print.html"


def roots(name: str) -> str:
    """The page on which this one is built at last."""
    found = re.search(r'{% extends "([^"]+)" %}', (TEMPLATES / name).read_text())
    return roots(found[1]) if found and (TEMPLATES / found[1]).exists() else name


def test_every_page_is_built_on_the_one_with_the_foot() -> None:
    pages = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]
    built = {name: roots(name) for name in pages if "{% extends" in (TEMPLATES / name).read_text()}
    assert len(built) > 150
    assert {name for name, root in built.items() if root not in ("base.html", PRINTED)} == set()
    below = [name for name in built if "block footer" in (TEMPLATES / name).read_text()]
    assert below == ["base.html"]


@pytest.fixture
def asked(make: Make) -> Any:
    fund = make.fund(contact_name="The team", contact_email="team@c.example", contact_phone="01632 960 123")
    make.session.commit()
    return fund


def names_the_contact(page: str) -> bool:
    return all(
        words in page for words in ("The team", 'href="mailto:team@c.example"', "telephone 01632 960 123")
    )


def test_public_pages_pages_of_people_and_pages_of_errors_name_the_contact(
    asked: Any, make: Make, client: FlaskClient, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/", "/sign-in", "/privacy", "/accessibility", "/rounds", "/nothing", "/approve/x"):
        assert names_the_contact(client.get(path).text), path
    officer = sign_in(make.staff(R.OFFICER))
    for path in ("/work", "/bids", "/people", "/bids/LSIF-0000"):
        assert names_the_contact(officer.get(path).text), path


def test_without_a_contact_of_a_fund_the_services_own_stands_there(client: FlaskClient, make: Make) -> None:
    make.fund()
    make.session.commit()
    page = client.get("/").text
    assert re.search('Borough of Brackenford, <a [^>]*href="mailto:help@brackenford.example"', page)


def test_two_funds_are_told_apart_and_one_contact_of_both_stands_once(
    asked: Any, make: Make, client: FlaskClient
) -> None:
    make.fund(
        name="Second", contact_name="The team", contact_email="team@c.example", contact_phone="01632 960 123"
    )
    make.session.commit()
    assert client.get("/privacy").text.count("mailto:") == 1
    make.fund(name="Third fund", contact_phone="999")
    make.session.commit()
    page = client.get("/privacy").text
    assert "Third fund: telephone 999" in page
    assert f"{asked.name}: The team" in page


def test_contacts_are_asked_for_once_a_minute_and_anew_when_they_change(
    asked: Any, make: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(make.staff(R.ADMINISTRATOR))
    monkeypatch.setitem(client.application.config, "CONTACTS_SECONDS", 60)
    client.get("/privacy")
    monkeypatch.setattr(contacts, "_read", lambda: [])
    assert names_the_contact(client.get("/privacy").text)
    with client.application.app_context():
        contacts.forget()
    assert not names_the_contact(client.get("/privacy").text)
    with client.application.app_context():
        contacts.forget()


def test_an_administrator_is_asked_for_a_contact_until_there_is_one(make: Make, sign_in: SignIn) -> None:
    fund = make.fund()
    make.session.commit()
    client = sign_in(make.staff(R.ADMINISTRATOR))
    link = f'href="/funds/{fund.id}/settings" aria-describedby'
    assert link in client.get("/work").text
    fund.contact_email = "team@c.example"
    make.session.commit()
    assert link not in client.get("/work").text
