"""Which allocation lines pay: the order in which they are spent, and what becomes of money that lapses
(docs/rules.md, "The ledger"). Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from fundflow import balances
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, year_words
from fundflow.models.money import financial_year, pounds, spread
from fundflow.models.payment import Claim
from fundflow.models.school import School
from fundflow.rules.award_sums import sum_of
from fundflow.rules.lapsing import Line, Plan, move, plan, served_by
from fundflow.rules.ledger_totals import NOTHING, added, grouped
from fundflow.rules.year_end import payees_in
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date, year_ends

# Money that lapses at the year's end is spent before money that carries forward, then the oldest.
AS_SPENT = (Allocation.carries_forward, Allocation.financial_year, Allocation.id)
Lines = Mapping[int, Allocation]  # by their ids
Parts = Sequence[tuple[Allocation, int]]  # of an amount, in pence


def lines_for(bid: Bid, now: datetime, supported: Iterable[School] = ()) -> list[Allocation]:
    """The lines that may pay this bid's lead school today, in the order in which they are spent; first those
    that may support every one of these schools."""
    year, kinds = financial_year(london_date(now)), {school.kind.value for school in supported}
    lines = [line for line in lines_of(bid.fund_id) if line.may_pay(bid.lead_school.kind, year)]
    return sorted(lines, key=lambda line: not kinds <= set(line.pays))


def lines_of(fund_id: int) -> Sequence[Allocation]:
    """A fund's lines, in the order in which they are spent."""
    return db.session.scalars(
        select(Allocation).where(Allocation.fund_id == fund_id).order_by(*AS_SPENT)
    ).all()


def in_order(pence_by_line: Mapping[int, int]) -> list[Allocation]:
    """The lines that hold something, in the order in which they are spent."""
    ids = [line for line, pence in pence_by_line.items() if pence > 0]
    return list(db.session.scalars(select(Allocation).where(Allocation.id.in_(ids)).order_by(*AS_SPENT)))


def up_to(pence: int, lines: Iterable[Allocation], room: Mapping[int, int]) -> Parts:
    """As much of an amount as lines have room for, in this order."""
    by_id = {line.id: line for line in lines}
    return [(by_id[line_id], part) for line_id, part in spread(pence, by_id, room)[0].items()]


def on_free_lines(
    bid: Bid, pence: int, now: datetime, wanted: str, supported: Iterable[School] = ()
) -> Parts:
    """An amount by the lines that can bear it for this bid, first those that may support every one of these
    schools; raises Refused where they can't."""
    free = {line: t.free for line, t in grouped(balances.of_lines([bid.fund_id])).items()}
    parts = up_to(pence, lines_for(bid, now, supported), free)
    most = sum(part for _line, part in parts)
    if most < pence:
        raise Refused(f"The fund can still offer {pounds(most)} to {bid.lead_school.name}; {wanted}.")
    return parts


def increase_of(bid: Bid) -> int:
    """Pence that the version in force may still pay beyond what is awarded and unpaid; raises Refused above
    what the award grows by."""
    pence = sum_of(bid).waits
    before, after = (min(one.pence, sum(line.pence for line in one.lines)) for one in bid.awards[-2:])
    if pence > after - before:
        raise Refused(
            f"This change needs {pounds(pence)}, and the award grows by {pounds(after - before)} only. What "
            "a school was paid above its part did not come back."
        )
    return pence


def awarded_again(bid: Bid, now: datetime) -> Parts:
    """What an award may pay to another school once money has come back, by the lines that have room for it;
    together with what is committed it is never above the award."""
    committed = added(grouped(balances.of_bid(bid.id)).values()).committed
    pence = min(sum_of(bid, hoped=True).waits, (bid.award.pence if bid.award else 0) - committed)
    room = {line: t.free for line, t in grouped(balances.of_lines([bid.fund_id])).items()}
    return up_to(max(pence, 0), lines_for(bid, now, bid.supported), room)


def planned(claims: Sequence[Claim], now: datetime, day: date, *, forced: bool = False) -> tuple[Plan, Lines]:
    """How claims on an award are paid on a day, and the fund's lines. Raises Refused above what is unpaid,
    and where no line has room for what came after a line lapsed, unless the payment is forced."""
    bid, year = claims[0].bid, financial_year(day)
    left = _left(bid)
    pence, unpaid = sum(claim.pence for claim in claims), sum(left.values())
    if pence > unpaid:
        raise Refused(f"Only {pounds(unpaid)} of this award is unpaid.")
    lines = {line.id: line for line in lines_of(bid.fund_id)}
    whatever = [Line(line.id, None, left.get(line.id, 0)) for line in lines.values()]
    lapsed = [line for line in lines.values() if left.get(line.id) and line.has_lapsed(year)]
    if not lapsed:
        return plan({year: pence}, whatever), lines
    served = served_by(claims, {line.financial_year for line in lapsed}, year)
    found = plan(served, _facts(bid, lines, left, now))
    if found.short and forced:
        return plan({year: pence}, whatever), lines
    if found.short:
        raise Refused(_no_room(found, lapsed))
    return found, lines


def lapsing(bid: Bid, year: int) -> dict[int, int]:
    """Pence by line (its id) that are committed to a bid on lines that lapse with a financial year, and that
    nothing served by then may be paid from: what a school is asked about may be paid yet."""
    left = _left(bid)
    mine = {line.id: left[line.id] for line in in_order(left) if line.lapses == year}
    if not mine:
        return {}
    owed = sum(payee.unpaid for payee in payees_in(db.session(), bid.fund_id, year, bid))
    return spread(max(sum(mine.values()) - owed, 0), mine, mine)[0]


def moved_on(bid: Bid, year: int, now: datetime) -> tuple[Plan, Lines]:
    """How what `lapsing` finds moves to lines that pay later too, and the fund's lines; raises Refused where
    they have no room for it."""
    out, lines = lapsing(bid, year), {line.id: line for line in lines_of(bid.fund_id)}
    pence = sum(out.values())
    into, short = move(pence, [line for line in _facts(bid, lines, {}, now) if line.pays(year + 1)])
    if short:
        raise Refused(
            f"{pounds(pence)} is to move, and lines that pay after {day_words(year_ends(year)[1])} have room "
            f"for {pounds(pence - short)} of it. Add a new allocation line, or ask for a smaller award."
        )
    return Plan({}, out, into), lines


def _left(bid: Bid) -> dict[int, int]:
    """Pence by line (its id) that are committed to a bid and not paid."""
    return {line: t.outstanding for line, t in grouped(balances.of_bid(bid.id)).items()}


def _facts(bid: Bid, lines: Lines, left: Mapping[int, int], now: datetime) -> list[Line]:
    """Lines as they stand for a bid, in the order in which they are spent."""
    figures, year = grouped(balances.of_lines([bid.fund_id])), financial_year(london_date(now))
    kind = bid.lead_school.kind
    free = {
        line.id: figures.get(line.id, NOTHING).free for line in lines.values() if line.may_pay(kind, year)
    }
    return [
        Line(line.id, line.lapses, left.get(line.id, 0), max(free.get(line.id, 0), 0))
        for line in lines.values()
    ]


def _no_room(found: Plan, lapsed: Sequence[Allocation]) -> str:
    named = joined([f"{line.source} {year_words(line.financial_year)}" for line in lapsed])
    last = day_words(year_ends(max(line.financial_year for line in lapsed))[1])
    pays = "pays" if len(lapsed) == 1 else "pay"
    return (
        f"{pounds(found.moved + found.short)} of this payment is for what came after {last}. {named} {pays} "
        f"only for what was done by then, and no other line has room for {pounds(found.short)} of it. Add a "
        "new allocation line, or bring the award to the panel."
    )
