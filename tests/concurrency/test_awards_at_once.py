"""What is asked, checked, paid, stopped and taken back on awards, by several at one moment.

Each race says what may come of it. The operations are called as their pages call them, without the
page's second try: no transaction may be ended by the database, on PostgreSQL as a deadlock.
"""

import os
import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.recovery import Ground, Recovery
from fundflow.payments import blocks, operations, recoveries
from fundflow.rules.awards import sum_of
from fundflow.rules.recoveries import recoveries_of
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState as C
from fundflow.workflow.recovery import RecoveryState as R
from tests.concurrency.award_floor import A_DAY, Act, Floor, a_council, days_of, one
from tests.concurrency.books import check_bid, check_history
from tests.concurrency.hall import Hall
from tests.concurrency.panel_floor import together

FEW, ROUNDS = 2, int(os.environ.get("ROUNDS", "40"))  # `make test-all` asks for 200
SEED = int(os.environ.get("SEED", "2026"))
SMALL, BACK = 3_000, 20_000  # pence


class Race(NamedTuple):
    """What is done at once, by name, and what must hold then; `check` is told which were done."""

    acts: dict[str, Act]
    check: Callable[[set[str]], None]


def two_certify(floor: Floor) -> Race:
    claim_id = (claim := floor.claim(floor.award(), C.SUBMITTED)).id

    def check(done: set[str]) -> None:
        (winner,) = done
        by = floor.council.officers[int(winner)]
        assert (one(Claim, claim_id).state, one(Claim, claim_id).certified_by_id) == (C.CERTIFIED, by)

    return Race({str(n): floor.certifying(claim, n) for n in (0, 1)}, check)


def two_pay(floor: Floor) -> Race:
    """Money of another award is to be taken off the payment."""
    claim = floor.claim(floor.award(), C.CERTIFIED)
    back = floor.recovery(floor.paid(), BACK, R.SET_AGAINST, claim=claim)
    ids = claim.id, back.id

    def check(done: set[str]) -> None:
        (winner,) = done
        assert one(Claim, ids[0]).paid_by_id == floor.council.finance[int(winner)]
        assert one(Recovery, ids[1]).state is R.RECOVERED

    return Race({str(n): floor.paying(claim, n, f"BACS {n}") for n in (0, 1)}, check)


def one_strikes_a_day_while_another_checks_its_claim(floor: Floor) -> Race:
    claim_id = (claim := floor.claim(floor.award(), C.SUBMITTED)).id

    def check(done: set[str]) -> None:
        claim = one(Claim, claim_id)
        assert done
        assert claim.pence == A_DAY * (1 if "strike" in done else 2)
        assert claim.state is (C.CERTIFIED if "certify" in done else C.SUBMITTED)

    strike = floor.striking(claim.bid, floor.council.officers[1])
    return Race({"certify": floor.certifying(claim, 0), "strike": strike}, check)


def one_strikes_a_day_while_another_pays_it(floor: Floor) -> Race:
    """While its claim waits to be paid no day is struck out; once it is paid the day may be."""
    claim_id = (claim := floor.claim(floor.award(), C.CERTIFIED)).id

    def check(done: set[str]) -> None:
        assert "pay" in done
        assert one(Claim, claim_id).pence == 2 * A_DAY
        if "strike" in done:
            assert entry_of("pay", claim_id) < entry_of("strike_out_day", bid_id)

    bid_id = claim.bid_id
    strike = floor.striking(claim.bid, floor.council.officers[1])
    return Race({"pay": floor.paying(claim, 0), "strike": strike}, check)


def payments_are_blocked_while_one_is_made(floor: Floor) -> Race:
    claim_id = (claim := floor.claim(floor.award(), C.CERTIFIED)).id
    bid_id = claim.bid_id

    def check(done: set[str]) -> None:
        assert done
        found = select(PaymentBlock.id).where(PaymentBlock.bid_id == bid_id)
        assert len(put := db.session.scalars(found).all()) == ("block" in done)
        assert (one(Claim, claim_id).state is C.PAID) == ("pay" in done)
        if {"pay", "block"} <= done:
            assert entry_of("pay", claim_id) < entry_of("put", put[0])

    block = {"kind": BlockKind.OTHER, "reason": "A doubt."}
    blocking = floor.act(blocks.block, claim.bid, floor.council.officers[1], **block)
    return Race({"pay": floor.paying(claim, 0), "block": blocking}, check)


def the_school_strikes_a_day_while_it_answers(floor: Floor) -> Race:
    """A queried claim comes back with what is left of it; then its days stand."""
    claim_id = (claim := floor.claim(floor.award(), C.QUERIED)).id
    claim.question = "Was the second day worked?"

    def check(done: set[str]) -> None:
        assert done
        assert one(Claim, claim_id).pence == A_DAY * (1 if "strike" in done else 2)
        assert one(Claim, claim_id).state is (C.SUBMITTED if "answer" in done else C.QUERIED)

    head = floor.council.head
    answer = floor.act(operations.answer, claim, head, answer="Yes.")
    return Race({"answer": answer, "strike": floor.striking(claim.bid, head)}, check)


def a_claim_is_paid_while_the_funding_is_stopped(floor: Floor) -> Race:
    """It is stopped only once no claim waits."""
    claim_id = (claim := floor.claim(floor.award(), C.CERTIFIED)).id

    def check(done: set[str]) -> None:
        assert "pay" in done
        assert one(Claim, claim_id).state is C.PAID
        figures = ledger.bid_totals(one(Claim, claim_id).bid_id)
        assert figures.released == (300_000 - 2 * A_DAY if "stop" in done else 0)

    return Race({"pay": floor.paying(claim, 0), "stop": floor.terminating(claim.bid)}, check)


def days_are_logged_and_confirmed_while_the_funding_is_stopped(floor: Floor) -> Race:
    """What was earned before the stop is asked for by itself, and nothing is logged after it."""
    bid = floor.award()
    floor.days(bid, confirmed=False)
    bid_id = bid.id

    def check(done: set[str]) -> None:
        bid = one(Bid, bid_id)
        assert done
        days = days_of(bid)
        assert len(days) == (3 if "log" in done else 2)
        earned = A_DAY * sum(day.counts for day in days)
        asked = sum(claim.pence for claim in bid.claims)
        assert earned == (2 * A_DAY if "confirm" in done else 0)
        assert asked == (earned if bid.state is BidState.TERMINATED else 0)
        if {"log", "stop"} <= done:
            assert days[2].logged_at < (bid.state_since or days[2].logged_at)

    stop, confirm, log = floor.terminating(bid), floor.confirming(bid), floor.logging(bid)
    return Race({"stop": stop, "confirm": confirm, "log": log}, check)


def two_approve_a_small_recovery_and_another_lets_it_go(floor: Floor) -> Race:
    back = floor.recovery(floor.paid(), SMALL, R.REQUESTED)
    back_id, finance = back.id, floor.council.finance

    def check(done: set[str]) -> None:
        approved = done & {"0", "1"}
        assert len(approved) <= 1
        assert done
        assert one(Recovery, back_id).state is (R.LET_GO if "let_go" in done else R.ASKED_FOR)
        by = finance[int(approved.pop())] if approved else None
        assert one(Recovery, back_id).approved_by_id == by

    acts = {str(n): floor.recovering("approve", back, finance[n]) for n in (0, 1)}
    return Race(acts | {"let_go": floor.recovering("let_go", back, finance[2], reason="Small")}, check)


def two_receive_what_another_writes_off_or_sets_against(floor: Floor) -> Race:
    back, claim = floor.recovery(floor.paid(), BACK, R.ASKED_FOR), floor.claim(floor.award(), C.CERTIFIED)
    back_id, finance, gone = back.id, floor.council.finance, {"authority": "M 1", "reason": "Gone"}

    def check(done: set[str]) -> None:
        (winner,) = done
        ends = {"write_off": R.WRITTEN_OFF, "set_against": R.SET_AGAINST}
        assert one(Recovery, back_id).state is ends.get(winner, R.RECOVERED)

    receive = {
        str(n): floor.recovering("receive", back, finance[n], payment_reference=f"IN {n}") for n in (0, 1)
    }
    write_off = floor.recovering("write_off", back, floor.council.chair, **gone)
    against = floor.setting_against(back, claim, 2)
    return Race(receive | {"write_off": write_off, "set_against": against}, check)


def one_takes_off_a_payment_what_another_pays(floor: Floor) -> Race:
    """Off that payment or off none: never off one that was made in full."""
    claim = floor.claim(floor.award(), C.CERTIFIED)
    back = floor.recovery(floor.paid(), BACK, R.ASKED_FOR)
    ids = claim.id, back.id

    def check(done: set[str]) -> None:
        assert done
        taken = R.RECOVERED if "pay" in done else R.SET_AGAINST
        assert one(Recovery, ids[1]).state is (taken if "set_against" in done else R.ASKED_FOR)
        assert one(Claim, ids[0]).state is (C.PAID if "pay" in done else C.CERTIFIED)

    return Race(
        {"set_against": floor.setting_against(back, claim), "pay": floor.paying(claim, 1)},
        check,
    )


def one_puts_back_what_another_pays(floor: Floor) -> Race:
    claim = floor.claim(floor.award(), C.CERTIFIED)
    back = floor.recovery(floor.paid(), BACK, R.SET_AGAINST, claim=claim)
    ids = claim.id, back.id

    def check(done: set[str]) -> None:
        assert done
        assert one(Recovery, ids[1]).state is (R.ASKED_FOR if "put_back" in done else R.RECOVERED)
        assert one(Claim, ids[0]).state is (C.PAID if "pay" in done else C.CERTIFIED)

    put_back = floor.recovering("put_back", back, floor.council.finance[0], reason="They pay it")
    return Race({"put_back": put_back, "pay": floor.paying(claim, 1)}, check)


def two_awards_whose_money_is_taken_off_each_others_payments(floor: Floor) -> Race:
    """Each payment holds both awards: in one order, or two would wait for each other for ever."""
    bids = [floor.paid(1) for _ in range(2)]
    claims = [floor.claim(bid, C.CERTIFIED) for bid in bids]
    for bid in bids:
        floor.days(bid, 1)  # what is asked back is not earned
    backs = [floor.recovery(bid, BACK, R.SET_AGAINST, claim=claims[1 - n]) for n, bid in enumerate(bids)]
    ids = [back.id for back in backs]

    def check(done: set[str]) -> None:
        assert done == {"0", "1"}
        assert [one(Recovery, number).state for number in ids] == [R.RECOVERED] * 2

    return Race({str(n): floor.paying(claim, n) for n, claim in enumerate(claims)}, check)


def two_take_money_off_each_others_payments(floor: Floor) -> Race:
    bids = [floor.paid(1) for _ in range(2)]
    claims = [floor.claim(bid, C.CERTIFIED) for bid in bids]
    backs = [floor.recovery(bid, BACK, R.ASKED_FOR) for bid in bids]

    def check(done: set[str]) -> None:
        assert done == {"0", "1"}

    acts = {str(n): floor.setting_against(back, claims[1 - n], n) for n, back in enumerate(backs)}
    return Race(acts, check)


def two_take_off_one_payment_more_than_it_is(floor: Floor) -> Race:
    claim = floor.claim(floor.award(), C.CERTIFIED, days=1)
    backs = [floor.recovery(floor.paid(), BACK, R.ASKED_FOR) for _ in range(2)]

    def check(done: set[str]) -> None:
        assert len(done) == 1

    acts = {str(n): floor.setting_against(back, claim, n) for n, back in enumerate(backs)}
    return Race(acts, check)


def two_let_small_sums_go(floor: Floor) -> Race:
    """The limit of £50 is for all of an award."""
    bid = floor.paid()
    backs = [floor.recovery(bid, SMALL, R.REQUESTED, number=number) for number in (1, 2)]

    def check(done: set[str]) -> None:
        assert len(done) == 1

    finance = floor.council.finance
    acts = {
        str(n): floor.recovering("let_go", back, finance[n], reason="Small") for n, back in enumerate(backs)
    }
    return Race(acts, check)


def two_ask_back_more_than_was_paid(floor: Floor) -> Race:
    bid, pence = floor.paid(), 2 * A_DAY - BACK
    bid_id = bid.id

    def check(done: set[str]) -> None:
        assert len(done) == 1
        assert [found.pence for found in recoveries_of(one(Bid, bid_id))] == [pence]

    given = {"school_id": bid.lead_school_id, "ground": Ground.MISUSED, "pence": pence, "reason": "A laptop"}
    finance = floor.council.finance
    return Race(
        {str(n): floor.act(recoveries.open_recovery, bid, finance[n], **given) for n in (0, 1)}, check
    )


OFTEN: tuple[Callable[[Floor], Race], ...] = (
    two_certify,
    two_pay,
    one_strikes_a_day_while_another_checks_its_claim,
    a_claim_is_paid_while_the_funding_is_stopped,
    days_are_logged_and_confirmed_while_the_funding_is_stopped,
)
RACES = (  # the others more seldom
    *OFTEN,
    one_strikes_a_day_while_another_pays_it,
    payments_are_blocked_while_one_is_made,
    the_school_strikes_a_day_while_it_answers,
    two_approve_a_small_recovery_and_another_lets_it_go,
    two_receive_what_another_writes_off_or_sets_against,
    one_takes_off_a_payment_what_another_pays,
    one_puts_back_what_another_pays,
    two_awards_whose_money_is_taken_off_each_others_payments,
    two_take_money_off_each_others_payments,
    two_take_off_one_payment_more_than_it_is,
    two_let_small_sums_go,
    two_ask_back_more_than_was_paid,
)


@pytest.mark.parametrize("rounds", [FEW, pytest.param(ROUNDS, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_whoever_comes_first_there_is_one_outcome(
    hall: Hall, race: Callable[[Floor], Race], rounds: int
) -> None:
    council, dice = hall.set_up(a_council), random.Random(SEED)
    for number in range(rounds if race in OFTEN else max(rounds // 8, FEW)):
        (acts, check), bids = hall.set_up(lambda make: started(race, Floor(make, council, number % 2 == 0)))  # noqa: B023
        answers = together(hall, acts, dice)
        done = {name for name, was_done in answers.items() if was_done}
        hall.ask(partial(check_round, bids, done, check))


def started(race: Callable[[Floor], Race], floor: Floor) -> tuple[Race, list[int]]:
    """The race, and its bids."""
    return race(floor), floor.bids


def check_round(bids: list[int], done: set[str], check: Callable[[set[str]], None]) -> None:
    check(done)
    for number in bids:
        bid = one(Bid, number)
        check_bid(bid)
        for record in (*bid.claims, *recoveries_of(bid)):
            check_history(record)
        check_never_paid_above(bid)


def check_never_paid_above(bid: Bid) -> None:
    """Each claim was paid once, and no more than its days came to; what is asked back was not earned."""
    found, struck = sum_of(bid), any(day.struck_at for day in days_of(bid))
    assert struck or found.whole.paid <= found.whole.allowed + found.to_come + found.let_go, bid.reference
    for claim in bid.claims:
        paid = db.session.scalars(
            select(LedgerEntry.pence).where(
                LedgerEntry.claim_id == claim.id, LedgerEntry.kind == EntryKind.PAID
            )
        ).all()
        assert sum(paid) in (0, claim.pence)


def entry_of(step: str, record_id: int) -> int:
    """The number of the entry by which a step was taken."""
    taken = select(HistoryEntry.id).where(HistoryEntry.step == step, HistoryEntry.record_id == record_id)
    return db.session.scalars(taken).one()
