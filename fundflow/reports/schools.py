"""Schools of the area that lead bids, take part, or never applied."""

from collections import Counter
from datetime import datetime

from sqlalchemy import Select, case, exists, select, union

from fundflow.extensions import db
from fundflow.models.area import SCHOOL_TODAY, Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.school import PHASES, School
from fundflow.reports.cut import Cut
from fundflow.reports.tables import Chart, Column, Kind, Part, Row, Shape, Table, counted, few_together
from fundflow.rules.school_queries import OFFERED_STATUSES

LED, TOOK_PART, NEVER = "led", "took_part", "never"


def schools(cut: Cut, at: datetime) -> Part:
    """The open schools of the fund's area by what they did so far; one query, for who is not staff two."""
    asked, cut = cut, cut.told
    all_rows = db.session.execute(_what_they_did(cut, at)).all()
    found = Counter((phase, did) for phase, did, _id in all_rows)
    phases = [phase for phase in (*PHASES, None) if any(key[0] == phase for key in found)]

    def row(phase: int | None) -> tuple[int, ...]:
        led, part, never = (found[phase, did] for did in (LED, TOOK_PART, NEVER))
        return led + part + never, led, part, never

    numbers = [row(phase) for phase in phases]
    total = tuple(map(sum, zip(*numbers, strict=True))) if numbers else (0, 0, 0, 0)
    rows: list[Row] = [(_words(phase), *each) for phase, each in zip(phases, numbers, strict=True)]
    if not cut.staff:
        named = _named_by_awards(cut)
        unnamed = Counter(phase for phase, did, school in all_rows if did != NEVER and school not in named)
        told = [(*row, unnamed[phase]) for row, phase in zip(rows, phases, strict=True)]
        rows = [row[:-1] for row in few_together(told, _tells, "Several phases")]
    return Part(
        "Schools that never applied",
        (
            Table(
                code="schools",
                title="Schools of the area by phase",
                says=(
                    f"Of {counted(total[0], 'school')} of the area, {total[3] or 'none'} "
                    f"{'have' if total[3] > 1 else 'has'} neither led a bid nor taken part in one."
                ),
                columns=(
                    Column("Phase"),
                    Column("Schools", Kind.COUNT),
                    Column("Led a bid", Kind.COUNT),
                    Column("Took part alone", Kind.COUNT),
                    Column("Never applied", Kind.COUNT),
                ),
                rows=tuple(rows),
                totals=("All", *total) if rows else (),
                chart=Chart(Shape.BARS, (4,)) if rows else None,
                notes=(
                    "Open schools of the area today, with the bids of schools they came from. "
                    "A bid counts once it was sent, whenever that was.",
                    *asked.told_words,
                ),
            ),
        ),
    )


def _tells(row: Row) -> bool:
    """Whether all schools of a row that no award names took part in bids: each would be known to have."""
    *_, never, unnamed = row
    return bool(unnamed) and not never


def _words(phase: int | None) -> str:
    return PHASES.get(phase, "Not known") if phase is not None else "Not known"


def _named_by_awards(cut: Cut) -> set[int]:
    """The schools of today that the register names with an award of the fund."""
    awarded = (Bid.fund_id == cut.fund.id, Bid.awarded_pence.is_not(None))
    led = select(SCHOOL_TODAY).join(Bid, Bid.lead_school_id == School.id).where(*awarded)
    part = select(SCHOOL_TODAY).join(Partner, Partner.school_id == School.id)
    part = part.join(Bid, Bid.id == Partner.bid_id).where(*awarded, Partner.takes_part)
    return set(db.session.scalars(union(led, part)))


def schools_by_name(cut: Cut, at: datetime) -> Part:
    """The names of those that never applied; for staff alone; one query."""
    found = _what_they_did(cut, at).subquery()
    rows = db.session.execute(
        select(School.name, School.urn, School.phase_code, Patch.name)
        .join(found, found.c.id == School.id)
        .outerjoin(Patch, Patch.id == School.patch_id)
        .where(found.c.did == NEVER)
        .order_by(School.search_name, School.urn)
    ).all()
    return Part(
        "Schools that never applied, by name",
        (
            Table(
                code="schools-by-name",
                title="Schools that have neither led a bid nor taken part in one",
                says=f"For staff: no school is named to the board or the public. Schools: {len(rows)}.",
                columns=(Column("School"), Column("URN"), Column("Phase"), Column("Patch")),
                rows=tuple(
                    (name, urn, PHASES.get(phase or 0, "Not known"), patch)
                    for name, urn, phase, patch in rows
                ),
            ),
        ),
    )


def _what_they_did(cut: Cut, at: datetime) -> Select[*tuple[int | None, str, int]]:
    """(phase, what it did) of each open school of the area, with its id."""
    sent = (Bid.fund_id == cut.fund.id, Bid.submitted_at < cut.until(at))
    # One bid of a school is enough: the others are not looked at.
    as_lead = exists().where(Bid.lead_school_id == School.id, *sent)
    as_partner = (
        exists()
        .where(Partner.school_id == School.id, Partner.joins.is_(False))
        .where(Bid.id == Partner.bid_id)
    ).where(*sent)
    led, took_part = (
        select(SCHOOL_TODAY).where(has_one.correlate(School)).correlate(None)
        for has_one in (as_lead, as_partner)
    )
    did = case((School.id.in_(led), LED), (School.id.in_(took_part), TOOK_PART), else_=NEVER)
    return (
        select(School.phase_code, did.label("did"))
        .add_columns(School.id.label("id"))
        .where(School.la_code == cut.fund.la_code, School.is_organisation.is_(False))
        .where(School.status_code.in_(OFFERED_STATUSES), *cut.of_school(at))
    )
