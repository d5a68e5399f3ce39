"""Who to ask, at the foot of every page, and where to complain: as the funds say, kept for a minute."""

from typing import Any, NamedTuple

from flask import Flask, current_app
from sqlalchemy import or_, select

from fundflow.extensions import db
from fundflow.models.fund import Fund, FundContact
from fundflow.rules.complaining import Route, routes_of
from fundflow.web.kept import Kept

MOST = 5
CONTACT, ROUTES = ("contact_email", "contact_phone"), ("complaints", "whistleblowing")
COLUMNS = ("contact_name", *CONTACT, *ROUTES, "data_protection_contact", "name")


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
    found = {FundContact(*row[:3]): str(row.name) for row in reversed(_said(CONTACT))}
    if not found:
        config = current_app.config
        return [FootContact("", FundContact(config["COUNCIL"], config["CONTACT_EMAIL"], ""))]
    one = len(found) == 1
    return [FootContact("" if one else fund, contact) for contact, fund in reversed(found.items())]


def all_routes() -> list[FundRoutes]:
    """Of each fund that says how to complain or to report wrongdoing: the ways."""
    rows = _said(ROUTES)
    return [FundRoutes(str(row.name) if len(rows) > 1 else "", routes_of(row)) for row in rows]


def forget() -> None:
    """They have changed."""
    _kept.forget()


def _said(names: tuple[str, ...]) -> list[Any]:
    """The first funds that say one of these."""
    return [row for row in _kept.value() if any(getattr(row, name) for name in names)][:MOST]


def _read() -> list[Any]:
    columns = [getattr(Fund, name) for name in COLUMNS]
    says = or_(*(getattr(Fund, name) != "" for name in (*CONTACT, *ROUTES)))
    return list(db.session.execute(select(*columns).where(says).order_by(Fund.id)))


_kept = Kept[list[Any]]("contacts", lambda: _read(), [])
