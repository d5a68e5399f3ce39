"""My work: for each kind of waiting, that it is there for whom it waits, and goes when it is done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.desk.work import lines_about, waiting_for, waiting_on
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Confirmation
from fundflow.models.fund import Decider
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.minutes import Minutes
from fundflow.models.panel import Presence, Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import RoleName, Seat, Standing, User
from fundflow.models.review import ReviewRequest
from fundflow.models.scores import ScoreSheet
from fundflow.rules.panel.sittings import seats_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.date_words import short_day
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MinutesState
from fundflow.workflow.panel_rules import STANDARD, Choice
from fundflow.workflow.working_days import london_date
from tests.factories import NOW, TODAY, Make

YESTERDAY = TODAY - timedelta(days=1)


def waits(user: User) -> list[str]:
    return [line.what for line in waiting_for(user, NOW).lines]


@pytest.mark.parametrize(
    ("state", "head_does", "team_does"),
    [
        (S.DRAFT, ["Finish and submit the bid"], ["Finish the bid and send it to the head"]),
        (S.RETURNED, ["Answer the officer’s questions"], ["Answer the officer’s questions"]),
        (S.DEFERRED, ["Answer the panel’s question"], ["Answer the panel’s question"]),
        (S.OFFERED, ["Reply to the offer"], []),
        (
            S.IN_MONITORING,
            ["Final report: tell us what changed", "Rate the support"],
            ["Final report: tell us what changed", "Rate the support"],
        ),
        (S.SUBMITTED, [], []),
        (S.AT_PANEL, [], []),
        (S.CLOSED, [], []),
        (S.WITHDRAWN, [], []),
    ],
)
def test_what_a_school_has_to_do(make: Make, state: S, head_does: list[str], team_does: list[str]) -> None:
    lead = make.school()
    head, team = make.member(lead), make.member(lead, Standing.TEAM)
    make.bid(state=state, lead=lead, leader=head)
    assert sorted(waits(head)) == sorted(head_does)
    assert sorted(waits(team)) == sorted(team_does)


def test_people_who_hold_alike_are_each_told_of_their_own(make: Make) -> None:
    """They are asked about with the same statement, which is kept."""
    officers = [make.staff(RoleName.OFFICER) for _ in range(2)]
    heads = [make.member(make.school()) for _ in range(2)]
    fund = make.fund()
    bids = [
        make.bid(state=S.IN_REVIEW, fund=fund, lead=head.memberships[0].school, leader=head, officer=officer)
        for head, officer in zip(heads, officers, strict=True)
    ]
    drafts = [
        make.bid(fund=fund, lead=head.memberships[0].school, leader=head, complete=False) for head in heads
    ]
    for person, own in zip([*officers, *heads], [*bids, *drafts], strict=True):
        assert {line.reference for line in waiting_for(person, NOW).lines} == {own.reference}
        said = {bid.reference for bid in [*bids, *drafts] if waiting_on(bid, person, NOW)}
        assert own.reference in said
        assert not said & {other.reference for other in (*bids, *drafts) if other is not own}


def test_a_school_that_is_asked_again_reads_its_own_new_date(make: Make) -> None:
    provider = make.school()
    bid = make.bid(state=S.IN_REVIEW, provider=provider)
    bid.due_on = YESTERDAY  # the officer's
    make.session.query(Confirmation).filter_by(bid_id=bid.id).update(
        {"state": ConfirmationState.ASKED, "due_on": TODAY + timedelta(days=9)}
    )
    make.session.flush()
    (line,) = waiting_for(make.member(provider), NOW).lines
    assert (line.what, line.due_on) == ("Say whether you take part", TODAY + timedelta(days=9))


def test_a_school_answers_about_its_claim(make: Make) -> None:
    bid = make.bid(state=S.IN_DELIVERY)
    head = make.member(bid.lead_school)
    queried = ClaimState.QUERIED
    bid.claims = [
        Claim(
            school=bid.lead_school, number=1, kind=ClaimKind.BACKFILL, state=queried, pence=1, created_at=NOW
        )
    ]
    make.session.flush()
    assert waits(head) == ["Answer about a claim"]


def test_days_of_the_log_wait_for_the_head_and_then_for_the_officer_too(make: Make) -> None:
    bid = make.bid(state=S.IN_DELIVERY, officer=make.staff(RoleName.OFFICER))
    provider, settle = bid.providers[0], "Confirm or strike out days of the log"
    head, team = make.member(provider), make.member(provider, Standing.TEAM)
    entry = make.worked_day(bid, confirms_id=provider.id)
    assert bid.officer
    assert waits(head) == ["Confirm the days that were worked"]
    assert waits(team) == []
    assert settle not in waits(bid.officer)
    long_ago = make.worked_day(bid, confirms_id=provider.id, logged_at=NOW - timedelta(days=15))
    assert settle in waits(bid.officer)
    entry.confirmed_at = long_ago.confirmed_at = NOW
    alone = make.worked_day(bid, day=YESTERDAY)  # no head is independent
    make.session.flush()
    assert waits(head) == []
    assert settle in waits(bid.officer)
    alone.struck_at, alone.struck_reason = NOW, "Ill"
    make.session.flush()
    assert settle not in waits(bid.officer)


@pytest.mark.parametrize("state", [S.RETURNED, S.DEFERRED])
def test_an_officer_decides_what_to_do_when_a_school_does_not_answer(make: Make, state: S) -> None:
    bid = make.bid(state=state, officer=make.staff(RoleName.OFFICER))
    assert bid.officer
    bid.due_on = TODAY
    make.session.flush()
    assert waits(bid.officer) == []
    bid.due_on = YESTERDAY
    make.session.flush()
    assert waits(bid.officer) == ["Decide what to do: the school has not answered"]


def test_an_answer_to_the_panel_is_for_the_officer_to_bring_back(make: Make) -> None:
    bid = make.bid(state=S.DEFERRED, officer=make.staff(RoleName.OFFICER), panel_answer="Yes.")
    assert bid.officer
    bid.due_on = YESTERDAY
    make.session.flush()
    assert waits(bid.officer) == ["Bring back to the panel"]


@pytest.mark.parametrize("part", ["lead", "provider"])
def test_a_school_that_has_closed_waits_for_the_officer_of_its_bids(make: Make, part: str) -> None:
    school = make.school("Closing School", closed_on=date(2026, 8, 31))
    officer, other = make.staff(RoleName.OFFICER), make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.IN_DELIVERY, officer=officer, **{part: school})
    make.bid(state=S.CLOSED, officer=officer, **{part: school})
    assert "Pass the bids of Closing School on" not in waits(officer)
    school.status_code = 2
    make.session.flush()
    (line,) = [
        line for line in waiting_for(officer, NOW).lines if line.path == f"/schools/{school.urn}/succession"
    ]
    assert (line.reference, line.what) == (bid.reference, "Pass the bids of Closing School on")
    assert line.detail == "Closing School closed on 31 August 2026"
    assert line in lines_about(bid, officer, NOW)
    assert waits(other) == []


# -- the panel -------------------------------------------------------------------------------------


def test_the_clerk_sees_by_when_papers_go_out(make: Make) -> None:
    clerk, fund = make.staff(RoleName.CLERK), make.fund()
    meeting = make.meeting(fund, starts_at=NOW + timedelta(days=20))  # Tuesday 8 December
    assert [(w.what, w.due_on) for w in waiting_for(clerk, NOW).lines] == [
        ("Issue the papers", date(2026, 12, 1))
    ]
    meeting.state = MeetingState.PAPERS_ISSUED
    make.session.flush()
    assert [(w.what, w.due_on) for w in waiting_for(clerk, NOW).lines] == [
        ("Hold the meeting", date(2026, 12, 8))
    ]


def test_the_clerk_writes_up_a_meeting_that_is_over(make: Make) -> None:
    clerk = make.staff(RoleName.CLERK)
    meeting = make.meeting(make.fund(), MeetingState.CLOSED, NOW - timedelta(days=1))  # a Tuesday
    (line,) = waiting_for(clerk, NOW).lines
    assert (line.what, line.due_on) == ("Draft the minutes", date(2026, 11, 24))
    minutes = Minutes(meeting=meeting, drafted_at=NOW)
    make.session.add(minutes)
    make.session.flush()
    assert waits(clerk) == ["Let the members read the minutes"]
    minutes.state = MinutesState.CIRCULATED
    make.session.flush()
    assert waits(clerk) == []


def test_a_clerk_of_one_fund_keeps_no_meeting_of_another(make: Make) -> None:
    clerk, mine, theirs = make.user(), make.fund(), make.fund()
    make.role(clerk, RoleName.CLERK, fund=mine)
    make.meeting(theirs)
    assert waits(clerk) == []


@pytest.fixture
def voting(make: Make) -> Bid:
    """A bid on which the panel is asked to vote by email, before any meeting."""
    bid = make.bid(state=S.AT_PANEL)
    item = bid.items[-1]
    item.meeting.state = MeetingState.PAPERS_ISSUED
    item.email_vote_until = NOW + timedelta(days=3)
    make.panel(bid.fund)
    make.session.flush()
    return bid


def declared(make: Make, bid: Bid, user: User, kind: InterestKind = InterestKind.NONE) -> None:
    make.session.add(
        Declaration(bid_id=bid.id, user_id=user.id, kind=kind, declared_at=NOW, recorded_by_id=user.id)
    )
    make.session.flush()


def test_a_member_is_asked_to_vote_by_email_until_they_have(make: Make, voting: Bid) -> None:
    item = voting.items[-1]
    seat = seats_of(item, NOW)[2]
    declared(make, voting, seat.user)
    assert [(w.what, w.due_on, w.path) for w in waiting_for(seat.user, NOW).lines] == [
        ("Vote by email", TODAY + timedelta(days=3), f"/meetings/{item.meeting_id}/items/{item.id}")
    ]
    item.votes.append(Vote(seat=seat, choice=Choice.FUND, at=NOW, recorded_by_id=seat.user_id))
    make.session.flush()
    assert waits(seat.user) == []


@pytest.mark.parametrize(("may_vote", "what"), [(False, []), (True, ["Vote by email"])])
def test_who_disclosed_an_interest_is_asked_only_where_the_fund_lets_them_vote(
    make: Make, voting: Bid, may_vote: bool, what: list[str]
) -> None:
    rules = PanelRules.holding(replace(STANDARD, disclosed_may_vote=may_vote), number=2)
    voting.fund.panel_rules.append(rules)
    voting.items[-1].kept_rules = rules
    member = seats_of(voting.items[-1], NOW)[2].user
    declared(make, voting, member, InterestKind.DISCLOSED)
    assert waits(member) == what


def test_who_is_barred_is_not_asked_to_vote(make: Make, voting: Bid) -> None:
    member = seats_of(voting.items[-1], NOW)[2].user
    declared(make, voting, member, InterestKind.BARRED)
    assert waits(member) == []


def test_a_substitute_is_asked_to_vote_where_their_member_is_barred(make: Make, voting: Bid) -> None:
    member = seats_of(voting.items[-1], NOW)[2]
    standing_in = make.seat(voting.fund)
    standing_in.stands_in_for_id = member.id
    declared(make, voting, standing_in.user)
    assert waits(standing_in.user) == []
    declared(make, voting, member.user, InterestKind.BARRED)
    assert waits(standing_in.user) == ["Vote by email"]


@pytest.fixture
def scoring(make: Make) -> Bid:
    """A bid that members score one by one; its papers are out."""
    bid = make.bid(state=S.AT_PANEL)
    rules = PanelRules.holding(replace(STANDARD, individual_from_pence=bid.requested_pence), number=2)
    bid.fund.panel_rules.append(rules)
    item = bid.items[-1]
    item.kept_rules = rules
    item.meeting.state = MeetingState.PAPERS_ISSUED
    make.panel(bid.fund)
    make.session.flush()
    return bid


def hands_in(make: Make, bid: Bid, seat: Seat) -> None:
    sheet = ScoreSheet(seat=seat, begun_at=NOW, submitted_at=NOW, recorded_by_id=seat.user_id)
    bid.items[-1].sheets.append(sheet)
    make.session.flush()


def test_a_member_who_declared_is_asked_for_their_scores_by_the_day_of_the_meeting(
    make: Make, scoring: Bid
) -> None:
    item = scoring.items[-1]
    seat = seats_of(item, NOW)[2]
    assert waits(seat.user) == ["Read the papers and declare interests"]
    declared(make, scoring, seat.user)
    assert [(w.reference, w.what, w.due_on, w.path) for w in waiting_for(seat.user, NOW).lines] == [
        (
            scoring.reference,
            "Give your scores",
            london_date(item.meeting.starts_at),
            f"/meetings/{item.meeting_id}/items/{item.id}",
        )
    ]
    hands_in(make, scoring, seat)
    assert waits(seat.user) == []
    item.sheets[0].voided_at = NOW
    make.session.flush()
    assert waits(seat.user) == ["Give your scores"]


def test_nobody_is_asked_for_scores_of_their_own_where_the_panel_agrees_one(make: Make, scoring: Bid) -> None:
    member = seats_of(scoring.items[-1], NOW)[2].user
    declared(make, scoring, member)
    scoring.items[-1].kept_rules = scoring.fund.panel_rules[0]
    make.session.flush()
    assert waits(member) == []


@pytest.mark.parametrize("kind", [InterestKind.BARRED, InterestKind.DISCLOSED])
def test_who_may_not_score_is_not_asked_to(make: Make, scoring: Bid, kind: InterestKind) -> None:
    member = seats_of(scoring.items[-1], NOW)[2].user
    declared(make, scoring, member, kind)
    assert waits(member) == []


def test_scores_come_before_a_vote_by_email(make: Make, scoring: Bid) -> None:
    item = scoring.items[-1]
    item.email_vote_until = NOW + timedelta(days=3)
    seat = seats_of(item, NOW)[2]
    declared(make, scoring, seat.user)
    (line,) = waiting_for(seat.user, NOW).lines
    assert (line.what, line.due_on) == ("Give your scores, then vote by email", TODAY + timedelta(days=3))
    hands_in(make, scoring, seat)
    assert waits(seat.user) == ["Vote by email"]


def test_whoever_is_there_when_the_panel_sits_is_asked_to_vote(make: Make, scoring: Bid) -> None:
    item = scoring.items[-1]
    item.meeting.state = MeetingState.IN_SESSION
    seat, away = seats_of(item, NOW)[2:4]
    for each in (seat, away):
        declared(make, scoring, each.user)
        hands_in(make, scoring, each)
    item.presences.append(Presence(seat_id=seat.id, present=True, changed_at=NOW))
    item.presences.append(Presence(seat_id=away.id, present=False, changed_at=NOW))
    make.session.flush()
    assert (waits(seat.user), waits(away.user)) == (["Vote"], [])
    assert [line.what for line in lines_about(scoring, seat.user, NOW)] == ["Vote"]
    item.votes.append(Vote(seat=seat, choice=Choice.FUND, at=NOW, recorded_by_id=seat.user_id))
    make.session.flush()
    assert waits(seat.user) == []


def test_a_vote_by_email_that_is_over_waits_for_the_clerk(make: Make, voting: Bid) -> None:
    clerk, item = make.staff(RoleName.CLERK), voting.items[-1]
    before = waits(clerk)
    item.email_vote_until = NOW - timedelta(hours=1)
    make.session.flush()
    assert sorted(waits(clerk)) == sorted([*before, "See the vote by email to its end"])


def test_a_vote_by_email_that_is_over_waits_for_no_member_but_the_chair(make: Make, voting: Bid) -> None:
    item = voting.items[-1]
    item.email_vote_until = NOW - timedelta(hours=1)
    chair, _deputy, member = [seat.user for seat in seats_of(item, NOW)[:3]]
    for person in (chair, member):
        declared(make, voting, person)
    assert waits(member) == []
    assert waits(chair) == ["Record the decision"]


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (MeetingState.PAPERS_ISSUED, []),
        (MeetingState.IN_SESSION, ["Record the decision"]),
        (MeetingState.CLOSED, ["Record the decision"]),
    ],
)
def test_the_chair_decides_in_the_meeting_or_anew_after_a_correction(
    make: Make, state: MeetingState, what: list[str]
) -> None:
    bid = make.bid(state=S.AT_PANEL)
    bid.items[-1].meeting.state = state
    chair = make.panel(bid.fund)[0].user
    declared(make, bid, chair)
    assert waits(chair) == what


def test_a_chair_who_is_barred_is_not_asked_to_decide_and_the_deputy_is(make: Make) -> None:
    bid = make.bid(state=S.AT_PANEL)
    bid.items[-1].meeting.state = MeetingState.IN_SESSION
    chair, deputy = (seat.user for seat in make.panel(bid.fund)[:2])
    make.belongs(chair, bid.providers[0])  # whose people see the bid, and are barred from deciding it
    declared(make, bid, deputy)
    assert (waits(chair), waits(deputy)) == ([], ["Record the decision"])


@pytest.mark.parametrize("decider", list(Decider))
def test_whether_to_stop_the_funding_waits_for_whoever_decides_for_the_fund(
    make: Make, decider: Decider
) -> None:
    bid = make.bid(state=S.SUSPENDED, fund=make.fund(decider=decider))
    chair, officer = make.panel(bid.fund)[0].user, make.staff(RoleName.AUTHORISED_OFFICER)
    bid.termination_asked_at = NOW
    make.session.flush()
    asked = {Decider.PANEL: chair, Decider.AUTHORISED_OFFICER: officer}[decider]
    for person in (chair, officer):
        wanted = ["Decide whether to stop the funding"] if person is asked else []
        assert waits(person) == wanted


def test_a_barred_chair_is_not_asked_to_stop_the_funding_and_the_deputy_is(make: Make) -> None:
    bid = make.bid(state=S.SUSPENDED)
    chair, deputy = (seat.user for seat in make.panel(bid.fund)[:2])
    make.belongs(chair, bid.providers[0])
    bid.termination_asked_at = NOW
    make.session.flush()
    assert (waits(chair), waits(deputy)) == ([], ["Decide whether to stop the funding"])


# -- reviews of a decision ---------------------------------------------------------------------------


def test_a_request_for_a_review_waits_only_while_the_decision_stands(make: Make, session: Session) -> None:
    manager, bid = make.staff(RoleName.REVIEWING_MANAGER), make.bid(state=S.NOT_FUNDED)
    bid.review_requests = [ReviewRequest(grounds="Read it again.", asked_at=NOW, asked_by_id=make.user().id)]
    session.flush()
    (line,) = waiting_for(manager, NOW).lines
    assert (line.what, line.age) == ("Hear a request for a review", None)
    bid.state = S.AT_PANEL
    session.flush()
    assert waits(manager) == []


def test_a_report_is_not_said_to_wait_since_before_it_was_sent(make: Make) -> None:
    officer, bid = make.staff(RoleName.IMPACT_OFFICER), make.bid(state=S.IN_MONITORING)
    bid.state_since = NOW - timedelta(days=60)
    assert bid.report
    bid.report.state, bid.report.submitted_at = ReturnState.SUBMITTED, NOW
    make.session.flush()
    assert [(line.what, line.age) for line in waiting_for(officer, NOW).lines] == [
        ("Check the final report", None)
    ]


# -- the page ----------------------------------------------------------------------------------------


def test_the_page_asks_the_same_number_of_queries_however_much_waits(
    make: Make, sign_in: Callable[..., Any], count_queries: list[str]
) -> None:
    officer, fund = make.staff(RoleName.OFFICER), make.fund()
    make.role(officer, RoleName.CLERK)
    make.seat(fund, officer)

    def queries() -> int:
        make.session.commit()
        make.session.expire_all()
        count_queries.clear()
        assert sign_in(officer).get("/work").status_code == 200
        return len(count_queries)

    for state in (S.SUBMITTED, S.AT_PANEL):
        make.bid(state=state, fund=fund)
    before = queries()
    for state in (S.SUBMITTED, S.RETURNED, S.AT_PANEL, S.DEFERRED) * 4:
        make.bid(state=state, fund=fund, due_on=YESTERDAY)
    assert queries() == before


@pytest.mark.parametrize("role", [role for role in RoleName if role is not RoleName.ADMINISTRATOR])
def test_who_only_reads_is_not_told_that_a_bid_will_need_them(
    make: Make, sign_in: Callable[..., Any], role: RoleName
) -> None:
    make.fund()
    user = make.staff(role)
    make.session.commit()
    promised = "When a bid needs you" in sign_in(user).get("/work").text
    assert promised is (role not in (RoleName.AUDITOR, RoleName.BOARD))


def test_lines_of_my_work_say_which_amount_they_mean(make: Make) -> None:
    officer, finance = make.staff(RoleName.OFFICER), make.staff(RoleName.FINANCE)
    bid = make.bid(state=S.IN_DELIVERY, officer=officer)
    bid.awarded_pence = 250_000
    states = (ClaimState.SUBMITTED, ClaimState.SUBMITTED, ClaimState.CERTIFIED)
    bid.claims = [
        Claim(
            school=bid.lead_school,
            number=n,
            kind=ClaimKind.BACKFILL,
            state=state,
            pence=n * 1_000,
            created_at=NOW,
        )
        for n, state in enumerate(states, start=1)
    ]
    offered = make.bid(state=S.OFFERED)
    offered.offer.pence = offered.requested_pence = 270_000
    make.session.flush()

    def details(user: User) -> dict[str, str]:
        return {line.what: line.detail.split(" · ")[1] for line in waiting_for(user, NOW).lines}

    assert details(officer)["Check a claim"] == "£30 claimed"
    assert details(finance)["Pay a claim"] == "£30 claimed"
    assert details(officer)["Read the reasons for the register of awards"] == "£2,500 awarded"
    assert details(make.member(offered.lead_school)) == {"Reply to the offer": "£2,700 offered"}


@pytest.mark.parametrize(
    ("state", "is_theirs"), [(S.SUBMITTED, False), (S.IN_REVIEW, False), (S.RETURNED, True)]
)
def test_a_school_is_not_told_that_the_council_is_late(
    make: Make, sign_in: Any, state: S, is_theirs: bool
) -> None:
    day = TODAY - timedelta(days=3)
    bid = make.bid(state=state, due_on=day)
    head = make.member(bid.lead_school)
    make.session.commit()
    client = sign_in(head)
    for path in ("/work", "/bids"):
        assert (short_day(day) in client.get(path).text) is is_theirs, path
