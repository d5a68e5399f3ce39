"""Concerns, caseloads, tiers, targets, looked-after children’s focus and reviews of a term: no school, panel
member, board, finance officer or stranger finds a word of them, on any page, in any file, letter or refusal.

Each is filled with a word that stands nowhere else, of a school, its partner and another one. Then every
route of the access table is asked, as each kind of person.
"""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.models.area import Tier
from fundflow.models.caseload import Caseload, Concern, ConcernKind, ReviewOutcome
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession
from fundflow.models.school import School
from fundflow.schools.operations import caseloads, concerns
from fundflow.schools.operations.tiers import record_tier
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make
from tests.security.looking import press_once, read, said_by, without_names
from tests.test_access import council, rows

pytestmark = [pytest.mark.thorough, pytest.mark.both_databases]

JANUARY = date(2027, 1, 15)
WORDS = {
    "concern": "Zkconcern",
    "review of a concern": "Zkfound",
    "end of a concern": "Zkended",
    "caseload": "Zkcaseload",
    "tier": "Zktier",
    "what a tier brings": "Zkbrings",
    "focus": "Zkfocus",
    "review of a term": "Zkreview",
    "target": "Zktarget",
}
# How the pages of staff show them: none of it stands on anybody else's.
SHOWN = ('id="concerns"', 'id="caseload"', 'id="looked-after"', 'id="tier"', "Caseloads and concerns")
EVERYBODY_ELSE = (
    "nobody",
    "stranger",
    "leader",
    "team",
    "provider",
    "clerk",
    "chair",
    "member",
    "barred",
    "authorised",
    "finance",
    "impact",
    "reviewer",
    "board",
)
ASKED = ("nobody", "stranger", "leader", "provider", "chair", "member", "finance", "board")  # of every page
PARTS = 4


def plant(make: Make, found: SimpleNamespace) -> None:
    """Fill what is held of three schools with the words, by the operations that write letters too."""
    officer, fund = found.people["officer"], found.bids["D"].fund
    for number in (1, 2, 3, 4):
        setattr(fund, f"tier_{number}_brings", WORDS["what a tier brings"])
    lead = found.bids["D"].lead_school
    others = db.session.scalars(select(School).where(School.name.in_(["Provider", "Other"])))
    call: dict[str, Any] = {"user": officer, "now": NOW}
    for school in (lead, *others):
        entry: dict[str, Any] = {**call, "latest": 0}
        record_tier(school, tier=Tier.INTENSIVE, reason=WORDS["tier"], from_on=TODAY, **entry)
        caseloads.record_caseload(
            school,
            fund,
            caseload=Caseload.CHALLENGE,
            officer=officer,
            reason=WORDS["caseload"],
            from_on=TODAY,
            **entry,
        )
        caseloads.record_focus(school, fund, focus=WORDS["focus"], review_on=JANUARY, **entry)
        caseloads.record_review(
            school,
            fund,
            reviewed_on=TODAY,
            outcome=ReviewOutcome.CONFIRMED,
            tier=None,
            note=WORDS["review of a term"],
            latest_tier=0,
            **entry,
        )
        said = {"reason": WORDS["concern"], "review_on": JANUARY, **call}
        kept = concerns.raise_concern(school, fund, kind=ConcernKind.FLOOR, **said)
        concerns.review(kept, found=WORDS["review of a concern"], review_on=JANUARY, version=None, **call)
        ended = concerns.raise_concern(school, fund, kind=ConcernKind.INSPECTION, **said)
        concerns.end(ended, reason=WORDS["end of a concern"], version=None, **call)
        measure = make.measure(fund, name=f"{WORDS['target']} {school.id}")
        make.figure(make.target(school, measure, officer), officer)
    make.session.commit()


@pytest.fixture(autouse=True)
def _no_test_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A concern of each kind may be raised: what it was raised for is tested elsewhere."""
    monkeypatch.setattr(concerns, "NOT_MET", {})


@pytest.fixture
def found(make: Make, time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    time_machine.move_to(NOW, tick=False)
    made = council(make)
    plant(make, made)
    names = {person.name for person in made.people.values() if person}
    press_once(monkeypatch, lambda page: without_names(names, page))
    return made


def gets(found: SimpleNamespace) -> list[str]:
    """Every address of the access table, for the school of the bids, its partner's and another, and for every
    concern."""
    asked = [path for method, path, _ in rows() if method == "GET"]
    urns = db.session.scalars(select(School.urn).where(School.name.in_(["Provider", "Other"]))).all()
    numbers = db.session.scalars(select(Concern.id)).all()
    others = [
        path.format(**{**found.values, "urn": urn})
        for path in asked
        if path.startswith("/schools/{urn}")
        for urn in urns
    ]
    of_concerns = [path.format(concern=number) for path in asked if "{concern}" in path for number in numbers]
    return [*(path.format(**found.values) for path in asked), *others, *of_concerns]


def as_somebody(client: FlaskClient, found: SimpleNamespace, who: str) -> None:
    db.session.execute(update(BrowserSession).values(ended_at=None))
    db.session.commit()
    user = found.people[who]
    with client.session_transaction() as cookie:
        cookie.clear()
        if user:
            cookie["_user_id"], cookie["_fresh"] = user.get_id(), True


def told(said: str) -> list[str]:
    return [word for word in (*WORDS.values(), *SHOWN) if word in said]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("who", ASKED)
def test_nobody_else_finds_a_word_on_any_page(
    client: FlaskClient, found: SimpleNamespace, who: str, part: int
) -> None:
    as_somebody(client, found, who)
    wrong = []
    for path in gets(found)[part::PARTS]:
        nested = db.session.begin_nested()
        try:
            if leaked := told(read(client, path)):
                wrong.append(f"{path}: {', '.join(leaked)}")
        finally:
            if nested.is_active:
                nested.rollback()
            db.session.rollback()
    assert wrong == []


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_no_refusal_tells_one(client: FlaskClient, found: SimpleNamespace, who: str) -> None:
    """Forms sent empty, and with an answer, to every page of schools."""
    as_somebody(client, found, who)
    wrong = []
    for path in (path for path in gets(found) if path.startswith("/schools/") and "csv" not in path):
        for given in ({}, {"reason": "x", "seen": "0", "version": "1"}):
            with client.post(path, data=given) as answer:
                if leaked := told(said_by(answer)):
                    wrong.append(f"{path}: {', '.join(leaked)}")
    assert wrong == []


def test_no_letter_says_one(app: Flask, found: SimpleNamespace) -> None:
    """What was written goes to officers alone, and says no reason, finding or note, not even to them."""
    take_timed_steps(NOW)
    letters = db.session.scalars(select(Letter)).all()
    about = [one for one in letters if "concern" in one.subject.lower()]
    assert about
    assert {one.recipient for one in about} == {"link_officer"}
    others = {found.people[who].email for who in EVERYBODY_ELSE if found.people[who]}
    assert not others & {one.email for one in about}
    assert [one.subject for one in letters if told(f"{one.subject} {one.body}")] == []


@pytest.mark.parametrize("who", ["officer", "auditor", "administrator"])
def test_the_words_are_there_for_those_who_read_them(
    client: FlaskClient, found: SimpleNamespace, who: str
) -> None:
    """So that the others' empty hands mean something."""
    as_somebody(client, found, who)
    said = " ".join(read(client, path) for path in gets(found) if path.startswith("/schools"))
    assert [what for what, word in WORDS.items() if word not in said] == []
    assert [words for words in SHOWN if words not in said] == []


def test_a_planted_school_refuses_in_words_of_its_own(found: SimpleNamespace) -> None:
    """A refusal names no reason that was recorded before."""
    fund, lead = found.bids["D"].fund, found.bids["D"].lead_school
    with pytest.raises(Refused) as refused:
        concerns.raise_concern(
            lead,
            fund,
            kind=ConcernKind.FLOOR,
            reason="x",
            review_on=JANUARY,
            user=found.people["officer"],
            now=NOW,
        )
    assert told(refused.value.sentence) == []
