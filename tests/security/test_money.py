"""Anybody tries anything with one bid's money, in any order: what is refused changes nothing, and
the books are right after every try."""

import io
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from fundflow import ledger
from fundflow.applications import offers
from fundflow.clock import timed_steps
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.day_log import WorkedDay
from fundflow.models.impact import Rag
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName as R
from fundflow.models.spent_cost import SpentCost
from fundflow.panel.operations import decisions
from fundflow.payments import blocks, cost_log, day_log, settling
from fundflow.payments import operations as pay
from fundflow.review.operations import later
from fundflow.rules.award_sums import is_settled, sum_of
from fundflow.steps import AlreadyTaken, Stale, take_and_commit
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.files.samples import pdf
from tests.panel.conftest import Panel

TRIES = 130
# What can be done in a state by those entitled; most tries are among these, the rest are anything.
PLAUSIBLE = {
    S.AT_PANEL: "approve approve",
    S.OFFERED: "accept accept undo turn_down",
    S.NOT_TAKEN_UP: "renew",
    S.IN_DELIVERY: "day day spend confirm confirm strike strike_cost submit answer certify pay query dispute "
    "refuse suspend finish ask_stop",
    S.SUSPENDED: "resume pay stop",
    S.CLOSED: "reopen pay submit",
    S.IN_MONITORING: "day spend confirm strike submit answer certify pay query dispute write send "
    "accept_report close stop",
}
BY = {
    "chair": "approve undo renew stop",
    "leader": "accept turn_down spend submit answer confirm write send",
    "provider": "day",
    "officer": "certify query dispute strike strike_cost suspend resume ask_stop finish refuse",
    "finance": "pay",
    "impact": "accept_report close",
    "admin": "reopen",
}


class Attack:
    def __init__(self, make: Make, found: Panel, seed: int) -> None:
        self.dice, self.now, self.panel, self.bid = random.Random(seed), found.now, found, found.bid
        self.done: set[str] = set()
        self.clerk = found.clerk
        staff = {role: make.staff(role) for role in R}
        both = make.staff(R.FINANCE)
        for role in (R.OFFICER, R.IMPACT_OFFICER, R.ADMINISTRATOR):
            make.role(both, role)
        make.role(found.chair, R.FINANCE)  # decides, and pays
        provider = make.member(found.bid.partners[0].school)
        self.people = [
            found.leader,
            found.chair,
            found.deputy,
            found.seats[3].user,
            both,
            *staff.values(),
            provider,
            found.clerk,
            make.user(),
            make.staff(R.FINANCE),
        ]
        self.fund = found.fund
        right = {
            "chair": found.chair,
            "leader": found.leader,
            "provider": provider,
            "officer": staff[R.OFFICER],
            "finance": staff[R.FINANCE],
            "impact": staff[R.IMPACT_OFFICER],
            "admin": staff[R.ADMINISTRATOR],
        }
        self.right = {act: right[who] for who, acts in BY.items() for act in acts.split()}

    def claim(self) -> Claim:
        claims = self.bid.claims
        if not claims:
            raise Refused("none")
        return self.dice.choice(claims)

    def report(self) -> Any:
        if self.bid.report is None:
            raise Refused("none")
        return self.bid.report

    def acts(self, who: Any) -> dict[str, Callable[[], Any]]:
        bid, now, on = self.bid, self.now, {"user": who, "now": self.now}
        pence = self.dice.choice((99_999, 150_000, 300_000, 300_001, 0))
        free = {**on, "version": bid.version}

        def claimed(act: Callable[..., Any], **more: Any) -> Any:
            claim = self.claim()
            return act(claim, version=claim.version, **on, **more)

        def reported(act: Callable[..., Any], **more: Any) -> Any:
            return act(self.report(), version=self.report().version, **on, **more)

        def a_day() -> Any:
            day = (bid.start_on or now.date()) + timedelta(days=self.dice.randrange(40))
            lines = day_log.days_of_award(bid)
            if not lines:
                raise Refused("none")
            line, where = self.dice.choice(lines).id, bid.lead_school_id
            worked = {"line_id": line, "day": day, "half_days": 2, "activity": "Taught", "where_id": where}
            return day_log.log_day(bid, **worked, **free)

        def logged() -> list[WorkedDay]:
            return db.session.query(WorkedDay).filter_by(bid_id=bid.id).all()

        return {
            "approve": lambda: decisions.approve(
                bid, pence, reasons="r", equality_note="e", departure="d", **free
            ),
            "undo": lambda: decisions.undo_decision(bid, "wrong", **free),
            "renew": lambda: decisions.renew_offer(bid, "again", **free),
            "accept": lambda: offers.accept_offer(bid, agreement=True, **free),
            "turn_down": lambda: offers.turn_down_offer(bid, reason="no", **free),
            "clock": lambda: timed_steps.take_timed_steps(now),
            "day": a_day,
            "submit": lambda: pay.ask_for_payment(bid, **free),
            "strike": lambda: settling.strike_out(self.dice.choice(logged()), reason="r", **free),
            "spend": lambda: self.spend(on),
            "strike_cost": lambda: settling.strike_out_cost(
                self.dice.choice(self.spent()), reason="r", **free
            ),
            "dispute": lambda: claimed(
                pay.dispute,
                days={self.dice.choice(logged()).id},
                costs={cost.id for cost in self.spent()[-1:]},
                reason="q",
            ),
            "answer": lambda: claimed(pay.answer, answer="a"),
            "query": lambda: claimed(pay.query, reason="q"),
            "confirm": lambda: settling.confirm_days(bid, {entry.id for entry in logged()[-2:]}, **free),
            "certify": lambda: claimed(pay.certify),
            "pay": lambda: claimed(pay.pay, payment_reference="p"),
            "refuse": lambda: claimed(take_and_commit, name="refuse", given={"reason": "r"}),
            "suspend": lambda: blocks.suspend(bid, reason="r", **free),
            "resume": lambda: blocks.resume(bid, reason="r", **free),
            "ask_stop": lambda: later.ask_termination(bid, "r", **free),
            "stop": lambda: pay.terminate(bid, reason="r", **free),
            "finish": lambda: impact.end_delivery(bid, "finish_delivery", **free),
            "write": lambda: reported(
                impact.save_report,
                results=self.results(),
                answers={"half_days_delivered": 2, "spent_pence": 1, "lessons": "l", "summary": "s"},
            ),
            "rate": lambda: self.rate(on),
            "send": lambda: reported(impact.submit_report),
            "accept_report": lambda: reported(impact.accept_report, rag=Rag.GREEN, reason="r"),
            "close": lambda: impact.close(bid, **free),
            "reopen": lambda: take_and_commit(bid, "reopen", given={"reason": "r"}, **free),
        }

    def rate(self, on: dict[str, Any]) -> None:
        ratings = {"quality": 5, "timeliness": 4, "fit": 4, "use_again": True, "text": ""}
        ratings |= {"council": 4, "council_text": ""}
        for one in self.bid.feedback:
            impact.give_feedback(one, ratings=ratings, stamp=impact.stamp_of(one), **on)

    def spend(self, on: dict[str, Any]) -> SpentCost:
        line = self.dice.choice(cost_log.costs_of_award(self.bid))
        sent = FileStorage(io.BytesIO(pdf(b"%d" % self.dice.randrange(6))), "ticket.pdf")
        spent = {"line_id": line.id, "spent_on": self.now.date(), "pence": self.dice.choice((999, 3_000))}
        return cost_log.add_cost(self.bid, what="Tickets", sent=[sent], **spent, **on)

    def spent(self) -> list[SpentCost]:
        return db.session.query(SpentCost).filter_by(bid_id=self.bid.id).all()

    def results(self) -> dict[int, Any]:
        return {o.id: (o.target, self.now.date(), "") for o in self.bid.outcomes}

    def step(self) -> None:
        acts = self.acts(self.people[0])
        plausible = PLAUSIBLE.get(self.bid.state, "").split()
        name = self.dice.choice(plausible if plausible and self.dice.random() < 0.75 else sorted(acts))
        anybody = self.dice.choice(self.people)
        acts = self.acts(self.right.get(name, anybody) if self.dice.random() < 0.75 else anybody)
        before = self.books()
        try:
            acts[name]()
        except (Refused, Stale, AlreadyTaken, IndexError):
            db.session.rollback()
            db.session.expire_all()
            assert self.books() == before, f"{name} was refused and changed the books"
        else:
            self.done.add(name)
        self.check()

    def books(self) -> Any:
        db.session.expire_all()
        days = db.session.query(WorkedDay).filter_by(bid_id=self.bid.id)
        costs = db.session.query(SpentCost).filter_by(bid_id=self.bid.id)
        return (
            ledger.totals(self.fund.id),
            self.bid.state,
            [(day.id, day.confirmed_at, day.struck_at, day.claim_id) for day in days],
            [(cost.id, cost.struck_at, cost.claim_id) for cost in costs],
            [(c.id, c.state, c.pence) for c in self.bid.claims],
        )

    def check(self) -> None:
        db.session.expire_all()
        fund, mine = ledger.totals(self.fund.id), ledger.bid_totals(self.bid.id)
        assert fund.allocated == fund.uncommitted + fund.outstanding + fund.paid
        assert fund.free >= 0
        assert mine.outstanding >= 0
        assert 0 <= mine.paid <= (self.bid.awarded_pence or 0) <= self.bid.requested_pence
        assert mine.reserved == (self.bid.offer.pence if self.bid.state is S.OFFERED else 0)
        if self.bid.state in (S.CLOSED, S.NOT_TAKEN_UP):
            assert mine.outstanding == 0
        if self.bid.state is S.TERMINATED:
            assert mine.outstanding == sum_of(self.bid, hoped=True).whole.due
        paid = [c for c in self.bid.claims if c.state is ClaimState.PAID]
        assert sum(c.pence for c in paid) == mine.paid
        assert all(c.paid_by_id != c.certified_by_id for c in paid)
        assert mine.paid + mine.released <= (self.bid.awarded_pence or 0)
        if is_settled(self.bid):  # but for what was checked before, and can only be refused now
            asked = sum(c.pence for c in self.bid.claims if c.state is ClaimState.SUBMITTED)
            assert asked <= mine.outstanding
        if self.bid.awarded_pence and not any(c.state is ClaimState.QUERIED for c in self.bid.claims):
            assert sum_of(self.bid).left >= 0


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.both_databases),
        *(pytest.param(seed, marks=pytest.mark.thorough) for seed in (1, 2, 3)),
    ],
)
def test_the_books_are_right_whatever_anybody_tries(
    make: Make, panel_of: Callable[..., Panel], seed: int
) -> None:
    found = panel_of(lean_advance_percent=(0, 40, 100)[seed % 3], allocated=350_000)
    found.votes("+++++")
    attack = Attack(make, found, seed)
    db.session.commit()
    for n in range(TRIES):
        attack.now = found.now + timedelta(days=n)
        attack.step()
    assert len(attack.done) >= 8, attack.done
