"""The same step in two windows, about another part of the award: the second is no double click."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fundflow.models.recovery import Ground
from fundflow.payments import recoveries, settling
from fundflow.steps import AlreadyTaken, Stale
from tests.payments.conftest import A_DAY, LATER, Award
from tests.payments.test_recoveries import paid_award

Act = Callable[[int], Any]  # from the page that carried this version
DAYS = A_DAY, date(2027, 1, 7)


def strike_days_out(award: Award) -> list[Act]:
    def strike(entry: Any) -> Act:
        return lambda version: settling.strike_out(
            entry, reason="Ill", user=award.officer, now=LATER, version=version
        )

    return [strike(award.log(day)) for day in DAYS]


def strike_costs_out(award: Award) -> list[Act]:
    def strike(cost: Any) -> Act:
        return lambda version: settling.strike_out_cost(
            cost, reason="For another trip", user=award.officer, now=LATER, version=version
        )

    return [strike(award.spend(pence)) for pence in (1_000, 2_000)]


def confirm_days(award: Award) -> list[Act]:
    def confirm(entry: Any) -> Act:
        return lambda version: settling.confirm_days(
            award.bid, {entry.id}, user=award.head, now=LATER, version=version
        )

    return [confirm(award.log(day)) for day in DAYS]


def open_recoveries(award: Award) -> list[Act]:
    def ask_back(pence: int) -> Act:
        return lambda version: recoveries.open_recovery(
            award.bid,
            school_id=award.bid.lead_school_id,
            ground=Ground.MISUSED,
            pence=pence,
            reason="A laptop",
            user=award.finance,
            now=LATER,
            version=version,
        )

    return [ask_back(pence) for pence in (2_000, 3_000)]


@pytest.mark.parametrize("acts_of", [strike_days_out, strike_costs_out, confirm_days, open_recoveries])
def test_only_the_very_same_is_taken_for_a_second_click(
    make: Any, acts_of: Callable[[Award], list[Act]]
) -> None:
    award = paid_award(make)
    one, other = acts_of(award)
    seen = award.bid.version
    one(seen)
    with pytest.raises(AlreadyTaken):
        one(seen)
    with pytest.raises(Stale):
        other(seen)
    other(award.bid.version)
