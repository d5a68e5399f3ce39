"""The panel's rules, pure."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fundflow.models.interest import InterestKind
from fundflow.models.person import Seat, SeatPosition, Sector
from fundflow.rules.panel.sitting import (
    Inquorate,
    ItemStanding,
    Tally,
    casting_seat,
    chair_of,
    inquorate,
    quorum_needed,
    tally,
)
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.panel_rules import (
    STANDARD,
    Band,
    Choice,
    Ranked,
    exact_order,
    mean,
    points,
    points_in_hundredths,
    rank,
    spreads,
)

FOR, AGAINST, ABSTAIN = Choice.FUND, Choice.DO_NOT_FUND, Choice.ABSTAIN


def standing(**values: Any) -> ItemStanding:
    seat = Seat(
        position=values.pop("position", SeatPosition.MEMBER), sector=values.pop("sector", Sector.PRIMARY)
    )
    return ItemStanding(
        seat=seat, **{"present": True, "barred": None, "declared": InterestKind.NONE, "vote": None, **values}
    )


# -- scores -------------------------------------------------------------------------------------

ALL = dict.fromkeys(STANDARD.slugs, 0)


def test_the_weights_come_to_a_hundred() -> None:
    assert sum(criterion.weight for criterion in STANDARD.criteria) == 100


@pytest.mark.parametrize(
    ("scores", "total"),
    [
        (dict.fromkeys(STANDARD.slugs, 4), 100),
        (dict.fromkeys(STANDARD.slugs, 0), 0),
        (dict.fromkeys(STANDARD.slugs, 2), 50),
        # 20×3/4 + 20×3/4 + 15×4/4 + 15×2/4 + 15×2/4 + 10×3/4 + 5×3/4 = 71.25
        (
            {
                "need": 3,
                "outcomes": 3,
                "priority": 4,
                "delivery": 2,
                "value": 2,
                "sustainability": 3,
                "gaps": 3,
            },
            Fraction("71.25"),
        ),
        ({**ALL, "sustainability": 1}, Fraction("2.5")),
        ({**ALL, "gaps": 1}, Fraction("1.25")),
        ({**ALL, "priority": 1}, Fraction("3.75")),
        # Means of three members: need 7/3, others 2 → 20×7/12 + 80×2/4 = 11 2/3 + 40
        ({**dict.fromkeys(STANDARD.slugs, 2), "need": Fraction(7, 3)}, Fraction(155, 3)),
        ({"need": 4}, None),
        ({}, None),
    ],
)
def test_the_total_is_weighted_and_there_only_once_every_criterion_is_scored(
    scores: dict[str, int], total: Fraction | int | None
) -> None:
    assert STANDARD.total(scores) == total


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (dict.fromkeys(STANDARD.slugs, 3), None),
        (dict.fromkeys(STANDARD.slugs, 2), "The score is 50, below 60."),
        ({**dict.fromkeys(STANDARD.slugs, 4), "value": 1}, "Value for money scored below “acceptable”."),
        ({**dict.fromkeys(STANDARD.slugs, 4), "gaps": 0}, None),
        ({"need": 0}, None),
    ],
)
def test_what_speaks_against_funding(scores: dict[str, int], sentence: str | None) -> None:
    assert STANDARD.why_not_fundable(scores) == sentence


def test_a_decision_departs_from_the_score_either_way() -> None:
    good, bad = dict.fromkeys(STANDARD.slugs, 3), dict.fromkeys(STANDARD.slugs, 1)
    assert STANDARD.departs(FOR, good) is None
    assert STANDARD.departs(AGAINST, bad) is None
    assert STANDARD.departs(FOR, bad) == "The score is 25, below 60."
    assert STANDARD.departs(AGAINST, good) == ("The score is 75, from which a bid can be funded.")
    assert STANDARD.departs(AGAINST, {}) is None


# 20×3/4 + 20×3/4 + 15×1/4 + 15×3/4 + 15×2/4 + 10×2/4 + 5×x/4 = 15+15+3.75+11.25+7.5+5 = 57.5, and
# for the gaps 9/5 of 4 makes 2.25 more: 59.75.
ALMOST = {
    "need": 3,
    "outcomes": 3,
    "priority": 1,
    "delivery": 3,
    "value": 2,
    "sustainability": 2,
    "gaps": Fraction(9, 5),
}


def test_59_75_is_below_60() -> None:
    assert STANDARD.total(ALMOST) == Fraction("59.75")
    assert STANDARD.band(ALMOST) is Band.REDUCE_OR_DEFER
    assert STANDARD.why_not_fundable(ALMOST) == "The score is 59.75, below 60."
    assert STANDARD.band({**ALMOST, "gaps": 2}) is Band.FUND  # 60 exactly
    assert points(Fraction("59.75")) == "59.75"


@pytest.mark.parametrize(
    ("scores", "band"),
    [
        (dict.fromkeys(STANDARD.slugs, 2), Band.REDUCE_OR_DEFER),  # 50
        ({**dict.fromkeys(STANDARD.slugs, 2), "gaps": 1}, Band.DO_NOT_FUND),  # 48.75
        ({**dict.fromkeys(STANDARD.slugs, 4), "need": 1}, Band.REDUCE_OR_DEFER),  # 85, need too low
        ({**dict.fromkeys(STANDARD.slugs, 4), "need": Fraction(5, 3)}, Band.REDUCE_OR_DEFER),
        ({**dict.fromkeys(STANDARD.slugs, 4), "need": 2}, Band.FUND),
        ({"need": 4}, None),
    ],
)
def test_what_a_total_speaks_for(scores: dict[str, Any], band: Band | None) -> None:
    assert STANDARD.band(scores) is band


def test_a_mean_is_exact() -> None:
    assert mean([4, 3, 3]) == Fraction(10, 3)
    assert points(mean([4, 3, 3])) == "3.33"
    assert points(mean([1, 2])) == "1.5"
    assert points(Fraction(200, 3)) == "66.67"
    assert mean([2, 2, 2]) == 2


def test_a_spread_is_counted_over_those_who_scored() -> None:
    assert spreads([{"need": 4, "gaps": 2}, {"need": 1}]) == {"need": 3, "gaps": 0}
    assert spreads([]) == {}


# -- the ranked list ----------------------------------------------------------------------------

LEVEL = dict.fromkeys(STANDARD.slugs, 2)


def ranked(key: int, *, pence: int = 300_000, pupils: int = 30, **scores: Any) -> Ranked:
    return Ranked(key, {**LEVEL, **scores}, pence, pupils)


@pytest.mark.parametrize(
    ("bids", "order"),
    [
        ([ranked(1), ranked(2, gaps=3)], [2, 1]),  # the higher total
        # need 3, priority 2, delivery 2 (15 + 7.5 + 7.5) or need 0, priority 4, delivery 4: both 30
        (
            [
                ranked(1, need=0, priority=4, delivery=4, outcomes=4, value=0),
                ranked(2, need=3, priority=2, delivery=2, outcomes=4, value=0),
            ],
            [2, 1],
        ),
        # both 50; need is equal, so the outcomes decide: 20 points or 15 + 5
        ([ranked(1, outcomes=2), ranked(2, outcomes=3, sustainability=0)], [2, 1]),
        ([ranked(1, pence=300_000, pupils=30), ranked(2, pence=400_000, pupils=50)], [2, 1]),
        ([ranked(1, pence=300_000, pupils=0), ranked(2, pence=300_000, pupils=1)], [1, 2]),
        ([ranked(2), ranked(1)], [1, 2]),  # all alike: the older bid
        ([Ranked(1, {"need": 4}, 1, 1), ranked(2, **dict.fromkeys(STANDARD.slugs, 0))], [2, 1]),
    ],
)
def test_ties_go_by_need_then_outcomes_then_the_cost_for_each_pupil(
    bids: list[Ranked], order: list[int]
) -> None:
    assert [bid.key for bid in rank(bids, STANDARD)] == order


WEIGHTS = {
    "need": 20,
    "outcomes": 20,
    "priority": 15,
    "delivery": 15,
    "value": 15,
    "sustainability": 10,
    "gaps": 5,
}
SCORED = st.fixed_dictionaries(
    {slug: st.lists(st.integers(0, 4), min_size=1, max_size=9) for slug in WEIGHTS}
)
BIDS = st.lists(st.tuples(SCORED, st.integers(1, 5_000_000), st.integers(1, 300)), max_size=8)


def modelled(members: dict[str, list[int]]) -> Fraction:
    """Section 5 in one line: Σ(mean ÷ 4 × weight)."""
    return sum((Fraction(sum(s), 4 * len(s)) * WEIGHTS[c] for c, s in members.items()), Fraction(0))


@given(BIDS)
def test_totals_and_their_order_are_those_of_a_small_model(
    bids: list[tuple[dict[str, list[int]], int, int]],
) -> None:
    given_bids = [
        Ranked(n, {slug: mean(scores) for slug, scores in members.items()}, pence, pupils)
        for n, (members, pence, pupils) in enumerate(bids)
    ]
    for bid, (members, _pence, _pupils) in zip(given_bids, bids, strict=True):
        assert STANDARD.total(bid.scores) == modelled(members)
    order = [bid.key for bid in rank(given_bids, STANDARD)]
    assert sorted(order) == list(range(len(bids)))
    for above, below in pairwise(order):
        (one, one_pence, one_pupils), (two, two_pence, two_pupils) = bids[above], bids[below]
        pairs = [
            (modelled(one), modelled(two)),
            *(
                (Fraction(sum(one[c]), len(one[c])), Fraction(sum(two[c]), len(two[c])))
                for c in ("need", "outcomes")
            ),
            (-one_pence * two_pupils, -two_pence * one_pupils),
            (-above, -below),
        ]
        first = next(pair for pair in pairs if pair[0] != pair[1])
        assert first[0] > first[1]


# -- quorum -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("members", "needed"), [(1, 3), (5, 3), (7, 3), (8, 4), (10, 4), (11, 5), (20, 8)])
def test_a_quorum_is_three_or_two_fifths_of_the_members(members: int, needed: int) -> None:
    assert quorum_needed(members, 3, 40) == needed


S = Sector


@pytest.mark.parametrize(
    ("sectors", "why"),
    [
        ([S.PRIMARY, S.LA], "2 present, 3 needed."),
        ([S.PRIMARY, S.LA, S.GOVERNOR], None),
        (
            [S.PRIMARY, S.SECONDARY, S.SPECIAL],
            "No local authority member who may take part is present; one is needed.",
        ),
        ([S.LA, S.GOVERNOR, S.ALLIANCE], "No school member who may take part is present; one is needed."),
        ([], "0 present, 3 needed."),
    ],
)
def test_a_quorum_has_a_school_and_a_local_authority_member(sectors: list[Sector], why: str | None) -> None:
    lacking = inquorate([standing(sector=sector) for sector in sectors], 3)
    assert (lacking.words() if lacking else None) == why


def test_who_is_barred_is_not_counted_and_who_disclosed_is() -> None:
    members = [standing(sector=S.LA), standing(sector=S.PRIMARY), standing(barred="your school")]
    assert inquorate(members, 3) == Inquorate(2, 3)
    members.append(standing(declared=InterestKind.DISCLOSED))
    assert inquorate(members, 3) is None


# -- votes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "casting", "may_fund", "may_decline"),
    [
        ((3, 2, 0), None, True, False),
        ((1, 2, 2), None, False, True),
        ((0, 0, 5), None, False, False),
        ((0, 0, 0), FOR, False, False),
        ((2, 2, 0), None, False, False),
        ((2, 2, 1), FOR, True, False),
        ((2, 2, 1), AGAINST, False, True),
        ((3, 2, 0), AGAINST, True, False),
    ],
)
def test_a_simple_majority_of_votes_cast_decides(
    votes: tuple[int, int, int], casting: Choice | None, may_fund: bool, may_decline: bool
) -> None:
    count = Tally(*votes)
    assert (count.why_not(FOR, casting) is None) is may_fund
    assert (count.why_not(AGAINST, casting) is None) is may_decline


@pytest.mark.parametrize(
    ("votes", "wanted", "sentence"),
    [
        ((0, 0, 0), FOR, "No votes have been recorded yet."),
        ((0, 0, 2), FOR, "No votes have been recorded yet."),
        ((2, 2, 0), FOR, "The vote is tied (2 for, 2 against). The chair has a casting vote."),
        ((1, 2, 0), FOR, "There is no majority for this: 1 for, 2 against."),
        ((2, 1, 0), AGAINST, "There is no majority for this: 2 for, 1 against."),
    ],
)
def test_the_refusal_says_how_the_vote_went(
    votes: tuple[int, int, int], wanted: Choice, sentence: str
) -> None:
    assert Tally(*votes).why_not(wanted, None) == sentence


def test_only_those_who_may_vote_are_counted() -> None:
    members = [
        standing(vote=FOR),
        standing(vote=AGAINST, barred="your trust"),
        standing(vote=AGAINST, present=False),
        standing(vote=AGAINST, declared=InterestKind.DISCLOSED),
        standing(vote=ABSTAIN),
    ]
    assert tally(members, disclosed_may_vote=False) == (1, 0, 1)
    assert tally(members, disclosed_may_vote=True) == (1, 1, 1)


@pytest.mark.parametrize(
    ("chair", "deputy", "chairs", "casts"),
    [
        ({}, {}, "chair", "chair"),
        ({"barred": Bar(BarKind.SCHOOL)}, {}, "deputy", "deputy"),
        ({"present": False}, {}, "deputy", "deputy"),
        ({"declared": InterestKind.DISCLOSED}, {}, "chair", "deputy"),
        ({"present": False}, {"barred": Bar(BarKind.TRUST)}, None, None),
    ],
)
def test_the_deputy_stands_in_for_a_chair_who_is_barred_or_away(
    chair: dict[str, Any], deputy: dict[str, Any], chairs: str | None, casts: str | None
) -> None:
    members = [
        standing(),
        standing(position=SeatPosition.DEPUTY, **deputy),
        standing(position=SeatPosition.CHAIR, **chair),
    ]
    found, casting = chair_of(members), casting_seat(members, disclosed_may_vote=False)
    assert (found.position.value if found else None) == chairs
    assert (casting.position.value if casting else None) == casts


# -- against an independent model ---------------------------------------------------------------

members = st.lists(
    st.tuples(
        st.sampled_from(Sector),
        st.booleans(),
        st.booleans(),
        st.sampled_from([InterestKind.NONE, InterestKind.DISCLOSED, None]),
        st.sampled_from([*Choice, None]),
    ),
    max_size=12,
)


@given(people=members, may=st.booleans(), casting=st.sampled_from([None, FOR, AGAINST]))
def test_quorum_and_majority_agree_with_a_count_on_fingers(
    people: list[tuple[Sector, bool, bool, InterestKind | None, Choice | None]],
    may: bool,
    casting: Choice | None,
) -> None:
    panel = [
        standing(
            sector=sector, present=there, barred="your school" if barred else None, declared=said, vote=vote
        )
        for sector, there, barred, said, vote in people
    ]
    needed = quorum_needed(len(panel), 3, 40)
    in_room = [p for p in people if p[1] and not p[2]]
    enough = len(in_room) >= 3 and 5 * len(in_room) >= 2 * len(people)
    school = any(p[0].value in ("primary", "secondary", "special") for p in in_room)
    council = any(p[0].value == "la" for p in in_room)
    assert (inquorate(panel, needed) is None) == (enough and school and council)

    balance = ayes = 0
    for _, _, _, said, vote in in_room:
        if vote in (FOR, AGAINST) and (may or said is not InterestKind.DISCLOSED):
            balance += 1 if vote is FOR else -1
            ayes += vote is FOR
    count = tally(panel, disclosed_may_vote=may)
    settled_for = balance > 0 or (balance == 0 and ayes > 0 and casting is FOR)
    settled_against = balance < 0 or (balance == 0 and ayes > 0 and casting is AGAINST)
    assert (count.why_not(FOR, casting) is None) == settled_for
    assert (count.why_not(AGAINST, casting) is None) == settled_against


FEW = st.sampled_from([[2], [3], [2, 3], [3, 2], [2, 2, 3]])  # members’ scores of one criterion
ALIKE = st.tuples(
    st.fixed_dictionaries({slug: FEW if slug in ("need", "outcomes") else st.just([2]) for slug in WEIGHTS}),
    st.integers(1, 6),
    st.integers(0, 4),
)


@given(st.lists(ALIKE, max_size=12))
def test_bids_that_score_alike_stand_as_fractions_would_order_them(
    bids: list[tuple[dict[str, list[int]], int, int]],
) -> None:
    """The order is made of whole numbers; this is the rule in fractions."""

    def in_fractions(n: int) -> tuple[Fraction | int, ...]:
        members, pence, pupils = bids[n]
        need, outcomes = (Fraction(sum(members[c]), len(members[c])) for c in ("need", "outcomes"))
        return (-modelled(members), -need, -outcomes, Fraction(pence, max(pupils, 1)), n)

    ranked = rank(
        [
            Ranked(n, {slug: mean(scores) for slug, scores in members.items()}, pence, pupils)
            for n, (members, pence, pupils) in enumerate(bids)
        ],
        STANDARD,
    )
    assert [bid.key for bid in ranked] == sorted(range(len(bids)), key=in_fractions)


SCORES = st.fractions(0, 100, max_denominator=2**40)


@given(SCORES, SCORES)
@example(Fraction(1, 2**63), Fraction(1, 2**63 - 1))  # as close as two can be
def test_fractions_are_compared_and_shown_exactly_in_whole_numbers(one: Fraction, other: Fraction) -> None:
    first, second = (exact_order(f.numerator, f.denominator) for f in (one, other))
    assert (first < second, first == second) == (one < other, one == other)
    assert points_in_hundredths(one) == int(one * 100 + Fraction(1, 2))
