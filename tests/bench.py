"""`make bench`: how pages grow with the number of bids, and what the floor is, as ratios.

Never asserted: a figure here says something about this machine today, a ratio about the code.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState
from tests.conftest import settings_for
from tests.factories import Make
from tests.growth import Growth

PAGES = ("/healthz", "/work", "/bids", "/bids/{first}", "/bids/{first}/application", "/money", "/schools")
FEW, MANY, TURNS = 10, 300, 15
DESK = (
    "/bids",
    "/bids?sort=deadline&turn=school",
    "/bids?q=coaching+77&sort=-amount",
    "/bids?officer=mine&due=overdue&sort=school",
    "/bids.csv",
    "/bids.xlsx",
)
CASES, MORE_CASES = 1_000, 10_000


def timed(act: Callable[[], object], count: int = TURNS) -> float:
    """The median of some turns, in milliseconds of wall time."""
    turns = []
    for _ in range(count):
        start = time.perf_counter()
        act()
        turns.append((time.perf_counter() - start) * 1000)
    return sorted(turns)[count // 2]


def add_bids(make: Make, count: int, officer: User) -> str:
    fund = make.fund()
    lead, provider = make.school(), make.school()
    leader = make.member(lead)
    states = (BidState.SUBMITTED, BidState.IN_REVIEW, BidState.IN_DELIVERY)
    for n in range(count):
        make.bid(state=states[n % 3], fund=fund, lead=lead, provider=provider, leader=leader, officer=officer)
    make.session.commit()
    return f"{fund.prefix}-0001"


def measure(client: FlaskClient, first: str) -> dict[str, float]:
    return {page: timed(lambda path=page: client.get(path.format(first=first))) for page in PAGES}  # type: ignore[misc]


def desk(app: Flask, client: FlaskClient, officer_id: int) -> None:
    """The officer's lists and files with a thousand bids more, and with ten thousand."""
    seen: list[dict[str, float]] = []
    for start, count in ((0, CASES), (CASES, MORE_CASES - CASES)):
        with app.app_context():
            make, officer = Make(db.session), db.session.get_one(User, officer_id)  # type: ignore[arg-type]
            like = make.bid(state=BidState.AT_PANEL, officer=officer)
            Growth(make, like, like.items[0].meeting, officer).caseload(count, start)
            db.session.commit()
        seen.append({page: timed(lambda path=page: client.get(path).data, 5) for page in DESK})  # type: ignore[misc]
    print(f"\n{'the desk':46}{f'ms, {CASES:,} bids':>16}{f'× with {MORE_CASES:,}':>16}")  # noqa: T201
    for page in DESK:
        print(f"{page:46}{seen[0][page]:16.1f}{seen[1][page] / seen[0][page]:16.2f}")  # noqa: T201


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    app = create_app(settings_for(f"sqlite:///{folder / 'bench.sqlite3'}"))
    with app.app_context():
        db.create_all()
        make = Make(db.session)  # type: ignore[arg-type]
        officer = make.staff(RoleName.OFFICER)
        user_id, officer_id = officer.get_id(), officer.id
        first = add_bids(make, FEW, officer)
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = user_id, True
    few = measure(client, first)
    with app.app_context():
        add_bids(Make(db.session), MANY - FEW, db.session.get_one(User, officer_id))  # type: ignore[arg-type]
        db.session.remove()
    many = measure(client, first)
    print(f"{'page':32}{'ms':>8}{'× /healthz':>12}{f'× with {MANY} bids':>18}")  # noqa: T201
    for page in PAGES:
        floor, growth = few[page] / few["/healthz"], many[page] / few[page]
        print(f"{page:32}{few[page]:8.1f}{floor:12.1f}{growth:18.2f}")  # noqa: T201
    desk(app, client, officer_id)


if __name__ == "__main__":
    main()
