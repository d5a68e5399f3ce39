"""Who sits on an item and what follows: quorum, who chairs, who may vote, how the vote stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fundflow.models.interest import InterestKind
from fundflow.models.person import SCHOOL_SECTORS, Seat, SeatPosition, Sector
from fundflow.workflow.interests import Bar, Tie
from fundflow.workflow.panel_rules import Choice


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """One member, or substitute, on one item.

    barred     why they take no part; None for those who do
    disclosed  what the records show that is to be disclosed
    declared   what they said; None while they have said nothing
    """

    seat: Seat
    present: bool
    barred: Bar | None
    declared: InterestKind | None
    vote: Choice | None
    disclosed: tuple[Tie, ...] = ()

    @property
    def counts(self) -> bool:
        """Present and not barred: counted towards the quorum."""
        return self.present and not self.barred

    @property
    def owes_declaration(self) -> bool:
        return self.counts and self.declared is None

    @property
    def is_disclosed(self) -> bool:
        """Whether an interest stands open: declared, or shown by the records whatever was said."""
        return self.declared is InterestKind.DISCLOSED or bool(self.disclosed)

    @property
    def is_substitute(self) -> bool:
        return self.seat.stands_in_for_id is not None

    def has_voice(self, *, disclosed_may_vote: bool) -> bool:
        """Whether they may score and vote where they are there."""
        return not self.barred and (not self.is_disclosed or disclosed_may_vote)

    def may_vote(self, *, disclosed_may_vote: bool) -> bool:
        return self.present and self.has_voice(disclosed_may_vote=disclosed_may_vote)


def without_replaced_substitutes(standings: Sequence[ItemStanding]) -> list[ItemStanding]:
    """Drop a substitute while the member they replace counts. Both can be present when a bar is lifted
    after the substitute joined."""
    counted = {standing.seat.id for standing in standings if standing.counts}
    return [replace(s, present=False) if s.seat.stands_in_for_id in counted else s for s in standings]


class Tally(NamedTuple):
    """Votes counted; a simple majority of votes cast decides, abstentions are minuted."""

    votes_for: int
    votes_against: int
    abstentions: int

    def why_not(self, wanted: Choice, casting: Choice | None) -> str | None:
        """None when the vote carries this outcome, else the sentence that says why not."""
        ours, theirs = self.votes_for, self.votes_against
        if wanted is Choice.DO_NOT_FUND:
            ours, theirs = theirs, ours
        if ours > theirs or (ours == theirs and ours and casting is wanted):
            return None
        if not self.votes_for and not self.votes_against:
            return "No votes have been recorded yet."
        score = f"{self.votes_for} for, {self.votes_against} against"
        if ours == theirs and casting is None:
            return f"The vote is tied ({score}). The chair has a casting vote."
        return f"There is no majority for this: {score}."


def tally(standings: Sequence[ItemStanding], *, disclosed_may_vote: bool) -> Tally:
    votes = [s.vote for s in standings if s.may_vote(disclosed_may_vote=disclosed_may_vote)]
    return Tally(*(votes.count(choice) for choice in Choice))


def quorum_needed(members: int, least: int, percent: int) -> int:
    """max(least, percent of the members, rounded up)."""
    return max(least, -(-members * percent // 100))


@dataclass(frozen=True, slots=True)
class Inquorate:
    """Why a panel has no quorum: too few members count, or none of them is of a kind that is needed.

    lacks  the kind: “school” or “local authority”; empty where they are too few
    """

    counted: int
    needed: int
    lacks: str = ""

    def words(self, *, past: bool = False) -> str:
        """As a sentence; `past` for minutes."""
        if not self.lacks:
            return f"{self.counted} present, {self.needed} needed."
        verb = "was" if past else "is"
        return f"No {self.lacks} member who may take part {verb} present; one {verb} needed."


def inquorate(standings: Sequence[ItemStanding], needed: int) -> Inquorate | None:
    """None when quorate; a quorum has at least one school and one local authority member."""
    counted = [s for s in standings if s.counts]
    sectors = {s.seat.sector for s in counted}
    if len(counted) < needed:
        return Inquorate(len(counted), needed)
    if not sectors & SCHOOL_SECTORS:
        return Inquorate(len(counted), needed, "school")
    return None if Sector.LA in sectors else Inquorate(len(counted), needed, "local authority")


def casting_seat(standings: Sequence[ItemStanding], *, disclosed_may_vote: bool) -> Seat | None:
    """Who has the casting vote: the person who chairs, if they may vote at all; else the deputy."""
    return chair_of([s for s in standings if s.may_vote(disclosed_may_vote=disclosed_may_vote)])


def chair_of(standings: Sequence[ItemStanding]) -> Seat | None:
    """The chair if present and not barred, else the deputy if so, else nobody."""
    for position in (SeatPosition.CHAIR, SeatPosition.DEPUTY):
        for standing in standings:
            if standing.seat.position is position and standing.counts:
                return standing.seat
    return None


@dataclass(frozen=True, slots=True)
class Sitting:
    """The panel as it sits on one item at one moment, and what follows from that."""

    standings: Sequence[ItemStanding]
    needed: int
    disclosed_may_vote: bool

    @property
    def counted(self) -> int:
        """How many count towards the quorum."""
        return sum(standing.counts for standing in self.standings)

    @property
    def inquorate(self) -> Inquorate | None:
        return inquorate(self.standings, self.needed)

    @property
    def yet_to_declare(self) -> list[ItemStanding]:
        return [standing for standing in self.standings if standing.owes_declaration]

    @property
    def may_still_vote(self) -> list[ItemStanding]:
        """Who may vote and has not, here or elsewhere; a substitute only for a barred member."""
        seats = {standing.seat.id: standing for standing in self.standings}
        replaced = {s.seat.stands_in_for_id for s in self.standings if s.counts and s.is_substitute}
        return [
            s
            for s in self.standings
            if s.vote is None
            and s.seat.user.active
            and s.seat.id not in replaced
            and s.has_voice(disclosed_may_vote=self.disclosed_may_vote)
            and (not s.is_substitute or _barred(seats.get(s.seat.stands_in_for_id or 0)))
        ]

    @property
    def tally(self) -> Tally:
        """The votes that count: not those of members who left, are barred or only disclosed."""
        return tally(self.standings, disclosed_may_vote=self.disclosed_may_vote)

    @property
    def chair(self) -> Seat | None:
        return chair_of(self.standings)

    @property
    def casting_seat(self) -> Seat | None:
        return casting_seat(self.standings, disclosed_may_vote=self.disclosed_may_vote)


def _barred(standing: ItemStanding | None) -> bool:
    return standing is not None and standing.barred is not None
