"""Ratings of a report: the flags beside them, reasons, corrections, and the letters."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fundflow.extensions import db
from fundflow.impact import follow_ups, rating
from fundflow.models.bid_parts import Outcome
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName
from fundflow.rules.impact import judged
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnKind
from tests.impact.conftest import LATER, Ended, SignIn, letters_to, path

TODAY = LATER.date()


@pytest.fixture
def sent(ended: Ended) -> Ended:
    ended.write(value=76)
    ended.send()
    return ended


def correct(ended: Ended, rag: Rag, reason: str = "Results were read wrongly", user: object = None) -> None:
    rating.correct_rating(
        ended.report,
        rag=rag,
        reason=reason,
        user=user or ended.impact_officer,  # type: ignore[arg-type]
        now=LATER,
        version=ended.report.version,
    )


def test_lateness_and_money_are_flags_beside_the_rating(ended: Ended) -> None:
    ended.write(value=76, measured_on=date(2027, 6, 1))
    ended.send()
    ended.report.due_on = date(2027, 6, 1)
    claim = {"number": 1, "kind": ClaimKind.BACKFILL, "state": ClaimState.QUERIED, "created_at": LATER}
    ended.bid.claims.append(Claim(school=ended.bid.lead_school, **claim))
    ended.make.session.commit()
    found = judged(ended.report, TODAY)
    assert found.rag is Rag.GREEN
    assert found.flags == (
        "1 result is measured after the target date.",
        "The report came late: it was due on 1 June 2027.",
        "A question about a claim is open.",
    )


def test_a_result_before_its_target_date_is_too_early_to_rate(sent: Ended) -> None:
    outcome: Outcome = sent.bid.outcomes[0]
    outcome.target_on = sent.report.actuals[0].target_on = TODAY
    sent.make.session.commit()
    assert judged(sent.report, TODAY).rag is Rag.TOO_EARLY
    assert judged(sent.report, TODAY + timedelta(days=1)).rag is Rag.GREEN
    with pytest.raises(Refused, match=r"It is too early to rate the results\. Say why you rate them green"):
        sent.accept(Rag.GREEN)
    sent.make.session.rollback()
    sent.accept(Rag.TOO_EARLY)
    assert (sent.report.rag, sent.report.wants_follow_up) == (Rag.TOO_EARLY, False)
    assert "It is too early to rate what changed" in letters_to(sent.head)[-1].body


def test_the_bounds_of_the_fund_count(sent: Ended) -> None:
    sent.bid.fund.green_from_percent = 100
    sent.report.actuals[0].value = 75
    sent.make.session.commit()
    assert judged(sent.report, TODAY).rag is Rag.AMBER
    sent.bid.fund.amber_from_percent = 99
    assert judged(sent.report, TODAY).rag is Rag.RED


def test_the_letter_gives_the_rating_and_what_is_said_about_it(sent: Ended) -> None:
    sent.accept(Rag.AMBER, "The sample was small")
    body = letters_to(sent.head)[-1].body
    assert "Our rating is amber: " in body
    assert "The sample was small" in body
    assert "We will agree a follow-up action with you." in body


@pytest.mark.both_databases
def test_a_rating_is_corrected_by_another_beside_it(sent: Ended) -> None:
    sent.accept()
    correct(sent, Rag.RED)
    assert [(r.number, r.rag, r.worked_out, r.reason) for r in sent.report.ratings] == [
        (1, Rag.GREEN, Rag.GREEN, ""),
        (2, Rag.RED, Rag.GREEN, "Results were read wrongly"),
    ]
    assert (sent.report.rag, sent.report.wants_follow_up) == (Rag.RED, True)
    letter = letters_to(sent.head)[-1]
    assert letter.subject == f"{sent.bid.reference}: we have corrected the rating of your report"
    assert "Before, it was green." in letter.body
    assert "Our rating is red: " in letter.body
    for change in ("UPDATE rating SET reason = 'x'", "DELETE FROM rating"):
        with pytest.raises(DBAPIError, match="append-only"):
            db.session.execute(text(change))
        db.session.rollback()


def test_the_same_rating_or_none_without_a_reason_corrects_nothing(sent: Ended) -> None:
    sent.accept()
    with pytest.raises(Refused, match="The rating is green already"):
        correct(sent, Rag.GREEN)
    sent.make.session.rollback()
    with pytest.raises(Refused, match="Say why you rate them red"):
        correct(sent, Rag.RED, reason="")


def test_only_the_impact_officer_who_is_not_barred_corrects(sent: Ended) -> None:
    sent.accept()
    inside = sent.make.member(sent.bid.providers[0])
    sent.make.role(inside, RoleName.IMPACT_OFFICER)
    for user in (sent.head, sent.officer, inside):
        with pytest.raises(Refused):
            correct(sent, Rag.RED, user=user)
        sent.make.session.rollback()


def test_a_follow_up_ends_what_a_red_rating_asks_for(sent: Ended) -> None:
    sent.accept(Rag.RED, "No")
    assert sent.report.wants_follow_up
    action = follow_ups.ask(
        sent.bid,
        what="Train the new assistants",
        owner="deputy head",
        due_on=TODAY + timedelta(days=60),
        user=sent.impact_officer,
        now=LATER,
        version=sent.bid.version,
    )
    assert action.report is sent.report
    assert not sent.report.wants_follow_up
    correct(sent, Rag.AMBER)  # there is an action already
    assert not sent.report.wants_follow_up


@pytest.mark.usefixtures("today")
def test_the_page_shows_every_rating_to_school_and_council_and_none_to_partners(
    sent: Ended, sign_in: SignIn
) -> None:
    sent.accept(Rag.AMBER, "The sample was small")
    correct(sent, Rag.RED)
    for user in (sent.head, sent.impact_officer):
        page = sign_in(user).get(path(sent, "impact")).text
        assert "The sample was small" in page
        assert "Results were read wrongly" in page
    partner = sent.make.member(sent.bid.providers[0])
    assert "The sample was small" not in sign_in(partner).get(path(sent, "impact")).text


@pytest.mark.usefixtures("today")
def test_the_page_of_the_correction_shows_what_the_results_come_to(sent: Ended, sign_in: SignIn) -> None:
    sent.accept()
    client = sign_in(sent.impact_officer)
    page = client.get(path(sent, "report/steps/correct-rating"))
    assert "(76 − 58) ÷ (76 − 58) = 100% of the way" in page.text
    answer = client.post(
        path(sent, "report/steps/correct-rating"),
        data={"rag": "red", "reason": "", "version": sent.report.version},
    )
    assert answer.status_code == 422
    assert "Enter why it is corrected" in answer.text


def test_the_letter_names_the_report_whose_rating_is_corrected(sent: Ended) -> None:
    sent.accept()
    sent.bid.returns.append(ImpactReturn(kind=ReturnKind.FOLLOW_UP, due_on=date(2028, 6, 1)))
    correct(sent, Rag.RED)
    letter = letters_to(sent.head)[-1]
    assert letter.subject.endswith("we have corrected the rating of your final report")
    assert "our rating of your final report" in letter.body


@pytest.mark.parametrize("planned", [None, date(2027, 9, 1), date(2028, 5, 17)])
def test_results_that_are_too_early_are_asked_for_once_more(ended: Ended, planned: date | None) -> None:
    kind, target = ReturnKind.FOLLOW_UP, date(2027, 12, 1)
    ended.bid.outcomes[0].target_on = target
    if planned:
        ended.bid.returns.append(ImpactReturn(kind=kind, due_on=planned))
    db.session.commit()
    ended.write(helped="Time", taught_judged="Both heads")
    ended.send()
    ended.accept(Rag.TOO_EARLY)
    again = [one for one in ended.bid.returns if one.kind is kind]
    later = planned is not None and planned > target
    assert [one.due_on for one in again] == [planned if later else date(2027, 12, 2)]
    asked = "We ask you for them once more, on 2 December 2027." in letters_to(ended.head)[-1].body
    assert asked is not later
    assert not again[0].holds_things_up


def test_no_report_is_added_where_every_target_date_has_passed(sent: Ended) -> None:
    sent.accept()
    assert sent.bid.return_of(ReturnKind.FOLLOW_UP) is None
