"""WeasyPrint in a process of its own: pages of HTML are drawn, and parts joined to them.

It reads a job a line and answers each with a line, both JSON; the PDFs are files. Its memory is given
back when it ends, which it does when nobody sends it jobs any more. It fetches nothing from outside.
"""

import json
import re
import sys
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.security import safe_join

from fundflow.pdfs import LACKING
from fundflow.pdfs.joining import SIGNS, Part, join
from fundflow.pdfs.lost_letters import noticed

STATIC = re.compile(r"/static/[0-9a-f]+/")  # with the version of the files
PART = re.compile(r'href="part:([\w-]+)"')

Job = dict[str, Any]  # page, home, static, parts ([name, path, pages] each), into


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(job: Job) -> dict[str, Any]:
    try:
        import weasyprint
    except OSError:  # a library of the system is missing
        return {"error": LACKING}
    try:
        return Press(weasyprint, home=job["home"], static=job["static"]).make(job)
    except Exception as error:  # whatever is wrong with this page must not stop the next
        return {"error": f"{type(error).__name__}: {error}"[:500]}


class Press:
    """Draws pages whose links work outside the browser, with only our own files to fetch.

    home    the address of the service    static  the folder of its static files
    """

    def __init__(self, weasyprint: Any, *, home: str, static: str) -> None:
        self.weasyprint, self.home, self.static = weasyprint, home.rstrip("/"), static

    def make(self, job: Job) -> dict[str, Any]:
        """Write the PDF; returns how many pages it has, and the letters no font has."""
        into = Path(job["into"])
        with noticed() as lost:
            document = self._numbered(job["page"], job["parts"])
        pages = len(document.pages) + sum(count for _, _, count in job["parts"])
        with noticed() as drawn:  # what is written is drawn again
            document.write_pdf(into, **_TAGGED)
        if job["parts"]:
            self._join(into, job["parts"])
        return {"pages": pages, "lost": "".join(sorted(lost | drawn))}

    def _numbered(self, page: str, parts: list[Any]) -> Any:
        """The page laid out; what it links to parts with has the numbers of their first pages."""
        first = 0
        for _ in range(3):  # numbers may take a line more than none
            document = self._document(PART.sub(_with(_firsts(first, parts)), page)).render(**_TAGGED)
            if not parts or first == len(document.pages):
                break
            first = len(document.pages)
        return document

    def _join(self, into: Path, parts: list[Any]) -> None:
        whole, digits = into.with_suffix(".whole"), into.with_suffix(".digits")
        self._document(_signs()).write_pdf(digits, **_TAGGED)
        join(into, [Part(name, Path(path)) for name, path, _ in parts], digits, whole)
        whole.replace(into)

    def _document(self, page: str) -> Any:
        return self.weasyprint.HTML(string=page, base_url=f"{self.home}/", url_fetcher=self._fetcher())

    def _fetcher(self) -> Any:
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        home, static = self.home, self.static

        class OwnFiles(URLFetcher):  # type: ignore[misc]
            """Serves what lies in our static folder, from the disk; whatever else a page names is refused."""

            def fetch(self, url: str, _headers: Any = None) -> Any:
                path = own_file(url, home, static)
                if path is None:
                    raise ValueError("Only this service’s own files go into a PDF.")
                kind = "text/css" if path.endswith(".css") else "image/svg+xml"
                with open(path, "rb") as file:
                    return URLFetcherResponse(url, file.read(), {"Content-Type": kind})

        return OwnFiles()


_TAGGED = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}


def own_file(url: str, home: str, static: str) -> str | None:
    """The path of a style sheet or a drawing in our static folder, or None for any other address."""
    wanted, ours = urlsplit(url), urlsplit(home)
    if (wanted.scheme, wanted.netloc) != (ours.scheme, ours.netloc):
        return None
    path = unquote(wanted.path)
    folder = STATIC.match(path)
    if not folder or not path.endswith((".css", ".svg")):
        return None
    return safe_join(static, path.removeprefix(folder[0]))


def _firsts(before: int, parts: list[Any]) -> dict[str, int]:
    """Part's name → the number of its first page."""
    found = {}
    for name, _, count in parts:
        found[name], before = before + 1, before + count
    return found


def _with(firsts: dict[str, int]) -> Any:
    def numbered(found: re.Match[str]) -> str:
        return f'{found[0]} data-page="{firsts.get(found[1], "")}"'

    return numbered


def _signs() -> str:
    """The signs of page numbers, a page each, as wide as they are in DejaVu Sans of 8.5 points."""
    pages = "".join(f'<p class="{_kind(sign)}">{escape(sign)}</p>' for sign in SIGNS)
    style = "".join(_style(kind, width) for kind, width in (("digit", 5.41), ("of", 13.6), ("page", 23.7)))
    font = (
        "body, p { margin: 0 } "
        'p { font: 8.5pt/12pt "DejaVu Sans", Arial, sans-serif; color: #484949; white-space: pre }'
    )
    return f'<html lang="en-GB"><title>Page numbers</title><style>{style}{font}</style>{pages}'


def _kind(sign: str) -> str:
    return "digit" if sign.isdigit() else sign.strip().lower()


def _style(kind: str, width: float) -> str:
    return f"@page {kind} {{ size: {width}pt 12pt; margin: 0 }} .{kind} {{ page: {kind} }}"


if __name__ == "__main__":
    main()
