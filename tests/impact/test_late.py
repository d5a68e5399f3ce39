"""A late report: seen at once, reminded of, let pass, or held for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fundflow.applications import operations as bids
from fundflow.applications.queries import reports_that_warn
from fundflow.clock.reminder_letters import write_reminders
from fundflow.impact import corrections, operations
from fundflow.impact.desk import Waiting, desk_of
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.letter import Letter
from fundflow.models.payment_block import BlockKind
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.payments import operations as payments
from fundflow.rules.payment_blocks import report_is_overdue, standing_blocks, why_report_overdue
from fundflow.rules.returns import late_of_school, why_bids_held
from fundflow.steps import open_steps
from fundflow.workflow.application import UNDER_WAY, BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.working_days import add_working_days
from tests.factories import Make
from tests.impact.conftest import Ended, SignIn, an_ended_bid, letters_to


@pytest.fixture
def late(make: Make) -> Ended:
    """A report that fell due on 14 June 2027 and has not come."""
    ended = an_ended_bid(make)
    ended.report.state = ReturnState.DUE
    ended.report.due_on = ended.bid.due_on = date(2027, 6, 14)
    make.session.commit()
    return ended


def days_late(late: Ended, days: int) -> datetime:
    day = add_working_days(late.report.due_on, days)
    return datetime(day.year, day.month, day.day, 10, 0, tzinfo=UTC)


def hold(late: Ended, days: int = 20, user: User | None = None) -> None:
    operations.hold_for_it(
        late.report,
        reason="Nobody answers",
        user=user or late.impact_officer,
        now=days_late(late, days),
        version=late.report.version,
    )


def let_pass(late: Ended, days: int = 20) -> None:
    operations.let_pass(
        late.report,
        reason="The head is ill",
        user=late.impact_officer,
        now=days_late(late, days),
        version=late.report.version,
    )


def steps(late: Ended, days: int, user: User | None = None) -> list[str]:
    opened = open_steps(late.report, user or late.impact_officer, days_late(late, days))
    return [one.step.name for one in opened if one.reason is None]


def test_a_late_report_stands_on_the_desk_from_its_first_day(late: Ended) -> None:
    due, is_late = (
        {
            heading.title: [row.late for row in heading.rows if isinstance(row, Waiting)]
            for heading in desk_of(late.impact_officer, at)
        }
        for at in (days_late(late, 0), days_late(late, 1))
    )
    assert (due["Due soon"], due["Late"]) == ([0], [])
    assert (is_late["Due soon"], is_late["Late"]) == ([], [1])


def test_my_work_of_the_impact_officer_lists_it(late: Ended, sign_in: SignIn) -> None:
    import time_machine

    with time_machine.travel(days_late(late, 1), tick=False):
        page = sign_in(late.impact_officer).get("/work").text
    assert "Chase a late final report" in page
    assert late.bid.reference in page


def test_the_ladder_day_by_day(late: Ended) -> None:
    told = {}
    for days in (1, 2, 10, 20, 40):
        before = {one.id for one in late.make.session.query(Letter)}
        write_reminders(days_late(late, days))
        new = [one for one in late.make.session.query(Letter) if one.id not in before]
        told[days] = sorted(one.recipient for one in new if one.bid_id == late.bid.id)
    school_and_officer = ["impact_officer", "school"]
    assert told == {
        1: school_and_officer,
        2: [],
        10: ["school"],
        20: school_and_officer,
        40: ["impact_officer"],
    }


def test_payments_and_bids_are_held_from_the_twentieth_day(late: Ended) -> None:
    assert steps(late, 0) == []
    assert steps(late, 19) == ["let_pass"]
    assert steps(late, 20) == ["let_pass", "hold_for_it"]
    assert steps(late, 20, late.officer) == ["let_pass", "hold_for_it"]
    assert steps(late, 20, late.head) == []
    with pytest.raises(Refused, match=r"from 12 July 2027, 20 working days after it was due\."):
        hold(late, 19)


@pytest.mark.both_databases
def test_while_it_is_held_for_nothing_is_paid_and_no_bid_is_submitted(late: Ended) -> None:
    other = late.make.bid(state=BidState.DRAFT, lead=late.bid.lead_school, leader=late.head)
    assert why_bids_held(other) is None
    hold(late)
    (block,) = standing_blocks(late.bid)
    assert (block.kind, block.reason) == (BlockKind.REPORT, "Nobody answers")
    at = days_late(late, 21)
    assert why_bids_held(other) == (
        f"The report on {late.bid.reference} was due on 14 June 2027. The council holds the school’s next "
        "bid until it is accepted."
    )
    with pytest.raises(Refused, match="The council holds the school’s next bid"):
        bids.submit(other, agreement=True, user=late.head, now=at, version=other.version)
    elsewhere = late.make.bid(state=BidState.DRAFT)
    assert why_bids_held(elsewhere) is None


def test_letting_it_pass_lifts_the_block_and_warns_no_more(late: Ended) -> None:
    hold(late)
    assert why_report_overdue(late.bid, days_late(late, 20).date())
    let_pass(late, 22)
    assert standing_blocks(late.bid) == []
    assert why_report_overdue(late.bid, days_late(late, 22).date()) is None
    (row,) = late_of_school(late.bid, days_late(late, 22).date())
    assert (row.is_let_pass, row.is_held, row.reason) == (True, False, "The head is ill")
    assert steps(late, 22) == ["hold_for_it"]  # minds can change
    body = late.make.session.query(Letter).filter(Letter.subject.like("%no longer counts%")).one().body
    assert "The head is ill" in body


def test_accepting_the_report_lifts_what_was_held_for_it(late: Ended) -> None:
    hold(late)
    late.write()
    late.send()
    assert standing_blocks(late.bid)
    late.accept(Rag.GREEN)
    assert standing_blocks(late.bid) == []
    assert late.report.held_at is None


def test_a_block_that_others_put_stays(late: Ended) -> None:
    from fundflow.payments import blocks

    at = days_late(late, 20) - timedelta(days=1)
    blocks.block(
        late.bid, kind=BlockKind.REPORT, reason="x", user=late.officer, now=at, version=late.bid.version
    )
    hold(late)
    let_pass(late)
    assert [block.reason for block in standing_blocks(late.bid)] == ["x"]


def test_whoever_is_barred_neither_lets_it_pass_nor_holds(late: Ended) -> None:
    inside = late.make.member(late.bid.providers[0])
    late.make.role(inside, RoleName.IMPACT_OFFICER)
    with pytest.raises(Refused, match="your school"):
        hold(late, user=inside)


def test_the_school_is_warned_on_its_next_bids_form(late: Ended, sign_in: SignIn) -> None:
    import time_machine

    other = late.make.bid(state=BidState.DRAFT, lead=late.bid.lead_school, leader=late.head)
    late.make.session.commit()
    words = f"on {late.bid.reference} was due on 14 June 2027."
    for days, shown in ((19, False), (20, True)):
        with time_machine.travel(days_late(late, days), tick=False):
            page = sign_in(late.head).get(f"/bids/{other.reference}/form").text
        assert (words in " ".join(page.split())) is shown


def late_correction(late: Ended) -> None:
    """Of the accepted report of a closed bid, asked for on 14 June 2027 and not sent."""
    late.write()
    late.send()
    late.accept(Rag.GREEN)
    late.bid.state = BidState.CLOSED
    at = days_late(late, 0)
    corrections.correct(
        late.report, reason="Wrong days", user=late.impact_officer, now=at, version=late.report.version
    )
    late.report.answer_by = date(2027, 6, 14)
    late.make.session.commit()


def said_to_panel(late: Ended) -> str:
    other = late.make.bid(state=BidState.DRAFT, lead=late.bid.lead_school, leader=late.head)
    (row,) = late_of_school(other, days_late(late, 20).date())
    return row.owed


def written(late: Ended, at: datetime) -> dict[str, Letter]:
    before = {one.id for one in late.make.session.query(Letter)}
    write_reminders(at)
    new = [one for one in late.make.session.query(Letter) if one.id not in before]
    return {one.recipient: one for one in new if one.bid_id == late.bid.id}


def test_a_late_answer_is_no_report_that_never_came(late: Ended) -> None:
    late.report.state, late.report.answer_by = ReturnState.RETURNED, date(2027, 6, 14)
    late.make.session.commit()
    assert said_to_panel(late) == "answer about the final report"
    told = written(late, days_late(late, 20))
    assert "’s answer about the report is 20 working days late" in told["impact_officer"].subject
    hold(late)
    letter = letters_to(late.head)[-1]
    assert letter.subject.endswith("payments and your next bid wait for your answer about the report")
    other = late.make.bid(state=BidState.DRAFT, lead=late.bid.lead_school, leader=late.head)
    assert str(why_bids_held(other)).startswith("The answer about the report on ")


def test_a_late_correction_is_named_and_payments_are_held_only_where_there_are_some(late: Ended) -> None:
    late_correction(late)
    finance = late.make.staff(RoleName.FINANCE)
    late.make.session.commit()
    assert said_to_panel(late) == "corrected final report"
    told = written(late, days_late(late, 20))
    assert "have not had the corrected version" in told["school"].body
    assert "next bid may be held up" in told["school"].body
    hold(late)
    assert standing_blocks(late.bid) == []
    letter = letters_to(late.head)[-1]
    assert letter.subject.endswith(": your next bid waits for your corrected report")
    assert "Until we have accepted it your school can’t submit another bid." in letter.body
    assert not letters_to(finance)


def held_interim(late: Ended) -> ImpactReturn:
    """An interim report that payments and bids are held for, while the support is under way."""
    late.report.state = ReturnState.SCHEDULED
    late.bid.state = BidState.IN_DELIVERY
    interim = ImpactReturn(kind=ReturnKind.INTERIM, state=ReturnState.DUE, due_on=date(2027, 3, 1))
    late.bid.returns.insert(0, interim)
    late.make.session.commit()
    at = days_late(late, 0)
    operations.hold_for_it(
        interim, reason="Nobody answers", user=late.officer, now=at, version=interim.version
    )
    assert standing_blocks(late.bid)
    return interim


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["reach_end_date", "finish_delivery", "terminate"])
def test_what_is_held_for_an_interim_report_ends_with_the_support(late: Ended, how: str) -> None:
    interim, at = held_interim(late), days_late(late, 1)
    if how == "terminate":
        chair = late.make.seat(late.bid.fund, position=SeatPosition.CHAIR).user
        late.bid.termination_asked_at = at
        late.make.session.commit()
        payments.terminate(late.bid, reason="x", user=chair, now=at, version=late.bid.version)
    else:
        by_clock = how == "reach_end_date"
        user, version = (None, None) if by_clock else (late.officer, late.bid.version)
        operations.end_delivery(late.bid, how, user=user, now=at, version=version)
    assert (standing_blocks(late.bid), interim.held_at) == ([], None)


def test_what_is_held_for_a_final_report_ends_where_the_support_goes_on(late: Ended) -> None:
    hold(late)
    late.bid.end_on = date(2027, 12, 17)
    late.make.session.commit()
    operations.go_on_delivering(
        late.bid, reason="x", user=late.officer, now=days_late(late, 21), version=late.bid.version
    )
    assert (standing_blocks(late.bid), late.report.held_at) == ([], None)


def test_a_follow_up_report_holds_nothing_up(late: Ended) -> None:
    late.report.state = ReturnState.ACCEPTED
    late.report.rag = Rag.GREEN
    late.bid.state = BidState.CLOSED
    follow_up = ImpactReturn(kind=ReturnKind.FOLLOW_UP, state=ReturnState.DUE, due_on=late.report.due_on)
    late.bid.returns.append(follow_up)
    late.make.session.commit()
    at = days_late(late, 30)
    for user in (late.impact_officer, late.officer):
        opened = [one.step.name for one in open_steps(follow_up, user, at)]
        assert "hold_for_it" not in opened
    assert why_report_overdue(late.bid, at.date()) is None
    session = late.make.session
    assert session.query(Bid).filter(Bid.id == late.bid.id, report_is_overdue(at.date())).all() == []
    assert reports_that_warn(late.bid, at) == []
    assert late_of_school(late.bid, at.date())  # the panel still reads that it is late
    follow_up.held_at = at
    session.flush()
    assert why_bids_held(late.bid) is None


def test_lateness_that_was_let_pass_does_not_cover_a_late_answer(late: Ended) -> None:
    let_pass(late)
    late.write()
    late.send()
    one = late.report
    operations.return_report(
        one, reason="Which year?", user=late.impact_officer, now=days_late(late, 23), version=one.version
    )
    assert one.waived_at is None
    assert one.answer_by
    after = one.answer_by + timedelta(days=1)
    assert why_report_overdue(late.bid, after)


@pytest.mark.parametrize("state", sorted({*UNDER_WAY, BidState.CLOSED, BidState.TERMINATED}, key=str))
def test_a_report_knows_whether_its_bid_still_asks_for_it(make: Make, state: BidState) -> None:
    """`off` is kept by the events of a bid's state and reports: it says what the sentence says."""
    bid = make.bid(state=BidState.IN_DELIVERY)
    bid.returns[:] = [ImpactReturn(kind=kind, number=1, due_on=date(2027, 6, 14)) for kind in ReturnKind]
    bid.state = state
    later = ImpactReturn(kind=ReturnKind.FINAL, number=2, due_on=date(2027, 6, 14))
    bid.returns.append(later)
    for report in bid.returns[:3]:
        assert report.off is (report.why_not_open() not in (None, "The support is still under way."))
    assert later.off is False  # a correction is asked for by itself
