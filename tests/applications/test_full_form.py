"""The full form: when it applies, what each of its sections asks and refuses, and what is kept."""

import json
from typing import Any

import pytest

from fundflow.applications import freezing, reading
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import EvidenceStrength
from fundflow.models.files import Attachment, FileKind
from fundflow.models.fund import RoundQuestion, StaffGrade
from fundflow.models.review import Query
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import (
    ACTIVITY,
    BACKFILL,
    CONTACT,
    DATES,
    EVIDENCE,
    OUTCOME,
    PARTNER,
    errors,
    form,
    hidden,
    send,
)  # fmt: skip
from tests.factories import NOW

FULL = ("provider", "approach", "strength", "risks", "value", "lasting", "equality", "files")
RISK = {"risk": "A coach falls ill.", "likelihood": "2", "impact": "3", "mitigation": "Two are trained."}


@pytest.fixture
def large(make: Any, sign_in: Any) -> Bid:
    """A complete draft of £7,200, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid: Bid = make.bid(lead=lead, leader=leader)
    grow(bid)
    sign_in(leader)
    return bid


@pytest.fixture
def draft(make: Any, sign_in: Any) -> Bid:
    """An empty draft, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead)
    bid: Bid = make.bid(lead=lead, leader=leader, complete=False)
    sign_in(leader)
    return bid


def grow(bid: Bid) -> None:
    bid.backfill_lines[0].half_days, bid.requested_pence = 36, 720_000


def shrink(bid: Bid) -> None:
    bid.backfill_lines[0].half_days, bid.requested_pence = 12, 300_000


def ask(bid: Bid, session: Any, text: str, **values: Any) -> RoundQuestion:
    question = RoundQuestion(round_id=bid.round_id, text=text, **values)
    session.add(question)
    session.commit()
    return question


def words_of(text: str) -> str:
    return " ".join(text.split())


# -- when it applies ------------------------------------------------------------------------------


def test_the_task_list_says_which_form_applies_and_why(large: Bid, client: Any, session: Any) -> None:
    page = words_of(client.get(form(large)).text)
    assert "Your bid asks for £5,000 or more, so we need these sections too." in page
    for title in ("Your approach", "Risks", "Value for money", "Equality", "Attachments"):
        assert title in page
    assert "You have completed 16 of 16 sections" in page  # two of the 18 are optional
    assert page.count("Optional") == 2
    assert "Amount so far: <strong>£7,200.00</strong>" in page
    shrink(large)
    session.commit()
    page = words_of(client.get(form(large)).text)
    assert "This is the short form. From £5,000 on we ask for more" in page
    assert "Your approach" not in page


@pytest.mark.parametrize(("pence", "is_full"), [(499_999, False), (500_000, True)])
def test_the_full_form_begins_at_its_amount_to_the_penny(
    large: Bid, session: Any, pence: int, is_full: bool
) -> None:
    large.requested_pence = pence
    found = set(freezing.answers(large)["sections"])
    assert (set(FULL) <= found) is is_full
    assert is_full or not set(FULL) & found


def test_from_the_short_to_the_full_form_and_back_keeps_every_answer(
    large: Bid, client: Any, session: Any
) -> None:
    session.add(RoundQuestion(round_id=large.round_id, text="Which ward?", full_only=True))
    session.commit()
    (question,) = large.round.questions
    send(client, form(large, "/round-questions"), **{f"question_{question.id}": "Central"})
    session.expire_all()
    full = freezing.frozen(large)
    path = form(large, f"/costs/backfill/{large.backfill_lines[0].id}")
    line = {**BACKFILL, "school_id": str(large.backfill_lines[0].school_id)}
    answer = send(client, path, **line)
    assert answer.status_code == 302
    page = words_of(client.get(answer.location).text)
    assert "asks for less than £5,000, so it needs the short form only" in page
    session.expire_all()
    assert large.requested_pence == 300_000
    assert not set(FULL) & set(freezing.answers(large)["sections"])
    assert large.round_texts == {}
    answer = send(client, path, **{**line, "half_days": "18"})
    page = words_of(client.get(answer.location).text)
    assert "Your bid now asks for £5,000 or more, so the task list has more sections." in page
    session.expire_all()
    assert freezing.frozen(large) == full


@pytest.mark.parametrize(("type_code", "pence", "who"), [
    (1, 499_999, None), (1, 500_000, "Chair of governors"), (28, 500_000, "For the trust"),
    (34, 200_000, "For the trust"), (34, 199_999, None), (11, 500_000, "Chair of governors"),
])  # fmt: skip
def test_who_signs_follows_from_the_schools_type_and_the_amount(
    make: Any, sign_in: Any, session: Any, type_code: int, pence: int, who: str | None
) -> None:
    trusts_from = 200_000 if type_code == 34 else 500_000
    lead = make.school("Hazelmere", type_code=type_code)
    leader = make.member(lead)
    bid = make.bid(lead=lead, leader=leader, fund=make.fund(trust_signs_from_pence=trusts_from))
    for line in bid.backfill_lines:
        session.delete(line)
    bid.cost_lines[0].pence = bid.requested_pence = pence
    client = sign_in(leader)
    assert bid.approver_wanted == who
    assert ("Approver’s signature" in client.get(form(bid)).text) is (who is not None)
    if who:
        page = words_of(client.get(form(bid, "/approver")).text)
        least = "£2,000" if trusts_from == 200_000 else "£5,000"
        assert f"Your bid asks for {least} or more." in page
        assert ("chair of governors" if "Chair" in who else "is an academy") in page
        send(client, form(bid, "/approver"), approver_name="Chris", approver_email="c@gov.example")
        session.expire_all()
        assert bid.approver_role == who
        assert who in client.get(form(bid, "/check")).text


def test_an_organisation_that_is_no_school_signs_for_itself(make: Any) -> None:
    bid = make.bid(lead=make.school("Virtual School", urn="O00001", is_organisation=True, type_code=None))
    grow(bid)
    assert bid.approver_wanted == "For the organisation"


# -- what is missing, and what is wrong ------------------------------------------------------------

MISSING = {
    "need": "Add a second piece of evidence: bids of £5,000 or more need two",
    "provider": "Say why a school can’t give this support",
    "approach": "Say what will change in classrooms",
    "strength": "Enter where the evidence comes from",
    "risks": "Add at least one risk",
    "value": "Say why this is good value for money",
    "lasting": "Say how you will share what you learn",
    "equality": "Say how this affects equality",
    "approver": "Enter the approver’s name",
}


def empty(bid: Bid, session: Any) -> None:
    for row in [bid.evidence[1], *bid.risks]:
        session.delete(row)
    bid.external_provider = "Readers plc"
    bid.approach = bid.evidence_strength_source = bid.value_for_money = bid.sustainability = ""
    bid.sharing = bid.equality = bid.approver_name = ""
    session.commit()
    session.expire_all()


def test_what_the_full_form_lacks_is_said_section_by_section(large: Bid, client: Any, session: Any) -> None:
    assert large.missing_sections() == []
    empty(large, session)
    assert len(large.missing_sections()) == len(MISSING)
    page = client.get(form(large, "/check")).text
    for sentence in MISSING.values():
        assert sentence in page
    assert "You can’t submit yet. Complete Support from outside schools, What needs to improve," in page
    shrink(large)
    assert large.missing_sections() == []


def test_a_new_full_bid_asks_for_everything(large: Bid, session: Any) -> None:
    large.phases, large.evidence_strength = [], None
    session.commit()
    assert large.missing_sections() == ["Your approach", "Evidence for your approach"]


LONG = "Your answer must be {} characters or fewer"
WRONG = [
    ("/provider", {"external_provider": "Readers plc"}, "Say why a school can’t give this support"),
    ("/provider", {"external_provider": "x" * 201}, "Name of the provider must be 200 characters or fewer"),
    ("/provider", {"external_provider": "x", "external_provider_reason": "x" * 501}, LONG.format("500")),
    ("/approach", {"approach": "We coach."}, "Select the phases this will reach"),
    ("/approach", {"approach": "We coach.", "phases": "9"}, "Select one of the answers in the list"),
    ("/approach", {"phases": "2"}, "Say what will change in classrooms"),
    ("/approach", {"phases": "2", "approach": "x" * 2001}, LONG.format("2,000")),
    ("/strength", {}, "Select how strong the evidence is"),
    ("/strength", {"evidence_strength": "eef_6"}, "Select one of the answers in the list"),
    ("/strength", {"evidence_strength": "local", "evidence_strength_source": ""},
     "Enter where the evidence comes from"),
    ("/strength", {"evidence_strength": "eef_1", "evidence_strength_source": "x" * 301},
     "Where does that come from? must be 300 characters or fewer"),
    ("/value", {}, "Say why this is good value for money"),
    ("/value", {"value_for_money": "x" * 1001}, LONG.format("1,000")),
    ("/lasting", {"sharing": "We tell."}, "Say how the change will last"),
    ("/lasting", {"sustainability": "We go on.", "sharing": " "}, "Say how you will share what you learn"),
    ("/lasting", {"sustainability": "x" * 1001, "sharing": "x"}, LONG.format("1,000")),
    ("/lasting", {"sustainability": "x", "sharing": "x" * 1001}, LONG.format("1,000")),
    ("/equality", {}, "Say how this affects equality"),
    ("/equality", {"equality": "x" * 1001}, LONG.format("1,000")),
    ("/approver", {"approver_email": "c@gov.example"}, "Enter the approver’s name"),
    ("/approver", {"approver_name": "Chris"}, "Enter the approver’s email address"),
    ("/approver", {"approver_name": "Chris", "approver_email": "chris"},
     "Enter an email address in the correct format, like name@example.com"),
    ("/risks/risks/add", {**RISK, "risk": ""}, "Enter what could go wrong"),
    ("/risks/risks/add", {**RISK, "risk": "x" * 301}, LONG.format("300")),
    ("/risks/risks/add", {**RISK, "likelihood": ""}, "Select how likely it is"),
    ("/risks/risks/add", {**RISK, "likelihood": "6"}, "Select one of the answers in the list"),
    ("/risks/risks/add", {**RISK, "impact": ""}, "Select how much it would matter"),
    ("/risks/risks/add", {**RISK, "impact": "0"}, "Select one of the answers in the list"),
    ("/risks/risks/add", {**RISK, "mitigation": ""}, "Enter what you will do about it"),
    ("/risks/risks/add", {**RISK, "mitigation": "x" * 501}, LONG.format("500")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "answers", "sentence"), WRONG)
def test_a_wrong_answer_of_the_full_form_is_refused_and_nothing_typed_is_lost(
    large: Bid, client: Any, session: Any, path: str, answers: dict[str, str], sentence: str
) -> None:
    before = freezing.frozen(large)
    answer = send(client, form(large, path), **answers)
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "Error: " in answer.text
    for typed in answers.values():
        assert typed.strip() in answer.text or typed in ("6", "9", "0", "eef_6")
    session.expire_all()
    assert freezing.frozen(large) == before


@pytest.mark.parametrize("path", ["/approach", "/value", "/lasting", "/equality", "/strength"])
def test_an_unfinished_section_of_the_full_form_is_kept_for_later(
    large: Bid, client: Any, session: Any, path: str
) -> None:
    empty(large, session)
    answer = send(client, form(large, path), later="yes", approach="", value_for_money="", sharing="We tell.",
                  evidence_strength="local")  # fmt: skip
    assert answer.status_code == 302


def test_every_answer_of_the_full_form_is_kept_and_read_again(large: Bid, client: Any, session: Any) -> None:
    empty(large, session)
    answered = [
        ("/provider", {"external_provider": "Readers plc", "external_provider_reason": "Only they test."}),
        ("/approach", {"phases": ["1", "2"], "approach": "We coach every teacher."}),
        ("/strength", {"evidence_strength": "none"}),
        ("/value", {"value_for_money": "£30 a pupil."}),
        ("/lasting", {"sustainability": "We go on.", "sharing": "We tell."}),
        ("/equality", {"equality": "All gain."}),
        ("/risks/risks/add", RISK), ("/need/evidence/add", {**EVIDENCE, "source": "Ofsted"}),
        ("/approver", {"approver_name": "Chris", "approver_email": "c@gov.example"}),
    ]  # fmt: skip
    for path, answers in answered:
        answer = send(client, form(large, path), **answers)
        assert answer.status_code == 302, (path, errors(answer))
    session.expire_all()
    assert large.missing_sections() == []
    assert (large.phases, large.evidence_strength) == (["1", "2"], EvidenceStrength.NONE)
    assert (large.risks[0].likelihood, large.risks[0].impact) == (2, 3)
    page = words_of(client.get(form(large, "/check")).text)
    for text in ("Nursery, Primary", "We coach every teacher.", "No evidence yet", "2: unlikely",
                 "Readers plc", "£30 a pupil.", "All gain.", "Chair of governors"):  # fmt: skip
        assert text in page
    risks = words_of(client.get(form(large, "/risks")).text)
    assert "A coach falls ill. (likelihood 2 × impact 3 = 6)" in risks


def test_a_provider_from_outside_may_be_the_one_that_gives_the_support(large: Bid, session: Any) -> None:
    from fundflow.models.bid_parts import Part

    large.partners[0].part = Part.PARTNER
    assert "Schools taking part" in large.missing_sections()
    large.external_provider, large.external_provider_reason = "Readers plc", "Only they can."
    assert large.missing_sections() == []


# -- the round's own questions ---------------------------------------------------------------------


def test_the_rounds_own_questions_are_asked_limited_and_frozen_with_their_words(
    large: Bid, client: Any, session: Any
) -> None:
    assert "Questions of this round" not in client.get(form(large)).text
    must = ask(large, session, "Which ward is it in?", hint="As on the council’s map", most=50)
    may = ask(large, session, "Anything else?", required=False)
    ask(large, session, "Old question?", retired=True)
    assert large.missing_sections() == ["Questions of this round"]
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
    assert large.missing_sections() == []
    assert large.round_texts == {must.id: "Central", may.id: ""}
    frozen = json.loads(freezing.frozen(large))
    must.text, must.retired = "Another question", True
    read = next(read for read in reading.in_words(frozen) if read.slug == "round-questions")
    assert read.pairs[0] == ("Which ward is it in?", "Central")


def test_a_question_of_the_full_form_alone_is_not_asked_on_the_short_one(large: Bid, session: Any) -> None:
    ask(large, session, "Which ward?", full_only=True)
    assert large.missing_sections() == ["Questions of this round"]
    shrink(large)
    assert large.missing_sections() == []


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


# -- costs -----------------------------------------------------------------------------------------


def graded(bid: Bid, session: Any) -> StaffGrade:
    grade = StaffGrade(fund_id=bid.fund_id, title="Deputy head", cap_pence=40_000)
    session.add_all([grade, StaffGrade(fund_id=bid.fund_id, title="Old grade", cap_pence=1, retired=True)])
    session.commit()
    return grade


def test_a_line_has_one_of_the_funds_grades_and_is_held_to_its_cap(
    large: Bid, client: Any, session: Any
) -> None:
    path = form(large, "/costs/backfill/add")
    assert "Grade" not in client.get(path).text
    grade = graded(large, session)
    assert large.missing_sections() == ["Costs"]
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
        send(client, form(large, f"/costs/backfill/{row.id}"), **BACKFILL, school_id=str(row.school_id),
             grade_id=str(grade.id))  # fmt: skip
    session.expire_all()
    assert large.missing_sections() == []
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
    assert large.missing_sections() == []


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
        assert ("Save and add another" in client.get(path).text) is (n < 3)
        answer = send(client, path, **{**OUTCOME, "measure": f"Measure {n}"}, another="yes")
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


# -- schools ---------------------------------------------------------------------------------------


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


# -- returned --------------------------------------------------------------------------------------


@pytest.fixture
def returned(make: Any, sign_in: Any, session: Any) -> Bid:
    """A short bid that was returned with a question about its costs; nothing of the full form is in it."""
    lead = make.school()
    leader = make.member(lead)
    bid: Bid = make.bid(lead=lead, leader=leader, state=S.RETURNED)
    empty(bid, session)
    bid.external_provider = ""
    session.add(
        Query(bid=bid, batch=1, section="costs", question="Why so few?", answer="More.", asked_at=NOW)
    )
    sign_in(leader)
    return bid


def test_a_returned_bid_that_grows_opens_the_sections_it_now_needs_and_waits_for_them(
    returned: Bid, client: Any, session: Any
) -> None:
    assert client.get(form(returned, "/equality")).location.endswith("/form")
    grow(returned)
    session.commit()
    page = client.get(form(returned)).text
    assert "Your bid asks for £5,000 or more" in page
    assert (
        "You can’t send the bid back yet. Complete Your approach,"
        in client.get(form(returned, "/check")).text
    )
    version = hidden(client.get(form(returned, "/check")).text, "version") or str(returned.version)
    sent = client.post(
        f"/bids/{returned.reference}/steps/resubmit", data={"version": version, "agreement": "y"}
    )
    assert sent.status_code == 409
    assert send(client, form(returned, "/equality"), equality="All gain.").status_code == 302
    assert send(client, form(returned, "/equality"), equality="All gain much.").status_code == 302
    assert send(client, form(returned, "/contact"), **CONTACT).status_code == 409


def test_a_question_about_a_section_of_the_full_form_can_be_answered_when_the_bid_has_shrunk(
    returned: Bid, client: Any, session: Any
) -> None:
    query = Query(bid=returned, batch=2, section="value", question="How so?", asked_at=NOW)
    session.add(query)
    session.commit()
    assert "Value for money" in client.get(form(returned)).text
    answer = send(
        client, form(returned, "/value"), value_for_money="£30.", **{f"reply_{query.id}": "Like so."}
    )
    assert answer.status_code == 302
    session.expire_all()
    assert query.answer == "Like so."


# -- frozen ----------------------------------------------------------------------------------------


def test_the_frozen_copy_names_the_files(large: Bid, client: Any, session: Any) -> None:
    session.add(Attachment(bid_id=large.id, name="plan.pdf", kind=FileKind.PDF, size=1_234_567,
                           sha256="a" * 64, store_key="k1", uploaded_at=NOW,
                           uploaded_by_id=large.created_by_id))  # fmt: skip
    session.add(Attachment(bid_id=large.id, name="old.pdf", kind=FileKind.PDF, size=5, sha256="b" * 64,
                           store_key="k2", uploaded_at=NOW, uploaded_by_id=large.created_by_id,
                           removed_at=NOW))  # fmt: skip
    session.commit()
    session.expire_all()
    data = json.loads(freezing.frozen(large))
    (row,) = data["sections"]["files"]["rows"]["files"]
    assert (row["name"], row["size"], row["sha256"]) == ("plan.pdf", 1_234_567, "a" * 64)
    page = client.get(form(large, "/check")).text
    assert "plan.pdf" in page
    assert "1.2 MB" in page
    assert "old.pdf" not in page
    for path in ("/files/files/add", f"/files/files/{large.files[0].id}",
                 f"/files/files/{large.files[0].id}/remove"):  # fmt: skip
        assert client.post(form(large, path), data={}).status_code in (404, 405)


def test_a_copy_from_before_there_was_a_full_form_still_reads(large: Bid) -> None:
    data = json.loads(freezing.frozen(large))
    for slug in FULL:
        del data["sections"][slug]
    data["sections"]["approver"]["answers"]["approver_role"] = "Chair of governors"
    read = {section.slug: section for section in reading.in_words(data)}
    assert "need" in read
    assert "equality" not in read
    assert ("Who signs", "Chair of governors") in read["approver"].pairs
    assert reading.costs_in_words(data).money["requested"] == 720_000


def test_a_line_without_a_grade_freezes_as_it_did_before_there_were_grades(large: Bid) -> None:
    rows = json.loads(freezing.frozen(large))["sections"]["costs"]["rows"]["backfill"]
    assert all("grade" not in row for row in rows)


# -- all of it -------------------------------------------------------------------------------------


def test_a_full_bid_of_four_partners_five_outcomes_and_eight_lines_through_the_pages(
    draft: Bid, make: Any, client: Any, session: Any
) -> None:
    schools = [make.school(name) for name in ("Oak", "Elm", "Ash", "Yew")]
    session.commit()
    parts = ("provider", "provider", "supported", "partner")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("/schools/schools/add", {**PARTNER, "part": part, "school_urn": school.urn})
        for school, part in zip(schools, parts, strict=True)
    ]
    steps += [
        ("/contact", CONTACT),
        ("/need/evidence/add", EVIDENCE), ("/need/evidence/add", {**EVIDENCE, "text": "2"}),
        ("/need", {"need": "Only 58% reached the standard."}),
        ("/about", {"title": "Reading", "priority_id": str(draft.round.priorities[0].id)}),
        ("/pupils/groups/add", {"group": "disadvantaged", "count": "61"}),
        ("/pupils", {"pupils_benefiting": "112", "staff_benefiting": "6"}),
        ("/plan", {**DATES, "later": "yes"}), ("/plan/activities/add", ACTIVITY),
        ("/other-funding", {"other_funding": "no"}),
    ]  # fmt: skip
    steps += [("/outcomes/outcomes/add", {**OUTCOME, "measure": f"Measure {n}"}) for n in range(5)]
    steps += [("/costs/backfill/add", {**BACKFILL, "school_id": str(schools[n % 2].id), "staff_code": f"C{n}",
                                       "half_days": f"{n + 1}.5"}) for n in range(8)]  # fmt: skip
    steps += [
        ("/approach", {"phases": "2", "approach": "We coach."}), ("/risks/risks/add", RISK),
        ("/strength", {"evidence_strength": "eef_4", "evidence_strength_source": "EEF"}),
        ("/value", {"value_for_money": "£126 a pupil."}), ("/equality", {"equality": "All gain."}),
        ("/lasting", {"sustainability": "We go on.", "sharing": "We tell."}),
        ("/approver", {"approver_name": "Chris", "approver_email": "c@gov.example"}),
    ]  # fmt: skip
    for path, answers in steps:
        answer = send(client, form(draft, path), **answers)
        assert answer.status_code == 302, (path, errors(answer))
    session.expire_all()
    assert draft.requested_pence == 40 * 35_000  # 1.5 + 2.5 + … + 8.5 days are 40
    assert draft.missing_sections() == []
    page = client.get(form(draft, "/check"))
    assert "Agree and submit bid" in page.text
    version = hidden(page.text, "version")
    sent = client.post(f"/bids/{draft.reference}/steps/submit", data={"version": version, "agreement": "y"})
    assert sent.status_code == 302
    session.expire_all()
    assert (len(draft.confirmations), len(draft.approvals)) == (4, 1)
    assert draft.approvals[0].role == "Chair of governors"
    assert client.get(f"/bids/{draft.reference}/application/versions/1").status_code == 200
