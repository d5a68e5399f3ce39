"""What a change of an award is, from its before and after alone (docs/rules.md, "Changes of an award")."""

from datetime import date
from typing import Any

import pytest

from fundflow.rules.changes import Kind, Line, Terms, concerned, kinds_of, why_for_decider, why_not_after

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
