"""Interests that are found after somebody voted or scored.

Their votes and scores are kept and no longer count. Where the bid was decided already, those who decide
for the fund are told what the quorum and the vote would have been, and say whether the decision stands.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from sqlalchemy import Select, or_, select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import holders_of
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.fund import Decider
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import RegisteredInterest
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import RoleName, Seat, SeatPosition, User
from fundflow.models.school import School
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.deciders import bar_from_deciding
from fundflow.rules.panel.frozen_sitting import counted_in
from fundflow.rules.panel.recomputed_sitting import effect_without
from fundflow.steps import lock, lock_and_refresh
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import add_working_days, london_date, working_days_between

DECIDED = (ItemOutcome.APPROVED, ItemOutcome.DECLINED)


def void_votes_and_scores(
    bid: Bid, person: User, text: str, *, bars: bool, user: User, now: datetime, since: date | None = None
) -> bool:
    """Void a person's votes, scores and casting vote on a bid, and ask about a decision they had a part
    in; True where anything was voided. The caller has locked the bid and kept the interest, and commits.

    text   the interest, in words
    bars   whether it bars; one that is only disclosed voids them where the item's rules give members
           who disclosed no vote
    since  the first day of the interest; items decided before it are left alone
    user   who records it
    """
    items = [
        item
        for item in bid.items
        if (bars or not item.rules.disclosed_may_vote) and not _ended_before(item, since)
    ]
    voided = [_void_on(item, person, text, user, now) for item in items]
    for item in items:
        _ask_whether_it_stands(item, person, text, bars, user, now)
    return any(voided)


def void_for_registered_interest(line: RegisteredInterest, *, user: User, now: datetime) -> int:
    """Void a person's votes and scores on every bid of the school or trust that a line of the register
    names, from the line's first day. Returns the number of bids on which there were any. Locks those
    bids in the order of their ids; the caller commits."""
    if not line.school_id and not line.trust_id:
        return 0  # another body: it takes part in no bid
    count = 0
    for bid_id in db.session.scalars(_bids_of(line).order_by(Bid.id)).all():
        bid = db.session.get_one(Bid, bid_id)
        lock(bid, None)
        voided = void_votes_and_scores(
            bid,
            line.user,
            f"Registered: {line.where}",
            bars=line.bars,
            user=user,
            now=now,
            since=line.from_on,
        )
        if voided:
            bid.touch()
        count += voided
    return count


def _ended_before(item: AgendaItem, since: date | None) -> bool:
    return bool(since and item.outcome_at and london_date(item.outcome_at) < since)


def _bids_of(line: RegisteredInterest) -> Select[int]:
    """Bids that were before the person's panels, of the school (or its successor) or trust of a line."""
    school = line.school
    named = [number for number in (school.id, school.succeeded_by_id) if number] if school else []
    schools = select(School.id).where(School.id.in_(named) if named else School.trust_id == line.trust_id)
    partner = select(Partner.bid_id).where(Partner.school_id.in_(schools))
    panel = select(AgendaItem.bid_id)
    seats = select(Seat.fund_id).where(Seat.user_id == line.user_id)
    return select(Bid.id).where(
        or_(Bid.lead_school_id.in_(schools), Bid.id.in_(partner)),
        Bid.id.in_(panel),
        Bid.fund_id.in_(seats),
    )


def _void_on(item: AgendaItem, person: User, text: str, user: User, now: datetime) -> bool:
    """Void what a person gave to one item; True where there was anything. The casting vote is taken out."""
    why = f"An interest was found late: {text}"[:300]
    votes = [vote for vote in item.votes if vote.seat.user_id == person.id and vote.counts]
    sheets = [s for s in item.sheets if s.seat.user_id == person.id and s.voided_at is None]
    for vote in votes:
        vote.voided_at, vote.voided_why = now, why
    for sheet in sheets:
        sheet.voided_at, sheet.voided_why = now, why
    cast = item.casting_by_id == person.id
    if cast:
        record_event(
            item.bid,
            "void_casting_vote",
            f"{person.name}’s casting vote no longer counts",
            user=user,
            now=now,
            reason=item.casting_reason,
            internal=True,
        )
        item.casting_choice, item.casting_by_id, item.casting_reason = None, None, ""
    if votes:
        record_event(
            item.bid,
            "void_vote",
            f"{person.name}’s vote no longer counts: an interest was found late",
            user=user,
            now=now,
            internal=True,
        )
    if sheets:
        record_event(
            item.bid,
            "void_scores",
            f"{person.name}’s scores no longer count: an interest was found late",
            user=user,
            now=now,
            internal=True,
        )
    return bool(votes or sheets or cast)


# -- a decision made already ----------------------------------------------------------------------------


def _ask_whether_it_stands(
    item: AgendaItem, person: User, text: str, bars: bool, user: User, now: datetime
) -> None:
    """Ask the deciders about the decision on an item, where this person had a part in it; asks once."""
    decision = db.session.scalar(
        select(Decision)
        .where(Decision.item_id == item.id, Decision.undone_at.is_(None), Decision.outcome.in_(DECIDED))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    if decision is None or not counted_in(decision, person.id) or _is_asked_about(decision, person):
        return
    late = LateInterest(
        decision=decision,
        user=person,
        text=text,
        effect=effect_without(decision, person, barred=bars),
        found_at=now,
        recorded_by_id=user.id,
    )
    db.session.add(late)
    entry = record_event(
        item.bid,
        "late_interest",
        f"An interest of {person.name} was found after the decision",
        user=user,
        now=now,
        reason=late.effect,
        internal=True,
    )
    db.session.flush()  # its letters point at the entry, and are numbered by it
    _write_to_deciders_and_clerks(late, entry, now)


def _is_asked_about(decision: Decision, person: User) -> bool:
    return any(late.user_id == person.id for late in late_interests_of(decision))


def late_interests_of(decision: Decision) -> list[LateInterest]:
    """The interests that were found after a decision, in the order they were found."""
    return late_interests_of_all([decision])[decision.id]


def late_interests_of_all(decisions: Collection[Decision]) -> dict[int, list[LateInterest]]:
    """The same of several decisions, by their ids; in one query."""
    found: dict[int, list[LateInterest]] = {decision.id: [] for decision in decisions}
    query = select(LateInterest).where(LateInterest.decision_id.in_(found)).order_by(LateInterest.id)
    for late in db.session.scalars(query) if found else ():
        found[late.decision_id].append(late)
    return found


def _write_to_deciders_and_clerks(late: LateInterest, entry: HistoryEntry, now: datetime) -> None:
    bid = late.decision.bid
    to = [("decision_maker", who) for who in deciders(late, now)]
    to += [("clerk", who) for who in addressees("clerk", bid, now)]
    for recipient, who in to:
        if who.email and not (who.user and bar_of(bid, who.user, now)):
            write_letter(
                "panel_extra/late_interest.txt",
                recipient,
                who,
                now=now,
                bid=bid,
                key=f"late-interest:{late.id}:{recipient}:{who.email.lower()}",
                entry=entry,
                context={"late": late},
                path=f"/bids/{bid.reference}/panel",
            )


def deciders(late: LateInterest, now: datetime) -> list[Addressee]:
    """Who may say whether the decision still stands: the fund's authorised officers, or the chair, else
    the deputy. Never the person whose interest it is, nor anybody else who has one."""
    bid, day = late.decision.bid, london_date(now)
    if bid.fund.decider is Decider.AUTHORISED_OFFICER:
        found = holders_of(bid.fund_id, [RoleName.AUTHORISED_OFFICER], day)
        return [who for who in found if who.user and _may_settle(late, who.user, now)]
    free = [seat.user for seat in _chairs(bid) if seat.is_valid_on(day) and _may_settle(late, seat.user, now)]
    return [Addressee(user.name, user.email, user) for user in free[:1]]


def _chairs(bid: Bid) -> Iterator[Seat]:
    """The chair's seats, then the deputies', without their substitutes'."""
    for position in (SeatPosition.CHAIR, SeatPosition.DEPUTY):
        yield from (
            seat for seat in bid.fund.seats if seat.position is position and seat.stands_in_for_id is None
        )


def _may_settle(late: LateInterest, user: User, now: datetime) -> bool:
    if not user.active or user.id == late.user_id:
        return False
    return bar_from_deciding(late.decision.bid, user, now) is None


def why_not_settle(late: LateInterest, user: User, now: datetime) -> str | None:
    """Why this person can't say whether the decision still stands, as a sentence, or None."""
    if late.settled_at or late.decision.undone_at:
        return "This was settled already."
    if all(who.user is None or who.user.id != user.id for who in deciders(late, now)):
        return "Only the decision maker, without an interest in the bid, can say whether it still stands."
    return None


def let_stand(late: LateInterest, reason: str, *, user: User, now: datetime) -> None:
    """Say that the decision stands although an interest was found, with the reason.

    An offer that could not be accepted meanwhile is open for as many working days more.
    """
    bid = late.decision.bid
    lock_and_refresh(bid)
    refuse_if(why_not_settle(late, user, now))
    if not reason.strip():
        raise Refused("Say why the decision still stands.")
    _settle(late, reason.strip(), user, now)
    entry = record_event(
        bid,
        "let_stand",
        "Said that the decision still stands",
        user=user,
        now=now,
        reason=reason.strip(),
        internal=True,
    )
    db.session.flush()
    _give_back_days(late, entry, now)
    bid.touch()
    db.session.commit()


def settle_all(decision: Decision, reason: str, user: User, now: datetime) -> None:
    """Settle every interest found after a decision, because it was corrected or taken back."""
    for late in late_interests_of(decision):
        if late.settled_at is None:
            _settle(late, f"The decision was corrected or taken back: {reason}", user, now)


def _settle(late: LateInterest, reason: str, user: User, now: datetime) -> None:
    late.settled_at, late.settled_by_id, late.settled_reason = now, user.id, reason


def _give_back_days(late: LateInterest, entry: HistoryEntry, now: datetime) -> None:
    """Move the date for the school's reply by the working days in which it could not accept."""
    bid = late.decision.bid
    off = bid.fund.schools_off
    lost = working_days_between(london_date(late.found_at), london_date(now), off)
    if bid.state is not BidState.OFFERED or late.decision.holds_letters or lost < 1:
        return
    bid.offer.reply_by = bid.due_on = add_working_days(bid.offer.reply_by, lost, off)
    for who in addressees("school", bid, now):
        if who.email:
            write_letter(
                "panel_extra/still_stands.txt",
                "school",
                who,
                now=now,
                bid=bid,
                key=f"still-stands:{entry.id}:{who.email.lower()}",
                entry=entry,
            )
