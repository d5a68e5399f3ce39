"""Reminders in working days. The tests' clock stands on Wednesday 18 November 2026, 10:00."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.clock import tick
from fundflow.clock.reminders import REMINDERS
from fundflow.extensions import db
from fundflow.letters.rendering import FOLDER, environment
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, RoleName
from fundflow.workflow.application import BidState
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make

S = BidState


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def reminders(session: Session) -> list[Letter]:
    query = select(Letter).where(Letter.key.contains(":reminder-") | Letter.key.contains(":overdue-"))
    return list(session.scalars(query.order_by(Letter.id)))


def told_on(session: Session, *days: date) -> dict[date, list[str]]:
    """Who was reminded on each of these days: recipients, by day."""
    told, known = {}, len(reminders(session))
    for day in days:
        tick(at(day))
        told[day] = sorted(letter.recipient for letter in reminders(session)[known:])
        known = len(reminders(session))
    return told


def november(*days: int) -> list[date]:
    return [date(2026, 11, day) for day in days]


# -- offers ----------------------------------------------------------------------------------------


def test_an_offer_is_remembered_five_and_one_working_days_before_it_ends(
    make: Make, session: Session
) -> None:
    bid = make.bid(state=S.OFFERED)
    bid.offer.reply_by = date(2026, 11, 30)  # a Monday
    told = told_on(session, *november(20, 23, 24, 25, 26, 27, 28, 29, 30))
    assert {day.day for day, who in told.items() if who == ["school"]} == {23, 27}
    first, second = reminders(session)
    head = first.email
    assert first.key == f"offer:{bid.offer.id}:2026-11-30:reminder-5:{head}"
    assert second.key == f"offer:{bid.offer.id}:2026-11-30:reminder-1:{head}"
    assert first.subject == f"{bid.reference}: accept our offer of £3,000 by 30 November"
    assert first.outside


def test_after_a_standstill_only_the_latest_reminder_is_written(make: Make, session: Session) -> None:
    bid = make.bid(state=S.OFFERED)
    bid.offer.reply_by = date(2026, 11, 30)
    told_on(session, *november(30))
    assert [letter.key.split(":")[3] for letter in reminders(session)] == ["reminder-1"]


def test_no_reminder_once_the_school_has_replied(make: Make, session: Session) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    bid.offer.reply_by = NOW.date() + timedelta(days=1)
    tick(NOW)
    assert reminders(session) == []


def test_reminders_keep_office_hours(make: Make, session: Session) -> None:
    bid = make.bid(state=S.OFFERED)
    bid.offer.reply_by = date(2026, 11, 23)  # a Monday
    tick(at(date(2026, 11, 20), 3))
    tick(at(date(2026, 11, 21)))  # a Saturday
    assert reminders(session) == []
    tick(at(date(2026, 11, 23), 7))
    assert len(reminders(session)) == 1


# -- words that others give ------------------------------------------------------------------------


def test_a_partner_is_reminded_and_the_officer_told_when_they_do_not_answer(
    make: Make, session: Session
) -> None:
    make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.SUBMITTED)
    bid.state_since = at(date(2026, 11, 25))
    bid.confirmations[0].due_on = date(2026, 11, 27)  # a Friday
    told = told_on(session, *november(23, 24, 25, 27, 30))
    assert {day.day: who for day, who in told.items() if who} == {24: ["partner"], 30: ["officer"]}
    partner, officer = reminders(session)
    assert partner.email == "head@provider.example"
    assert officer.status is LetterStatus.IN_DIGEST


def test_an_approver_is_reminded_with_a_link_and_only_while_asked(make: Make, session: Session) -> None:
    bid = make.bid(state=S.SUBMITTED)
    make.confirmed(bid)
    approval = Approval(
        name="Chris", email="Chris@x.example", role="governors", asked_at=NOW, due_on=date(2026, 11, 20)
    )
    bid.approvals = [approval]
    tick(NOW)
    letter = reminders(session)[0]
    assert (letter.recipient, letter.link_purpose) == ("approver", LinkPurpose.ANSWER)
    approval.state, approval.answered_at = ApprovalState.SIGNED, NOW
    assert told_on(session, *november(23)) == {date(2026, 11, 23): []}


# -- answers, and the officer ----------------------------------------------------------------------


def test_a_school_is_reminded_to_answer_and_then_the_officer_is_asked_what_to_do(
    make: Make, session: Session
) -> None:
    bid = make.bid(state=S.RETURNED)
    make.confirmed(bid)
    bid.due_on = date(2026, 11, 27)
    told = told_on(session, *november(23, 24, 26, 27, 30), date(2026, 12, 7))
    assert {day.day: who for day, who in told.items() if who} == {24: ["school"], 30: ["officer"]}
    assert bid.state is S.RETURNED  # no automatic withdrawal


@pytest.mark.parametrize("state", [S.SUBMITTED, S.IN_REVIEW])
def test_the_officer_is_reminded_after_ten_working_days(
    make: Make, session: Session, state: BidState
) -> None:
    make.staff(RoleName.OFFICER)
    bid = make.bid(state=state)
    make.confirmed(bid)
    told = told_on(session, date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3))
    assert [day.isoformat() for day, who in told.items() if who == ["officer"]] == ["2026-12-02"]
    assert "waiting for you since 18 November" in reminders(session)[0].subject


# -- reports ---------------------------------------------------------------------------------------


@pytest.fixture
def late(make: Make) -> Bid:
    """A bid whose report was due on Friday 30 October 2026."""
    make.staff(RoleName.IMPACT_OFFICER)
    bid = make.bid(state=S.IN_MONITORING)
    assert bid.report
    bid.report.due_on, bid.report.state = date(2026, 10, 30), ReturnState.DUE
    bid.approvals = [
        Approval(
            name="Chris",
            email="chris@x.example",
            role="governors",
            state=ApprovalState.SIGNED,
            asked_at=NOW,
            answered_at=NOW,
            due_on=NOW.date(),
        )
    ]
    make.session.flush()
    return bid


def test_an_overdue_report_is_chased_on_day_one_ten_and_twenty(late: Bid, session: Session) -> None:
    told = told_on(session, *november(1, 2, 3, 12, 13, 16, 26, 27, 30))
    assert {day.day: who for day, who in told.items() if who} == {
        2: ["impact_officer", "school"],
        13: ["approver", "school"],
        27: ["approver", "impact_officer", "school"],
    }
    approver = next(letter for letter in reminders(session) if letter.recipient == "approver")
    assert approver.link_purpose is None
    assert "http" not in approver.body


def test_nobody_who_refused_to_sign_or_was_replaced_hears_of_the_report(late: Bid, session: Session) -> None:
    for approval in late.approvals:
        approval.state = ApprovalState.CANCELLED
    told_on(session, date(2026, 12, 31))
    assert "approver" not in {letter.recipient for letter in reminders(session)}


@pytest.mark.parametrize("state", [ReturnState.SUBMITTED, ReturnState.ACCEPTED])
def test_a_report_that_came_in_is_not_chased(late: Bid, session: Session, state: ReturnState) -> None:
    assert late.report
    late.report.state, late.report.rag, late.report.accepted_at = state, Rag.GREEN, NOW
    tick(NOW)
    assert reminders(session) == []


def test_a_report_that_was_sent_back_is_wanted_by_the_new_date(late: Bid, session: Session) -> None:
    assert late.report
    late.report.state, late.report.answer_by = ReturnState.RETURNED, date(2026, 11, 20)
    told = told_on(session, *november(19, 20, 23))
    assert list(told.values()) == [[], [], ["impact_officer", "school"]]
    body = next(letter.body for letter in reminders(session) if letter.recipient == "school")
    assert "asked you to add to your report" in body


def test_a_school_is_reminded_of_the_panels_question_and_then_the_officer_is_asked(
    make: Make, session: Session
) -> None:
    make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.DEFERRED)
    bid.due_on = date(2026, 11, 27)  # a Friday
    told = told_on(session, *november(23, 24, 25, 27, 30))
    assert {day.day: who for day, who in told.items() if who} == {24: ["school"], 30: ["officer"]}
    school, officer = reminders(session)
    assert "How will you keep this going?" in school.body
    assert school.subject.endswith("please answer the panel’s question by 27 November")
    assert "take the bid back" in officer.body


def test_an_answer_to_the_panel_ends_its_reminders(make: Make, session: Session) -> None:
    make.bid(state=S.DEFERRED, panel_answer="With our own money.", due_on=date(2026, 11, 20))
    told_on(session, *november(18, 19, 20, 23))
    assert reminders(session) == []


# -- rounds ----------------------------------------------------------------------------------------


def test_schools_with_drafts_are_reminded_before_a_round_closes(make: Make, session: Session) -> None:
    fund = make.fund()
    make.round(fund, name="Autumn round", closes_at=at(date(2026, 11, 27), 16))  # a Friday
    draft = make.bid(fund=fund, complete=False)
    make.bid(fund=fund, state=S.WITHDRAWN)
    told = told_on(session, *november(19, 20, 25, 26, 27))
    assert {day.day: who for day, who in told.items() if who} == {20: ["school"], 26: ["school"]}
    letter = reminders(session)[0]
    assert letter.bid_id == draft.id
    assert "Autumn round closes on 27 November 2026 at 16:00." in letter.body
    assert "Complete Schools taking part" in letter.body


# -- all -------------------------------------------------------------------------------------------


def test_every_reminder_has_its_letter() -> None:
    named = {f"{reminder.name}.txt" for reminder in REMINDERS}
    assert {path.name for path in (FOLDER / "reminders").glob("*.txt")} == named
    for reminder in REMINDERS:
        blocks = set(environment().get_template(f"reminders/{reminder.name}.txt").blocks)
        wanted = {who for stage in reminder.stages.values() for who in stage}
        assert blocks == wanted | {f"{who}_subject" for who in wanted}


@pytest.mark.both_databases
def test_workers_that_tick_at_once_write_each_reminder_once(real_app: Flask) -> None:
    with real_app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        for _ in range(3):
            bid = make.bid(state=S.OFFERED)
            bid.offer.reply_by = NOW.date() + timedelta(days=1)
        make.bid(state=S.OFFERED).offer.reply_by = NOW.date() - timedelta(days=1)
        db.session.commit()
    errors: list[Exception] = []

    def go() -> None:
        with real_app.app_context():
            try:
                tick(NOW)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    with real_app.app_context():
        assert len(reminders(db.session)) == 3  # type: ignore[arg-type]
        lapsed = select(func.count()).select_from(Bid).where(Bid.state == S.NOT_TAKEN_UP)
        assert db.session.scalar(lapsed) == 1
