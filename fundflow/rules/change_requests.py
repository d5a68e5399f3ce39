"""A change of an award as values: its before and after, what it waits for, and the version it makes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import object_session

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeLine, ChangeNewLine, ChangeRequest
from fundflow.models.day_log import WorkedDay
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.award_sums import logged_on_lines, payee_today, sum_of
from fundflow.rules.bid_money import rate_cap_pence, why_above_year_cap
from fundflow.rules.change_schools import why_not_of_bid
from fundflow.rules.changes import (
    Line,
    Measured,
    Terms,
    concerned,
    why_for_decider,
    why_not_after,
    why_parts_fall,
)
from fundflow.workflow.application import UNDER_WAY, BidState
from fundflow.workflow.award import parts_of
from fundflow.workflow.change_request import OPEN, ChangeState
from fundflow.workflow.phrases import joined


def changes_of(bid: Bid) -> Sequence[ChangeRequest]:
    """A bid's changes, the newest first."""
    session = object_session(bid)
    query = select(ChangeRequest).where(ChangeRequest.bid_id == bid.id).order_by(ChangeRequest.number.desc())
    return session.scalars(query).all() if session else []


def changed_outcomes(bid: Bid) -> list[ChangeRequest]:
    """The agreed changes of the outcomes, the newest first."""
    changes = changes_of(bid) if bid.awarded_pence else []
    agreed = [change for change in changes if change.state is ChangeState.AGREED]
    return [change for change in agreed if change.outcomes or change.changed_outcomes]


def open_change(bid: Bid) -> ChangeRequest | None:
    """The change of a bid's award that nobody has decided; there is one at most."""
    session = object_session(bid)
    query = select(ChangeRequest).where(ChangeRequest.bid_id == bid.id, ChangeRequest.state.in_(OPEN))
    return session.scalar(query) if session else None


def terms_of(award: Award, start_on: date | None, end_on: date | None) -> Terms:
    """A version of an award, of a bid that runs so."""
    return Terms(start_on, end_on, award.pence, [line_of(line) for line in award.lines])


def terms_before(change: ChangeRequest) -> Terms:
    """The award as it was when the change was asked for."""
    return terms_of(change.award, change.old_start_on, change.old_end_on)._replace(
        measured=[
            Measured(outcome.outcome_id, outcome.measure, outcome.old_target, outcome.old_target_on)
            for outcome in change.changed_outcomes
            if outcome.outcome_id and outcome.old_target is not None and outcome.old_target_on
        ],
        schools=_taking_part(change, leaves=True),
    )


def terms_after(change: ChangeRequest) -> Terms:
    """The award as it is to be."""
    new = {line.line: line for line in change.lines}
    lines = [_changed(line, new.get(line)) for line in change.award.lines]
    lines += [_added(-n, line) for n, line in enumerate(change.new_lines, 1)]
    measured = [
        Measured(outcome.outcome_id or -n, outcome.measure, outcome.target, outcome.target_on)
        for n, outcome in enumerate(change.changed_outcomes, 1)
        if not outcome.dropped
    ]
    schools = _taking_part(change, leaves=False)
    return Terms(change.start_on, change.end_on, change.pence, lines, change.outcomes, measured, schools)


def _taking_part(change: ChangeRequest, *, leaves: bool) -> dict[int, str]:
    """Of the schools that join or leave, those that take part before the change (that leave) or after it."""
    return {one.school.today_id: one.part.words for one in change.partners if one.leaves is leaves}


def is_more(change: ChangeRequest) -> bool:
    """Whether the award becomes larger, in all or as a part of its cost."""
    return terms_after(change).pence > terms_before(change).paid_at_most


def is_less(change: ChangeRequest) -> bool:
    """Whether the award becomes smaller."""
    return terms_after(change).paid_at_most < terms_before(change).paid_at_most


def costs_by_payee(change: ChangeRequest) -> tuple[dict[int, int], dict[int, int]]:
    """Pence that the lines of each school that is paid cost, before the change and after it."""
    payees = {line.key: payee_today(line) for line in change.award.lines}
    payees |= {-n: payee_of(change, line).today_id for n, line in enumerate(change.new_lines, 1)}
    before, after = Counter[int](), Counter[int]()
    for costs, terms in ((before, terms_before(change)), (after, terms_after(change))):
        for line in terms.lines:
            costs[payees[line.key]] += line.pence
    return before, after


def losing(change: ChangeRequest) -> set[int]:
    """The ids of the schools whose part of the award becomes smaller."""
    was, becomes = costs_by_payee(change)
    before = parts_of(terms_before(change).paid_at_most, was)
    after = parts_of(terms_after(change).paid_at_most, becomes)
    return {school for school, pence in before.items() if after.get(school, 0) < pence}


def line_of(line: AwardLine) -> Line:
    """A line of an award, of its school or of that school's successor."""
    school, rate = line.school.today_id, line.pence_of(2) if line.is_days else 0
    return Line(line.key, school, line.what, line.pence, line.staff_code, line.half_days, rate, line.from_on)


def _added(key: int, new: ChangeNewLine) -> Line:
    school, rate = new.school.today_id, 0
    if new.day_rate_pence:
        rate = new.cost_of(2, new.day_rate_pence, new.on_cost_basis_points)
    return Line(key, school, new.what, new.pence, new.staff_code, new.half_days, rate, new.from_on)


def _changed(line: AwardLine, new: ChangeLine | None) -> Line:
    if new is None:
        return line_of(line)
    pence = line.pence_of(new.half_days) if new.half_days is not None else new.pence or 0
    return line_of(line)._replace(
        what=new.what, pence=pence, staff_code=new.staff_code, half_days=new.half_days
    )


def version_of(change: ChangeRequest, now: datetime) -> Award:
    """The version of the award that the change makes; the caller adds it to the bid."""
    lines = {line.key: line for line in change.award.lines}
    kept = [line for line in terms_after(change).lines if line.pence and line.key > 0]
    return Award(
        number=change.bid.awards[-1].number + 1,
        pence=change.pence,
        made_at=now,
        schedule=change.award.schedule,
        lines=[
            *(_as_line(lines[line.key], line) for line in kept),
            *(_as_new_line(change, line) for line in change.new_lines),
        ],
    )


def version_as_before(change: ChangeRequest, now: datetime) -> Award:
    """The version of the award that takes the change back: as it was before, after every other."""
    before = change.award
    return Award(
        number=change.bid.awards[-1].number + 1,
        pence=before.pence,
        made_at=now,
        schedule=before.schedule,
        lines=[_as_line(line, line_of(line)) for line in before.lines],
    )


def _as_line(old: AwardLine, new: Line) -> AwardLine:
    return AwardLine(
        first_id=old.key,
        payee=old.payee,
        school=old.school,
        backfill_line=old.backfill_line,
        cost_line=old.cost_line,
        what=new.what,
        staff_code=new.staff_code,
        half_days=new.half_days,
        day_rate_pence=old.day_rate_pence,
        on_cost_basis_points=old.on_cost_basis_points,
        from_on=old.from_on,
        grade=old.grade,
        pence=new.pence,
    )


def _as_new_line(change: ChangeRequest, new: ChangeNewLine) -> AwardLine:
    return AwardLine(
        payee=payee_of(change, new),
        school=new.school,
        what=new.what,
        staff_code=new.staff_code,
        half_days=new.half_days,
        day_rate_pence=new.day_rate_pence,
        on_cost_basis_points=new.on_cost_basis_points,
        from_on=new.from_on,
        grade=new.grade,
        pence=new.pence,
    )


def payee_of(change: ChangeRequest, new: ChangeNewLine) -> School:
    """Who is paid for a line that the change adds: as for the award's other lines, the lead school, or each
    school for its own staff; by the fund's rule where no other school has staff in the award."""
    lead = change.bid.lead_school
    others = [line for line in change.award.lines if line.is_days and line.school.today_id != lead.id]
    each = payee_today(others[0]) != lead.id if others else change.bid.fund.pays_each_school
    return new.school if each and new.half_days is not None else lead


def granted_until(bid: Bid) -> date | None:
    """The end of the support to which the panel or the decision maker last agreed."""
    agreed = [c for c in reversed(changes_of(bid)) if c.state is ChangeState.AGREED]
    granted = [c.end_on for c in agreed if c.for_decider or c.more]
    return granted[-1] if granted else agreed[0].old_end_on if agreed else bid.end_on


def why_decider_decides(change: ChangeRequest) -> str | None:
    """Why the officer may not decide it; None where they may."""
    return why_for_decider(
        terms_before(change),
        terms_after(change),
        granted_until=granted_until(change.bid),
        unwanted=change.unwanted,
    )


def schools_to_agree(change: ChangeRequest) -> list[int]:
    """The ids of the other schools whose head must agree; none to less money that no school wants."""
    if change.unwanted:
        return []
    payees = [payee_today(line) for line in change.award.lines]
    lead = change.bid.lead_school_id
    return concerned(terms_before(change), terms_after(change), lead=lead, payees=payees)


def concerned_schools(change: ChangeRequest) -> set[int]:
    """The ids of the other schools that are told of a change, or of their successors: those asked to agree;
    of less money that no school asks for, those that the award pays."""
    if not change.unwanted:
        return change.asked_schools
    return {payee_today(line) for line in change.award.lines} - {change.bid.lead_school_id}


def why_award_fixed(bid: Bid) -> str | None:
    """None while a bid's award can be changed, else the sentence that says why not."""
    if bid.state is BidState.TERMINATED:
        return "The funding is stopped, so the award can’t be changed any more."
    if bid.state not in UNDER_WAY or bid.award is None:
        return "An award can be changed from the acceptance of the offer until the bid is closed."
    if bid.has_accepted_report():
        return "The final report is accepted, so the award can’t be changed any more."
    return None


CHANGE_OPEN = "A change of this award is not decided yet. It must be decided or withdrawn first."


def why_change_open(bid: Bid) -> str | None:
    """The sentence where another change of the award is not decided yet."""
    return None if open_change(bid) is None else CHANGE_OPEN


def why_impossible(change: ChangeRequest) -> str | None:
    """Why the award can't become what is asked for, as a sentence; None where it can."""
    bid, session = change.bid, object_session(change.bid)
    if session is None:
        return None
    logged = WorkedDay.bid_id == bid.id, WorkedDay.struck_at.is_(None)
    days = session.execute(
        select(WorkedDay.day, AwardLine.key)
        .join(WorkedDay.line)
        .where(*logged)
        .distinct()
        .order_by(WorkedDay.day)
    ).all()
    return (
        why_award_fixed(bid)
        or why_changed_since(change)
        or why_not_of_bid(change)
        or why_not_after(
            terms_before(change),
            terms_after(change),
            done=logged_on_lines(bid),
            days=[day for day, _line in days],
            latest={line: day for day, line in days},
        )
        or (why_not_more(change) if is_more(change) else None)
        or next(filter(None, map(partial(why_above_rate, change), change.new_lines)), None)
    )


def why_above_rate(change: ChangeRequest, new: ChangeNewLine) -> str | None:
    """The sentence where a new line is dearer than its grade's rate, or the fund's; None where it is not, or
    the same person has that rate in the award already."""
    most = rate_cap_pence(change.bid.fund, new.grade)
    had = [
        line.day_rate_pence or 0
        for line in change.award.lines
        if line_of(line).is_of_same_staff(_added(0, new))
    ]
    if (new.day_rate_pence or 0) <= max(most, *had, 0):
        return None
    whose = f"for {new.grade.title}" if new.grade else "of this fund"
    return f"The most a day {whose} is {pounds(most)}. Enter that or less for {new.what}."


def why_not_more(change: ChangeRequest) -> str | None:
    """The sentence where more money is proposed against the school’s wish, passes a cap of the fund, or
    leaves a school that is paid less than before."""
    fund = change.bid.fund
    if change.unwanted:
        return f"The award is {pounds(terms_before(change).paid_at_most)}. Enter less than that."
    if change.pence > fund.bid_cap_pence:
        return f"The most this fund gives one bid is {pounds(fund.bid_cap_pence)}. Enter that or less."
    above = why_above_year_cap(change.bid, change.pence)
    if above:
        return f"{above}."
    return why_parts_fall(terms_before(change), terms_after(change), *costs_by_payee(change))


def why_changed_since(change: ChangeRequest) -> str | None:
    """The sentence where another change was agreed since this one was asked for: it would undo that one."""
    numbers = {award.id: award.number for award in change.bid.awards}
    made = [
        numbers[other.made_id] for other in changes_of(change.bid) if other.made_id and other is not change
    ]
    if max(made, default=0) <= change.award.number:
        return None
    return "The award was changed again since. Ask for another change instead."


def why_not_taken_back(change: ChangeRequest) -> str | None:
    """Why the panel's decision can't be taken back any more, as a sentence; None where it can."""
    bid, session = change.bid, object_session(change)
    if why := why_award_fixed(bid) or why_change_open(bid) or why_changed_since(change):
        return why
    since = change.decided_at
    if change.made_id is None or session is None or since is None:
        return None
    recorded = (
        select(WorkedDay.id).where(WorkedDay.bid_id == bid.id, WorkedDay.logged_at > since),
        select(SpentCost.id).where(SpentCost.bid_id == bid.id, SpentCost.entered_at > since),
        select(Claim.id).where(
            Claim.bid_id == bid.id, or_(Claim.certified_at > since, Claim.paid_at > since)
        ),
    )
    if any(session.scalar(query.limit(1)) for query in recorded):
        return "Days, costs or payments were recorded since the decision. Ask for another change instead."
    return None


class Effect(NamedTuple):
    """What a change does to the money: pence that go back to the fund, that are asked back, that are awarded
    besides, and that wait until money has come back."""

    released: int
    back: int
    added: int = 0
    waits: int = 0


def effect_of(change: ChangeRequest, now: datetime) -> Effect:
    """What agreeing to it now would do to the ledger."""
    found = sum_of(change.bid, award=version_of(change, now), hoped=True)
    if change.more:
        return Effect(0, 0, found.waits)
    if not losing(change):
        return Effect(0, 0)
    return Effect(max(found.outstanding - found.to_keep, 0), found.missing, waits=found.waits)


def why_heads_have_accounts(change: ChangeRequest, day: date) -> str | None:
    """Which schools answer for themselves, as a sentence: the officer records the answer of others alone."""
    session = object_session(change)
    asked = {answer.school_today for answer in change.unanswered}
    heads = (
        select(Membership)
        .join(User)
        .where(Membership.school_id.in_(asked), Membership.standing == Standing.LEADER, User.active.is_(True))
        .order_by(Membership.school_id)
    )
    found = session.scalars(heads).all() if session else []
    names = dict.fromkeys(member.school.name for member in found if member.is_valid_on(day))
    return f"The head of {joined(list(names))} has an account and answers there." if names else None
