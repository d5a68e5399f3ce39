"""People of the council or the panel whom a bid names: barred only once a colleague has said so."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import correcting, operations
from fundflow.interests import declaration_of, keep
from fundflow.interests.named import confirm_interest, dismiss_interest
from fundflow.models.bid import Bid
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.named_person import NamedPerson
from fundflow.models.person import RoleName, User
from fundflow.permissions import visible_to
from fundflow.rules.interests.bars import bar_of, hides_from
from fundflow.steps import require_step
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.named_person import NamedState
from tests.applications.helpers import grow, send
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bid(make: Make) -> Bid:
    made = make.bid(lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy"))
    grow(made)
    return made


SETTLE = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.CLERK)
PEOPLE: dict[str, Callable[[Make, Bid], User]] = {
    **{
        role.value: lambda m, _b, role=role: m.staff(role, email="named@council.example") for role in RoleName
    },
    "panel member": lambda m, b: m.seat(b.fund, m.user(email="named@council.example")).user,
}
FIELDS: dict[str, Callable[[Bid, str], None]] = {
    "contact": lambda b, email: setattr(b, "contact_email", email.upper()),
    "approver": lambda b, email: setattr(b, "approver_email", email),
    "partner’s head": lambda b, email: setattr(b.partners[0], "contact_email", email),
}


def sent_with(make: Make, bid: Bid, field: str, user: User) -> NamedPerson:
    FIELDS[field](bid, user.email)
    bid.approver_why = "It must be."
    make.session.commit()
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    (named,) = bid.named_people
    return named


def sees(make: Make, user: User, bid: Bid) -> bool:
    found = make.session.scalars(visible_to(user, NOW).where(Bid.id == bid.id)).all()
    return bool(found)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("person", PEOPLE)
def test_what_a_school_types_bars_nobody_and_counts_once_it_is_sent(
    make: Make, bid: Bid, field: str, person: str
) -> None:
    user = PEOPLE[person](make, bid)
    FIELDS[field](bid, user.email)
    make.session.commit()
    assert bid.named_people == []
    assert bar_of(bid, user, NOW) is None
    named = sent_with(make, bid, field, user)
    assert (named.user, named.state) == (user, NamedState.TO_SETTLE)
    assert not hides_from(bid, user, NOW.date())
    assert bar_of(bid, user, NOW) == Bar(BarKind.NAMED)
    told = make.session.scalars(select(Letter).where(Letter.recipient == "named")).one()
    assert (told.user_id, told.subject) == (user.id, f"{bid.reference}: a bid names you as {named.named_as}")


def test_the_officer_whom_a_school_names_reads_the_bid_and_takes_no_step(make: Make, bid: Bid) -> None:
    officer = make.staff(RoleName.OFFICER)
    sent_with(make, bid, "contact", officer)
    assert sees(make, officer, bid)
    with pytest.raises(Refused, match="a colleague has to say whether that is an interest"):
        require_step(bid, "take_up", officer, NOW)


def test_a_colleague_confirms_and_the_person_is_barred(make: Make, bid: Bid, sign_in: Any) -> None:
    officer, clerk = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK, "Cleo Clerk")
    named = sent_with(make, bid, "contact", officer)
    asked = make.session.scalars(
        select(Letter).where(Letter.key == f"named:{named.id}:settles:{clerk.email}")
    )
    assert "What you need to do" in asked.one().body
    client, path = sign_in(clerk), f"/bids/{bid.reference}/named/{named.id}/confirm-interest"
    assert "It is an interest" in client.get(f"/bids/{bid.reference}/review").text
    assert send(client, path, reason="").status_code == 422
    assert send(client, path, reason="She is the chair there.").status_code == 302
    make.session.expire_all()
    assert bar_of(bid, officer, NOW) == Bar(BarKind.DECLARED)
    assert not sees(make, officer, bid)
    told = make.session.scalars(
        select(Letter).where(Letter.subject.contains("your interest in this bid"))
    ).one()
    assert (told.user_id, "She is the chair there." in told.body) == (officer.id, True)


def test_a_colleague_dismisses_and_a_mistake_is_put_right(make: Make, bid: Bid) -> None:
    officer, clerk = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK)
    named = sent_with(make, bid, "contact", officer)
    dismiss_interest(named, reason="A typo.", user=clerk, now=NOW, version=None)
    assert bar_of(bid, officer, NOW) is None
    assert named.state is NamedState.NO_INTEREST
    confirm_interest(named, reason="It was none.", user=clerk, now=NOW, version=None)
    assert bar_of(bid, officer, NOW)
    dismiss_interest(named, reason="It was.", user=clerk, now=NOW, version=None)
    assert bar_of(bid, officer, NOW) is None


def test_nobody_settles_what_is_about_themselves(make: Make, bid: Bid) -> None:
    officer = make.staff(RoleName.OFFICER)
    named = sent_with(make, bid, "contact", officer)
    for act in (confirm_interest, dismiss_interest):
        with pytest.raises(Refused, match="This is about you"):
            act(named, reason="Me.", user=officer, now=NOW, version=None)


@pytest.mark.parametrize("role", [role for role in RoleName if role not in SETTLE])
def test_only_officers_clerks_and_administrators_settle_it(make: Make, bid: Bid, role: RoleName) -> None:
    named = sent_with(make, bid, "contact", make.staff(RoleName.OFFICER))
    user = make.staff(role)
    if role is RoleName.ADMINISTRATOR:
        dismiss_interest(named, reason="A typo.", user=user, now=NOW, version=None)
        return
    with pytest.raises(Refused, match=r"^Only "):
        dismiss_interest(named, reason="A typo.", user=user, now=NOW, version=None)


def test_a_bid_goes_to_the_panel_only_once_it_is_settled(make: Make, bid: Bid) -> None:
    officer, clerk = make.staff(RoleName.OFFICER, "Priya Raman"), make.staff(RoleName.CLERK, "Cleo Clerk")
    named = sent_with(make, bid, "contact", clerk)
    make.confirmed(bid)
    bid.approvals[0].answered_at, bid.approvals[0].state = NOW, ApprovalState.SIGNED
    bid.state = S.IN_REVIEW
    with pytest.raises(Refused, match="whether it is an interest that the bid names Cleo Clerk"):
        require_step(bid, "recommend", officer, NOW)
    dismiss_interest(named, reason="A typo.", user=officer, now=NOW, version=None)
    with pytest.raises(Refused, match="checklist"):
        require_step(bid, "recommend", officer, NOW)


def test_a_correction_names_somebody_new_and_nobody_twice(make: Make, bid: Bid) -> None:
    first, second = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK)
    sent_with(make, bid, "contact", first)
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.contact_phone = "01753 000000"
    bid.partners[0].contact_email = second.email
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert [named.user for named in bid.named_people] == [first, second]


@pytest.mark.parametrize(("field", "named_as"), [("approver", "its approver"), ("contact", "its contact")])
def test_who_was_no_interest_is_asked_about_again_as_something_else(
    make: Make, bid: Bid, field: str, named_as: str
) -> None:
    clerk, user = make.staff(RoleName.CLERK), make.staff(RoleName.DEPUTY_OFFICER, email="n@council.example")
    first = "partner’s head" if field == "contact" else "contact"
    named = sent_with(make, bid, first, user)
    dismiss_interest(named, reason="A namesake.", user=clerk, now=NOW, version=None)
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.contact_phone = "01753 000000"
    FIELDS[first](bid, "other@school.example")
    FIELDS[field](bid, user.email)
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert (named.state, named.named_as) == (NamedState.TO_SETTLE, named_as)
    told = make.session.scalars(select(Letter).where(Letter.body.contains(f"as that of {named_as}"))).all()
    assert {letter.user_id for letter in told} == {user.id, clerk.id}


def test_a_member_who_is_barred_anyway_is_no_question(make: Make, bid: Bid) -> None:
    """A head on the panel is barred from her own school’s bid, which names her as a matter of course."""
    head = make.seat(bid.fund, school=bid.lead_school).user
    bid.contact_email = head.email
    make.session.commit()
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert bid.named_people == []


def test_with_one_officer_and_no_clerk_the_administrators_settle_it(
    make: Make, bid: Bid, sign_in: Any
) -> None:
    officer, administrator = make.staff(RoleName.OFFICER), make.staff(RoleName.ADMINISTRATOR)
    named = sent_with(make, bid, "contact", officer)
    letter = make.session.scalars(
        select(Letter).where(Letter.key.startswith(f"named:{named.id}:settles"))
    ).one()
    assert letter.email == administrator.email
    assert "Say whether somebody the bid names has an interest" in sign_in(administrator).get("/work").text


def test_two_who_are_named_do_not_settle_one_another(make: Make, bid: Bid) -> None:
    officer, clerk = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK)
    bid.partners[0].contact_email = clerk.email
    bid.contact_email = officer.email
    make.session.commit()
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    for named, other in zip(bid.named_people, (clerk, officer), strict=True):
        with pytest.raises(Refused, match="You can’t settle this"):
            dismiss_interest(named, reason="He is fine.", user=other, now=NOW, version=None)


def test_what_somebody_had_declared_comes_back_when_a_mistake_is_put_right(make: Make, bid: Bid) -> None:
    officer, clerk = make.staff(RoleName.OFFICER), make.staff(RoleName.CLERK)
    keep(bid, officer, InterestKind.DISCLOSED, "I brokered it.", user=officer, now=NOW)
    named = sent_with(make, bid, "contact", officer)
    confirm_interest(named, reason="She is.", user=clerk, now=NOW, version=None)
    dismiss_interest(named, reason="She is not.", user=clerk, now=NOW, version=None)
    known = declaration_of(bid, officer)
    assert known is not None
    assert (known.kind, known.text) == (InterestKind.DISCLOSED, "I brokered it.")


@pytest.mark.parametrize("state", [S.OFFERED, S.NOT_FUNDED, S.IN_DELIVERY, S.CLOSED])
def test_after_the_decision_an_interest_is_one_found_late(make: Make, bid: Bid, state: S) -> None:
    named = sent_with(make, bid, "contact", make.staff(RoleName.OFFICER))
    bid.state = state
    with pytest.raises(Refused, match="no longer before the panel"):
        confirm_interest(named, reason="x", user=make.staff(RoleName.CLERK), now=NOW, version=None)
