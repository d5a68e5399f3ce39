"""A random panel with its bids and its money, as rows and, beside them, as the model."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, Seat, SeatPosition, Sector, User
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Criterion, Rules
from tests.factories import NOW, Make
from tests.panel.model import Case, Law, Member, Purse, Score

TRUST_OF = {0: 0, 1: 0, 2: 1}  # of the six schools the first three are academies, of two trusts
SCHOOLS = 6
SECTORS = tuple(sector.value for sector in Sector)
CRITERIA = ("need", "outcomes", "value")
MOSTLY = (True, True, True, True, True, False)
ASKED = (300_000, 900_000, 1_800_000)


@dataclass(frozen=True)
class Tie:
    """What a member has to do with a school: it is theirs, their trust's, or in the register."""

    how: str  # school, trust, register, open
    school: int


@dataclass(frozen=True)
class Plan:
    """What Hypothesis drew."""

    sectors: tuple[str, ...]
    ties: tuple[Tie | None, ...]
    chair: bool
    deputy: bool
    substitutes: tuple[int, ...]  # whom they stand in for
    laws: tuple[Law, ...]  # today's, and the next version
    bids: tuple[tuple[int, int, int, int | None], ...]  # lead, provider, asked, member named
    lines: tuple[tuple[int, bool], ...]  # pence, may pay academies
    begun: bool  # the meeting is in session already


@st.composite
def some_law(draw: st.DrawFn) -> Law:
    weights = draw(st.sampled_from([(40, 40, 20), (20, 20, 60), (50, 45, 5)]))
    return Law(
        weights=tuple(zip(CRITERIA, weights, strict=True)),
        keys=frozenset(draw(st.sets(st.sampled_from(CRITERIA), max_size=2))),
        least=draw(st.sampled_from([3, 2])),
        percent=draw(st.sampled_from([40, 0, 60])),
        disclosed_vote=draw(st.booleans()),
        individual_from=draw(st.sampled_from([2_500_000, 800_000])),
        fundable=draw(st.sampled_from([60, 80])),
        reduce=draw(st.sampled_from([50, 40])),
        key_least=draw(st.sampled_from([2, 3])),
        wide=draw(st.sampled_from([2, 3])),
    )


@st.composite
def some_plan(draw: st.DrawFn) -> Plan:
    """Between three and twelve members; most have nothing to do with the bids, else nothing happens."""
    count = draw(st.sampled_from([5, 4, 7, 3, 9, 12]))
    free = st.lists(st.sampled_from(SECTORS), min_size=count - 2, max_size=count - 2)
    tie = st.builds(
        Tie, st.sampled_from(["school", "trust", "register", "open"]), st.integers(0, SCHOOLS - 1)
    )
    mostly_none = st.one_of(st.none(), st.none(), st.none(), st.none(), tie)
    known = draw(
        st.sampled_from([("la", "primary"), ("primary", "la"), ("secondary", "la"), ("governor", "la")])
    )
    members = st.integers(0, count - 1)
    school = st.integers(0, SCHOOLS - 1)
    bid = st.tuples(school, school, st.sampled_from(ASKED), st.one_of(st.none(), st.none(), members))
    return Plan(
        sectors=(*known, *draw(free)),
        ties=tuple(draw(st.lists(mostly_none, min_size=count, max_size=count))),
        chair=draw(st.sampled_from(MOSTLY)),
        deputy=draw(st.sampled_from(MOSTLY)),
        substitutes=tuple(draw(st.lists(members, max_size=2, unique=True))),
        laws=(draw(some_law()), draw(some_law())),
        bids=tuple(draw(st.lists(bid, min_size=1, max_size=draw(st.sampled_from([1, 2, 4]))))),
        lines=tuple(
            draw(
                st.lists(
                    st.tuples(st.sampled_from([5_000_000, 700_000, 200_000]), st.sampled_from(MOSTLY)),
                    min_size=1,
                    max_size=3,
                )
            )
        ),
        begun=draw(st.sampled_from(MOSTLY)),
    )


@dataclass
class BidBeside:
    """A bid's row and what the model knows of it: every time it was before the panel."""

    id: int
    kind: str
    asked: int
    pupils: int
    schools: set[int]
    trusts: set[int]
    named: set[int]
    state: str = "at_panel"
    answered: bool = False
    deferrals: int = 0
    said: dict[int, str] = field(default_factory=dict)
    items: list["ItemBeside"] = field(default_factory=list)
    # Of the decision that stands: who took part, the scores and the rules it was made on, and whose
    # interest was found since.
    took_part: set[int] = field(default_factory=set)
    decided_on: tuple[dict[str, Score], Law] | None = None
    found_late: set[int] = field(default_factory=set)

    @property
    def row(self) -> Bid:
        return db.session.get_one(Bid, self.id)

    @property
    def item(self) -> "ItemBeside":
        return self.items[-1]


@dataclass
class ItemBeside:
    id: int
    meeting: int
    case: Case
    kept_law: bool
    email_until: datetime | None = None

    @property
    def row(self) -> AgendaItem:
        return db.session.get_one(AgendaItem, self.id)


class World:
    """The rows of one plan, and the model beside them. Members are known by their number."""

    def __init__(self, make: Make, plan: Plan) -> None:
        db.session.expunge_all()
        self.make, self.plan, self.now = make, plan, NOW
        self.law = plan.laws[0]
        self.schools = self._schools()
        self.fund = make.fund(allocated=0, panel_rules=[PanelRules.holding(rules_of(self.law), number=1)]).id
        self.panel = [self._member(n) for n in range(len(plan.sectors))]
        self.panel += [Member(self.panel[n].sector, "member", stands_for=n) for n in plan.substitutes]
        self.seats = self._seats()
        self.purse = self._purse()
        self.staff = {role.value: make.staff(role).id for role in (RoleName.CLERK, RoleName.OFFICER)}
        self.meetings = {}
        for state, hours in (
            (MeetingState.IN_SESSION if plan.begun else MeetingState.PLANNED, 0),
            (MeetingState.PLANNED, 72),
        ):
            meeting = make.meeting(self.get_fund(), state, NOW + timedelta(hours=hours))
            self.meetings[meeting.id] = state.value
        self.bids = [self._bid(n) for n in range(len(plan.bids))]
        db.session.commit()

    # -- rows -------------------------------------------------------------------------------------

    def get_fund(self) -> Fund:
        return db.session.get_one(Fund, self.fund)

    def meeting(self, n: int = 0) -> Meeting:
        return db.session.get_one(Meeting, list(self.meetings)[n])

    def person(self, who: int) -> User:
        return db.session.get_one(Seat, self.seats[who]).user

    def employee(self, role: str) -> User:
        return db.session.get_one(User, self.staff[role])

    def school(self, n: int) -> School:
        return db.session.get_one(School, self.schools[n])

    def _schools(self) -> list[int]:
        trusts = [self.make.trust().id for _ in range(2)]
        kinds: list[dict[str, Any]] = [
            {"trust_id": trusts[TRUST_OF[n]], "type_code": 34} if n in TRUST_OF else {}
            for n in range(SCHOOLS)
        ]
        return [self.make.school(**values).id for values in kinds]

    def _member(self, n: int) -> Member:
        position = "chair" if n == 0 and self.plan.chair else "deputy" if n == 1 and self.plan.deputy else ""
        member = Member(self.plan.sectors[n], position or "member")
        tie = self.plan.ties[n]
        if tie is None:
            return member
        trust = {TRUST_OF[tie.school]} if tie.school in TRUST_OF else set()
        if tie.how == "school":
            member.schools, member.trusts = {tie.school}, trust
        elif tie.how == "trust":
            member.trusts = trust
        else:
            (member.ties if tie.how == "register" else member.open_ties).add(tie.school)
        return member

    def _seats(self) -> list[int]:
        seats: list[Seat] = []
        fund = self.get_fund()
        for n, member in enumerate(self.panel):
            tie = self.plan.ties[n] if n < len(self.plan.ties) else None
            school = self.school(tie.school) if tie else None
            seat = self.make.seat(
                fund,
                position=SeatPosition(member.position),
                sector=Sector(member.sector),
                school=school if tie and tie.how == "school" else None,
                trust=school.trust if school and tie and tie.how == "trust" else None,
            )
            if tie and tie.how in ("register", "open"):
                self.register(seat.user, tie.school, bars=tie.how == "register")
            if member.stands_for is not None:
                seat.stands_in_for_id = seats[member.stands_for].id
            seats.append(seat)
        return [seat.id for seat in seats]

    def register(self, user: User, school: int, *, bars: bool) -> None:
        db.session.add(
            RegisteredInterest(
                user_id=user.id,
                sort=InterestSort.FAMILY,
                bars=bars,
                school_id=self.schools[school],
                text="My sister teaches there.",
                registered_at=self.now,
                registered_by_id=user.id,
            )
        )
        db.session.flush()

    def _purse(self) -> Purse:
        pays = [
            ("maintained", "academy") if academies else ("maintained",) for _, academies in self.plan.lines
        ]
        lines = [
            self.make.allocation(self.get_fund(), pence, pays=pays[n])
            for n, (pence, _) in enumerate(self.plan.lines)
        ]
        self.lines = [line.id for line in lines]
        return Purse([pence for pence, _ in self.plan.lines], [set(kinds) for kinds in pays])

    def _bid(self, n: int) -> BidBeside:
        lead, provider, asked, named = self.plan.bids[n]
        provider = provider if provider != lead else (lead + 1) % SCHOOLS
        bid = self.make.bid(
            state=BidState.IN_REVIEW,
            fund=self.get_fund(),
            lead=self.school(lead),
            provider=self.school(provider),
            officer=self.employee("officer"),
        )
        self.make.confirmed(bid)
        bid.requested_pence, bid.pupils_benefiting, bid.state = asked, 50 + 50 * (n % 2), BidState.AT_PANEL
        if named is not None:
            self.make.barred(bid, self.person(named), by=self.employee("officer"))
        schools = {lead, provider}
        beside = BidBeside(
            bid.id,
            "academy" if lead in TRUST_OF else "maintained",
            asked,
            bid.pupils_benefiting,
            schools,
            {TRUST_OF[s] for s in schools if s in TRUST_OF},
            set(),
            said={} if named is None else {named: "barred"},
        )
        row = self.make.item(bid, self.meeting())
        if not self.plan.begun:
            row.rules_id = None
        self.put_before_panel(beside, row)
        return beside

    def put_before_panel(self, bid: BidBeside, row: AgendaItem) -> None:
        """The model's side of a new item on an agenda."""
        case = Case(self.panel, self.law, bid.schools, bid.trusts, bid.named, bid.asked, said=bid.said)
        bid.items.append(ItemBeside(row.id, row.meeting_id, case, kept_law=row.rules_id is not None))

    # -- the rules --------------------------------------------------------------------------------

    def change_rules(self) -> None:
        """The fund's rules change; items whose papers are out keep theirs."""
        self.law = self.plan.laws[1]
        fund = self.get_fund()
        db.session.add(PanelRules.holding(rules_of(self.law), fund=fund, number=len(fund.panel_rules) + 1))
        for bid in self.bids:
            if not bid.item.kept_law:
                bid.item.case.law = self.law
        db.session.commit()

    def keep_rules(self, meeting: int) -> None:
        for bid in self.bids:
            for item in bid.items:
                item.kept_law = item.kept_law or (item.meeting == meeting and item.case.outcome is None)


def rules_of(law: Law) -> Rules:
    """A law of the model, as the program keeps it."""
    return Rules(
        quorum_least=law.least,
        quorum_percent=law.percent,
        disclosed_may_vote=law.disclosed_vote,
        individual_from_pence=law.individual_from,
        fundable_from=law.fundable,
        reduce_from=law.reduce,
        key_least=law.key_least,
        moderate_from=law.wide,
        criteria=tuple(
            Criterion(name, name.title(), weight, "", name in law.keys) for name, weight in law.weights
        ),
    )
