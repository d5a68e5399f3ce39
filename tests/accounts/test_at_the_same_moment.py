"""Two people, two connections, one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.letters.links import mint
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, RoleName, User
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
