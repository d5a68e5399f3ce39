"""What a correction of what was earned before the fund began here waits for."""

from fundflow.models.earned_correction import EarnedCorrection
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.openings import why_earned_changed, why_earned_stays
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def barred_from_correction(correction: EarnedCorrection, ask: Ask) -> str | None:
    bar = bar_of(correction.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t correct what was earned: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def proposed_correction(correction: EarnedCorrection, ask: Ask) -> str | None:
    if ask.user and correction.asked_by_id == ask.user.id:
        return "You asked for this correction, so another finance officer must confirm it."
    return None


@guard
def earned_stays(correction: EarnedCorrection, _ask: Ask) -> str | None:
    return why_earned_stays(correction.bid)


@guard
def earned_since(correction: EarnedCorrection, _ask: Ask) -> str | None:
    return why_earned_changed(correction)
