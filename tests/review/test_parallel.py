"""Two requests at the same moment, over real connections."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName
from fundflow.models.review import Review
from fundflow.workflow.application import BidState as S
from tests.factories import Make

Answer = tuple[int, str]
Post = Callable[..., list[Answer]]


@pytest.fixture
def post(real_app: Flask) -> Post:
    """Send several POSTs at once: (who's cookie, path, data) each; answers in that order."""

    def send(*requests: tuple[str, str, dict[str, Any]]) -> list[Answer]:
        gate = threading.Barrier(len(requests))
        answers: dict[int, Answer] = {}

        def one(n: int, who: str, path: str, data: dict[str, Any]) -> None:
            client = real_app.test_client()
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = who, True
            gate.wait()
            answer = client.post(path, data=data)
            answers[n] = (answer.status_code, answer.text)

        threads = [threading.Thread(target=one, args=(n, *r)) for n, r in enumerate(requests)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[n] for n in range(len(requests))]

    return send


@pytest.fixture
def at_work(real_app: Flask) -> dict[str, Any]:
    """Two officers and two bids of one fund, committed: one in review, one new."""
    with real_app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        one, two = make.staff(RoleName.OFFICER), make.staff(RoleName.DEPUTY_OFFICER)
        fund = make.fund()
        bids = [make.bid(state=S.IN_REVIEW, fund=fund, officer=one) for _ in range(2)]
        new = make.bid(state=S.SUBMITTED, fund=fund)
        for bid in bids:
            make.confirmed(bid)
        meeting = make.meeting(fund, starts_at=datetime.now(UTC) + timedelta(days=20))
        db.session.commit()
        return {
            "one": one.get_id(),
            "two": two.get_id(),
            "meeting": meeting.id,
            "bids": [(b.reference, b.version) for b in bids],
            "review": bids[0].review.version,
            "new": (new.reference, new.version),
        }


def test_two_officers_save_the_same_review_and_one_wins(
    real_app: Flask, post: Post, at_work: dict[str, Any]
) -> None:
    reference, _ = at_work["bids"][0]
    path, version = f"/bids/{reference}/review", at_work["review"]
    answers = post(
        (at_work["one"], path, {"version": version, "need_notes": "typed by one"}),
        (at_work["two"], path, {"version": version, "need_notes": "typed by two"}),
    )
    assert sorted(status for status, _ in answers) == [302, 409]
    lost = answers[0] if answers[0][0] == 409 else answers[1]
    typed = "typed by one" if lost is answers[0] else "typed by two"
    assert "Somebody changed this" in lost[1]
    assert typed in lost[1]
    with real_app.app_context():
        kept = db.session.scalars(select(Review).join(Bid).where(Bid.reference == reference)).one()
        assert {kept.need_notes, typed} == {"typed by one", "typed by two"}
        assert kept.version == version + 1


def test_two_officers_take_up_the_same_bid_and_one_has_it(
    real_app: Flask, post: Post, at_work: dict[str, Any]
) -> None:
    reference, version = at_work["new"]
    path = f"/bids/{reference}/steps/take-up"
    answers = post((at_work["one"], path, {"version": version}), (at_work["two"], path, {"version": version}))
    assert sorted(status for status, _ in answers) == [302, 409]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Review)) == 3
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 1


def test_the_same_form_sent_twice_at_once_takes_the_step_once(
    real_app: Flask, post: Post, at_work: dict[str, Any]
) -> None:
    reference, version = at_work["new"]
    request = (at_work["one"], f"/bids/{reference}/steps/take-up", {"version": version})
    assert [status for status, _ in post(request, request)] == [302, 302]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(HistoryEntry)) == 1
        assert db.session.scalar(select(func.count()).select_from(Letter)) == 1


def test_two_bids_put_on_one_agenda_at_once_get_a_place_each(
    real_app: Flask, post: Post, at_work: dict[str, Any]
) -> None:
    answers = post(
        *(
            (
                at_work["one"],
                f"/bids/{reference}/steps/recommend",
                {
                    "version": version,
                    "recommendation": "fund",
                    "amount": "3000",
                    "meeting": at_work["meeting"],
                },
            )
            for reference, version in at_work["bids"]
        )
    )
    assert [status for status, _ in answers] == [302, 302]
    with real_app.app_context():
        assert sorted(db.session.scalars(select(AgendaItem.position))) == [1, 2]
