"""What the fund's own rows say beside each item of the checklist."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.area import TierEntry
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import CostKind, CostLine
from fundflow.models.brokering import Contact, Expertise, How, SupportOffer, SupportRequest
from fundflow.models.fund import StaffGrade
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import RoleName, User
from fundflow.models.review import CHECKLIST, ITEMS
from fundflow.models.school import PupilPremium
from fundflow.review.evidence import evidence_for
from fundflow.review.figures import schools_table
from fundflow.workflow.application import BidState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.working_days import school_year
from tests.factories import NOW, Make
from tests.review.conftest import Case, SignIn


def test_something_is_known_about_every_item(case: Case, officer: User) -> None:
    known = evidence_for(case().bid, officer, NOW)
    assert list(known) == list(CHECKLIST)
    assert all(all(lines) for lines in known.values())


def test_the_rules_of_the_fund_are_the_items_that_block() -> None:
    blocking = [item.slug for item in ITEMS if item.blocking]
    assert blocking == ["area", "parties", "dates", "costs", "duplicate"]


def test_evidence_speaks_of_area_parties_priority_and_dates(case: Case, officer: User) -> None:
    known = evidence_for(case().bid, officer, NOW)
    assert known["area"] == ["Hazelmere Primary (open) is in Brackenford, in the fund’s area."]
    assert known["parties"] == ["2 take part: Hazelmere Primary and Oakfield Academy."]
    assert known["priority"] == ["The bid names “Early reading”."]
    assert known["dates"] == ["18 December 2026 to 17 May 2027: 5 months; the fund allows 12."]
    assert known["duplicate"] == [
        "The school says that no other funding pays.",
        "These schools have no other live bid.",
    ]
    assert known["reports"] == ["No report of these schools is overdue."]


def test_evidence_says_when_the_lead_school_is_outside_the_area(case: Case, officer: User) -> None:
    it = case()
    it.bid.lead_school.la_code, it.bid.lead_school.la_name = "871", "Elsewhere"
    assert "outside the fund’s area" in evidence_for(it.bid, officer, NOW)["area"][0]


def test_evidence_gives_the_share_of_materials(case: Case, officer: User) -> None:
    it = case()
    it.bid.cost_lines.append(CostLine(kind=CostKind.MATERIALS, description="Books", pence=40_000))
    assert evidence_for(it.bid, officer, NOW)["costs"] == [
        "Materials are £400.00 of £3,000.00 (13%); at most 10%. The fund gives one bid at most £25,000."
    ]


# -- day rates -------------------------------------------------------------------------------------


def rates(bid: Bid, officer: User) -> list[str]:
    return evidence_for(bid, officer, NOW)["rates"]


def test_without_an_award_there_is_nothing_to_compare_day_rates_with(case: Case, officer: User) -> None:
    assert rates(case().bid, officer) == [
        "Reading lead, £350 a day.",
        "Teacher, £240 a day.",
        "No award has been made yet to compare with.",
    ]


def test_a_day_rate_is_compared_with_past_awards_of_the_same_role(
    case: Case, officer: User, make: Make
) -> None:
    it = case()
    for rate in (28_000, 30_000, 40_000):
        past = make.bid(state=BidState.CLOSED, fund=it.fund)
        past.backfill_lines[0].day_rate_pence = rate
        past.backfill_lines[0].staff_role = " reading  LEAD"
    make.bid(state=BidState.NOT_FUNDED, fund=it.fund)  # no award
    make.bid(state=BidState.CLOSED)  # another fund's
    make.session.flush()
    assert rates(it.bid, officer) == [
        "Reading lead, £350 a day: past awards for this role £280 to £400, median £300 (3 lines); "
        "this is 17% above the median.",
        "Teacher, £240 a day: past awards for this role always £240 (3 lines); this is the same.",
    ]


def test_a_role_that_was_never_awarded_is_compared_with_all_awards(
    case: Case, officer: User, make: Make
) -> None:
    it = case()
    make.bid(state=BidState.CLOSED, fund=it.fund)  # £350 and £240
    it.bid.backfill_lines[1].staff_role = "Music teacher"
    assert rates(it.bid, officer)[1] == (
        "Music teacher, £240 a day: no past award for this role; all past awards £240 to £350, "
        "median £295 (2 lines); this is 19% below the median."
    )


def test_a_grade_decides_over_the_role_and_its_cap_is_named(case: Case, officer: User, make: Make) -> None:
    it = case()
    grade = StaffGrade(fund=it.fund, title="Senior leader", cap_pence=30_000)
    make.session.add(grade)
    past = make.bid(state=BidState.CLOSED, fund=it.fund)
    past.backfill_lines[1].grade = grade
    it.bid.backfill_lines[0].grade = grade
    it.bid.backfill_lines[0].rate_reason = "She is a national leader."
    make.session.flush()
    assert rates(it.bid, officer)[0] == (
        "Reading lead, £350 a day: past awards for this grade always £240 (1 line); "
        "this is 46% above. It is above the cap of £300. The school says: She is a "
        "national leader."
    )


# -- other bids of the same schools ----------------------------------------------------------------


def test_other_live_bids_of_the_schools_are_named_with_dates_and_staff_they_share(
    case: Case, officer: User, make: Make
) -> None:
    it = case()
    same = make.bid(state=BidState.IN_DELIVERY, fund=it.fund, lead=it.provider, provider=it.provider)
    same.backfill_lines[1].staff_code = "T9"
    later = make.bid(state=BidState.SUBMITTED, fund=it.fund, provider=it.bid.lead_school)
    later.start_on, later.end_on = date(2027, 9, 1), date(2027, 12, 17)
    for state in (BidState.DRAFT, BidState.NOT_FUNDED, BidState.CLOSED):
        make.bid(state=state, fund=it.fund, lead=it.provider)
    make.session.flush()
    assert evidence_for(it.bid, officer, NOW)["duplicate"][1:] == [
        f"{later.reference}: new, 1 September 2027 to 17 December 2027.",
        f"{same.reference}: in delivery, 18 December 2026 to 17 May 2027. Look: the "
        "dates overlap and RL1 is in both.",
    ]


def test_a_bid_the_reader_may_not_see_is_not_named(case: Case, deputy: User, make: Make) -> None:
    it = case()
    other = make.bid(state=BidState.IN_REVIEW, fund=it.fund, lead=it.provider)
    make.session.add(
        Declaration(
            bid_id=other.id,
            user_id=deputy.id,
            kind=InterestKind.BARRED,
            declared_at=NOW,
            recorded_by_id=deputy.id,
        )
    )
    make.session.flush()
    assert other.reference not in str(evidence_for(it.bid, deputy, NOW))


def test_overdue_reports_of_the_schools_are_named(case: Case, officer: User, make: Make) -> None:
    it = case()
    late = make.bid(state=BidState.IN_MONITORING, fund=it.fund, lead=it.provider)
    late.report.due_on = NOW.date() - timedelta(days=1)
    make.session.flush()
    assert evidence_for(it.bid, officer, NOW)["reports"] == [
        f"Overdue: {late.reference} since 17 November 2026."
    ]
    late.report.state = ReturnState.SUBMITTED
    make.session.flush()
    assert "No report" in evidence_for(it.bid, officer, NOW)["reports"][0]


# -- the provider ----------------------------------------------------------------------------------


def test_capacity_is_what_the_directory_offers_less_what_other_bids_take(
    case: Case, officer: User, make: Make
) -> None:
    it = case()
    assert evidence_for(it.bid, officer, NOW)["capacity"] == [
        "Oakfield Academy: this bid takes 8.5 days; other bids of 2026/27 take 0 days. It offers "
        "nothing in the directory.",
        "Oakfield Academy has not confirmed yet.",
    ]
    for half_days, withdrawn in ((30, None), (100, NOW)):
        make.session.add(
            SupportOffer(
                school=it.provider,
                title="Reading",
                half_days=half_days,
                who="Leads",
                withdrawn_at=withdrawn,
                updated_at=NOW,
                updated_by_id=it.provider_head.id,
            )
        )
    make.bid(state=BidState.IN_DELIVERY, fund=it.fund, provider=it.provider)  # 8.5 days
    make.bid(state=BidState.NOT_FUNDED, fund=it.fund, provider=it.provider)
    before = make.bid(state=BidState.CLOSED, fund=it.fund, provider=it.provider)
    before.start_on, before.end_on = date(2026, 1, 5), date(2026, 3, 5)  # the school year before
    make.session.flush()
    assert evidence_for(it.bid, officer, NOW)["capacity"][0] == (
        "Oakfield Academy: this bid takes 8.5 days; other bids of 2026/27 take 8.5 days; it offers "
        "15 days a year: 2 days too few."
    )


@pytest.mark.parametrize(("day", "first"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026)])
def test_a_school_year_begins_in_september(day: date, first: int) -> None:
    assert school_year(day) == (date(first, 9, 1), date(first + 1, 8, 31))


def test_schools_of_one_trust_are_pointed_out(case: Case, officer: User, make: Make) -> None:
    it = case()
    ask = "National support is not in our data: ask the school."
    assert evidence_for(it.bid, officer, NOW)["overlap"] == [
        "No two of the schools belong to one trust.",
        ask,
    ]
    it.bid.lead_school.trust = it.provider.trust = make.trust("Oak Trust")
    assert evidence_for(it.bid, officer, NOW)["overlap"] == [
        "Hazelmere Primary and Oakfield Academy belong to one trust, Oak Trust: might it give this "
        "support itself?",
        ask,
    ]


# -- brokering -------------------------------------------------------------------------------------


def contact(it: SimpleNamespace, by: User, **values: Any) -> Contact:
    return Contact(
        **{
            "on": date(2026, 5, 3),
            "how": How.PHONE,
            "with_whom": "The head",
            "said": "Secret",
            "school_id": it.provider.id,
            "at": NOW,
            "by_id": by.id,
            **values,
        }
    )


def test_what_the_officer_brokered_is_counted_and_never_quoted(
    case: Case, officer: User, deputy: User, make: Make
) -> None:
    it = case()
    nothing = "Nothing in the broker log or in requests for support names Olive Officer."
    assert evidence_for(it.bid, officer, NOW)["brokering"] == [nothing]
    make.session.add_all(
        [
            contact(it, officer),
            contact(it, officer, on=date(2026, 5, 20), about_bid_id=it.bid.id),
            contact(it, officer, on=date(2024, 5, 3)),  # long before the bid
            contact(it, officer, school_id=make.school().id),
            contact(it, deputy),
        ]
    )
    make.session.add(
        SupportRequest(
            fund=it.fund,
            school=it.bid.lead_school,
            expertise=Expertise.MATHS,
            need="Help",
            asked_at=NOW,
            asked_by_id=officer.id,
            state_since=NOW,
            draft_id=it.bid.id,
        )
    )
    it.bid.origin, it.bid.created_by_id = Origin.ENTERED, officer.id
    make.session.flush()
    known = evidence_for(it.bid, officer, NOW)
    assert known["brokering"] == [
        "Olive Officer entered the bid for the school.",
        "Olive Officer brokered the request for support that became this bid.",
        "Olive Officer logged 1 contact about this bid and 1 contact with its schools, the latest on "
        "20 May 2026.",
    ]
    assert "Secret" not in str(known)


def test_a_contact_that_was_put_right_counts_once(case: Case, officer: User, make: Make) -> None:
    it = case()
    wrong = contact(it, officer)
    make.session.add(wrong)
    make.session.flush()
    make.session.add(contact(it, officer, corrects_id=wrong.id))
    make.session.flush()
    assert "logged 1 contact with its schools" in evidence_for(it.bid, officer, NOW)["brokering"][0]


# -- the table of schools --------------------------------------------------------------------------


def test_the_pupil_premium_of_a_school_stands_beside_its_areas(case: Case, officer: User, make: Make) -> None:
    it = case()
    far = make.school(la_code="871")
    for school, pupils, eligible in (
        (it.bid.lead_school, "200", "50"),
        (it.provider, "300", "30"),
        (far, "100", "100"),
    ):
        make.session.add(
            PupilPremium(
                school=school,
                year=2025,
                pupils=Decimal(pupils),
                eligible=Decimal(eligible),
                allocation_pence=1,
            )
        )
    make.session.flush()
    make.session.expire_all()
    rows = {row.name: row.premium for row in schools_table(it.bid, officer, NOW).rows}
    assert rows == {
        "Hazelmere Primary": "25.0% (50 of 200, 2025/26)",
        "Oakfield Academy": "10.0% (30 of 300, 2025/26)",
        "All schools of Brackenford": "16.0% (80 of 500, 2025/26)",
    }


def test_a_schools_tier_is_for_staff_and_never_for_the_panel(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case(BidState.AT_PANEL)
    for tier, day in ((2, date(2025, 9, 1)), (4, date(2026, 9, 1)), (1, date(2027, 9, 1))):
        make.session.add(
            TierEntry(
                school_id=it.bid.lead_school_id, tier=tier, reason="r", from_on=day, at=NOW, by_id=officer.id
            )
        )
        make.session.flush()
    where = f"/bids/{it.bid.reference}/review"
    assert "4: intensive support" in sign_in(officer).get(where).text
    for reader in (it.seats[0].user, it.seats[3].user, make.staff(RoleName.CLERK)):
        text = sign_in(reader).get(where).text
        assert "The officer recommends" in text
        assert "intensive" not in text
        assert "Tier" not in text


def test_evidence_asks_as_often_whatever_there_is(
    case: Case, sign_in: SignIn, officer: User, make: Make, count_queries: list[Any]
) -> None:
    it = case()
    make.bid(state=BidState.IN_DELIVERY, fund=it.fund, lead=it.provider)
    where, number = f"/bids/{it.bid.reference}/review", it.bid.id
    client = sign_in(officer)

    def queries() -> int:
        make.session.commit()
        make.session.expunge_all()
        count_queries.clear()
        assert client.get(where).status_code == 200
        return len(count_queries)

    small = queries()
    bid = make.session.get_one(Bid, number)
    provider, lead = bid.providers[0], bid.lead_school
    for n in range(8):
        make.bid(state=BidState.IN_DELIVERY, fund=bid.fund, lead=lead, provider=provider)
        make.session.add(contact(SimpleNamespace(provider=provider), bid.officer))
        make.session.add(
            TierEntry(
                school_id=lead.id, tier=2, reason="r", from_on=date(2025, 9, 1), at=NOW, by_id=bid.officer.id
            )
        )
        who = make.staff(RoleName.CLERK)
        make.session.add(
            Declaration(
                bid_id=bid.id, user_id=who.id, kind=InterestKind.NONE, declared_at=NOW, recorded_by_id=who.id
            )
        )
        make.session.add(
            SupportOffer(
                school=provider,
                title=str(n),
                half_days=4,
                who="Leads",
                updated_at=NOW,
                updated_by_id=bid.officer.id,
            )
        )
    assert queries() == small
    assert small <= 31
