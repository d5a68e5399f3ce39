"""The panel's rules against a model of them that was written apart (`tests.panel.model`): pure values."""

import os
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from fundflow.models.interest import InterestKind
from fundflow.models.person import Seat, SeatPosition, Sector
from fundflow.rules.panel.sitting import ItemStanding, Sitting, quorum_needed
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.panel_rules import Band, Choice, Ranked, points_in_hundredths, rank
from tests.panel.model import Case, Law, Member, Placed, Vote, ranked
from tests.panel.world import rules_of

MANY = settings(max_examples=int(os.environ.get("MODEL", settings().max_examples * 3 // 2)))
CHOICES = {"for": Choice.FUND, "against": Choice.DO_NOT_FUND, "abstain": Choice.ABSTAIN}
NAMES = ("need", "outcomes", "value", "gaps")


@st.composite
def laws(draw: st.DrawFn) -> Law:
    """Rules whose weights come to a hundred; now and then without “need” or “outcomes”."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 20), min_size=len(names) - 1, max_size=len(names) - 1)))
    weights = [5 * (to - begin) for begin, to in zip([0, *cuts], [*cuts, 20], strict=True)]
    fundable = draw(st.integers(0, 100))
    return Law(
        weights=tuple(zip(names, weights, strict=True)),
        keys=frozenset(draw(st.sets(st.sampled_from(names)))),
        least=draw(st.integers(0, 6)),
        percent=draw(st.integers(0, 100)),
        disclosed_vote=draw(st.booleans()),
        fundable=fundable,
        reduce=draw(st.integers(0, fundable)),
        key_least=draw(st.integers(0, 4)),
        wide=draw(st.integers(1, 4)),
    )


def columns(values: st.SearchStrategy[int | Fraction]) -> st.SearchStrategy[dict[str, int | Fraction]]:
    """Scores by criterion, most of the time all of them."""
    return st.one_of(
        st.fixed_dictionaries(dict.fromkeys(NAMES, values)), st.dictionaries(st.sampled_from(NAMES), values)
    )


MEANS = st.lists(st.integers(0, 4), min_size=1, max_size=12).map(lambda s: Fraction(sum(s), len(s)))
SCORES = st.one_of(columns(st.integers(0, 4)), columns(MEANS))
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(Sector),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["none", "disclosed", "barred", None]),
        st.sampled_from(["for", "against", "abstain", None]),
    ),
    max_size=12,
)


@MANY
@given(members=st.integers(0, 60), least=st.integers(0, 12), percent=st.integers(0, 100))
def test_the_quorum_is_that_of_the_model_and_just_enough(members: int, least: int, percent: int) -> None:
    needed = quorum_needed(members, least, percent)
    assert needed == Law((), frozenset(), least=least, percent=percent).needed(members)
    assert needed >= least
    assert needed * 100 >= members * percent
    assert needed == least or (needed - 1) * 100 < members * percent


@MANY
@given(people=PEOPLE, law=laws(), chair=st.integers(0, 12), deputy=st.integers(0, 12))
def test_a_sitting_is_that_of_the_model(
    people: list[tuple[Sector, bool, bool, str | None, str | None]], law: Law, chair: int, deputy: int
) -> None:
    def position(n: int) -> str:
        return "chair" if n == chair else "deputy" if n == deputy else "member"

    panel = [Member(row[0].value, position(n)) for n, row in enumerate(people)]
    case = Case(
        panel,
        law,
        schools=set(),
        trusts=set(),
        asked=100_000,
        named={n for n, row in enumerate(people) if row[2]},
        said={n: row[3] for n, row in enumerate(people) if row[3]},
        here={n for n, row in enumerate(people) if row[1]},
        votes={n: Vote(row[4]) for n, row in enumerate(people) if row[4]},
    )
    seats = [Seat(position=SeatPosition(member.position), sector=Sector(member.sector)) for member in panel]
    standings = [
        ItemStanding(
            seat=seats[n],
            present=there,
            declared=InterestKind(said) if said else None,
            vote=CHOICES.get(choice or ""),
            barred=Bar(BarKind.NAMED) if named or said == "barred" else None,
        )
        for n, (_, there, named, said, choice) in enumerate(people)
    ]
    sitting = Sitting(standings, case.needed(), law.disclosed_vote)

    assert sitting.counted == len(case.counted())
    assert (sitting.inquorate is None) == case.quorate()
    assert {seats.index(s.seat) for s in sitting.yet_to_declare} == case.silent()
    assert tuple(sitting.tally) == case.tally()
    chairs, casts = case.chair(), case.chair(case.voters())
    assert sitting.chair is (None if chairs is None else seats[chairs])
    assert sitting.casting_seat is (None if casts is None else seats[casts])


@MANY
@given(
    people=PEOPLE,
    law=laws(),
    wanted=st.sampled_from(["for", "against"]),
    casting=st.sampled_from(["for", "against", None]),
)
def test_what_carries_a_vote_is_what_the_model_says(
    people: list[tuple[Sector, bool, bool, str | None, str | None]],
    law: Law,
    wanted: str,
    casting: str | None,
) -> None:
    panel = [Member("la", "chair"), *(Member(row[0].value, "member") for row in people)]
    case = Case(
        panel,
        law,
        schools=set(),
        trusts=set(),
        named=set(),
        asked=100_000,
        here=set(range(len(panel))),
        said=dict.fromkeys(range(len(panel)), "none"),
        votes={n: Vote(row[4]) for n, row in enumerate(people, 1) if row[4]},
        casting=(0, casting) if casting else None,
    )
    standings = [
        ItemStanding(
            seat=Seat(),
            present=True,
            declared=InterestKind.NONE,
            barred=None,
            vote=CHOICES[case.votes[n].choice] if n in case.votes else None,
        )
        for n in case.everybody
    ]
    count = Sitting(standings, 0, law.disclosed_vote).tally
    why = count.why_not(CHOICES[wanted], CHOICES.get(casting or ""))
    assert (why is None) == (case.settled() == wanted)


@MANY
@given(law=laws(), scores=SCORES, less=st.booleans())
def test_totals_and_what_they_speak_for_are_those_of_the_model(
    law: Law, scores: dict[str, int | Fraction], less: bool
) -> None:
    rules = rules_of(law)
    total = rules.total(scores)
    assert total == law.total(scores)
    for wanted in ("for", "against"):
        departs = rules.departs(CHOICES[wanted], scores, for_less=less) is not None
        assert departs == law.departs(scores, wanted, less=less)
    if total is None:
        assert rules.band(scores) is None
        return
    assert 0 <= total <= 100
    assert abs(points_in_hundredths(total) - total * 100) <= Fraction(1, 2)
    assert (rules.band(scores) is Band.FUND) == (rules.why_not_fundable(scores) is None)


@MANY
@given(
    law=laws(),
    bids=st.lists(st.tuples(SCORES, st.sampled_from([100, 200, 300]), st.integers(0, 3)), max_size=8),
    seed=st.randoms(),
)
def test_the_ranked_list_is_that_of_the_model_in_whatever_order_bids_come(
    law: Law, bids: list[tuple[dict[str, int | Fraction], int, int]], seed: object
) -> None:
    rows = [Placed(n, scores, pence, pupils, law) for n, (scores, pence, pupils) in enumerate(bids)]
    wanted = ranked(rows)
    seed.shuffle(rows)  # type: ignore[attr-defined]
    assert [row.key for row in rank([Ranked(*row[:4]) for row in rows], rules_of(law))] == wanted
    assert ranked(rows) == wanted
