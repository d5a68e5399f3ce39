"""Two people, two connections, one moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from fundflow.extensions import db
from fundflow.letters.links import mint
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, LinkPurpose, RoleName, Seat, User
from fundflow.workflow.working_days import london_date
from tests.factories import Make


@pytest.fixture
def make_real(real_app):
    """Factories whose rows are committed, for requests with connections of their own."""

    def run(work: Callable[[Make], object]) -> object:
        with real_app.app_context():
            result = work(Make(db.session))
            db.session.commit()
            return result

    return run


def together(acts):
    """Run the acts in threads that start at one moment, and collect their answers."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_who_use_a_link_at_once_one_signs_in(real_app, make_real):
    def link(make):
        return mint(LinkPurpose.SIGN_IN, make.user().id, datetime.now(UTC))

    path = f"/sign-in/link/{make_real(link)}"
    answers = together([lambda: real_app.test_client().post(path).status_code] * 6)
    assert sorted(answers) == [302] + [410] * 5


def test_of_many_requests_at_once_five_are_heard_and_one_letter_answers_them(real_app, make_real):
    email = make_real(lambda make: make.user().email)

    def ask():
        return real_app.test_client().post("/sign-in", data={"email": email}).status_code

    answers = together([ask] * 8)
    assert answers.count(200) <= 5
    assert set(answers) <= {200, 429}
    with real_app.app_context():
        letters = db.session.scalar(select(func.count()).select_from(Letter))
        db.session.rollback()
    assert letters == (1 if 200 in answers else 0)


def test_two_administrators_who_remove_one_another_leave_one(real_app, make_real):
    def two(make):
        pair = [make.staff(RoleName.ADMINISTRATOR) for _ in range(2)]
        return [(user.id, user.get_id()) for user in pair]

    one, other = make_real(two)

    def removes(who, whom):
        def act():
            client = real_app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = who[1]
            return client.post(f"/people/{whom[0]}/deactivate").status_code

        return act

    answers = together([removes(one, other), removes(other, one)])
    with real_app.app_context():
        left = db.session.scalar(select(func.count()).select_from(User).where(User.active.is_(True)))
        db.session.rollback()
    assert left == 1
    assert 302 in answers


def test_two_administrators_who_seat_a_chair_at_once_seat_one(real_app, make_real):
    def council(make):
        admins = [make.staff(RoleName.ADMINISTRATOR).get_id() for _ in range(2)]
        return admins, make.fund().id, [make.user().id for _ in range(2)]

    admins, fund_id, people = make_real(council)
    today = london_date(datetime.now(UTC))
    seat = {
        "fund": str(fund_id),
        "position": "chair",
        "sector": "la",
        **{f"starts_on-{part}": getattr(today, part) for part in ("day", "month", "year")},
    }

    def seats(who, whom):
        def act():
            client = real_app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"] = who
            return client.post(f"/people/{whom}/add/seat", data=seat).status_code

        return act

    answers = together([seats(who, whom) for who, whom in zip(admins, people, strict=True)])
    assert sorted(answers) == [302, 409]
    with real_app.app_context():
        chairs = db.session.scalar(select(func.count()).select_from(Seat))
        db.session.rollback()
    assert chairs == 1


def test_a_page_waits_for_nobody_to_note_that_its_session_was_seen(real_app, make_real):
    def somebody(make):
        user = make.user()
        row = db.session.query(BrowserSession).filter_by(user_id=user.id).one()
        row.seen_at = row.begun_at = datetime.now(UTC) - timedelta(minutes=30)
        return user.get_id(), row.id

    key, number = make_real(somebody)
    client = real_app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = key

    def seen_at():
        with real_app.app_context():
            seen = db.session.get_one(BrowserSession, number).seen_at
            db.session.rollback()
            return seen

    with real_app.app_context():
        engine = db.engine
    before = seen_at()
    with engine.connect() as another:
        another.execute(update(BrowserSession).values(network="elsewhere"))  # and nobody else can write here
        began = time.monotonic()
        assert client.get("/me").status_code == 200
        assert time.monotonic() - began < 5
        another.rollback()
    assert seen_at() == before
    assert client.get("/me").status_code == 200
    assert seen_at() > before
