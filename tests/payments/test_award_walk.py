"""An award at random, from the offer to the close, against a model that reckons in fractions."""

import io
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from fundflow import balances, ledger
from fundflow.applications import offers, plans
from fundflow.extensions import db
from fundflow.impact import operations as impact
from fundflow.models.award import AwardLine
from fundflow.models.change import ChangeNewLine, ChangeRequest
from fundflow.models.day_log import WorkedDay
from fundflow.models.impact import Rag
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.panel import Presence, Vote
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import TO_COME, Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.payments import (
    changes,
    cost_log,
    day_log,
    operations,
    panel_changes,
    recoveries,
    reversals,
    settling,
    year_end,
)
from fundflow.payments.change_parts import NewLine
from fundflow.payments.changes import Wanted, WantedLine
from fundflow.payments.payees import operations as payees
from fundflow.payments.runs import answering, choosing
from fundflow.payments.runs import operations as runs
from fundflow.rules.award_sums import is_settled
from fundflow.rules.plans import Planned, plan_of
from fundflow.rules.recoveries import payments_to_set_against, recoveries_of
from fundflow.rules.reversals import reversals_of
from fundflow.schools.passing import pass_on_one
from fundflow.steps import take_and_commit
from fundflow.workflow.application import UNDER_WAY, BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.payment_run import FROZEN, OUT, RunState
from fundflow.workflow.recovery import RecoveryState
from fundflow.workflow.reversal import ReversalState
from tests import tiers
from tests.factories import NOW, Make
from tests.files.samples import pdf
from tests.payments.conftest import LATER
from tests.payments.runs.conftest import answers
from tests.payments.statement_sums import assert_statements_add_up

DAYS = [day for n in range(30) if (day := date(2026, 12, 21) + timedelta(n)).weekday() < 5]
DAYS += [day for n in range(14) if (day := date(2027, 4, 6) + timedelta(n)).weekday() < 5]
MOMENTS = [LATER.replace(month=3, day=10), LATER.replace(month=4, day=20)]  # of time that passes
PICK = st.integers(0, 30)
ENDINGS = ("approve", "receive", "invoice", "let_go", "write_off", "cancel", "put_back")
SCHEDULES = st.sampled_from([(100, 0), (50, 30), (50, 0), (0, 0), (30, 30)])


def rounded(amount: Fraction) -> int:
    """To the penny, halves up."""
    return int(amount + Fraction(1, 2))


class Model:
    """What each school has earned and may be paid so far (docs/rules.md, "What an award pays")."""

    def __init__(self, walk: "AwardWalk") -> None:
        bid, award = walk.bid, walk.bid.award
        assert award is not None
        budget: Counter[int] = Counter()
        done: Counter[int] = Counter()
        for line in award.lines:
            payee = walk.today(line.payee)
            budget[payee] += line.pence
            about = {claim.id for claim in walk.claims(ClaimState.QUERIED)}  # what the school is asked about
            days = [day for day in walk.days() if day.line.key == line.key and day.counts]
            days = [day for day in days if day.claim_id not in about]
            rate = Fraction(line.day_rate_pence or 0, 2) * (1 + Fraction(line.on_cost_basis_points, 10_000))
            most = rounded(Fraction(line.pence * 110, 100))
            costs = [cost for cost in walk.costs() if cost.line.key == line.key and cost.counts]
            spent = sum(cost.pence for cost in costs if cost.claim_id not in about)
            done[payee] += min(rounded(sum(day.half_days for day in days) * rate) + spent, most)
        cost = budget.total()
        whole = min(award.pence, cost)
        self.share = self._split(whole, budget)
        reached = 0 if is_settled(bid) else self._percent(walk)
        schedule = self._split(rounded(Fraction(whole * reached, 100)), budget)
        kept = self._split(rounded(Fraction(whole * walk.kept, 100)), budget)
        misused = walk.misused()
        self.earned, self.allowed = {}, {}
        for payee in budget:
            most = max(self.share[payee] - misused[payee], 0)
            earned = self.earned[payee] = min(rounded(Fraction(done[payee] * whole, cost)), most)
            advanced = max(schedule[payee] - misused[payee], 0)
            so_far = max(min(most - kept[payee], max(earned, advanced)), 0)
            self.allowed[payee] = earned if is_settled(bid) else so_far

    def _percent(self, walk: "AwardWalk") -> int:
        advance, half_time = walk.schedule
        return advance + (half_time if walk.bid.half_time_at else 0)

    def _split(self, pence: int, budget: Counter[int]) -> dict[int, int]:
        parts: dict[int, int] = {}
        for payee, cost in budget.items():
            parts[payee] = min(rounded(Fraction(cost * pence, budget.total())), pence - sum(parts.values()))
        parts[payee] += pence - sum(parts.values())
        return parts


class AwardWalk(RuleBasedStateMachine):
    make: Make
    seen: tuple[Any, ...] = ()  # of the ledger, as its statements were looked at last

    @initialize(
        schedule=SCHEDULES,
        each=st.booleans(),
        runs=st.booleans(),
        percent=st.sampled_from([100, 83, 41]),
        carried=st.sampled_from([5_000_000, 5_000_000, 60_000]),
        march=st.booleans(),
    )
    def accept(
        self, schedule: tuple[int, int], each: bool, runs: bool, percent: int, carried: int, march: bool
    ) -> None:
        self.schedule, make = schedule, self.make
        self.now = MOMENTS[0] if march else LATER
        fund = self.fund = make.fund(
            lean_advance_percent=schedule[0],
            lean_half_time_percent=schedule[1],
            pays_each_school=each,
            pays_in_runs=runs,
        )
        make.allocation(fund, carried, carries_forward=True)
        self.is_tight = carried < 100_000  # what lapses then can't always be replaced
        self.kept = 100 - sum(schedule) if sum(schedule) else 0
        self.lead, self.provider = make.school(), make.school()
        self.head, self.releasing = make.member(self.lead), make.member(self.provider)
        make.payee(self.provider)
        bid = self.bid = make.bid(
            state=BidState.OFFERED, fund=fund, lead=self.lead, leader=self.head, provider=self.provider
        )
        make.payee(self.lead)
        staff = (RoleName.OFFICER, RoleName.FINANCE, RoleName.FINANCE, RoleName.IMPACT_OFFICER)
        self.officer, self.finance, self.other, self.impact = map(make.staff, staff)
        self.chair = make.panel(fund)[0].user
        bid.offer.pence = 3_000 * percent
        bid.end_on = LATER.date()
        db.session.commit()
        self.paid_now: list[tuple[int, int, int]] = []
        self.closed = False
        self.first_day = bid.start_on or NOW.date()
        if percent < 100:
            self.revise(percent)
        offers.accept_offer(bid, agreement=True, user=self.head, now=NOW, version=bid.version)

    def revise(self, percent: int) -> None:
        """A plan that fits: fewer days of both, no travel."""
        bid, half = self.bid, {100: 12, 83: 9, 41: 3}[percent]
        first, second = bid.backfill_lines
        days = {first.id: half, second.id: 5 if percent > 50 else 2}
        plan = plans.save_plan(
            bid, Planned(days, {bid.cost_lines[0].id: 0}), user=self.head, now=NOW, version=bid.version
        )
        plans.propose(plan, user=self.head, now=NOW, version=plan.version)
        plans.agree(plan, user=bid.officer, now=NOW, version=plan.version)
        assert plan_of(bid) is plan

    # -- what is looked at ------------------------------------------------------------------------

    def today(self, school: School) -> int:
        return school.succeeded_by_id or school.id

    def days(self) -> list[WorkedDay]:
        return list(db.session.scalars(select(WorkedDay).where(WorkedDay.bid_id == self.bid.id)))

    def costs(self) -> list[SpentCost]:
        return list(db.session.scalars(select(SpentCost).where(SpentCost.bid_id == self.bid.id)))

    def has_room(self) -> list[AwardLine]:
        """Lines of which days are still to be worked."""
        return [
            line.line for line in day_log.by_line(self.lines()) if line.logged < (line.line.half_days or 0)
        ]

    def lines(self) -> list[AwardLine]:
        return day_log.days_of_award(self.bid)

    def claims(self, *states: ClaimState) -> list[Claim]:
        return [claim for claim in self.bid.claims if claim.state in states]

    def recoveries(self, *states: RecoveryState) -> list[Recovery]:
        return [found for found in recoveries_of(self.bid) if found.state in states]

    def misused(self) -> Counter[int]:
        found: Counter[int] = Counter()
        for one in recoveries_of(self.bid):
            if one.ground is Ground.MISUSED and one.state is not RecoveryState.CANCELLED:
                found[self.today(one.school)] += one.pence
        return found

    def misuse_to_come(self) -> Counter[int]:
        found: Counter[int] = Counter()
        for one in self.recoveries(*TO_COME):
            if one.ground is Ground.MISUSED:
                found[self.today(one.school)] += one.pence
        return found

    def paid(self) -> Counter[int]:
        """Net, by payee."""
        found: Counter[int] = Counter()
        for claim in self.claims(ClaimState.PAID):
            found[self.today(claim.school)] += claim.pence
        for one in self.recoveries(RecoveryState.RECOVERED):
            found[self.today(one.school)] -= one.pence
        return found

    def in_frozen_run(self) -> Counter[int]:
        """What an approved run pays, whatever became of the award since, by payee."""
        query = select(RunLine).join(PaymentRun).where(PaymentRun.state.in_(FROZEN))
        found: Counter[int] = Counter()
        for line in db.session.scalars(query.where(RunLine.outcome == Outcome.WAITING)):
            found[self.today(line.claim.school)] += line.claim.pence
        return found

    def run_in(self, *states: RunState) -> PaymentRun | None:
        """The latest payment run in one of these states."""
        query = select(PaymentRun).where(PaymentRun.fund_id == self.fund.id, PaymentRun.state.in_(states))
        return db.session.scalars(query.order_by(PaymentRun.id.desc()).limit(1)).first()

    def held_payees(self) -> list[Payee]:
        schools = {self.lead.id, self.provider.id, self.today(self.lead), self.today(self.provider)}
        query = select(Payee).where(Payee.school_id.in_(schools), Payee.hold_since.is_not(None))
        return list(db.session.scalars(query.order_by(Payee.id)))

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Whether it was not refused; what is refused changes nothing."""
        before = ledger.bid_totals(self.bid.id)
        try:
            act()
        except Refused:
            db.session.rollback()
            assert ledger.bid_totals(self.bid.id) == before
            return False
        return True

    def on(self, record: Any, user: User) -> dict[str, Any]:
        return {"user": user, "now": self.now, "version": record.version}

    # -- what is done -----------------------------------------------------------------------------

    @precondition(lambda self: self.has_room() and not is_settled(self.bid))
    @rule(first=PICK, line=st.integers(0, 1), half_days=st.integers(1, 2))
    def log(self, first: int, line: int, half_days: int) -> None:
        """Four days on end."""
        lines = self.has_room()
        for day in range(first, first + 4):
            self.attempt(
                lambda day=day: day_log.log_day(
                    self.bid,
                    line_id=lines[line % len(lines)].id,
                    day=DAYS[day % len(DAYS)],
                    half_days=half_days,
                    activity="Coached",
                    where_id=self.bid.lead_school_id,
                    **self.on(self.bid, self.head),
                )
            )

    @precondition(lambda self: self.now < MOMENTS[-1] and len(self.days()) > 3)
    @rule()
    def time_passes(self) -> None:
        """March begins, then the next financial year: what is left on the line of this year lapses."""
        self.now = next(moment for moment in MOMENTS if moment > self.now)

    @precondition(lambda self: self.now in MOMENTS)
    @rule()
    def move_lapsing(self) -> None:
        """Finance moves what was not served by 31 March to the line that carries forward."""
        was = ledger.bid_totals(self.bid.id)
        found = year_end.fund_year(self.fund, 2026).lapsing
        if self.attempt(
            lambda: year_end.move_lapsing(
                self.bid, 2026, reason="Minute 20", **self.on(self.bid, self.finance)
            )
        ):
            assert ledger.bid_totals(self.bid.id) == was
            self.check_years()
            if not self.claims(ClaimState.QUERIED):  # the page counts their days, the move does not yet
                assert [award.bid for award in found] == [self.bid]
                assert year_end.fund_year(self.fund, 2026).lapsing == []

    @precondition(lambda self: any(day.is_unsettled for day in self.days()))
    @rule()
    def confirm(self) -> None:
        ids = {day.id for day in self.days() if day.is_unsettled}
        if ids:
            who = self.releasing
            self.attempt(lambda: settling.confirm_days(self.bid, ids, **self.on(self.bid, who)))

    @precondition(lambda self: len(self.days()) > 3)
    @rule(pick=st.integers(0, 90))
    def strike_out(self, pick: int) -> None:
        if pick < 30 and (days := [day for day in self.days() if not day.struck_at]):
            day = days[pick % len(days)]
            self.attempt(lambda: settling.strike_out(day, reason="Ill", **self.on(self.bid, self.officer)))

    @rule(pence=st.integers(1, 9_000), day=PICK)
    def spend(self, pence: int, day: int) -> None:
        lines = cost_log.costs_of_award(self.bid)
        if lines and len(self.costs()) < 3:
            receipt = FileStorage(io.BytesIO(pdf(f"{pence} {day}".encode())), "ticket.pdf")
            self.attempt(
                lambda: cost_log.add_cost(
                    self.bid,
                    line_id=lines[0].id,
                    spent_on=DAYS[day % len(DAYS)],
                    pence=pence,
                    what="Train",
                    sent=[receipt],
                    user=self.head,
                    now=self.now,
                )
            )

    @rule(pick=PICK)
    def strike_out_cost(self, pick: int) -> None:
        if pick < 10 and (costs := [cost for cost in self.costs() if cost.counts]):
            cost = costs[pick % len(costs)]
            self.attempt(
                lambda: settling.strike_out_cost(cost, reason="No", **self.on(self.bid, self.officer))
            )

    @precondition(lambda self: self.schedule[1] and not self.bid.half_time_at)
    @rule()
    def half_time(self) -> None:
        self.attempt(lambda: operations.record_half_time(self.bid, **self.on(self.bid, self.officer)))

    @precondition(lambda self: any(day.counts for day in self.days()))
    @rule()
    def ask(self) -> None:
        self.attempt(lambda: operations.ask_for_payment(self.bid, **self.on(self.bid, self.head)))

    @precondition(lambda self: self.claims(ClaimState.SUBMITTED))
    @rule(pick=PICK)
    def dispute(self, pick: int) -> None:
        if claims := [claim for claim in self.claims(ClaimState.SUBMITTED) if len(claim.days) > 1]:
            claim = claims[pick % len(claims)]
            days = {claim.days[0].id}
            self.attempt(
                lambda: operations.dispute(claim, days=days, reason="Sure?", **self.on(claim, self.officer))
            )

    @precondition(lambda self: self.claims(ClaimState.QUERIED))
    @rule(pick=PICK)
    def answer(self, pick: int) -> None:
        if claims := self.claims(ClaimState.QUERIED):
            claim = claims[pick % len(claims)]
            self.attempt(lambda: operations.answer(claim, answer="Yes", **self.on(claim, self.head)))

    @precondition(lambda self: self.claims(ClaimState.SUBMITTED))
    @rule(pick=PICK)
    def certify(self, pick: int) -> None:
        if claims := self.claims(ClaimState.SUBMITTED):
            claim = claims[pick % len(claims)]
            self.attempt(lambda: operations.certify(claim, **self.on(claim, self.officer)))

    @precondition(lambda self: self.claims(ClaimState.CERTIFIED))
    @rule(pick=PICK)
    def pay(self, pick: int) -> None:
        if not (claims := self.claims(ClaimState.CERTIFIED)):
            return
        claim = claims[pick % len(claims)]
        if self.attempt(lambda: operations.pay(claim, payment_reference="P", **self.on(claim, self.finance))):
            payee = self.today(claim.school)
            assert self.paid()[payee] <= Model(self).allowed[payee], "paid above what may be paid"

    @precondition(lambda self: self.fund.pays_in_runs and self.claims(ClaimState.CERTIFIED))
    @rule()
    def gather(self) -> None:
        choice = choosing.choices_for(self.fund)[0]
        self.attempt(lambda: runs.gather(self.fund, choice, user=self.finance, now=self.now))

    @precondition(lambda self: self.run_in(RunState.GATHERED, RunState.APPROVED))
    @rule(pick=PICK)
    def move_run(self, pick: int) -> None:
        """It is approved, then exported; or cancelled."""
        run = self.run_in(RunState.GATHERED, RunState.APPROVED)
        assert run is not None
        if pick < 5:
            self.attempt(lambda: runs.cancel(run, reason="Wrong", **self.on(run, self.finance)))
        elif run.state is RunState.GATHERED:
            self.attempt(lambda: runs.approve(run, **self.on(run, self.other)))
        else:
            self.attempt(lambda: take_and_commit(run, "export", **self.on(run, self.finance)))

    @precondition(lambda self: self.run_in(*OUT))
    @rule(said=st.lists(st.sampled_from(["Paid", "Paid", "Rejected", ""]), min_size=4, max_size=4))
    def answer_run(self, said: list[str]) -> None:
        """Some of what waits is paid, some is not; what was paid may come back."""
        run = self.run_in(*OUT)
        assert run is not None
        rows = [
            (
                line.payment_id,
                f"{line.pence / 100:.2f}",
                word if line.outcome is Outcome.WAITING else "Returned",
                "Closed account",
            )
            for line, word in zip(run.lines, said * 9, strict=False)
            if line.outcome is Outcome.WAITING or (line.outcome is Outcome.PAID and word == "Rejected")
        ]
        if rows:
            self.attempt(lambda: answering.load(run, answers(*rows), **self.on(run, self.finance)))

    @precondition(lambda self: self.held_payees())
    @rule()
    def lift(self) -> None:
        for payee in self.held_payees():
            self.attempt(
                lambda payee=payee: payees.lift(payee, reason="Rang", **self.on(payee, self.finance))
            )

    @precondition(lambda self: self.claims(ClaimState.PAID))
    @rule(pick=PICK, approved=st.booleans())
    def reverse(self, pick: int, approved: bool) -> None:
        """A payment was recorded wrongly, or so it is thought."""
        if pick > 8:
            return
        claim = (paid := self.claims(ClaimState.PAID))[pick % len(paid)]
        asked = self.on(claim, self.finance)
        self.attempt(lambda: reversals.request(claim, reason="Not made", **asked))
        for one in reversals_of(claim):
            if one.state is ReversalState.REQUESTED and approved:
                self.attempt(lambda one=one: reversals.approve(one, **self.on(one, self.other)))
            elif one.state is ReversalState.REQUESTED:
                reversals.refuse(one, reason="It was made", **self.on(one, self.other))

    @precondition(lambda self: self.claims(ClaimState.SUBMITTED, ClaimState.CERTIFIED))
    @rule()
    def pay_all(self) -> None:
        for claim in self.claims(ClaimState.SUBMITTED):
            self.attempt(lambda claim=claim: operations.certify(claim, **self.on(claim, self.officer)))
        for n in range(len(self.claims(ClaimState.CERTIFIED))):
            self.pay(n)

    @precondition(lambda self: len(self.days()) > 3)
    @rule(pick=st.integers(0, 90))
    def refuse(self, pick: int) -> None:
        states = (ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.CERTIFIED)
        if pick < 20 and (claims := self.claims(*states)):
            claim = claims[pick % len(claims)]
            given = {"reason": "No"}
            self.attempt(
                lambda: take_and_commit(claim, "refuse", given=given, **self.on(claim, self.officer))
            )

    @precondition(lambda self: len(self.days()) > 2 and not is_settled(self.bid))
    @rule()
    def report(self) -> None:
        report = self.bid.report
        assert report is not None
        self.confirm()
        if self.bid.state is BidState.IN_DELIVERY:
            self.bid.state, report.state = BidState.IN_MONITORING, ReturnState.SUBMITTED
            db.session.commit()
        self.attempt(
            lambda: impact.accept_report(report, rag=Rag.GREEN, reason="Yes", **self.on(report, self.impact))
        )

    @precondition(lambda self: len(self.days()) > 2 and not is_settled(self.bid))
    @rule(pick=PICK)
    def terminate(self, pick: int) -> None:
        if pick > 6:
            return
        self.pay_all()
        self.bid.termination_asked_at, self.bid.termination_reason = self.now, "Stop"
        db.session.commit()
        self.attempt(lambda: operations.terminate(self.bid, reason="Stop", **self.on(self.bid, self.chair)))

    @precondition(lambda self: not is_settled(self.bid) and self.bid.state in UNDER_WAY)
    @rule(days=st.integers(-20, 40) | st.just(100), pick=PICK)
    def other_dates(self, days: int, pick: int) -> None:
        """The support ends sooner or later; no day that is logged falls outside it."""
        end = LATER.date() + timedelta(days)
        if pick > 9 or end == self.bid.end_on:
            return
        outside = [day for day in self.days() if day.day > end and not day.struck_at]
        assert self.change(end_on=end) is not (bool(outside) or end < self.first_day)
        if self.bid.end_on == end:
            assert not outside

    @precondition(lambda self: not is_settled(self.bid) and self.bid.state in UNDER_WAY)
    @rule(percent=st.integers(20, 99), pick=PICK, wanted=st.booleans())
    def less_money(self, percent: int, pick: int, wanted: bool) -> None:
        """The award becomes smaller; what was paid above a share stands to come back."""
        whole = sum(Model(self).share.values())
        if pick > 7 or not (pence := whole * percent // 100):
            return
        certified = bool(self.claims(ClaimState.CERTIFIED))
        assert self.change(pence=pence, wanted=wanted) is not certified
        if certified:
            return
        shares, paid, misused = Model(self).share, self.paid(), self.misused()
        to_come = self.misuse_to_come()
        assert sum(shares.values()) == pence
        left = sum(
            max(max(shares[payee] - misused[payee], 0) - paid[payee] + to_come[payee], 0) for payee in shares
        )
        outstanding = ledger.bid_totals(self.bid.id).outstanding
        assert outstanding <= left
        assert outstanding == left or misused  # what was released before it was found stays released

    @precondition(lambda self: not is_settled(self.bid) and self.bid.state in UNDER_WAY)
    @rule(half_days=st.integers(1, 4), percent=st.sampled_from([50, 80, 100]), pick=PICK)
    def other_staff(self, half_days: int, percent: int, pick: int) -> None:
        """Somebody else works what is left of a line, at a part of its rate; the award gets smaller."""
        room = [
            found for found in day_log.by_line(self.lines()) if found.logged < (found.line.half_days or 0)
        ]
        if pick > 9 or not room:
            return
        line, logged = room[pick % len(room)][:2]
        days, rate = line.half_days or 0, (line.day_rate_pence or 0) * percent // 100
        moved = min(half_days, days - logged)
        new = NewLine(self.today(line.school), "Teacher", 0, f"N{len(self.bid.awards)}", moved, rate)
        award, whole = self.bid.awards[-1], sum(Model(self).share.values())
        cost = sum(one.pence for one in award.lines)
        less = line.pence - line.pence_of(days - moved) - ChangeNewLine.cost_of(moved, rate, 0)
        pence = whole * (cost - max(less, 0)) // cost
        lines = {line.id: WantedLine(days - moved, line.what, line.staff_code)}
        if pence and self.change(pence=pence, lines=lines, new_lines=[new]):
            assert sum(Model(self).share.values()) == pence
            assert any(one.staff_code == new.staff_code for one in self.lines())

    @precondition(lambda self: not is_settled(self.bid) and self.bid.state in UNDER_WAY)
    @rule(half_days=st.integers(1, 6), pick=PICK, given=st.booleans())
    def more_money(self, half_days: int, pick: int, given: bool) -> None:
        """The panel gives more days of a line, or refuses them."""
        lines = self.lines()
        waits = any(one.ground is Ground.NOT_EARNED for one in self.recoveries(*TO_COME))
        if pick > 7 or not lines or waits or self.is_tight:  # until what an earlier cut asks back has come
            return
        whole, line = sum(Model(self).share.values()), lines[pick % len(lines)]
        days = (line.half_days or 0) + half_days
        more = line.pence_of(days) - line.pence
        wanted = {line.id: WantedLine(days, line.what, line.staff_code)}
        was = ledger.bid_totals(self.bid.id)
        before = Wanted(self.bid.start_on, self.bid.end_on, whole + more, "Ill", lines=wanted)
        change = changes.ask(self.bid, before, **self.on(self.bid, self.head))
        if change.unanswered:
            changes.say_yes(change, **self.on(change, self.releasing))
        self.vote_on(change, Choice.FUND if given else Choice.DO_NOT_FUND)
        said = {"reasons": "It goes well", "equality_note": "None", **self.on(change, self.chair)}
        (panel_changes.award_more if given else panel_changes.refuse_more)(change, **said)
        shares, paid, misused = Model(self).share, self.paid(), self.misused()
        assert sum(shares.values()) == whole + more * given
        now, to_come = ledger.bid_totals(self.bid.id), self.misuse_to_come()
        if not given:
            assert now == was
            return
        left = (shares[payee] - misused[payee] for payee in shares)
        due = (max(most, 0) - paid[payee] + to_come[payee] for payee, most in zip(shares, left, strict=True))
        assert now.outstanding >= sum(max(pence, 0) for pence in due)
        assert now.awarded - was.awarded <= max(more, was.released)

    def vote_on(self, change: ChangeRequest, choice: Choice) -> None:
        """Put to a meeting in session, where all vote alike."""
        meeting = self.make.meeting(self.bid.fund, starts_at=self.now + timedelta(days=1))
        db.session.commit()
        panel_changes.put_to_panel(change, "Yes", meeting.id, **self.on(change, self.officer))
        meeting.state = MeetingState.IN_SESSION
        (item,) = change.items
        said = {declared.user_id for declared in self.bid.declarations}
        for seat in self.bid.fund.seats:
            item.presences.append(Presence(seat_id=seat.id, present=True, changed_at=self.now))
            item.votes.append(Vote(seat=seat, choice=choice, at=self.now, recorded_by_id=seat.user_id))
            if seat.user_id not in said:
                by = {"recorded_by_id": seat.user_id}
                declared = {"kind": InterestKind.NONE, "declared_at": self.now, **by}
                db.session.add(Declaration(bid=self.bid, user_id=seat.user_id, **declared))
        db.session.commit()

    def change(self, *, wanted: bool = True, **values: Any) -> bool:
        """Ask for a change of the award, agree to it for every school and decide; whether it was agreed."""
        bid = self.bid
        now = Wanted(bid.start_on, bid.end_on, sum(Model(self).share.values()), "Ill")
        who, step = (self.head, "ask") if wanted else (self.officer, "reduce")
        made: list[ChangeRequest] = []
        if not self.attempt(
            lambda: made.append(changes.ask(bid, now._replace(**values), step=step, **self.on(bid, who)))
        ):
            return False
        change = made[0]
        if change.unanswered:
            changes.say_yes(change, **self.on(change, self.releasing))
        decider = self.chair if change.for_decider else self.officer
        if self.attempt(lambda: changes.agree(change, **self.on(change, decider))):
            return True
        changes.refuse(change, reason="Not now", **self.on(change, decider))
        return False

    @precondition(lambda self: self.claims(ClaimState.PAID) and self.bid.state is not BidState.CLOSED)
    @rule(pick=PICK, pence=st.integers(1, 9_000) | st.integers(1, 90_000))
    def misuse(self, pick: int, pence: int) -> None:
        if pick > 12:  # not too often
            return
        school = self.bid.lead_school_id
        self.attempt(
            lambda: recoveries.open_recovery(
                self.bid,
                school_id=school,
                ground=Ground.MISUSED,
                pence=pence,
                reason="A laptop",
                **self.on(self.bid, self.officer),
            )
        )

    @precondition(lambda self: self.recoveries(*TO_COME))
    @rule(pick=PICK, act=st.sampled_from(ENDINGS))
    def recover(self, pick: int, act: str) -> None:
        if not (found := self.recoveries(*TO_COME)):
            return
        one = found[pick % len(found)]
        asks: dict[str, dict[str, str]] = {
            "receive": {"payment_reference": "IN"},
            "invoice": {"invoice_number": "9"},
            "let_go": {"reason": "Small"},
            "cancel": {"reason": "No"},
            "put_back": {"reason": "Late"},
            "write_off": {"reason": "Gone", "authority": "M 1"},
        }
        who = self.chair if act == "write_off" else self.other
        self.attempt(lambda: getattr(recoveries, act)(one, **asks.get(act, {}), **self.on(one, who)))

    @precondition(lambda self: self.recoveries(*TO_COME) and self.claims(ClaimState.CERTIFIED))
    @rule(pick=PICK, pays=st.booleans())
    def set_against(self, pick: int, pays: bool) -> None:
        """It is to come off a payment, and goes into the ledger with that."""
        one = (found := self.recoveries(*TO_COME))[pick % len(found)]
        self.attempt(lambda: recoveries.approve(one, **self.on(one, self.other)))
        if one.state is RecoveryState.ASKED_FOR and (
            payments := payments_to_set_against(one, self.other, self.now)
        ):
            claim, left = payments[0]
            assert left >= one.pence
            assert self.attempt(lambda: recoveries.set_against(one, claim.id, **self.on(one, self.other)))
            if pays:
                self.pay(self.claims(ClaimState.CERTIFIED).index(claim))

    @precondition(lambda self: len(self.days()) > 2)
    @rule(lead=st.booleans())
    def convert(self, lead: bool) -> None:
        """A school's place passes to its successor, once."""
        old = self.lead if lead else self.provider
        if old.succeeded_by_id is not None or self.bid.state is BidState.CLOSED:
            return
        heir = self.make.school()
        self.make.payee(heir)
        old.succeeded_by_id = heir.id
        pass_on_one(self.bid, old, heir, self.now.date())
        if lead:
            self.head = self.make.member(heir)
        else:
            self.releasing = self.make.member(heir)
        db.session.commit()

    @precondition(lambda self: self.bid.has_accepted_report())
    @rule()
    def close(self) -> None:
        if self.attempt(lambda: impact.close(self.bid, **self.on(self.bid, self.impact))):
            model, paid = Model(self), self.paid()
            standing: Counter[int] = Counter()
            for one in self.recoveries(*TO_COME, RecoveryState.LET_GO, RecoveryState.WRITTEN_OFF):
                standing[self.today(one.school)] += one.pence
            for payee, earned in model.earned.items():
                assert paid[payee] - earned <= standing[payee], "paid and not earned, and nothing stands"
                assert paid[payee] + self.misused()[payee] >= earned, "earned and not paid"
            assert ledger.bid_totals(self.bid.id).outstanding == 0

    def check_years(self) -> None:
        """What the years' pages say adds up to the ledger, and to what the model says was earned."""
        this, following = (year_end.fund_year(self.fund, year) for year in (2026, 2027))
        assert this.made.awarded + following.made.awarded == ledger.totals(self.fund.id).awarded
        if self.claims(ClaimState.QUERIED):  # the year counts what the school is asked about
            return
        model = Model(self)
        for payee in following.payees:
            assert payee.earned == model.earned[self.today(payee.school)]
            before = {one.school: one.earned for one in this.payees}.get(payee.school, 0)
            assert payee.in_year == payee.earned - before

    def teardown(self) -> None:
        if hasattr(self, "bid"):
            self.check_years()

    # -- what holds -------------------------------------------------------------------------------

    @invariant()
    def the_books_are_right(self) -> None:
        if not hasattr(self, "bid"):
            return
        fund, mine = ledger.totals(self.bid.fund_id), ledger.bid_totals(self.bid.id)
        assert fund.allocated == fund.uncommitted + fund.outstanding + fund.paid
        assert fund.free >= 0
        assert min(mine.outstanding, mine.paid, mine.released) >= 0
        assert mine.paid_gross + mine.released <= mine.awarded
        assert mine.paid == self.paid().total()
        assert balances.wrong_balances() == []

    @invariant()
    def nobody_counts_twice(self) -> None:
        if not hasattr(self, "bid"):
            return
        counted: Counter[tuple[str, date]] = Counter()
        for day in self.days():
            if not day.struck_at:
                counted[day.staff_key, day.day] += day.half_days
        assert max(counted.values(), default=0) <= 2

    @invariant()
    def statements_add_up_to_the_ledger(self) -> None:
        """Looked at where the ledger, its reader's day or the school changed: else they say the same."""
        if not hasattr(self, "bid"):
            return
        last = db.session.scalar(select(func.max(LedgerEntry.id)))
        seen = (last, self.now, self.bid.lead_school_id)
        if seen != self.seen:
            self.seen = seen
            assert_statements_add_up(self.bid, self.finance, self.now)
            for line in ledger.by_line(self.fund.id).values():
                assert line.allocated == line.uncommitted + line.outstanding + line.paid
                assert min(line.free, line.outstanding, line.paid) >= 0

    @invariant()
    def what_was_paid_above_a_share_stands(self) -> None:
        if not hasattr(self, "bid") or is_settled(self.bid):
            return
        standing: Counter[int] = Counter()
        for one in self.recoveries(*TO_COME, RecoveryState.LET_GO, RecoveryState.WRITTEN_OFF):
            standing[self.today(one.school)] += one.pence
        paid, misused = self.paid(), self.misused()
        for payee, share in Model(self).share.items():
            assert paid[payee] - max(share - misused[payee], 0) <= standing[payee]

    @invariant()
    def once_settled_the_ledger_holds_what_may_still_be_paid(self) -> None:
        if not hasattr(self, "bid") or not is_settled(self.bid):
            return
        if any(day.is_unsettled for day in self.days()) or self.claims(ClaimState.QUERIED):
            return
        model, paid, misused = Model(self), self.paid(), self.misuse_to_come()
        out = self.in_frozen_run()
        due = sum(
            max(model.earned[payee] - paid[payee] + misused[payee], out[payee], 0) for payee in model.earned
        )
        outstanding = ledger.bid_totals(self.bid.id).outstanding
        assert outstanding <= due
        assert outstanding == due or self.misused()  # what was released before it was found stays released


@pytest.mark.hypothesis
def test_an_award_pays_what_the_model_says_whatever_happens(make: Make) -> None:
    class Walk(AwardWalk):
        pass

    Walk.make = make
    few = tiers.rounds(15)  # they are long
    run_state_machine_as_test(
        Walk, settings=settings(Walk.TestCase.settings, max_examples=few, stateful_step_count=80)
    )
