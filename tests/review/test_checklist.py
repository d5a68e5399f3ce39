"""The checklist: what needs a note, what keeps a bid from being recommended, what is left."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.person import User
from fundflow.models.review import CHECKLIST, ITEMS, Recommendation, Verdict
from fundflow.review.operations import reviewing
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn

pytestmark = pytest.mark.usefixtures("clock")

BLOCKED = (
    "You marked “The dates are possible” as failed, so recommend not to fund the bid, or rule it ineligible."
)


def verdict(it: SimpleNamespace, slug: str, said: Verdict | None, note: str = "") -> None:
    check = it.bid.review.check(slug)
    check.verdict, check.note = said, note


def ready(it: SimpleNamespace, make: Make) -> dict[str, Any]:
    make.confirmed(it.bid)
    meeting = make.meeting(it.fund, starts_at=NOW + timedelta(days=20))
    return {"version": it.bid.version, "recommendation": "fund", "amount": "3000", "meeting": meeting.id}


@pytest.mark.parametrize(
    ("slug", "said", "wanted"),
    [
        *((slug, Verdict.FAIL, True) for slug in CHECKLIST),
        *((slug, Verdict.PASS, False) for slug in CHECKLIST),
        *((item.slug, Verdict.NOT_APPLICABLE, not item.may_lack) for item in ITEMS),
    ],
)
def test_a_fail_needs_a_note_and_so_does_an_odd_not_applicable(
    case: Case, slug: str, said: Verdict, wanted: bool
) -> None:
    it = case()
    verdict(it, slug, said)
    assert [item.slug for item in it.bid.review.notes_wanted()] == ([slug] if wanted else [])
    verdict(it, slug, said, "Because.")
    assert it.bid.review.notes_wanted() == []


def test_a_report_waits_for_the_notes_it_needs(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    data = ready(it, make)
    verdict(it, "rates", Verdict.FAIL)
    answer = sign_in(officer).post(f"/bids/{it.bid.reference}/steps/recommend", data=data)
    assert answer.status_code == 409
    assert "Add a note to “Day rates compare with past awards” in your checklist." in answer.text
    verdict(it, "rates", Verdict.FAIL, "Far above.")  # no rule of the fund: funding stays possible
    make.session.commit()
    assert sign_in(officer).post(f"/bids/{it.bid.reference}/steps/recommend", data=data).status_code == 302


@pytest.mark.parametrize("wanted", ["fund", "fund_less", "with_conditions"])
def test_a_bid_that_fails_a_rule_of_the_fund_is_not_recommended_for_funding(
    case: Case, sign_in: SignIn, officer: User, make: Make, wanted: str
) -> None:
    it = case()
    data = ready(it, make) | {"recommendation": wanted, "amount": "2000", "conditions": "Some"}
    verdict(it, "dates", Verdict.FAIL, "They lie in the past.")
    client = sign_in(officer)
    where = f"/bids/{it.bid.reference}/steps/recommend"
    assert BLOCKED in client.get(where).text
    answer = client.post(where, data=data)
    assert answer.status_code == 422
    assert BLOCKED in answer.text
    assert it.bid.state is S.IN_REVIEW
    with pytest.raises(Refused, match="You marked “The dates are possible” as failed"):
        reviewing.recommend(
            it.bid, Recommendation(wanted), 200_000, "Some", data["meeting"], user=officer, now=NOW
        )


def test_such_a_bid_may_go_to_the_panel_with_the_advice_to_refuse_it(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    data = ready(it, make) | {"recommendation": "do_not_fund", "amount": ""}
    verdict(it, "dates", Verdict.FAIL, "They lie in the past.")
    answer = sign_in(officer).post(f"/bids/{it.bid.reference}/steps/recommend", data=data)
    assert answer.status_code == 302
    assert it.bid.state is S.AT_PANEL


def test_the_page_says_first_what_is_left_and_folds_what_is_answered(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    verdict(it, "overlap", None)
    verdict(it, "capacity", Verdict.FAIL)
    text = sign_in(officer).get(f"/bids/{it.bid.reference}/review").text
    overlap = "It does not overlap with national or trust support"
    assert f'<a class="govuk-link" href="#verdict_overlap-0">{overlap}</a>' in text
    assert "Add a note to “The provider has the capacity”" in text
    assert "Wait for Oakfield Academy to confirm it can release its staff" in text
    assert text.count('<details class="govuk-details ff-check">') == len(CHECKLIST) - 2
    assert (
        text.index("Left to do before the panel")
        < text.index("Your interest in this bid")
        < text.index('name="verdict_overlap"')
    )

    verdict(it, "overlap", Verdict.PASS)
    verdict(it, "capacity", Verdict.PASS)
    it.bid.review.recommendation = Recommendation.FUND
    make.confirmed(it.bid)
    make.session.commit()
    text = sign_in(officer).get(f"/bids/{it.bid.reference}/review").text
    assert "Your review is complete." in text
    assert f"/bids/{it.bid.reference}/steps/recommend" in text


def test_a_wrong_answer_in_a_folded_item_is_shown_open(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case()
    data = {
        "version": it.bid.review.version,
        **{f"verdict_{slug}": "pass" for slug in CHECKLIST},
        "note_area": "x" * 1001,
    }
    answer = sign_in(officer).post(f"/bids/{it.bid.reference}/review", data=data)
    assert answer.status_code == 422
    assert answer.text.count('<details class="govuk-details ff-check">') == len(CHECKLIST) - 1
    assert 'href="#note_area"' in answer.text


def test_the_panel_reads_the_recommendation_first_and_what_failed_before_what_passed(
    case: Case, sign_in: SignIn, make: Make
) -> None:
    it = case(S.AT_PANEL)
    review = it.bid.review
    review.recommendation, review.recommended_pence = Recommendation.FUND_LESS, 250_000
    review.value_notes = "Dear for what it is."
    verdict(it, "rates", Verdict.FAIL, "A fifth above\nwhat others ask.")
    text = sign_in(it.seats[0].user).get(f"/bids/{it.bid.reference}/review").text
    order = [
        "Fund a smaller amount",
        "£2,500.00 of £3,000.00 asked for",
        "The officer’s interest",
        "Dear for what it is.",
        "Day rates compare",
        "The lead school is in the area",
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
    assert "A fifth above<br>what others ask." in text
    assert "Declare an interest" not in text  # members do so at their meeting
