"""The panel's rules, pure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundflow.models.panel_rules import STANDARD, Choice
from fundflow.models.panel_sitting import (
    Standing,
    Tally,
    casting_seat,
    chair_of,
    quorum_needed,
    tally,
    why_inquorate,
)
from fundflow.models.person import Seat, SeatPosition, Sector

FOR, AGAINST, ABSTAIN = Choice.FUND, Choice.DO_NOT_FUND, Choice.ABSTAIN


def standing(**values: Any) -> Standing:
    seat = Seat(position=values.pop("position", SeatPosition.MEMBER),
                sector=values.pop("sector", Sector.PRIMARY))  # fmt: skip
    return Standing(seat=seat, **{"present": True, "barred": None, "declared": "none", "vote": None,
                                  **values})  # fmt: skip


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
        ({"need": 3, "outcomes": 3, "priority": 4, "delivery": 2, "value": 2, "sustainability": 3,
          "gaps": 3}, 71),
        ({**ALL, "sustainability": 1}, 3),  # 2.5, halves up
        ({**ALL, "gaps": 1}, 1),  # 1.25
        ({**ALL, "priority": 1}, 4),  # 3.75
        ({"need": 4}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_total_is_weighted_and_there_only_once_every_criterion_is_scored(
    scores: dict[str, int], total: int | None
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
        ([S.PRIMARY, S.SECONDARY, S.SPECIAL],
         "No local authority member who may take part is present; one is needed."),
        ([S.LA, S.GOVERNOR, S.ALLIANCE],
         "No school member who may take part is present; one is needed."),
        ([], "0 present, 3 needed."),
    ],
)  # fmt: skip
def test_a_quorum_has_a_school_and_a_local_authority_member(sectors: list[Sector], why: str | None) -> None:
    assert why_inquorate([standing(sector=sector) for sector in sectors], 3) == why


def test_who_is_barred_is_not_counted_and_who_disclosed_is() -> None:
    members = [standing(sector=S.LA), standing(sector=S.PRIMARY), standing(barred="your school")]
    assert why_inquorate(members, 3) == "2 present, 3 needed."
    members.append(standing(declared="disclosed"))
    assert why_inquorate(members, 3) is None


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
        standing(vote=FOR), standing(vote=AGAINST, barred="your trust"),
        standing(vote=AGAINST, present=False), standing(vote=AGAINST, declared="disclosed"),
        standing(vote=ABSTAIN),
    ]  # fmt: skip
    assert tally(members, disclosed_may_vote=False) == (1, 0, 1)
    assert tally(members, disclosed_may_vote=True) == (1, 1, 1)


@pytest.mark.parametrize(
    ("chair", "deputy", "chairs", "casts"),
    [
        ({}, {}, "chair", "chair"),
        ({"barred": "your school"}, {}, "deputy", "deputy"),
        ({"present": False}, {}, "deputy", "deputy"),
        ({"declared": "disclosed"}, {}, "chair", "deputy"),
        ({"present": False}, {"barred": "your trust"}, None, None),
    ],
)
def test_the_deputy_stands_in_for_a_chair_who_is_barred_or_away(
    chair: dict[str, Any], deputy: dict[str, Any], chairs: str | None, casts: str | None
) -> None:
    members = [
        standing(), standing(position=SeatPosition.DEPUTY, **deputy),
        standing(position=SeatPosition.CHAIR, **chair),
    ]  # fmt: skip
    found, casting = chair_of(members), casting_seat(members, disclosed_may_vote=False)
    assert (found.position.value if found else None) == chairs
    assert (casting.position.value if casting else None) == casts


def test_a_bar_is_said_of_a_member_to_others_in_the_third_person() -> None:
    reason = "your school, Oak Primary, takes part in it"
    assert standing(barred=reason).must_leave == "their school, Oak Primary, takes part in it"
    assert standing(barred="you declared an interest in it").must_leave == ("they declared an interest in it")
    assert standing().must_leave is None


# -- against an independent model ---------------------------------------------------------------

members = st.lists(
    st.tuples(
        st.sampled_from(Sector), st.booleans(), st.booleans(),
        st.sampled_from(["none", "disclosed", None]), st.sampled_from([*Choice, None]),
    ), max_size=12,
)  # fmt: skip


@given(people=members, may=st.booleans(), casting=st.sampled_from([None, FOR, AGAINST]))
def test_quorum_and_majority_agree_with_a_count_on_fingers(
    people: list[tuple[Sector, bool, bool, str | None, Choice | None]], may: bool,
    casting: Choice | None,
) -> None:  # fmt: skip
    panel = [
        standing(sector=sector, present=there, barred="your school" if barred else None,
                 declared=said, vote=vote)
        for sector, there, barred, said, vote in people
    ]  # fmt: skip
    needed = quorum_needed(len(panel), 3, 40)
    in_room = [p for p in people if p[1] and not p[2]]
    enough = len(in_room) >= 3 and 5 * len(in_room) >= 2 * len(people)
    school = any(p[0].value in ("primary", "secondary", "special") for p in in_room)
    council = any(p[0].value == "la" for p in in_room)
    assert (why_inquorate(panel, needed) is None) == (enough and school and council)

    balance = ayes = 0
    for _, _, _, said, vote in in_room:
        if vote in (FOR, AGAINST) and (may or said != "disclosed"):
            balance += 1 if vote is FOR else -1
            ayes += vote is FOR
    count = tally(panel, disclosed_may_vote=may)
    settled_for = balance > 0 or (balance == 0 and ayes > 0 and casting is FOR)
    settled_against = balance < 0 or (balance == 0 and ayes > 0 and casting is AGAINST)
    assert (count.why_not(FOR, casting) is None) == settled_for
    assert (count.why_not(AGAINST, casting) is None) == settled_against
