"""The officer's review: what it shows, who writes in it, and two officers at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, CostLine
from fundflow.models.person import RoleName, User
from fundflow.models.review import CHECKLIST, Query, Recommendation, Verdict
from fundflow.models.school import PupilPremium
from fundflow.review.figures import schools_table, value_for_money
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn
from tests.review.steps import review_page


def test_an_officer_saves_part_of_a_review_and_goes_on_later(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    for check in list(it.bid.review.checks):
        make.session.delete(check)
    make.session.commit()
    make.session.refresh(it.bid.review)
    client = sign_in(officer)
    sent = {
        "version": it.bid.review.version,
        "verdict_area": "pass",
        "note_area": "In the area",
        "need_notes": "A real need.",
    }
    assert client.post(review_page(it), data=sent).status_code == 302
    review = it.bid.review
    assert review.check("area").verdict is Verdict.PASS
    assert review.items_left() == len(CHECKLIST) - 1
    assert (review.need_notes, review.updated_by) == ("A real need.", officer)

    text = client.get(review_page(it)).text
    assert "In the area" in text
    assert "Check 8 answers from the bid, and save the review" in text
    assert 'href="#verdict_capacity-0"' in text  # the provider has not confirmed
    sent = {
        "version": review.version,
        "verdict_area": "fail",
        "recommendation": "fund_less",
        "recommended_pence": "2,500",
    }
    assert client.post(review_page(it), data=sent).status_code == 302
    assert review.check("area").verdict is Verdict.FAIL
    assert (review.recommendation, review.recommended_pence) == (Recommendation.FUND_LESS, 250_000)


def test_two_officers_saving_the_same_review_the_second_keeps_what_was_typed(
    case: Case, sign_in: SignIn, officer: User, deputy: User
) -> None:
    it = case()
    version = it.bid.review.version
    first = sign_in(officer).post(review_page(it), data={"version": version, "need_notes": "Mine"})
    assert first.status_code == 302
    second = sign_in(deputy).post(review_page(it), data={"version": version, "need_notes": "Mine, later"})
    assert second.status_code == 409
    assert "Mine, later" in second.text
    assert "Somebody changed this" in second.text
    assert it.bid.review.need_notes == "Mine"
    again = {"version": it.bid.review.version, "need_notes": "Mine, later"}
    assert f'name="version" value="{again["version"]}"' in second.text
    assert sign_in(deputy).post(review_page(it), data=again).status_code == 302


def test_a_review_is_read_only_outside_the_review(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case(BidState.AT_PANEL)
    client = sign_in(officer)
    text = client.get(review_page(it)).text
    assert "Save the review" not in text
    answer = client.post(review_page(it), data={"version": it.bid.review.version, "need_notes": "Late"})
    assert answer.status_code == 409
    assert "only while the bid is being reviewed" in answer.text
    assert it.bid.review.need_notes == ""


@pytest.mark.parametrize(
    "role", [RoleName.CLERK, RoleName.AUDITOR, RoleName.IMPACT_OFFICER, RoleName.ADMINISTRATOR]
)
def test_other_staff_read_a_review_and_do_not_write_in_it(
    case: Case, sign_in: SignIn, make: Make, role: RoleName
) -> None:
    it = case()
    client = sign_in(make.staff(role))
    answer = client.get(review_page(it))
    assert answer.status_code == 200
    assert "Save the review" not in answer.text
    sent = {"version": it.bid.review.version, "need_notes": "Not mine to say"}
    answer = client.post(review_page(it), data=sent)
    assert answer.status_code == 409
    assert "Only the liaison officer can change the review." in answer.text
    assert it.bid.review.need_notes == ""


def test_schools_never_see_a_review(case: Case, sign_in: SignIn, make: Make) -> None:
    it = case()
    stranger = make.member(make.school())
    for person in (it.head, it.provider_head, stranger):
        assert sign_in(person).get(review_page(it)).status_code == 404
        assert sign_in(person).post(review_page(it), data={"need_notes": "x"}).status_code == 404


def test_a_barred_officer_does_not_see_the_review_of_their_own_school(
    case: Case, sign_in: SignIn, make: Make
) -> None:
    it = case()
    make.role(it.head, RoleName.OFFICER)  # the officer is a serving head teacher
    assert sign_in(it.head).get(review_page(it)).status_code == 403
    sent = {"version": it.bid.review.version, "need_notes": "x"}
    assert sign_in(it.head).post(review_page(it), data=sent).status_code == 403


def test_a_review_that_has_not_started_says_so(case: Case, sign_in: SignIn, officer: User) -> None:
    it = case(BidState.SUBMITTED)
    client = sign_in(officer)
    assert "The review has not started yet." in client.get(review_page(it)).text
    assert client.post(review_page(it), data={"version": 1}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        ({"recommended_pence": "lots"}, 422, "The amount must be a number, like 350 or 350.50"),
        ({"recommended_pence": "3000.01"}, 409, "more than the bid asks for"),
        ({"recommendation": "maybe"}, 422, "Select one of the answers in the list"),
        ({"verdict_area": "perhaps"}, 422, "Select one of the answers in the list"),
        ({"note_area": "x" * 1001}, 422, "1,000 characters or fewer"),
        ({"need_notes": "x" * 2001}, 422, "2,000 characters or fewer"),
        ({"version": "one"}, 409, "Somebody changed this"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_saved(
    case: Case, sign_in: SignIn, officer: User, sent: dict[str, str], status: int, sentence: str
) -> None:
    it = case()
    data = {"version": it.bid.review.version, "value_notes": "Kept on the page", **sent}
    answer = sign_in(officer).post(review_page(it), data=data)
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Kept on the page" in answer.text
    assert it.bid.review.value_notes == ""


def test_questions_and_answers_stand_on_the_page(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    it.bid.queries.append(
        Query(
            batch=1,
            section="need",
            question="Why reading?",
            asked_at=NOW,
            answer="Because of phonics.",
            answered_at=NOW,
        )
    )
    it.bid.queries.append(Query(batch=1, section="costs", question="Why so much?", asked_at=NOW))
    make.session.commit()
    text = sign_in(officer).get(review_page(it)).text
    for words in ("What needs to improve", "Why reading?", "Because of phonics.", "No answer yet."):
        assert words in text


# -- what the fund's data say ---------------------------------------------------------------------


def test_the_sums_of_value_for_money_are_those_of_the_worked_example(case: Case) -> None:
    sums = {row.name: (row.sum, row.result) for row in value_for_money(case().bid)}
    assert sums == {
        "Cost per pupil": ("£3,000.00 ÷ 112 pupils", "£26.79"),
        "Cost per day of support": ("£3,000.00 ÷ 8.5 days", "£352.94"),
        "Cost per school": ("£3,000.00 ÷ 2 schools", "£1,500.00"),
    }


def test_public_data_on_the_schools_stand_beside_the_need(
    case: Case, make: Make, sign_in: SignIn, officer: User
) -> None:
    it = case()
    lead = it.bid.lead_school
    lead.free_school_meals_percent = Decimal("31.4")
    for year, eligible in ((2024, "100"), (2025, "130.5")):
        make.session.add(
            PupilPremium(
                school=lead,
                year=year,
                pupils=Decimal("522.5"),
                eligible=Decimal(eligible),
                allocation_pence=1,
            )
        )
    make.session.commit()
    make.session.refresh(lead)
    row = schools_table(it.bid, officer, NOW).rows[0]
    assert (row.part, row.pupils, row.free_meals) == ("Leads the bid", "210", "31.4%")
    assert row.premium == "25.0% (130.5 of 522.5, 2025/26)"
    text = sign_in(officer).get(review_page(it)).text
    assert "25.0% (130.5 of 522.5, 2025/26)" in text
    assert "Not held" in text  # nothing is invented for the provider


def test_the_page_asks_the_database_as_often_for_a_large_bid_as_for_a_small_one(
    case: Case, sign_in: SignIn, officer: User, make: Make, count_queries: list[Any]
) -> None:
    it = case()
    where, number = review_page(it), it.bid.id
    client = sign_in(officer)

    def queries() -> int:
        make.session.commit()
        make.session.expunge_all()
        count_queries.clear()
        assert client.get(where).status_code == 200
        return len(count_queries)

    small = queries()
    bid = make.session.get_one(Bid, number)
    fund = bid.fund
    for n in range(10):
        other = make.bid(state=BidState.CLOSED, fund=fund, lead=bid.lead_school)
        other.report.due_on = date(2026, 1, 5)
        bid.queries.append(Query(batch=1, section="need", question=f"{n}?", asked_at=NOW))
        bid.cost_lines.append(CostLine(kind=CostKind.VENUE, description="Hall", pence=100))
    assert queries() == small
    assert small <= 40
