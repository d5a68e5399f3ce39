"""Matching on Slough's 47 real schools, or on invented ones of the same shape where those are not here.

The real ones come from the Department for Education's pupil premium file: names and URNs, but neither
phase, patch, trust nor grid; those are given here by rule.
"""

import csv
from collections.abc import Iterable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.brokering.candidates import matches
from fundflow.models.area import Cluster, ClusterSchool, Patch, TierEntry
from fundflow.models.brokering import Expertise
from fundflow.models.feedback import Feedback
from fundflow.models.person import Membership, RoleName, Standing
from fundflow.models.school import School
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import LONG_AGO, NOW, TODAY, Make
from tests.schools.files import DATA

REAL = DATA / "dfe-pupil-premium-2019-slough.csv"
SECONDARY = "Number of  Secondary pupils on roll (10)"
KINDS = tuple(Expertise)[:3]


def rows() -> list[tuple[str, str, int]]:
    """(URN, name, phase) of 47 schools."""
    if not REAL.is_file():
        return [(str(136_900 + n), f"Invented School {n}", 4 if n % 4 == 0 else 2) for n in range(47)]
    with REAL.open(encoding="utf-8-sig", newline="") as lines:
        return [
            (row["URN"], row["School Name"], 4 if row[SECONDARY].strip() not in ("", "0") else 2)
            for row in csv.DictReader(lines)
        ]


@pytest.fixture
def slough(make: Make) -> SimpleNamespace:
    """Every school offers something; every sixth belongs to one trust, every ninth has intensive
    support, one is closed, and one has promised all its days."""
    fund, officer = make.fund(la_code="871"), make.staff(RoleName.OFFICER)
    trust, patches = make.trust("Slough Trust"), [Patch(name="North"), Patch(name="South")]
    make.session.add_all(patches)
    make.session.flush()
    schools = [
        make.school(
            name,
            urn=urn,
            la_code="871",
            phase_code=phase,
            patch_id=patches[n % 2].id,
            trust=trust if n % 6 == 0 else None,
            status_code=2 if n == 5 else 1,
            easting=497_000 + 211 * n if n % 3 else None,
            northing=179_000 + 97 * n if n % 3 else None,
        )
        for n, (urn, name, phase) in enumerate(rows())
    ]
    for n, school in enumerate(schools):
        make.offer(school, KINDS[n % 3], half_days=8 + n, phases=["4" if school.phase_code == 4 else "2"])
        if n % 9 == 4:
            make.session.add(
                TierEntry(
                    school_id=school.id,
                    tier=4,
                    reason="Inspection",
                    from_on=LONG_AGO,
                    at=NOW,
                    by_id=officer.id,
                )
            )
    busy = schools[10]
    bid = make.bid(state=S.IN_DELIVERY, fund=fund, lead=schools[1], provider=busy)
    bid.backfill_lines[0].half_days = 100
    make.session.flush()
    return SimpleNamespace(fund=fund, officer=officer, schools=schools, trust=trust, busy=busy, bid=bid)


def names(found: Iterable[School]) -> set[str]:
    return {school.name for school in found}


def test_slough_has_47_schools_and_all_are_weighed(slough: SimpleNamespace) -> None:
    assert len(slough.schools) == 47
    found = matches(slough.schools[1], KINDS[1], 6, user=slough.officer, now=NOW)
    offering = [s for n, s in enumerate(slough.schools) if n % 3 == 1]
    weighed = {s.candidate.school.name for s in found.suggestions} | {
        e.candidate.school.name for e in found.excluded
    }
    assert weighed == names(offering)


@given(
    asking=st.integers(0, 46),
    own=st.integers(0, 46),
    kind=st.sampled_from(KINDS),
    half_days=st.none() | st.integers(1, 40),
)
def test_no_school_with_a_conflict_or_without_days_is_ever_suggested(
    make: Make, slough: SimpleNamespace, asking: int, own: int, kind: Expertise, half_days: int | None
) -> None:
    nested = make.session.begin_nested()
    asker, own_school = slough.schools[asking], slough.schools[own]
    officer = make.staff(RoleName.OFFICER)
    place = Membership(user=officer, school=own_school, standing=Standing.LEADER, starts_on=LONG_AGO)
    make.session.add(place)  # held here, so that the rollback knows it was new
    make.session.flush()
    barred = own_school.id == asker.id or (own_school.trust_id and own_school.trust_id == asker.trust_id)
    if barred:
        with pytest.raises(Refused, match="You can’t broker this"):
            matches(asker, kind, half_days, user=officer, now=NOW)
    else:
        found = matches(asker, kind, half_days, user=officer, now=NOW)
        for suggestion in found.suggestions:
            number = suggestion.candidate.school.school_id
            school = next(s for s in slough.schools if s.id == number)
            assert school not in (asker, own_school, slough.busy)
            assert school.is_open
            assert school.trust_id is None or school.trust_id not in (asker.trust_id, own_school.trust_id)
            assert suggestion.candidate.school.tier != 4
            assert suggestion.candidate.left > 0
    nested.rollback()


def test_every_exclusion_has_its_reason(slough: SimpleNamespace) -> None:
    found = matches(slough.schools[1], KINDS[1], 6, user=slough.officer, now=NOW)
    by_name = {e.candidate.school.name: e.why for e in found.excluded}
    assert "No days left" in by_name[slough.busy.name]
    assert "tier 4" in by_name[slough.schools[4].name]
    assert by_name[slough.schools[1].name] == "It is the school that needs the support."
    same = matches(slough.schools[6], KINDS[0], 6, user=slough.officer, now=NOW)
    assert any("Slough Trust runs both schools" in e.why for e in same.excluded)
    closed = matches(slough.schools[1], KINDS[2], 6, user=slough.officer, now=NOW)
    assert {e.candidate.school.name: e.why for e in closed.excluded}[
        slough.schools[5].name
    ] == "It is not open."


def test_reasons_tell_miles_or_the_patch(slough: SimpleNamespace) -> None:
    found = matches(slough.schools[1], KINDS[1], None, user=slough.officer, now=NOW)
    assert any("miles away" in s.reasons[2].text for s in found.suggestions)
    unknown = matches(slough.schools[3], KINDS[1], None, user=slough.officer, now=NOW)
    assert all("the distance is not known" in s.reasons[2].text for s in unknown.suggestions)
    assert any("In the same patch, South" in s.reasons[2].text for s in unknown.suggestions)


def test_ratings_and_clusters_are_read(make: Make, slough: SimpleNamespace) -> None:
    provider, asking = slough.schools[7], slough.schools[1]
    for n, quality in enumerate((5, 4, 4)):
        bid = make.bid(state=S.CLOSED, fund=slough.fund, lead=slough.schools[12 + n], provider=provider)
        make.session.add(
            Feedback(
                bid_id=bid.id,
                school_id=asking.id,
                asked_at=NOW,
                quality=quality,
                timeliness=5,
                fit=4,
                use_again=n != 0,
                given_at=NOW,
            )
        )
    cluster = Cluster(name="Four together")
    cluster.members = [ClusterSchool(school=school) for school in (asking, provider)]
    make.session.add(cluster)
    make.session.flush()
    found = matches(asking, KINDS[1], None, user=slough.officer, now=NOW).suggestion_of(provider.id)
    assert found is not None
    texts = [reason.text for reason in found.reasons]
    assert "Rated 4.4 of 5 by 3 supported schools; 2 would use it again" in texts
    assert "In the same cluster" in texts


def test_the_tier_that_counts_is_the_latest_whose_day_has_come(make: Make, slough: SimpleNamespace) -> None:
    school, asking = slough.schools[7], slough.schools[1]
    for tier, days in ((4, -30), (2, -5), (4, 10)):
        make.session.add(
            TierEntry(
                school_id=school.id,
                tier=tier,
                reason="x",
                at=NOW,
                by_id=slough.officer.id,
                from_on=TODAY + timedelta(days=days),
            )
        )
    make.session.flush()
    found = matches(asking, KINDS[1], None, user=slough.officer, now=NOW)
    assert found.suggestion_of(school.id) is not None


def test_the_number_of_queries_does_not_grow_with_the_schools(
    make: Make, slough: SimpleNamespace, count_queries: list[str]
) -> None:
    def queries() -> int:
        make.session.flush()
        count_queries.clear()
        matches(slough.schools[1], KINDS[1], 6, user=slough.officer, now=NOW)
        return len(count_queries)

    queries()
    few = queries()
    for _ in range(30):
        make.offer(make.school(la_code="871"), KINDS[1])
    assert queries() == few <= 10
