"""The board's papers: listed, begun, written, issued; each part as a page, PDF, Word and spreadsheet."""

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from fundflow.history import history_of
from fundflow.models.board import BoardPaper
from fundflow.models.person import RoleName as R
from fundflow.reports.blueprint import blueprint
from fundflow.reports.paper import operations as write
from fundflow.reports.paper import queries
from fundflow.reports.paper.document import exempt_part, public_part
from fundflow.reports.paper.forms import HeadForm, NewPaperForm, SectionForm
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import Form, carried_out
from fundflow.web.step_pages import StepPages
from fundflow.workflow.board_paper import BOARD_PAPER, PaperState
from fundflow.workflow.working_days import london_date

Answer = str | tuple[str, int] | Response
WRITE = roles(R.OFFICER, R.DEPUTY_OFFICER, R.CLERK)
READ = roles(*queries.READERS, panel=True)  # of the panel its chair
PAPER = "/board/papers/<id:number>"


def visible(number: int) -> BoardPaper:
    """A paper this person reads; else 404."""
    return queries.paper_of(number, me(), now()) or abort(404)


def draft(number: int) -> BoardPaper:
    """A draft that this person may change; else 404."""
    paper = visible(number)
    if paper.state is not PaperState.DRAFT or not queries.writes(me(), paper.fund_id, now()):
        abort(404)
    return paper


PAPER_STEPS = StepPages(
    BOARD_PAPER,
    path=f"{PAPER}/steps",
    load=visible,
    parts=lambda paper: {"number": paper.id},
    back=lambda paper: url_for("reports.paper", number=paper.id),
    back_text="Back to the report",
    caption=lambda paper: paper.title,
    rule=WRITE,
    prefix="paper_",
)
PAPER_STEPS.add(blueprint, "issue", write.issue)
PAPER_STEPS.add(blueprint, "correct", write.correct)
PAPER_STEPS.add(blueprint, "publish", write.publish)
PAPER_STEPS.add(blueprint, "unpublish", write.unpublish)
PAPER_STEPS.add_rest(blueprint)


@blueprint.route("/board")
@access(READ)
def board() -> str:
    """Papers and recommendations of the funds that this person reads."""
    if not queries.funds_read(me(), now()):
        abort(404)
    asked = queries.recommendations(me(), now())
    return render_template(
        "reports/board.html",
        papers=queries.papers(me(), now()),
        recommendations=asked,
        waiting=[made for made in asked if made.is_waiting],
        overdue=[made for made in asked if made.is_overdue(london_date(now()))],
        writes=bool(queries.funds_written(me(), now())),
        today=london_date(now()),
    )


@blueprint.route("/board/papers/new", methods=["GET", "POST"])
@access(WRITE)
def new_paper() -> Answer:
    form, funds, today = NewPaperForm(), queries.funds_written(me(), now()), london_date(now())
    form.offer(funds, today)
    made: list[int] = []

    def act() -> None:
        fund = next(fund for fund in funds if str(fund.id) == form.fund.data)
        made.append(write.begin_paper(fund, *form.chosen(today), user=me(), now=now()).id)

    if form.validate_on_submit() and carried_out(form, act):
        return redirect(url_for("reports.paper", number=made[-1]))
    return render_template("reports/new_paper.html", form=form), form.status


@blueprint.route(PAPER)
@access(READ)
def paper(number: int) -> str:
    """The paper; for who writes it with what can be done with it."""
    found = visible(number)
    writes = queries.writes(me(), found.fund_id, now())
    return render_template(
        "reports/paper.html",
        paper=found,
        document=public_part(found),
        exempt=exempt_part(found),
        writes=writes,
        drafts=writes and found.state is PaperState.DRAFT,
        steps=PAPER_STEPS.links(found),
        entries=history_of(found, most=25) if writes else [],
    )


@blueprint.route(f"{PAPER}/head", methods=["GET", "POST"])
@access(WRITE)
def paper_head(number: int) -> Answer:
    """What stands above the first heading."""
    found = draft(number)
    form = HeadForm.on(found)
    if not form.is_submitted():
        for name in write.HEAD:
            form[name].data = getattr(found, name)
        form.contact.data = form.contact.data or found.fund.contact_name
    given = {name: str(form[name].data or "") for name in write.HEAD}
    if form.validate_on_submit() and carried_out(
        form,
        lambda: write.write_head(found, given, user=me(), now=now(), version=form.version.data),
        found,
    ):
        return _back(number, "The details are saved.")
    return render_template("reports/paper_head.html", paper=found, form=form), form.status


@blueprint.route(f"{PAPER}/sections/<id:position>", methods=["GET", "POST"])
@access(WRITE)
def paper_section(number: int, position: int) -> Answer:
    """The officer's words under one heading."""
    found = draft(number)
    section = next((one for one in found.sections if one.position == position), None) or abort(404)
    form = SectionForm.on(found)
    if not form.is_submitted():
        form.text.data, form.exempt.data = section.text, section.exempt
    if form.validate_on_submit() and carried_out(
        form,
        lambda: write.write_section(
            found,
            section,
            form.text.data or "",
            exempt=form.exempt.data,
            user=me(),
            now=now(),
            version=form.version.data,
        ),
        found,
    ):
        return _back(number, "The text is saved.")
    return render_template("reports/paper_section.html", paper=found, section=section, form=form), form.status


@blueprint.route(f"{PAPER}/redraw", methods=["GET", "POST"])
@access(WRITE)
def paper_redraw(number: int) -> Answer:
    """Draw a draft's figures as they stand now."""
    found = draft(number)
    form = Form.on(found)
    if form.validate_on_submit() and carried_out(
        form, lambda: write.redraw(found, user=me(), now=now(), version=form.version.data), found
    ):
        return _back(number, "The figures are those of now.")
    return render_template("reports/paper_redraw.html", paper=found, form=form), form.status


def _back(number: int, done: str) -> Response:
    flash(done, "success")
    return redirect(url_for("reports.paper", number=number))
