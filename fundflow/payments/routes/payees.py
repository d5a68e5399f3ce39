"""Who is paid: the list, a school's payees, proposing one, and a file of many."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.models.payee import PayeeBatch
from fundflow.models.school import School
from fundflow.payments.blueprint import blueprint
from fundflow.payments.payees import operations, queries, reading
from fundflow.payments.payees.forms import PayeeForm, PayeesFileForm, RowsForm
from fundflow.payments.payees.pages import BATCH_STEPS, FINANCE, PAYEE_STEPS, READERS, known_batch
from fundflow.payments.payees.proposals import why_not_proposed
from fundflow.rules.payees import payee_on, why_no_payee
from fundflow.rules.school_queries import school_by_urn
from fundflow.web.access import access, me, me_or_nobody, now
from fundflow.web.csv import csv_download, decoded
from fundflow.web.csv_rows import MOST_ROWS, WrongFile
from fundflow.web.fields import one_line
from fundflow.web.forms import Form, carried_out
from fundflow.web.paging import row_id
from fundflow.web.uploads import takes_files
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


@blueprint.app_template_global()
def reads_payees() -> bool:
    """Whether the signed-in person reads who is paid."""
    return READERS.allows(me_or_nobody(), now())


@blueprint.route("/money/payees")
@access(READERS)
def payees() -> str:
    wanted = queries.PayeeFilters.from_args(request.args)
    return render_template(
        "payments/payees/list.html",
        wanted=wanted,
        page=queries.payees_page(wanted, london_date(now())),
        choices=queries.SHOW_WORDS,
        batches=queries.latest_batches(),
        may_propose=FINANCE.allows(me(), now()),
    )


@blueprint.route("/money/payees/<urn>")
@access(READERS)
def payees_of_school(urn: str) -> str:
    """Who is paid for a school today, and every payee it had."""
    school, user, day = _known(urn), me(), london_date(now())
    found = queries.payees_of(school)
    in_charge = FINANCE.allows(user, now())
    return render_template(
        "payments/payees/school.html",
        school=school,
        payees=found,
        current=payee_on(school, day),
        held=why_no_payee(school, day),
        last_words=queries.last_words(found),
        steps={payee.id: PAYEE_STEPS.links(payee) for payee in found} if in_charge else {},
        may_propose=in_charge and why_not_proposed(school) is None,
    )


@blueprint.route("/money/payees/<urn>/propose", methods=["GET", "POST"])
@access(FINANCE)
def propose_payee(urn: str) -> Any:
    school, form = _known(urn), PayeeForm()
    if not form.is_submitted() and (why := why_not_proposed(school)):
        raise Refused(why)
    form.suggest(school)
    if form.validate_on_submit() and carried_out(
        form, lambda: operations.propose(school, form.proposal, user=me(), now=now())
    ):
        flash("Proposed. Another finance officer is asked to confirm it.", "success")
        return redirect(url_for("payments.payees_of_school", urn=urn))
    return render_template("payments/payees/propose.html", form=form, school=school), form.status


@blueprint.route("/money/payees/template.csv")
@access(FINANCE)
def payees_template() -> Response:
    """The columns, with a row for each school that needs a payee."""
    rows = reading.template(queries.schools_that_need(london_date(now())))
    return csv_download("payees.csv", reading.COLUMNS.values(), rows)


@blueprint.route("/money/payees/upload", methods=["GET", "POST"])
@access(FINANCE)
@takes_files(1)
def upload_payees() -> Any:
    """Look at a file; nothing is proposed yet."""
    form = PayeesFileForm()
    if form.validate_on_submit():
        sent = form.file.data
        sent.stream.seek(0)
        rows = RowsForm(None)
        rows.name.data, rows.rows.data = one_line(sent.filename or "")[:200], decoded(sent.stream.read())
        return _looked_at(form, rows)
    return _upload_page(form), form.status


@blueprint.route("/money/payees/upload/propose", methods=["POST"])
@access(FINANCE)
def propose_payees() -> Any:
    """Propose the payees of a file that was looked at; it is read and checked again."""
    form = RowsForm()
    made: list[PayeeBatch] = []
    if form.validate_on_submit() and carried_out(form, lambda: made.append(_propose(form))):
        flash("Proposed as one batch. Another finance officer is asked to confirm it.", "success")
        return redirect(url_for("payments.payee_batch", number=made[0].id))
    return _looked_at(form, form)


def _propose(form: RowsForm) -> PayeeBatch:
    rows = _read(form)
    found = [(row.school, row.proposal) for row in rows if row.school and row.proposal and not row.wrong]
    if len(found) < len(rows):
        raise Refused("Some rows are wrong, so nothing was proposed.")
    name = str(one_line(form.name.data or "payees.csv"))[:200]
    return operations.propose_batch(name, found, user=me(), now=now())


def _read(form: RowsForm) -> list[reading.Row]:
    """Raises Refused for what is no file of payees."""
    try:
        return reading.read(form.rows.data or "")
    except WrongFile as wrong:
        raise Refused(str(wrong)) from None


def _looked_at(asked: Form, form: RowsForm) -> Any:
    """The rows and what is wrong with them; the way back to choosing a file where there are none."""
    try:
        rows = _read(form)
    except Refused as refused:
        file = asked if isinstance(asked, PayeesFileForm) else PayeesFileForm(None)
        file.problem = refused.sentence
        return _upload_page(file), 422
    wrong = [row for row in rows if row.wrong]
    page = render_template("payments/payees/preview.html", form=form, rows=rows, wrong=wrong)
    return page, 422 if wrong else 409 if form.problem else 200


def _upload_page(form: Form) -> str:
    return render_template("payments/payees/upload.html", form=form, columns=reading.COLUMNS, most=MOST_ROWS)


@blueprint.route("/money/payees/batches/<id:number>")
@access(READERS)
def payee_batch(number: int) -> str:
    batch = known_batch(number)
    return render_template(
        "payments/payees/batch.html",
        batch=batch,
        page=queries.batch_rows(batch, row_id(request.args.get("after"))),
        refused=queries.last_words([batch]).get(batch.id),
        steps=BATCH_STEPS.links(batch) if FINANCE.allows(me(), now()) else [],
    )


def _known(urn: str) -> School:
    """A school or an organisation; else 404."""
    return school_by_urn(urn, organisations=True) or abort(404)


PAYEE_STEPS.add(blueprint, "confirm", operations.confirm)
PAYEE_STEPS.add(blueprint, "refuse", operations.refuse)
PAYEE_STEPS.add(blueprint, "hold", operations.hold)
PAYEE_STEPS.add(blueprint, "lift", operations.lift)
PAYEE_STEPS.add(blueprint, "end", operations.end)
BATCH_STEPS.add(blueprint, "confirm", operations.confirm_batch)
BATCH_STEPS.add(blueprint, "refuse", operations.refuse_batch)
