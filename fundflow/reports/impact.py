"""Ratings, results by measure, feedback, overdue reports and follow-up actions
(docs/rules.md, "Figures of reports")."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.feedback import Feedback
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import year_words
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import OPEN_IN, ImpactReturn, Rag
from fundflow.models.impact_results import Rating
from fundflow.models.measure import Better
from fundflow.reports.cut import Cut
from fundflow.reports.states import state_at
from fundflow.reports.tables import (
    Cell,
    Chart,
    Column,
    Kind,
    Part,
    Row,
    Shape,
    Table,
    counted,
    were,
    with_notes,
)
from fundflow.rules.feedback import ENOUGH
from fundflow.rules.results import Result, Summed, by_measure
from fundflow.rules.small_numbers import MOST_HIDDEN, Mark, share
from fundflow.rules.value import FEW
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from fundflow.workflow.working_days import financial_year, london_date, working_days_between

MISSING = Mark.NOT_AVAILABLE
COUNT = Kind.COUNT


def impact(cut: Cut, at: datetime) -> Part:
    """What came of the support: ratings, results, what schools say, what is overdue; six queries.

    Who is not staff reads what schools say of years that have ended, so that no two times can be subtracted
    from each other.
    """
    asked, cut = cut, cut.told
    said = feedback(cut, at) if cut.staff else feedback_by_year(cut, at)
    tables = (ratings(cut, at), results(cut, at), *said, overdue(cut, at), follow_ups(cut, at))
    return Part("Impact", with_notes(tables, asked.told_words), () if cut.staff else (WHY_BY_YEAR,))


def ratings(cut: Cut, at: datetime) -> Table:
    """Bids by the latest rating of their latest report, as given in the period."""
    kind = case({kind.value: n for n, kind in enumerate(ReturnKind)}, value=ImpactReturn.kind)
    order = (kind.desc(), ImpactReturn.number.desc(), Rating.number.desc())
    latest = (
        select(
            Rating.rag,
            Rating.given_at,
            func.row_number().over(partition_by=ImpactReturn.bid_id, order_by=order).label("place"),
        )
        .join(ImpactReturn, ImpactReturn.id == Rating.report_id)
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .where(cut.of_bid(at), ImpactReturn.state == ReturnState.ACCEPTED)
        .where(ImpactReturn.accepted_at < cut.until(at), Rating.given_at < cut.until(at))
        .subquery()
    )
    found: dict[Rag, int] = dict(
        db.session.execute(
            select(latest.c.rag, func.count())
            .where(latest.c.place == 1, cut.during(latest.c.given_at, at))
            .group_by(latest.c.rag)
        ).all()
    )
    total = sum(found.values())
    rows = tuple((rag.words, found.get(rag, 0), share(found.get(rag, 0), total)) for rag in Rag)
    return Table(
        code="ratings",
        title="Bids by rating",
        says=(
            f"Bids rated in this time: {total}. Green: {found.get(Rag.GREEN, 0)}, amber: "
            f"{found.get(Rag.AMBER, 0)}, red: {found.get(Rag.RED, 0)}."
            if total
            else "No bid was rated in this time."
        ),
        columns=(Column("Rating"), Column("Bids", COUNT), Column("Share", Kind.PERCENT)),
        rows=rows,
        totals=("All", total, share(total, total)),
        chart=Chart(Shape.STACKED),
        notes=(
            f"Green from {cut.fund.green_from_percent}% of the way to the targets, amber from "
            f"{cut.fund.amber_from_percent}%. The latest rating of a bid counts.",
        ),
    )


# -- results by measure ---------------------------------------------------------------------------------


def results(cut: Cut, at: datetime) -> Table:
    """Results by measure of the fund's library. What was measured on five pupils or fewer, or on a group
    whose size the bid does not say, is left out of every mean."""
    during = cut.during(ImpactReturn.accepted_at, at)
    found = by_measure(cut.of_bid(at), during, before=cut.until(at))
    summed = [Summed(large) for one in found if (large := [row for row in one.rows if may_be_shown(row)])]
    left_out = sum(len(one.rows) for one in found) - sum(len(one.rows) for one in summed)
    enough = [one for one in summed if one.bids >= cut.enough]
    best = max(enough, key=lambda one: one.mean("movement"), default=None)
    says = (
        f"The largest movement is in “{best.first.measure}”, {best.mean('movement'):.0f}% of the way to the "
        f"target."
        if best
        else "No result by a measure of the fund was accepted in this time."
        if not summed
        else "No measure has results of enough bids for a mean."
    )
    notes = ["Means count each outcome once. Other measures of bids can’t be added up."]
    if left_out:
        notes.append(
            f"{counted(left_out, 'result')} left out: measured on 1 to {MOST_HIDDEN} pupils, or on a group "
            "whose size is not known."
        )
    if enough != summed:
        notes.append(f"Means are shown once {cut.enough} bids have a result.")
    if few := [f"{one.first.measure} ({one.bids})" for one in enough if one.bids < FEW]:
        notes.append(f"Read with care, as fewer than {FEW} bids stand behind: {', '.join(few)}.")
    return Table(
        code="results",
        title="Results by measure",
        says=says,
        columns=(
            Column("Measure"),
            Column("Unit"),
            Column("Better when it"),
            Column("Bids", COUNT),
            Column("Baseline", Kind.POINTS),
            Column("Target", Kind.POINTS),
            Column("Result", Kind.POINTS),
            Column("Movement", Kind.PERCENT),
        ),
        rows=tuple(_result_row(one, shown=one in enough) for one in summed),
        chart=Chart(Shape.DUMBBELL, (4, 5, 6)) if summed else None,
        notes=tuple(notes),
    )


def may_be_shown(row: Result) -> bool:
    """Whether a result is of so many pupils that it gives nobody away."""
    return row.group_size is not None and row.group_size > MOST_HIDDEN


def _result_row(one: Summed, *, shown: bool) -> Row:
    first = one.first
    means: Row = (Mark.HIDDEN,) * 4
    if shown:
        means = tuple(mean_of(one.rows, name) for name in ("baseline", "target", "actual"))
        means = (*means, mean_of(one.rows, "movement") / 100)
    return (
        f"{first.measure} (gap)" if first.is_gap else first.measure,
        first.unit,
        "falls" if first.is_gap or first.better is Better.DOWN else "rises",
        one.bids,
        *means,
    )


def mean_of(rows: Sequence[Result], name: str) -> Fraction:
    """The mean of a value of results, exact."""
    values = [Fraction(getattr(row, name)) for row in rows]
    return sum(values, Fraction(0)) / len(values)


# -- feedback -------------------------------------------------------------------------------------------

QUESTIONS = {
    "quality": "Quality of the support",
    "timeliness": "Timeliness",
    "fit": "Fit to what was needed",
    "council": "How the council handled it",
}


WHY_BY_YEAR = (
    "What schools say is counted for the whole fund, and once a financial year has ended: answers that are "
    "counted on two days, or of some schools alone, would together tell what one school said."
)


def feedback(cut: Cut, at: datetime) -> tuple[Table, Table]:
    """What supported schools said in the period, from three schools on; one query."""
    return _what_they_say(_answers(cut.of_bid(at), cut.during(Feedback.given_at, at)))


def feedback_by_year(cut: Cut, at: datetime) -> list[Table]:
    """The same over the whole fund for each financial year that has ended by then; one query."""
    years: dict[int, list[Any]] = {}
    for row in _answers(Bid.fund_id == cut.fund.id, Feedback.given_at.is_not(None)):
        years.setdefault(financial_year(london_date(row["given_at"])), []).append(row)
    shown = [year for year in sorted(years) if cut.shows_year(year, at)]
    return [table for year in shown for table in _what_they_say(years[year], year)]


def _answers(*which: ColumnElement[bool]) -> Sequence[Any]:
    columns = [getattr(Feedback, name) for name in (*QUESTIONS, "use_again", "given_at", "school_id")]
    query = select(*columns).join(Bid, Bid.id == Feedback.bid_id).where(*which)
    return db.session.execute(query).mappings().all()


def _what_they_say(given: Sequence[Any], year: int | None = None) -> tuple[Table, Table]:
    """Two tables of some answers, of the period or of a year."""
    suffix, when = (f"-{year}", f" ({year_words(year)})") if year else ("", "")

    def answers(name: str) -> list[int] | None:
        """None where fewer schools answered than could hide who did."""
        found = [(row["school_id"], row[name]) for row in given if row[name] is not None]
        return [value for _, value in found] if len({school for school, _ in found}) >= ENOUGH else None

    schools = len({row["school_id"] for row in given})
    rows: list[Row] = []
    for name, words in QUESTIONS.items():
        found = answers(name)
        mean: Cell = Fraction(sum(found), len(found)) if found else MISSING
        rows.append((words, len(found) if found else MISSING, mean))
    again = answers("use_again")
    yes, no = (again.count(True), again.count(False)) if again else (MISSING, MISSING)
    few = f"Means are shown once {ENOUGH} schools have answered: fewer could tell who gave which."
    return (
        Table(
            code=f"feedback{suffix}",
            title=f"What supported schools say, from 1 to 5{when}",
            says=f"In this time {counted(schools, 'school')} gave feedback on a bid.",
            columns=(Column("Question"), Column("Answers", COUNT), Column("Mean", Kind.POINTS)),
            rows=tuple(rows),
            chart=Chart(Shape.BARS, (2,)),
            notes=(few,),
        ),
        Table(
            code=f"feedback-again{suffix}",
            title=f"Would they use the support again?{when}",
            says=f"Of those who answered, {yes} would and {no} would not."
            if again
            else "Too few schools have answered.",
            columns=(Column("Answer"), Column("Answers", COUNT)),
            rows=(("Yes", yes), ("No", no)),
            chart=Chart(Shape.STACKED) if again else None,
            notes=(few,),
        ),
    )


# -- what is overdue ------------------------------------------------------------------------------------

LATE = ((20, "20 or more"), (10, "10 to 19"), (1, "1 to 9"))  # working days


def overdue(cut: Cut, at: datetime) -> Table:
    """Reports that were due by the end of the period and had not come, by how late they were; one query."""
    day = cut.last_day(at)
    first = (
        select(func.min(HistoryEntry.at))
        .where(HistoryEntry.process == ImpactReturn.workflow.name)
        .where(HistoryEntry.record_id == ImpactReturn.id, HistoryEntry.step == "submit")
        .correlate(ImpactReturn)
        .scalar_subquery()
    )
    sent = func.coalesce(first, ImpactReturn.submitted_at)
    rows = db.session.execute(
        select(ImpactReturn.kind, ImpactReturn.due_on, state_at(cut, at))
        .join(Bid, Bid.id == ImpactReturn.bid_id)
        .where(cut.of_bid(at), ImpactReturn.number == 1, ImpactReturn.state != ReturnState.WITHDRAWN)
        .where(ImpactReturn.due_on < day, (sent.is_(None)) | (sent >= cut.until(at)))
    ).all()
    off = cut.fund.schools_off
    found = Counter(
        (_rung(working_days_between(due_on, day, off)), kind)
        for kind, due_on, state in rows
        if BidState(state) in OPEN_IN[kind]
    )
    kinds = list(ReturnKind)
    table: list[Row] = [
        (words, *(found[words, kind] for kind in kinds), sum(found[words, kind] for kind in kinds))
        for _, words in reversed(LATE)
    ]
    return Table(
        code="overdue",
        title="Overdue reports",
        says=(
            f"On {day_words(day)} {were(found.total(), 'report')} overdue. By 20 working days or more: "
            f"{table[-1][-1]}."
            if found
            else f"On {day_words(day)} no report was overdue."
        ),
        columns=(
            Column("Working days late"),
            *(Column(kind.words, COUNT) for kind in kinds),
            Column("All", COUNT),
        ),
        rows=tuple(table),
        totals=(
            "All",
            *(sum(found[words, kind] for _, words in LATE) for kind in kinds),
            found.total(),
        ),
    )


def _rung(late: int) -> str:
    return next((words for least, words in LATE if late >= least), LATE[-1][1])


def follow_ups(cut: Cut, at: datetime) -> Table:
    """Actions agreed after a rating or a visit by the end of the period, by what became of them."""
    day, until = cut.last_day(at), cut.until(at)
    state = case((FollowUp.changed_at >= until, FollowUpState.OPEN.value), else_=FollowUp.state)
    late = case((FollowUp.due_on < day, 1), else_=0)
    found: Counter[tuple[str, int]] = Counter()
    each = (
        select(state.label("state"), late.label("late"))
        .join(Bid, Bid.id == FollowUp.bid_id)
        .where(cut.of_bid(at), FollowUp.asked_at < until)
        .subquery()
    )
    for became, is_late, number in db.session.execute(
        select(each.c.state, each.c.late, func.count()).group_by(each.c.state, each.c.late)
    ):
        found[FollowUpState(became).value, is_late] += number
    rows = (
        ("To do", found[FollowUpState.OPEN.value, 0]),
        ("To do, and past its day", found[FollowUpState.OPEN.value, 1]),
        ("Done", found[FollowUpState.DONE.value, 0] + found[FollowUpState.DONE.value, 1]),
        ("No longer asked for", found[FollowUpState.LET_GO.value, 0] + found[FollowUpState.LET_GO.value, 1]),
    )
    total = sum(number for _, number in rows)
    return Table(
        code="follow-ups",
        title="Follow-up actions",
        says=(
            f"Follow-up actions that were agreed: {total}. Done: {rows[2][1]}. Past their day: {rows[1][1]}."
            if total
            else "No follow-up action has been agreed."
        ),
        columns=(Column("State"), Column("Actions", COUNT)),
        rows=rows,
        totals=("All", total),
        chart=Chart(Shape.STACKED),
    )
