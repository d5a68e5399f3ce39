"""A letter about a sign-in with a browser that was not seen before."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.fund import Fund
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, RoleName, User
from fundflow.models.signing_in import KnownBrowser
from tests.accounts.test_signing_in import link_for
from tests.factories import Make

SUBJECT = "You signed in with a new browser"


@pytest.fixture
def fund(make: Make, session: Session) -> Fund:
    fund = make.fund()
    fund.code_roles = ["finance"]
    session.commit()
    return fund


@pytest.fixture
def owen(make: Make, session: Session, fund: Fund) -> User:
    person = make.staff(RoleName.FINANCE, "Owen Clarke")
    session.commit()
    return person


def told(session: Session) -> list[str]:
    return [one.email for one in session.scalars(select(Letter).where(Letter.subject == SUBJECT))]


def test_a_new_browser_is_told_of_and_a_known_one_is_not(app: Flask, session: Session, owen: User) -> None:
    here, there = app.test_client(), app.test_client()
    here.post(link_for(session, owen, LinkPurpose.INVITATION))
    assert told(session) == []  # the account's first sign-in
    here.post(link_for(session, owen))
    assert told(session) == []
    there.post(link_for(session, owen), headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/150.0"})
    assert told(session) == [owen.email]
    letter = session.scalars(select(Letter).where(Letter.subject == SUBJECT)).one()
    assert "Firefox on Windows" in letter.body
    there.post(link_for(session, owen))
    here.post(link_for(session, owen))
    assert told(session) == [owen.email]


def test_two_people_who_share_a_browser_are_each_told_once(
    app: Flask, make: Make, session: Session, owen: User
) -> None:
    fatima = make.staff(RoleName.FINANCE, "Fatima Noor")
    browser = app.test_client()
    for _ in range(2):
        for person in (owen, fatima):
            browser.post(link_for(session, person))
    assert told(session) == []  # each one's first
    assert len(session.scalars(select(KnownBrowser)).all()) == 2
    other = app.test_client()
    for _ in range(2):
        for person in (owen, fatima):
            other.post(link_for(session, person))
    assert told(session) == [owen.email, fatima.email]


def test_a_forged_cookie_is_a_new_browser(app: Flask, session: Session, owen: User) -> None:
    first = app.test_client()
    first.post(link_for(session, owen))
    forged = app.test_client()
    forged.set_cookie("fundflow_browser", "x.y", path="/sign-in")
    forged.post(link_for(session, owen))
    assert told(session) == [owen.email]


def test_only_the_hash_of_a_mark_is_kept(app: Flask, session: Session, owen: User) -> None:
    browser = app.test_client()
    browser.post(link_for(session, owen))
    cookie = browser.get_cookie("fundflow_browser", path="/sign-in")
    assert cookie is not None
    assert session.scalars(select(KnownBrowser)).one().mark_hash not in cookie.value
    assert cookie.http_only


def test_nothing_is_kept_of_people_whom_no_fund_asks(
    app: Flask, make: Make, session: Session, fund: Fund
) -> None:
    for person in (make.member(make.school()), make.staff(RoleName.OFFICER)):
        for browser in (app.test_client(), app.test_client()):
            browser.post(link_for(session, person))
    assert told(session) == []
    assert session.scalars(select(KnownBrowser)).all() == []
