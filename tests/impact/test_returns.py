"""The reports of a bid: which are asked for and when, and what each of them asks and does."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.impact import operations
from fundflow.impact.operations import Given
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.letter import Letter
from fundflow.models.payment import ClaimKind
from fundflow.models.person import RoleName, Standing
from fundflow.payments import operations as payments
from fundflow.rules import returns
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from tests.factories import Make
from tests.payments.conftest import LATER, Award, an_award

INTERIM, FINAL, FOLLOW_UP = ReturnKind.INTERIM, ReturnKind.FINAL, ReturnKind.FOLLOW_UP
FUND = SimpleNamespace(
    returns_from_pence=500_000,
    asks_interim=True,
    asks_follow_up=True,
    follow_up_months=12,
    report_days=20,
    schools_off=frozenset(),
)
START, END, BEFORE = date(2027, 1, 4), date(2027, 6, 30), date(2026, 12, 1)
HALF_WAY = date(2027, 4, 2)


@pytest.mark.parametrize(
    ("pence", "end", "today", "fund", "kinds"),
    [
        (499_999, END, BEFORE, {}, [FINAL]),
        (500_000, END, BEFORE, {}, [INTERIM, FINAL, FOLLOW_UP]),
        (500_000, date(2027, 5, 3), BEFORE, {}, [FINAL, FOLLOW_UP]),  # under a term
        (500_000, date(2027, 5, 4), BEFORE, {}, [INTERIM, FINAL, FOLLOW_UP]),
        (500_000, END, HALF_WAY, {}, [FINAL, FOLLOW_UP]),  # entered past half-time
        (500_000, END, BEFORE, {"asks_interim": False}, [FINAL, FOLLOW_UP]),
        (500_000, END, BEFORE, {"asks_follow_up": False}, [INTERIM, FINAL]),
        (500_000, END, BEFORE, {"returns_from_pence": 500_001}, [FINAL]),
    ],
)
def test_the_amount_and_the_funds_rule_say_which_reports_are_asked_for(
    pence, end, today, fund, kinds
) -> None:
    rule = SimpleNamespace(**{**vars(FUND), **fund})
    assert [one.kind for one in returns.planned(rule, START, end, pence, today)] == kinds


def test_they_are_due_at_half_time_twenty_days_after_the_end_and_a_year_later() -> None:
    found = returns.planned(FUND, START, END, 983_120, BEFORE)  # type: ignore[arg-type]
    assert [one.due_on for one in found] == [HALF_WAY, date(2027, 7, 28), date(2028, 6, 30)]


def in_three(make: Make) -> Award:
    """A £3,000 award at 50/30/20, its advance paid, of a fund that asks for every report from nothing up;
    half-time is today."""
    fund = make.fund(lean_advance_percent=50, lean_half_time_percent=30, returns_from_pence=0)
    award = an_award(make, fund=fund)
    award.pay(award.certify(award.advance(150_000)))
    award.bid.returns.insert(0, ImpactReturn(kind=INTERIM, due_on=LATER.date()))
    award.bid.returns.append(ImpactReturn(kind=FOLLOW_UP, due_on=date(2028, 5, 17)))
    make.session.commit()
    return award


def report(award: Award, kind: ReturnKind = INTERIM) -> ImpactReturn:
    found = award.bid.return_of(kind)
    assert found
    return found


def write(award: Award, kind: ReturnKind = INTERIM, value: str = "62", now: datetime = LATER, **said) -> None:
    one = report(award, kind)
    results = {o.id: Given(Decimal(value), now.date(), **said.pop("result", {})) for o in award.bid.outcomes}
    answers = {"helped": "Time to plan", **said}
    operations.save_report(
        one, results=results, answers=answers, user=award.head, now=now, version=one.version
    )


def send(award: Award, kind: ReturnKind = INTERIM, now: datetime = LATER) -> None:
    one = report(award, kind)
    operations.submit_report(one, user=award.head, now=now, version=one.version)


def accept(
    award: Award, make: Make, kind: ReturnKind = INTERIM, rag: Rag = Rag.TOO_EARLY, reason: str = ""
) -> None:
    one, officer = report(award, kind), make.staff(RoleName.IMPACT_OFFICER)
    operations.accept_report(one, rag=rag, reason=reason, user=officer, now=LATER, version=one.version)


@pytest.mark.both_databases
def test_the_accepted_interim_report_raises_the_claim_for_the_second_share(make: Make) -> None:
    award = in_three(make)
    write(award)
    send(award)
    assert award.bid.half_time_at is None
    accept(award, make, reason="Going well")
    claim = award.bid.claims[-1]
    assert (claim.kind, claim.state, claim.pence) == (ClaimKind.HALF_TIME, ClaimState.SUBMITTED, 90_000)
    assert (report(award).state, report(award).rag) == (ReturnState.ACCEPTED, Rag.TOO_EARLY)
    letters = {one.recipient: one.body for one in make.session.query(Letter) if "interim report" in one.body}
    assert "We check and pay the next share of your award, £900.00." in letters["school"]
    assert "Our comment\n  Going well" in letters["school"]
    assert "Check the claim for the second share, £900.00" in letters["finance"]


def test_half_time_is_never_recorded_where_the_interim_report_decides(make: Make) -> None:
    award = in_three(make)
    with pytest.raises(Refused, match="falls due as the interim report is accepted"):
        payments.record_half_time(award.bid, user=award.officer, now=LATER, version=award.bid.version)


def test_an_interim_report_settles_nothing_and_a_second_acceptance_pays_nothing(make: Make) -> None:
    award = in_three(make)
    write(award)
    send(award)
    accept(award, make)
    claims = len(award.bid.claims)
    assert not award.bid.has_accepted_report()
    with pytest.raises(Refused, match="can no longer be done"):
        accept(award, make)
    assert len(award.bid.claims) == claims


def test_each_kind_is_accepted_by_its_own_step(make: Make) -> None:
    award = in_three(make)
    write(award)
    send(award)
    one, officer = report(award), make.staff(RoleName.IMPACT_OFFICER)
    workflow = one.workflow
    from fundflow.steps import open_steps

    offered = [open_.step.name for open_ in open_steps(one, officer, LATER)]
    assert offered == ["return", "accept_interim"]
    assert {"accept", "accept_follow_up"} <= set(workflow.step_names())


def test_an_interim_report_is_written_at_any_time_and_sent_from_half_time_on(make: Make) -> None:
    award = in_three(make)
    report(award).due_on = date(2027, 2, 26)
    make.session.commit()
    write(award)
    with pytest.raises(Refused, match="The report falls due on 26 February 2027"):
        send(award)
    send(award, now=datetime(2027, 2, 19, 9, 0, tzinfo=UTC))
    assert report(award).state is ReturnState.SUBMITTED


def test_only_the_head_sends_what_the_team_prepares(make: Make) -> None:
    award = in_three(make)
    write(award)
    team = make.member(award.bid.lead_school, Standing.TEAM)
    with pytest.raises(Refused, match="Only the head"):
        operations.submit_report(report(award), user=team, now=LATER, version=report(award).version)


def test_the_final_report_takes_the_place_of_an_interim_that_never_came(make: Make) -> None:
    award = in_three(make)
    award.bid.state = BidState.IN_MONITORING
    assert report(award).why_not_open() == "The support has ended, so the final report takes its place."
    with pytest.raises(Refused, match="takes its place"):
        write(award)


def test_a_follow_up_waits_for_its_day_also_after_closing_and_moves_no_money(make: Make) -> None:
    award = in_three(make)
    award.bid.state = BidState.CLOSED
    make.session.commit()
    assert not report(award, FOLLOW_UP).is_editable
    claims = len(award.bid.claims)
    day = datetime(2028, 5, 10, 9, 0, tzinfo=UTC)
    take_timed_steps(day)
    assert report(award, FOLLOW_UP).state is ReturnState.DUE
    write(award, FOLLOW_UP, "76", now=day)
    send(award, FOLLOW_UP, now=day)
    accept(award, make, FOLLOW_UP, Rag.GREEN, "It has lasted")
    assert (report(award, FOLLOW_UP).rag, award.bid.state) == (Rag.GREEN, BidState.CLOSED)
    assert len(award.bid.claims) == claims


def test_a_bid_closes_without_its_follow_up(make: Make) -> None:
    award = in_three(make)
    report(award, FINAL).state, report(award, FINAL).rag = ReturnState.ACCEPTED, Rag.GREEN
    assert award.bid.has_accepted_report()


def test_a_stopped_bid_says_that_no_report_is_asked_for(make: Make) -> None:
    award = an_award(make, BidState.TERMINATED)
    assert report(award, FINAL).why_not_open() == "The funding was stopped, so no report is asked for."


def test_an_interim_says_what_helped_or_hindered_before_it_is_sent(make: Make) -> None:
    award = in_three(make)
    write(award, helped="")
    with pytest.raises(Refused, match="Enter what helped, or what got in the way, first"):
        send(award)
    write(award, helped="", hindered="Illness")
    send(award)


NEXT = {"next_step": "Weekly coaching", "next_owner": "The deputy head", "next_on": date(2027, 9, 30)}


def test_an_outcome_off_track_wants_a_next_step_with_an_owner_and_a_date(make: Make) -> None:
    award = in_three(make)
    award.bid.outcomes[0].target_on = LATER.date()
    write(award, value="66")  # 44% of the way, on its target's day
    with pytest.raises(Refused, match="Enter the next step for “Phonics standard”, who takes it and by when"):
        send(award)
    write(award, value="66", result={**NEXT, "next_owner": ""})
    with pytest.raises(Refused, match="Enter the next step"):
        send(award)
    write(award, value="66", result=NEXT)
    send(award)


def test_dates_that_move_take_the_reports_with_them_unless_they_were_sent(make: Make) -> None:
    award = in_three(make)
    start = award.bid.start_on
    assert start
    returns.move(award.bid, start, date(2027, 7, 30), start)
    assert report(award).due_on == start + (date(2027, 7, 30) - start) // 2
    assert report(award, FOLLOW_UP).due_on == date(2028, 7, 30)
    assert award.bid.due_on == report(award, FINAL).due_on == date(2027, 8, 27)
    report(award).state = ReturnState.SUBMITTED
    returns.move(award.bid, start, date(2027, 5, 17), start)
    assert report(award).due_on != start + (date(2027, 5, 17) - start) // 2


def test_dates_that_move_back_leave_time_for_an_interim_report(make: Make) -> None:
    award = in_three(make)
    start = award.bid.start_on
    assert start
    returns.move(award.bid, start, date(2027, 5, 17), date(2027, 5, 10))
    assert report(award).due_on == date(2027, 5, 17)  # five working days from the change


def test_an_interim_report_that_pays_nothing_announces_no_money(make: Make) -> None:
    award = in_three(make)
    award.bid.half_time_at = LATER  # as where nothing is paid at half-time
    make.session.commit()
    write(award)
    send(award)
    claims = len(award.bid.claims)
    accept(award, make)
    assert len(award.bid.claims) == claims
    letters = make.session.query(Letter).filter(Letter.subject.like("%interim report%")).all()
    assert {one.recipient for one in letters} >= {"school", "officer", "finance"}
    for one in letters:
        if "accepted" in one.subject:
            assert "£" not in one.subject + one.body.split("The rest, up to")[0], one.recipient


def test_an_interim_report_that_was_sent_is_accepted_but_not_returned_after_the_end(make: Make) -> None:
    award = in_three(make)
    write(award)
    send(award)
    award.bid.state = BidState.IN_MONITORING
    make.session.commit()
    officer, one = make.staff(RoleName.IMPACT_OFFICER), report(award)
    with pytest.raises(Refused, match="takes its place"):
        operations.return_report(one, reason="x", user=officer, now=LATER, version=one.version)
    make.session.rollback()
    final = report(award, FINAL)
    final.state, final.rag = ReturnState.ACCEPTED, Rag.GREEN
    make.session.commit()
    with pytest.raises(Refused, match="The interim report was sent and has not been checked yet"):
        operations.close(award.bid, user=officer, now=LATER, version=award.bid.version)
    make.session.rollback()
    accept(award, make)
    assert award.bid.report_to_check is None


def test_no_report_of_a_stopped_bid_is_accepted(make: Make) -> None:
    award = in_three(make)
    award.bid.state = BidState.TERMINATED
    for kind in ReturnKind:
        report(award, kind).state = ReturnState.SUBMITTED
    make.session.commit()
    for kind in ReturnKind:
        with pytest.raises(Refused, match="The funding was stopped"):
            accept(award, make, kind)
        make.session.rollback()
    assert award.bid.half_time_at is None


def test_a_follow_up_report_that_was_sent_holds_up_no_closing(make: Make) -> None:
    award = in_three(make)
    report(award, FOLLOW_UP).state = ReturnState.SUBMITTED
    assert award.bid.report_to_check is None
    report(award).state = ReturnState.SUBMITTED
    assert award.bid.report_to_check is report(award)
