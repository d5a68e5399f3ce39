"""Whom a bid may name to sign or confirm: nobody answers for others what they ask for themselves."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications import answering, correcting, operations
from fundflow.applications.answering_by_link import answer, asked_by
from fundflow.letters.links import AnsweredRecord, mint_answer
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Approval
from fundflow.models.letter import Letter
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.person import RoleName, Standing
from fundflow.names import without_order
from fundflow.rules.bid_sections import missing_sections
from fundflow.steps import take_and_commit
from fundflow.workflow.approval import ApprovalState as A
from fundflow.workflow.engine import Refused
from tests.applications.helpers import errors, grow, send, shrink
from tests.factories import NOW, Make

pytestmark = pytest.mark.usefixtures("clock")

THEIRS = "theirs@named.example"


@pytest.fixture
def bid(make: Make) -> Bid:
    """A draft above the threshold: its chair of governors signs."""
    made = make.bid(lead=make.school("Hazelmere Primary"), provider=make.school("Oakfield Academy"))
    grow(made)
    make.staff(RoleName.OFFICER)
    make.session.flush()
    return made


def _second_partner(make: Make, bid: Bid) -> None:
    bid.partners.append(Partner(school=make.school(), part=Part.PARTNER, contact_email=THEIRS))


PARTS: dict[str, tuple[Callable[[Make, Bid], Any], NamedAs]] = {
    "head of the lead school": (lambda m, b: m.member(b.lead_school, email=THEIRS), NamedAs.LEAD),
    "team of the lead school": (
        lambda m, b: m.member(b.lead_school, Standing.TEAM, email=THEIRS),
        NamedAs.LEAD,
    ),
    "contact": (lambda m, b: setattr(b, "contact_email", THEIRS.upper()), NamedAs.CONTACT),
    "named head of a partner": (_second_partner, NamedAs.HEAD),
    "head of a partner": (lambda m, b: m.member(b.partners[0].school, email=THEIRS), NamedAs.HEAD),
    "officer": (lambda m, b: m.staff(RoleName.OFFICER, "Olu", email=THEIRS), NamedAs.COUNCIL),
    "clerk": (lambda m, b: m.staff(RoleName.CLERK, "Cli", email=THEIRS), NamedAs.COUNCIL),
}
FREE: dict[str, Callable[[Make, Bid], Any]] = {
    "nobody known": lambda m, b: None,
    "head of another school": lambda m, b: m.member(m.school(), email=THEIRS),
    "team of a partner": lambda m, b: m.member(b.partners[0].school, Standing.TEAM, email=THEIRS),
}


@pytest.mark.parametrize("part", PARTS)
def test_an_approver_with_another_part_in_the_bid_is_refused_where_it_is_typed(
    make: Make, bid: Bid, sign_in: Any, part: str
) -> None:
    PARTS[part][0](make, bid)
    make.session.commit()
    client, path = sign_in(bid.created_by), f"/bids/{bid.reference}/form/approver"
    refused = send(client, path, approver_name="Ann Lee", approver_email=THEIRS)
    assert refused.status_code == 422
    assert errors(refused)[0].startswith(f"This address {PARTS[part][1].of_address}. ")
    make.session.expire_all()
    assert bid.approver_email != THEIRS
    said = send(client, path, approver_name="Ann Lee", approver_email=THEIRS, approver_why="One head.")
    assert said.status_code == 302


@pytest.mark.parametrize("part", PARTS)
def test_such_an_approver_is_not_asked_before_the_officer_agrees(make: Make, bid: Bid, part: str) -> None:
    PARTS[part][0](make, bid)
    bid.approver_name, bid.approver_email = "Ann Lee", THEIRS
    make.session.commit()
    assert "Approver’s signature" in missing_sections(bid)
    bid.approver_why = "She is the one head of both schools."
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    (approval,) = bid.approvals
    assert (approval.state, approval.tie) == (A.PROPOSED, PARTS[part][1])
    assert bid.waiting_for()[-1] == "the liaison officer to agree that Ann Lee may sign"
    letters = list(make.session.scalars(select(Letter).where(Letter.bid_id == bid.id)))
    assert "approver" not in {letter.recipient for letter in letters}
    officer = next(letter for letter in letters if letter.recipient == "officer")
    assert "Say whether Ann Lee may sign as the approver." in officer.body


@pytest.mark.parametrize("part", FREE)
def test_whoever_has_no_other_part_is_asked_at_once(make: Make, bid: Bid, part: str) -> None:
    FREE[part](make, bid)
    bid.approver_name, bid.approver_email = "Ann Lee", THEIRS
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert (bid.approvals[0].state, bid.approvals[0].tie) == (A.ASKED, None)


def proposed(make: Make, bid: Bid) -> Approval:
    bid.contact_email = bid.approver_email = THEIRS
    bid.approver_name, bid.approver_why = "Ann Lee", "She is the one head of both schools."
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    return bid.approvals[0]


def test_the_officer_agrees_with_a_reason_and_then_they_sign(make: Make, bid: Bid, sign_in: Any) -> None:
    approval, officer = proposed(make, bid), make.staff(RoleName.OFFICER)
    make.session.commit()
    client = sign_in(officer)
    listed = client.get(f"/bids/{bid.reference}/application").text
    assert "Ann Lee is the bid’s contact." in listed
    assert "Agree to this approver" in listed
    path = f"/bids/{bid.reference}/approvals/{approval.id}/agree-approver"
    assert "She is the one head of both schools." in client.get(path).text
    assert send(client, path, reason="").status_code == 422
    assert send(client, path, reason="A federation with one head.").status_code == 302
    make.session.expire_all()
    assert approval.state is A.ASKED
    by = asked_by(mint_answer(AnsweredRecord.of(approval), THEIRS, NOW), Approval)
    assert by is not None
    answer(by, "sign", signed_name="Ann Lee", reason="", now=NOW, version=None)
    assert approval.state is A.SIGNED
    assert "Ann Lee, the approver, is the bid’s contact. You agreed that they may sign." in " ".join(
        client.get(f"/bids/{bid.reference}/review").text.split()
    )


def test_the_officer_asks_for_another_approver_and_the_school_names_one(make: Make, bid: Bid) -> None:
    approval, officer = proposed(make, bid), make.staff(RoleName.OFFICER)
    given = {"reason": "Your chair can sign."}
    take_and_commit(approval, "turn_down_approver", user=officer, now=NOW, given=given)
    assert bid.waiting_for()[-1] == "the school to name another approver than Ann Lee"
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.approver_name, bid.approver_email, bid.approver_why = "Chris Chair", "chair@gov.example", ""
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    old, new = bid.approvals
    assert (old.state, new.state, new.replaces) == (A.CANCELLED, A.ASKED, old)
    told = list(make.session.scalars(select(Letter).where(Letter.email == THEIRS)))
    assert [letter.recipient for letter in told if letter.recipient == "approver"] == []


def test_an_approver_the_school_changed_to_itself_is_put_to_the_officer(make: Make, bid: Bid) -> None:
    """A head corrected the true chair's address to her own, and signed."""
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    chair = bid.approvals[0]
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.approver_email, bid.approver_why = bid.created_by.email, "The chair is away."
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert (chair.state, bid.approvals[-1].state) == (A.CANCELLED, A.PROPOSED)
    asked = make.session.scalars(select(Letter).where(Letter.subject.contains("may Chris Chair sign?")))
    assert [letter.recipient for letter in asked] == ["officer"]


def test_a_tie_that_came_later_keeps_them_from_signing(make: Make, bid: Bid) -> None:
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    by = asked_by(mint_answer(AnsweredRecord.of(bid.approvals[0]), bid.approver_email, NOW), Approval)
    make.member(bid.lead_school, email=bid.approver_email)
    assert by is not None
    with pytest.raises(Refused, match="has an account at the school that leads the bid"):
        answer(by, "sign", signed_name="Chris Chair", reason="", now=NOW, version=None)


def test_the_officer_sees_a_changed_approver_and_a_signature_in_another_name(
    make: Make, bid: Bid, sign_in: Any
) -> None:
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.approver_name, bid.approver_email = "Val Vice", "vice@gov.example"
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    by = asked_by(mint_answer(AnsweredRecord.of(bid.approvals[-1]), "vice@gov.example", NOW), Approval)
    assert by is not None
    answer(by, "sign", signed_name="Somebody Else", reason="", now=NOW, version=None)
    page = " ".join(sign_in(make.staff(RoleName.OFFICER)).get(f"/bids/{bid.reference}/review").text.split())
    assert "Val Vice was named as the approver instead of Chris Chair (cancelled)." in page
    assert "The signature is in the name of Somebody Else. The school named Val Vice." in page
    letter = make.session.scalars(
        select(Letter).where(Letter.subject.contains("Val Vice has signed"))
    ).first()
    assert letter is not None
    assert "Please check who signed" in letter.body


def test_an_approver_who_is_no_longer_the_bids_is_not_asked_again(make: Make, bid: Bid) -> None:
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    bid.approver_email = "another@gov.example"
    with pytest.raises(Refused, match="no longer names"):
        answering.ask_approver_again(
            bid.approvals[0], reason="x", user=make.staff(RoleName.OFFICER), now=NOW, version=None
        )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Chris Chair", "chris  chair", True),
        ("Dr Zoë Ní-Bhriain", "Zoe Ni Bhriain", True),
        ("Lee Ann", "Ann Lee", True),
        ("Chris Chair", "Christine Chair", False),
        ("Chris Chair", "Bob Builder", False),
    ],
)
def test_names_are_compared_without_titles_accents_and_order(one: str, other: str, same: bool) -> None:
    assert (without_order(one) == without_order(other)) is same


# -- the address of a partner's head -----------------------------------------------------------------

NOT_THEIRS = {part: PARTS[part] for part in PARTS if PARTS[part][1] is not NamedAs.HEAD}


@pytest.mark.parametrize("part", NOT_THEIRS)
def test_the_address_of_a_partners_head_is_refused_where_it_is_somebody_elses(
    make: Make, bid: Bid, sign_in: Any, part: str
) -> None:
    NOT_THEIRS[part][0](make, bid)
    third = make.school("Third School")
    make.session.commit()
    added = send(
        sign_in(bid.created_by),
        f"/bids/{bid.reference}/form/schools/schools/add",
        school_urn=third.urn,
        part="partner",
        contact_name="Tia Third",
        contact_email=THEIRS,
    )
    assert added.status_code == 422
    assert f"This address {NOT_THEIRS[part][1].of_address}. Enter that of the head of Third School" in errors(
        added
    )


def test_one_head_of_two_partners_and_a_head_with_an_account_are_taken(
    make: Make, bid: Bid, sign_in: Any
) -> None:
    third = make.school("Third School")
    head = make.member(third, email=THEIRS)
    make.belongs(head, bid.lead_school)  # a federation: she heads the lead school too
    make.session.commit()
    added = send(
        sign_in(bid.created_by),
        f"/bids/{bid.reference}/form/schools/schools/add",
        school_urn=third.urn,
        part="partner",
        contact_name="Tia Third",
        contact_email=THEIRS,
    )
    assert added.status_code == 302


# -- what the officer decides ------------------------------------------------------------------------


def test_an_officer_does_not_agree_to_herself(make: Make, bid: Bid) -> None:
    officer = make.staff(RoleName.OFFICER, "Olu")
    bid.approver_name, bid.approver_email, bid.approver_why = "Olu", officer.email, "She knows us."
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    with pytest.raises(Refused, match="You can’t decide this: the school names you in it"):
        answering.agree_approver(bid.approvals[0], reason="I may.", user=officer, now=NOW, version=None)


def test_one_who_was_turned_down_is_asked_once_the_tie_is_gone(make: Make, bid: Bid) -> None:
    approval, officer = proposed(make, bid), make.staff(RoleName.OFFICER)
    take_and_commit(approval, "turn_down_approver", user=officer, now=NOW, given={"reason": "The contact?"})
    correcting.start_correction(bid, user=bid.created_by, now=NOW)
    bid.contact_email, bid.approver_why = "office@school.example", ""
    bid.backfill_lines[0].half_days += 2
    bid.activities[0].half_days += 2
    bid.requested_pence += 35_000
    correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert [one.state for one in bid.approvals] == [A.CANCELLED, A.ASKED]


def test_an_approver_who_was_dropped_for_a_while_is_still_told_of(make: Make, bid: Bid) -> None:
    operations.submit(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    for change in (shrink, grow):
        correcting.start_correction(bid, user=bid.created_by, now=NOW)
        change(bid)
        bid.approver_name, bid.approver_email = "Val Vice", "vice@gov.example"
        correcting.send_correction(bid, agreement=True, user=bid.created_by, now=NOW, version=None)
    assert bid.approvals[-1].replaces is bid.approvals[0]
