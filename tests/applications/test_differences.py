"""What changed between two versions, and the way back from a frozen one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.applications import differences, freezing
from fundflow.applications.differences import Change
from fundflow.applications.restore_draft import restore_draft
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    BackfillLine,
    CostKind,
    CostLine,
    MatchFunding,
    MatchKind,
    Part,
    Partner,
    PupilGroup,
    PupilGroupKind,
)
from fundflow.models.files import Attachment, FileKind
from fundflow.models.fund import StaffGrade
from fundflow.models.round import Priority, RoundQuestion
from fundflow.workflow.application import BidState as S
from tests.factories import NOW


def changed(bid: Bid, change: Any, session: Any) -> differences.Differences:
    """What `change` makes of a bid, as differences."""
    before = freezing.frozen(bid)
    change(bid)
    session.flush()
    session.expire(bid)
    return differences.between(before, freezing.frozen(bid))


def test_six_days_that_became_seven_are_one_changed_row_and_the_money_it_moves(
    make: Any, session: Any
) -> None:
    bid = make.bid(provider=make.school("Oakfield Academy", urn="123456"))

    def seven(bid: Bid) -> None:
        bid.backfill_lines[0].half_days = 14

    found = changed(bid, seven, session)
    assert [section.title for section in found.sections] == ["Costs"]
    (row,) = found.sections[0].rows
    assert (row.how, row.name) == ("changed", "Oakfield Academy (123456), Reading lead")
    assert row.changes == [Change("Days", "6 days", "7 days"), Change("Cost", "£2,100.00", "£2,450.00")]
    assert found.money == [
        Change("Backfill", "£2,940.00", "£3,290.00"),
        Change("Amount requested", "£3,000.00", "£3,350.00"),
    ]
    assert found.in_lines()[0] == (
        "Costs. Cover for released staff (backfill), Oakfield Academy (123456), "
        "Reading lead. Days: “6 days” → “7 days”"
    )


def test_the_same_answers_differ_in_nothing(make: Any) -> None:
    text = freezing.frozen(make.bid())
    found = differences.between(text, text)
    assert not found
    assert found.in_lines() == []
    assert differences.signed_parts(text, text) == []


def test_rows_are_known_again_when_others_come_and_go(make: Any, session: Any) -> None:
    bid = make.bid(provider=make.school("Oakfield Academy"))
    elm = make.school("Elm School")

    def change(bid: Bid) -> None:
        session.delete(bid.backfill_lines[0])
        bid.backfill_lines[1].day_rate_pence = 25_000
        session.add(CostLine(bid_id=bid.id, kind=CostKind.VENUE, description="Hall", pence=2_000))
        session.add(Partner(bid_id=bid.id, school=elm, part=Part.SUPPORTED))
        session.add(PupilGroup(bid_id=bid.id, group=PupilGroupKind.EAL, count=3))
        bid.pupil_groups[0].count = 60

    found = changed(bid, change, session)
    rows = {(section.slug, row.how): row for section in found.sections for row in section.rows}
    assert set(rows) == {
        ("schools", "added"),
        ("pupils", "changed"),
        ("pupils", "added"),
        ("costs", "changed"),
        ("costs", "removed"),
        ("costs", "added"),
    }
    assert rows["costs", "changed"].changes[0] == Change("Day rate", "£240.00", "£250.00")
    assert "Reading lead" in rows["costs", "removed"].name
    assert rows["schools", "added"].name.startswith("Elm School")
    assert rows["pupils", "changed"].changes == [Change("How many pupils of this group?", "61", "60")]


def test_another_school_is_one_that_left_and_one_that_came(make: Any, session: Any) -> None:
    bid, elm = make.bid(), make.school("Elm School")

    def change(bid: Bid) -> None:
        bid.partners[0].school = elm

    found = changed(bid, change, session)
    assert sorted(row.how for row in found.sections[0].rows) == ["added", "removed"]


def test_a_code_with_a_typo_is_still_the_same_line(make: Any, session: Any) -> None:
    bid = make.bid()

    def change(bid: Bid) -> None:
        bid.backfill_lines[0].staff_code = "RL2"

    (row,) = changed(bid, change, session).sections[0].rows
    assert (row.how, row.changes) == (
        "changed",
        [Change("The school’s own code for this person", "RL1", "RL2")],
    )


CASES = {
    "a typo": ({"need": "Only 58% of the pupils."}, []),
    "the telephone": ({"contact_phone": "01632 960 999"}, []),
    "more pupils": ({"pupils_benefiting": 120}, []),
    "the end": ({"end_on": (NOW + timedelta(days=100)).date()}, ["the dates"]),
}


@pytest.mark.parametrize("case", CASES)
def test_only_what_others_agreed_to_needs_their_word_again(make: Any, session: Any, case: str) -> None:
    values, parts = CASES[case]
    bid = make.bid()
    before = freezing.frozen(bid)
    for name, value in values.items():
        setattr(bid, name, value)
    session.flush()
    assert differences.signed_parts(before, freezing.frozen(bid)) == parts
    assert differences.between(before, freezing.frozen(bid))


def test_money_schools_and_outcomes_are_named_in_words(make: Any, session: Any) -> None:
    bid = make.bid()
    before = freezing.frozen(bid)
    bid.cost_lines[0].pence += 100
    bid.outcomes[0].target += 1
    bid.partners[0].part = Part.PARTNER
    session.flush()
    assert differences.signed_parts(before, freezing.frozen(bid)) == [
        "the schools that take part",
        "the outcomes",
        "the costs",
        "the amount",
    ]


def test_a_heads_new_address_is_no_other_school_but_a_new_approver_is_another_signature(
    make: Any, session: Any
) -> None:
    bid = make.bid()
    before = freezing.frozen(bid)
    bid.partners[0].contact_email = "new.head@provider.example"
    session.flush()
    after = freezing.frozen(bid)
    assert differences.signed_parts(before, after) == []
    assert not differences.approver_differs(before, after)
    with_approver = json.loads(after)
    with_approver["sections"]["approver"] = {"answers": {"approver_email": "c@x.example"}, "rows": {}}
    assert differences.approver_differs(after, json.dumps(with_approver))


# -- the way back ----------------------------------------------------------------------------------


def everything(make: Any, session: Any) -> Bid:
    """A bid of the full form with every kind of row, a grade, files and answers of the round's own."""
    bid: Bid = make.bid(lead=make.school("Lead (with brackets)"))
    session.add(Priority(round_id=bid.round_id, title="Attendance"))
    session.add(RoundQuestion(round_id=bid.round_id, text="How will you share it?", required=False))
    session.add(StaffGrade(fund_id=bid.fund_id, title="Head teacher", cap_pence=55_000))
    session.flush()
    session.refresh(bid.round)
    session.refresh(bid.fund)
    bid.backfill_lines[0].grade = bid.fund.grades[0]
    bid.backfill_lines[0].half_days, bid.requested_pence = 48, 990_000
    bid.backfill_lines.append(
        BackfillLine(
            school=bid.lead_school,
            staff_role="Teacher",
            staff_code="T1",
            half_days=5,
            vat_code="exempt",
            day_rate_pence=24_000,
            on_cost_basis_points=0,
            rate_reason="",
        )
    )
    bid.match_funding = [MatchFunding(source="PTA", kind=MatchKind.IN_KIND, pence=5_000)]
    bid.round_texts = {bid.round.questions[0].id: "At the heads’ meeting."}
    for n in (1, 2):
        bid.attachments.append(
            Attachment(
                name=f"data {n}.pdf",
                kind=FileKind.PDF,
                size=1_000,
                sha256=str(n) * 64,
                store_key=f"k{n}",
                description="Data",
                uploaded_at=NOW,
                uploaded_by_id=bid.created_by_id,
            )
        )
    session.flush()
    session.expire_all()
    return bid


def spoil(bid: Bid, session: Any, school: Any) -> None:
    """Change about everything that can be changed."""
    for name in ("title", "need", "contact_name", "contact_phone", "approach"):
        setattr(bid, name, "Spoilt")
    bid.priority = next((p for p in bid.round.priorities if p is not bid.priority), None)
    bid.pupils_benefiting, bid.other_funding, bid.start_on = None, None, None
    for rows in (bid.outcomes, bid.evidence, bid.activities, bid.match_funding):
        for row in list(rows):
            session.delete(row)
    bid.backfill_lines[0].half_days, bid.backfill_lines[0].grade = 1, None
    bid.partners[0].school = school
    bid.pupil_groups[0].count += 1
    for number in bid.round_texts:
        bid.round_texts = {number: "Spoilt"}
    if bid.attachments:
        bid.attachments[0].removed_at = NOW
        bid.attachments.append(
            Attachment(
                name="new.pdf",
                kind=FileKind.PDF,
                size=1,
                sha256="9" * 64,
                store_key="k9",
                uploaded_at=NOW,
                uploaded_by_id=bid.created_by_id,
            )
        )
    session.flush()
    session.expire_all()


@pytest.mark.parametrize("kind", ["everything", "short", "empty", "submitted"])
def test_thawing_brings_back_exactly_what_was_frozen(make: Any, session: Any, kind: str) -> None:
    bid = {
        "everything": lambda: everything(make, session),
        "short": make.bid,
        "empty": lambda: make.bid(complete=False),
        "submitted": lambda: make.bid(state=S.SUBMITTED),
    }[kind]()
    before, asked_for = freezing.frozen(bid), bid.requested_pence
    restore_draft(bid, before, NOW)
    assert freezing.frozen(bid) == before
    if kind != "empty":
        spoil(bid, session, make.school())
        assert freezing.frozen(bid) != before
    restore_draft(bid, before, NOW)
    session.expire_all()
    assert freezing.frozen(bid) == before
    assert bid.requested_pence == asked_for


def test_a_file_taken_off_comes_back_and_one_put_on_since_goes_but_none_is_lost(
    make: Any, session: Any
) -> None:
    bid = everything(make, session)
    before = freezing.frozen(bid)
    spoil(bid, session, make.school())
    restore_draft(bid, before, NOW)
    session.expire_all()
    assert {a.name: a.removed_at for a in bid.attachments} == {
        "data 1.pdf": None,
        "data 2.pdf": None,
        "new.pdf": NOW,
    }


def test_rows_that_did_not_change_keep_their_numbers(make: Any, session: Any) -> None:
    bid = make.bid()
    before, numbers = freezing.frozen(bid), [line.id for line in bid.backfill_lines]
    bid.need = "Something else."
    restore_draft(bid, before, NOW)
    assert [line.id for line in bid.backfill_lines] == numbers


LINES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(1, 60_000), st.integers(0, 10_000), st.sampled_from("AB")),
    max_size=5,
)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)


@given(
    lines=LINES, need=WORDS, other=st.sampled_from([None, True, False]), pupils=st.none() | st.integers(1, 9)
)
def test_whatever_is_frozen_can_be_thawed(
    make: Any, session: Any, lines: Any, need: str, other: Any, pupils: Any
) -> None:
    bid = make.bid()
    for line in list(bid.backfill_lines):
        session.delete(line)
    session.flush()
    session.expire(bid)
    for half_days, rate, on_cost, code in lines:
        bid.backfill_lines.append(
            BackfillLine(
                school=bid.partners[0].school,
                staff_role="Lead",
                staff_code=code,
                half_days=half_days,
                day_rate_pence=rate,
                on_cost_basis_points=on_cost,
                vat_code="outside",
                rate_reason="",
            )
        )
    bid.need, bid.other_funding, bid.pupils_benefiting = need, other, pupils
    session.flush()
    restore_draft(bid, freezing.frozen(bid), NOW)  # counts the money from the lines
    before = freezing.frozen(bid)
    spoiled = [line.half_days for line in bid.backfill_lines]
    spoil_lines(bid, session)
    restore_draft(bid, before, NOW)
    session.expire_all()
    assert freezing.frozen(bid) == before
    assert [line.half_days for line in bid.backfill_lines] == spoiled
    session.rollback()


def spoil_lines(bid: Bid, session: Any) -> None:
    bid.need, bid.other_funding, bid.pupils_benefiting = "Other", None, None
    for line in list(bid.backfill_lines)[1:]:
        session.delete(line)
    session.add(CostLine(bid_id=bid.id, kind=CostKind.TRAVEL, description="More", pence=1))
    session.flush()
    session.expire_all()
