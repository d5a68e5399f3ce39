"""Who is paid, decided by several at one moment: once, and never beside a payment to somebody else."""

from typing import Any

import pytest

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.payee import Payee, PayeeBatch
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName
from fundflow.workflow.claim import ClaimState as C
from fundflow.workflow.payee import PayeeState
from tests.concurrency.hall import Hall, Post, a_claim, claim_steps, right_now
from tests.concurrency.test_claiming import an_award, one_won, rounds
from tests.factories import Make
from tests.payments.test_payees import HEADINGS, TYPED, line

pytestmark = pytest.mark.rounds

USUAL = TYPED | {"paid": "school", "route": "supplier"}


def finance(make: Make, count: int = 2) -> list[str]:
    return [make.staff(RoleName.FINANCE).get_id() for _ in range(count)]


def payee_step(payee: Payee, name: str) -> str:
    return f"/money/payees/records/{payee.id}/steps/{name}"


def steps_taken(hall: Hall, process: str, number: int, step: str) -> int:
    return hall.count(
        HistoryEntry,
        HistoryEntry.process == process,
        HistoryEntry.record_id == number,
        HistoryEntry.step == step,
    )


def entry_of(hall: Hall, process: str, number: int, step: str) -> int:
    """The number of the entry by which a step was taken."""
    taken = db.select(HistoryEntry.id).filter_by(process=process, record_id=number, step=step)
    return hall.ask(lambda: db.session.scalars(taken).one())


def test_two_confirm_a_payee_at_once_and_one_did(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        payee = make.payee(make.school(), state=PayeeState.PROPOSED)
        return payee.id, [Post(who, payee_step(payee, "confirm"), {"version": 1}) for who in finance(make)]

    for number, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        assert steps_taken(hall, "payee", number, "confirm") == 1


def test_one_confirms_while_another_refuses(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        payee, (one, other) = make.payee(make.school(), state=PayeeState.PROPOSED), finance(make)
        return payee.id, [
            Post(one, payee_step(payee, "confirm"), {"version": 1}),
            Post(other, payee_step(payee, "refuse"), {"version": 1, "reason": "It is old."}),
        ]

    for number, posts in rounds(hall, set_up):
        won = one_won(hall.at_once(*posts))
        state = hall.ask(lambda number=number: db.session.get_one(Payee, number).state)  # type: ignore[misc]
        assert state is (PayeeState.CONFIRMED, PayeeState.REFUSED)[won]


def test_two_propose_for_one_school_at_once_and_one_proposal_waits(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        school = make.school()
        return school.id, [Post(who, f"/money/payees/{school.urn}/propose", USUAL) for who in finance(make)]

    for school_id, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        assert hall.count(Payee, Payee.school_id == school_id) == 1


def test_a_file_that_is_proposed_twice_at_once_is_one_batch(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[str, list[Post]]:
        school = make.school()
        data = {"name": f"{school.urn}.csv", "rows": f"{HEADINGS}\n{line(school)}"}
        return data["name"], [Post(who, "/money/payees/upload/propose", data) for who in finance(make)]

    for name, posts in rounds(hall, set_up):
        assert sorted(answer.status for answer in hall.at_once(*posts)) in ([302, 409], [302, 422])
        assert hall.count(PayeeBatch, PayeeBatch.name == name) == 1


def test_two_confirm_a_batch_at_once_and_each_payee_is_confirmed_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[list[int], list[Post]]:
        batch = make.payee_batch(*(make.school() for _ in range(3)))
        numbers = [payee.id for payee in batch.payees]
        step = f"/money/payees/batches/{batch.id}/steps/confirm"
        return numbers, [Post(who, step, {"version": 1}) for who in finance(make)]

    for numbers, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        assert [steps_taken(hall, "payee", number, "confirm") for number in numbers] == [1, 1, 1]


def test_a_payee_ends_while_a_claim_is_paid_by_it(hall: Hall) -> None:
    """Either the claim is paid and then the payee ends, or nothing is paid to whom nobody confirms."""

    def set_up(make: Make) -> tuple[tuple[int, int], list[Post]]:
        one, other = finance(make)
        checker = make.staff(RoleName.FINANCE)
        bid = an_award(make)
        claim = a_claim(bid, 35_000, state=C.CERTIFIED, checked_by=checker)
        payee: Any = db.session.query(Payee).filter_by(school_id=bid.lead_school_id).one()
        assert payee.valid_from <= right_now().date()
        return (claim.id, payee.id), [
            Post(one, claim_steps(claim, "pay"), {"version": 1, "payment_reference": "BACS 1"}),
            Post(other, payee_step(payee, "end"), {"version": 1, "reason": "It left."}),
        ]

    for (claim_id, payee_id), posts in rounds(hall, set_up):
        pay, end = hall.at_once(*posts)
        assert end.status == 302
        assert pay.status == 302 or "Nobody has confirmed who is paid" in pay.page
        found = hall.ask(lambda claim_id=claim_id: db.session.get_one(Claim, claim_id).payee_id)  # type: ignore[misc]
        assert found == (payee_id if pay.status == 302 else None)
        if pay.status == 302:
            assert entry_of(hall, "claim", claim_id, "pay") < entry_of(hall, "payee", payee_id, "end")
