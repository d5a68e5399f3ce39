"""The pages of a report: written, sent, accepted, and the ratings beside it."""

from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from fundflow.extensions import db
from fundflow.impact import operations
from fundflow.models.bid_parts import Outcome, PupilGroupKind
from fundflow.models.impact import Rag
from fundflow.models.person import RoleName, Standing
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnState
from tests.factories import Make
from tests.impact.conftest import GOOD, LATER, Ended, SignIn, an_ended_bid, answers, path

pytestmark = pytest.mark.usefixtures("today")

RATED = {"quality": "5", "timeliness": "4", "fit": "4", "use_again": "yes", "text": "Very kind"}
RATED |= {"council": "4", "council_text": "Pay sooner"}


def test_a_report_walks_through_its_pages_to_the_close(ended: Ended, sign_in: SignIn) -> None:
    client = sign_in(ended.head)
    assert client.get(path(ended, "report")).status_code == 200
    saved = client.post(path(ended, "report"), data=answers(ended, lessons=""), follow_redirects=True)
    assert "Saved. Enter lessons first." in saved.text
    again = client.get(path(ended, "report")).text
    assert 'value="8.5"' in again
    assert 'value="76"' in again
    saved = client.post(path(ended, "report"), data=answers(ended), follow_redirects=True)
    assert "Saved. Rate the support that your school received first." in saved.text
    ended.rate()
    assert "ff-dumbbell" not in client.get(path(ended, "")[:-1]).text  # what is not sent is no result
    tab = client.get(path(ended, "impact")).text
    assert "100%" in tab
    assert "Agree and send report" in tab
    client.post(
        path(ended, "report/steps/submit"),
        data={"agreement": "y", "reason": "On paper", "version": ended.report.version},
    )
    assert ended.report.state is ReturnState.SUBMITTED
    client = sign_in(ended.impact_officer)
    page = client.get(path(ended, "report/steps/accept")).text
    assert "(76 − 58) ÷ (76 − 58) = 100% of the way" in page
    client.post(
        path(ended, "report/steps/accept"),
        data={"rag": "green", "reason": "", "version": ended.report.version},
    )
    assert ended.report.rag is Rag.GREEN
    for reader in (ended.head, ended.impact_officer):
        front = sign_in(reader).get(path(ended, "")[:-1]).text
        assert 'class="ff-dumbbell"' in front
        assert "from 58% to 76%" not in front.partition("What changed")[0]
        assert ">76<" in front.partition("Outcomes with baseline, target and result")[2]
    assert (
        "Awarded £3,000.00, earned £0.00, paid £0.00, released £3,000.00."
        in client.get(path(ended, "steps/close")).text
    )
    client.post(path(ended, "steps/close"), data={"version": ended.bid.version})
    assert ended.bid.state is BidState.CLOSED
    client = sign_in(ended.make.staff(RoleName.ADMINISTRATOR))
    client.post(path(ended, "steps/reopen"), data={"reason": "Late", "version": ended.bid.version})
    assert ended.bid.state is BidState.IN_MONITORING


def test_the_impact_officer_asks_for_more(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.send()
    client = sign_in(ended.impact_officer)
    client.post(
        path(ended, "report/steps/return"),
        data={"ask_results": "Which pupils?", "version": ended.report.version},
    )
    page = sign_in(ended.head).get(path(ended, "report")).text
    assert "Which pupils?" in page


def test_an_override_without_a_reason_is_refused_on_the_page(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.send()
    answer = sign_in(ended.impact_officer).post(
        path(ended, "report/steps/accept"), data={"rag": "red", "version": ended.report.version}
    )
    assert answer.status_code == 409
    assert "Say why you rate them red" in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value_{key}": "many"}, "Result 1 must be a number"),
        ({"on_{key}-day": ""}, "The date must include a day"),
        ({"on_{key}-day": "", "on_{key}-month": "", "on_{key}-year": ""}, "Enter the date of this result"),
        ({"value_{key}": ""}, "Enter the result, or leave its date empty"),
        ({"days_delivered": "1.3"}, "whole or half days"),
        ({"spent": "-1"}, "What was spent must be between"),
        ({"teaching_after": "9"}, "Select one of the answers in the list"),
        ({"summary": "x" * 1001}, "1,000 characters or fewer"),
    ],
)
def test_a_report_that_makes_no_sense_is_answered_with_a_sentence(
    ended: Ended, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    key = ended.bid.outcomes[0].id
    posted = {name.replace("{key}", str(key)): value for name, value in changes.items()}
    answer = sign_in(ended.head).post(path(ended, "report"), data=answers(ended, **posted))
    assert answer.status_code == 422
    assert words in answer.text
    assert ended.report.actuals == []


def test_a_stale_report_keeps_what_was_typed(ended: Ended, sign_in: SignIn) -> None:
    answer = sign_in(ended.head).post(
        path(ended, "report"), data=answers(ended, version=ended.report.version + 1, lessons="Mine")
    )
    assert answer.status_code == 409
    assert "Mine" in answer.text


def test_the_team_may_write_but_not_send(ended: Ended, sign_in: SignIn) -> None:
    team = ended.make.member(ended.bid.lead_school, Standing.TEAM)
    ended.write()
    client = sign_in(team)
    assert client.get(path(ended, "report")).status_code == 200
    assert client.get(path(ended, "report/steps/submit")).status_code == 409
    posted = client.post(
        path(ended, "report/steps/submit"),
        data={"agreement": "y", "reason": "On paper", "version": ended.report.version},
    )
    assert posted.status_code == 409
    assert ended.report.state is ReturnState.SCHEDULED


def test_a_double_click_on_send_is_answered_like_the_first(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.rate()
    client, form = (
        sign_in(ended.head),
        {"agreement": "y", "reason": "On paper", "version": ended.report.version},
    )
    twice = [client.post(path(ended, "report/steps/submit"), data=form) for _ in range(2)]
    assert [answer.status_code for answer in twice] == [302, 302]


def test_another_school_finds_nothing_here(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    client = sign_in(make.member(make.school()))
    for rest in (
        "impact",
        "report",
        "feedback",
        "report/steps/submit",
        "report/steps/accept",
        "steps/close",
        "steps/reopen",
        "steps/finish-delivery",
    ):
        assert client.get(path(ended, rest)).status_code == 404
    for rest in ("report", "feedback", "report/steps/submit", "report/steps/return", "steps/close"):
        assert client.post(path(ended, rest), data={}).status_code == 404


def test_partners_read_the_report_once_it_is_accepted_and_never_the_money(
    make: Make, sign_in: SignIn
) -> None:
    ended = an_ended_bid(make, supported=True)
    ended.write()
    ended.send()
    client = sign_in(make.member(ended.bid.providers[0]))
    assert "Reading improved" not in client.get(path(ended, "impact")).text
    assert client.get(path(ended, "report")).status_code == 404
    assert client.get(path(ended, "report/steps/accept")).status_code == 404
    ended.accept()
    page = client.get(path(ended, "impact")).text
    assert "Reading improved" in page
    assert "£" not in page


def test_a_draft_report_is_its_schools_own(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    assert "Start sooner" in sign_in(ended.head).get(path(ended, "impact")).text
    assert "Start sooner" not in sign_in(ended.officer).get(path(ended, "impact")).text


def test_a_supported_school_rates_the_support_on_its_page(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    client = sign_in(ended.supported_head)
    assert "Rate the support" in client.get(path(ended, "impact")).text
    stamp = operations.stamp_of(ended.bid.feedback[0])
    assert client.post(path(ended, "feedback"), data={"stamp": stamp}).status_code == 422
    client.post(path(ended, "feedback"), data={**RATED, "stamp": stamp})
    assert operations.given_so_far(ended.bid.feedback[0]) == GOOD
    stale = client.post(path(ended, "feedback"), data={**RATED, "fit": "1", "stamp": stamp})
    assert stale.status_code == 409
    assert operations.stamp_of(ended.bid.feedback[0]) in stale.text


def test_ratings_are_read_by_staff_and_their_own_school_only(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    operations.give_feedback(
        ended.bid.feedback[0],
        ratings=GOOD,
        user=ended.supported_head,
        now=LATER,
        stamp=operations.stamp_of(ended.bid.feedback[0]),
    )
    for reader, reads in ((ended.officer, True), (ended.supported_head, True), (ended.head, False)):
        assert ("Very kind" in sign_in(reader).get(path(ended, "impact")).text) is reads
    provider = sign_in(make.member(ended.bid.providers[0])).get(path(ended, "impact")).text
    assert "Very kind" not in provider
    assert "You see averages here once three schools that you supported have answered" in provider


def test_feedback_is_asked_of_supported_schools_only(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, supported=True)
    for user in (ended.head, ended.officer):
        assert sign_in(user).get(path(ended, "feedback")).status_code == 404


def test_the_officer_ends_the_support_on_its_page(make: Make, sign_in: SignIn) -> None:
    ended = an_ended_bid(make, BidState.IN_DELIVERY)
    client = sign_in(ended.officer)
    assert client.get(path(ended, "steps/finish-delivery")).status_code == 200
    client.post(path(ended, "steps/finish-delivery"), data={"version": ended.bid.version})
    assert ended.bid.state is BidState.IN_MONITORING


def test_large_numbers_are_written_out(ended: Ended, sign_in: SignIn) -> None:
    ended.bid.outcomes[0].target = Decimal("1000000.25")
    db.session.commit()
    assert "1000000.25" in sign_in(ended.head).get(path(ended, "impact")).text


@pytest.mark.parametrize("state", list(BidState))
def test_the_tab_opens_in_every_state(make: Make, sign_in: SignIn, state: BidState) -> None:
    ended = an_ended_bid(make, state)
    page = sign_in(ended.head).get(path(ended, "impact"))
    assert page.status_code == 200
    assert 'style="' not in page.text


def test_the_tab_asks_as_much_for_five_outcomes_as_for_one(
    ended: Ended, sign_in: SignIn, count_queries: list[str]
) -> None:
    client = sign_in(ended.officer)
    ended.write()
    ended.send()
    few = _queries(client, path(ended, "impact"), count_queries)
    for n in range(4):
        outcome = Outcome(
            bid_id=ended.bid.id,
            measure=f"M{n}",
            unit="%",
            group=PupilGroupKind.ALL,
            method="x",
            baseline=Decimal(1),
            baseline_on=date(2026, 6, 30),
            target=Decimal(2),
            target_on=date(2027, 5, 1),
        )
        db.session.add(outcome)
    ended.report.state = ReturnState.RETURNED
    db.session.commit()
    ended.write()
    ended.send()
    assert _queries(client, path(ended, "impact"), count_queries) == few


def _queries(client: FlaskClient, at: str, seen: list[str]) -> int:
    db.session.expire_all()
    seen.clear()
    assert client.get(at).status_code == 200
    return len(seen)
