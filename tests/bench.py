"""`make bench`: how pages grow with the number of bids, and what the floor is, as ratios.

Never asserted: a figure here says something about this machine today, a ratio about the code.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState
from tests.conftest import settings_for
from tests.factories import Make

PAGES = ("/healthz", "/work", "/bids", "/bids/{first}", "/bids/{first}/application", "/money", "/schools")
FEW, MANY, TURNS = 10, 300, 15


def timed(act: Callable[[], object]) -> float:
    """The median of some turns, in milliseconds of wall time."""
    turns = []
    for _ in range(TURNS):
        start = time.perf_counter()
        act()
        turns.append((time.perf_counter() - start) * 1000)
    return sorted(turns)[TURNS // 2]


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


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    app = create_app(settings_for(f"sqlite:///{folder / 'bench.sqlite3'}"))
    with app.app_context():
        db.create_all()
        make = Make(db.session)  # type: ignore[arg-type]
        officer = make.staff(RoleName.OFFICER)
        user_id = officer.get_id()
        first = add_bids(make, FEW, officer)
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = user_id, True
    few = measure(client, first)
    with app.app_context():
        add_bids(Make(db.session), MANY - FEW, db.session.get_one(User, int(user_id.split(".")[0])))  # type: ignore[arg-type]
        db.session.remove()
    many = measure(client, first)
    print(f"{'page':32}{'ms':>8}{'× /healthz':>12}{f'× with {MANY} bids':>18}")  # noqa: T201
    for page in PAGES:
        floor, growth = few[page] / few["/healthz"], many[page] / few[page]
        print(f"{page:32}{few[page]:8.1f}{floor:12.1f}{growth:18.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
