"""The form's sections, in order: what each is called, when it applies and what it still misses.

Task list, completeness, check answers, what a return unlocks: all read this table.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.review import Submission
from fundflow.models.round import RoundQuestion
from fundflow.models.unfinished import wrong_under
from fundflow.rules.bid_money import (
    lines_without_reason,
    rate_cap_pence,
    why_above_year_cap,
    why_too_many_materials,
)
from fundflow.rules.named_in_bid import tie_of_approver
from fundflow.workflow.application import BidState
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import months_after


@dataclass(frozen=True, slots=True)
class Section:
    """full      part of the full form alone
    optional  complete though nothing is entered
    """

    slug: str
    title: str
    lacks: Callable[[Bid], list[str]]  # sentences; empty when all is answered
    applies: Callable[[Bid], bool] = lambda _bid: True
    full: bool = False
    optional: bool = False

    def what_is_missing(self, bid: Bid) -> list[str]:
        """What must be put right or answered, as sentences; empty when the section is complete."""
        return wrong_under(bid, f"form/{self.slug}") + self.lacks(bid)


def _unless(*pairs: tuple[object, str]) -> list[str]:
    return [sentence for value, sentence in pairs if not value]


def _schools(bid: Bid) -> list[str]:
    # Where only supported schools are named, the lead school itself gives the support.
    roles = {partner.part.value for partner in bid.partners}
    missing = _unless((bid.partners, "Add at least one other school"))
    outside = bid.is_large and bid.external_provider
    if bid.partners and not outside and not roles & {"provider", "supported"}:
        missing.append("Say which school gives the support")
    return missing + [
        f"{partner.school.name} has closed: remove it"
        for partner in bid.partners
        if not partner.school.is_open
    ]


def _contact(bid: Bid) -> list[str]:
    return _unless(
        (bid.contact_name, "Enter the name of the contact"),
        (bid.contact_role, "Enter the contact’s job"),
        (bid.contact_email, "Enter the contact’s email address"),
        (bid.contact_phone, "Enter the contact’s telephone number"),
    )


def _about(bid: Bid) -> list[str]:
    return _unless(
        (bid.title, "Enter a title"),
        (bid.priority_id, "Select the priority this bid serves"),
    )


def _need(bid: Bid) -> list[str]:
    few = bid.is_large and len(bid.evidence) == 1
    from_pounds = _round(bid.fund.full_from_pence)
    return _unless(
        (bid.need, "Say what needs to improve, and how you know"),
        (bid.evidence, "Add at least one piece of evidence"),
        (not few, f"Add a second piece of evidence: bids of {from_pounds} or more need two"),
    )


def _pupils(bid: Bid) -> list[str]:
    return _unless(
        (bid.pupils_benefiting, "Enter how many pupils will benefit"),
        (bid.staff_benefiting is not None, "Enter how many staff will benefit"),
        (bid.pupil_groups, "Add at least one pupil group"),
    )


def _outcomes(bid: Bid) -> list[str]:
    missing = _unless((bid.outcomes, "Add at least one outcome"))
    latest = months_after(bid.end_on, 12) if bid.end_on else None
    return missing + [
        f"The target for “{outcome.measure}” must be within 12 months of the project’s end"
        for outcome in bid.outcomes
        if latest and outcome.target_on > latest
    ]


def _plan(bid: Bid) -> list[str]:
    start, end = bid.start_on, bid.end_on
    missing = _unless(
        (start and end, "Enter the dates of the project"), (bid.activities, "Add at least one activity")
    )
    if start is None or end is None:
        return missing
    if end > months_after(start, bid.fund.max_months):
        missing.append(f"The project may last at most {bid.fund.max_months} months")
    return missing + [
        f"“{activity.what}” lies outside the project’s dates"
        for activity in bid.activities
        if activity.starts_on < start or activity.ends_on > end
    ]


def _costs(bid: Bid) -> list[str]:
    missing = _unless((bid.backfill_lines, "Add at least one line of backfill"))
    taking_part = {school.id for school in bid.schools}
    if any(line.school_id not in taking_part for line in bid.backfill_lines):
        missing.append("A line of backfill names a school that no longer takes part")
    missing += [
        f"A line of backfill names {school.name}, which has closed"
        for school in dict.fromkeys(line.school for line in bid.backfill_lines)
        if not school.is_open
    ]
    missing += _rates(bid)
    if bid.backfill_lines and not bid.requested_pence:
        missing.append("The cash match pays for everything, so there is nothing to ask for")
    if bid.requested_pence > bid.fund.bid_cap_pence:
        missing.append(
            f"The most this fund gives one bid is {_round(bid.fund.bid_cap_pence)}. "
            f"Yours asks for {pounds(bid.requested_pence)}"
        )
    return missing + [why for why in (why_too_many_materials(bid), why_above_year_cap(bid)) if why]


def _rates(bid: Bid) -> list[str]:
    """Where the fund has grades every line has one, or a reason that says which other grade it is; and a
    reason where its rate is above the cap."""
    missing = [
        f"Say why the day rate of “{line.staff_role}” is above {_round(rate_cap_pence(bid.fund, line.grade))}"
        for line in lines_without_reason(bid)
    ]
    unknown = any(line.grade is None and not line.rate_reason for line in bid.backfill_lines)
    if unknown and bid.fund.grades_offered:
        missing.append("Select the grade of everyone who is released")
    return missing


def _other_funding(bid: Bid) -> list[str]:
    if bid.other_funding is None:
        return ["Say whether other funding pays for the same days"]
    if bid.other_funding and not bid.other_funding_note:
        return ["Say what the other funding pays for"]
    return []


def _approver(bid: Bid) -> list[str]:
    missing = _unless(
        (bid.approver_name, "Enter the approver’s name"),
        (bid.approver_email, "Enter the approver’s email address"),
    )
    tie = tie_of_approver(bid, bid.approver_email)
    if tie and not bid.approver_why:
        missing.append(f"{bid.approver_name or 'The approver'} {tie.words}. Name somebody else")
    return missing


QUESTIONS_A_PAGE = 5  # of a round's own; a page of the form asks no more


def round_questions_on(bid: Bid, page: int) -> list[RoundQuestion]:
    """The questions of its round's own that one page of the form asks; pages count from 0."""
    return bid.round_questions[page * QUESTIONS_A_PAGE :][:QUESTIONS_A_PAGE]


def _of_round(slug: str, title: str, page: int) -> Section:
    def lacks(bid: Bid) -> list[str]:
        said = bid.round_texts
        asked = (one for one in round_questions_on(bid, page) if one.required)
        return [f"Answer “{question.text}”" for question in asked if not said[question.id]]

    return Section(slug, title, lacks, applies=lambda b: bool(round_questions_on(b, page)))


# -- the full form's ------------------------------------------------------------------------------


def _provider(bid: Bid) -> list[str]:
    why = bid.external_provider_reason or not bid.external_provider
    return _unless((why, "Say why a school can’t give this support"))


def _approach(bid: Bid) -> list[str]:
    return _unless(
        (bid.phases, "Select the phases this will reach"),
        (bid.approach, "Say what will change in classrooms"),
    )


def _strength(bid: Bid) -> list[str]:
    strength = bid.evidence_strength
    none = strength is not None and strength.value == "none"
    return _unless(
        (strength, "Select how strong the evidence is"),
        (bid.evidence_strength_source or none or not strength, "Enter where the evidence comes from"),
    )


def _risks(bid: Bid) -> list[str]:
    return _unless((bid.risks, "Add at least one risk"))


def _value(bid: Bid) -> list[str]:
    return _unless((bid.value_for_money, "Say why this is good value for money"))


def _lasting(bid: Bid) -> list[str]:
    return _unless(
        (bid.sustainability, "Say how the change will last"),
        (bid.sharing, "Say how you will share what you learn"),
    )


def _equality(bid: Bid) -> list[str]:
    return _unless((bid.equality, "Say how this affects equality"))


def _round(pence: int) -> str:
    return pounds(pence, always_pence=False)


def _of_full_form(
    slug: str, title: str, lacks: Callable[[Bid], list[str]], *, optional: bool = False
) -> Section:
    return Section(slug, title, lacks, applies=lambda b: b.is_large, full=True, optional=optional)


# fmt: off
SECTIONS = (
    Section("schools", "Schools taking part", _schools),
    _of_full_form("provider", "Support from outside schools", _provider, optional=True),
    Section("contact", "Contact", _contact),
    Section("about", "Title and priority", _about),
    Section("need", "What needs to improve", _need),
    Section("pupils", "Who will benefit", _pupils),
    Section("outcomes", "Outcomes", _outcomes),
    _of_full_form("approach", "Your approach", _approach),
    _of_full_form("strength", "Evidence for your approach", _strength),
    Section("plan", "Dates and activities", _plan),
    _of_full_form("risks", "Risks", _risks),
    Section("costs", "Costs", _costs),
    Section("other-funding", "Other funding", _other_funding),
    _of_full_form("value", "Value for money", _value),
    _of_full_form("lasting", "Making it last and sharing it", _lasting),
    _of_full_form("equality", "Equality", _equality),
    _of_round("round-questions", "Questions of this round", 0),
    _of_round("more-questions", "More questions of this round", 1),
    _of_full_form("files", "Attachments", lambda _bid: [], optional=True),
    Section("approver", "Approver’s signature", _approver, applies=lambda b: b.approver_wanted is not None),
)
# fmt: on

SECTION = {section.slug: section for section in SECTIONS}


def missing_sections(bid: Bid) -> list[str]:
    """Titles of the sections that are not complete, in the form's order."""
    return [section.title for section in SECTIONS if section.applies(bid) and section.what_is_missing(bid)]


def complete_first(missing: list[str]) -> str | None:
    """What to do before a bid is sent: up to three sections by name, more by their number. None where none
    is missing."""
    if len(missing) > 3:
        return f"Complete the other {len(missing)} sections first."
    return f"Complete {joined(missing)} first." if missing else None


def open_unasked(bid: Bid, among: Iterable[Section] = SECTIONS) -> list[Section]:
    """Sections that the school of a returned bid may change although the officer did not ask about them.

    Something in them is missing now, or the copy sent last did without them: its amount grew, the form
    or the round has a new question, the fund has grades, a school closed. Without this a bid could not
    go back. What was answered stays closed, and closes again once it is.
    """
    if bid.state is not BidState.RETURNED:
        return []
    asked = [section for section in among if section.applies(bid)]
    lacking = [section for section in asked if section.what_is_missing(bid)]
    sent = _sections_sent(bid) if len(lacking) < len(asked) else set()
    return [section for section in asked if section in lacking or section.slug not in sent]


def _sections_sent(bid: Bid) -> set[str]:
    """Slugs of the sections in the copy that was frozen last."""
    session = object_session(bid)
    query = select(Submission.answers).where(Submission.bid_id == bid.id).order_by(Submission.number.desc())
    text = session.scalar(query.limit(1)) if session else None
    return set(json.loads(text)["sections"]) if text else {section.slug for section in SECTIONS}
