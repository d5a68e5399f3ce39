"""A council whose bids are ready for the panel: what the panel's journeys begin with."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.interest import InterestKind
from fundflow.models.panel import Meeting
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, SeatPosition, Sector, User
from fundflow.models.review import Recommendation
from fundflow.models.school import School, Trust
from fundflow.panel.operations import interests
from fundflow.panel.operations.scores import Mark, save_sheet
from fundflow.rules.panel.sittings import seats_of
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import address
from tests.journeys.invented import InventedCouncil

OFFICER, CLERK, AUTHORISED, MANAGER = "Priya Shah", "Grace Lin", "Diana Holt", "Noel Frost"
STAFF = {
    OFFICER: RoleName.OFFICER,
    CLERK: RoleName.CLERK,
    AUTHORISED: RoleName.AUTHORISED_OFFICER,
    MANAGER: RoleName.REVIEWING_MANAGER,
    "Owen Clarke": RoleName.FINANCE,
    "Ian Potts": RoleName.ADMINISTRATOR,
}

ACADEMY = 34
RATE = 50_000  # pence a day, of every bid of the panel's journeys


class Member(NamedTuple):
    """One seat of the panel; `school` and `trust` by name."""

    name: str
    sector: Sector
    position: SeatPosition = SeatPosition.MEMBER
    school: str = ""
    trust: str = ""


class Ready(NamedTuple):
    """One bid that an officer has reviewed; whole pounds, a multiple of £500."""

    title: str
    lead: str
    provider: str
    pounds: int
    pupils: int = 112


class Stage:
    """Makes the council straight in the database; everything from the officer's report on goes
    through pages."""

    def __init__(self, make: Make, now: datetime, **settings: object) -> None:
        self.make, self.now = make, now
        self.fund: Fund = make.fund(prefix="BRK", name="School improvement fund", **settings)
        make.round(self.fund).priorities[0].title = "Early reading and phonics"
        self.trusts: dict[str, Trust] = {}
        self.schools: dict[str, School] = {}
        self.people: dict[str, User] = {
            name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()
        }

    def members_score_from(self, pounds: int) -> None:
        """A second version of the rules: from this amount on each member scores."""
        rules = replace(self.fund.rules, individual_from_pence=pounds * 100)
        self.fund.panel_rules.append(
            PanelRules.holding(
                rules,
                number=2,
                set_at=self.now,
                reason="Schools forum, minute 7",
            )
        )
        db.session.flush()

    def school(self, name: str, head: str, trust: str = "") -> None:
        """A school and its head; an academy where it is of a trust."""
        values = {"type_code": ACADEMY, "trust": self.trust(trust)} if trust else {}
        self.schools[name] = self.make.school(name, **values)
        self.people[head] = self.make.member(self.schools[name], name=head, email=address(head))

    def trust(self, name: str) -> Trust:
        if name not in self.trusts:
            self.trusts[name] = self.make.trust(name)
        return self.trusts[name]

    def member(self, member: Member) -> None:
        user = self.people.get(member.name) or self.make.user(member.name, email=address(member.name))
        self.people[member.name] = user
        self.make.seat(
            self.fund,
            user,
            member.position,
            member.sector,
            school=self.schools.get(member.school),
            trust=self.trusts.get(member.trust),
        )

    def bid(self, ready: Ready) -> str:
        """A bid in review whose checklist is done and whose partners have confirmed."""
        lead = self.schools[ready.lead]
        bid: Bid = self.make.bid(
            fund=self.fund,
            lead=lead,
            provider=self.schools[ready.provider],
            now=self.now,
            leader=next(p for p in self.people.values() if lead in [m.school for m in p.memberships]),
        )
        bid.title, bid.pupils_benefiting = ready.title, ready.pupils
        coach = bid.backfill_lines[0]
        for other in [*bid.backfill_lines[1:], *bid.cost_lines]:
            db.session.delete(other)
        coach.half_days, coach.day_rate_pence = 2 * ready.pounds * 100 // RATE, RATE
        db.session.flush()
        db.session.refresh(bid)
        bid.requested_pence, bid.officer = ready.pounds * 100, self.people[OFFICER]
        bid.state = BidState.IN_REVIEW
        bid.submitted_at, bid.agreed_by_id = self.now, bid.created_by_id
        self.make._as_its_state_implies(bid, self.now)
        db.session.flush()
        self.make._sent(bid, bid.created_by, self.now)
        self.make.confirmed(bid)
        assert bid.review is not None
        bid.review.recommendation, bid.review.recommended_pence = Recommendation.FUND, bid.requested_pence
        bid.sent_title, bid.sent_pence = bid.title, bid.requested_pence
        return bid.reference


def set_up(
    world: World, closing: ExitStack, build: Callable[[Stage], object], **settings: object
) -> InventedCouncil:
    """The council as `build` makes it; settings are the fund's."""
    with world.app.app_context():
        build(Stage(Make(db.session), world.moment, **settings))  # type: ignore[arg-type]
        db.session.commit()
        db.session.remove()
    return InventedCouncil(world, closing)


def hand_in(council: InventedCouncil, meeting: int, scores: Mapping[str, Mapping[str, str]]) -> None:
    """For speed, what members do on their pages: they have no interest, and hand in their scores.

    scores  reference → member → a digit a criterion, in the order of the rules
    """
    now = council.world.moment
    with council.world.app.app_context():
        for item in db.session.get_one(Meeting, meeting).items:
            seats = {seat.user.name: seat for seat in seats_of(item, now)}
            for name, digits in scores.get(item.bid.reference, {}).items():
                seat = seats[name]
                interests.declare(item, seat.id, InterestKind.NONE, user=seat.user, now=now)
                marks = {
                    slug: Mark(int(score), f"{name} on {slug}")
                    for slug, score in zip(item.rules.slugs, digits, strict=True)
                }
                save_sheet(item, seat.id, marks, hand_in=True, stamp=None, user=seat.user, now=now)
        db.session.remove()


def letters_since(council: InventedCouncil, mark: int, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Who got which letter after the first `mark` ones, people by the short names given."""
    return [(names.get(to, to), subject) for to, subject in council.letters()[mark:]]
