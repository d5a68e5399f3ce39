"""No page goes through the bids that have ended: what the database does does not grow with them.

Numbers of queries stayed equal while each query went through every bid ever made. On SQLite the steps of
its machine are counted, on PostgreSQL the rows it reads.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from fundflow.extensions import db
from fundflow.models.person import RoleName, User
from tests.factories import NOW, Make
from tests.growth import Growth
from tests.growth.base import analyze
from tests.test_budgets import budgets_council

STEPS = 100  # of SQLite's machine between two looks
FEW, MANY = 1_500, 4_500  # a list counts no further than 1,000
ALLOWED = 1.3  # a page may do a little more: an index is deeper
PAGES = {
    "/work": "leader provider officer clerk chair authorised finance impact reviewer administrator auditor "
    "board",
    "/work/start-the-review": "leader officer",
    "/bids": "leader officer chair finance auditor",
    "/bids?after=5": "leader officer",
    "/bids?after=700&sort=-age": "officer",
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
    "/bids?q=zed": "officer leader",
    "/bids.csv?state=in_review": "officer",
    "/bids/{D}": "leader",
    "/board": "officer chair board",
    "/board/papers/new": "officer",
    "/board/papers/{paper}": "officer board",
    "/board/papers/{draft}": "officer",
    "/board/papers/{paper}/report/print": "officer",
    "/board/papers/{paper}/report.docx": "officer",
    "/board/recommendations/new": "officer",
    "/board/recommendations.csv": "board",
    "/board/recommendations/{recommendation}": "officer impact board",
    "/papers": "leader",
    "/case-studies": "leader",
    "/case-studies/{case_public}": "leader",
    "/bids/{F}/case-study": "leader officer",
    "/papers/{public}": "leader",
    "/papers/{public}/report/print": "leader",
    "/bids/{P}": "leader officer clerk chair",
    "/bids/{P}/application": "leader officer chair",
    "/bids/{P}/review": "officer",
    "/bids/{P}/need": "officer",
    "/bids/{P}/people": "officer",
    "/bids/{P}/notes": "officer",
    "/bids/{P}/panel": "clerk",
    "/bids/{P}/history": "officer leader",
    "/bids/{P}/letters": "officer leader",
    "/bids/{P}/decide": "chair",
    "/bids/{B}/money": "leader officer finance",
    "/bids/{B}/money/statement": "leader officer finance",
    "/bids/{B}/money/statement.csv": "finance",
    "/bids/{B}/claims/{b_claim}": "leader officer finance",
    "/bids/{F}/impact": "leader impact",
    "/bids/{W}/report": "leader",
    "/bids/{F}/report/review": "impact",
    "/impact": "impact",
    "/impact/waiting/held": "impact",
    "/bids/{D}/form": "leader",
    "/bids/{D}/form/costs": "leader",
    "/bids/{D}/form/check": "leader",
    "/bids/{T}/steps/approve": "small_chair",
    "/bids/{O}/steps/accept-offer": "leader",
    "/bids/{R}/assign": "officer",
    "/meetings": "clerk chair",
    "/meetings?after={meeting}": "clerk",
    "/meetings/{meeting}": "clerk chair",
    "/meetings/{meeting}/items/{item}": "clerk member",
    "/meetings/{meeting}/ranking": "clerk chair",
    "/meetings/{meeting}/order": "clerk",
    "/meetings/{meeting}/waiting": "chair",
    "/ranking": "clerk officer",
    "/panel": "clerk member",
    "/panel/register": "clerk",
    "/our-staff": "leader provider",
    "/money": "officer finance board",
    "/money/waiting/{fund}/to-check": "officer finance",
    "/money/waiting/{fund}/to-pay": "finance",
    "/money/waiting/{fund}/held": "finance",
    "/money/waiting/{fund}/rejected": "finance",
    "/money/waiting/{fund}/late-claims": "finance",
    "/money/waiting/{fund}/runs-to-approve": "finance",
    "/money/waiting/{fund}/back-late": "finance",
    "/money/forecast": "finance",
    "/money/forecast.csv": "finance",
    "/money/ledger": "finance",
    "/money/ledger?after=500": "finance",
    "/money/runs": "finance",
    "/money/runs/{run}": "finance",
    "/register": "leader",
    "/register?after=50": "leader",
    "/register?phase=2&year=2026": "leader",
    "/register/{A}": "leader",
    "/fund/{fund}": "nobody",
    "/letters": "administrator",
    "/letters?after=500": "administrator",
    "/letters/{letter}": "administrator",
    "/people": "administrator",
    "/people/{person}": "administrator",
    "/data-protection": "administrator",
    "/data-protection/removals/{removal}": "administrator",
    "/data-protection/people/{person}/restriction": "administrator",
    "/audit/views/bids": "administrator",
    "/audit/views/people": "administrator",
    "/audit/seals": "administrator",
    "/audit/sample?seed=a&of=letters": "administrator",  # no letter was written about those that have ended
    "/schools": "leader officer",
    "/schools?where=england&q=quay": "leader",
    "/schools/{urn}": "leader officer",
    "/schools/targets": "officer",
    "/schools/tiers": "officer",
    "/schools/caseloads": "officer",
    "/schools/concerns/{concern}": "officer",
    "/schools/tiers?sort=-tier&never=yes": "officer",
    "/schools/changes": "officer",
    "/directory": "leader officer",
    "/brokering": "officer",
    "/brokering/contacts": "officer",
    "/support": "leader",
    "/good-practice": "leader officer",
    "/engagement": "officer",
    "/engagement/{urn}": "officer",
    "/advisers": "officer",
    "/advisers/visits": "leader officer",
    "/services": "leader officer",
    "/services/{service}": "leader",
    "/services/orders": "leader",
    "/services/orders/{order}": "leader officer",
    "/surveys": "leader officer",
    "/surveys/{survey}": "leader officer",
    "/surveys/{survey_shared}/summary": "leader officer",
    "/surveys/{survey_shared}/summary?by=phase&shown=shared": "leader officer",
    "/support/{support}/match": "officer",
    "/funds": "administrator",
    "/funds/{fund}": "administrator",
    "/funds/{fund}/letter-words": "administrator",
    "/funds/brand": "administrator",
    "/rounds": "leader",
    "/rounds/{round}": "officer",
    "/": "nobody",
    "/me": "leader",
}
OF_ONE_BID = "/bids/{"
# What these show grows, so the work may grow as much: (the role, and why).
GROWING = {
    "/bids.csv": ("officer", "it is every bid"),
    "/audit/acts/decisions": ("administrator", "it puts all there ever were of several steps in one order"),
    "/audit/acts/grants": ("administrator", "the same"),
    "/bids?q=quay": ("officer", "it counts up the ids of every bid of schools that are named so"),
    "/desk/hand-over/{officer}/{person}": ("officer", "refused bids go along: they may come back"),
    "/data-protection/due": ("administrator", "it is every bid that ended and was kept long enough"),
    "/money/ledger.csv": ("finance", "it is the whole ledger"),
    "/money/ledger?fund={fund}": ("finance", "it adds up the fund’s ledger, as the reader may see it"),
    "/money/years/2026": ("finance", "it adds up the ledger and every award as they stood at the year’s end"),
    "/money/years/2026.csv": ("finance", "the same"),
    "/case-studies?need=maths&phase=2&q=zed": ("leader", "words may stand anywhere in what is published"),
    "/register.csv": ("leader", "it is every award"),
    "/transparency.csv": ("nobody", "the same"),
    "/register?q=zed": ("leader", "words may stand anywhere in what is published"),
    "/impact/measures": ("impact", "it adds up every accepted result"),
    "/dashboard": ("officer", "it adds up every bid, award and result"),
    "/dashboard.xlsx": ("board", "the same"),
    "/dashboard/value/value.csv": ("board", "it adds up every bid that has delivered"),
    "/bids/{F}/value": ("leader", "it sets the bid beside every other that has delivered"),
}
# PostgreSQL finds a school's bids, those it leads or takes part in, along the order of the list. For the file
# of every bid it may look through the schools, as few as they are here, once a bid.
NOT_ON_POSTGRESQL = {("/bids.csv", "officer")} | {
    *((path, "leader") for path in ("/bids", "/bids?after=5", "/bids?q=zed")),
    *(("/schools/{urn}", role) for role in ("leader", "officer")),
}


@pytest.fixture
def looked() -> Callable[[], int]:
    """How much the database has looked at since this was last asked."""
    taken, connection = 0, db.session.connection()

    def look() -> int:
        nonlocal taken
        taken += STEPS
        return 0

    def rows_read() -> int:
        read = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
        return int(db.session.scalar(text(read)) or 0)

    driver: Any = connection.connection.driver_connection
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        driver.set_progress_handler(look, STEPS)
    else:  # it goes through small tables although an index fits; what none fits it goes through still
        connection.execute(text("SET enable_seqscan = off"))
    last = 0

    def since_last() -> int:
        nonlocal last
        now = taken if is_sqlite else rows_read()
        found, last = now - last, now
        return found

    return since_last


class Looking:
    """Asks for pages of a council whose bids that have ended grow from few to many."""

    def __init__(self, client: FlaskClient, make: Make, looked: Callable[[], int]) -> None:
        self.client, self.make, self.looked = client, make, looked
        self.found = budgets_council(make)
        self.people = {name: user and user.get_id() for name, user in self.found.people.items()}
        self.archived = 0

    def at_all(self, pages: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        return {(path, role): self.at(path, role) for path, role in pages}

    def at(self, path: str, role: str) -> int:
        """What one page looks at, for a session that holds nothing yet."""
        with self.client.session_transaction() as cookie:
            cookie.clear()
            if self.people[role]:
                cookie["_user_id"], cookie["_fresh"] = self.people[role], True
        db.session.rollback()
        db.session.expunge_all()
        self.looked()
        with self.client.get(path.format(**self.found.values)) as response:
            assert response.status_code == 200, f"{path} as {role} answers {response.status_code}"
            assert response.data  # a file is written as it is read
        return self.looked()

    def archive(self, total: int) -> None:
        """So many bids that have ended in all."""
        self._growth().archive(total - self.archived, self.archived)
        self.archived = total
        self.make.session.commit()

    def grow(self, count: int, start: int = 0, officer: User | None = None) -> None:
        """So many bids more, in every state, of the council's officer or another."""
        self._growth(officer).bids(count, start)
        analyze(self.make.session)
        self.make.session.commit()

    def _growth(self, officer: User | None = None) -> Growth:
        merge, like = self.make.session.merge, self.found.bids["P"]
        like = merge(like)
        officer = merge(officer or self.found.people["officer"])
        return Growth(self.make, like, like.items[0].meeting, officer)


@pytest.mark.one_database
def test_no_page_of_one_bid_goes_through_the_others_under_way(
    client: FlaskClient, make: Make, looked: Callable[[], int], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    looking = Looking(client, make, looked)
    pages = [(path, role) for path, roles in PAGES.items() for role in roles.split() if OF_ONE_BID in path]
    looking.grow(500)
    few = looking.at_all(pages)
    looking.grow(1_500, 500)
    many = looking.at_all(pages)
    grown = [
        f"{path} as {role}: {few[path, role]}, then {many[path, role]}"
        for path, role in pages
        if many[path, role] > few[path, role] * ALLOWED + 1_000
    ]
    assert not grown, "\n".join(grown)


@pytest.mark.one_database
def test_an_officers_my_work_hardly_looks_at_a_colleagues_bids(
    client: FlaskClient, make: Make, looked: Callable[[], int], time_machine: Any
) -> None:
    """Any officer checks a claim; and reasons that nobody has read are found before whose they are."""
    time_machine.move_to(NOW, tick=False)
    looking = Looking(client, make, looked)
    looking.grow(100)
    few = looking.at("/work", "officer")
    looking.grow(2_000, 100, make.staff(RoleName.OFFICER))
    assert looking.at("/work", "officer") - few <= 2_000 * 20  # steps of SQLite's machine


@pytest.mark.one_database
def test_the_list_of_tiers_looks_up_a_schools_last_bid_however_many_it_led(
    client: FlaskClient, make: Make, looked: Callable[[], int], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    looking = Looking(client, make, looked)
    looking.archive(200)
    few = looking.at("/schools/tiers", "officer")
    looking.archive(2_200)
    assert looking.at("/schools/tiers", "officer") <= few * ALLOWED + 1_000


@pytest.mark.thorough
def test_the_forecast_reads_no_claim_of_a_bid_that_has_ended(
    client: FlaskClient, make: Make, looked: Callable[[], int], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    looking = Looking(client, make, looked)
    looking.archive(500)
    few = looking.at("/money/forecast", "finance")
    looking.archive(3_000)
    assert looking.at("/money/forecast", "finance") <= few * 1.3


@pytest.mark.thorough
def test_no_page_goes_through_the_bids_that_have_ended(
    client: FlaskClient, make: Make, looked: Callable[[], int], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    looking = Looking(client, make, looked)
    steady = [(path, role) for path, roles in PAGES.items() for role in roles.split()]
    growing = [(path, role) for path, (role, _why) in GROWING.items()]
    if db.engine.dialect.name == "postgresql":
        steady, growing = (
            [one for one in pages if one not in NOT_ON_POSTGRESQL] for pages in (steady, growing)
        )
    looking.archive(FEW)
    few = looking.at_all(steady + growing)
    looking.archive(MANY)
    many = looking.at_all(steady + growing)
    most = {one: ALLOWED for one in steady} | {one: ALLOWED * MANY / FEW for one in growing}
    grown = [
        f"{path} as {role}: {few[path, role]}, then {many[path, role]}"
        for path, role in few
        if many[path, role] > few[path, role] * most[path, role] + 1_000
    ]
    assert not grown, "\n".join(grown)
    if db.engine.dialect.name == "sqlite":  # what grows no longer belongs among the others
        assert [one for one in growing if many[one] <= few[one] * ALLOWED + 1_000] == []
