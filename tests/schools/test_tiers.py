"""Tiers of intervention: recorded with a reason, never changed, and read by staff alone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fundflow.models.area import Tier, TierEntry, tiers_on
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.models.school import School
from fundflow.schools.operations.tiers import record_tier
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make

SignIn = Callable[[User | None], FlaskClient]
R = RoleName
READ = (R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR)
SECRET = "Attendance collapsed in the autumn"


def record(school: School, user: User, tier: Tier = Tier.TARGETED, **changes: Any) -> None:
    record_tier(
        school,
        **{
            "tier": tier,
            "reason": SECRET,
            "from_on": TODAY,
            "latest": 0,
            "user": user,
            "now": NOW,
            **changes,
        },
    )


@pytest.fixture
def school(make: Make) -> School:
    return make.school("Larkfield")


def test_the_latest_entry_counts_and_the_earlier_ones_are_kept(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    officer = make.staff(R.OFFICER, "Olive Officer")
    record(school, officer)
    first = session.scalars(select(TierEntry)).one()
    record(school, officer, Tier.LIGHT, reason="It recovered", latest=first.id)
    page = sign_in(officer).get(f"/schools/{school.urn}").get_data(as_text=True)
    assert "<strong>2: light support</strong>" in page
    for words in ("3: targeted support", SECRET, "It recovered", "Olive Officer", "Record a tier"):
        assert words in page


def test_an_entry_is_never_changed_nor_removed(make: Make, session: Session, school: School) -> None:
    record(school, make.staff(R.OFFICER))
    for sql in ("UPDATE tier_entry SET tier = 1", "DELETE FROM tier_entry"):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(text(sql))


def test_it_is_recorded_on_its_page(make: Make, session: Session, school: School, sign_in: SignIn) -> None:
    client, path = sign_in(make.staff(R.ADMINISTRATOR)), f"/schools/{school.urn}/tier"
    page = client.get(path).get_data(as_text=True)
    given = {
        "tier": "4",
        "reason": SECRET,
        "from_on-day": "1",
        "from_on-month": "9",
        "from_on-year": "2025",
        "seen": page.split('name="seen" value="')[1].split('"')[0],
    }
    for _ in range(2):  # a double click records it once
        assert client.post(path, data=given).location == f"/schools/{school.urn}#tier"
    entry = session.scalars(select(TierEntry)).one()
    assert (entry.tier, entry.from_on, entry.reason) == (4, date(2025, 9, 1), SECRET)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tier": ""}, "Select a tier"),
        ({"tier": "5"}, "Select one of the answers"),
        ({"reason": " "}, "Enter the reason"),
        ({"from_on-day": "31", "from_on-month": "2"}, "real date"),
    ],
)
def test_what_is_missing_gets_a_sentence(
    make: Make, school: School, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    given = {
        "tier": "4",
        "reason": "Why",
        "from_on-day": "1",
        "from_on-month": "9",
        "from_on-year": "2025",
        "seen": "0",
        **changes,
    }
    answer = sign_in(make.staff(R.OFFICER)).post(f"/schools/{school.urn}/tier", data=given)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


def test_a_tier_does_not_begin_in_the_future(make: Make, school: School) -> None:
    with pytest.raises(Refused, match="must have begun"):
        record(school, make.staff(R.OFFICER), from_on=TODAY + timedelta(days=1))


def test_two_officers_at_once_do_not_write_over_each_other(
    make: Make, session: Session, school: School, sign_in: SignIn
) -> None:
    one, other = make.staff(R.OFFICER), make.staff(R.OFFICER)
    record(school, one)
    with pytest.raises(AlreadyTaken):
        record(school, one)
    with pytest.raises(Stale):
        record(school, other, Tier.LIGHT)
    session.commit()
    given = {
        "tier": "2",
        "reason": "Why",
        "from_on-day": "1",
        "from_on-month": "9",
        "from_on-year": "2025",
        "seen": "0",
    }
    client, path = sign_in(other), f"/schools/{school.urn}/tier"
    stale = client.post(path, data=given)
    assert stale.status_code == 409
    seen = stale.get_data(as_text=True).split('name="seen" value="')[1].split('"')[0]
    assert client.post(path, data=given | {"seen": seen}).status_code == 302


def test_nobody_records_the_tier_of_their_own_school(make: Make, school: School, sign_in: SignIn) -> None:
    head = make.member(school)
    make.role(head, R.OFFICER)
    make.session.commit()
    with pytest.raises(Refused, match="You belong to Larkfield or its trust"):
        record(school, head)
    assert sign_in(head).get(f"/schools/{school.urn}/tier").status_code == 409


@pytest.mark.parametrize("role", [role for role in R if role not in READ] + [R.AUDITOR])
def test_nobody_else_records_one(make: Make, school: School, sign_in: SignIn, role: RoleName) -> None:
    user = make.staff(role)
    with pytest.raises(Refused, match="Only liaison officers and administrators"):
        record(school, user)
    assert sign_in(user).get(f"/schools/{school.urn}/tier").status_code == 403


class TestNobodyElseSeesAByte:
    def pages_of(self, client: FlaskClient, school: School, reference: str) -> str:
        paths = (
            f"/schools/{school.urn}",
            f"/schools?q={school.urn}",
            "/schools/tiers",
            "/schools/tiers.csv",
            "/schools/targets",
            f"/schools/{school.urn}/inspections/add",
            f"/schools/{school.urn}/targets/add",
            f"/bids/{reference}/form/need",
            f"/bids/{reference}/impact",
            f"/bids/{reference}/report",
            "/schools",
            "/work",
            "/bids",
            "/register",
            "/register.csv",
            f"/bids/{reference}",
            f"/bids/{reference}/application",
            f"/bids/{reference}/history",
            f"/bids/{reference}/review",
            "/me",
            "/bids?q=collapsed",
            "/schools?q=collapsed",
            "/money/ledger.csv",
            "/bids.csv",
        )
        return "".join(client.get(path).get_data(as_text=True) for path in paths)

    @pytest.fixture
    def reference(self, make: Make, school: School) -> str:
        bid = make.bid(state=BidState.AT_PANEL, lead=school)
        make.seat(bid.fund, name="Petra Panel")
        make.seat(bid.fund, position=SeatPosition.CHAIR, name="Chris Chair")
        record(school, make.staff(R.OFFICER))
        make.session.commit()
        return bid.reference

    def sees(self, page: str) -> bool:
        return SECRET in page or Tier.TARGETED.words in page or 'id="tier"' in page

    @pytest.mark.parametrize("role", [role for role in R if role not in READ])
    def test_of_the_council_s_other_people(
        self, make: Make, school: School, sign_in: SignIn, reference: str, role: RoleName
    ) -> None:
        assert not self.sees(self.pages_of(sign_in(make.staff(role)), school, reference))

    def test_of_schools_and_of_the_panel(
        self, make: Make, session: Session, school: School, sign_in: SignIn, reference: str
    ) -> None:
        people = [make.member(school), make.member(make.school())]
        people += session.scalars(select(User).where(User.name.in_(["Petra Panel", "Chris Chair"])))
        assert len(people) == 4
        for user in people:
            assert not self.sees(self.pages_of(sign_in(user), school, reference))

    @pytest.mark.parametrize("role", READ)
    def test_but_those_entitled_do(
        self, make: Make, school: School, sign_in: SignIn, reference: str, role: RoleName
    ) -> None:
        assert self.sees(self.pages_of(sign_in(make.staff(role)), school, reference))

    def test_of_somebody_whose_time_as_officer_has_ended(
        self, make: Make, school: School, sign_in: SignIn, reference: str
    ) -> None:
        user = make.user()
        make.role(user, R.OFFICER, ends_on=date(2021, 1, 1))
        assert not self.sees(self.pages_of(sign_in(user), school, reference))


def test_the_entry_made_last_counts_though_an_earlier_one_begins_later(
    make: Make, school: School, session: Session
) -> None:
    officer = make.staff(R.OFFICER)
    for tier, day in ((Tier.TARGETED, date(2026, 9, 1)), (Tier.INTENSIVE, date(2026, 3, 1))):
        session.add(
            TierEntry(school_id=school.id, tier=int(tier), reason="r", from_on=day, at=NOW, by_id=officer.id)
        )
    session.commit()
    assert tiers_on([school.id], date(2026, 11, 18)) == {school.id: Tier.INTENSIVE}
    assert tiers_on([school.id], date(2026, 2, 1)) == {}


@pytest.mark.parametrize("of_trust", [False, True])
@pytest.mark.parametrize("role", READ)
def test_nobody_reads_the_tier_of_their_own_school_or_trust(
    make: Make, school: School, sign_in: SignIn, role: RoleName, of_trust: bool
) -> None:
    other = make.school("Otherfield")
    for one in (school, other):
        record(one, make.staff(R.OFFICER))
    bid, user = make.bid(state=BidState.AT_PANEL, lead=school), make.staff(role)
    if of_trust:
        school.trust = make.trust()
    make.belongs(user, make.school("Sister", trust=school.trust) if of_trust else school)
    make.session.commit()
    client = sign_in(user)
    for path in ("/schools/tiers", "/schools/tiers.csv"):
        listed = client.get(path).text
        assert "Otherfield" in listed
        assert school.name not in listed
    for path in (f"/schools/{school.urn}", f"/bids/{bid.reference}/review"):
        page = client.get(path).text
        assert SECRET not in page
        assert Tier.TARGETED.words not in page
    assert SECRET in client.get(f"/schools/{other.urn}").text
