"""Who to ask, at the foot of every page: the contacts of the funds, kept for a minute."""

import time
from typing import NamedTuple

from flask import Flask, current_app, g
from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from fundflow.extensions import db
from fundflow.models.fund import Fund, FundContact

SECONDS = 60
KEPT = "fundflow_contacts"  # among the application's extensions: until when, and the contacts
MOST = 5


class FootContact(NamedTuple):
    """`fund` is empty where there is only one to ask."""

    fund: str
    contact: FundContact


def prepare(app: Flask) -> None:
    app.jinja_env.globals["contacts"] = contacts


def contacts() -> list[FootContact]:
    """Each fund's contact, of the funds that have one, else the service's; those known last, where the
    database can't say."""
    until, known = current_app.extensions.get(KEPT, (0.0, []))
    if time.monotonic() < until or g.get("without_database"):
        return list(known)
    try:
        known = _read()
    except SQLAlchemyError:
        return list(known)  # the page's own words come first
    current_app.extensions[KEPT] = (time.monotonic() + _seconds(), known)
    return known


def forget() -> None:
    """They have changed."""
    current_app.extensions.pop(KEPT, None)


def _seconds() -> int:
    return int(current_app.config.get("CONTACTS_SECONDS", SECONDS))


def _read() -> list[FootContact]:
    rows = db.session.execute(
        select(Fund.contact_name, Fund.contact_email, Fund.contact_phone, Fund.name)
        .where(or_(Fund.contact_email != "", Fund.contact_phone != ""))
        .order_by(Fund.id)
        .limit(MOST)
    ).all()
    if not rows:
        config = current_app.config
        return [FootContact("", FundContact(config["COUNCIL"], config["CONTACT_EMAIL"], ""))]
    found = {FundContact(*row[:3]): str(row[3]) for row in reversed(rows)}
    one = len(found) == 1
    return [FootContact("" if one else fund, contact) for contact, fund in reversed(found.items())]
