"""What people do once a bid has its award: claims, payments, the report, closing."""

import csv
import re
from datetime import date
from io import StringIO
from typing import NamedTuple

from fundflow.workflow.claim import CLAIMED
from tests.files.samples import pdf
from tests.journeys.acts import Answers
from tests.journeys.hands import go_by
from tests.journeys.visitor import Chosen, Visitor, ticked

# -- money ----------------------------------------------------------------------------------------


def open_claim(visitor: Visitor, reference: str, claim: str) -> None:
    """`claim` as the Money page calls it: “Claim 1: advance”."""
    visitor.open(f"/bids/{reference}/money")
    visitor.follow(claim)


def certify(checker: Visitor, reference: str, claim: str) -> None:
    open_claim(checker, reference, claim)
    checker.press("I have checked this claim")
    checker.press("I have checked this claim")


def pay(payer: Visitor, reference: str, claim: str, payment: str) -> None:
    open_claim(payer, reference, claim)
    payer.press("Mark as paid")
    payer.answer({"Payment reference": payment})
    payer.press("Mark as paid")


def propose_payee(proposer: Visitor, reference: str, claim: str, on: date, cost_centre: str) -> None:
    """Propose that the claim’s school is paid by journal, and find that somebody else must confirm it."""
    open_claim(proposer, reference, claim)
    proposer.sees_no_button("Mark as paid")
    proposer.follow("Who is paid")
    proposer.press("Propose who is paid")
    proposer.answer({"Who is paid?": ticked("The school itself"), "How are they paid?": ticked("Journal")})
    proposer.is_told(
        "Propose",
        "Enter the first day they are paid",
        "Enter what shows that this is right",
        "Enter where the evidence is held",
    )
    proposer.answer(
        {
            "From which day?": on,
            "What shows that this is right?": "It is on account 12345678.",
            "Where is it held?": "Schools finance, folder Payees",
            "Cost centre": cost_centre,
        }
    )
    proposer.is_told(
        "Propose",
        "Bank details are never kept here: they stay in the council’s finance system. Take out what looks "
        "like an account number. Write a date in words, like 3 March 2027",
    )
    proposer.answer({"What shows that this is right?": "The finance system’s list of schools."})
    proposer.press("Propose")
    proposer.reads("You proposed this, so another finance officer must confirm it.")
    proposer.sees_no_button("Confirm who is paid")


def confirm_payee(confirmer: Visitor, reference: str, claim: str) -> None:
    open_claim(confirmer, reference, claim)
    confirmer.reads("waits to be confirmed by a second finance officer. Payment waits for it.")
    confirmer.follow("Who is paid")
    confirmer.press(re.compile("^Confirm who is paid"))
    confirmer.press("Confirm who is paid")


def payees_from_a_file(proposer: Visitor, confirmer: Visitor, on: date) -> None:
    """Fill in the template’s rows, propose them, and have a colleague confirm them as one."""
    proposer.open("/money/payees")
    proposer.follow("Propose many at once from a CSV file")
    given = proposer.page.request.get(f"{proposer.world.url}/money/payees/template.csv")
    rows = list(csv.DictReader(StringIO(given.text().removeprefix("\ufeff"))))
    assert rows
    for row in rows:
        row |= {"Name": row["Name"] or "The trust", "Valid from": f"{on:%d/%m/%Y}"}
        row |= {"Evidence": "The list of schools", "Where it is held": "Folder Payees"}
        row |= {"Cost centre": "4711"} if row["Route"] == "Journal" else {"Supplier number": "S-100"}
    _choose_payees(proposer, [{**row, "Valid from": "soon"} for row in rows])
    go_by(proposer.hand, proposer.page.get_by_role("button", name="Check the file"))
    proposer.world.forgive("POST", 422)
    proposer.reads("is no date, like 2026-09-01")
    proposer.follow("send it again")
    _choose_payees(proposer, rows)
    proposer.press("Check the file")
    proposer.press("Propose these payees")
    proposer.reads("You proposed this, so another finance officer must confirm it.")
    confirmer.open("/work")
    confirmer.follow(re.compile("from payees.csv"))
    confirmer.press("Confirm all of them")
    confirmer.press("Confirm all of them")
    confirmer.reads("Confirmed")


def _choose_payees(proposer: Visitor, rows: list[dict[str, str]]) -> None:
    out = StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    sent = {"name": "payees.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
    proposer.hand.upload(proposer.page.get_by_label("File"), sent)


class Worked(NamedTuple):
    who: str
    on: date
    how_long: str = "A whole day"
    what: str = "Coached in classrooms"
    stand_in: str = ""  # the code of whoever worked in their place


def log_days(school: Visitor, reference: str, *days: Worked, at: str) -> None:
    """Put days into the log that were spent `at` a school."""
    school.open(f"/bids/{reference}")
    school.press("Days and costs")
    for worked in days:
        school.answer(
            {
                "Who was released?": Chosen(worked.who),
                "Which day was it?": worked.on,
                "How long?": ticked(worked.how_long),
                "Where did they spend it?": Chosen(at),
                "What did they do?": worked.what,
            }
            | ({"Code of a stand-in (optional)": worked.stand_in} if worked.stand_in else {})
        )
        school.press("Add this day")


def confirm_days(head: Visitor, reference: str, *days: str) -> None:
    """Confirm days, each as it begins in the list: “2 March 2027”, or more of it."""
    head.open(f"/bids/{reference}/days/confirm")
    for day in days:
        head.hand.tick(head.page.get_by_label(re.compile(rf"\b{day}\b")))
    head.press("Yes, these days were worked")


def ask_for_payment(head: Visitor, reference: str) -> None:
    head.open(f"/bids/{reference}/claims/new")
    head.answer({CLAIMED: True})
    head.press("Agree and ask for payment")


def query_claim(checker: Visitor, reference: str, claim: str, question: str) -> None:
    open_claim(checker, reference, claim)
    checker.press("Ask the school about this claim")
    checker.answer({"What do you need to know?": question})
    checker.press("Ask the school about this claim")


def answer_claim(head: Visitor, reference: str, claim: str, answer: str) -> None:
    open_claim(head, reference, claim)
    head.press("Answer and send the claim")
    head.answer({"Your answer": answer})
    head.press("Answer and send the claim")


def add_cost(school: Visitor, reference: str, line: str, what: str, amount: str, on: date) -> None:
    """Put a cost into the log with its receipt, a PDF of its own."""
    school.open(f"/bids/{reference}/days")
    school.press("Add a cost")
    receipt = {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": pdf(what.encode())}
    school.hand.upload(school.page.get_by_label("The receipt", exact=True), receipt)  # type: ignore[arg-type]
    school.answer(
        {"What was it for?": Chosen(line), "What was bought?": what, "How much?": amount}
        | {"When was it spent?": on}
    )
    school.press("Add this cost")


def dispute_days(checker: Visitor, reference: str, claim: str, question: str, *days: str) -> None:
    """Ask about some days of a claim, each as it begins in the list; the rest of it goes on."""
    open_claim(checker, reference, claim)
    checker.press("Ask about part of this claim")
    for day in days:
        checker.hand.tick(checker.page.get_by_label(re.compile(rf"^\s*{day}:")))
    checker.answer({"What do you need to know?": question})
    checker.press("Ask about part of this claim")


def strike_out(school: Visitor, reference: str, day: str, reason: str) -> None:
    """Strike a day out of the log: “DH1 on 2 March 2027”."""
    school.open(f"/bids/{reference}/days")
    school.follow(re.compile(f"^Strike out {day}$"))
    school.answer({"Why?": reason})
    school.press("Strike out")


def refuse(checker: Visitor, reference: str, claim: str, reason: str) -> None:
    open_claim(checker, reference, claim)
    checker.press("Refuse this claim")
    checker.answer({"Why?": reason})
    checker.press("Refuse this claim")


def record_half_time(officer: Visitor, reference: str) -> None:
    officer.open(f"/bids/{reference}")
    officer.press("Record half-time")
    officer.press("Record half-time")


def recovery_step(finance: Visitor, reference: str, button: str, answers: Answers | None = None) -> None:
    """A step of the bid's first recovery."""
    finance.open(f"/bids/{reference}/money")
    finance.follow(re.compile("^Recovery 1"))
    finance.press(button)
    finance.answer(answers or {})
    finance.press(button)


# -- impact ---------------------------------------------------------------------------------------


def report(school: Visitor, reference: str, answers: Answers) -> None:
    """Write the report; it is saved, not sent."""
    school.open(f"/bids/{reference}")
    school.press("Final report: tell us what changed")
    school.answer(answers)
    school.press("Save")
    school.reads("Saved.")


WHY_LESS = "Why does the log hold less than the report says?"


def send_report(head: Visitor, reference: str, why_less: str = "The rest was not logged.") -> None:
    """Send it; `why_less`: why the log holds fewer days than it says, where that is asked."""
    head.open(f"/bids/{reference}/impact")
    head.press("Agree and send report")
    if head.page.get_by_label(WHY_LESS).count():
        head.answer({WHY_LESS: why_less})
    head.answer(
        {"This report is true to the best of my knowledge. If it has a summary, that may be published.": True}
    )
    head.press("Agree and send report")


def rate(supported: Visitor, reference: str) -> None:
    supported.open(f"/bids/{reference}")
    supported.press("Rate the support")
    supported.answer(
        {
            "How good was the support?": ticked("5: excellent"),
            "Did it come at the right time?": ticked("4: good"),
            "How well did it fit what your school needs?": ticked("5: excellent"),
            "Would you use this support again?": ticked("Yes"),
            "How well did the council handle it?": ticked("4: good"),
        }
    )
    supported.press("Send your rating")


def return_report(officer: Visitor, reference: str, question: str) -> None:
    officer.open(f"/bids/{reference}/impact")
    officer.press("Ask the school for more")
    officer.answer({"The results": question})
    officer.press("Ask the school for more")


def accept_report(officer: Visitor, reference: str) -> None:
    """Accept it with the rating that its results come to."""
    officer.open(f"/bids/{reference}/impact")
    officer.press("Accept the report")
    officer.press("Accept the report")


def close(officer: Visitor, reference: str) -> None:
    officer.open(f"/bids/{reference}")
    officer.press("Close the bid")
    officer.press("Close the bid")
