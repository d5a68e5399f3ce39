"""The form's sections, in order: what each is called, when it applies and what it still misses.

Task list, completeness, check answers, what a return unlocks: all read this table.
"""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fundflow.models.money import pounds

if TYPE_CHECKING:
    from fundflow.models.bid import Bid


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    what_is_missing: Callable[["Bid"], list[str]]  # sentences; empty when complete
    applies: Callable[["Bid"], bool] = lambda _bid: True
    is_started: Callable[["Bid"], bool] = lambda _bid: False


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _unless(*pairs: tuple[object, str]) -> list[str]:
    return [sentence for value, sentence in pairs if not value]


def _schools(bid: "Bid") -> list[str]:
    # Where only supported schools are named, the lead school itself gives the support.
    roles = {partner.part.value for partner in bid.partners}
    missing = _unless((bid.partners, "Add at least one other school"))
    if bid.partners and not roles & {"provider", "supported"}:
        missing.append("Say which school gives the support")
    return missing + [f"{partner.school.name} has closed: remove it"
                      for partner in bid.partners if not partner.school.is_open]  # fmt: skip


def _contact(bid: "Bid") -> list[str]:
    return _unless(
        (bid.contact_name, "Enter the name of the contact"),
        (bid.contact_role, "Enter the contact’s job"),
        (bid.contact_email, "Enter the contact’s email address"),
        (bid.contact_phone, "Enter the contact’s telephone number"),
    )


def _about(bid: "Bid") -> list[str]:
    return _unless(
        (bid.title, "Enter a title"),
        (bid.priority_id, "Select the priority this bid serves"),
    )


def _need(bid: "Bid") -> list[str]:
    return _unless(
        (bid.need, "Say what needs to improve, and how you know"),
        (bid.evidence, "Add at least one piece of evidence"),
    )


def _pupils(bid: "Bid") -> list[str]:
    return _unless(
        (bid.pupils_benefiting, "Enter how many pupils will benefit"),
        (bid.staff_benefiting is not None, "Enter how many staff will benefit"),
        (bid.pupil_groups, "Add at least one pupil group"),
    )


def _outcomes(bid: "Bid") -> list[str]:
    missing = _unless((bid.outcomes, "Add at least one outcome"))
    latest = months_after(bid.end_on, 12) if bid.end_on else None
    return missing + [
        f"The target for “{outcome.measure}” must be within 12 months of the project’s end"
        for outcome in bid.outcomes if latest and outcome.target_on > latest
    ]  # fmt: skip


def _plan(bid: "Bid") -> list[str]:
    dates = bid.start_on and bid.end_on
    missing = _unless((dates, "Enter the dates of the project"),
                      (bid.activities, "Add at least one activity"))  # fmt: skip
    if bid.start_on and bid.end_on and bid.end_on > months_after(bid.start_on, bid.fund.max_months):
        missing.append(f"The project may last at most {bid.fund.max_months} months")
    for activity in bid.activities if dates else []:
        if activity.starts_on < bid.start_on or activity.ends_on > bid.end_on:  # type: ignore[operator]
            missing.append(f"“{activity.what}” lies outside the project’s dates")
    return missing


def _costs(bid: "Bid") -> list[str]:
    missing = _unless((bid.backfill_lines, "Add at least one line of backfill"))
    taking_part = {school.id for school in bid.schools}
    if any(line.school_id not in taking_part for line in bid.backfill_lines):
        missing.append("A line of backfill names a school that no longer takes part")
    cap = bid.fund.day_rate_cap_pence
    if any(line.day_rate_pence > cap and not line.rate_reason for line in bid.backfill_lines):
        missing.append(f"Say why a day rate is above {pounds(cap, always_pence=False)}")
    materials = sum(c.pence for c in bid.cost_lines if c.kind.value == "materials")
    if materials * 100 > bid.requested_pence * bid.fund.materials_percent:
        missing.append(f"Materials may be at most {bid.fund.materials_percent}% of the amount")
    if bid.backfill_lines and not bid.requested_pence:
        missing.append("The cash match pays for everything, so there is nothing to ask for")
    if bid.requested_pence > bid.fund.bid_cap_pence:
        most = pounds(bid.fund.bid_cap_pence, always_pence=False)
        missing.append(f"The most this fund gives one bid is {most}")
    return missing


def _other_funding(bid: "Bid") -> list[str]:
    if bid.other_funding is None:
        return ["Say whether other funding pays for the same days"]
    if bid.other_funding and not bid.other_funding_note:
        return ["Say what the other funding pays for"]
    return []


def _approver(bid: "Bid") -> list[str]:
    return _unless(
        (bid.approver_name, "Enter the approver’s name"),
        (bid.approver_email, "Enter the approver’s email address"),
        (bid.approver_role, "Select who the approver is"),
    )


SECTIONS = (
    Section("schools", "Schools taking part", _schools, is_started=lambda b: bool(b.partners)),
    Section("contact", "Contact", _contact, is_started=lambda b: bool(b.contact_name)),
    Section("about", "Title and priority", _about, is_started=lambda b: bool(b.title)),
    Section("need", "What needs to improve", _need, is_started=lambda b: bool(b.need or b.evidence)),
    Section("pupils", "Who will benefit", _pupils,
            is_started=lambda b: bool(b.pupils_benefiting or b.pupil_groups)),
    Section("outcomes", "Outcomes", _outcomes, is_started=lambda b: bool(b.outcomes)),
    Section("plan", "Dates and activities", _plan,
            is_started=lambda b: bool(b.start_on or b.activities)),
    Section("costs", "Costs", _costs,
            is_started=lambda b: bool(b.backfill_lines or b.cost_lines or b.match_funding)),
    Section("other-funding", "Other funding", _other_funding,
            is_started=lambda b: b.other_funding is not None),
    Section("approver", "Approver’s signature", _approver, applies=lambda b: b.is_large,
            is_started=lambda b: bool(b.approver_name)),
)  # fmt: skip

SECTION = {section.slug: section for section in SECTIONS}
