"""The pages that correct what was earned before an award was entered here."""

from typing import Any

from flask import abort, flash, redirect, url_for

from fundflow.models.award import AwardLine
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.opening import Opening
from fundflow.models.person import RoleName as R
from fundflow.openings import correcting, queries
from fundflow.openings.blueprint import blueprint
from fundflow.openings.forms import CostCorrectionForm, DaysCorrectionForm
from fundflow.permissions import sees_as_staff
from fundflow.rules.openings import opening_of
from fundflow.web.access import access, me, now, roles
from fundflow.web.bid_steps import bid_form_page, front_page
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.earned_correction import EARNED_CORRECTION, EarnedCorrectionState
from fundflow.workflow.engine import refuse_if

FINANCE = roles(R.FINANCE)


@blueprint.route("/money/openings/<id:number>/lines/<id:line>/correct", methods=["GET", "POST"])
@access(FINANCE)
def correct_earned(number: int, line: int) -> Any:
    """Say what was earned on a line in truth; another finance officer confirms it."""
    opening, found = _line(number, line)
    bid = found.award.bid
    form = (DaysCorrectionForm if found.is_days else CostCorrectionForm).on(bid)
    if not form.is_submitted():
        refuse_if(correcting.why_no_correction(bid, me(), now()))
    row = EARNED_CORRECTION.find("propose", EarnedCorrectionState.NEW)

    def act() -> None:
        correcting.propose(
            found,
            right=form.right.data or 0,
            reason=form.reason.data,
            user=me(),
            now=now(),
            version=form.version.data,
        )

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(row.done, "success")
        return redirect(opening.path)
    return bid_form_page(
        bid,
        form,
        heading=f"{row.button}: {found.what}",
        button=row.button,
        explain=row.explain,
        warning=True,
        back=opening.path,
        back_text="Back to the awards",
    )


def _line(number: int, line: int) -> tuple[Opening, AwardLine]:
    """An entry that this person reads, and a line of one of its awards as they began here; else 404."""
    opening = queries.opening_by_id(number, me(), now()) or abort(404)
    bids = [award.bid for award in opening.awards if award.bid and sees_as_staff(me(), award.bid, now())]
    lines = (one for bid in bids for one in bid.awards[0].lines)
    return opening, next((one for one in lines if one.id == line), None) or abort(404)


def _known(number: int) -> EarnedCorrection:
    """A correction of an award that this person reads; else 404."""
    return correcting.correction_by_id(number, me(), now()) or abort(404)


def _entry(correction: EarnedCorrection) -> str:
    """The page of what it corrects."""
    award = opening_of(correction.bid)
    return url_for("openings.opening", number=award.opening_id) if award else front_page(correction.bid)


CORRECTION_STEPS = StepPages(
    EARNED_CORRECTION,
    path="/money/openings/corrections/<id:number>/steps",
    load=_known,
    parts=lambda record: {"number": record.id},
    back=_entry,
    back_text="Back to the awards",
    caption=lambda record: f"{record.bid.reference} · {record.bid.lead_school.name}",
    rule=FINANCE,
    prefix="earned_correction_",
)
CORRECTION_STEPS.add(blueprint, "confirm", correcting.confirm)
CORRECTION_STEPS.add(blueprint, "refuse", correcting.refuse)
