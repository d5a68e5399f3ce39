"""Fills an empty database with the demonstration council, through the rooms' own operations.

Two years of history are told by generators that yield the moment of their next act; a heap takes
the earliest each time, so that everything happens in order and with its own letters.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from heapq import heapify, heappop, heappush

from flask import current_app
from sqlalchemy import case, func, select, update

from fundflow import ledger
from fundflow.config import NO_SWITCH, SettingsWrong
from fundflow.demo import council as c
from fundflow.demo.advisers import told_advisers
from fundflow.demo.board import told_papers
from fundflow.demo.brokering import tell_offers, tell_requests
from fundflow.demo.caseloads import told_caseloads
from fundflow.demo.cases import told_cases
from fundflow.demo.council import address_of
from fundflow.demo.mark import is_marked, mark
from fundflow.demo.meetings import hold_meeting
from fundflow.demo.needs import tell_needs
from fundflow.demo.openings import openings
from fundflow.demo.panel import panel_acts
from fundflow.demo.particular_bids import particulars
from fundflow.demo.payees import payees
from fundflow.demo.people import People
from fundflow.demo.put_right import put_right
from fundflow.demo.runs import pays_in_runs
from fundflow.demo.school_stories import told_inspections, told_targets
from fundflow.demo.services import tell_services
from fundflow.demo.setting_up import settings
from fundflow.demo.sharing import told_sharing
from fundflow.demo.stories import STORIES
from fundflow.demo.story import ROLLING
from fundflow.demo.story_steps import tell
from fundflow.demo.support import told_support
from fundflow.demo.surveys import told_surveys
from fundflow.demo.terms import PLANNED
from fundflow.demo.told import Told
from fundflow.demo.visits import told_visits
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import Membership, RoleGrant, Seat, Standing, User
from fundflow.models.round import Priority, Round
from fundflow.models.school import PupilPremium, School, Trust
from fundflow.workflow.working_days import LONDON, financial_year

FRESH = timedelta(days=8)  # letters younger than this are still to be delivered when it starts


def load(now: datetime | None = None) -> str:
    """Load the demonstration and say so; one that is there already is left alone.

    Raises SettingsWrong without the switch, and where the database holds anything.
    """
    if current_app.config.get("DEMO") is not True:
        raise SettingsWrong([NO_SWITCH])
    if is_marked():
        return "The demonstration is there already; its data are kept."
    now = now or datetime.now(UTC)
    began = now - timedelta(days=700)
    mark(now)
    _schools()
    fund = _fund(now, began)
    people = _people(fund, began, now)
    db.session.commit()
    _play(fund, people, now)
    _deliver_the_past(now)
    db.session.commit()
    bids = db.session.scalar(select(func.count(Bid.id)))
    return f"The demonstration council is loaded: {len(c.SCHOOLS)} schools, {bids} bids."


def _play(fund: Fund, people: People, now: datetime) -> None:
    """Let every story and meeting take its next act, the earliest first, up to now."""
    told = Told(fund, people, now)
    acts: list[Iterator[datetime]] = [hold_meeting(told, days) for days in PLANNED]
    acts += [tell(told, told.in_term(story)) for story in STORIES]
    acts += [tell_offers(told), tell_requests(told), *settings(told), *particulars(told)]
    acts += [told_inspections(told), *told_targets(told), *told_visits(told), *told_papers(told)]
    acts += [*told_cases(told), *told_support(told), *told_advisers(told)]
    acts += [tell_services(told), *told_surveys(told), tell_needs(told)]
    acts += [*told_sharing(told), *told_caseloads(told)]
    acts += [*panel_acts(told), *payees(told), pays_in_runs(told), openings(told), *put_right(told)]
    waiting = [(moment, n, act) for n, act in enumerate(acts) if (moment := next(act, None)) is not None]
    heapify(waiting)
    while waiting:
        moment, n, act = heappop(waiting)
        if moment > now:
            continue
        following = next(act, None)
        if following is not None:
            heappush(waiting, (following, n, act))


def _schools() -> None:
    trusts = {code: Trust(code=code, name=name) for code, name in c.TRUSTS.items()}
    for n, row in enumerate(c.SCHOOLS):
        school = School(
            urn=row.urn,
            name=row.name,
            la_code=c.LA_CODE,
            la_name="Brackenford",
            establishment_number=str(2000 + n),
            type_code=row.type_code,
            type_name=row.type_name,
            phase_code=row.phase,
            status_code=row.status,
            trust=trusts.get(row.trust or ""),
            postcode=f"BF{1 + n % 9} {n % 10}AB",
            search_postcode=f"BF{1 + n % 9}{n % 10}AB",
            street=f"{3 + 2 * n} School Lane",
            town="Brackenford",
            pupils=Decimal(row.pupils),
            free_school_meals_percent=_share(row.premium, row.pupils),
            closed_on=date(2023, 8, 31) if row.status == 2 else None,
        )
        school.premiums = [
            PupilPremium(
                year=year,
                pupils=Decimal(row.pupils),
                eligible=Decimal(row.premium),
                allocation_pence=row.premium * 148_000,
            )
            for year in (2024, 2025)
            if row.pupils
        ]
        db.session.add(school)
    db.session.flush()


def _share(part: int, whole: int) -> Decimal | None:
    return round(Decimal(100 * part) / whole, 1) if whole else None


def _fund(now: datetime, began: datetime) -> Fund:
    fund = Fund(
        name="Local School Improvement Fund",
        council=c.COUNCIL,
        la_code=c.LA_CODE,
        prefix="LSIF",
        contact_name="The school improvement team",
        contact_email="school-fund@brackenford.example",
        contact_phone="01632 960 123",
        data_protection_contact="dpo@brackenford.example",
        delegation="Scheme of delegation, part 3, paragraph 14",
        sells_services=True,
        asks_schools=True,
    )
    db.session.add(fund)
    db.session.flush()
    year = financial_year(now.date())
    every, maintained = ["maintained", "academy", "other"], ["maintained"]
    for source, minute, when, pays, forward, pence in (
        (
            "Schools block, centrally retained",
            "Schools forum 13 March, item 5",
            year - 2,
            every,
            True,
            3_000_000,
        ),
        (
            "Schools block, centrally retained",
            "Schools forum 12 March, item 7",
            year - 1,
            every,
            True,
            6_000_000,
        ),
        (
            "De-delegated by maintained schools",
            "Schools forum 14 January, item 5",
            year - 1,
            maintained,
            True,
            600_000,
        ),
        (
            "Schools block, centrally retained",
            "Schools forum 11 March, item 6",
            year,
            every,
            True,
            15_000_000,
        ),
        ("Top-up", "Schools forum 8 July, item 9", year, every, False, 4_950_000),
    ):
        line = Allocation(
            fund_id=fund.id,
            source=source,
            minute_reference=minute,
            financial_year=when,
            pays=pays,
            carries_forward=forward,
        )
        db.session.add(line)
        db.session.flush()
        at = max(began, datetime.combine(date(when, 4, 1), time(9), LONDON).astimezone(UTC))
        ledger.allocate(line, pence, user=None, now=at)
    round_ = Round(
        fund_id=fund.id,
        name=ROLLING,
        criteria=c.CRITERIA,
        guidance="Bid at any time. The panel meets about once a month.",
    )
    round_.priorities = [Priority(title=title) for title in c.PRIORITIES]
    db.session.add(round_)
    return fund


def _people(fund: Fund, began: datetime, now: datetime) -> People:
    since = began.date()
    schools = {s.urn: s for s in db.session.scalars(select(School))}
    users: dict[str, User] = {}

    def person(name: str, job_title: str) -> User:
        if name not in users:
            invited_lately = name in c.NOT_SIGNED_IN_YET
            users[name] = User(
                name=name,
                email=address_of(name),
                job_title=job_title,
                created_at=now - timedelta(days=12) if invited_lately else began,
                last_signed_in_at=None if invited_lately else now - timedelta(days=1),
            )
            db.session.add(users[name])
        return users[name]

    for standing, table, title in (
        (Standing.LEADER, c.HEADS, "Head teacher"),
        (Standing.TEAM, c.TEAM, "School business manager"),
    ):
        for urn, name in table.items():
            db.session.add(
                Membership(user=person(name, title), school=schools[urn], standing=standing, starts_on=since)
            )
    for name, role, title in c.STAFF:
        db.session.add(RoleGrant(user=person(name, title), role=role, starts_on=since))
    _seats(fund, schools, person, now.date())
    db.session.flush()
    return People(users, schools)


def _seats(fund: Fund, schools: dict[str, School], person: Callable[[str, str], User], today: date) -> None:
    trusts = {trust.code: trust.id for trust in db.session.scalars(select(Trust))}
    held: dict[str, Seat] = {}
    for row in c.SEATS:
        school = schools[row.urn] if row.urn else None
        first, last = (today + timedelta(days=days) for days in row.term)
        held[row.name] = Seat(
            user=person(row.name, row.title),
            fund_id=fund.id,
            position=row.position,
            sector=row.sector,
            school=school,
            trust_id=school.trust_id if school else trusts.get(row.trust or ""),
            starts_on=first,
            ends_on=last,
            stands_in_for=held.get(row.stands_in_for),
        )
        db.session.add(held[row.name])


def _deliver_the_past(now: datetime) -> None:
    """Letters of earlier days went out in their time; only the last days' are left to deliver."""
    old = Letter.written_at < now - FRESH
    db.session.execute(
        update(Letter)
        .where(old, Letter.status.in_((LetterStatus.QUEUED, LetterStatus.IN_DIGEST)))
        .values(
            status=LetterStatus.SENT,
            sent_at=Letter.written_at,
            attempts=case((Letter.attempts == 0, 1), else_=Letter.attempts),
        )
    )
