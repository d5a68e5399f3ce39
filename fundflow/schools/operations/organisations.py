"""What may take part in bids and is no school: a virtual school, a children’s centre."""

from datetime import datetime

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import CLOSED, OPEN, School
from fundflow.names import searchable
from fundflow.rules.school_queries import folded_postcode
from fundflow.schools.rules import may_edit_organisations
from fundflow.steps import AlreadyTaken, Stale, lock_row
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.worded import Worded

MOST = 99_999  # codes: O00001 to O99999


class OrganisationType(Worded):
    VIRTUAL_SCHOOL = "Virtual school"
    CHILDRENS_CENTRE = "Children’s centre"
    OTHER = "Other organisation"


def add_organisation(
    *,
    name: str,
    kind: OrganisationType,
    la_code: str,
    street: str,
    town: str,
    postcode: str,
    user: User,
    now: datetime,
) -> School:
    """A new organisation with the next free code; AlreadyTaken by a second click."""
    _may_edit(user, now)
    if la_code not in areas():
        raise Refused("Choose the area of one of our funds.")
    values = _values(name, kind, street, town, postcode)
    _refuse_name(values, adding=True)
    added = School(
        urn=_next_code(),
        is_organisation=True,
        status_code=OPEN,
        phase_code=0,
        la_code=la_code,
        la_name=areas()[la_code],
        **values,
    )
    db.session.add(added)
    db.session.flush()  # the history entry needs its number
    record_event(
        added, "change", f"{name} ({added.urn}) was added", user=user, now=now, process="organisation"
    )
    db.session.commit()
    return added


def change_organisation(
    organisation: School,
    *,
    name: str,
    kind: OrganisationType,
    is_open: bool,
    street: str,
    town: str,
    postcode: str,
    seen: str,
    user: User,
    now: datetime,
) -> None:
    """Correct an organisation, or close it. `seen` is `stamp` of what the page showed."""
    _may_edit(user, now)
    lock_row(organisation)
    if seen != stamp(organisation):
        raise Stale
    values = _values(name, kind, street, town, postcode)
    if values["search_name"] != organisation.search_name:
        _refuse_name(values)
    for column, value in values.items():
        setattr(organisation, column, value)
    organisation.status_code = OPEN if is_open else CLOSED
    record_event(
        organisation,
        "change",
        f"{name} ({organisation.urn}) was changed",
        user=user,
        now=now,
        process="organisation",
    )
    db.session.commit()


def stamp(organisation: School) -> str:
    """What the page shows, in one line: it tells whether somebody changed it since."""
    o = organisation
    return "|".join((o.name, o.type_name, str(o.status_code), o.street, o.town, o.postcode))


def areas() -> dict[str, str]:
    """The areas of our funds: the authority's name by its code."""
    named = select(School.la_code, func.max(School.la_name)).group_by(School.la_code)
    names = dict(db.session.execute(named.where(School.la_code.in_(select(Fund.la_code)))).all())
    funds = db.session.execute(select(Fund.la_code, Fund.council).order_by(Fund.id)).all()
    return {code: names.get(code) or council for code, council in funds}


def _values(name: str, kind: OrganisationType, street: str, town: str, postcode: str) -> dict[str, str]:
    return {
        "name": name,
        "search_name": searchable(name)[:200],
        "type_name": kind.value,
        "street": street,
        "town": town,
        "postcode": postcode,
        "search_postcode": folded_postcode(postcode),
    }


def _next_code() -> str:
    """The next free code; a unique constraint keeps two at once apart."""
    last = db.session.scalar(select(func.max(School.urn)).where(School.is_organisation.is_(True)))
    number = int(last[1:]) + 1 if last else 1
    if number > MOST:
        raise Refused("There are no free codes left.")
    return f"O{number:05}"


def _refuse_name(values: dict[str, str], *, adding: bool = False) -> None:
    other = db.session.scalar(
        select(School)
        .where(School.is_organisation.is_(True), School.search_name == values["search_name"])
        .limit(1)
    )
    if other is None:
        return
    if adding and all(getattr(other, column) == value for column, value in values.items()):
        raise AlreadyTaken  # the page was sent twice
    raise Refused(f"{other.name} ({other.urn}) is there already.")


def _may_edit(user: User, now: datetime) -> None:
    refuse_if(None if may_edit_organisations(user, now) else "Only administrators can change organisations.")
