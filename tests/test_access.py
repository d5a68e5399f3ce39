"""The table of access, asked row by row."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from fundflow.extensions import db
from fundflow.models.bid_parts import Part
from fundflow.models.files import Attachment, FileKind, LateEvidence
from fundflow.models.fund import Module
from fundflow.models.impact import ImpactReturn
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.panel import Presence
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import BrowserSession, Membership, RoleName, SeatPosition, Sector, Standing, User
from fundflow.models.plan import RevisedPlan
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.review import ReviewRequest
from fundflow.models.service import Service
from fundflow.models.survey import QuestionKind
from fundflow.rules.services import next_first_day
from fundflow.web.access import rule_of
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.application import BidState as S
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.data_complaint import ComplaintState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.named_person import NamedState
from fundflow.workflow.order import OrderState
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.plan import PlanState
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.recommendation import RecommendationState
from fundflow.workflow.survey import SurveyState
from tests.access_table import ROLES, TABLE
from tests.factories import LONG_AGO, NOW, TODAY, Make

R = RoleName


def rows() -> list[tuple[str, str, str]]:
    """(method, path, expected answers) for each line of the table."""
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [(method, path, answers) for method, path, answers in lines]


def council(make: Make) -> SimpleNamespace:
    """The people and bids of the table."""
    fund = make.fund(**{module.value: True for module in Module})
    lead, provider, other = make.school("Lead"), make.school("Provider"), make.school("Other")
    people: dict[str, User | None] = {
        "nobody": None,
        "stranger": make.member(other),
        "leader": make.member(lead),
        "team": make.member(lead, Standing.TEAM),
        "provider": make.member(provider),
        "officer": make.staff(R.OFFICER),
        "clerk": make.staff(R.CLERK),
        "authorised": make.staff(R.AUTHORISED_OFFICER),
        "finance": make.staff(R.FINANCE),
        "impact": make.staff(R.IMPACT_OFFICER),
        "reviewer": make.staff(R.REVIEWING_MANAGER),
        "auditor": make.staff(R.AUDITOR),
        "board": make.staff(R.BOARD),
        "administrator": make.staff(R.ADMINISTRATOR),
    }
    seats = {
        "chair": make.seat(fund, position=SeatPosition.CHAIR, sector=Sector.SECONDARY),
        "member": make.seat(fund, sector=Sector.LA),
        "barred": make.seat(fund, sector=Sector.PRIMARY, school=provider),
    }
    people |= {name: seat.user for name, seat in seats.items()}
    make.session.add(
        Membership(user=people["barred"], school=provider, standing=Standing.LEADER, starts_on=LONG_AGO)
    )

    def bid(state: S) -> Any:
        return make.bid(
            state=state,
            fund=fund,
            lead=lead,
            provider=provider,
            leader=people["leader"],
            officer=None if state is S.DRAFT else people["officer"],
        )

    bids = {
        "D": bid(S.DRAFT),
        "P": bid(S.AT_PANEL),
        "A": bid(S.IN_DELIVERY),
        "O": bid(S.OFFERED),
        "N": bid(S.NOT_FUNDED),
        "F": bid(S.IN_MONITORING),
    }
    claim = Claim(
        bid_id=bids["A"].id,
        school=bids["A"].lead_school,
        number=1,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.SUBMITTED,
        pence=300_000,
        created_at=NOW,
        submitted_at=NOW,
    )
    request = ReviewRequest(bid=bids["N"], grounds="Unfair", asked_at=NOW, asked_by_id=people["leader"].id)
    report = bids["F"].report
    assert isinstance(report, ImpactReturn)
    report.state = ReturnState.SUBMITTED
    letter = Letter(
        key="k",
        user_id=None,
        recipient="school",
        name="A",
        email="a@b.example",
        outside=True,
        subject="s",
        body="b",
        status=LetterStatus.FAILED,
        written_at=NOW,
        due=NOW,
    )
    bids["O"].offer.pence -= 1
    plan = RevisedPlan(bid=bids["O"], offer=bids["O"].offer, state=PlanState.PROPOSED, proposed_at=NOW)
    recovery = Recovery(
        bid=bids["A"],
        school=bids["A"].lead_school,
        number=1,
        ground=Ground.NOT_EARNED,
        pence=4_000,
        opened_at=NOW,
        opened_by_id=people["officer"].id,
    )
    make.session.add_all([claim, request, letter, plan, recovery])
    make.session.flush()
    lost = missing_file(make, bids["P"], people["leader"])
    item = bids["P"].items[0]
    make.session.add(Presence(item=item, seat_id=seats["chair"].id, present=True, changed_at=NOW))
    partner = next(p for p in bids["D"].partners if p.part is Part.PROVIDER)
    cost = make.spent_cost(bids["A"])
    numbers = {
        "claim": claim.id,
        "block": make.payment_block(bids["F"]).id,
        "visit": make.visit(bids["F"]).id,
        "action": make.follow_up(bids["F"]).id,
        "check": make.quality_check(bids["F"]).id,
        "provider": make.provider(fund, proposed_by=people["clerk"]).id,
        "day": make.worked_day(bids["A"]).id,
        "cost": cost.id,
        "receipt": cost.receipts[0].id,
        "plan": plan.id,
        "recovery": recovery.id,
        "change": make.change_request(
            bids["F"], people["leader"], pence=bids["F"].award.pence, outcomes="Fewer pupils need help."
        ).id,
        "reversal": make.reversal(claim).id,
        "run": make.payment_run(bids["F"], claim_on(bids["F"], people["officer"])).id,
        "layout": make.layout(fund).id,
        "request": request.id,
        "letter": letter.id,
        "item": item.id,
        "meeting": item.meeting_id,
        "seat": seats["member"].id,
        "fund": fund.id,
        "line": fund.allocations[0].id,
        "round": bids["D"].round_id,
        "person": people["stranger"].id,
        "interest": make.interest(people["member"]).id,
        "holder": people["member"].id,
        "membership": people["stranger"].memberships[0].id,
        "partner": partner.id,
        "urn": lead.urn,
        "confirmation": bids["P"].confirmations[0].id,
        "approval": make.approval(bids["N"], state=ApprovalState.PROPOSED, tie=NamedAs.CONTACT).id,
        "free": make.named(bids["P"], make.staff(R.OFFICER), state=NamedState.NO_INTEREST).id,
        "named": make.named(bids["P"], make.staff(R.OFFICER), state=NamedState.INTEREST).id,
        "note": make.staff_note(bids["P"], people["officer"], people["clerk"]).id,
        "officer": people["officer"].id,
        "cover": make.cover(people["officer"]).id,
        "offer": make.offer(lead, by=people["leader"]).id,
        "support": make.support_request(lead, fund, by=people["leader"]).id,
        "contact": make.contact(lead, people["officer"]).id,
        "adviser": (adviser := make.adviser(fund)).id,
        "advises": (advises := make.adviser_allocation(adviser, lead)).id,
        "advised": make.adviser_visit(advises, state=AdviserVisitState.PLANNED, planned_on=TODAY).id,
        "practice": make.practice_entry(fund, lead, by=people["officer"]).id,
        "practice_asked": make.practice_entry(
            fund, lead, PracticeState.PROPOSED, title="Phonics", by=people["officer"]
        ).id,
        "engaged": make.engagement(fund, other, people["officer"]).id,
        "condition": make.condition(bids["A"]).id,
        "file": lost.id,
        "section": make.minutes(item.meeting).sections[0].id,
        "paper": make.board_paper(fund, people["officer"], issued=True).id,
        "draft": make.board_paper(fund, people["officer"]).id,
        "public": make.board_paper(fund, people["officer"], issued=True, published_at=NOW).id,
        "recommendation": make.recommendation(fund, people["impact"]).id,
        "accepted": make.recommendation(fund, people["impact"], state=RecommendationState.ACCEPTED).id,
        "complaint": make.complaint().id,
        "acknowledged": make.complaint(state=ComplaintState.ACKNOWLEDGED).id,
        "answered": make.complaint(state=ComplaintState.ANSWERED, answer="We took it out.").id,
        "removal": make.removal(people["auditor"]).id,
        "case_draft": make.case_study(bids["A"], CaseState.DRAFT).id,
        "case_asked": make.case_study(bids["F"], CaseState.ASKED).id,
        "case_agreed": make.case_study(bids["N"], CaseState.AGREED).id,
        "case_public": make.case_study(bids["P"]).id,
        "patch": make.patch().id,
        "cluster": make.cluster().id,
        "organisation": make.organisation().urn,
        "register": make.register_file().id,
        "inspection": make.inspection(lead).id,
        "trust": make.trust().id,
        "payee": make.payee(other, state=PayeeState.PROPOSED).id,
        "opening": make.opening(fund, make.school()).id,
        "correction": make.correction(bids["A"].award.lines[0]).id,
        "batch": make.payee_batch(make.school()).id,
        "priority": bids["D"].priority_id,
        "question": make.question(bids["D"].round, retired=True).id,
        "measure": make.measure(fund, retired=True).id,
        "grade": make.grade(fund, retired=True).id,
        "late": make.late_entry(bids["D"].round, other).id,
    }
    service = make.service(fund, by=people["officer"])
    term = {"begins_on": date(2026, 4, 1), "by": people["leader"]}

    def another() -> Service:
        """No school orders one service twice for the same years."""
        return make.service(fund, by=people["officer"])

    numbers |= {
        "service": service.id,
        "order_draft": make.order(service, lead, OrderState.DRAFT, by=people["leader"]).id,
        "order": make.order(another(), lead, by=people["leader"]).id,
        "order_held": make.order(another(), lead, OrderState.IN_TERM, **term).id,
        "order_undone": make.order(
            another(),
            lead,
            OrderState.AGREED,
            by=people["leader"],
            proposed_at=NOW,
            proposed_by_school=False,
            proposed_ends_on=next_first_day(lead, TODAY) - timedelta(days=1),
            proposed_why="Nobody is free.",
        ).id,
        "order_asked": make.order(
            another(),
            lead,
            OrderState.IN_TERM,
            proposed_at=NOW,
            proposed_by_school=False,
            proposed_quantity=2,
            proposed_why="More pupils.",
            **term,
        ).id,
        "order_offered": make.order(
            another(),
            lead,
            OrderState.IN_TERM,
            proposed_at=NOW,
            proposed_by_school=True,
            proposed_ends_on=date(2027, 3, 31),
            proposed_why="Less money.",
            **term,
        ).id,
    }
    draft = make.survey(fund, SurveyState.DRAFT, by=people["officer"])
    shared = make.survey(fund, SurveyState.SHARED, lead, by=people["officer"])
    make.survey_question(shared, QuestionKind.LIKELY, services=[[service.id, service.name]], text="Buy?")
    make.survey_response(shared, lead, people["leader"])
    make.survey_document(shared, by=people["officer"])  # whose bytes are not in the store
    numbers |= {
        "survey_draft": draft.id,
        "survey_question": draft.questions[0].id,
        "survey": make.survey(fund, SurveyState.OPEN, lead, by=people["officer"]).id,
        "survey_closed": make.survey(fund, SurveyState.CLOSED, lead, by=people["officer"]).id,
        "survey_shared": shared.id,
    }
    fund.concern_floors, fund.concern_outcomes = "Attendance: 60", ["overall:Inadequate"]
    numbers |= {"concern": make.concern(fund, lead, people["officer"]).id}
    target = make.target(lead, make.measure(fund, name="Attendance"), people["officer"])
    numbers |= {"target": target.id, "figure": make.figure(target, people["officer"]).id}
    references = {name: found.reference for name, found in bids.items()}
    make.session.commit()
    return SimpleNamespace(people=people, values={**numbers, **references}, bids=bids)


def claim_on(bid: Any, by: Any) -> Claim:
    """A checked claim, to be paid in a run."""
    return Claim(
        bid=bid,
        school=bid.lead_school,
        number=1,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.CERTIFIED,
        pence=300_000,
        created_at=NOW,
        submitted_at=NOW,
        certified_at=NOW,
        certified_by_id=by.id,
    )


def missing_file(make: Make, bid: Any, user: Any) -> Attachment:
    """Late evidence whose bytes are not in the store, so that whoever may read it is told so."""
    evidence = LateEvidence(bid_id=bid.id, text="May results", received_at=NOW, received_from_id=user.id)
    lost = Attachment(
        bid_id=bid.id,
        name="may.pdf",
        kind=FileKind.PDF,
        size=1,
        sha256="0" * 64,
        store_key="00/missing",
        uploaded_at=NOW,
        uploaded_by_id=user.id,
    )
    evidence.attachments = [lost]
    make.session.add(evidence)
    make.session.flush()
    return lost


@pytest.fixture
def found(make: Make, time_machine: Any) -> SimpleNamespace:
    time_machine.move_to(NOW, tick=False)
    return council(make)


@pytest.fixture
def ask(app: Flask, client: FlaskClient, found: SimpleNamespace) -> Callable[[str, str, str], str]:
    users = {name: user.get_id() if user else None for name, user in found.people.items()}

    def request(method: str, path: str, role: str) -> str:
        db.session.execute(update(BrowserSession).values(ended_at=None))  # signing out ended one
        db.session.commit()
        db.session.expire_all()
        with client.session_transaction() as cookie:
            cookie.clear()
            if users[role]:
                cookie["_user_id"], cookie["_fresh"] = users[role], True
        nested = db.session.begin_nested()
        try:
            with client.open(path.format(**found.values), method=method) as response:
                return answer_of(response)
        finally:
            if nested.is_active:
                nested.rollback()
            db.session.rollback()

    return request


# 202: a PDF that the worker is still to make
CODES = {200: ".", 202: ".", 403: "x", 404: "-", 409: "!", 422: "?", 400: "?", 410: "?"}


def answer_of(response: Any) -> str:
    if response.status_code in (301, 302, 303):
        return "i" if response.location.startswith("/sign-in") else ">"
    return CODES.get(response.status_code, str(response.status_code))


def test_every_route_stands_in_the_table(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    listed = {adapter.match(re.sub(r"{\w+}", "1", path), method)[0] for method, path, _ in rows()}
    # These answer everybody alike, with the state of the service: see tests/web/test_health.py
    machines = {"health.readyz", "health.worker_readyz"}
    assert set(app.view_functions) - {"static"} - machines - listed == set()


Cell = tuple[str, str, str, str]  # method, path, role, expected answer


def cells(lines: list[tuple[str, str, str]]) -> list[Cell]:
    return [
        (method, path, role, expected)
        for method, path, answers in lines
        for role, expected in zip(ROLES, answers, strict=True)
    ]


@pytest.fixture
def refused(app: Flask, found: SimpleNamespace) -> list[Cell]:
    """The cells where a route's rule refuses the role, but the first of each route and answer.

    The guard refuses before the page is reached, in the same way on each route.
    """
    adapter = app.url_map.bind("localhost")
    later: list[Cell] = []
    for row in rows():
        method, path, _answers = row
        rule = rule_of(app, str(adapter.match(re.sub(r"{\w+}", "1", path), method)[0]))
        refused = [c for c in cells([row]) if rule and not rule.allows(found.people[c[2]], NOW)]
        first = {expected: role for _, _, role, expected in reversed(refused)}
        later += [cell for cell in refused if first[cell[3]] != cell[2]]
    return later


def wrong(ask: Callable[[str, str, str], str], asked: list[Cell]) -> str:
    """What is answered otherwise than the table says, a line each."""
    return "\n".join(
        f"{method} {path} as {role}: {got}, expected {expected}"
        for method, path, role, expected in asked
        if (got := ask(method, path, role)) != expected
    )


PARTS = 8  # so that the cores share the work, and no transaction grows long


@pytest.mark.postgresql_first
@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_gives_each_of_its_answers_to_the_first_role_that_has_it(
    ask: Callable[[str, str, str], str], part: int
) -> None:
    """Once a query: a rule is no query, so a refusal by one is asked only of a route that gives nothing
    else. The whole table is asked below."""
    firsts = [
        (method, path, ROLES[answers.index(expected)], expected)
        for method, path, answers in rows()
        for expected in dict.fromkeys(re.sub("[xi]", "", answers) or answers)
    ]
    assert wrong(ask, firsts[part::PARTS]) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_every_route_answers_every_role_as_the_table_says(
    ask: Callable[[str, str, str], str], refused: list[Cell], part: int
) -> None:
    """By request, but for those whom a rule refuses as it refused another: see the two tests below."""
    asked = [cell for cell in cells(rows()[part::PARTS]) if cell not in refused]
    assert wrong(ask, asked) == ""


def test_every_rule_refuses_whom_the_table_says(refused: list[Cell]) -> None:
    assert len(refused) > 1000
    assert [cell for cell in refused if cell[3] != ("i" if cell[2] == "nobody" else "x")] == []


@pytest.mark.thorough
def test_whom_a_rule_refuses_is_told_so(ask: Callable[[str, str, str], str], refused: list[Cell]) -> None:
    assert wrong(ask, refused) == ""
