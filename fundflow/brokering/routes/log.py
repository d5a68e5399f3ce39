"""The log of contacts: read by officers and auditors, written by officers, never changed."""

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for

from fundflow.brokering import contacts, queries
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.forms import LogContactForm, school_choices
from fundflow.brokering.operations.contacts import ContactLine, log_contact
from fundflow.brokering.routes.brokering import BROKERS, READERS
from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact, SupportRequest
from fundflow.models.school import School
from fundflow.web.access import access, me, now
from fundflow.web.csv import csv_stream
from fundflow.web.forms import carried_out
from fundflow.workflow.working_days import london_date


@blueprint.route("/brokering/contacts")
@access(READERS)
def contact_log() -> str:
    wanted = contacts.ContactFilters.from_args(request.args, me(), now())
    page = contacts.contacts_page(wanted, me(), now())
    return render_template(
        "brokering/contacts.html",
        wanted=wanted,
        page=page,
        corrected=contacts.corrected(page.rows),
        schools=queries.schools_to_choose(me(), now()),
        may_broker=queries.brokers(me(), now()),
    )


@blueprint.route("/brokering/contacts.csv")
@access(READERS)
def contact_log_csv() -> Response:
    wanted = contacts.ContactFilters.from_args(request.args, me(), now())
    return csv_stream("contacts.csv", contacts.HEADER, contacts.contact_lines(wanted, me(), now()))


@blueprint.route("/brokering/contacts/add", methods=["GET", "POST"])
@access(BROKERS)
def contact_add() -> Any:
    """Log a contact; the address may name the school, the bid and the request it was about."""
    about = contacts.ContactFilters.from_args(request.args, me(), now())
    asked = queries.request_by_id(about.request_id, me(), now()) if about.request_id else None
    return _contact_page(_contact_form(about.school or (asked.school if asked else None), about.bid), asked)


@blueprint.route("/brokering/contacts/<id:number>/correct", methods=["GET", "POST"])
@access(BROKERS)
def contact_correct(number: int) -> Any:
    """Put a line right by another one, which starts with what the first says."""
    wrong = contacts.contact_by_id(number, me(), now()) or abort(404)
    form = _contact_form(wrong.school, wrong.about_bid)
    if not form.is_submitted():
        form.when.process(None, wrong.on)
        form.how.data, form.with_whom.data, form.said.data = wrong.how, wrong.with_whom, wrong.said
        form.other_school.data = wrong.other_school.urn if wrong.other_school else None
    asked = queries.request_by_id(wrong.request_id, me(), now()) if wrong.request_id else None
    return _contact_page(form, asked, wrong)


def _contact_form(school: School | None, bid: Bid | None) -> LogContactForm:
    form = LogContactForm(
        data={
            "school": school.urn if school else None,
            "bid": bid.reference if bid else None,
            "when": london_date(now()),
        }
    )
    schools = queries.schools_to_choose(me(), now())
    listed = schools if school is None or school in schools else [school, *schools]
    form.school.choices = school_choices(listed)
    form.other_school.choices = school_choices(listed, "None")
    form.by_urn = {s.urn: s for s in listed}
    return form


def _contact_page(form: LogContactForm, asked: SupportRequest | None, wrong: Contact | None = None) -> Any:
    if (
        form.validate_on_submit()
        and _bid_found(form)
        and carried_out(form, lambda: log_contact(_line(form, asked), user=me(), now=now(), corrects=wrong))
    ):
        flash("The contact is in the log.", "success")
        return redirect(url_for("brokering.contact_log", school=form.school.data))
    page = render_template("brokering/contact.html", form=form, asked=asked, wrong=wrong)
    return page, form.status


def _bid_found(form: LogContactForm) -> bool:
    form.found_bid = queries.seen_bid(form.bid.data, me(), now()) if form.bid.data else None
    if form.bid.data and form.found_bid is None:
        form.bid.errors = ["Enter the reference of a bid you can see, like LSIF-0031, or leave it empty"]
        return False
    return True


def _line(form: LogContactForm, asked: SupportRequest | None) -> ContactLine:
    return ContactLine(
        on=form.when.data,
        how=form.how.data,
        with_whom=form.with_whom.data,
        said=form.said.data,
        school=form.by_urn[form.school.data],
        other_school=form.by_urn.get(form.other_school.data or ""),
        bid=form.found_bid,
        request=asked,
    )
