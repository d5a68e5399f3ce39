"""Who to ask, at the foot of every page, and where to complain: as the funds say, kept for a minute."""

from typing import NamedTuple

from flask import Flask, current_app
from sqlalchemy import or_, select

from fundflow.extensions import db
from fundflow.models.fund import Fund, FundContact
from fundflow.rules.complaining import Route, routes_of
from fundflow.web.kept import Kept

MOST = 5


class FootContact(NamedTuple):
    """`fund` is empty where there is only one to ask."""

    fund: str
    contact: FundContact


class FundRoutes(NamedTuple):
    """Where to complain about a fund, or to report wrongdoing; `fund` as in FootContact."""

    fund: str
    routes: list[Route]


def prepare(app: Flask) -> None:
    app.jinja_env.globals |= {"contacts": contacts, "routes_of": routes_of, "all_routes": all_routes}


def contacts() -> list[FootContact]:
    """Each fund's contact, of the funds that have one, else the service's."""
    return list(_kept.value())


def all_routes() -> list[FundRoutes]:
    """Of each fund that says how to complain or to report wrongdoing: the ways."""
    return list(_kept_routes.value())


def forget() -> None:
    """They have changed."""
    _kept.forget()
    _kept_routes.forget()


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


def _read_routes() -> list[FundRoutes]:
    rows = db.session.execute(
        select(Fund.complaints, Fund.whistleblowing, Fund.data_protection_contact, Fund.name)
        .where(or_(Fund.complaints != "", Fund.whistleblowing != ""))
        .order_by(Fund.id)
        .limit(MOST)
    ).all()
    return [FundRoutes(str(row.name) if len(rows) > 1 else "", routes_of(row)) for row in rows]


_kept = Kept[list[FootContact]]("contacts", lambda: _read(), [])
_kept_routes = Kept[list[FundRoutes]]("routes", _read_routes, [])
