"""The case study of a bid: its page for the council and the schools that it names, its form and its steps."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseStudy
from fundflow.permissions import sees_notes
from fundflow.reports.blueprint import blueprint
from fundflow.reports.cases import operations, queries
from fundflow.reports.cases.forms import CaseStudyForm
from fundflow.reports.cases.words import Words, always_named, drafted_from, expertise_of, why_not_told
from fundflow.steps import require_actor
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.bid_page import bid_page
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.application import BidState
from fundflow.workflow.case_study import CASE_STUDY
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

ONE = "/bids/<reference>/case-study"


def _study(reference: str, number: int) -> CaseStudy:
    bid = visible_bid(reference)
    study = queries.seen_study(bid, me(), now())
    if study is None or study.id != number:
        abort(404)
    set_committed_value(study, "bid", bid)
    return study


def _place(bid: Bid) -> str:
    return url_for("reports.case_study", reference=bid.reference)


CASE_STEPS = StepPages(
    CASE_STUDY,
    path=f"{ONE}/<id:number>/steps",
    load=_study,
    parts=lambda study: {"reference": study.bid.reference, "number": study.id},
    back=lambda study: _place(study.bid),
    back_text="Back to the case study",
    caption=lambda study: bid_caption(study.bid),
    prefix="case_",
)
CASE_STEPS.add(
    blueprint,
    "agree",
    operations.agree,
    template="reports/case_agree.html",
)
for name in ("ask", "suggest", "say_no", "publish", "withdraw_consent", "take_down", "correct", "discard"):
    CASE_STEPS.add(blueprint, name, getattr(operations, name))


@blueprint.app_template_global()
def case_study_link(bid: Bid) -> str:
    """“Case study” where the signed-in person may see or draft one of this bid; else empty."""
    if bid.state not in (BidState.IN_MONITORING, BidState.CLOSED):  # or reopened since
        return ""
    study = queries.seen_study(bid, me(), now())
    if study is not None:
        return "Case study of this bid"
    return "" if operations.why_not_draft(bid, me(), now()) else "Draft a case study"


@blueprint.route(ONE)
@access(SIGNED_IN)
def case_study(reference: str) -> str:
    """A bid's case study as it stands, with the schools' answers and what can be done."""
    bid = visible_bid(reference)
    study = queries.seen_study(bid, me(), now())
    why = operations.why_not_draft(bid, me(), now())
    if study is None and why is not None and not sees_notes(me(), bid, now()):
        abort(404)
    return bid_page(
        "reports/case_study.html",
        bid,
        study=study,
        why_not_draft=why,
        suggestion=study.suggestion if study and sees_notes(me(), bid, now()) else "",
        may_write=study is not None and study.is_written and _may_write(study),
        found=operations.why_not_said(study) if study is not None and _may_write(study) else None,
        steps=CASE_STEPS.links(study) if study else [],
    )


def _may_write(study: CaseStudy) -> bool:
    return operations.why_not_write(study, me(), now()) is None


@blueprint.route(f"{ONE}/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_case_study(reference: str) -> Any:
    bid = visible_bid(reference)
    require_actor(CaseStudy(bid=bid), "draft", me(), now())
    form = CaseStudyForm.on(bid)
    if not form.is_submitted():
        refuse_if(operations.why_not_draft(bid, me(), now()))
    begun = drafted_from(bid, london_date(now()))
    return _form_page(
        bid,
        None,
        form,
        begun,
        expertise_of(bid),
        lambda: operations.draft(bid, *form.given, user=me(), now=now(), version=form.version.data),
    )


@blueprint.route(f"{ONE}/<id:number>/edit", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit_case_study(reference: str, number: int) -> Any:
    study = _study(reference, number)
    refuse_if(operations.why_not_write(study, me(), now()))
    form = CaseStudyForm.on(study)
    words = Words(*(getattr(study, name) for name in Words._fields))
    return _form_page(
        study.bid,
        study,
        form,
        words,
        study.expertise,
        lambda: operations.write(study, *form.given, user=me(), now=now(), version=form.version.data),
    )


def _form_page(
    bid: Bid,
    study: CaseStudy | None,
    form: CaseStudyForm,
    words: Words,
    expertise: Expertise | None,
    act: Any,
) -> Any:
    form.offer(bid)
    form.fill(words, expertise, study)
    named = study.schools if study else always_named(bid)
    found = None if form.is_submitted() else why_not_told(bid, words, named)
    if form.validate_on_submit() and carried_out(form, act, study or bid):
        flash("The draft is saved.", "success")
        return redirect(_place(bid))
    page = render_template(
        "reports/case_form.html",
        form=form,
        bid=bid,
        study=study,
        found=found,
        named=[school.name for school in always_named(bid)],
        back=_place(bid),
    )
    return page, form.status
