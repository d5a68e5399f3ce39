"""From page to page of the form, so that a draft is written in one go, without the task list between."""

from typing import NamedTuple

from flask import request, url_for

from fundflow.applications.row_pages import first_of_all, opens_on
from fundflow.applications.sections import Rows, SectionPage, pages_of
from fundflow.models.bid import Bid
from fundflow.workflow.application import BidState


class Onward(NamedTuple):
    """Where a page leads once it is saved; `words` are its button's."""

    url: str
    words: str = "Save and continue"


def way_in(bid: Bid, page: SectionPage) -> str:
    """The section's page; its first row's where the section is nothing but an empty list."""
    if rows := opens_on(bid, page):
        return row_to_add(bid, page, rows)
    return url_for("applications.section", reference=bid.reference, slug=page.slug)


def after_section(bid: Bid, page: SectionPage) -> Onward:
    """Back to check answers for one who came from there; of a draft its first row or the next section;
    else back to the task list."""
    if request.args.get("next") == "check":
        return Onward(url_for("applications.check", reference=bid.reference))
    if bid.state is not BidState.DRAFT:
        return Onward(url_for("applications.task_list", reference=bid.reference))
    if rows := first_of_all(bid, page):
        return Onward(row_to_add(bid, page, rows))
    return next_section(bid, page)


def after_row(bid: Bid, page: SectionPage, rows: Rows, *, is_new: bool) -> Onward:
    """The next section after a draft's new row, where a section has one kind of rows; else the section,
    with its sum and what else it asks."""
    if is_new and bid.state is BidState.DRAFT and page.rows == (rows,):
        return next_section(bid, page)
    return Onward(url_for("applications.section", reference=bid.reference, slug=page.slug))


def next_section(bid: Bid, page: SectionPage) -> Onward:
    """The section that follows; check answers after the last."""
    pages = pages_of(bid)
    later = pages[pages.index(page) + 1 :] if page in pages else []
    if not later:
        return Onward(url_for("applications.check", reference=bid.reference), "Save and check your answers")
    return Onward(way_in(bid, later[0]), "Save and go to the next section")


def row_to_add(bid: Bid, page: SectionPage, rows: Rows) -> str:
    return url_for("applications.row_add", reference=bid.reference, slug=page.slug, kind=rows.slug)
