"""What a change of an award adds: lines, outcomes one by one, schools that join or leave; and what becomes of
them once it is agreed."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.interests.named import note_named
from fundflow.letters.holders import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome, Part, Partner, PupilGroupKind, range_of
from fundflow.models.change import ChangeNewLine, ChangeOutcome, ChangePartner, ChangeRequest
from fundflow.models.feedback import Feedback
from fundflow.models.fund import StaffGrade
from fundflow.models.school import School
from fundflow.rules.named_in_bid import why_not_contact
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date, months_after

MOST_OUTCOMES, MONTHS_AFTER = 5, 12  # as in the form of a bid
COPIED = (
    "library",
    "compared_with",
    "measure",
    "unit",
    "group",
    "method",
    "baseline",
    "baseline_on",
    "target",
    "target_on",
)


class NewLine(NamedTuple):
    """A line to be added: half days of staff at a rate (pence a day), or pence of another cost.

    from_on  the first day at this rate; None: every day of the support
    """

    school_id: int
    what: str
    pence: int = 0
    staff_code: str = ""
    half_days: int | None = None
    day_rate_pence: int | None = None
    on_cost_basis_points: int = 0
    grade_id: int | None = None
    from_on: date | None = None


class OutcomeTo(NamedTuple):
    """An outcome of the bid (its id) as it is to be."""

    outcome_id: int
    target: Decimal
    target_on: date
    dropped: bool = False


class NewOutcome(NamedTuple):
    """An outcome to be added: of a measure of the fund's library (its id), or of the bid's own; with peers
    that it is compared with, a gap."""

    measure: str
    unit: str
    group: PupilGroupKind
    method: str
    baseline: Decimal
    baseline_on: date
    target: Decimal
    target_on: date
    measure_id: int | None = None
    compared_with: str = ""


class Joins(NamedTuple):
    """A school that is to take part, and whom to ask where its head has no account."""

    school_id: int
    part: Part
    contact_name: str = ""
    contact_email: str = ""


def new_line(line: NewLine, bid: Bid) -> ChangeNewLine:
    """The line with what it costs. Raises Refused for a grade of another fund."""
    grade = db.session.get(StaffGrade, line.grade_id) if line.grade_id else None
    if grade and grade.fund_id != bid.fund_id:
        raise Refused("Select a grade of this fund.")
    values = line._asdict()
    if line.half_days is not None:
        values["staff_code"] = line.staff_code.strip().upper()
        values["pence"] = ChangeNewLine.cost_of(
            line.half_days, line.day_rate_pence or 0, line.on_cost_basis_points
        )
    del values["grade_id"], values["school_id"]
    return ChangeNewLine(school=db.session.get_one(School, line.school_id), grade=grade, **values)


def changed_outcomes(bid: Bid, wanted: Iterable[OutcomeTo], end_on: date | None) -> list[ChangeOutcome]:
    """Those that differ from the bid's outcomes, with what these were; `end_on` is the support's end then."""
    there = {outcome.id: outcome for outcome in bid.outcomes}
    found = []
    for one in wanted:
        was = there.get(one.outcome_id)
        if was is None:
            raise Refused("Select an outcome of this bid.")
        if not one.dropped and (one.target, one.target_on) == (was.target, was.target_on):
            continue
        as_it_was = {name: getattr(was, name) for name in COPIED}
        becomes = {} if one.dropped else {"target": one.target, "target_on": one.target_on}
        changed = ChangeOutcome(
            outcome=was,
            dropped=one.dropped,
            old_target=was.target,
            old_target_on=was.target_on,
            **(as_it_was | becomes),
        )
        refuse_if(None if one.dropped else _why_not_target(changed, end_on))
        found.append(changed)
    return found


def new_outcome(one: NewOutcome, bid: Bid, end_on: date | None) -> ChangeOutcome:
    """The outcome to be added; raises Refused as the bid's form does."""
    values = one._asdict()
    number = values.pop("measure_id")
    library = next((found for found in bid.fund.measures_offered if found.id == number), None)
    if number and library is None:
        raise Refused("Select a measure that the fund offers.")
    if library:
        values |= {"measure": library.name, "unit": library.unit, "method": one.method or library.method}
    new = ChangeOutcome(**values, library=library, dropped=False)
    least, most = range_of(library, new.measure, new.unit, is_gap=bool(new.compared_with))
    if not (least <= new.baseline <= most and least <= new.target <= most):
        raise Refused(f"The values of “{new.measure}” must be between {least} and {most}.")
    refuse_if(_why_not_target(new, end_on))
    return new


def _why_not_target(one: ChangeOutcome, end_on: date | None) -> str | None:
    if (
        one.library
        and not one.compared_with
        and (why := one.library.why_not_better(one.baseline, one.target))
    ):
        return f"{why}."
    if one.target == one.baseline:
        return f"The target of “{one.measure}” must differ from its baseline."
    if one.target_on <= one.baseline_on:
        return f"The date of the target of “{one.measure}” must be after that of its baseline."
    return _why_too_late(one, end_on)


def _why_too_late(one: ChangeOutcome | Outcome, end_on: date | None) -> str | None:
    if end_on and one.target_on > months_after(end_on, MONTHS_AFTER):
        return (
            f"The date of the target of “{one.measure}” must be within 12 months of the support’s end, "
            f"{day_words(end_on)}."
        )
    return None


def why_so_many_outcomes(bid: Bid, changed: Iterable[ChangeOutcome]) -> str | None:
    """The sentence where too few outcomes would be left for the report, or too many."""
    left = len(bid.outcomes)
    for one in changed:
        left += (one.outcome is None) - one.dropped
    if bid.outcomes and not left:
        return "Keep one outcome at least, or add another."
    return f"A bid has at most {MOST_OUTCOMES} outcomes." if left > MOST_OUTCOMES else None


def why_targets_too_late(bid: Bid, change: ChangeRequest) -> str | None:
    """The sentence where an outcome that stays as it is would be looked at too long after a new end."""
    if change.end_on == bid.end_on:
        return None
    changed = {one.outcome for one in change.changed_outcomes}
    stay = (outcome for outcome in bid.outcomes if outcome not in changed)
    return next(filter(None, (_why_too_late(outcome, change.end_on) for outcome in stay)), None)


def partners(bid: Bid, joins: Iterable[Joins], leaves: Iterable[int]) -> list[ChangePartner]:
    """The schools that join, and those (their ids) that leave, each with its part."""
    found = []
    for one in joins:
        school, before = db.session.get_one(School, one.school_id), bid.partner_of(one.school_id)
        contact = {"contact_name": one.contact_name, "contact_email": one.contact_email}
        named = ChangePartner(school=school, part=one.part, leaves=False, **contact)
        if before:
            named.old_part, named.old_left_on = before.part, before.left_on
        found.append(named)
    for school_id in leaves:
        was = bid.partner_of(school_id)
        if was is None:
            raise Refused("Select a school that takes part.")
        found.append(ChangePartner(school=was.school, part=was.part, leaves=True))
    return found


def refuse_unless_asked(bid: Bid, joins: Iterable[Joins], now: datetime) -> None:
    """Raises Refused where nobody of a school that is to join can be asked."""
    for one in joins:
        school = db.session.get_one(School, one.school_id)
        if leaders_of(school, london_date(now)):
            continue
        if not one.contact_email:
            raise Refused(f"Enter the name and email address of the head of {school.name}.")
        if tie := why_not_contact(bid, school.id, one.contact_email):
            raise Refused(f"This address {tie.of_address}. Enter that of the head of {school.name}.")


def let_ask(change: ChangeRequest, now: datetime) -> None:
    """Name the schools that are asked to join among the bid's: their heads read it, and anyone who has an
    interest in them is barred, from now on."""
    bid = change.bid
    for named in change.partners:
        if named.leaves:
            continue
        partner = bid.partner_of(named.school.today_id)
        if partner is None:
            partner = Partner(school=named.school, part=named.part)
            bid.partners.append(partner)
        partner.part, partner.joins, partner.left_on = named.part, True, named.old_left_on
        if named.contact_email:
            partner.contact_name, partner.contact_email = named.contact_name, named.contact_email
            named.forget_contact()
    db.session.flush()  # who is named, and who is barred, are asked of the database
    note_named(bid, now)


def put_parts_in_force(change: ChangeRequest, now: datetime) -> None:
    """The bid has the outcomes of an agreed change, and its schools."""
    bid, today = change.bid, london_date(now)
    for one in change.changed_outcomes:
        if one.outcome is None:
            made = _outcome_of(one)
            bid.outcomes.append(made)
            one.made = made
        elif one.dropped:
            one.outcome.dropped_on = today
        else:
            one.outcome.target, one.outcome.target_on = one.target, one.target_on
    for named in change.partners:
        if partner := bid.partner_of(named.school.today_id):
            partner.joins, partner.left_on = False, today if named.leaves else None
        asked = bid.feedback and named.school not in (one.school for one in bid.feedback)
        if asked and named.part is Part.SUPPORTED and not named.leaves:
            bid.feedback.append(Feedback(school=named.school, asked_at=now))
    db.session.flush()
    db.session.expire(bid, ["outcomes"])  # without those that were dropped


def take_parts_back(change: ChangeRequest, since: datetime, now: datetime) -> None:
    """The bid has its outcomes and schools again as they were before a change that is undecided again; its
    schools are asked no more for the feedback for which they were asked since it was agreed."""
    bid, today = change.bid, london_date(now)
    for one in change.changed_outcomes:
        if one.made:
            one.made.dropped_on = today
        elif one.outcome:
            one.outcome.target = one.old_target if one.old_target is not None else one.target
            one.outcome.target_on = one.old_target_on or one.target_on
            one.outcome.dropped_on = None
    for named in change.partners:
        if named.leaves and (partner := bid.partner_of(named.school.today_id)):
            partner.left_on = None
    joined = {named.school for named in change.partners if not named.leaves}
    for asked in list(bid.feedback):
        if asked.school in joined and asked.asked_at >= since and asked.given_at is None:
            bid.feedback.remove(asked)
            db.session.delete(asked)
    db.session.flush()
    db.session.expire(bid, ["outcomes"])


def _outcome_of(one: ChangeOutcome) -> Outcome:
    return Outcome(**{name: getattr(one, name) for name in COPIED})
