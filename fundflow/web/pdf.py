"""Printed pages as PDF: the same HTML, tagged for screen readers, with nothing fetched from outside.

WeasyPrint needs Pango. Where that is not installed, the answer says so and names the page to print.
"""

from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, current_app, make_response, render_template
from werkzeug.security import safe_join

from fundflow.web.lost_letters import in_words, noticed
from fundflow.web.static import folder_address

# One at a time in a process: a pack of 30 bids takes some 400 MB while it is laid out.
_press = Lock()


def pdf_answer(page: str, *, name: str, instead: str) -> Response:
    """An HTML page as a PDF file to download.

    Where this machine has no font for a letter, the PDF begins with a note that names the letter.

    name     the file's, without its ending: plain letters, digits and hyphens
    instead  where the page itself can be read and printed
    """
    try:
        import weasyprint
    except OSError:  # a library of the system is missing
        return make_response(render_template("errors/no_pdf.html", instead=instead), 503)
    with _press:
        with noticed() as lost:
            made = _written(weasyprint, page)
        if lost:  # known only once the page is drawn, so it is drawn again
            note = render_template("lost_letters.html", letters=in_words(lost), instead=instead)
            with noticed():
                made = _written(weasyprint, page.replace("<main>", f"<main>{note}", 1))
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _written(weasyprint: Any, page: str) -> Any:
    return _document(weasyprint, page).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)


def _document(weasyprint: Any, page: str) -> Any:
    """The page, with links that work outside the browser, and only our own files to fetch."""
    home = str(current_app.config["BASE_URL"]).rstrip("/")
    return weasyprint.HTML(string=page, base_url=f"{home}/", url_fetcher=_fetcher(home))


def _fetcher(home: str) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]
        """Serves what lies in our static folder, from the disk; whatever else a page names is refused."""

        def fetch(self, url: str, _headers: Any = None) -> Any:
            path = own_file(url, home)
            if path is None:
                raise ValueError("Only this service’s own files go into a PDF.")
            kind = "text/css" if path.endswith(".css") else "image/svg+xml"
            with open(path, "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": kind})

    return OwnFiles()


def own_file(url: str, home: str) -> str | None:
    """The path of a style sheet or a drawing in our static folder, or None for any other address."""
    wanted, ours = urlsplit(url), urlsplit(home)
    if (wanted.scheme, wanted.netloc) != (ours.scheme, ours.netloc):
        return None
    path, folder = unquote(wanted.path), folder_address(current_app)
    if not path.startswith(folder) or not path.endswith((".css", ".svg")):
        return None
    return safe_join(str(current_app.static_folder), path.removeprefix(folder))
