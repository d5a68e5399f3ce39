"""What the records show of a member, without a word from them: disclosed, counted, and what it means."""

from datetime import timedelta
from typing import Any

import pytest

from fundflow.models.bid import Origin
from fundflow.models.interest import InterestKind
from fundflow.models.person import Membership, Standing
from fundflow.panel.operations import interests, items
from fundflow.rules.interests.records import shown_by_records
from fundflow.rules.panel.sittings import sitting_of, standings_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import ties_to_you
from fundflow.workflow.panel_rules import Choice
from tests.factories import LONG_AGO
from tests.panel.conftest import Panel
from tests.panel.deciding import under


def entered(panel: Panel) -> str:
    panel.bid.origin, panel.bid.created_by_id = Origin.ENTERED, panel.seats[2].user_id
    return "entered the bid for the school"


def brokered(panel: Panel) -> str:
    request = panel.make.support_request(panel.bid.lead_school, panel.fund, by=panel.seats[2].user)
    request.draft_id = panel.bid.id
    return "brokered the request for support that became this bid"


def logged(panel: Panel) -> str:
    panel.make.contact(panel.bid.lead_school, panel.seats[2].user, about_bid_id=panel.bid.id)
    return "logged 1 contact about this bid"


def registered_school(panel: Panel) -> str:
    panel.make.interest(panel.seats[2].user, school=panel.bid.lead_school, bars=False)
    return "registered an interest in Lead Primary School"


def registered_closed_school(panel: Panel) -> str:
    old = panel.make.school("Old School", status_code=2, succeeded_by_id=panel.bid.lead_school_id)
    panel.make.interest(panel.seats[2].user, school=old, bars=False)
    return "registered an interest in Old School"


def registered_trust(panel: Panel) -> str:
    trust = panel.make.trust("Oaks Trust")
    panel.bid.partners[0].school.trust_id = trust.id
    panel.make.interest(panel.seats[2].user, trust=trust, bars=False)
    return "registered an interest in Oaks Trust"


def same_cluster(panel: Panel) -> str:
    mine = panel.make.school("My School")
    panel.make.cluster("North", mine, panel.bid.lead_school)
    panel.make.session.add(
        Membership(user=panel.seats[2].user, school=mine, standing=Standing.TEAM, starts_on=LONG_AGO)
    )
    return "belong to a school of the North cluster"


SHOWN = [entered, brokered, logged, registered_school, registered_closed_school, registered_trust]


def standing(panel: Panel) -> Any:
    panel.make.session.commit()
    panel.make.session.expire_all()
    return next(s for s in standings_of(panel.item, panel.now) if s.seat.id == panel.seats[2].id)


@pytest.mark.parametrize("what", SHOWN)
def test_what_the_records_show_is_disclosed_of_nobody_else_and_bars_nobody(panel, what):
    said = what(panel)
    mine = standing(panel)
    assert said in ties_to_you(mine.disclosed)
    assert mine.is_disclosed
    assert mine.barred is None
    others = [s for s in standings_of(panel.item, panel.now) if s.seat.id != panel.seats[2].id]
    assert not any(other.disclosed for other in others)


@pytest.mark.parametrize("what", [*SHOWN, same_cluster])
def test_such_a_member_counts_for_the_quorum_and_has_no_vote(panel, what):
    what(panel)
    under(panel, cluster_discloses=True)
    panel.here(0, 2, 3)
    sitting = sitting_of(panel.item, panel.now)
    assert sitting.inquorate is None
    assert sitting.counted == 3
    with pytest.raises(Refused, match="disclosed an interest"):
        items.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert not standing(panel).has_voice(disclosed_may_vote=False)


@pytest.mark.parametrize("what", [*SHOWN, same_cluster])
def test_such_a_member_votes_where_the_rules_say_so(panel, what):
    what(panel)
    under(panel, cluster_discloses=True, disclosed_may_vote=True)
    panel.here(0, 2, 3)
    items.vote(panel.item, panel.seats[2].id, Choice.FUND, user=panel.clerk, now=panel.now)
    assert sitting_of(panel.item, panel.now).tally.votes_for == 1


def test_saying_that_there_is_no_interest_does_not_undo_what_the_records_show(panel):
    registered_school(panel)
    panel.make.session.commit()
    interests.declare(panel.item, panel.seats[2].id, InterestKind.NONE, user=panel.clerk, now=panel.now)
    assert standing(panel).declared is InterestKind.NONE
    assert standing(panel).is_disclosed


def test_the_same_cluster_is_an_interest_only_where_the_rules_say_so(panel):
    same_cluster(panel)
    assert standing(panel).disclosed == ()
    under(panel, cluster_discloses=True)
    assert "North cluster" in ties_to_you(standing(panel).disclosed)


@pytest.mark.parametrize(
    ("from_", "to", "holds"), [(-9, 9, True), (-9, 0, True), (-9, -1, False), (1, 9, False)]
)
def test_a_seats_term_decides_whether_its_schools_cluster_counts(panel, from_, to, holds):
    mine = panel.make.school("My School")
    panel.make.cluster("North", mine, panel.bid.lead_school)
    user, today = panel.make.user(), panel.now.date()
    panel.make.seat(
        panel.fund,
        user,
        school=mine,
        starts_on=today + timedelta(days=from_),
        ends_on=today + timedelta(days=to),
    )
    shown = shown_by_records(panel.bid, [user], clusters=True, on=today)
    assert bool(shown) is holds


@pytest.mark.parametrize(("days", "holds"), [(None, True), (0, True), (-1, False)])
def test_a_line_of_the_register_that_ended_is_no_longer_shown(panel, days, holds):
    user, today = panel.make.user(), panel.now.date()
    ended = None if days is None else today + timedelta(days=days)
    panel.make.interest(user, school=panel.bid.lead_school, bars=False, ended_on=ended)
    assert bool(shown_by_records(panel.bid, [user], on=today)) is holds
