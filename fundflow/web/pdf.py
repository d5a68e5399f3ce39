"""PDFs as answers: the file where it is made, else a page that says how far it is and where to print."""

from flask import make_response, render_template, send_file
from werkzeug.wrappers import Response

from fundflow.files import files
from fundflow.models.pdf import Pdf, PdfState
from fundflow.pdfs import LACKING
from fundflow.pdfs.orders import forget
from fundflow.workflow.engine import Refused


def pdf_answer(found: Pdf, *, name: str) -> Response:
    """A PDF to download, or a page that says why there is none yet.

    name  the file's, without its ending: plain letters, digits and hyphens
    """
    if found.state is not PdfState.MADE:
        return _not_made(found)
    try:
        file = files().fetch(found.store_key or "", found.sha256 or "")
    except Refused:  # files were restored from another day, say
        forget(found)
        return _not_made(found)
    answer = send_file(
        file,
        "application/pdf",
        as_attachment=True,
        download_name=f"{name}.pdf",
        conditional=False,
        etag=False,
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _not_made(found: Pdf) -> Response:
    """202 while it is being made; 503 where that failed, or can't be done here."""
    page = render_template(
        "errors/no_pdf.html",
        instead=found.instead,
        lacking=found.last_error == LACKING,
        failed=bool(found.last_error),
        again=found.state is not PdfState.FAILED,
    )
    return make_response(page, 503 if found.last_error else 202)
