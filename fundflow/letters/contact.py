"""Whom a letter's reader may ask: the fund's contact, and the bid's officer by name."""

from typing import Any

from flask import current_app
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.recipients import Addressee
from fundflow.models.bid import Bid
from fundflow.models.fund import Contact, Fund


def contact_for(about: Any) -> Contact:
    """The contact of the fund of a bid, a meeting or another record; else of the first fund that has one."""
    fund = getattr(about, "fund", None) or getattr(getattr(about, "meeting", None), "fund", None)
    if fund is not None:
        return fund.contact  # type: ignore[no-any-return]
    row = db.session.execute(
        select(Fund.contact_name, Fund.contact_email, Fund.contact_phone)
        .where(Fund.contact_email != "")
        .order_by(Fund.id)
        .limit(1)
    ).one_or_none()
    return Contact(*row) if row else Contact("", "", "")


def whom_to_ask(who: Addressee, about: Any) -> str:
    """“If you have a question, reply to this email or telephone 01632 960 123 (the fund’s team).”"""
    contact = contact_for(about)
    ways = [
        *(["reply to this email"] if contact.email else []),
        *([f"telephone {contact.phone}"] if contact.phone else []),
    ]
    by = " or ".join(ways) or f"ask {contact.name or current_app.config['COUNCIL']}"
    name = f" ({contact.name})" if ways and contact.name else ""
    return f"If you have a question, {by}{name}.{_officer(who, about)}"


def _officer(who: Addressee, about: Any) -> str:
    officer = about.officer if isinstance(about, Bid) else None
    if officer is None or who.user is officer:
        return ""
    return f" {officer.name} looks after this bid."
