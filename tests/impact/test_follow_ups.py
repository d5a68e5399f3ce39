"""Follow-up actions: agreed after a rating, tracked to done, shown to the panel at the next bid."""

from datetime import timedelta
from typing import Any

import pytest

from fundflow.impact import corrections, follow_ups
from fundflow.impact.desk import desk_of
from fundflow.models.bid import Bid
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Rating
from fundflow.models.person import RoleName, User
from fundflow.papers import report_of
from fundflow.rules.follow_ups import earlier_results
from fundflow.steps import AlreadyTaken
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from tests.factories import Make
from tests.impact.conftest import LATER, MEASURED, Ended, SignIn, an_ended_bid, letters_to, path

DUE = LATER.date() + timedelta(days=60)
SAID = {"what": "Train the new assistants.", "owner": "deputy head", "due_on": DUE}


@pytest.fixture
def red(ended: Ended) -> Ended:
    ended.write(value=60)
    ended.send()
    ended.accept(Rag.RED)
    return ended


def agree(ended: Ended, user: User | None = None, **changes: Any) -> FollowUp:
    return follow_ups.ask(
        ended.bid,
        **{**SAID, **changes},
        user=user or ended.impact_officer,
        now=LATER,
        version=changes.pop("version", ended.bid.version),
    )


def on(action: FollowUp, user: User) -> dict[str, Any]:
    return {"user": user, "now": LATER, "version": action.version}


@pytest.mark.both_databases
def test_an_action_is_agreed_reported_and_done_with_letters(red: Ended) -> None:
    action = agree(red)
    asked = letters_to(red.head)[-1]
    assert asked.subject == f"{red.bid.reference}: a follow-up action for you, by 1 August"
    assert "It is due by 1 August 2027." in asked.body
    assert "(deputy head)" in asked.body
    follow_ups.say(action, note="Two of three are trained", **on(action, red.head))
    assert action.state is FollowUpState.OPEN
    told = letters_to(red.impact_officer)[-1]
    assert "Two of three are trained" in told.body
    follow_ups.finish(action, note="I saw the certificates", **on(action, red.impact_officer))
    assert (action.state, action.note) == (FollowUpState.DONE, "I saw the certificates")
    assert "I saw the certificates" in letters_to(red.head)[-1].body
    with pytest.raises(Refused):
        follow_ups.let_go(action, reason="No", **on(action, red.impact_officer))


def test_the_school_cannot_say_that_its_own_action_is_done_or_let_it_go(red: Ended) -> None:
    action = agree(red)
    with pytest.raises(Refused, match="Only"):
        follow_ups.finish(action, note="Done", **on(action, red.head))
    red.make.session.rollback()
    with pytest.raises(Refused, match="Only"):
        follow_ups.let_go(action, reason="No time", **on(action, red.head))


def test_an_officer_of_a_school_in_the_bid_agrees_and_settles_nothing(red: Ended) -> None:
    inside = red.make.member(red.bid.providers[0])
    red.make.role(inside, RoleName.IMPACT_OFFICER)
    red.make.session.commit()
    with pytest.raises(Refused, match="your school"):
        agree(red, inside)
    red.make.session.rollback()
    action = agree(red)
    with pytest.raises(Refused, match="your school"):
        follow_ups.finish(action, note="Done", **on(action, inside))


def test_an_action_is_not_due_in_the_past_nor_agreed_before_the_support(make: Make) -> None:
    ended = an_ended_bid(make)
    with pytest.raises(Refused, match="in the past"):
        agree(ended, due_on=LATER.date() - timedelta(days=1))
    make.session.rollback()
    early = an_ended_bid(make, BidState.OFFERED)
    with pytest.raises(Refused, match="has not begun"):
        agree(early)


def test_a_second_click_agrees_nothing_twice(red: Ended) -> None:
    seen = red.bid.version
    agree(red)
    with pytest.raises(AlreadyTaken):
        follow_ups.ask(red.bid, **SAID, user=red.impact_officer, now=LATER, version=seen)  # type: ignore[arg-type]


def test_the_panel_sees_it_at_the_schools_next_bid(red: Ended) -> None:
    make = red.make
    following = make.bid(state=BidState.IN_REVIEW, lead=red.bid.lead_school, leader=red.head)
    make.session.commit()
    first = f"{red.bid.reference}, {red.bid.title}: the report is rated red."
    assert earlier_results(following) == [f"{first} No follow-up action has been agreed yet."]
    action = agree(red)
    became = (
        f"{red.bid.reference}, follow-up action: Train the new assistants: deputy head, by 1 August 2027."
    )
    assert earlier_results(following) == [first, f"{became} Not done yet."]
    follow_ups.finish(action, note="I saw the certificates", **on(action, red.impact_officer))
    assert report_of(following)["earlier"] == [
        first,
        f"{became} Done by 2 June 2027: I saw the certificates",
    ]
    assert earlier_results(red.bid) == []
    other = make.bid(state=BidState.IN_REVIEW)
    assert "earlier" not in report_of(other)


@pytest.mark.usefixtures("today")
def test_the_pages_carry_an_action_from_work_to_done(red: Ended, sign_in: SignIn) -> None:
    client = sign_in(red.impact_officer)
    assert "Agree a follow-up action" in client.get("/work").text
    page = client.get(path(red, "follow-up")).text
    assert "no follow-up action has been agreed yet" in page
    missing = client.post(path(red, "follow-up/new"), data={"version": red.bid.version})
    assert missing.status_code == 422
    assert "Enter what is to be done" in missing.text
    sent = {
        "what": "Train the new assistants",
        "owner": "deputy head",
        "due_on-day": "1",
        "due_on-month": "8",
        "due_on-year": "2027",
        "version": red.bid.version,
    }
    client.post(path(red, "follow-up/new"), data=sent)
    assert "Agree a follow-up action" not in client.get("/work").text
    head = sign_in(red.head)
    assert "Do what was agreed as a follow-up" in head.get("/work").text
    assert "Tell us how far it is" in head.get(path(red, "follow-up")).text
    partner = sign_in(red.make.member(red.bid.providers[0]))
    assert partner.get(path(red, "follow-up")).status_code == 404
    action = red.make.session.query(FollowUp).one()
    done = sign_in(red.impact_officer).post(
        path(red, f"follow-up/{action.id}/steps/done"),
        data={"note": "I saw the certificates", "version": action.version},
        follow_redirects=True,
    )
    assert "I saw the certificates" in done.text


def corrected(ended: Ended, value: int, rag: Rag) -> None:
    """A version beside the accepted report, sent, accepted and rated."""
    report, by = ended.report, ended.impact_officer
    corrections.correct(report, reason="Wrong days", user=by, now=LATER, version=report.version)
    ended.write(value=value, helped="The head", taught_judged="A visitor")
    ended.send()
    ended.accept(rag)


def next_bid(ended: Ended) -> Bid:
    bid = ended.make.bid(state=BidState.IN_REVIEW, lead=ended.bid.lead_school, leader=ended.head)
    ended.make.session.commit()
    return bid


@pytest.mark.usefixtures("today")
def test_a_corrected_version_takes_back_what_the_one_before_asked_for(red: Ended, sign_in: SignIn) -> None:
    first = red.report
    assert first.wants_follow_up
    corrected(red, 76, Rag.GREEN)
    assert not first.wants_follow_up
    assert "Agree a follow-up action" not in sign_in(red.impact_officer).get("/work").text
    assert earlier_results(next_bid(red)) == []


def test_an_action_agreed_for_one_version_counts_for_the_next(red: Ended) -> None:
    agree(red)
    corrected(red, 61, Rag.RED)
    assert not red.report.wants_follow_up
    lines = earlier_results(next_bid(red))
    assert [line.split(": ")[1] for line in lines][:1] == ["the report is rated red."]
    assert len(lines) == 2


def interim(ended: Ended, rag: Rag, *, wants: bool) -> ImpactReturn:
    """An interim report, accepted and rated a day before the final one."""
    report = ImpactReturn(kind=ReturnKind.INTERIM, due_on=MEASURED, state=ReturnState.ACCEPTED, rag=rag)
    at = LATER - timedelta(days=1)
    given = {"rag": rag, "worked_out": rag, "given_at": at, "given_by": ended.impact_officer}
    report.ratings.append(Rating(number=1, **given))
    report.wants_follow_up = wants
    ended.bid.returns.append(report)
    ended.make.session.commit()
    return report


def test_an_action_for_two_reports_counts_for_corrected_versions_of_both(red: Ended) -> None:
    early = interim(red, Rag.AMBER, wants=True)
    action = agree(red)
    assert not early.wants_follow_up
    assert action.report is early  # the other one is covered all the same
    corrected(red, 61, Rag.RED)
    assert not red.report.wants_follow_up


def test_the_panel_is_told_which_report_was_rated_and_how_the_latest_is(ended: Ended) -> None:
    ended.write(value=76)
    ended.send()
    interim(ended, Rag.RED, wants=True)
    ended.accept(Rag.GREEN)
    assert [line.split(": ")[1] for line in earlier_results(next_bid(ended))] == [
        "the interim report is rated red. No follow-up action has been agreed yet.",
        "the final report is rated green.",
    ]


@pytest.mark.usefixtures("today")
def test_the_desk_lists_low_ratings_without_an_action(red: Ended, sign_in: SignIn) -> None:
    def waiting() -> dict[str, list[str]]:
        return {one.title: [row.reference for row in one.rows] for one in desk_of(red.impact_officer, LATER)}

    ours = [red.bid.reference]
    found = waiting()
    assert (found["Without a follow-up action"], found["To close"]) == (ours, ours)
    red.bid.state = BidState.CLOSED
    red.make.session.commit()
    found = waiting()
    assert (found["Without a follow-up action"], found["To close"]) == (ours, [])
    page = sign_in(red.impact_officer).get("/impact").text
    assert path(red, "follow-up") in page
    agree(red)
    assert not any(waiting().values())
