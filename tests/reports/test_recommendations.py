"""Recommendations of committees and the board: answered by their owner, followed to their end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.desk.school_work import recommendations_and_schools
from fundflow.extensions import db
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.reports.paper.document import public_part
from fundflow.reports.paper.operations import begin_paper
from fundflow.reports.paper.queries import recommendations
from fundflow.reports.paper.recommending import answer, record
from fundflow.workflow.engine import Refused
from fundflow.workflow.recommendation import RecommendationState as S
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]


class World:
    """A fund, its people by role, and a recommendation of the schools forum to the impact officer."""

    def __init__(self, make: Make) -> None:
        roles = (R.OFFICER, R.CLERK, R.IMPACT_OFFICER, R.BOARD, R.FINANCE)
        self.fund, self.people = make.fund(), {role: make.staff(role) for role in roles}
        self.made = record(
            self.fund,
            body="Schools forum",
            what="Tell every school.",
            owner=self.people[R.IMPACT_OFFICER].id,
            due_on=date(2027, 3, 12),
            user=self.people[R.CLERK],
            now=NOW,
        )


world = scene(World)


def test_its_owner_is_told_and_finds_it_on_my_work(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    owner = world.people[R.IMPACT_OFFICER]
    told = db.session.scalars(select(Letter.email).where(Letter.subject.startswith("Recommendation"))).all()
    assert told == [owner.email]
    assert "Answer the recommendation" in sign_in(owner).get("/work").text
    assert "Answer the recommendation" not in sign_in(world.people[R.FINANCE]).get("/work").text
    answer(world.made, step="accept", response="Letters go out.", user=owner, now=NOW)
    assert "Say what was done" in sign_in(owner).get("/work").text
    answer(world.made, step="done", response="All were told.", user=owner, now=NOW)
    assert "Tell every school" not in sign_in(owner).get("/work").text


@pytest.mark.both_databases
@pytest.mark.parametrize("left", ["account", "role", "elsewhere"])
def test_the_fund_s_officers_find_it_once_its_owner_has_left(
    world: World, make: Make, sign_in: SignIn, time_machine: Any, left: str
) -> None:
    time_machine.move_to(NOW, tick=False)
    owner, officer = world.people[R.IMPACT_OFFICER], world.people[R.OFFICER]
    stranger = make.staff(R.OFFICER)
    other = make.fund(name="Other")
    stranger.roles[0].fund_id = other.id
    grant = owner.roles[0]
    assert "Answer the recommendation" not in sign_in(officer).get("/work").text
    if left == "account":
        owner.active = False
    elif left == "role":
        grant.ends_on = NOW.date() - timedelta(days=1)
    else:
        grant.fund_id = other.id
    db.session.commit()
    for person, finds in ((officer, True), (stranger, False), (world.people[R.CLERK], False)):
        assert ("Answer the recommendation" in sign_in(person).get("/work").text) is finds
    answer(world.made, step="let_go", reason="It is out of date.", user=officer, now=NOW)
    told = db.session.scalars(select(Letter.email).where(Letter.subject.contains("no longer"))).all()
    assert officer.email in told
    assert owner.email not in told


def test_what_waits_stands_first_and_of_that_what_is_due_first(world: World, make: Make) -> None:
    owner = world.people[R.IMPACT_OFFICER]
    days = [date(2026, 12, 1), date(2027, 9, 1)]
    done = make.recommendation(world.fund, owner, due_on=date(2020, 1, 1), state=S.DONE)
    early, late = (make.recommendation(world.fund, owner, due_on=day) for day in days)
    assert list(recommendations(world.people[R.BOARD], NOW)) == [early, world.made, late, done]


def test_where_there_is_one_fund_a_report_is_begun_and_a_recommendation_recorded_without_naming_it(
    world: World, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    client = sign_in(world.people[R.CLERK])
    assert "Which fund" not in client.get("/board/papers/new").text
    begun = client.post("/board/papers/new", data={"period": "term"})
    assert begun.status_code == 302
    assert client.get(begun.location).status_code == 200
    due = {"due_on-day": "1", "due_on-month": "9", "due_on-year": "2027"}
    owner = world.people[R.IMPACT_OFFICER].id
    data = {"body": "Schools forum", "what": "Tell every school again.", "owner": owner, **due}
    assert client.post("/board/recommendations/new", data=data).status_code == 302
    assert "Tell every school again." in client.get("/board").text


@pytest.mark.parametrize("role", [R.CLERK, R.BOARD, R.FINANCE])
def test_nobody_answers_for_its_owner_but_an_officer(world: World, role: R) -> None:
    with pytest.raises(Refused):
        answer(world.made, step="accept", response="Yes.", user=world.people[role], now=NOW)


def test_only_what_was_accepted_is_done(world: World) -> None:
    officer = world.people[R.OFFICER]
    with pytest.raises(Refused):
        answer(world.made, step="done", response="Done.", user=officer, now=NOW)
    answer(world.made, step="not_accept", response="It costs too much.", user=officer, now=NOW)
    assert (world.made.state, world.made.response) == (S.NOT_ACCEPTED, "It costs too much.")
    with pytest.raises(Refused):
        answer(world.made, step="let_go", reason="Why not.", user=officer, now=NOW)


def test_letting_it_go_needs_a_reason(world: World) -> None:
    with pytest.raises(Refused, match="reason"):
        answer(world.made, step="let_go", reason="", user=world.people[R.CLERK], now=NOW)
    answer(world.made, step="let_go", reason="The forum withdrew it.", user=world.people[R.CLERK], now=NOW)
    assert world.made.state is S.LET_GO


def test_whom_my_work_shows_none_owns_none(world: World) -> None:
    given = {"body": "Forum", "what": "Do it.", "due_on": date(2027, 3, 12), "now": NOW}
    with pytest.raises(Refused, match="Select who answers it"):
        record(world.fund, owner=world.people[R.FINANCE].id, user=world.people[R.CLERK], **given)


def test_a_school_leader_owns_none_and_records_none(world: World, make: Make) -> None:
    head = make.member(make.school())
    given = {"body": "Forum", "what": "Do it.", "due_on": date(2027, 3, 12), "now": NOW}
    with pytest.raises(Refused, match="Select who answers it"):
        record(world.fund, owner=head.id, user=world.people[R.CLERK], **given)
    with pytest.raises(Refused, match="Only the liaison officer"):
        record(world.fund, owner=world.people[R.OFFICER].id, user=world.people[R.BOARD], **given)


def test_the_next_paper_shows_it_without_a_name(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    owner = world.people[R.IMPACT_OFFICER]
    answer(world.made, step="accept", response="Letters go out.", user=owner, now=NOW)
    paper = begin_paper(
        world.fund, date(2026, 9, 1), date(2026, 12, 31), user=world.people[R.OFFICER], now=NOW
    )
    table = next(one for one in public_part(paper).tables if one.code == "recommendations")
    assert table.in_words(table.rows[0]) == [
        "Tell every school.",
        "Schools forum",
        "The impact officer",
        "12 March 2027",
        "Accepted",
        "Letters go out.",
        "18 November 2026",
        "",
    ]
    for path in ("/board", f"/board/recommendations/{world.made.id}"):
        page = sign_in(world.people[R.BOARD]).get(path).text
        assert "Letters go out." in page
        assert owner.name not in page


@pytest.mark.both_databases
def test_a_response_keeps_whose_it_is_and_its_day_beside_what_was_done(
    world: World, sign_in: SignIn, time_machine: Any
) -> None:
    owner, cabinet = world.people[R.IMPACT_OFFICER], "The cabinet member for education"
    given = {"response": "Letters go out.", "answered_for": cabinet}
    answer(world.made, step="accept", **given, user=owner, now=NOW)
    letter = db.session.scalars(select(Letter).where(Letter.subject.contains("it is accepted"))).first()
    assert letter is not None
    assert f"Whose response it is: {cabinet}\n" in letter.body
    later = NOW + timedelta(days=20)
    answer(world.made, step="done", response="All were told.", user=owner, now=later)
    made = world.made
    assert (made.response, made.answered_for, made.answered_at) == ("Letters go out.", cabinet, NOW)
    assert made.outcome == "All were told."
    time_machine.move_to(later, tick=False)
    board = sign_in(world.people[R.BOARD])
    page = board.get(f"/board/recommendations/{made.id}").text
    assert f"18 November 2026, by {cabinet}" in page
    assert "All were told." in page
    assert f"Answered on 18 November 2026 by {cabinet}." in board.get("/board").text
    paper = begin_paper(
        world.fund, date(2026, 9, 1), date(2026, 12, 31), user=world.people[R.OFFICER], now=later
    )
    table = next(one for one in public_part(paper).tables if one.code == "recommendations")
    assert table.in_words(table.rows[0])[-3:] == [
        f"{cabinet}: Letters go out.",
        "18 November 2026",
        "All were told.",
    ]


def test_whose_response_it_is_names_nobody(world: World) -> None:
    given = {"response": "Yes.", "answered_for": "Mrs Patel"}
    with pytest.raises(Refused, match="Mrs Patel"):
        answer(world.made, step="accept", **given, user=world.people[R.OFFICER], now=NOW)


def test_what_is_overdue_is_counted_on_the_page_in_the_paper_and_in_the_file(
    world: World, make: Make, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    owner = world.people[R.IMPACT_OFFICER]
    make.recommendation(world.fund, owner, due_on=date(2026, 11, 17), what="Visit every school.")
    make.recommendation(world.fund, owner, due_on=date(2020, 1, 1), state=S.DONE)
    make.recommendation(make.fund(name="Other"), owner, what="Nothing of ours.")
    db.session.commit()
    board = world.people[R.BOARD]
    board.roles[0].fund_id = world.fund.id
    db.session.commit()
    assert "To be answered or done: 2. Overdue: 1." in sign_in(board).get("/board").text
    with sign_in(board).get("/board/recommendations.csv") as file:
        lines = file.data.decode("utf-8-sig").splitlines()
    assert lines[1].startswith(
        f"{world.fund.name},Schools forum,Visit every school.,The impact officer,2026-11-17"
    )
    assert [",Yes," in line for line in lines[1:]] == [True, False, False]
    assert len(lines) == 4
    assert not [line for line in lines if "Nothing of ours" in line or owner.name in line]
    paper = begin_paper(
        world.fund, date(2026, 9, 1), date(2026, 12, 31), user=world.people[R.OFFICER], now=NOW
    )
    table = next(one for one in public_part(paper).tables if one.code == "recommendations")
    assert table.says.endswith("Still to be answered or done: 2. Overdue: 1.")


def test_nobody_is_named_in_what_is_asked_or_answered(world: World) -> None:
    officer, due = world.people[R.OFFICER], date(2027, 3, 12)
    with pytest.raises(Refused, match="01632 960 123"):
        record(
            world.fund,
            body="Schools forum",
            what="Ring 01632 960 123.",
            owner=officer.id,
            due_on=due,
            user=officer,
            now=NOW,
        )
    with pytest.raises(Refused, match="Mrs Patel"):
        answer(world.made, step="accept", response="Mrs Patel will do it.", user=officer, now=NOW)
    assert world.made.response == ""


def test_a_second_click_records_nothing_twice(world: World) -> None:
    again = record(
        world.fund,
        body="Schools forum",
        what="Tell every school.",
        owner=world.people[R.IMPACT_OFFICER].id,
        due_on=date(2027, 3, 12),
        user=world.people[R.CLERK],
        now=NOW,
    )
    assert again is world.made


def test_an_owner_who_lost_the_role_answers_no_more(world: World, make: Make, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    owner = world.people[R.IMPACT_OFFICER]
    owner.roles[0].ends_on = NOW.date() - timedelta(days=1)
    make.role(owner, R.OFFICER, fund=make.fund())
    make.session.commit()
    with pytest.raises(Refused):
        answer(world.made, step="accept", response="Letters go out.", user=owner, now=NOW)
    assert not recommendations_and_schools(owner, NOW)
