"""The form, from an empty draft to the worked example, and what each section refuses."""

from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.rules.bid_sections import missing_sections
from tests.applications.helpers import (
    ACTIVITY,
    BACKFILL,
    CONTACT,
    DATES,
    EVIDENCE,
    OUTCOME,
    PARTNER,
    asked_of,
    day,
    errors,
    form,
    save,
    send,
    the_rest,
)


@pytest.fixture
def draft(make: Any, sign_in: Any) -> Bid:
    """An empty draft, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid = make.bid(lead=lead, leader=leader, complete=False)
    sign_in(leader)
    return bid


def test_the_worked_example_comes_to_three_thousand_pounds_through_the_pages(
    draft: Bid, make: Any, client: Any, session: Any
) -> None:
    oak = make.school("Oakfield Academy")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("/schools/schools/add", {**PARTNER, "school_urn": oak.urn}),
        ("/contact", CONTACT),
        ("/about", {"title": "Reading recovery", "priority_id": str(draft.round.priorities[0].id)}),
        ("/need", {"need": "Only 58% reached the standard."}),
        ("/need/evidence/add", EVIDENCE),
        ("/pupils", {"pupils_benefiting": "112", "staff_benefiting": "6"}),
        ("/pupils/groups/add", {"group": "disadvantaged", "count": "61"}),
        ("/outcomes/outcomes/add", OUTCOME),
        ("/plan", DATES),
        ("/plan/activities/add", ACTIVITY),
        ("/costs/backfill/add", {**BACKFILL, "school_id": str(oak.id)}),
        (
            "/costs/backfill/add",
            {
                **BACKFILL,
                "school_id": str(oak.id),
                "staff_role": "Teacher",
                "staff_code": "T1",
                "half_days": "2.5",
                "day_rate_pence": "240",
                "on_cost_basis_points": "40",
            },
        ),
        ("/costs/other-costs/add", {"kind": "travel", "description": "Bus fares", "pence": "60"}),
        ("/other-funding", {"other_funding": "no"}),
    ]
    for path, answers in steps + the_rest(steps, full=False):
        unfinished = {"later": "yes"} if path in ("/need", "/pupils", "/plan") else {}
        answer = save(client, draft, path, **answers, **unfinished)
        assert answer.status_code == 302, (path, errors(answer))
    session.expire_all()
    assert draft.requested_pence == 300_000
    assert missing_sections(draft) == []
    costs = client.get(form(draft, "/costs")).text
    assert "£2,100.00" in costs
    assert "£3,000.00" in costs
    assert "£3,000.00" in client.get(form(draft)).text
    assert "Agree and submit bid" in client.get(form(draft, "/check")).text


def test_cash_match_is_taken_off_and_never_below_nothing(full: Bid, client: Any, session: Any) -> None:
    match = {"source": "PTA", "kind": "cash", "pence": "500"}
    assert send(client, form(full, "/costs/match/add"), **match).status_code == 302
    send(client, form(full, "/costs/match/add"), source="Trust", kind="in_kind", pence="900")
    session.expire_all()
    assert full.requested_pence == 250_000
    send(client, form(full, "/costs/match/add"), source="Donor", kind="cash", pence="9,000")
    session.expire_all()
    assert full.requested_pence == 0


def test_the_task_list_says_how_far_each_section_is(draft: Bid, client: Any) -> None:
    send(client, form(draft, "/about"), title="Reading", later="yes")
    send(client, form(draft, "/contact"), **CONTACT)
    page = client.get(form(draft)).text
    assert page.count("Not started") == asked_of(draft) - 2
    assert "In progress" in page
    assert f"You have completed 1 of {asked_of(draft)} sections" in page
    assert "Select the priority this bid serves" in page


def test_saving_for_later_keeps_an_unfinished_section(draft: Bid, client: Any, session: Any) -> None:
    answer = send(
        client,
        form(draft, "/contact"),
        contact_name="Sam",
        later="yes",
        contact_role="",
        contact_email="",
        contact_phone="",
    )
    assert answer.status_code == 302
    session.expire_all()
    assert (draft.contact_name, draft.contact_email) == ("Sam", "")


def test_adding_a_row_first_saves_what_was_typed(draft: Bid, client: Any, session: Any) -> None:
    answer = send(client, form(draft, "/need"), need="Reading is slow.", add="evidence")
    assert answer.location.endswith("/form/need/evidence/add")
    session.expire_all()
    assert draft.need == "Reading is slow."


WRONG = [
    (
        "/contact",
        {**CONTACT, "contact_email": "nobody"},
        "Enter an email address in the correct format, like name@example.com",
    ),
    ("/contact", {**CONTACT, "contact_name": "  "}, "Enter the name of the contact"),
    ("/about", {"title": "x" * 141}, "Title must be 140 characters or fewer"),
    ("/about", {"title": "Fine", "priority_id": "99999"}, "Select one of the answers in the list"),
    ("/need", {"need": "x" * 2001}, "Your answer must be 2,000 characters or fewer"),
    (
        "/pupils",
        {"pupils_benefiting": "0", "staff_benefiting": "1"},
        "The number of pupils must be between 1 and 100,000",
    ),
    (
        "/plan",
        {**day("start_on", "31 2 2027"), **day("end_on", "16 7 2027")},
        "The start date must be a real date, like 27 3 2027",
    ),
    (
        "/plan",
        {**day("start_on", "4 1 2027"), **day("end_on", "3 1 2027")},
        "The end date must be after the start date",
    ),
    (
        "/plan",
        {**day("start_on", "4 1 2027"), **day("end_on", "5 1 2028")},
        "The project may last at most 12 months",
    ),
    ("/other-funding", {}, "Select yes if other funding pays for the same days"),
    (
        "/other-funding",
        {"other_funding": "yes", "other_funding_note": ""},
        "Say what the other funding pays for",
    ),
    (
        "/approver",
        {"approver_name": "", "approver_email": "a@b.example", "approver_role": "Chair of governors"},
        "Enter the approver’s name",
    ),
    ("/need/evidence/add", {**EVIDENCE, "text": ""}, "Enter what the evidence shows"),
    ("/need/evidence/add", {**EVIDENCE, "kind": "gossip"}, "Select one of the answers in the list"),
    ("/pupils/groups/add", {"group": "disadvantaged", "count": "5"}, "You have added this group already"),
    ("/pupils/groups/add", {"group": "ethnic_group", "count": "5"}, "Enter which ethnic group"),
    (
        "/pupils/groups/add",
        {"group": "eal", "count": "0"},
        "The number of pupils must be between 1 and 100,000",
    ),
    ("/outcomes/outcomes/add", {**OUTCOME, "target": "58"}, "The target must differ from the baseline"),
    (
        "/outcomes/outcomes/add",
        {**OUTCOME, **day("target_on", "30 6 2029")},
        "The date of the target must be within 12 months of the project’s end, 17 May 2027",
    ),
    (
        "/outcomes/outcomes/add",
        {**OUTCOME, **day("target_on", "30 6 2026")},
        "The date of the target must be after the date of the baseline",
    ),
    (
        "/plan/activities/add",
        {**ACTIVITY, **day("starts_on", "1 12 2026")},
        "The project starts on 18 December 2026: start on or after that",
    ),
    (
        "/plan/activities/add",
        {**ACTIVITY, **day("ends_on", "1 12 2027")},
        "The project ends on 17 May 2027: end on or before that",
    ),
    (
        "/plan/activities/add",
        {**ACTIVITY, "half_days": "1.3"},
        "Days must be in whole or half days, like 6 or 2.5",
    ),
    ("/costs/backfill/add", {**BACKFILL, "school_id": "424242"}, "Select one of the answers in the list"),
    ("/costs/backfill/add", {**BACKFILL, "day_rate_pence": "450.01"}, "Say why the day rate is above £450"),
    (
        "/costs/backfill/add",
        {**BACKFILL, "on_cost_basis_points": "101"},
        "Employer’s pension and National Insurance must be between 0 and 100",
    ),
    ("/costs/backfill/add", {**BACKFILL, "vat_code": "zero"}, "Select one of the answers in the list"),
    ("/costs/backfill/add", {**BACKFILL, "half_days": ""}, "Enter the number of days"),
    (
        "/costs/other-costs/add",
        {"kind": "equipment", "description": "Tablets", "pence": "60"},
        "Select one of the answers in the list",
    ),
    (
        "/costs/match/add",
        {"source": "PTA", "kind": "cash", "pence": "-5"},
        "The amount must be between £0.01 and £100,000,000",
    ),
]


@pytest.mark.parametrize(("path", "answers", "sentence"), WRONG)
def test_a_wrong_answer_is_refused_with_a_sentence_and_changes_nothing(
    full: Bid, client: Any, session: Any, path: str, answers: dict[str, str], sentence: str
) -> None:
    before = full.version
    answer = send(client, form(full, path), **answers)
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "<title>Error: " in " ".join(answer.text.split()) or "Error: " in answer.text
    session.expire_all()
    assert full.version == before


def test_a_school_takes_part_once_and_must_be_open(full: Bid, make: Any, client: Any) -> None:
    closed = make.school("Closed Primary", status_code=2)
    there = full.partners[0].school
    tries = [
        ({"school_urn": there.urn}, f"You have added {there.name} already"),
        ({"school_urn": ""}, "Choose a school, or enter its URN"),
        (
            {"urn_elsewhere": full.lead_school.urn},
            "Hazelmere Primary leads the bid, so it takes part already",
        ),
        ({"urn_elsewhere": closed.urn}, "Closed Primary is not open"),
        ({"urn_elsewhere": "999999"}, "We hold no school with this URN"),
        ({"urn_elsewhere": "12"}, "We hold no school with this URN"),
        (
            {"urn_elsewhere": closed.urn, "school_urn": there.urn},
            "Choose a school from the list or enter a URN, not both",
        ),
    ]
    for named, sentence in tries:
        answer = send(client, form(full, "/schools/schools/add"), **PARTNER, **named)
        assert answer.status_code == 422
        assert sentence in errors(answer)
    assert closed.urn not in client.get(form(full, "/schools/schools/add")).text


def test_a_school_of_another_authority_joins_by_its_urn(
    full: Bid, make: Any, client: Any, session: Any
) -> None:
    afar = make.school("Afar High", la_code="800")
    answer = send(client, form(full, "/schools/schools/add"), **PARTNER, urn_elsewhere=afar.urn)
    assert answer.status_code == 302
    session.expire_all()
    row = full.partners[-1]
    assert row.school == afar
    assert f'value="{afar.urn}"' in client.get(form(full, f"/schools/schools/{row.id}")).text


def test_a_school_with_backfill_stays_until_its_lines_are_gone(
    full: Bid, make: Any, client: Any, session: Any
) -> None:
    partner, other = full.partners[0], make.school()
    session.commit()
    answer = send(client, form(full, f"/schools/schools/{partner.id}/remove"))
    assert answer.status_code == 409
    assert "has lines of backfill" in answer.text
    answer = send(client, form(full, f"/schools/schools/{partner.id}"), **PARTNER, school_urn=other.urn)
    assert answer.status_code == 409


def test_rows_can_be_changed_and_removed(full: Bid, client: Any, session: Any) -> None:
    line = full.backfill_lines[0]
    path = form(full, f"/costs/backfill/{line.id}")
    page = client.get(path).text
    assert 'value="350"' in page
    answer = send(client, path, **{**BACKFILL, "school_id": str(line.school_id), "half_days": "4"})
    assert answer.status_code == 302
    session.expire_all()
    assert full.requested_pence == 300_000 - 2 * 35_000
    assert "Do you want to remove" in client.get(path + "/remove").text
    assert send(client, path + "/remove").status_code == 302
    session.expire_all()
    assert full.requested_pence == 90_000
    assert client.get(path).status_code == 404


def test_a_sixth_outcome_is_refused(full: Bid, client: Any) -> None:
    for n in range(4):
        send(client, form(full, "/outcomes/outcomes/add"), **{**OUTCOME, "measure": f"Measure {n}"})
    answer = send(client, form(full, "/outcomes/outcomes/add"), **OUTCOME)
    assert answer.status_code in (409, 422)


def test_a_large_bid_asks_for_an_approver(full: Bid, client: Any, session: Any) -> None:
    assert "Approver’s signature" not in client.get(form(full)).text
    full.requested_pence = 500_000
    session.commit()
    assert "Approver’s signature" in client.get(form(full)).text
