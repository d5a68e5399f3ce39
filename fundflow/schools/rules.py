"""Who of the council does what about schools; routes and operations ask the same."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind
from fundflow.rules.caseloads import KEPT
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.working_days import london_date

EDITORS = (R.OFFICER, R.DEPUTY_OFFICER, R.ADMINISTRATOR)  # patches, clusters, tiers, successors
KEEPERS = (R.OFFICER, R.DEPUTY_OFFICER)  # concerns, caseloads and reviews of a term
READERS = (*EDITORS, R.AUDITOR)  # of tiers too: no school, board or panel sees a byte of them

PEOPLE_READERS = (  # of who works at a school: a role that is not named here sees no name
    *READERS,
    R.CLERK,
    R.AUTHORISED_OFFICER,
    R.REVIEWING_MANAGER,
    R.FINANCE,
    R.IMPACT_OFFICER,
)


def is_one_of(user: User, roles: tuple[R, ...], now: datetime) -> bool:
    return user.active and bool(user.roles_on(london_date(now)) & set(roles))


def sees_people(user: User, now: datetime) -> bool:
    """Whether this person is shown who works at a school: the council's staff, not readers of reports."""
    return is_one_of(user, PEOPLE_READERS, now)


def sees_tiers(user: User, school: School, now: datetime) -> bool:
    """Whether this person reads a school's tiers and targets: never those of their own school or trust."""
    return is_one_of(user, READERS, now) and not _own(user, school, now)


def of_others(user: User, now: datetime, school: Any = School) -> ColumnElement[bool]:
    """The same of a school in a query (the class, or an alias of it), for a reader of tiers."""
    return OwnBodies.of(user, london_date(now)).not_among(school)


def may_edit(user: User, now: datetime) -> bool:
    return is_one_of(user, EDITORS, now)


def works_for(user: User, fund_id: int, now: datetime) -> bool:
    """Whether this person is an editor for this fund, not for another one alone."""
    return bool(roles_for(user, fund_id, london_date(now)) & set(EDITORS))


def may_edit_organisations(user: User, now: datetime) -> bool:
    return is_one_of(user, (R.ADMINISTRATOR,), now)


def why_no_target(user: User, school: School, now: datetime) -> str | None:
    """None where this person may set and change this school's targets, else the sentence."""
    if not may_edit(user, now):
        return "Only liaison officers and administrators can change a target."
    return why_not_own(user, school, now)


def why_no_tier(user: User, school: School, now: datetime) -> str | None:
    """None where this person may record this school's tier, else the sentence."""
    if not may_edit(user, now):
        return "Only liaison officers and administrators can record a tier."
    return why_not_own(user, school, now) or why_no_tier_of_academy(school)


def why_no_tier_of_academy(school: School) -> str | None:
    """The sentence where the council keeps no tiers for academies and this is one, else None."""
    if school.kind is not SchoolKind.ACADEMY:
        return None
    says = Fund.la_code == school.la_code, Fund.academies_concern_only.is_(True)
    if db.session.scalar(select(Fund.id).where(Fund.id.in_(KEPT), *says).limit(1)) is None:
        return None
    return "Academies have no tier here: an academy has a concern or none."


def why_not_keep(user: User, school: School, fund_id: int, now: datetime) -> str | None:
    """None where this person may write for a fund what is held of this school, else the sentence."""
    if not (user.active and roles_for(user, fund_id, london_date(now)) & set(KEEPERS)):
        return "Only the fund’s liaison officers can do this."
    return why_not_own(user, school, now)


def why_no_inspection(user: User, school: School, now: datetime) -> str | None:
    """None where this person may enter or remove this school's inspections, else the sentence."""
    if not may_edit(user, now):
        return "Only liaison officers and administrators can change a school’s inspections."
    if school.is_organisation:
        return "Ofsted’s inspections are of schools alone."
    return why_not_own(user, school, now)


def why_not_pass_on(user: User, old: School, new: School | None, now: datetime) -> str | None:
    """None where this person may pass on the bids of a school (to another), else the sentence."""
    if not may_edit(user, now):
        return "Only liaison officers and administrators can pass on bids."
    mine = next((school for school in (old, new) if school and _own(user, school, now)), None)
    return f"You belong to {mine.name} or its trust. Ask a colleague." if mine else None


def why_not_own(user: User, school: School, now: datetime) -> str | None:
    """The sentence where this is somebody's own school or one of its trust, else None."""
    return f"You belong to {school.name} or its trust. Ask a colleague." if _own(user, school, now) else None


def _own(user: User, school: School, now: datetime) -> bool:
    return OwnBodies.of(user, london_date(now)).bar_from([school]) is not None
