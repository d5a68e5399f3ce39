"""Two officers pass on the same school's bids at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.area import Succession
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make


def test_the_bids_pass_once_with_one_note_each_and_one_letter(real_app: Flask) -> None:
    with real_app.app_context():
        make = Make(db.session)
        old, new = make.school("Old", status_code=2), make.school("New")
        make.member(new)
        officers = [make.staff(RoleName.OFFICER), make.staff(RoleName.OFFICER)]
        for _ in range(4):
            make.bid(state=BidState.IN_REVIEW, lead=old)
        ids, numbers, seen = (old.id, new.id), [user.id for user in officers], stamp(bid_ids(old, old))
        db.session.commit()
    ready = Barrier(2)

    def one(user_id: int) -> str:
        with real_app.app_context():
            school, successor = db.session.get_one(School, ids[0]), db.session.get_one(School, ids[1])
            user = db.session.get_one(User, user_id)
            db.session.commit()
            ready.wait()
            try:
                pass_on(SuccessionPlan(school, school, successor, "Merged."), seen=seen, user=user, now=NOW)
            except (AlreadyTaken, Refused, Stale) as refused:
                db.session.rollback()
                return type(refused).__name__
            return "passed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(one, numbers))
    assert outcomes[1] == "passed"
    assert outcomes[0] in ("Refused", "Stale")
    with real_app.app_context():
        assert set(db.session.scalars(select(Bid.lead_school_id))) == {ids[1]}
        assert db.session.scalar(select(func.count()).select_from(Succession)) == 1
        notes = select(func.count()).where(HistoryEntry.step == "pass_on")
        assert db.session.scalar(notes) == 4
        to_head = select(func.count()).where(
            Letter.recipient == "school", Letter.key.startswith("succession:")
        )
        assert db.session.scalar(to_head) == 1
