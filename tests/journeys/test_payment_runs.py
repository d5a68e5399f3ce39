"""Six claims of £3,000 in one run: some are paid, one is rejected, one bounces and is paid in the next."""

import csv
import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from io import StringIO

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys.award_stage import FATIMA, OWEN, STAFF, pence
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, moment
from tests.journeys.hands import go_by
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import Visitor
from tests.payments.runs.conftest import claim_on

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

FIRST, SECOND = "BRK-RUN-1", "BRK-RUN-2"
SCHOOLS = ("Ash", "Birch", "Cedar", "Elm", "Fir", "Gorse")
SIGNATURE = """

Do you have a question? Reply to this email (Borough of Brackenford). Priya Raman looks after this bid.

School improvement fund
Borough of Brackenford"""
PAID = """BRK-0001/C1: we have paid £3,000

We have paid your claim BRK-0001/C1: £3,000.00 to Ash Primary School (URN 200001). Our payment reference is BRK-RUN-1-001.
"""  # noqa: E501 (as the letter has it)
TAKEN_BACK = """BRK-0001/C1: the payment of £3,000 did not stand

We wrote that we had paid £3,000.00 for the claim BRK-0001/C1. Our reference was BRK-RUN-1-001. We have now taken that payment back in our records.

Why
  Account closed

What happens now
We will pay the claim again. We will write to you when we have. You don’t need to claim again.
If you did receive this payment, tell us now.
"""  # noqa: E501 (as the letters have it)
PAID_AGAIN = """BRK-0001/C1: we have paid £3,000

We have paid your claim BRK-0001/C1: £3,000.00 to Ash Primary School (URN 200001). Our payment reference is BRK-RUN-2-001.
"""  # noqa: E501 (as the letter has it)


def build(make: Make, now: datetime, **settings: object) -> None:
    fund = make.fund(
        prefix="BRK",
        name="School improvement fund",
        lean_advance_percent=100,
        pays_in_runs=True,
        **settings,  # type: ignore[arg-type]
    )
    people = {name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()}
    officer = next(people[name] for name, role in STAFF.items() if role is RoleName.OFFICER)
    for number, name in enumerate(SCHOOLS, 1):
        lead = make.school(f"{name} Primary School", urn=f"20000{number}")
        head = make.member(lead, name=f"{name} Head", email=address(f"{name} Head"))
        bid = make.bid(
            state=BidState.IN_DELIVERY, fund=fund, lead=lead, leader=head, officer=officer, now=now
        )
        bid.reference = f"BRK-000{number}"
        claim = claim_on(make, bid, 300_000, officer)
        claim.created_at = claim.submitted_at = claim.certified_at = now


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_run_is_answered_in_part_and_what_bounced_is_paid_in_the_next(
    new_world: Callable[..., World], javascript: bool
) -> None:
    world = new_world(moment("2027-01-20 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        with world.app.app_context():
            build(Make(db.session), world.moment)  # type: ignore[arg-type]
            db.session.commit()
            db.session.remove()
        council = InventedCouncil(world, closing)
        sent = a_run_is_made(council)
        two_are_paid_and_one_is_rejected(council, sent)
        one_bounces(council, sent)
        the_next_run_pays_what_came_back(council)
        assert not world.trouble


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_a_run_is_approved_after_a_fresh_code(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-20 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        with world.app.app_context():
            build(Make(db.session), world.moment, code_roles=["finance"])  # type: ignore[arg-type]
            db.session.commit()
            db.session.remove()
        council = InventedCouncil(world, closing)
        gathered(council)
        fatima = council[FATIMA]
        fatima.open("/money/runs/1")
        fatima.press("Approve this run")
        fatima.reads("Confirm that it is you", "The fund asks this before payments")
        code = emailed_code(council)
        wrong = str((int(code) + 1) % 1_000_000).zfill(6)
        fatima.answer({"Six-digit code": wrong})
        fatima.is_told(
            "Confirm",
            "That is not the code. Check the latest email, and enter its six digits.",
            status=409,
        )
        fatima.answer({"Six-digit code": code})
        fatima.press("Confirm")
        fatima.reads("Approve this run")  # where she was
        world.at(moment("2027-01-20 10:16"))
        fatima.press("Approve this run")
        fatima.reads("Confirm that it is you")  # 15 minutes are over, and nothing is approved
        fatima.open("/money/runs/1")
        fatima.reads("To approve")
        fatima.press("Approve this run")
        fatima.answer({"Six-digit code": emailed_code(council)})
        fatima.press("Confirm")
        fatima.press("Approve this run")
        fatima.reads("To export", "Total £18,000.00")
        assert not world.trouble


def emailed_code(council: InventedCouncil) -> str:
    """Ask for a code, and read it in the letter."""
    council[FATIMA].press("Email me a code")
    council.world.work()
    found = re.search(r"^(\d{6})\s*$", council.world.post.to(address(FATIMA))[-1].get_content(), re.M)
    assert found
    return found[1]


def a_run_is_made(council: InventedCouncil) -> list[dict[str, str]]:
    gathered(council)
    fatima = council[FATIMA]
    fatima.open("/work")
    fatima.follow(re.compile("^Payment run 1"))
    fatima.press("Approve this run")
    fatima.press("Approve this run")
    fatima.reads("To export", "Total £18,000.00", "SHA-256")
    fatima.press("Export this run")
    fatima.press("Export this run")
    with fatima.page.expect_download() as saved:
        fatima.hand.click(fatima.page.get_by_role("button", name="Download the file"))
    text = saved.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert [(row["payment_id"], row["payee"], row["gross"]) for row in rows[:2]] == [
        (f"{FIRST}-001", "Ash Primary School", "3000.00"),
        (f"{FIRST}-002", "Birch Primary School", "3000.00"),
    ]
    return rows


def gathered(council: InventedCouncil) -> None:
    owen = council[OWEN]
    owen.open("/money")
    owen.follow("Payment runs")
    owen.press("Gather a payment run")
    owen.reads("6 claims are checked and can be paid now.", "6 payments £18,000.00")
    owen.press("Gather this run")
    owen.reads(f"{FIRST} To approve", "You gathered this run, so another finance officer must approve it.")
    owen.sees_no_button("Approve this run")


def two_are_paid_and_one_is_rejected(council: InventedCouncil, sent: list[dict[str, str]]) -> None:
    owen = council[OWEN]
    load(owen, FIRST, [{**row, "status": "Done"} for row in sent])
    council.world.forgive("POST", 422)
    owen.reads("6 of 6 rows are wrong", "status: “Done” is none of Paid, Rejected, Returned")
    answered = [
        {**sent[0], "status": "Paid"},
        {**sent[1], "status": "Paid"},
        {**sent[2], "status": "Rejected", "reason": "Supplier is on hold"},
        *sent[3:],
    ]
    load(owen, FIRST, answered)
    owen.reads("3 answers to load", "Rejected: the claim can be paid again", "Not answered yet")
    owen.press("Load these answers")
    owen.reads("The answer is loaded: 2 paid and 1 rejected.", "Answered in part", "Supplier is on hold")
    assert pence(council) == Figures(19_950_000, 1_800_000, 600_000, 1_200_000, 18_150_000, 0)
    load(owen, FIRST, answered)
    owen.reads("Nothing in this file is new")
    council.at("2027-01-21 10:00")
    assert letter(council, "Ash Head").startswith(PAID)
    assert council.world.post.to(address("Cedar Head")) == []


def one_bounces(council: InventedCouncil, sent: list[dict[str, str]]) -> None:
    owen, fatima = council[OWEN], council[FATIMA]
    load(owen, FIRST, [{**sent[0], "status": "Returned", "reason": "Account closed"}])
    owen.reads("Came back: a reversal is opened")
    owen.press("Load these answers")
    fatima.open("/work")
    fatima.follow(re.compile("^A payment to be reversed"))
    fatima.reads("Reversal of £3,000.00 To approve", f"with the reference {FIRST}-001")
    fatima.press("Approve the reversal")
    fatima.press("Approve the reversal")
    assert pence(council) == Figures(19_950_000, 1_800_000, 300_000, 1_500_000, 18_150_000, 0)
    council.at("2027-01-22 10:00")
    assert letter(council, "Ash Head") == TAKEN_BACK.removesuffix("\n") + "\n\n" + "/bids/BRK-0001/claims/1\n"


def the_next_run_pays_what_came_back(council: InventedCouncil) -> None:
    owen, fatima = council[OWEN], council[FATIMA]
    owen.open("/money/runs/gather/1")
    owen.reads("No claim can be paid in a run now.", "Payments to Ash Primary School have been held since")
    owen.open("/money/payees/200001")
    owen.press(re.compile("^Pay this way again"))
    owen.answer({"How is it settled?": "The school has told us on the telephone"})
    owen.press("Pay this way again")
    fatima.open("/money/runs")
    fatima.press("Gather a payment run")
    fatima.reads("1 payment £3,000.00")
    fatima.press("Gather this run")
    for words in ("Approve this run", "Export this run"):
        owen.open("/money/runs/2")
        owen.press(words)
        owen.press(words)
    load(owen, SECOND, [{"payment_id": f"{SECOND}-001", "gross": "3,000.00", "status": "Paid", "reason": ""}])
    owen.press("Load these answers")
    owen.reads(f"{SECOND} Settled")
    assert pence(council) == Figures(19_950_000, 1_800_000, 600_000, 1_200_000, 18_150_000, 0)
    council.at("2027-01-25 10:00")
    assert letter(council, "Ash Head").startswith(PAID_AGAIN)
    owen.open("/money/ledger?bid=BRK-0001")
    owen.reads("Payment reversed", f"{FIRST}-001", f"{SECOND}-001")


def load(owen: Visitor, run: str, rows: list[dict[str, str]]) -> None:
    """Send an answer of these rows, to be looked at."""
    out = StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    owen.open(f"/money/runs/{run.rpartition('-')[2]}/steps/answer")
    sent = {"name": "answer.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    owen.hand.upload(owen.page.get_by_label("The file that came back"), sent)
    go_by(owen.hand, owen.page.get_by_role("button", name="Check the file"))


def letter(council: InventedCouncil, name: str) -> str:
    """The newest letter to this head: its subject, and its text without greeting and signature."""
    message = council.world.post.to(address(name))[-1]
    text = str(message.get_content()).replace("\r\n", "\n").replace(council.world.url, "").strip()
    assert text.endswith(SIGNATURE), text
    _, _, text = text.removesuffix(SIGNATURE).partition("\n\n")
    _, _, text = text.partition("\n\n")
    return f"{message['Subject']}\n\n{text}\n"
