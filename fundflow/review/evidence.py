"""What the fund's own data say beside each item of the checklist, a sentence a line.

These are facts to weigh; the officer decides. Where each comes from stands in `CHECKLIST`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from statistics import median

from fundflow import interests
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostKind, Part
from fundflow.models.money import days_words, pounds
from fundflow.models.person import User
from fundflow.models.review import Verdict
from fundflow.models.school import School
from fundflow.review import facts
from fundflow.review.figures import ratio
from fundflow.review.known import is_alike, known_verdicts
from fundflow.rules.bid_remarks import remarks_on
from fundflow.rules.interests.records import shown_by_records
from fundflow.workflow.application import WORDS
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.interests import Tie, ties_of_them
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date, school_year

Lines = list[str]


def evidence_for(
    bid: Bid, user: User, now: datetime, shown: Mapping[int, list[Tie]] | None = None
) -> dict[str, Lines]:
    """Checklist slug → what we know; `shown` as in `weighed`."""
    return weighed(bid, user, now, shown)[0]


def weighed(
    bid: Bid, user: User, now: datetime, shown: Mapping[int, list[Tie]] | None = None
) -> tuple[dict[str, Lines], dict[str, Verdict]]:
    """Checklist slug → what we know, and → the verdict, where the facts settle it.

    shown  what the records show of the bid's officer's interests, where it is known already
    """
    today = london_date(now)
    if shown is None:
        shown = shown_by_records(bid, [bid.officer] if bid.officer else [])
    others, overdue = facts.other_live_bids(bid, user, now), facts.overdue_reports(bid, today)
    past, room = facts.past_lines(bid), _room(bid, today)
    brokering = _brokering(bid, shown)
    declared = interests.declaration_of(bid, bid.officer) if bid.officer else None
    verdicts = known_verdicts(
        bid,
        today,
        others=others,
        overdue=overdue,
        past=past,
        too_few_days=any((left := _left(bid, *one)) is not None and left < 0 for one in room),
        tied=declared is not None or bool(shown.get(bid.officer_id or 0)),
    )
    return {
        "area": [_area(bid)],
        "parties": [f"{len(bid.schools)} take part: {joined([s.name for s in bid.schools])}."],
        "priority": [f"The bid names “{bid.priority.title}”." if bid.priority else "None is named."],
        "dates": [_dates(bid), *_remarks(bid, today)],
        "costs": [_costs(bid)],
        "duplicate": [_other_funding(bid), *_other_bids(bid, others)],
        "reports": [_reports(overdue)],
        "rates": _rates(bid, past),
        "capacity": _capacity(bid, room, today),
        "overlap": _trusts(bid),
        "brokering": brokering,
    }, verdicts


def evidence_for_panel(bid: Bid, user: User, now: datetime) -> dict[str, Lines]:
    """What the panel reads beside each item: `evidence_for`, but for what it says of other bids, from which
    a member may be barred. The officer's interest stands in the report by itself."""
    known = evidence_for(bid, user, now)
    others = len(facts.other_live_bids(bid, user, now))
    live = (
        "no other live bid"
        if not others
        else "1 other live bid"
        if others == 1
        else f"{others} other live bids"
    )
    return known | {
        "duplicate": [_other_funding(bid), f"These schools have {live}."],
        "brokering": [],
    }


def _area(bid: Bid) -> str:
    school = bid.lead_school
    here = "in the fund’s area" if school.la_code == bid.fund.la_code else "outside the fund’s area"
    return f"{school.name} ({school.status.lower()}) is in {school.la_name}, {here}."


def _dates(bid: Bid) -> str:
    if not (bid.start_on and bid.end_on):
        return "No dates are given."
    count = _months(bid.start_on, bid.end_on)
    months = "1 month" if count == 1 else f"{count} months"
    return f"{_span(bid.start_on, bid.end_on)}: {months}; the fund allows {bid.fund.max_months}."


def _remarks(bid: Bid, today: date) -> Lines:
    """What is unusual about dates and days, and the school's reason."""
    said = [f"The school’s reason: {bid.why_odd}"] if bid.why_odd else []
    return [*remarks_on(bid, today), *said]


def _span(start: date, end: date) -> str:
    return f"{day_words(start)} to {day_words(end)}"


def _months(start: date, end: date) -> int:
    """Months begun from start to end: a month and a day are two."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day >= start.day)


def _costs(bid: Bid) -> str:
    materials = sum(cost.pence for cost in bid.cost_lines if cost.kind is CostKind.MATERIALS)
    share = f"{ratio(materials * 100, bid.requested_pence)}%" if bid.requested_pence else "0%"
    return (
        f"Materials are {pounds(materials)} of {pounds(bid.requested_pence)} ({share}); "
        f"at most {bid.fund.materials_percent}%. The fund gives one bid at most "
        f"{pounds(bid.fund.bid_cap_pence, always_pence=False)}."
    )


def _other_funding(bid: Bid) -> str:
    if bid.other_funding is None:
        return "The school has not said whether other funding pays."
    if not bid.other_funding:
        return "The school says that no other funding pays."
    return f"The school says that other funding pays: {bid.other_funding_note}"


def _other_bids(bid: Bid, others: list[facts.OtherBid]) -> Lines:
    if not others:
        return ["These schools have no other live bid."]
    staff = facts.same_staff(bid, others)
    return [_other_bid(bid, other, staff.get(other.id, [])) for other in others]


def _other_bid(bid: Bid, other: facts.OtherBid, codes: Lines) -> str:
    when = _span(other.start_on, other.end_on) if other.start_on and other.end_on else "no dates"
    said = f"{other.reference}: {WORDS[other.state].lower()}, {when}."
    found = ["the dates overlap"] if _overlap(bid, other) else []
    found += [f"{joined(codes)} {'is' if len(codes) == 1 else 'are'} in both"] if codes else []
    return f"{said} Look: {joined(found)}." if found else said


def _overlap(bid: Bid, other: facts.OtherBid) -> bool:
    if not (bid.start_on and bid.end_on and other.start_on and other.end_on):
        return False
    return bid.start_on <= other.end_on and other.start_on <= bid.end_on


def _reports(overdue: list[tuple[str, date]]) -> str:
    if not overdue:
        return "No report of these schools is overdue."
    owed = [f"{reference} since {day_words(due)}" for reference, due in overdue]
    return f"Overdue: {joined(owed)}."


def _rates(bid: Bid, past: list[facts.PastLine]) -> Lines:
    if not bid.backfill_lines:
        return ["The bid asks for no cover."]
    said = [_rate(bid, line, past) for line in bid.backfill_lines]
    if not past:
        said.append("No award has been made yet to compare with.")
    return list(dict.fromkeys(said))  # two lines of one role at one rate are said once


def _rate(bid: Bid, line: BackfillLine, past: list[facts.PastLine]) -> str:
    """A day rate against past awards: of the same grade, else of the same role, else of all."""
    rate = line.day_rate_pence
    said = f"{line.staff_role}, {_short(rate)} a day"
    like = [old.pence for old in past if is_alike(line, old)]
    kind = "grade" if line.grade_id else "role"
    if like:
        said += f": past awards for this {kind} {_spread(like, rate)}"
    elif past:
        said += f": no past award for this {kind}; all past awards {_spread([o.pence for o in past], rate)}"
    cap = line.grade.cap_pence if line.grade else bid.fund.day_rate_cap_pence
    if rate <= cap:
        return f"{said}."
    why = f" The school says: {line.rate_reason}" if line.rate_reason else " No reason is given."
    return f"{said}. It is above the cap of {_short(cap)}.{why}"


def _spread(rates: list[int], rate: int) -> str:
    """Lowest, highest and median, and how far this rate is from the median."""
    middle = int(median(rates) + 0.5)
    lines = "1 line" if len(rates) == 1 else f"{len(rates)} lines"
    if min(rates) == max(rates):
        return f"always {_short(middle)} ({lines}); this is {_distance(rate, middle, 'the same')}"
    return (
        f"{_short(min(rates))} to {_short(max(rates))}, median {_short(middle)} ({lines}); "
        f"this is {_distance(rate, middle)}"
    )


def _distance(rate: int, middle: int, same: str = "the median") -> str:
    if rate == middle:
        return same
    percent = ratio(abs(rate - middle) * 100, middle)
    than = "" if same == "the same" else f" {same}"
    return f"{percent or 'less than 1'}% {'above' if rate > middle else 'below'}{than}"


def _short(pence: int) -> str:
    return pounds(pence, always_pence=False)


def _room(bid: Bid, today: date) -> list[tuple[School, facts.Capacity]]:
    """Each school that gives the support, with its days in the school year of the bid."""
    providers = bid.providers or [bid.lead_school]
    found = facts.capacity(bid, providers, *school_year(bid.start_on or today))
    return [(school, found[school.id]) for school in providers]


def _left(bid: Bid, school: School, known: facts.Capacity) -> int | None:
    """Half days of its offer that this bid would leave; None where it offers nothing."""
    return None if known.offered is None else known.offered - known.taken - _asked_of(bid, school)


def _asked_of(bid: Bid, school: School) -> int:
    """Half days of its staff in this bid."""
    return sum(line.half_days for line in bid.backfill_lines if line.school_id == school.id)


def _capacity(bid: Bid, room: list[tuple[School, facts.Capacity]], today: date) -> Lines:
    first, last = school_year(bid.start_on or today)
    year = f"{first.year}/{last.year % 100:02}"
    said = [_capacity_of(bid, school, known, year) for school, known in room]
    said += [f"{c.school.name} {_answered(c.state)}." for c in bid.confirmations if c.part is Part.PROVIDER]
    if bid.external_provider:
        said.append(f"Also from outside schools: {bid.external_provider}.")
    return said


def _capacity_of(bid: Bid, school: School, known: facts.Capacity, year: str) -> str:
    said = f"{school.name}: this bid takes {days_words(_asked_of(bid, school))}"
    others = f"other bids of {year} take {days_words(known.taken)}"
    left = _left(bid, school, known)
    if known.offered is None or left is None:
        return f"{said}; {others}. It offers nothing in the directory."
    short = f"{days_words(-left)} too few" if left < 0 else f"{days_words(left)} left"
    return f"{said}; {others}; it offers {days_words(known.offered)} a year: {short}."


def _answered(state: ConfirmationState) -> str:
    return {
        ConfirmationState.ASKED: "has not confirmed yet",
        ConfirmationState.CONFIRMED: "has confirmed it can release its staff",
        ConfirmationState.DECLINED: "has declined",
        ConfirmationState.CANCELLED: "was asked, which was cancelled",
    }[state]


def _trusts(bid: Bid) -> Lines:
    """Schools of one trust: the trust's own support comes before the fund's."""
    by_trust: dict[str, Lines] = {}
    for school in bid.schools:
        if school.trust:
            by_trust.setdefault(school.trust.name, []).append(school.name)
    shared = [
        f"{joined(names)} belong to one trust, {trust}: might it give this support itself?"
        for trust, names in by_trust.items()
        if len(names) > 1
    ]
    return [
        *(shared or ["No two of the schools belong to one trust."]),
        "National support is not in our data: ask the school.",
    ]


def _brokering(bid: Bid, shown: Mapping[int, list[Tie]]) -> Lines:
    if bid.officer is None:
        return ["No officer handles the bid yet."]
    said = [f"{bid.officer.name} {ties_of_them([tie])}." for tie in shown.get(bid.officer.id, [])]
    declared = interests.declaration_of(bid, bid.officer)
    if declared is not None:
        text = f" ({declared.text})" if declared.text else ""
        said.append(f"{bid.officer.name} declared: {declared.kind.words.lower()}{text}.")
    return said or [f"Nothing in the broker log or in requests for support names {bid.officer.name}."]
