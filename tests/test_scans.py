"""No page goes through the bids that have ended: what SQLite's machine does does not grow with them.

Numbers of queries stayed equal while each query went through every bid ever made.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.extensions import db
from tests.factories import NOW, Make
from tests.growth import Growth
from tests.test_budgets import budgets_council

STEPS = 100  # of SQLite's machine between two looks
FEW, MANY = 1_500, 4_500  # a list counts no further than 1,000
ALLOWED = 1.3  # a page may do a little more: an index is deeper
PAGES = {
    "/work": "leader provider officer clerk chair authorised finance impact reviewer administrator",
    "/bids": "leader officer chair finance auditor",
    "/bids?sort=deadline": "officer",
    "/bids?sort=-deadline": "officer",
    "/bids?sort=amount": "officer",
    "/bids?sort=-amount": "officer",
    "/bids?sort=school": "officer",
    "/bids?sort=-school": "officer",
    "/bids?sort=age": "officer",
    "/bids?sort=-age": "officer",
    "/bids?sort=reference": "officer",
    "/bids?sort=-reference": "officer",
    "/bids?state=in_review&officer=mine": "officer",
    "/bids/{P}": "leader officer clerk chair",
    "/bids/{P}/review": "officer",
    "/bids/{P}/panel": "clerk",
    "/bids/{P}/history": "officer",
    "/meetings": "clerk chair",
    "/meetings/{meeting}": "clerk chair",
    "/meetings/{meeting}/items/{item}": "clerk member",
    "/letters": "administrator",
    "/people": "administrator",
    "/schools/{urn}": "officer",
    "/brokering": "officer",
    "/support": "leader",
}


@pytest.fixture
def steps(app: Any) -> Callable[[], int]:
    """How many steps SQLite's machine has taken since it was last asked."""
    taken = 0

    def look() -> int:
        nonlocal taken
        taken += STEPS
        return 0

    def since_last() -> int:
        nonlocal taken
        found, taken = taken, 0
        return found

    driver: Any = db.session.connection().connection.driver_connection
    driver.set_progress_handler(look, STEPS)
    return since_last


def test_no_page_goes_through_the_bids_that_have_ended(
    client: FlaskClient, make: Make, steps: Callable[[], int], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    found = budgets_council(make)
    people = {name: user and user.get_id() for name, user in found.people.items()}

    def looked() -> dict[tuple[str, str], int]:
        seen = {}
        for path, roles in PAGES.items():
            for role in roles.split():
                with client.session_transaction() as cookie:
                    cookie["_user_id"], cookie["_fresh"] = people[role], True
                db.session.rollback()
                db.session.expunge_all()
                steps()
                assert client.get(path.format(**found.values)).status_code == 200, (path, role)
                seen[path, role] = steps()
        return seen

    def archive(count: int, start: int) -> None:
        officer, like = make.session.merge(found.people["officer"]), make.session.merge(found.bids["P"])
        Growth(make, like, like.items[0].meeting, officer).archive(count, start)
        make.session.commit()

    archive(FEW, 0)
    few = looked()
    archive(MANY - FEW, FEW)
    many = looked()
    grown = [
        f"{path} as {role}: {few[path, role]}, then {many[path, role]}"
        for path, role in few
        if many[path, role] > few[path, role] * ALLOWED + 1_000
    ]
    assert not grown, "\n".join(grown)
