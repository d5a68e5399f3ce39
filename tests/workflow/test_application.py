"""The life of a bid (docs/rules.md, "The life of a bid"), typed by hand.

Tests made from the table can't see a wrong row of it.
"""

import pytest

from fundflow.workflow.actors import Actor
from fundflow.workflow.application import APPLICATION, BidState
from fundflow.workflow.engine import Money
from tests.workflow.fakes import ASK, everything, record

LEADER, TEAM, OFFICER, DECIDER = "SCHOOL_LEADER", "SCHOOL_TEAM", "OFFICER", "DECISION_MAKER"
CLOCK, IMPACT, ADMIN, MANAGER = "CLOCK", "IMPACT_OFFICER", "ADMINISTRATOR", "REVIEWING_MANAGER"
FINANCE = "FINANCE"

# step, from, to, by
ROWS = [
    ("submit", "draft", "submitted", LEADER),
    ("submit_on_behalf", "draft", "submitted", OFFICER),
    ("discard", "draft", "withdrawn", OFFICER),
    ("take_up", "submitted", "in_review", OFFICER),
    ("return_for_changes", "submitted", "returned", OFFICER),
    ("return_for_changes", "in_review", "returned", OFFICER),
    ("resubmit", "returned", "in_review", LEADER),
    ("correct", "submitted", "submitted", TEAM),
    ("correct", "in_review", "in_review", TEAM),
    ("rule_ineligible", "submitted", "ineligible", OFFICER),
    ("rule_ineligible", "in_review", "ineligible", OFFICER),
    ("go_on_without", "returned", "in_review", OFFICER),
    ("recommend", "in_review", "at_panel", OFFICER),
    ("reply_to_report", "at_panel", "at_panel", LEADER),
    ("take_back", "at_panel", "in_review", OFFICER),
    ("take_back", "deferred", "in_review", OFFICER),
    ("approve", "at_panel", "offered", DECIDER),
    ("decline", "at_panel", "not_funded", DECIDER),
    ("defer", "at_panel", "deferred", DECIDER),
    ("answer_panel", "deferred", "deferred", LEADER),
    ("bring_back", "deferred", "at_panel", OFFICER),
    ("correct_decision", "offered", "offered", DECIDER),
    ("correct_decision", "not_funded", "not_funded", DECIDER),
    ("undo_decision", "offered", "at_panel", DECIDER),
    ("undo_decision", "not_funded", "at_panel", DECIDER),
    ("undo_decision", "deferred", "at_panel", DECIDER),
    ("accept_offer", "offered", "in_delivery", LEADER),
    ("turn_down_offer", "offered", "not_taken_up", LEADER),
    ("lapse_offer", "offered", "not_taken_up", CLOCK),
    ("renew_offer", "not_taken_up", "offered", DECIDER),
    ("enter_award", "draft", "in_delivery", FINANCE),
    ("suspend", "in_delivery", "suspended", OFFICER),
    ("resume", "suspended", "in_delivery", OFFICER),
    ("terminate", "in_delivery", "terminated", DECIDER),
    ("terminate", "suspended", "terminated", DECIDER),
    ("terminate", "in_monitoring", "terminated", DECIDER),
    ("keep_going", "in_delivery", "in_delivery", DECIDER),
    ("keep_going", "suspended", "suspended", DECIDER),
    ("keep_going", "in_monitoring", "in_monitoring", DECIDER),
    ("reach_end_date", "in_delivery", "in_monitoring", CLOCK),
    ("record_half_time", "in_delivery", "in_delivery", OFFICER),
    ("finish_delivery", "in_delivery", "in_monitoring", OFFICER),
    ("go_on_delivering", "in_monitoring", "in_delivery", "OFFICER CLOCK"),
    ("close", "in_monitoring", "closed", IMPACT),
    ("reopen", "closed", "in_monitoring", ADMIN),
    ("withdraw", "draft", "withdrawn", LEADER),
    ("withdraw", "submitted", "withdrawn", LEADER),
    ("withdraw", "in_review", "withdrawn", LEADER),
    ("withdraw", "returned", "withdrawn", LEADER),
    ("withdraw", "at_panel", "withdrawn", LEADER),
    ("withdraw", "deferred", "withdrawn", LEADER),
    ("reinstate", "withdrawn", "in_review", OFFICER),
    ("reinstate", "ineligible", "in_review", OFFICER),
    ("uphold_review", "ineligible", "in_review", MANAGER),
    ("uphold_review", "not_funded", "in_review", MANAGER),
]

# step: what the step does to the ledger (undoing a refusal moves no money)
MONEY = {
    "approve": Money.RESERVE,
    "accept_offer": Money.AWARD,
    "enter_award": Money.OPEN,
    "turn_down_offer": Money.RELEASE,
    "lapse_offer": Money.RELEASE,
    "renew_offer": Money.RESERVE,
    "terminate": Money.SETTLE,
    "close": Money.SETTLE,
}

# step: who is told, at least
EMAILS = {
    "submit": "school preparer provider partners approver officer",
    "submit_on_behalf": "lead_head provider partners approver officer",
    "discard": "school",
    "correct": "school officer",
    "take_up": "school",
    "return_for_changes": "school",
    "resubmit": "officer",
    "rule_ineligible": "school partners",
    "go_on_without": "school",
    "recommend": "school",
    "reply_to_report": "officer",
    "take_back": "school panel",
    "approve": "school partners provider finance",
    "decline": "school partners",
    "defer": "school officer",
    "answer_panel": "officer",
    "bring_back": "school",
    "correct_decision": "school officer",
    "undo_decision": "school officer finance",
    "accept_offer": "school officer provider finance",
    "enter_award": "school provider",
    "turn_down_offer": "officer provider finance",
    "lapse_offer": "school provider officer finance",
    "renew_offer": "school finance",
    "suspend": "school provider finance",
    "resume": "school provider finance",
    "terminate": "school partners finance",
    "keep_going": "school officer",
    "reach_end_date": "school provider impact_officer",
    "record_half_time": "school finance",
    "finish_delivery": "school provider impact_officer",
    "go_on_delivering": "school provider impact_officer",
    "close": "school partners provider officer",
    "reopen": "school officer impact_officer",
    "reinstate": "school",
    "uphold_review": "school officer",
}

# step: what the person gives as they take it
ASKS_FOR = {
    "submit": "agreement",
    "correct": "changes",
    "return_for_changes": "questions answer_by",
    "resubmit": "agreement",
    "rule_ineligible": "rule reason",
    "discard": "reason",
    "go_on_without": "reason",
    "recommend": "recommendation meeting",
    "reply_to_report": "reply",
    "take_back": "reason",
    "approve": "amount reasons",
    "decline": "reasons",
    "defer": "question",
    "answer_panel": "answer",
    "bring_back": "meeting",
    "correct_decision": "reasons reason",
    "undo_decision": "reason",
    "accept_offer": "agreement",
    "turn_down_offer": "reason",
    "renew_offer": "reason",
    "suspend": "reason",
    "resume": "reason",
    "terminate": "reason",
    "keep_going": "reason",
    "go_on_delivering": "reason",
    "reopen": "reason",
    "withdraw": "reason",
    "reinstate": "reason",
    "uphold_review": "reason",
}

# step: what it waits for, by the guards' names
WAITS_WHILE = {
    "submit": "form_incomplete round_not_open bid_held",
    "submit_on_behalf": "school_began_it form_incomplete round_not_open bid_held",
    "discard": "school_began_it officer_barred",
    "correct": "no_correction_open form_incomplete",
    "return_for_changes": "officer_barred correction_open",
    "rule_ineligible": "officer_barred correction_open",
    "take_up": "officer_barred",
    "resubmit": "queried_sections_unanswered",
    "go_on_without": "answer_not_overdue",
    "recommend": "checklist_incomplete unconfirmed named_unsettled correction_open",
    "approve": "decider_not_there inquorate interests_outstanding no_majority_for unconfirmed "
    "named_unsettled moderation_outstanding",
    "decline": "decider_not_there inquorate no_majority_against moderation_outstanding",
    "accept_offer": "decision_letter_held decision_questioned",
    "turn_down_offer": "decision_letter_held",
    "defer": "decider_not_there deferred_twice",
    "bring_back": "panel_question_unanswered",
    "lapse_offer": "decision_letter_held decision_questioned reply_date_not_past",
    "terminate": "termination_not_asked_for",
    "keep_going": "decider_barred",
    "reach_end_date": "end_date_not_reached",
    "go_on_delivering": "officer_barred end_date_past report_sent",
    "close": "person_barred report_not_accepted feedback_not_asked claim_open change_open not_reconciled",
    "reopen": "person_barred",
    "reinstate": "never_submitted",
    "uphold_review": "no_review_asked hearer_was_involved",
}

# A bid's life: (step, by, the state it leads to).
HAPPY = [
    ("submit", LEADER, "submitted"),
    ("take_up", OFFICER, "in_review"),
    ("recommend", OFFICER, "at_panel"),
    ("approve", DECIDER, "offered"),
    ("accept_offer", LEADER, "in_delivery"),
    ("reach_end_date", CLOCK, "in_monitoring"),
    ("close", IMPACT, "closed"),
]
PATHS = {
    "straight through": HAPPY,
    "asked for more": [
        *HAPPY[:2],
        ("return_for_changes", OFFICER, "returned"),
        ("resubmit", LEADER, "in_review"),
        *HAPPY[2:],
    ],
    "ineligible, and the review is upheld": [
        HAPPY[0],
        ("rule_ineligible", OFFICER, "ineligible"),
        ("uphold_review", MANAGER, "in_review"),
        *HAPPY[2:4],
    ],
    "deferred twice, then funded": [
        *HAPPY[:3],
        *2
        * [
            ("defer", DECIDER, "deferred"),
            ("answer_panel", LEADER, "deferred"),
            ("bring_back", OFFICER, "at_panel"),
        ],
        HAPPY[3],
    ],
    "a wrong decision is corrected": [
        *HAPPY[:3],
        ("decline", DECIDER, "not_funded"),
        ("undo_decision", DECIDER, "at_panel"),
        HAPPY[3],
        ("undo_decision", DECIDER, "at_panel"),
        ("decline", DECIDER, "not_funded"),
    ],
    "the offer lapses and is renewed": [
        *HAPPY[:4],
        ("lapse_offer", CLOCK, "not_taken_up"),
        ("renew_offer", DECIDER, "offered"),
        ("turn_down_offer", LEADER, "not_taken_up"),
    ],
    "paused, then stopped": [
        *HAPPY[:5],
        ("suspend", OFFICER, "suspended"),
        ("resume", OFFICER, "in_delivery"),
        ("suspend", OFFICER, "suspended"),
        ("terminate", DECIDER, "terminated"),
    ],
    "reopened": [*HAPPY, ("reopen", ADMIN, "in_monitoring"), ("close", IMPACT, "closed")],
    "withdrawn from the panel and taken up again": [
        *HAPPY[:3],
        ("withdraw", LEADER, "withdrawn"),
        ("reinstate", OFFICER, "in_review"),
    ],
    "taken back from the panel": [*HAPPY[:3], ("take_back", OFFICER, "in_review"), *HAPPY[2:]],
}


def test_the_table_is_the_procedure_of_the_brief() -> None:
    rows = [
        (step.name, source.value, step.target.value, " ".join(a.name for a in step.by))
        for step in APPLICATION.steps
        for source in step.sources
    ]
    assert sorted(rows) == sorted(ROWS)


def test_the_money_moves_with_the_steps_of_the_brief() -> None:
    for step in APPLICATION.steps:
        wanted = MONEY.get(step.name)
        if step.name == "undo_decision" and BidState.OFFERED in step.sources:
            wanted = Money.RELEASE
        if step.name == "correct_decision" and BidState.OFFERED in step.sources:
            wanted = Money.REVISE
        assert step.money is wanted, step.name


def test_the_people_of_the_brief_are_told() -> None:
    for step in APPLICATION.steps:
        missing = set(EMAILS.get(step.name, "").split()) - set(step.emails)
        assert not missing, f"{step.name}: {missing}"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("submitted", "officer partners"),
        ("deferred", "officer partners"),
        ("at_panel", "officer partners panel"),
    ],
)
def test_a_withdrawal_is_told_to_the_panel_once_the_bid_is_before_it(state: str, told: str) -> None:
    step = APPLICATION.find("withdraw", BidState(state))
    assert set(told.split()) <= set(step.emails)
    assert ("panel" in step.emails) is ("panel" in told)


@pytest.mark.parametrize(
    "name", ["decline", "rule_ineligible", "turn_down_offer", "lapse_offer", "terminate", "withdraw", "close"]
)
def test_a_provider_is_told_whenever_its_staff_are_not_or_no_longer_needed(name: str) -> None:
    rows = [step for step in APPLICATION.steps if step.name == name and BidState.DRAFT not in step.sources]
    assert rows
    assert all("provider" in step.emails for step in rows)


def test_the_steps_ask_for_what_the_brief_says() -> None:
    for step in APPLICATION.steps:
        wanted = set(ASKS_FOR.get(step.name, "").split())
        if step.name == "correct_decision" and step.money:
            wanted.add("amount")
        assert set(step.required) == wanted, step.name


def test_the_steps_wait_for_what_the_brief_says() -> None:
    for step in APPLICATION.steps:
        guards = set(step.waits_while)
        missing = set(WAITS_WHILE.get(step.name, "").split()) - guards
        assert not missing, f"{step.name}: {missing}"


def test_a_barred_officer_takes_no_step_and_a_barred_chair_decides_nothing() -> None:
    for step in APPLICATION.steps:
        guards = set(step.waits_while)
        if set(step.by) - {Actor.CLOCK} == {Actor.OFFICER}:
            assert "officer_barred" in guards, step.name
        if step.by == (Actor.DECISION_MAKER,):
            assert "decider_barred" in guards, step.name


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_bid_walks(path: list[tuple[str, str, str]]) -> None:
    state = BidState.DRAFT
    for name, by, leads_to in path:
        bid = record(state)
        step = APPLICATION.find(name, state)
        APPLICATION.advance(bid, name, actors={Actor[by]}, ask=ASK, given=everything(step))
        assert bid.state.value == leads_to, name
        state = bid.state
