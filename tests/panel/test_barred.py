"""Every way to be barred from a bid, asked of the bid and of the database: the two agree.

Whoever is named in a bid and not settled yet is barred, and reads it: `hides_from`, and its condition
`hidden_from`, are about reading.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import Membership, RoleName, Standing
from fundflow.permissions import keeps_outcome_from, may_see, outcome_kept, sees_papers, sees_review
from fundflow.rules.interests.bars import bar_of, bar_on, hidden_from, hides_from
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.application import BidState
from fundflow.workflow.interests import Bar, BarKind, Body, bar_to_you
from tests.factories import LONG_AGO, NOW, TODAY, Make

YESTERDAY = TODAY - timedelta(days=1)


class Case:
    """A bid led by a school of one trust, with a provider of another, and somebody who may be barred."""

    def __init__(self, make: Make) -> None:
        self.make, self.fund = make, make.fund()
        self.trust, self.other_trust = make.trust("Lead Trust"), make.trust("Provider Trust")
        self.lead = make.school("Lead School", trust=self.trust)
        self.provider = make.school("Provider School", trust=self.other_trust)
        self.bid = make.bid(state=BidState.AT_PANEL, fund=self.fund, lead=self.lead, provider=self.provider)
        self.person = make.user("Pat Panel", email="pat@panel.example")

    def belongs(self, school: Any, **values: Any) -> None:
        self.make.session.add(
            Membership(
                user=self.person, school=school, standing=Standing.TEAM, **{"starts_on": LONG_AGO, **values}
            )
        )

    def sits(self, **values: Any) -> None:
        self.make.seat(self.fund, self.person, **values)

    def registers(self, **values: Any) -> None:
        self.make.interest(self.person, **values)

    def declares(self, kind: InterestKind) -> None:
        self.make.session.add(
            Declaration(
                bid=self.bid,
                user_id=self.person.id,
                kind=kind,
                text="An aunt",
                declared_at=NOW,
                recorded_by_id=self.person.id,
            )
        )

    def is_named(self) -> None:
        self.make.session.add(
            NamedPerson(bid=self.bid, user=self.person, named_as="its contact", named_at=NOW)
        )

    def sister(self, trust: Any) -> Any:
        """Another school of a trust."""
        return self.make.school("Sister School", trust=trust)

    def closed_into(self, school: Any) -> Any:
        """A school that closed, and that this one succeeded."""
        return self.make.school("Old School", status_code=2, succeeded_by_id=school.id)

    def after(self, school: Any) -> Any:
        """The successor of a school, which closes."""
        new = self.make.school("New School")
        school.status_code, school.succeeded_by_id = 2, new.id
        return new


MINE = "Pat@Panel.Example"  # what a school writes bars nobody: a colleague says whether it is an interest

BARRED = {
    "own school leads": (lambda c: c.belongs(c.lead), "your school, Lead School"),
    "own school provides": (lambda c: c.belongs(c.provider), "your school, Provider School"),
    "school of the seat": (lambda c: c.sits(school=c.provider), "your school, Provider School"),
    "trust of the own school": (lambda c: c.belongs(c.sister(c.trust)), "your trust, Lead Trust"),
    "trust of the seat’s school": (
        lambda c: c.sits(school=c.sister(c.other_trust)),
        "your trust, Provider Trust",
    ),
    "trust of the seat": (lambda c: c.sits(trust=c.trust), "your trust, Lead Trust"),
    "successor of the own school": (lambda c: c.belongs(c.closed_into(c.lead)), "your school, Lead School"),
    "successor of the seat’s school": (
        lambda c: c.sits(school=c.closed_into(c.provider)),
        "your school, Provider School",
    ),
    "school before the own school": (lambda c: c.belongs(c.after(c.lead)), "your school, Lead School"),
    "school before a registered one": (
        lambda c: c.registers(school=c.after(c.provider)),
        "you registered an interest in Provider School",
    ),
    "registered school": (lambda c: c.registers(school=c.lead), "you registered an interest in Lead School"),
    "registered school that closed": (
        lambda c: c.registers(school=c.closed_into(c.lead)),
        "you registered an interest in Lead School",
    ),
    "registered trust": (
        lambda c: c.registers(trust=c.other_trust),
        "you registered an interest in Provider Trust",
    ),
    "registered, last day today": (
        lambda c: c.registers(school=c.lead, ended_on=TODAY),
        "you registered an interest",
    ),
    "declared": (lambda c: c.declares(InterestKind.BARRED), "you declared an interest"),
    "last day at the own school": (lambda c: c.belongs(c.lead, ends_on=TODAY), "your school"),
}

FREE = {
    "nothing": lambda c: None,
    "another school": lambda c: c.belongs(c.make.school()),
    "a school left yesterday": lambda c: c.belongs(c.lead, ends_on=YESTERDAY),
    "a school from tomorrow on": lambda c: c.belongs(c.lead, starts_on=TODAY + timedelta(days=1)),
    "a seat that ended": lambda c: c.sits(school=c.lead, ends_on=YESTERDAY),
    "registered, not barring": lambda c: c.registers(school=c.lead, bars=False),
    "registered, ended": lambda c: c.registers(trust=c.trust, ended_on=YESTERDAY),
    "registered, another body": lambda c: c.registers(body="Lead School"),
    "registered school’s trust": lambda c: c.registers(school=c.sister(c.trust)),
    "disclosed": lambda c: c.declares(InterestKind.DISCLOSED),
    "no interest": lambda c: c.declares(InterestKind.NONE),
    "named as contact": lambda c: setattr(c.bid, "contact_email", MINE),
    "named as approver": lambda c: setattr(c.bid, "approver_email", MINE),
    "named as a partner’s head": lambda c: setattr(c.bid.partners[0], "contact_email", MINE),
}


WAYS = {**BARRED, **{way: (act, "") for way, act in FREE.items()}}
WAYS["named, and not settled"] = (lambda c: c.is_named(), "")


@pytest.fixture
def case(make):
    return Case(make)


def agreed(case: Case, day: date = TODAY) -> str | None:
    """Why the person is barred, after the database was asked the same."""
    case.make.session.flush()
    case.make.session.expire_all()
    found = case.make.session.scalars(select(Bid.id).where(hidden_from(case.person, day))).all()
    bar = bar_on(case.bid, case.person, day)
    assert (case.bid.id in found) == (bar is not None)
    return bar_to_you(bar) if bar else None


@pytest.mark.parametrize("way", BARRED)
def test_bid_and_database_agree_on_who_is_barred(case, way):
    act, said = BARRED[way]
    act(case)
    assert said in (agreed(case) or "")


@pytest.mark.parametrize("way", FREE)
def test_bid_and_database_agree_on_who_is_free(case, way):
    FREE[way](case)
    assert agreed(case) is None


@pytest.mark.parametrize("way", BARRED)
def test_whoever_is_barred_is_not_from_a_bid_they_have_no_part_in(case, way):
    BARRED[way][0](case)
    other = case.make.bid(state=BidState.AT_PANEL, fund=case.fund)
    case.make.session.flush()
    found = case.make.session.scalars(select(Bid.id).where(hidden_from(case.person, TODAY))).all()
    assert other.id not in found
    assert bar_on(other, case.person, TODAY) is None


@pytest.mark.parametrize("way", WAYS)
def test_for_every_role_bid_and_database_agree_on_what_is_hidden(case, way):
    """Reading the bid, the review and the panel’s papers, and a decision whose letter is held."""
    case.bid.decision_held_until = TODAY
    member = case.make.seat(case.fund).user
    people = [case.person, member, *map(case.make.staff, RoleName)]
    for case.person in people:
        WAYS[way][0](case)
    case.make.session.flush()
    case.make.session.expire_all()
    for person in people:
        hidden, kept, papers, seen = (
            bool(case.make.session.scalar(select(Bid.id).where(Bid.id == case.bid.id, condition)))
            for condition in (
                hidden_from(person, TODAY),
                keeps_outcome_from(person, NOW),
                sees_papers(person, NOW),
                may_see(person, NOW),
            )
        )
        held = [role.role.value for role in person.roles]
        assert hidden == hides_from(case.bid, person, TODAY), held
        assert kept == (outcome_kept(person, case.bid, NOW) is not None), held
        assert papers == (seen and sees_review(person, case.bid, NOW)), held
        assert person is not member or papers is not hidden, "a member reads it, or it is hidden from them"


def test_whoever_is_named_and_not_settled_is_barred_and_reads_the_bid(case):
    case.is_named()
    case.make.session.flush()
    case.make.session.expire_all()
    assert bar_on(case.bid, case.person, TODAY) == Bar(BarKind.NAMED)
    assert not case.make.session.scalars(select(Bid.id).where(hidden_from(case.person, TODAY))).all()


def test_a_tie_by_the_register_is_told_from_ones_own(case):
    case.belongs(case.lead)
    case.registers(school=case.lead)
    case.registers(school=case.provider)
    case.make.session.flush()
    own = OwnBodies.of(case.person, TODAY)
    assert own.schools == {case.lead.id, case.provider.id}
    assert own.tied_schools == {case.provider.id}
    assert own.bar_from([case.lead]) == Bar(BarKind.SCHOOL, Body(case.lead.id, "Lead School"))


# -- parties to the bid ---------------------------------------------------------------------------


def test_an_officer_who_entered_a_bid_is_not_barred_by_that(make):
    officer = make.staff(RoleName.OFFICER, "Priya Raman", email="priya@council.example")
    bid = make.bid(state=BidState.IN_REVIEW, leader=officer, origin=Origin.ENTERED, lead=make.school())
    assert bid.created_by_id == officer.id
    assert bar_of(bid, officer, NOW) is None


def test_an_officer_who_enters_a_bid_is_not_offered_as_its_contact(make, session, sign_in):
    officer, school = (
        make.staff(RoleName.OFFICER, "Priya Raman", email="priya@council.example"),
        make.school(),
    )
    head = make.member(school, name="Hal Head", email="hal@school.example")
    bid = make.bid(fund=make.fund(), lead=school, leader=officer, origin=Origin.ENTERED, complete=False)
    session.commit()
    page = sign_in(officer).get(f"/bids/{bid.reference}/form/contact")
    assert page.status_code == 200
    assert 'value="priya@council.example"' not in page.text
    assert 'value="hal@school.example"' in sign_in(head).get(f"/bids/{bid.reference}/form/contact").text


def test_a_partner_added_later_bars_at_once(case):
    third = case.make.school("Third School")
    case.belongs(third)
    assert agreed(case) is None
    case.bid.partners.append(Partner(school=third, part=Part.PARTNER))
    assert agreed(case) == "your school, Third School, takes part in it"
