"""Value for money after delivery: of a bid beside the fund, and of the fund
(docs/rules.md, "Value for money after delivery")."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from statistics import median

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import PupilGroupKind
from fundflow.models.impact import ImpactReturn
from fundflow.models.money import pounds
from fundflow.reports.cut import Cut
from fundflow.reports.impact import may_be_shown
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
    plain_number,
    rounded,
    were,
    with_notes,
    words_of,
)
from fundflow.rules.feedback import ENOUGH
from fundflow.rules.results import Result, by_measure
from fundflow.rules.small_numbers import Mark
from fundflow.rules.value import (
    COSTS,
    FEW,
    SHARES,
    Delivered,
    Giver,
    Ratio,
    cost_per_point,
    delivered,
    groups_of,
    is_delivered,
    points_moved,
    spread_of,
    sum_words,
)

NONE = Mark.NOT_APPLICABLE
PENCE, PERCENT, COUNT = Kind.PENCE, Kind.PERCENT, Kind.COUNT
WHAT_COUNTS = (
    "Bids whose final report is accepted. The cost is what the fund paid in the end; days are those "
    "confirmed in the log; pupils, schools and match funding are as the bid planned."
)

FROM_ENOUGH = f"A figure is shown once {ENOUGH} bids stand behind it: one of fewer would be a bid’s own."
IN_POUNDS = (
    "The cost per pupil is given in whole pounds, without its sum and range: two reports, or the published "
    "amounts, would else say how many pupils a bid is for."
)


def value(cut: Cut, at: datetime) -> Part:
    """The fund's value for money over bids whose final reports were accepted in the period; three queries."""
    asked, cut, enough = cut, cut.told, cut.enough
    which = (cut.of_bid(at), is_delivered(cut.until(at), cut.begins))
    found, groups = delivered(*which), groups_of(*which)
    by_group: list[tuple[str, list[Delivered]]] = [
        (kind.words, [one for one in found if kind in groups.get(one.id, ())]) for kind in PupilGroupKind
    ]
    return Part(
        "Value for money",
        with_notes(
            (
                _fund_table("value", "Value for money: costs", found, COSTS, enough),
                _fund_table("value-shares", "Value for money: days and match funding", found, SHARES, enough),
                _by(
                    "value-by-giver",
                    "By who gives the support",
                    "Support from",
                    _parted(found, _giver),
                    enough,
                ),
                _by("value-by-priority", "By priority", "Priority", _parted(found, _priority), enough),
                _by("value-by-group", "By group of pupils", "Group of pupils", by_group, enough),
                _by_measure(cut, at, {one.reference: one.cost for one in found}),
            ),
            asked.told_words,
        ),
        (WHAT_COUNTS, *(() if cut.staff else (FROM_ENOUGH,))),
    )


def _giver(one: Delivered) -> str:
    return one.giver.words


def _priority(one: Delivered) -> str:
    return one.priority or "No priority"


def _parted(found: Sequence[Delivered], key: Callable[[Delivered], str]) -> list[tuple[str, list[Delivered]]]:
    order = [giver.words for giver in Giver] + sorted({key(one) for one in found})
    return [(name, [one for one in found if key(one) == name]) for name in dict.fromkeys(order)]


def _fund_table(
    code: str, title: str, found: Sequence[Delivered], ratios: Sequence[Ratio], enough: int
) -> Table:
    """A row a figure: over how many bids, the whole with its sum, median and range."""
    kind = PENCE if ratios[0].is_cost else PERCENT
    rows: list[Row] = []
    for ratio in ratios:
        spread = spread_of(found, ratio, enough)
        if spread is None:
            mark = _why_none(found, ratio)
            rows.append((ratio.words, sum(one.counts_for(ratio) for one in found), None, *[mark] * 4))
            continue
        if _is_coarse(ratio, enough):
            cells: Row = (None, _pounds(spread.overall), _pounds(spread.median), Mark.HIDDEN, Mark.HIDDEN)
        else:
            parts = (spread.overall, spread.median, spread.least, spread.most)
            cells = (spread.sum, *(_cell(cell, kind) for cell in parts))
        rows.append((ratio.words, spread.bids, *cells))
    few_pupils = sum(one.has(Ratio.PUPIL) and not one.counts_for(Ratio.PUPIL) for one in found)
    notes = [*_caution((str(row[0]), int(row[1])) for row in rows)]  # type: ignore[arg-type]
    if few_pupils and Ratio.PUPIL in ratios:
        notes.append(
            f"{counted(few_pupils, 'bid')} for 1 to 5 pupils, in all or of a group, left out of the cost per "
            "pupil."
        )
    if Ratio.PUPIL in ratios and enough > 1:
        notes.append(IN_POUNDS)
    days = spread_of(found, Ratio.DAY if ratios is COSTS else Ratio.DAYS, enough)
    says = (
        f"In this time {were(len(found), 'bid')} delivered."
        if found
        else "No final report was accepted in this time."
    )
    if days and ratios is COSTS:
        says = f"{says[:-1]}; a day of support cost {pounds(_pence(days.median))} (median)."
    elif days:
        says = f"Of the days planned, {words_of(days.median, PERCENT)} were delivered (median)."
    return Table(
        code=code,
        title=title,
        says=says,
        columns=(
            Column("Figure"),
            Column("Bids", COUNT),
            Column("Sum over all of them"),
            Column("Overall", kind),
            Column("Median", kind),
            Column("Least", kind),
            Column("Greatest", kind),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _why_none(found: Sequence[Delivered], ratio: Ratio) -> Mark:
    """Why bids have no figure: there is nothing to divide by, or it would give small numbers away."""
    has_some = any(one.has(ratio) for one in found)
    return Mark.HIDDEN if has_some else NONE


def _by(code: str, title: str, what: str, parts: Iterable[tuple[str, list[Delivered]]], enough: int) -> Table:
    """Medians by some quality of the bids; qualities that none has are left out."""
    rows: list[Row] = []
    for name, bids in parts:
        if bids:
            spreads = {ratio: spread_of(bids, ratio, enough) for ratio in Ratio}
            cells = [
                _why_none(bids, ratio)
                if spread is None
                else _pounds(spread.median)
                if _is_coarse(ratio, enough)
                else _cell(spread.median, PENCE if ratio.is_cost else PERCENT)
                for ratio, spread in spreads.items()
            ]
            rows.append((name, len(bids), *cells))
    return Table(
        code=code,
        title=f"Value for money: {title[0].lower()}{title[1:]}",
        says=f"The median of each figure, {title[0].lower()}{title[1:]}.",
        columns=(
            Column(what),
            Column("Bids", COUNT),
            *(Column(ratio.words, PENCE if ratio.is_cost else PERCENT) for ratio in Ratio),
        ),
        rows=tuple(rows),
        chart=Chart(Shape.BARS, (3,)) if rows else None,
        notes=_caution((str(row[0]), int(row[1])) for row in rows),  # type: ignore[arg-type]
    )


def _by_measure(cut: Cut, at: datetime, costs: dict[str, int]) -> Table:
    """Cost of a point of movement, within each measure."""
    during = cut.during(ImpactReturn.accepted_at, at)
    rows: list[Row] = []
    for one in by_measure(cut.of_bid(at), during, before=cut.until(at)):
        found = [row for row in one.rows if row.reference in costs and may_be_shown(row)]
        values = _points(found, costs)
        if values:
            name = f"{one.first.measure} (gap)" if one.first.is_gap else one.first.measure
            cells: Row = (Mark.HIDDEN,) * 3
            if len({row.reference for row in found if points_moved(row) > 0}) >= cut.enough:
                cells = tuple(_pence(cell) for cell in (median(values), min(values), max(values)))
            rows.append((name, one.first.unit, len(values), *cells))
    return Table(
        code="value-by-measure",
        title="Value for money: cost of a point of movement",
        says="What it cost to move a result by one point, within one measure.",
        columns=(
            Column("Measure"),
            Column("Unit"),
            Column("Results", COUNT),
            Column("Median", PENCE),
            Column("Least", PENCE),
            Column("Greatest", PENCE),
        ),
        rows=tuple(rows),
        notes=(
            "Points of different measures can’t be compared. A bid’s whole cost stands against each of its "
            "results; results that gained nothing have no cost of a point.",
            *_caution((str(row[0]), int(row[2])) for row in rows),  # type: ignore[arg-type]
        ),
    )


def _points(found: Iterable[Result], costs: dict[str, int]) -> list[Fraction]:
    values = (cost_per_point(row, costs[row.reference]) for row in found)
    return [one for one in values if one is not None]


def _caution(rows: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    few = [f"{name} ({number})" for name, number in rows if 0 < number < FEW]
    return (f"Read with care, as fewer than {FEW} bids stand behind: {', '.join(few)}.",) if few else ()


def _is_coarse(ratio: Ratio, enough: int) -> bool:
    """Whether a figure is for who is not staff, and to the penny would say a bid's pupils: by the published
    amounts, or as the difference of two reports."""
    return ratio is Ratio.PUPIL and enough > 1


def _pounds(value: Fraction) -> int:
    """Pence, rounded to whole pounds."""
    return int(rounded(value / 100, 0)) * 100


def _pence(value: Fraction) -> int:
    """Whole pence, half a penny up."""
    return int(rounded(value, 0))


def _cell(value: Fraction, kind: Kind) -> Cell:
    return _pence(value) if kind is PENCE else value


# -- one bid --------------------------------------------------------------------------------------------


def value_of_bid(bid: Bid, at: datetime) -> Part | None:
    """A bid's value for money after delivery beside the fund's, for staff and its school; None before its
    final report is accepted. Four queries."""
    found = delivered(Bid.fund_id == bid.fund_id, is_delivered(at))
    mine = next((one for one in found if one.id == bid.id), None)
    if mine is None:
        return None
    return Part(
        "Value for money after delivery",
        (
            _bid_table("value", "Costs", mine, found, COSTS),
            _bid_table("value-shares", "Days and match funding", mine, found, SHARES),
            _bid_measures(bid, mine, {one.reference: one.cost for one in found}),
        ),
        (WHAT_COUNTS,),
    )


def _bid_table(
    code: str, title: str, mine: Delivered, found: Sequence[Delivered], ratios: Sequence[Ratio]
) -> Table:
    kind = PENCE if ratios[0].is_cost else PERCENT
    rows: list[Row] = []
    few: list[tuple[str, int]] = []
    for ratio in ratios:
        own, spread = mine.value(ratio), spread_of(found, ratio)
        beside: tuple[Cell, ...] = (Mark.NOT_AVAILABLE,) * 3
        if spread and spread.bids >= ENOUGH:
            beside = tuple(_cell(cell, kind) for cell in (spread.median, spread.least, spread.most))
            few.append((ratio.words, spread.bids))
        sums = sum_words(ratio, *mine.parts(ratio)) if own is not None else None
        rows.append((ratio.words, sums, NONE if own is None else _cell(own, kind), *beside))
    return Table(
        code=code,
        title=title,
        says=f"{mine.reference} beside the bids of the fund that have delivered.",
        columns=(
            Column("Figure"),
            Column("The sum"),
            Column("This bid", kind),
            Column("Median of the fund", kind),
            Column("Least", kind),
            Column("Greatest", kind),
        ),
        rows=tuple(rows),
        notes=(
            f"The fund’s figures are shown once {ENOUGH} bids have delivered, its cost per pupil once {FEW} "
            "have; for that, bids for 1 to 5 pupils, in all or of a group, don’t count.",
            *_caution(few),
        ),
    )


def _bid_measures(bid: Bid, mine: Delivered, costs: dict[str, int]) -> Table:
    rows: list[Row] = []
    for one in by_measure(Bid.fund_id == bid.fund_id):
        values = _points([row for row in one.rows if row.reference in costs and may_be_shown(row)], costs)
        for row in one.rows:
            if row.reference != mine.reference:
                continue
            own, points = cost_per_point(row, mine.cost), plain_number(rounded(points_moved(row), 1))
            rows.append(
                (
                    f"{row.measure} (gap)" if row.is_gap else row.measure,
                    f"{pounds(mine.cost)} ÷ {points} {row.unit}",
                    NONE if own is None else _pence(own),
                    _pence(median(values)) if len(values) >= ENOUGH else Mark.NOT_AVAILABLE,
                    len(values),
                )
            )
    return Table(
        code="value-by-measure",
        title="Cost of a point of movement",
        says="What it cost to move each result by one point, beside the same measure in other bids.",
        columns=(
            Column("Measure"),
            Column("The sum"),
            Column("This bid", PENCE),
            Column("Median of the fund", PENCE),
            Column("Results", COUNT),
        ),
        rows=tuple(rows),
        notes=("The bid’s whole cost stands against each of its results.",),
    )
