"""Bids by state, phase and priority (docs/rules.md, "Figures of reports")."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.models.round import Priority
from fundflow.models.school import PHASES, School
from fundflow.reports.cut import Cut
from fundflow.reports.states import award_at, state_at
from fundflow.reports.tables import (
    Chart,
    Column,
    Kind,
    Part,
    Row,
    Shape,
    Table,
    counted,
    few_together,
    with_notes,
)
from fundflow.rules.feedback import ENOUGH
from fundflow.workflow.application import BidState

S = BidState
# Each state in words that hold without a date or a name, in the order of a bid's life.
STATE_WORDS = {
    S.SUBMITTED: "New",
    S.IN_REVIEW: "Being checked",
    S.RETURNED: "Waiting for the school",
    S.INELIGIBLE: "Ineligible",
    S.AT_PANEL: "Before the panel",
    S.DEFERRED: "Deferred",
    S.NOT_FUNDED: "Not funded",
    S.OFFERED: "Offer out",
    S.NOT_TAKEN_UP: "Offer ended",
    S.IN_DELIVERY: "In delivery",
    S.SUSPENDED: "Payments paused",
    S.TERMINATED: "Stopped early",
    S.IN_MONITORING: "Reporting",
    S.CLOSED: "Closed",
    S.WITHDRAWN: "Withdrawn",
}
NO_PRIORITY = "No priority"


def bids(cut: Cut, at: datetime) -> Part:
    """Bids that were sent in the period: by state, phase and priority; one query.

    To who is not staff phases and priorities with one or two bids that are no award stand together: the
    register names the awards, so the others would be known.
    """
    asked, cut = cut, cut.told
    each = (
        select(
            state_at(cut, at).label("state"),
            School.phase_code.label("phase"),
            func.coalesce(Priority.title, NO_PRIORITY).label("priority"),
            func.coalesce(Bid.sent_pence, Bid.requested_pence).label("asked"),
            award_at(cut, at).label("awarded"),
        )
        .select_from(Bid)
        .join(School, School.id == Bid.lead_school_id)
        .outerjoin(Priority, Priority.id == Bid.priority_id)
        .where(cut.of_bid(at), cut.during(Bid.submitted_at, at))
        .subquery()
    )
    of = (each.c.state, each.c.phase, each.c.priority)
    rows = db.session.execute(
        select(
            *of, func.count(), func.sum(each.c.asked), func.count(each.c.awarded), func.sum(each.c.awarded)
        ).group_by(*of)
    ).all()
    found = [(*row[:3], *(int(number or 0) for number in row[3:])) for row in rows]
    words = {state.value: said for state, said in STATE_WORDS.items()}
    by_state = _grouped(found, lambda row: words[row[0]], list(words.values()))
    whole = _total(found)
    by_phase = _grouped(found, lambda row: PHASES.get(row[1], "Not known"), list(PHASES.values()))
    by_priority = _grouped(found, lambda row: row[2], sorted({str(row[2]) for row in found}))
    if not cut.staff:
        by_phase = few_together(by_phase, _tells, "Several phases")
        by_priority = few_together(by_priority, _tells, "Several priorities")
    sentence = (
        f"From {cut.period_words(at)} {counted(whole[0], 'bid')} for {pounds(whole[1])} came in. Awards that "
        f"came of them: {whole[2]}, of {pounds(whole[3])} together."
        if whole[0]
        else f"From {cut.period_words(at)} no bid came in."
    )
    return Part(
        "Bids",
        with_notes(
            (
                _bid_table("bids-by-state", "Bids by state", "State", by_state, whole, "state"),
                _bid_table("bids-by-phase", "Bids by phase of the school", "Phase", by_phase, whole, "phase"),
                _bid_table(
                    "bids-by-priority", "Bids by priority", "Priority", by_priority, whole, "priority"
                ),
            ),
            asked.told_words,
        ),
        (sentence,),
    )


def _grouped(found: Sequence[Any], key: Callable[[Any], str], order: Iterable[str]) -> list[Row]:
    """Rows of (what, bids, asked, awards, awarded), those with bids alone, in this order."""
    groups: dict[str, list[Any]] = {}
    for row in found:
        groups.setdefault(key(row), []).append(row)
    names = [*dict.fromkeys(order)]
    names += [name for name in groups if name not in names]
    return [(name, *_total(groups[name])) for name in names if name in groups]


def _tells(row: Row) -> bool:
    """Whether a row counts one or two bids that are no award."""
    return 1 <= int(row[1]) - int(row[3]) < ENOUGH  # type: ignore[arg-type]


def _total(rows: Sequence[Any]) -> tuple[int, ...]:
    return tuple(sum(row[n] for row in rows) for n in range(3, 7))


def _bid_table(code: str, title: str, what: str, rows: list[Row], whole: tuple[int, ...], by: str) -> Table:
    most = max(rows, key=lambda row: row[1], default=None)  # type: ignore[arg-type,return-value]
    says = (
        f"The largest {by} is “{most[0]}” with {most[1]} of {counted(whole[0], 'bid')}."
        if most
        else "No bid was sent in this time."
    )
    return Table(
        code=code,
        title=title,
        says=says,
        columns=(
            Column(what),
            Column("Bids", Kind.COUNT),
            Column("Asked for", Kind.PENCE),
            Column("Awards", Kind.COUNT),
            Column("Awarded", Kind.PENCE),
        ),
        rows=tuple(rows),
        totals=("All", *whole) if rows else (),
        chart=Chart(Shape.BARS) if rows else None,
    )
