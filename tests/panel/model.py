"""The panel's rules once more, small and on their own, to hold the program against.

Written from docs/rules.md, "The panel" (and, for the life of a bid and its money, from
docs/rules.md, "The life of a bid" and docs/rules.md, "The ledger"): nothing of the program's own
rules is used here. People, schools, trusts and lines of money are plain numbers.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

SCHOOL_SECTORS = ("primary", "secondary", "special")
Score = int | Fraction


@dataclass(frozen=True)
class Law:
    """One version of the rules. Amounts are pence, thresholds points of 100."""

    weights: tuple[tuple[str, int], ...]
    keys: frozenset[str]
    least: int = 3
    percent: int = 40
    disclosed_vote: bool = False
    individual_from: int = 2_500_000
    fundable: int = 60
    reduce: int = 50
    key_least: int = 2
    wide: int = 2

    def needed(self, members: int) -> int:
        """max(least, percent of the members): a part of a member is a whole one."""
        share = members * self.percent
        return max(self.least, share // 100 + (1 if share % 100 else 0))

    def total(self, scores: dict[str, Score]) -> Fraction | None:
        if any(name not in scores for name, _ in self.weights):
            return None
        return Fraction(
            sum((Fraction(scores[name]) / 4 * weight for name, weight in self.weights), Fraction())
        )

    def departs(self, scores: dict[str, Score], outcome: str, *, less: bool = False) -> bool:
        """Whether this outcome goes against the scores, and so needs a reason."""
        total = self.total(scores)
        if total is None:
            return False
        good = total >= self.fundable and all(
            scores[name] >= self.key_least for name, _ in self.weights if name in self.keys
        )
        if outcome == "against":
            return good
        return not good and not (less and total >= self.reduce)


@dataclass
class Member:
    """Who holds a seat; schools and trusts are those that are their own."""

    sector: str
    position: str  # chair, deputy, member
    schools: set[int] = field(default_factory=set)
    trusts: set[int] = field(default_factory=set)
    ties: set[int] = field(default_factory=set)  # schools of the register that bar
    open_ties: set[int] = field(default_factory=set)  # … that are only disclosed
    stands_for: int | None = None


@dataclass
class Vote:
    choice: str  # for, against, abstain
    void: bool = False


@dataclass
class Sheet:
    scores: dict[str, int] = field(default_factory=dict)
    moderated: dict[str, int] = field(default_factory=dict)
    handed_in: bool = False
    void: bool = False
    at: int = 0  # when it was handed in, by the case's count of such acts

    @property
    def counts(self) -> bool:
        return self.handed_in and not self.void


@dataclass
class Case:
    """One bid each time the panel has it."""

    panel: list[Member]
    law: Law
    schools: set[int]
    trusts: set[int]
    named: set[int]
    asked: int
    said: dict[int, str] = field(default_factory=dict)  # of the bid: member → none, disclosed, barred
    here: set[int] = field(default_factory=set)
    votes: dict[int, Vote] = field(default_factory=dict)
    agreed: dict[str, int] = field(default_factory=dict)
    sheets: dict[int, Sheet] = field(default_factory=dict)
    talked: dict[str, int] = field(default_factory=dict)  # criterion → when, by the same count
    acts: int = 0
    proposed: int | None = None
    casting: tuple[int, str] | None = None  # who gave it, for or against
    outcome: str | None = None
    asked_by_email: bool = False  # a vote by email is under way

    # -- who takes part ---------------------------------------------------------------------------

    @property
    def everybody(self) -> range:
        return range(len(self.panel))

    def barred_by_facts(self, who: int) -> bool:
        """Own school, own trust, a barring tie, or a party to the bid."""
        member = self.panel[who]
        return bool(
            who in self.named or member.trusts & self.trusts or (member.schools | member.ties) & self.schools
        )

    def barred(self, who: int) -> bool:
        return self.barred_by_facts(who) or self.said.get(who) == "barred"

    def disclosed(self, who: int) -> bool:
        return self.said.get(who) == "disclosed" or bool(self.panel[who].open_ties & self.schools)

    def has_voice(self, who: int) -> bool:
        """Whether they may score and vote at all."""
        return not self.barred(who) and (self.law.disclosed_vote or not self.disclosed(who))

    def idle_substitute(self, who: int) -> bool:
        """A substitute takes part only where the one they stand in for does not."""
        other = self.panel[who].stands_for
        return other is not None and other in self.here and not self.barred(other)

    def place_taken(self, who: int) -> bool:
        """Whether somebody sits in their place: a member or their substitute, never both."""
        mine = self.panel[who].stands_for
        return any(other == mine or self.panel[other].stands_for == who for other in self.counted())

    def must_score_first(self, who: int) -> bool:
        return self.each_scores and not (who in self.sheets and self.sheets[who].counts)

    def counted(self) -> set[int]:
        """Present, not barred, and no substitute of somebody who is there."""
        return {w for w in self.here if not self.barred(w) and not self.idle_substitute(w)}

    def needed(self) -> int:
        return self.law.needed(sum(member.stands_for is None for member in self.panel))

    def quorate(self) -> bool:
        sectors = [self.panel[who].sector for who in self.counted()]
        school = any(sector in SCHOOL_SECTORS for sector in sectors)
        return len(sectors) >= self.needed() and school and "la" in sectors

    def silent(self) -> set[int]:
        """Who counts and has not yet said whether they have an interest."""
        return {who for who in self.counted() if who not in self.said}

    def chair(self, among: set[int] | None = None) -> int | None:
        """The chair, else the deputy, of those who take part."""
        there = self.counted() if among is None else among
        for position in ("chair", "deputy"):
            for who in sorted(there):
                if self.panel[who].position == position:
                    return who
        return None

    def voters(self) -> set[int]:
        return {who for who in self.counted() if self.has_voice(who)}

    # -- the vote ---------------------------------------------------------------------------------

    def tally(self) -> tuple[int, int, int]:
        """For, against, abstained: of those who may vote, now."""
        given = [self.votes[w].choice for w in self.voters() if w in self.votes and not self.votes[w].void]
        return given.count("for"), given.count("against"), given.count("abstain")

    def waited_for(self) -> set[int]:
        """Who is still asked to vote by email; a substitute only for somebody who is barred."""
        if not self.asked_by_email or self.outcome is not None:
            return set()
        replaced = {self.panel[who].stands_for for who in self.counted()}
        return {
            who
            for who in self.everybody
            if self.has_voice(who)
            and who not in replaced
            and not self.has_voted(who)
            and (self.panel[who].stands_for is None or self.barred(self.panel[who].stands_for or 0))
        }

    def has_voted(self, who: int) -> bool:
        return who in self.votes and not self.votes[who].void

    def settled(self) -> str | None:
        """What the vote says: for, against, or nothing yet."""
        if self.waited_for():
            return None
        ayes, noes, _ = self.tally()
        if ayes != noes:
            return "for" if ayes > noes else "against"
        stands = self.casting is not None and self.casting[0] in self.voters()
        return self.casting[1] if ayes and stands and self.casting else None

    def may_cast(self, who: int) -> bool:
        ayes, noes, _ = self.tally()
        return ayes == noes > 0 and self.chair(self.voters()) == who

    # -- the scores -------------------------------------------------------------------------------

    @property
    def each_scores(self) -> bool:
        return self.asked >= self.law.individual_from

    def counted_sheets(self) -> list[Sheet]:
        return [s for who, s in self.sheets.items() if s.counts and self.has_voice(who)]

    def scores(self) -> dict[str, Score]:
        if not self.each_scores:
            return dict(self.agreed)
        means: dict[str, Score] = {}
        for name, _ in self.law.weights:
            column = [{**s.scores, **s.moderated}[name] for s in self.counted_sheets() if name in s.scores]
            if column:
                means[name] = Fraction(sum(column), len(column))
        return means

    def total(self) -> Fraction | None:
        return self.law.total(self.scores())

    def to_moderate(self) -> set[str]:
        """Criteria on which members' own scores lie far apart, and nobody has talked about it since
        they came to lie as far apart as this."""
        if not self.each_scores:
            return set()
        return {
            name
            for name, _ in self.law.weights
            if self.spread(name) >= self.law.wide
            and (name not in self.talked or self.spread(name, self.talked[name]) < self.spread(name))
        }

    def spread(self, name: str, until: int | None = None) -> int:
        """Of the sheets that count; of those that were in by then."""
        sheets = [s for s in self.counted_sheets() if until is None or s.at <= until]
        column = [sheet.scores[name] for sheet in sheets if name in sheet.scores]
        return max(column) - min(column) if column else 0

    # -- what changes -----------------------------------------------------------------------------

    def barred_leave(self) -> None:
        """The panel takes the item: whoever is barred is there no longer, whatever is said later."""
        self.here -= {who for who in self.here if self.barred(who)}

    def propose(self, pence: int) -> None:
        """Votes were on something else: they are kept, and count no more."""
        self.proposed, self.casting, self.asked_by_email = pence, None, False
        for vote in self.votes.values():
            vote.void = True

    def hand_in(self, who: int, scores: dict[str, int], *, complete: bool) -> None:
        self.acts += 1
        self.sheets[who] = Sheet(scores, handed_in=complete, at=self.acts)

    def talk(self, name: str, changed: dict[int, int]) -> None:
        """The panel talks about a criterion, and some say something else then."""
        self.acts += 1
        self.talked[name] = self.acts
        for who, score in changed.items():
            self.sheets[who].moderated[name] = score

    def took_part(self) -> set[int]:
        """Who was counted, voted or scored as it was decided."""
        scored = {who for who, sheet in self.sheets.items() if sheet.counts}
        return self.counted() | {who for who in self.votes if self.has_voted(who)} | scored

    # -- what may be decided ----------------------------------------------------------------------

    @property
    def at_most(self) -> int:
        """The most that a vote for the bid gives it."""
        return self.asked if self.proposed is None else self.proposed

    def may_decide(self, outcome: str) -> bool:
        """Whether the panel, as it sits, may fund the bid (for) or refuse it (against)."""
        return self.quorate() and not self.silent() and not self.to_moderate() and self.settled() == outcome

    def deciders(self) -> set[int]:
        """The chair, or the deputy where theirs is the casting vote; whoever is there and has a voice."""
        chairs = {who for who in self.everybody if self.panel[who].position == "chair"}
        acting = self.chair(self.voters())
        able = chairs | ({acting} if acting is not None else set())
        return {who for who in able if who in self.here and self.has_voice(who)}

    def void_what_an_interest_takes(self, who: int) -> None:
        """An interest was found: vote, casting vote and scores no longer count, and are kept."""
        if who in self.votes:
            self.votes[who].void = True
        if who in self.sheets:
            self.sheets[who].void = True
        if self.casting and self.casting[0] == who:
            self.casting = None


@dataclass
class Purse:
    """The fund's lines, oldest first: what is free of each, whom it may pay, who holds what."""

    free: list[int]
    pays: list[set[str]]
    held: dict[int, dict[int, int]] = field(default_factory=dict)  # bid → line → pence

    def room(self, kind: str) -> int:
        return sum(max(free, 0) for free, pays in zip(self.free, self.pays, strict=True) if kind in pays)

    def reserve(self, bid: int, kind: str, pence: int) -> None:
        """Oldest line first, never more than there is."""
        parts: dict[int, int] = {}
        for line, pays in enumerate(self.pays):
            part = min(pence, self.free[line]) if kind in pays else 0
            if part > 0:
                parts[line], pence = part, pence - part
                self.free[line] -= part
        assert pence == 0
        self.held[bid] = parts

    def release(self, bid: int) -> None:
        for line, part in self.held.pop(bid, {}).items():
            self.free[line] += part


class Placed(NamedTuple):
    """One bid to be ranked, under the rules it was scored under; of two alike the older comes first."""

    number: int
    scores: dict[str, Score]
    pence: int
    pupils: int
    law: Law


def ranked(bids: list[Placed]) -> list[int]:
    """Numbers of bids in the order in which money reaches them.

    By a walk of comparisons, one bid against another: total, need, outcomes, cost per pupil, age.
    """
    order: list[Placed] = []
    for bid in bids:
        place = next((n for n, other in enumerate(order) if _comes_before(bid, other)), len(order))
        order.insert(place, bid)
    return [bid.number for bid in order]


def _comes_before(one: Placed, other: Placed) -> bool:
    mine, theirs = one.law.total(one.scores), other.law.total(other.scores)
    if mine is None or theirs is None:
        return one.number < other.number if mine == theirs else theirs is None
    if mine != theirs:
        return mine > theirs
    for name in ("need", "outcomes"):
        if one.scores.get(name, 0) != other.scores.get(name, 0):
            return one.scores.get(name, 0) > other.scores.get(name, 0)
    left, right = one.pence * max(other.pupils, 1), other.pence * max(one.pupils, 1)  # cross-multiplied
    return left < right if left != right else one.number < other.number


def reached(purse: Purse, wanted: list[tuple[int, str, int]]) -> set[int]:
    """Which of these bids (number, kind of school, pence), in their order, the money still reaches;
    one that it does not reach takes nothing from those below it."""
    left, found = Purse(list(purse.free), purse.pays), set()
    for number, kind, pence in wanted:
        if left.room(kind) >= pence:
            left.reserve(number, kind, pence)
            found.add(number)
    return found
