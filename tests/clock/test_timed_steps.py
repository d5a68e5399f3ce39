from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow import ledger
from fundflow.clock import tick, timed_steps
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName, SignInAttempt
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make

S = BidState
DAY = timedelta(days=1)


def steps_taken(session: Session) -> list[str]:
    return list(session.scalars(select(HistoryEntry.step).order_by(HistoryEntry.id)))


def letters(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Letter)) or 0


def test_an_offer_lapses_on_the_day_after_its_last_and_frees_the_money(make: Make, session: Session) -> None:
    make.staff(RoleName.FINANCE)
    bid = make.bid(state=S.OFFERED)
    free = ledger.totals(bid.fund_id).free
    last = bid.offer.reply_by
    tick(NOW.replace(month=last.month, day=last.day))
    assert bid.state is S.OFFERED
    now = NOW.replace(month=last.month, day=last.day) + DAY
    tick(now)
    assert bid.state is S.NOT_TAKEN_UP
    assert (bid.offer.ended_at, bid.offer.ended_how, bid.due_on) == (now, "lapsed", None)
    assert ledger.totals(bid.fund_id).free == free + 300_000
    assert "lapse_offer" in steps_taken(session)
    told = session.scalars(select(Letter.recipient).where(Letter.subject.contains("offer"))).all()
    assert {"school", "officer", "finance"} <= set(told)


def test_the_clock_takes_each_step_once_however_often_it_ticks(make: Make, session: Session) -> None:
    make.staff(RoleName.IMPACT_OFFICER)
    make.bid(state=S.OFFERED)
    make.bid(state=S.IN_DELIVERY)
    now = NOW + timedelta(days=300)
    assert tick(now) > 0
    taken, written = steps_taken(session), letters(session)
    for minutes in range(1, 4):
        assert tick(now + timedelta(minutes=minutes)) == 0
    assert (steps_taken(session), letters(session)) == (taken, written)


def test_when_the_support_ends_the_report_is_due_and_feedback_is_asked_for(
    make: Make, session: Session
) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    assert bid.end_on
    last = NOW + (bid.end_on - NOW.date())
    tick(last)
    assert bid.state is S.IN_DELIVERY
    tick(last + DAY)
    assert bid.state is S.IN_MONITORING
    assert bid.report
    assert bid.report.state is ReturnState.SCHEDULED
    assert bid.due_on == bid.report.due_on
    assert [feedback.school for feedback in bid.feedback] == [bid.lead_school]
    letter = session.scalars(select(Letter).where(Letter.recipient == "school")).one()
    assert "Rate the support" in letter.body


def test_support_that_is_paused_does_not_end_by_itself(make: Make) -> None:
    bid = make.bid(state=S.SUSPENDED)
    tick(NOW + timedelta(days=300))
    assert bid.state is S.SUSPENDED


def test_a_report_falls_due_five_working_days_before_its_date(make: Make) -> None:
    bid = make.bid(state=S.IN_MONITORING)
    assert bid.report
    bid.report.due_on = date(2026, 11, 25)  # a Wednesday
    tick(NOW - DAY)
    assert bid.report.state is ReturnState.SCHEDULED
    tick(NOW)
    assert bid.report.state is ReturnState.DUE


def test_one_bid_that_can_not_be_handled_stops_none_of_the_others(
    make: Make, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = make.bid(state=S.OFFERED), make.bid(state=S.OFFERED)
    session.commit()
    take = timed_steps.take_step

    def stumble(bid: Bid, *args: Any, **options: Any) -> Any:
        if bid.id == broken.id:
            raise RuntimeError("a template is broken")
        return take(bid, *args, **options)

    monkeypatch.setattr(timed_steps, "take_step", stumble)
    tick(NOW + timedelta(days=60))
    assert broken.state is S.OFFERED
    assert broken.offer.ended_at is None
    assert fine.state is S.NOT_TAKEN_UP


def test_old_sign_in_attempts_and_long_ended_links_are_forgotten(make: Make, session: Session) -> None:
    user = make.user()
    session.add_all(
        [
            SignInAttempt(subject="a", at=NOW - timedelta(hours=25)),
            SignInAttempt(subject="b", at=NOW - timedelta(hours=23)),
            *(
                OneTimeLink(
                    purpose=LinkPurpose.SIGN_IN,
                    user_id=user.id,
                    token_hash=str(days),
                    minted_at=NOW,
                    expires_at=NOW - timedelta(days=days),
                )
                for days in (89, 91)
            ),
        ]
    )
    session.commit()
    tick(NOW)
    assert list(session.scalars(select(SignInAttempt.subject))) == ["b"]
    assert list(session.scalars(select(OneTimeLink.token_hash))) == ["89"]
