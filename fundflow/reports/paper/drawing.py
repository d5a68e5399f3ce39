"""The figures of a paper: drawn as they stand at a moment, and kept as JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.board import BoardPaper, Recommendation
from fundflow.models.fund import Fund
from fundflow.reports.cut import Cut
from fundflow.reports.figures import figures_for
from fundflow.reports.paper.headings import place_of
from fundflow.reports.paper.yearly import IN_PARTS, without_differences
from fundflow.reports.tables import (
    Column,
    Kind,
    Part,
    Row,
    Table,
    all_tables,
    counted,
    part_from,
    words_of,
)
from fundflow.rules.small_numbers import Mark
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.recommendation import WAITING, RecommendationState
from fundflow.workflow.working_days import london_date

NOT_COMPARED = ("pupils", "value", "recommendations", "changed")
MOST_CHANGES = 60
NONE, NOT_SHOWN = "None", "Not shown"  # where a report has no such row, and where it hides the figure


def drawn(paper: BoardPaper, at: datetime) -> dict[str, Any]:
    """All parts of a paper as they stand at a moment, as JSON by their place in addresses.

    What changed is said against the latest paper that was issued before; the tables of ended years are
    shown so that no difference to any issued one gives away a small number or an answer.
    """
    cut = Cut(paper.fund, paper.starts_on, paper.ends_on)
    issued = issued_before(paper)
    parts = {one.slug: one.of(cut, at) for one in figures_for(staff=False)}
    for slug in IN_PARTS:
        parts[slug] = without_differences(parts[slug], others_issued(paper))
    parts["recommendations"] = recommendations(paper.fund, issued, at)
    last = issued[-1] if issued else None
    parts["changed"] = changed(parts, last) if last else FIRST
    return {slug: part.to_json() for slug, part in parts.items()}


def parts_of(paper: BoardPaper) -> dict[str, Part]:
    """The figures that a paper keeps."""
    return {slug: part_from(data) for slug, data in paper.figures.items()}


def others_issued(paper: BoardPaper) -> Sequence[BoardPaper]:
    """The fund's issued papers, the oldest first, without this one; those that it corrects stay readable."""
    query = select(BoardPaper).where(
        BoardPaper.fund_id == paper.fund.id, BoardPaper.state == PaperState.ISSUED
    )
    if paper.id is not None:
        query = query.where(BoardPaper.id != paper.id)
    return db.session.scalars(query.order_by(BoardPaper.issued_at, BoardPaper.id)).all()


def issued_before(paper: BoardPaper) -> Sequence[BoardPaper]:
    """The same without the editions that it corrects."""
    corrected, edition = set(), paper.corrects
    while edition is not None:
        corrected.add(edition.id)
        edition = edition.corrects
    return [one for one in others_issued(paper) if one.id not in corrected]


FIRST = Part("What changed since the last report", (), ("This is the first report.",))


def changed(parts: Mapping[str, Part], before: BoardPaper) -> Part:
    """The key figures of the last paper and of this one, where they differ; also those that came or went.
    What was exempt there is not compared, as it may be public here."""
    exempt = _names_of(_exempt(before))
    then, now = (
        {what: said for what, said in _key_figures(each) if not what[0].startswith(exempt)}
        for each in (parts_of(before), parts)
    )
    rows = tuple(
        (*what, then.get(what, NONE), now.get(what, NONE))
        for what in (now | then)
        if then.get(what) != now.get(what)
    )
    table = Table(
        code="changed",
        title=f"What changed since the report issued on {day_words(before.issued_at or before.drawn_at)}",
        says=(
            f"Since the report for {before.period_words}, with figures of {before.drawn_day_words}, "
            f"{_changes(len(rows))}"
        ),
        columns=(Column("Table"), Column("Figure"), Column("Then"), Column("Now")),
        rows=rows,
    )
    return Part(FIRST.heading, (table,))


def _exempt(paper: BoardPaper) -> Iterator[Table]:
    """The tables under the headings of a paper that are exempt."""
    parts = parts_of(paper)
    for place in (place_of(section.heading) for section in paper.sections if section.exempt):
        yield from all_tables(parts[slug] for slug in place.parts if slug in parts)
        yield from (table for table in all_tables(parts.values()) if table.code in place.tables)


def without_changes(part: Part, hidden: Iterable[Table]) -> Part:
    """A part of which the table of changes leaves out the figures of these tables, as the public part tells
    nothing of the exempt one, and then all above `MOST_CHANGES`."""
    names = _names_of(hidden)
    return replace(part, tables=tuple(_without(names, table) for table in part.tables))


def _names_of(tables: Iterable[Table]) -> tuple[str, ...]:
    """How the changes of these tables begin."""
    return tuple(f"{_name_of(table)}: " for table in tables)


def _without(names: tuple[str, ...], table: Table) -> Table:
    if table.code != "changed":
        return table
    rows = tuple(row for row in table.rows if not str(row[0]).startswith(names))
    before, _, _ = table.says.rpartition(", ")
    more = len(rows) - MOST_CHANGES
    notes = (
        (*table.notes, f"{MOST_CHANGES} are shown here; {more} more changed.") if more > 0 else table.notes
    )
    return replace(table, rows=rows[:MOST_CHANGES], says=f"{before}, {_changes(len(rows))}", notes=notes)


def _changes(number: int) -> str:
    return f"{counted(number, 'key figure')} changed."


def _key_figures(parts: Mapping[str, Part]) -> Iterator[tuple[tuple[str, str], str]]:
    """((table, row), the number in words): of each row the number that is drawn, else its first. A row is
    named by all its words before that: two allocation lines may be of one source."""
    tables = all_tables(part for slug, part in parts.items() if slug not in NOT_COMPARED)
    for table in tables:
        numbers = [n for n, column in enumerate(table.columns) if column.kind.is_number]
        if not numbers or any(column.kind is Kind.PUPILS for column in table.columns):
            continue
        place = table.chart.values[0] if table.chart else numbers[0]
        for row in table.all_rows:
            if (cell := row[place]) is not None:
                what = f"{_name_of(table)}: {table.columns[place].title.lower()}"
                named = ", ".join(str(word) for word in row[: numbers[0]] if word)
                hidden = isinstance(cell, Mark)
                yield (what, named), NOT_SHOWN if hidden else words_of(cell, table.columns[place].kind)


def _name_of(table: Table) -> str:
    """A table's name without the dates of its title."""
    return table.code.replace("-", " ").capitalize()


def recommendations(fund: Fund, issued: Sequence[BoardPaper], at: datetime) -> Part:
    """What committees and the board recommended: all that is open, and what ended since the last paper."""
    since, today = issued[-1].drawn_at if issued else None, london_date(at)
    rows: list[Row] = []
    waiting = late = 0
    for one in db.session.scalars(
        select(Recommendation)
        .where(Recommendation.fund_id == fund.id, Recommendation.state != RecommendationState.NEW)
        .order_by(Recommendation.due_on, Recommendation.id)
    ):
        if one.state not in ENDED or since is None or one.changed_at > since:
            waiting += one.state in WAITING
            late += one.is_overdue(today)
            answered = london_date(one.answered_at) if one.answered_at else None
            response = f"{one.answered_for}: {one.response}" if one.answered_for else one.response
            known = (one.what, one.body, one.owner_role, one.due_on, one.state_words)
            rows.append((*known, response, answered, one.outcome))
    if not rows:
        return Part("Recommendations", (), ("No earlier recommendation is open.",))
    table = Table(
        code="recommendations",
        title="Earlier recommendations and actions",
        says=(
            f"Earlier recommendations: {len(rows)}. Still to be answered or done: {waiting}. Overdue: {late}."
        ),
        columns=(
            Column("Recommendation"),
            Column("By"),
            Column("Owner"),
            Column("Date", Kind.DATE),
            Column("State"),
            Column("Response"),
            Column("Answered", Kind.DATE),
            Column("What was done"),
        ),
        rows=tuple(rows),
    )
    return Part("Recommendations", (table,))


ENDED = (RecommendationState.DONE, RecommendationState.LET_GO, RecommendationState.NOT_ACCEPTED)
