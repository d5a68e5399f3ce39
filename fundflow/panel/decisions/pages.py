"""What the pages of decisions show: the limits of an offer, and each decision with who sat on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from fundflow import ledger
from fundflow.extensions import db
from fundflow.interests.late import late_interests_of_all
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.money import pounds
from fundflow.models.panel import AgendaItem
from fundflow.models.person import SeatPosition, Sector, User
from fundflow.panel import queries
from fundflow.panel.minutes.item import outcome_of_change
from fundflow.panel.operations.deciding import ConditionAsked
from fundflow.panel.scores.queries import sees_scores
from fundflow.rules.panel.deciders import officer_decides
from fundflow.rules.panel.frozen_sitting import bar_of_member, ties_of_member
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.rules.panel.scores import counted_sheets
from fundflow.rules.panel.sitting import Tally
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.date_words import clock_time, day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_of_them, ties_of_them
from fundflow.workflow.panel_rules import Band, Choice
from fundflow.workflow.working_days import add_working_days, london_date

# -- the forms' limits -------------------------------------------------------------------------------


def limits(item: AgendaItem, at: datetime, *, reserved: int = 0) -> list[tuple[int, str]]:
    """(most pence, the sentence that says so) for each thing that bounds an offer, for its form.

    reserved  pence that an offer which this one replaces gives back
    """
    bid, voted = item.bid, item.voted_pence
    free = ledger.may_still_offer(bid, at) + reserved
    found = [
        (
            bid.requested_pence,
            f"The school asked for {pounds(bid.requested_pence)}; the offer can’t be more than that.",
        ),
        (voted, f"The panel voted on {pounds(voted)}; the offer can’t be more than that."),
        (free, f"The fund can still offer {pounds(free)} to {bid.lead_school.name}."),
    ]
    if officer_decides(bid):
        limit = bid.fund.officer_limit_pence
        found.insert(2, (limit, f"An authorised officer may decide up to {pounds(limit)}."))
    return found


def about_to_reserve(bid: Bid, pence: int, now: datetime) -> list[str]:
    """What an offer of this amount does to the fund’s money, in sentences."""
    try:
        parts = ledger.would_reserve(bid, pence, now)
    except Refused:  # the step says why
        parts = []
    said = [f"You are about to reserve {pounds(pence)} for {bid.lead_school.name}"]
    said += [f"{pounds(part)} comes from {line.in_words}." for line, part in parts]
    return [*said, f"The bid asks for {pounds(bid.requested_pence)}."]


def about_to_correct(bid: Bid, before: int, pence: int) -> list[str]:
    """What another amount in place of an offer does to the fund’s money, in sentences; both in pence."""
    if pence == before:
        return [f"You are about to correct the decision. {pounds(pence)} stays reserved"]
    return [
        f"You are about to reserve {pounds(pence)} for {bid.lead_school.name}",
        f"It takes the place of the offer of {pounds(before)}, which is free again.",
        f"The bid asks for {pounds(bid.requested_pence)}.",
    ]


def suggested_conditions(bid: Bid, at: datetime) -> list[ConditionAsked]:
    """What the officer recommended as a condition, to be worded."""
    text = bid.review.conditions.strip() if bid.review else ""
    due = bid.end_on or london_date(at)
    return [ConditionAsked(" ".join(text.split())[:500], bid.lead_school.name[:120], due)] if text else []


def who_decides(bid: Bid) -> str:
    """Who decides and on what authority, as sentences for the decision maker."""
    if not officer_decides(bid):
        return "The panel decides. The person who chairs the item records it."
    cites = bid.fund.delegation or "no delegation is recorded: ask an administrator to add it"
    return (
        f"An authorised officer decides, on the panel’s recommendation, up to "
        f"{pounds(bid.fund.officer_limit_pence)}. Delegation: {cites}."
    )


def too_little(item: AgendaItem, at: datetime) -> str:
    """What to say beforehand where the fund can’t offer all that was voted on; empty where it can."""
    free = ledger.may_still_offer(item.bid, at)
    if free >= item.voted_pence:
        return ""
    return (
        f"The fund can still offer {pounds(free)} to {item.bid.lead_school.name}, less than the "
        f"{pounds(item.voted_pence)} that was voted on."
    )


@dataclass(frozen=True, slots=True)
class MemberComment:
    """What one member wrote about one criterion, for the person who words the feedback."""

    name: str
    score: int | None
    reason: str


def members_reasons(item: AgendaItem, user: User, at: datetime) -> dict[str, list[MemberComment]]:
    """Criterion → what members gave as reasons, for anyone who may see their scores."""
    if not item.scores_individually or not sees_scores(user, item, at):
        return {}
    found: dict[str, list[MemberComment]] = {}
    for sheet in counted_sheets(item, at):
        for score in sheet.scores:
            if score.reason:
                found.setdefault(score.criterion, []).append(
                    MemberComment(sheet.seat.user.name, score.counted, score.reason)
                )
    return found


# -- decisions as they were made ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One line of who sat: what they are, whether they were there, what they said and voted."""

    name: str
    role: str
    there: str
    interest: str
    vote: str


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """One decision on the panel's tab; what follows from its sitting is worked out again each time."""

    decision: Decision
    heading: str
    status: str
    rules: str
    needed: int | None
    counted: int | None
    chair: str | None
    tally: Tally | None
    total: Fraction | None
    band: Band | None
    casting: str
    proposed: str
    members: list[MemberLine]
    late: Sequence[LateInterest]
    letters: str


def cards(bid: Bid, user: User, at: datetime) -> list[DecisionCard]:
    """Every decision on a bid, newest first."""
    decisions = queries.decisions_of(bid)
    replaced, late = {d.corrects_id for d in decisions}, late_interests_of_all(decisions)
    return [
        _card(decision, user, at, late=late[decision.id], corrected=decision.id in replaced)
        for decision in decisions
    ]


def _card(
    decision: Decision, user: User, at: datetime, *, late: Sequence[LateInterest], corrected: bool
) -> DecisionCard:
    known, frozen = recomputed(decision), decision.sitting or {}
    item = decision.item
    told = queries.sees_votes(user, item, sitting_of(item, at), at)
    return DecisionCard(
        decision=decision,
        heading=_heading(decision),
        rules=_rules_words(decision),
        status="corrected" if corrected else "taken back" if decision.undone_at else "",
        needed=known.sitting.needed if known else None,
        counted=known.sitting.counted if known else None,
        chair=known.chair if known else None,
        tally=known.tally if known else None,
        total=known.total if known else None,
        band=known.band if known else None,
        casting=_casting_words(frozen) if told else "",
        proposed=_proposed_words(frozen),
        members=[_member(m) for m in frozen.get("members", ())] if told else [],
        late=late,
        letters=_letters_words(decision),
    )


def _heading(decision: Decision) -> str:
    if decision.change_id:
        return f"More money for the award: {outcome_of_change(decision)}"
    return f"{decision.outcome.words}, {pounds(decision.pence)}" if decision.pence else decision.outcome.words


def _rules_words(decision: Decision) -> str:
    if decision.rules is None:
        return ""
    at = decision.rules.set_at
    since = day_words(at) if at else "as the fund began"
    return f"Under the rules of version {decision.rules.number} ({since})"


def _casting_words(frozen: dict[str, Any]) -> str:
    casting = frozen.get("casting")
    if not casting:
        return ""
    return f"{casting['by']}: {Choice(casting['choice']).words.lower()}. {casting['reason']}"


def _proposed_words(frozen: dict[str, Any]) -> str:
    reason = frozen.get("proposed_reason")
    return f"{pounds(frozen['proposed_pence'])}: {reason}" if reason else ""


def _member(member: dict[str, Any]) -> MemberLine:
    position, sector = SeatPosition(member["position"]), Sector(member["sector"])
    role = sector.words if position is SeatPosition.MEMBER else f"{position.words}, {sector.words.lower()}"
    if member["substitute_for"]:
        role += f", for {member['substitute_for']}"
    return MemberLine(member["name"], role, _there(member), _interest(member), _vote(member))


def _there(member: dict[str, Any]) -> str:
    if bar := bar_of_member(member):
        return f"Took no part: {bar_of_them(bar)}"
    if member["present"]:
        return "Yes"
    left = member.get("left")
    if not left:
        return "No"
    when = datetime.fromisoformat(left["at"])
    return f"Left at {clock_time(when)}" + (f": {left['why']}" if left["why"] else "")


def _interest(member: dict[str, Any]) -> str:
    if member["barred"]:
        return "Barred"
    shown = f": {ties_of_them(ties_of_member(member))}" if member["disclosed"] else ""
    if member["declared"] == "disclosed" or shown:
        return f"Disclosed{shown}"
    return "None" if member["declared"] else "Not said"


def _vote(member: dict[str, Any]) -> str:
    words = Choice(member["vote"]).words if member["vote"] else ""
    return f"{words} (does not count: {member['voided']})" if member["voided"] else words


def _letters_words(decision: Decision) -> str:
    if decision.letters_due_on is None:
        return ""
    if decision.letters_sent_at:
        who = db.session.get(User, decision.letters_sent_by_id) if decision.letters_sent_by_id else None
        by = f"by {who.name}" if who else "by the clock"
        return f"Sent {by} on {day_words(decision.letters_sent_at)}"
    if decision.undone_at:
        return "Never sent"
    return f"Held for the officer to check, until {day_words(decision.letters_due_on)}"


def conditions_of(decision: Decision) -> list[ConditionAsked]:
    return [ConditionAsked(row.text, row.owner, row.due_on) for row in decision.award_conditions]


def reply_words(bid: Bid, at: datetime, held: date | None) -> str:
    """From when and until when the school can answer."""
    if held:
        return (
            f"The letter goes once the officer has checked it, by {day_words(held)} at the latest. "
            f"The school then has {bid.fund.offer_days} working days to reply."
        )
    until = add_working_days(london_date(at), bid.fund.offer_days, bid.fund.schools_off)
    return f"The school can reply until {day_words(until)}."
