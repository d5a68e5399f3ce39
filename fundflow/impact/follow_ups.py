"""Follow-up actions: agreed, said how far they are, done, let go."""

from datetime import date, datetime

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.follow_up import FollowUp
from fundflow.models.person import User
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.engine import Refused
from fundflow.workflow.follow_up import FOLLOW_UP
from fundflow.workflow.working_days import london_date


def why_not_ask(bid: Bid, user: User, now: datetime) -> str | None:
    """None where this person may agree an action with the bid's school now, else the sentence."""
    return why_no_step(FollowUp(bid=bid), "ask", user, now)


def ask(
    bid: Bid, *, what: str, owner: str, due_on: date, user: User, now: datetime, version: int | None
) -> FollowUp:
    """Keep an action; it is the one that ratings of the bid's reports still wanted, if any did.

    Raises AlreadyTaken at the second click on a page, Refused for a day in the past.
    """
    lock_to_make(bid, FOLLOW_UP.name, user, version)
    if due_on < london_date(now):
        raise Refused("The action can’t be due in the past.")
    wanted = bid.returns_without_follow_up
    said = {"what": what, "owner": owner, "due_on": due_on}
    action = FollowUp(
        bid=bid, report=wanted[-1] if wanted else None, asked_at=now, asked_by=user, changed_at=now, **said
    )
    db.session.add(action)
    db.session.flush()  # the step locks its row
    for report in wanted:
        report.wants_follow_up = False
    take_step(action, "ask", user=user, now=now, given={**said, "made_from": version})
    db.session.commit()
    return action


def say(action: FollowUp, *, note: str, user: User, now: datetime, version: int | None) -> None:
    """The school says how far it is."""
    _take(action, "report", {"note": note}, user, now, version)


def finish(action: FollowUp, *, note: str, user: User, now: datetime, version: int | None) -> None:
    """It is done, and how that is known."""
    _take(action, "done", {"note": note}, user, now, version)


def let_go(action: FollowUp, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """It is no longer asked for."""
    _take(action, "let_go", {"reason": reason}, user, now, version)


def _take(
    action: FollowUp, step: str, given: dict[str, str], user: User, now: datetime, version: int | None
) -> None:
    lock(action, version, step=step, user=user)
    require_step(action, step, user, now)
    also = {"note": next(iter(given.values())), "changed_at": now}
    take_step(action, step, user=user, now=now, version=version, given=given, also=also)
    db.session.commit()
