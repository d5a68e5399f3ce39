"""Pages of auditors."""

import secrets
from datetime import date
from typing import Any

from flask import abort, render_template, request, send_file

from fundflow.audit import operations, queries
from fundflow.audit.blueprint import blueprint
from fundflow.audit.kinds import KINDS, READING
from fundflow.audit.sampling import MOST, POPULATIONS, Asked, draw
from fundflow.checking.chain import seal_of
from fundflow.web.access import READERS_OF_PEOPLE, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.paging import Page, row_id, search_text
from fundflow.workflow.working_days import financial_year, london_date, year_ends

READERS = roles(*READING)
SIZE = 10


@blueprint.route("/bids/<reference>/audit-pack", methods=["GET", "POST"])
@access(READERS)
def audit_pack(reference: str) -> Any:
    """What the audit pack of a bid holds, and the pack to download."""
    bid, form, made = visible_bid(reference), ConfirmForm(), []
    if form.validate_on_submit() and carried_out(
        form, lambda: made.append(operations.take_pack(bid, user=me(), now=now()))
    ):
        name = f"audit-pack-{bid.reference.lower()}.zip"
        return send_file(made[0], "application/zip", as_attachment=True, download_name=name, max_age=0)
    return bid_page("audit/pack.html", bid, form=form), form.status


@blueprint.route("/audit/acts/<slug>")
@access(READERS)
def acts(slug: str) -> str:
    """Every act of one kind, the newest first."""
    kind = KINDS.get(slug) or abort(404)
    page = queries.acts(kind, me(), now(), row_id(request.args.get("after")))
    return render_template("audit/acts.html", kind=kind, page=page)


@blueprint.route("/audit/views/bids")
@access(READERS)
def views_of_bids() -> str:
    """Who opened which papers and files."""
    page = queries.views_of_bids(me(), now(), row_id(request.args.get("after")))
    return _views("bids", page)


@blueprint.route("/audit/views/people")
@access(READERS_OF_PEOPLE)
def views_of_people() -> str:
    """Who opened the data of whom."""
    page = queries.views_of_people(me(), now(), row_id(request.args.get("after")))
    return _views("people", page)


def _views(of: str, page: Page[queries.View]) -> str:
    reads_people = READERS_OF_PEOPLE.allows(me(), now())
    return render_template("audit/views.html", of=of, page=page, reads_people=reads_people)


@blueprint.route("/audit/seals")
@access(READERS)
def seals() -> str:
    """The seals, and whether one that somebody kept is among them."""
    known = search_text(request.args, "seal")
    page = queries.seals(row_id(request.args.get("after")))
    return render_template(
        "audit/seals.html", known=known, found=seal_of(known) if known else None, page=page
    )


@blueprint.route("/audit/sample")
@access(READERS)
def sample() -> str:
    """A sample to look at, which the same seed draws again. What can’t be read in the address is left out."""
    start, end = year_ends(financial_year(london_date(now())))
    of = request.args.get("of", "")
    asked = Asked(
        of if of in POPULATIONS else "payments",
        _day("first") or start,
        _day("last") or end,
        min(row_id(request.args.get("size")) or SIZE, MOST),
        search_text(request.args, "seed"),
    )
    return render_template(
        "audit/sample.html",
        asked=asked,
        drawn=draw(asked, me(), now()) if asked.seed else None,
        populations=POPULATIONS,
        fresh=secrets.token_hex(4),
        most=MOST,
    )


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
