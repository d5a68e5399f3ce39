"""Whom a letter's reader may ask: the fund's contact, and the bid's officer by name."""

from typing import Any

from flask import current_app
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund, FundContact


def contact_for(about: Any) -> FundContact:
    """The contact of the fund of a bid, a meeting or another record; else of the first fund that has one.

    What it lacks is the council’s name and the service’s own address, so it can always be written to.
    """
    fund = fund_of_letter(about)
    contact = fund.contact if fund is not None else _first()
    config = current_app.config
    return FundContact(
        contact.name or config["COUNCIL"], contact.email or config["CONTACT_EMAIL"], contact.phone
    )


def fund_of_letter(about: Any) -> Fund | None:
    """The fund of a bid, a meeting or another record that a letter speaks of."""
    return getattr(about, "fund", None) or getattr(getattr(about, "meeting", None), "fund", None)


def _first() -> FundContact:
    row = db.session.execute(
        select(Fund.contact_name, Fund.contact_email, Fund.contact_phone)
        .where(Fund.contact_email != "")
        .order_by(Fund.id)
        .limit(1)
    ).one_or_none()
    return FundContact(*row) if row else FundContact("", "", "")


def whom_to_ask(who: Addressee, about: Any) -> str:
    """“Do you have a question? Reply to this email or call 01632 960 123 (the fund’s team).”"""
    contact = contact_for(about)
    telephone = f" or call {contact.phone}" if contact.phone else ""
    return f"Do you have a question? Reply to this email{telephone} ({contact.name}).{_officer(who, about)}"


def _officer(who: Addressee, about: Any) -> str:
    officer = about.officer if isinstance(about, Bid) else None
    if officer is None or who.user is officer:
        return ""
    return f" {officer.name} looks after this bid."
