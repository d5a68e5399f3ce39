"""Transactions that wait for each other: the database ends one, and its page tries again."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from fundflow.database import is_collision
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import RoleName
from fundflow.steps import lock
from fundflow.web.forms import BUSY, ConfirmForm, carried_out
from tests.concurrency.hall import Hall, Post, a_fund, decision, steps_of, voted_on
from tests.factories import Make


class Deadlock(Exception):
    sqlstate = "40P01"


COLLISION = OperationalError("UPDATE bid …", {}, Deadlock("deadlock detected"))
GONE = OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


def raising(*errors: Exception) -> Callable[..., None]:
    """An operation that fails so often, then succeeds."""
    left = list(errors)

    def act(*_args: object) -> None:
        if left:
            raise left.pop(0)

    return act


def test_one_collision_is_tried_again_and_two_are_told(hall: Hall) -> None:
    with hall.app.test_request_context("/", method="POST"):
        form = ConfirmForm()
        assert carried_out(form, raising(COLLISION))
        assert form.problem is None
        assert not carried_out(form, raising(COLLISION, COLLISION))
        assert form.status == 409
        assert form.problem == BUSY


def test_a_database_that_is_gone_is_no_collision(hall: Hall) -> None:
    with hall.app.test_request_context("/", method="POST"), pytest.raises(OperationalError):
        carried_out(ConfirmForm(), raising(GONE, GONE))
    assert is_collision(OperationalError("BEGIN", {}, Exception("database is locked")))


def test_two_who_lock_the_same_rows_in_opposite_order_both_end_well(hall: Hall) -> None:
    """On PostgreSQL a real deadlock; on SQLite one waits at the door."""

    def set_up(make: Make) -> tuple[int, ...]:
        fund = a_fund(make)
        return tuple(make.bid(fund=fund).id for _ in range(2))

    ids = hall.set_up(set_up)
    first_is_held = threading.Barrier(2)

    def both(order: tuple[int, ...]) -> bool:
        tries: list[int] = []

        def act() -> None:
            tries.append(1)
            for n, number in enumerate(order):
                lock(db.session.get_one(Bid, number), None)
                if n == 0 and len(tries) == 1 and db.engine.dialect.name == "postgresql":
                    first_is_held.wait(20)
            db.session.get_one(Bid, order[0]).touch()
            db.session.commit()

        with hall.app.test_request_context("/", method="POST"):
            return carried_out(ConfirmForm(), act)

    assert hall.at_once(lambda: both(ids), lambda: both(ids[::-1])) == [True, True]
    versions = hall.ask(lambda: [db.session.get_one(Bid, number).version for number in ids])
    assert versions == [2, 2]


@pytest.fixture
def impatient(hall: Hall) -> Iterator[None]:
    """Connections that wait a fifth of a second for a lock, not half a minute or for ever."""

    def shorten(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA busy_timeout = 200")
        else:
            connection.execute("SET lock_timeout = 200")
            connection.commit()

    with hall.app.app_context():
        engine = db.engine
        engine.dispose()
        event.listen(engine, "connect", shorten)
        yield
        db.session.remove()
        event.remove(engine, "connect", shorten)
        engine.dispose()


@pytest.mark.usefixtures("impatient")
def test_a_row_that_somebody_holds_too_long_is_a_page_and_nothing_changes(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, Post]:
        fund = a_fund(make)
        chair = make.panel(fund)[0].user
        bid = voted_on(make, fund)
        return bid.id, Post(chair.get_id(), steps_of(bid, "approve"), decision(bid, "Clear."))

    bid_id, post = hall.set_up(set_up)
    with hall.app.app_context():
        lock(db.session.get_one(Bid, bid_id), None)
        answer = hall.at_once(post)[0]
        db.session.rollback()
    refused = (409, "Somebody else was changing the same things at that moment.")
    at_the_door = (503, "The service is busy")  # SQLite lets nobody in who may write
    status, said = at_the_door if on_sqlite(hall) else refused
    assert answer.status == status
    assert said in answer.page
    assert hall.post(post).status == 302


def on_sqlite(hall: Hall) -> bool:
    return hall.ask(lambda: db.engine.dialect.name) == "sqlite"


@pytest.mark.usefixtures("impatient")
def test_while_a_table_is_being_changed_pages_say_so_and_keep_what_was_typed(hall: Hall) -> None:
    if on_sqlite(hall):
        pytest.skip("SQLite’s readers wait for no writer")
    head = hall.set_up(lambda make: make.user().get_id())
    browser, typed = hall.browser(head), {"email": "ann@b.example"}
    from_our_page = {"Sec-Fetch-Site": "same-origin"}
    with hall.app.app_context(), db.engine.begin() as migrating:
        migrating.execute(text("LOCK TABLE person IN ACCESS EXCLUSIVE MODE"))
        answers = [
            browser.get("/work"),
            hall.browser(None).post("/sign-in", data=typed, headers=from_our_page),
        ]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("The service is busy" in answer.text for answer in answers)
    assert all(answer.headers["Retry-After"] for answer in answers)
    assert 'value="ann@b.example"' in answers[1].text
    assert browser.get("/work").status_code == 200


class Ending:
    """Ends the connection around its statement of this number, as PostgreSQL does when it is restarted.

    when: an event, before_cursor_execute or after_cursor_execute. said: that statement.
    """

    def __init__(self, hall: Hall, at: int, when: str = "before_cursor_execute") -> None:
        with hall.app.app_context():
            self.engine = db.engine
        self.apart = create_engine(self.engine.url, poolclass=NullPool)
        self.at, self.when, self.statements, self.said = at, when, 0, ""

    def __call__(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.statements += 1
        if self.statements == self.at:
            self.said = statement
            pid = connection.connection.driver_connection.info.backend_pid
            with self.apart.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    def __enter__(self) -> "Ending":
        event.listen(self.engine, self.when, self)
        return self

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, self.when, self)


@pytest.fixture
def officer(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The browser of one, where errors have pages, on PostgreSQL."""
    if on_sqlite(hall):
        pytest.skip("SQLite has no server")
    monkeypatch.setattr(hall.app, "testing", False)
    hall.set_up(a_fund)
    return hall.browser(hall.set_up(lambda make: make.staff(RoleName.OFFICER).get_id()))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_the_server_ends_is_a_503_and_the_next_request_is_answered(
    hall: Hall, officer: FlaskClient, method: str
) -> None:
    with Ending(hall, 1) as ending:
        answer = officer.open("/support/add", method=method, data={"need": "Reading in Year 2"})
    assert ending.said
    assert answer.status_code == 503
    assert "The service is not available at the moment" in answer.text
    assert officer.get("/work").status_code == 200


# Pages go without, or with what was kept, where nothing else is to be asked.
KEPT = (
    "SELECT brand.",
    "SELECT fund.contact_name",
    "SELECT DISTINCT fund.sells_services",
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/work"),
        ("GET", "/bids"),
        ("GET", "/money"),
        ("GET", "/dashboard"),
        ("GET", "/nowhere"),
        ("POST", "/me"),
    ],
)
def test_a_connection_that_ends_anywhere_in_a_page_is_a_503(
    hall: Hall, officer: FlaskClient, method: str, path: str
) -> None:
    sent = {"name": "Ann Lee", "letters": "each"} if method == "POST" else None
    well = officer.open(path, method=method, data=sent).status_code
    with Ending(hall, 0) as whole:
        assert officer.open(path, method=method, data=sent).status_code == well
    for at in range(1, whole.statements + 1):
        with Ending(hall, at) as ending:
            status = officer.open(path, method=method, data=sent).status_code
        assert status == 503 or (status == well and ending.said.startswith(KEPT)), ending.said


def test_a_connection_that_ends_after_the_last_statement_does_not_spoil_the_answer(
    hall: Hall, officer: FlaskClient
) -> None:
    with Ending(hall, 0) as whole:
        officer.get("/bids")
    with Ending(hall, whole.statements, "after_cursor_execute") as ending:
        assert officer.get("/bids").status_code == 200
    assert ending.said


def test_no_lock_is_waited_for_without_end(hall: Hall) -> None:
    if on_sqlite(hall):
        pytest.skip("busy_timeout is set at each BEGIN")
    assert hall.ask(lambda: db.session.scalar(text("SHOW lock_timeout"))) == "10s"
