"""Rounds: their moments, criteria, priorities and questions, and what bids forbid to change."""

from datetime import UTC, datetime, time
from datetime import date as a_date

import pytest
from sqlalchemy import select

from fundflow.funds.operations import priorities, questions, retiring
from fundflow.models.bid_parts import RoundAnswer
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.web.times import london_moment
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.funds.conftest import changes, day, london, post

pytestmark = pytest.mark.usefixtures("clock")


def dated(**given):
    return {
        "name": "Spring round",
        "kind": "dates",
        "guidance": "",
        "criteria": "",
        **day("opens_on", "1 10 2026"),
        "opens_time": "09:00",
        **day("closes_on", "12 3 2027"),
        "closes_time": "17:00",
        **given,
    }


@pytest.fixture
def spring(make, fund):
    return make.round(
        fund, name="Spring round", opens_at=london(2026, 10, 1, 9), closes_at=london(2027, 3, 12, 17)
    )


def place(round_, rest=""):
    return f"/funds/{round_.fund_id}/rounds/{round_.id}{rest}"


# -- moments --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "at", "utc"),
    [
        ("12 3 2027", "17:00", (2027, 3, 12, 17, 0)),
        ("12 7 2027", "5pm", (2027, 7, 12, 16, 0)),
        ("28 3 2027", "00:59", (2027, 3, 28, 0, 59)),
        ("28 3 2027", "02:00", (2027, 3, 28, 1, 0)),
        ("31 10 2027", "00.59", (2027, 10, 30, 23, 59)),
        ("31 10 2027", "2am", (2027, 10, 31, 2, 0)),
    ],
)
def test_a_closing_is_what_a_clock_in_london_shows_in_winter_and_summer(as_admin, fund, session, on, at, utc):
    answer = post(
        as_admin, f"/funds/{fund.id}/rounds/add", fund, **dated(**day("closes_on", on), closes_time=at)
    )
    assert answer.status_code == 302
    assert session.scalar(select(Round)).closes_at == datetime(*utc, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({**day("closes_on", "28 3 2027"), "closes_time": "01:30"}, "01:30 does not exist on 28 March 2027"),
        ({**day("closes_on", "31 10 2027"), "closes_time": "01:30"}, "01:30 comes twice on 31 October 2027"),
        ({**day("closes_on", "31 2 2027")}, "must be a real date"),
        ({**day("closes_on", "30 9 2026")}, "The round must close after it opens"),
        ({**day("closes_on", "1 10 2026"), "closes_time": "09:00"}, "must close after it opens"),
        ({**day("closes_on", f"1 1 {10**20}")}, "must be a real date"),
        ({"closes_time": "24:00"}, "Enter the time at which the round closes"),
        ({"closes_time": "\0"}, "Enter the time at which the round closes"),
        ({"closes_time": str(10**20)}, "must be 10 characters or fewer"),
        ({"name": "\0"}, "Enter the name of the round"),
        ({"criteria": "x" * 4001}, "4,000 characters"),
    ],
)
def test_moments_that_do_not_exist_and_other_nonsense_are_answered_in_words(as_admin, fund, given, sentence):
    answer = post(as_admin, f"/funds/{fund.id}/rounds/add", fund, **dated(**given))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert fund.version == 1


def test_every_quarter_of_an_hour_of_a_year_is_a_moment_but_for_two_hours(session):
    refused = []
    for number in range(365):
        on = a_date.fromordinal(a_date(2027, 1, 1).toordinal() + number)
        for quarter in range(96):
            at = time(quarter // 4, quarter % 4 * 15)
            try:
                assert london_moment(on, at).astimezone(london(2027, 1, 1).tzinfo).replace(
                    tzinfo=None
                ) == datetime.combine(on, at)
            except ValueError:
                refused.append((on.isoformat(), at.hour))
    assert set(refused) == {("2027-03-28", 1), ("2027-10-31", 1)}
    assert len(refused) == 8


def test_a_change_of_a_round_is_kept_with_what_was_and_what_is(as_admin, spring, session):
    answer = post(
        as_admin, place(spring), spring.fund, **dated(closes_time="12:00", criteria="Two schools at least.")
    )
    assert answer.status_code == 302
    entry = changes(session, spring.fund)[-1]
    assert entry.label == "Spring round was changed: it closes on 12 March 2027 at 12:00"
    assert entry.given["criteria"] == ["", "Two schools at least."]
    assert [moment[:16] for moment in entry.given["closes_at"]] == ["2027-03-12T17:00", "2027-03-12T12:00"]
    assert set(entry.given) == {"closes_at", "criteria"}
    assert entry.label in as_admin.get(f"/funds/{spring.fund_id}").text


def test_saving_a_round_as_it_is_changes_nothing(as_admin, spring, session):
    assert post(as_admin, place(spring), spring.fund, **dated()).status_code == 302
    assert changes(session, spring.fund) == []


def test_a_stale_page_of_a_round_keeps_what_was_typed(as_admin, spring):
    stale = {"version": spring.fund.version, **dated(name="Mine")}
    post(as_admin, place(spring), spring.fund, **dated(name="Theirs"))
    answer = as_admin.post(place(spring), data=stale)
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert spring.name == "Theirs"


# -- a round with bids ------------------------------------------------------------------------------


def test_a_round_with_bids_can_not_open_after_the_first_of_them(as_admin, make, spring):
    make.bid(fund=spring.fund)  # begun on 18 November
    answer = post(as_admin, place(spring), spring.fund, **dated(**day("opens_on", "19 11 2026")))
    assert answer.status_code == 409
    assert "have begun bids in this round since 18 November 2026 at 10:00" in answer.text
    assert spring.opens_at == london(2026, 10, 1, 9)
    earlier = post(as_admin, place(spring), spring.fund, **dated(**day("opens_on", "18 11 2026")))
    assert earlier.status_code == 302


def test_a_round_with_bids_can_not_be_closed_in_the_past(as_admin, make, spring):
    make.bid(fund=spring.fund)
    past = {**day("closes_on", "17 11 2026")}
    answer = post(as_admin, place(spring), spring.fund, **dated(**past))
    assert answer.status_code == 409
    assert "Choose a moment in the future" in answer.text
    soon = dated(**day("closes_on", "18 11 2026"), closes_time="10:01")
    assert post(as_admin, place(spring), spring.fund, **soon).status_code == 302


def test_a_round_without_bids_can_be_corrected_freely(as_admin, spring):
    answer = post(as_admin, place(spring), spring.fund, **dated(**day("closes_on", "17 11 2026")))
    assert answer.status_code == 302


def test_other_things_of_a_closed_round_with_bids_can_still_change(as_admin, make, fund, session):
    over = make.round(
        fund, name="Spring round", opens_at=london(2026, 10, 1, 9), closes_at=london(2026, 11, 1, 17)
    )
    make.bid(fund=fund)
    session.commit()
    answer = post(as_admin, place(over), fund, **dated(**day("closes_on", "1 11 2026"), guidance="Thanks."))
    assert answer.status_code == 302
    assert over.guidance == "Thanks."


def test_schools_with_drafts_hear_once_that_a_closing_moved(as_admin, make, spring, session):
    lead = make.school("Hazelmere")
    head = make.member(lead)
    for _ in range(2):
        make.bid(fund=spring.fund, lead=lead, leader=head)
    make.bid(fund=spring.fund, state=BidState.SUBMITTED)
    session.commit()
    post(as_admin, place(spring), spring.fund, **dated(**day("closes_on", "5 3 2027")))
    (letter,) = session.scalars(select(Letter)).all()
    assert (letter.email, letter.subject) == (head.email, "Spring round now closes on 5 March 2027 at 17:00")
    assert "Hazelmere has a bid in this round that is not submitted yet" in letter.body
    assert f"http://fund.example/rounds/{spring.id}" in letter.body
    post(as_admin, place(spring), spring.fund, **dated(**day("closes_on", "5 3 2027"), guidance="New"))
    assert len(session.scalars(select(Letter)).all()) == 1


# -- priorities -----------------------------------------------------------------------------------


def test_a_priority_is_renamed_until_a_bid_has_chosen_it(as_admin, make, spring, session):
    priority = spring.priorities[0]
    there = place(spring, f"/priorities/{priority.id}")
    assert post(as_admin, there, spring.fund, title="Phonics").status_code == 302
    assert priority.title == "Phonics"
    assert changes(session, spring.fund)[-1].given == {"title": ["Early reading", "Phonics"]}
    make.bid(fund=spring.fund)
    session.commit()
    answer = post(as_admin, there, spring.fund, title="Sums")
    assert answer.status_code == 409
    assert "A bid has chosen “Phonics”, so its words can’t change" in answer.text
    assert priority.title == "Phonics"


def test_a_priority_can_not_take_anothers_words(as_admin, make, spring, session):
    other = Priority(round=spring, title="Attendance")
    session.add(other)
    session.commit()
    answer = post(as_admin, place(spring, f"/priorities/{other.id}"), spring.fund, title="EARLY reading")
    assert answer.status_code == 409
    assert "already has the priority “Early reading”" in answer.text


@pytest.mark.both_databases
def test_a_retired_priority_is_offered_to_no_new_bid_and_kept_by_the_old(as_admin, make, spring, sign_in):
    kept, fresh = make.bid(fund=spring.fund), make.bid(fund=spring.fund, complete=False)
    spring.priorities.append(Priority(title="Attendance"))
    make.session.commit()
    priority = spring.priorities[0]
    there = place(spring, f"/priorities/{priority.id}/retire")
    assert "Early reading" in as_admin.get(there).text
    assert post(as_admin, there, spring.fund).status_code == 302
    assert priority.retired
    assert "Early reading" not in as_admin.get(f"/rounds/{spring.id}").text
    assert "Early reading" not in as_admin.get("/rounds").text
    for bid, offered in ((kept, True), (fresh, False)):
        head = bid.lead_school_id
        person = next(
            m.user
            for m in make.session.query(type(make.member(make.school()).memberships[0])).filter_by(
                school_id=head
            )
        )
        page = sign_in(person).get(f"/bids/{bid.reference}/form/about").text
        assert ("Early reading" in page) is offered
        assert "Attendance" in page


def test_adding_a_retired_priority_again_brings_it_back(as_admin, spring, session):
    priority = spring.priorities[0]
    post(as_admin, place(spring, f"/priorities/{priority.id}/retire"), spring.fund)
    answer = post(as_admin, place(spring, "/priorities/add"), spring.fund, title="early READING")
    assert answer.status_code == 302
    session.expire_all()
    assert [(p.title, p.retired) for p in spring.priorities] == [("Early reading", False)]


def test_a_priority_asks_for_an_assessment_where_the_fund_makes_any(as_admin, make, spring, session):
    priority = spring.priorities[0]
    there = place(spring, f"/priorities/{priority.id}")
    assert "Assess the need before money" not in as_admin.get(there).text
    spring.fund.assesses_need = True
    make.bid(fund=spring.fund).priority = priority
    session.commit()
    assert "Assess the need before money" in as_admin.get(there).text
    given = {"title": "Early reading", "asks_assessment": "y"}
    assert post(as_admin, there, spring.fund, **given).status_code == 302  # also once a bid has chosen it
    assert priority.asks_assessment
    assert changes(session, spring.fund)[-1].label == "Early reading asks for an assessment of need"
    assert "Need is assessed before money" in as_admin.get(f"/rounds/{spring.id}").text
    assert post(as_admin, there, spring.fund, title="Early reading").status_code == 302
    assert not priority.asks_assessment
    assert changes(session, spring.fund)[-1].label == "Early reading no longer asks for an assessment of need"
    added = {"title": "Autism", "asks_assessment": "y"}
    assert post(as_admin, place(spring, "/priorities/add"), spring.fund, **added).status_code == 302
    session.expire_all()
    assert [p.title for p in spring.priorities if p.asks_assessment] == ["Autism"]


# -- questions ------------------------------------------------------------------------------------

QUESTION = {
    "text": "How will pupils have a say?",
    "hint": "For example, a council",
    "most": "500",
    "required": "y",
}


@pytest.fixture
def question(as_admin, spring, session):
    assert post(as_admin, place(spring, "/questions/add"), spring.fund, **QUESTION).status_code == 302
    return session.scalar(select(RoundQuestion))


@pytest.mark.both_databases
def test_a_question_is_added_changed_and_published(as_admin, spring, question, session):
    assert (question.most, question.required, question.full_only) == (500, True, False)
    there = place(spring, f"/questions/{question.id}")
    assert "How will pupils have a say?" in as_admin.get(there).text
    assert post(as_admin, there, spring.fund, **{**QUESTION, "most": "700"}).status_code == 302
    assert question.most == 700
    assert changes(session, spring.fund)[-1].given == {"most": [500, 700]}
    page = as_admin.get(f"/rounds/{spring.id}").text
    for words in ("How will pupils have a say?", "For example, a council", "Up to 700 characters"):
        assert words in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": ""}, "Enter the question"),
        ({"text": "\0\0"}, "Enter the question"),
        ({"text": "x" * 301}, "300 characters or fewer"),
        ({"most": "49"}, "between 50 and 4,000"),
        ({"most": str(10**20)}, "must be a whole number"),
        ({"most": ""}, "Enter the number of characters"),
        ({"hint": "x" * 501}, "500 characters or fewer"),
    ],
)
def test_a_bad_question_is_answered_in_words(as_admin, spring, given, sentence):
    answer = post(as_admin, place(spring, "/questions/add"), spring.fund, **{**QUESTION, **given})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_question_is_not_asked_twice_and_ten_are_enough(as_admin, spring, question):
    there = place(spring, "/questions/add")
    answer = post(as_admin, there, spring.fund, **{**QUESTION, "text": QUESTION["text"].upper()})
    assert (answer.status_code, "asks this question already" in answer.text) == (409, True)
    for number in range(9):
        post(as_admin, there, spring.fund, **{**QUESTION, "text": f"Question {number}?"})
    answer = post(as_admin, there, spring.fund, **{**QUESTION, "text": "One more?"})
    assert (answer.status_code, "at most 10 questions" in answer.text) == (409, True)


@pytest.mark.parametrize("given", [{"text": "Why?"}, {"most": "50"}, {"required": ""}, {"full_only": "y"}])
def test_an_answered_question_keeps_its_words_but_for_the_hint(
    as_admin, make, spring, question, given, session
):
    bid = make.bid(fund=spring.fund)
    session.add(RoundAnswer(bid_id=bid.id, question_id=question.id, text="By voting."))
    session.commit()
    there = place(spring, f"/questions/{question.id}")
    answer = post(as_admin, there, spring.fund, **{k: v for k, v in {**QUESTION, **given}.items() if v})
    assert answer.status_code == 409
    assert "only its hint can change" in answer.text
    assert question.text == QUESTION["text"]
    assert post(as_admin, there, spring.fund, **{**QUESTION, "hint": "In short"}).status_code == 302
    assert question.hint == "In short"


@pytest.mark.both_databases
def test_a_retired_question_is_asked_no_longer_and_its_answers_are_kept(
    as_admin, make, spring, question, session
):
    bid = make.bid(fund=spring.fund)
    session.add(RoundAnswer(bid_id=bid.id, question_id=question.id, text="By voting."))
    session.commit()
    there = place(spring, f"/questions/{question.id}/retire")
    assert post(as_admin, there, spring.fund).status_code == 302
    assert "have a say" not in as_admin.get(f"/rounds/{spring.id}").text
    assert session.scalar(select(RoundAnswer.text)) == "By voting."
    again = post(as_admin, place(spring, "/questions/add"), spring.fund, **QUESTION)
    assert again.status_code == 302


# -- who may ----------------------------------------------------------------------------------------


def test_each_operation_asks_whether_one_may(make, spring, now, session):
    officer = make.staff(RoleName.OFFICER)
    question = RoundQuestion(round=spring, text="Why?")
    session.add(question)
    session.commit()
    by = {"version": spring.fund.version, "user": officer, "now": now}
    answers = {"text": "x", "hint": "", "most": 100, "required": True, "full_only": False}
    acts = [
        lambda: priorities.rename_priority(spring.priorities[0], title="x", **by),
        lambda: retiring.retire(spring.priorities[0], **by),
        lambda: questions.add_question(spring, **answers, **by),
        lambda: questions.change_question(question, **answers, **by),
        lambda: retiring.retire(question, **by),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Only an administrator"):
            act()
        session.rollback()


def test_parts_of_another_round_are_not_found(as_admin, make, spring, session):
    other = make.round(make.fund())
    question = RoundQuestion(round=other, text="Why?")
    session.add(question)
    session.commit()
    for rest in (
        f"/priorities/{other.priorities[0].id}",
        f"/priorities/{other.priorities[0].id}/retire",
        f"/questions/{question.id}",
        f"/questions/{question.id}/retire",
        f"/questions/{10**20}",
        "/priorities/0",
    ):
        assert as_admin.get(place(spring, rest)).status_code == 404
        assert as_admin.post(place(spring, rest)).status_code == 404
