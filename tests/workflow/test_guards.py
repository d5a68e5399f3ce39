"""Each guard answers None, or the sentence a person reads beside a button."""

from collections.abc import Callable
from datetime import date
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.panel_sitting import Inquorate
from fundflow.rules.guards import application, claim, impact_return, meeting, panel
from fundflow.workflow.engine import Ask, Guard
from fundflow.workflow.interests import Bar, BarKind, Body
from fundflow.workflow.phrases import joined
from fundflow.workflow.processes import PROCESSES
from tests.workflow.conftest import never
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


def ready_item() -> SimpleNamespace:
    return SimpleNamespace(
        sitting=lambda _now: SimpleNamespace(inquorate=None, yet_to_declare=[]),
        why_no_majority=never,
        unmoderated=nothing,
        why_decider_not_there=never,
    )


def review(left: int = 0, *notes_wanted: str) -> SimpleNamespace:
    wanted = [SimpleNamespace(words=words) for words in notes_wanted]
    return SimpleNamespace(items_left=lambda: left, notes_wanted=lambda: wanted)


# What the rules answer about a bid that is ready, by their names.
RULES = {"missing_sections": [], "why_round_closed": None, "wrong_under": []}


def ready_bid(state: Enum | None = None, **values: Any) -> SimpleNamespace:
    """A bid that every guard lets go on, except the one about the date of an offer's reply."""
    return SimpleNamespace(
        **{
            "state": state,
            "began_by_school": False,
            "correcting_since": None,
            "bar_of": never,
            "names_to_settle": nothing,
            "bar_from_deciding": never,
            "unanswered_queries": nothing,
            "review": review(),
            "due_on": LONG_PAST,
            "waiting_for": nothing,
            "open_item": ready_item(),
            "latest_item": ready_item(),
            "times_deferred": zero,
            "panel_question_answered": yes,
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
            "took_part": no,
            "is_in_monitoring": True,
            "why_letter_held": never,
            "why_decision_questioned": never,
            **values,
        }
    )


OWN_SCHOOL = Bar(BarKind.SCHOOL, Body(1, "Oak"))


def item(**answers: Any) -> dict[str, Any]:
    return {"open_item": SimpleNamespace(**{k: (lambda *_a, v=v: v) for k, v in answers.items()})}


def sitting(**answers: Any) -> dict[str, Any]:
    return item(sitting=SimpleNamespace(**answers))


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
        {"bar_of": says(OWN_SCHOOL)},
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
        {"bar_from_deciding": says(Bar(BarKind.DECLARED))},
        "You can’t decide this bid: you declared an interest in it.",
    ),
    (
        panel.decider_not_there,
        item(sitting=True, why_decider_not_there="You are not recorded as present for this bid."),
        "You are not recorded as present for this bid.",
    ),
    (
        panel.no_majority_for,
        item(sitting=True, why_no_majority="There is no majority for this: 1 for, 2 against."),
        "There is no majority for this: 1 for, 2 against.",
    ),
    (
        panel.no_majority_against,
        item(sitting=True, why_no_majority="No votes have been recorded yet."),
        "No votes have been recorded yet.",
    ),
    (
        panel.moderation_outstanding,
        item(unmoderated=["Need and evidence", "Value for money"], keeps_scores_from=False),
        "Scores lie far apart: talk about Need and evidence and Value for money and record it first.",
    ),
    (
        panel.moderation_outstanding,
        item(unmoderated=["Need and evidence"], keeps_scores_from=True),
        "The panel has not finished with the scores of this bid.",
    ),
    (
        panel.decision_letter_held,
        {"why_letter_held": says("The letter comes by 9 February 2027.")},
        "The letter comes by 9 February 2027.",
    ),
    (
        panel.decision_questioned,
        {"why_decision_questioned": says("The council is checking.")},
        "The council is checking.",
    ),
    (panel.deferred_twice, {"times_deferred": says(2)}, "This bid has been deferred twice already."),
    (
        panel.panel_question_unanswered,
        {"panel_question_answered": says(False)},
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
        {"names_to_settle": says(["Priya Raman"])},
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
        application.own_bid,
        {"bar_of": says(OWN_SCHOOL)},
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
        "The school has not asked for a review within 10 working days.",
    ),
    (
        application.no_review_asked,
        {"took_part": says(True)},
        "You took part in this bid, so somebody else must hear the review.",
    ),
]

GUARDS = sorted({guard for guard, _, _ in WAITS}, key=lambda guard: guard.__name__)


Bids = Callable[..., Any]


@pytest.fixture
def bid_with(monkeypatch: pytest.MonkeyPatch) -> Bids:
    """A ready bid, but for what the rules and the bid itself answer here."""

    def made(**answers: Any) -> Any:
        for name, answer in (RULES | answers).items():
            for module in (application, panel, claim, impact_return):
                if name in RULES and hasattr(module, name):
                    monkeypatch.setattr(module, name, says(answer))
        return ready_bid(**{name: answer for name, answer in answers.items() if name not in RULES})

    return made


@pytest.mark.parametrize("guard", GUARDS, ids=lambda g: g.__name__)
def test_a_guard_lets_a_ready_bid_go_on(guard: Guard, bid_with: Bids) -> None:
    bid = bid_with()
    if guard is application.reply_date_not_past:
        bid.offer.reply_by = LONG_PAST
    if guard is application.end_date_past:
        bid.end_on = date(2026, 11, 18)
    if guard is application.no_correction_open:
        bid.correcting_since = NOW
    assert guard(bid, ASK) is None


@pytest.mark.parametrize(("guard", "bid", "sentence"), WAITS)
def test_a_guard_says_what_it_waits_for(
    guard: Guard, bid: dict[str, Any], sentence: str, bid_with: Bids
) -> None:
    assert guard(bid_with(**bid), ASK) == sentence
    assert is_sentence(sentence)


def test_every_guard_of_the_application_is_tried_here() -> None:
    used = {name for step in PROCESSES["application"].steps for name in step.waits_while}
    assert used <= {guard.__name__ for guard in GUARDS}


def test_nobody_is_barred_where_the_clock_asks(bid_with: Bids) -> None:
    why = says(OWN_SCHOOL)
    barred = bid_with(bar_of=why, bar_from_deciding=why, took_part=says(True))
    clock = Ask(NOW)
    assert application.officer_barred(barred, clock) is None
    assert panel.decider_barred(barred, clock) is None
    assert application.own_bid(barred, clock) is None


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
    "why_not_payable": says(None),
    "why_above_balance": says(None),
    "why_days_unconfirmed": says(None),
}
REPORT = {"due_on": LONG_PAST, "bid": ready_bid(), "why_incomplete": says(None)}
MEETING = {"undecided_items": says([]), "items_to_settle": says([])}

OTHER_WAITS = [
    (claim.nothing_claimed, CLAIM, {"pence": 0}, "Add the days that were worked first."),
    (
        claim.payments_paused,
        CLAIM,
        {"why_not_payable": says("Payments on this bid are paused.")},
        "Payments on this bid are paused.",
    ),
    (
        claim.above_balance,
        CLAIM,
        {"why_above_balance": says("That is more than is left.")},
        "That is more than is left.",
    ),
    (
        claim.days_not_confirmed,
        CLAIM,
        {"why_days_unconfirmed": says("Waiting for the head.")},
        "Waiting for the head.",
    ),
    (
        claim.barred_from_claim,
        CLAIM,
        {"bid": ready_bid(bar_of=says(OWN_SCHOOL))},
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
        {"bid": ready_bid(bar_of=says(OWN_SCHOOL))},
        "You can’t check this report: your school, Oak, takes part in it.",
    ),
    (meeting.agenda_empty, {"undecided_items": says([1])}, MEETING, "No bid is on the agenda yet."),
    (meeting.items_undecided, MEETING, {"items_to_settle": says([1])}, "1 item is not decided or moved yet."),
    (
        meeting.items_undecided,
        MEETING,
        {"items_to_settle": says([1, 2])},
        "2 items are not decided or moved yet.",
    ),
    (
        meeting.bids_on_agenda,
        MEETING,
        {"undecided_items": says([1])},
        "Move its bids to another meeting first.",
    ),
]


@pytest.mark.parametrize(("guard", "ready", "but", "sentence"), OTHER_WAITS)
def test_the_smaller_processes_wait_too(
    guard: Guard, ready: dict[str, Any], but: dict[str, Any], sentence: str
) -> None:
    assert guard(SimpleNamespace(**ready), ASK) is None
    assert guard(SimpleNamespace(**{**ready, **but}), ASK) == sentence
    assert is_sentence(sentence)
