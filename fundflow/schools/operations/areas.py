"""Patches with their link officers, and clusters: named, renamed, and their schools chosen."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.area import Cluster, ClusterSchool, Patch
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.schools.area_queries import Area, Kind, link_officers, school_ids_of
from fundflow.schools.rules import may_edit
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused, refuse_if


def add_area(kind: Kind, *, name: str, officer_id: int | None = None, user: User, now: datetime) -> Area:
    """A new patch or cluster; Refused where its name is taken, AlreadyTaken by a second click."""
    _may_edit(user, now)
    _hold_all(kind)
    area: Area = kind(name=name)
    _refuse_name(area, name, twice=officer_id)
    db.session.add(area)
    _set_officer(area, officer_id, now)
    db.session.flush()  # the history entry needs its number
    record_event(area, "change", f"{name} was added", user=user, now=now)
    db.session.commit()
    return area


def change_area(
    area: Area, *, name: str, officer_id: int | None = None, version: int, user: User, now: datetime
) -> None:
    """Rename a patch or cluster; a patch's link officer may change with it."""
    _hold(area, version, user, now)
    _refuse_name(area, name)
    before, area.name = area.name, name
    _set_officer(area, officer_id, now)
    label = f"{name} was changed" if name == before else f"{before} was renamed {name}"
    record_event(area, "change", label, user=user, now=now, given={"officer": officer_id})
    area.touch()
    db.session.commit()


def choose_schools(
    area: Area, school_ids: Iterable[int], *, version: int, user: User, now: datetime
) -> tuple[int, int]:
    """Make these the schools of a patch or cluster; returns how many came and how many went.

    A school is in one patch at most, so those of another leave it.
    """
    _hold(area, version, user, now)
    wanted, held = set(school_ids), school_ids_of(area)
    came, gone = _schools(wanted - held), _schools(held - wanted)
    if isinstance(area, Patch):
        _move(area, came, gone)
    else:
        _join(area, came, gone)
    if came or gone:
        record_event(
            area,
            "change",
            f"{area.name}: {len(came)} came, {len(gone)} went",
            user=user,
            now=now,
            given={"came": _urns(came), "went": _urns(gone)},
        )
        area.touch()
    db.session.commit()
    return len(came), len(gone)


def _move(patch: Patch, came: Sequence[School], gone: Sequence[School]) -> None:
    others = {school.patch_id for school in came} - {None}
    for other in db.session.scalars(select(Patch).where(Patch.id.in_(others))):
        other.touch()
    for school in came:
        school.patch_id = patch.id
    for school in gone:
        school.patch_id = None


def _join(cluster: Cluster, came: Sequence[School], gone: Sequence[School]) -> None:
    db.session.add_all(ClusterSchool(cluster_id=cluster.id, school_id=school.id) for school in came)
    left = [school.id for school in gone]
    db.session.execute(
        delete(ClusterSchool).where(ClusterSchool.cluster_id == cluster.id, ClusterSchool.school_id.in_(left))
    )


def _schools(ids: set[int]) -> Sequence[School]:
    """These schools, held in the order of their ids until the transaction ends."""
    return (
        db.session.scalars(
            select(School)
            .where(School.id.in_(ids))
            .order_by(School.id)
            .with_for_update(of=School, key_share=True)
        )
        .unique()
        .all()
    )


def _urns(schools: Sequence[School]) -> list[str]:
    return [school.urn for school in schools]


def _hold(area: Area, version: int, user: User, now: datetime) -> None:
    _may_edit(user, now)
    _hold_all(type(area))
    if version != area.version:
        raise Stale


def _hold_all(kind: Kind) -> None:
    """All of them, with fresh values: there are a few, and schools pass from one to another."""
    db.session.scalars(
        select(kind)
        .order_by(kind.id)
        .with_for_update(of=kind, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _may_edit(user: User, now: datetime) -> None:
    refuse_if(None if may_edit(user, now) else "Only liaison officers and administrators can change this.")


def _refuse_name(area: Area, name: str, twice: int | None = None) -> None:
    kind, is_new = type(area), area not in db.session
    others: Any = db.session.scalars(select(kind))
    for other in others:
        if other is area or searchable(other.name) != searchable(name):
            continue
        if is_new and other.version == 1 and getattr(other, "officer_id", None) == twice:
            raise AlreadyTaken  # the page was sent twice
        raise Refused(f"There is a {kind.__tablename__} called {other.name} already.")


def _set_officer(area: Area, officer_id: int | None, now: datetime) -> None:
    if not isinstance(area, Patch):
        return
    if officer_id not in (None, area.officer_id, *(officer.id for officer in link_officers(now))):
        raise Refused("Select somebody who is a liaison officer today.")
    area.officer_id = officer_id
