"""Several people on one bid at the same moment, through real connections."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostLine
from fundflow.models.letter import Letter
from fundflow.models.person import Standing
from fundflow.models.review import Submission
from tests.applications.helpers import CONTACT, answers_to, form, hidden
from tests.factories import NOW, Make


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """From the moment of the tests on, for threads too."""
    with time_machine.travel(NOW, tick=True):
        yield


Post = Callable[[], int]

NEED = answers_to("/need")


def at_once(*posts: Post) -> list[int]:
    """Send these at the same moment; the answers' statuses, sorted."""
    barrier = Barrier(len(posts))

    def run(post: Post) -> int:
        barrier.wait()
        return post()

    with ThreadPoolExecutor(len(posts)) as pool:
        return sorted(pool.map(run, posts))


class Desk:
    """A draft with its head and a colleague, each with a browser of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            make = Make(db.session)
            lead = make.school()
            head, colleague = make.member(lead), make.member(lead, Standing.TEAM)
            bid = make.bid(lead=lead, leader=head)
            db.session.commit()
            self.bid_id, self.form = bid.id, form(bid)
            self.steps = f"/bids/{bid.reference}/steps"
            self.ids = {"head": head.get_id(), "colleague": colleague.get_id()}

    def client(self, who: str) -> Any:
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = self.ids[who], True
        return client

    def post(self, who: str, path: str, data: dict[str, str], name: str = "stamp") -> Post:
        """A page fetched now, and sent when called."""
        client = self.client(who)
        carried = {name: hidden(client.get(path).text, name)}
        return lambda: client.post(path, data={**data, **carried}).status_code

    def count(self, model: Any) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(model)) or 0

    def bid(self) -> Any:
        with self.app.app_context():
            bid = db.session.get_one(Bid, self.bid_id)
            return {
                "need": bid.need,
                "phone": bid.contact_phone,
                "requested": bid.requested_pence,
                "version": bid.version,
            }


@pytest.fixture
def desk(real_app: Flask) -> Desk:
    return Desk(real_app)


def test_two_answers_to_the_same_question_at_once_and_one_wins(desk: Desk) -> None:
    posts = [desk.post(who, desk.form + "/need", {**NEED, "need": f"By {who}."}) for who in desk.ids]
    assert at_once(*posts) == [302, 409]
    assert desk.bid()["version"] == 2


def test_two_sections_saved_at_once_are_both_kept(desk: Desk) -> None:
    posts = [
        desk.post("head", desk.form + "/need", {**NEED, "need": "Writing."}),
        desk.post("colleague", desk.form + "/contact", {**CONTACT, "contact_phone": "01632 960 777"}),
    ]
    assert at_once(*posts) == [302, 302]
    bid = desk.bid()
    assert (bid["need"], bid["phone"], bid["version"]) == ("Writing.", "01632 960 777", 3)


def test_the_same_row_sent_twice_at_once_is_added_once(desk: Desk) -> None:
    cost = {"kind": "venue", "description": "Hall", "pence": "20"}
    posts = [desk.post("head", desk.form + "/costs/other-costs/add", cost) for _ in range(3)]
    assert at_once(*posts) == [302, 302, 302]
    assert desk.count(CostLine) == 2
    assert desk.bid()["requested"] == 302_000


def test_submitting_twice_at_once_submits_once(desk: Desk) -> None:
    client = desk.client("head")
    version = hidden(client.get(desk.form + "/check").text, "version")

    def submit() -> int:
        answer = desk.client("head").post(desk.steps + "/submit", data={"version": version, "agreement": "y"})
        return int(answer.status_code)

    assert at_once(submit, submit) == [302, 302]
    assert desk.count(Submission) == 1
    assert desk.count(Letter) == 2  # the head's receipt, and the provider's


def test_a_change_while_the_head_submits_is_in_the_bid_or_refused(desk: Desk) -> None:
    client = desk.client("head")
    version = hidden(client.get(desk.form + "/check").text, "version")
    edit = desk.post("colleague", desk.form + "/need", {**NEED, "need": "At the last moment."})

    def submit() -> int:
        answer = client.post(desk.steps + "/submit", data={"version": version, "agreement": "y"})
        return int(answer.status_code)

    assert at_once(submit, edit) == [302, 409]
