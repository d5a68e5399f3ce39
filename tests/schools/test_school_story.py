"""A school's story beside public data: on the form beside the need, for the officer, and on the report."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.area import Tier, TierEntry
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.person import RoleName, User
from fundflow.models.school import PupilPremium, School
from fundflow.rules.school_story import stories_of
from fundflow.workflow.application import BidState
from fundflow.workflow.inspection import NOT_COMPARABLE, REGIME
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
CARD = {"Inclusion": "Strong standard"}


@pytest.fixture
def school(make: Make) -> School:
    """A school with all that public data say, and a tier that it never reads."""
    found = make.school("Larkfield", pupils=Decimal("522.5"))
    for year, eligible in ((2024, "100"), (2025, "130.5")):
        figures = {"pupils": Decimal("522.5"), "eligible": Decimal(eligible), "allocation_pence": 1}
        make.session.add(PupilPremium(school=found, year=year, **figures))
    make.inspection(found, {"Overall effectiveness": "Inadequate"}, inspected_on=date(2020, 2, 1))
    make.inspection(found, {"Overall effectiveness": "Good"})
    make.inspection(found, CARD, regime="report_card", inspected_on=date(2026, 2, 3))
    gone = make.inspection(found, CARD, regime="report_card", inspected_on=date(2026, 3, 3))
    gone.removed_at, gone.removal_reason = NOW, "Another school’s"
    by = make.staff(RoleName.OFFICER).id
    entry = TierEntry(school_id=found.id, tier=4, reason="Attendance", from_on=TODAY, at=NOW, by_id=by)
    make.session.add(entry)
    make.session.commit()
    return found


def is_told(page: str) -> bool:
    wanted = ("522.5", "130.5 of 522.5 pupils, 25.0% (2025/26)", "3 February 2026", "14 March 2023")
    kinds = [REGIME[slug].words for slug in ("report_card", "overall")]
    return all(words in page for words in (*wanted, *kinds, NOT_COMPARABLE, "Inclusion: Strong standard"))


def test_a_story_has_the_newest_premium_and_the_latest_inspection_of_each_kind(
    make: Make, school: School
) -> None:
    plain, body = make.school("Plain"), make.organisation()
    first, second = stories_of([school, plain, school, body])
    assert first.premium is not None
    assert first.premium.year == 2025
    assert [(one.regime, one.inspected_on) for one in first.inspections] == [
        ("report_card", date(2026, 2, 3)),
        ("overall", date(2023, 3, 14)),
    ]
    assert (second.school, second.premium, second.inspections) == (plain, None, ())


def test_the_head_reads_it_beside_the_need_with_how_to_have_it_put_right(
    make: Make, school: School, sign_in: SignIn
) -> None:
    head = make.member(school)
    bid = make.bid(state=BidState.DRAFT, lead=school, leader=head)
    make.session.commit()
    client = sign_in(head)
    page = client.get(f"/bids/{bid.reference}/form/need").text
    assert is_told(page)
    assert "What we hold about Larkfield" in page
    assert "If something is wrong, tell us" in page
    assert "Inadequate" not in page  # an earlier one of the same kind is on the school's page
    assert Tier.INTENSIVE.words not in page
    assert "What we hold about" not in client.get(f"/bids/{bid.reference}/form/dates").text


def test_the_supported_school_s_story_stands_there_too(make: Make, school: School, sign_in: SignIn) -> None:
    lead = make.school("Lead")
    head = make.member(lead)
    bid = make.bid(state=BidState.DRAFT, lead=lead, leader=head)
    bid.partners.append(Partner(school=school, part=Part.SUPPORTED))
    make.session.commit()
    page = sign_in(head).get(f"/bids/{bid.reference}/form/need").text
    assert is_told(page)
    assert page.index("What we hold about Lead") < page.index("What we hold about Larkfield")


def test_the_officer_reads_the_inspections_beside_the_need(
    make: Make, school: School, sign_in: SignIn
) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=BidState.IN_REVIEW, lead=school, officer=officer)
    make.session.commit()
    page = sign_in(officer).get(f"/bids/{bid.reference}/review").text
    for words in ("Inclusion: Strong standard", "3 February 2026", NOT_COMPARABLE):
        assert words in page


def test_it_stands_on_the_report_for_the_school_and_whoever_accepts_it(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    head = make.member(school)
    bid = make.bid(state=BidState.IN_MONITORING, lead=school, leader=head)
    session.commit()
    page = sign_in(head).get(f"/bids/{bid.reference}/report").text
    assert is_told(page)
    assert Tier.INTENSIVE.words not in page
