"""Schools, people, their roles, seats and interests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event

from fundflow.letters.links import hash_of
from fundflow.models.area import Cluster, ClusterSchool, Patch, TierEntry
from fundflow.models.data_protection import DataComplaint
from fundflow.models.data_removal import DataRemoval
from fundflow.models.desk import Cover
from fundflow.models.fund import Fund
from fundflow.models.inspection import Inspection, InspectionGrade, InspectionSource
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.measure import Measure
from fundflow.models.person import (
    BrowserSession,
    Membership,
    RoleGrant,
    RoleName,
    Seat,
    SeatPosition,
    Sector,
    Standing,
    User,
)
from fundflow.models.register import Register, RegisterFile
from fundflow.models.school import School, Trust
from fundflow.models.target import SchoolTarget, TargetFigure, TargetTerms
from fundflow.schools.importing.summary import Counts
from fundflow.workflow.data_complaint import ComplaintState
from fundflow.workflow.data_removal import RemovalState
from tests.factories.base import LONG_AGO, NOW, Rows, numbers

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)  # tests travel in time, and stay signed in


def session_id_of(user: User) -> str:
    """What the cookie holds of the session in which a test signs somebody in."""
    return f"session of {user.email}"


@event.listens_for(User, "load")
def _remember(user: User, _context: Any) -> None:
    user.session_id = session_id_of(user)


def signed_in(user: User) -> BrowserSession:
    """A session that neither ends nor needs to be noted as seen."""
    return BrowserSession(
        user=user,
        key_hash=hash_of(session_id_of(user)),
        begun_at=FOREVER,
        seen_at=FOREVER,
        browser="A browser",
        network="127.0.0.1",
    )


class People(Rows):
    """Schools and trusts, people and what they hold."""

    def trust(self, name: str = "") -> Trust:
        n = next(numbers)
        return self._add(Trust(code=str(5000 + n), name=name or f"Trust {n}"))

    def school(self, name: str = "", **values: Any) -> School:
        n = next(numbers)
        name = name or f"School {n}"
        values = {
            "urn": str(100_000 + n),
            "name": name,
            "la_code": "899",
            "la_name": "Brackenford",
            "establishment_number": f"{n % 10_000:04}",
            "type_code": 1,
            "type_name": "Community school",
            "phase_code": 2,
            "status_code": 1,
            "pupils": Decimal("210"),
            "postcode": "BR1 2AB",
            "search_postcode": "BR12AB",
            **values,
        }
        return self._add(School(**values))

    def register_file(self, **values: Any) -> RegisterFile:
        """A file of GIAS that was imported today."""
        given = {"register": Register.SCHOOLS, "name": "edubasealldata20261118.csv", "imported_at": NOW}
        counts = dict.fromkeys(Counts._fields, 0)
        return self._add(RegisterFile(looked_at=NOW, counts=counts, **{**given, **values}))

    def tier(self, school: School, by: User, **values: Any) -> TierEntry:
        """The third tier, from today."""
        given = {"tier": 3, "reason": "Results fell", "from_on": NOW.date(), "at": NOW, "by_id": by.id}
        return self._add(TierEntry(school_id=school.id, **{**given, **values}))

    def target(self, school: School, measure: Measure, owner: User, **values: Any) -> SchoolTarget:
        """From 50 in January 2026 to 80 two years later."""
        terms = {"target": 80, "target_on": date(2028, 1, 1), "owner": owner, "reason": "Results fell"}
        said = TargetTerms(**terms, at=NOW, by_id=owner.id)
        given = {"baseline": 50, "baseline_on": date(2026, 1, 1), "terms": [said], "version": 1}
        return self._add(SchoolTarget(school=school, measure=measure, **{**given, **values}))

    def figure(self, target: SchoolTarget, by: User, **values: Any) -> TargetFigure:
        """70 today."""
        given = {"value": 70, "measured_on": NOW.date(), "source": "The autumn check", "at": NOW}
        return self._add(TargetFigure(target_id=target.id, by_id=by.id, **{**given, **values}))

    def inspection(
        self, school: School, grades: Mapping[str, str] | None = None, **values: Any
    ) -> Inspection:
        """An inspection that somebody typed in: good throughout, with an overall grade."""
        said = {"Overall effectiveness": "Good", "Quality of education": "Good"} if grades is None else grades
        given = {"regime": "overall", "inspected_on": date(2023, 3, 14), "source": InspectionSource.TYPED}
        rows = [InspectionGrade(area=area, grade=grade) for area, grade in said.items()]
        return self._add(Inspection(school=school, at=NOW, grades=rows, **{**given, **values}))

    def organisation(self, name: str = "", **values: Any) -> School:
        """Something that is no school: it has a code of ours instead of a URN."""
        n = next(numbers)
        return self.school(
            name or f"Organisation {n}",
            **{
                "urn": f"O{n % 100_000:05}",
                "is_organisation": True,
                "type_code": None,
                "phase_code": 0,
                "type_name": "Virtual school",
                "pupils": None,
                "establishment_number": None,
                **values,
            },
        )

    def patch(self, name: str = "", *schools: School, officer: User | None = None) -> Patch:
        patch = self._add(Patch(name=name or f"Patch {next(numbers)}", officer=officer))
        for school in schools:
            school.patch_id = patch.id
        self.session.flush()
        return patch

    def cluster(self, name: str = "", *schools: School) -> Cluster:
        members = [ClusterSchool(school=school) for school in schools]
        return self._add(Cluster(name=name or f"Cluster {next(numbers)}", members=members))

    def user(self, name: str = "", email: str = "", **values: Any) -> User:
        n = next(numbers)
        name = name or f"Person {n}"
        return self._add(self._user(name, email, **values))

    def _user(self, name: str, email: str = "", **values: Any) -> User:
        email = email or f"{name.lower().replace(' ', '.')}@brackenford.example"
        user = User(name=name, email=email, created_at=NOW, **values)
        user.session_id = session_id_of(user)
        self.session.add(signed_in(user))
        return user

    def role(
        self,
        user: User,
        role: RoleName,
        *,
        fund: Fund | None = None,
        starts_on: date = LONG_AGO,
        ends_on: date | None = None,
    ) -> RoleGrant:
        grant = RoleGrant(
            user=user, fund_id=fund.id if fund else None, role=role, starts_on=starts_on, ends_on=ends_on
        )
        return self._add(grant)

    def staff(self, role: RoleName, name: str = "", **values: Any) -> User:
        """A new person who holds one role for every fund."""
        user = self._user(name or f"{role.words} {next(numbers)}", **values)
        user.roles = [RoleGrant(role=role, starts_on=LONG_AGO)]
        return self._add(user)

    def belongs(self, user: User, school: School, standing: Standing = Standing.LEADER) -> Membership:
        """A place at a school for somebody who is there."""
        return self._add(Membership(user=user, school=school, standing=standing, starts_on=LONG_AGO))

    def member(
        self, school: School, standing: Standing = Standing.LEADER, name: str = "", **values: Any
    ) -> User:
        """A new person of a school: its head by default."""
        user = self._user(name or f"{standing.words} {next(numbers)}", **values)
        user.memberships = [Membership(school=school, standing=standing, starts_on=LONG_AGO)]
        return self._add(user)

    def seat(
        self,
        fund: Fund,
        user: User | None = None,
        position: SeatPosition = SeatPosition.MEMBER,
        sector: Sector = Sector.PRIMARY,
        school: School | None = None,
        trust: Trust | None = None,
        name: str = "",
        **values: Any,
    ) -> Seat:
        user = user or self._user(name or f"{position.words} {next(numbers)}")
        return self._add(
            Seat(
                **{
                    "fund_id": fund.id,
                    "user": user,
                    "position": position,
                    "sector": sector,
                    "school": school,
                    "trust_id": trust.id if trust else None,
                    "starts_on": LONG_AGO,
                    **values,
                }
            )
        )

    def panel(self, fund: Fund) -> list[Seat]:
        """Five seats: chair (secondary), deputy (special), primary, LA, governor."""
        P, T = SeatPosition, Sector
        with self.in_one_go():
            return [
                self.seat(fund, position=position, sector=sector)
                for position, sector in (
                    (P.CHAIR, T.SECONDARY),
                    (P.DEPUTY, T.SPECIAL),
                    (P.MEMBER, T.PRIMARY),
                    (P.MEMBER, T.LA),
                    (P.MEMBER, T.GOVERNOR),
                )
            ]

    def cover(
        self,
        away: User,
        covering: User | None = None,
        *,
        starts_on: date = date(2027, 1, 4),
        ends_on: date = date(2027, 1, 8),
    ) -> Cover:
        """One officer covers for another, next January by default."""
        return self._add(
            Cover(
                away_id=away.id,
                covering_id=(covering or self.user()).id,
                starts_on=starts_on,
                ends_on=ends_on,
                arranged_by_id=away.id,
                arranged_at=NOW,
            )
        )

    def complaint(self, **values: Any) -> DataComplaint:
        """A complaint of Una Reed about personal data, received now."""
        said = {"name": "Una Reed", "email": "una@example.org", "text": "My address was shown."}
        received = {"state": ComplaintState.RECEIVED, "received_at": NOW}
        made: DataComplaint = self._add(DataComplaint(**said | received | values))
        return made

    def removal(self, by: User, **values: Any) -> DataRemoval:
        """An empty list of what was kept long enough, proposed now."""
        made: DataRemoval = self._add(
            DataRemoval(
                **{"state": RemovalState.PROPOSED, "proposed_at": NOW, "proposed_by_id": by.id} | values
            )
        )
        return made

    def interest(self, user: User, **values: Any) -> RegisteredInterest:
        """A line of the register: of a school, unless said otherwise, and barring."""
        where = {} if {"school", "trust", "body"} & set(values) else {"school": self.school()}
        return self._add(
            RegisteredInterest(
                **{
                    "user": user,
                    "sort": InterestSort.FAMILY,
                    "text": "My sister teaches there.",
                    "registered_at": NOW,
                    "registered_by_id": user.id,
                    **where,
                    **values,
                }
            )
        )
