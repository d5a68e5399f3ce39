"""A draft is written in one go: where each page leads, what it asks, and what it knows already."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.applications import known
from fundflow.applications.sections import PAGES
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.fund import StaffGrade
from fundflow.models.person import RoleName
from fundflow.models.review import Query
from fundflow.models.unfinished import BEGUN_FROM
from fundflow.workflow.application import BidState as S
from fundflow.workflow.support_request import RequestState
from tests.applications.helpers import BACKFILL, OUTCOME, day, errors, form, grow, hidden, save, send
from tests.factories import NOW

MOST_QUESTIONS = 5
FIRST_OUTCOME = {name: OUTCOME[name] for name in ("measure", "unit", "group", "method")}
SECOND_OUTCOME = {name: text for name, text in OUTCOME.items() if name not in FIRST_OUTCOME}


@pytest.fixture
def draft(make: Any, people: dict[str, Any], sign_in: Any) -> Bid:
    """An empty draft, with its head signed in."""
    bid: Bid = make.bid(lead=people["lead"], leader=people["head"], complete=False)
    sign_in(people["head"])
    return bid


@pytest.fixture
def full(make: Any, people: dict[str, Any], sign_in: Any) -> Bid:
    """A complete draft of the same school."""
    bid: Bid = make.bid(lead=people["lead"], leader=people["head"])
    sign_in(people["head"])
    return bid


def asked(page: str) -> list[str]:
    """Names of the questions on a page, in their order."""
    boxes = re.findall(r"<(?:input|select|textarea)\b[^>]*>", page.partition('method="post"')[2])
    names = [re.search(r'name="([a-z_]+)', box) for box in boxes if 'type="hidden"' not in box]
    return list(dict.fromkeys(found.group(1) for found in names if found))


def button(page: str) -> str:
    """The words of the page’s green button."""
    found = re.search(r'<button class="govuk-button" type="submit"[^>]*>([^<]*)</button>', page)
    return html.unescape(found.group(1)) if found else ""


def first_pages(draft: Bid, client: Any) -> dict[str, str]:
    """Where the task list’s links lead, by the section’s slug."""
    links = re.findall(r'task-list__link" href="([^"]*)"', client.get(form(draft)).text)
    return {link.removeprefix(form(draft, "/")).split("/")[0]: link for link in links}


def test_a_list_that_is_empty_opens_on_its_first_row(
    draft: Bid, client: Any, make: Any, session: Session
) -> None:
    there = first_pages(draft, client)
    assert there["schools"] == form(draft, "/schools/schools/add")
    assert there["outcomes"] == form(draft, "/outcomes/outcomes/add")
    assert there["costs"] == form(draft, "/costs/backfill/add")
    assert there["need"] == form(draft, "/need")
    page = client.get(there["schools"]).text
    assert "At least one must give or receive the support." in page
    assert "Back to the task list" in page
    draft.partners.append(
        Partner(school=make.school(), part=Part.PROVIDER, contact_name="", contact_email="")
    )
    session.commit()
    assert first_pages(draft, client)["schools"] == form(draft, "/schools")


def test_saving_leads_through_all_sections_to_check_answers(full: Bid, client: Any) -> None:
    slugs = [page.slug for page in PAGES if page.section.applies(full)]
    path, walked = form(full, f"/{slugs[0]}"), list[str]()
    while path != form(full, "/check"):
        walked.append(path.rpartition("/")[2])
        last = walked[-1] == slugs[-1]
        says = "Save and check your answers" if last else "Save and go to the next section"
        assert button(client.get(path).text) == says
        path = save(
            client,
            full,
            path.removeprefix(form(full)),
            **day("start_on", "4 1 2027"),
            **day("end_on", "1 7 2027"),
            priority_id=str(full.priority_id),
        ).location
    assert walked == slugs


def test_saving_a_new_row_leads_on_and_a_changed_one_back(full: Bid, draft: Bid, client: Any) -> None:
    assert save(client, draft, "/need").location == form(draft, "/need/evidence/add")
    row = {"group": "disadvantaged", "count": "61"}
    added = send(client, form(draft, "/pupils/groups/add"), **row, onward="yes")
    assert added.location == form(draft, "/outcomes/outcomes/add")
    assert button(client.get(form(draft, "/pupils/groups/add")).text) == "Save and go to the next section"
    there = form(full, f"/pupils/groups/{full.pupil_groups[0].id}")
    assert send(client, there, **row).location == form(full, "/pupils")
    assert button(client.get(there).text) == "Save and continue"


def test_outside_a_draft_saving_leads_back_to_the_task_list(
    make: Any, people: dict[str, Any], sign_in: Any
) -> None:
    bid = make.bid(lead=people["lead"], leader=people["head"], state=S.RETURNED)
    make.session.add(Query(bid_id=bid.id, batch=1, section="about", question="Why?", asked_at=NOW))
    make.session.commit()
    client = sign_in(people["head"])
    assert button(client.get(form(bid, "/about")).text) == "Save and continue"


def test_no_page_of_a_draft_asks_more_than_five_questions(
    draft: Bid, full: Bid, make: Any, client: Any, session: Session
) -> None:
    """Of rows the page of a new one, or both where it is asked on two; with all that the fund may add."""
    session.add(StaffGrade(fund_id=draft.fund_id, title="Leader", cap_pence=450_00))
    make.measure(draft.fund)
    for number in range(10):
        make.question(draft.round, text=f"Why {number}?")
    session.commit()
    for page in PAGES:
        paths = [form(draft, f"/{page.slug}")]
        paths += [f"{paths[0]}/{rows.slug}/add" for rows in page.rows if not rows.kept_elsewhere]
        for path in paths:
            assert len(asked(client.get(path).text)) <= MOST_QUESTIONS, path
    for path, first in (
        (form(draft, "/outcomes/outcomes/add"), FIRST_OUTCOME),
        (form(draft, "/costs/backfill/add"), line(draft)),
    ):
        second = send(client, path, **first, half="1").location
        assert 0 < len(asked(client.get(second).text)) <= MOST_QUESTIONS, second


def line(bid: Bid) -> dict[str, str]:
    """The first part of a line of backfill."""
    grades = bid.fund.grades_offered
    chosen = {"grade_id": str(grades[0].id)} if grades else {}
    return {"school_id": str(bid.lead_school_id), "staff_role": "Reading lead", "staff_code": "RL1"} | chosen


def test_the_first_part_of_a_row_is_kept_and_sent_with_the_second(
    draft: Bid, client: Any, session: Session
) -> None:
    path = form(draft, "/outcomes/outcomes/add")
    page = client.get(path).text
    assert asked(page) == ["measure", "unit", "group", "method"]
    wrong = client.post(path, data={"stamp": hidden(page, "stamp"), "half": "1", **FIRST_OUTCOME, "unit": ""})
    assert (wrong.status_code, errors(wrong)) == (422, ["Enter the unit"])
    assert asked(wrong.text) == ["measure", "unit", "group", "method"]
    for _ in range(2):  # a second click begins no second row
        kept = client.post(path, data={"stamp": hidden(page, "stamp"), "half": "1", **FIRST_OUTCOME})
    second = form(draft, f"/outcomes/outcomes/{BEGUN_FROM + 1}?half=2")
    assert kept.location == second
    session.expire_all()
    assert list(draft.unfinished) == [f"form/outcomes/outcomes/{BEGUN_FROM + 1}"]

    page = client.get(second).text
    assert asked(page) == ["compared_with", "baseline", "baseline_on", "target", "target_on"]
    carried = {name: hidden(page, name) for name in FIRST_OUTCOME}
    assert carried == FIRST_OUTCOME
    missing = send(client, second, **carried)
    assert errors(missing)[0] == "Enter the baseline"
    assert {name: hidden(missing.text, name) for name in FIRST_OUTCOME} == FIRST_OUTCOME
    assert asked(missing.text)[0] == "compared_with"
    assert send(client, second, **carried, **SECOND_OUTCOME, onward="yes").location == form(draft, "/plan")
    session.expire_all()
    assert draft.unfinished == {}
    assert [(o.measure, o.unit, o.baseline) for o in draft.outcomes] == [("Phonics standard", "%", 58)]


def test_the_first_page_tells_nothing_of_what_the_second_asks(draft: Bid, client: Any) -> None:
    answer = send(client, form(draft, "/costs/backfill/add"), **{**line(draft), "staff_code": ""}, half="1")
    assert errors(answer) == ["Enter the school’s own code for this person"]


def test_who_leaves_between_the_two_parts_finds_the_row_begun(draft: Bid, client: Any) -> None:
    send(client, form(draft, "/costs/backfill/add"), **line(draft), half="1")
    assert "Reading lead (not finished)" in client.get(form(draft, "/costs")).text
    path = form(draft, f"/costs/backfill/{BEGUN_FROM + 1}")
    page = client.get(path).text
    assert 'value="Reading lead"' in page
    assert {"staff_role", "half_days"} <= set(asked(page))
    assert "Finish the line of backfill you began" in client.get(form(draft, "/check")).text
    send(client, f"{path}?half=2", **line(draft), half_days="many", later="yes")
    assert 'value="many"' in client.get(path).text


def test_the_first_part_is_asked_again_where_it_became_wrong(
    draft: Bid, client: Any, make: Any, session: Session
) -> None:
    send(client, form(draft, "/costs/backfill/add"), **line(draft), half="1")
    second = form(draft, f"/costs/backfill/{BEGUN_FROM + 1}?half=2")
    answer = send(client, second, **{**BACKFILL, **line(draft), "school_id": "99999"})
    assert errors(answer) == ["Select one of the answers in the list"]
    assert {"school_id", "half_days"} <= set(asked(answer.text))


def test_a_reason_is_asked_where_the_day_rate_is_high(draft: Bid, client: Any, session: Session) -> None:
    path = form(draft, "/costs/backfill/add")
    sent = {**BACKFILL, **line(draft)}
    high = send(client, path, **{**sent, "day_rate_pence": "450.01"})
    assert errors(high) == ["Say why the day rate is above £450"]
    assert "rate_reason" in asked(high.text)
    assert "rate_reason" not in asked(send(client, path, **{**sent, "staff_code": ""}).text)
    send(client, path, **{**sent, "day_rate_pence": "450.01", "rate_reason": "She leads."})
    session.expire_all()
    (stored,) = draft.backfill_lines
    assert "rate_reason" in asked(client.get(form(draft, f"/costs/backfill/{stored.id}")).text)


def test_the_contact_is_who_writes_the_bid_with_the_number_known_of_them(
    people: dict[str, Any], make: Any, sign_in: Any, session: Session
) -> None:
    people["lead"].telephone = "01632 960 000"
    last, ours = (make.bid(lead=people["lead"], leader=people["head"], complete=False) for _ in range(2))
    client = sign_in(people["team"])
    page = client.get(form(ours, "/contact")).text
    assert [filled(page, f"contact_{name}") for name in ("name", "email", "phone")] == [
        "Tom Team",
        people["team"].email,
        "01632 960 000",
    ]
    last.contact_name, last.contact_email = "Hilary Head", people["head"].email
    last.contact_phone, last.contact_role = "01632 960 111", "Head teacher"
    session.commit()
    assert filled(client.get(form(ours, "/contact")).text, "contact_phone") == "01632 960 000"
    last.contact_email = people["team"].email
    session.commit()
    page = client.get(form(ours, "/contact")).text
    assert (filled(page, "contact_name"), filled(page, "contact_phone")) == ("Tom Team", "01632 960 111")


def test_an_officer_who_was_once_at_the_school_is_not_its_contact(people: dict[str, Any], make: Any) -> None:
    ours = make.bid(lead=people["lead"], leader=people["officer"], complete=False)
    place = make.belongs(people["officer"], people["lead"])
    assert known.contact(ours, people["officer"], NOW)["contact_name"] == "Olive Officer"
    place.ends_on = NOW.date() - timedelta(days=1)
    assert known.contact(ours, people["officer"], NOW) == {}


def test_an_officer_who_enters_a_bid_is_not_its_contact(draft: Bid, make: Any) -> None:
    assert known.contact(draft, draft.created_by, NOW)["contact_email"] == draft.created_by.email
    assert known.contact(draft, make.staff(RoleName.OFFICER), NOW) == {}  # it would bar them from the bid


def test_the_schools_last_approver_is_filled_in(
    people: dict[str, Any], make: Any, sign_in: Any, session: Session
) -> None:
    last, ours = (make.bid(lead=people["lead"], leader=people["head"]) for _ in range(2))
    for bid in (last, ours):
        grow(bid)
    last.approver_name, last.approver_email, last.approver_role = (
        "Chris Chair",
        "c@gov.example",
        last.approver_wanted,
    )
    ours.approver_name = ours.approver_email = ""
    session.commit()
    page = sign_in(people["head"]).get(form(ours, "/approver")).text
    assert (filled(page, "approver_name"), filled(page, "approver_email")) == ("Chris Chair", "c@gov.example")


def test_the_school_that_was_proposed_is_the_provider_to_add(
    draft: Bid, people: dict[str, Any], make: Any, client: Any, session: Session
) -> None:
    path = form(draft, "/schools/schools/add")
    request = make.support_request(
        people["lead"], draft.fund, state=RequestState.PROPOSED, proposed_school=people["oak"]
    )
    page = client.get(path).text
    assert re.search(rf'value="{people["oak"].urn}"[^>]* selected', page)
    assert filled(page, "contact_email") == people["provider"].email
    as_shown = {
        "school_urn": people["oak"].urn,
        "part": "provider",
        "contact_name": "Ola Oak",
        "contact_email": people["provider"].email,
    }
    assert send(client, path, **as_shown, onward="yes").location == form(draft, "/contact")
    session.expire_all()
    assert [(p.school_id, p.part) for p in draft.partners] == [(people["oak"].id, Part.PROVIDER)]
    assert filled(client.get(path).text, "contact_email") == ""  # they are in it now
    page = client.get(form(draft, "/costs/backfill/add")).text
    assert re.search(rf'value="{people["oak"].id}"[^>]* selected', page)
    request.state = RequestState.CLOSED
    session.commit()


def test_an_activity_begins_with_the_dates_of_the_project(full: Bid, client: Any, session: Session) -> None:
    path = form(full, "/plan/activities/add")
    page = client.get(path).text
    assert full.start_on
    assert filled(page, "starts_on-month") == str(full.start_on.month)
    dates = {
        f"{name}-{part}": filled(page, f"{name}-{part}")
        for name in ("starts_on", "ends_on")
        for part in ("day", "month", "year")
    }
    send(client, path, **dates, later="yes")
    session.expire_all()
    assert full.unfinished == {}
    send(client, path, **dates, what="Coaching", later="yes")
    session.expire_all()
    assert len(full.unfinished) == 1


def test_the_team_sends_its_bid_to_the_head(
    draft: Bid, people: dict[str, Any], sign_in: Any, client: Any
) -> None:
    assert "Check your answers and submit" in client.get(form(draft)).text
    team = sign_in(people["team"])
    assert "Check your answers and send to the head" in team.get(form(draft)).text
    assert "before you send them to the head" in " ".join(team.get(form(draft, "/check")).text.split())


def filled(page: str, name: str) -> str:
    """What stands in a box."""
    box = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', box.group(0)) if box else None
    return html.unescape(found.group(1)) if found else ""
