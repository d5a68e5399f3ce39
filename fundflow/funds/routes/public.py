"""Rounds as everybody may read them, and letting a school in late."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.actors import roles_for
from fundflow.funds import round_queries
from fundflow.funds.blueprint import blueprint
from fundflow.funds.operations import late
from fundflow.funds.round_forms import LateForm
from fundflow.funds.routes.funds import may_change
from fundflow.letters.holders import leaders_of
from fundflow.letters.recipients import OFFICERS
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import RoleName
from fundflow.models.round import Round
from fundflow.rules.school_queries import open_schools, school_by_urn
from fundflow.web.access import ANYONE, access, me, me_or_nobody, now, roles
from fundflow.web.forms import ReasonForm, carried_out
from fundflow.web.paging import row_id
from fundflow.workflow.panel_rules import SCORE_WORDS
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date

LETS_IN = roles(*OFFICERS)
SEE_LATE = frozenset({*OFFICERS, RoleName.ADMINISTRATOR, RoleName.AUDITOR, RoleName.CLERK})


def known_round(number: int) -> Round:
    """The round with this number, of whichever fund; a draft for the fund's staff alone; else 404."""
    found = round_queries.round_by(number) or abort(404)
    return found if not found.is_draft or _held(found) else abort(404)


def _held(round_: Round) -> set[RoleName]:
    """The signed-in person's roles for the round's fund; none where nobody is signed in."""
    user = me_or_nobody()
    return roles_for(user, round_.fund_id, london_date(now())) if user else set()


@blueprint.route("/rounds")
@access(ANYONE)
def rounds() -> str:
    """The open, coming and past rounds of every fund."""
    after = row_id(request.args.get("after"))
    return render_template(
        "funds/rounds.html",
        open_now=round_queries.open_rounds(now()),
        coming=round_queries.coming_rounds(now()),
        past=round_queries.past_rounds(now(), after),
        after=after,
    )


@blueprint.route("/rounds/<id:round_number>")
@access(ANYONE)
def round_page(round_number: int) -> str:
    """All that is published about a round; for staff also who was let in late, and what to change."""
    found = known_round(round_number)
    held, rules = _held(found), found.fund.rules
    keys = [f"“{criterion.title}”" for criterion in rules.criteria if criterion.is_key]
    return render_template(
        "funds/round_page.html",
        round=found,
        fund=found.fund,
        rules=rules,
        scores=SCORE_WORDS,
        keys=joined(keys),
        one_key=len(keys) == 1,
        asked=round_queries.sections_asked(found),
        may_change=me_or_nobody() is not None and may_change(found.fund),
        may_let_in=bool(held & set(OFFICERS)) and found.closes_at is not None,
        late=round_queries.late_entries(found) if held & SEE_LATE else None,
    )


@blueprint.route("/rounds/<id:round_number>/late", methods=["GET", "POST"])
@access(LETS_IN)
def let_in(round_number: int) -> Any:
    """Let one school in after the closing."""
    found = _for_officers(round_number)
    form = LateForm.of(found, open_schools(found.fund.la_code), now())
    if form.validate_on_submit() and carried_out(form, lambda: _let_in(found, form)):
        return redirect(url_for("funds.round_page", round_number=found.id))
    return render_template("funds/late.html", round=found, form=form), form.status


@blueprint.route("/rounds/<id:round_number>/late/<id:entry_number>/end", methods=["GET", "POST"])
@access(LETS_IN)
def end_late_entry(round_number: int, entry_number: int) -> Any:
    """Take back that a school was let in."""
    found = _for_officers(round_number)
    entry = round_queries.part_of_round(LateEntry, entry_number, found) or abort(404)
    form = ReasonForm()
    if form.validate_on_submit() and carried_out(
        form,
        lambda: late.end_late_entry(entry, reason=form.reason.data, user=me(), now=now()),
    ):
        flash(f"{entry.school.name} is no longer let in. Its head is being told.", "success")
        return redirect(url_for("funds.round_page", round_number=found.id))
    return render_template("funds/late_end.html", round=found, entry=entry, form=form), form.status


def _for_officers(number: int) -> Round:
    """A round, for an officer of its fund; else 404 or 403."""
    found = known_round(number)
    return found if _held(found) & set(OFFICERS) else abort(403)


def _let_in(round_: Round, form: LateForm) -> None:
    """Let the chosen school in, and say whether anybody there can be told."""
    school = school_by_urn(form.urn.data) or abort(404)
    assert form.until is not None  # noqa: S101 (the form is valid)
    late.let_in(round_, school=school, until=form.until, reason=form.reason.data, user=me(), now=now())
    heads = leaders_of(school, london_date(now()))
    told = "Its head is being told." if heads else "No head of it has an account: tell them yourself."
    flash(f"{school.name} is let in. {told}", "success")
