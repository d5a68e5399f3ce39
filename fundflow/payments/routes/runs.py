"""Payment runs: the list, gathering one, a run's page and its file, and loading the answer."""

from collections import Counter
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from fundflow.history import history_of
from fundflow.models.money import pounds
from fundflow.models.payment_run import Outcome, PaymentRun
from fundflow.payments.blueprint import blueprint
from fundflow.payments.runs import answering, operations, queries
from fundflow.payments.runs.answers import CHANGES, Change, Row, WrongAnswerFile, decoded_answer
from fundflow.payments.runs.choosing import choices_for
from fundflow.payments.runs.forms import AnswerFileForm, AnswerForm, GatherForm
from fundflow.payments.runs.pages import FINANCE, READERS, RUN_STEPS, known_fund, known_run
from fundflow.steps import require_step
from fundflow.web.access import access, me, me_or_nobody, now
from fundflow.web.fields import one_line
from fundflow.web.forms import ConfirmForm, Form, carried_out
from fundflow.web.paging import row_id
from fundflow.web.uploads import takes_files
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.payment_run import OUT, PAYMENT_RUN, RunState


@blueprint.app_template_global()
def reads_runs() -> bool:
    """Whether the signed-in person reads payment runs."""
    return READERS.allows(me_or_nobody(), now())


@blueprint.route("/money/runs")
@access(READERS)
def payment_runs() -> str:
    funds = queries.funds_of(me(), now()) if FINANCE.allows(me(), now()) else []
    return render_template(
        "payments/runs/list.html",
        page=queries.runs_page(me(), now(), row_id(request.args.get("after"))),
        funds=funds,
        reversals=queries.reversals_waiting(me(), now()),
        words=PAYMENT_RUN.words,
        colours=COLOURS,
    )


COLOURS = {state: PaymentRun(state=state).colour for state in RunState}


@blueprint.route("/money/runs/gather/<id:fund>", methods=["GET", "POST"])
@access(FINANCE)
def gather_run(fund: int) -> Any:
    """What can be paid now and what is left out, and the button that gathers it."""
    found = known_fund(fund)
    choices = choices_for(found)
    form = GatherForm()
    form.offer(choices)
    if not form.is_submitted():
        refuse_if(operations.why_no_run(found, me(), now()))
        form.version.data = operations.latest_number(found)
    made: list[PaymentRun] = []

    def act() -> None:
        choice = next(choice for choice in choices if choice.key == form.layout.data)
        made.append(operations.gather(found, choice, user=me(), now=now(), after=form.version.data))

    if form.validate_on_submit() and carried_out(form, act):
        flash(PAYMENT_RUN.find("gather", RunState.NEW).done, "success")
        run = made[0] if made else operations.gathered_from_page(found, form.version.data, me())
        return redirect(run.path if run else url_for("payments.payment_runs"))
    wanted = request.args.get("layout") or form.layout.data
    layout = next((choice.layout for choice in choices if choice.key == wanted), choices[0].layout)
    lines = operations.gathered(found, layout, me(), now())
    return render_template(
        "payments/runs/gather.html",
        form=form,
        fund=found,
        into=[line for line in lines if line.outcome is Outcome.WAITING],
        left=[line for line in lines if line.outcome is Outcome.LEFT_OUT],
    ), form.status


@blueprint.route("/money/runs/<id:number>")
@access(READERS)
def payment_run(number: int) -> str:
    run = known_run(number)
    lost, wrong = _lost_of(run)
    return render_template(
        "payments/runs/run.html",
        run=run,
        steps=RUN_STEPS.links(run),
        next_step=next_words(run),
        lost=lost,
        wrong=wrong,
        history=history_of(run),
        may_download=run.state in OUT and operations.why_not_finance(run, me(), now()) is None,
        form=ConfirmForm(None),
    )


def _lost_of(run: PaymentRun) -> tuple[tuple[str, ...], str]:
    """The texts whose letters the file of a gathered run can't hold, and why it can't be made at all."""
    if run.state is not RunState.GATHERED or not run.waiting:
        return (), ""
    try:
        return operations.written(run).lost, ""
    except Refused as refused:
        return (), refused.sentence


SAME_AGAIN = "Everything in this file was loaded before. Nothing has changed."
NEXT = {
    RunState.GATHERED: "Another finance officer looks at it and approves it.",
    RunState.APPROVED: "A finance officer exports the run and downloads its file.",
    RunState.EXPORTED: "Give the file to the finance system. When its answer comes, load it here.",
    RunState.ANSWERED: "Load the answer about the other payments when it comes.",
    RunState.SETTLED: "Every payment is answered. If one comes back later, load that answer here too.",
    RunState.CANCELLED: "Nothing was paid. The claims can be gathered again.",
}


def next_words(run: PaymentRun) -> str:
    """What is to be done next, as sentences."""
    return NEXT.get(run.state, "")


@blueprint.route("/money/runs/<id:number>/file", methods=["POST"])
@access(FINANCE)
def payment_run_file(number: int) -> Response:
    """The file as it was approved. By a button, since the person who takes it is recorded."""
    run = known_run(number)
    content, name = operations.download(run, user=me(), now=now()), run.file_name
    response = Response(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@RUN_STEPS.own(blueprint, "answer")
@takes_files(1)
def load_answer(number: int) -> Any:
    """Look at a file that came back; nothing changes yet."""
    run = known_run(number)
    form = AnswerFileForm.on(run)
    if not form.is_submitted():
        require_step(run, "answer", me(), now())
    if form.validate_on_submit():
        sent = form.file.data
        sent.stream.seek(0)
        asked = AnswerForm(None)
        asked.version.data = form.version.data
        asked.name.data = one_line(sent.filename or "")[:200]
        try:
            asked.text.data = decoded_answer(sent.stream.read())
        except WrongAnswerFile as wrong:
            form.problem = str(wrong)
            return _upload_page(run, form), 422
        return _looked_at(run, form, asked)
    return _upload_page(run, form), form.status


@blueprint.route("/money/runs/<id:number>/answer", methods=["POST"])
@access(FINANCE)
def answer_run(number: int) -> Any:
    """Load an answer that was looked at; it is read and checked again."""
    run = known_run(number)
    form = AnswerForm()
    changed: list[Counter[Change]] = []

    def act() -> None:
        changed.append(
            answering.load(run, form.text.data or "", user=me(), now=now(), version=form.version.data)
        )

    if form.validate_on_submit() and carried_out(form, act, run):
        said = changed[0] if changed else Counter()
        words = f"The answer is loaded: {answering.changed_words(said)}."
        flash(words if said else SAME_AGAIN, "success")
        return redirect(url_for("payments.payment_run", number=number))
    return _looked_at(run, AnswerFileForm(None), form)


def _looked_at(run: PaymentRun, asked: Form, form: AnswerForm) -> Any:
    """The rows and what is wrong with them; the way back to choosing a file where there are none."""
    try:
        rows: list[Row] = answering.rows_of(run, form.text.data or "")
    except WrongAnswerFile as wrong:
        asked.problem = str(wrong)
        return _upload_page(run, asked), 422
    wrong_rows = [row for row in rows if row.wrong]
    page = render_template(
        "payments/runs/preview.html", run=run, form=form, rows=rows, wrong=wrong_rows, changes=_changes(rows)
    )
    return page, 422 if wrong_rows else 409 if form.problem else 200


def _changes(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.change in CHANGES]


def _upload_page(run: PaymentRun, form: Form) -> str:
    return render_template("payments/runs/upload.html", run=run, form=form)


def _about_to_approve(run: PaymentRun) -> tuple[str, ...]:
    into = run.waiting
    count = "1 payment" if len(into) == 1 else f"{len(into)} payments"
    return (f"You are about to approve {count}, {pounds(sum(line.pence for line in into))} in all.",)


RUN_STEPS.add(blueprint, "approve", operations.approve, explain=_about_to_approve)
RUN_STEPS.add(blueprint, "cancel", operations.cancel)
RUN_STEPS.add_rest(blueprint, but=("gather",))
