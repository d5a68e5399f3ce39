"""Factories: the smallest true rows a test needs, with names from the invented council.

`make.bid(state=…)` gives a complete short bid of the worked example (£3,000) in any state, with
the rows that state implies (an officer, an agenda item, an offer, an award in the ledger …).
"""

import secrets
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from fundflow import ledger
from fundflow.applications.freezing import frozen, sha256
from fundflow.demo.answers import FULL, SHORT, answer
from fundflow.models.area import Cluster, ClusterSchool, Patch
from fundflow.models.bid import Bid, next_reference
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    Group,
    Outcome,
    Part,
    Partner,
    PupilGroup,
    Risk,
)
from fundflow.models.bid_sections import SECTIONS
from fundflow.models.brokering import (
    Contact,
    Expertise,
    How,
    OfferExpertise,
    SupportOffer,
    SupportRequest,
)
from fundflow.models.condition import AwardCondition
from fundflow.models.confirmation import Confirmation
from fundflow.models.decision import Decision, Offer
from fundflow.models.desk import Cover, Mention, StaffNote
from fundflow.models.fund import Allocation, Fund, Priority, Round, RoundQuestion, StaffGrade
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Feedback, ImpactReturn
from fundflow.models.interest import InterestSort, RegisteredInterest
from fundflow.models.late_entry import LateEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.minutes import Minutes, MinutesSection
from fundflow.models.panel import AgendaItem, Choice, Meeting, Presence, Vote
from fundflow.models.panel import Outcome as Ended
from fundflow.models.person import (
    Membership,
    RoleGrant,
    RoleName,
    Seat,
    SeatPosition,
    Sector,
    Standing,
    User,
)
from fundflow.models.review import CHECKLIST, ChecklistAnswer, Review, Submission, Verdict
from fundflow.models.school import School, Trust
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
LONG_AGO = date(2020, 9, 1)

OF_THE_FUND = ("schools", "costs", "round-questions")  # sections where more is missing than answers

AT_PANEL_OR_LATER = (
    S.AT_PANEL,
    S.DEFERRED,
    S.NOT_FUNDED,
    S.OFFERED,
    S.NOT_TAKEN_UP,
    S.IN_DELIVERY,
    S.SUSPENDED,
    S.TERMINATED,
    S.IN_MONITORING,
    S.CLOSED,
)
OFFERED_OR_LATER = (
    S.OFFERED,
    S.NOT_TAKEN_UP,
    S.IN_DELIVERY,
    S.SUSPENDED,
    S.TERMINATED,
    S.IN_MONITORING,
    S.CLOSED,
)
AWARDED = (S.IN_DELIVERY, S.SUSPENDED, S.TERMINATED, S.IN_MONITORING, S.CLOSED)

_numbers = count(1)


class Make:
    def __init__(self, session: Session) -> None:
        self.session = session

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    # -- schools and people -----------------------------------------------------------------

    def trust(self, name: str = "") -> Trust:
        n = next(_numbers)
        return self._add(Trust(code=str(5000 + n), name=name or f"Trust {n}"))

    def school(self, name: str = "", **values: Any) -> School:
        n = next(_numbers)
        name = name or f"School {n}"
        values = {
            "urn": str(100_000 + n),
            "name": name,
            "search_name": name.casefold(),
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

    def organisation(self, name: str = "", **values: Any) -> School:
        """Something that is no school: it has a code of ours instead of a URN."""
        n = next(_numbers)
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
        patch = self._add(Patch(name=name or f"Patch {next(_numbers)}", officer=officer))
        for school in schools:
            school.patch_id = patch.id
        self.session.flush()
        return patch

    def cluster(self, name: str = "", *schools: School) -> Cluster:
        members = [ClusterSchool(school=school) for school in schools]
        return self._add(Cluster(name=name or f"Cluster {next(_numbers)}", members=members))

    def user(self, name: str = "", email: str = "", **values: Any) -> User:
        n = next(_numbers)
        name = name or f"Person {n}"
        return self._add(self._user(name, email, **values))

    def _user(self, name: str, email: str = "", **values: Any) -> User:
        email = email or f"{name.lower().replace(' ', '.')}@brackenford.example"
        return User(name=name, email=email, created_at=NOW, session_key=secrets.token_hex(8), **values)

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
        user = self._user(name or f"{role.words} {next(_numbers)}", **values)
        user.roles = [RoleGrant(role=role, starts_on=LONG_AGO)]
        return self._add(user)

    def member(
        self, school: School, standing: Standing = Standing.LEADER, name: str = "", **values: Any
    ) -> User:
        """A new person of a school: its head by default."""
        user = self._user(name or f"{standing.words} {next(_numbers)}", **values)
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
        user = user or self.user(name or f"{position.words} {next(_numbers)}")
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

    # -- the fund -----------------------------------------------------------------------------

    def fund(self, *, allocated: int = 19_950_000, **values: Any) -> Fund:
        """A fund with one allocation line that may pay every kind of school; pence."""
        n = next(_numbers)
        fund = self._add(
            Fund(
                **{
                    "name": f"Fund {n}",
                    "council": "Borough of Brackenford",
                    "la_code": "899",
                    "prefix": f"T{n}",
                    "holds_decision_letters": False,
                    **values,
                }
            )
        )
        if allocated:
            self.allocation(fund, allocated)
        return fund

    def allocation(
        self,
        fund: Fund,
        pence: int,
        *,
        year: int = 2026,
        pays: tuple[str, ...] = ("maintained", "academy", "other"),
        carries_forward: bool = False,
    ) -> Allocation:
        line = self._add(
            Allocation(
                fund_id=fund.id,
                source="Schools forum",
                minute_reference="Minute 12",
                financial_year=year,
                pays=list(pays),
                carries_forward=carries_forward,
            )
        )
        ledger.allocate(line, pence, user=None, now=NOW)
        self.session.flush()
        return line

    def round(self, fund: Fund, **values: Any) -> Round:
        round_ = self._add(Round(**{"fund_id": fund.id, "name": "Rolling round", **values}))
        self._add(Priority(round_id=round_.id, title="Early reading"))
        self.session.refresh(round_)
        return round_

    def question(self, round_: Round, **values: Any) -> RoundQuestion:
        """A question of the round’s own, which a bid may leave unanswered."""
        return self._add(
            RoundQuestion(**{"round_id": round_.id, "text": "Who else gains?", "required": False, **values})
        )

    def grade(self, fund: Fund, **values: Any) -> StaffGrade:
        return self._add(
            StaffGrade(**{"fund_id": fund.id, "title": "Head teacher", "cap_pence": 55_000, **values})
        )

    def late_entry(self, round_: Round, school: School, **values: Any) -> LateEntry:
        """The school let into the round for a week from now."""
        return self._add(
            LateEntry(
                **{
                    "round": round_,
                    "school": school,
                    "until": NOW + timedelta(days=7),
                    "reason": "Ill",
                    "by": self.user(),
                    "at": NOW,
                    **values,
                }
            )
        )

    # -- bids ---------------------------------------------------------------------------------

    def bid(
        self,
        *,
        state: S = S.DRAFT,
        fund: Fund | None = None,
        lead: School | None = None,
        provider: School | None = None,
        leader: User | None = None,
        officer: User | None = None,
        now: datetime = NOW,
        complete: bool = True,
        **values: Any,
    ) -> Bid:
        """A bid of £3,000 (6 × £350 + 2.5 × £240 with 40 % + £60) in this state."""
        fund = fund or self.fund()
        round_ = self.session.query(Round).filter_by(fund_id=fund.id).first() or self.round(fund)
        lead = lead or self.school()
        leader = leader or self.member(lead)
        parts_with = (provider or self.school()) if complete else None
        bid = Bid(
            fund=fund,
            round=round_,
            reference=next_reference(fund),
            state=state,
            state_since=now,
            created_at=now,
            created_by_id=leader.id,
            lead_school=lead,
            officer=officer,
            submitted_at=None if state in (S.DRAFT, S.WITHDRAWN) else now,
            **values,
        )
        with self.session.no_autoflush:  # all its parts in one go
            self.session.add(bid)
            if parts_with:
                self.fill(bid, parts_with)
        self.session.flush()
        if state not in (S.DRAFT, S.WITHDRAWN):
            self._submitted(bid, leader, now)
        if state in AT_PANEL_OR_LATER:
            self._at_panel(bid, now)
        if state in OFFERED_OR_LATER:
            self._offered(bid, now)
        if state in AWARDED:
            self._awarded(bid, now)
        self.session.flush()
        return bid

    def fill(self, bid: Bid, provider: School) -> None:
        """Complete every section, of the full form too: it is shown where the amount asks for it."""
        start = (bid.created_at + timedelta(days=30)).date()
        end = start + timedelta(days=150)
        answer(bid, SHORT | ({"title": bid.title} if bid.title else {}))
        bid.priority = bid.round.priorities[0]
        bid.start_on, bid.end_on = start, end
        bid.partners = [
            Partner(
                school=provider,
                part=Part.PROVIDER,
                contact_name="Head of provider",
                contact_email="head@provider.example",
            )
        ]
        bid.evidence = [
            Evidence(
                kind=EvidenceKind.ASSESSMENT,
                source="Phonics check",
                dated=date(2026, 6, 30),
                text="58% against 81% locally",
            )
        ]
        bid.pupil_groups = [PupilGroup(group=Group.DISADVANTAGED, count=61)]
        bid.outcomes = [
            Outcome(
                measure="Phonics standard",
                unit="%",
                group=Group.ALL,
                method="Phonics check",
                baseline=Decimal(58),
                baseline_on=date(2026, 6, 30),
                target=Decimal(76),
                target_on=end,
            )
        ]
        bid.activities = [
            Activity(what="Coaching", who="Reading lead", starts_on=start, ends_on=end, half_days=17)
        ]
        bid.backfill_lines = [
            BackfillLine(
                school=provider,
                staff_role="Reading lead",
                staff_code="RL1",
                half_days=12,
                day_rate_pence=35_000,
                on_cost_basis_points=0,
            ),
            BackfillLine(
                school=provider,
                staff_role="Teacher",
                staff_code="T1",
                half_days=5,
                day_rate_pence=24_000,
                on_cost_basis_points=4000,
            ),
        ]
        bid.cost_lines = [CostLine(kind=CostKind.TRAVEL, description="Travel", pence=6_000)]
        bid.requested_pence = 300_000
        self.fill_full(bid)
        self.session.flush()
        missing = [
            why
            for section in SECTIONS
            if section.slug not in OF_THE_FUND
            for why in section.what_is_missing(bid)
        ]
        assert not missing, (
            f"A complete bid lacks an answer in fundflow/demo/answers.py, or a row here: {missing}"
        )

    def fill_full(self, bid: Bid) -> None:
        """What the full form asks beside the short one; a bid keeps an approver it has."""
        kept = {name: getattr(bid, name) for name in ("approver_name", "approver_email")}
        answer(bid, FULL | {name: text for name, text in kept.items() if text})
        reviewed = Evidence(
            kind=EvidenceKind.REVIEW,
            source="Review by Oakfield",
            dated=date(2026, 7, 10),
            text="Phonics is taught in two ways.",
        )
        bid.evidence.append(reviewed)
        bid.risks = [Risk(risk="A coach falls ill.", likelihood=2, impact=3, mitigation="Two are trained.")]

    def _submitted(self, bid: Bid, leader: User, now: datetime) -> None:
        bid.submitted_at, bid.agreed_by_id = now, leader.id
        with self.session.no_autoflush:
            text = frozen(bid)
            self.session.add(
                Submission(
                    bid_id=bid.id, number=1, at=now, by_id=leader.id, answers=text, sha256=sha256(text)
                )
            )
            self._asked(bid, now)
        if bid.state in AT_PANEL_OR_LATER:
            self.confirmed(bid)
        if bid.state is not S.SUBMITTED:
            bid.officer = bid.officer or self.staff(RoleName.OFFICER)
            self.reviewed(bid)

    def _asked(self, bid: Bid, now: datetime) -> None:
        bid.confirmations = [
            Confirmation(school=p.school, part=p.part, asked_at=now, due_on=now.date() + timedelta(days=14))
            for p in bid.partners
        ]

    def reviewed(self, bid: Bid) -> Review:
        """A complete checklist."""
        review = Review(bid=bid, updated_at=NOW)
        review.checks = [ChecklistAnswer(item=item, verdict=Verdict.PASS) for item in CHECKLIST]
        return self._add(review)

    def confirmed(self, bid: Bid) -> None:
        """Every partner has confirmed."""
        from fundflow.workflow.confirmation import ConfirmationState

        for confirmation in bid.confirmations:
            confirmation.state = ConfirmationState.CONFIRMED
            confirmation.answered_at = NOW
        self.session.flush()

    def meeting(
        self,
        fund: Fund,
        state: MeetingState = MeetingState.PLANNED,
        starts_at: datetime = NOW + timedelta(days=20),
    ) -> Meeting:
        return self._add(Meeting(fund=fund, state=state, starts_at=starts_at, place="On a call"))

    def item(self, bid: Bid, meeting: Meeting | None = None) -> AgendaItem:
        meeting = meeting or self.meeting(bid.fund, MeetingState.IN_SESSION, NOW)
        position = 1 + max([i.position for i in meeting.items], default=0)
        return self._add(
            AgendaItem(meeting=meeting, bid=bid, position=position, rules_id=bid.fund.rules_in_force.id)
        )

    def minutes(self, meeting: Meeting, *texts: str, **values: Any) -> Minutes:
        """A draft of a meeting’s minutes, a section a text."""
        minutes = Minutes(meeting=meeting, drafted_at=NOW, **values)
        minutes.sections = [
            MinutesSection(position=n, heading=f"Section {n}", drafted=text, text=text)
            for n, text in enumerate(texts or ("The panel met.",), 1)
        ]
        return self._add(minutes)

    def voted(self, item: AgendaItem, *choices: Choice) -> None:
        """The panel's members present, with nothing to declare, voting in the order of seats."""
        from fundflow.models.interest import Declaration, InterestKind

        for seat, choice in zip(item.seats(NOW), choices, strict=False):
            item.presences.append(Presence(seat_id=seat.id, present=True, changed_at=NOW))
            self.session.add(
                Declaration(
                    bid=item.bid,
                    user_id=seat.user_id,
                    kind=InterestKind.NONE,
                    declared_at=NOW,
                    recorded_by_id=seat.user_id,
                )
            )
            item.votes.append(Vote(seat=seat, choice=choice, at=NOW, recorded_by_id=seat.user_id))
        self.session.flush()

    def _at_panel(self, bid: Bid, now: datetime) -> None:
        meeting = self.meeting(bid.fund, MeetingState.IN_SESSION, now)
        item = self.item(bid, meeting)
        if bid.state is S.AT_PANEL:
            return
        ended = {S.DEFERRED: Ended.DEFERRED, S.NOT_FUNDED: Ended.DECLINED}
        item.outcome, item.outcome_at = ended.get(bid.state, Ended.APPROVED), now
        if bid.state is S.DEFERRED:
            item.was_deferred, bid.panel_question = True, "How will you keep this going?"

    def _offered(self, bid: Bid, now: datetime) -> None:
        decider = self.user()
        decision = self._add(
            Decision(
                bid_id=bid.id,
                item_id=bid.items[-1].id,
                outcome=Ended.APPROVED,
                pence=bid.requested_pence,
                reasons="A clear need.",
                votes_for=5,
                votes_against=0,
                abstentions=0,
                decided_at=now,
                decided_by_id=decider.id,
            )
        )
        bid.offers = [
            Offer(
                decision=decision,
                pence=bid.requested_pence,
                made_at=now,
                reply_by=(now + timedelta(days=21)).date(),
            )
        ]
        self.entry(bid, EntryKind.RESERVED, bid.requested_pence, now)
        if bid.state is S.OFFERED:
            bid.due_on = bid.offers[0].reply_by
        if bid.state is S.NOT_TAKEN_UP:
            self.entry(bid, EntryKind.UNRESERVED, bid.requested_pence, now)
            bid.offers[0].ended_at, bid.offers[0].ended_how = now, "lapsed"

    def _awarded(self, bid: Bid, now: datetime) -> None:
        bid.awarded_pence = bid.requested_pence
        bid.offers[0].ended_at, bid.offers[0].ended_how = now, "accepted"
        self._entries(bid, now, (EntryKind.UNRESERVED, EntryKind.AWARDED))
        bid.report = ImpactReturn(due_on=(bid.end_on or TODAY) + timedelta(days=28))
        if bid.state in (S.TERMINATED, S.CLOSED):
            self.entry(bid, EntryKind.RELEASED, bid.requested_pence, now)
        if bid.state in (S.IN_MONITORING, S.CLOSED):
            bid.feedback = [Feedback(school=school, asked_at=now) for school in bid.supported]
            bid.due_on = bid.report.due_on

    def condition(self, bid: Bid, text: str = "Share the plan", **values: Any) -> AwardCondition:
        """A condition of the bid's award, due in two weeks."""
        return self._add(
            AwardCondition(
                **{
                    "bid": bid,
                    "decision": bid.offer.decision,
                    "text": text,
                    "owner": "Head of English",
                    "due_on": TODAY + timedelta(days=14),
                    "changed_at": NOW,
                    **values,
                }
            )
        )

    # -- brokering ----------------------------------------------------------------------------

    def offer(
        self, school: School, expertise: Expertise = Expertise.MATHS, *, half_days: int = 20, **values: Any
    ) -> SupportOffer:
        """A school offers ten days a year (primary) unless said otherwise."""
        offer = SupportOffer(
            **{
                "school": school,
                "title": f"Help with {expertise.words}",
                "phases": ["2"],
                "who": "Subject lead",
                "half_days": half_days,
                "updated_at": NOW,
                "updated_by": values.pop("by", None) or self.user(),
                **values,
            }
        )
        offer.expertise = [OfferExpertise(expertise=expertise)]
        return self._add(offer)

    def support_request(
        self, school: School, fund: Fund, *, by: User | None = None, **values: Any
    ) -> SupportRequest:
        """A school asks for six days of help with mathematics."""
        return self._add(
            SupportRequest(
                **{
                    "school": school,
                    "fund": fund,
                    "expertise": Expertise.MATHS,
                    "half_days": 12,
                    "need": "Results in mathematics fell for three years.",
                    "asked_at": NOW,
                    "state_since": NOW,
                    "asked_by": by or self.member(school),
                    **values,
                }
            )
        )

    def contact(self, school: School, by: User, **values: Any) -> Contact:
        return self._add(
            Contact(
                **{
                    "on": TODAY,
                    "how": How.PHONE,
                    "with_whom": "The head",
                    "said": "They want help.",
                    "school": school,
                    "at": NOW,
                    "by": by,
                    **values,
                }
            )
        )

    def entry(self, bid: Bid, kind: EntryKind, pence: int, now: datetime = NOW) -> LedgerEntry:
        return self._entries(bid, now, (kind,), pence)[0]

    def _entries(self, bid: Bid, now: datetime, kinds: tuple[EntryKind, ...], pence: int = 0) -> list[Any]:
        """One of each kind, of the amount asked for unless said otherwise."""
        line = self.session.query(Allocation.id).filter_by(fund_id=bid.fund_id).first()
        entries = [
            LedgerEntry(
                fund_id=bid.fund_id,
                allocation_id=line.id,
                bid_id=bid.id,
                kind=kind,
                pence=pence or bid.requested_pence,
                at=now,
            )
            for kind in kinds
        ]
        self.session.add_all(entries)
        self.session.flush()
        return entries

    def staff_note(self, bid: Bid, by: User, *named: User, text: str = "Look at the costs.") -> StaffNote:
        """A note of staff, and whom it names."""
        return self._add(
            StaffNote(
                bid_id=bid.id,
                text=text,
                by_id=by.id,
                at=NOW,
                mentions=[Mention(user_id=user.id) for user in named],
            )
        )

    def history(self, bid: Bid, step: str = "submit", user: User | None = None) -> HistoryEntry:
        return self._add(
            HistoryEntry(
                process="application",
                record_id=bid.id,
                bid_id=bid.id,
                step=step,
                label=step,
                from_state="",
                to_state=bid.state.value,
                user_id=user.id if user else None,
                actor_name=user.name if user else "Fundflow",
                at=NOW,
            )
        )
