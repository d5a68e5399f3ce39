"""Who to ask, at the foot of every page: the contacts of the funds, kept for a minute."""

from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import or_, select

from fundflow.extensions import db
from fundflow.models.fund import Fund, FundContact
from fundflow.web.kept import Kept

MOST = 5


class FootContact(NamedTuple):
    """`fund` is empty where there is only one to ask."""

    fund: str
    contact: FundContact


def prepare(app: Flask) -> None:
    app.jinja_env.globals["contacts"] = contacts


def contacts() -> list[FootContact]:
    """Each fund's contact, of the funds that have one, else the service's."""
    return list(_kept.value())


def forget() -> None:
    """They have changed."""
    _kept.forget()


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


_kept = Kept[list[FootContact]]("contacts", lambda: _read(), [])
