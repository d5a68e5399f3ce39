"""Caseloads, looked-after children’s focus and reviews of a term: the list of schools, and an entry for one.

Read by staff alone.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from fundflow.models.area import Tier
from fundflow.models.caseload import CaseloadEntry, FocusEntry, ReviewOutcome, TermReview
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.schools import area_queries, caseload_list, rules
from fundflow.schools import caseload_queries as queries
from fundflow.schools.blueprint import blueprint
from fundflow.schools.caseload_forms import CaseloadForm, EntryForm, FocusForm, TermReviewForm
from fundflow.schools.operations import caseloads as operations
from fundflow.schools.routes.concerns import KEEPERS, READERS, kept
from fundflow.schools.target_queries import targets_of
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.workflow.terms import term_on
from fundflow.workflow.working_days import london_date

WITH_TIERS = (
    ReviewOutcome.CONFIRMED,
    ReviewOutcome.RAISED,
    ReviewOutcome.LOWERED,
    ReviewOutcome.CONCERN,
)
WITH_NO_TIER_YET = (ReviewOutcome.NO_CONCERN, ReviewOutcome.RAISED, ReviewOutcome.CONCERN)
WITHOUT_TIERS = (ReviewOutcome.NO_CONCERN, ReviewOutcome.CONCERN)


@blueprint.route("/schools/caseloads")
@access(READERS)
def caseloads() -> str:
    """Every school of our areas with its caseload, its officer, its concerns and this term's review."""
    wanted = caseload_list.CaseloadFilters.from_args(request.args)
    return render_template(
        "schools/caseloads.html",
        wanted=wanted,
        page=caseload_list.caseloads_page(wanted, me(), now()),
        shows=[(name, words) for name, (words, _) in caseload_list.SHOWS.items()],
        officers=caseload_list.officers_of_schools(me(), now()),
        term=term_on(london_date(now())),
        today=london_date(now()),
    )


@blueprint.route("/schools/caseloads.csv")
@access(READERS)
def caseloads_csv() -> Response:
    wanted = caseload_list.CaseloadFilters.from_args(request.args)
    lines = caseload_list.caseload_rows(wanted, me(), now())
    return csv_stream(f"caseloads-{london_date(now())}.csv", caseload_list.HEADER, lines)


@blueprint.route("/schools/<urn>/caseload", methods=["GET", "POST"])
@access(KEEPERS)
def caseload(urn: str) -> Any:
    school, fund = kept(urn)
    form = CaseloadForm()
    form.offer(area_queries.link_officers(now(), fund.id), london_date(now()))

    def act() -> None:
        operations.record_caseload(
            school,
            fund,
            caseload=form.caseload.data,
            officer=form.officer_chosen,
            reason=form.reason.data,
            from_on=form.from_on.data,
            latest=form.latest[0],
            user=me(),
            now=now(),
        )

    return _entry(school, form, "Record a caseload", act, lambda: [_newest(CaseloadEntry, school, fund)])


@blueprint.route("/schools/<urn>/looked-after", methods=["GET", "POST"])
@access(KEEPERS)
def focus(urn: str) -> Any:
    school, fund = kept(urn)
    form = FocusForm()

    def act() -> None:
        operations.record_focus(
            school,
            fund,
            focus=form.focus.data,
            review_on=form.review_on.data,
            latest=form.latest[0],
            user=me(),
            now=now(),
        )

    return _entry(
        school,
        form,
        "Record the focus on looked-after children",
        act,
        lambda: [_newest(FocusEntry, school, fund)],
    )


@blueprint.route("/schools/<urn>/term-review", methods=["GET", "POST"])
@access(KEEPERS)
def term_review(urn: str) -> Any:
    """Review a school this term; the page shows its tier and where its two-year targets stand."""
    school, fund = kept(urn)
    form, tiers = TermReviewForm(), area_queries.tiers_of(school)
    tier = Tier(tiers[0].tier) if tiers else None
    offered = WITH_TIERS if tier else WITH_NO_TIER_YET
    form.offer(WITHOUT_TIERS if rules.why_no_tier_of_academy(school) else offered, tier, london_date(now()))

    def act() -> None:
        operations.record_review(
            school,
            fund,
            reviewed_on=form.reviewed_on.data,
            outcome=ReviewOutcome(form.outcome.data),
            tier=form.tier_chosen,
            note=form.note.data,
            review_on=form.review_on.data,
            latest=form.latest[0],
            latest_tier=form.latest[-1],
            user=me(),
            now=now(),
        )

    def latest() -> list[int]:
        entries = area_queries.tiers_of(school)
        return [_newest(TermReview, school, fund), entries[0].id if entries else 0]

    return _entry(
        school,
        form,
        f"Review for the {term_on(london_date(now())).words.lower()} term",
        act,
        latest,
        template="schools/term_review.html",
        tier=tier,
        brings=queries.brings_of(fund),
        targets=[row for row in targets_of(school, now()) if row.target.ended_at is None],
    )


def _newest(model: Any, school: School, fund: Fund) -> int:
    """The id of the newest entry of a school, 0 where there is none."""
    found = queries.newest(model, school, fund)
    return found.id if found else 0


def _entry(
    school: School,
    form: EntryForm,
    heading: str,
    act: Callable[[], None],
    latest: Callable[[], list[int]],
    *,
    template: str = "schools/staff_entry.html",
    **shown: Any,
) -> Any:
    """The page of an entry; once it is recorded, the school's page."""
    if not form.is_submitted():
        form.take_on(*latest())
    urn = school.urn
    if form.validate_on_submit() and carried_out(form, act):
        flash("That is recorded.", "success")
        return redirect(url_for("schools.school", urn=urn, _anchor="caseload"))
    if form.stale:
        form.take_on(*latest())
    return render_template(template, school=school, form=form, heading=heading, **shown), form.status
