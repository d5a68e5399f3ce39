"""A panel's rules (docs/rules.md, "The panel"): criteria, weights, thresholds, quorum, the ranked list.

Plain values: a fund keeps them in versions (`models.panel_settings`), so that a decision can be
recomputed under the rules it was made under.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from fundflow.workflow.worded import Worded

Scores = Mapping[str, int | Fraction]  # criterion → agreed score, or members’ mean


class Choice(Worded):
    FUND = "fund", "For"
    DO_NOT_FUND = "do_not_fund", "Against"
    ABSTAIN = "abstain", "Abstains"


SCORE_WORDS = {0: "Unacceptable", 1: "Poor", 2: "Acceptable", 3: "Good", 4: "Excellent"}
MOST_SCORE = 4


class Criterion(NamedTuple):
    """One criterion of a version of the rules.

    weight    points of 100 that a score of 4 earns
    guidance  what members are told about scoring it
    is_key    a bid is fundable only from `Rules.key_least` on
    """

    slug: str
    title: str
    weight: int
    guidance: str = ""
    is_key: bool = False


STANDARD_CRITERIA = (
    Criterion(
        "need",
        "Need and evidence",
        20,
        "Is the need clear, and shown by evidence beyond one year’s results?",
        True,
    ),
    Criterion(
        "outcomes",
        "Measurable outcomes",
        20,
        "Are the outcomes few, measured from a baseline, and for named groups of pupils?",
        True,
    ),
    Criterion("priority", "Local priority", 15, "Does it serve the round’s priorities?"),
    Criterion(
        "delivery",
        "Delivery and partners",
        15,
        "Can the people named do this in the time, and have their schools released them?",
    ),
    Criterion(
        "value",
        "Value for money",
        15,
        "Do the days and rates compare well with past awards and with what will change?",
        True,
    ),
    Criterion(
        "sustainability",
        "Sustainability and sharing",
        10,
        "What stays when the money ends, and how will other schools learn from it?",
    ),
    Criterion("gaps", "Closing gaps", 5, "Whose gap will narrow, and by how much?"),
)


class Band(Worded):
    """What a total speaks for (docs/rules.md, "Scoring")."""

    FUND = "fund", "Can be funded"
    REDUCE_OR_DEFER = "reduce_or_defer", "Fund less, or defer"
    DO_NOT_FUND = "do_not_fund", "Not fundable"


class Score(NamedTuple):
    """What a bid's scores come to.

    total, band  None until every criterion has a score
    low          what speaks against funding in full, as a sentence; empty where nothing does
    """

    given: Scores
    total: Fraction | None
    band: Band | None
    low: str


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of a panel's rules; amounts in pence, thresholds in points of 100."""

    quorum_least: int = 3
    quorum_percent: int = 40  # of the members
    disclosed_may_vote: bool = False
    cluster_discloses: bool = False  # a bid of one's own cluster is an interest to disclose
    individual_from_pence: int = 2_500_000  # from here on each member scores
    fundable_from: int = 60
    reduce_from: int = 50  # from here to `fundable_from`: fund less, or defer
    key_least: int = 2
    moderate_from: int = 2  # a spread that calls for moderation
    criteria: tuple[Criterion, ...] = STANDARD_CRITERIA
    places: Mapping[str, int] = field(default_factory=dict)  # Sector's value → seats there are to fill

    @property
    def slugs(self) -> list[str]:
        return [criterion.slug for criterion in self.criteria]

    def scores_individually(self, pence: int) -> bool:
        """Whether each member scores a bid for this amount; else the panel agrees one score."""
        return pence >= self.individual_from_pence

    def title_of(self, slug: str) -> str:
        """A criterion's title; of one these rules no longer have, its slug."""
        return next((c.title for c in self.criteria if c.slug == slug), slug)

    def total(self, scores: Scores) -> Fraction | None:
        """Σ(mean ÷ 4 × weight), exactly; None until every criterion has a score."""
        if any(criterion.slug not in scores for criterion in self.criteria):
            return None
        # In whole numbers of one denominator: adding fractions one by one costs a list most of its time.
        parts = lcm(*(scores[c.slug].denominator for c in self.criteria))
        whole = sum(
            scores[c.slug].numerator * (parts // scores[c.slug].denominator) * c.weight for c in self.criteria
        )
        return Fraction(whole, MOST_SCORE * parts)

    def low_keys(self, scores: Scores) -> list[Criterion]:
        """The key criteria that scored too low for a bid to be funded."""
        return [c for c in self.criteria if c.is_key and scores.get(c.slug, self.key_least) < self.key_least]

    def score(self, given: Scores) -> Score:
        """What these scores come to and speak for."""
        total = self.total(given)
        if total is None:
            return Score(given, None, None, "")
        low_keys, low = self.low_keys(given), ""
        if total < self.fundable_from:
            low = f"The score is {points(total)}, below {self.fundable_from}."
        elif low_keys:
            low = f"{low_keys[0].title} scored below “{SCORE_WORDS[self.key_least].lower()}”."
        band = Band.REDUCE_OR_DEFER if total >= self.reduce_from else Band.DO_NOT_FUND
        return Score(given, total, band if low else Band.FUND, low)

    def band(self, scores: Scores) -> Band | None:
        """What the scores speak for; None until every criterion has one."""
        return self.score(scores).band

    def why_not_fundable(self, scores: Scores) -> str | None:
        """What in the scores speaks against funding in full, as a sentence; else None."""
        return self.score(scores).low or None

    def departs(self, wanted: "Choice", scores: Scores, *, for_less: bool = False) -> str | None:
        """Scores advise: the sentence that says how this outcome departs from them, or None.

        for_less  less is offered than was asked for, as scores from `reduce_from` on suggest
        """
        _given, total, band, low = self.score(scores)
        if total is None:
            return None
        if wanted is Choice.DO_NOT_FUND:
            said = f"The score is {points(total)}, from which a bid can be funded."
            return said if band is Band.FUND else None
        if band is Band.REDUCE_OR_DEFER and for_less:
            return None
        return low or None


STANDARD = Rules()


def points(total: Fraction | int) -> str:
    """A total as people read it: “71”, “59.75”; to two decimals, rounded half up."""
    hundredths = points_in_hundredths(total)
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)


def points_in_hundredths(total: Fraction | int) -> int:
    """A total in whole hundredths of a point, rounded half up."""
    return (200 * total.numerator + total.denominator) // (2 * total.denominator)


def mean(given: Collection[int]) -> Fraction:
    """The exact mean of at least one score."""
    return Fraction(sum(given), len(given))


def spreads(sheets: Collection[Mapping[str, int]]) -> dict[str, int]:
    """By criterion how far apart several members’ scores lie; nothing of those nobody scored."""
    given: dict[str, list[int]] = {}
    for sheet in sheets:
        for slug, score in sheet.items():
            given.setdefault(slug, []).append(score)
    return {slug: max(scores) - min(scores) for slug, scores in given.items()}


class Ranked(NamedTuple):
    """A scored bid in the order in which money would reach it."""

    key: int
    scores: Scores
    pence: int
    pupils: int  # who benefit: for the cost per pupil


def rank(bids: Iterable[Ranked], rules: Rules) -> list[Ranked]:
    """Highest total first; ties by need, outcomes, then the lower cost per pupil, then age (`key`).

    Bids without every score come last, in the order of their age.
    """
    return sorted(bids, key=lambda bid: rank_key(bid, rules.total(bid.scores)))


def rank_key(bid: Ranked, total: Fraction | None) -> tuple[int, ...]:
    """What `rank` sorts by, for a list of bids that are each scored under rules of their own."""
    if total is None:
        return (1, 0, 0, 0, 0, bid.key)
    need, outcomes = (bid.scores.get(slug, 0) for slug in ("need", "outcomes"))
    cost = exact_order(bid.pence, max(bid.pupils, 1))
    return (
        0,
        *(-exact_order(one.numerator, one.denominator) for one in (total, need, outcomes)),
        cost,
        bid.key,
    )


def exact_order(numerator: int, denominator: int) -> int:
    """A whole number that compares as the fraction does, and much faster.

    Unequal fractions of denominators below 2⁶⁴ lie more than 2⁻¹²⁸ apart, so none are rounded to the same.
    """
    return (numerator << 128) // denominator
