"""Forms of the panel, the fund and people's accounts: who sends them, and what they leave behind."""

from datetime import timedelta

from fundflow.letters.links import mint
from fundflow.models.decision import Decision, Offer
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting, Vote
from fundflow.models.person import LinkPurpose, OneTimeLink, RoleName, User
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.concurrency.forms import Case, Prepare, led, steps
from tests.concurrency.hall import Post, a_fund, a_panel, decision, right_now, steps_of, tomorrow, voted_on
from tests.factories import Make


def plan_a_meeting(make: Make) -> Case:
    fund = a_fund(make)
    clerk = make.user()
    make.role(clerk, RoleName.CLERK, fund=fund)
    day = right_now() + timedelta(days=30)
    return Case(
        Post(
            clerk.get_id(),
            "/meetings/new",
            {
                "day-day": day.day,
                "day-month": day.month,
                "day-year": day.year,
                "time": "16:00",
                "place": "On a call",
                "fund": fund.id,
            },
        ),
        ((Meeting, Meeting.fund_id == fund.id, 1),),
    )


def vote(make: Make) -> Case:
    fund = a_fund(make)
    panel = a_panel(make, fund)
    bid = voted_on(make, fund, choice=Choice.ABSTAIN)
    item = bid.items[0]
    mine = next(v for v in item.votes if v.seat.user.get_id() == panel.members[3])
    path = f"/meetings/{item.meeting_id}/items/{item.id}/members/{mine.seat.id}/vote"
    return Case(
        Post(panel.members[3], path, {"choice": "fund"}),
        (
            (Vote, (Vote.item_id == item.id) & (Vote.choice == Choice.FUND), 1),
            (Vote, Vote.item_id == item.id, 5),
            steps(bid, "change_vote"),
        ),
    )


def approve(make: Make) -> Case:
    fund = a_fund(make)
    panel = a_panel(make, fund)
    bid = voted_on(make, fund)
    return Case(
        Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Clear.")),
        (steps(bid, "approve"), (Decision, Decision.bid_id == bid.id, 1), (Offer, Offer.bid_id == bid.id, 1)),
    )


def undo(make: Make) -> Case:
    bid, _ = led(make, S.OFFERED)
    panel = a_panel(make, bid.fund)
    return Case(
        Post(panel.chair, steps_of(bid, "undo-decision"), {"version": bid.version, "reason": "x"}),
        (steps(bid, "undo_decision"), (Decision, Decision.bid_id == bid.id, 1)),
    )


def invite(make: Make) -> Case:
    administrator = make.staff(RoleName.ADMINISTRATOR)
    email, day = f"new.{administrator.id}@council.example", right_now().date()
    return Case(
        Post(
            administrator.get_id(),
            "/people/invite/role",
            {
                "email": email,
                "name": f"Nia New {administrator.id}",
                "role": "finance",
                "fund": "",
                "starts_on-day": day.day,
                "starts_on-month": day.month,
                "starts_on-year": day.year,
            },
        ),
        ((User, User.email == email, 1), (Letter, Letter.email == email, 1)),
    )


def ask_to_sign_in(make: Make) -> Case:
    user = make.user()
    return Case(Post(None, "/sign-in", {"email": user.email}), ((Letter, Letter.user_id == user.id, 1),))


def sign_in(make: Make) -> Case:
    user = make.user()
    token = mint(LinkPurpose.SIGN_IN, user.id, right_now())
    used = (OneTimeLink.user_id == user.id) & OneTimeLink.used_at.is_not(None)
    return Case(Post(None, f"/sign-in/link/{token}", {}), ((OneTimeLink, used, 1),))


def cut(make: Make) -> Case:
    fund = a_fund(make)
    administrator = make.staff(RoleName.ADMINISTRATOR)
    line = fund.allocations[0]
    cuts = (LedgerEntry.fund_id == fund.id) & (LedgerEntry.kind == EntryKind.CUT)
    return Case(
        Post(
            administrator.get_id(),
            f"/funds/{fund.id}/lines/{line.id}/cut",
            {"version": fund.version, "pence": "1000", "minute": "M1", "sure": "yes"},
        ),
        ((LedgerEntry, cuts, 1),),
    )


def start_the_meeting(make: Make) -> Case:
    fund = a_fund(make)
    clerk = make.staff(RoleName.CLERK)
    meeting = make.meeting(fund, MeetingState.PAPERS_ISSUED, tomorrow())
    taken = (HistoryEntry.step == "open_session") & (HistoryEntry.record_id == meeting.id)
    return Case(
        Post(clerk.get_id(), f"/meetings/{meeting.id}/steps/open-session", {"version": 1}),
        ((HistoryEntry, taken, 1),),
    )


def move_an_item(make: Make) -> Case:
    bid, _ = led(make, S.AT_PANEL)
    clerk = make.staff(RoleName.CLERK)
    item, later = bid.items[0], make.meeting(bid.fund, starts_at=right_now() + timedelta(days=30))
    still_on = (AgendaItem.bid_id == bid.id) & AgendaItem.outcome.is_(None)
    left = (AgendaItem.bid_id == bid.id) & (AgendaItem.outcome == ItemOutcome.REMOVED)
    return Case(
        Post(clerk.get_id(), f"/meetings/{item.meeting_id}/items/{item.id}/move", {"meeting": later.id}),
        ((AgendaItem, still_on, 1), (AgendaItem, left, 1), steps(bid, "move_item")),
    )


FORMS: tuple[Prepare, ...] = (
    plan_a_meeting,
    vote,
    approve,
    undo,
    invite,
    ask_to_sign_in,
    sign_in,
    cut,
    start_the_meeting,
    move_an_item,
)
