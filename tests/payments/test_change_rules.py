"""What a change of an award is, from its before and after alone (docs/rules.md, "Changes of an award")."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fundflow.rules.changes import (
    Kind,
    Line,
    Measured,
    Terms,
    concerned,
    kinds_of,
    why_for_decider,
    why_not_after,
    why_not_supported,
    why_other_rate,
    why_parts_fall,
)

LEAD, FIRST, SECOND = 1, 2, 3
END = date(2027, 3, 31)
LINES = (
    Line(10, FIRST, "Deputy head", 200_000, "DH1", 10),
    Line(11, SECOND, "Teacher", 160_000, "T1", 8),
    Line(12, LEAD, "Travel", 40_000),
)
# A cost of £4,000, of which the award pays £3,000 and a cash match the rest.
BEFORE = Terms(date(2027, 1, 4), END, 300_000, LINES)


def after(*lines: Line, **values: Any) -> Terms:
    """The award with these lines in place of those of the same key."""
    new = {line.key: line for line in lines}
    return BEFORE._replace(lines=[new.get(line.key, line) for line in LINES], **values)


FEWER = LINES[0]._replace(pence=100_000, half_days=5)
MORE_OF_SECOND = LINES[1]._replace(pence=260_000, half_days=13)
OTHER_STAFF = LINES[0]._replace(what="Assistant head", staff_code="AH2")
LATER = date(2027, 7, 31)
HALF_WAY = date(2027, 2, 15)
# Of the first line five days stay at £200 a day; five more are worked at £400 from half-way, or by others.
DEARER = Line(-1, FIRST, "Deputy head", 100_000, "dh 1", 5, rate=40_000, from_on=HALF_WAY)
THIRD = 4
ITS_STAFF = DEARER._replace(school=THIRD, staff_code="X1", from_on=None)
READING = Measured(20, "Reading", Decimal(76), date(2027, 5, 1))


def grown(*new: Line, **values: Any) -> Terms:
    """The award with fewer days of the first line, and these lines besides."""
    return after(FEWER, **values)._replace(lines=[*after(FEWER).lines, *new])


@pytest.mark.parametrize(
    ("changed", "kinds", "others"),
    [
        (after(), set(), []),
        (after(end_on=LATER), {Kind.DATES}, [FIRST, SECOND]),
        (after(OTHER_STAFF), {Kind.STAFF}, [FIRST]),
        (after(FEWER), {Kind.LINES}, [FIRST]),
        (after(FEWER, MORE_OF_SECOND), {Kind.LINES, Kind.BETWEEN_SCHOOLS}, [FIRST, SECOND]),
        (after(pence=200_000), {Kind.LESS}, []),
        (after(outcomes="70%"), {Kind.OUTCOMES}, []),
        (after(measured=[READING]), {Kind.OUTCOMES}, []),
        (grown(DEARER), {Kind.LINES, Kind.NEW_LINES}, [FIRST]),
        (
            grown(ITS_STAFF, schools={THIRD: "gives support"}),
            {Kind.LINES, Kind.NEW_LINES, Kind.SCHOOLS, Kind.BETWEEN_SCHOOLS},
            [THIRD, FIRST],
        ),
        (
            BEFORE._replace(pence=360_000, lines=[*LINES, DEARER._replace(staff_code="DH2")]),
            {Kind.NEW_LINES, Kind.MORE, Kind.BETWEEN_SCHOOLS},
            [FIRST],
        ),
    ],
)
def test_what_a_change_touches_and_whom(changed: Terms, kinds: set[Kind], others: list[int]) -> None:
    assert kinds_of(BEFORE, changed) == kinds
    assert concerned(BEFORE, changed, lead=LEAD) == others


def test_schools_that_are_paid_agree_to_less_money() -> None:
    assert concerned(BEFORE, after(pence=1), lead=LEAD, payees=[LEAD, FIRST]) == [FIRST]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (after(end_on=LATER), None),
        (after(end_on=date(2027, 8, 1)), "The support would end more than a term after 31 March 2027."),
        (after(OTHER_STAFF), None),
        (after(FEWER, pence=225_000), None),
        (after(FEWER, MORE_OF_SECOND), "Money moves from one school to another."),
        (after(outcomes="70%"), "The outcomes change."),
        (after(measured=[READING]), "The outcomes change."),
        (grown(DEARER), None),
        (grown(ITS_STAFF), "Money moves from one school to another."),
        (after(schools={THIRD: "receives support"}), "Other schools take part."),
        (grown(DEARER, ITS_STAFF, pence=350_000), None),  # more money: the panel’s
    ],
)
def test_what_is_too_large_for_the_officer(changed: Terms, why: str | None) -> None:
    assert why_for_decider(BEFORE, changed, granted_until=END) == why


@pytest.mark.parametrize(("pence", "fits"), [(225_000, True), (225_001, False)])
def test_the_award_pays_no_larger_part_of_the_cost_than_before(pence: int, fits: bool) -> None:
    """£3,000 of £4,000 is three quarters; of £3,000 that is £2,250."""
    why = why_not_after(BEFORE, after(FEWER, pence=pence), done={})
    assert why == (
        None if fits else "With these days and costs the award is at most £2,250.00. Enter that or less."
    )


@pytest.mark.parametrize(("logged", "fits"), [(5, True), (6, False), (11, False)])
def test_a_line_keeps_what_is_logged_up_to_what_it_had(logged: int, fits: bool) -> None:
    why = why_not_after(BEFORE, after(FEWER, pence=200_000), done={10: logged})
    assert (why is None) is fits
    assert fits or (why or "").startswith("3 days" if logged == 6 else "5 days")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (grown(DEARER), None),
        (grown(DEARER._replace(from_on=None)), "dh 1 has a line already."),
        (grown(DEARER._replace(rate=20_000)), "dh 1 has a line already."),
        (grown(DEARER, DEARER._replace(key=-2, rate=1)), "dh 1 has a line already."),
        (grown(DEARER._replace(from_on=date(2027, 4, 1))), "The rate for Deputy head must hold from a day"),
        (grown(DEARER._replace(from_on=date(2027, 1, 20))), "A day of dh 1 on 20 January 2027 is logged"),
        (grown(DEARER._replace(staff_code="DH2", from_on=None)), None),
        (grown(DEARER._replace(pence=100_001, staff_code="DH2")), "These days and costs come to £4,000.01"),
        (grown(DEARER, schools={}), None),
    ],
)
def test_a_new_line_is_of_others_or_at_another_rate_from_a_later_day(changed: Terms, why: str | None) -> None:
    """The staff of the first line cost £200 a day until now."""
    lines = [line._replace(rate=20_000) if line.key == 10 else line for line in changed.lines]
    found = why_not_after(BEFORE, changed._replace(lines=lines), done={10: 5}, latest={10: date(2027, 1, 20)})
    assert (found is None) is (why is None)
    assert (found or "").startswith(why or "")


def test_a_school_that_leaves_keeps_what_is_logged() -> None:
    leaves = BEFORE._replace(schools={FIRST: "gives support"})
    for days, fits in ((5, True), (6, False)):
        smaller = after(LINES[0]._replace(half_days=days, pence=days * 20_000), pence=225_000)
        why = why_not_after(leaves, smaller, done={10: 5})
        assert (why is None) is fits
        assert fits or why == (
            "A school that leaves keeps only what is logged, so it can’t have 3 days for Deputy head (DH1)."
        )


@pytest.mark.parametrize(
    ("line", "day", "why"),
    [
        (LINES[0], date(2027, 2, 14), None),
        (LINES[0], HALF_WAY, "Another rate holds from 15 February 2027. Choose the line at that rate."),
        (
            DEARER,
            date(2027, 2, 14),
            "This rate holds from 15 February 2027. Choose the line at the rate before.",
        ),
        (DEARER, HALF_WAY, None),
        (LINES[1], HALF_WAY, None),
    ],
)
def test_a_day_is_earned_at_the_rate_of_the_day(line: Line, day: date, why: str | None) -> None:
    assert why_other_rate(line, [*LINES, DEARER], day) == why


@pytest.mark.parametrize(
    ("free_for_all", "supported", "barred", "fits"),
    [
        (0, 1, 1, False),
        (0, 2, 1, False),
        (150_000, 2, 1, True),  # its half of the award
        (149_999, 2, 1, False),
        (300_000, 1, 1, True),
    ],
)
def test_money_for_some_schools_supports_no_others(
    free_for_all: int, supported: int, barred: int, fits: bool
) -> None:
    why = why_not_supported(
        "Oak", unpaid=300_000, free_for_all=free_for_all, supported=supported, barred=barred
    )
    assert (why is None) is fits


@pytest.mark.parametrize(
    ("pence", "added", "why"),
    [
        (310_000, 0, None),
        (375_000, 100_000, None),  # three quarters of £5,000, as before of £4,000
        (374_999, 100_000, r"^With an award of £3,749\.99 .* Enter £3,750\.00 or more"),
        (310_000, -200_000, r"^A school that is paid would get less than now\. Ask for that first"),
    ],
)
def test_more_money_leaves_no_school_that_is_paid_less(pence: int, added: int, why: str | None) -> None:
    was = {LEAD: 240_000, FIRST: 160_000}
    becomes = was | ({LEAD: 240_000 + added} if added > 0 else {FIRST: 0, LEAD: 400_000} if added else {})
    lines = [Line(n, n, "Days", cost) for n, cost in becomes.items()]
    found = why_parts_fall(BEFORE, BEFORE._replace(pence=pence, lines=lines), was, becomes)
    assert found is None if why is None else found and re.search(why, found)
