"""Letters to schools can be read by somebody of eleven or twelve."""

from collections.abc import Iterator
from statistics import median
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.clock.reminders import REMINDERS
from fundflow.letters.addressee import STAFF, Addressee
from fundflow.letters.recipients import RECIPIENTS
from fundflow.letters.writing import composed
from fundflow.models.bid import Bid
from fundflow.workflow.processes import PROCESSES
from tests.factories import NOW, TODAY, Make
from tests.letters import test_texts
from tests.letters.test_texts import entry_for, given_for, record_of
from tests.reading import index, ninth_decile

pytestmark = pytest.mark.one_database
bid = test_texts.bid

OF_COUNCIL = STAFF | {"panel", "chair", "board", "decision_maker"}
TO_SCHOOLS = {name for name in RECIPIENTS if name not in OF_COUNCIL}
Written = tuple[str, str, Any, dict[str, Any]]  # template, recipient, bid, context


def of_steps(make: Make, bid: Bid) -> Iterator[Written]:
    for process, workflow in PROCESSES.items():
        record = record_of(process, bid)
        for step in workflow.steps:
            entry = entry_for(make, process, step, record)
            context = {"record": record, "step": step, "given": given_for(step)}
            for recipient in sorted(TO_SCHOOLS.intersection(step.emails)):
                context |= {"reason": "Some words.", "entry": entry}
                yield f"{process}/{step.name}.txt", recipient, record.bid, context


def of_reminders(bid: Bid) -> Iterator[Written]:
    approval, confirmation = bid.approvals[0], bid.confirmations[0]
    records = {type(one): one for one in (bid, bid.offer, approval, confirmation, bid.report, bid.claims[0])}
    for process in ("condition", "change_request", "recovery", "follow_up", "payment_block"):
        record = record_of(process, bid)
        records[type(record)] = record
    for reminder in REMINDERS:
        for stage, recipients in reminder.stages.items():
            for recipient in TO_SCHOOLS.intersection(recipients) if stage <= 20 else ():
                context = {"record": records.get(reminder.kind), "day": TODAY, "stage": stage}
                if context["record"]:
                    yield f"reminders/{reminder.name}.txt", recipient, bid, context


def of_acts(bid: Bid, make: Make) -> Iterator[Written]:
    """Of what is no step."""
    meeting = bid.items[-1].meeting
    for record in (bid.confirmations[0],):
        yield "applications_extra/partner_added.txt", "partner", bid, {"record": record}
    yield "applications_extra/please_sign.txt", "approver", bid, {"record": bid.approvals[0]}
    yield "applications_extra/put_back.txt", "school", bid, {"reason": "Some words."}
    yield "applications_extra/send_to_head.txt", "head", bid, {"sender": "Sam Okafor"}
    moved = {"meeting": meeting, "was": NOW, "old": meeting, "new": meeting, "change": None}
    yield "panel_extra/meeting_moved.txt", "school", bid, moved
    yield "panel_extra/moved.txt", "school", bid, moved
    yield "panel_extra/still_stands.txt", "school", bid, {}
    asked = {"record": record_of("days_ask", bid), "days": bid.claims[0].days}
    yield "payments_extra/days_asked.txt", "confirms", bid, asked
    yield "review_extra/asked_again.txt", "school", bid, {"answer_by": TODAY, "message": ""}
    yield "review_extra/message.txt", "school", bid, {"sender": "Priya Raman", "message": "Some words."}
    heard = {"entry": SimpleNamespace(actor_name="Rita Manager"), "reason": "Some words."}
    yield "review_extra/review_dismissed.txt", "school", bid, heard
    round_, school = bid.round, bid.lead_school
    late = SimpleNamespace(round=round_, school=school, reason="Some words.", until=NOW)
    yield "rounds/closing_moved.txt", "school", None, {"round": round_, "school": school}
    yield "rounds/let_in.txt", "school", None, {"entry": late}
    yield "rounds/no_longer_let_in.txt", "school", None, {"entry": late}
    passed = [SimpleNamespace(bid=bid, sentences=["It is being checked."], money="")]
    for_new = {"old": school, "new": bid.providers[0], "by": "Ian", "reason": "Some words.", "passed": passed}
    yield "schools/succession.txt", "school", bid, for_new


def letters_to_schools(make: Make, bid: Bid) -> dict[str, str]:
    """Each whole letter to a school, by its template, recipient and number."""
    who = Addressee("Sam Reader", "sam@reader.example", make.user("Sam Reader"))
    bid.round.closes_at = NOW
    # The makers number what they make: a long number would count as a long word.
    bid.reference = "LSIF-0001"
    assert bid.officer is not None
    bid.officer.name = "Priya Raman"
    found: dict[str, str] = {}
    for written in (of_steps(make, bid), of_reminders(bid), of_acts(bid, make)):
        for template, recipient, about, context in written:
            _subject, body = composed(template, recipient, who, now=NOW, bid=about, context=context)
            found[f"{template} {recipient} {len(found)}"] = body
    return found


def test_letters_to_schools_are_easy_to_read(make: Make, bid: Bid) -> None:
    letters = letters_to_schools(make, bid)
    found = {name: index(text) for name, text in letters.items()}
    hardest = sorted(found, key=lambda name: -found[name])[:5]
    assert median(found.values()) <= 5.5, hardest
    assert ninth_decile(list(found.values())) <= 6.5, hardest
    assert max(found.values()) <= 7.5, hardest
