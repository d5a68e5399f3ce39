"""Each guard answers None, or the sentence a person reads beside a button."""

from collections.abc import Callable
from datetime import date
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.rules.guards import (
    application,
    approval,
    claim,
    condition,
    impact_return,
    meeting,
    minutes,
    named_person,
    panel,
    support_request,
)
from fundflow.rules.panel.sitting import Inquorate
from fundflow.workflow.engine import GUARDS, Ask, Guard
from fundflow.workflow.interests import Bar, BarKind, Body
from fundflow.workflow.phrases import joined
from tests.workflow.fakes import ASK, FAR_AHEAD, LONG_PAST, NOW, SOMEBODY
from tests.workflow.test_tables import is_sentence


def nothing(*_args: Any, **_named: Any) -> list[str]:
    return []


def yes(*_args: Any) -> bool:
    return True


def no(*_args: Any) -> bool:
    return False


def zero(*_args: Any) -> int:
    return 0


def review(left: int = 0, *notes_wanted: str) -> SimpleNamespace:
    wanted = [SimpleNamespace(words=words) for words in notes_wanted]
    return SimpleNamespace(items_left=lambda: left, notes_wanted=lambda: wanted)


# What the rules answer about a bid that is ready, by their names.
RULES: dict[str, Any] = {
    "missing_sections": [],
    "why_round_closed": None,
    "wrong_under": [],
    "bar_of": None,
    "bar_from_deciding": None,
    "names_to_settle": [],
    "took_part": False,
    "sitting_of": SimpleNamespace(inquorate=None, yet_to_declare=[]),
    "why_no_majority": None,
    "why_decider_not_there": None,
    "unmoderated": [],
    "keeps_scores_from": False,
    "why_letter_held": None,
    "why_decision_questioned": None,
    "items_to_settle": [],
    "why_not_claimable": None,
    "why_above_balance": None,
    "why_log_unfinished": None,
    "why_days_unconfirmed": None,
    "why_condition_unmet": None,
    "bar_from_brokering": None,
}


def ready_bid(state: Enum | None = None, **values: Any) -> SimpleNamespace:
    """A bid that every guard lets go on, except the one about the date of an offer's reply."""
    return SimpleNamespace(
        **{
            "state": state,
            "began_by_school": False,
            "correcting_since": None,
            "unanswered_queries": nothing,
            "review": review(),
            "due_on": LONG_PAST,
            "waiting_for": nothing,
            "open_item": SimpleNamespace(),
            "latest_item": SimpleNamespace(),
            "deferrals": 0,
            "panel_answer": "Yes.",
            "offer": SimpleNamespace(reply_by=FAR_AHEAD),
            "fund": SimpleNamespace(schools_off=frozenset(), council_off=frozenset()),
            "termination_asked_at": NOW,
            "end_on": LONG_PAST,
            "has_accepted_report": yes,
            "has_sent_report": no,
            "feedback_asked": yes,
            "has_open_claim": no,
            "submitted_at": NOW,
            "review_request": object(),
            "is_in_monitoring": True,
            **values,
        }
    )


OWN_SCHOOL = Bar(BarKind.SCHOOL, Body(1, "Oak"))


def sitting(**answers: Any) -> dict[str, Any]:
    return {"sitting_of": SimpleNamespace(**answers)}


def yet_to_declare(*names: str) -> list[Any]:
    return [SimpleNamespace(seat=SimpleNamespace(user=SimpleNamespace(name=name))) for name in names]


def says(value: Any) -> Any:
    return lambda *_args: value


# guard, what the bid answers, the sentence
WAITS = [
    (application.form_incomplete, {"missing_sections": ["Contact"]}, "Complete Contact first."),
    (
        application.form_incomplete,
        {"missing_sections": ["Contact", "Costs", "Outcomes"]},
        "Complete Contact, Costs and Outcomes first.",
    ),
    (application.round_not_open, {"why_round_closed": "It closed in May."}, "It closed in May."),
    (
        application.school_began_it,
        {"began_by_school": True},
        "The school began this bid, so its head submits it.",
    ),
    (
        application.no_correction_open,
        {"correcting_since": None},
        "Nothing is being corrected: start a correction first.",
    ),
    (
        application.correction_open,
        {"correcting_since": NOW},
        "The school has been correcting its answers since 18 November 2026.",
    ),
    (
        application.officer_barred,
        {"bar_of": OWN_SCHOOL},
        "You can’t review this bid: your school, Oak, takes part in it. Hand it to a deputy.",
    ),
    (
        application.queried_sections_unanswered,
        {"unanswered_queries": says([1])},
        "Answer the officer’s question first.",
    ),
    (
        application.queried_sections_unanswered,
        {"unanswered_queries": says([1, 2])},
        "Answer the officer’s 2 questions first.",
    ),
    (
        application.checklist_incomplete,
        {"wrong_under": ["Enter an amount"]},
        "Put this right in your review first: Enter an amount.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(1)},
        "1 of your checklist’s items is left.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(4)},
        "4 of your checklist’s items are left.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(0, "The dates are possible")},
        "Add a note to “The dates are possible” in your checklist.",
    ),
    (
        application.answer_not_overdue,
        {"due_on": date(2026, 11, 18)},
        "The school can answer until 18 November 2026.",
    ),
    (application.answer_not_overdue, {"due_on": None}, "No date was set."),
    (
        application.unconfirmed,
        {"waiting_for": says(["Oak to confirm it can release its staff", "Ann Lee to sign"])},
        "Waiting for Oak to confirm it can release its staff and Ann Lee to sign.",
    ),
    (panel.not_on_an_agenda, {"open_item": None}, "The bid is not on the agenda of a meeting that is open."),
    (panel.inquorate, sitting(inquorate=Inquorate(2, 3)), "2 present, 3 needed."),
    (
        panel.interests_outstanding,
        sitting(yet_to_declare=yet_to_declare("Ann", "Bo")),
        "Ann and Bo must first say whether they have an interest.",
    ),
    (
        panel.decider_barred,
        {"bar_from_deciding": Bar(BarKind.DECLARED)},
        "You can’t decide this bid: you declared an interest in it.",
    ),
    (
        panel.decider_not_there,
        {"why_decider_not_there": "You are not recorded as present for this bid."},
        "You are not recorded as present for this bid.",
    ),
    (
        panel.no_majority_for,
        {"why_no_majority": "There is no majority for this: 1 for, 2 against."},
        "There is no majority for this: 1 for, 2 against.",
    ),
    (
        panel.no_majority_against,
        {"why_no_majority": "No votes have been recorded yet."},
        "No votes have been recorded yet.",
    ),
    (
        panel.moderation_outstanding,
        {"unmoderated": ["Need and evidence", "Value for money"]},
        "Scores lie far apart: talk about Need and evidence and Value for money and record it first.",
    ),
    (
        panel.moderation_outstanding,
        {"unmoderated": ["Need and evidence"], "keeps_scores_from": True},
        "The panel has not finished with the scores of this bid.",
    ),
    (
        panel.decision_letter_held,
        {"why_letter_held": "The letter comes by 9 February 2027."},
        "The letter comes by 9 February 2027.",
    ),
    (
        panel.decision_questioned,
        {"why_decision_questioned": "The council is checking."},
        "The council is checking.",
    ),
    (panel.deferred_twice, {"deferrals": 2}, "This bid has been deferred twice already."),
    (
        panel.panel_question_unanswered,
        {"panel_answer": ""},
        "The school has not answered the panel yet.",
    ),
    (
        application.reply_date_not_past,
        {"offer": SimpleNamespace(reply_by=date(2026, 11, 18))},
        "The school can reply until 18 November 2026.",
    ),
    (
        application.reply_date_past,
        {"offer": SimpleNamespace(reply_by=date(2026, 11, 17))},
        "The date to reply, 17 November 2026, has passed. Ask the council to renew the offer.",
    ),
    (
        application.termination_not_asked_for,
        {"termination_asked_at": None},
        "No liaison officer has asked for this.",
    ),
    (
        application.named_unsettled,
        {"names_to_settle": ["Priya Raman"]},
        "Say first whether it is an interest that the bid names Priya Raman.",
    ),
    (
        application.end_date_past,
        {"end_on": date(2026, 11, 17)},
        "The support was to end on 17 November 2026.",
    ),
    (application.end_date_past, {"end_on": None}, "No end date."),
    (
        application.report_sent,
        {"end_on": date(2026, 11, 18), "has_sent_report": says(True)},
        "The school has sent its report.",
    ),
    (
        application.end_date_not_reached,
        {"end_on": date(2026, 11, 18)},
        "The support runs until 18 November 2026.",
    ),
    (application.end_date_not_reached, {"end_on": None}, "No end date."),
    (
        application.report_not_accepted,
        {"has_accepted_report": says(False)},
        "The school’s report has not been accepted yet.",
    ),
    (
        application.feedback_not_asked,
        {"feedback_asked": says(False)},
        "The supported school has not been asked for feedback.",
    ),
    (application.claim_open, {"has_open_claim": says(True)}, "A claim is still open."),
    (
        application.person_barred,
        {"bar_of": OWN_SCHOOL},
        "You can’t do this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        application.never_submitted,
        {"submitted_at": None},
        "This bid was never submitted; the school can start again.",
    ),
    (
        application.no_review_asked,
        {"review_request": None},
        "The school has asked for no review, or it was heard already.",
    ),
    (
        application.no_review_asked,
        {"took_part": True},
        "You took part in this bid, so somebody else must hear the review.",
    ),
]

TRIED = sorted({guard for guard, _, _ in WAITS}, key=lambda guard: guard.__name__)


Answers = Callable[[dict[str, Any]], dict[str, Any]]
MODULES = (
    application,
    approval,
    claim,
    condition,
    impact_return,
    meeting,
    named_person,
    panel,
    support_request,
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """The rules answer as of a ready record, but for what is given; what is left is the record's own."""

    def heard(given: dict[str, Any]) -> dict[str, Any]:
        for name, answer in (RULES | given).items():
            for module in MODULES:
                if name in RULES and hasattr(module, name):
                    monkeypatch.setattr(module, name, says(answer))
        return {name: answer for name, answer in given.items() if name not in RULES}

    return heard


@pytest.mark.parametrize("guard", TRIED, ids=lambda g: g.__name__)
def test_a_guard_lets_a_ready_bid_go_on(guard: Guard, answers: Answers) -> None:
    bid = ready_bid(**answers({}))
    if guard is application.reply_date_not_past:
        bid.offer.reply_by = LONG_PAST
    if guard is application.end_date_past:
        bid.end_on = date(2026, 11, 18)
    if guard is application.no_correction_open:
        bid.correcting_since = NOW
    assert guard(bid, ASK) is None


@pytest.mark.parametrize(("guard", "bid", "sentence"), WAITS)
def test_a_guard_says_what_it_waits_for(
    guard: Guard, bid: dict[str, Any], sentence: str, answers: Answers
) -> None:
    assert guard(ready_bid(**answers(bid)), ASK) == sentence
    assert is_sentence(sentence)


def test_nobody_is_barred_where_the_clock_asks(answers: Answers) -> None:
    barred = ready_bid(**answers({"bar_of": OWN_SCHOOL, "bar_from_deciding": OWN_SCHOOL, "took_part": True}))
    clock = Ask(NOW)
    assert application.officer_barred(barred, clock) is None
    assert panel.decider_barred(barred, clock) is None
    assert application.person_barred(barred, clock) is None


def test_an_offer_can_be_accepted_on_its_last_day_and_lapses_the_day_after() -> None:
    today = ready_bid(offer=SimpleNamespace(reply_by=date(2026, 11, 18)))
    yesterday = ready_bid(offer=SimpleNamespace(reply_by=date(2026, 11, 17)))
    assert application.reply_date_past(today, ASK) is None
    assert application.reply_date_not_past(yesterday, ASK) is None


def test_a_date_is_the_date_on_a_clock_in_london() -> None:
    from datetime import UTC, datetime

    nearly_midnight = Ask(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), SOMEBODY)  # 1 July in London
    bid = ready_bid(offer=SimpleNamespace(reply_by=date(2026, 6, 30)))
    assert application.reply_date_not_past(bid, nearly_midnight) is None


def test_names_are_joined_as_people_say_them() -> None:
    assert joined([]) == ""
    assert joined(["a"]) == "a"
    assert joined(["a", "b"]) == "a and b"
    assert joined(["a", "b", "c"]) == "a, b and c"


CLAIM = {
    "pence": 1,
    "certified_by_id": None,
    "bid": ready_bid(),
}
REPORT = {"due_on": LONG_PAST, "bid": ready_bid(), "why_incomplete": says(None)}
MEETING = {"undecided_items": says([]), "items_to_settle": []}
CONDITION = {"bid": ready_bid(), "binds": True, "why_not_in_force": says(None)}
APPROVAL = {"bid": ready_bid(), "is_of": says(False)}
NAMED = {"bid": ready_bid(), "user": SimpleNamespace(id=8), "is_before_decision": True}

OTHER_WAITS = [
    (claim.nothing_claimed, CLAIM, {"pence": 0}, "Add the days that were worked first."),
    (
        claim.payments_paused,
        CLAIM,
        {"why_not_claimable": "Payments on this bid are paused."},
        "Payments on this bid are paused.",
    ),
    (
        claim.log_unfinished,
        CLAIM,
        {"why_log_unfinished": "Finish the day you began."},
        "Finish the day you began.",
    ),
    (
        claim.above_balance,
        CLAIM,
        {"why_above_balance": "That is more than is left."},
        "That is more than is left.",
    ),
    (
        claim.days_not_confirmed,
        CLAIM,
        {"why_days_unconfirmed": "Waiting for the head."},
        "Waiting for the head.",
    ),
    (
        claim.barred_from_claim,
        CLAIM,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this claim: your school, Oak, takes part in it.",
    ),
    (
        claim.certified_it,
        CLAIM,
        {"certified_by_id": SOMEBODY.id},
        "You checked this claim, so another finance officer must pay it.",
    ),
    (impact_return.not_due_yet, REPORT, {"due_on": FAR_AHEAD}, "The report falls due on 31 December 2027."),
    (
        impact_return.support_still_under_way,
        REPORT,
        {"bid": ready_bid(is_in_monitoring=False)},
        "The support is still under way.",
    ),
    (
        impact_return.report_incomplete,
        REPORT,
        {"why_incomplete": says("Enter lessons first.")},
        "Enter lessons first.",
    ),
    (
        impact_return.barred_from_report,
        REPORT,
        {"bar_of": OWN_SCHOOL},
        "You can’t check this report: your school, Oak, takes part in it.",
    ),
    (meeting.agenda_empty, {"undecided_items": says([1])}, MEETING, "No bid is on the agenda yet."),
    (meeting.items_undecided, MEETING, {"items_to_settle": [1]}, "1 item is not decided or moved yet."),
    (
        meeting.items_undecided,
        MEETING,
        {"items_to_settle": [1, 2]},
        "2 items are not decided or moved yet.",
    ),
    (
        meeting.bids_on_agenda,
        MEETING,
        {"undecided_items": says([1])},
        "Move its bids to another meeting first.",
    ),
    (
        minutes.meeting_not_over,
        {"meeting_is_over": True},
        {"meeting_is_over": False},
        "Close the meeting first.",
    ),
    (
        condition.decision_undone,
        CONDITION,
        {"binds": False},
        "Its decision was corrected or taken back, so it no longer binds.",
    ),
    (
        condition.not_in_force,
        CONDITION,
        {"why_not_in_force": says("The funding was stopped.")},
        "The funding was stopped.",
    ),
    (
        condition.barred_from_condition,
        CONDITION,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this condition: your school, Oak, takes part in it.",
    ),
    (
        condition.barred_from_waiving,
        CONDITION,
        {"bar_from_deciding": Bar(BarKind.DECLARED)},
        "You can’t decide this: you declared an interest in it.",
    ),
    (
        approval.barred_from_approval,
        APPROVAL,
        {"bar_of": OWN_SCHOOL},
        "You can’t decide this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        approval.approver_oneself,
        APPROVAL,
        {"is_of": says(True)},
        "This is about you, so a colleague decides it.",
    ),
    (named_person.named_oneself, NAMED, {"user": SOMEBODY}, "This is about you, so a colleague settles it."),
    (
        named_person.barred_from_naming,
        NAMED,
        {"bar_of": OWN_SCHOOL},
        "You can’t settle this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        named_person.no_longer_before_panel,
        NAMED,
        {"is_before_decision": False},
        "The bid is no longer before the panel or its officer.",
    ),
    (
        support_request.broker_barred,
        {},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t broker this: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        support_request.outsider_barred,
        {"is_asked_by": says(False)},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t broker this: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        claim.condition_unmet,
        CLAIM,
        {"why_condition_unmet": "A condition is not met."},
        "A condition is not met.",
    ),
]


@pytest.mark.parametrize(("guard", "ready", "but", "sentence"), OTHER_WAITS)
def test_the_smaller_processes_wait_too(
    guard: Guard, ready: dict[str, Any], but: dict[str, Any], sentence: str, answers: Answers
) -> None:
    assert guard(SimpleNamespace(**answers(ready)), ASK) is None
    assert guard(SimpleNamespace(**answers({**ready, **but})), ASK) == sentence
    assert is_sentence(sentence)


def test_every_guard_is_tried_here() -> None:
    assert {guard for guard, *_ in (*WAITS, *OTHER_WAITS)} == set(GUARDS.values())
