"""A school's caseload, its focus on looked-after children, and the review of a term: an entry more, never a
changed one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from fundflow.extensions import db
from fundflow.models.area import Tier, tiers_on
from fundflow.models.caseload import (
    Caseload,
    CaseloadEntry,
    ConcernKind,
    FocusEntry,
    ReviewOutcome,
    TermReview,
)
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.schools.area_queries import link_officers
from fundflow.schools.caseload_queries import newest
from fundflow.schools.operations.concerns import add_concern, has_open_concern
from fundflow.schools.operations.tiers import add_tier
from fundflow.schools.rules import why_no_tier_of_academy, why_not_keep, why_not_own
from fundflow.steps import AlreadyTaken, Stale, lock_row
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import london_date

FOR_TIERS = (ReviewOutcome.CONFIRMED, ReviewOutcome.RAISED, ReviewOutcome.LOWERED)


def record_caseload(
    school: School,
    fund: Fund,
    *,
    caseload: Caseload,
    officer: User | None,
    reason: str,
    from_on: date,
    latest: int,
    user: User,
    now: datetime,
) -> None:
    """Record which caseload a school is in from a day on, and who looks after it.

    officer  None: the link officer of its patch
    latest   the id of the newest entry the page showed, 0 where there was none
    """
    refuse_if(why_not_keep(user, school, fund.id, now))
    if from_on > london_date(now):
        raise Refused("The caseload must have begun: enter today’s date or an earlier one.")
    if officer is not None:
        _refuse_officer(officer, school, fund, now)
    said = {
        "caseload": caseload,
        "officer_id": officer.id if officer else None,
        "reason": reason,
        "from_on": from_on,
        "by_id": user.id,
    }
    _hold(CaseloadEntry, school, fund, said, latest)
    db.session.add(CaseloadEntry(fund_id=fund.id, school_id=school.id, at=now, **said))
    db.session.commit()


def record_focus(
    school: School,
    fund: Fund,
    *,
    focus: str,
    review_on: date | None,
    latest: int,
    user: User,
    now: datetime,
) -> None:
    """Record the focus on looked-after children; without a day of review nothing is watched any more."""
    refuse_if(why_not_keep(user, school, fund.id, now))
    if review_on is not None and review_on <= london_date(now):
        raise Refused("The next review must be after today.")
    said = {"focus": focus, "review_on": review_on, "by_id": user.id}
    _hold(FocusEntry, school, fund, said, latest)
    db.session.add(FocusEntry(fund_id=fund.id, school_id=school.id, at=now, **said))
    db.session.commit()


def record_review(
    school: School,
    fund: Fund,
    *,
    reviewed_on: date,
    outcome: ReviewOutcome,
    tier: Tier | None,
    note: str,
    review_on: date | None = None,
    latest: int,
    latest_tier: int,
    user: User,
    now: datetime,
) -> None:
    """Record the review of the term of a day; a tier that changes is recorded with it, for the same reason.

    tier         the new one, where the outcome raises or lowers it
    review_on    of the concern that is raised with it, for the note; none where one is open
    latest       the id of the newest review the page showed, 0 where there was none
    latest_tier  the same of the tiers
    """
    refuse_if(why_not_keep(user, school, fund.id, now))
    if reviewed_on > london_date(now):
        raise Refused("The review must have taken place: enter today’s date or an earlier one.")
    if outcome in FOR_TIERS:
        refuse_if(why_no_tier_of_academy(school))
    before = tiers_on([school.id], london_date(now)).get(school.id)
    after = tier if outcome in (ReviewOutcome.RAISED, ReviewOutcome.LOWERED) else before
    term = term_on(reviewed_on)
    said = {
        "school_year": term.year,
        "term": term.number,
        "reviewed_on": reviewed_on,
        "outcome": outcome,
        "tier": int(after) if after else None,
        "note": note,
        "by_id": user.id,
    }
    _hold(TermReview, school, fund, said, latest)
    refuse_if(_why_not_outcome(outcome, before, tier))
    db.session.add(TermReview(fund_id=fund.id, school_id=school.id, at=now, **said))
    if outcome is ReviewOutcome.CONCERN and not has_open_concern(school, fund):
        if review_on is None:
            raise Refused("Enter the day on which the concern is reviewed.")
        add_concern(
            school,
            fund,
            kind=ConcernKind.JUDGEMENT,
            reason=note,
            review_on=review_on,
            user=user,
            now=now,
        )
    if after is not None and after is not before:
        add_tier(
            school,
            tier=after,
            reason=note,
            from_on=reviewed_on,
            latest=latest_tier,
            user=user,
            now=now,
        )
    db.session.commit()


def _why_not_outcome(outcome: ReviewOutcome, before: Tier | None, tier: Tier | None) -> str | None:
    """Why the tier is not confirmed, raised or lowered by this; None where it is."""
    if outcome is ReviewOutcome.CONFIRMED and before is None:
        return "No tier is recorded, so there is none to confirm. Select that it is raised, and a tier."
    if outcome is ReviewOutcome.RAISED and not (tier and tier > (before or 0)):
        return f"Select a tier with more support than now ({before.words if before else 'no tier'})."
    if outcome is ReviewOutcome.LOWERED and not (tier and before and tier < before):
        return f"Select a tier with less support than now ({before.words if before else 'no tier'})."
    return None


def _hold(model: Any, school: School, fund: Fund, said: Mapping[str, Any], latest: int) -> None:
    """Lock the school. Raises Stale where the page did not show its newest entry, AlreadyTaken where that
    says the same."""
    lock_row(school)
    last = newest(model, school, fund)
    if last is not None and last.id != latest:
        same = all(getattr(last, name) == value for name, value in said.items())
        raise AlreadyTaken if same else Stale


def _refuse_officer(officer: User, school: School, fund: Fund, now: datetime) -> None:
    if officer not in link_officers(now, fund.id):
        raise Refused(f"Select somebody who is a liaison officer of {fund.name} today.")
    if why_not_own(officer, school, now):
        raise Refused(f"{officer.name} belongs to {school.name} or its trust. Select a colleague.")
