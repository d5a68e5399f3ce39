"""Questions to a school: their answers beside what changed, and what to do when none comes."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.review import Query, Submission
from fundflow.review.operations import returning
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn, Told

pytestmark = pytest.mark.usefixtures("clock")

YESTERDAY, TOMORROW = date(2026, 11, 17), date(2026, 11, 19)
NEW_DATE = {"answer_by-day": "4", "answer_by-month": "12", "answer_by-year": "2026"}


@pytest.fixture
def returned(case: Case, make: Make) -> Callable[..., SimpleNamespace]:
    """A bid whose school was asked a question, to be answered by a date."""

    def build(due: date = YESTERDAY) -> SimpleNamespace:
        it = case(S.RETURNED)
        it.bid.due_on = due
        it.bid.queries.append(
            Query(batch=1, section="need", question="Which year groups?", asked_at=NOW - timedelta(days=14))
        )
        make.session.commit()
        return it

    return build


Returned = Callable[..., SimpleNamespace]


def path(it: SimpleNamespace, end: str) -> str:
    return f"/bids/{it.bid.reference}/{end}"


# -- what changed ----------------------------------------------------------------------------------


def version(make: Make, it: SimpleNamespace, number: int, days: int) -> None:
    first = make.session.scalars(select(Submission).where(Submission.bid_id == it.bid.id)).first()
    make.session.add(
        Submission(
            bid_id=it.bid.id,
            number=number,
            at=NOW + timedelta(days=days),
            by_id=it.head.id,
            answers=first.answers,
            sha256=first.sha256,
        )
    )


def test_each_return_points_at_what_changed_with_its_answers(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    for number, days in ((2, 5), (3, 8), (4, 12)):
        version(make, it, number, days)
    for batch, days, answer in ((1, 3, "Years 1 and 2."), (2, 10, "")):
        it.bid.queries.append(
            Query(
                batch=batch,
                section="need",
                question=f"Question {batch}?",
                asked_at=NOW + timedelta(days=days),
                answer=answer,
            )
        )
    make.session.commit()
    client = sign_in(officer)
    text = client.get(path(it, "review")).text
    first, second = (path(it, f"application/versions/{pair}") for pair in ("1/compare/2", "3/compare/4"))
    assert text.index("Question 2?") < text.index(second) < text.index("Question 1?") < text.index(first)
    assert client.get(first).status_code == 200


def test_before_the_answer_there_is_nothing_to_compare(
    returned: Returned, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = returned()
    text = sign_in(officer).get(path(it, "review")).text
    assert "Which year groups?" in text
    assert "No answer yet." in text
    assert "/compare/" not in text


# -- no answer in time -----------------------------------------------------------------------------


def test_once_the_day_has_passed_the_officer_is_offered_two_ways_on(
    returned: Returned, sign_in: SignIn, officer: User, deputy: User, make: Make
) -> None:
    it = returned()
    for one in (officer, deputy):
        text = sign_in(one).get(path(it, "review")).text
        assert "The school has not answered by 17 November 2026." in text
        for end in ("ask-again", "steps/go-on-without"):
            assert path(it, end) in text
    assert path(it, "ask-again") not in sign_in(make.staff(RoleName.AUDITOR)).get(path(it, "review")).text


def test_until_then_the_school_may_only_be_given_longer(
    returned: Returned, sign_in: SignIn, officer: User
) -> None:
    it = returned(date(2026, 11, 18))  # the last day
    client = sign_in(officer)
    text = client.get(path(it, "review")).text
    assert path(it, "ask-again") in text
    assert "go-on-without" not in text
    assert client.get(path(it, "steps/go-on-without")).status_code == 409
    data = {"version": it.bid.version, "reason": "Late"}
    answer = client.post(path(it, "steps/go-on-without"), data=data)
    assert answer.status_code == 409
    assert "The school can answer until 18 November 2026." in answer.text
    assert it.bid.state is S.RETURNED


def test_the_school_is_asked_again_with_a_new_date(
    returned: Returned, sign_in: SignIn, officer: User, told: Told, letter: Any, make: Make
) -> None:
    it = returned()
    client = sign_in(officer)
    shown = client.get(path(it, "ask-again")).text
    assert "Which year groups?" in shown
    assert 'value="2"' in shown  # ten working days on: 2 December
    data = {"version": it.bid.version, "reason": "We would like to go on.", **NEW_DATE}
    assert client.post(path(it, "ask-again"), data=data).status_code == 302
    assert (it.bid.state, it.bid.due_on) == (S.RETURNED, date(2026, 12, 4))
    assert told(it.bid) == {("school", it.head.email)}
    sent = letter(it.bid, "school")
    assert sent.subject == f"{it.bid.reference}: please answer our questions by 4 December"
    assert "Which year groups?" in sent.body
    assert "We would like to go on." in sent.body
    entry = make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "ask_again")).one()
    assert (entry.label, entry.internal) == ("Asked the school to answer by 4 December 2026", False)
    assert client.post(path(it, "ask-again"), data=data).status_code == 302  # a double click
    assert make.session.scalar(select(func.count()).select_from(Letter)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({**NEW_DATE, "answer_by-day": "18", "answer_by-month": "11"}, "must be after today"),
        ({}, "Enter the date by which the school should answer"),
        ({**NEW_DATE, "answer_by-day": "31", "answer_by-month": "11"}, "must be a real date"),
    ],
)
def test_a_new_date_lies_ahead(
    returned: Returned, sign_in: SignIn, officer: User, data: dict[str, str], sentence: str
) -> None:
    it = returned()
    answer = sign_in(officer).post(path(it, "ask-again"), data={"version": it.bid.version, **data})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert it.bid.due_on == YESTERDAY
    with pytest.raises(Refused, match="must be after today"):
        returning.ask_again(it.bid, NOW.date(), "", user=officer, now=NOW)


def test_nobody_but_an_officer_asks_again(
    returned: Returned, sign_in: SignIn, case: Case, officer: User, make: Make
) -> None:
    it = returned()
    data = {"version": it.bid.version, **NEW_DATE}
    for person in (it.head, make.staff(RoleName.CLERK), make.staff(RoleName.AUDITOR)):
        answer = sign_in(person).post(path(it, "ask-again"), data=data)
        assert answer.status_code == 409
        assert "Only the liaison officer can do this." in answer.text
    assert sign_in(make.member(make.school())).post(path(it, "ask-again"), data=data).status_code == 404
    make.role(it.head, RoleName.OFFICER)
    assert "your school, Hazelmere Primary" in sign_in(it.head).post(path(it, "ask-again"), data=data).text
    assert it.bid.due_on == YESTERDAY
    other = case(S.IN_REVIEW)
    assert sign_in(officer).get(path(other, "ask-again")).status_code == 409


def test_the_officer_goes_on_without_the_answer_and_with_what_was_sent(
    returned: Returned, sign_in: SignIn, officer: User, told: Told, letter: Any, make: Make
) -> None:
    it = returned()
    it.bid.need = "Half a sentence that nobody has sent"
    it.bid.backfill_lines[0].half_days, it.bid.requested_pence = 14, 335_000
    make.session.commit()
    client = sign_in(officer)
    assert "as the school last sent it" in client.get(path(it, "steps/go-on-without")).text
    data = {"version": it.bid.version, "reason": "The panel meets next week."}
    assert client.post(path(it, "steps/go-on-without"), data=data).status_code == 302
    bid = it.bid
    assert (bid.state, bid.due_on) == (S.IN_REVIEW, date(2026, 12, 2))
    assert bid.need == "Only 58% of Year 1 pupils reached the phonics standard."
    assert (bid.backfill_lines[0].half_days, bid.requested_pence) == (12, 300_000)
    assert told(bid) == {("school", it.head.email)}
    assert "The panel meets next week." in letter(bid, "school").body
    assert client.post(path(it, "steps/go-on-without"), data=data).status_code == 302  # twice
    assert len(told(bid)) == 1


def test_a_bid_that_is_not_answered_is_ruled_ineligible_as_it_was_last_sent(
    returned: Returned, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = returned()
    it.bid.title = "Half a title that nobody has sent"
    make.session.commit()
    client = sign_in(officer)
    rule = {"rule": "No other school takes part", "reason": "No partner named."}
    first = client.post(path(it, "steps/rule-ineligible"), data={"version": it.bid.version, **rule})
    assert (first.status_code, it.bid.state) == (409, S.RETURNED)
    data = {"version": it.bid.version, "reason": "No answer came."}
    assert client.post(path(it, "steps/go-on-without"), data=data).status_code == 302
    second = client.post(path(it, "steps/rule-ineligible"), data={"version": it.bid.version, **rule})
    assert second.status_code == 302
    assert (it.bid.state, it.bid.title) == (S.INELIGIBLE, "Reading recovery in Years 1 and 2")


def test_nobody_but_an_officer_goes_on(returned: Returned, sign_in: SignIn, make: Make) -> None:
    it = returned()
    data = {"version": it.bid.version, "reason": "I like it"}
    for person in (it.head, make.staff(RoleName.CLERK)):
        answer = sign_in(person).post(path(it, "steps/go-on-without"), data=data)
        assert answer.status_code == 409
        assert "Only the liaison officer can do this." in answer.text
    assert it.bid.state is S.RETURNED
