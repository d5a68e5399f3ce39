"""A paper's two parts to print, as PDF, Word and spreadsheet; published papers for everybody."""

from io import BytesIO

from flask import abort, current_app, render_template, send_file, url_for
from werkzeug.wrappers import Response

from fundflow.models.board import BoardPaper
from fundflow.pdfs.orders import Wanted, find_or_order
from fundflow.reports.blueprint import blueprint
from fundflow.reports.files import tables_xlsx
from fundflow.reports.paper import docx, queries
from fundflow.reports.paper.document import Document, exempt_part, public_part
from fundflow.reports.routes.papers import PAPER, READ, visible
from fundflow.web.access import ANYONE, access, now
from fundflow.web.pdf import pdf_answer

PART = f"{PAPER}/<any('report','exempt'):part>"


def _document(paper: BoardPaper, part: str) -> Document:
    """A part of a paper; 404 where there is no exempt one."""
    return (exempt_part(paper) if part == "exempt" else public_part(paper)) or abort(404)


def _name(paper: BoardPaper, part: str) -> str:
    edition = f"-{paper.edition}" if paper.edition > 1 else ""
    return f"{paper.fund.prefix.lower()}-{part}-{paper.ends_on}{edition}"


def _printed(paper: BoardPaper, part: str, *, back: str = "", pdf: str = "") -> str:
    document = _document(paper, part)
    return render_template(
        "reports/paper_print.html", paper=paper, document=document, part=part, back=back, pdf=pdf
    )


def _pdf(paper: BoardPaper, part: str, instead: str) -> Response:
    wanted = Wanted(_printed(paper, part), instead)
    return pdf_answer(find_or_order(wanted, now()), name=_name(paper, part))


def _docx(paper: BoardPaper, part: str) -> Response:
    file = docx.docx_of(_document(paper, part), council=current_app.config["COUNCIL"], at=paper.drawn_at)
    name = f"{_name(paper, part)}.docx"
    return send_file(BytesIO(file), docx.KIND, as_attachment=True, download_name=name, max_age=0)


def _xlsx(paper: BoardPaper, part: str) -> Response:
    return tables_xlsx(f"{_name(paper, part)}.xlsx", _document(paper, part).tables or abort(404))


@blueprint.route(f"{PART}/print")
@access(READ)
def paper_print(number: int, part: str) -> str:
    """One part alone, to print."""
    return _printed(
        visible(number),
        part,
        back=url_for("reports.paper", number=number),
        pdf=url_for("reports.paper_pdf", number=number, part=part),
    )


@blueprint.route(f"{PART}.pdf")
@access(READ)
def paper_pdf(number: int, part: str) -> Response:
    """The same as a PDF, once the worker has made it."""
    return _pdf(visible(number), part, url_for("reports.paper_print", number=number, part=part))


@blueprint.route(f"{PART}.docx")
@access(READ)
def paper_docx(number: int, part: str) -> Response:
    return _docx(visible(number), part)


@blueprint.route(f"{PART}.xlsx")
@access(READ)
def paper_xlsx(number: int, part: str) -> Response:
    """The tables of one part, a sheet each."""
    return _xlsx(visible(number), part)


# -- for everybody ------------------------------------------------------------------------------------


@blueprint.route("/papers")
@access(ANYONE)
def public_papers() -> str:
    return render_template("reports/public_papers.html", papers=queries.published())


def _published(number: int) -> BoardPaper:
    """A published paper, of which the public part alone stands at public addresses; else 404."""
    return next(iter(queries.published(number)), None) or abort(404)


@blueprint.route("/papers/<id:number>")
@access(ANYONE)
def public_paper(number: int) -> str:
    """The public part of a published paper."""
    paper = _published(number)
    return render_template("reports/public_paper.html", paper=paper, document=public_part(paper))


@blueprint.route("/papers/<id:number>/report/print")
@access(ANYONE)
def public_paper_print(number: int) -> str:
    return _printed(
        _published(number),
        "report",
        back=url_for("reports.public_paper", number=number),
        pdf=url_for("reports.public_paper_pdf", number=number),
    )


@blueprint.route("/papers/<id:number>/report.pdf")
@access(ANYONE)
def public_paper_pdf(number: int) -> Response:
    return _pdf(_published(number), "report", url_for("reports.public_paper_print", number=number))


@blueprint.route("/papers/<id:number>/report.docx")
@access(ANYONE)
def public_paper_docx(number: int) -> Response:
    return _docx(_published(number), "report")


@blueprint.route("/papers/<id:number>/report.xlsx")
@access(ANYONE)
def public_paper_xlsx(number: int) -> Response:
    return _xlsx(_published(number), "report")
