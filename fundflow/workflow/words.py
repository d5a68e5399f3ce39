"""What a state is called, by who reads it (docs/rules.md, "Words"), and its tag's colour.

Colours: grey not started or ended · yellow waiting for others · turquoise act now · blue settled ·
green good · red bad.
"""

from datetime import date
from typing import Any, NamedTuple

from fundflow.workflow.application import WORDS
from fundflow.workflow.application import BidState as S
from fundflow.workflow.date_words import day_month


class Words(NamedTuple):
    text: str
    colour: str


# state: school's words, colour for the school, staff's words, colour for staff
TABLE = {
    S.DRAFT: ("Not submitted yet", "turquoise", "Draft", "grey"),
    S.SUBMITTED: ("Submitted", "yellow", "New", "turquoise"),
    S.IN_REVIEW: ("Being checked", "yellow", "With {officer}", "turquoise"),
    S.RETURNED: ("We need more from you{by_due}", "turquoise", "Waiting for school", "yellow"),
    S.INELIGIBLE: ("Does not meet the fund’s rules", "red", "Ineligible{rule}", "red"),
    S.AT_PANEL: ("Going to the panel{on_meeting}", "yellow", "On agenda{meeting}", "yellow"),
    S.DEFERRED: ("The panel has a question", "turquoise", "Deferred ({deferred} of 2)", "yellow"),
    S.NOT_FUNDED: ("Not funded", "red", "Not funded", "red"),
    S.OFFERED: ("Offer: reply{by_due}", "turquoise", "Offer out, {offer} reserved", "yellow"),
    S.NOT_TAKEN_UP: ("Offer ended", "grey", "Lapsed / turned down", "grey"),
    S.IN_DELIVERY: ("Funded: support under way", "green", "In delivery", "green"),
    S.SUSPENDED: ("Payments paused", "yellow", "Suspended", "yellow"),
    S.TERMINATED: ("Funding stopped", "red", "Stopped early", "red"),
    S.IN_MONITORING: ("Tell us what changed{by_due}", "turquoise", "Report due / to check", "yellow"),
    S.CLOSED: ("Complete", "blue", "Closed", "blue"),
    S.WITHDRAWN: ("Withdrawn", "grey", "Withdrawn", "grey"),
}

# A school that has sent its report owes nothing for now, so its bid has no date.
REPORT_SENT = ("Your report is with us", "yellow")
REPORT_ACCEPTED = ("We have accepted your report", "blue", "Report accepted: to close", "yellow")

# A school that has answered the panel's question owes nothing until the panel looks again.
ANSWERED = ("We have your answer: the panel looks again", "yellow")


# A decision whose letter is still being read over, in the words of those who know of it.
HELD = {S.OFFERED: "To offer {offer}: letter by {held}", S.NOT_FUNDED: "Not funded: letter by {held}"}


def kept_words(until: date) -> Words:
    """For anyone who learns of a decision when its letter goes: the same, whatever was decided."""
    return Words(f"The panel has met: we will write to you by {day_month(until)}", "yellow")


def state_words(bid: Any, *, for_staff: bool, kept_until: date | None = None) -> Words:
    """The state of a bid in the reader's words.

    `bid` needs: state, due_on, officer_name, ineligible_rule, meeting_on (date or None),
    deferrals (int), offer_words (“£3,000” or empty); panel_answer, decision_held_until and is_reported,
    if there is one.
    kept_until  the day by which a decision is written about that is kept from the reader
    """
    if kept_until is not None:
        return kept_words(kept_until)
    school, school_colour, staff, staff_colour = TABLE[bid.state]
    if bid.state is S.IN_MONITORING and not bid.due_on:
        school, school_colour = REPORT_SENT
        if getattr(bid, "is_reported", False):
            school, school_colour, staff, staff_colour = REPORT_ACCEPTED
    if bid.state is S.DEFERRED and getattr(bid, "panel_answer", False):
        school, school_colour = ANSWERED
    held = getattr(bid, "decision_held_until", None)
    if held is not None:
        staff, staff_colour = HELD.get(bid.state, staff), "yellow"
        school, school_colour = staff, staff_colour
    text, colour = (staff, staff_colour) if for_staff else (school, school_colour)
    meeting = bid.meeting_on
    return Words(
        text.format(
            officer=bid.officer_name or "an officer",
            by_due=f" by {day_month(bid.due_on)}" if bid.due_on else "",
            rule=f": {bid.ineligible_rule}" if bid.ineligible_rule else "",
            on_meeting=f" on {day_month(meeting)}" if meeting else "",
            meeting=f", {day_month(meeting)}" if meeting else "",
            deferred=bid.deferrals or 1,
            offer=bid.offer_words or "money",
            held=day_month(held) if held else "",
        ),
        colour,
    )


def waits_for_school(bid: Any, kept_until: date | None = None) -> bool:
    """Whether the school must act now: else a bid's day is the council's own, and says nothing to it."""
    return state_words(bid, for_staff=False, kept_until=kept_until).colour == "turquoise"


KEPT = "The panel has met"  # `kept_words` without the date


def plain_words(state: S, *, for_staff: bool) -> str:
    """A state in the reader's words, without names and dates: to choose from, and in files."""
    return WORDS[state] if for_staff else TABLE[state][0].format(by_due="", on_meeting="")
