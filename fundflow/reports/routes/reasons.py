"""The pages on which an officer reads an award's reasons, and its summary, before the public does."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, url_for

from fundflow.models.bid import Bid
from fundflow.models.person import RoleName
from fundflow.reports import operations, queries
from fundflow.reports.blueprint import blueprint
from fundflow.reports.forms import PublicTextForm
from fundflow.web.access import access, me, now, roles
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.workflow.engine import refuse_if

READERS = roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


class Read(NamedTuple):
    """What is read: the text to begin with, and since when it is published (None: not yet).

    own    the words that were written for others than the public
    title  the bid's for the public; None where the page publishes none
    """

    text: str
    published_at: datetime | None
    own: str
    title: str | None = None


class Page(NamedTuple):
    """A text of an award that an officer reads for the public: its words, and what publishes it."""

    what: str
    label: str
    tells: str
    wrote: str
    found: Callable[[Bid], Read]
    why_not: Callable[..., str | None]
    publish: Callable[..., None]


def _reasons_of(bid: Bid) -> Read:
    decision = queries.award_decision(bid)
    if decision is None:
        return Read("", None, "")
    own = decision.told_reasons
    title = decision.published_title or bid.title
    return Read(decision.published_reasons or own, decision.published_at, own, title)


def _summary_of(bid: Bid) -> Read:
    report = operations.summarised(bid)
    if report is None:
        return Read("", None, "")
    return Read(report.published_summary or report.summary, report.summary_published_at, report.summary)


REASONS = Page(
    "reasons",
    "Reasons for the public register",
    "who was funded and why",
    "The panel wrote for the school",
    _reasons_of,
    operations.why_not_publish,
    operations.publish_reasons,
)
SUMMARY = Page(
    "summary",
    "What changed, for the public register",
    "what the money changed",
    "The school wrote",
    _summary_of,
    operations.why_not_publish_summary,
    operations.publish_summary,
)


@blueprint.route("/bids/<reference>/reasons", methods=["GET", "POST"])
@access(READERS)
def reasons(reference: str) -> Any:
    """What the register of awards says of why this bid was funded."""
    return _read(reference, REASONS)


@blueprint.route("/bids/<reference>/summary", methods=["GET", "POST"])
@access(READERS)
def summary(reference: str) -> Any:
    """What the register of awards says of what this bid changed."""
    return _read(reference, SUMMARY)


def _read(reference: str, page: Page) -> Any:
    bid = visible_bid(reference)
    refuse_if(page.why_not(bid, me(), now()))
    read = page.found(bid)
    form = PublicTextForm.of(bid, page.label, read.text, read.title, published=read.published_at is not None)

    def act() -> None:
        said: dict[str, Any] = {"why": form.why.data} if form.why else {}
        if form.title:
            said |= {"title": form.title.data or "", "no_names": form.no_names.data}
        page.publish(bid, form.text.data, **said, user=me(), now=now(), version=form.version.data)

    if form.validate_on_submit() and carried_out(form, act, bid):
        flash(f"The {page.what} can be read in the register of awards.", "success")
        return redirect(url_for("desk.bid", reference=reference))
    return render_template(
        "reports/read_for_public.html", bid=bid, form=form, page=page, read=read
    ), form.status
