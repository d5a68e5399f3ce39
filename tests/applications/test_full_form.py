"""The full form: when it applies, what each of its sections asks and refuses, and what is kept."""

from typing import Any

import pytest

from fundflow.applications import freezing
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import EvidenceStrength
from fundflow.models.round import RoundQuestion
from fundflow.rules.bid_sections import missing_sections
from tests.applications.helpers import (
    ACTIVITY,
    BACKFILL,
    CONTACT,
    DATES,
    EVIDENCE,
    FULL,
    OUTCOME,
    PARTNER,
    RISK,
    asked_of,
    empty,
    errors,
    form,
    grow,
    hidden,
    save,
    send,
    shrink,
    the_rest,
    words_of,
)


@pytest.fixture
def draft(make: Any, sign_in: Any) -> Bid:
    """An empty draft, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead)
    bid: Bid = make.bid(lead=lead, leader=leader, complete=False)
    sign_in(leader)
    return bid


# -- when it applies --------------------------------------------------------------------------------


def test_the_task_list_says_which_form_applies_and_why(large: Bid, client: Any, session: Any) -> None:
    page = words_of(client.get(form(large)).text)
    assert "Your bid asks for £5,000 or more, so we need these sections too." in page
    for title in ("Your approach", "Risks", "Value for money", "Equality", "Attachments"):
        assert title in page
    wanted = asked_of(large) - 2  # two are optional
    assert f"You have completed {wanted} of {wanted} sections" in page
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


@pytest.mark.parametrize(
    ("type_code", "pence", "who"),
    [
        (1, 499_999, None),
        (1, 500_000, "Chair of governors"),
        (28, 500_000, "For the trust"),
        (34, 200_000, "For the trust"),
        (34, 199_999, None),
        (11, 500_000, "Chair of governors"),
    ],
)
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
        save(client, bid, "/approver", approver_name="Chris", approver_email="c@gov.example")
        session.expire_all()
        assert bid.approver_role == who
        assert who in client.get(form(bid, "/check")).text


def test_an_organisation_that_is_no_school_signs_for_itself(make: Any) -> None:
    bid = make.bid(lead=make.school("Virtual School", urn="O00001", is_organisation=True, type_code=None))
    grow(bid)
    assert bid.approver_wanted == "For the organisation"


# -- what is missing, and what is wrong -------------------------------------------------------------

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


def test_what_the_full_form_lacks_is_said_section_by_section(large: Bid, client: Any, session: Any) -> None:
    assert missing_sections(large) == []
    empty(large, session)
    assert len(missing_sections(large)) == len(MISSING)
    page = client.get(form(large, "/check")).text
    for sentence in MISSING.values():
        assert sentence in page
    assert f"You can’t submit yet. Complete the other {len(MISSING)} sections first." in page
    shrink(large)
    assert missing_sections(large) == []


def test_a_new_full_bid_asks_for_everything(large: Bid, session: Any) -> None:
    large.phases, large.evidence_strength = [], None
    session.commit()
    assert missing_sections(large) == ["Your approach", "Evidence for your approach"]


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
    (
        "/strength",
        {"evidence_strength": "local", "evidence_strength_source": ""},
        "Enter where the evidence comes from",
    ),
    (
        "/strength",
        {"evidence_strength": "eef_1", "evidence_strength_source": "x" * 301},
        "“Where does that come from?” must be 300 characters or fewer",
    ),
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
    (
        "/approver",
        {"approver_name": "Chris", "approver_email": "chris"},
        "Enter an email address in the correct format, like name@example.com",
    ),
    ("/risks/risks/add", {**RISK, "risk": ""}, "Enter what could go wrong"),
    ("/risks/risks/add", {**RISK, "risk": "x" * 301}, LONG.format("300")),
    ("/risks/risks/add", {**RISK, "likelihood": ""}, "Select how likely it is"),
    ("/risks/risks/add", {**RISK, "likelihood": "6"}, "Select one of the answers in the list"),
    ("/risks/risks/add", {**RISK, "impact": ""}, "Select how much it would matter"),
    ("/risks/risks/add", {**RISK, "impact": "0"}, "Select one of the answers in the list"),
    ("/risks/risks/add", {**RISK, "mitigation": ""}, "Enter what you will do about it"),
    ("/risks/risks/add", {**RISK, "mitigation": "x" * 501}, LONG.format("500")),
]


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
    answer = send(
        client,
        form(large, path),
        later="yes",
        approach="",
        value_for_money="",
        sharing="We tell.",
        evidence_strength="local",
    )
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
        ("/risks/risks/add", RISK),
        ("/need/evidence/add", {**EVIDENCE, "source": "Ofsted"}),
        ("/approver", {"approver_name": "Chris", "approver_email": "c@gov.example"}),
    ]
    for path, answers in answered:
        answer = save(client, large, path, **answers)
        assert answer.status_code == 302, (path, errors(answer))
    session.expire_all()
    assert missing_sections(large) == []
    assert (large.phases, large.evidence_strength) == (["1", "2"], EvidenceStrength.NONE)
    assert (large.risks[0].likelihood, large.risks[0].impact) == (2, 3)
    page = words_of(client.get(form(large, "/check")).text)
    for text in (
        "Nursery, Primary",
        "We coach every teacher.",
        "No evidence yet",
        "2: unlikely",
        "Readers plc",
        "£30 a pupil.",
        "All gain.",
        "Chair of governors",
    ):
        assert text in page
    risks = words_of(client.get(form(large, "/risks")).text)
    assert "A coach falls ill. (likelihood 2 × impact 3 = 6)" in risks


def test_a_provider_from_outside_may_be_the_one_that_gives_the_support(large: Bid, session: Any) -> None:
    from fundflow.models.bid_parts import Part

    large.partners[0].part = Part.PARTNER
    assert "Schools taking part" in missing_sections(large)
    large.external_provider, large.external_provider_reason = "Readers plc", "Only they can."
    assert missing_sections(large) == []


# -- all of it --------------------------------------------------------------------------------------


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
        ("/need/evidence/add", EVIDENCE),
        ("/need/evidence/add", {**EVIDENCE, "text": "2"}),
        ("/need", {"need": "Only 58% reached the standard."}),
        ("/about", {"title": "Reading", "priority_id": str(draft.round.priorities[0].id)}),
        ("/pupils/groups/add", {"group": "disadvantaged", "count": "61"}),
        ("/pupils", {"pupils_benefiting": "112", "staff_benefiting": "6"}),
        ("/plan", {**DATES, "later": "yes"}),
        ("/plan/activities/add", ACTIVITY),
        ("/other-funding", {"other_funding": "no"}),
    ]
    steps += [("/outcomes/outcomes/add", {**OUTCOME, "measure": f"Measure {n}"}) for n in range(5)]
    steps += [
        (
            "/costs/backfill/add",
            {
                **BACKFILL,
                "school_id": str(schools[n % 2].id),
                "staff_code": f"C{n}",
                "half_days": f"{n + 1}.5",
            },
        )
        for n in range(8)
    ]
    steps += [
        ("/approach", {"phases": "2", "approach": "We coach."}),
        ("/risks/risks/add", RISK),
        ("/strength", {"evidence_strength": "eef_4", "evidence_strength_source": "EEF"}),
        ("/value", {"value_for_money": "£126 a pupil."}),
        ("/equality", {"equality": "All gain."}),
        ("/lasting", {"sustainability": "We go on.", "sharing": "We tell."}),
        ("/approver", {"approver_name": "Chris", "approver_email": "c@gov.example"}),
    ]
    for path, answers in steps + the_rest(steps, full=True):
        answer = save(client, draft, path, **answers)
        assert answer.status_code == 302, (path, errors(answer))
    session.expire_all()
    assert draft.requested_pence == 40 * 35_000  # 1.5 + 2.5 + … + 8.5 days are 40
    assert missing_sections(draft) == []
    page = client.get(form(draft, "/check"))
    assert "Agree and submit bid" in page.text
    version = hidden(page.text, "version")
    sent = client.post(
        f"/bids/{draft.reference}/steps/submit",
        data={"version": version, "agreement": "y", "why_odd": "As planned."},
    )
    assert sent.status_code == 302
    session.expire_all()
    assert (len(draft.confirmations), len(draft.approvals)) == (4, 1)
    assert draft.approvals[0].role == "Chair of governors"
    assert client.get(f"/bids/{draft.reference}/application/versions/1").status_code == 200
