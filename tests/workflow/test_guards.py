"""Each guard answers None, or the sentence a person reads beside a button."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.rules.guards import (
    adviser_visit,
    application,
    approval,
    case_study,
    change_request,
    claim,
    concern,
    condition,
    earned_correction,
    feedback,
    follow_up,
    impact_return,
    meeting,
    named_person,
    opening,
    order,
    panel,
    payee,
    payment_block,
    payment_run,
    plan,
    practice,
    provider,
    quality_check,
    recovery,
    reversal,
    support_request,
    survey,
    visit,
)
from fundflow.workflow.engine import GUARDS, Ask, Guard
from fundflow.workflow.phrases import joined
from tests.workflow.bid_waits import WAITS
from tests.workflow.fakes import ASK, LONG_PAST, NOW, SOMEBODY, is_sentence
from tests.workflow.other_waits import OTHER_WAITS
from tests.workflow.ready import OWN_SCHOOL, RULES, ready_bid, says

TRIED = sorted({guard for guard, _, _ in WAITS}, key=lambda guard: guard.__name__)

Answers = Callable[[dict[str, Any]], dict[str, Any]]
MODULES = (
    adviser_visit,
    application,
    approval,
    case_study,
    change_request,
    claim,
    concern,
    condition,
    earned_correction,
    feedback,
    follow_up,
    impact_return,
    meeting,
    named_person,
    opening,
    order,
    panel,
    payee,
    payment_block,
    payment_run,
    plan,
    practice,
    provider,
    quality_check,
    recovery,
    reversal,
    support_request,
    survey,
    visit,
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
    assert guard(bid, replace(ASK, known={})) is None


@pytest.mark.parametrize(("guard", "bid", "sentence"), WAITS)
def test_a_guard_says_what_it_waits_for(
    guard: Guard, bid: dict[str, Any], sentence: str, answers: Answers
) -> None:
    assert guard(ready_bid(**answers(bid)), replace(ASK, known={})) == sentence
    assert is_sentence(sentence)


def test_nobody_is_barred_where_the_clock_asks(answers: Answers) -> None:
    barred = ready_bid(
        **answers({"bar_of": OWN_SCHOOL, "bar_from_deciding": OWN_SCHOOL, "was_involved": True})
    )
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


@pytest.mark.parametrize(("guard", "ready", "but", "sentence"), OTHER_WAITS)
def test_the_smaller_processes_wait_too(
    guard: Guard, ready: dict[str, Any], but: dict[str, Any], sentence: str, answers: Answers
) -> None:
    assert guard(SimpleNamespace(**answers(ready)), replace(ASK, known={})) is None
    assert guard(SimpleNamespace(**answers({**ready, **but})), replace(ASK, known={})) == sentence
    assert is_sentence(sentence)


def test_every_guard_is_tried_here() -> None:
    assert {guard for guard, *_ in (*WAITS, *OTHER_WAITS)} == set(GUARDS.values())
