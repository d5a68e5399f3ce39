"""Matching, pure: who is suggested, in which order, and why the others are not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.brokering.matching import (
    Broker,
    Candidate,
    Facts,
    Location,
    Need,
    Ratings,
    district_of,
    match,
    miles_between,
)

ASKING = Facts(
    1,
    "Asking Primary",
    trust_id=10,
    trust="Ten Trust",
    phase_code=2,
    place=Location(500_000, 180_000, 7, "North", "Slough", "SL1"),
)
NEED = Need(ASKING, "Mathematics", half_days=12)
NOBODY = Broker()


NOWHERE, UNRATED = Location(), Ratings()


def candidate(
    number: int = 2,
    *,
    left: int = 20,
    phases: tuple[str, ...] = ("2",),
    ratings: Ratings = UNRATED,
    place: Location = NOWHERE,
    **facts: object,
) -> Candidate:
    school = Facts(number, f"School {number}", place=place, **facts)  # type: ignore[arg-type]
    return Candidate(school, ("Maths lead",), frozenset(phases), 20, left, ratings)


def reasons(one: Candidate, need: Need = NEED) -> list[str]:
    return [reason.text for reason in match(need, [one], NOBODY).suggestions[0].reasons]


def why(one: Candidate, need: Need = NEED, broker: Broker = NOBODY) -> str:
    found = match(need, [one], broker)
    assert not found.suggestions
    return found.excluded[0].why


def points(one: Candidate, need: Need = NEED) -> int:
    return match(need, [one], NOBODY).suggestions[0].score


def test_a_suggestion_says_every_reason_and_its_sum() -> None:
    one = candidate(place=Location(501_609, 180_000), ratings=Ratings(4, Decimal("4.25"), 3))
    suggestion = match(NEED, [one], NOBODY).suggestions[0]
    assert [(r.text, r.points) for r in suggestion.reasons] == [
        ("Offers Mathematics: “Maths lead”", 3),
        ("The right phase: primary", 2),
        ("1.0 miles away in a straight line", 2),
        ("Has 10 days left this school year, and 6 days are needed", 2),
        ("Rated 4.2 of 5 by 4 supported schools; 3 would use it again", 2),
        ("No conflict: neither yours nor of the same trust as Asking Primary", 0),
    ]
    assert suggestion.sum_words == "3 + 2 + 2 + 2 + 2 = 11"


def test_the_highest_sum_comes_first_then_the_nearer_then_by_name() -> None:
    near, far = Location(500_100, 180_000), Location(503_000, 180_000)
    found = match(
        NEED,
        [
            candidate(5, place=far),
            candidate(4, place=far),
            candidate(3, place=near),
            candidate(2, phases=("4",)),
        ],
        NOBODY,
    )
    assert [s.candidate.school.school_id for s in found.suggestions] == [3, 4, 5, 2]


@pytest.mark.parametrize(
    ("place", "text", "points"),
    [
        (Location(505_000, 180_000), "3.1 miles away in a straight line", 1),
        (Location(520_000, 180_000), "12.4 miles away in a straight line", 0),
        (Location(patch_id=7, patch="North"), "In the same patch, North; the distance is not known", 2),
        (Location(patch_id=8, town="slough"), "In the same town, slough; the distance is not known", 1),
        (Location(district="SL1"), "In the same postcode district, SL1; the distance is not known", 1),
        (Location(), "The distance is not known", 0),
    ],
)
def test_distance_is_in_miles_where_the_grid_is_known_else_it_says_what_stands_in(
    place: Location, text: str, points: int
) -> None:
    reason = match(NEED, [candidate(place=place)], NOBODY).suggestions[0].reasons[2]
    assert (reason.text, reason.points) == (text, points)


def test_ratings_are_told_from_three_on_and_never_to_the_school_that_asks() -> None:
    two, three = candidate(ratings=Ratings(2, Decimal(5), 2)), candidate(ratings=Ratings(3, Decimal(2), 0))
    assert "No ratings yet (they are shown from 3 on)" in reasons(two)
    assert "Rated 2.0 of 5 by 3 supported schools; 0 would use it again" in reasons(three)
    assert points(two) - points(three) == 1
    shared = [r.text for r in match(NEED, [three], NOBODY).suggestions[0].reasons if r.shared]
    assert not any("Rated" in text or "conflict" in text for text in shared)


def test_capacity_says_what_is_left_of_what_is_needed() -> None:
    assert "Has only 2.5 days left this school year of the 6 days needed" in reasons(candidate(left=5))
    assert "Has 1 day left this school year" in reasons(candidate(left=2), Need(ASKING, "Mathematics"))


def test_an_all_through_school_can_be_helped_in_both_its_phases_an_unknown_phase_is_said() -> None:
    through = Need(Facts(1, "Asking", phase_code=7), "Mathematics")
    assert "The right phase: secondary" in reasons(candidate(phases=("4",)), through)
    assert "Another phase: nursery" in reasons(candidate(phases=("1",)), through)
    unknown = Need(Facts(1, "Asking"), "Mathematics")
    assert "Works with: primary. The phase of Asking is not known" in reasons(candidate(), unknown)


def test_schools_of_one_cluster_know_one_another() -> None:
    asking = Need(Facts(1, "Asking", clusters=frozenset({4})), "Mathematics")
    assert "In the same cluster" in reasons(candidate(clusters=frozenset({4, 5})), asking)
    assert "In the same cluster" not in reasons(candidate(clusters=frozenset({5})), asking)


def test_whoever_may_not_help_is_named_apart_with_the_reason() -> None:
    assert why(candidate(1)) == "It is the school that needs the support."
    assert why(candidate(is_open=False)) == "It is not open."
    assert why(candidate(left=0)) == "No days left this school year: the 10 days it offers are promised."
    assert why(candidate(), broker=Broker(frozenset({2}))) == "Conflict of interest: it is your own school."
    assert "your own trust, Nine" in why(
        candidate(trust_id=9, trust="Nine"), broker=Broker(trusts=frozenset({9}))
    )
    assert "Ten Trust runs both schools" in why(candidate(trust_id=10, trust="Ten Trust"))
    assert "tier 4" in why(candidate(tier=4))
    assert not match(NEED, [candidate(tier=3)], NOBODY).excluded
    strict = Need(ASKING, "Mathematics", organisations_allowed=False)
    assert "not a school" in why(candidate(is_organisation=True), strict)


def test_straight_line_miles_are_those_of_the_grid() -> None:
    assert miles_between(Location(0, 0), Location(1609, 0)) == pytest.approx(1, abs=0.001)
    assert miles_between(Location(0, 0), Location(3000, 4000)) == pytest.approx(3.107, abs=0.001)
    assert miles_between(Location(0, 0), Location(3000, None)) is None


def test_the_district_of_a_postcode() -> None:
    assert [district_of(p) for p in ("SL1 3AB", "sl13ab", "W1A 0AX", "", "SL")] == [
        "SL1",
        "SL1",
        "W1A",
        "",
        "SL",
    ]


numbers = st.integers(1, 6)
schools = st.builds(
    Facts,
    numbers,
    st.text(max_size=5),
    trust_id=st.none() | st.integers(1, 3),
    trust=st.just("T"),
    phase_code=st.none() | st.integers(0, 7),
    is_open=st.booleans(),
    is_organisation=st.booleans(),
    tier=st.none() | st.integers(1, 4),
    clusters=st.frozensets(numbers, max_size=2),
    place=st.builds(Location, st.none() | st.integers(0, 700_000), st.none() | st.integers(0, 1_300_000)),
)
candidates = st.lists(
    st.builds(
        Candidate,
        schools,
        st.just(("An offer",)),
        st.frozensets(st.sampled_from("01246"), min_size=1),
        st.integers(0, 40),
        st.integers(0, 40),
        st.builds(Ratings, st.integers(0, 9), st.none() | st.decimals(1, 5, places=2), st.integers(0, 9)),
    ),
    max_size=8,
)
needs = st.builds(Need, schools, st.just("Mathematics"), st.none() | st.integers(1, 40), st.booleans())
everybody = st.builds(Broker, st.frozensets(numbers), st.frozensets(st.integers(1, 3)))


@given(needs, candidates, everybody)
def test_no_suggestion_ever_has_a_conflict_or_no_days_left(
    need: Need, found: list[Candidate], broker: Broker
) -> None:
    result = match(need, found, broker)
    assert len(result.suggestions) + len(result.excluded) == len(found)
    for suggestion in result.suggestions:
        them = suggestion.candidate.school
        assert them.school_id != need.school.school_id
        assert them.is_open
        assert them.school_id not in broker.schools
        assert them.trust_id is None or them.trust_id not in broker.trusts | {need.school.trust_id}
        assert suggestion.candidate.left > 0
        assert them.tier != 4
        assert need.organisations_allowed or not them.is_organisation
        assert suggestion.score == sum(r.points for r in suggestion.reasons)
    scores = [s.score for s in result.suggestions]
    assert scores == sorted(scores, reverse=True)
    assert all(excluded.why.endswith(".") for excluded in result.excluded)
