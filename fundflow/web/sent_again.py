"""A form that arrives after its session ended, or while the service can't answer: what was typed is
shown again, to be sent again.

Only a form that our own page sent is answered so (the browser says where a request comes from), so
that no other site can put words, and a button to send them, in front of somebody.
"""

from urllib.parse import urlsplit

from flask import render_template, request, url_for

from fundflow.extensions import db

HIDDEN = ("csrf_token", "version", "stamp", "place")
SIGNED_OUT = "You have been signed out"
OUT_OF_DATE = "Your page is out of date"
WHY = (
    "The page was open for a long time, or you signed in again after you opened it. "
    "Send what you typed again."
)


def sent_again_page(
    *,
    status: int,
    first: tuple[str, str] | None = None,
    title: str = OUT_OF_DATE,
    why: str = WHY,
    number: str | None = None,
) -> tuple[str, int] | None:
    """A page that holds everything that was typed; None where there is nothing to hold.

    first   the address and the words of what must be done in another tab before
    number  of the request, where nobody knows how far it came
    """
    if not (request.method == "POST" and _from_our_own_page()):
        return None
    db.session.rollback()
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    if not any(value.strip() for name, value in typed if name not in HIDDEN):
        return None
    page = render_template(
        "errors/sent_again.html",
        title=title,
        why=why,
        first=first,
        typed=typed,
        longest=[value for _, value in typed if len(value) > 40],
        files=bool(request.files),
        number=number,
        action=request.full_path.rstrip("?"),
    )
    return page, status


def _from_our_own_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(origin).netloc == request.host


def signed_out_page() -> tuple[str, int] | None:
    """`sent_again_page` for somebody who must sign in first."""
    return sent_again_page(status=401, first=(url_for("accounts.sign_in"), "Sign in"), title=SIGNED_OUT)
