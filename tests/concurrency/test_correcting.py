"""What changes a bid and what somebody says of it, at one moment."""

import pytest

from fundflow.applications.correcting import start_correction
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Confirmation
from fundflow.models.person import RoleName as R
from fundflow.models.review import Submission
from fundflow.workflow.application import BidState as S
from fundflow.workflow.confirmation import ConfirmationState as C
from tests.concurrency.hall import Hall, Post, right_now, steps_of, tomorrow
from tests.factories import Make

pytestmark = pytest.mark.slow

TURNS = (0, 1, *(pytest.param(turn, marks=pytest.mark.thorough) for turn in (2, 3)))


def _corrected_to_seven_days(make: Make, state: S, *, confirmed: bool) -> tuple[Bid, str, str, str]:
    """A bid whose correction is ready to be sent; its head, its provider's head, its officer."""
    lead, oak = make.school(), make.school()
    head, provider, officer = make.member(lead), make.member(oak), make.staff(R.OFFICER)
    bid = make.bid(state=state, lead=lead, provider=oak, leader=head, officer=officer, now=right_now())
    if confirmed:
        make.confirmed(bid)
    start_correction(bid, user=head, now=right_now())
    bid.backfill_lines[0].half_days, bid.requested_pence = 14, 335_000
    return bid, head.get_id(), provider.get_id(), officer.get_id()


@pytest.mark.parametrize("turn", TURNS)
def test_no_confirmation_of_six_days_counts_for_seven(quiet_hall: Hall, turn: int) -> None:
    def work(make: Make) -> tuple[str, str, str, str, int]:
        bid, head, provider, _ = _corrected_to_seven_days(make, S.SUBMITTED, confirmed=False)
        word = f"/bids/{bid.reference}/confirmations/{bid.confirmations[0].id}"
        return head, provider, steps_of(bid, "correct"), word, bid.id

    head, provider, correct, word, number = quiet_hall.set_up(work)
    read = quiet_hall.hidden(provider, word)
    send = {**quiet_hall.hidden(head, correct), "agreement": "y", "why_odd": "As planned."}
    answers = quiet_hall.at_once(Post(head, correct, send), Post(provider, word + "/confirm", read))
    assert all(answer.status in (302, 409) for answer in answers)
    if answers[0].status == 302:
        state = quiet_hall.ask(lambda: db.session.query(Confirmation).filter_by(bid_id=number).one().state)
        assert state is C.ASKED


@pytest.mark.parametrize("turn", TURNS)
def test_a_report_and_a_correction_at_one_moment_never_both_pass(quiet_hall: Hall, turn: int) -> None:
    def work(make: Make) -> tuple[str, str, str, str, int, int]:
        bid, head, _, officer = _corrected_to_seven_days(make, S.IN_REVIEW, confirmed=True)
        meeting = make.meeting(bid.fund, starts_at=tomorrow())
        return head, officer, steps_of(bid, "correct"), steps_of(bid, "recommend"), bid.id, meeting.id

    head, officer, correct, recommend, number, meeting = quiet_hall.set_up(work)
    send = {**quiet_hall.hidden(head, correct), "agreement": "y", "why_odd": "As planned."}
    report = {
        "version": send["version"],
        "recommendation": "do_not_fund",
        "amount": "",
        "conditions": "",
        "meeting": str(meeting),
    }
    answers = quiet_hall.at_once(Post(head, correct, send), Post(officer, recommend, report))
    assert all(answer.is_fine for answer in answers)
    bid = quiet_hall.ask(lambda: db.session.get(Bid, number).state)
    assert bid is S.IN_REVIEW
    assert quiet_hall.count(Submission, Submission.bid_id == number) == 2


def test_a_correction_is_sent_dropped_or_put_back_at_one_moment_and_not_two_of_them(quiet_hall: Hall) -> None:
    def work(make: Make) -> tuple[str, str, str, int]:
        bid, head, _, officer = _corrected_to_seven_days(make, S.IN_REVIEW, confirmed=True)
        return head, officer, f"/bids/{bid.reference}/", bid.id

    head, officer, path, number = quiet_hall.set_up(work)
    send = {**quiet_hall.hidden(head, path + "steps/correct"), "agreement": "y", "why_odd": "As planned."}
    put = {**quiet_hall.hidden(officer, path + "put-back"), "reason": "It was open too long."}
    sent, dropped, back = quiet_hall.at_once(
        Post(head, path + "steps/correct", send),
        Post(head, path + "drop-correction", send),
        Post(officer, path + "put-back", put),
    )
    assert sorted(answer.status for answer in (sent, dropped, back)) == [302, 409, 409]
    wanted = 335_000 if sent.status == 302 else 300_000
    assert (
        quiet_hall.count(Bid, Bid.id == number, Bid.correcting_since.is_(None), Bid.requested_pence == wanted)
        == 1
    )
