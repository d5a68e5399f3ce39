"""The pages of the log of days, and of a claim: what is asked, certified and paid."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from fundflow.models.day_log import WorkedDay
from fundflow.models.payment import Claim
from fundflow.models.person import SeatPosition, Standing
from fundflow.models.unfinished import Unfinished
from fundflow.payments import day_log
from fundflow.rules.claims import why_log_unfinished
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url

pytestmark = pytest.mark.usefixtures("today")


def day_form(award: Award, **changes: Any) -> dict[str, Any]:
    return {
        "line": day_log.days_of_award(award.bid)[0].id,
        "worked_on-day": "6",
        "worked_on-month": "1",
        "worked_on-year": "2027",
        "half_days": "2",
        "spent_at": award.bid.lead_school_id,
        "activity": "Observed phonics",
        "version": award.bid.version,
        **changes,
    }


def days_url(award: Award, rest: str = "") -> str:
    return f"/bids/{award.bid.reference}/days{rest}"


def logged(award: Award) -> list[WorkedDay]:
    return award.make.session.query(WorkedDay).order_by(WorkedDay.id).all()


def test_days_and_a_claim_walk_through_their_pages(award: Award, sign_in: SignIn) -> None:
    reference = award.bid.reference
    client = sign_in(award.releasing_head)
    assert "No days in the log yet" in client.get(days_url(award)).text
    assert client.get(f"/bids/{reference}/money").status_code == 404
    added = client.post(days_url(award), data=day_form(award), follow_redirects=True).text
    assert f"The head of {award.bid.lead_school.name} is asked to confirm it." in added
    assert "£" not in added
    client = sign_in(award.head)
    assert "Confirm the days that were worked" in client.get("/work").text
    assert "No days are confirmed yet" in client.get(f"/bids/{reference}/claims/new").text
    assert "Observed phonics" in client.get(days_url(award, "/confirm")).text
    confirmed = {"days": [entry.id for entry in logged(award)], "version": award.bid.version}
    assert client.post(days_url(award, "/confirm"), data=confirmed).status_code == 302
    assert f"Confirmed</strong><br>20 January 2027, {award.head.name}" in client.get(days_url(award)).text
    page = client.get(f"/bids/{reference}/claims/new").text
    assert "Days that you ask for now" in page
    assert "£350.00" in page
    asked = {"agreement": "y", "invoice_reference": "INV 9", "version": award.bid.version}
    answer = client.post(f"/bids/{reference}/claims/new", data=asked)
    (claim,) = award.bid.claims
    assert answer.location == url(claim)
    assert "INV 9" in client.get(url(claim)).text
    client = sign_in(award.officer)
    assert client.get(url(claim, "/steps/certify")).status_code == 200
    client.post(url(claim, "/steps/certify"), data={"version": claim.version})
    client = sign_in(award.finance)
    assert "Journal" in client.get(url(claim, "/steps/pay")).text
    missing = client.post(url(claim, "/steps/pay"), data={"version": claim.version})
    assert missing.status_code == 422
    assert "Enter the reference of the payment" in missing.text
    client.post(url(claim, "/steps/pay"), data={"version": claim.version, "payment_reference": "BACS 77"})
    assert claim.state is ClaimState.PAID
    tab = sign_in(award.head).get(f"/bids/{reference}/money").text
    assert "BACS 77" in tab
    assert "<dt>May be paid so far</dt><dd>£350.00" in tab


def test_a_day_is_struck_out_on_its_page_and_stays(award: Award, sign_in: SignIn) -> None:
    entry = award.log()
    client = sign_in(award.head)
    assert days_url(award, f"/{entry.id}/strike-out") in client.get(days_url(award)).text
    page = client.get(days_url(award, f"/{entry.id}/strike-out"))
    assert "Observed phonics" in page.text
    data = {"reason": "She was ill", "version": award.bid.version}
    assert client.post(days_url(award, f"/{entry.id}/strike-out"), data=data).status_code == 302
    shown = client.get(days_url(award)).text
    assert f"{award.head.name}: She was ill" in shown
    assert "Strike out<" not in shown
    assert client.get(days_url(award, f"/{entry.id}/strike-out")).status_code == 409


def test_the_officer_says_why_they_confirm_in_place_of_a_head(award: Award, sign_in: SignIn) -> None:
    entry = award.log()
    entry_page = days_url(award, "/confirm")
    assert "in place of the head" not in sign_in(award.head).get(entry_page).text
    with time_machine.travel(LATER + timedelta(days=20), tick=False):
        client = sign_in(award.officer)
        assert "in place of the head" in client.get(entry_page).text
        data = {"days": [entry.id], "version": award.bid.version}
        assert "Enter why you confirm them" in client.post(entry_page, data=data).text
        assert client.post(entry_page, data={**data, "reason": "She rang me"}).status_code == 302
    assert entry.confirmed_by is award.officer


def test_a_school_sees_its_own_days_alone(make: Make, sign_in: SignIn) -> None:
    award = an_award(make, supported=True)
    (school,) = award.bid.supported
    award.log(where=school)
    award.log(line=1)
    both = sign_in(award.releasing_head).get(days_url(award)).text
    assert both.count("Strike out<span") == 2
    supported = sign_in(award.supported_head)
    page = supported.get(days_url(award)).text
    assert (page.count('data-label="Who"'), "Add a day" in page, "£" in page) == (1, False, False)
    other = logged(award)[1]
    assert supported.get(days_url(award, f"/{other.id}/strike-out")).status_code == 404


def test_some_days_are_asked_about_on_their_page(award: Award, sign_in: SignIn) -> None:
    claim = award.sent(date(2027, 1, 6), date(2027, 1, 7))
    client = sign_in(award.finance)
    page = client.get(url(claim, "/steps/dispute")).text
    assert page.count('type="checkbox"') == 2
    data = {"days": [claim.days[0].id], "reason": "Which class?", "version": claim.version}
    assert client.post(url(claim, "/steps/dispute"), data=data).status_code == 302
    (parted,) = claim.parted
    assert url(parted) in client.get(url(claim)).text
    assert url(claim) in client.get(url(parted)).text
    assert "Which class?" in sign_in(award.head).get(url(parted)).text


def test_a_question_and_its_answer(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    asked = sign_in(award.finance).post(
        url(claim, "/steps/query"), data={"reason": "Which class?", "version": claim.version}
    )
    assert asked.status_code == 302
    client = sign_in(award.head)
    assert "Which class?" in client.get(url(claim)).text
    assert "Which class?" in client.get(url(claim, "/steps/answer")).text
    client.post(url(claim, "/steps/answer"), data={"answer": "Year 2", "version": claim.version})
    assert (claim.state, claim.answer) == (ClaimState.SUBMITTED, "Year 2")
    refused = sign_in(award.officer).post(
        url(claim, "/steps/refuse"), data={"reason": "Twice", "version": claim.version}
    )
    assert refused.status_code == 302
    assert claim.state is ClaimState.REFUSED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"worked_on-day": "31", "worked_on-month": "2"}, "The day must be a real date"),
        ({"worked_on-day": "", "worked_on-month": "", "worked_on-year": ""}, "Enter the day they"),
        ({"line": "999999"}, "Select one of the answers in the list"),
        ({"line": "x"}, "Select one of the answers in the list"),
        ({"line": ""}, "Select who was released"),
        ({"half_days": "3"}, "Select one of the answers in the list"),
        ({"activity": ""}, "Enter what they did that day"),
        ({"activity": "x" * 201}, "must be 200 characters or fewer"),
    ],
)
def test_a_day_that_makes_no_sense_is_answered_with_a_sentence(
    award: Award, sign_in: SignIn, changes: dict[str, Any], words: str
) -> None:
    answer = sign_in(award.head).post(days_url(award), data=day_form(award, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert not logged(award)


def test_a_stale_log_keeps_what_was_typed(award: Award, sign_in: SignIn) -> None:
    answer = sign_in(award.head).post(
        days_url(award), data=day_form(award, version=award.bid.version - 1, activity="Planned Year 1")
    )
    assert answer.status_code == 409
    assert "Planned Year 1" in answer.text


def test_a_double_click_is_answered_like_the_first(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    client, form = sign_in(award.officer), {"version": claim.version}
    answers = [client.post(url(claim, "/steps/certify"), data=form) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert [e.step for e in _history(award, claim)].count("certify") == 1


def test_a_second_click_on_days_that_are_confirmed_is_answered_like_the_first(
    award: Award, sign_in: SignIn
) -> None:
    days = {"days": [award.log().id], "version": award.bid.version}
    client = sign_in(award.head)
    answers = [client.post(days_url(award, "/confirm"), data=days) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    strange = client.post(days_url(award, "/confirm"), data={"days": ["x", "9" * 5_000], "version": "1"})
    assert strange.status_code == 409
    assert "No days of this log wait for you" in strange.text
    assert "send it again" not in strange.text


def test_the_same_person_is_told_why_they_cannot_pay(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    client = sign_in(award.finance)
    client.post(url(claim, "/steps/certify"), data={"version": claim.version})
    assert "another finance officer must pay it" in client.get(url(claim)).text
    answer = client.post(url(claim, "/steps/pay"), data={"version": claim.version, "payment_reference": "x"})
    assert answer.status_code == 409
    assert "another finance officer must pay it" in answer.text


def test_another_school_finds_nothing_here(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    reference = award.bid.reference
    stranger = award.make.member(award.make.school())
    partner = award.make.member(award.bid.providers[0])
    for user in (stranger, partner):
        client = sign_in(user)
        for path in (
            url(claim),
            url(claim, "/steps/certify"),
            f"/bids/{reference}/money",
            f"/bids/{reference}/claims/new",
            *([days_url(award)] if user is stranger else []),
        ):
            assert client.get(path).status_code == 404
        for path in (url(claim, "/steps/certify"), f"/bids/{reference}/claims/new"):
            assert client.post(path, data={"version": claim.version}).status_code == 404


def test_a_claim_is_found_under_its_own_bid_only(make: Make, sign_in: SignIn) -> None:
    award, other = an_award(make), an_award(make)
    claim = award.sent()
    client = sign_in(award.officer)
    assert client.get(f"/bids/{other.bid.reference}/claims/{claim.id}").status_code == 404
    assert client.get(f"/bids/{award.bid.reference}/claims/{2**40}").status_code == 404


def test_the_team_keeps_the_log_but_may_not_ask_for_payment(award: Award, sign_in: SignIn) -> None:
    clerk = award.make.member(award.bid.lead_school, Standing.TEAM)
    award.worked()
    client, asks = sign_in(clerk), f"/bids/{award.bid.reference}/claims/new"
    assert "Add a day" in client.get(days_url(award)).text
    page = client.get(asks).text
    assert "The head of your school asks for the payment" in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]
    answer = client.post(asks, data={"agreement": "y", "version": award.bid.version})
    assert answer.status_code == 409
    assert "Only the head" in answer.text


def test_funding_is_stopped_on_its_page(award: Award, sign_in: SignIn) -> None:
    chair = award.make.seat(award.bid.fund, position=SeatPosition.CHAIR).user
    award.bid.items[0].meeting.state = "closed"
    award.bid.termination_asked_at = LATER
    award.make.session.commit()
    path = f"/bids/{award.bid.reference}/steps/terminate"
    client = sign_in(chair)
    assert client.get(path).status_code == 200
    client.post(path, data={"reason": "No longer needed", "version": award.bid.version})
    assert award.bid.state is BidState.TERMINATED


# -- how many queries -------------------------------------------------------------------------------


def _history(award: Award, claim: Claim) -> list[Any]:
    from fundflow.history import history_of

    return history_of(claim)


# -- a day that is not finished ---------------------------------------------------------------------


def test_a_day_that_cannot_be_read_is_kept_as_typed(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.head)
    award.log(date(2027, 1, 7))
    typed = day_form(award) | {"worked_on-day": "31", "worked_on-month": "2", "later": "yes"}
    assert client.post(days_url(award), data={**typed, "version": 1}).status_code == 409  # a stale page
    saved = client.post(days_url(award), data=typed, follow_redirects=True).text
    assert "Saved as you typed it. Put this right before the day counts: Day: " in saved
    assert "Finish the day you began" in saved
    assert 'value="31"' in saved
    assert "govuk-error-summary" in saved
    assert len(logged(award)) == 1
    assert "You entered “31 2 2027”" in client.get(f"/bids/{award.bid.reference}/claims/new").text
    for user in (award.finance, award.releasing_head):  # it is the lead school's to finish
        assert "govuk-error-summary" not in sign_in(user).get(days_url(award)).text
    client = sign_in(award.head)
    assert client.post(days_url(award), data=day_form(award)).status_code == 302
    assert len(logged(award)) == 2
    assert "Add a day" in client.get(days_url(award)).text


def test_a_day_half_filled_in_waits_and_can_be_removed(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.head)
    data = {"version": award.bid.version, "activity": "Watched phonics", "later": "yes"}
    assert client.post(days_url(award), data=data).status_code == 302
    assert why_log_unfinished(award.bid) == "Finish the day you began."
    assert "Watched phonics" in client.get(days_url(award)).text
    forget = {"version": award.bid.version, "forget": "yes"}
    assert client.post(days_url(award), data=forget).status_code == 302
    assert why_log_unfinished(award.bid) is None
    client.post(days_url(award), data={"version": award.bid.version, "later": "yes"})  # nothing filled in
    assert award.bid.unfinished == {}
    assert client.post(days_url(award), data=day_form(award) | {"later": "yes"}).status_code == 302
    assert len(logged(award)) == 1


def test_only_people_of_the_schools_keep_a_day_that_was_begun(award: Award) -> None:
    entry = Unfinished(fields={"activity": ["Watched"]}, wrong=["Finish the day you began"])
    with pytest.raises(Refused, match="Only people of the school that released them"):
        day_log.keep_begun_day(award.bid, entry, user=award.finance, now=LATER, version=None)


def test_a_second_click_on_the_same_page_lands_on_the_claim_that_the_first_made(
    award: Award, sign_in: SignIn
) -> None:
    award.make.worked_day(award.bid, confirmed_at=LATER)
    client, page = sign_in(award.head), f"/bids/{award.bid.reference}/claims/new"
    asked = {"agreement": "y", "invoice_reference": "INV-1", "version": award.bid.version}
    first, second = client.post(page, data=asked), client.post(page, data=asked)
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
    changed = client.post(page, data={**asked, "invoice_reference": "INV-2"})
    assert changed.status_code == 409
    assert "with different answers" in changed.text
    assert award.make.session.query(Claim).count() == 1


def test_the_amount_of_a_paid_claim_is_not_shown_as_too_much(award: Award, sign_in: SignIn) -> None:
    claim = award.certified()
    award.pay(claim)
    page = sign_in(award.finance).get(url(claim)).get_data(as_text=True)
    assert "<dt>This claim</dt><dd>£350.00</dd>" in page


def test_a_settled_award_offers_no_payment_to_ask_for(award: Award, sign_in: SignIn) -> None:
    """Once the funding is stopped what is still due is claimed by itself."""
    path = f"/bids/{award.bid.reference}/money"
    assert "Ask for payment" in sign_in(award.head).get(path).get_data(as_text=True)
    award.bid.state = BidState.TERMINATED
    award.make.session.commit()
    page = sign_in(award.head).get(path).get_data(as_text=True)
    assert "Ask for payment" not in page
    assert "The funding was stopped: only what is earned is paid." in page
