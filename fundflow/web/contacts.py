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
    app.jinja_env.globals |= {
        "contacts": contacts,
        "routes_of": routes_of,
        "all_routes": all_routes,
        "foot": foot,
    }


class Foot(NamedTuple):
    """What the foot of a page says."""

    contacts: list[FootContact]
    routes: list[FundRoutes]


def foot() -> Foot:
    """Both, read once."""
    rows = _kept.value()
    return Foot(_contacts_in(rows), _routes_in(rows))


def contacts() -> list[FootContact]:
    """Each fund's contact, of the funds that have one, else the service's."""
    return foot().contacts


def all_routes() -> list[FundRoutes]:
    """Of each fund that says how to complain or to report wrongdoing: the ways."""
    return foot().routes


def forget() -> None:
    """They have changed."""
    _kept.forget()


def _contacts_in(rows: list[Any]) -> list[FootContact]:
    saying = _saying(rows, CONTACT)
    found = {FundContact(*row[:3]): str(row.name) for row in reversed(saying)}
    if not found:
        config = current_app.config
        return [FootContact("", FundContact(config["COUNCIL"], config["CONTACT_EMAIL"], ""))]
    one = len(found) == 1
    return [FootContact("" if one else fund, contact) for contact, fund in reversed(found.items())]


def _routes_in(rows: list[Any]) -> list[FundRoutes]:
    found = _saying(rows, ROUTES)
    return [FundRoutes(str(row.name) if len(found) > 1 else "", routes_of(row)) for row in found]


def _saying(rows: list[Any], names: tuple[str, ...]) -> list[Any]:
    """The first funds that say one of these."""
    return [row for row in rows if any(getattr(row, name) for name in names)][:MOST]


def _read() -> list[Any]:
    columns = [getattr(Fund, name) for name in COLUMNS]
    says = or_(*(getattr(Fund, name) != "" for name in (*CONTACT, *ROUTES)))
    return list(db.session.execute(select(*columns).where(says).order_by(Fund.id)))


_kept = Kept[list[Any]]("contacts", lambda: _read(), [])
