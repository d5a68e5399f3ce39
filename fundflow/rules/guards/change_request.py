"""What a change of an award waits for."""

from fundflow.models.change import ChangeRequest
from fundflow.models.money import pounds
from fundflow.models.panel import ItemOutcome
from fundflow.rules.change_requests import (
    why_award_fixed,
    why_change_open,
    why_decider_decides,
    why_heads_have_accounts,
    why_impossible,
    why_not_taken_back,
)
from fundflow.rules.change_waits import why_claim_certified, why_cut_comes_back
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.panel.deciders import officer_decides
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date


@guard
def award_fixed(change: ChangeRequest, _ask: Ask) -> str | None:
    return why_award_fixed(change.bid)


@guard
def change_open(change: ChangeRequest, _ask: Ask) -> str | None:
    return why_change_open(change.bid)


@guard
def barred_from_change(change: ChangeRequest, ask: Ask) -> str | None:
    bar = bar_of(change.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t handle this change: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def barred_from_withdrawing(change: ChangeRequest, ask: Ask) -> str | None:
    """An officer withdraws what the council entered; no head is barred from what their school asked for."""
    return barred_from_change(change, ask) if change.by_council else None


@guard
def asked_for_change(change: ChangeRequest, ask: Ask) -> str | None:
    """Nobody decides what they asked for themselves, nor what they agreed to as a head."""
    if ask.user and ask.user.id in (change.asked_by_id, change.confirmed_by_id):
        return "You asked for this change, so another person must decide about it."
    if ask.user and ask.user.id in {answer.agreed_by_id for answer in change.answers}:
        return "You agreed to this change for a school, so another person must decide about it."
    return None


@guard
def change_impossible(change: ChangeRequest, _ask: Ask) -> str | None:
    return why_impossible(change) or why_claim_certified(change) or why_cut_comes_back(change)


@guard
def school_has_agreed(change: ChangeRequest, ask: Ask) -> str | None:
    """There is a button for the heads of schools that have not answered."""
    mine = ask.user.school_ids(london_date(ask.now), leading=True) if ask.user else set()
    waiting = {answer.school_today for answer in change.unanswered}
    return None if mine & waiting else "Your school has agreed already."


@guard
def schools_have_agreed(change: ChangeRequest, _ask: Ask) -> str | None:
    return None if change.unanswered else "Every school concerned has agreed already."


@guard
def heads_have_accounts(change: ChangeRequest, ask: Ask) -> str | None:
    return why_heads_have_accounts(change, london_date(ask.now))


@guard
def schools_not_agreed(change: ChangeRequest, _ask: Ask) -> str | None:
    names = [answer.school.name for answer in change.unanswered]
    return f"{joined(names)} must agree first." if names else None


@guard
def too_large_for_officer(change: ChangeRequest, _ask: Ask) -> str | None:
    return why_decider_decides(change)


@guard
def asks_for_more(change: ChangeRequest, _ask: Ask) -> str | None:
    return "Only the panel can give more money. Put the change to the panel." if change.more else None


@guard
def asks_for_no_more(change: ChangeRequest, _ask: Ask) -> str | None:
    return None if change.more else "This change asks for no more money, so it does not go to the panel."


@guard
def change_off_agenda(change: ChangeRequest, _ask: Ask) -> str | None:
    return None if change.open_item else "The change is not on the agenda of a meeting that is open."


@guard
def above_officers_limit(change: ChangeRequest, _ask: Ask) -> str | None:
    """The limit holds for all of the award, not for what is added to it."""
    limit = change.bid.fund.officer_limit_pence
    if not officer_decides(change.bid) or change.pence <= limit:
        return None
    return f"An authorised officer may decide up to {pounds(limit)}, and this award would be more."


@guard
def put_off_twice(change: ChangeRequest, _ask: Ask) -> str | None:
    return "The panel has put this decision off twice already." if change.deferrals >= 2 else None


@guard
def panel_has_not_decided(change: ChangeRequest, _ask: Ask) -> str | None:
    """Only what the panel decided does the panel decide again."""
    decided = change.items and change.items[-1].outcome in (ItemOutcome.APPROVED, ItemOutcome.DECLINED)
    return None if decided else "The panel has not decided this change."


@guard
def acted_on(change: ChangeRequest, _ask: Ask) -> str | None:
    return why_not_taken_back(change)


@guard
def another_asked(change: ChangeRequest, ask: Ask) -> str | None:
    """Who asked withdraws it: the school, or the council that entered it."""
    ours = ask.user and change.bid.lead_school_id in ask.user.school_ids(london_date(ask.now), leading=True)
    if bool(ours) is not change.by_council:
        return None
    who = "The council entered" if change.by_council else "The school asked for"
    return f"{who} this change, and can withdraw it."
