"""“Save and come back later” keeps whatever is there: what is malformed as typed, until it is put right."""

import html
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.applications import queries
from fundflow.applications.operations import put_back_unsent
from fundflow.applications.sections import PAGE, PAGES, begun_rows
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, MatchFunding, MatchKind
from fundflow.models.person import Standing
from fundflow.models.unfinished import BEGUN_FROM
from fundflow.rules.bid_sections import missing_sections
from tests.applications.helpers import ask, errors, form, hidden, send
from tests.factories import NOW
from tests.forms import is_shown, malformed

SECTIONS = [page.slug for page in PAGES if page.form.questions() or page.slug == "round-questions"]
ROWS = [(page.slug, rows.slug) for page in PAGES for rows in page.rows if not rows.kept_elsewhere]
LATER = {"later": "yes"}


def questions(client: Any, kind: Any, bid: Bid) -> list[Any]:
    with client.application.test_request_context("/"):
        asked = kind.for_bid(bid).about(bid, None)
        return [field for field in asked if field.name in asked.questions()]


def is_held_back(bid: Bid, slug: str, client: Any, session: Session) -> None:
    session.expire_all()
    (task,) = [task for task in queries.tasks(bid) if task.page.slug == slug]
    assert task.status == "In progress"
    assert task.page.title in missing_sections(bid)
    check = client.get(form(bid, "/check")).text
    assert task.missing[0] in html.unescape(check)
    agreed = {"agreement": "y", "version": hidden(check, "version"), "why_odd": "So."}
    assert client.post(f"/bids/{bid.reference}/steps/submit", data=agreed).status_code == 409
    session.expire_all()
    assert bid.submitted_at is None


@pytest.fixture
def bid(large: Bid, session: Session) -> Bid:
    ask(large, session, "What did the pupils say?")
    large.match_funding.append(MatchFunding(source="The parents", kind=MatchKind.IN_KIND, pence=10_000))
    session.commit()
    return large


@pytest.mark.parametrize("slug", SECTIONS)
def test_a_section_with_every_answer_malformed_loses_nothing(
    bid: Bid, client: Any, make: Any, sign_in: Any, session: Session, slug: str
) -> None:
    asked = questions(client, PAGE[slug].form, bid)
    sent = {name: text for field in asked for name, text in malformed(field).items()}
    assert send(client, form(bid, f"/{slug}"), **sent, **LATER).status_code == 302
    session.expire_all()
    assert bid.unfinished[f"form/{slug}"]["fields"] == {name: [text] for name, text in sent.items()}
    is_held_back(bid, slug, client, session)
    asha = sign_in(make.member(bid.lead_school, Standing.TEAM, name="Asha Rao"))
    is_shown(asha.get(form(bid, f"/{slug}")), asked)


@pytest.mark.parametrize(("slug", "kind"), ROWS)
@pytest.mark.parametrize("change", [False, True], ids=["new", "changed"])
def test_a_row_with_every_answer_malformed_loses_nothing(
    bid: Bid, client: Any, session: Session, slug: str, kind: str, change: bool
) -> None:
    page = PAGE[slug]
    rows = next(rows for rows in page.rows if rows.slug == kind)
    there = [row.id for row in rows.of(bid)]
    number = there[0] if change else BEGUN_FROM + 1
    asked = questions(client, rows.form, bid)
    sent = {name: text for field in asked for name, text in malformed(field).items()}
    path = form(bid, f"/{slug}/{kind}/{there[0] if change else 'add'}")
    stamp = hidden(client.get(path).text, "stamp")
    for _ in range(2):  # a second click changes nothing
        assert client.post(path, data={"stamp": stamp, **sent, **LATER}).status_code == 302
    session.expire_all()
    held = {place: entry["fields"] for place, entry in bid.unfinished.items()}
    assert held == {f"form/{slug}/{kind}/{number}": {name: [text] for name, text in sent.items()}}
    assert [row.id for row in rows.of(bid)] == there
    is_held_back(bid, slug, client, session)
    is_shown(client.get(form(bid, f"/{slug}/{kind}/{number}")), asked)
    section = client.get(form(bid, f"/{slug}")).text
    assert ("(not finished)" in section) is not change
    assert f"/{slug}/{kind}/{number}" in section

    remove = form(bid, f"/{slug}/{kind}/{number}/remove")
    if not change:
        assert send(client, remove).status_code == 302
        session.expire_all()
        assert (bid.unfinished, [row.id for row in rows.of(bid)]) == ({}, there)


LINE = {
    "staff_role": "Reading lead",
    "staff_code": "RL9",
    "day_rate_pence": "350",
    "on_cost_basis_points": "0",
    "vat_code": "outside",
}


def test_a_line_of_cover_is_begun_and_finished_by_a_colleague(
    bid: Bid, client: Any, make: Any, sign_in: Any, session: Session
) -> None:
    line = {**LINE, "school_id": str(bid.lead_school_id)}
    before = bid.requested_pence
    send(client, form(bid, "/costs/backfill/add"), **line, half_days="2,5 days", **LATER)
    asha = sign_in(make.member(bid.lead_school, Standing.TEAM, name="Asha Rao"))
    costs = html.unescape(asha.get(form(bid, "/costs")).text)
    assert "Reading lead (not finished)" in costs
    assert "You entered “2,5 days”" in costs
    path = form(bid, f"/costs/backfill/{BEGUN_FROM + 1}")
    page = asha.get(path).text
    assert 'value="2,5 days"' in page
    stamp = hidden(page, "stamp")
    for _ in range(2):
        assert asha.post(path, data={"stamp": stamp, **line, "half_days": "2.5"}).status_code == 302
    session.expire_all()
    assert bid.unfinished == {}
    assert bid.requested_pence == before + 87_500
    assert [r.half_days for r in bid.backfill_lines if r.staff_code == "RL9"] == [5]
    assert asha.get(path).location == form(bid, "/costs")  # by the browser's back button


def test_what_is_right_is_saved_beside_what_is_malformed(bid: Bid, client: Any, session: Session) -> None:
    send(client, form(bid, "/pupils"), pupils_benefiting="thirty", staff_benefiting="4", **LATER)
    session.expire_all()
    assert (bid.pupils_benefiting, bid.staff_benefiting) == (None, 4)
    page = client.get(form(bid, "/pupils"))
    assert page.status_code == 200
    assert 'value="thirty"' in page.text
    assert errors(page) == ["The number of pupils must be a whole number, like 12"]
    assert send(client, form(bid, "/pupils"), pupils_benefiting="30", staff_benefiting="4").status_code == 302
    session.expire_all()
    assert (bid.unfinished, bid.pupils_benefiting) == ({}, 30)


def test_a_date_that_moves_past_one_that_is_malformed_is_saved(
    bid: Bid, client: Any, session: Session
) -> None:
    dates = {"start_on-day": "1", "start_on-month": "9", "start_on-year": "2027"}
    dates |= {"end_on-day": "31", "end_on-month": "February", "end_on-year": "2028"}
    assert send(client, form(bid, "/plan"), **dates, **LATER).status_code == 302
    session.expire_all()
    assert (str(bid.start_on), bid.end_on) == ("2027-09-01", None)
    assert "You entered “31 February 2028”" in html.unescape(client.get(form(bid, "/check")).text)


def test_a_row_that_is_only_begun_waits_for_the_rest(bid: Bid, client: Any, session: Session) -> None:
    there = len(bid.risks)
    send(client, form(bid, "/risks/risks/add"), risk="A coach falls ill.", **LATER)
    session.expire_all()
    assert len(bid.risks) == there
    assert "Finish the risk you began" in client.get(form(bid, "/risks")).text
    page = client.get(form(bid, f"/risks/risks/{BEGUN_FROM + 1}"))
    assert "A coach falls ill." in page.text
    assert errors(page) == []


def test_an_empty_row_is_not_kept(bid: Bid, client: Any, session: Session) -> None:
    empty = {"staff_role": " ", "vat_code": "outside"}
    assert send(client, form(bid, "/costs/backfill/add"), **empty, **LATER).status_code == 302
    session.expire_all()
    assert bid.unfinished == {}


def test_a_change_that_is_not_finished_leaves_the_row_as_it_was(
    bid: Bid, client: Any, session: Session
) -> None:
    row = bid.cost_lines[0]
    path, pence = form(bid, f"/costs/other-costs/{row.id}"), row.pence
    cost = {"kind": row.kind.value, "description": "Hall"}
    send(client, path, **cost, pence="60 or so", **LATER)
    session.expire_all()
    assert bid.cost_lines[0].pence == pence
    assert 'value="60 or so"' in client.get(path).text
    send(client, path, **cost, pence="60")
    session.expire_all()
    assert (bid.unfinished, bid.cost_lines[0].description) == ({}, "Hall")


def test_a_colleagues_save_is_not_overwritten(bid: Bid, client: Any, session: Session) -> None:
    stamp = hidden(client.get(form(bid, "/pupils")).text, "stamp")
    send(client, form(bid, "/pupils"), pupils_benefiting="thirty", **LATER)
    late = client.post(
        form(bid, "/pupils"),
        data={"stamp": stamp, "pupils_benefiting": "x", "staff_benefiting": "3", **LATER},
    )
    assert late.status_code == 409
    assert 'value="x"' in late.text
    session.expire_all()
    assert bid.unfinished["form/pupils"]["fields"]["pupils_benefiting"] == ["thirty"]


def test_a_row_whose_own_is_gone_can_still_be_finished_or_removed(
    bid: Bid, client: Any, session: Session
) -> None:
    """As when a school passes its bid on and a partner leaves."""
    row = bid.backfill_lines[0]
    path = form(bid, f"/costs/backfill/{row.id}")
    send(client, path, **LINE, half_days="2,5", **LATER)
    session.delete(session.get(BackfillLine, row.id))
    session.commit()
    session.expire_all()
    costs = PAGE["costs"]
    (number,) = begun_rows(bid, costs, costs.rows[0])
    assert 'value="2,5"' in client.get(form(bid, f"/costs/backfill/{number}")).text
    line = {**LINE, "school_id": str(bid.lead_school_id)}
    assert send(client, path, **line, half_days="2").status_code == 302
    session.expire_all()
    assert bid.unfinished == {}


def test_more_than_any_form_holds_is_not_kept(bid: Bid, client: Any, session: Session) -> None:
    answer = send(client, form(bid, "/need"), need="x" * 100_001, **LATER)
    assert answer.status_code == 422
    session.expire_all()
    assert bid.unfinished == {}


def test_an_end_without_changes_leaves_nothing_unfinished(make: Any, client: Any, session: Session) -> None:
    bid = make.bid()
    bid.unfinished = {"form/need": {"fields": {"need": ["x"]}, "wrong": ["Too long"]}}
    put_back_unsent(bid, NOW)
    assert bid.unfinished == {}
