"""Every letter and its fate, for administrators; and on each bid, who was told what and when."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from fundflow.accounts.addresses import change_address
from fundflow.desk import letters_queries as queries
from fundflow.letters.resending import resend, why_not_resend
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName
from fundflow.web.access import ADMINISTRATORS, SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.fields import EmailAddress
from fundflow.web.forms import Form, carried_out
from fundflow.workflow.working_days import london_date

blueprint = Blueprint("letters_pages", __name__)

READERS = roles(*queries.READERS)


class ResendForm(Form):
    """Asks for nothing: a button."""


class ResendFailedForm(Form):
    """A letter that could not be delivered: to which address?"""

    email = EmailAddress("Send it to", missing="Enter the address to send it to")


@blueprint.route("/letters")
@access(READERS)
def letters() -> str:
    """All letters, newest first."""
    wanted = queries.LetterFilters.from_request(request)
    return render_template(
        "letters/list.html",
        page=queries.letters_page(wanted, me(), now()),
        wanted=wanted,
        statuses=list(LetterStatus),
        colours=queries.COLOURS,
    )


@blueprint.route("/letters/<id:number>")
@access(READERS)
def letter(number: int) -> str:
    """One letter: its text, and how far it got."""
    found = _letter(number, *queries.READERS)
    return _letter_page(found, _form_for(found))


@blueprint.route("/letters/<id:number>/resend", methods=["POST"])
@access(ADMINISTRATORS)
def send_again(number: int) -> Any:
    """Put a letter into the queue again."""
    found = _letter(number, RoleName.ADMINISTRATOR)
    form = _form_for(found)
    if form.validate_on_submit() and carried_out(form, lambda: _send_again(found, form)):
        flash("The letter is on its way again.", "success")
        return redirect(url_for("letters_pages.letter", number=number))
    return _letter_page(found, form), form.status


@blueprint.route("/bids/<reference>/letters")
@access(SIGNED_IN)
def bid_letters(reference: str) -> str:
    """The letters sent about a bid."""
    bid = visible_bid(reference)
    wanted = queries.LetterFilters.from_request(request)
    page = queries.letters_of(bid, me(), now(), wanted.after)
    return bid_page("letters/bid.html", bid, page=page, wanted=wanted, colours=queries.COLOURS)


def _form_for(found: Letter) -> Any:
    """The form to send a letter again, with the address its account has now."""
    if found.status is not LetterStatus.FAILED:
        return ResendForm()
    return ResendFailedForm(email=account.email if (account := queries.account_of(found)) else found.email)


def _send_again(found: Letter, form: Any) -> None:
    email = form.email.data if "email" in form else None
    account = queries.account_of(found)
    if account is not None and email not in (None, account.email):
        return change_address(account, email, reason=f"A letter to {found.email} failed", by=me(), now=now())
    return resend(found, user=me(), now=now(), email=email)


def _letter(number: int, *names: RoleName) -> Letter:
    return queries.letter_or_none(number, me(), now(), *names) or abort(404)


def _letter_page(found: Letter, form: ResendForm) -> str:
    may = RoleName.ADMINISTRATOR in me().roles_on(london_date(now()))
    return render_template(
        "letters/letter.html",
        letter=found,
        form=form,
        colours=queries.COLOURS,
        resent=queries.resent(found),
        may_resend=may and why_not_resend(found) is None,
    )
