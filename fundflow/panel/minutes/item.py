"""What the minutes say of one item, in the order of a meeting: `PARTS` has a function for each paragraph.

Votes are given in numbers; who voted how is for the item's own page.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fundflow.models.decision import Decision, LateInterest
from fundflow.models.interest import InterestKind
from fundflow.models.money import pounds
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import SeatPosition
from fundflow.panel.minutes.records import ItemRecord
from fundflow.panel.operations.proposals import ANOTHER
from fundflow.rules.change_requests import terms_before
from fundflow.rules.interests.bars import bar_on
from fundflow.rules.panel.frozen_sitting import bar_of_member, ties_of_member
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.date_words import clock_time, moment_words
from fundflow.workflow.interests import bar_of_them, ties_of_them
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date

Lines = Iterator[str]


def text_of(record: ItemRecord) -> str:
    """The paragraphs, with an empty line between them; points of a list begin with “- ”."""
    if record.item.outcome is ItemOutcome.REMOVED:
        return _removed(record)
    said = ["\n".join(part) for make in PARTS if (part := list(make(record)))]
    return "\n\n".join(said)


def _removed(record: ItemRecord) -> str:
    entry = record.left_by
    if entry is None:
        return "This item was taken off the agenda."
    why = f" Reason: {entry.reason}" if entry.reason else ""
    return (
        f"This item was taken off the agenda on {moment_words(entry.at)}: {_lower_first(entry.label)}.{why}"
        f"{_was_inquorate(record)}"
    )


def _was_inquorate(record: ItemRecord) -> str:
    """That the panel sat on an item that was taken off, without a quorum; empty where it did not."""
    item = record.item
    lacking = sitting_of(item, item.outcome_at).inquorate if item.presences and item.outcome_at else None
    return f" The panel was inquorate: {_lower_first(lacking.words(past=True))}" if lacking else ""


def _asked(record: ItemRecord) -> Lines:
    bid, change = record.bid, record.item.change
    if change:
        old = terms_before(change).paid_at_most
        yield (
            f"{bid.lead_school.name} asked for more money for its award: {_money(change.pence)} instead of "
            f"{_money(old)}. {_sentence(change.why)}"
        )
        if change.advice:
            yield f"The liaison officer advised: {_sentence(change.advice)}"
        return
    others = joined([partner.school.name for partner in bid.partners])
    together = f", with {others}" if others else ""
    yield f"{bid.lead_school.name} asked for {_money(bid.requested_pence)}{together}."
    review = bid.review
    if review and review.recommendation:
        amount = f", {_money(review.recommended_pence)}" if review.recommended_pence else ""
        yield f"The liaison officer recommended: {_lower_first(review.recommendation.words)}{amount}."


def _interests(record: ItemRecord) -> Lines:
    """What members declared before the decision, and what the records show that they did not declare."""
    until = record.sat_at
    said = [d for d in record.declared if until is None or d.declared_at <= until]
    shown = [m for m in _members(record) if m["disclosed"] and m["declared"] != "disclosed"]
    if not said and not shown and not any(member["barred"] for member in _members(record)):
        yield "Interests declared: none."
        return
    yield "Interests:"
    for declared in said:
        word = "declared an interest" if declared.kind is InterestKind.BARRED else "disclosed an interest"
        yield f"- {declared.user.name} {word}: {_sentence(declared.text)}"
    for member in shown:
        yield f"- {member['name']} {ties_of_them(ties_of_member(member))}."


def _who_left(record: ItemRecord) -> Lines:
    """Who took no part in the item and why; who left it or joined it, and when."""
    for member in _members(record):
        if bar := bar_of_member(member):
            yield f"- {member['name']} {_took_no_part(record, member)}: {bar_of_them(bar)}."
        elif member["disclosed"] or member["declared"] == "disclosed":
            votes = "could vote" if record.rules.disclosed_may_vote else "did not score or vote"
            yield f"- {member['name']} took part openly, and {votes}."
    barred = {member["seat_id"] for member in _members(record) if member["barred"]}
    for event in record.events:
        if event.seat_id not in barred:
            word = "joined this item" if event.present else "left this item"
            why = f": {event.why}" if event.why else ""
            yield f"- {event.seat.user.name} {word} at {clock_time(event.at)}{why}."


def _took_no_part(record: ItemRecord, member: dict[str, Any]) -> str:
    left = next((e for e in record.events if e.seat_id == member["seat_id"] and not e.present), None)
    part = "took no further part" if member["voided"] else "took no part"
    return f"left at {clock_time(left.at)} and {part}" if left else part


def _chaired(record: ItemRecord) -> Lines:
    """Who chaired the item, where it was not the panel's chair."""
    name = record.sitting.get("chair")
    chairs = [m["name"] for m in _members(record) if m["position"] == SeatPosition.CHAIR.value]
    if name and name not in chairs:
        yield f"{name} chaired this item."


def _quorum(record: ItemRecord) -> Lines:
    """Present and needed; of a vote by email, also how many were there when it was asked for."""
    sitting, item = record.sitting, record.item
    counted, needed = sitting["counted"], sitting["needed"]
    if item.email_vote_until is None:
        yield f"Quorum: {counted} present, {needed} needed{'' if counted >= needed else ': inquorate'}."
        return
    there, until = _counted_when_vote_was_asked(record), moment_words(item.email_vote_until)
    short = f"{there} present, {needed} needed: inquorate. " if there < needed else ""
    if record.decision is None:
        yield f"Quorum: {short}To be voted on by email until {until}.{_why_by_email(record)}"
        return
    yield (
        f"Quorum: {short}Members voted by email until {until}; {counted} took part, {needed} needed."
        f"{_why_by_email(record)}"
    )


def _counted_when_vote_was_asked(record: ItemRecord) -> int:
    """How many members counted at the meeting when the vote by email was asked for."""
    barred = {member["seat_id"] for member in _members(record) if member["barred"]}
    asked = record.item.email_vote_from
    return sum(
        (p.changed_at < asked) == p.present  # there before and still, or gone only since
        for p in record.item.presences
        if p.seat_id not in barred and asked is not None
    )


def _why_by_email(record: ItemRecord) -> str:
    reasons = [entry.reason for entry in record.notes if entry.step == "email_vote" and entry.reason]
    return _reason(reasons[-1]) if reasons else ""


def _proposed(record: ItemRecord) -> Lines:
    """The amount voted on, where it is not what the school asked for; before it, earlier proposals."""
    for entry in record.notes:
        votes = list((entry.facts.get("votes") or {}).values())
        if entry.step == "propose" and votes:
            yield (
                f"{_money(entry.facts['before'])} was put to the vote first: {_numbers_of(votes)}. These "
                "votes no longer count, since another proposal was put."
            )
    pence, asked = record.sitting.get("proposed_pence"), record.item.asked_pence
    if pence is not None and pence != asked:
        why = _reason(record.sitting.get("proposed_reason", ""))
        yield f"Proposed: {_money(pence)} of the {_money(asked)} asked for.{why}"


def _numbers_of(votes: list[str]) -> str:
    return _votes_words(*(votes.count(choice.value) for choice in Choice))


def _scored(record: ItemRecord) -> Lines:
    decision = record.decision
    if decision is None or not decision.score_words:
        return
    score = f"{decision.score_words} of 100"
    if not record.sitting.get("individually"):
        yield f"Score: {score}, agreed by the panel."
        return
    count = sum(bool(member["counted_scores"]) for member in _members(record))
    yield f"Score: {score}, from the scores of {count} member{'' if count == 1 else 's'}."
    for moderation in record.item.moderations:
        yield f"- Moderated: {record.rules.title_of(moderation.criterion)}. {_sentence(moderation.note)}"


def _voted(record: ItemRecord) -> Lines:
    decision = record.decision
    if decision is None or decision.outcome is ItemOutcome.DEFERRED:
        return
    yield f"Vote: {_votes(decision)}."
    if casting := record.sitting.get("casting"):
        way = Choice(casting["choice"]).words.lower()
        yield f"The vote was tied. {casting['by']} gave the casting vote, {way}.{_reason(casting['reason'])}"


def _voided(record: ItemRecord) -> Lines:
    """Votes and scores that were given and did not count when the panel decided."""
    until = record.sat_at
    scores = {
        sheet.seat_id: sheet.voided_why
        for sheet in record.item.sheets
        if sheet.voided_at and (until is None or sheet.voided_at <= until)
    }
    for member in _members(record):
        voided = "" if member["voided"] == ANOTHER else member["voided"]
        what = ["vote"] * bool(voided) + ["scores"] * (member["seat_id"] in scores)
        if what:
            why = voided or scores[member["seat_id"]] or "it no longer counts"
            yield f"- Not counted: the {' and '.join(what)} of {member['name']}. {_sentence(why)}"


def _decided(record: ItemRecord) -> Lines:
    decision = record.decision
    yield f"Decision: {_outcome(decision, record.item.asked_pence)}." if decision else "No decision yet."


def _reasoned(record: ItemRecord) -> Lines:
    if decision := record.decision:
        deferred = decision.outcome is ItemOutcome.DEFERRED
        yield f"{'Question to the school' if deferred else 'Reasons'}: {decision.reasons}"


def _conditions(record: ItemRecord) -> Lines:
    decision = record.decision
    if decision is None or not (decision.award_conditions or decision.conditions):
        return
    yield "Conditions:"
    if decision.award_conditions:
        for condition in decision.award_conditions:
            yield f"- {condition.words}."
    else:
        yield from (f"- {line}" for line in decision.conditions.splitlines() if line.strip())


def _equality(record: ItemRecord) -> Lines:
    if record.decision and record.decision.equality_note:
        yield f"Due regard to equality: {record.decision.equality_note}"


def _decider(record: ItemRecord) -> Lines:
    decision = record.decision
    if decision is None:
        return
    who, when = decision.decided_by.name, moment_words(decision.decided_at)
    if decision.delegation:
        yield (
            f"{who} decided this as authorised officer on {when}, on the panel’s recommendation. "
            f"Delegation: {_sentence(decision.delegation)}"
        )
    else:
        yield f"{who} recorded the decision on {when}."


def _corrected(record: ItemRecord) -> Lines:
    """Decisions that no longer stand: what they were, and why they were corrected or taken back."""
    asked = record.item.asked_pence
    corrected = {d.corrects_id for d in record.decisions if d.corrects_id}
    for decision in record.decisions:
        if decision.undone_at is None:
            continue
        word = "Corrected" if decision.id in corrected else "Taken back"
        by = f" by {decision.undone_by.name}" if decision.undone_by else ""
        votes = "" if decision.outcome is ItemOutcome.DEFERRED else f", {_votes(decision)}"
        yield (
            f"{word} on {moment_words(decision.undone_at)}{by}: the decision first recorded, on "
            f"{moment_words(decision.decided_at)}, was “{_outcome(decision, asked)}”{votes}."
            f"{_reason(decision.undone_reason)}"
        )


def _found_late(record: ItemRecord) -> Lines:
    yield from (_one_found_late(late) for late in record.late)


def _one_found_late(late: LateInterest) -> str:
    found = (
        f"Interest found after the decision, on {moment_words(late.found_at)}: {late.user.name}: "
        f"{_sentence(late.text)}{_effect_of(late)}"
    )
    if late.settled_at is None:
        return f"{found} Whether the decision stands is not settled yet."
    return f"{found} Settled on {moment_words(late.settled_at)}.{_reason(late.settled_reason)}"


def _effect_of(late: LateInterest) -> str:
    """What becomes of quorum and vote without them. No numbers of votes: those would tell how they voted."""
    bid, found_on = late.decision.bid, london_date(late.found_at)
    barred = bar_on(bid, late.user, found_on) is not None  # else disclosed: counted, without a vote
    left = recomputed(late.decision, without=late.user_id, barred=barred)
    if left is None:
        return ""
    sitting = left.sitting
    wanted = Choice.DO_NOT_FUND if late.decision.pence is None else Choice.FUND
    carries = "would not" if left.tally.why_not(wanted, left.casting) else "would still"
    return (
        f" Without them {sitting.counted} were present, {sitting.needed} needed, and the vote "
        f"{carries} carry."
    )


PARTS: tuple[Callable[[ItemRecord], Lines], ...] = (
    _asked,
    _interests,
    _who_left,
    _chaired,
    _quorum,
    _proposed,
    _scored,
    _voted,
    _voided,
    _decided,
    _reasoned,
    _conditions,
    _equality,
    _decider,
    _corrected,
    _found_late,
)


# -- words --------------------------------------------------------------------------------------


def _members(record: ItemRecord) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = record.sitting.get("members", [])
    return members


def _outcome(decision: Decision, asked: int) -> str:
    """“fund, £12,500 of the £18,000 asked for”."""
    if decision.change_id:
        return outcome_of_change(decision)
    if decision.pence is None:
        return _lower_first(decision.outcome.words)
    of = f" of the {_money(asked)} asked for" if decision.pence != asked else ""
    return f"{_lower_first(decision.outcome.words)}, {_money(decision.pence)}{of}"


def outcome_of_change(decision: Decision) -> str:
    """“agreed, the award is £3,500” of a change that asked for more money."""
    if decision.pence is not None:
        return f"agreed, the award is {_money(decision.pence)}"
    deferred = decision.outcome is ItemOutcome.DEFERRED
    return "put off" if deferred else "refused, the award stays as it is"


def _votes(decision: Decision) -> str:
    return _votes_words(decision.votes_for, decision.votes_against, decision.abstentions)


def _votes_words(votes_for: int, votes_against: int, abstentions: int) -> str:
    said = f"{votes_for} for, {votes_against} against"
    if not abstentions:
        return said
    return f"{said}, {abstentions} abstention{'' if abstentions == 1 else 's'}"


def _money(pence: int) -> str:
    return pounds(pence, always_pence=False)


def _lower_first(words: str) -> str:
    return words[:1].lower() + words[1:]


def _sentence(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?" else f"{text}."


def _reason(text: str) -> str:
    """“ Reason: …”, to follow a sentence; empty without one."""
    return f" Reason: {_sentence(text)}" if text.strip() else ""
