"""Awards already running: the list, entering one, a file of many, and confirming."""

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.models.fund import Fund
from fundflow.models.opening import Opening
from fundflow.openings import operations, queries, reading
from fundflow.openings.blueprint import blueprint
from fundflow.openings.correcting import corrections_of
from fundflow.openings.correction_routes import CORRECTION_STEPS, FINANCE
from fundflow.openings.forms import AwardForm, AwardsFileForm, RowsForm, award_form
from fundflow.rules.openings import Entered
from fundflow.web.access import access, me, me_or_nobody, now, roles
from fundflow.web.csv import csv_download, decoded
from fundflow.web.csv_rows import MOST_ROWS, WrongFile
from fundflow.web.fields import one_line
from fundflow.web.forms import Form, carried_out
from fundflow.web.step_pages import StepPages
from fundflow.web.uploads import takes_files
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.opening import OPENING, OpeningState

READERS, ENTERERS = roles(*queries.READERS), roles(*operations.ENTERERS)
ASKED = "Entered. A finance officer is asked to confirm it."
COLOURS = {"proposed": "turquoise", "confirmed": "green", "refused": "red"}


@blueprint.app_template_global()
def reads_openings() -> bool:
    """Whether the signed-in person reads awards already running."""
    return READERS.allows(me_or_nobody(), now())


@blueprint.route("/money/openings")
@access(READERS)
def openings() -> str:
    return render_template(
        "payments/openings/list.html",
        openings=queries.latest(me(), now()),
        funds=queries.funds_to_enter(me(), now()),
        words=OPENING.words,
        colours=COLOURS,
    )


@blueprint.route("/money/openings/enter/<id:fund>", methods=["GET", "POST"])
@access(ENTERERS)
def enter_award(fund: int) -> Any:
    """One award, on one page."""
    found = _fund(fund)
    form = award_form(found, request.form)
    refuse_if(operations.why_not_enter(found, [], me(), now()))
    if request.form.get("more"):
        return _award_page(form, found), 200
    made: list[Opening] = []
    valid = form.validate_on_submit()
    if valid and (again := _entered_already(found, form.title.data, [form.entered()])):
        return redirect(again.path)
    if valid and _is_right(form) and carried_out(form, lambda: made.append(_enter(form))):
        flash(ASKED, "success")
        return redirect(made[0].path)
    return _award_page(form, found), form.status


def _entered_already(fund: Fund, name: str, awards: Sequence[Entered]) -> Opening | None:
    """What the first of two clicks entered."""
    again = operations.latest_entered(fund, name, me())
    return again if again and operations.is_of(again, awards) else None


def _is_right(form: AwardForm) -> bool:
    """Whether nothing is wrong with an award; else the form says what is."""
    wrong = operations.problems_of(form.entered(), form.fund, now())
    form.show(wrong)
    return not wrong


def _enter(form: AwardForm) -> Opening:
    award = form.entered()
    return operations.enter(form.fund, award.title, [award], user=me(), now=now())


def _award_page(form: AwardForm, fund: Fund) -> str:
    return render_template("payments/openings/enter.html", form=form, fund=fund)


@blueprint.route("/money/openings/template.csv")
@access(ENTERERS)
def openings_template() -> Response:
    """The columns, with a row to write over."""
    return csv_download("awards.csv", reading.COLUMNS.values(), reading.template())


@blueprint.route("/money/openings/upload/<id:fund>", methods=["GET", "POST"])
@access(ENTERERS)
@takes_files(1)
def upload_awards(fund: int) -> Any:
    """Look at a file; nothing is entered yet."""
    found, form = _fund(fund), AwardsFileForm()
    if form.validate_on_submit():
        sent = form.file.data
        sent.stream.seek(0)
        rows = RowsForm(None)
        rows.name.data, rows.rows.data = one_line(sent.filename or "")[:200], decoded(sent.stream.read())
        return _looked_at(form, rows, found)
    return _upload_page(form, found), form.status


@blueprint.route("/money/openings/upload/<id:fund>/enter", methods=["POST"])
@access(ENTERERS)
def enter_awards(fund: int) -> Any:
    """Enter the awards of a file that was looked at; it is read and checked again."""
    found, form = _fund(fund), RowsForm()
    made: list[Opening] = []
    if again := _file_entered_already(form, found):
        return redirect(again.path)
    if form.validate_on_submit() and carried_out(form, lambda: made.append(_enter_file(form, found))):
        flash(ASKED, "success")
        return redirect(made[0].path)
    return _looked_at(form, form, found)


def _enter_file(form: RowsForm, fund: Fund) -> Opening:
    read = _read(form, fund)
    if read.wrong:
        raise Refused("Some rows are wrong, so nothing was entered.")
    return operations.enter(fund, _name_of(form), read.awards, user=me(), now=now())


def _file_entered_already(form: RowsForm, fund: Fund) -> Opening | None:
    """What the first of two clicks entered of a file."""
    again = operations.latest_entered(fund, _name_of(form), me())
    if again is None:
        return None
    try:
        read = reading.read(form.rows.data or "", fund, now(), but=again)
    except WrongFile:
        return None
    return again if not read.wrong and operations.is_of(again, read.awards) else None


def _name_of(form: RowsForm) -> str:
    return str(one_line(form.name.data or "awards.csv"))[:200]


def _read(form: RowsForm, fund: Fund) -> reading.Read:
    """Raises Refused for what is no file of awards."""
    try:
        return reading.read(form.rows.data or "", fund, now())
    except WrongFile as wrong:
        raise Refused(str(wrong)) from None


def _looked_at(asked: Form, form: RowsForm, fund: Fund) -> Any:
    """The rows and what is wrong with them; the way back to choosing a file where there are none."""
    try:
        read = _read(form, fund)
    except Refused as refused:
        file = asked if isinstance(asked, AwardsFileForm) else AwardsFileForm(None)
        file.problem = refused.sentence
        return _upload_page(file, fund), 422
    if not read.wrong and form.problem is None:
        form.problem = operations.why_no_room(fund, read.awards, now())
    schools = queries.schools_of(read.awards)
    page = render_template("payments/openings/preview.html", form=form, fund=fund, read=read, schools=schools)
    return page, 422 if read.wrong else 409 if form.problem else 200


def _upload_page(form: Form, fund: Fund) -> str:
    return render_template(
        "payments/openings/upload.html",
        form=form,
        fund=fund,
        of_award=reading.OF_AWARD.values(),
        of_line=reading.OF_LINE.values(),
        kinds=reading.KINDS,
        most=MOST_ROWS,
    )


@blueprint.route("/money/openings/<id:number>")
@access(READERS)
def opening(number: int) -> str:
    found = _known(number)
    return render_template(
        "payments/openings/opening.html",
        opening=found,
        corrections=corrections_of([award.bid_id for award in found.awards if award.bid_id]),
        correction_steps=CORRECTION_STEPS,
        may_correct=found.state is OpeningState.CONFIRMED and FINANCE.allows(me(), now()),
        schools=queries.schools_of(found.awards),
        refused=queries.refused_by(found),
        steps=OPENING_STEPS.links(found),
        colour=COLOURS[found.state.value],
    )


def _known(number: int) -> Opening:
    """Awards that this person reads; else 404."""
    return queries.opening_by_id(number, me(), now()) or abort(404)


def _fund(number: int) -> Fund:
    """A fund of which this person may enter awards; else 404."""
    found = queries.funds_to_enter(me(), now())
    return next((fund for fund in found if fund.id == number), None) or abort(404)


OPENING_STEPS = StepPages(
    OPENING,
    path="/money/openings/<id:number>/steps",
    load=_known,
    parts=lambda record: {"number": record.id},
    back=lambda record: url_for("openings.opening", number=record.id),
    back_text="Back to the awards",
    caption=lambda record: record.name,
    rule=FINANCE,
    prefix="opening_",
)
OPENING_STEPS.add(blueprint, "confirm", operations.confirm)
OPENING_STEPS.add(blueprint, "refuse", operations.refuse)
