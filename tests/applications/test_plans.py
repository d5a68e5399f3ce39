"""An offer smaller than what was asked for wants a revised plan before it can be accepted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow import ledger
from fundflow.applications import offers, plans
from fundflow.clock.timed_steps import take_timed_steps
from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, Standing, User
from fundflow.models.plan import RevisedPlan
from fundflow.rules.award_sums import sum_of
from fundflow.rules.plans import Planned, plan_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.plan import PlanState
from tests.factories import NOW, Make


class Offered:
    """A bid of £3,000 (6 days × £350, 2.5 days × £240 + 40 %, travel £60) that is offered £2,000."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.lead = make.school()
        self.head = make.member(self.lead)
        self.bid: Bid = make.bid(state=S.OFFERED, lead=self.lead, leader=self.head)
        self.bid.offer.pence = 200_000
        self.officer: User = self.bid.officer  # type: ignore[assignment]
        make.session.commit()

    def save(self, first: int, second: int, travel: int = 6_000, user: User | None = None) -> RevisedPlan:
        staff = [line.id for line in self.bid.backfill_lines]
        amounts = Planned(dict(zip(staff, (first, second), strict=True)), {self.bid.cost_lines[0].id: travel})
        return plans.save_plan(self.bid, amounts, user=user or self.head, now=NOW, version=self.bid.version)

    def propose(self) -> RevisedPlan:
        plan = self.save(6, 5)  # £1,050 + £840 + £60
        plans.propose(plan, user=self.head, now=NOW, version=plan.version)
        return plan

    def accept(self) -> None:
        offers.accept_offer(self.bid, agreement=True, user=self.head, now=NOW, version=self.bid.version)


@pytest.fixture
def offered(make: Make) -> Offered:
    return Offered(make)


def test_a_smaller_offer_is_not_accepted_without_an_agreed_plan(offered: Offered) -> None:
    with pytest.raises(Refused, match=r"Send a revised plan of days and costs within £2,000.00 first"):
        offered.accept()
    plan = offered.propose()
    with pytest.raises(Refused, match="The liaison officer is checking your revised plan"):
        offered.accept()
    plans.agree(plan, user=offered.officer, now=NOW, version=plan.version)
    offered.accept()
    award = offered.bid.award
    assert award is not None
    assert [(line.half_days, line.pence) for line in award.lines] == [
        (6, 105_000),
        (5, 84_000),
        (None, 6_000),
    ]
    assert award.pence == 195_000


@pytest.mark.both_databases
def test_an_award_is_what_the_plan_comes_to(offered: Offered, sign_in: Callable[[User], FlaskClient]) -> None:
    """£2,000 is offered, the plan comes to £1,950: the rest of what is reserved is free again."""
    bid, session = offered.bid, offered.make.session
    plan = offered.propose()
    plans.agree(plan, user=offered.officer, now=NOW, version=plan.version)
    held, free = ledger.bid_totals(bid.id).reserved, ledger.totals(bid.fund_id).free
    client = sign_in(offered.head)
    assert "See the revised plan" in client.get(f"/bids/{bid.reference}").text
    page = client.get(f"/bids/{bid.reference}/steps/accept-offer").text
    assert "Your plan comes to £1,950.00, so that is what is awarded" in page
    offered.accept()
    assert bid.awarded_pence == sum_of(bid).awarded == 195_000
    assert ledger.totals(bid.fund_id).free == free + held - 195_000
    assert ledger.bid_totals(bid.id).reserved == 0
    letter = session.scalars(select(Letter).where(Letter.subject.contains("you have accepted"))).one()
    assert "£1,950" in letter.subject
    assert "Your plan comes to £1,950, so that is what is awarded." in letter.body


def test_an_offer_of_all_that_was_asked_for_needs_no_plan(make: Make) -> None:
    offered = Offered(make)
    offered.bid.offer.pence = offered.bid.requested_pence
    make.session.commit()
    with pytest.raises(Refused, match="needs no revised plan"):
        offered.save(1, 1)
    offered.accept()


def test_a_line_left_out_is_no_line_of_the_award(offered: Offered) -> None:
    plan = offered.save(10, 0, 0)
    plans.propose(plan, user=offered.head, now=NOW, version=plan.version)
    plans.agree(plan, user=offered.officer, now=NOW, version=plan.version)
    offered.accept()
    assert offered.bid.award is not None
    assert [line.half_days for line in offered.bid.award.lines] == [10]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(12, 5, "The plan comes to £3,000.00. Bring it down to the offer"), (0, 0, "The plan asks for nothing")],
)
def test_a_plan_must_fit_the_offer(offered: Offered, first: int, second: int, words: str) -> None:
    plan = offered.save(first, second, 6_000 if first else 0)
    with pytest.raises(Refused, match=words):
        plans.propose(plan, user=offered.head, now=NOW, version=plan.version)


def test_the_team_plans_and_the_head_sends(offered: Offered) -> None:
    member = offered.make.member(offered.lead, Standing.TEAM)
    plan = offered.save(6, 5, user=member)
    with pytest.raises(Refused, match="Only the head"):
        plans.propose(plan, user=member, now=NOW, version=plan.version)
    outsider = offered.make.member(offered.make.school())
    with pytest.raises(Refused, match="Only people of the school that leads"):
        offered.save(6, 5, user=outsider)


def test_a_plan_that_was_sent_can_not_be_changed_until_the_officer_asks(offered: Offered) -> None:
    plan = offered.propose()
    with pytest.raises(Refused, match="The plan has been sent"):
        offered.save(4, 5)
    plans.ask_for_another(
        plan, reason="Keep the leader’s days.", user=offered.officer, now=NOW, version=plan.version
    )
    assert (plan.state, plan.question) == (PlanState.RETURNED, "Keep the leader’s days.")
    assert offered.save(8, 2) is plan


def test_nobody_agrees_for_themselves_and_nobody_of_a_school_in_the_bid(offered: Offered) -> None:
    plan = offered.propose()
    with pytest.raises(Refused, match="Only the liaison officer"):
        plans.agree(plan, user=offered.head, now=NOW, version=plan.version)
    inside = offered.make.member(offered.lead)
    offered.make.role(inside, RoleName.OFFICER)
    with pytest.raises(Refused, match="You can’t check this plan: your school"):
        plans.agree(plan, user=inside, now=NOW, version=plan.version)


def test_the_date_to_reply_waits_while_the_officer_has_the_plan(offered: Offered) -> None:
    plan, reply_by = offered.propose(), offered.bid.offer.reply_by
    late = NOW + timedelta(days=60)
    take_timed_steps(late)
    assert offered.bid.state is S.OFFERED
    plans.agree(plan, user=offered.officer, now=late, version=plan.version)
    assert offered.bid.offer.reply_by > reply_by
    assert offered.bid.due_on == offered.bid.offer.reply_by >= late.date()
    letter = offered.make.session.scalars(
        select(Letter).where(Letter.recipient == "school").order_by(Letter.id.desc())
    ).first()
    assert letter is not None
    assert "has agreed your revised plan for £1,950" in letter.body


def test_another_offer_wants_another_plan(offered: Offered) -> None:
    plan = offered.propose()
    plans.agree(plan, user=offered.officer, now=NOW, version=plan.version)
    offered.bid.offer.ended_at = NOW
    old = offered.bid.offer
    offered.bid.offers.append(
        type(old)(decision=old.decision, pence=100_000, made_at=NOW, reply_by=old.reply_by)
    )
    offered.make.session.commit()
    assert plan_of(offered.bid) is None
    with pytest.raises(Refused, match=r"within £1,000\.00 first"):
        offered.accept()


def test_my_work_says_whose_turn_it_is(offered: Offered) -> None:
    def waits(user: User) -> set[str]:
        return {line.what for line in waiting_for(user, NOW).lines}

    assert waits(offered.head) == {"Send a revised plan for the offer"}
    plan = offered.propose()
    assert waits(offered.head) == set()
    assert "Check the revised plan" in waits(offered.officer)
    plans.agree(plan, user=offered.officer, now=NOW, version=plan.version)
    assert waits(offered.head) == {"Reply to the offer"}


def test_the_plan_walks_through_its_page(offered: Offered, sign_in: Any) -> None:
    bid, client = offered.bid, sign_in(offered.head)
    path = f"/bids/{bid.reference}/plan"
    page = client.get(path).text
    assert "is offered\n    £2,000.00" in page
    names = [f"days_{line.id}" for line in bid.backfill_lines] + [f"cost_{bid.cost_lines[0].id}"]
    wrong = client.post(path, data={"version": bid.version, **dict.fromkeys(names, "")})
    assert wrong.status_code == 422
    assert "Enter the days, or 0 to leave this out" in wrong.text
    high = dict(zip(names, ("6", "2.5", "60"), strict=True))
    assert client.post(path, data={"version": bid.version, **high}).status_code == 302
    assert "Bring it down to the offer, £2,000.00." in client.get(path).text
    fits = dict(zip(names, ("3", "2.5", "60"), strict=True))
    assert client.post(path, data={"version": bid.version, **fits}).status_code == 302
    plan = plan_of(bid)
    assert plan is not None
    assert client.post(f"{path}/{plan.id}/propose", data={"version": plan.version}).status_code == 302
    client = sign_in(offered.officer)
    assert "3 days</td>" in client.get(path).text
    assert client.post(f"{path}/{plan.id}/agree", data={"version": plan.version}).status_code == 302
    assert plan.state is PlanState.AGREED


def test_others_find_no_plan(offered: Offered, sign_in: Any) -> None:
    path = f"/bids/{offered.bid.reference}/plan"
    provider = offered.make.member(offered.bid.providers[0])
    for user in (provider, offered.make.member(offered.make.school())):
        assert sign_in(user).get(path).status_code == 404
    offered.bid.offer.pence = offered.bid.requested_pence
    offered.make.session.commit()
    assert sign_in(offered.head).get(path).status_code == 404
