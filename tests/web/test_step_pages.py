"""One view serves every row: words, forms and refusals of all the pages of steps."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from fundflow.advisers.routes.visits import VISIT_STEPS as ADVISER_VISIT_STEPS
from fundflow.applications.asked import APPROVAL_STEPS, CONFIRMATION_STEPS
from fundflow.applications.routes.plan import PLAN_STEPS
from fundflow.brokering.routes.practice import PRACTICE_STEPS
from fundflow.brokering.routes.providers import PROVIDER_STEPS
from fundflow.brokering.routes.requests import REQUEST_STEPS
from fundflow.extensions import db
from fundflow.impact.routes.follow_up import FOLLOW_UP_STEPS
from fundflow.impact.routes.quality_checks import CHECK_STEPS
from fundflow.impact.routes.report_steps import REPORT_STEPS
from fundflow.impact.routes.visits import VISIT_STEPS
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.openings.correction_routes import CORRECTION_STEPS
from fundflow.openings.routes import OPENING_STEPS
from fundflow.panel.meetings.steps import MEETING_STEPS
from fundflow.panel.routes.conditions import CONDITION_STEPS
from fundflow.panel.routes.minutes import MINUTES_STEPS
from fundflow.payments.claims import CLAIM_STEPS
from fundflow.payments.payees.pages import BATCH_STEPS, PAYEE_STEPS
from fundflow.payments.routes.blocks import BLOCK_STEPS
from fundflow.payments.routes.changes import CHANGE_STEPS
from fundflow.payments.routes.recoveries import RECOVERY_STEPS
from fundflow.payments.runs.pages import REVERSAL_STEPS, RUN_STEPS
from fundflow.personal.complaint_routes import COMPLAINT_STEPS
from fundflow.personal.removal_routes import REMOVAL_STEPS
from fundflow.reports.routes.case_studies import CASE_STEPS
from fundflow.reports.routes.papers import PAPER_STEPS
from fundflow.reports.routes.recommendations import RECOMMENDATION_STEPS
from fundflow.review.routes.named import NAMED_STEPS
from fundflow.schools.routes.concerns import CONCERN_STEPS
from fundflow.services.routes.orders import ORDER_STEPS
from fundflow.surveys.routes.surveys import SURVEY_STEPS
from fundflow.web.access import rule_of
from fundflow.web.bid_steps import BID_STEPS
from fundflow.web.step_forms import form_of, given
from fundflow.web.step_pages import StepPages
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import Input, Kind, day, pounds
from fundflow.workflow.processes import PROCESSES
from tests.access_table import ROLES
from tests.factories import NOW, TODAY, Make
from tests.letters.test_texts import bid, record_of  # noqa: F401 (bid: a fixture)
from tests.test_access import council, rows

PAGES = (
    BID_STEPS,
    CONFIRMATION_STEPS,
    APPROVAL_STEPS,
    NAMED_STEPS,
    MEETING_STEPS,
    MINUTES_STEPS,
    CONDITION_STEPS,
    CLAIM_STEPS,
    BLOCK_STEPS,
    CHANGE_STEPS,
    RECOVERY_STEPS,
    RUN_STEPS,
    REVERSAL_STEPS,
    PAYEE_STEPS,
    BATCH_STEPS,
    OPENING_STEPS,
    CORRECTION_STEPS,
    PLAN_STEPS,
    REPORT_STEPS,
    FOLLOW_UP_STEPS,
    VISIT_STEPS,
    CHECK_STEPS,
    PROVIDER_STEPS,
    REQUEST_STEPS,
    ORDER_STEPS,
    ADVISER_VISIT_STEPS,
    SURVEY_STEPS,
    PRACTICE_STEPS,
    CONCERN_STEPS,
    PAPER_STEPS,
    RECOMMENDATION_STEPS,
    COMPLAINT_STEPS,
    REMOVAL_STEPS,
    CASE_STEPS,
)
# An approver signs on the page behind the link; a signature is cancelled by the step that needs it no more.
# An award already running begins as its opening is confirmed.
# A school sends a claim on the page that says what is due.
# A block is put on the page where its kind is chosen, a change asked for on the page where it is written, a
# run gathered where its claims are shown, a payment reversed from the claim's page, what was earned before
# corrected from the page of its entry.
NO_PAGE = {
    ("application", "enter_award"),
    ("claim", "submit"),
    ("payment_block", "put"),
    ("follow_up", "ask"),
    ("recommendation", "record"),
    ("data_complaint", "receive"),
    ("data_removal", "propose"),
    ("case_study", "draft"),
    ("visit", "plan"),
    ("concern", "raise"),
    ("change_request", "ask"),
    ("change_request", "enter"),
    ("change_request", "reduce"),
    ("payment_run", "gather"),
    ("reversal", "request"),
    ("earned_correction", "propose"),
    ("approval", "sign"),
    ("approval", "refuse"),
    ("approval", "cancel"),
}

# A head with an account confirms days on the bid's own page; feedback is given on a page of its own.
WITHOUT_STEP_PAGES = {"days_ask", "feedback"}


def test_every_step_that_people_take_has_a_page_and_its_rule(app: Flask) -> None:
    assert {pages.workflow.name for pages in PAGES} == set(PROCESSES) - WITHOUT_STEP_PAGES
    for pages in PAGES:
        for name in pages.workflow.step_names():
            people = {actor for row in pages.workflow.rows(name) for actor in row.by} - {Actor.CLOCK}
            has_page = bool(people) and (pages.workflow.name, name) not in NO_PAGE
            assert (name in pages.endpoints) is has_page, (pages.workflow.name, name)
            if has_page:
                assert rule_of(app, pages.endpoints[name]) is not None


class Light(Enum):
    RED = "red"
    GREEN = "green"


def test_a_plain_row_gets_its_page_without_a_line_of_a_room() -> None:
    go = Step("go_on", (Light.RED,), Light.GREEN, (Actor.OFFICER,), "Go", "Went", ("school",))
    own = Step("turn", (Light.RED,), Light.GREEN, (Actor.OFFICER,), "Turn", "Turned", ("school",))
    clock = Step("wait", (Light.RED,), Light.GREEN, (Actor.CLOCK,), "Wait", "Waited", ("school",))
    pages = StepPages(
        Workflow("light", "light", Light.RED, (go, own, clock)),
        path="/lights/<id:number>",
        load=lambda number: SimpleNamespace(number=number),
        parts=lambda light: {"number": light.number},
        back=lambda _light: "/",
        back_text="Back",
        caption=lambda _light: "A light",
        prefix="light_",
    )
    blueprint = Blueprint("lights", __name__)
    pages.own(blueprint, "turn")(lambda number: str(number))
    pages.add_rest(blueprint)
    pages.add_rest(blueprint)  # nothing is registered twice
    assert pages.endpoints == {"turn": "lights.light_turn", "go_on": "lights.light_go_on"}


ALL_KINDS = Step(
    "ask",
    (Light.RED,),
    Light.GREEN,
    (Actor.OFFICER,),
    "Ask",
    "Asked",
    ("school",),
    asks_for=tuple(
        Input(kind.name.lower(), kind, f"The {kind.name.lower()}", f"Enter the {kind.name.lower()}")
        for kind in Kind
        if kind is not Kind.PAGE
    ),
)


def test_every_kind_of_input_makes_a_field_that_must_be_filled_in(app: Flask) -> None:
    with app.test_request_context(method="POST", data={}):
        form = form_of(ALL_KINDS)()
        assert not form.validate()
        assert {name: errors[0] for name, errors in form.errors.items()} == {
            i.name: i.missing for i in ALL_KINDS.asks_for
        }


def test_what_was_given_comes_in_the_row_s_terms(app: Flask) -> None:
    sent = {
        "line": " PAY-1 ",
        "text": "Because.",
        "date-day": "1",
        "date-month": "12",
        "date-year": "2026",
        "amount": "£1,250.50",
        "tick": "y",
    }
    with app.test_request_context(method="POST", data=MultiDict(sent)):
        form = form_of(ALL_KINDS)()
        assert form.validate(), form.errors
        found = given(form, ALL_KINDS)
    assert found.pop("date").isoformat() == "2026-12-01"
    assert found == {"line": "PAY-1", "text": "Because.", "amount": 125_050, "tick": True}


def test_a_date_may_lie_in_the_past_unless_its_row_says_otherwise(
    app: Flask, subtests: pytest.Subtests, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    yesterday = TODAY - timedelta(days=1)
    for past, given_day, errors in (
        (True, yesterday, {}),
        (False, yesterday, {"by": ["The date must be today or later"]}),
        (False, TODAY, {}),
    ):
        step = replace(ALL_KINDS, asks_for=(day("by", "By when?", "Enter the date", past=past),))
        sent = {f"by-{part}": str(getattr(given_day, part)) for part in ("day", "month", "year")}
        with (
            subtests.test(past=past, given=given_day),
            app.test_request_context(method="POST", data=MultiDict(sent)),
        ):
            form = form_of(step)()
            assert form.validate() is not bool(errors)
            assert form.errors == errors


def test_an_amount_is_asked_for_in_pounds_and_given_in_pence(app: Flask) -> None:
    step = replace(ALL_KINDS, asks_for=(pounds("cost", "How much?", "Enter the amount", hint="Without VAT"),))
    with app.test_request_context(method="POST", data=MultiDict({"cost": "350.50"})):
        form = form_of(step)()
        assert form.validate(), form.errors
        assert given(form, step) == {"cost": 35_050}
        assert form["cost"].description == "Without VAT"


def _is_step(path: str) -> bool:
    return "/steps/" in path or bool(re.search(r"/(confirmations|approvals)/.*/(ask-again|cancel)$", path))


STEP_ROUTES = [(path, answers) for method, path, answers in rows() if method == "GET" and _is_step(path)]


def test_whoever_may_never_take_a_step_is_refused_it_when_sent_too(
    make: Make,
    client: FlaskClient,
    sign_in: Callable[[User | None], FlaskClient],
    time_machine: Any,
) -> None:
    """The form shows what only its takers may read, so an empty POST must not show it."""
    time_machine.move_to(NOW, tick=False)
    found = council(make)
    refused = 0
    for path, answers in STEP_ROUTES:
        for role in ("leader", "officer", "clerk", "finance", "impact"):
            if answers[ROLES.index(role)] != "!":
                continue
            address = path.format(**found.values)
            sign_in(found.people[role])
            if b"Only " not in client.get(address).data:
                continue  # it is theirs, though not now
            answer = client.post(address, data={})
            assert answer.status_code == 409, f"{role} at {address}: {answer.status_code}"
            assert b"<form method" not in answer.data.split(b"<main")[1], f"{role} at {address}"
            refused += 1
            db.session.rollback()
    assert refused > 70


def test_explanations_and_results_name_only_what_records_have(bid: Bid) -> None:  # noqa: F811 (the fixture)
    for name, workflow in PROCESSES.items():
        record = record_of(name, bid)
        for row in workflow.steps:
            for text in (*row.explained(record), row.filled(row.done, record)):
                assert "{" not in text


def test_a_stale_page_whose_step_is_gone_says_so_and_offers_no_button(
    make: Make, sign_in: Callable[[User], FlaskClient], time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    award = make.bid(state=BidState.IN_DELIVERY)
    assert award.officer
    make.session.commit()
    client, steps, version = sign_in(award.officer), f"/bids/{award.reference}/steps", award.version
    paused = client.post(f"{steps}/suspend", data={"version": version, "reason": "The head is away."})
    assert paused.status_code == 302
    late = client.post(f"{steps}/finish-delivery", data={"version": version})
    assert late.status_code == 409
    assert "nothing was saved. What happened:" in late.text
    assert "send it again" not in late.text
    assert "The support has finished</button>" not in re.sub(r"\s*(<|$)", r"\1", late.text)
    assert f'href="/bids/{award.reference}"' in late.text
