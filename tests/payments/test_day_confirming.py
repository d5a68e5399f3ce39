"""Who confirms a day of the log: a table of cases."""

import pytest

from fundflow.rules.day_confirming import may_confirm, who_confirms

LEAD, PROVIDER, THIRD, OUTSIDE = 1, 2, 3, 4
ANN, BEN, CAT = 11, 12, 13
EACH_A_HEAD = {LEAD: {ANN}, PROVIDER: {BEN}, THIRD: {CAT}}
TEAM = 99


@pytest.mark.parametrize(
    ("where", "releasing", "others", "by", "logger", "heads", "confirms"),
    [
        # The provider logs what its staff did at the lead: the lead's head confirms.
        (LEAD, PROVIDER, [], PROVIDER, BEN, EACH_A_HEAD, LEAD),
        (LEAD, PROVIDER, [], PROVIDER, TEAM, EACH_A_HEAD, LEAD),
        # The lead logs for the provider: its own head can't confirm, the provider's does.
        (LEAD, PROVIDER, [], LEAD, ANN, EACH_A_HEAD, PROVIDER),
        # Spent elsewhere: that school's head.
        (THIRD, PROVIDER, [], LEAD, ANN, EACH_A_HEAD, THIRD),
        # Joint planning at the releasing school, logged by it: another releasing school's head.
        (PROVIDER, PROVIDER, [THIRD], PROVIDER, BEN, EACH_A_HEAD, THIRD),
        # The lead's own staff at the lead, and nobody else releases anybody: the officer.
        (LEAD, LEAD, [], LEAD, ANN, EACH_A_HEAD, None),
        # A federation: one head leads both schools.
        (LEAD, PROVIDER, [], PROVIDER, TEAM, {LEAD: {ANN}, PROVIDER: {ANN}}, None),
        # A federation with an acting head of its own is independent of the other.
        (LEAD, PROVIDER, [], PROVIDER, TEAM, {LEAD: {ANN, CAT}, PROVIDER: {ANN}}, LEAD),
        # Whoever logged it for the provider leads the lead too.
        (LEAD, PROVIDER, [], PROVIDER, ANN, {LEAD: {ANN}, PROVIDER: {BEN}}, None),
        # An external partner has no head here: the next who is independent, else the officer.
        (OUTSIDE, PROVIDER, [], LEAD, ANN, EACH_A_HEAD, PROVIDER),
        (OUTSIDE, LEAD, [], LEAD, ANN, EACH_A_HEAD, None),
    ],
)
def test_a_day_is_confirmed_by_a_head_who_did_not_log_it(
    where: int,
    releasing: int,
    others: list[int],
    by: int,
    logger: int,
    heads: dict[int, set[int]],
    confirms: int | None,
) -> None:
    found = who_confirms(where=where, releasing=releasing, others=others, by=by, logger=logger, heads=heads)
    assert found == confirms


def test_a_head_who_came_to_lead_the_loggers_school_too_is_independent_no_longer() -> None:
    assert may_confirm(ANN, logger=BEN, leads={LEAD}, by=PROVIDER)
    assert not may_confirm(ANN, logger=ANN, leads={LEAD}, by=PROVIDER)
    assert not may_confirm(ANN, logger=BEN, leads={LEAD, PROVIDER}, by=PROVIDER)
