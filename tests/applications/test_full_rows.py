"""Grades, sums, copies and the school picker; the round's own questions."""

import json
import re
from typing import Any

from fundflow.applications import freezing, reading
from fundflow.applications.sections import PAGE
from fundflow.models.bid import Bid
from fundflow.models.fund import StaffGrade
from fundflow.rules.bid_sections import missing_sections
from tests.applications.helpers import (
    BACKFILL,
    OUTCOME,
    PARTNER,
    ask,
    errors,
    form,
    hidden,
    send,
    shrink,
    words_of,
)

# -- the round's own questions ----------------------------------------------------------------------


def test_the_rounds_own_questions_are_asked_limited_and_frozen_with_their_words(
    large: Bid, client: Any, session: Any
) -> None:
    assert "Questions of this round" not in client.get(form(large)).text
    must = ask(large, session, "Which ward is it in?", hint="As on the council’s map", most=50)
    may = ask(large, session, "Anything else?", required=False)
    ask(large, session, "Old question?", retired=True)
    assert missing_sections(large) == ["Questions of this round"]
    page = client.get(form(large, "/round-questions")).text
    assert "Which ward is it in?" in page
    assert "As on the council’s map" in page
    assert "Old question?" not in page
    wrong = send(client, form(large, "/round-questions"), **{f"question_{may.id}": "Yes"})
    assert errors(wrong) == ["Answer “Which ward is it in?”"]
    assert "Yes</textarea>" in wrong.text
    wrong = send(client, form(large, "/round-questions"), **{f"question_{must.id}": "x" * 51})
    assert errors(wrong) == ["Your answer must be 50 characters or fewer"]
    right = send(client, form(large, "/round-questions"), **{f"question_{must.id}": "Central"})
    assert right.status_code == 302
    session.expire_all()
    assert missing_sections(large) == []
    assert large.round_texts == {must.id: "Central", may.id: ""}
    frozen = json.loads(freezing.frozen(large))
    must.text, must.retired = "Another question", True
    read = next(read for read in reading.in_words(frozen) if read.slug == "round-questions")
    assert read.pairs[0] == ("Which ward is it in?", "Central")


def test_questions_of_the_round_from_the_sixth_on_have_a_page_of_their_own(
    large: Bid, client: Any, session: Any
) -> None:
    asked = [ask(large, session, f"What about {one}?", required=True) for one in range(1, 8)]
    first, second = form(large, "/round-questions"), form(large, "/more-questions")
    assert re.findall(r"What about (\d)\?\s*</label>", client.get(first).text) == list("12345")
    assert re.findall(r"What about (\d)\?\s*</label>", client.get(second).text) == list("67")
    saved = send(client, first, **{f"question_{one.id}": f"Much {one.id}" for one in asked[:5]})
    assert saved.location.endswith(second)
    session.expire_all()
    assert missing_sections(large) == ["More questions of this round"]
    assert not PAGE["more-questions"].is_started(large)
    send(client, second, **{f"question_{one.id}": f"Much {one.id}" for one in asked[5:]})
    session.expire_all()
    assert missing_sections(large) == []
    assert large.round_texts == {one.id: f"Much {one.id}" for one in asked}
    read = {one.slug: one.pairs for one in reading.in_words(json.loads(freezing.frozen(large)))}
    assert [question for question, _said in read["more-questions"]] == ["What about 6?", "What about 7?"]


def test_a_question_of_the_full_form_alone_is_not_asked_on_the_short_one(large: Bid, session: Any) -> None:
    ask(large, session, "Which ward?", full_only=True)
    assert missing_sections(large) == ["Questions of this round"]
    shrink(large)
    assert missing_sections(large) == []


def test_two_people_who_answer_the_rounds_questions_do_not_overwrite_one_another(
    large: Bid, client: Any, session: Any
) -> None:
    question = ask(large, session, "Which ward?")
    path = form(large, "/round-questions")
    old = hidden(client.get(path).text, "stamp")
    send(client, path, **{f"question_{question.id}": "Central"})
    answer = send(client, path, stamp=old, **{f"question_{question.id}": "North"})
    assert answer.status_code == 409
    assert "North" in answer.text
    assert "Central" in answer.text
    session.expire_all()
    assert large.round_texts == {question.id: "Central"}


# -- costs ------------------------------------------------------------------------------------------


def graded(bid: Bid, session: Any) -> StaffGrade:
    grade = StaffGrade(fund_id=bid.fund_id, title="Deputy head", cap_pence=40_000)
    session.add_all([grade, StaffGrade(fund_id=bid.fund_id, title="Old grade", cap_pence=1, retired=True)])
    session.commit()
    return grade


def test_another_grade_has_its_own_rate_and_a_reason(large: Bid, client: Any, session: Any) -> None:
    graded(large, session)
    path = form(large, "/costs/backfill/add")
    line = {**BACKFILL, "school_id": str(large.lead_school_id), "grade_id": "other", "staff_code": "LI9"}
    refused = send(client, path, **line)
    assert errors(refused) == ["Say which grade it is, and why it costs this much a day"]
    assert "Which grade is it, and why this day rate?" in refused.text
    assert (
        send(client, path, **{**line, "rate_reason": "A librarian, at her school’s rate."}).status_code == 302
    )
    session.expire_all()
    stored = large.backfill_lines[-1]
    assert (stored.grade, stored.rate_reason) == (None, "A librarian, at her school’s rate.")
    assert re.search(
        r'value="other"[^>]* selected', client.get(form(large, f"/costs/backfill/{stored.id}")).text
    )
    for row in large.backfill_lines[:-1]:
        session.delete(row)
    session.commit()
    assert "Costs" not in missing_sections(large)


def test_a_line_has_one_of_the_funds_grades_and_is_held_to_its_cap(
    large: Bid, client: Any, session: Any
) -> None:
    path = form(large, "/costs/backfill/add")
    assert "Grade" not in client.get(path).text
    grade = graded(large, session)
    assert missing_sections(large) == ["Costs"]
    page = client.get(path).text
    assert "Deputy head, up to £400 a day" in page
    assert "Old grade" not in page
    line = {**BACKFILL, "school_id": str(large.lead_school_id), "day_rate_pence": "400.01"}
    assert "Select the grade of the member of staff" in errors(send(client, path, **line))
    wrong = send(client, path, **line, grade_id=str(grade.id))
    assert errors(wrong) == ["Say why the day rate is above £400"]
    right = send(client, path, **{**line, "rate_reason": "She leads."}, grade_id=str(grade.id))
    assert right.status_code == 302
    for row in large.backfill_lines[:2]:
        send(
            client,
            form(large, f"/costs/backfill/{row.id}"),
            **BACKFILL,
            school_id=str(row.school_id),
            grade_id=str(grade.id),
        )
    session.expire_all()
    assert missing_sections(large) == []
    grade.cap_pence = 34_000  # lowered later
    assert "Say why the day rate of “Reading lead” is above £340" in client.get(form(large, "/check")).text


def test_a_line_keeps_a_grade_that_is_no_longer_offered(large: Bid, client: Any, session: Any) -> None:
    grade = graded(large, session)
    row = large.backfill_lines[0]
    row.grade = grade
    grade.retired = True
    session.commit()
    page = client.get(form(large, f"/costs/backfill/{row.id}")).text
    assert "Deputy head, up to £400 a day" in page
    assert "Deputy head" in client.get(form(large, "/check")).text
    assert missing_sections(large) == []


SUM = {"half_days": "6", "day_rate_pence": "£350", "on_cost_basis_points": "40%"}


def test_the_cost_is_worked_out_without_saving_or_losing_anything(
    large: Bid, client: Any, session: Any
) -> None:
    path = form(large, "/costs/backfill/add")
    before = large.version
    answer = send(client, path, **SUM, staff_role="Reading lead", rate_reason="Half a", work_out="yes")
    assert answer.status_code == 200
    assert "6 days × £350.00 + 40% = £2,940.00" in answer.text
    assert errors(answer) == []
    for typed in ('value="Reading lead"', 'value="£350"', "Half a</textarea>"):
        assert typed in answer.text
    wrong = send(client, path, **{**SUM, "half_days": "1.3"}, work_out="yes")
    assert wrong.status_code == 422
    assert errors(wrong) == ["Days must be in whole or half days, like 6 or 2.5"]
    session.expire_all()
    assert large.version == before
    # a row that is there shows its sum, and so does one with another error
    there = large.backfill_lines[1]
    assert "2.5 days × £240.00 + 40% = £840.00" in client.get(form(large, f"/costs/backfill/{there.id}")).text
    assert "6 days × £350.00 + 40% = £2,940.00" in send(client, path, **SUM).text


def test_save_and_add_another_leads_on_until_there_are_enough(large: Bid, client: Any, session: Any) -> None:
    path = form(large, "/outcomes/outcomes/add")
    for n in range(4):
        outcome = {**OUTCOME, "measure": f"Measure {n}"}
        second = send(client, path, **outcome, half="1").location
        assert ("Save and add another" in client.get(second).text) is (n < 3)
        answer = send(client, second, **outcome, another="yes")
        assert answer.location.endswith("/add" if n < 3 else "/form/outcomes")
    session.expire_all()
    assert len(large.outcomes) == 5


def test_a_copy_of_a_line_begins_with_its_answers_but_not_with_the_persons_code(
    large: Bid, client: Any, session: Any
) -> None:
    line = large.backfill_lines[1]
    page = client.get(form(large, "/costs")).text
    assert f"/costs/backfill/add?copy={line.id}" in page
    copy = client.get(form(large, f"/costs/backfill/add?copy={line.id}")).text
    assert 'value="240"' in copy
    assert 'value="Teacher"' in copy
    assert 'value="T1"' not in copy
    for odd in ("0", "99999", "x", ""):
        assert client.get(form(large, f"/costs/backfill/add?copy={odd}")).status_code == 200
    assert 'value="Travel"' not in client.get(form(large, "/costs/other-costs/add?copy=1")).text


def test_the_costs_section_shows_the_total_and_what_stands_in_its_way(
    large: Bid, client: Any, session: Any
) -> None:
    send(client, form(large, "/costs/match/add"), source="Trust", kind="in_kind", pence="100")
    send(client, form(large, "/costs/other-costs/add"), kind="materials", description="Books", pence="5000")
    page = words_of(client.get(form(large, "/costs")).text)
    assert "Match in kind, £100.00, is not taken off." in page
    assert "Materials may be at most 10% of the amount" in page
    assert "£12,200.00" in page


# -- schools ----------------------------------------------------------------------------------------


def test_organisations_that_are_no_schools_are_offered_only_where_the_fund_allows_them(
    large: Bid, make: Any, client: Any, session: Any
) -> None:
    virtual = make.school("Virtual School", urn="O00001", is_organisation=True)
    session.commit()
    path = form(large, "/schools/schools/add")
    assert "Virtual School" not in client.get(path).text
    for answers in ({"school_urn": virtual.urn}, {"urn_elsewhere": virtual.urn}):
        assert send(client, path, **PARTNER, **answers).status_code == 422
    large.fund.allows_organisations = True
    session.commit()
    page = client.get(path).text
    assert "Virtual School (O00001)" in page
    assert "Open schools and other organisations of this council" in page
    assert send(client, path, **PARTNER, school_urn=virtual.urn).status_code == 302
