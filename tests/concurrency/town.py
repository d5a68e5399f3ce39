"""One fund, its people and seven bids, and what any of them might do next: the crowd of the storm."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.impact.operations import stamp_of
from fundflow.letters import delivery
from fundflow.letters.digest import write_digests
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import RoleName, Seat, Standing, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState as C
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from tests.applications.helpers import answers_to
from tests.concurrency.hall import Post, a_fund, right_now, steps_of, voted_on
from tests.factories import Make

POST_GOES = right_now() + timedelta(days=60)  # one moment for all, else a lease would be over
Move = Post | Callable[[], Any]

_numbers = count(1)


class Town:
    """One fund, its people, seven bids; and what any of them might do next."""

    def __init__(self, make: Make) -> None:
        self.fund_id = a_fund(make, 1_200_000).id
        self.heads: dict[int, tuple[str, str]] = {}
        fund = db.session.get_one(Fund, self.fund_id)
        self.seats = {seat.id: seat.user.get_id() for seat in make.panel(fund)}
        self.chair = next(iter(self.seats.values()))
        self.staff = {
            role: [make.staff(role).get_id() for _ in range(2)]
            for role in (
                RoleName.OFFICER,
                RoleName.CLERK,
                RoleName.FINANCE,
                RoleName.IMPACT_OFFICER,
                RoleName.ADMINISTRATOR,
            )
        }
        self.bids = [
            self._bid(make, fund, state)
            for state in (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.AT_PANEL, S.AT_PANEL, S.OFFERED, S.IN_DELIVERY)
        ]

    def _bid(self, make: Make, fund: Fund, state: S) -> int:
        lead = make.school()
        head, team = make.member(lead), make.member(lead, Standing.TEAM)
        if state is S.AT_PANEL:
            bid = voted_on(make, fund, lead=lead)
        else:
            bid = make.bid(state=state, fund=fund, lead=lead, leader=head, now=right_now())
        if bid.review is None:
            make.reviewed(bid)
        make.confirmed(bid)
        bid.start_on = right_now().date() - timedelta(days=90)
        self.heads[bid.id] = (head.get_id(), team.get_id())
        return bid.id

    # -- a move ---------------------------------------------------------------------------------

    def move(self, dice: random.Random) -> Move:
        """What somebody does next: mostly something that is open, on a page as it is now."""
        if dice.random() < 0.2:
            return self.something_else(dice)
        bid = db.session.get_one(Bid, dice.choice(self.bids))
        moves = list(self.moves(bid, dice))
        return dice.choice(moves) if moves else self.something_else(dice)

    def any_of(self, role: RoleName, dice: random.Random) -> str:
        return dice.choice(self.staff[role])

    def moves(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        yield from self.by_the_school(bid, dice)
        yield from self.by_the_officer(bid, dice)
        yield from self.by_the_panel(bid, dice)
        yield from self.about_claims(bid, dice)
        yield from self.about_the_report(bid, dice)

    def step(self, who: str, bid: Bid, name: str, **data: Any) -> Post:
        words = {"reason": f"Because {next(_numbers)}.", "agreement": "y"}
        return Post(who, steps_of(bid, name), {"version": bid.version, **words, **data})

    def by_the_school(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        head, team = self.heads[bid.id]
        page, number = f"/bids/{bid.reference}/form", next(_numbers)
        if bid.state is S.DRAFT:
            yield Post(
                team,
                f"{page}/need",
                {**answers_to("/need"), "need": f"Need {number}.", "stamp": _stamp(bid, "need")},
            )
            yield Post(
                team,
                f"{page}/costs/other-costs/add",
                {
                    "kind": "venue",
                    "description": f"Hall {number}",
                    "pence": "1",
                    "stamp": _stamp(bid, "costs"),
                },
            )
            yield self.step(head, bid, "submit")
        if bid.state in (S.SUBMITTED, S.IN_REVIEW, S.AT_PANEL) and dice.random() < 0.3:
            yield self.step(head, bid, "withdraw")
        if bid.state is S.DEFERRED:
            yield self.step(head, bid, "answer-panel", answer="We will train two more.")
        if bid.state is S.OFFERED:
            yield self.step(head, bid, "accept-offer")
            yield self.step(head, bid, "turn-down-offer")

    def by_the_officer(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        officer = self.any_of(RoleName.OFFICER, dice)
        meetings = _meetings(bid.fund_id, MeetingState.PLANNED, MeetingState.PAPERS_ISSUED)
        if bid.state is S.SUBMITTED:
            yield self.step(officer, bid, "take-up")
        if bid.state is S.IN_REVIEW and bid.review:
            yield Post(
                officer,
                f"/bids/{bid.reference}/review",
                {
                    "version": bid.review.version,
                    "need_notes": f"Note {next(_numbers)}.",
                    **{
                        f"verdict_{check.item}": check.verdict.value
                        for check in bid.review.checks
                        if check.verdict
                    },
                },
            )
            if meetings:
                yield self.step(
                    officer,
                    bid,
                    "recommend",
                    recommendation="fund",
                    amount="3000",
                    meeting=dice.choice(meetings).id,
                )
        if bid.state is S.DEFERRED and meetings:
            yield self.step(officer, bid, "bring-back", meeting=dice.choice(meetings).id)
        for state, name in (
            (S.AT_PANEL, "take-back"),
            (S.WITHDRAWN, "reinstate"),
            (S.IN_DELIVERY, "suspend"),
            (S.SUSPENDED, "resume"),
            (S.IN_DELIVERY, "finish-delivery"),
        ):
            if bid.state is state and (dice.random() < 0.3 or state in (S.WITHDRAWN, S.SUSPENDED)):
                yield self.step(officer, bid, name)

    def by_the_panel(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        words = {
            "amount": bid.requested_pence // 100,
            "reasons": f"Reasons {next(_numbers)}.",
            "equality_note": "None.",
            "departure": "The need is plain.",
            "question": "How?",
        }
        names = {
            S.AT_PANEL: ("approve", "approve", "decline", "defer"),
            S.OFFERED: ("undo-decision",),
            S.NOT_FUNDED: ("undo-decision",),
            S.DEFERRED: ("undo-decision",),
            S.NOT_TAKEN_UP: ("renew-offer",),
        }.get(bid.state, ())
        for name in names:
            yield self.step(self.chair, bid, name, **words)
        if bid.open_item:
            yield from self.on_the_agenda(bid.open_item, dice)

    def on_the_agenda(self, item: AgendaItem, dice: random.Random) -> Iterator[Move]:
        clerk, page = self.any_of(RoleName.CLERK, dice), f"/meetings/{item.meeting_id}/items/{item.id}"
        seat = dice.choice(list(self.seats))
        for _ in range(3):
            yield Post(
                self.seats[seat],
                f"{page}/members/{seat}/vote",
                {"choice": dice.choice(("fund", "fund", "do_not_fund"))},
            )
        yield Post(clerk, f"{page}/members/{seat}/presence", {"present": dice.choice(("yes", "yes", "no"))})
        yield Post(clerk, f"{page}/no-interests", {})
        yield Post(clerk, f"{page}/up", {"version": item.meeting.version})
        yield Post(
            clerk,
            f"/meetings/{item.meeting_id}/attendance",
            {"seats": [str(n) for n in self.seats], "was": ""},
        )
        for meeting in _meetings(item.bid.fund_id, MeetingState.PLANNED)[:1]:
            yield Post(clerk, f"{page}/move", {"meeting": meeting.id})

    def about_claims(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        head, team = self.heads[bid.id]
        page = f"/bids/{bid.reference}/claims"
        if bid.state in (S.IN_DELIVERY, S.IN_MONITORING):
            asked = {"version": bid.version, "agreement": "y"}
            yield Post(head, f"{page}/new", asked)
            yield Post(team, f"/bids/{bid.reference}/days", _a_day(bid, dice))
            days = db.session.scalars(select(WorkedDay.id).where(WorkedDay.bid_id == bid.id)).all()
            officer = self.any_of(RoleName.OFFICER, dice)
            yield Post(officer, f"/bids/{bid.reference}/days/confirm", {"version": bid.version, "days": days})
        for claim in bid.claims:
            who = {
                "version": claim.version,
                "reason": "Which?",
                "answer": "This.",
                "agreement": "y",
                "payment_reference": f"BACS {next(_numbers)}",
            }
            names = {
                C.SUBMITTED: ("certify", "query", "refuse"),
                C.QUERIED: ("answer",),
                C.CERTIFIED: ("pay", "refuse"),
            }.get(claim.state, ())
            for name in names:
                by = head if name == "answer" else self.any_of(RoleName.FINANCE, dice)
                yield Post(by, f"{page}/{claim.id}/steps/{name}", who)

    def about_the_report(self, bid: Bid, dice: random.Random) -> Iterator[Move]:
        if bid.state is S.IN_MONITORING and bid.report:
            (head, _), checker = self.heads[bid.id], self.any_of(RoleName.IMPACT_OFFICER, dice)
            page, version = f"/bids/{bid.reference}/report", {"version": bid.report.version}
            yield Post(
                head,
                f"/bids/{bid.reference}/feedback",
                {
                    "quality": "5",
                    "timeliness": "4",
                    "fit": "4",
                    "use_again": "yes",
                    "council": "4",
                    "text": f"Kind {next(_numbers)}",
                    "stamp": stamp_of(bid.feedback[0]),
                },
            )
            if bid.report.state is not ReturnState.SUBMITTED:
                yield Post(head, page, {**version, **_results(bid)})
                yield Post(
                    head, f"{page}/steps/submit", {**version, "agreement": "y", "why_odd": "As planned."}
                )
            else:
                yield Post(checker, f"{page}/steps/accept", {**version, "rag": "green", "reason": "Good"})
            yield self.step(checker, bid, "close")
        if bid.state is S.CLOSED:
            yield self.step(self.any_of(RoleName.ADMINISTRATOR, dice), bid, "reopen")

    # -- and besides ----------------------------------------------------------------------------

    def something_else(self, dice: random.Random) -> Move:
        return dice.choice((self.work, self.work, self.work, self.run_meetings, self.administer))(dice)

    def work(self, dice: random.Random) -> Move:
        """What a worker does: the clock, now and a good while later; letters; digests."""
        now = right_now() + timedelta(days=dice.choice((0, 1, 40)))
        tick, deliver, digest = _worker(now)
        return dice.choice((tick, deliver, deliver, digest))

    def run_meetings(self, dice: random.Random) -> Move:
        clerk = self.any_of(RoleName.CLERK, dice)
        open_ones = _meetings(
            self.fund_id, MeetingState.PLANNED, MeetingState.PAPERS_ISSUED, MeetingState.IN_SESSION
        )
        if dice.random() < 0.3 or not open_ones:
            day = right_now() + timedelta(days=dice.randint(1, 3))
            return Post(
                clerk,
                "/meetings/new",
                {
                    "day-day": day.day,
                    "day-month": day.month,
                    "day-year": day.year,
                    "time": "16:00",
                    "place": "On a call",
                    "fund": self.fund_id,
                },
            )
        meeting = dice.choice(open_ones)
        name = {
            MeetingState.PLANNED: "issue-papers",
            MeetingState.PAPERS_ISSUED: "open-session",
            MeetingState.IN_SESSION: "close-session",
        }[meeting.state]
        return Post(clerk, f"/meetings/{meeting.id}/steps/{name}", {"version": meeting.version})

    def administer(self, dice: random.Random) -> Move:
        """Money in and out; roles for people who are being written to; sign-in links."""
        fund, day = db.session.get_one(Fund, self.fund_id), right_now().date()
        by = self.any_of(RoleName.ADMINISTRATOR, dice)
        line = fund.allocations[0].id
        seat = db.session.get_one(Seat, dice.choice(list(self.seats)))
        email = db.session.scalars(select(User.email).order_by(User.id).limit(20)).all()
        day_fields = {"starts_on-day": day.day, "starts_on-month": day.month, "starts_on-year": day.year}
        return dice.choice(
            (
                Post(
                    by,
                    f"/funds/{fund.id}/lines/{line}/cut",
                    {"version": fund.version, "pence": "10", "minute": "M", "sure": "yes"},
                ),
                Post(
                    by, f"/people/{seat.user_id}/add/role", {"role": "board", "fund": fund.id, **day_fields}
                ),
                Post(None, "/sign-in", {"email": dice.choice(email)}),
                Post(by, f"/people/{seat.user_id}/invite", {}),
            )
        )


def _stamp(bid: Bid, slug: str) -> str:
    from fundflow.applications import freezing
    from fundflow.applications.sections import PAGE

    return freezing.stamp(bid, PAGE[slug])


def _meetings(fund_id: int, *states: MeetingState) -> list[Meeting]:
    return list(
        db.session.scalars(
            select(Meeting)
            .where(Meeting.fund_id == fund_id, Meeting.state.in_(states))
            .order_by(Meeting.id)
            .limit(4)
        )
    )


def _a_day(bid: Bid, dice: random.Random) -> dict[str, Any]:
    day = right_now().date() - timedelta(days=dice.randint(0, 80))
    return {
        "version": bid.version,
        "line": dice.choice([line.id for line in bid.awards[-1].lines if line.is_days]),
        "worked_on-day": day.day,
        "worked_on-month": day.month,
        "worked_on-year": day.year,
        "half_days": dice.choice("12"),
        "spent_at": bid.lead_school_id,
        "activity": "Coached",
    }


def _results(bid: Bid) -> dict[str, Any]:
    day = right_now().date()
    results = {f"value_{o.id}": "76" for o in bid.outcomes}
    for outcome in bid.outcomes:
        results |= {f"on_{outcome.id}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    return {
        **results,
        "days_delivered": "8.5",
        "spent": "3000",
        "teaching_before": "2",
        "teaching_after": "3",
        "lessons": "Start sooner",
        "summary": f"Better {next(_numbers)}",
    }


def _worker(now: Any) -> tuple[Callable[[], Any], ...]:
    from fundflow import clock

    return lambda: clock.tick(now), lambda: delivery.deliver(POST_GOES), lambda: write_digests(now)
