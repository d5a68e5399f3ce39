"""What the pages of patches, clusters and tiers read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.area import Cluster, ClusterSchool, Patch, TierEntry
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.models.school import CLOSED, School
from fundflow.web.paging import Page, comes_after, page_of_rows
from fundflow.workflow.working_days import london_date

Area = Patch | Cluster
Kind = type[Patch] | type[Cluster]
PAGE = 50
CHANGES = 25  # of the history under a list


class AreaRow(NamedTuple):
    id: int
    name: str
    schools: int
    officer: str | None = None


def patches(after: int | None = None) -> Page[AreaRow]:
    """Patches by name, with their link officers and how many schools each has."""
    query = (
        select(Patch.id, Patch.name, func.count(School.id), User.name)
        .outerjoin(School, School.patch_id == Patch.id)
        .outerjoin(User, User.id == Patch.officer_id)
        .where(*([comes_after(after, Patch.name, Patch.id)] if after else []))
        .group_by(Patch.id, Patch.name, User.name)
        .order_by(Patch.name)
    )
    return page_of_rows(query, PAGE, AreaRow)


def clusters(after: int | None = None) -> Page[AreaRow]:
    """Clusters by name, and how many schools each has."""
    query = (
        select(Cluster.id, Cluster.name, func.count(ClusterSchool.id))
        .outerjoin(ClusterSchool)
        .where(*([comes_after(after, Cluster.name, Cluster.id)] if after else []))
        .group_by(Cluster.id, Cluster.name)
        .order_by(Cluster.name)
    )
    return page_of_rows(query, PAGE, AreaRow)


def area(kind: Kind, number: int) -> Area | None:
    """The patch or cluster with this number."""
    found: Any = db.session.get(kind, number)
    return found  # type: ignore[no-any-return]


def school_ids_of(found: Area) -> set[int]:
    """The schools of a patch or cluster, by id."""
    query = (
        select(School.id).where(School.patch_id == found.id)
        if isinstance(found, Patch)
        else select(ClusterSchool.school_id).where(ClusterSchool.cluster_id == found.id)
    )
    return set(db.session.scalars(query))


class Choosable(NamedTuple):
    """A school that may be put into a patch or cluster."""

    id: int
    urn: str
    name: str
    patch: str | None


def choosable(found: Area) -> list[Choosable]:
    """The schools of our funds' areas that are not closed, and those that are in already, by name."""
    ours = select(Fund.la_code)
    rows = db.session.execute(
        select(School.id, School.urn, School.name, Patch.name)
        .outerjoin(Patch, Patch.id == School.patch_id)
        .where(
            or_(
                School.la_code.in_(ours) & (School.status_code != CLOSED), School.id.in_(school_ids_of(found))
            )
        )
        .order_by(School.search_name, School.urn)
    )
    return [Choosable(*row) for row in rows]


def ids_by_urn(urns: Iterable[str]) -> dict[str, int]:
    """The schools we hold of these URNs (or codes of ours)."""
    return dict(db.session.execute(select(School.urn, School.id).where(School.urn.in_(list(urns)))).all())


def link_officers(now: datetime, fund_id: int | None = None) -> list[User]:
    """Liaison officers and deputies of today, by name; of one fund, where it is given."""
    roles = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)
    grants = db.session.scalars(
        select(RoleGrant).where(RoleGrant.role.in_(roles)).options(joinedload(RoleGrant.user))
    )
    day = london_date(now)
    held = {
        grant.user
        for grant in grants
        if grant.is_valid_on(day)
        and grant.user.active
        and (fund_id is None or grant.fund_id in (None, fund_id))
    }
    return sorted(held, key=lambda user: (user.name, user.id))


def changes(process: str) -> Sequence[HistoryEntry]:
    """What was done last to patches, clusters or organisations, newest first."""
    return db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.process == process)
        .order_by(HistoryEntry.id.desc())
        .limit(CHANGES)
    ).all()


def patch_of(school: School) -> Patch | None:
    """The patch a school is in, with its link officer."""
    if school.patch_id is None:
        return None
    return db.session.scalar(
        select(Patch).where(Patch.id == school.patch_id).options(joinedload(Patch.officer))
    )


def clusters_of(school: School) -> Sequence[str]:
    """The names of the clusters a school is in."""
    return db.session.scalars(
        select(Cluster.name)
        .join(ClusterSchool)
        .where(ClusterSchool.school_id == school.id)
        .order_by(Cluster.name)
    ).all()


def tiers_of(school: School) -> Sequence[TierEntry]:
    """A school's tiers, the latest entry first: that one counts."""
    return db.session.scalars(
        select(TierEntry)
        .where(TierEntry.school_id == school.id)
        .order_by(TierEntry.id.desc())
        .options(joinedload(TierEntry.by))
    ).all()
