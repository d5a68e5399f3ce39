"""The finance officer's desk: each count is the list behind it, and every heading can hold something."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from fundflow.clock.reminders import REMINDERS
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund, PaysBy
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_run import Outcome, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Ground, Recovery
from fundflow.payments.waiting.figures import desk_of
from fundflow.payments.waiting.headings import HEADINGS, REMINDED, Of, late_before
from fundflow.payments.waiting.lists import page_of_heading
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.working_days import LONDON
from tests.factories import Make
from tests.payments.conftest import LATER, SignIn
from tests.scenes import scene
from tests.till import ACADEMY, MAINTAINED

pytestmark = pytest.mark.usefixtures("today")

LONG_AGO = LATER - timedelta(days=40)
LATEST = date(2027, 1, 6)  # ten working days before 20 January 2027


class Desk:
    """A fund with something under every heading."""

    def __init__(self, make: Make, fund: Fund) -> None:
        self.make, self.fund = make, fund
        self.officer, self.finance, self.other = (
            make.staff(role) for role in (RoleName.OFFICER, RoleName.FINANCE, RoleName.FINANCE)
        )

    def bid(self, name: str, *, payee: bool = True) -> Bid:
        lead = self.make.school(name)
        bid = self.make.bid(
            state=BidState.IN_DELIVERY, fund=self.fund, lead=lead, leader=self.make.member(lead)
        )
        if not payee:
            for found in self.make.session.query(Payee).filter_by(school_id=lead.id):
                found.hold_since, found.hold_reason = LATER, "LSIF-RUN-1-001 was rejected: no such account"
        return bid

    def claim(self, bid: Bid, state: ClaimState, pence: int, *, since: datetime = LATER) -> Claim:
        certified = state is ClaimState.CERTIFIED
        claim = Claim(
            bid=bid,
            school=bid.lead_school,
            number=len(bid.claims) + 1,
            kind=ClaimKind.ADVANCE,
            state=state,
            pence=pence,
            created_at=since,
            submitted_at=since,
            certified_at=since if certified else None,
            certified_by_id=self.officer.id if certified else None,
        )
        self.make.session.add(claim)
        return claim

    def run(self, claim: Claim, number: int, state: RunState, outcome: Outcome = Outcome.WAITING) -> None:
        frozen = (
            {}
            if state is RunState.GATHERED
            else {
                "approved_at": LATER,
                "approved_by": self.other,
                "content": b"x",
                "sha256": "a" * 64,
                "size": 1,
                "pence": claim.pence,
            }
        )
        run = self.make.payment_run(claim.bid, claim, number=number, state=state, **frozen)
        line: RunLine = run.lines[0]
        line.outcome, line.why = outcome, "No such account" if outcome is Outcome.REJECTED else ""

    def recovery(self, bid: Bid, state: RecoveryState, pence: int, **values: Any) -> Recovery:
        asked = state is not RecoveryState.REQUESTED
        found = Recovery(
            bid=bid,
            school=bid.lead_school,
            number=values.pop("number", 1),
            state=state,
            ground=Ground.NOT_EARNED,
            pence=pence,
            opened_at=values.pop("since", LATER),
            approved_at=LATER if asked else None,
            approved_by_id=self.finance.id if asked else None,
            **values,
        )
        self.make.session.add(found)
        return found


def a_desk(make: Make) -> Desk:
    return filled(Desk(make, make.fund(pays_in_runs=True)))


def a_desk_beside_another(make: Make) -> Desk:
    """Of the other fund nothing is counted."""
    desk = a_desk(make)
    filled(Desk(make, make.fund(prefix="OTHR")))
    return desk


def filled(desk: Desk) -> Desk:
    make = desk.make
    certified, sent = ClaimState.CERTIFIED, ClaimState.SUBMITTED
    desk.claim(desk.bid("To check"), sent, 10_01)
    first = desk.bid("To pay")
    desk.claim(first, certified, 20_02)
    desk.claim(first, certified, 20_20)
    desk.run(desk.claim(desk.bid("Gathered"), certified, 30_03), 1, RunState.GATHERED)
    desk.run(desk.claim(desk.bid("Approved"), certified, 40_04), 2, RunState.APPROVED)
    desk.run(desk.claim(desk.bid("Exported"), certified, 50_05), 3, RunState.EXPORTED)
    desk.run(desk.claim(desk.bid("Rejected"), certified, 60_06), 4, RunState.SETTLED, Outcome.REJECTED)
    desk.claim(desk.bid("Payee held", payee=False), certified, 70_07)
    blocked = desk.bid("Blocked")
    make.payment_block(blocked)
    desk.claim(blocked, sent, 80_08)
    desk.claim(desk.bid("Late"), sent, 90_09, since=LONG_AGO)
    desk.claim(desk.bid("Paid long ago"), certified, 1_11, since=LONG_AGO)
    back = desk.bid("Back")
    other = desk.claim(desk.bid("Taken off"), certified, 500_00)
    desk.recovery(back, RecoveryState.REQUESTED, 1_00, since=LONG_AGO)
    desk.recovery(back, RecoveryState.ASKED_FOR, 2_00, number=2, due_on=LATER.date())
    desk.recovery(back, RecoveryState.INVOICED, 4_00, number=3, due_on=LATER.date() - timedelta(days=1))
    desk.recovery(back, RecoveryState.SET_AGAINST, 8_00, number=4, claim=other, due_on=LONG_AGO.date())
    make.session.commit()
    return desk


desk = scene(a_desk)
beside_another = scene(a_desk_beside_another)


def counted(desk: Desk, user: User | None = None) -> dict[str, tuple[int, int]]:
    ((_fund, found),) = desk_of([desk.fund], user or desk.finance, LATER)
    return {one.heading.kind: (one.number, one.pence) for one in found}


def test_every_heading_counts_what_waits_and_what_it_comes_to(desk: Desk) -> None:
    assert counted(desk) == {
        "to-check": (2, 10_01 + 90_09),
        "to-pay": (5, 20_02 + 20_20 + 60_06 + 1_11 + 500_00 - 8_00),  # what is taken off is not paid out
        "runs-to-approve": (1, 30_03),
        "runs-to-export": (1, 40_04),
        "answers-to-load": (1, 50_05),
        "rejected": (1, 60_06),
        "held": (2, 70_07 + 80_08),
        "late-claims": (2, 90_09 + 1_11),
        "back-to-approve": (1, 1_00),
        "back-asked-for": (1, 2_00),
        "back-invoiced": (1, 4_00),
        "back-taken-off": (1, 8_00),
        "back-late": (2, 1_00 + 4_00),
    }


@pytest.mark.parametrize("heading", HEADINGS, ids=lambda heading: heading.kind)
def test_each_count_is_the_list_behind_it(beside_another: Desk, heading: Any, sign_in: SignIn) -> None:
    desk = beside_another
    page = page_of_heading(heading, desk.fund, desk.finance, LATER, None)
    assert (len(page.rows), sum(row.pence for row in page.rows)) == counted(desk)[heading.kind]
    client = sign_in(desk.finance)
    address = f"/money/waiting/{desk.fund.id}/{heading.kind}"
    assert f'href="{address}"' in client.get("/money").text
    shown = client.get(address)
    assert shown.status_code == 200
    for row in page.rows:
        assert row.reference in shown.text


def test_what_holds_a_claim_stands_beside_it(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.finance).get(f"/money/waiting/{desk.fund.id}/held").text
    assert "Send the interim report first." in page
    assert "Payments to this payee are held: LSIF-RUN-1-001 was rejected: no such account" in page
    page = sign_in(desk.finance).get(f"/money/waiting/{desk.fund.id}/rejected").text
    assert "Not paid: No such account" in page


def test_a_claim_without_its_invoice_is_held_and_counted_with_vat_once_it_has_it(
    desk: Desk, sign_in: SignIn
) -> None:
    fund = desk.make.fund(prefix="PURC", pays_by=PaysBy.PURCHASE)
    theirs = Desk(desk.make, fund)
    bid = theirs.bid("Academy")
    bid.lead_school.type_code = ACADEMY
    claim = theirs.claim(bid, ClaimState.SUBMITTED, 100_00)
    own = theirs.bid("Maintained")
    own.lead_school.type_code = MAINTAINED
    theirs.claim(own, ClaimState.SUBMITTED, 1_00)
    desk.make.session.commit()
    found = counted(theirs)
    assert (found["held"], found["to-check"]) == ((1, 100_00), (1, 1_00))
    page = sign_in(theirs.finance).get(f"/money/waiting/{fund.id}/held").text
    assert "Waiting for the invoice of Academy" in page
    claim.invoiced_on, claim.vat_pence = LATER.date(), 20_00
    desk.make.session.commit()
    found = counted(theirs)
    assert (found["held"], found["to-check"]) == ((0, 0), (2, 121_00))


def test_a_checked_claim_of_a_paused_award_is_held(desk: Desk, sign_in: SignIn) -> None:
    before = counted(desk)
    bid = desk.bid("Paused")
    desk.claim(bid, ClaimState.CERTIFIED, 3_33)
    bid.state = BidState.SUSPENDED
    desk.make.session.commit()
    found = counted(desk)
    assert found["to-pay"] == before["to-pay"]
    assert found["held"] == (3, before["held"][1] + 3_33)
    page = sign_in(desk.finance).get(f"/money/waiting/{desk.fund.id}/held").text
    assert "Payments on this bid are paused" in page


def test_officers_see_no_runs_on_the_desk(desk: Desk, sign_in: SignIn) -> None:
    kinds = {heading.kind for heading in HEADINGS if heading.of is not Of.RUNS}
    assert counted(desk, desk.officer).keys() == kinds
    client = sign_in(desk.officer)
    assert client.get(f"/money/waiting/{desk.fund.id}/runs-to-approve").status_code == 404
    assert client.get(f"/money/waiting/{desk.fund.id}/to-pay").status_code == 200
    assert client.get(f"/money/waiting/{desk.fund.id}/nothing").status_code == 404
    assert client.get("/money/waiting/9999/to-pay").status_code == 404


def test_each_fund_has_a_desk_of_its_own_and_a_role_for_one_shows_that_alone(
    desk: Desk, make: Make, sign_in: SignIn
) -> None:
    theirs = make.fund(name="Theirs", prefix="OTHR")
    page = sign_in(desk.finance).get("/money").text
    assert f"What waits: {desk.fund.name}" in page
    assert "What waits: Theirs" in page
    assert page.count("Nothing waits in this fund now.") == 1
    only = make.user()
    make.role(only, RoleName.FINANCE, fund=theirs)
    make.session.commit()
    client = sign_in(only)
    assert desk.fund.name not in client.get("/money").text
    assert client.get(f"/money/waiting/{desk.fund.id}/to-pay").status_code == 404


def test_a_long_list_goes_on_on_the_next_page(desk: Desk, sign_in: SignIn) -> None:
    bid = desk.bid("Many")
    for _ in range(60):
        desk.claim(bid, ClaimState.SUBMITTED, 1)
        desk.make.session.flush()
    desk.make.session.commit()
    client = sign_in(desk.finance)
    address = f"/money/waiting/{desk.fund.id}/to-check"
    first = client.get(address).text
    following = first.split("after=")[1].split('"')[0]
    rest = client.get(f"{address}?after={following}").text
    assert (first.count('data-label="Amount"'), rest.count('data-label="Amount"')) == (50, 12)


def test_late_is_when_the_clock_reminds(desk: Desk) -> None:
    late = {
        one.name: set(one.stages)
        for one in REMINDERS
        if one.name in ("claim_to_check", "claim_to_pay", "recovery_to_approve")
    }
    assert list(late.values()) == [{REMINDED}] * 3
    assert late_before(desk.fund, LATER.date()).astimezone(LONDON).date() == LATEST + timedelta(days=1)
