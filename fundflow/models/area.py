"""How a council sees its schools: patches with link officers, clusters, tiers, successors."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import IntEnum

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base, db
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.person import User
from fundflow.models.school import School


class Patch(Base):
    """Some schools of the area, and the officer who is their link."""

    __tablename__ = "patch"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    officer_id: Mapped[int | None] = key_to("person.id")
    version: Mapped[int] = mapped_column(default=1)

    officer: Mapped[User | None] = relationship()
    schools: Mapped[list[School]] = relationship(order_by=School.search_name)

    def touch(self) -> None:
        self.version += 1


class Cluster(Base):
    """Schools that work together and can bid together."""

    __tablename__ = "cluster"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    version: Mapped[int] = mapped_column(default=1)

    members: Mapped[list["ClusterSchool"]] = relationship(
        back_populates="cluster", order_by="ClusterSchool.id", cascade="all, delete-orphan"
    )

    def touch(self) -> None:
        self.version += 1


class ClusterSchool(Base):
    __tablename__ = "cluster_school"

    cluster_id: Mapped[int] = key_to("cluster.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    id: Mapped[Id]

    cluster: Mapped[Cluster] = relationship(back_populates="members")
    school: Mapped[School] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("cluster_id", "school_id"),)


class Tier(IntEnum):
    """How much a school needs from the council (York: “tiers of intervention”). Staff only."""

    SELF_IMPROVING = 1
    LIGHT = 2
    TARGETED = 3
    INTENSIVE = 4

    @property
    def words(self) -> str:
        return {
            1: "1: improves itself",
            2: "2: light support",
            3: "3: targeted support",
            4: "4: intensive support",
        }[self.value]


class TierEntry(Base):
    """A school's tier from a day on, and why. Append-only: the latest entry counts."""

    __tablename__ = "tier_entry"
    __table_args__ = (CheckConstraint("tier BETWEEN 1 AND 4", name="tier_of_1_to_4"),)

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id")
    tier: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id")

    school: Mapped[School] = relationship()
    by: Mapped[User] = relationship()


def tiers_on(school_ids: Collection[int], day: date) -> dict[int, Tier]:
    """The tier of each of these schools that has one, on a day: of the entries from that day or
    before, the one made last."""
    latest = (
        select(func.max(TierEntry.id))
        .where(TierEntry.school_id.in_(school_ids), TierEntry.from_on <= day)
        .group_by(TierEntry.school_id)
    )
    rows = db.session.execute(select(TierEntry.school_id, TierEntry.tier).where(TierEntry.id.in_(latest)))
    return {school_id: Tier(tier) for school_id, tier in rows}


class SchoolLink(Base):
    """A row of GIAS's links file: which establishment came before or after which."""

    __tablename__ = "school_link"
    __table_args__ = (UniqueConstraint("school_id", "link_urn", "link_type"),)

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id")
    link_urn: Mapped[str] = mapped_column(String(6), index=True)
    link_name: Mapped[str] = mapped_column(String(200), default="")
    link_type: Mapped[str] = mapped_column(String(80))  # “Successor”, “Predecessor - merged” …
    established_on: Mapped[date | None]

    school: Mapped[School] = relationship()


PASSED_ON = "pass_on"  # the step in a bid's history


class Succession(Base):
    """One school's live bids passed to its successor; what was paid keeps the old URN."""

    __tablename__ = "succession"
    __table_args__ = (CheckConstraint("old_school_id != new_school_id", name="two_schools"),)

    id: Mapped[Id]
    old_school_id: Mapped[int] = key_to("school.id")
    new_school_id: Mapped[int] = key_to("school.id")
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id")

    old_school: Mapped[School] = relationship(foreign_keys="Succession.old_school_id")
    new_school: Mapped[School] = relationship(foreign_keys="Succession.new_school_id")


# Who a school is today: itself, or the successor its bids passed to in the end.
SCHOOL_TODAY = func.coalesce(School.succeeded_by_id, School.id)


def schools_today(school_ids: Iterable[int]) -> dict[int, int]:
    """Who each of these schools is today, by their ids."""
    rows = db.session.execute(select(School.id, SCHOOL_TODAY).where(School.id.in_(set(school_ids))))
    return dict(rows.all())


def same_schools(school_ids: Iterable[int]) -> set[int]:
    """These schools with all they came from and passed into: the same staff under several URNs."""
    ids = set(school_ids)
    today = select(SCHOOL_TODAY).where(School.id.in_(ids))
    return ids | set(db.session.scalars(select(School.id).where(SCHOOL_TODAY.in_(today))))
