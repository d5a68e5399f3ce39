"""What a line of the register does at once: sight, votes, scores, decisions."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.interests import registering
from fundflow.interests.late import late_interests_of
from fundflow.interests.registering import Where
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.panel import AgendaItem, ItemOutcome, Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName
from fundflow.models.scores import MemberScore, ScoreSheet
from fundflow.panel.operations import decisions
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.interests.records import shown_by_records
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import STANDARD, Choice
from tests.panel.conftest import Panel
from tests.panel.deciding import under


def decision_on(panel: Panel) -> Decision:
    return panel.make.session.scalars(select(Decision).where(Decision.bid_id == panel.bid.id)).one()


def register(
    panel: Panel, number: int, *, bars: bool = True, where: Where | None = None, user: Any = None
) -> RegisteredInterest:
    person = panel.seats[number].user
    return registering.register_interest(
        person,
        InterestSort.FAMILY,
        where or Where(panel.bid.lead_school),
        bars=bars,
        text="My sister",
        from_on=date(2024, 9, 1),
        user=user or person,
        now=panel.now,
    )


def test_a_barring_line_closes_the_papers_and_voids_the_vote_which_is_kept(panel, sign_in):
    panel.votes("++-++")
    member = panel.seats[2].user
    assert sign_in(member).get(panel.url).status_code == 200
    register(panel, 2)
    assert sign_in(member).get(panel.url).status_code == 403
    assert sign_in(member).get(f"/bids/{panel.bid.reference}").status_code == 403
    (vote,) = [vote for vote in panel.item.votes if vote.seat_id == panel.seats[2].id]
    assert vote.voided_at == panel.now
    assert "Registered" in vote.voided_why
    tally = sitting_of(panel.item, panel.now).tally
    assert (tally.votes_for, tally.votes_against) == (4, 0)
    assert sitting_of(panel.item, panel.now).counted == 4
    query = select(HistoryEntry).where(HistoryEntry.bid_id == panel.bid.id, HistoryEntry.step == "void_vote")
    notes = panel.make.session.scalars(query).all()
    assert [(entry.internal, entry.user_id) for entry in notes] == [(True, member.id)]


@pytest.mark.parametrize("submitted", [True, False])
def test_a_barring_line_voids_the_scores_which_are_kept(panel, submitted):
    item, seat = panel.item, panel.seats[2]
    sheet = ScoreSheet(
        item_id=item.id,
        seat=seat,
        begun_at=panel.now,
        recorded_by_id=seat.user_id,
        submitted_at=panel.now if submitted else None,
    )
    sheet.scores = [MemberScore(criterion=slug, score=4) for slug in item.rules.slugs]
    panel.make.session.add(sheet)
    panel.make.session.commit()
    register(panel, 2, user=panel.clerk)
    assert sheet.voided_at == panel.now
    assert sheet.own_scores == dict.fromkeys(item.rules.slugs, 4)
    assert not sheet.counts


def test_the_line_may_be_about_a_trust_a_partner_or_a_school_that_the_lead_succeeded(panel):
    trust = panel.make.trust()
    provider = panel.bid.partners[0].school
    provider.trust_id = trust.id
    old = panel.make.school(status_code=2, succeeded_by_id=panel.bid.lead_school_id)
    panel.votes("+++++")
    for number, where in ((1, Where(trust=trust)), (2, Where(provider)), (4, Where(old))):
        register(panel, number, where=where)
    assert {v.seat_id for v in panel.item.votes if v.counts} == {panel.seats[0].id, panel.seats[3].id}


def test_a_line_about_another_school_or_body_takes_nothing_away(panel):
    panel.votes("+++++")
    register(panel, 2, where=Where(panel.make.school()))
    register(panel, 2, where=Where(body="Trainers Ltd"))
    assert all(vote.counts for vote in panel.item.votes)


@pytest.mark.parametrize("may", [False, True])
def test_a_disclosed_line_takes_the_vote_only_where_the_rules_do(panel, may):
    under(panel, disclosed_may_vote=may)
    panel.votes("+++++")
    register(panel, 2, bars=False)
    assert sitting_of(panel.item, panel.now).tally.votes_for == (5 if may else 4)
    assert all(vote.counts for vote in panel.item.votes) is may
    assert sitting_of(panel.item, panel.now).counted == 5


def test_a_disclosed_line_takes_each_vote_by_the_rules_of_its_own_item(panel):
    before = panel.item
    panel.votes("+++++")
    under(panel, disclosed_may_vote=True)
    before.outcome, before.outcome_at = ItemOutcome.DEFERRED, panel.now
    later = AgendaItem(meeting=panel.make.meeting(panel.fund), bid=panel.bid, position=1)
    seat, now = panel.seats[2], panel.now
    panel.make.session.add(later)
    later.kept_rules = PanelRules.holding(STANDARD, fund_id=panel.fund.id, number=3)
    later.votes.append(Vote(seat=seat, choice=Choice.FUND, at=now, recorded_by_id=seat.user_id))
    panel.make.session.commit()
    register(panel, 2, bars=False)
    assert all(vote.counts for vote in before.votes)
    assert [vote.counts for vote in later.votes] == [False]


@pytest.mark.both_databases
def test_a_line_that_ends_gives_the_papers_back_and_no_vote(panel, sign_in):
    panel.votes("+++++")
    line = register(panel, 2)
    yesterday = panel.now.date() - timedelta(days=1)
    registering.end_interest(line, last_day=yesterday, reason="She left.", user=panel.clerk, now=panel.now)
    assert sign_in(panel.seats[2].user).get(panel.url).status_code == 200
    assert sitting_of(panel.item, panel.now).tally.votes_for == 4


def test_who_is_barred_by_a_line_from_a_bid_before_the_panel_cannot_end_it_themselves(panel):
    line, person = register(panel, 2), panel.seats[2].user
    ends = {"last_day": panel.now.date(), "reason": "She left.", "now": panel.now}
    with pytest.raises(Refused, match="Ask the panel’s clerk"):
        registering.end_interest(line, user=person, **ends)
    panel.make.session.rollback()
    free = register(panel, 2, where=Where(panel.make.school()))
    registering.end_interest(free, user=person, **ends)
    registering.end_interest(line, user=panel.clerk, **ends)
    assert line.ended_on == panel.now.date()


def test_a_tie_that_began_after_a_decision_does_not_reach_back_to_it(panel):
    panel.votes("+++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    person = panel.seats[2].user
    registering.register_interest(
        person,
        InterestSort.EMPLOYMENT,
        Where(panel.bid.lead_school),
        bars=True,
        text="My new job",
        from_on=panel.now.date() + timedelta(days=1),
        user=person,
        now=panel.now + timedelta(days=2),
    )
    assert all(vote.counts for vote in panel.item.votes)
    assert late_interests_of(decision_on(panel)) == []
    assert bar_of(panel.bid, person, panel.now + timedelta(days=2)) is not None


def test_a_tie_there_was_when_the_panel_decided_flags_the_decision(panel):
    panel.votes("+++++")
    decisions.approve(panel.bid, 300_000, **panel.decided())
    register(panel, 2)
    (late,) = late_interests_of(decision_on(panel))
    assert late.user_id == panel.seats[2].user_id
    assert "Lead Primary School" in late.text
    assert not next(v for v in panel.item.votes if v.seat_id == panel.seats[2].id).counts


@pytest.mark.both_databases
def test_a_former_employer_is_disclosed_and_bars_nobody_until_the_years_are_over(panel):
    member, year = panel.seats[2].user, panel.now.year
    line = registering.register_interest(
        member,
        InterestSort.EMPLOYMENT,
        Where(panel.bid.lead_school),
        bars=True,
        text="I taught there.",
        from_on=date(2015, 9, 1),
        user=member,
        now=panel.now,
        worked_until=year - 3,
    )
    assert bar_of(panel.bid, member, panel.now) is None

    def is_disclosed() -> bool:
        panel.make.session.commit()
        panel.make.session.expire_all()
        return any(s.is_disclosed for s in sitting_of(panel.item, panel.now).standings)

    assert is_disclosed()
    line.worked_until = year - 4
    assert not is_disclosed()
    panel.fund.former_employer_years = 4
    assert is_disclosed()


def test_officers_disclose_a_former_employer_counted_to_the_day_the_bid_began(panel):
    officer, year = panel.make.staff(RoleName.OFFICER), panel.bid.created_at.year
    panel.make.interest(
        officer,
        school=panel.bid.lead_school,
        sort=InterestSort.EMPLOYMENT,
        bars=False,
        worked_until=year - 3,
    )
    assert shown_by_records(panel.bid, [officer])[officer.id]
    panel.fund.former_employer_years = 2
    assert shown_by_records(panel.bid, [officer]) == {}
