"""A town hall at its busiest: several browsers at once, each on a connection of its own."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from threading import Barrier
from typing import Any, TypeVar

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow import clock
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine
from fundflow.models.fund import Fund
from fundflow.models.money import financial_year
from fundflow.models.panel import AgendaItem
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import SeatPosition, User
from fundflow.models.school import School
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import london_date
from tests.factories import Make

Result = TypeVar("Result")
Data = dict[str, Any]
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back: the page as text without entities, or where the browser is sent."""

    status: int
    page: str
    location: str

    @property
    def is_fine(self) -> bool:
        """Done, or told in a sentence why not: by the form (422) or by the act itself (409)."""
        return self.status == 302 or (self.status in (409, 422) and "govuk-error-summary" in self.page)


@dataclass(frozen=True)
class Post:
    """A form sent: by whom (`User.get_id()`, or None), where to, what."""

    who: str | None
    path: str
    data: Data


class Hall:
    def __init__(self, app: Flask) -> None:
        self.app = app

    # -- before and after -----------------------------------------------------------------------

    def set_up(self, work: Callable[[Make], Result]) -> Result:
        """Make rows and commit them."""
        with self.app.app_context():
            result = work(Make(db.session))  # type: ignore[arg-type]
            db.session.commit()
            return result

    def ask(self, work: Callable[[], Result]) -> Result:
        """Ask the database something, outside any request."""
        with self.app.app_context():
            result = work()
            db.session.rollback()
            return result

    def look(self, work: Callable[[], Result]) -> Result:
        """Like `ask`, as a page that is read: it takes no lock, and waits for nobody."""
        with self.app.test_request_context("/", method="GET"):
            return work()

    def count(self, model: Any, *where: Any) -> int:
        return self.ask(lambda: db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0)

    # -- at one moment --------------------------------------------------------------------------

    def browser(self, who: str | None) -> FlaskClient:
        client = self.app.test_client()
        if who is not None:
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = who, True
        return client

    def hidden(self, who: str | None, path: str) -> Data:
        """The hidden fields of a page that was fetched."""
        page = self.browser(who).get(path).text
        tags = [dict(ATTRIBUTE.findall(tag)) for tag in HIDDEN.findall(page)]
        return {tag["name"]: unescape(tag.get("value", "")) for tag in tags if "name" in tag}

    def post(self, post: Post) -> Answer:
        answer = self.browser(post.who).post(post.path, data=post.data)
        return Answer(answer.status_code, unescape(answer.text), answer.headers.get("Location", ""))

    def at_once(self, *acts: Post | Callable[[], Any]) -> list[Any]:
        """Do all of this at the same moment; what each answered, in the order given.

        An exception that no page caught is raised here.
        """
        gate = Barrier(len(acts))

        def go(act: Post | Callable[[], Any]) -> Any:
            gate.wait(30)
            return self.post(act) if isinstance(act, Post) else act()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(go, acts))

    def tick(self, now: datetime) -> int:
        """The clock's work, as a worker does it."""
        with self.app.app_context():
            return clock.tick(now)


# -- what the tests need made ---------------------------------------------------------------------


def right_now() -> datetime:
    """The moment of the tests, as far as it has gone on (see conftest.py)."""
    return datetime.now(UTC)


def tomorrow() -> datetime:
    return right_now() + timedelta(days=1)


def a_fund(make: Make, pence: int = 19_950_000, **values: Any) -> Fund:
    """A fund whose one allocation line is of this financial year, whenever the tests run."""
    fund = make.fund(allocated=0, **values)
    make.allocation(fund, pence, year=financial_year(london_date(right_now())))
    return fund


def voted_on(
    make: Make, fund: Fund, *, lead: School | None = None, choice: Choice = Choice.FUND, pence: int = 300_000
) -> Bid:
    """A bid of £3,000 before a panel whose members present have all voted the same way."""
    bid = make.bid(state=BidState.AT_PANEL, fund=fund, lead=lead, now=right_now())
    bid.requested_pence = pence
    make.voted(bid.items[0], *[choice] * 5)
    return bid


@dataclass(frozen=True)
class Panel:
    """Ids to sign in with."""

    chair: str
    other_chair: str
    deputy: str
    members: tuple[str, ...]


def a_panel(make: Make, fund: Fund) -> Panel:
    """Two who hold the chair (a seat handed over on the day), a deputy, two members."""
    seats = make.panel(fund)
    seats[2].position = SeatPosition.CHAIR
    ids = [seat.user.get_id() for seat in seats]
    return Panel(ids[0], ids[2], ids[1], tuple(ids))


def decision(bid: Bid, words: str, **changes: Any) -> Data:
    """What the chair sends with any outcome."""
    return {
        "version": bid.version,
        "amount": bid.requested_pence // 100,
        "reasons": words,
        "question": words,
        "equality_note": "None.",
        "departure": "The need is plain.",
        "feedback_need": words,
        **changes,
    }


def a_claim(
    bid: Bid,
    pence: int,
    *,
    number: int = 1,
    state: ClaimState = ClaimState.SUBMITTED,
    checked_by: User | None = None,
) -> Claim:
    """A claim of the school, without days of its own."""
    now = right_now()
    claim = Claim(
        bid=bid,
        school=bid.lead_school,
        number=number,
        kind=ClaimKind.BACKFILL,
        state=state,
        pence=pence,
        created_at=now,
        submitted_at=now,
    )
    if checked_by is not None:
        claim.certified_at, claim.certified_by_id = now, checked_by.id
    db.session.add(claim)
    db.session.flush()
    return claim


def steps_of(bid: Bid, name: str) -> str:
    return f"/bids/{bid.reference}/steps/{name}"


def claim_steps(claim: Claim, name: str) -> str:
    return f"/bids/{claim.bid.reference}/claims/{claim.id}/steps/{name}"


def item_of(bid: Bid) -> AgendaItem:
    return bid.items[-1]


def first_line(bid: Bid) -> BackfillLine:
    return bid.backfill_lines[0]
