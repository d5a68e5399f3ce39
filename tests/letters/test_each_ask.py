"""One letter for each thing somebody is asked, whoever holds several places; copies only once."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import operations
from fundflow.letters.addressee import COPIED
from fundflow.letters.writing import write_for_step
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing, User
from fundflow.workflow.application import APPLICATION, BidState
from tests.applications.helpers import grow
from tests.factories import NOW, Make
from tests.letters.test_texts import given_for

SHARED = "office@federation.example"


pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("clock")]


def a_bid(make: Make, heads: dict[str, User | None], shared: str = "") -> Bid:
    """A draft above the threshold, with a provider and two partners; `heads` by place, `shared` the
    address of whoever has no account."""
    lead, provider = make.school("Lead School"), make.school("Provider School")
    partners = [make.school("First Partner"), make.school("Second Partner")]
    schools = {"lead": lead, "provider": provider, "first": partners[0], "second": partners[1]}
    for place, head in heads.items():
        if head is not None:
            make.belongs(head, schools[place])
    leader = heads.get("lead") or make.member(lead)
    bid = make.bid(lead=lead, provider=provider, leader=leader)
    bid.partners += [
        Partner(school=school, part=Part.PARTNER, contact_name="Head", contact_email=f"{n}@partner.example")
        for n, school in enumerate(partners)
    ]
    for partner in bid.partners:
        partner.contact_email = shared or partner.contact_email
    grow(bid)
    make.session.flush()
    return bid


def letters_asking(make: Make, bid: Bid) -> Counter[tuple[str, str]]:
    """(recipient, school or approver) of every letter that asks for an answer."""
    found: Counter[tuple[str, str]] = Counter()
    by_page = {asked.path: asked.school.name for asked in bid.confirmations}
    for letter in make.session.scalars(select(Letter).where(Letter.bid_id == bid.id)):
        if letter.asked_process == "approval":
            found["approver", letter.name] += 1
        elif letter.asked_process == "confirmation":
            asked = next(c for c in bid.confirmations if c.id == letter.asked_id)
            found[letter.recipient, asked.school.name] += 1
        for page, name in by_page.items():
            if page in letter.body:
                found[letter.recipient, name] += 1
    return found


WHOLE = {
    ("provider", "Provider School"): 1,
    ("partners", "First Partner"): 1,
    ("partners", "Second Partner"): 1,
    ("approver", "Chris Chair"): 1,
}
ONE_HEAD_OF = {
    "nobody": (),
    "two partners": ("first", "second"),
    "provider and partner": ("provider", "first"),
    "the lead and a partner": ("lead", "first"),
    "the lead and the provider": ("lead", "provider"),
    "every school": ("lead", "provider", "first", "second"),
}


@pytest.mark.parametrize("case", ONE_HEAD_OF)
def test_every_open_ask_has_its_letter_whoever_is_head_of_several_schools(make: Make, case: str) -> None:
    one = make.user("Fay Federation")
    bid = a_bid(make, {place: one for place in ONE_HEAD_OF[case]})
    leader = one if "lead" in ONE_HEAD_OF[case] else bid.created_by
    operations.submit(bid, agreement=True, user=leader, now=NOW, version=None)
    assert letters_asking(make, bid) == WHOLE


@pytest.mark.parametrize("case", ["one address for every partner", "an address each"])
def test_every_open_ask_has_its_letter_and_link_without_accounts(make: Make, case: str) -> None:
    bid = a_bid(make, {}, shared=SHARED if "one" in case else "")
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert letters_asking(make, bid) == WHOLE
    links = make.session.scalars(select(Letter).where(Letter.asked_id.is_not(None)))
    assert all("[one-time link]" in letter.body for letter in links)


def test_an_approver_who_is_a_partners_head_too_is_asked_for_both(make: Make) -> None:
    bid = a_bid(make, {})
    bid.approver_email = bid.partners[1].contact_email
    bid.approver_why = "She chairs our governors."
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    # Whether she may sign is the officer's to agree; that her school takes part is hers to say at once.
    assert letters_asking(make, bid) == {asked: 1 for asked in WHOLE if asked[0] != "approver"}


ROLES = {
    "officer": RoleName.OFFICER,
    "finance": RoleName.FINANCE,
    "clerk": RoleName.CLERK,
    "impact_officer": RoleName.IMPACT_OFFICER,
    "administrator": RoleName.ADMINISTRATOR,
}


EACH_STEP = pytest.mark.parametrize(
    "step", APPLICATION.steps, ids=lambda step: f"{step.name}-{step.sources[0].value}"
)


def told_to(make: Make, bid: Bid, step: Any, one: User) -> set[str]:
    """The recipients as whom somebody is written to when a step is taken."""
    make.session.flush()
    written = write_for_step(bid, step, make.history(bid, step.name), given_for(step))
    keys = [letter.key for letter in written]
    assert len(keys) == len(set(keys))
    return {letter.recipient for letter in written if letter.email == one.email}


@EACH_STEP
def test_one_head_of_every_school_gets_what_each_of_them_is_to_do(make: Make, step: Any) -> None:
    one, bid = make.user("Una Only"), make.bid(state=BidState.IN_MONITORING)
    bid.partners.append(Partner(school=make.school(), part=Part.SUPPORTED))
    for school in bid.schools:
        make.belongs(one, school)
    assert set(step.emails) & {"school", "provider", "supported"} <= told_to(make, bid, step, one)


@EACH_STEP
def test_one_officer_with_every_role_gets_what_each_role_is_to_do(make: Make, step: Any) -> None:
    one = make.user("Una Only")
    for role in ROLES.values():
        make.role(one, role)
    bid = make.bid(state=BidState.IN_MONITORING, officer=one)
    assert set(step.emails) & set(ROLES) <= told_to(make, bid, step, one)


def test_a_copy_of_what_somebody_knows_is_not_sent(make: Make) -> None:
    head = make.user("Fay Federation")
    bid = make.bid(state=BidState.OFFERED)
    bid.partners.append(Partner(school=make.school(), part=Part.PARTNER))
    make.belongs(head, bid.lead_school)
    make.belongs(head, bid.partners[-1].school)
    make.session.flush()
    step = bid.workflow.find("approve", BidState.AT_PANEL)
    written = write_for_step(bid, step, make.history(bid), {"reasons": "A clear need."})
    assert {"partners"} == COPIED
    assert [letter.recipient for letter in written if letter.email == head.email] == ["school"]


def test_whoever_prepared_a_bid_gets_its_receipt_and_a_head_only_one(make: Make) -> None:
    bid = a_bid(make, {})
    team = make.member(bid.lead_school, Standing.TEAM, name="Tess Team")
    head, bid.created_by = bid.created_by, team
    operations.submit(bid, agreement=True, user=head, now=NOW, version=None)
    letters = list(make.session.scalars(select(Letter).where(Letter.bid_id == bid.id)))
    assert [letter.recipient for letter in letters if letter.email == team.email] == ["preparer"]
    assert [letter.recipient for letter in letters if letter.email == head.email] == ["school"]
