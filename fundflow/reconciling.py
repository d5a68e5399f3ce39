"""What an award does by itself once nothing more can be earned on it: once its final report is accepted,
or its funding is stopped (docs/rules.md, "What comes back")."""

from datetime import datetime

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.payment import ClaimKind
from fundflow.models.person import User
from fundflow.rules.award_sums import due_on, is_settled
from fundflow.rules.awards import TO_WORK_OUT, lower, recoveries_to_open, tranche_claims
from fundflow.rules.change_requests import open_change, why_award_fixed
from fundflow.steps import take_step
from fundflow.workflow.engine import Money


def reconcile(bid: Bid, told: HistoryEntry, user: User | None, now: datetime) -> None:
    """Release what is no longer needed, where something changed on an award that is settled, and raise what
    is due or comes back. The caller has locked the bid and commits."""
    if is_settled(bid):
        db.session.flush()  # the sums are asked of the database
        ledger.move(Money.SETTLE, bid, told, user)
        raise_what_is_left(bid, user, now)


def raise_what_is_left(bid: Bid, user: User | None, now: datetime) -> None:
    """End an open change of the award, bring claims down, claim what else is due, and open recoveries of what
    was paid and not earned.

    user  who opens the recoveries; None where a decision does
    """
    _end_open_change(bid, now)
    bring_claims_down(bid, now)
    db.session.add_all(tranche_claims(bid, ClaimKind.FINAL, now))
    db.session.add_all(recoveries_to_open(bid, user, now))


def settle_less_money(bid: Bid, told: HistoryEntry, now: datetime) -> None:
    """An award, or a school's part of it, became smaller: release what is unpaid above it, bring claims down,
    and ask back what was paid above it. The caller has locked the bid and commits."""
    db.session.flush()  # the sums are asked of the database
    ledger.move(Money.SETTLE, bid, told, told.user)
    bring_claims_down(bid, now)
    db.session.add_all(recoveries_to_open(bid, None, now))  # decided: no person opens them


def raise_more_money(bid: Bid, now: datetime) -> None:
    """An award became larger: claim what its schedule pays of it by now, once more. The caller has locked
    the bid and commits."""
    db.session.flush()  # the sums are asked of the database
    if bid.award and bid.award.tranches:
        kind = ClaimKind.HALF_TIME if bid.half_time_at else ClaimKind.ADVANCE
        db.session.add_all(tranche_claims(bid, kind, now))


def _end_open_change(bid: Bid, now: datetime) -> None:
    """A change that nobody can agree to any more must keep nobody waiting."""
    change, why = open_change(bid), why_award_fixed(bid)
    if change and why:
        if change.open_item:
            change.open_item.take_off(now)
        take_step(change, "end", user=None, now=now, given={"reason": why}, also={"answer": why})
        drop_joining(change)


def drop_joining(change: ChangeRequest) -> None:
    """The schools that a change asked to join, and that do not, are named in the bid no more."""
    for named in change.partners:
        named.forget_contact()
        partner = None if named.leaves else change.bid.partner_of(named.school.today_id)
        if partner is None or not partner.joins:
            continue
        if named.old_part:  # it took part before
            partner.part, partner.joins, partner.left_on = named.old_part, False, named.old_left_on
        else:
            change.bid.partners.remove(partner)
            db.session.delete(partner)


def bring_claims_down(bid: Bid, now: datetime) -> None:
    """Bring claims that nobody has checked down to what is due, and end those of which nothing is."""
    for claim in list(bid.claims):
        if claim.state not in TO_WORK_OUT:
            continue
        if due := due_on(claim):
            lower(claim, due)
        else:
            take_step(claim, "end", user=None, now=now)
    db.session.flush()
