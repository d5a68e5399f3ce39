"""Other costs of an award: entered with a receipt, asked for, disputed and struck out."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from fundflow.files import Unfit
from fundflow.models.award import AwardLine
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing
from fundflow.models.recovery import Recovery
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import cost_log, operations
from fundflow.rules.award_sums import sum_of
from fundflow.rules.claims import why_costs_lack_receipts
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.files.kept import Kept, kept  # noqa: F401 (a fixture)
from tests.payments.conftest import A_DAY, LATER, Award, an_award

pytestmark = pytest.mark.usefixtures("kept")

WORKED = [date(2027, 1, day) for day in (4, 5, 6, 7, 8, 11)]


def accept_report(award: Award) -> None:
    award.bid.report.state, award.bid.report.rag = ReturnState.ACCEPTED, Rag.GREEN
    award.make.session.commit()


def spent(award: Award) -> list[SpentCost]:
    return award.make.session.query(SpentCost).order_by(SpentCost.id).all()


# -- entering ---------------------------------------------------------------------------------------


def test_a_cost_counts_with_its_receipt_and_nobody_confirms_it(award: Award, kept: Kept) -> None:  # noqa: F811
    cost = award.spend(4_250)
    assert (cost.pence, cost.what, cost.by_school_id) == (4_250, "Train tickets", award.bid.lead_school_id)
    (receipt,) = cost.receipts
    assert kept.stored() == [receipt.store_key]
    assert sum_of(award.bid).whole.earned == 4_250
    assert award.bid.files == []  # no file of the form
    assert award.ask().pence == 4_250


def test_a_line_counts_up_to_a_tenth_more_and_the_school_is_told(award: Award) -> None:
    assert cost_log.said_of(award.spend(6_600)) is None
    said = cost_log.said_of(award.spend(100, date(2027, 1, 7)))
    assert said == "That makes £67.00 of £60.00 for Travel. The award pays £66.00 of it at most."
    assert sum_of(award.bid).whole.earned == 6_600


def test_no_cost_is_entered_without_a_receipt(award: Award) -> None:
    (line,) = cost_log.costs_of_award(award.bid)
    rest: dict[str, Any] = {"spent_on": A_DAY, "pence": 1, "what": "x", "user": award.head, "now": LATER}
    with pytest.raises(Unfit, match="Choose the receipt"):
        cost_log.add_cost(award.bid, line_id=line.id, sent=[], **rest)
    assert spent(award) == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2027, 1, 21), "in the future"),
        (date(2026, 11, 17), "accepted on 18 November 2026. The award pays for no cost before it"),
    ],
)
def test_a_cost_is_of_the_time_of_the_award(award: Award, day: date, why: str) -> None:
    with pytest.raises(Refused, match=why):
        award.spend(day=day)


def test_what_is_bought_before_the_support_begins_counts_and_after_its_end_no_more(award: Award) -> None:
    assert award.bid.start_on is not None
    award.spend(100, award.bid.start_on - timedelta(days=5))
    award.bid.end_on = A_DAY
    with pytest.raises(Refused, match="The support ended on 6 January 2027"):
        award.spend(100, A_DAY + timedelta(days=1))


def test_the_log_of_costs_closes_with_the_award_and_its_report(award: Award) -> None:
    accept_report(award)
    with pytest.raises(Refused, match="the log of days and costs is closed"):
        award.spend()
    award.bid.state = BidState.TERMINATED
    with pytest.raises(Refused, match="until the funding ends"):
        award.spend()


def test_only_the_school_whose_cost_it_is_or_the_lead_enters_it(award: Award, kept: Kept) -> None:  # noqa: F811
    stranger = award.make.member(award.make.school())
    for user in (award.releasing_head, stranger, award.officer, award.finance):
        assert cost_log.lines_to_spend(award.bid, user, LATER) == []
        with pytest.raises(Refused, match="Only people of the school that spent it"):
            award.spend(user=user)
    assert (spent(award), kept.stored()) == ([], [])
    own = AwardLine(payee=award.bid.lead_school, school=award.bid.providers[0], what="Hall", pence=10_000)
    assert award.bid.award is not None
    award.bid.award.lines.append(own)
    award.make.session.commit()
    assert cost_log.lines_to_spend(award.bid, award.releasing_head, LATER) == [own]
    assert award.spend(line=1, user=award.releasing_head).by_school_id == own.school_id
    lead = award.bid.lead_school
    team = award.make.member(lead, Standing.TEAM)
    award.make.session.commit()
    assert award.spend(200, line=1, user=team).by_school_id == lead.id


def test_a_line_of_days_or_of_another_award_takes_no_cost(make: Make) -> None:
    award, other = an_award(make), an_award(make)
    (elsewhere,) = cost_log.costs_of_award(other.bid)
    rest: dict[str, Any] = {"spent_on": A_DAY, "pence": 1, "what": "x", "user": award.head, "now": LATER}
    assert award.bid.award is not None
    for line in (award.bid.award.lines[0], elsewhere):
        with pytest.raises(Refused, match="Select one of the other costs"):
            cost_log.add_cost(award.bid, line_id=line.id, sent=[], **rest)


# -- one receipt ------------------------------------------------------------------------------------


def test_a_receipt_counts_once_with_its_amount_and_date(award: Award, kept: Kept) -> None:  # noqa: F811
    award.spend(2_000, receipt=b"one")
    with pytest.raises(Refused, match="This receipt is in the log already, with the same amount and date"):
        award.spend(2_000, receipt=b"one", what="The same again")
    assert (len(spent(award)), len(kept.stored())) == (1, 1)


def test_a_second_click_enters_nothing_more(award: Award, kept: Kept) -> None:  # noqa: F811
    first = award.spend(2_000, receipt=b"one")
    assert award.spend(2_000, receipt=b"one") is first
    assert (len(spent(award)), len(kept.stored())) == (1, 1)


def test_the_school_is_told_that_a_receipt_was_used_but_not_in_which_bid(make: Make) -> None:
    award, other = an_award(make), an_award(make)
    other.spend(2_000, receipt=b"one")
    with pytest.raises(Refused, match="was used already") as refused:
        award.spend(2_000, receipt=b"one")
    assert other.bid.reference not in str(refused.value)
    for cost in spent(other):
        other.strike_out_cost(cost, other.head)
    award.spend(2_000, receipt=b"one")  # what was struck out is free again


def test_staff_read_where_else_a_receipt_is_used(make: Make) -> None:
    award, other = an_award(make), an_award(make)
    cost = award.spend(2_000, receipt=b"one")
    assert cost_log.receipts_used([cost], award.officer, LATER) == {}
    other.spend(1_500, receipt=b"one")
    award.spend(900, date(2027, 1, 7), receipt=b"one")
    award.spend(700, date(2027, 1, 8), receipt=b"another")
    used = cost_log.receipts_used([cost], award.officer, LATER)
    assert used == {
        cost.id: [
            f"£15.00 on 6 January 2027, in {other.bid.reference}",
            "£9.00 on 7 January 2027, in this bid",
        ]
    }
    assert cost_log.receipts_used([cost], award.head, LATER) == {}
    governor = make.staff(RoleName.CLERK)
    make.interest(governor, school=other.bid.lead_school)  # which bars them from the other bid
    used = cost_log.receipts_used([cost], governor, LATER)
    assert used[cost.id][0] == "£15.00 on 6 January 2027, in another bid"


# -- claims -----------------------------------------------------------------------------------------


def test_days_and_costs_are_asked_for_together_and_once(award: Award) -> None:
    award.worked(A_DAY)
    cost = award.spend()
    claim = award.ask()
    assert (claim.pence, list(claim.costs), claim.asks_for) == (41_000, [cost], 2)
    letter = award.make.session.query(Letter).filter(Letter.subject.contains("claims £410")).first()
    assert letter is not None
    assert "£60.00, Train tickets" in letter.body
    assert operations.unclaimed_costs(award.bid) == []
    take_and_commit(claim, "refuse", user=award.officer, now=LATER, given={"reason": "Not now"})
    assert operations.unclaimed_costs(award.bid) == [cost]


def test_a_cost_is_in_the_claim_of_the_school_that_is_paid_for_it(award: Award) -> None:
    provider, head = award.bid.providers[0], award.releasing_head
    assert award.bid.award is not None
    award.bid.award.lines.append(AwardLine(payee=provider, school=provider, what="Hall", pence=10_000))
    award.make.session.commit()
    travel, hall = award.spend(), award.spend(8_000, line=1, user=head)
    claims = {claim.school_id: list(claim.costs) for claim in award.ask_all()}
    assert claims == {award.bid.lead_school_id: [travel], provider.id: [hall]}


def test_a_disputed_cost_waits_in_a_claim_of_its_own(award: Award) -> None:
    award.worked(A_DAY)
    cost = award.spend()
    claim = award.ask()
    asked = {"reason": "Who travelled?", "user": award.finance, "now": LATER, "version": claim.version}
    with pytest.raises(Refused, match="Select a part of the claim"):
        operations.dispute(claim, days=[claim.days[0].id], costs=[cost.id], **asked)
    operations.dispute(claim, days=[], costs=[cost.id], **asked)
    (parted,) = claim.parted
    assert (claim.pence, list(claim.costs)) == (35_000, [])
    assert (parted.state, parted.pence, list(parted.costs)) == (ClaimState.QUERIED, 6_000, [cost])
    award.strike_out_cost(cost, award.head)
    assert parted.pence == 0


def test_what_a_struck_out_cost_was_to_pay_leaves_its_claim(award: Award) -> None:
    award.worked(A_DAY)
    cost = award.spend()
    claim = award.ask()
    with pytest.raises(Refused, match="Only the liaison officer can strike it out"):
        award.strike_out_cost(cost, award.head)
    award.strike_out_cost(cost, award.officer, "The receipt is of last year")
    assert (claim.pence, list(claim.costs)) == (35_000, [cost])  # it stays to be read
    letter = award.make.session.query(Letter).filter_by(recipient="logger").one()
    assert letter.email == award.head.email
    assert "The receipt is of last year" in letter.body
    with pytest.raises(Refused, match="struck out already"):
        award.strike_out_cost(cost, award.officer)


def test_a_cost_that_is_about_to_be_paid_is_not_struck_out(award: Award) -> None:
    cost = award.spend()
    award.certify(award.ask())
    with pytest.raises(Refused, match="about to be paid"):
        award.strike_out_cost(cost, award.officer)


def test_once_the_report_is_accepted_only_the_officer_strikes_a_cost_out(award: Award) -> None:
    cost = award.spend()
    accept_report(award)
    with pytest.raises(Refused, match=r"is closed\. Only the liaison officer can strike this cost out"):
        award.strike_out_cost(cost, award.head)
    award.strike_out_cost(cost, award.officer)


def test_only_those_who_entered_a_cost_and_the_officer_strike_it_out(award: Award) -> None:
    inside = award.make.member(award.bid.providers[0], Standing.TEAM)
    award.make.role(inside, RoleName.OFFICER)  # with an interest
    cost = award.spend()
    for user in (award.releasing_head, award.finance, inside):
        with pytest.raises(Refused, match="Only those who entered this cost"):
            award.strike_out_cost(cost, user)
    award.strike_out_cost(cost, award.make.member(award.bid.lead_school, Standing.TEAM))
    assert (cost.counts, sum_of(award.bid).whole.earned) == (False, 0)


# -- the sum of an award, case by case --------------------------------------------------------------


def test_a_short_bid_with_its_travel_comes_to_the_worked_case(make: Make) -> None:
    """£3,000 in advance; 6 and 2 days and the travel come to £2,832, so £168 is to come back."""
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    award.worked(*WORKED)
    award.worked(*WORKED[:2], line=1)
    cost = award.spend(6_000)
    accept_report(award)
    found = sum_of(award.bid).whole
    assert (found.earned, found.due, found.back) == (283_200, 0, 16_800)
    award.strike_out_cost(cost, award.officer)
    recovery = award.make.session.query(Recovery).one()
    assert recovery.pence == 16_800 + 6_000


def test_the_last_share_includes_the_costs(make: Make) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.pay(award.certify(award.advance(150_000)))
    award.worked(*WORKED)
    award.worked(*WORKED[:2], line=1)
    award.worked(WORKED[2], line=1, half_days=1)
    award.spend(6_000)
    accept_report(award)
    assert sum_of(award.bid).due == 150_000


# -- the database -----------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM spent_cost",
        "UPDATE spent_cost SET pence = 1",
        "DELETE FROM attachment",
        "UPDATE attachment SET spent_cost_id = NULL",
        "UPDATE attachment SET removed_at = uploaded_at",
    ],
)
def test_the_database_keeps_what_was_spent_and_its_receipt(award: Award, change: str) -> None:
    award.spend()
    with pytest.raises(DatabaseError, match="append-only"):
        award.make.session.execute(text(change))
    award.make.session.rollback()


# -- what is lacking --------------------------------------------------------------------------------


def test_what_has_no_receipt_yet_is_said_before_the_report_is_accepted(award: Award) -> None:
    said = "£60.00 of the award is for other costs that have no receipt in the log yet."
    assert (why_costs_lack_receipts(award.bid) or "").startswith(said)
    cost = award.spend(5_000)
    assert (why_costs_lack_receipts(award.bid) or "").startswith("£10.00")
    award.spend(1_500, date(2027, 1, 7))
    assert why_costs_lack_receipts(award.bid) is None
    award.strike_out_cost(cost, award.head)
    assert (why_costs_lack_receipts(award.bid) or "").startswith("£45.00")
