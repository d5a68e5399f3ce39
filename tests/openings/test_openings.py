"""Awards already running: entered by one person, confirmed by another, then like any other award."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.actors import actors_for
from fundflow.impact import operations as impact
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Rag
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.opening import Opening, OpeningLine
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName, Standing, User
from fundflow.openings import operations
from fundflow.payments import day_log, reversals
from fundflow.payments import operations as payments
from fundflow.payments.own_staff import own_staff
from fundflow.payments.year_end import fund_year
from fundflow.reports import queries as register
from fundflow.rules.award_sums import sum_of
from fundflow.rules.openings import why_before_award
from fundflow.rules.recoveries import recoveries_of
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.opening import OpeningState
from tests.factories import Make
from tests.openings.conftest import Council, a_council
from tests.payments.conftest import LATER, Award

pytestmark = pytest.mark.usefixtures("today")


def subjects(make: Make, name: str) -> list[str]:
    return list(make.session.scalars(select(Letter.subject).where(Letter.name == name).order_by(Letter.id)))


def test_nothing_is_awarded_before_a_second_person_confirms(council: Council) -> None:
    opening = council.enter()
    assert (opening.state, opening.awards[0].bid) == (OpeningState.PROPOSED, None)
    assert ledger.totals(council.fund.id).committed == 0
    assert subjects(council.make, "Fatima") == ["Awards already running, awards.csv: please confirm 1 award"]
    assert subjects(council.make, council.head.name) == []


@pytest.mark.both_databases
def test_a_confirmed_award_is_in_delivery_with_its_opening_balances(council: Council) -> None:
    bid = council.entered()
    assert (bid.state, bid.origin, bid.officer_id) == (BidState.IN_DELIVERY, Origin.OPENING, None)
    found = ledger.bid_totals(bid.id)
    assert (found.awarded, found.paid, found.outstanding, found.reserved) == (300_000, 87_500, 212_500, 0)
    whole = ledger.totals(council.fund.id)
    assert whole.allocated == whole.uncommitted + whole.outstanding + whole.paid
    entries = council.make.session.scalars(select(LedgerEntry).where(LedgerEntry.bid_id == bid.id)).all()
    assert [(e.kind, e.pence, e.at, e.reason) for e in entries] == [
        (EntryKind.AWARDED, 300_000, LATER, "Opening balance"),
        (EntryKind.PAID, 87_500, LATER, "Opening balance"),
    ]
    (claim,) = bid.claims
    assert (claim.kind, claim.certified_by, claim.paid_by) == (
        ClaimKind.OPENING,
        council.owen,
        council.fatima,
    )
    assert [(p.school, p.part) for p in bid.partners] == [(council.provider, Part.PROVIDER)]
    assert bid.report is not None
    assert bid.report.due_on == bid.due_on == date(2027, 8, 13)


def test_its_history_says_how_it_came_here(council: Council) -> None:
    bid = council.entered()
    (entry,) = council.make.session.scalars(select(HistoryEntry).where(HistoryEntry.bid_id == bid.id)).all()
    assert (entry.label, entry.reason, entry.user_id) == (
        "Entered an award already running",
        "Minute SF/12 of 9 July 2026",
        council.fatima.id,
    )


def test_what_is_due_at_once_is_earned_less_paid(council: Council) -> None:
    found = sum_of(council.entered())
    # 2.5 days at £350 and £60 of travel are £935; £875 is paid
    assert (found.whole.earned, found.whole.paid, found.due) == (93_500, 87_500, 6_000)


def test_where_the_fund_pays_in_advance_the_rest_of_the_advance_is_due(make: Make) -> None:
    council = a_council(make, lean_advance_percent=100)
    assert sum_of(council.entered()).due == 212_500


def test_each_school_is_paid_for_its_own_lines_where_the_fund_says_so(make: Make) -> None:
    council = a_council(make, pays_each_school=True)
    award = council.award()
    days, travel = award.lines
    bid = council.entered(award._replace(lines=(days, travel._replace(paid=5_000))))
    assert {(c.school, c.pence) for c in bid.claims} == {(council.provider, 87_500), (council.school, 5_000)}
    assert {p.school: (p.sum.earned, p.sum.paid, p.due) for p in sum_of(bid).payees} == {
        council.provider: (87_500, 87_500, 0),
        council.school: (6_000, 5_000, 1_000),
    }


def test_no_day_is_logged_from_before_its_minute(council: Council) -> None:
    bid = council.entered(council.award(minuted_on=date(2026, 12, 31), up_to=date(2026, 10, 1)))
    why = why_before_award(bid, date(2026, 11, 2), "day")
    assert why == "The award was minuted on 31 December 2026. The award pays for no day before it."
    assert why_before_award(bid, date(2026, 12, 31), "day") is None


def test_the_head_is_told_the_figures(council: Council) -> None:
    bid = council.entered()
    (letter,) = council.make.session.scalars(
        select(Letter).where(Letter.email == council.head.email, Letter.bid_id == bid.id)
    )
    assert letter.subject == f"{bid.reference}: your award of £3,000 is now kept here"
    for words in (
        "Awarded: £3,000 (Minute SF/12 of 9 July 2026)",
        "Support: 1 September 2026 to 16 July 2027",
        "Earned so far: £935.00",
        "Paid so far: £875.00",
        "Due now: £60.00",
        "If one is wrong, reply to this email. Finance will put it right.",
    ):
        assert words in letter.body
    assert subjects(council.make, council.provider_head.name) == [
        f"{bid.reference}: the support you give to Larkfield Infant School is now kept here"
    ]


def test_a_head_without_an_account_is_invited(council: Council) -> None:
    school = council.make.school("Meadow School")
    days = OpeningLine("Teacher", school.id, staff_code="T1", half_days=4, day_rate_pence=20_000)
    bid = council.entered(
        council.award(
            school=school,
            pence=40_000,
            lines=(days,),
            contact_name="Mina Hart",
            contact_email="mina@meadow.example",
        )
    )
    mina = council.make.session.scalars(select(User).where(User.email == "mina@meadow.example")).one()
    (place,) = mina.memberships
    assert (place.school, place.standing, place.starts_on) == (school, Standing.LEADER, LATER.date())
    assert f"{bid.reference}: your award of £400 is now kept here" in subjects(council.make, "Mina Hart")


def test_whoever_entered_it_does_not_confirm_it(council: Council) -> None:
    opening = council.enter()
    with pytest.raises(Refused, match="You entered this, so another person must confirm it"):
        council.confirm(opening, council.owen)


def test_an_officer_enters_and_finance_alone_confirms(council: Council) -> None:
    opening = council.enter(user=council.officer)
    with pytest.raises(Refused, match="Only a finance officer can do this"):
        council.confirm(opening, council.make.staff(RoleName.DEPUTY_OFFICER))
    council.make.session.rollback()
    (award,) = council.confirm(opening, council.owen).awards
    assert award.bid is not None
    assert award.bid.officer is council.officer


def test_the_officer_of_the_schools_patch_looks_after_it(council: Council) -> None:
    council.make.patch("North", council.school, officer=council.officer)
    council.make.session.commit()
    assert council.entered().officer is council.officer


@pytest.mark.parametrize("role", [RoleName.AUDITOR, RoleName.ADMINISTRATOR, RoleName.IMPACT_OFFICER])
def test_others_enter_nothing(council: Council, role: RoleName) -> None:
    with pytest.raises(Refused, match="Only a finance officer or a liaison officer of the fund"):
        council.enter(user=council.make.staff(role))


def test_nobody_enters_or_confirms_awards_of_their_own_school(council: Council) -> None:
    opening = council.enter()
    council.make.belongs(council.fatima, council.school)
    council.make.session.commit()
    with pytest.raises(Refused, match="You can’t enter awards of these schools"):
        council.confirm(opening)
    council.make.session.rollback()
    operations.refuse(
        opening, reason="Wrong year", user=council.make.staff(RoleName.FINANCE), now=LATER, version=1
    )
    with pytest.raises(Refused, match="You can’t enter awards of these schools"):
        council.enter(user=council.fatima)


def test_nor_of_their_own_school_that_only_releases_staff(council: Council) -> None:
    opening = council.enter()
    council.make.belongs(council.fatima, council.provider)
    council.make.session.commit()
    with pytest.raises(Refused, match="You can’t enter awards of these schools"):
        council.confirm(opening)
    council.make.session.rollback()
    with pytest.raises(Refused, match="You can’t enter awards of these schools"):
        council.enter(council.award(title="Another"), user=council.fatima)


@pytest.mark.both_databases
def test_a_refused_entry_enters_nothing_and_can_be_sent_again(council: Council) -> None:
    opening = council.enter()
    operations.refuse(opening, reason="Wrong minute", user=council.fatima, now=LATER, version=opening.version)
    assert (opening.state, ledger.totals(council.fund.id).committed) == (OpeningState.REFUSED, 0)
    assert subjects(council.make, "Owen")[-1] == "Awards already running, awards.csv: refused"
    assert council.entered().awarded_pence == 300_000


@pytest.mark.both_databases
def test_the_fund_must_have_the_room(council: Council) -> None:
    big = OpeningLine("Head", council.provider.id, staff_code="H1", half_days=400, day_rate_pence=50_000)
    with pytest.raises(Refused, match=r"The fund has £10,000\.00 that is not committed\. It does not reach"):
        council.enter(council.award(lines=(big,), pence=1_000_001))


def test_the_room_is_looked_at_again_as_it_is_confirmed(council: Council) -> None:
    opening = council.enter()
    ledger.cut(council.fund.allocations[0], 800_000, user=council.owen, now=LATER, minute="Item 9")
    council.make.session.commit()
    with pytest.raises(Refused, match=r"can still offer £2,000\.00 to Larkfield"):
        council.confirm(opening)
    council.make.session.rollback()
    assert council.make.session.get_one(Opening, opening.id).awards[0].bid is None


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"end_on": date(2026, 12, 31)}, "The support ended on 31 December 2026"),
    ({"end_on": date(2026, 8, 31)}, "The end date must be after the start date"),
    ({"minuted_on": date(2027, 1, 21)}, "The date of the minute must be today or in the past"),
    ({"up_to": date(2027, 1, 21)}, "must be today or in the past"),
    ({"up_to": date(2026, 7, 1)}, "Nothing can be earned before the support starts"),
    ({"pence": 300_001}, "The award is £3,000.01, but its lines come to £3,000.00"),
    ({"pence": 80_000}, "£875.00 is paid, but only £800.00 of the award"),
    ({"title": "Sort code 12-34-56"}, "Bank details are never kept here"),
    ({"minute_reference": "GB29 NWBK 6016 1331 9268 19"}, "Bank details are never kept here"),
]


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_an_award_that_is_wrong_is_refused(council: Council, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        council.enter(council.award(**changes))


@pytest.mark.parametrize(
    ("line", "changes", "why"),
    [
        (0, {"earned": 14}, "7 days are more than 110% of the 6 days of this line"),
        (1, {"earned": 99_001}, "£990.01 is more than 110% of the £900.00 of this line"),
        (0, {"staff_code": "12-34-56"}, "Bank details are never kept here"),
        (1, {"what": "Account number 12345678"}, "Bank details are never kept here"),
    ],
)
def test_a_line_that_is_wrong_is_refused(
    council: Council, line: int, changes: dict[str, Any], why: str
) -> None:
    lines = list(council.award().lines)
    lines[line] = lines[line]._replace(**changes)
    with pytest.raises(Refused, match=why):
        council.enter(council.award(lines=tuple(lines)))


def test_up_to_110_percent_of_a_line_may_be_earned(council: Council) -> None:
    days, travel = council.award().lines
    bid = council.entered(council.award(lines=(days._replace(earned=13), travel._replace(earned=99_000))))
    assert sum_of(bid).whole.earned == 300_000  # never above the award


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "changes", [{}, {"title": "READING  support", "minute_reference": "Other"}, {"title": "New"}]
)
def test_an_award_is_entered_once(council: Council, changes: dict[str, Any]) -> None:
    opening = council.enter()
    with pytest.raises(Refused, match="is entered already, and waits to be confirmed"):
        council.enter(council.award(**changes), user=council.fatima)
    council.make.session.rollback()
    council.confirm(opening)
    with pytest.raises(Refused, match="is entered already, as "):
        council.enter(council.award(**changes), user=council.fatima)


def test_an_award_that_was_made_here_is_not_entered(council: Council) -> None:
    bid = council.make.bid(state=BidState.IN_DELIVERY, fund=council.fund, lead=council.school)
    with pytest.raises(Refused, match="has an award with this title already"):
        council.enter(council.award(title=bid.title))


def test_a_school_outside_the_area_leads_no_award(council: Council) -> None:
    far = council.make.school("Far School", la_code="111")
    council.make.member(far)
    council.make.session.commit()
    with pytest.raises(Refused, match="Far School is not in the area of"):
        council.enter(council.award(school=far))


def test_days_that_were_counted_before_are_not_logged_again(council: Council) -> None:
    bid = council.entered()
    line = day_log.days_of_award(bid)[0]
    with pytest.raises(Refused, match="What was earned up to 31 December 2026 was counted"):
        day_log.log_day(
            bid,
            line_id=line.id,
            day=date(2026, 12, 31),
            half_days=2,
            activity="Observed phonics",
            where_id=council.school.id,
            user=council.provider_head,
            now=LATER,
            version=bid.version,
        )
    (found,) = day_log.by_line([line])
    assert (found.logged, found.confirmed) == (5, 5)


def test_the_releasing_school_sees_what_its_staff_had_worked(council: Council) -> None:
    council.entered()
    (own,) = own_staff(council.provider_head, LATER)
    assert (own.agreed, own.confirmed, own.waiting, own.earned) == (12, 5, 0, 87_500)


@pytest.mark.both_databases
def test_it_then_lives_like_any_other_award(council: Council) -> None:
    """Days, a cost and a claim; what is earned before counts with what is earned after."""
    bid = council.entered()
    council.make.payee(council.school)
    council.make.session.commit()
    award = Award(
        council.make, bid, council.head, council.officer, council.fatima, council.make.staff(RoleName.FINANCE)
    )
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    award.spend(4_000)
    found = sum_of(bid)
    assert (found.whole.earned, found.due) == (93_500 + 70_000 + 4_000, 80_000)
    award.pay(award.certify(award.ask()))
    assert ledger.bid_totals(bid.id).paid == 167_500
    award.log(date(2027, 1, 11))
    award.log(date(2027, 1, 12), half_days=1)
    with pytest.raises(Refused, match="the log would have 7 of 6 days"):
        award.log(date(2027, 1, 13))


@pytest.mark.both_databases
def test_the_year_counts_what_was_earned_by_date_of_service(council: Council) -> None:
    council.entered(
        council.award(up_to=date(2026, 3, 31), start_on=date(2026, 1, 5), minuted_on=date(2025, 12, 1))
    )
    (now,) = fund_year(council.fund, 2026).payees
    assert (now.before, now.earned, now.in_year, now.paid, now.accrued) == (93_500, 93_500, 0, 87_500, 6_000)


def test_what_was_paid_before_the_year_ended_is_no_accrual_of_it(council: Council) -> None:
    council.entered(
        council.award(up_to=date(2026, 3, 31), start_on=date(2026, 1, 5), minuted_on=date(2025, 12, 1))
    )
    (then,) = fund_year(council.fund, 2025).payees
    assert (then.earned, then.paid, then.accrued) == (93_500, 87_500, 6_000)


def test_the_register_dates_it_by_its_minute(council: Council) -> None:
    bid = council.entered(council.award(start_on=date(2026, 1, 5), minuted_on=date(2025, 12, 1)))
    (row,) = register.awards(register.Wanted(2025))
    assert (row.reference, row.awarded_on) == (bid.reference, date(2025, 12, 1))
    assert register.awards(register.Wanted(2026)) == []
    assert 2025 in register.years_with_awards()


def test_the_deputy_decides_where_the_chair_is_barred(council: Council) -> None:
    chair, deputy, *others = (seat.user for seat in council.make.panel(council.fund))
    bid = council.entered()
    assert Actor.DECISION_MAKER in actors_for(chair, bid, LATER)
    assert Actor.DECISION_MAKER not in actors_for(deputy, bid, LATER)
    council.make.belongs(chair, council.school)
    council.make.session.commit()
    assert Actor.DECISION_MAKER in actors_for(deputy, bid, LATER)
    assert not any(Actor.DECISION_MAKER in actors_for(user, bid, LATER) for user in others)


def test_what_was_earned_in_this_year_is_this_years(council: Council) -> None:
    council.entered()
    (now,) = fund_year(council.fund, 2026).payees
    assert (now.before, now.in_year, now.paid, now.prepaid) == (0, 93_500, 87_500, 0)


def test_it_is_reported_on_and_closes_at_what_was_earned(council: Council) -> None:
    """What was earned before and is unpaid is claimed with the report; the rest goes back to the fund."""
    bid, impact_officer = council.entered(), council.make.staff(RoleName.IMPACT_OFFICER)
    council.make.payee(council.school)
    impact.end_delivery(bid, "finish_delivery", user=council.officer, now=LATER, version=bid.version)
    report = bid.report
    assert report is not None
    report.state = ReturnState.SUBMITTED
    council.make.session.commit()
    impact.accept_report(
        report, rag=Rag.GREEN, reason="Heads agree", user=impact_officer, now=LATER, version=report.version
    )
    (claim,) = (claim for claim in bid.claims if claim.kind is ClaimKind.FINAL)
    assert claim.pence == 6_000
    payments.certify(claim, user=council.officer, now=LATER, version=claim.version)
    payments.pay(claim, payment_reference="BACS 1", user=council.owen, now=LATER, version=claim.version)
    for feedback in bid.feedback:
        feedback.chased_at = feedback.chased_again_at = LATER
    impact.close(bid, user=impact_officer, now=LATER, version=bid.version)
    found = ledger.bid_totals(bid.id)
    assert (bid.state, found.awarded, found.released, found.paid) == (
        BidState.CLOSED,
        300_000,
        206_500,
        93_500,
    )
    assert (found.outstanding, ledger.totals(council.fund.id).uncommitted) == (0, 1_000_000 - 93_500)


def test_what_was_paid_before_and_not_earned_comes_back(council: Council) -> None:
    days, travel = council.award().lines
    bid = council.entered(council.award(lines=(days._replace(earned=2), travel._replace(earned=0))))
    report = bid.report
    assert report is not None
    impact.end_delivery(bid, "finish_delivery", user=council.officer, now=LATER, version=bid.version)
    report.state = ReturnState.SUBMITTED
    council.make.session.commit()
    officer = council.make.staff(RoleName.IMPACT_OFFICER)
    impact.accept_report(
        report, rag=Rag.GREEN, reason="Heads agree", user=officer, now=LATER, version=report.version
    )
    assert [(r.school, r.pence) for r in recoveries_of(bid)] == [(council.school, 87_500 - 35_000)]


# -- what was paid before was entered wrongly ------------------------------------------------------


def put_right(council: Council, bid: Bid, right: int) -> Claim:
    """What was paid before, with another amount in its place."""
    (claim,) = bid.claims
    reversal = reversals.request(
        claim, reason="Misread", right=right, user=council.owen, now=LATER, version=claim.version
    )
    reversals.approve(reversal, user=council.fatima, now=LATER, version=reversal.version)
    return claim


@pytest.mark.both_databases
@pytest.mark.parametrize("right", [0, 80_000, 100_000])
def test_what_was_paid_before_is_put_right_and_never_paid_again(council: Council, right: int) -> None:
    bid = council.entered()
    wrong = put_right(council, bid, right)
    assert wrong.state is ClaimState.REFUSED
    assert [(c.kind, c.state, c.pence) for c in bid.claims if c is not wrong] == (
        [(ClaimKind.OPENING, ClaimState.PAID, right)] if right else []
    )
    found = ledger.bid_totals(bid.id)
    assert (found.paid, found.outstanding) == (right, 300_000 - right)
    assert sum_of(bid).due == max(93_500 - right, 0)
    (subject,) = (s for s in subjects(council.make, council.head.name) if "put right" in s)
    assert subject == f"{wrong.reference}: what was paid before is put right"
    letter = council.make.session.scalars(select(Letter).where(Letter.subject == subject)).first()
    assert letter is not None
    assert "We will pay" not in letter.body
    assert f"£{right / 100:,.2f} was paid before, not £875.00. Misread" in letter.body


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (None, "Say what was paid before"),
        (87_500, "stands here already"),
        (300_001, r"At most £3,000\.00 of the award can have been paid to Larkfield"),
    ],
)
def test_no_other_amount_was_paid_before(council: Council, right: int | None, words: str) -> None:
    (claim,) = council.entered().claims
    with pytest.raises(Refused, match=words):
        reversals.request(
            claim, reason="Misread", right=right, user=council.owen, now=LATER, version=claim.version
        )
