"""A school closes, converts or merges: its live bids pass to its successor, in one transaction.

What has ended, what was frozen, the days that were worked and what was paid keep the old school.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from fundflow.extensions import db
from fundflow.models.area import PASSED_ON, Cluster, ClusterSchool, Patch, Succession
from fundflow.models.bid import Bid
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.bars import bar_of
from fundflow.schools.change_queries import (
    CLOSING,
    live_bid_ids,
    money_that_may_not_pay,
    passed_bid_ids,
)
from fundflow.schools.passing import pass_on_one, what_happens
from fundflow.schools.rules import why_not_pass_on, works_for
from fundflow.schools.transfer_letters import Passed, tell
from fundflow.steps import AlreadyTaken, Stale, lock, note
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date

PARTS_THAT_CHANGE = ["partners", "backfill_lines", "confirmations", "feedback", "claims"]
LABEL = "Passed on to a successor school"


class SuccessionPlan(NamedTuple):
    """Which bids pass on.

    old     the school that closes
    holder  the school that has its bids: `old`, or another that they passed to by mistake
    new     the successor
    """

    old: School
    holder: School
    new: School
    reason: str

    def bid_ids(self) -> list[int]:
        return bid_ids(self.old, self.holder)


def bid_ids(old: School, holder: School) -> list[int]:
    """The live bids that would pass on, in the order of their ids."""
    return live_bid_ids(old) if holder.id == old.id else passed_bid_ids(old, holder)


def stamp(ids: list[int]) -> str:
    """A fingerprint of the bids a page was about, for its form: their ids need not be shown."""
    return hashlib.sha256(repr(ids).encode()).hexdigest()[:16]


def pass_on(plan: SuccessionPlan, *, seen: str, user: User, now: datetime) -> Succession:
    """Pass every live bid to the successor, and tell its head, the officers and finance.

    seen  the `stamp` of the bids the page was about
    Raises Refused; Stale where other bids would pass than the page said, AlreadyTaken by a second click.
    """
    refuse_if(why_not(plan, user, now))
    bids = _lock_bids(plan)
    if seen != stamp([bid.id for bid in bids]):
        raise AlreadyTaken if not bids and _is_repeat(plan, user) else Stale
    _refuse_other_funds(bids, user, now)
    _refuse_barred(bids, user, now)
    money = money_that_may_not_pay([bid.id for bid in bids], plan.new)
    done = _record(plan, user, now)
    told = [Passed(bid, _pass_on(bid, plan, user, now), money.get(bid.id, "")) for bid in bids]
    tell(plan.new, plan.holder, told, done, user=user, now=now)
    db.session.commit()
    return done


def why_not(plan: SuccessionPlan, user: User, now: datetime) -> str | None:
    """None where these bids may pass on now, else the sentence."""
    old, holder, new = plan.old, plan.holder, plan.new
    if old.status_code not in CLOSING:
        return f"{old.name} is not closed or about to close, so it keeps its bids."
    if new.id in (old.id, holder.id):
        return "Choose another school: the bids are with this one."
    if not new.is_open:
        return f"{new.name} is not open, so it can’t take over bids."
    if new.is_organisation and not old.is_organisation:
        return f"{new.name} is not a school."
    if not plan.bid_ids() and not _is_repeat(plan, user):  # `pass_on` answers a repeat
        return f"{holder.name} has no live bids to pass on."
    return why_not_pass_on(user, holder, new, now)


def _lock_bids(plan: SuccessionPlan) -> list[Bid]:
    """The bids, locked in the order of their ids: those that still pass on once they are held."""
    found = [db.session.get_one(Bid, number) for number in plan.bid_ids()]
    for bid in found:
        lock(bid, None)
        db.session.expire(bid, PARTS_THAT_CHANGE)
    still = set(plan.bid_ids())
    return [bid for bid in found if bid.id in still]


def _is_repeat(plan: SuccessionPlan, user: User) -> bool:
    """Whether the same person did just this: the page was sent twice."""
    latest = db.session.scalar(
        select(Succession)
        .where(Succession.old_school_id == plan.old.id)
        .order_by(Succession.id.desc())
        .limit(1)
    )
    return latest is not None and (latest.new_school_id, latest.by_id) == (plan.new.id, user.id)


def _refuse_other_funds(bids: list[Bid], user: User, now: datetime) -> None:
    """All bids pass together, so the person who passes them on works for the fund of each."""
    for bid in bids:
        if not works_for(user, bid.fund_id, now):
            raise Refused(
                f"Some of the bids are to {bid.fund.name}, which you don’t work for. Ask an "
                "administrator of every fund."
            )


def _refuse_barred(bids: list[Bid], user: User, now: datetime) -> None:
    for bid in bids:
        if bar := bar_of(bid, user, now):
            raise Refused(f"You can’t pass on {bid.reference}: {bar_to_you(bar)}. Ask a colleague.")


def _record(plan: SuccessionPlan, user: User, now: datetime) -> Succession:
    """The succession itself, and what follows from it for the schools."""
    old, new = plan.old, plan.new
    # In the order of their ids, so that two successions never wait for each other.
    db.session.execute(
        select(School.id)
        .where(School.id.in_([old.id, new.id]))
        .order_by(School.id)
        .with_for_update(key_share=True)
    ).all()
    done = Succession(old_school_id=old.id, new_school_id=new.id, reason=plan.reason, at=now, by_id=user.id)
    db.session.add(done)
    old.succeeded_by_id, new.succeeded_by_id = new.id, None  # a mistaken succession the other way ends
    db.session.execute(update(School).where(School.succeeded_by_id == old.id).values(succeeded_by_id=new.id))
    _let_in_late(old, new, user, now)
    _keep_neighbours(old, new)
    db.session.flush()  # letters name its number
    return done


def _let_in_late(old: School, new: School, user: User, now: datetime) -> None:
    """A school that was let into a closed round stays let in under its new URN."""
    entries = db.session.scalars(
        select(LateEntry).where(
            LateEntry.school_id == old.id, LateEntry.until > now, LateEntry.ended_at.is_(None)
        )
    )
    for entry in entries.all():
        db.session.add(
            LateEntry(
                round_id=entry.round_id,
                school_id=new.id,
                until=entry.until,
                by_id=user.id,
                at=now,
                reason=f"{old.named} was let in: {entry.reason}",
            )
        )


def _keep_neighbours(old: School, new: School) -> None:
    """A successor without a patch joins the old school’s, and its clusters."""
    if new.patch_id is None and old.patch_id is not None:
        new.patch_id = old.patch_id
        db.session.get_one(Patch, old.patch_id).touch()
    among = select(ClusterSchool.cluster_id)
    theirs = db.session.scalars(among.where(ClusterSchool.school_id == new.id)).all()
    for cluster_id in db.session.scalars(among.where(ClusterSchool.school_id == old.id)).all():
        if cluster_id not in theirs:
            db.session.add(ClusterSchool(cluster_id=cluster_id, school_id=new.id))
            db.session.get_one(Cluster, cluster_id).touch()


def _pass_on(bid: Bid, plan: SuccessionPlan, user: User, now: datetime) -> list[str]:
    """Change one bid; what happened to it, in sentences. Its history says which school led it until then."""
    lead = plan.holder.urn if bid.lead_school_id == plan.holder.id else None
    sentences = what_happens(bid, plan.holder, plan.new)
    pass_on_one(bid, plan.holder, plan.new, london_date(now))
    note(
        bid,
        PASSED_ON,
        LABEL,
        user=user,
        now=now,
        reason=" ".join([*sentences, f"Why: {plan.reason}"]),
        facts={"from": plan.old.urn, "to": plan.new.urn, "lead": lead},
    )
    return sentences
