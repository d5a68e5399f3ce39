"""An officer's interest: computed and declared, barred or disclosed."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.models.bid import Origin
from fundflow.models.brokering import Contact, How
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.review.operations import interests
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn, Told

pytestmark = pytest.mark.usefixtures("clock")


def where(it: SimpleNamespace) -> str:
    return f"/bids/{it.bid.reference}/interest"


def sent(it: SimpleNamespace, kind: str, text: str = "My sister works there.", **more: Any) -> dict[str, Any]:
    return {"version": it.bid.version, "kind": kind, "text": text, **more}


def declared(make: Make, it: SimpleNamespace, user: User) -> Declaration | None:
    return make.session.scalar(
        select(Declaration).where(Declaration.bid_id == it.bid.id, Declaration.user_id == user.id)
    )


def brokered(make: Make, it: SimpleNamespace, user: User) -> None:
    make.session.add(
        Contact(
            on=date(2026, 5, 3),
            how=How.PHONE,
            with_whom="The head",
            said="Secret",
            school_id=it.provider.id,
            at=NOW,
            by_id=user.id,
        )
    )
    make.session.commit()


def test_an_officer_without_an_interest_is_told_so(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case()
    text = sign_in(officer).get(f"/bids/{it.bid.reference}/review").text
    assert "Our records show none" in text
    assert where(it) in text


def test_an_officer_who_brokered_the_bid_is_told_that_it_is_disclosed(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    it.bid.origin, it.bid.created_by_id = Origin.COMMISSIONED, officer.id
    brokered(make, it, officer)
    client = sign_in(officer)
    for page in (f"/bids/{it.bid.reference}/review", where(it)):
        text = client.get(page).text
        assert "You commissioned this support." in text
        assert "You logged 1 contact with its schools, the latest on 3 May 2026." in text
        assert "Secret" not in text


def test_a_report_discloses_what_the_officer_brokered_and_history_keeps_it(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    brokered(make, it, officer)
    make.confirmed(it.bid)
    meeting = make.meeting(it.fund, starts_at=NOW + timedelta(days=20))
    client = sign_in(officer)
    page = f"/bids/{it.bid.reference}/steps/recommend"
    assert "logged 1 contact with its schools" in client.get(page).text
    data = {"version": it.bid.version, "recommendation": "fund", "amount": "3000", "meeting": meeting.id}
    assert client.post(page, data=data).status_code == 302
    said = declared(make, it, officer)
    assert said is not None
    assert (said.kind, said.text) == (
        InterestKind.DISCLOSED,
        "Logged 1 contact with its schools, the latest on 3 May 2026",
    )
    entry = make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "declare")).one()
    assert (entry.internal, entry.reason) == (True, said.text)
    meeting.state = type(meeting.state).PAPERS_ISSUED
    make.session.commit()
    text = sign_in(it.seats[0].user).get(f"/bids/{it.bid.reference}/review").text
    assert "Olive Officer logged 1 contact with its schools" in text
    assert "Olive Officer declared: an interest, disclosed" in text


def test_a_disclosed_interest_leaves_the_officer_the_bid(
    case: Case, sign_in: SignIn, officer: User, make: Make, told: Told
) -> None:
    it = case()
    client = sign_in(officer)
    answer = client.post(where(it), data=sent(it, "disclosed", "I coach its head."))
    assert answer.location == f"/bids/{it.bid.reference}/review"
    assert it.bid.officer is officer
    assert "An interest, disclosed. I coach its head." in client.get(answer.location).text.replace(
        "an interest", "An interest"
    )
    assert told(it.bid) == set()
    client.post(where(it), data=sent(it, "none", ""))
    kept = [
        (e.given["after"], e.given.get("before_text"))
        for e in make.session.scalars(
            select(HistoryEntry).where(HistoryEntry.step == "declare").order_by(HistoryEntry.id)
        )
    ]
    assert kept == [("disclosed", None), ("none", "I coach its head.")]


def test_an_interest_that_bars_hands_the_bid_to_another_in_one_go(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, told: Told
) -> None:
    it = case()
    client = sign_in(officer)
    text = client.get(where(it)).text
    assert "Dev Deputy" in text
    assert "hand the bid over first" in text
    answer = client.post(where(it), data=sent(it, "barred", officer=deputy.id))
    assert answer.location == "/work"
    assert it.bid.officer is deputy
    assert told(it.bid) == {("officer", deputy.email)}
    for page in ("", "/review", "/interest", "/notes", "/application", "/history"):
        assert client.get(f"/bids/{it.bid.reference}{page}").status_code == 403
    assert client.post(f"/bids/{it.bid.reference}/review", data={"need_notes": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Select whether you have an interest"),
        ({"kind": "disclosed"}, "Say what the interest is"),
        ({"kind": "barred", "text": "Kin"}, "Select who takes the bid over"),
        ({"kind": "barred", "text": "Kin", "officer": "999999"}, "Select one of the answers in the list"),
        ({"kind": "kingly", "text": "Kin"}, "Select one of the answers in the list"),
    ],
)
def test_an_interest_that_says_too_little_is_asked_for_again(
    case: Case, sign_in: SignIn, officer: User, deputy: User, make: Make, data: dict[str, str], sentence: str
) -> None:
    it = case()
    answer = sign_in(officer).post(where(it), data={"version": it.bid.version, **data})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert declared(make, it, officer) is None


def test_an_officer_whom_nobody_can_replace_leaves_the_bid_to_every_officer(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    client = sign_in(officer)
    assert "it stays without one" in client.get(where(it)).text
    assert client.post(where(it), data=sent(it, "barred")).status_code == 302
    assert it.bid.officer is None
    assert bar_of(it.bid, officer, NOW)


def test_a_colleague_who_is_barred_steps_back_without_touching_the_bid(
    case: Case, sign_in: SignIn, officer: User, deputy: User
) -> None:
    it = case()
    assert sign_in(deputy).post(where(it), data=sent(it, "barred")).status_code == 302
    assert it.bid.officer is officer
    assert bar_of(it.bid, deputy, NOW)


@pytest.mark.parametrize("outcome", [None, ItemOutcome.APPROVED])
def test_who_voted_declares_where_the_vote_is_voided_decided_or_not(
    case: Case, sign_in: SignIn, make: Make, outcome: ItemOutcome | None
) -> None:
    it = case(S.AT_PANEL)
    member = it.seats[2].user
    make.role(member, RoleName.OFFICER)
    make.voted(it.bid.items[0], Choice.FUND, Choice.FUND, Choice.FUND)
    it.bid.items[0].outcome = outcome
    make.session.commit()
    answer = sign_in(member).post(where(it), data=sent(it, "disclosed"))
    assert answer.status_code == 409
    assert "You took part in this bid on the panel. Record your interest on the panel’s page" in answer.text


@pytest.mark.parametrize("role", [RoleName.AUDITOR, RoleName.ADMINISTRATOR])
def test_who_does_not_work_on_the_bid_declares_nothing(
    case: Case, sign_in: SignIn, make: Make, role: RoleName
) -> None:
    it = case()
    client = sign_in(make.staff(role))
    assert client.get(where(it)).status_code == 409
    assert client.post(where(it), data=sent(it, "disclosed")).status_code == 409


def test_schools_members_and_strangers_find_no_such_page(case: Case, sign_in: SignIn, make: Make) -> None:
    it = case()
    for person in (it.head, it.provider_head, make.member(make.school()), it.seats[0].user):
        client = sign_in(person)
        assert client.get(where(it)).status_code == 404
        assert client.post(where(it), data=sent(it, "disclosed")).status_code == 404


def test_the_operation_itself_refuses_who_may_not(case: Case, make: Make) -> None:
    it = case()
    for person in (it.head, make.staff(RoleName.AUDITOR)):
        with pytest.raises(Refused, match="Only people who work on this bid"):
            interests.declare_interest(it.bid, InterestKind.DISCLOSED, "x", None, user=person, now=NOW)


def test_a_stale_page_keeps_what_was_typed(case: Case, sign_in: SignIn, officer: User, make: Make) -> None:
    it = case()
    data = sent(it, "disclosed", "I coach its head.")
    it.bid.touch()
    make.session.commit()
    answer = sign_in(officer).post(where(it), data=data)
    assert answer.status_code == 409
    assert "I coach its head." in answer.text
