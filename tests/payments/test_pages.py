"""The pages of a claim: its log of days, what is asked, certified and paid."""

from datetime import date
from typing import Any

import pytest

from fundflow.models.payment import Claim
from fundflow.models.person import SeatPosition, Standing
from fundflow.models.unfinished import Unfinished
from fundflow.payments import day_log, operations
from fundflow.rules.claims import why_log_unfinished
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award, url

pytestmark = pytest.mark.usefixtures("today")


def day_form(award: Award, claim: Claim, **changes: Any) -> dict[str, Any]:
    return {
        "line": award.bid.backfill_lines[0].id,
        "worked_on-day": "6",
        "worked_on-month": "1",
        "worked_on-year": "2027",
        "half_days": "2",
        "activity": "Observed phonics",
        "version": claim.version,
        **changes,
    }


def test_a_claim_walks_through_its_pages(award: Award, sign_in: SignIn) -> None:
    reference = award.bid.reference
    client = sign_in(award.head)
    tab = client.get(f"/bids/{reference}/money")
    assert "Claim for days worked" in tab.text
    assert client.get(f"/bids/{reference}/claims/new").status_code == 200
    answer = client.post(f"/bids/{reference}/claims/new", data={"version": award.bid.version})
    claim = award.bid.claims[0]
    assert answer.location == url(claim)
    assert client.post(url(claim), data=day_form(award, claim)).status_code == 302
    page = client.get(url(claim)).text
    assert "Observed phonics" in page
    assert "£350.00" in page
    assert "Agree and send claim" in page
    sent = client.post(url(claim, "/steps/submit"), data={"agreement": "y", "version": claim.version})
    assert sent.status_code == 302
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
    claim = award.claim()
    answer = sign_in(award.head).post(url(claim), data=day_form(award, claim, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert not claim.days


def test_a_stale_log_keeps_what_was_typed(award: Award, sign_in: SignIn) -> None:
    claim = award.claim()
    answer = sign_in(award.head).post(
        url(claim), data=day_form(award, claim, version=claim.version - 1, activity="Planned Year 1")
    )
    assert answer.status_code == 409
    assert "Planned Year 1" in answer.text


def test_a_day_is_removed_by_its_button(award: Award, sign_in: SignIn) -> None:
    claim = award.claim()
    award.add(claim)
    client = sign_in(award.head)
    remove = url(claim, f"/days/{claim.days[0].id}/remove")
    assert client.post(remove, data={"version": 0}).status_code == 409
    assert client.post(remove, data={"version": claim.version}).status_code == 302
    assert claim.pence == 0


def test_an_invoice_reference_is_saved(award: Award, sign_in: SignIn) -> None:
    claim = award.claim()
    client = sign_in(award.head)
    client.post(url(claim, "/invoice"), data={"reference": "INV 9", "version": claim.version})
    assert "INV 9" in client.get(url(claim, "/invoice")).text
    assert "INV 9" in client.get(url(claim)).text


def test_a_double_click_is_answered_like_the_first(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    client, form = sign_in(award.officer), {"version": claim.version}
    answers = [client.post(url(claim, "/steps/certify"), data=form) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert [e.step for e in _history(award, claim)].count("certify") == 1


def test_the_same_person_is_told_why_they_cannot_pay(award: Award, sign_in: SignIn) -> None:
    claim = award.sent()
    client = sign_in(award.finance)
    client.post(url(claim, "/steps/certify"), data={"version": claim.version})
    assert "another finance officer must pay it" in client.get(url(claim)).text
    answer = client.post(url(claim, "/steps/pay"), data={"version": claim.version, "payment_reference": "x"})
    assert answer.status_code == 409
    assert "another finance officer must pay it" in answer.text


def test_the_supported_schools_head_confirms_the_days_without_seeing_the_money(
    make: Make, sign_in: SignIn
) -> None:
    award = an_award(make, supported=True)
    claim = award.sent()
    client = sign_in(award.supported_head)
    page = client.get(url(claim, "/confirm-days"))
    assert "Observed phonics" in page.text
    assert "£" not in page.text
    assert client.get(url(claim)).status_code == 404
    assert client.get(f"/bids/{award.bid.reference}/money").status_code == 404
    assert "Confirm the days that were worked" in client.get("/work").text
    tab = client.get(f"/bids/{award.bid.reference}/impact").text
    assert url(claim, "/confirm-days") in tab
    client.post(url(claim, "/confirm-days"), data={"version": claim.version})
    assert claim.days_confirmed_by_id == award.supported_head.id


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
        ):
            assert client.get(path).status_code == 404
        for path in (
            url(claim),
            url(claim, "/steps/submit"),
            url(claim, "/days/1/remove"),
            url(claim, "/invoice"),
            url(claim, "/confirm-days"),
            f"/bids/{reference}/claims/new",
        ):
            assert client.post(path, data={"version": claim.version}).status_code == 404


def test_a_claim_is_found_under_its_own_bid_only(make: Make, sign_in: SignIn) -> None:
    award, other = an_award(make), an_award(make)
    claim = award.sent()
    client = sign_in(award.officer)
    assert client.get(f"/bids/{other.bid.reference}/claims/{claim.id}").status_code == 404
    assert client.get(f"/bids/{award.bid.reference}/claims/{2**40}").status_code == 404


def test_the_team_sees_the_log_but_may_not_send_it(award: Award, sign_in: SignIn) -> None:
    clerk = award.make.member(award.bid.lead_school, Standing.TEAM)
    claim = award.claim()
    award.add(claim)
    client = sign_in(clerk)
    assert "Add a day" in client.get(url(claim)).text
    answer = client.post(url(claim, "/steps/submit"), data={"agreement": "y", "version": claim.version})
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
    from fundflow.payments.claim_queries import history_of

    return history_of(claim)


# -- a day that is not finished ---------------------------------------------------------------------


def test_a_day_that_cannot_be_read_is_kept_as_typed_and_holds_the_claim_back(
    award: Award, sign_in: SignIn
) -> None:
    claim, client = award.claim(), sign_in(award.head)
    award.add(claim, date(2027, 1, 7))
    typed = day_form(award, claim) | {"worked_on-day": "31", "worked_on-month": "2", "later": "yes"}
    assert client.post(url(claim), data={**typed, "version": 1}).status_code == 409  # a stale page
    saved = client.post(url(claim), data={**typed, "version": claim.version}, follow_redirects=True).text
    assert "Saved as you typed it. Put this right before the claim is sent: Day: " in saved
    assert len(claim.days) == 1
    page = client.get(url(claim)).text
    assert "Finish the day you began" in page
    assert 'value="31"' in page
    assert "govuk-error-summary" in page
    assert "You entered “31 2 2027”" in page  # beside the button that must wait
    with pytest.raises(Refused, match="You entered “31 2 2027”"):
        operations.submit(claim, user=award.head, now=LATER, version=claim.version)
    assert "govuk-error-summary" not in sign_in(award.finance).get(url(claim)).text
    client = sign_in(award.head)
    assert client.post(url(claim), data=day_form(award, claim)).status_code == 302
    assert len(claim.days) == 2
    assert "Add a day" in client.get(url(claim)).text
    operations.submit(claim, user=award.head, now=LATER, version=claim.version)


def test_a_day_half_filled_in_waits_and_can_be_removed(award: Award, sign_in: SignIn) -> None:
    claim, client = award.claim(), sign_in(award.head)
    award.add(claim, date(2027, 1, 7))
    (added,) = claim.days
    data = {"version": claim.version, "activity": "Watched phonics", "later": "yes"}
    assert client.post(url(claim), data=data).status_code == 302
    assert why_log_unfinished(claim) == "Finish the day you began."
    assert "Watched phonics" in client.get(url(claim)).text
    stale = client.post(f"{url(claim)}/days/{added.id}/remove", data={"version": 1})
    assert stale.status_code == 409
    assert "Watched phonics" in stale.text
    assert client.post(url(claim), data={"version": claim.version, "forget": "yes"}).status_code == 302
    assert why_log_unfinished(claim) is None
    client.post(url(claim), data={"version": claim.version, "later": "yes"})  # nothing filled in
    assert claim.bid.unfinished == {}
    whole = client.post(url(claim), data=day_form(award, claim) | {"later": "yes"})
    assert whole.headers["Location"].endswith("/money")
    assert len(claim.days) == 2


def test_a_queried_claim_is_not_sent_back_with_an_unfinished_day(award: Award) -> None:
    claim = award.sent()
    operations.query(claim, reason="Which class?", user=award.officer, now=LATER, version=claim.version)
    entry = Unfinished(fields={"activity": ["Watched"]}, wrong=["Finish the day you began"])
    day_log.keep_begun_day(claim, entry, user=award.head, now=LATER, version=claim.version)
    with pytest.raises(Refused, match="Finish the day you began"):
        operations.answer(claim, answer="Year 2", user=award.head, now=LATER, version=claim.version)
    with pytest.raises(Refused, match="Only people of the school"):
        day_log.keep_begun_day(claim, None, user=award.finance, now=LATER, version=claim.version)
