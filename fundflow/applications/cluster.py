"""Schools of one cluster bid together: they are added to the bid in one go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.applications.section_forms import SectionForm
from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import leaders_of
from fundflow.models.area import ClusterSchool
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.school import School
from fundflow.web.fields import Checkboxes, Radios, choices_of
from fundflow.workflow.working_days import london_date


class Neighbours(NamedTuple):
    """Schools of the lead school's clusters that are not in the bid yet.

    ready    those whose head has an account, by URN: the head is asked to confirm
    unknown  names of those whose head we can’t write to; they are added one by one
    """

    ready: dict[str, tuple[School, Addressee]]
    unknown: list[str]


def neighbours_of(bid: Bid, now: datetime) -> Neighbours:
    """Whom the lead school of a bid could bring in from its clusters."""
    day, inside = london_date(now), {school.id for school in bid.schools}
    found: Neighbours = Neighbours({}, [])
    for school in _members(bid.lead_school_id):
        if school.id in inside or not school.is_open:
            continue
        heads = leaders_of(school, day)
        if heads:
            found.ready[school.urn] = (school, heads[0])
        else:
            found.unknown.append(school.name)
    return found


def has_cluster(bid: Bid) -> bool:
    """Whether the lead school belongs to a cluster."""
    mine = select(ClusterSchool.id).where(ClusterSchool.school_id == bid.lead_school_id)
    return db.session.scalar(mine.limit(1)) is not None


def _members(school_id: int) -> Sequence[School]:
    mine = select(ClusterSchool.cluster_id).where(ClusterSchool.school_id == school_id)
    return db.session.scalars(
        select(School)
        .join(ClusterSchool, ClusterSchool.school_id == School.id)
        .where(ClusterSchool.cluster_id.in_(mine), School.is_organisation.is_(False))
        .distinct()
        .order_by(School.search_name, School.urn)
    ).all()


class AddClusterForm(SectionForm):
    """Which schools of the cluster, and what all of them do."""

    urns = Checkboxes("Which schools take part?", missing="Select at least one school")
    part = Radios(
        "What do they do?",
        choices=Part,
        missing="Select what these schools do",
        description="You can change it for each of them afterwards",
    )

    @classmethod
    def offering(cls, bid: Bid, found: Neighbours) -> "AddClusterForm":
        form = cls.about(bid, None)
        form.urns.choices = choices_of((urn, f"{s.name} ({urn})") for urn, (s, _) in found.ready.items())
        return form

    def partners(self, found: Neighbours) -> list[dict[str, Any]]:
        """The rows to add."""
        chosen = [found.ready[urn] for urn in self.urns.data or []]
        return [
            {
                "school_id": school.id,
                "part": self.part.data,
                "contact_name": head.name,
                "contact_email": head.email,
            }
            for school, head in chosen
        ]
