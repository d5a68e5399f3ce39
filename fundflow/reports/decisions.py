"""What was decided, how long it took, and the awards by term (docs/rules.md, "Figures of reports")."""

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from statistics import median

from sqlalchemy import ColumnElement, func, select

from fundflow.extensions import db
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.panel import ItemOutcome
from fundflow.models.review import Submission
from fundflow.reports.cut import Cut
from fundflow.reports.states import first_decided_at, is_told, stands, state_at, was_first_decided
from fundflow.reports.tables import (
    Cell,
    Chart,
    Column,
    Kind,
    Part,
    Shape,
    Table,
    were,
    with_notes,
    words_of,
)
from fundflow.rules.small_numbers import Mark
from fundflow.workflow.application import BidState
from fundflow.workflow.working_days import london_date, working_days_between

S = BidState
OUTCOMES = {
    ItemOutcome.APPROVED: "Funded",
    ItemOutcome.DECLINED: "Refused",
    ItemOutcome.DEFERRED: "Deferred",
}
INELIGIBLE = "Ineligible"


def decisions(cut: Cut, at: datetime) -> Part:
    """What was decided in the period, of bids whose schools know it: by outcome, and how long it took; three
    queries."""
    chosen, cut = cut, cut.told
    asked = func.coalesce(Bid.sent_pence, Bid.requested_pence)
    # The latest of an outcome: a correction has a higher number than what it corrects.
    made = (
        select(Decision.bid_id, Decision.outcome, func.max(Decision.id).label("id"))
        .join(Bid, Bid.id == Decision.bid_id)
        .where(cut.of_bid(at), stands(cut, at), is_told(cut, at))
        .where(was_first_decided(cut))
        .group_by(Decision.bid_id, Decision.outcome)
        .subquery()
    )
    rows = db.session.execute(
        select(Decision.outcome, func.count(), func.sum(asked), func.sum(func.coalesce(Decision.pence, 0)))
        .join(made, made.c.id == Decision.id)
        .join(Bid, Bid.id == Decision.bid_id)
        .group_by(Decision.outcome)
    )
    found = {outcome: (count, int(sums), int(offered)) for outcome, count, sums, offered in rows}
    ineligible, ineligible_pence = db.session.execute(
        select(func.count(), func.coalesce(func.sum(asked), 0))
        .select_from(Bid)
        .where(cut.of_bid(at), state_at(cut, at) == S.INELIGIBLE.value, cut.during(_ruled_at(cut, at), at))
    ).one()
    table = [(words, *found.get(outcome, (0, 0, 0))) for outcome, words in OUTCOMES.items()]
    table.append((INELIGIBLE, ineligible, int(ineligible_pence), 0))
    funded, refused = table[0], table[1]
    return Part(
        "Decisions",
        (
            *with_notes(
                (
                    Table(
                        code="decisions",
                        title=f"Decisions from {cut.period_words(at)}",
                        says=(
                            f"In this time {were(funded[1], 'bid')} funded "
                            f"and {were(refused[1], 'bid')} refused. "
                            f"Offers: {pounds(funded[3])}, of {pounds(funded[2])} asked for."
                        ),
                        columns=(
                            Column("Outcome"),
                            Column("Bids", Kind.COUNT),
                            Column("Asked for", Kind.PENCE),
                            Column("Offered", Kind.PENCE),
                        ),
                        rows=tuple(table),
                        chart=Chart(Shape.BARS),
                        notes=("A bid that was deferred and then decided stands under both.",),
                    ),
                    _times(cut, at),
                ),
                chosen.told_words,
            ),
            _by_term(chosen, at),
        ),
    )


def _ruled_at(cut: Cut, at: datetime) -> ColumnElement[datetime]:
    """When a bid was last ruled ineligible; since when it is so, where no history says it."""
    ruled = (
        select(func.max(HistoryEntry.at))
        .where(HistoryEntry.process == Bid.workflow.name, HistoryEntry.record_id == Bid.id)
        .where(HistoryEntry.step == "rule_ineligible", HistoryEntry.at < cut.until(at))
        .correlate(Bid)
        .scalar_subquery()
    )
    return func.coalesce(ruled, Bid.state_since)


def _times(cut: Cut, at: datetime) -> Table:
    """Working days from a bid's first submission to the first decision to fund or refuse it."""
    sent = select(func.min(Submission.at)).where(Submission.bid_id == Bid.id).correlate(Bid).scalar_subquery()
    first = (
        select(Decision.bid_id, func.min(first_decided_at()).label("decided_at"))
        .join(Bid, Bid.id == Decision.bid_id)
        .where(cut.of_bid(at), stands(cut, at), is_told(cut, at))
        .where(Decision.outcome.in_((ItemOutcome.APPROVED, ItemOutcome.DECLINED)))
        .group_by(Decision.bid_id)
        .subquery()
    )
    rows = db.session.execute(
        select(func.coalesce(sent, Bid.submitted_at), first.c.decided_at)
        .join(first, first.c.bid_id == Bid.id)
        .where(cut.during(first.c.decided_at, at))
    )
    off = cut.fund.council_off
    days = sorted(
        working_days_between(london_date(began), london_date(decided), off) for began, decided in rows
    )
    none = Mark.HIDDEN if days else Mark.NOT_APPLICABLE
    middle: Cell
    least: Cell
    most: Cell
    middle, least, most = none, none, none
    says = (
        f"In this time {were(len(days), 'bid')} decided."
        if days
        else "No bid was funded or refused in this time."
    )
    if len(days) >= cut.enough:
        middle, least, most = Fraction(median(days)), days[0], days[-1]
        says = (
            f"In this time {were(len(days), 'bid')} decided. The middle one took "
            f"{words_of(middle, Kind.WORKING_DAYS)} working days, the longest {days[-1]}."
        )
    return Table(
        code="time-to-decision",
        title="Time from submission to decision",
        says=says,
        columns=(
            Column("Bids", Kind.COUNT),
            Column("Median", Kind.WORKING_DAYS),
            Column("Shortest", Kind.WORKING_DAYS),
            Column("Longest", Kind.WORKING_DAYS),
        ),
        rows=((len(days), middle, least, most),),
        notes=(
            "Counted from the first submission to the first decision, also while it was back at the school.",
        ),
    )


# -- awards by term -------------------------------------------------------------------------------------

TERMS = {"Autumn": 9, "Spring": 1, "Summer": 4}


def term_of(day: date) -> tuple[int, str]:
    """The term of a day: (year, “Spring”). Autumn begins in September, spring in January, summer in April."""
    name = (
        "Autumn" if day.month >= TERMS["Autumn"] else "Summer" if day.month >= TERMS["Summer"] else "Spring"
    )
    return day.year, name


def _by_term(cut: Cut, at: datetime) -> Table:
    """Awards by the term in which their schools accepted the offers."""
    rows = db.session.execute(
        select(Award.made_at, Award.pence)
        .join(Bid, Bid.id == Award.bid_id)
        .where(cut.of_bid(at), Award.number == 1, cut.during(Award.made_at, at))
        .order_by(Award.made_at)
    ).all()
    counts: Counter[tuple[int, str]] = Counter()
    sums: Counter[tuple[int, str]] = Counter()
    for made_at, pence in rows:
        term = term_of(london_date(made_at))
        counts[term] += 1
        sums[term] += pence
    return Table(
        code="awards-by-term",
        title="Awards by term",
        says=(
            f"In this time {were(len(rows), 'award')} made, of {pounds(sums.total())} together."
            if rows
            else "No award was made in this time."
        ),
        columns=(Column("Term"), Column("Awarded", Kind.PENCE), Column("Awards", Kind.COUNT)),
        rows=tuple((f"{name} {year}", sums[year, name], counts[year, name]) for year, name in counts),
        totals=("All terms", sums.total(), counts.total()) if rows else (),
        chart=Chart(Shape.COLUMNS) if rows else None,
        notes=("An award counts as it was accepted; what was released or changed since is under Money.",),
    )
