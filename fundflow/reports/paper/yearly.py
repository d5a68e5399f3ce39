"""Tables of an ended year, of pupils and of what schools say, in papers at several dates and on the board's
dashboard (docs/rules.md, "Small numbers").

Two papers together are one table more: the difference between them could be one bid's pupils, or one school's
answer. So such a table stays as it was issued first, and the board's dashboard shows what was issued alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.board import BoardPaper
from fundflow.models.fund import Fund
from fundflow.reports.tables import Part, Table, part_from
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.date_words import day_words

KEPT = "These are the figures of the report issued on {}: newer ones could tell of one bid or school."
ISSUED_ALONE = "Figures of an ended year stand here as the reports to the board gave them."
YEARLY = re.compile(r"-20\d\d$")  # how their codes end
IN_PARTS = ("pupils", "impact")


def as_issued(part: Part, slug: str, fund: Fund) -> Part:
    """A part of the board's dashboard: each table of an ended year as it was issued, none that was not; one
    query where a part has such tables."""
    if slug not in IN_PARTS:
        return part
    papers = db.session.scalars(
        select(BoardPaper.figures[slug])
        .where(BoardPaper.fund_id == fund.id, BoardPaper.state == PaperState.ISSUED)
        .order_by(BoardPaper.issued_at.desc(), BoardPaper.id.desc())
    )
    issued = {table.code: table for table in _tables(papers)}
    tables = (issued.get(table.code) if YEARLY.search(table.code) else table for table in part.tables)
    return replace(
        part, tables=tuple(table for table in tables if table), sentences=(*part.sentences, ISSUED_ALONE)
    )


def without_differences(part: Part, issued: Sequence[BoardPaper]) -> Part:
    """The part of a new paper, each table of an ended year as one of the issued papers, the oldest first,
    has it already."""
    first: dict[str, Table] = {}
    for paper in issued:
        for table in _tables(paper.figures.get(slug) for slug in IN_PARTS):
            first.setdefault(table.code, _dated(table, paper))
    tables = (first.get(table.code, table) if YEARLY.search(table.code) else table for table in part.tables)
    kept = {table.code: table for table in part.tables}
    return replace(
        part, tables=tuple(kept[one.code] if _same(one, kept[one.code]) else one for one in tables)
    )


def _same(old: Table, new: Table) -> bool:
    return (old.columns, old.rows, old.totals) == (new.columns, new.rows, new.totals)


def _dated(table: Table, paper: BoardPaper) -> Table:
    """A table of an issued paper with the note that says when that was; where it has one, as it is."""
    if paper.issued_at is None or (table.notes and table.notes[-1].startswith(KEPT[:30])):
        return table
    return replace(table, notes=(*table.notes, KEPT.format(day_words(paper.issued_at))))


def _tables(parts: Iterable[dict[str, object] | None]) -> list[Table]:
    """The tables that kept parts hold, in order."""
    return [table for data in parts if data for table in part_from(data).tables]
