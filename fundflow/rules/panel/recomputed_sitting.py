"""What follows from a decision's frozen sitting: quorum, vote and score, worked out again.

Only the version of the rules that the decision keeps is asked, whatever became of the panel, its rules
and the schools since.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from fundflow.models.decision import Decision
from fundflow.models.interest import InterestKind
from fundflow.models.person import SeatPosition, Sector, User
from fundflow.rules.panel.frozen_sitting import Frozen, bar_of_member, ties_of_member
from fundflow.rules.panel.sitting import ItemStanding, Sitting, Tally, quorum_needed
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.panel_rules import Band, Choice, Rules, mean


@dataclass(frozen=True, slots=True)
class FrozenSeat:
    """As much of a seat as the rules of the panel ask about."""

    id: int
    name: str
    position: SeatPosition
    sector: Sector
    stands_in_for_id: int | None


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What follows from a frozen sitting: the quorum, the vote, who chaired, the score."""

    sitting: Sitting
    casting: Choice | None
    scores: Mapping[str, int | Fraction]
    rules: Rules

    @property
    def tally(self) -> Tally:
        return self.sitting.tally

    @property
    def chair(self) -> str | None:
        return self.sitting.chair.name if self.sitting.chair else None  # type: ignore[attr-defined]

    @property
    def total(self) -> Fraction | None:
        return self.rules.total(self.scores)

    @property
    def band(self) -> Band | None:
        return self.rules.band(self.scores)

    def why_not(self, wanted: Choice) -> str | None:
        """None where the panel could decide so, else what forbids it."""
        lacking = self.sitting.inquorate
        return lacking.words() if lacking else self.tally.why_not(wanted, self.casting)


def recomputed(decision: Decision, *, without: int | None = None, barred: bool = True) -> Recomputed | None:
    """A decision's sitting worked out again under its own rules; None where it keeps no sitting.

    without  a person's id who is to be left out: as barred, else as one who disclosed an interest
    """
    if decision.sitting is None or decision.rules is None:
        return None
    frozen, rules = decision.sitting, decision.rules.rules
    standings = [_standing(member) for member in frozen["members"]]
    casting = Choice(frozen["casting"]["choice"]) if frozen["casting"] else None
    if without is not None:
        names = {m["name"] for m in frozen["members"] if m["user_id"] == without}
        standings = [
            _left_out(s, m, without, barred) for s, m in zip(standings, frozen["members"], strict=True)
        ]
        if frozen["casting"] and frozen["casting"]["by"] in names:
            casting = None
    least = sum(not standing.is_substitute for standing in standings)
    needed = quorum_needed(least, rules.quorum_least, rules.quorum_percent)
    sitting = Sitting(standings, needed, rules.disclosed_may_vote)
    return Recomputed(sitting, casting, _scores(frozen, sitting, rules), rules)


def _standing(member: Frozen) -> ItemStanding:
    seat = FrozenSeat(
        member["seat_id"],
        member["name"],
        SeatPosition(member["position"]),
        Sector(member["sector"]),
        0 if member["substitute_for"] else None,
    )
    vote = Choice(member["vote"]) if member["vote"] and not member["voided"] else None
    return ItemStanding(
        seat=seat,  # type: ignore[arg-type]
        present=member["present"],
        barred=bar_of_member(member),
        declared=InterestKind(member["declared"]) if member["declared"] else None,
        vote=vote,
        disclosed=ties_of_member(member),
    )


def _left_out(standing: ItemStanding, member: Frozen, user_id: int, barred: bool) -> ItemStanding:
    if member["user_id"] != user_id:
        return standing
    bar = Bar(BarKind.FOUND_LATE) if barred else standing.barred
    return replace(standing, barred=bar, declared=InterestKind.BARRED if barred else InterestKind.DISCLOSED)


def _scores(frozen: Frozen, sitting: Sitting, rules: Rules) -> dict[str, int | Fraction]:
    """By criterion the agreed score, or the mean of the members' who had a voice."""
    if not frozen["individually"]:
        return dict(frozen["agreed"])
    pairs = zip(sitting.standings, frozen["members"], strict=True)
    given = [
        member["counted_scores"]
        for standing, member in pairs
        if standing.has_voice(disclosed_may_vote=rules.disclosed_may_vote)
    ]
    columns = {slug: [s[slug] for s in given if slug in s] for slug in rules.slugs}
    return {slug: mean(column) for slug, column in columns.items() if column}


def effect_without(decision: Decision, user: User, *, barred: bool = True) -> str:
    """What becomes of a decision's quorum and vote without one person, as a sentence."""
    left = recomputed(decision, without=user.id, barred=barred)
    if left is None:
        return f"What the vote would be without {user.name} can’t be worked out: who sat was not kept."
    if lacking := left.sitting.inquorate:
        why = lacking.words()
        return f"Without {user.name}: {why[:1].lower()}{why[1:]} The panel would not be quorate."
    wanted = Choice.DO_NOT_FUND if decision.pence is None else Choice.FUND
    count = left.tally
    carries = (
        "it would still carry" if left.tally.why_not(wanted, left.casting) is None else "it would not carry"
    )
    return (
        f"Without {user.name} {left.sitting.counted} present, {left.sitting.needed} needed; the vote "
        f"would be {count.votes_for} for, {count.votes_against} against: {carries}."
    )
