"""What the pages of the bid's form share: finding what is edited, building forms, saving."""

from collections.abc import Callable
from typing import Any, NoReturn

from flask import abort, redirect, render_template, request, url_for

from fundflow.applications import editing, freezing, queries, reading
from fundflow.applications.cluster import has_cluster
from fundflow.applications.onward import after_row, after_section
from fundflow.applications.row_pages import FIRST, SECOND, carried, first_of_all, opens_on, part_asked, shown
from fundflow.applications.section_forms import REPLY, SectionForm, with_replies
from fundflow.applications.sections import PAGE, Rows, SectionPage, begun_line, begun_rows, place_of
from fundflow.models.bid import Bid
from fundflow.models.unfinished import BEGUN_FROM
from fundflow.rules.bid_money import cost_breakdown
from fundflow.web.access import me, now
from fundflow.web.bids import visible_bid
from fundflow.web.forms import carried_out
from fundflow.web.keeping import forget_typing, kept_typing
from fundflow.web.unfinished import may_be_kept_for_later, show_unfinished, unfinished
from fundflow.workflow.application import BidState


def bid_to_edit(reference: str, slug: str | None = None) -> Bid:
    """The bid, for somebody of the school that leads it; 404 for everybody else's POST.

    Where it can't be edited now, a GET is sent to a page that can be read; a POST goes on, and is
    refused by its operation with what was typed still on the page.
    """
    bid = visible_bid(reference)
    mine = queries.fills_in(me(), bid, now())
    if request.method == "POST":
        return bid if mine else abort(404)
    if not mine or queries.why_not_editable(me(), bid, now()):
        _go("applications.application", reference)
    if slug and queries.why_not_editable(me(), bid, now(), slug):
        _go("applications.task_list", reference)
    return bid


def _go(endpoint: str, reference: str, slug: str | None = None) -> NoReturn:
    abort(redirect(url_for(endpoint, reference=reference, slug=slug)))


def page_of(slug: str) -> SectionPage:
    return PAGE.get(slug) or abort(404)


def rows_of(page: SectionPage, slug: str) -> Rows:
    return page.rows_named(slug) or abort(404)


def row_of(bid: Bid, page: SectionPage, rows: Rows, number: int) -> Any:
    """The bid's row with this id; None where it is only begun, or was removed after the page that is
    sent had been made; 404 where there is none."""
    row = next((row for row in rows.of(bid) if row.id == number), None)
    sent = request.form.get("stamp", "")
    begun = place_of(page, rows, number) in bid.unfinished
    if row is None and not begun and number >= BEGUN_FROM and request.method == "GET":
        _go("applications.section", bid.reference, slug=page.slug)  # it was finished since
    if row is None and not begun and sent in ("", freezing.stamp(bid, page)):
        abort(404)
    return row


def section_form(bid: Bid, page: SectionPage) -> SectionForm:
    """The section's questions, with a box for each of the officer's."""
    asked = freezing.questions(bid, page)
    filled: dict[str, Any] = {f"{REPLY}{query.id}": query.answer for query in asked}
    if page.prefill:
        filled |= page.prefill(bid, me(), now())
    kind = with_replies(page.form.for_bid(bid), [query.id for query in asked])
    return stamped(kind.about(bid, bid, filled), bid, page, place_of(page))


def row_form(bid: Bid, page: SectionPage, rows: Rows, row: Any, number: int | None) -> SectionForm:
    """The form of a row; of one to be added where `row` is None, with a copy's answers or what is known,
    or with what was begun under this number."""
    filled: dict[str, Any] = {}
    if number is None:
        copied = (rows.copy_of(one) for one in rows.of(bid) if str(one.id) == request.args.get("copy"))
        filled = next(copied, {}) or rows.begins_with(bid, now())
    return stamped(rows.form.about(bid, row, filled), bid, page, place_of(page, rows, number))


def stamped(form: SectionForm, bid: Bid, page: SectionPage, place: str = "") -> SectionForm:
    """The form with the section's fingerprint and, where they left before they saved, what this
    person typed here (with the fingerprint of then: what others changed since is not overwritten);
    else with what somebody saved unfinished at this place."""
    if not form.is_submitted():
        form.stamp.data = freezing.stamp(bid, page)
        if found := kept_typing(me(), request.path):
            form.take_up(found)
        elif entry := bid.unfinished.get(place):
            show_unfinished(form, entry)
    return form


def may_be_saved(form: SectionForm) -> bool:
    """A section is saved when it is complete, or when the person said that the rest comes later."""
    return bool(form.validate_on_submit()) or may_be_kept_for_later(form)


def row_may_be_saved(form: SectionForm) -> bool:
    """Whether a row is complete, and was not sent only to have its sum worked out."""
    return bool(not _works_out(form) and form.validate_on_submit())


def _works_out(form: SectionForm) -> bool:
    return form.works_out and "work_out" in request.form


def saved(form: SectionForm, bid: Bid, page: SectionPage, act: Callable[[], Any]) -> bool:
    """Carry out a save; a stale form takes on the section's new stamp, so that sending it again
    means it."""
    done = carried_out(form, act, bid)
    if done:
        forget_typing(me(), request.path)
    if form.stale:
        form.stamp.data = freezing.stamp(bid, page)
    return done


def section_saved(form: SectionForm, bid: Bid, page: SectionPage) -> bool:
    """Save a section's answers and replies; what is malformed is kept as typed."""
    answers, replies = form.right_so_far()
    return saved(
        form,
        bid,
        page,
        lambda: editing.save_section(
            bid,
            page,
            answers=answers,
            replies=replies,
            unfinished=unfinished(form),
            stamp=form.stamp.data or "",
            user=me(),
            now=now(),
        ),
    )


def show_section(form: SectionForm, bid: Bid, page: SectionPage) -> tuple[str, int]:
    data = freezing.section_answers(bid, page)
    started = bool(page.rows) and page.is_started(bid)
    html = render_template(
        "applications/section.html",
        form=form,
        bid=bid,
        page=page,
        explain=page.explanation(bid),
        read=reading.section_in_words(page, data),
        asked=[
            (q, form[f"{REPLY}{q.id}"]) for q in freezing.questions(bid, page) if f"{REPLY}{q.id}" in form
        ],
        own=[form[name] for name in form.stored() if name in form],
        cards=[
            (
                rows,
                [
                    (row, rows.line(row), reading.row_in_words(rows, freezing.row_answers(row, rows)))
                    for row in rows.of(bid)
                ],
                [
                    (number, begun_line(rows, entry), entry["wrong"])
                    for number, entry in begun_rows(bid, page, rows).items()
                ],
            )
            for rows in page.rows
        ],
        to_do=page.section.what_is_missing(bid) if started else [],
        onward=after_section(bid, page),
        first_row=first_of_all(bid, page) if bid.state is BidState.DRAFT else None,
        money=cost_breakdown(bid) if page.slug == "costs" else None,
        has_cluster=page.slug == "schools" and has_cluster(bid),
    )
    return html, form.status


def show_row(
    form: SectionForm, bid: Bid, page: SectionPage, rows: Rows, number: int | None
) -> tuple[str, int]:
    current = freezing.section_answers(bid, page)
    part = part_asked(form, number)
    worked_out = form.work_out() if part != FIRST else None
    names = shown(form, part)
    begun = begun_rows(bid, page, rows).get(number or 0)
    html = render_template(
        "applications/row.html",
        form=form,
        bid=bid,
        page=page,
        rows=rows,
        begun=begun is not None,
        line=begun_line(rows, begun) if begun else "",
        worked_out=worked_out,
        questions=[form[name] for name in names],
        part=part,
        carried=carried(form, names, begun),
        onward=after_row(bid, page, rows, is_new=form.row is None and (number is None or part == SECOND)),
        explain=page.explanation(bid) if opens_on(bid, page) else "",
        is_first=opens_on(bid, page) is not None,
        has_cluster=page.slug == "schools" and number is None and has_cluster(bid),
        read=reading.section_in_words(page, current),
        left=rows.most - len(rows.of(bid)) - len(begun_rows(bid, page, rows)),
    )
    return html, 200 if worked_out and _works_out(form) else form.status
